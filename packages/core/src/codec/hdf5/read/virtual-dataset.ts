import { FormatError } from "../../../errors.js";
import type { WorkOptions } from "../../../source/source.js";
import { otherFile } from "./failure.js";
import { type H5Metadata, type H5wasm, OBJECT_KINDS } from "./h5wasm.js";
import type { Place } from "./place.js";

type Sources = NonNullable<H5Metadata["virtual_sources"]>;

/** How HDF5 calls the file that a virtual data set is in itself. */
const SAME_FILE = ".";

/**
 * Refuses a virtual data set unless it is made of plain ones of its own file. HDF5 gives zeros where a source is not
 * there, and follows sources that are virtual themselves without an end when they lead in a circle.
 */
export async function checkVirtual({ session, path }: Place, sources: Sources, options: WorkOptions): Promise<void> {
  const other = sources.find(({ file_name }) => file_name !== SAME_FILE);
  if (other) throw otherFile(other.file_name, path);
  const names = [...new Set(sources.map(({ dset_name }) => dset_name))];
  if (names.some((name) => name.includes("%")))
    throw new FormatError("unsupported", "virtual data sets whose sources have numbered names are not supported", {
      path,
    });
  const wrong = await session.call(path, (module, file) => names.find((name) => !isPlain(module, file, name)), options);
  if (wrong === undefined) return;
  throw new FormatError("unsupported", `it is made of ${JSON.stringify(wrong)}, which is no plain data set`, { path });
}

function isPlain(module: H5wasm, file: bigint, name: string): boolean {
  return (
    module.get_type(file, name) === OBJECT_KINDS.dataset &&
    module.get_dataset_metadata(file, name).virtual_sources === undefined
  );
}
