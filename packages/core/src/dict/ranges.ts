import { dereference } from "../engine/resolve.js";
import type { Layout, ObjectLayout } from "../layout/layout.js";
import { NdArray } from "../ndarray/ndarray.js";

/** The array that says which positions along one symbol belong to each item of another. */
export interface RangesRule {
  readonly key: string;
  /** Symbol of its rows, such as images. */
  readonly along: string;
  /** Symbol of the positions, such as person rows. */
  readonly over: string;
  readonly rule: string;
}

/** The ranges of a data set; undefined when it has none. */
export function rangesRule(layout: Layout, root: ObjectLayout): RangesRule | undefined {
  for (const [key, member] of Object.entries(root.properties)) {
    const field = dereference(layout, member);
    if (field.kind !== "array" || field.ranges === undefined) continue;
    const along = field.shape[0];
    if (typeof along === "string") return { key, along, over: field.ranges, rule: field.rule };
  }
  return undefined;
}

/** Ranges of one position each: what a data set without ranges means. */
export function trivialRanges(count: number): NdArray<"int64", readonly [number, 2]> {
  const data = BigInt64Array.from({ length: 2 * count }, (_, i) => BigInt((i + 1) >> 1));
  return NdArray.from("int64", data, [count, 2]);
}

/** Ranges that follow one another without gaps, each as long as `counts` says. */
export function rangesOfCounts(counts: readonly number[]): NdArray<"int64", readonly [number, 2]> {
  const data = new BigInt64Array(2 * counts.length);
  let start = 0;
  for (const [row, count] of counts.entries()) {
    data[2 * row] = BigInt(start);
    start += count;
    data[2 * row + 1] = BigInt(start);
  }
  return NdArray.from("int64", data, [counts.length, 2]);
}
