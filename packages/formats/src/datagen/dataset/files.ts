import type { Folder, FolderEntry, ReadOptions, Source } from "@somakit/core";
import { readJson } from "@somakit/core/codec/json";
import { FormatError, isFormatError } from "@somakit/core/errors";
import type { Cache } from "./cache.js";

/** What a name in a listing costs in memory, about. */
const NAME_BYTES = 128;

/** Files of one folder of datapoints. Listings and JSON documents are kept for a while. Nothing is ever written. */
export class Files {
  readonly folder: Folder;
  readonly #cache: Cache;
  /** Sets keys of this folder apart from those of others with the same cache. */
  readonly #prefix: string;
  readonly #root: string;

  constructor(folder: Folder, cache: Cache, { root, id }: { readonly root: string; readonly id: number }) {
    this.folder = folder;
    this.#cache = cache;
    this.#prefix = `${id}:`;
    this.#root = root;
  }

  /** What is in a folder, hidden entries left out; nothing where there is none. */
  async list(path: string, options: ReadOptions): Promise<ReadonlyMap<string, FolderEntry>> {
    const key = `${this.#prefix}list:${path}`;
    const cached = this.#cache.get(key);
    if (cached) return cached.value as ReadonlyMap<string, FolderEntry>;
    const entries = new Map((await visible(this.folder, this.at(path), options)).map((entry) => [entry.name, entry]));
    this.#cache.set(key, entries, NAME_BYTES * (1 + entries.size));
    return entries;
  }

  /** What `use` makes of the object in a JSON file; kept. Errors name the file. */
  json<T>(path: string, use: (document: object) => T, options: ReadOptions): Promise<T> {
    return this.kept(path, options, async (source) => use(await objectOf(source, options)));
  }

  /** What `use` makes of a file; kept. Errors name the file. */
  async kept<T>(path: string, options: ReadOptions, use: (source: Source) => Promise<T>): Promise<T> {
    const key = `${this.#prefix}file:${path}`;
    const cached = this.#cache.get(key);
    if (cached) return cached.value as T;
    const { value, byteLength } = await this.use(path, options, async (source) => {
      return { value: await use(source), byteLength: source.byteLength };
    });
    this.#cache.set(key, value, byteLength);
    return value;
  }

  /** What `use` makes of a file. Errors name the file. */
  async use<T>(path: string, options: ReadOptions, use: (source: Source) => Promise<T>): Promise<T> {
    const full = this.at(path);
    const source = await this.folder.open(full, options);
    try {
      return await use(source);
    } catch (error) {
      throw inFile(error, full);
    } finally {
      await source.close?.();
    }
  }

  /** The path inside of the folder that was opened. */
  at(path: string): string {
    return this.#root === "" ? path : path === "" ? this.#root : `${this.#root}/${path}`;
  }
}

/** The object that a JSON file holds. */
export async function objectOf(source: Source, options: ReadOptions): Promise<object> {
  const document = await readJson(source, options);
  if (typeof document === "object" && document !== null && !Array.isArray(document)) return document;
  throw new FormatError("mismatch", "the document is no object");
}

/** Entries that are not hidden; none where there is no such folder. */
async function visible(folder: Folder, path: string, options: ReadOptions): Promise<readonly FolderEntry[]> {
  try {
    const entries = await folder.list(path, options);
    return entries.filter(({ name }) => !name.startsWith(".") && name !== "__MACOSX");
  } catch (error) {
    if (isFormatError(error) && error.code === "missing" && path !== "") return [];
    throw error;
  }
}

/** The error with the file in front of its path. */
export function inFile(error: unknown, file: string): unknown {
  if (!isFormatError(error) || error.path === file) return error;
  const { code, reason, offset, issues, cause } = error;
  // Sources are called by their path.
  const inner = error.path === "" || file.endsWith(error.path) ? "" : `: ${error.path}`;
  return new FormatError(code, reason, { path: `${file}${inner}`, offset, issues, cause });
}
