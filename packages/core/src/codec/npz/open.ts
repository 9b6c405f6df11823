import type { OpenContainerOptions } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import type { Source, WorkOptions } from "../../source/source.js";
import type { GroupNode, Node } from "../../tree/node.js";
import { memberPath } from "../../value/path.js";
import { type NpyContent, npyArray } from "../npy/array.js";
import { readNpyHeader } from "../npy/header.js";
import { isNpy } from "../npy/signature.js";
import { openZip, type ZipArchive } from "../zip/archive.js";
import { STORED, type ZipEntry } from "../zip/entry.js";
import { SUFFIX } from "./suffix.js";

/** What the first read of an entry is sure to contain: most npy headers. */
const HEAD = 256;
/** Entries up to here stay in memory once their header was read, so that loading them reads nothing more. */
const SMALL = 4096;
/** Bytes of them that stay at most: an archive can have very many. */
const MOST_KEPT = 1 << 20;

/** Opens an archive: reads its directory. Throws `FormatError`. */
export async function openNpz(source: Source, options: OpenContainerOptions = {}): Promise<Node> {
  const archive = await openZip(source, { signal: options.signal, maxEntryBytes: options.maxLoadBytes });
  // numpy cannot read them either; said now, before somebody meets it in the middle of the work.
  for (const { name, encrypted } of archive.entries.values()) {
    if (encrypted) throw new FormatError("unsupported", "the entry is encrypted", { path: name });
  }
  return new NpzGroup(archive, options);
}

class NpzGroup implements GroupNode {
  readonly kind = "group";
  readonly path = "";
  readonly keys: readonly string[];
  readonly #archive: ZipArchive;
  readonly #options: OpenContainerOptions;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  /** Nodes that were made, or are being made, so that headers are read once. */
  readonly #nodes = new Map<string, Promise<Node>>();
  #kept = 0;

  constructor(archive: ZipArchive, options: OpenContainerOptions) {
    this.#archive = archive;
    this.#options = options;
    this.#entries = byKey(archive.entries.values());
    this.keys = [...this.#entries.keys()];
  }

  async child(key: string, options: WorkOptions = {}): Promise<Node | undefined> {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const known = this.#nodes.get(key);
    if (known) return known;
    const node = this.#makeNode(key, entry, options);
    this.#nodes.set(key, node);
    // A failure may be the caller's own doing (abort); whoever asks again may have better luck.
    node.catch(() => this.#nodes.delete(key));
    return node;
  }

  storedBytes(key: string): number | undefined {
    return this.#entries.get(key)?.compressedSize;
  }

  async #makeNode(key: string, entry: ZipEntry, options: WorkOptions): Promise<Node> {
    const archive = this.#archive;
    const path = memberPath("", key);
    const first = await archive.head(entry, HEAD, options);
    if (!isNpy(first) && !entry.name.endsWith(SUFFIX)) {
      // Content that is no array is handed out whole, so it does not stay here.
      this.#nodes.delete(key);
      return { kind: "scalar", path, value: await archive.read(entry, reading(key, options)) };
    }
    const head = async (wanted: number): Promise<Uint8Array> =>
      wanted <= first.byteLength ? first : archive.head(entry, wanted, options);
    const header = await readNpyHeader(head, entry.name);
    const small = first.byteLength === entry.size && entry.size <= SMALL && this.#kept + entry.size <= MOST_KEPT;
    if (small) this.#kept += entry.size;
    const whole = small ? first : undefined;
    return npyArray(contentOf(archive, key, entry, whole), header, { nodePath: path, ...this.#options });
  }
}

/** An entry's content; `whole` is all of it, where the first read got that far. */
function contentOf(archive: ZipArchive, key: string, entry: ZipEntry, whole: Uint8Array | undefined): NpyContent {
  return {
    path: entry.name,
    byteLength: entry.size,
    // A copy, because whoever loads an array may change it.
    bytes: async (options) => (whole ? new Uint8Array(whole) : archive.read(entry, reading(key, options))),
    chunks: (options) => archive.chunks(entry, reading(key, options)),
    part: (start, end, options) => archive.part(entry, start, end, reading(key, options)),
    ...(whole && { range: async (start: number, end: number) => new Uint8Array(whole.subarray(start, end)) }),
    ...(entry.method === STORED && {
      range: (start: number, end: number, options?: WorkOptions) =>
        archive.range(entry, start, end, reading(key, options)),
    }),
    admit: (byteLength) => archive.admit(entry, byteLength),
  };
}

/** Users know keys, not the names of entries. */
function reading(key: string, options: WorkOptions = {}): WorkOptions {
  const { signal, onProgress } = options;
  return { signal, onProgress: onProgress && ((progress) => onProgress({ ...progress, stage: `read ${key}` })) };
}

/** Entries by their keys. Like numpy, an entry that is called just like the key goes before one with the suffix. */
function byKey(entries: Iterable<ZipEntry>): Map<string, ZipEntry> {
  const keys = new Map<string, ZipEntry>();
  for (const entry of entries) {
    const key = entry.name.endsWith(SUFFIX) ? entry.name.slice(0, -SUFFIX.length) : entry.name;
    if (keys.get(key)?.name !== key) keys.set(key, entry);
  }
  return keys;
}
