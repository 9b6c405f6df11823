import { crc32, deflateRaw } from "#platform";
import { FormatError } from "../../errors.js";
import { join } from "../../source/join.js";
import type { Sink, WorkOptions } from "../../source/source.js";
import { DEFLATE, STORED } from "./entry.js";
import { dataDescriptor, directoryRecord, endRecords, localHeader, type WrittenEntry } from "./records.js";

export interface ZipWriterOptions extends WorkOptions {
  /** zlib's level, 1 to 9; 0 stores contents as they are. */
  readonly level: number;
}

/** What an entry is to hold: exactly `byteLength` bytes. A piece need only be valid until the next one is asked for. */
export interface ZipContent {
  readonly byteLength: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** Contents up to here are compressed before anything is written, so that their local headers can state true sizes. */
const SMALL = 4 << 20;

/**
 * Writes an archive front to back as Python's zipfile does for numpy: dated 1980-01-01, 64-bit where needed. Entries
 * whose size is not known beforehand get a data descriptor, which all readers that use the directory accept.
 */
export class ZipWriter {
  readonly #sink: Sink;
  readonly #options: ZipWriterOptions;
  readonly #entries: WrittenEntry[] = [];
  #position = 0;

  constructor(sink: Sink, options: ZipWriterOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /**
   * Writes one entry, which progress calls `label`; wait for it before the next. Throws `FormatError` `unwritable` for an
   * impossible name.
   */
  async add(name: string, content: ZipContent, label: string = name): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const entry: WrittenEntry = {
      ...encodeName(name),
      method: this.#options.level === 0 ? STORED : DEFLATE,
      descriptor: content.byteLength > SMALL,
      headerOffset: this.#position,
      crc32: 0,
      compressedSize: 0,
      size: content.byteLength,
    };
    const tally = new Tally(label, content.byteLength, this.#options);
    const written = entry.descriptor
      ? await this.#addStreamed(entry, content, tally)
      : await this.#addWhole(entry, content, tally);
    this.#entries.push(written);
  }

  /** Writes the directory and commits the sink. */
  async close(): Promise<void> {
    const start = this.#position;
    // One call a thousand entries, not one an entry.
    for (let from = 0; from < this.#entries.length; from += 1000) {
      await this.#append(join(this.#entries.slice(from, from + 1000).map(directoryRecord)));
    }
    await this.#append(endRecords(this.#entries.length, this.#position - start, start));
    this.#options.signal?.throwIfAborted();
    await this.#sink.commit();
  }

  async #addStreamed(entry: WrittenEntry, content: ZipContent, tally: Tally): Promise<WrittenEntry> {
    await this.#append(localHeader(entry));
    const start = this.#position;
    for await (const piece of this.#encoded(content, tally)) await this.#append(piece);
    const written = { ...entry, crc32: tally.sum(), compressedSize: this.#position - start };
    await this.#append(dataDescriptor(written));
    return written;
  }

  async #addWhole(entry: WrittenEntry, content: ZipContent, tally: Tally): Promise<WrittenEntry> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#encoded(content, tally)) pieces.push(new Uint8Array(piece));
    const compressedSize = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    const written = { ...entry, crc32: tally.sum(), compressedSize };
    await this.#append(join([localHeader(written), ...pieces]));
    return written;
  }

  /** The content as it is stored. */
  #encoded(content: ZipContent, tally: Tally): AsyncIterable<Uint8Array> {
    const { level, signal } = this.#options;
    const pieces = tally.counted(content.pieces);
    return level === 0 ? pieces : deflateRaw(pieces, { level, signal });
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#sink.append(bytes);
    this.#position += bytes.byteLength;
  }
}

/** Checksum, length and progress of one entry that is being written. */
class Tally {
  readonly #name: string;
  readonly #total: number;
  readonly #options: WorkOptions;
  #crc = 0;
  #done = 0;

  constructor(name: string, total: number, options: WorkOptions) {
    this.#name = name;
    this.#total = total;
    this.#options = options;
  }

  sum(): number {
    return this.#crc;
  }

  /** `pieces`, seen on their way. Throws `FormatError` `corrupt` when they are not as long as announced. */
  async *counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    const { signal, onProgress } = this.#options;
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      this.#done += piece.byteLength;
      if (this.#done > this.#total) break;
      this.#crc = crc32(piece, this.#crc);
      yield piece;
      onProgress?.({ stage: `write ${this.#name}`, done: this.#done, total: this.#total });
    }
    if (this.#done === this.#total) return;
    const found = this.#done > this.#total ? "more" : `only ${this.#done}`;
    throw new FormatError("corrupt", `${this.#total} bytes were announced, ${found} came`, { path: this.#name });
  }
}

function encodeName(name: string): Pick<WrittenEntry, "rawName" | "utf8"> {
  const rawName = new TextEncoder().encode(name);
  if (rawName.byteLength > 0xffff)
    throw new FormatError("unwritable", "an entry name of more than 65535 bytes", { path: name });
  if (new TextDecoder("utf-8", { ignoreBOM: true }).decode(rawName) !== name) {
    throw new FormatError("unwritable", "an entry name that is no valid Unicode", { path: name });
  }
  if (name.includes("\0"))
    throw new FormatError("unwritable", "readers end a name at its first NUL character", { path: name });
  return { rawName, utf8: rawName.byteLength !== name.length };
}
