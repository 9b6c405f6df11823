import type { XzCheck } from "../container/check.js";
import { beginsLikeMagic, HEADER_BYTES, readFooter, readHeader } from "../container/flags.js";
import { IndexBuilder } from "../container/index-field.js";
import { xzError } from "../container/place.js";
import type { ChunkDecoder } from "../lzma/chunk-decoder.js";
import { type BlockOptions, blockPieces } from "./block.js";
import type { Feed } from "./feed.js";

export interface SequenceOptions extends Pick<BlockOptions, "decoder" | "maxDictionaryBytes" | "signal"> {
  readonly decoder: ChunkDecoder;
  /** Number of the first stream, for messages, where there are others before it. Default 0. */
  readonly firstStream?: number | undefined;
}

/** What comes of decoding in order: pieces of content, and after each block that its check matched. */
export type SequenceEvent = Uint8Array | "block-verified";

/**
 * Decodes all streams of a file in order, without looking ahead: header, blocks, index, footer of each, and the padding
 * between them, all of which is checked. Pieces are valid until the next event is asked for.
 */
export async function* streamsInOrder(feed: Feed, options: SequenceOptions): AsyncGenerator<SequenceEvent, void, void> {
  const { firstStream = 0 } = options;
  for (let stream = firstStream; ; stream++) {
    yield* oneStream(feed, stream, { ...options, firstStream });
    const end = feed.offset;
    const padding = await feed.skipZeros();
    if (padding % 4 !== 0) {
      const reason = `${padding} zero bytes follow the stream; padding has to be a multiple of 4`;
      throw xzError("corrupt", reason, { stream, offset: end });
    }
    if (await feed.atEnd()) return;
  }
}

async function* oneStream(
  feed: Feed,
  stream: number,
  options: SequenceOptions,
): AsyncGenerator<SequenceEvent, void, void> {
  const check = await takeHeader(feed, stream, stream === options.firstStream);
  const seen = new IndexBuilder();
  while (true) {
    const place = { stream, block: seen.count };
    const [first] = await feed.take(1);
    if (first === undefined) {
      throw xzError("truncated", "the data ends before the stream's index", { stream, offset: feed.offset });
    }
    if (first === 0) break;
    seen.add(yield* blockPieces(feed, first, { ...options, check, place }));
    yield "block-verified";
  }
  const indexBytes = await takeIndex(feed, stream, seen);
  await takeFooter(feed, { stream, check, indexBytes });
}

async function takeHeader(feed: Feed, stream: number, isFirst: boolean): Promise<XzCheck> {
  const place = { stream, offset: feed.offset };
  const header = await feed.take(HEADER_BYTES);
  if (header.byteLength === 0) throw xzError("truncated", "there is no data", place);
  if (!beginsLikeMagic(header)) {
    if (isFirst) throw xzError("not-this-format", "no .xz stream begins here", place);
    throw xzError("corrupt", "what follows is neither another stream nor padding", place);
  }
  if (header.byteLength < HEADER_BYTES) {
    throw xzError("truncated", "the data ends inside a stream's header", { stream, offset: feed.offset });
  }
  return readHeader(header, place);
}

/** The index has to say what the blocks were; its first byte was taken already. Returns its size. */
async function takeIndex(feed: Feed, stream: number, seen: IndexBuilder): Promise<number> {
  const offset = feed.offset;
  const expected = seen.field().subarray(1);
  const found = await feed.take(expected.byteLength);
  const differs = found.findIndex((byte, i) => byte !== expected[i]);
  if (differs >= 0) {
    throw xzError("corrupt", "the stream's index does not say what its blocks are", {
      stream,
      offset: offset + differs,
    });
  }
  if (found.byteLength < expected.byteLength) {
    throw xzError("truncated", "the data ends inside a stream's index", { stream, offset: feed.offset });
  }
  return expected.byteLength + 1;
}

interface ExpectedFooter {
  readonly stream: number;
  readonly check: XzCheck;
  readonly indexBytes: number;
}

async function takeFooter(feed: Feed, { stream, check, indexBytes }: ExpectedFooter): Promise<void> {
  const place = { stream, offset: feed.offset };
  const bytes = await feed.take(HEADER_BYTES);
  if (bytes.byteLength < HEADER_BYTES) {
    throw xzError("truncated", "the data ends inside a stream's footer", { stream, offset: feed.offset });
  }
  const footer = readFooter(bytes, place);
  if (footer.check !== check || footer.indexBytes !== indexBytes) {
    throw xzError("corrupt", "the stream's footer does not fit its header and index", place);
  }
}
