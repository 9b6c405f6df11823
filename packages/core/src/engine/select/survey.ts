import { FormatError } from "../../errors.js";
import type { Layout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { type Axes, axesOf, namesOf, oneSize, type RangesField, symbolAlong } from "./axes.js";
import { type Dict, dictLike, memberOf } from "./member.js";
import type { SelectOptions } from "./options.js";
import { indexAt, listLike, type Pick, pickArray, pickList } from "./pick.js";
import { type CutPlan, type DictPlan, type Plan, planMembers } from "./plan.js";
import { pickThrough, type Ranges, rangesArray, readRanges, rebased, thinned } from "./ranges.js";
import { Sizes, statedSize } from "./sizes.js";

/** A record with all that picking items along one of its axes goes by; made once, used for any number of picks. */
export interface Survey {
  readonly axes: Axes;
  readonly record: Dict;
  /** The symbol to work along. */
  readonly symbol: string;
  /** Its size; 0 when nothing in the record has one. */
  readonly size: number;
  readonly sizes: Sizes;
  readonly plan: DictPlan;
  readonly ranges: readonly RangesInUse[];
}

export interface RangesInUse {
  readonly field: RangesField;
  readonly value: NdArray;
  readonly ranges: Ranges;
}

/**
 * Looks a record over once. Throws `FormatError`: `mismatch` for sizes that do not fit, `missing` for a field of ranges
 * without which nothing can be picked; `TypeError` for an axis that there is not.
 */
export function survey(layout: Layout, record: object, options: SelectOptions = {}): Survey {
  const axes = axesOf(layout);
  const symbol = symbolAlong(axes, options.along);
  const { mismatches } = options;
  const dict = record as Dict;
  const sizes = new Sizes(axes, dict, mismatches);
  const picked = symbolsThrough(axes, symbol);
  const plan = planMembers({ axes, sizes, picked, mismatches, depth: 0 }, axes.root, dict, "");
  const ranges = axes.ranges.flatMap((field) => {
    if (!picked.has(field.over)) return [];
    const value = memberOf(dict, field.key);
    if (value !== undefined) return [{ field, value: value as NdArray, ranges: rangesFor(field, value, sizes) }];
    if (!picked.has(field.of) || sizes.get(field.over) === undefined) return [];
    const needed = `it says which ${field.over} belong to each ${field.of}`;
    throw new FormatError("missing", `${JSON.stringify(field.key)} is required: ${needed}`);
  });
  return { axes, record: dict, symbol, size: sizes.get(symbol) ?? 0, sizes, plan, ranges };
}

function rangesFor(field: RangesField, value: unknown, sizes: Sizes): Ranges {
  const ranges = readRanges(field, value, sizes.get(field.over));
  const [expected, found] = [sizes.get(field.of), ranges.starts.length];
  if (expected === found) return ranges;
  throw new FormatError("mismatch", `${expected} items along ${field.of} expected, ${found} found`, {
    path: field.key,
  });
}

/** A symbol and those that ranges lead to from it. */
export function symbolsThrough(axes: Axes, symbol: string): ReadonlySet<string> {
  const symbols = new Set([symbol]);
  for (const reached of symbols) {
    for (const { of, over } of axes.ranges) if (of === reached) symbols.add(over);
  }
  return symbols;
}

/** The record with only the picked items. */
export function pickItems<T extends object>(from: Survey, pick: Pick, options: SelectOptions): T {
  const picks = picksThrough(from, pick);
  const replaced = new Map<string, unknown>([...stateSizes(from, picks), ...pickRanges(from, picks)]);
  const members = from.plan.members.map(([key, plan]) => {
    const value = replaced.has(String(key)) ? replaced.get(String(key)) : apply(plan, picks, options.copy === true);
    return [key, value] as const;
  });
  return dictLike(from.record, members) as T;
}

type Picks = ReadonlyMap<string, Pick>;

function picksThrough({ symbol, ranges }: Survey, pick: Pick): Picks {
  const picks = new Map([[symbol, pick]]);
  for (const [reached, taken] of picks) {
    for (const { field, ranges: of } of ranges)
      if (field.of === reached && !picks.has(field.over)) picks.set(field.over, pickThrough(of, taken));
  }
  return picks;
}

function pickRanges({ ranges }: Survey, picks: Picks): [string, unknown][] {
  return ranges.map(({ field, value, ranges: old }) => {
    const of = picks.get(field.of);
    const left = of ? rebased(old, of) : thinned(old, picks.get(field.over) as Pick, field);
    return [field.key, rangesArray(field.field, value.type, left, field.key)];
  });
}

/** What siblings state after picking, where they state it now. */
function stateSizes({ axes, record, sizes }: Survey, picks: Picks): [string, number][] {
  return [...picks].flatMap(([symbol, pick]) => {
    if (sizes.get(symbol) === undefined) return [];
    // Neighbours that stay neighbours keep their place between two stated positions.
    const moved = pick.kind === "range" && pick.step === 1 ? pick.start : 0;
    return restated(axes, record, symbol, pick.length, moved);
  });
}

/**
 * The members that state the size of a symbol, with the size they are to state: `[key, value]` of those that are there. Of
 * two whose difference it is, the second moves by `moved`.
 */
export function restated(axes: Axes, record: Dict, symbol: string, size: number, moved = 0): [string, number][] {
  const dims = Object.entries(axes.dims).filter(([name]) => oneSize(axes.dims, name) === symbol);
  const dim = dims.find(([, { equals }]) => equals !== undefined)?.[1];
  if (!dim) return [];
  const [end, start] = namesOf(dim) as [string, string?];
  if (memberOf(record, end) === undefined) return [];
  if (start === undefined) return [[end, size]];
  if (statedSize(record, dim) === undefined) return [];
  const first = Number(memberOf(record, start)) + moved;
  return [
    [end, first + size],
    [start, first],
  ];
}

function apply(plan: Plan, picks: Picks, copy: boolean): unknown {
  if (plan.kind === "keep") return copy && plan.value instanceof NdArray ? plan.value.copy() : plan.value;
  if (plan.kind === "cut") return cut(plan, picks, copy);
  return dictLike(
    plan.value,
    plan.members.map(([key, member]) => [key, apply(member, picks, copy)] as const),
  );
}

function cut({ value, axes, items }: CutPlan, picks: Picks, copy: boolean): unknown {
  if (value instanceof NdArray) {
    let array = value;
    let own = false;
    for (const { axis, symbol } of axes) {
      const pick = picks.get(symbol) as Pick;
      array = pickArray(array, axis, pick);
      own ||= pick.kind === "indices";
    }
    return copy && !own ? array.copy() : array;
  }
  const [along] = axes;
  const pick = along && picks.get(along.symbol);
  if (!items) return pick ? pickList(value, pick) : value;
  const kept: unknown[] = [];
  const count = pick?.length ?? items.length;
  for (let i = 0; i < count; i++) kept.push(apply(items[pick ? indexAt(pick, i) : i] as Plan, picks, copy));
  return listLike(value, kept);
}
