import type { TypedArray } from "./elements.js";
import type { WholeDType } from "./kinds.js";

const MAKE = {
  int8: (length: number) => new Int8Array(length),
  int16: (length: number) => new Int16Array(length),
  int32: (length: number) => new Int32Array(length),
  uint8: (length: number) => new Uint8Array(length),
  uint16: (length: number) => new Uint16Array(length),
  uint32: (length: number) => new Uint32Array(length),
} as const;

export type Numbers = TypedArray | readonly (number | bigint)[];

/**
 * Numbers as whole numbers, without their fraction, as Python's `int()`. Throws what `refuse` makes for the index of one that the
 * type cannot hold, NaN among them.
 */
export function wholeNumbers(from: Numbers, to: WholeDType, refuse: (index: number) => Error): TypedArray {
  return to === "int64" || to === "uint64" ? toBigInts(from, to, refuse) : toInts(from, to, refuse);
}

function toInts(from: Numbers, to: keyof typeof MAKE, refuse: (index: number) => Error): TypedArray {
  const out = MAKE[to](from.length);
  for (let i = 0; i < from.length; i++) {
    const value = Math.trunc(Number(from[i]));
    out[i] = value;
    // Also of NaN, which is stored as 0.
    if (out[i] !== value) throw refuse(i);
  }
  return out;
}

function toBigInts(from: Numbers, to: "int64" | "uint64", refuse: (index: number) => Error): TypedArray {
  const out = to === "int64" ? new BigInt64Array(from.length) : new BigUint64Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const element = from[i] as number | bigint;
    if (typeof element === "number" && !Number.isFinite(element)) throw refuse(i);
    const value = typeof element === "number" ? BigInt(Math.trunc(element)) : element;
    out[i] = value;
    if (out[i] !== value) throw refuse(i);
  }
  return out;
}
