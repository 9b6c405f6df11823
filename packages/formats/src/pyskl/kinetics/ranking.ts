import { fromHalf, toHalf } from "@somakit/core/ndarray";

/** Terms that numpy adds up in eight interleaved sums before it halves the range instead. */
const BLOCK = 128;

/**
 * The sum of float16 values as numpy makes it: in float32, pairwise, and rounded to float16 at the end. `at(i)` gives the
 * bits of value `i` of `count`.
 */
export function halfSum(count: number, at: (index: number) => number): number {
  return fromHalf(toHalf(pairwise(0, count, (index) => fromHalf(at(index)))));
}

function pairwise(start: number, count: number, at: (index: number) => number): number {
  if (count > BLOCK) {
    const first = Math.floor(count / 2) - (Math.floor(count / 2) % 8);
    return Math.fround(pairwise(start, first, at) + pairwise(start + first, count - first, at));
  }
  const whole = count < 8 ? 0 : count - (count % 8);
  let sum = 0;
  if (whole > 0) {
    const sums = Float32Array.from({ length: 8 }, (_, lane) => at(start + lane));
    for (let index = 8; index < whole; index++) sums[index % 8] = (sums[index % 8] as number) + at(start + index);
    const [a, b, c, d, e, f, g, h] = sums as unknown as readonly [number, number, ...number[]] & Float32Array;
    const add = (x: number | undefined, y: number | undefined): number => Math.fround((x as number) + (y as number));
    sum = add(add(add(a, b), add(c, d)), add(add(e, f), add(g, h)));
  }
  for (let index = whole; index < count; index++) sum = Math.fround(sum + at(start + index));
  return sum;
}

/** Positions 0 … `sums.length` - 1 by falling sum; equal ones keep their order, what is no number comes last. */
export function bestFirst(sums: readonly number[]): number[] {
  const rank = (index: number): number => {
    const sum = sums[index] as number;
    return Number.isNaN(sum) ? Number.NEGATIVE_INFINITY : sum;
  };
  return sums
    .map((_, index) => index)
    .sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      return x === y ? 0 : x > y ? -1 : 1;
    });
}
