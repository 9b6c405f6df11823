import type { NdArray } from "../../ndarray/ndarray.js";
import { type AxisRange, type ResolvedRange, resolveRange } from "../../ndarray/range.js";
import { take } from "../../ndarray/take.js";
import { Tuple } from "../../value/value.js";
import type { FrameRange } from "./options.js";

/** Which items along an axis are kept, in which order. */
export type Pick =
  | { readonly kind: "range"; readonly start: number; readonly step: number; readonly length: number }
  | { readonly kind: "indices"; readonly indices: ArrayLike<number>; readonly length: number };

export function rangePick({ start, step, length }: ResolvedRange): Pick {
  return { kind: "range", start, step, length };
}

/** The items that a slice of an axis of `size` keeps. Throws `RangeError` for a step of 0 and for bounds that are no integers. */
export function slicePick([start, stop, step = null]: FrameRange, size: number): Pick {
  return rangePick(resolveRange([start, stop, step], size));
}

/**
 * The items at `indices`, or those that a function says yes to. Throws `RangeError` for an index outside of `size`; negative
 * ones count from the end.
 */
export function indexPick(chosen: ArrayLike<number> | ((index: number) => boolean), size: number, what: string): Pick {
  const wanted = typeof chosen === "function" ? allOf(size).filter((index) => chosen(index)) : chosen;
  const indices = new Float64Array(wanted.length);
  for (let i = 0; i < indices.length; i++) {
    const index = wanted[i] as number;
    const at = index < 0 ? index + size : index;
    if (!(Number.isInteger(at) && at >= 0 && at < size))
      throw new RangeError(`index ${index} is outside of ${what}, which has ${size}`);
    indices[i] = at;
  }
  return { kind: "indices", indices, length: indices.length };
}

function allOf(size: number): Float64Array {
  return new Float64Array(size).map((_, index) => index);
}

/** The item that the `i`-th one of the result is. */
export function indexAt(pick: Pick, i: number): number {
  return pick.kind === "range" ? pick.start + i * pick.step : (pick.indices[i] as number);
}

/** The picked items along an axis: a view for a range, a copy for indices. */
export function pickArray(array: NdArray, axis: number, pick: Pick): NdArray {
  if (pick.kind === "indices") return take(array, pick.indices, axis);
  const { start, step, length } = pick;
  const end = start + length * step;
  const range: AxisRange = length === 0 ? [0, 0] : [start, end < 0 ? null : end, step];
  return array.slice(...new Array<null>(axis).fill(null), range);
}

/** The picked items of a list; a tuple stays one. */
export function pickList(list: readonly unknown[], pick: Pick): unknown[] {
  const items: unknown[] = [];
  for (let i = 0; i < pick.length; i++) items.push(list[indexAt(pick, i)]);
  return listLike(list, items);
}

/** `items` as a list or a tuple, as `list` is. */
export function listLike(list: readonly unknown[], items: unknown[]): unknown[] {
  if (!(list instanceof Tuple)) return items;
  const tuple = new Tuple<unknown>();
  for (const item of items) tuple.push(item);
  return tuple;
}

/** The positions among `size` that a range stands for, in its order. */
export function rangeIndices(range: FrameRange, size: number): number[] {
  const pick = slicePick(range, size);
  return Array.from({ length: pick.length }, (_, at) => indexAt(pick, at));
}
