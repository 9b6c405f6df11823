import { Complex } from "../ndarray/complex.js";
import type { DType } from "../ndarray/dtype.js";
import type { NdArray } from "../ndarray/ndarray.js";

export { Complex };

/**
 * A value exactly as Python stored it. What JavaScript can tell apart is delivered plainly: `null`, booleans, strings,
 * ints (number, or bigint beyond 2^53 - 1), floats (number), lists (arrays), dicts (`Map`), sets (`Set`), bytes
 * (`Uint8Array`). What it cannot has a class of its own below. {@link plain} turns a value into everyday JavaScript.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | Complex
  | Uint8Array
  | NdArray
  | NumpyScalar
  | DTypeValue
  | Range
  | Slice
  | Timestamp
  | ExtValue
  | Instance
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | ReadonlySet<Value>;

/**
 * A Python float with a whole value, such as `3.0`, which a JavaScript number could not tell from the int `3`. Other
 * floats, NaN, infinities and -0.0 are plain numbers. Behaves as a number in arithmetic and in `JSON.stringify`.
 */
export class Float extends Number {}

/** The exact form of a Python float: a {@link Float} when `value` is a whole number, else the number itself. */
export function float(value: number): number | Float {
  return Number.isInteger(value) && !Object.is(value, -0) ? new Float(value) : value;
}

/**
 * A NaN with a sign or a payload of its own, which a JavaScript number does not keep: `bits` is its binary64 form. The
 * usual one, 0x7ff8000000000000, is the number NaN.
 */
export class NanFloat extends Float {
  readonly bits: bigint;
  constructor(bits: bigint) {
    super(Number.NaN);
    this.bits = bits;
  }
}

/** A Python tuple: an array that is written back as a tuple. */
export class Tuple<T = Value> extends Array<T> {
  /** Results of `map`, `filter` and the like are lists. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  static override of<T>(...items: T[]): Tuple<T> {
    const tuple = new Tuple<T>();
    for (const item of items) tuple.push(item);
    return tuple;
  }
}

/** A Python frozenset: a set that is written back as one that cannot change. */
export class FrozenSet extends Set<Value> {}

/** A Python bytearray: bytes that are written back as a mutable buffer. */
export class ByteArray extends Uint8Array {}

/** `collections.OrderedDict`. */
export class OrderedDict extends Map<Value, Value> {}

/** `collections.defaultdict`; `factory` names its builtin default factory (`list`, `int`, …), null when it has none. */
export class DefaultDict extends Map<Value, Value> {
  factory: string | null = null;
}

/** A numpy scalar such as `numpy.int64(5)`: it remembers its dtype. */
export class NumpyScalar {
  readonly type: DType;
  readonly value: boolean | number | bigint | string | Uint8Array | Complex;
  /** The element's little-endian bytes, where `value` alone would not give them back: a NaN with a payload. */
  readonly stored: Uint8Array | undefined;
  constructor(type: DType, value: NumpyScalar["value"], stored?: Uint8Array) {
    this.type = type;
    this.value = value;
    this.stored = stored;
  }
  valueOf(): NumpyScalar["value"] {
    return this.value;
  }
  toJSON(): unknown {
    return this.value;
  }
}

/** A numpy dtype object stored as a value. */
export class DTypeValue {
  readonly type: DType;
  constructor(type: DType) {
    this.type = type;
  }
}

/** A Python `range`, by its three numbers. */
export class Range {
  readonly start: number | bigint;
  readonly stop: number | bigint;
  readonly step: number | bigint;
  constructor(start: number | bigint, stop: number | bigint, step: number | bigint) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** A Python `slice`, by its three members; null for one that is None. */
export class Slice {
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
  constructor(start: Value, stop: Value, step: Value) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** A moment as msgpack stores it: seconds since 1970-01-01 UTC, and nanoseconds from 0 to 999,999,999 on top of them. */
export class Timestamp {
  readonly seconds: number | bigint;
  readonly nanoseconds: number;
  /** Throws `RangeError` when `seconds` is no 64-bit integer or `nanoseconds` is out of range. */
  constructor(seconds: number | bigint, nanoseconds = 0) {
    const whole = typeof seconds === "bigint" || Number.isSafeInteger(seconds);
    if (!whole || BigInt.asIntN(64, BigInt(seconds)) !== BigInt(seconds))
      throw new RangeError(`${seconds} seconds are no 64-bit integer`);
    if (!(Number.isInteger(nanoseconds) && nanoseconds >= 0 && nanoseconds < 1e9))
      throw new RangeError(`${nanoseconds} nanoseconds are not between 0 and 999999999`);
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
  }
}

/** A msgpack extension value that only its application understands: a code from 0 to 127 and bytes. */
export class ExtValue {
  readonly code: number;
  readonly data: Uint8Array;
  /** Throws `RangeError` for other codes: those below 0 are reserved by msgpack. */
  constructor(code: number, data: Uint8Array) {
    if (!(Number.isInteger(code) && code >= 0 && code <= 127))
      throw new RangeError(`extension code ${code} is not between 0 and 127`);
    this.code = code;
    this.data = data;
  }
}

/**
 * An instance of a class that the schema declares as a plain record (`container.classes`). No code of that class runs:
 * `items` holds its dict entries, `state` what it handed to pickle as its attributes.
 */
export class Instance {
  readonly module: string;
  readonly name: string;
  readonly items: Map<Value, Value> = new Map();
  state: Value = null;
  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}
