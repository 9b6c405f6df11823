import { decode } from "../../engine/decode.js";
import { concrete, dereference, memberField, memberNames } from "../../engine/resolve.js";
import type { CoordinateAxes, FieldLayout, Layout, ObjectLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { GroupNode } from "../../tree/node.js";
import { memberPath } from "../../value/path.js";
import type { Drawable } from "./drawable.js";
import type { DrawablePlace } from "./place.js";

/** What a field says of the point that it is. */
interface PointField {
  readonly columns: readonly (string | number)[];
  readonly coordinates: CoordinateAxes;
  readonly unit: string | undefined;
}

/** An object or a list that is one point; undefined for all others. */
export function pointOf(layout: Layout, field: FieldLayout): PointField | undefined {
  const target = dereference(layout, field);
  const { coordinates } = target;
  if ((target.kind !== "object" && target.kind !== "list") || !coordinates?.columns) return undefined;
  const [first] = coordinates.columns;
  const coordinate = target.kind === "object" ? target.properties[String(first)] : target.prefix[0] || target.items;
  const unit = target.unit ?? (coordinate ? dereference(layout, coordinate).unit : undefined);
  return { columns: coordinates.columns, coordinates, unit };
}

/** Points of one kind, by the keys that lead to each. */
interface PointSet {
  /** The key of all of them in the records that they are of; undefined for points that are no part of a record. */
  readonly label: string | undefined;
  readonly point: PointField;
  readonly ways: (readonly string[])[];
}

/**
 * Points anywhere in a dict and the dicts within it, as sets of keypoints: one for each key that records have a point under,
 * and one of the points that stand for themselves. Files of their own, lists, and single points are left out.
 */
export async function pointSets(
  object: ObjectLayout,
  group: GroupNode,
  place: DrawablePlace,
  options: WorkOptions,
): Promise<readonly Drawable[]> {
  const sets = new Map<string, PointSet>();
  await gather({ layout: place.file.layout, sets, options }, object, group, []);
  const drawables = new Map<string, Drawable>();
  for (const set of sets.values()) {
    const all = `${commonWay(set).reduce(memberPath, place.path)}[]`;
    const path = set.label === undefined ? all : memberPath(all, set.label);
    if (set.ways.length > 1 && !drawables.has(path))
      drawables.set(path, drawableOf(object, group, set, { ...place, path }));
  }
  return [...drawables.values()];
}

/** The keys that lead to all points of a set. */
function commonWay({ label, ways }: PointSet): readonly string[] {
  const [first = []] = ways;
  // The last key is that of a point, or of the record that has it.
  const shortest = ways.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
  const most = shortest - (label === undefined ? 1 : 2);
  let common = 0;
  while (common < most && ways.every((way) => way[common] === first[common])) common++;
  return first.slice(0, common);
}

interface Gathering {
  readonly layout: Layout;
  readonly sets: Map<string, PointSet>;
  readonly options: WorkOptions;
}

async function gather(to: Gathering, object: ObjectLayout, group: GroupNode, way: readonly string[]): Promise<void> {
  const points: { readonly key: string; readonly point: PointField; readonly named: boolean }[] = [];
  for (const [name, key] of memberNames(object, group.keys)) {
    const member = memberField(object, key);
    if (!member || member.field.place) continue;
    const point = pointOf(to.layout, member.field);
    if (point) points.push({ key, point, named: member.by === "property" });
    else await gatherInside(to, member.field, group, name, [...way, key]);
  }
  // A record has places of several kinds, each under a key that says what it is; points alike are a set.
  const kinds = new Set(points.map(({ point }) => point.columns.join()));
  const isRecord = points.every(({ named }) => named) && kinds.size === points.length;
  for (const { key, point } of points) {
    const label = isRecord ? key : undefined;
    const id = `${label ?? ""} ${point.columns.join()}`;
    const set = to.sets.get(id) ?? { label, point, ways: [] };
    set.ways.push([...way, key]);
    to.sets.set(id, set);
  }
}

async function gatherInside(
  to: Gathering,
  field: FieldLayout,
  group: GroupNode,
  name: string,
  way: readonly string[],
): Promise<void> {
  if (!holdsPoints(to.layout, field)) return;
  const node = await group.child(name, to.options);
  if (node?.kind !== "group") return;
  const target = concrete(to.layout, field, node);
  if (target.kind === "object") await gather(to, target, node, way);
}

/** Whether a field is an object with points in it, at any depth of objects. */
export function holdsPoints(layout: Layout, field: FieldLayout, passed: Set<FieldLayout> = new Set()): boolean {
  if (passed.has(field)) return false;
  passed.add(field);
  const target = dereference(layout, field);
  if (target.kind === "choice") return target.branches.some((branch) => holdsPoints(layout, branch, passed));
  if (target.kind !== "object") return false;
  const additional = target.additional === false ? [] : [target.additional];
  const members = [...Object.values(target.properties), ...target.patterns.map((entry) => entry.field), ...additional];
  return members.some((member) => pointOf(layout, member) !== undefined || holdsPoints(layout, member, passed));
}

function drawableOf(object: ObjectLayout, group: GroupNode, set: PointSet, place: DrawablePlace): Drawable {
  const { columns, coordinates, unit } = set.point;
  return {
    kind: "keypoints",
    path: place.path,
    absolute: false,
    dimensions: columns.length === 2 ? 2 : 3,
    unit,
    up: coordinates.up,
    forward: coordinates.forward,
    convention: () => undefined,
    load: async (frames, options = {}) => {
      if (frames.length === 0) return [];
      const values = await load(object, group, set, place, options);
      const array = NdArray.from("float64", values, [set.ways.length, columns.length]);
      return frames.map(() => ({ values: array }));
    },
  };
}

/** The coordinates of all points, one after the other; NaN where a point has none. */
async function load(
  object: ObjectLayout,
  group: GroupNode,
  { point, ways }: PointSet,
  { file }: DrawablePlace,
  options: WorkOptions,
): Promise<Float64Array> {
  const { layout, container } = file;
  const how = { ...options, mismatches: "keep" } as const;
  const decoder = { layout, holds: container.codec.holds, nulls: "keep" as const, options: how };
  const record = await decode(decoder, object, group);
  const values = ways.flatMap((way) => {
    const found = way.reduce<unknown>(memberOf, record);
    return point.columns.map((column) => memberOf(found, column));
  });
  return Float64Array.from(values, (value) => (typeof value === "number" ? value : Number.NaN));
}

function memberOf(value: unknown, key: string | number): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Map) return (value as ReadonlyMap<unknown, unknown>).get(key);
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string | number, unknown>>)[key] : undefined;
}
