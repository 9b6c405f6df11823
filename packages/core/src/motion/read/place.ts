import { asGroup, decode } from "../../engine/decode.js";
import { NO_SIBLINGS, type Siblings } from "../../engine/encoding.js";
import { unlessNone } from "../../engine/exact.js";
import type { OpenFile } from "../../engine/open.js";
import { partOfWindow } from "../../engine/part.js";
import { concrete, dereference, fits, memberField, presentName } from "../../engine/resolve.js";
import { SymbolScope } from "../../engine/scope.js";
import { FormatError } from "../../errors.js";
import type { Dim, FieldLayout, Layout, ObjectLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { GroupNode, ListNode, Node } from "../../tree/node.js";
import { elementPath } from "../../value/path.js";
import type { MotionBelow } from "../plan.js";
import { rowDims } from "../row-dims.js";

/** An object of a file, with what the symbols mean in it. */
export interface Place {
  readonly file: OpenFile;
  readonly object: ObjectLayout;
  readonly group: GroupNode;
  readonly scope: SymbolScope | undefined;
  readonly dims: Readonly<Record<string, Dim>>;
}

/** A value of a file that has not been read. */
export interface Found {
  readonly place: Place;
  readonly field: FieldLayout;
  readonly node: Node;
  readonly siblings: Siblings;
}

export function placeOf(file: OpenFile, object: ObjectLayout, group: GroupNode, outer?: Place): Place {
  return {
    file,
    object,
    group,
    scope: SymbolScope.inside(file.layout, object, group, outer?.scope),
    dims: object.dims ? { ...outer?.dims, ...rowDims(object) } : (outer?.dims ?? {}),
  };
}

/** What keys lead to; undefined where nothing is there. */
export async function follow(place: Place, keys: readonly string[], options: WorkOptions): Promise<Found | undefined> {
  const key = keys.at(-1);
  const owner = key === undefined ? undefined : await placeAt(place, keys.slice(0, -1), options);
  return owner && memberAt(owner, key as string, options);
}

/** The object that keys lead to, itself for none; undefined where nothing or something else is there. */
export async function placeAt(place: Place, keys: readonly string[], options: WorkOptions): Promise<Place | undefined> {
  let current = place;
  for (const key of keys) {
    const found = await memberAt(current, key, options);
    if (!found) return undefined;
    const target = objectAt(current.file.layout, found);
    if (!target) return undefined;
    current = placeOf(current.file, target, await asGroup({ options }, found.node), current);
  }
  return current;
}

/** The object that a field is, or of several branches the one that the node is. */
function objectAt(layout: Layout, { field, node }: Found): ObjectLayout | undefined {
  const target = dereference(layout, field);
  if (target.kind !== "choice") return target.kind === "object" ? target : undefined;
  const branch = concrete(layout, target, node);
  return branch.kind === "object" && fits(branch, node) ? branch : undefined;
}

/** A member of an object, if it is there. */
export async function memberAt(place: Place, key: string, options: WorkOptions): Promise<Found | undefined> {
  const { group } = place;
  const field = memberField(place.object, key)?.field;
  const name = field && presentName(field, key, group.keys);
  const child = name === undefined ? undefined : await group.child(name, options);
  const node = child && (await unlessNone(child, options));
  return field && node && name !== undefined ? { place, field, node, siblings: { key: name, group } } : undefined;
}

/** The value, or some of its rows. */
export function readValue(
  { place, field, node, siblings }: Found,
  options: WorkOptions,
  window?: Readonly<Record<string, readonly [number, number]>>,
): Promise<unknown> {
  const { layout, container } = place.file;
  const part = window && partOfWindow(window, place.scope);
  // Who writes may ask with options of its own, which are about what it writes.
  const decoding = { ...options, form: "logical" as const };
  const decoder = { layout, holds: container.codec.holds, nulls: "keep" as const, options: decoding, part };
  return decode(decoder, field, node, siblings ?? NO_SIBLINGS);
}

/** An object among others of its kind. */
export interface ListedPlace extends Place {
  /** Opens it anew: where it can be found again, who keeps this keeps nothing of what it holds. */
  readonly again: (options: WorkOptions) => Promise<Place>;
}

/** The objects of a level below, in order. */
export async function* placesBelow(
  place: Place | OpenFile,
  { keys, list, level }: MotionBelow,
  options: WorkOptions,
): AsyncGenerator<ListedPlace, void, void> {
  const isFile = "root" in place;
  const file = isFile ? place : place.file;
  const found = isFile ? undefined : await follow(place, keys, options);
  const node = isFile ? file.root : found?.node;
  const outer = isFile ? undefined : found?.place;
  if (!node || !level.object) return;
  if (!list) {
    yield heldPlace(placeOf(file, level.object, await asGroup({ options }, node), outer));
    return;
  }
  if (node.kind !== "list") throw new FormatError("mismatch", "a list expected", { path: node.path });
  if (node.items) {
    for await (const item of node.items(options))
      yield heldPlace(placeOf(file, level.object, await asGroup({ options }, item), outer));
    return;
  }
  for (let index = 0; index < node.length; index++)
    yield await foundPlace({ file, object: level.object, list: node, outer }, index, options);
}

/** A place that cannot be found again without going through all before it. */
function heldPlace(place: Place): ListedPlace {
  return { ...place, again: async () => place };
}

interface PlaceList {
  readonly file: OpenFile;
  readonly object: ObjectLayout;
  readonly list: ListNode;
  readonly outer: Place | undefined;
}

async function foundPlace(from: PlaceList, index: number, options: WorkOptions): Promise<ListedPlace> {
  return { ...(await itemPlace(from, index, options)), again: (how) => itemPlace(from, index, how) };
}

async function itemPlace(
  { file, object, list, outer }: PlaceList,
  index: number,
  options: WorkOptions,
): Promise<Place> {
  const item = await list.child(index, options);
  if (item.kind === "group") return placeOf(file, object, item, outer);
  throw new FormatError("mismatch", "a dict expected", { path: elementPath(list.path, index) });
}

/** A whole number that a value is; undefined for what is none. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** The items of a list or of a one-dimensional array. */
export function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof NdArray && value.ndim === 1 ? [...value] : undefined;
}
