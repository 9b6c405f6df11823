import type { DataOf } from "../ndarray/elements.js";
import { isComplex, isNumericName, type NumericDType } from "../ndarray/kinds.js";
import type { NdArray } from "../ndarray/ndarray.js";

/** Whether the elements are numbers or booleans. */
export function isNumeric(array: NdArray): array is NdArray<NumericDType> {
  return isNumericName(array.dtype);
}

/**
 * The elements of an array of numbers in C order, without gaps, in native byte order, as {@link DataOf} describes them:
 * a view of the array's memory where they lie there like that, else a copy. Booleans are 0 or 1, whatever was stored.
 */
export function packedData<D extends NumericDType>(array: NdArray<D>): DataOf[D] {
  const packed = array.isContiguous ? array : array.copy();
  const pair = isComplex(array.dtype) ? 2 : 1;
  const length = pair * packed.size;
  // An empty view may start outside the memory.
  const start = length === 0 ? 0 : pair * packed.offset;
  const { data } = packed;
  const elements = data.length === length ? data : (data.subarray(start, start + length) as DataOf[D]);
  return array.dtype === "bool" ? (booleans(elements as Uint8Array) as DataOf[D]) : elements;
}

/** Stored booleans are true when they are not 0; libraries calculate with the bytes. */
function booleans(bytes: Uint8Array): Uint8Array {
  return bytes.every((byte) => byte <= 1) ? bytes : bytes.map((byte) => (byte === 0 ? 0 : 1));
}
