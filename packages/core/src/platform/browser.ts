import { sha256 as noble } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Inflate } from "fflate";
import { FormatError } from "../errors.js";
import { allocate } from "../source/bounds.js";
import { streamPieces } from "../source/stream.js";
import type { DeflateOptions, InflateOptions, Sha256 } from "./platform.js";

export { crc32 } from "./crc32.js";

/** Compressed bytes per step: deflate can make at most 1032 times as many of them, which is what one step may hold. */
const STEP = 1 << 16;

/** See `Platform.inflateRaw`. */
export async function inflateRaw(
  input: AsyncIterable<Uint8Array>,
  size: number,
  options: InflateOptions = {},
): Promise<Uint8Array> {
  const target = allocate(size, "the entry");
  let done = 0;
  for await (const piece of inflateRawChunks(input, size, options)) {
    target.set(piece, done);
    done += piece.byteLength;
  }
  return target;
}

/** See `Platform.inflateRawChunks`. */
export async function* inflateRawChunks(
  input: AsyncIterable<Uint8Array>,
  size: number,
  options: InflateOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  let made: Uint8Array[] = [];
  let total = 0;
  const inflater = new Inflate((piece) => {
    if (piece.byteLength === 0) return;
    total += piece.byteLength;
    if (total > size)
      throw new FormatError("limit", `the compressed data holds more than the ${size} bytes that it is said to hold`);
    made.push(piece);
  });
  const take = (): Uint8Array[] => {
    const pieces = made;
    made = [];
    for (const piece of pieces) options.onPiece?.(piece);
    return pieces;
  };
  for await (const piece of input) {
    for (let at = 0; at < piece.byteLength; at += STEP) {
      await giveWay();
      options.signal?.throwIfAborted();
      push(inflater, piece.subarray(at, at + STEP), false);
      yield* take();
    }
  }
  push(inflater, new Uint8Array(0), true);
  yield* take();
  if (total < size) {
    throw new FormatError(
      "truncated",
      `the compressed data holds ${total} of the ${size} bytes that it is said to hold`,
    );
  }
}

/** How long the page is kept from its own work at a time, in milliseconds. */
const TURN = 30;

/** When the page was last let to its own work. */
let turnStarted = 0;

/**
 * Lets the page draw and handle what has happened, an abort by its user for one, when that had to wait for long enough.
 * Waiting for what is in memory already does not do that: promises go before everything else.
 */
async function giveWay(): Promise<void> {
  if (performance.now() - turnStarted < TURN) return;
  // Timers are held back to several milliseconds, messages are not.
  const { port1, port2 } = new MessageChannel();
  await new Promise<void>((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(undefined);
  });
  port1.close();
  turnStarted = performance.now();
}

/** See `Platform.inflateRawStart`. */
export function inflateRawStart(start: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  push(new Inflate((part) => parts.push(part)), start, false);
  return join(parts);
}

/** fflate's own number for data that ends early. */
const UNEXPECTED_END = 0;

function push(inflater: Inflate, piece: Uint8Array, last: boolean): void {
  try {
    inflater.push(piece, last);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const early = (cause as { readonly code?: unknown }).code === UNEXPECTED_END;
    if (early) throw new FormatError("truncated", "the compressed data ends early", { cause });
    throw new FormatError("corrupt", "the compressed data is damaged", { cause });
  }
}

/**
 * See `Platform.deflateRaw`. Browsers compress on a thread of their own, at zlib's default level. (Not fflate: its
 * streaming compressor makes distances that reach in front of the data, which zlib refuses; seen with version 0.8.3.)
 */
export async function* deflateRaw(
  input: AsyncIterable<Uint8Array>,
  options: DeflateOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const { readable, writable } = new CompressionStream("deflate-raw");
  const writer = writable.getWriter();
  const feed = async (): Promise<void> => {
    for await (const piece of input) {
      options.signal?.throwIfAborted();
      await writer.write(new Uint8Array(piece));
    }
    await writer.close();
  };
  const feeding = feed().catch((error: unknown) => writer.abort(error));
  try {
    yield* streamPieces(readable);
  } finally {
    await feeding.catch(() => undefined);
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}

/** See `Platform.sha256`. */
export function sha256(): Sha256 {
  const hash = noble.create();
  return { update: (bytes) => void hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
}

/** See `Platform.threads`: everything here runs on the caller's own thread. */
export const threads = 1;
