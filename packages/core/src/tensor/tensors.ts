import type { NumericDType } from "../ndarray/kinds.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type {
  Complex,
  DTypeValue,
  ExtValue,
  Float,
  Instance,
  NumpyScalar,
  Range,
  Slice,
  Timestamp,
  Value,
} from "../value/value.js";

/** What {@link toTensors} is to do. */
export interface ToTensorsOptions {
  /**
   * Whether the arrays in dicts and lists of the record are handed over too, up to 1000 deep. Without it only its own
   * arrays are, as mmhuman3d's `to` does.
   */
  readonly nested?: boolean | undefined;
  /** What becomes of members that are no arrays: they are in the result as they are (`keep`, the default) or not. */
  readonly other?: "keep" | "omit" | undefined;
  /**
   * What becomes of arrays whose dtype the adapter has no tensors of: an error that names key and dtype (`throw`, the
   * default), or what `other` says (`skip`). A value that a tensor cannot hold is an error in any case.
   */
  readonly unsupported?: "throw" | "skip" | undefined;
  /**
   * The dtype that every array is cast to before it is handed over, masks included: to the nearest float, to an integer
   * without its fraction. What an integer type cannot hold is an error, and so are text, times and complex numbers that are
   * to become real ones.
   */
  readonly dtype?: NumericDType | undefined;
  /** Whether every tensor gets memory of its own. Otherwise tensors share that of the record where they can. */
  readonly copy?: boolean | undefined;
}

/** What {@link toTensors} with options `O` makes of a record `T`, when the adapter makes `U`. */
export type Tensors<T, U, O> =
  T extends ReadonlyMap<infer K, infer V>
    ? Map<K, [V] extends [NdArray] ? TensorOf<V, U, O> : unknown>
    : Has<O, "other", "omit"> extends true
      ? { [K in keyof T as MayHold<T[K], Has<O, "nested", true>> extends true ? K : never]: TensorOf<T[K], U, O> }
      : { [K in keyof T]: TensorOf<T[K], U, O> };

/** What becomes of a member. Where the type of a member says nothing, so does the result's. */
type TensorOf<V, U, O> = V extends NdArray
  ? U | Skipped<V, O>
  : Has<O, "nested", true> extends false
    ? V
    : IsLeaf<V> extends true
      ? V
      : V extends readonly (infer E)[]
        ? readonly (Value extends E ? unknown : TensorOf<E, U, O>)[]
        : V extends object
          ? Tensors<V, U, O>
          : V;

/** What an array is that was not handed over. */
type Skipped<V, O> =
  Has<O, "unsupported", "skip"> extends false ? never : Has<O, "other", "omit"> extends true ? undefined : V;

/** Whether `O` may have `W` as its option `K`. */
type Has<O, K extends keyof ToTensorsOptions, W extends ToTensorsOptions[K]> = O extends {
  readonly [P in K]?: infer X;
}
  ? unknown extends X
    ? false
    : W extends X
      ? true
      : false
  : false;

/** Whether a member may be in the result when others are omitted. */
type MayHold<V, Nested> = unknown extends V ? true : true extends Holds<V, Nested> ? true : false;

type Holds<V, Nested> = V extends NdArray
  ? true
  : Nested extends false
    ? false
    : IsLeaf<V> extends true
      ? false
      : V extends readonly (infer E)[]
        ? Value extends E
          ? true
          : MayHold<E, Nested>
        : true;

/** Whether no arrays are looked for in a member. (To the compiler a map is a set, too.) */
type IsLeaf<V> = V extends ReadonlyMap<unknown, unknown> ? false : V extends Leaf ? true : false;

type Leaf =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | symbol
  | Float
  | Complex
  | NumpyScalar
  | DTypeValue
  | Range
  | Slice
  | Timestamp
  | ExtValue
  | Instance
  | ArrayBufferView
  | ReadonlySet<unknown>
  | ((...args: never[]) => unknown);
