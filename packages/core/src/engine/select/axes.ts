import type { ArrayLayout, AxisSize, Dim, FieldLayout, Layout, ObjectLayout } from "../../layout/layout.js";
import { dereference } from "../resolve.js";
import { isSymbol } from "./place.js";

/** The axis symbols that the root of a data set binds, and what its fields say about them. */
export interface Axes {
  readonly layout: Layout;
  readonly root: ObjectLayout;
  readonly dims: Readonly<Record<string, Dim>>;
  readonly ranges: readonly RangesField[];
}

/** A field whose rows say which positions along one symbol belong to each item of another. */
export interface RangesField {
  readonly key: string;
  readonly field: ArrayLayout;
  /** The symbol of its axis 0, such as images. */
  readonly of: string;
  /** The symbol that it has positions along, such as persons. */
  readonly over: string;
}

const known = new WeakMap<Layout, Axes>();

/** Throws `TypeError` when the data set is no record at its root. */
export function axesOf(layout: Layout): Axes {
  const made = known.get(layout) ?? makeAxes(layout);
  known.set(layout, made);
  return made;
}

function makeAxes(layout: Layout): Axes {
  const root = dereference(layout, layout.root);
  if (root.kind !== "object") throw new TypeError(`${layout.title} is no record: nothing lies along an axis of it`);
  return axesOfObject(layout, root);
}

/** The symbols that an object binds, seen as a root of its own. */
export function axesOfObject(layout: Layout, root: ObjectLayout): Axes {
  const dims = root.dims ?? {};
  const ranges = Object.entries(root.properties).flatMap(([key, member]) => {
    const field = dereference(layout, member);
    if (field.kind !== "array" || field.ranges === undefined) return [];
    const of = oneSize(dims, String(field.shape[0]));
    return [{ key, field, of, over: oneSize(dims, field.ranges) }];
  });
  return { layout, root, dims, ranges };
}

/**
 * The axis symbol whose items are frames: the one with role `frame` at the root of the data set. Throws `TypeError` when
 * there is none.
 */
export function frameSymbol(layout: Layout): string {
  const { dims } = axesOf(layout);
  const found = Object.entries(dims).find(([, dim]) => dim.role === "frame");
  if (found) return found[0];
  const others = Object.keys(dims);
  const hint =
    others.length > 0 ? `; name one with along (${others.join(", ")}), or give it that role in the schema` : "";
  throw new TypeError(`${layout.title} has no axis with the role frame at its root${hint}`);
}

/** The symbol to work along. Throws `TypeError` for one that the root does not bind. */
export function symbolAlong(axes: Axes, along: string | undefined): string {
  const symbol = along ?? frameSymbol(axes.layout);
  if (Object.hasOwn(axes.dims, symbol)) return oneSize(axes.dims, symbol);
  const names = Object.keys(axes.dims).join(", ") || "none";
  throw new TypeError(`${axes.layout.title} has no axis ${JSON.stringify(symbol)} at its root (there are: ${names})`);
}

/** Symbols whose size the same sibling states are one size: the first of them stands for all. */
export function oneSize(dims: Readonly<Record<string, Dim>>, symbol: string): string {
  const stated = Object.hasOwn(dims, symbol) ? dims[symbol]?.equals : undefined;
  if (stated === undefined) return symbol;
  const same = Object.entries(dims).find(([, dim]) => String(namesOf(dim)) === String(namesOf(dims[symbol] as Dim)));
  return same?.[0] ?? symbol;
}

/** The siblings that state a size: one, or two whose difference it is. */
export function namesOf({ equals }: Dim): readonly string[] {
  if (equals === undefined) return [];
  return typeof equals === "string" ? [equals] : equals.minus;
}

const carried = new WeakMap<FieldLayout, ReadonlySet<string>>();

/** Symbols of the enclosing scope that a field, or anything below it, lies along or may follow. */
export function symbolsIn(layout: Layout, field: FieldLayout): ReadonlySet<string> {
  let symbols = carried.get(field);
  if (!symbols) {
    symbols = new Set(symbolsBelow(layout, field, [], new Map()));
    carried.set(field, symbols);
  }
  return symbols;
}

/** `bound` are the symbols that an object on the way binds anew; `seen` where the walk has been under which of them. */
function* symbolsBelow(
  layout: Layout,
  field: FieldLayout,
  bound: readonly string[],
  seen: Map<FieldLayout, Set<string>>,
): Generator<string> {
  const ways = seen.get(field) ?? new Set();
  if (ways.has(bound.join())) return;
  seen.set(field, ways.add(bound.join()));
  for (const symbol of symbolsOf(field)) if (!bound.includes(symbol)) yield symbol;
  const inner =
    field.kind === "object" && field.dims ? [...new Set([...bound, ...Object.keys(field.dims)])].sort() : bound;
  for (const below of fieldsBelow(layout, field)) yield* symbolsBelow(layout, below, inner, seen);
}

function symbolsOf(field: FieldLayout): readonly string[] {
  const sizes: AxisSize[] = [...(field.follows ?? [])];
  if (field.kind === "array" || field.kind === "sparse") sizes.push(...field.shape);
  if (field.kind === "array") sizes.push(...(field.legacy ?? []).flatMap((form) => form.shape ?? []));
  if (field.kind === "list" && field.length !== undefined) sizes.push(field.length);
  return sizes.filter(isSymbol);
}

function fieldsBelow(layout: Layout, field: FieldLayout): readonly FieldLayout[] {
  if (field.kind === "ref") return layout.defs[field.name] ? [layout.defs[field.name] as FieldLayout] : [];
  if (field.kind === "choice") return field.branches;
  if (field.kind === "list") return [...field.prefix, ...(field.items === false ? [] : [field.items])];
  if (field.kind !== "object") return [];
  const additional = field.additional === false ? [] : [field.additional];
  return [...Object.values(field.properties), ...field.patterns.map((pattern) => pattern.field), ...additional];
}
