/**
 * Which part of an axis: one index, all (`null`), or Python's `start:stop:step` with `null` for a bound left out.
 * Negative bounds count from the end; bounds outside the axis are clipped; a negative step runs backwards.
 */
export type AxisRange =
  | number
  | null
  | undefined
  | readonly [start: number | null, stop: number | null]
  | readonly [start: number | null, stop: number | null, step: number | null];

export interface ResolvedRange {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** Python's `slice.indices` and the length of the result. Throws `RangeError` when the step is 0 or no integer is given. */
export function resolveRange(range: Exclude<AxisRange, number>, size: number): ResolvedRange {
  const [from, to, by] = range ?? [null, null, null];
  const step = by ?? 1;
  for (const bound of [from, to, step]) {
    if (bound !== null && !Number.isInteger(bound)) throw new RangeError(`slice bounds are integers, ${bound} given`);
  }
  if (step === 0) throw new RangeError("slice step cannot be zero");
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? size : size - 1;
  const clip = (bound: number | null, otherwise: number): number => {
    if (bound === null) return otherwise;
    return Math.min(Math.max(bound < 0 ? bound + size : bound, low), high);
  };
  const start = clip(from, step > 0 ? low : high);
  const stop = clip(to, step > 0 ? high : low);
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return { start, step, length };
}
