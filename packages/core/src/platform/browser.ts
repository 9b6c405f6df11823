import { sha256 as noble } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { FormatError } from "../errors.js";
import { allocate } from "../source/bounds.js";
import { join } from "../source/join.js";
import { streamPieces } from "../source/stream.js";
import type { DeflateOptions, GunzipOptions, InflateOptions, Sha256 } from "./platform.js";

export { crc32 } from "./crc32.js";

// fflate is loaded when something is to be inflated.

/** See `Platform.inflateRaw`. */
export async function inflateRaw(
  input: AsyncIterable<Uint8Array>,
  size: number,
  options?: InflateOptions,
): Promise<Uint8Array> {
  const inflate = await import("./inflate.js");
  return inflate.inflateRaw(input, size, options);
}

/** See `Platform.inflateRawChunks`. */
export async function* inflateRawChunks(
  input: AsyncIterable<Uint8Array>,
  size: number,
  options?: InflateOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const inflate = await import("./inflate.js");
  yield* inflate.inflateRawChunks(input, size, options);
}

/** See `Platform.inflateRawStart`. */
export async function inflateRawStart(start: Uint8Array): Promise<Uint8Array> {
  const inflate = await import("./inflate.js");
  return inflate.inflateRawStart(start);
}

/** See `Platform.gunzip`. */
export async function* gunzip(
  input: AsyncIterable<Uint8Array>,
  options?: GunzipOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const unpack = await import("./gunzip.js");
  yield* unpack.gunzip(input, options);
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

/** See `Platform.inflateZlib`. On a thread of the browser's own, which also compares the checksum. */
export async function inflateZlib(input: Uint8Array, size: number): Promise<Uint8Array> {
  const target = allocate(size, "the block");
  let done = 0;
  try {
    for await (const piece of streamPieces(transformed(input, new DecompressionStream("deflate")))) {
      if (done + piece.byteLength > size)
        throw new FormatError("limit", `the compressed data holds more than the ${size} bytes that it should`);
      target.set(piece, done);
      done += piece.byteLength;
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError("corrupt", "the compressed data is damaged or ends early", { cause });
  }
  if (done === size) return target;
  throw new FormatError("truncated", `the compressed data holds ${done} of the ${size} bytes that it should`);
}

/** See `Platform.deflateZlib`. */
export async function deflateZlib(input: Uint8Array, _level: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of streamPieces(transformed(input, new CompressionStream("deflate")))) parts.push(piece);
  return join(parts);
}

/** What `stream` makes of `input`; failures show where the result is read. */
function transformed(input: Uint8Array, stream: CompressionStream | DecompressionStream): ReadableStream<Uint8Array> {
  const writer = stream.writable.getWriter();
  const written = writer.write(new Uint8Array(input)).then(() => writer.close());
  written.catch(() => undefined);
  return stream.readable;
}

/** See `Platform.sha256`. */
export function sha256(): Sha256 {
  const hash = noble.create();
  return { update: (bytes) => void hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
}

/** See `Platform.optionalFile`: nothing is installed here. */
export async function optionalFile(_name: string): Promise<Uint8Array | undefined> {
  return undefined;
}

/** See `Platform.threads`: everything here runs on the caller's own thread. */
export const threads = 1;
