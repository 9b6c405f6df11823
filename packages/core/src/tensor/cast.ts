import { FormatError } from "../errors.js";
import { typeLabel } from "../ndarray/dtype.js";
import type { DataOf, TypedArray } from "../ndarray/elements.js";
import { decodeHalves, toHalf } from "../ndarray/float16.js";
import { nearestFloat32 } from "../ndarray/float32.js";
import { isComplex, type NumericDType } from "../ndarray/kinds.js";
import { NdArray } from "../ndarray/ndarray.js";
import { wholeNumbers } from "../ndarray/whole.js";
import { isNumeric, packedData } from "./packed.js";

/**
 * The array with its numbers as `dtype`, packed in C order, in memory of its own; the array itself when it has that dtype
 * already.
 *
 * - to a float type: the nearest value, ties to even; beyond its range ±Infinity
 * - to an integer type: without the fraction, as Python's `int()`; NaN and what the type cannot hold is an error, never
 *   another number
 * - to `bool`: false for 0, true for all else, NaN too
 * - to a complex type: each part as above, real numbers with an imaginary part of 0
 *
 * `key` names the array in messages. Throws `FormatError` `unsupported` for arrays that hold no numbers and for complex
 * numbers that are to become real ones, `unwritable` for numbers that an integer type cannot hold.
 */
export function cast<D extends NumericDType>(array: NdArray, dtype: D, key = ""): NdArray<D> {
  if (array.dtype === dtype) return array as NdArray as NdArray<D>;
  if (!isNumeric(array) || (isComplex(array.dtype) && !isComplex(dtype))) {
    throw new FormatError("unsupported", `${typeLabel(array.type)} cannot become ${dtype}`, { path: key });
  }
  const elements = array.dtype === "float16" ? decodeHalves(packedData(array) as Uint16Array) : packedData(array);
  const data =
    isComplex(dtype) && !isComplex(array.dtype)
      ? withImaginary(converted(elements, dtype, key))
      : converted(elements, dtype, key);
  return NdArray.from<D>(dtype, data as DataOf[NoInfer<D>], array.shape);
}

function converted(elements: TypedArray, dtype: NumericDType, key: string): TypedArray {
  switch (dtype) {
    case "bool":
      return mapped(elements, new Uint8Array(elements.length), (element) => (Number(element) === 0 ? 0 : 1));
    case "float16":
      return mapped(elements, new Uint16Array(elements.length), (element) => toHalf(Number(element)));
    case "float32":
    case "complex64":
      // Halves that were just decoded, or numbers that are about to be copied into pairs.
      if (elements instanceof Float32Array) return elements;
      return isBig(elements)
        ? mapped(elements, new Float32Array(elements.length), nearestFloat32)
        : new Float32Array(elements);
    case "float64":
    case "complex128":
      return isBig(elements) ? mapped(elements, new Float64Array(elements.length), Number) : new Float64Array(elements);
    default:
      return wholeNumbers(elements, dtype, (index) => tooMuch(elements, index, dtype, key));
  }
}

function isBig(elements: TypedArray): elements is BigInt64Array | BigUint64Array {
  return elements instanceof BigInt64Array || elements instanceof BigUint64Array;
}

function mapped<T extends TypedArray>(elements: TypedArray, out: T, convert: (element: number | bigint) => number): T {
  for (let i = 0; i < elements.length; i++) out[i] = convert(elements[i] as number | bigint);
  return out;
}

function tooMuch(elements: TypedArray, index: number, dtype: NumericDType, key: string): FormatError {
  const reason = `${dtype} cannot hold ${elements[index]}, element ${index} in C order`;
  return new FormatError("unwritable", reason, { path: key });
}

function withImaginary(reals: TypedArray): TypedArray {
  const pairs = reals instanceof Float32Array ? new Float32Array(2 * reals.length) : new Float64Array(2 * reals.length);
  for (let i = 0; i < reals.length; i++) pairs[2 * i] = reals[i] as number;
  return pairs;
}
