import { FormatError } from "../../../errors.js";
import { absurdSize } from "../../../ndarray/claims.js";
import { type DType, littleEndian } from "../../../ndarray/dtype.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import { latin1Text } from "../../../value/latin1-text.js";
import { scalarBytes } from "../../../value/scalar-bytes.js";
import { type Complex, NumpyScalar, type Value } from "../../../value/value.js";
import { safe } from "../../pickle/read/numbers.js";
import type { NumpyKey } from "../format.js";
import { parseComplex } from "./complex-text.js";
import { typeOfStored } from "./descr.js";

/** numpy itself has no more than 64. */
const MAX_AXES = 64;
const OBJECTS = "O".charCodeAt(0);

/** What stands under a key of a map that msgpack-numpy may have written; `undefined` when there is no such key. */
export type Stored = (key: NumpyKey) => Value | undefined;

/**
 * What msgpack-numpy stored as a map, by the rules of its `decode`: under `nd`, true for an array, anything else for a numpy
 * scalar; under `complex`, anything. `undefined` for maps that lack one of the keys it needs, which are ordinary maps.
 *
 * Throws `FormatError`: `refused` for objects, whose pickle is never looked at; `unsupported`, `corrupt` and `limit`.
 */
export function valueOfNumpyMap(stored: Stored): NdArray | NumpyScalar | Complex | undefined {
  const nd = stored("nd");
  if (nd === undefined) return complexOf(stored);
  return nd === true ? arrayOf(stored) : scalarOf(stored);
}

function arrayOf(stored: Stored): NdArray | undefined {
  const kind = stored("kind");
  if (kind instanceof Uint8Array && kind.length === 1 && kind[0] === OBJECTS)
    throw new FormatError("refused", "refused: an array of objects, which is stored as a pickle");
  const [code, shape, data] = [stored("type"), stored("shape"), stored("data")];
  if (code === undefined || shape === undefined || data === undefined) return undefined;
  const type = typeOfStored(code);
  const sizes = shapeOf(shape, type);
  const bytes = dataOf(data);
  const needed = sizes.reduce((product, size) => product * size, type.itemSize);
  if (bytes.length < needed) {
    const reason = `shape (${sizes.join(", ")}) of ${JSON.stringify(type.descr)} needs ${needed} bytes, ${bytes.length} are there`;
    throw new FormatError("corrupt", reason);
  }
  return NdArray.fromBytes(type, sizes, bytes.subarray(0, needed));
}

function shapeOf(shape: Value, type: DType): readonly number[] {
  const sizes = Array.isArray(shape) ? (shape as readonly Value[]) : [];
  const isShape = Array.isArray(shape) && sizes.every((size) => typeof size === "bigint" || Number.isInteger(size));
  if (!isShape) throw new FormatError("corrupt", "the shape of an array is no list of integers");
  if (sizes.length > MAX_AXES) throw new FormatError("limit", `an array of ${sizes.length} axes`);
  const negative = sizes.find((size) => (size as number | bigint) < 0);
  if (negative !== undefined) throw new FormatError("corrupt", `an array of the negative size ${negative}`);
  const absurd = absurdSize(type, sizes.map(Number));
  if (absurd !== undefined) throw new FormatError("limit", absurd);
  return sizes as readonly number[];
}

/** The bytes of elements. A masked array is stored with an array for its data; its mask is not stored. */
function dataOf(data: Value): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const inner = data instanceof NdArray ? data.storedBytes()?.bytes : undefined;
  if (!inner) throw new FormatError("corrupt", "the elements of an array or scalar are not stored as bytes");
  return inner;
}

function scalarOf(stored: Stored): NumpyScalar | undefined {
  const [code, data] = [stored("type"), stored("data")];
  if (code === undefined || data === undefined) return undefined;
  const type = typeOfStored(code);
  if (type.fields) throw new FormatError("unsupported", "a scalar of a structured type is not supported");
  const bytes = dataOf(data);
  if (type.itemSize === 0 || bytes.length === 0 || bytes.length % type.itemSize !== 0) {
    const reason = `a scalar of ${JSON.stringify(type.descr)} needs ${type.itemSize} bytes, ${bytes.length} are there`;
    throw new FormatError("corrupt", reason);
  }
  return scalarOfElement(NdArray.fromBytes(type, [], bytes.subarray(0, type.itemSize)));
}

function scalarOfElement(array: NdArray): NumpyScalar {
  const type = littleEndian(array.type);
  const bytes = array.toBytes().slice();
  const element: unknown = array.get();
  const value = typeof element === "bigint" ? safe(element) : (element as NumpyScalar["value"]);
  const scalar = new NumpyScalar(type, value);
  const again = scalarBytes(scalar);
  const isSame = again.every((byte, index) => byte === bytes[index]);
  return isSame ? scalar : new NumpyScalar(type, value, bytes);
}

function complexOf(stored: Stored): Complex | undefined {
  const data = stored("data");
  if (stored("complex") === undefined || data === undefined) return undefined;
  const text = data instanceof Uint8Array ? latin1Text(data.subarray(0, 200)) : data;
  const number = typeof text === "string" ? parseComplex(text) : undefined;
  if (!number) throw new FormatError("corrupt", "a complex number is not stored as its text");
  return number;
}
