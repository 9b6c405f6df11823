import { crc32, inflateRaw, inflateRawChunks, inflateRawStart } from "#platform";
import { FormatError } from "../../errors.js";
import { allocate, readInto, viewOrRead } from "../../source/bounds.js";
import { piecesBetween } from "../../source/pieces.js";
import { pieceSizeOf, readThrough } from "../../source/read-through.js";
import type { ReadOptions, Source, WorkOptions } from "../../source/source.js";
import { readDirectory } from "./directory.js";
import {
  DEFLATE,
  LOCAL_HEADER,
  LOCAL_HEADER_BYTES,
  MAX_EXPANSION,
  methodName,
  STORED,
  type ZipEntry,
} from "./entry.js";
import { Growth } from "./growth.js";

export interface ZipOptions extends ReadOptions {
  /**
   * Largest content that may be read into memory at once. Default: whatever the platform can hold; but of contents that
   * are more than a hundred times their data, only the smallest ones, up to 48 MiB and twice the archive in all.
   */
  readonly maxEntryBytes?: number | undefined;
}

/** Bytes asked for with a local header, so that small entries and array headers need one read. */
const FIRST_READ = 4096;
const STORED_PIECE = 1 << 22;
/** The first compressed bytes that are read for part of an entry; how many it will take is only guessed. */
const LEAST_PIECE = 1 << 14;

/** Reads the central directory of `source`. Contents stay in it until they are asked for. Throws `FormatError`. */
export async function openZip(source: Source, options: ZipOptions = {}): Promise<ZipArchive> {
  return new ZipArchive(source, await readDirectory(source, options), options);
}

/**
 * An open archive. Its methods throw `FormatError` whose `path` is the entry's name: `unsupported` for encrypted
 * entries and methods other than stored and deflate, `checksum`, `corrupt`, `truncated`, and `limit` for contents that
 * are said to be larger than their data can be.
 */
export class ZipArchive {
  /** In the order of the directory. Of entries with the same name, the last one. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly source: Source;
  readonly #options: ZipOptions;
  readonly #growth: Growth;
  readonly #dataStarts = new Map<ZipEntry, number>();

  constructor(source: Source, entries: readonly ZipEntry[], options: ZipOptions = {}) {
    this.source = source;
    this.entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.#options = options;
    this.#growth = new Growth(entries, source.byteLength);
  }

  /** All bytes of an entry. Shared with the source where it is in memory and the entry is stored. */
  async read(entry: ZipEntry, options: WorkOptions = {}): Promise<Uint8Array> {
    const sum = new Checksum(entry, options);
    try {
      this.#checkReadable(entry);
      this.#checkSize(entry);
      const start = await this.#locate(entry, options);
      const bytes = await (entry.method === STORED
        ? this.#readStored(start, entry.size, sum.add, options)
        : inflateRaw(this.#pieces(entry, start, options), entry.size, { signal: options.signal, onPiece: sum.add }));
      sum.verify();
      return bytes;
    } catch (error) {
      throw sum.named(error);
    }
  }

  /** The bytes of an entry in pieces, each valid until the next one is asked for. A wrong checksum throws at the end. */
  async *chunks(entry: ZipEntry, options: WorkOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    const sum = new Checksum(entry, options);
    try {
      this.#checkReadable(entry);
      const pieces = this.#pieces(entry, await this.#locate(entry, options), options);
      const contents =
        entry.method === STORED ? pieces : inflateRawChunks(pieces, entry.size, { signal: options.signal });
      for await (const piece of contents) {
        sum.add(piece);
        yield piece;
      }
      sum.verify();
    } catch (error) {
      throw sum.named(error);
    }
  }

  /**
   * The bytes of an entry from `start` up to `end`, in pieces as {@link chunks} gives them. Of a stored entry no others
   * are read; a compressed one is inflated from its beginning and little further than `end`. The checksum is compared
   * when all bytes were seen.
   */
  async *part(
    entry: ZipEntry,
    start: number,
    end: number,
    options: WorkOptions = {},
  ): AsyncGenerator<Uint8Array, void, void> {
    const toEnd = end >= entry.size;
    if (toEnd && (start === 0 || entry.method !== STORED)) {
      yield* skipTo(this.chunks(entry, options), start);
      return;
    }
    const sum = new Checksum(entry, options);
    const { signal } = options;
    try {
      this.#checkReadable(entry);
      const from = await this.#locate(entry, options);
      if (entry.method === STORED) {
        for await (const piece of readThrough(this.source, from + start, from + end, { signal })) {
          sum.count(piece);
          yield piece;
        }
        return;
      }
      const first = Math.max(LEAST_PIECE, Math.ceil(1.1 * end * (entry.compressedSize / entry.size)));
      const pieces = readThrough(this.source, from, from + entry.compressedSize, { signal, first });
      const contents = inflateRawChunks(pieces, entry.size, { signal, onPiece: sum.count, feed: "lazy" });
      yield* piecesBetween(contents, start, end);
    } catch (error) {
      throw sum.named(error);
    }
  }

  /** Bytes `start` up to `end` of a stored entry, reading no others. Shared with the source where it is in memory. */
  async range(entry: ZipEntry, start: number, end: number, options: WorkOptions = {}): Promise<Uint8Array> {
    const sum = new Checksum(entry, options);
    try {
      this.#checkReadable(entry);
      const from = await this.#locate(entry, options);
      return await this.#readStored(from + start, end - start, sum.count, options);
    } catch (error) {
      throw sum.named(error);
    }
  }

  /** Throws `limit` when that many bytes of an entry are not to be in memory at once. */
  admit(entry: ZipEntry, byteLength: number): void {
    try {
      this.#checkSize({ ...entry, size: byteLength });
    } catch (error) {
      throw new Checksum(entry, {}).named(error);
    }
  }

  /**
   * The first bytes of an entry, at least `byteLength` of them or all there are. Reads and inflates little more than
   * that. The checksum is compared when these are all the bytes.
   */
  async head(entry: ZipEntry, byteLength: number, options: ReadOptions = {}): Promise<Uint8Array> {
    const sum = new Checksum(entry, {});
    try {
      this.#checkReadable(entry);
      const wanted = Math.min(byteLength, entry.size);
      let room = Math.max(FIRST_READ, entry.method === STORED ? wanted : 0);
      while (true) {
        const { bytes, complete } = await this.#start(entry, room, options);
        const head = entry.method === STORED ? bytes : await inflateRawStart(bytes);
        if (complete || head.byteLength === entry.size) {
          const code = head.byteLength < entry.size ? "truncated" : "limit";
          if (head.byteLength !== entry.size) throw new FormatError(code, `the data gives ${head.byteLength} bytes`);
          sum.add(head);
          sum.verify();
        }
        if (head.byteLength >= wanted) return head;
        room *= 4;
      }
    } catch (error) {
      throw sum.named(error);
    }
  }

  /** The first `room` bytes of the data as stored, found in the same read as the local header. */
  async #start(entry: ZipEntry, room: number, options: ReadOptions): Promise<{ bytes: Uint8Array; complete: boolean }> {
    const { headerOffset, limit, rawName, compressedSize } = entry;
    const end = Math.min(limit, headerOffset + LOCAL_HEADER_BYTES + rawName.byteLength + room);
    const first = await viewOrRead(this.source, headerOffset, end, options);
    const from = this.#dataStart(entry, first) - headerOffset;
    const bytes = first.subarray(from, from + compressedSize);
    return { bytes, complete: bytes.byteLength === compressedSize };
  }

  async #readStored(
    start: number,
    byteLength: number,
    onPiece: (piece: Uint8Array) => void,
    options: ReadOptions,
  ): Promise<Uint8Array> {
    if (this.source.view) {
      const view = this.source.view(start, start + byteLength);
      for (let at = 0; at < view.byteLength; at += STORED_PIECE) onPiece(view.subarray(at, at + STORED_PIECE));
      return view;
    }
    const bytes = allocate(byteLength, "the entry");
    let before = new Uint8Array(0);
    const size = Math.max(STORED_PIECE, pieceSizeOf(this.source));
    for (let at = 0; at < bytes.byteLength; at += size) {
      const piece = bytes.subarray(at, at + size);
      // The sum of one piece is made while the next is on its way.
      await Promise.all([readInto(this.source, piece, start + at, options), Promise.resolve(before).then(onPiece)]);
      before = piece;
    }
    onPiece(before);
    return bytes;
  }

  /** The data as stored. */
  #pieces(entry: ZipEntry, start: number, options: ReadOptions): AsyncIterable<Uint8Array> {
    return readThrough(this.source, start, start + entry.compressedSize, { signal: options.signal });
  }

  /** Where the data of `entry` begins. Only its local header knows, because of extra fields. */
  async #locate(entry: ZipEntry, options: ReadOptions): Promise<number> {
    const known = this.#dataStarts.get(entry);
    if (known !== undefined) return known;
    const end = entry.headerOffset + LOCAL_HEADER_BYTES + entry.rawName.byteLength;
    return this.#dataStart(entry, await viewOrRead(this.source, entry.headerOffset, end, options));
  }

  #dataStart(entry: ZipEntry, header: Uint8Array): number {
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const at = `of the local header at ${entry.headerOffset}`;
    if (view.getUint32(0, true) !== LOCAL_HEADER) throw new FormatError("corrupt", `the signature ${at} is wrong`);
    const nameLength = view.getUint16(26, true);
    const name = header.subarray(LOCAL_HEADER_BYTES, LOCAL_HEADER_BYTES + nameLength);
    if (name.byteLength !== entry.rawName.byteLength || name.some((byte, i) => byte !== entry.rawName[i])) {
      throw new FormatError("corrupt", `the name ${at} is not that of the directory`);
    }
    const start = entry.headerOffset + LOCAL_HEADER_BYTES + nameLength + view.getUint16(28, true);
    if (start + entry.compressedSize > entry.limit) {
      throw new FormatError(
        "corrupt",
        `the ${entry.compressedSize} bytes of data overlap what follows at ${entry.limit}`,
      );
    }
    this.#dataStarts.set(entry, start);
    return start;
  }

  /** Refuses contents that are not to be in memory as a whole. */
  #checkSize(entry: ZipEntry): void {
    const { size, compressedSize } = entry;
    const { maxEntryBytes } = this.#options;
    if (maxEntryBytes === undefined ? this.#growth.allows(entry) : size <= maxEntryBytes) return;
    const reason =
      maxEntryBytes === undefined
        ? `${compressedSize} bytes grow to ${size}, too many to read at once unless maxLoadBytes allows it`
        : `${size} bytes are more than the ${maxEntryBytes} that may be read at once`;
    throw new FormatError("limit", reason);
  }

  #checkReadable(entry: ZipEntry): void {
    const { method, size, compressedSize } = entry;
    if (entry.encrypted) throw new FormatError("unsupported", "the entry is encrypted");
    if (method !== STORED && method !== DEFLATE) {
      throw new FormatError("unsupported", `the entry is compressed with ${methodName(method)}`);
    }
    if (method === STORED && size !== compressedSize) {
      throw new FormatError("corrupt", `a stored entry of ${size} bytes takes ${compressedSize} in the archive`);
    }
    if (size > compressedSize * MAX_EXPANSION) {
      throw new FormatError("limit", `${size} bytes cannot come from ${compressedSize} compressed ones`);
    }
  }
}

/** `pieces` without the first `start` bytes. */
async function* skipTo(pieces: AsyncIterable<Uint8Array>, start: number): AsyncGenerator<Uint8Array, void, void> {
  yield* piecesBetween(pieces, start, Number.POSITIVE_INFINITY);
}

/** CRC-32 and progress of one entry that is being read. */
class Checksum {
  readonly #entry: ZipEntry;
  readonly #options: WorkOptions;
  #crc = 0;
  #done = 0;

  constructor(entry: ZipEntry, options: WorkOptions) {
    this.#entry = entry;
    this.#options = options;
  }

  readonly add = (piece: Uint8Array): void => {
    this.#crc = crc32(piece, this.#crc);
    this.count(piece);
  };

  /** Takes note of a piece whose entry will not be seen to its end. */
  readonly count = (piece: Uint8Array): void => {
    this.#done += piece.byteLength;
    this.#options.onProgress?.({ stage: `read ${this.#entry.name}`, done: this.#done, total: this.#entry.size });
  };

  /** `error` with the entry's name and how far its content was good; errors from below know nothing of entries. */
  named(error: unknown): unknown {
    if (!(error instanceof FormatError) || error.path !== "") return error;
    return new FormatError(error.code, error.reason, { path: this.#entry.name, offset: this.#done, cause: error });
  }

  verify(): void {
    if (this.#crc === this.#entry.crc32) return;
    const hex = (crc: number): string => crc.toString(16).padStart(8, "0");
    const reason = `CRC-32 is ${hex(this.#crc)}, the archive says ${hex(this.#entry.crc32)}`;
    throw new FormatError("checksum", reason);
  }
}
