import { FormatError } from "../errors.js";
import type { Dim, FieldLayout, Layout, ObjectLayout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import { unboxed } from "../tree/find.js";
import type { GroupNode, ListNode, Node } from "../tree/node.js";
import { memberPath } from "../value/path.js";
import type { Value } from "../value/value.js";
import { exactValue } from "./exact.js";
import { followsOf } from "./part.js";
import { type ConcreteField, concrete, dereference, memberField, presentName } from "./resolve.js";
import { plainScalar } from "./scalar.js";
import { oneSize } from "./select/axes.js";
import { readRanges } from "./select/ranges.js";
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

interface Reading {
  readonly layout: Layout;
  readonly options: WorkOptions;
}

interface Measuring extends Reading {
  readonly measures: Map<string, Mutable<Measure>>;
}

/** Sizes of the symbols of a layout in an open file, from what it states and from array headers; no array is read. */
export async function measure(layout: Layout, root: Node, options: WorkOptions = {}): Promise<readonly Measure[]> {
  const measuring: Measuring = { layout, measures: new Map(), options };
  await visit(measuring, layout.root, root, "");
  return [...measuring.measures.values()];
}

/**
 * Sizes of the symbols that the root of a file binds: what it states, else what the first member shows that has the
 * symbol. Symbols that nothing tells about are left out. Reads headers, and boxed values where no array tells.
 */
export async function symbolSizes(
  layout: Layout,
  root: Node,
  options: WorkOptions = {},
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  const field = concrete(layout, layout.root, root);
  if (field.kind !== "object" || root.kind !== "group") return sizes;
  for (const symbol of Object.keys(field.dims ?? {})) {
    const size = await symbolSize({ layout, options }, field, root, symbol);
    if (size !== undefined) sizes.set(symbol, size);
  }
  return sizes;
}

/** The size of one symbol that `field` binds, in the group that it describes; undefined when nothing tells. */
export async function symbolSize(
  reading: Reading,
  field: ObjectLayout,
  group: GroupNode,
  symbol: string,
): Promise<number | undefined> {
  const dim = field.dims?.[symbol];
  const stated = dim && (await statedSize(reading, field, group, dim));
  return stated ?? foundSize(reading, field, group, oneSize(field.dims ?? {}, symbol));
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
    const size = await symbolSize(measuring, target, inside, symbol);
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
export async function statedSize(
  reading: Reading,
  field: ObjectLayout,
  group: GroupNode,
  dim: Dim,
): Promise<number | undefined> {
  if (dim.equals === undefined) return dim.size?.length === 1 ? dim.size[0] : undefined;
  const keys = typeof dim.equals === "string" ? [dim.equals] : dim.equals.minus;
  const values: number[] = [];
  for (const key of keys) {
    const value = await integerAt(reading, field, group, key);
    if (value === undefined || value === dim.unset) return undefined;
    values.push(value);
  }
  return (values[0] as number) - (values[1] ?? 0);
}

async function integerAt(
  reading: Reading,
  field: ObjectLayout,
  group: GroupNode,
  key: string,
): Promise<number | undefined> {
  const member = field.properties[key];
  const name = member ? presentName(member, key, group.keys) : key;
  const node = name === undefined ? undefined : await readable(group.child(name, reading.options));
  if (!node || (node.kind !== "scalar" && !(node.kind === "array" && node.shape.length === 0))) return undefined;
  const value = plainScalar((await readable(exactValue(node, reading.options))) as Value);
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

/** What shows a size, the better evidence first: values that may follow another symbol as well come last. */
const EVIDENCE = ["stated axes", "ranges", "axes with another choice"] as const;

interface Search extends Reading {
  readonly symbol: string;
  /** Symbols of the object that binds the one searched for. */
  readonly dims: Readonly<Record<string, Dim>>;
  readonly evidence: (typeof EVIDENCE)[number];
}

/** The size of a symbol that `field` binds as values in `group` show it. */
export async function foundSize(
  reading: Reading,
  field: ObjectLayout,
  group: GroupNode,
  symbol: string,
): Promise<number | undefined> {
  for (const evidence of EVIDENCE) {
    const search = { ...reading, symbol, dims: field.dims ?? {}, evidence };
    const size = evidence === "ranges" ? await extentOf(search, field, group) : await sizeBelow(search, field, group);
    if (size !== undefined) return size;
  }
  return undefined;
}

/** The size of the first member, in schema order, whose shape or length has the symbol; packed axes tell nothing. */
async function sizeBelow(search: Search, field: ObjectLayout, group: GroupNode): Promise<number | undefined> {
  for (const [name, member] of membersInOrder(field, group)) {
    const child = await readable(group.child(name, search.options));
    if (!child) continue;
    const target = concrete(search.layout, member, child);
    const mayFollow = followsOf(search.layout, member, child) !== undefined;
    const size = mayFollow && search.evidence === "stated axes" ? undefined : await sizeIn(search, target, child);
    if (size !== undefined) return size;
    if (target.kind !== "object" || target.dims) continue;
    const inside = await readable(unboxed(child, search.options));
    const inner = inside?.kind === "group" ? await sizeBelow(search, target, inside) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** Stored names of members and their fields: properties as the schema lists them, then the others as they are stored. */
function membersInOrder(field: ObjectLayout, group: GroupNode): readonly (readonly [string, FieldLayout])[] {
  const stored = new Map<string, FieldLayout>();
  for (const [key, member] of Object.entries(field.properties)) {
    const name = presentName(member, key, group.keys);
    if (name !== undefined) stored.set(name, member);
  }
  for (const key of group.keys) {
    const member = stored.has(key) ? undefined : memberField(field, key)?.field;
    if (member) stored.set(key, member);
  }
  return [...stored];
}

async function sizeIn(
  { symbol, dims, options }: Search,
  field: ConcreteField,
  node: Node,
): Promise<number | undefined> {
  const isIt = (rule: unknown): boolean => typeof rule === "string" && oneSize(dims, rule) === symbol;
  if (field.kind === "list" && isIt(field.length))
    return node.kind === "list" ? node.length : node.kind === "array" ? node.shape[0] : undefined;
  const shape = field.kind === "array" || field.kind === "sparse" ? await shapeIn(node, options) : undefined;
  if ((field.kind !== "array" && field.kind !== "sparse") || !shape) return undefined;
  const encoding = field.kind === "array" ? field.encoding : undefined;
  const packed = new Set(encoding?.flatMap((step) => (step.codec === "mask-pack" ? [step.axis] : [])));
  const axis = alignAxes(field.shape, shape)?.find(({ rule, axis: at }) => isIt(rule) && !packed.has(at));
  return axis?.actual;
}

/** The shape of an array; of nested lists that stand for one, as far as their first items show it. */
async function shapeIn(node: Node, options: WorkOptions): Promise<readonly number[] | undefined> {
  if (node.kind === "array") return node.shape;
  const shape: number[] = [];
  for (let at: Node | undefined = node; at?.kind === "list"; at = await firstOf(at, options)) shape.push(at.length);
  return shape.length > 0 ? shape : undefined;
}

async function firstOf(list: ListNode, options: WorkOptions): Promise<Node | undefined> {
  return list.length > 0 ? readable(list.child(0, options)) : undefined;
}

/** How many positions along the symbol the ranges in this object need. */
async function extentOf(search: Search, field: ObjectLayout, group: GroupNode): Promise<number | undefined> {
  for (const [key, member] of Object.entries(field.properties)) {
    const target = dereference(search.layout, member);
    if (target.kind !== "array" || target.ranges === undefined) continue;
    if (oneSize(search.dims, target.ranges) !== search.symbol) continue;
    const name = presentName(member, key, group.keys);
    const node = name === undefined ? undefined : await readable(group.child(name, search.options));
    if (node?.kind !== "array") return undefined;
    const ranges = { key, field: target, of: String(target.shape[0]), over: target.ranges };
    const { stops } = readRanges(ranges, await node.load(search.options), undefined);
    return stops.reduce((most, stop) => Math.max(most, stop), 0);
  }
  return undefined;
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
