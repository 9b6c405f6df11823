import { gunzip } from "#platform";
import { FormatError } from "../../errors.js";
import { HARMLESS, MAX_GROWTH } from "../../source/allowance.js";
import { type Input, toSource } from "../../source/input.js";
import { readThrough } from "../../source/read-through.js";
import type { ReadOptions, Source, WorkOptions } from "../../source/source.js";
import { bunzip2, isBzip2 } from "../bzip2/index.js";
import { isGzip } from "../gzip/head.js";
import { type ByteReader, endsIn, pieceReader, sourceReader, take } from "./bytes.js";
import { BLOCK, decodeText, paddedSize, parseHeader, type TarHeader } from "./header.js";
import { EntryNames, entryKind, entryPath } from "./names.js";
import { type PaxRecords, parsePax, paxSize } from "./pax.js";

/** What an archive may hold; more is a `FormatError` `limit` before memory is given to it. */
export interface TarLimits {
  /** Bytes of all contents together. Default: 1 TiB. */
  readonly maxBytes?: number | undefined;
  /** Bytes of one content. Default: 16 GiB. */
  readonly maxEntryBytes?: number | undefined;
  /** Files and folders. Default: 2 million. */
  readonly maxEntries?: number | undefined;
  /** How many times its own size a compressed archive may unpack to, beyond 48 MiB. Default: 100. */
  readonly maxRatio?: number | undefined;
}

export interface ReadTarOptions extends ReadOptions {
  readonly limits?: TarLimits | undefined;
  /** How far it is unpacked, in bytes of a compressed archive. */
  readonly onProgress?: WorkOptions["onProgress"];
}

/** A file or folder of an archive, while the archive is being read. */
export interface TarEntry {
  /** Relative path with `/`. */
  readonly name: string;
  readonly kind: "file" | "folder";
  /** Bytes of its content. */
  readonly size: number;
  /** Where its content begins in the archive, after decompression. */
  readonly offset: number;
  /** The content, once. A piece is valid until the next one is asked for; what is not taken is passed over. */
  pieces(): AsyncIterable<Uint8Array>;
  /** The content as a whole, once. */
  bytes(): Promise<Uint8Array>;
}

const DEFAULTS = { maxBytes: 2 ** 40, maxEntryBytes: 2 ** 34, maxEntries: 2_000_000, maxRatio: MAX_GROWTH } as const;

/** Bytes that an extended header may have: names are short. */
const MAX_EXTENDED = 1 << 20;

/** Whether a file that starts with `head`, three bytes, is compressed in a way that archives are. */
export function isPacked(head: Uint8Array): boolean {
  return isGzip(head) || isBzip2(head);
}

/**
 * The files and folders of a `.tar`, `.tar.gz` or `.tar.bz2` archive in stored order: POSIX (ustar and pax), GNU and older ones. Each
 * entry is to be used before the next one is asked for; in archives that are not compressed, contents that nobody takes
 * are not read.
 *
 * Throws `FormatError`: `refused` for paths that are absolute or lead out of the archive, for links and devices, and for
 * names that come twice; `limit`, `truncated` (also without the block that ends an archive), `checksum`, `corrupt`,
 * `not-this-format`, `unsupported`. Offsets are those of the archive after decompression.
 */
export async function* readTar(input: Input, options: ReadTarOptions = {}): AsyncGenerator<TarEntry, void, void> {
  const source = await toSource(input, options);
  const packed = isPacked(await source.read(0, Math.min(3, source.byteLength), options));
  const reader = packed ? pieceReader(unpacked(source, options)) : sourceReader(source, options);
  try {
    yield* entriesOf(reader, options);
    // The checksum of compressed data stands at its end.
    if (packed) await reader.skip(Number.POSITIVE_INFINITY);
  } finally {
    await reader.close();
  }
}

/** Decompressed bytes, as many as the archive may hold. */
export async function* unpacked(source: Source, options: ReadTarOptions): AsyncGenerator<Uint8Array, void, void> {
  const ratio = options.limits?.maxRatio ?? DEFAULTS.maxRatio;
  const most = Math.max(HARMLESS, ratio * source.byteLength);
  let total = 0;
  const unpack = isGzip(await source.read(0, 2, options)) ? gunzip : bunzip2;
  for await (const piece of unpack(counted(source, options), options)) {
    total += piece.byteLength;
    if (total > most) {
      const reason = `${source.byteLength} bytes unpack to more than ${most}; a larger maxRatio allows that`;
      throw new FormatError("limit", reason, { offset: total });
    }
    yield piece;
  }
}

/** The bytes of a compressed archive, while it is said how many there were. */
async function* counted(source: Source, options: ReadTarOptions): AsyncGenerator<Uint8Array, void, void> {
  let done = 0;
  for await (const piece of readThrough(source, 0, source.byteLength, options)) {
    yield piece;
    done += piece.byteLength;
    options.onProgress?.({ stage: `unpack ${source.name}`.trim(), done, total: source.byteLength });
  }
}

async function* entriesOf(reader: ByteReader, options: ReadTarOptions): AsyncGenerator<TarEntry, void, void> {
  const limits = { ...DEFAULTS, ...definedOf(options.limits) };
  const names = new EntryNames();
  let total = 0;
  for (let found = await nextEntry(reader, true); found; found = await nextEntry(reader, false)) {
    options.signal?.throwIfAborted();
    const { name, header } = found;
    const path = entryPath(name, header.offset);
    const kind = entryKind(header.type, name, header.offset);
    const size = kind === "folder" ? 0 : found.size;
    const refuse = (what: string, most: number): FormatError =>
      new FormatError("limit", `${what}, more than the ${most} that are allowed`, { path, offset: header.offset });
    if (size > limits.maxEntryBytes) throw refuse(`an entry of ${size} bytes`, limits.maxEntryBytes);
    total += size;
    if (total > limits.maxBytes) throw refuse(`contents of ${total} bytes`, limits.maxBytes);
    const start = reader.position;
    if (path !== "") {
      names.add(path, kind, header.offset);
      if (names.size > limits.maxEntries) throw refuse(`${names.size} entries`, limits.maxEntries);
      yield entryOf(reader, { path, kind, size, start });
    }
    const end = start + paddedSize(found.size);
    await reader.skip(end - reader.position);
    // Padding of the last entry may be cut off; its content may not.
    if (reader.position < start + found.size) throw endsIn(`the content of ${path}`, reader.position);
  }
}

interface Found {
  readonly name: string;
  readonly size: number;
  readonly header: TarHeader;
}

/** The next header with what extended headers before it say; undefined at the end of the archive. */
async function nextEntry(reader: ByteReader, first: boolean): Promise<Found | undefined> {
  let name: string | undefined;
  let own: PaxRecords = new Map();
  for (;;) {
    const offset = reader.position;
    const header = await readHeader(reader, first && offset === 0);
    if (!header) {
      if (name !== undefined || own.size > 0)
        throw new FormatError("corrupt", "the archive ends behind an extended header", { offset });
      await checkEnd(reader);
      return undefined;
    }
    const { type, size } = header;
    // Defaults for all entries: nothing that matters here may sensibly be one.
    if (type === "x" || type === "g") {
      const records = parsePax(await extended(reader, size, offset), offset + BLOCK);
      if ([...records.keys()].some((key) => key.startsWith("GNU.sparse.")))
        throw new FormatError("unsupported", "sparse entries are not supported", { offset });
      if (type === "x") own = records;
      else if (records.has("path") || records.has("size"))
        throw new FormatError("unsupported", "a name or size that all entries share is not supported", { offset });
    } else if (type === "L") {
      const text = await extended(reader, size, offset);
      const end = text.indexOf(0);
      name = decodeText(end < 0 ? text : text.subarray(0, end), offset + BLOCK);
    } else if (type === "K") {
      await extended(reader, size, offset);
    } else {
      return { name: own.get("path") || name || header.name, size: paxSize(own, offset) ?? size, header };
    }
  }
}

async function readHeader(reader: ByteReader, atStart: boolean): Promise<TarHeader | undefined> {
  const offset = reader.position;
  const first = await reader.some(BLOCK);
  if (!first)
    throw new FormatError("truncated", atStart ? "the archive is empty" : "the archive ends without its last block", {
      offset,
    });
  const block = new Uint8Array(BLOCK);
  block.set(first);
  try {
    if (first.byteLength < BLOCK)
      block.set(await take(reader, BLOCK - first.byteLength, "the header of an entry"), first.byteLength);
    return parseHeader(block, offset);
  } catch (cause) {
    // What is wrong with the compression is no matter of the archive.
    const own = cause instanceof FormatError && ["truncated", "checksum", "corrupt"].includes(cause.code);
    if (atStart && own && !(cause.cause instanceof Error))
      throw new FormatError("not-this-format", "the content is no tar archive", { offset, cause });
    throw cause;
  }
}

async function extended(reader: ByteReader, size: number, offset: number): Promise<Uint8Array> {
  if (size > MAX_EXTENDED)
    throw new FormatError("limit", `an extended header of ${size} bytes, more than ${MAX_EXTENDED}`, { offset });
  const padded = await take(reader, paddedSize(size), "an extended header");
  return padded.subarray(0, size);
}

/** Behind the last entry there are only zeros: a second archive, or entries behind a damaged block, would be lost. */
async function checkEnd(reader: ByteReader): Promise<void> {
  for (let piece = await reader.some(BLOCK); piece; piece = await reader.some(1 << 16)) {
    const at = piece.findIndex((byte) => byte !== 0);
    if (at < 0) continue;
    const offset = reader.position - piece.byteLength + at;
    throw new FormatError("corrupt", "something follows behind the end of the archive", { offset });
  }
}

function entryOf(
  reader: ByteReader,
  { path, kind, size, start }: { path: string; kind: TarEntry["kind"]; size: number; start: number },
): TarEntry {
  const claim = (): void => {
    if (reader.position !== start) throw new Error(`${path}: the content of an entry is there once`);
  };
  return {
    name: path,
    kind,
    size,
    offset: start,
    async *pieces() {
      claim();
      for (let left = size; left > 0; ) {
        const piece = await reader.some(left);
        if (!piece) throw endsIn(`the content of ${path}`, reader.position);
        left -= piece.byteLength;
        yield piece;
      }
    },
    async bytes() {
      claim();
      return take(reader, size, `the content of ${path}`);
    },
  };
}

/** Limits that were given; those given as undefined are not. */
function definedOf(limits: TarLimits = {}): Partial<Record<keyof TarLimits, number>> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
