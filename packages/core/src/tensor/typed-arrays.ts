import type { DataOf } from "../ndarray/elements.js";
import type { NumericDType } from "../ndarray/kinds.js";
import type { Shape } from "../ndarray/ndarray.js";
import { noTensor, type TensorAdapter } from "./adapter.js";
import { isNumeric, packedData } from "./packed.js";

/** An array as anything can take it that knows typed arrays: no strides, no offset, native byte order. */
export type PlainTensor = { [D in NumericDType]: PlainTensorOf<D> }[NumericDType];

/** A {@link PlainTensor} of one type. */
export interface PlainTensorOf<D extends NumericDType> {
  readonly dtype: D;
  readonly shape: Shape;
  /** All elements in C order, as {@link DataOf} says: float16 as bit patterns, complex numbers as pairs. */
  readonly data: DataOf[D];
}

/**
 * Makes {@link PlainTensor}s, for libraries without an adapter of their own: typed arrays with dtype and shape. Throws
 * `FormatError` `unsupported` for what has no typed array: text, bytes, times, objects and structs.
 */
export function typedArrays(): TensorAdapter<PlainTensor> {
  return (array, key) => {
    if (!isNumeric(array)) throw noTensor(array, "typed array", key);
    return { dtype: array.dtype, shape: array.shape, data: packedData(array) } as PlainTensor;
  };
}
