import { FormatError } from "../../errors.js";
import type { FieldLayout, ListLayout, ObjectLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { elementPath, memberPath } from "../../value/path.js";
import { shapeLabel } from "../shape.js";
import { type Axes, oneSize, symbolsIn } from "./axes.js";
import { type Described, type Dict, describe, fieldOfMember, isDict, membersOf } from "./member.js";
import type { SelectOptions } from "./options.js";
import { firstSize, isOpen, ownSymbols, type SymbolAxis, statedAxes } from "./place.js";
import { requireMembers, type Sizes } from "./sizes.js";

/** Where the items of the symbols in question lie in a value. */
export type Plan =
  /** Nowhere: it is a constant. */
  { readonly kind: "keep"; readonly value: unknown } | CutPlan | DictPlan;

/** Along axes of an array, or along a list, whose items may have places of their own. */
export interface CutPlan {
  readonly kind: "cut";
  readonly value: NdArray | readonly unknown[];
  /** None for a list that is not cut itself. */
  readonly axes: readonly SymbolAxis[];
  readonly items?: readonly Plan[];
}

export interface DictPlan {
  readonly kind: "dict";
  readonly value: Dict;
  readonly members: readonly (readonly [key: unknown, plan: Plan])[];
}

/** What planning goes by. */
export interface Planner {
  readonly axes: Axes;
  readonly sizes: Sizes;
  /** Symbols whose items are picked; those that an inner object binds anew are no longer among them. */
  readonly picked: ReadonlySet<string>;
  readonly mismatches: SelectOptions["mismatches"];
  /** Dicts around the value, the record not counted. */
  readonly depth: number;
}

/** Where the items lie in each member. Throws `FormatError` `mismatch` for a size that is not that of its symbol. */
export function planMembers(
  planner: Planner,
  field: ObjectLayout,
  value: Dict,
  path: string,
  inherited?: readonly string[],
): DictPlan {
  const members = membersOf(value).map(([key, member]): readonly [unknown, Plan] => {
    const described = fieldOfMember(field, key);
    if (!described) return [key, { kind: "keep", value: member }];
    // What an object follows, its members follow that say nothing themselves.
    const open = inherited && symbolsIn(planner.axes.layout, described).size === 0;
    if (open && isOpen(describe(planner.axes.layout, described, member).field))
      return [key, follow(planner, inherited, member)];
    return [key, planValue(planner, described, member, memberPath(path, String(key)))];
  });
  return { kind: "dict", value, members };
}

function planValue(planner: Planner, member: FieldLayout, value: unknown, path: string): Plan {
  const { axes } = planner;
  if (!isAmong(planner, symbolsIn(axes.layout, member))) return { kind: "keep", value };
  const described = describe(axes.layout, member, value);
  const { field } = described;
  if (field.kind === "object") return planObject(planner, described, field, value, path);
  const own = ownSymbols(field).filter((symbol) => isPicked(planner, symbol));
  if (own.length === 0) {
    const plan = follow(planner, described.follows, value);
    return plan.kind === "keep" && field.kind === "list" ? planItems(planner, field, value, path, []) : plan;
  }
  const stated = statedAxes(field, value)?.filter(({ symbol }) => isPicked(planner, symbol));
  const wrong = stated?.find(({ symbol, size }) => planner.sizes.get(oneSize(axes.dims, symbol)) !== size);
  if (stated && stated.length > 0 && !wrong) {
    const cut = stated.map((axis) => ({ ...axis, symbol: oneSize(axes.dims, axis.symbol) }));
    if (field.kind === "list") return planItems(planner, field, value, path, cut);
    return { kind: "cut", value: value as NdArray, axes: cut };
  }
  if (described.follows && followed(planner, described.follows, value))
    return follow(planner, described.follows, value);
  if (planner.mismatches === "keep") return { kind: "keep", value };
  throw misplaced(planner, wrong, own, value, path);
}

function planObject(
  planner: Planner,
  { follows: inherited }: Described,
  field: ObjectLayout,
  value: unknown,
  path: string,
): Plan {
  const bound = Object.keys(field.dims ?? {});
  const picked = new Set([...planner.picked].filter((symbol) => !bound.includes(symbol)));
  if (!isDict(value)) {
    if (planner.mismatches === "keep") return { kind: "keep", value };
    throw new FormatError("mismatch", "a dict expected", { path });
  }
  if (planner.mismatches !== "keep") requireMembers(field, value, path);
  return planMembers({ ...planner, picked, depth: planner.depth + 1 }, field, value, path, inherited);
}

function planItems(
  planner: Planner,
  field: ListLayout,
  value: unknown,
  path: string,
  axes: readonly SymbolAxis[],
): Plan {
  if (!Array.isArray(value))
    return axes.length > 0 ? { kind: "cut", value: value as NdArray, axes } : { kind: "keep", value };
  const inside = [...field.prefix, ...(field.items === false ? [] : [field.items])].some((item) =>
    isAmong(planner, symbolsIn(planner.axes.layout, item)),
  );
  if (!inside) return axes.length > 0 ? { kind: "cut", value, axes } : { kind: "keep", value };
  const items = value.map((item, index): Plan => {
    const member = field.prefix[index] ?? field.items;
    return member === false
      ? { kind: "keep", value: item }
      : planValue({ ...planner, depth: planner.depth + 1 }, member, item, elementPath(path, index));
  });
  return { kind: "cut", value, axes, items };
}

/**
 * What `follows` says: the first axis lies along the first of the symbols that has its size. A dict in the record itself is
 * entered, a dict inside of another one is a constant.
 */
function follow(planner: Planner, symbols: readonly string[] | undefined, value: unknown): Plan {
  if (!symbols) return { kind: "keep", value };
  if (isDict(value) && planner.depth === 0) {
    const inside = { ...planner, depth: 1 };
    const members = membersOf(value).map(([key, member]) => [key, follow(inside, symbols, member)] as const);
    return { kind: "dict", value, members };
  }
  const size = firstSize(value);
  const symbol = followed(planner, symbols, value);
  if (size === undefined || symbol === undefined || !planner.picked.has(symbol)) return { kind: "keep", value };
  return { kind: "cut", value: value as NdArray, axes: [{ axis: 0, symbol, size, packed: false }] };
}

/** The symbol that the first axis of a value follows. */
function followed({ sizes }: Planner, symbols: readonly string[], value: unknown): string | undefined {
  const size = firstSize(value);
  return size === undefined ? undefined : sizes.matching(symbols, size);
}

function isPicked(planner: Planner, symbol: string): boolean {
  return planner.picked.has(oneSize(planner.axes.dims, symbol));
}

function isAmong(planner: Planner, symbols: Iterable<string>): boolean {
  for (const symbol of symbols) if (isPicked(planner, symbol)) return true;
  return false;
}

function misplaced(
  { axes, sizes }: Planner,
  wrong: SymbolAxis | undefined,
  own: readonly string[],
  value: unknown,
  path: string,
): FormatError {
  const symbol = wrong?.symbol ?? (own[0] as string);
  const expected = `${sizes.get(oneSize(axes.dims, symbol)) ?? "any number of"} items along ${symbol}`;
  const found = value instanceof NdArray ? `${value.dtype} array ${shapeLabel(value.shape)}` : sizeLabel(value);
  return new FormatError("mismatch", `${expected} expected${wrong ? ` on axis ${wrong.axis}` : ""}, ${found} found`, {
    path,
  });
}

function sizeLabel(value: unknown): string {
  return Array.isArray(value) ? `a list of ${value.length}` : "something without axes";
}
