import { FormatError } from "../../../errors.js";
import { allocate } from "../../../source/bounds.js";
import { type Input, toSource } from "../../../source/input.js";
import { piecesBetween } from "../../../source/pieces.js";
import { readThrough } from "../../../source/read-through.js";
import type { ReadOptions, Source } from "../../../source/source.js";
import type { XzCheck } from "../container/check.js";
import { paddedBytes } from "../container/index-field.js";
import { xzError } from "../container/place.js";
import { BlockCache } from "./block-cache.js";
import { type BlockJob, piecesOfBlock, runBlockJob } from "./block-job.js";
import { Feed } from "./feed.js";
import { limitsOf, type XzLimits, type XzReadOptions } from "./options.js";
import { readTable, type StreamEntry } from "./table.js";

export interface OpenXzOptions extends XzReadOptions {
  /** Streams and blocks that the file may have together; each takes 24 bytes of memory. Default 2^22. */
  readonly maxBlocks?: number | undefined;
  /** Bytes of decoded blocks that are kept for reads close to earlier ones. Default 64 MiB; 0 keeps none. */
  readonly cacheBytes?: number | undefined;
}

/** A stream of an .xz file: files may hold several, one behind the other. */
export interface XzStream {
  /** Where its header begins in the file. */
  readonly offset: number;
  /** Bytes from header to footer; padding behind it does not count. */
  readonly byteLength: number;
  readonly check: XzCheck;
  /** Number of its first block, counted through the whole file. */
  readonly firstBlock: number;
  readonly blockCount: number;
  /** Where its content begins in the content of the file. */
  readonly contentOffset: number;
  readonly contentBytes: number;
}

/** A block of an xz file, which can be decompressed by itself. */
export interface XzBlock {
  /** Number of the stream that it belongs to. */
  readonly stream: number;
  /** Where its header begins in the file. */
  readonly offset: number;
  /** Bytes that it takes in the file, padding included. */
  readonly byteLength: number;
  /** Where its content begins in the content of the file. */
  readonly contentOffset: number;
  readonly contentBytes: number;
  /** `byteLength` without the padding before the check, as the stream's index says it. */
  readonly unpaddedBytes: number;
}

/**
 * An .xz file that was opened by its indexes. It is a source itself, of what it decompresses to: reading a range decodes the
 * blocks that the range touches, the first and the last only as far as needed.
 */
export interface XzFile extends Source {
  readonly streams: readonly XzStream[];
  readonly blockCount: number;
  /** Throws `RangeError` when there is no such block. */
  block(index: number): XzBlock;
  /** The number of the block that holds the byte `position` of the content. Throws `RangeError` beyond the content. */
  blockAt(position: number): number;
  /**
   * What a block holds, after its check. Throws `FormatError`: `corrupt`, `checksum`, `truncated`, `unsupported`, and `limit`
   * when it is larger than `maxBlockBytes`.
   */
  readBlock(index: number, options?: ReadOptions): Promise<Uint8Array>;
  /** The content from `start` to `end` piece by piece, for ranges of any size; the pieces are the caller's. */
  pieces(start?: number, end?: number, options?: ReadOptions): AsyncIterable<Uint8Array>;
}

/**
 * Opens an .xz file for random access. Reads footers, indexes and headers of its streams only. Throws `FormatError`:
 * `not-this-format`, `truncated` when the file does not end as it should (`decodeXz` reads what is there), `corrupt`,
 * `checksum`, `unsupported`, `limit`.
 */
export async function openXz(input: Input, options: OpenXzOptions = {}): Promise<XzFile> {
  const source = await toSource(input, options);
  const streams = await readTable(source, { signal: options.signal, maxBlocks: options.maxBlocks ?? 2 ** 22 });
  return new OpenedXz(source, streams, options);
}

class OpenedXz implements XzFile {
  readonly name: string;
  readonly byteLength: number;
  readonly blockCount: number;
  readonly streams: readonly XzStream[];
  readonly #source: Source;
  readonly #entries: readonly StreamEntry[];
  readonly #options: OpenXzOptions;
  readonly #limits: XzLimits;
  readonly #cache: BlockCache;
  /** For each block, where its content begins; one more for the end. */
  readonly #starts: Float64Array;

  constructor(source: Source, entries: readonly StreamEntry[], options: OpenXzOptions) {
    this.#source = source;
    this.#entries = entries;
    this.#options = options;
    this.#limits = limitsOf(options);
    this.#cache = new BlockCache(options.cacheBytes ?? 2 ** 26);
    this.name = source.name;
    this.blockCount = entries.reduce((sum, { sizes }) => sum + sizes.length, 0);
    this.#starts = startsOf(entries, this.blockCount);
    this.streams = streamsOf(entries, this.#starts);
    this.byteLength = this.#starts[this.blockCount] as number;
  }

  block(index: number): XzBlock {
    const { stream, within } = this.#find(index);
    const { offsets, unpadded, sizes } = this.#entries[stream] as StreamEntry;
    return {
      stream,
      offset: offsets[within] as number,
      byteLength: paddedBytes(unpadded[within] as number),
      contentOffset: this.#starts[index] as number,
      contentBytes: sizes[within] as number,
      unpaddedBytes: unpadded[within] as number,
    };
  }

  blockAt(position: number): number {
    if (!(position >= 0 && position < this.byteLength)) throw new RangeError(`there is no byte ${position}`);
    // Behind the last block that begins at or before it; empty blocks hold no byte.
    return firstAbove(this.#starts, position) - 1;
  }

  readBlock(index: number, options: ReadOptions = {}): Promise<Uint8Array> {
    const { contentBytes } = this.block(index);
    return this.#cache.get(index, contentBytes, () => this.#decode(index, options));
  }

  async read(start: number, end: number, options: ReadOptions = {}): Promise<Uint8Array> {
    this.#expectRange(start, end);
    const whole = this.#wholeBlock(start, end);
    if (whole !== undefined) return this.readBlock(whole, options);
    const target = allocate(end - start, "the range");
    await this.readInto(target, start, options);
    return target;
  }

  async readInto(target: Uint8Array, start: number, options: ReadOptions = {}): Promise<void> {
    let done = 0;
    for await (const piece of this.#parts(start, start + target.byteLength, options)) {
      target.set(piece, done);
      done += piece.byteLength;
    }
  }

  async *pieces(
    start = 0,
    end: number = this.byteLength,
    options: ReadOptions = {},
  ): AsyncGenerator<Uint8Array, void, void> {
    for await (const piece of this.#parts(start, end, options)) yield piece.slice();
  }

  async close(): Promise<void> {
    this.#cache.clear();
    await this.#source.close?.();
  }

  /** Pieces that are valid until the next one is asked for. */
  async *#parts(start: number, end: number, options: ReadOptions): AsyncGenerator<Uint8Array, void, void> {
    this.#expectRange(start, end);
    if (start === end) return;
    for (let index = this.blockAt(start); index < this.blockCount; index++) {
      const { contentOffset, contentBytes } = this.block(index);
      if (contentOffset >= end) return;
      const from = Math.max(0, start - contentOffset);
      const to = Math.min(contentBytes, end - contentOffset);
      if (contentBytes <= this.#cache.capacity && contentBytes <= this.#limits.maxBlockBytes) {
        if (to > from) yield (await this.readBlock(index, options)).subarray(from, to);
      } else {
        yield* piecesBetween(this.#streamed(index, options), from, to);
      }
    }
  }

  async #decode(index: number, { signal }: ReadOptions): Promise<Uint8Array> {
    const { offset, byteLength, contentBytes } = this.block(index);
    const job = this.#job(index);
    if (contentBytes > this.#limits.maxBlockBytes) {
      const reason = `the block holds ${contentBytes} bytes, ${this.#limits.maxBlockBytes} are allowed`;
      throw xzError("limit", reason, { stream: job.stream, block: job.block, offset });
    }
    const bytes = await this.#source.read(offset, offset + byteLength, { signal });
    return runBlockJob({ ...job, bytes, offset }, { threads: this.#options.threads, signal });
  }

  /** A block too large to be kept, decoded while its bytes are read. */
  async *#streamed(index: number, { signal }: ReadOptions): AsyncGenerator<Uint8Array, void, void> {
    const { offset, byteLength } = this.block(index);
    const feed = new Feed(readThrough(this.#source, offset, offset + byteLength, { signal }), offset);
    try {
      yield* piecesOfBlock(feed, { ...this.#job(index), signal });
    } finally {
      await feed.close();
    }
  }

  #job(index: number): Omit<BlockJob, "bytes" | "offset"> {
    const { stream, within } = this.#find(index);
    const { check, unpadded, sizes } = this.#entries[stream] as StreamEntry;
    return {
      check,
      stream,
      block: within,
      record: { unpaddedBytes: unpadded[within] as number, uncompressedBytes: sizes[within] as number },
      maxDictionaryBytes: this.#limits.maxDictionaryBytes,
      engine: this.#options.engine ?? "auto",
    };
  }

  #find(index: number): { readonly stream: number; readonly within: number } {
    if (!(Number.isInteger(index) && index >= 0 && index < this.blockCount)) {
      throw new RangeError(`there is no block ${index}`);
    }
    let low = 0;
    let high = this.streams.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.streams[middle] as XzStream).firstBlock <= index) low = middle;
      else high = middle;
    }
    return { stream: low, within: index - (this.streams[low] as XzStream).firstBlock };
  }

  #wholeBlock(start: number, end: number): number | undefined {
    if (start === end) return undefined;
    const index = this.blockAt(start);
    const { contentOffset, contentBytes } = this.block(index);
    return contentOffset === start && contentOffset + contentBytes === end ? index : undefined;
  }

  #expectRange(start: number, end: number): void {
    if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end)) {
      throw new RangeError(`bytes ${start} to ${end} are no range`);
    }
    if (end <= this.byteLength) return;
    const reason = `the content ends at byte ${this.byteLength}, ${end - this.byteLength} more were to be read`;
    throw new FormatError("truncated", reason, { offset: this.byteLength });
  }
}

function startsOf(entries: readonly StreamEntry[], count: number): Float64Array {
  const starts = new Float64Array(count + 1);
  let index = 0;
  for (const { sizes } of entries) {
    for (const size of sizes) {
      starts[index + 1] = (starts[index] as number) + size;
      index++;
    }
  }
  return starts;
}

function streamsOf(entries: readonly StreamEntry[], starts: Float64Array): readonly XzStream[] {
  let firstBlock = 0;
  return entries.map(({ offset, byteLength, check, sizes }) => {
    const contentOffset = starts[firstBlock] as number;
    const contentBytes = (starts[firstBlock + sizes.length] as number) - contentOffset;
    const stream = { offset, byteLength, check, firstBlock, blockCount: sizes.length, contentOffset, contentBytes };
    firstBlock += sizes.length;
    return stream;
  });
}

/** The index of the first of the rising `values` that is above `limit`; their number if none is. */
function firstAbove(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
