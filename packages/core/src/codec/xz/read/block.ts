import { type BlockHeader, blockHeaderBytes, readBlockHeader } from "../container/block-header.js";
import { CHECK_BYTES, type RunningCheck, sameBytes, startCheck, type XzCheck } from "../container/check.js";
import { type IndexRecord, paddedBytes } from "../container/index-field.js";
import { type Place, xzError } from "../container/place.js";
import type { ChunkDecoder } from "../lzma/chunk-decoder.js";
import { DeltaDecoder } from "./delta.js";
import type { Feed } from "./feed.js";
import { lzma2 } from "./lzma2.js";

export interface BlockOptions {
  readonly decoder: ChunkDecoder;
  readonly check: XzCheck;
  readonly place: Omit<Place, "offset">;
  readonly maxDictionaryBytes: number;
  /** What the index says about the block, where that is known before. */
  readonly expected?: IndexRecord | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a block holds, piece by piece; `first` is its first byte, taken from `feed` already. A piece is valid until the next
 * one is asked for. Gives what the index has to say about the block. Throws, after everything that could be decoded:
 * `truncated`, `corrupt`, `checksum`, `unsupported`, `limit`.
 */
export async function* blockPieces(
  feed: Feed,
  first: number,
  options: BlockOptions,
): AsyncGenerator<Uint8Array, IndexRecord, void> {
  const { decoder, check, place, expected } = options;
  const start = feed.offset - 1;
  const header = await takeHeader(feed, first, options);
  if (header.dictionaryBytes > options.maxDictionaryBytes) {
    const reason = `the block wants a dictionary of ${header.dictionaryBytes} bytes, ${options.maxDictionaryBytes} are allowed`;
    throw xzError("limit", reason, { ...place, offset: start });
  }
  const sizes = new Sizes(header, expected, { ...place, offset: start });
  const deltas = header.deltas.map((distance) => new DeltaDecoder(distance)).reverse();
  // The decoder is faster at this check, but sees what the other filters have not been at.
  const fast = check === "crc64" && deltas.length === 0;
  const running = fast ? undefined : startCheck(check);
  decoder.begin({ dictionaryBytes: header.dictionaryBytes, crc64: fast });

  const dataStart = feed.offset;
  for await (const decoded of lzma2(feed, options)) {
    const piece = sizes.accept(decoded);
    const plain = deltas.length === 0 ? piece : piece.slice();
    for (const delta of deltas) delta.update(plain);
    running?.update(plain);
    yield plain;
    if (piece !== decoded) throw sizes.tooLong();
  }
  const compressedBytes = feed.offset - dataStart;
  const record = sizes.finish(compressedBytes, header.byteLength + compressedBytes + CHECK_BYTES[check]);
  await takePadding(feed, compressedBytes, place);
  await takeCheck(feed, running ?? { update: () => undefined, digest: () => decoder.crc64() }, options);
  return record;
}

async function takeHeader(feed: Feed, first: number, { place }: BlockOptions): Promise<BlockHeader> {
  const offset = feed.offset - 1;
  const size = blockHeaderBytes(first);
  const rest = await feed.take(size - 1);
  if (rest.byteLength < size - 1) {
    throw xzError("truncated", "the data ends inside a block's header", { ...place, offset: feed.offset });
  }
  return readBlockHeader(Uint8Array.of(first, ...rest), { ...place, offset });
}

async function takePadding(feed: Feed, compressedBytes: number, place: BlockOptions["place"]): Promise<void> {
  const size = paddedBytes(compressedBytes) - compressedBytes;
  const offset = feed.offset;
  const padding = await feed.take(size);
  if (padding.byteLength < size) {
    throw xzError("truncated", "the data ends behind a block", { ...place, offset: feed.offset });
  }
  if (padding.some((byte) => byte !== 0)) {
    throw xzError("corrupt", "the padding behind the block is not zero", { ...place, offset });
  }
}

async function takeCheck(feed: Feed, running: RunningCheck, { check, place }: BlockOptions): Promise<void> {
  const offset = feed.offset;
  const stored = await feed.take(CHECK_BYTES[check]);
  if (stored.byteLength < CHECK_BYTES[check]) {
    throw xzError("truncated", "the data ends inside a block's check", { ...place, offset: feed.offset });
  }
  if (!sameBytes(stored, running.digest())) {
    throw xzError("checksum", `the ${check} of the block does not match`, { ...place, offset });
  }
}

/** Compares the sizes that a block's header and the index state with those that it has. */
class Sizes {
  readonly #header: BlockHeader;
  readonly #expected: IndexRecord | undefined;
  readonly #place: Place;
  readonly #most: number;
  #total = 0;

  constructor(header: BlockHeader, expected: IndexRecord | undefined, place: Place) {
    this.#header = header;
    this.#expected = expected;
    this.#place = place;
    this.#most = Math.min(
      header.uncompressedBytes ?? Number.MAX_SAFE_INTEGER,
      expected?.uncompressedBytes ?? Number.MAX_SAFE_INTEGER,
    );
  }

  /** The part of `piece` that the block may still hold: all of it, unless the block is too long. */
  accept(piece: Uint8Array): Uint8Array {
    const rest = this.#most - this.#total;
    this.#total += piece.byteLength;
    return piece.byteLength <= rest ? piece : piece.subarray(0, rest);
  }

  tooLong(): Error {
    return xzError("corrupt", `the block holds more than the ${this.#most} bytes that it is said to hold`, this.#place);
  }

  finish(compressedBytes: number, unpaddedBytes: number): IndexRecord {
    if (this.#total < this.#most && this.#most !== Number.MAX_SAFE_INTEGER) {
      const reason = `the block holds ${this.#total} bytes, ${this.#most} are stated`;
      throw xzError("corrupt", reason, this.#place);
    }
    const stated = this.#header.compressedBytes ?? compressedBytes;
    const inIndex = this.#expected?.unpaddedBytes ?? unpaddedBytes;
    if (stated !== compressedBytes || inIndex !== unpaddedBytes) {
      throw xzError("corrupt", "the block's compressed data has not the size that is stated", this.#place);
    }
    return { unpaddedBytes, uncompressedBytes: this.#total };
  }
}
