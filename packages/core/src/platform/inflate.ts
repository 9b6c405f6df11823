import { Inflate } from "fflate";
import { FormatError } from "../errors.js";
import { allocate } from "../source/bounds.js";
import { join } from "../source/join.js";
import { giveWay } from "./give-way.js";
import type { InflateOptions } from "./platform.js";

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
