import { FormatError } from "../errors.js";
import type { Dim, FieldLayout, Layout, ObjectLayout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import { unboxed } from "../tree/find.js";
import type { GroupNode, Node } from "../tree/node.js";
import { memberPath } from "../value/path.js";
import type { Value } from "../value/value.js";
import { exactValue } from "./exact.js";
import { type ConcreteField, concrete, memberField, presentName } from "./resolve.js";
import { plainScalar } from "./scalar.js";
import { alignAxes } from "./shape.js";

/** The sizes that one axis symbol has in a file, over all objects that bind it anew. */
export interface Measure {
  readonly symbol: string;
  readonly role: Dim["role"];
  readonly description: string | undefined;
  /** Objects that bind it, such as `annotations[]`; empty for the file itself. */
  readonly path: string;
  /** How many of them have a size for it. */
  readonly count: number;
  readonly smallest: number;
  readonly largest: number;
  readonly total: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Measuring {
  readonly layout: Layout;
  readonly measures: Map<string, Mutable<Measure>>;
  readonly options: WorkOptions;
}

/** Sizes of the symbols of a layout in an open file, from what it states and from array headers; no array is read. */
export async function measure(layout: Layout, root: Node, options: WorkOptions = {}): Promise<readonly Measure[]> {
  const measuring: Measuring = { layout, measures: new Map(), options };
  await visit(measuring, layout.root, root, "");
  return [...measuring.measures.values()];
}

async function visit(measuring: Measuring, field: FieldLayout, node: Node, place: string): Promise<void> {
  if (!bindsBelow(measuring.layout, field)) return;
  const target = concrete(measuring.layout, field, node);
  const inside = await unboxed(node, measuring.options);
  if (target.kind === "list" && inside.kind === "list" && target.items !== false) {
    for (let index = 0; index < inside.length; index++) {
      await visit(measuring, target.items, await inside.child(index, measuring.options), `${place}[]`);
    }
  }
  if (target.kind !== "object" || inside.kind !== "group") return;
  for (const [symbol, dim] of Object.entries(target.dims ?? {})) {
    const size =
      (await statedSize(measuring, target, inside, dim)) ?? (await foundSize(measuring, target, inside, symbol));
    if (size !== undefined) record(measuring, symbol, dim, place, size);
  }
  for (const key of inside.keys) {
    const member = memberField(target, key)?.field;
    if (!member || !bindsBelow(measuring.layout, member)) continue;
    const child = await readable(inside.child(key, measuring.options));
    if (child) await visit(measuring, member, child, memberPath(place, key));
  }
}

function record({ measures }: Measuring, symbol: string, dim: Dim, path: string, size: number): void {
  const key = `${path} ${symbol}`;
  const known = measures.get(key);
  if (!known) {
    const { role, description } = dim;
    measures.set(key, { symbol, role, description, path, count: 1, smallest: size, largest: size, total: size });
    return;
  }
  known.count++;
  known.smallest = Math.min(known.smallest, size);
  known.largest = Math.max(known.largest, size);
  known.total += size;
}

/** The size that siblings state, unless they say that it is not known. */
async function statedSize(
  measuring: Measuring,
  field: ObjectLayout,
  group: GroupNode,
  dim: Dim,
): Promise<number | undefined> {
  if (dim.equals === undefined) return dim.size?.length === 1 ? dim.size[0] : undefined;
  const keys = typeof dim.equals === "string" ? [dim.equals] : dim.equals.minus;
  const values: number[] = [];
  for (const key of keys) {
    const value = await integerAt(measuring, field, group, key);
    if (value === undefined || value === dim.unset) return undefined;
    values.push(value);
  }
  return (values[0] as number) - (values[1] ?? 0);
}

async function integerAt(
  measuring: Measuring,
  field: ObjectLayout,
  group: GroupNode,
  key: string,
): Promise<number | undefined> {
  const member = field.properties[key];
  const name = member ? presentName(member, key, group.keys) : key;
  const node = name === undefined ? undefined : await readable(group.child(name, measuring.options));
  if (!node || (node.kind !== "scalar" && !(node.kind === "array" && node.shape.length === 0))) return undefined;
  const value = plainScalar((await readable(exactValue(node, measuring.options))) as Value);
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

/** The size of the first member, in schema order, whose shape or length has the symbol; packed axes tell nothing. */
async function foundSize(
  measuring: Measuring,
  field: ObjectLayout,
  group: GroupNode,
  symbol: string,
): Promise<number | undefined> {
  for (const [key, member] of Object.entries(field.properties)) {
    const name = presentName(member, key, group.keys);
    const child = name === undefined ? undefined : await readable(group.child(name, measuring.options));
    if (!child) continue;
    const target = concrete(measuring.layout, member, child);
    const size = sizeIn(target, child, symbol);
    if (size !== undefined) return size;
    if (target.kind !== "object" || target.dims) continue;
    const inside = await readable(unboxed(child, measuring.options));
    const inner = inside?.kind === "group" ? await foundSize(measuring, target, inside, symbol) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function sizeIn(field: ConcreteField, node: Node, symbol: string): number | undefined {
  if (field.kind === "list" && field.length === symbol)
    return node.kind === "list" ? node.length : node.kind === "array" ? node.shape[0] : undefined;
  if (field.kind !== "array" || node.kind !== "array") return undefined;
  const packed = new Set(field.encoding?.flatMap((step) => (step.codec === "mask-pack" ? [step.axis] : [])));
  const axis = alignAxes(field.shape, node.shape)?.find(({ rule, axis: at }) => rule === symbol && !packed.has(at));
  return axis?.actual;
}

/** What damaged parts of a file would give is not there; other errors are the caller's. */
async function readable<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

const binding = new WeakMap<FieldLayout, boolean>();

/** Whether a field, or one below it, opens a scope of symbols. */
function bindsBelow(layout: Layout, field: FieldLayout): boolean {
  let known = binding.get(field);
  if (known === undefined) {
    known = opensScope(layout, field, new Set());
    binding.set(field, known);
  }
  return known;
}

function opensScope(layout: Layout, field: FieldLayout, seen: Set<FieldLayout>): boolean {
  if (seen.has(field)) return false;
  seen.add(field);
  if (field.kind === "object" && field.dims !== undefined) return true;
  return fieldsBelow(layout, field).some((child) => opensScope(layout, child, seen));
}

function fieldsBelow(layout: Layout, field: FieldLayout): readonly FieldLayout[] {
  switch (field.kind) {
    case "ref":
      return layout.defs[field.name] ? [layout.defs[field.name] as FieldLayout] : [];
    case "choice":
      return field.branches;
    case "list":
      return [...field.prefix, ...(field.items === false ? [] : [field.items])];
    case "object": {
      const additional = field.additional === false ? [] : [field.additional];
      return [...Object.values(field.properties), ...field.patterns.map((pattern) => pattern.field), ...additional];
    }
    default:
      return [];
  }
}
