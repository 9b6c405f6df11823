import { type DType, littleEndian } from "../../ndarray/dtype.js";
import type { Stored } from "../../ndarray/memory.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { swapBytes } from "../../ndarray/storage.js";
import type { ArrayLayout } from "./read/slots.js";

/** The layout of an array that numpy would swap to native order while it unpickles it. */
export function swappedLayout(layout: ArrayLayout): ArrayLayout {
  if (layout.type.byteOrder !== ">") return layout;
  return { ...layout, type: littleEndian(layout.type), swapped: true };
}

/** The array of that layout over `bytes`, which are not copied unless their order has to change. */
export function arrayOf(layout: ArrayLayout, bytes: Stored): NdArray {
  const { type, shape, order, axes } = layout;
  const stored = layout.swapped ? swappedWhenUsed(bytes, type) : bytes;
  const array = NdArray.fromBytes(type, shape, stored, order === "C" ? undefined : { order });
  return axes ? array.transpose(axes) : array;
}

function swappedWhenUsed(bytes: Stored, type: DType): () => Uint8Array {
  return () => swapWords((typeof bytes === "function" ? bytes() : bytes).slice(), type);
}

/** Reverses the bytes of each number of `type` in place. */
export function swapWords(bytes: Uint8Array, type: DType): Uint8Array {
  swapBytes(bytes, wordSize(type));
  return bytes;
}

/** Bytes that belong together: what is swapped, and what typed arrays must be aligned to. */
export function wordSize({ name, itemSize }: DType): number {
  if (name === "string") return 4;
  return name === "complex64" || name === "complex128" ? itemSize / 2 : Math.max(1, itemSize);
}

/** The shape that the reader sees. */
export function visibleShape({ shape, axes }: ArrayLayout): readonly number[] {
  return axes ? axes.map((axis) => shape[axis] as number) : shape;
}
