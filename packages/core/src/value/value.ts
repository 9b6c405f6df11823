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
  constructor(type: DType, value: NumpyScalar["value"]) {
    this.type = type;
    this.value = value;
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
