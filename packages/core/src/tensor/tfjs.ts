import { FormatError } from "../errors.js";
import { NdArray } from "../ndarray/ndarray.js";
import { noTensor, type TensorAdapter } from "./adapter.js";
import { cast } from "./cast.js";
import { packedData } from "./packed.js";

/** A tensor of TensorFlow.js, as far as this module needs to know. */
export interface TfjsTensor {
  dispose(): void;
}

/** Values that a tensor of TensorFlow.js takes. */
export type TfjsValues = Float32Array | Int32Array | Uint8Array | string[] | Uint8Array[];

/** What is needed of `@tensorflow/tfjs` or `@tensorflow/tfjs-core`. */
export interface TfjsLibrary<T extends TfjsTensor> {
  tensor(values: TfjsValues, shape: number[], dtype: "float32" | "int32" | "bool" | "string"): T;
  complex(real: NoInfer<T>, imag: NoInfer<T>): NoInfer<T>;
}

export interface TfjsOptions {
  /**
   * What becomes of float64 and complex128, which tfjs does not have: an error (`throw`, the default), or the nearest
   * float32 and complex64 (`round`).
   */
  readonly inexact?: "throw" | "round" | undefined;
}

/**
 * Makes tensors of TensorFlow.js, `tensor(data, shape, dtype)`, on the backend that is active then; `library` is the
 * module: `tfjs(await import("@tensorflow/tfjs"))`. Tensors are to be disposed of by the caller, as all tensors of tfjs.
 *
 * | array                                | tensor      |                                                          |
 * | ------------------------------------ | ----------- | -------------------------------------------------------- |
 * | `bool`                               | `bool`      |                                                          |
 * | `int8`, `int16`, `uint8`, `uint16`   | `int32`     |                                                          |
 * | `int32`                              | `int32`     |                                                          |
 * | `uint32`, `int64`, `uint64`          | `int32`     | a value beyond int32 is an error                         |
 * | `float16`, `float32`                 | `float32`   |                                                          |
 * | `float64`                            | `float32`   | with `inexact: "round"`, else an error                   |
 * | `complex64`                          | `complex64` |                                                          |
 * | `complex128`                         | `complex64` | with `inexact: "round"`, else an error                   |
 * | `string`                             | `string`    | tfjs holds text as UTF-8: lone surrogates are an error   |
 * | `bytes`                              | `string`    | the bytes as they are; `tensor.bytes()` gives them back  |
 *
 * Throws `FormatError` `unsupported` for times, objects and structs, and for float64 and complex128 unless they may be
 * rounded; `unwritable` for single values that a tensor cannot hold.
 */
export function tfjs<T extends TfjsTensor>(library: TfjsLibrary<T>, options: TfjsOptions = {}): TensorAdapter<T> {
  return (array, key) => {
    const shape = [...array.shape];
    switch (array.dtype) {
      case "bool":
        return library.tensor(packedData(array as NdArray<"bool">), shape, "bool");
      case "int8":
      case "int16":
      case "int32":
      case "int64":
      case "uint8":
      case "uint16":
      case "uint32":
      case "uint64":
        return library.tensor(packedData(cast(array, "int32", key)), shape, "int32");
      case "float16":
      case "float32":
      case "float64":
        checkRounding(array, key, options);
        return library.tensor(packedData(cast(array, "float32", key)), shape, "float32");
      case "complex64":
      case "complex128":
        checkRounding(array, key, options);
        return complexTensor(library, cast(array, "complex64", key));
      case "string":
        return library.tensor(wellFormed([...(array as NdArray<"string">)], key), shape, "string");
      case "bytes":
        return library.tensor([...(array as NdArray<"bytes">)], shape, "string");
      default:
        throw noTensor(array, "tensor of tfjs", key);
    }
  };
}

function checkRounding(array: NdArray, key: string, { inexact = "throw" }: TfjsOptions): void {
  if (inexact === "round" || (array.dtype !== "float64" && array.dtype !== "complex128")) return;
  const nearest = array.dtype === "float64" ? "float32" : "complex64";
  throw noTensor(array, "tensor of tfjs", key, `the option inexact: "round" makes the nearest ${nearest} of it`);
}

/** tfjs makes complex tensors of two real ones, whose values it copies. */
function complexTensor<T extends TfjsTensor>(library: TfjsLibrary<T>, array: NdArray<"complex64">): T {
  const pairs = NdArray.from("float32", packedData(array), [array.size, 2]);
  const part = (index: number): T => library.tensor(packedData(pairs.slice(null, index)), [...array.shape], "float32");
  const real = part(0);
  const imag = part(1);
  const tensor = library.complex(real, imag);
  real.dispose();
  imag.dispose();
  return tensor;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function wellFormed(texts: string[], key: string): string[] {
  const index = texts.findIndex((text) => LONE_SURROGATE.test(text));
  if (index < 0) return texts;
  throw new FormatError("unwritable", `the text of element ${index} in C order has no UTF-8`, { path: key });
}
