import { FormatError } from "../errors.js";
import { type DType, littleEndian } from "../ndarray/dtype.js";
import { NdArray } from "../ndarray/ndarray.js";
import { Complex, type NumpyScalar } from "./value.js";

/**
 * The element that a numpy scalar is, as little-endian bytes. Throws `FormatError` `unwritable` when its value is none of
 * its type's.
 */
export function scalarBytes({ type: stored, value, stored: bytes }: NumpyScalar): Uint8Array {
  if (bytes) return bytes;
  const type = littleEndian(stored);
  const { name } = type;
  if (name === "struct" && value instanceof Uint8Array && value.length === type.itemSize) return value;
  if (name === "object" || name === "struct") throw new FormatError("unwritable", `a numpy scalar of type ${name}`);
  const isBig = name === "int64" || name === "uint64" || name === "datetime64" || name === "timedelta64";
  const element: unknown = isBig && typeof value === "number" ? BigInt(value) : value;
  const array = NdArray.fromBytes(type, [], new Uint8Array(type.itemSize));
  const fits = name === "string" || name === "bytes" ? fitsText(type, element) : isElement(array.get(), element);
  if (!fits) throw new FormatError("unwritable", `${String(value)} is no ${name}`);
  array.set([], element as never);
  return array.toBytes();
}

function fitsText(type: DType, value: unknown): boolean {
  if (type.name === "string") return typeof value === "string" && 4 * [...value].length <= type.itemSize;
  return value instanceof Uint8Array && value.length <= type.itemSize;
}

/** Whether `value` is the kind of thing that `sample` is. */
function isElement(sample: unknown, value: unknown): boolean {
  return sample instanceof Complex ? value instanceof Complex : typeof sample === typeof value;
}
