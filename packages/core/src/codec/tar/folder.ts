import { FormatError } from "../../errors.js";
import { type FolderFiles, folderOf } from "../../source/folder-tree.js";
import { type Input, toSource } from "../../source/input.js";
import { memorySource } from "../../source/memory.js";
import { section } from "../../source/section.js";
import type { Folder, Source } from "../../source/source.js";
import { isPacked, type ReadTarOptions, readTar, type TarEntry } from "./read.js";

export interface OpenTarOptions extends ReadTarOptions {
  /** Bytes of a compressed archive that are kept in memory, unpacked; more is a `limit` error. Default: 1 GiB. */
  readonly maxLoadBytes?: number | undefined;
}

const MAX_LOAD = 2 ** 30;

/**
 * A `.tar`, `.tar.gz` or `.tar.bz2` archive as a folder. Of a plain archive only the headers are read, contents stay in it until they
 * are asked for; a compressed one is unpacked into memory, since nothing in it can be found otherwise. What macOS adds
 * (`__MACOSX`, `._name`) is left out. Throws what {@link readTar} throws. Closing the folder leaves `input` open.
 */
export async function openTar(input: Input, options: OpenTarOptions = {}): Promise<Folder> {
  const source = await toSource(input, options);
  const packed = isPacked(await source.read(0, Math.min(3, source.byteLength), options));
  const most = options.maxLoadBytes ?? MAX_LOAD;
  const files: FolderFiles = new Map();
  let total = 0;
  for await (const entry of readTar(source, options)) {
    const { name, size, offset, kind } = entry;
    if (isForeign(name)) continue;
    if (kind === "folder") {
      files.set(name, undefined);
      continue;
    }
    total += packed ? size : 0;
    if (total > most) {
      const reason = `the contents take more than ${most} bytes of memory; unpack the archive, or raise maxLoadBytes`;
      throw new FormatError("limit", reason, { path: name });
    }
    files.set(
      name,
      packed ? await kept(entry) : { byteLength: size, open: async () => section(source, offset, offset + size, name) },
    );
  }
  return folderOf(files, source.name);
}

async function kept(entry: TarEntry): Promise<{ byteLength: number; open: () => Promise<Source> }> {
  const bytes = await entry.bytes();
  return { byteLength: bytes.byteLength, open: async () => memorySource(bytes, entry.name) };
}

/** What macOS puts beside files to keep what they cannot. */
function isForeign(name: string): boolean {
  return name.split("/").some((step) => step === "__MACOSX" || step === ".DS_Store" || step.startsWith("._"));
}
