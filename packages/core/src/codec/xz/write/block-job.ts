import type { ReadOptions } from "../../../source/source.js";
import type { ThreadResult } from "../../../threads/threads.js";
import { makeBlockHeader } from "../container/block-header.js";
import { startCheck, type XzCheck } from "../container/check.js";
import { type IndexRecord, paddedBytes } from "../container/index-field.js";
import { type OnThreadsOptions, onThreads } from "../on-threads.js";
import type { EncoderSettings } from "./settings.js";
import { storeLzma2 } from "./store.js";
import { dictionaryFor, encodeLzma2, type Lzma2Block } from "./wasm-encoder.js";

/** A block to be encoded, by this thread or another one. */
export interface EncodeJob {
  readonly bytes: Uint8Array;
  readonly check: XzCheck;
  /** `undefined` stores the bytes as they are. */
  readonly settings: EncoderSettings | undefined;
}

export interface EncodedBlock {
  /** Header, data, padding and check. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly record: IndexRecord;
}

/** Encodes a block, on another thread if it may. */
export function runEncodeJob(job: EncodeJob, options: OnThreadsOptions): Promise<EncodedBlock> {
  const task = { module: new URL("./block-job.js", import.meta.url), name: "encodeXzBlock", input: job };
  return onThreads(task, () => encodeXzBlock(job, { signal: options.signal }), options);
}

/** What a thread runs: encodes an {@link EncodeJob}. */
export async function encodeXzBlock(input: unknown, options: ReadOptions = {}): Promise<ThreadResult<EncodedBlock>> {
  const { bytes, check, settings } = input as EncodeJob;
  const data = settings ? await encodeLzma2(bytes, settings, options) : storeLzma2(bytes);
  const output = assemble(bytes, check, data, dictionaryFor(bytes.byteLength, settings ?? { dictionaryBytes: 4096 }));
  return { output, transfer: [output.bytes.buffer] };
}

function assemble(content: Uint8Array, check: XzCheck, data: Lzma2Data, dictionaryBytes: number): EncodedBlock {
  const header = makeBlockHeader({
    compressedBytes: data.byteLength,
    uncompressedBytes: content.byteLength,
    dictionaryBytes,
  });
  const digest = check === "crc64" && data.crc64 ? data.crc64 : digestOf(content, check);
  const padded = paddedBytes(data.byteLength);
  const bytes = new Uint8Array(header.byteLength + padded + digest.byteLength);
  bytes.set(header);
  let at = header.byteLength;
  for (const part of data.parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  bytes.set(digest, header.byteLength + padded);
  const unpaddedBytes = header.byteLength + data.byteLength + digest.byteLength;
  return { bytes, record: { unpaddedBytes, uncompressedBytes: content.byteLength } };
}

type Lzma2Data = Pick<Lzma2Block, "parts" | "byteLength"> & Partial<Pick<Lzma2Block, "crc64">>;

function digestOf(content: Uint8Array, check: XzCheck): Uint8Array {
  const running = startCheck(check);
  running.update(content);
  return running.digest();
}
