import { type FormatError, isFormatError } from "../src/errors.js";
import { type DTypeName, dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { sizeOf } from "../src/ndarray/strides.js";

/** Ways to lay the same elements out in memory. */
export const LAYOUTS = [
  "C",
  "Fortran",
  "big-endian",
  "reversed",
  "every second",
  "transposed",
  "part",
  "unaligned",
] as const;
export type LayoutOfMemory = (typeof LAYOUTS)[number];

/** An array of shape (2, 3) laid out in memory as `layout` says, made of the stored bytes of its elements in C order. */
export function laidOut(code: string, elements: readonly Uint8Array[], layout: LayoutOfMemory): NdArray {
  const descr = layout === "big-endian" ? `>${code}` : `<${code}`;
  const make = (shape: readonly number[], items: readonly Uint8Array[], order: "C" | "F" = "C"): NdArray => {
    const type = dtype(descr);
    const bytes = new Uint8Array(sizeOf(shape) * type.itemSize + 1);
    const start = layout === "unaligned" ? 1 : 0;
    const inOrder = type.byteOrder === ">" ? items.map((item) => swapped(item, type.name)) : items;
    for (const [index, item] of inOrder.entries()) bytes.set(item, start + index * type.itemSize);
    return NdArray.fromBytes(type, shape, bytes.subarray(start, start + sizeOf(shape) * type.itemSize), { order });
  };
  const at = (...indices: readonly number[]): Uint8Array[] => indices.map((index) => elements[index] as Uint8Array);
  switch (layout) {
    case "Fortran":
      return make([2, 3], at(0, 3, 1, 4, 2, 5), "F");
    case "transposed":
      return make([3, 2], at(0, 3, 1, 4, 2, 5)).transpose();
    case "reversed":
      return make([2, 3], at(5, 4, 3, 2, 1, 0)).slice([null, null, -1], [null, null, -1]);
    case "every second":
      return make([2, 6], at(0, 5, 1, 5, 2, 5, 3, 0, 4, 0, 5, 0)).slice(null, [null, null, 2]);
    case "part":
      return make([4, 3], at(5, 5, 5, 0, 1, 2, 3, 4, 5, 0, 0, 0)).slice([1, 3]);
    default:
      return make([2, 3], at(0, 1, 2, 3, 4, 5));
  }
}

/** A stored element in the other byte order. */
function swapped(element: Uint8Array, name: DTypeName): Uint8Array {
  const word = name === "string" ? 4 : name.startsWith("complex") ? element.length / 2 : element.length;
  const out = new Uint8Array(element.length);
  for (let start = 0; start < element.length; start += word)
    out.set(element.slice(start, start + word).reverse(), start);
  return out;
}

/** The little-endian bytes of each element of a typed array; `width` items of it are one element. */
export function elementBytes(values: ArrayBufferView & { readonly length: number }, width = 1): Uint8Array[] {
  const size = (values.byteLength / values.length) * width;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Array.from({ length: values.length / width }, (_, index) => bytes.slice(index * size, (index + 1) * size));
}

/** UCS-4 text of `width` code points. */
export function textBytes(texts: readonly string[], width: number): Uint8Array[] {
  return texts.map((text) => {
    const points = new Uint32Array(width);
    points.set([...text].map((character) => character.codePointAt(0) as number));
    return new Uint8Array(points.buffer);
  });
}

/** Six numbers of each dtype, with the extremes of what it holds, as the memory of a native array. */
export const SIX = {
  b1: Uint8Array.of(1, 0, 1, 1, 0, 0),
  i1: Int8Array.of(-128, -1, 0, 1, 2, 127),
  i2: Int16Array.of(-32768, -1, 0, 1, 2, 32767),
  i4: Int32Array.of(-(2 ** 31), -1, 0, 2 ** 24 + 1, 2, 2 ** 31 - 1),
  i8: BigInt64Array.of(-(2n ** 63n), -1n, 0n, 2n ** 53n + 1n, 2n, 2n ** 63n - 1n),
  u1: Uint8Array.of(0, 1, 2, 127, 128, 255),
  u2: Uint16Array.of(0, 1, 2, 32767, 32768, 65535),
  u4: Uint32Array.of(0, 1, 2, 2 ** 24 + 1, 2 ** 31, 2 ** 32 - 1),
  u8: BigUint64Array.of(0n, 1n, 2n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n),
  // 1, -2, the smallest subnormal, the largest number, infinity, NaN
  f2: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x7e00),
  f4: Float32Array.of(0, -0, Math.fround(0.1), 2 ** -149, Number.NEGATIVE_INFINITY, Number.NaN),
  f8: Float64Array.of(0, -0, 0.1, 5e-324, Number.NEGATIVE_INFINITY, Number.NaN),
} as const;

export const COMPLEX = {
  c8: Float32Array.of(1, -1, 2, -2, 0, 0.5, -0, 3, Number.NaN, 1, 1e30, Number.POSITIVE_INFINITY),
  c16: Float64Array.of(1, -1, 2, -2, 0, 0.1, -0, 3, Number.NaN, 1, 1e300, Number.POSITIVE_INFINITY),
} as const;

export const TEXTS = ["", "a", "ünï", "a/b.png", "𝕏y", "in\0side"] as const;

/** What `work` throws, which is to be a FormatError. */
export function refusalOf(work: () => unknown): FormatError {
  try {
    work();
  } catch (error) {
    if (isFormatError(error)) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
