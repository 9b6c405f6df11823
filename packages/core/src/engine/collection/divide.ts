import { permutation, type Random, randomFrom } from "../select/random.js";
import { countsOf } from "../select/split.js";

export interface DivideOptions {
  /** Whole number from 0 to 2^53 - 1; the same one gives the same parts everywhere. Without it items stay in order. */
  readonly seed?: number | undefined;
  /** What every item belongs to, such as its class: each part gets its share of all of them. */
  readonly strata?: readonly unknown[] | undefined;
}

/**
 * Which of `size` items go into each part, in ascending order: whole numbers are counts, other numbers fractions, as for
 * records. With `strata` every part has its share of each stratum, less than two items off, and of all items less than one.
 *
 * Throws `RangeError` for parts that are neither, or too much together.
 */
export function dividedIndices(size: number, parts: readonly number[], options: DivideOptions = {}): number[][] {
  const counts = countsOf(parts, size, "the list");
  const random = options.seed === undefined ? undefined : randomFrom(options.seed);
  const chosen = options.strata
    ? byStratum(size, counts, options.strata, random)
    : inOrder(
        orderOf(
          Array.from({ length: size }, (_, index) => index),
          random,
        ),
        counts,
      );
  return chosen.map((indices) => indices.sort((a, b) => a - b));
}

function orderOf(indices: readonly number[], random: Random | undefined): readonly number[] {
  return random ? Array.from(permutation(indices.length, random), (at) => indices[at] as number) : indices;
}

function inOrder(order: readonly number[], counts: readonly number[]): number[][] {
  let start = 0;
  return counts.map((count) => {
    start += count;
    return order.slice(start - count, start);
  });
}

/** Rounding errors of one stratum are made up for by the next, so that they do not add up. */
function byStratum(
  size: number,
  counts: readonly number[],
  strata: readonly unknown[],
  random: Random | undefined,
): number[][] {
  const groups = new Map<unknown, number[]>();
  for (let index = 0; index < size; index++) {
    const group = groups.get(strata[index]);
    if (group) group.push(index);
    else groups.set(strata[index], [index]);
  }
  const rest = size - counts.reduce((sum, count) => sum + count, 0);
  const shares = [...counts, rest].map((count) => count / size);
  const carried = shares.map(() => 0);
  const chosen: number[][] = shares.map(() => []);
  for (const group of groups.values()) {
    const quotas = shares.map((share, part) => share * group.length + (carried[part] as number));
    const wanted = wholeNumbers(quotas, group.length);
    for (const [part, quota] of quotas.entries()) carried[part] = quota - (wanted[part] as number);
    for (const [part, indices] of inOrder(orderOf(group, random), wanted).entries()) chosen[part]?.push(...indices);
  }
  return chosen.slice(0, counts.length);
}

/** Whole numbers, none below 0, close to `quotas` and `total` together. */
function wholeNumbers(quotas: readonly number[], total: number): number[] {
  const wanted = quotas.map((quota) => Math.max(0, Math.floor(quota + TOLERANCE)));
  const owed = (part: number): number => (quotas[part] as number) - (wanted[part] as number);
  let missing = total - wanted.reduce((sum, count) => sum + count, 0);
  for (; missing !== 0; missing -= Math.sign(missing)) {
    const parts = wanted.map((_, part) => part).filter((part) => missing > 0 || (wanted[part] as number) > 0);
    const part = parts.reduce((best, part) => ((owed(part) - owed(best)) * missing > TOLERANCE ? part : best));
    wanted[part] = (wanted[part] as number) + Math.sign(missing);
  }
  return wanted;
}

/** Shares are sums of rounded numbers. */
const TOLERANCE = 1e-9;
