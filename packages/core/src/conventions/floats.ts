import type { DTypeName } from "../ndarray/dtype.js";
import type { DataOf } from "../ndarray/elements.js";
import { NdArray } from "../ndarray/ndarray.js";

/** dtype of keypoints that were computed with: floats keep theirs, whole numbers and bool become float64. */
export type FloatOf<D extends DTypeName> = D extends "float16" | "float32" | "float64" ? D : "float64";

/** The same numbers as floats: the array itself when it has a float dtype, else a float64 copy. */
export function asFloats<D extends DTypeName>(array: NdArray<D>): NdArray<FloatOf<D>> {
  if (array.dtype.startsWith("float")) return array as unknown as NdArray<FloatOf<D>>;
  const packed = array.contiguous();
  const numbers = new Float64Array(packed.size);
  const data = packed.data as DataOf["int64"] | DataOf["int32"];
  const isBool = array.dtype === "bool";
  for (let i = 0; i < numbers.length; i++) {
    const value = Number(data[packed.offset + i]);
    numbers[i] = isBool && value !== 0 ? 1 : value;
  }
  return NdArray.from("float64", numbers, packed.shape) as unknown as NdArray<FloatOf<D>>;
}
