import type { Value } from "../value/value.js";
import { Complex } from "./complex.js";
import type { DType, DTypeName } from "./dtype.js";
import { fromHalf, toHalf } from "./float16.js";

/** JavaScript's arrays of numbers. */
export type TypedArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/**
 * What {@link NdArray.data} holds. bool is one byte an element, float16 its bit pattern, complex two floats an element,
 * datetime64 and timedelta64 counts of their unit, struct the packed bytes of each element.
 */
export interface DataOf {
  bool: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  float16: Uint16Array;
  float32: Float32Array;
  float64: Float64Array;
  complex64: Float32Array;
  complex128: Float64Array;
  string: string[];
  bytes: Uint8Array[];
  object: Value[];
  datetime64: BigInt64Array;
  timedelta64: BigInt64Array;
  struct: Uint8Array[];
}

/** What one element is in JavaScript. */
export interface ElementOf {
  bool: boolean;
  int8: number;
  int16: number;
  int32: number;
  int64: bigint;
  uint8: number;
  uint16: number;
  uint32: number;
  uint64: bigint;
  float16: number;
  float32: number;
  float64: number;
  complex64: Complex;
  complex128: Complex;
  string: string;
  bytes: Uint8Array;
  object: Value;
  datetime64: bigint;
  timedelta64: bigint;
  struct: Uint8Array;
}

/** The element at an index of the memory. */
export function elementAt(type: DType, data: DataOf[DTypeName], position: number): unknown {
  switch (type.name) {
    case "bool":
      return (data as Uint8Array)[position] !== 0;
    case "float16":
      return fromHalf((data as Uint16Array)[position] as number);
    case "complex64":
    case "complex128":
      return new Complex(
        (data as Float64Array)[2 * position] as number,
        (data as Float64Array)[2 * position + 1] as number,
      );
    default:
      return data[position];
  }
}

/** Changes the element at an index of the memory. */
export function setElement(type: DType, data: DataOf[DTypeName], position: number, value: unknown): void {
  if (type.name === "complex64" || type.name === "complex128") {
    const { re, im } = value as Complex;
    (data as Float64Array)[2 * position] = re;
    (data as Float64Array)[2 * position + 1] = im;
  } else if (type.name === "float16") (data as Uint16Array)[position] = toHalf(value as number);
  else if (type.name === "bool") (data as Uint8Array)[position] = value ? 1 : 0;
  else (data as unknown[])[position] = value;
}
