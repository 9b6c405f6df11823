import type { ScalarLayout } from "../layout/layout.js";
import type { DTypeName } from "../ndarray/dtype.js";
import { type DType, dtype, textType } from "../ndarray/dtype.js";
import type { ElementOf } from "../ndarray/elements.js";
import { NdArray } from "../ndarray/ndarray.js";
import { latin1Text } from "../value/latin1-text.js";
import { Complex, Float, float, NumpyScalar, type Value } from "../value/value.js";

/** Everyday JavaScript for one stored value: ints as numbers where exact, numpy scalars and floats unwrapped. */
export function plainScalar(value: Value): Value {
  const inner: Value = value instanceof NumpyScalar ? value.value : value;
  if (inner instanceof Float) return Number(inner);
  if (typeof inner === "bigint" && Number.isSafeInteger(Number(inner))) return Number(inner);
  return inner;
}

/**
 * The exact value of an array without axes. What Python's own types say in full (bool, int64, float64, text, bytes,
 * complex128, objects) becomes that type; other dtypes stay numpy scalars, so that writing restores them.
 */
export function valueOfScalarArray(array: NdArray): Value {
  const element = array.get();
  switch (array.dtype) {
    case "bool":
      return element as boolean;
    case "int64":
      return plainScalar(element as bigint);
    case "float64":
      return float(element as number);
    case "string":
    case "bytes":
    case "object":
    case "complex128":
      return element as Value;
    default:
      return new NumpyScalar(array.type, element as NumpyScalar["value"]);
  }
}

/** The exact value of one element of an array, as a list of them would hold it. */
export function elementValue(type: DType, element: ElementOf[DTypeName]): Value {
  if (type.name === "bool" || type.name === "string" || type.name === "bytes" || type.name === "object")
    return element as Value;
  if (/^u?int/.test(type.name)) return typeof element === "bigint" ? plainScalar(element) : (element as number);
  return /^float/.test(type.name) ? (element as number) : new NumpyScalar(type, element as NumpyScalar["value"]);
}

/** The elements of a 1-d array as everyday values; bytes as text where the field is text. */
export function arrayItems(array: NdArray, field: ScalarLayout): Value[] {
  const text = field.types.includes("string");
  const items: Value[] = [];
  for (const element of array) {
    const value = plainScalar(elementValue(array.type, element));
    items.push(text && value instanceof Uint8Array ? latin1Text(value) : value);
  }
  return items;
}

/** An array without axes that holds `value`, in the dtype that Python would give it (int64, float64, bool, text, bytes). */
export function scalarArray(value: Value, field?: ScalarLayout): NdArray | undefined {
  if (value instanceof NumpyScalar) return ofElement(value.type, value.value);
  if (field?.stored?.dtype && (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")) {
    const type = dtype(field.stored.dtype);
    return ofElement(type, /^u?int64$/.test(type.name) ? BigInt(value) : Number(value));
  }
  if (typeof value === "boolean") return ofElement(dtype("|b1"), value ? 1 : 0);
  if (typeof value === "string") return ofElement(textType("string", [...value].length), value);
  if (value instanceof Uint8Array) return ofElement(textType("bytes", value.length), value);
  if (value instanceof Float) return ofElement(dtype("<f8"), Number(value));
  if (value instanceof Complex)
    return NdArray.from("complex128", new Float64Array([value.re, value.im]), []) as NdArray;
  if (typeof value === "bigint") return intArray(value);
  if (typeof value !== "number") return undefined;
  const whole = Number.isSafeInteger(value) && !Object.is(value, -0) && field?.types.includes("number") !== true;
  return whole ? intArray(BigInt(value)) : ofElement(dtype("<f8"), value);
}

function intArray(value: bigint): NdArray | undefined {
  if (value >= -(2n ** 63n) && value < 2n ** 63n) return ofElement(dtype("<i8"), value);
  return value > 0n && value < 2n ** 64n ? ofElement(dtype("<u8"), value) : undefined;
}

function ofElement(type: DType, element: NumpyScalar["value"]): NdArray {
  const array = NdArray.fromBytes(littleType(type), [], new Uint8Array(type.itemSize));
  array.set([], element as never);
  return array;
}

function littleType(type: DType): DType {
  return type.byteOrder === ">" ? dtype(`<${(type.descr as string).slice(1)}`) : type;
}
