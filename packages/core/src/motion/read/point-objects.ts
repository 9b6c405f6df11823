import { dereference } from "../../engine/resolve.js";
import { FormatError } from "../../errors.js";
import type { FieldLayout, Layout, MotionMark, ObjectLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import { float64Array } from "../axes.js";
import type { MotionLayer, MotionPoints } from "../motion.js";
import { type MotionLevel, type MotionMember, markOf } from "../plan.js";
import type { LayerTrack } from "./layer.js";
import { type Found, follow, type Place, readValue } from "./place.js";

/** How one of a point's positions is stored: under a key of the point, or as the point itself. */
interface Position {
  readonly key: string | undefined;
  readonly mark: MotionMark;
  readonly columns: readonly (string | number)[];
  readonly field: FieldLayout;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * The layers of sets whose points are objects or lists by number, one for each position that points have: `face.standard.2d`.
 * Of sets that stand for the same thing the first counts. Throws `FormatError` for points that lack a coordinate.
 */
export async function objectLayersAt(
  place: Place,
  level: MotionLevel,
  options: WorkOptions,
): Promise<readonly LayerTrack[]> {
  const tracks = new Map<string, LayerTrack>();
  for (const member of level.members) {
    if (member.part !== "points") continue;
    const found = await follow(place, member.keys, options);
    if (!found) continue;
    const points = await pointsIn(found, member, options);
    const { layout } = place.file;
    const point = pointField(layout, member.field);
    if (!points || !point) continue;
    const seen = await visibleOf(found, point, points, layout, options);
    for (const position of positionsOf(layout, point)) {
      const track = trackOf(member, position, points, seen, found);
      if (!tracks.has(track.layer.key)) tracks.set(track.layer.key, track);
    }
  }
  return [...tracks.values()];
}

/** The points of a set in the order of their numbers; undefined for a set of another size than it should have. */
async function pointsIn(
  found: Found,
  { mark }: MotionMember,
  options: WorkOptions,
): Promise<ReadonlyMap<string, unknown> | undefined> {
  const members = asMembers(await storedValue(found, options), found.node.path);
  const keys = Object.keys(members).filter((key) => /^[0-9]+$/.test(key));
  if (keys.length === 0 || (mark.points !== undefined && keys.length !== mark.points)) return undefined;
  keys.sort((a, b) => Number(a) - Number(b));
  return new Map(keys.map((key) => [key, members[key]]));
}

/** What a file holds as plain JavaScript. */
async function storedValue(found: Found, options: WorkOptions): Promise<unknown> {
  const { node } = found;
  const value = node.kind !== "scalar" && node.load ? await node.load(options) : await readValue(found, options);
  return plain(value as Value);
}

/** What a point of a set is. */
function pointField(layout: Layout, field: FieldLayout): FieldLayout | undefined {
  const target = dereference(layout, field);
  return target.kind === "object" ? target.patterns[0]?.field : undefined;
}

function positionsOf(layout: Layout, point: FieldLayout): readonly Position[] {
  const target = dereference(layout, point);
  const own = positionAt(layout, point, undefined);
  if (own) return [own];
  if (target.kind !== "object") return [];
  return Object.entries(target.properties).flatMap(([key, field]) => positionAt(layout, field, key) ?? []);
}

function positionAt(layout: Layout, field: FieldLayout, key: string | undefined): Position | undefined {
  const mark = markOf(layout, field);
  if (mark?.part !== "position") return undefined;
  const target = dereference(layout, field);
  const columns = field.coordinates?.columns ?? target.coordinates?.columns ?? ["x", "y", "z"];
  return { key, mark, columns, field: target };
}

/** Whether each point is seen, by the point itself or by an object beside with its number. */
async function visibleOf(
  found: Found,
  point: FieldLayout,
  points: ReadonlyMap<string, unknown>,
  layout: Layout,
  options: WorkOptions,
): Promise<Float64Array | undefined> {
  const target = dereference(layout, point);
  const own = target.kind === "object" ? keyOf(layout, target, "visible") : undefined;
  if (own !== undefined) {
    const stated = [...points.values()].map((one) => asMembers(one, found.node.path)[own]);
    return stated.includes(undefined) ? undefined : Float64Array.from(stated, sureness);
  }
  const key = keyOf(layout, found.place.object, "visible");
  const beside = key === undefined ? undefined : await follow(found.place, [key], options);
  if (!beside) return undefined;
  const members = asMembers(await storedValue(beside, options), beside.node.path);
  const stated = [...points.keys()].map((number) => members[number]);
  return stated.includes(undefined) ? undefined : Float64Array.from(stated, sureness);
}

function keyOf(layout: Layout, object: ObjectLayout, part: MotionMark["part"]): string | undefined {
  return Object.keys(object.properties).find(
    (key) => markOf(layout, object.properties[key] as FieldLayout)?.part === part,
  );
}

/** 1 for a point that is seen, 0.5 for a hidden one, whose place is known all the same. */
function sureness(visible: unknown): number {
  return visible === true || visible === "true" ? 1 : 0.5;
}

function trackOf(
  member: MotionMember,
  { key, mark, columns, field }: Position,
  points: ReadonlyMap<string, unknown>,
  confidence: Float64Array | undefined,
  { node }: Found,
): LayerTrack {
  const axes = columns.length === 2 ? 2 : 3;
  const numbers = new Float64Array(points.size * axes);
  let at = 0;
  for (const [number, point] of points) {
    const path = `${node.path}.${number}`;
    const position = key === undefined ? point : asMembers(point, path)[key];
    for (const column of columns.slice(0, axes)) {
      const value = Array.isArray(position)
        ? (position as unknown[])[Number(column)]
        : asMembers(position, path)[column];
      if (typeof value !== "number")
        throw new FormatError("mismatch", `the point has no number ${String(column)}`, { path });
      numbers[at++] = value;
    }
  }
  const layer: MotionLayer = {
    key: `${member.mark.which ?? member.keys.slice(0, -1).join(".")}.${axes}d`,
    what: "keypoints",
    axes,
    space: mark.space ?? "unknown",
    unit: mark.space === "image" ? "px" : unitOf(field),
    up: field.coordinates?.up,
    forward: field.coordinates?.forward,
    ...(member.mark.conventions && { conventions: member.mark.conventions }),
    points: points.size,
    dtype: "float64",
    hasConfidence: confidence !== undefined,
  };
  const loaded: MotionPoints = {
    positions: float64Array(numbers, [1, 1, points.size, axes]),
    ...(confidence && { confidence: float64Array(confidence, [1, 1, points.size]) }),
    present: NdArray.from("bool", Uint8Array.of(1), [1, 1]) as NdArray<"bool">,
  };
  return { layer, frames: undefined, people: 1, load: async () => loaded };
}

/** The unit of a point, or of its coordinates. */
function unitOf(field: FieldLayout): string | undefined {
  if (field.unit !== undefined || field.kind !== "object") return field.unit;
  return Object.values(field.properties)[0]?.unit;
}

function asMembers(value: unknown, path: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw new FormatError("mismatch", "a dict expected", { path });
}
