import { optionalFile } from "#platform";
import { FormatError, isFormatError } from "../../../errors.js";
import { type Input, toSource } from "../../../source/input.js";
import type { H5Filter } from "./h5wasm.js";
import { type Hdf5Library, loadHdf5Library } from "./library.js";

/** Filters that are libraries of their own, by the numbers that files know them by. Names are those of `h5wasm-plugins`. */
const PLUGINS: ReadonlyMap<number, Hdf5FilterName> = new Map([
  [307, "bz2"],
  [32000, "lzf"],
  [32001, "blosc"],
  [32004, "lz4"],
  [32008, "bshuf"],
  [32013, "zfp"],
  [32015, "zstd"],
  [32019, "jpeg"],
  [32026, "blosc2"],
]);

/** Filters that HDF5 does not bring along, by their usual names. */
export type Hdf5FilterName = "bz2" | "lzf" | "blosc" | "lz4" | "bshuf" | "zfp" | "zstd" | "jpeg" | "blosc2";

/** Filters from here on are not HDF5's own. */
const FOREIGN = 256;
const FLETCHER32 = 3;

const installed = new WeakMap<Hdf5Library, Set<Hdf5FilterName>>();

/**
 * Makes compressed data of files readable that HDF5 itself cannot decompress: `library` is the filter's file
 * `libH5Z<name>.so` of the package `h5wasm-plugins`. Node finds those by itself when the package is installed.
 */
export async function addHdf5Filter(name: Hdf5FilterName, library: Input): Promise<void> {
  const source = await toSource(library);
  install(await loadHdf5Library(), name, await source.read(0, source.byteLength));
}

function install(library: Hdf5Library, name: Hdf5FilterName, bytes: Uint8Array): void {
  const { module } = library;
  const folder = module.get_plugin_search_paths()[0];
  if (folder === undefined) throw new Error("this version of h5wasm loads no plugins");
  module.FS.mkdirTree(folder);
  module.FS.writeFile(`${folder}/libH5Z${name}.so`, bytes);
  installed.set(library, (installed.get(library) ?? new Set()).add(name));
}

/** Looks for the libraries of filters that HDF5 does not have itself. */
export async function installFilters(filters: readonly H5Filter[]): Promise<void> {
  for (const { id } of filters) {
    const name = PLUGINS.get(id);
    if (name === undefined) continue;
    const library = await loadHdf5Library();
    if (installed.get(library)?.has(name)) continue;
    const bytes = await optionalFile(`h5wasm-plugins/plugins/libH5Z${name}.so`);
    if (bytes) install(library, name, bytes);
  }
}

/** The error to be thrown in place of `error` where a filter explains it: one that is not there, or found a wrong checksum. */
export async function filterFailure(
  error: unknown,
  filters: readonly H5Filter[],
  path: string,
): Promise<FormatError | undefined> {
  if (!isFormatError(error, "corrupt", "unsupported")) return undefined;
  // Why, no filter says. Checksums are made last, and so checked first.
  const silent = error.reason.endsWith("filter returned failure during read");
  if (silent && filters.at(-1)?.id === FLETCHER32)
    return new FormatError("checksum", "the checksum of a chunk is wrong", { path, cause: error.cause });
  const library = await loadHdf5Library();
  const absent = filters.find(({ id }) => id >= FOREIGN && !installed.get(library)?.has(PLUGINS.get(id) ?? "bz2"));
  if (!absent && !silent) return undefined;
  if (!absent) {
    const names = filters.map(({ name }) => name).join(" and ");
    return new FormatError("corrupt", `a chunk is damaged: ${names} cannot undo it`, { path, cause: error.cause });
  }
  const name = PLUGINS.get(absent.id);
  const help = name === undefined ? "" : `; install h5wasm-plugins, or hand libH5Z${name}.so to addHdf5Filter`;
  const called = name ?? (absent.name === "" ? "a filter" : absent.name);
  return new FormatError("unsupported", `it is compressed with ${called} (filter ${absent.id})${help}`, {
    path,
    cause: error,
  });
}
