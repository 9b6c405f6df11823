import { isFormatError } from "../../errors.js";
import { piecesBetween } from "../../source/pieces.js";
import type { Sink, Source, WorkOptions } from "../../source/source.js";
import { decodeXz, openXz, type XzFile, XzWriter } from "../xz/index.js";
import { mapOrdered } from "../xz/ordered.js";
import type { BlocksOf, WrappedContent, WrapReadOptions, WrapWriteOptions, WrapWriter } from "./wrap.js";

/** The longest block that a writer ends itself. */
const MOST_BLOCK_BYTES = 2 ** 30;

/** `pieces` of the wrap. */
export function xzPieces(source: Source, start: number, options: WrapReadOptions): AsyncIterable<Uint8Array> {
  return decodeXz(source, { ...options, start });
}

/** `open` of the wrap. */
export async function openXzContent(source: Source, { signal, threads }: WrapReadOptions): Promise<WrappedContent> {
  // Without a cache, blocks are handed out while they are decoded, also those that end in damage.
  const streaming = (): Promise<XzFile> => openXz(source, { cacheBytes: 0 });
  return contentOf(await openXz(source, { signal, threads }), streaming);
}

/** `copyBlocks` of the wrap. */
export async function copyXzBlocks(
  writer: WrapWriter,
  { source, start, count }: BlocksOf,
  { signal }: WorkOptions,
): Promise<boolean> {
  const file = await openXz(source, { signal, cacheBytes: 0 });
  const streams = file.streams.filter(({ offset }) => offset >= start);
  if (!(writer instanceof XzWriter) || streams.some(({ check }) => check !== writer.check)) return false;
  const first = streams[0]?.firstBlock ?? file.blockCount;
  const end = count === undefined ? file.blockCount : first + count;
  for (let index = first; index < end; index++) {
    const { offset, byteLength, unpaddedBytes, contentBytes } = file.block(index);
    const bytes = await source.read(offset, offset + byteLength, { signal });
    await writer.copyBlock(bytes, { unpaddedBytes, uncompressedBytes: contentBytes });
  }
  return true;
}

/** `stream` of the wrap. */
export function xzStream(
  sink: Pick<Sink, "append">,
  { preset = 5, tuning, threads, signal, blocks }: WrapWriteOptions,
): WrapWriter {
  const blockBytes = blocks === "given" ? MOST_BLOCK_BYTES : undefined;
  return new XzWriter(sink, { preset, tuning, threads, signal, blockBytes });
}

function contentOf(file: XzFile, streaming: () => Promise<XzFile>): WrappedContent {
  return {
    byteLength: file.byteLength,
    contentOffset: (start) => file.streams.find(({ offset }) => offset === start)?.contentOffset,
    async *pieces(start, end = file.byteLength, options = {}) {
      let at = start;
      try {
        for await (const piece of verified(file, start, end, options)) {
          yield piece;
          at += piece.byteLength;
        }
      } catch (error) {
        if (!isFormatError(error) || options.release === "verified") throw error;
        // What the damaged block holds before the damage is to be handed out too.
        const index = file.blockAt(at);
        const { contentOffset, contentBytes } = file.block(index);
        // A block that is only too large to be kept is no damage.
        const isLarge = error.code === "limit";
        const until = isLarge ? end : Math.min(end, contentOffset + contentBytes);
        yield* (await streaming()).pieces(at, until, { signal: options.signal });
        if (!isLarge) throw error;
      }
    },
    blocks: {
      count: file.blockCount,
      start: (index) => (index < file.blockCount ? file.block(index).contentOffset : file.byteLength),
      at: (position) => file.blockAt(position),
    },
  };
}

/** The content block by block, each after its check. */
async function* verified(
  file: XzFile,
  start: number,
  end: number,
  { threads, signal }: WrapReadOptions,
): AsyncGenerator<Uint8Array, void, void> {
  if (start >= end) return;
  const first = file.blockAt(start);
  const count = file.blockAt(end - 1) - first + 1;
  const { contentOffset } = file.block(first);
  const blocks = mapOrdered(count, { inFlight: threads ? threads.count + 1 : 1, signal }, (index, stop) =>
    file.readBlock(first + index, { signal: stop }),
  );
  yield* piecesBetween(blocks, start - contentOffset, end - contentOffset);
}
