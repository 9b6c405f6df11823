import { FormatError } from "../../../errors.js";
import { type DType, littleEndian } from "../../../ndarray/dtype.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import { scalarBytes } from "../../../value/scalar-bytes.js";
import { NanFloat, type NumpyScalar, type Value } from "../../../value/value.js";
import { swapWords } from "../../pickle/array-layout.js";
import { NUMPY_KEYS, type NumpyKey } from "../format.js";

const encoder = new TextEncoder();
const KEYS = Object.fromEntries(NUMPY_KEYS.map((key) => [key, encoder.encode(key)])) as Record<NumpyKey, Uint8Array>;
const STRUCTURED = encoder.encode("V");
const NO_KIND = new Uint8Array(0);

type Pair = readonly [key: Uint8Array, value: Value];

/** Key and value by which msgpack-numpy marks what it stores, one after another. */
export function arrayPairs(array: NdArray): readonly Pair[] {
  const { type, bytes } = packed(array);
  return [
    [KEYS.nd, true],
    [KEYS.type, type.descr as Value],
    [KEYS.kind, type.fields ? STRUCTURED : NO_KIND],
    [KEYS.shape, array.shape],
    [KEYS.data, bytes],
  ];
}

/**
 * A numpy scalar as msgpack-numpy stores it. `undefined` for those that Python counts among its own floats, texts and
 * bytes, and that are stored as these.
 */
export function scalarPairs(scalar: NumpyScalar): readonly Pair[] | undefined {
  const { name } = scalar.type;
  if (name === "float64" || name === "string" || name === "bytes") return undefined;
  if (name === "struct" || name === "datetime64" || name === "object")
    throw new FormatError("unwritable", `a numpy scalar of type ${name} has no place in msgpack`);
  const type = littleEndian(scalar.type);
  return [
    [KEYS.nd, false],
    [KEYS.type, type.descr as Value],
    [KEYS.data, scalarBytes(scalar)],
  ];
}

/** The float that a float64 scalar is. */
export function floatOfScalar({ value, stored }: NumpyScalar): number | NanFloat {
  if (!stored) return value as number;
  return new NanFloat(new DataView(stored.buffer, stored.byteOffset).getBigUint64(0, true));
}

/** A complex number: its text in Python. */
export function complexPairs(text: string): readonly Pair[] {
  return [
    [KEYS.complex, true],
    [KEYS.data, text],
  ];
}

/** The elements in C order and, where the array has one, in the byte order that it was stored in. */
function packed(array: NdArray): { readonly type: DType; readonly bytes: Uint8Array } {
  const { type } = array;
  if (type.name === "object")
    throw new FormatError("unwritable", "an array of objects has no place in msgpack but as a pickle");
  const stored = array.storedBytes();
  if (stored?.order === "C") return { type, bytes: stored.bytes };
  const bytes = array.toBytes();
  if (type.byteOrder !== ">") return { type: littleEndian(type), bytes };
  return { type, bytes: swapWords(bytes.slice(), type) };
}
