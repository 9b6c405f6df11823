import type { Field, Json } from "../ir.js";
import { child } from "../load/pointer.js";
import { listOf, member, members } from "../load/shape.js";
import { type Changes, REFUSED, STAYS_VALID, same, show } from "./change.js";

/** What values may be: types, constants, bounds, sizes of symbols, and every other rule about contents. */
export function diffConditions(older: Field, newer: Field, changes: Changes): void {
  diffTypes(older, newer, changes);
  diffConstants(older, newer, changes);
  for (const [keyword, sign] of BOUNDS) diffBound({ older, newer, keyword, sign, changes });
  diffDims(older, newer, changes);
  for (const keyword of OTHERS) {
    const [before, after] = [member(older.schema, keyword), member(newer.schema, keyword)];
    if (same(before, after)) continue;
    const place = { file: newer.file, pointer: child(newer.pointer, keyword) };
    if (after === undefined) changes.add("compatible", place, `${show(keyword)} is gone`, STAYS_VALID);
    else changes.add("breaking", place, `${show(keyword)} is ${before === undefined ? "new" : "another"}`, REFUSED);
  }
}

/** Bounds with the direction in which they get stricter. */
const BOUNDS: readonly (readonly [keyword: string, sign: 1 | -1])[] = [
  ["minimum", 1],
  ["exclusiveMinimum", 1],
  ["minLength", 1],
  ["minItems", 1],
  ["minProperties", 1],
  ["maximum", -1],
  ["exclusiveMaximum", -1],
  ["maxLength", -1],
  ["maxItems", -1],
  ["maxProperties", -1],
  ["maxBytes", -1],
];

/** Rules that are either the same or not; references in them are local, so they are compared as they stand. */
const OTHERS = [
  "multipleOf",
  "pattern",
  "uniqueItems",
  "propertyNames",
  "dependentRequired",
  "if",
  "then",
  "else",
  "not",
  "allOf",
  "length",
  "unique",
  "uniform",
  "allOrNone",
  "references",
  "disjoint",
  "consecutive",
  "span",
  "finite",
  "ascending",
  "within",
  "requires",
  "ranges",
  "majors",
  "labels",
  "numberKeys",
  "closed",
  "extension",
  "fileName",
  "elsewhere",
  "numbered",
  "named",
];

function diffTypes(older: Field, newer: Field, changes: Changes): void {
  if (older.layout.kind !== "scalar" || newer.layout.kind !== "scalar") return;
  const [before, after] = [older.layout.types, newer.layout.types];
  const place = { file: newer.file, pointer: child(newer.pointer, "type") };
  const covers = (types: readonly string[], type: string) =>
    types.includes(type) || (type === "integer" && types.includes("number"));
  for (const type of before.filter((name) => !covers(after, name)))
    changes.add("breaking", place, `it is no ${type} any more`, REFUSED);
  for (const type of after.filter((name) => !covers(before, name)))
    changes.add("compatible", place, `it may be ${type}`, STAYS_VALID);
}

function diffConstants(older: Field, newer: Field, changes: Changes): void {
  const [before, after] = [constantsOf(older), constantsOf(newer)];
  const keyword = member(newer.schema, "const") === undefined ? "enum" : "const";
  const place = { file: newer.file, pointer: child(newer.pointer, keyword) };
  if (same(before, after)) return;
  if (after === undefined) changes.add("compatible", place, "it may have any value", STAYS_VALID);
  else if (before === undefined) changes.add("breaking", place, `it must be one of ${show(after)}`, REFUSED);
  else {
    const lost = before.filter((value) => !after.some((other) => same(value, other)));
    const added = after.filter((value) => !before.some((other) => same(value, other)));
    if (lost.length > 0) changes.add("breaking", place, `it cannot be ${lost.map(show).join(", ")} any more`, REFUSED);
    if (added.length > 0) changes.add("compatible", place, `it may be ${added.map(show).join(", ")}`, STAYS_VALID);
  }
}

function constantsOf({ schema }: Field): readonly Json[] | undefined {
  const constant = member(schema, "const");
  if (constant !== undefined) return [constant];
  const values = member(schema, "enum");
  return values === undefined ? undefined : listOf(values);
}

interface Bound {
  readonly older: Field;
  readonly newer: Field;
  readonly keyword: string;
  readonly sign: 1 | -1;
  readonly changes: Changes;
}

function diffBound({ older, newer, keyword, sign, changes }: Bound): void {
  const [before, after] = [member(older.schema, keyword), member(newer.schema, keyword)];
  if (same(before, after)) return;
  const place = { file: newer.file, pointer: child(newer.pointer, keyword) };
  const message = `${show(keyword)} is ${show(after ?? null)} in place of ${show(before ?? null)}`;
  const isLooser = after === undefined || (typeof before === "number" && sign * (Number(after) - before) < 0);
  changes.add(isLooser ? "compatible" : "breaking", place, message, isLooser ? STAYS_VALID : REFUSED);
}

/** Sizes that symbols may have. */
function diffDims(older: Field, newer: Field, changes: Changes): void {
  const before = new Map(members(older.schema, "dims"));
  for (const [symbol, dim] of members(newer.schema, "dims")) {
    const place = { file: newer.file, pointer: child(newer.pointer, "dims", symbol) };
    const former = before.get(symbol);
    for (const keyword of ["size", "equals", "unset"] as const) {
      const [one, other] = [member(former, keyword), member(dim, keyword)];
      if (same(one, other)) continue;
      const isWider =
        other === undefined ||
        (keyword === "size" && one !== undefined && listOf(one).every((size) => listOf(other).includes(size)));
      const message = `${show(keyword)} of ${symbol} is ${show(other ?? null)} in place of ${show(one ?? null)}`;
      changes.add(isWider ? "compatible" : "breaking", place, message, isWider ? STAYS_VALID : REFUSED);
    }
    if (former && member(former, "role") !== member(dim, "role"))
      changes.add("breaking", place, `${symbol} has another role`, "files are cut along other axes than before");
  }
}
