import type { ReadOptions } from "../../../source/source.js";
import type { ThreadResult } from "../../../threads/threads.js";
import type { XzCheck } from "../container/check.js";
import type { IndexRecord } from "../container/index-field.js";
import { xzError } from "../container/place.js";
import { withDecoder, type XzEngine } from "../lzma/decoders.js";
import { type OnThreadsOptions, onThreads } from "../on-threads.js";
import { blockPieces } from "./block.js";
import { type Feed, feedOf } from "./feed.js";

/** A block to be decoded as a whole, by this thread or another one. */
export interface BlockJob {
  /** Header, data, padding and check. */
  readonly bytes: Uint8Array;
  readonly check: XzCheck;
  readonly record: IndexRecord;
  readonly stream: number;
  readonly block: number;
  /** Position of the block in the file. */
  readonly offset: number;
  readonly maxDictionaryBytes: number;
  readonly engine: XzEngine;
}

/** Decodes a block, on another thread if it may. */
export function runBlockJob(job: BlockJob, options: OnThreadsOptions): Promise<Uint8Array> {
  const task = { module: new URL("./block-job.js", import.meta.url), name: "decodeXzBlock", input: job };
  return onThreads(task, () => decodeXzBlock(job, { signal: options.signal }), options);
}

/** What a thread runs: gives the content of a {@link BlockJob}. */
export async function decodeXzBlock(input: unknown, options: ReadOptions = {}): Promise<ThreadResult<Uint8Array>> {
  const job = input as BlockJob;
  const output = new Uint8Array(job.record.uncompressedBytes);
  let done = 0;
  for await (const piece of piecesOfBlock(feedOf(job.bytes, job.offset), { ...job, signal: options.signal })) {
    output.set(piece, done);
    done += piece.byteLength;
  }
  return { output, transfer: [output.buffer] };
}

export interface BlockPiecesOptions extends Omit<BlockJob, "bytes" | "offset">, ReadOptions {}

/** What the block holds that `feed` begins with, in pieces that are valid until the next one is asked for. */
export async function* piecesOfBlock(feed: Feed, options: BlockPiecesOptions): AsyncGenerator<Uint8Array, void, void> {
  const place = { stream: options.stream, block: options.block };
  const offset = feed.offset;
  const [first] = await feed.take(1);
  if (!first) throw xzError("corrupt", "no block begins where the index says", { ...place, offset });
  yield* withDecoder(options.engine, (decoder) =>
    blockPieces(feed, first, {
      decoder,
      place,
      check: options.check,
      maxDictionaryBytes: options.maxDictionaryBytes,
      expected: options.record,
      signal: options.signal,
    }),
  );
}
