import { dereference } from "../engine/resolve.js";
import { elementValue, plainScalar } from "../engine/scalar.js";
import type { ArrayLayout, FieldLayout, Layout, ScalarLayout } from "../layout/layout.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { ArrayNode } from "../tree/node.js";
import { latin1Text } from "../value/latin1-text.js";
import type { Value } from "../value/value.js";
import type { TallyValue } from "./tallies.js";

/** Longer columns are not loaded to be counted. */
const MOST_BYTES = 1 << 26;

/** A single value as it is counted; undefined for anything else. Python 2 stored text as bytes. */
export function countable(value: Value, field?: ScalarLayout): TallyValue | undefined {
  const plain: unknown = plainScalar(value);
  if (typeof plain === "string" || typeof plain === "number" || typeof plain === "boolean") return plain;
  if (typeof plain === "bigint") return String(plain);
  return plain instanceof Uint8Array && field?.types.includes("string") ? latin1Text(plain) : undefined;
}

/** Whether elements of an array are values that occur again: `all` of a mask, `none` of what counts up. */
export type Interest = "all" | "some" | "none";

export function interestOf({ values, ascending, ranges }: ArrayLayout): Interest {
  if (values) return "all";
  return ascending || ranges !== undefined ? "none" : "some";
}

/** Whether to count the elements of an array: of a mask of any shape, and texts and whole numbers in a column. */
export function mayLoad({ shape, type }: ArrayNode, interest: Interest): boolean {
  const bytes = shape.reduce((product, size) => product * size, type.itemSize);
  if (bytes > MOST_BYTES || interest === "none") return false;
  const isColumn = shape.length === 1 && /^(u?int|string|bytes|object)/.test(type.name);
  return interest === "all" || type.name === "bool" || isColumn;
}

/** The single values of an array. */
export function itemsOf(array: NdArray): readonly TallyValue[] {
  const values: TallyValue[] = [];
  for (const element of array) {
    const value = elementValue(array.type, element);
    const item = value instanceof Uint8Array ? latin1Text(value) : countable(value);
    if (item !== undefined) values.push(item);
  }
  return values;
}

/** The list that a number counts, or the numbers of a list. */
export function labelsOf(layout: Layout, field: FieldLayout | undefined): string | undefined {
  const known = field && dereference(layout, field);
  if (known?.kind === "scalar") return known.labels?.list;
  if (known?.kind === "list" && known.items) return labelsOf(layout, known.items);
  if (known?.kind !== "choice") return undefined;
  return known.branches.map((branch) => labelsOf(layout, branch)).find((list) => list !== undefined);
}
