import { FormatError, isFormatError } from "../../../errors.js";
import { allocate } from "../../../source/bounds.js";
import { type Input, isInput, toSource } from "../../../source/input.js";
import { readThrough } from "../../../source/read-through.js";
import type { Source, WorkOptions } from "../../../source/source.js";
import { withDecoder } from "../lzma/decoders.js";
import { mapOrdered } from "../ordered.js";
import { Feed } from "./feed.js";
import { openXz, type XzFile } from "./file.js";
import { limitsOf, type XzLimits, type XzReadOptions } from "./options.js";
import { streamsInOrder } from "./stream.js";

export interface DecodeXzOptions extends XzReadOptions, Pick<WorkOptions, "onProgress"> {
  /**
   * When content is handed out. `decoded` (the default): as soon as it is decoded, so that of a damaged or truncated file
   * everything arrives that is there, before the error does. `verified`: block by block, once its check has matched, so that
   * nothing arrives that is wrong; a block is held in memory for that.
   */
  readonly release?: "decoded" | "verified" | undefined;
  /** Byte of the input at which a stream begins, to begin there. Default 0. */
  readonly start?: number | undefined;
  /** Number of that stream, for messages where blocks are decoded in order. Default 0. */
  readonly firstStream?: number | undefined;
  /** Bytes of the input to ask for at first, for callers that may stop soon. Default: as many as usual. */
  readonly firstBytes?: number | undefined;
}

/** Several blocks are decoded at once only as long as they hold no more than this together. */
const MOST_IN_FLIGHT = 2 ** 28;

/**
 * What an .xz file decompresses to, piece by piece: all streams, blocks and paddings, each of whose checks and sizes is
 * looked at. The input may be a source or bytes that come in pieces, such as those of a web stream. The pieces are the
 * caller's to keep.
 *
 * With `threads` and random access, blocks are decoded side by side. Throws `FormatError` with stream, block and byte, after
 * all content before that place: `truncated`, `corrupt`, `checksum`, `not-this-format`, `unsupported`, `limit`.
 */
export async function* decodeXz(
  input: Input | AsyncIterable<Uint8Array>,
  options: DecodeXzOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const limits = limitsOf(options);
  let total = 0;
  for await (const piece of allPieces(input, limits, options)) {
    const rest = limits.maxOutputBytes - total;
    total += piece.byteLength;
    if (piece.byteLength > rest) {
      if (rest > 0) yield piece.subarray(0, rest);
      throw new FormatError("limit", `the data holds more than the ${limits.maxOutputBytes} bytes that are allowed`);
    }
    yield piece;
  }
}

/** The whole content in one piece. `maxOutputBytes` bounds it, 1 GiB unless stated. Throws what {@link decodeXz} throws. */
export async function readXz(
  input: Input | AsyncIterable<Uint8Array>,
  options: DecodeXzOptions = {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of decodeXz(input, { ...options, maxOutputBytes: options.maxOutputBytes ?? 2 ** 30 })) {
    parts.push(piece);
  }
  return joined(parts);
}

async function* allPieces(
  input: Input | AsyncIterable<Uint8Array>,
  limits: XzLimits,
  options: DecodeXzOptions,
): AsyncGenerator<Uint8Array, void, void> {
  if (!isInput(input)) return yield* inOrder(input, undefined, limits, options);
  const source = await toSource(input, options);
  const blocks = await openForThreads(source, limits, options);
  if (blocks) yield* sideBySide(blocks.file, blocks.first, source, options);
  else yield* inOrder(sourcePieces(source, options), source, limits, options);
}

function sourcePieces(source: Source, { signal, start = 0, firstBytes }: DecodeXzOptions): AsyncIterable<Uint8Array> {
  return readThrough(source, Math.min(start, source.byteLength), source.byteLength, { signal, first: firstBytes });
}

async function* inOrder(
  pieces: AsyncIterable<Uint8Array>,
  source: Source | undefined,
  limits: XzLimits,
  options: DecodeXzOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const feed = new Feed(pieces, options.start ?? 0);
  const { maxDictionaryBytes } = limits;
  const { signal, firstStream } = options;
  const held = options.release === "verified" ? new HeldBlock(limits.maxBlockBytes) : undefined;
  try {
    const events = withDecoder(options.engine ?? "auto", (decoder) =>
      streamsInOrder(feed, { decoder, maxDictionaryBytes, signal, firstStream }),
    );
    for await (const event of events) {
      if (event === "block-verified") {
        if (held) yield* held.release();
        continue;
      }
      const piece = event.slice();
      if (source) options.onProgress?.({ stage: "decode", done: feed.offset, total: source.byteLength });
      if (held) held.add(piece);
      else yield piece;
    }
  } finally {
    await feed.close();
  }
}

/** The content of a block whose check is still to come. */
class HeldBlock {
  readonly #most: number;
  #pieces: Uint8Array[] = [];
  #total = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(piece: Uint8Array): void {
    this.#total += piece.byteLength;
    if (this.#total > this.#most) {
      throw new FormatError(
        "limit",
        `a block holds more than the ${this.#most} bytes that may be held until its check`,
      );
    }
    this.#pieces.push(piece);
  }

  release(): readonly Uint8Array[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#total = 0;
    return pieces;
  }
}

/** A file, and the block with which its content begins that is wanted. */
interface BlocksFrom {
  readonly file: XzFile;
  readonly first: number;
}

/** The file by its indexes, if several threads can work on it; not if anything is odd, which is found again in order. */
async function openForThreads(
  source: Source,
  limits: XzLimits,
  options: DecodeXzOptions,
): Promise<BlocksFrom | undefined> {
  if (!options.threads || options.threads.count < 2) return undefined;
  try {
    const file = await openXz(source, { ...options, cacheBytes: 0 });
    const large = Math.min(limits.maxBlockBytes, MOST_IN_FLIGHT / (options.threads.count + 1));
    const first = file.streams.find(({ offset }) => offset === (options.start ?? 0))?.firstBlock;
    if (first === undefined) return undefined;
    for (let i = first; i < file.blockCount; i++) if (file.block(i).contentBytes > large) return undefined;
    return file.blockCount - first > 1 ? { file, first } : undefined;
  } catch (error) {
    if (isFormatError(error)) return undefined;
    throw error;
  }
}

async function* sideBySide(
  file: XzFile,
  first: number,
  source: Source,
  options: DecodeXzOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const { signal, threads, onProgress } = options;
  const inFlight = (threads?.count ?? 1) + 1;
  const blocks = mapOrdered(file.blockCount - first, { inFlight, signal }, (index, stop) =>
    file.readBlock(first + index, { signal: stop }),
  );
  let done = first;
  let delivered = file.block(first).contentOffset;
  try {
    for await (const block of blocks) {
      yield block;
      delivered += block.byteLength;
      const { offset, byteLength } = file.block(done++);
      onProgress?.({ stage: "decode", done: offset + byteLength, total: source.byteLength });
    }
  } catch (error) {
    if (!isFormatError(error) || options.release === "verified") throw error;
    // What the damaged block holds before the damage is to be handed out too.
    const { contentOffset, contentBytes } = file.block(done);
    yield* file.pieces(delivered, contentOffset + contentBytes, { signal });
    throw error;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const all = allocate(
    parts.reduce((sum, part) => sum + part.byteLength, 0),
    "the content",
  );
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}
