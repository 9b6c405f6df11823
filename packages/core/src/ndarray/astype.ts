import { float, NumpyScalar, type Value } from "../value/value.js";
import { Complex } from "./complex.js";
import { type DType, type DTypeName, dtype, littleEndian, sameType, typeLabel } from "./dtype.js";
import type { DataOf, TypedArray } from "./elements.js";
import { decodeHalves, toHalf } from "./float16.js";
import { nearestFloat32 } from "./float32.js";
import { isComplex, isNumericName, type WholeDType } from "./kinds.js";
import { NdArray, zeros } from "./ndarray.js";
import { type Numbers, wholeNumbers } from "./whole.js";

/**
 * The elements as another type; the array itself when it has that type in native byte order.
 *
 * Floats are rounded to the nearest, fractions are cut off for integers, anything but zero is true. What numpy would wrap
 * around or make up is refused: `RangeError` for numbers that an integer type cannot hold (NaN among them) and for text
 * that would be cut short. `TypeError` between kinds that have no common values (text and numbers, complex to real, …).
 * Objects are read as the numbers they are; numbers become the objects that Python has for them.
 */
export function astype<D extends DTypeName>(array: NdArray, to: D | DType): NdArray<D> {
  const type = littleEndian(typeof to === "object" ? to : dtype(to));
  if (sameType(array.type, type)) return array as NdArray<D>;
  if (sameType(littleEndian(array.type), type)) return array.copy() as NdArray<D>;
  return convert(array, type) as NdArray<D>;
}

function convert(array: NdArray, type: DType): NdArray {
  if (type.name === "object") {
    const objects = [...array].map((element) => objectOf(element, array.type));
    return NdArray.from<"object">(type, objects as DataOf["object"], array.shape) as unknown as NdArray;
  }
  if (array.dtype === type.name && (type.name === "string" || type.name === "bytes")) return resized(array, type);
  if (!isNumericName(type.name) || !(isNumericName(array.dtype) || array.dtype === "object"))
    throw new TypeError(`${typeLabel(array.type)} cannot become ${typeLabel(type)}`);
  if (isComplex(array.dtype) || isComplex(type.name)) return convertComplex(array, type);
  const from = numbersOf(array);
  if (type.name === "float32" || type.name === "float64" || type.name === "float16") return toFloats(from, type, array);
  return toIntegers(from, type, array);
}

/** All elements in C order; float16 decoded, objects as numbers. */
function numbersOf(array: NdArray): Numbers {
  if (array.dtype === "object") return [...array].map((item, index) => numberOf(item as Value, index));
  const packed = array.contiguous();
  const data = (packed.data as TypedArray).subarray(packed.offset, packed.offset + packed.size) as TypedArray;
  if (array.dtype === "float16") return decodeHalves(data as Uint16Array);
  return array.dtype === "bool" ? data.map((byte: number | bigint) => (byte ? 1 : 0) as never) : data;
}

function numberOf(item: Value, index: number): number | bigint {
  const value = item instanceof NumpyScalar ? item.value : item;
  if (typeof value === "bigint" || typeof value === "number") return value;
  if (typeof value === "boolean" || value instanceof Number) return Number(value);
  throw new TypeError(`element ${index} is no number`);
}

function toFloats(from: Numbers, type: DType, { shape }: NdArray): NdArray {
  const result = zeros(type, shape);
  const data = result.data as TypedArray;
  const round = {
    float16: (value: number | bigint) => toHalf(Number(value)),
    float32: nearestFloat32,
    float64: Number,
  };
  const nearest = round[type.name as keyof typeof round];
  if (type.name !== "float16" && ArrayBuffer.isView(from) && !isBig(from))
    (data as Float64Array).set(from as Float64Array);
  else for (let i = 0; i < from.length; i++) data[i] = nearest(from[i] as number | bigint) as never;
  return result as unknown as NdArray;
}

function toIntegers(from: Numbers, type: DType, { shape }: NdArray): NdArray {
  const refuse = (index: number): Error => new RangeError(`${type.name} cannot hold ${from[index]}`);
  const data = type.name === "bool" ? truths(from) : wholeNumbers(from, type.name as WholeDType, refuse);
  return NdArray.from(type, data as never, shape) as unknown as NdArray;
}

function truths(from: Numbers): Uint8Array {
  const data = new Uint8Array(from.length);
  for (let i = 0; i < from.length; i++) data[i] = Number(from[i]) === 0 ? 0 : 1;
  return data;
}

function convertComplex(array: NdArray, type: DType): NdArray {
  if (!isComplex(type.name)) throw new TypeError(`${typeLabel(array.type)} cannot become ${typeLabel(type)}`);
  const result = zeros(type, array.shape);
  const data = result.data as Float64Array;
  let at = 0;
  for (const element of array) {
    const value = element instanceof Complex ? element : undefined;
    data[at] = value ? value.re : Number(numberOf(element as Value, at / 2));
    data[at + 1] = value ? value.im : 0;
    at += 2;
  }
  return result as unknown as NdArray;
}

/** Text or bytes with room for more or fewer characters. */
function resized(array: NdArray, type: DType): NdArray {
  const from = array.toBytes();
  const width = array.type.itemSize;
  const kept = Math.min(width, type.itemSize);
  const to = new Uint8Array(array.size * type.itemSize);
  for (let i = 0; i < array.size; i++) {
    const element = from.subarray(i * width, (i + 1) * width);
    if (element.subarray(kept).some((byte) => byte !== 0))
      throw new RangeError(`${typeLabel(type)} cannot hold element ${i}, which is longer`);
    to.set(element.subarray(0, kept), i * type.itemSize);
  }
  return NdArray.fromBytes(type, array.shape, to);
}

/** What Python makes of an element of an array: floats stay floats when they are whole. */
function objectOf(element: unknown, { name, ...type }: DType): Value {
  if (name === "struct") throw new TypeError("struct cannot become object");
  if (/^float/.test(name)) return float(element as number);
  if (name === "datetime64" || name === "timedelta64") return new NumpyScalar({ name, ...type }, element as bigint);
  if (typeof element === "bigint" && Number.isSafeInteger(Number(element))) return Number(element);
  return element as Value;
}

function isBig(data: ArrayLike<unknown>): data is BigInt64Array | BigUint64Array {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}
