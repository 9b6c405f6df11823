import { type DType, dtype, littleEndian, sameType, textType } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { promote } from "../../ndarray/promote.js";
import { ByteArray, Complex, Float, NumpyScalar, type Value } from "../../value/value.js";

/** The type of an array of such elements; `undefined` when only objects hold them all as they are. */
export function commonType(leaves: readonly Value[]): DType | undefined {
  if (leaves.length > 0 && leaves.every(isInt)) return typeOfInts(leaves as readonly (number | bigint)[]);
  let common: DType | undefined;
  for (const leaf of leaves) {
    const type = typeOf(leaf);
    common = type && common ? combine(common, type) : type;
    if (!common) return undefined;
  }
  return common;
}

/** A Python int: floats with a whole value are `Float`s, -0 is a float. */
function isInt(leaf: Value): boolean {
  return typeof leaf === "bigint" || (typeof leaf === "number" && Number.isSafeInteger(leaf) && !Object.is(leaf, -0));
}

function typeOfInts(ints: readonly (number | bigint)[]): DType | undefined {
  let low: number | bigint = 0;
  let high: number | bigint = 0;
  for (const int of ints) {
    if (int < low) low = int;
    if (int > high) high = int;
  }
  if (low >= -(2n ** 63n) && high < 2n ** 63n) return dtype("<i8");
  return low >= 0 && high < 2n ** 64n ? dtype("<u8") : undefined;
}

function typeOf(leaf: Value): DType | undefined {
  if (leaf instanceof NdArray || leaf instanceof NumpyScalar)
    return leaf.type.name === "object" ? undefined : littleEndian(leaf.type);
  if (isInt(leaf)) return typeOfInts([leaf as number | bigint]);
  if (typeof leaf === "boolean") return dtype("|b1");
  if (typeof leaf === "number" || leaf instanceof Float) return dtype("<f8");
  if (leaf instanceof Complex) return dtype("<c16");
  // numpy has no text of length 0, unless asked for.
  if (typeof leaf === "string") return textType("string", Math.max(1, codePoints(leaf)));
  if (leaf instanceof Uint8Array && !(leaf instanceof ByteArray))
    return textType("bytes", Math.max(1, leaf.byteLength));
  return undefined;
}

function combine(a: DType, b: DType): DType | undefined {
  if (sameType(a, b)) return a;
  const text = a.name === "string" || a.name === "bytes";
  if (text) return a.name === b.name ? (a.itemSize > b.itemSize ? a : b) : undefined;
  if (typeof a.descr !== "string" || typeof b.descr !== "string") return undefined;
  const code = promote(a.descr.slice(1), b.descr.slice(1));
  return code === undefined ? undefined : dtype(code);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
