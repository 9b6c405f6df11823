import type { DTypeName } from "../ndarray/dtype.js";
import { isComplex } from "../ndarray/kinds.js";
import type { NdArray } from "../ndarray/ndarray.js";
import { noTensor, type TensorAdapter } from "./adapter.js";
import { isNumeric, packedData } from "./packed.js";

/** The element types of onnxruntime that arrays can have; they bear the same names as here. */
export type OnnxType = Exclude<
  DTypeName,
  "complex64" | "complex128" | "bytes" | "object" | "datetime64" | "timedelta64" | "struct"
>;

/** Memory that a tensor of ONNX Runtime takes. */
export type OnnxData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | string[];

/** What is needed of `onnxruntime-web`, `-node`, `-react-native` or `-common` (1.21 or newer): the class of tensors. */
export interface OnnxLibrary<T> {
  readonly Tensor: new (type: OnnxType, data: OnnxData, dims: readonly number[]) => T;
}

/**
 * Makes CPU tensors of onnxruntime, `new Tensor(type, data, dims)`; `library` is the module:
 * `onnx(await import("onnxruntime-web"))`.
 *
 * | array                                | tensor     | `data` of the tensor                              |
 * | ------------------------------------ | ---------- | ------------------------------------------------- |
 * | `bool`                               | `bool`     | `Uint8Array` of 0 and 1                           |
 * | `int8` … `int32`, `uint8` … `uint32` | the same   | the typed array of that type                      |
 * | `int64`, `uint64`                    | the same   | `BigInt64Array`, `BigUint64Array`                 |
 * | `float16`                            | `float16`  | `Float16Array` where there is one, else the bit patterns as `Uint16Array` |
 * | `float32`, `float64`                 | the same   | `Float32Array`, `Float64Array`                    |
 * | `string`                             | `string`   | array of strings                                  |
 *
 * Nothing is converted. Throws `FormatError` `unsupported` for complex numbers, bytes, times, objects and structs.
 */
export function onnx<T>(library: OnnxLibrary<T>): TensorAdapter<T> {
  return (array, key) => {
    const type = array.dtype as OnnxType;
    return new library.Tensor(type, dataOf(array, key), [...array.shape]);
  };
}

function dataOf(array: NdArray, key: string): OnnxData {
  if (array.dtype === "string") return [...(array as NdArray<"string">)];
  if (!isNumeric(array) || isComplex(array.dtype)) throw noTensor(array, "tensor of onnxruntime", key);
  // The bits of float16: onnxruntime looks at them as a Float16Array by itself where the platform has that class.
  return packedData(array);
}
