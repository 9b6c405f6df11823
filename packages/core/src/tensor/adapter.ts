import { FormatError } from "../errors.js";
import { typeLabel } from "../ndarray/dtype.js";
import type { NdArray } from "../ndarray/ndarray.js";

/**
 * Hands one array to a tensor library: elements in C order, without gaps, in native byte order. `key` says in messages
 * which array it is: the path of the array in its record, such as `smpl.body_pose`.
 *
 * A tensor may share the array's memory: where the elements lie as the library wants them, they are not copied.
 *
 * Throws `FormatError` `unsupported` when the library has no tensors of the array's dtype, and `unwritable` when it has
 * but cannot hold a value of the array.
 */
export type TensorAdapter<U> = (array: NdArray, key: string) => U;

/** The error of an adapter that has no tensor for the array's dtype. `holder` is what it would be, `way` a way out. */
export function noTensor(array: NdArray, holder: string, key: string, way?: string): FormatError {
  const reason = `no ${holder} holds ${typeLabel(array.type)}${way === undefined ? "" : `; ${way}`}`;
  return new FormatError("unsupported", reason, { path: key });
}
