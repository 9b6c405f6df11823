import type { Layout } from "../../layout/layout.js";
import type { ShuffleOptions, SplitOptions } from "./options.js";
import { type Pick, slicePick } from "./pick.js";
import { permutation, randomFrom } from "./random.js";
import { pickItems, survey } from "./survey.js";

/**
 * The record in parts that follow each other: whole numbers are counts and sum to no more than there is, other numbers are
 * fractions that sum to no more than 1. So `[8, 2]` or `[0.8, 0.2]`; `[1]` is one item. Fractions are rounded by largest
 * remainder, the first part first among equal ones, so that they add up: `[0.5, 0.5]` of 7 gives 4 and 3. With `seed` the
 * items are shuffled first, as {@link shuffleWith} does, and the parts are copies. Otherwise as `sliceWith`.
 *
 * Throws `RangeError` for parts that are neither, or too much together.
 */
export function splitWith<T extends object>(
  layout: Layout,
  record: T,
  parts: readonly number[],
  options: SplitOptions = {},
): T[] {
  const whole = survey(layout, record, options);
  const counts = countsOf(parts, whole.size, whole.symbol);
  const order = options.seed === undefined ? undefined : permutation(whole.size, randomFrom(options.seed));
  let start = 0;
  return counts.map((length) => {
    const stop = start + length;
    const pick: Pick = order
      ? { kind: "indices", indices: order.subarray(start, stop), length }
      : slicePick([start, stop], whole.size);
    start = stop;
    return pickItems<T>(whole, pick, options);
  });
}

/**
 * The items in an order that `seed` decides: the same for the same seed and number of items, on every platform and in
 * every version of this package (xoshiro128** seeded by splitmix64, Fisher-Yates). Otherwise as `selectWith`. Throws
 * `RangeError` for a seed that is no whole number from 0 to 2^53 - 1.
 */
export function shuffleWith<T extends object>(layout: Layout, record: T, options: ShuffleOptions): T {
  const random = randomFrom(options.seed);
  const whole = survey(layout, record, options);
  const indices = permutation(whole.size, random);
  return pickItems(whole, { kind: "indices", indices, length: whole.size }, options);
}

/** Fractions are sums of rounded numbers: 0.7 + 0.2 + 0.1 is a little less than 1. */
const TOLERANCE = 1e-9;

/** How many items each part has. Throws `RangeError` for parts that are neither counts nor fractions, or too many. */
export function countsOf(parts: readonly number[], size: number, symbol: string): readonly number[] {
  const given = `parts [${parts.join(", ")}]`;
  if (parts.some((part) => !(part >= 0)) || !Number.isFinite(sum(parts)))
    throw new RangeError(`${given} are neither counts nor fractions`);
  if (parts.every(Number.isInteger)) {
    if (sum(parts) > size) throw new RangeError(`${given} of ${symbol}, which has ${size}`);
    return parts;
  }
  if (parts.includes(0) || parts.some((part) => part > 1))
    throw new RangeError(`${given} are neither all counts nor all fractions`);
  if (sum(parts) > 1 + TOLERANCE) throw new RangeError(`${given} are more than the whole`);
  return largestRemainders(parts.map((part) => part * size));
}

/** Whole numbers close to `quotas` that add up to the whole number closest to their sum. */
function largestRemainders(quotas: readonly number[]): readonly number[] {
  const counts = quotas.map((quota) => Math.floor(quota + TOLERANCE));
  const byRemainder = quotas
    .map((quota, part) => ({ part, rest: Math.round((quota - (counts[part] as number)) / TOLERANCE) }))
    .sort((a, b) => b.rest - a.rest || a.part - b.part);
  const missing = Math.round(sum(quotas) + TOLERANCE) - sum(counts);
  for (const { part } of byRemainder.slice(0, missing)) (counts[part] as number)++;
  return counts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
