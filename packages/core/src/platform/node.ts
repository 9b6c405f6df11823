import { kMaxLength } from "node:buffer";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import type { TransformOptions } from "node:stream";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { FormatError } from "../errors.js";
import { allocate } from "../source/bounds.js";
import { compressInBlocks } from "./blocks.js";
import type { DeflateOptions, GunzipOptions, InflateOptions, Sha256 } from "./platform.js";

/** Compressed bytes up to which more are taken in: one piece is being inflated while the next one waits. */
const AHEAD = (1 << 20) + 1;
/** Output of one thread-pool job when the result is delivered in pieces. */
const PIECE = 1 << 18;
/** zlib counts output space in 32 bits; results up to here are inflated in place, longer ones copied. */
const IN_PLACE = Math.min(2 ** 31, kMaxLength) - 1;

/** See `Platform.inflateRaw`. */
export async function inflateRaw(
  input: AsyncIterable<Uint8Array>,
  size: number,
  options: InflateOptions = {},
): Promise<Uint8Array> {
  // Node's zlib streams write one piece behind the other into one buffer of `chunkSize` bytes until it is full. A
  // buffer for everything and one byte more (which shows that there is more than there should be) makes the pieces
  // consecutive views of it: nothing has to be joined.
  const inPlace = size < IN_PLACE;
  const target = inPlace ? undefined : allocate(size, "the entry");
  let first: Uint8Array | undefined;
  let done = 0;
  const take = (piece: Uint8Array): void => {
    if (target) target.set(piece, done);
    first ??= piece;
    if (!target && (piece.buffer !== first.buffer || piece.byteOffset !== first.byteOffset + done)) {
      throw new Error("node:zlib no longer writes consecutive pieces");
    }
    done += piece.byteLength;
    options.onPiece?.(piece);
  };
  await run(input, size, inPlace ? size + 1 : PIECE, take, options.signal);
  if (target) return target;
  if (!first) return new Uint8Array(0);
  // Small buffers are cut from a pool that Node shares; a result is not to keep or transfer that.
  const own = first.buffer.byteLength <= size + 64;
  return own
    ? new Uint8Array(first.buffer, first.byteOffset, size)
    : new Uint8Array(first.buffer, first.byteOffset, size).slice();
}

/** Inflates all of `input`; `take` gets each piece while the thread pool works on the next one. */
function run(
  input: AsyncIterable<Uint8Array>,
  size: number,
  chunkSize: number,
  take: (piece: Uint8Array) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const inflater = createInflater({ chunkSize, writableHighWaterMark: AHEAD });
    const feeding = feed(inflater, input, signal);
    let total = 0;
    let failure: unknown;
    const fail = (error: unknown): void => {
      failure ??= error;
      inflater.destroy();
    };
    inflater.on("data", (piece: Uint8Array) => {
      total += piece.byteLength;
      if (total > size) fail(tooLong(size));
      // Once this callback has returned, the next job is on its way to the thread pool: then is the time to work.
      else queueMicrotask(() => attempt(() => take(piece), fail));
    });
    inflater.on("error", (error) => fail(asFormatError(error)));
    inflater.on("end", () => inflater.destroy());
    inflater.on("close", () => {
      // The input is closed before anybody learns the result, so that its source can be closed too.
      feeding.then(
        () => {
          if (failure === undefined && total < size) failure = tooShort(size, total);
          if (failure === undefined) resolve();
          else reject(failure);
        },
        (error: unknown) => reject(failure ?? error),
      );
    });
    feeding.catch(fail);
  });
}

/** zlib streams pass their options on to `Transform`, which their types do not say. */
function createInflater(
  options: zlib.ZlibOptions & TransformOptions & { readonly chunkSize: number },
): zlib.InflateRaw {
  const given = { ...options, chunkSize: Math.max(zlib.constants.Z_MIN_CHUNK, options.chunkSize) };
  return zlib.createInflateRaw(given);
}

function attempt(action: () => void, fail: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    fail(error);
  }
}

/** Writes `input` to `inflater`, never far ahead of it. Ends when the inflater has closed. */
async function feed(
  inflater: zlib.InflateRaw | zlib.Gunzip,
  input: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  for await (const piece of input) {
    signal?.throwIfAborted();
    if (inflater.destroyed) return;
    if (!inflater.write(piece)) await ready(inflater);
    if (inflater.destroyed) return;
  }
  inflater.end();
}

function ready(inflater: zlib.InflateRaw | zlib.Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      inflater.off("drain", done);
      inflater.off("close", done);
      resolve();
    };
    inflater.on("drain", done);
    inflater.on("close", done);
    if (inflater.destroyed) done();
  });
}

/** See `Platform.inflateRawChunks`. */
export async function* inflateRawChunks(
  input: AsyncIterable<Uint8Array>,
  size: number,
  options: InflateOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const inflater = createInflater({
    chunkSize: Math.min(PIECE, size + 1),
    writableHighWaterMark: options.feed === "lazy" ? 1 : AHEAD,
    readableHighWaterMark: options.feed === "lazy" ? 1 : 2 * PIECE,
  });
  let fedBadly: unknown;
  const feeding = feed(inflater, input, options.signal).catch((error: unknown) => {
    fedBadly = error;
    inflater.destroy();
  });
  let total = 0;
  try {
    for await (const piece of inflater as AsyncIterable<Uint8Array>) {
      options.signal?.throwIfAborted();
      total += piece.byteLength;
      if (total > size) throw tooLong(size);
      options.onPiece?.(piece);
      yield piece;
    }
    if (total < size) throw tooShort(size, total);
  } catch (error) {
    throw fedBadly ?? asFormatError(error);
  } finally {
    inflater.destroy();
    await feeding;
  }
}

/** See `Platform.gunzip`. */
export async function* gunzip(
  input: AsyncIterable<Uint8Array>,
  options: GunzipOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const inflater = zlib.createGunzip({ chunkSize: PIECE });
  let fedBadly: unknown;
  const feeding = feed(inflater, input, options.signal).catch((error: unknown) => {
    fedBadly = error;
    inflater.destroy();
  });
  try {
    for await (const piece of inflater as AsyncIterable<Uint8Array>) {
      options.signal?.throwIfAborted();
      yield piece;
    }
  } catch (error) {
    throw fedBadly ?? gunzipError(error);
  } finally {
    inflater.destroy();
    await feeding;
  }
}

function gunzipError(cause: unknown): unknown {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  if (code !== "Z_DATA_ERROR") return asFormatError(cause);
  if (message === "incorrect header check") return new FormatError("not-this-format", "the data is no gzip", { cause });
  if (message === "incorrect data check" || message === "incorrect length check")
    return new FormatError("checksum", "the decompressed data does not fit its checksum", { cause });
  return asFormatError(cause);
}

/** See `Platform.inflateRawStart`. */
export async function inflateRawStart(start: Uint8Array): Promise<Uint8Array> {
  try {
    return zlib.inflateRawSync(start, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw asFormatError(error);
  }
}

function tooLong(size: number): FormatError {
  return new FormatError("limit", `the compressed data holds more than the ${size} bytes that it is said to hold`);
}

function tooShort(size: number, found: number): FormatError {
  return new FormatError(
    "truncated",
    `the compressed data holds ${found} of the ${size} bytes that it is said to hold`,
  );
}

function asFormatError(error: unknown): unknown {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (code === "Z_BUF_ERROR") return new FormatError("truncated", "the compressed data ends early", { cause: error });
  if (code === "Z_DATA_ERROR") return new FormatError("corrupt", "the compressed data is damaged", { cause: error });
  return error;
}

const deflateBlock = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);

/** See `Platform.deflateRaw`. */
export function deflateRaw(input: AsyncIterable<Uint8Array>, options: DeflateOptions): AsyncIterable<Uint8Array> {
  const compress = (block: Uint8Array, last: boolean): Promise<Uint8Array> =>
    deflateBlock(block, {
      level: options.level,
      finishFlush: last ? zlib.constants.Z_FINISH : zlib.constants.Z_FULL_FLUSH,
      // Room for data that cannot be compressed, so that one thread-pool job does it all.
      chunkSize: block.byteLength + (block.byteLength >> 10) + 256,
    });
  // More than one a thread, so that none waits while the results of another are written.
  return compressInBlocks(input, { compress, inFlight: threads + 2, signal: options.signal });
}

const unzlibOnPool = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate);
const zlibOnPool = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.deflate);

/** Blocks up to here are inflated sooner than the thread pool answers. */
const AT_ONCE = 1 << 14;

/** See `Platform.inflateZlib`. */
export async function inflateZlib(input: Uint8Array, size: number): Promise<Uint8Array> {
  const chunkSize = Math.max(zlib.constants.Z_MIN_CHUNK, size);
  const options = { chunkSize, maxOutputLength: Math.max(1, size) };
  try {
    const bytes = size <= AT_ONCE ? zlib.inflateSync(input, options) : await unzlibOnPool(input, options);
    if (bytes.byteLength < size) throw tooShort(size, bytes.byteLength);
    if (bytes.byteLength > size) throw tooLong(size);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, size);
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLong(size);
    if (code === "Z_DATA_ERROR" && message === "incorrect data check")
      throw new FormatError("checksum", "the compressed data does not fit its Adler-32 sum", { cause: error });
    if (code === "Z_NEED_DICT")
      throw new FormatError("corrupt", "the compressed data asks for a dictionary", { cause: error });
    throw asFormatError(error);
  }
}

/** See `Platform.deflateZlib`. */
export function deflateZlib(input: Uint8Array, level: number): Promise<Uint8Array> {
  return zlibOnPool(input, { level, chunkSize: input.byteLength + (input.byteLength >> 10) + 256 });
}

/** See `Platform.crc32`. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  // Without bytes zlib answers 0, whatever went before.
  return bytes.byteLength === 0 ? previous : zlib.crc32(bytes, previous);
}

/** See `Platform.sha256`. */
export function sha256(): Sha256 {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
}

/** See `Platform.optionalFile`. */
export async function optionalFile(name: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(createRequire(import.meta.url).resolve(name));
  } catch {
    return undefined;
  }
}

/** See `Platform.threads`. Node's thread pool has four threads unless told otherwise. */
export const threads: number = Math.max(1, Math.min(4, availableParallelism()));
