import { threads } from "#platform";
import { sizeOf } from "../../../ndarray/strides.js";
import { type StoredChunk, writeChunkIndex } from "./chunk-index.js";
import { filtered } from "./filter.js";
import type { Filters } from "./messages.js";
import type { Output } from "./output.js";
import { SMALL } from "./plan.js";

export interface ChunkWriterOptions {
  readonly itemSize: number;
  /** Sizes behind the first axis. */
  readonly row: readonly number[];
  readonly chunks: readonly number[];
  readonly filters: Filters;
}

/** Chunks that are in the file. */
export interface StoredChunks {
  /** Where their index is; undefined without any. */
  readonly index: number | undefined;
  readonly chunks: readonly number[];
  readonly filters: Filters;
}

/** Cuts rows that come in any portions into chunks, and writes those. */
export class ChunkWriter {
  readonly #output: Output;
  #options: ChunkWriterOptions;
  /** Rows that do not make up chunks yet, and how many bytes of them there are. */
  #slab: Uint8Array;
  #used = 0;
  #slabs = 0;
  readonly #stored: StoredChunk[] = [];
  /** Chunks that are being compressed, in their order. */
  readonly #waiting: { readonly offset: readonly number[]; readonly bytes: Promise<Uint8Array> }[] = [];

  constructor(output: Output, options: ChunkWriterOptions) {
    this.#output = output;
    this.#options = options;
    // Room for what comes, once something does: many arrays of a file may be small.
    this.#slab = new Uint8Array(0);
  }

  get #rowBytes(): number {
    return sizeOf(this.#options.row) * this.#options.itemSize;
  }

  get #slabBytes(): number {
    return (this.#options.chunks[0] as number) * this.#rowBytes;
  }

  /** Takes packed elements; ends of rows need not be ends of `bytes`. */
  async add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength; ) {
      const part = bytes.subarray(at, at + this.#slabBytes - this.#used);
      this.#reserve(this.#used + part.byteLength);
      this.#slab.set(part, this.#used);
      this.#used += part.byteLength;
      at += part.byteLength;
      if (this.#used === this.#slabBytes) await this.#cut();
    }
  }

  /**
   * Writes what is left, padded, and the index. With `shrink`, rows that do not fill one chunk get one that is no longer
   * than they are, and is not compressed when they are few.
   */
  async finish(options: { readonly shrink?: boolean | undefined } = {}): Promise<StoredChunks> {
    if (options.shrink === true && this.#slabs === 0 && this.#used > 0) this.#shrink();
    if (this.#used > 0) await this.#cut();
    while (this.#waiting.length > 0) await this.#write();
    const { chunks, filters, itemSize } = this.#options;
    return { index: await writeChunkIndex(this.#output, this.#stored, chunks, itemSize), chunks, filters };
  }

  #reserve(byteLength: number): void {
    if (byteLength <= this.#slab.byteLength) return;
    const grown = new Uint8Array(Math.min(this.#slabBytes, Math.max(byteLength, 2 * this.#slab.byteLength)));
    grown.set(this.#slab.subarray(0, this.#used));
    this.#slab = grown;
  }

  #shrink(): void {
    const { chunks, filters } = this.#options;
    const rows = Math.ceil(this.#used / this.#rowBytes);
    this.#options = {
      ...this.#options,
      chunks: [rows, ...chunks.slice(1)],
      filters: this.#used > SMALL ? filters : { gzip: 0, shuffle: false },
    };
  }

  /** Makes chunks of the rows that are there. */
  async #cut(): Promise<void> {
    this.#reserve(this.#slabBytes);
    this.#slab.fill(0, this.#used);
    const { chunks, row, itemSize, filters } = this.#options;
    const first = this.#slabs++ * (chunks[0] as number);
    this.#used = 0;
    for (const place of grid(row, chunks.slice(1))) {
      const bytes = piece(this.#slab, chunks, row, place, itemSize);
      this.#waiting.push({ offset: [first, ...place], bytes: filtered(bytes, itemSize, filters) });
      // Somebody waits for it later.
      this.#waiting.at(-1)?.bytes.catch(() => undefined);
      while (this.#waiting.length > threads + 1) await this.#write();
    }
  }

  async #write(): Promise<void> {
    const next = this.#waiting.shift();
    if (!next) return;
    const bytes = await next.bytes;
    const address = await this.#output.append(bytes);
    this.#stored.push({ offset: next.offset, address, byteLength: bytes.byteLength });
  }
}

/** Where the chunks of a row begin, in C order. */
function* grid(row: readonly number[], chunks: readonly number[]): Generator<readonly number[], void, void> {
  if (row.includes(0)) return;
  const at = row.map(() => 0);
  while (true) {
    yield [...at];
    let axis = row.length - 1;
    while (axis >= 0 && (at[axis] as number) + (chunks[axis] as number) >= (row[axis] as number)) at[axis--] = 0;
    if (axis < 0) return;
    at[axis] = (at[axis] as number) + (chunks[axis] as number);
  }
}

/** A chunk's elements, packed, zeros where it reaches beyond the row. */
function piece(
  slab: Uint8Array,
  chunks: readonly number[],
  row: readonly number[],
  place: readonly number[],
  itemSize: number,
): Uint8Array {
  const out = new Uint8Array(sizeOf(chunks) * itemSize);
  const copy = (axis: number, from: number, to: number): void => {
    const size = axis === 0 ? (chunks[0] as number) : (row[axis - 1] as number);
    const start = axis === 0 ? 0 : (place[axis - 1] as number);
    const count = Math.min(chunks[axis] as number, size - start);
    const steps = [sizeOf(row.slice(axis)), sizeOf(chunks.slice(axis + 1))] as const;
    if (axis === chunks.length - 1) {
      out.set(slab.subarray((from + start) * itemSize, (from + start + count) * itemSize), to * itemSize);
      return;
    }
    for (let index = 0; index < count; index++)
      copy(axis + 1, from + (start + index) * steps[0], to + index * steps[1]);
  };
  copy(0, 0, 0);
  return out;
}
