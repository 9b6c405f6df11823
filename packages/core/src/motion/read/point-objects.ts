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
import { type Found, follow, memberAt, type Place, placeAt, readValue } from "./place.js";

/** How one of a point's positions is stored: under a key of the point, or as the point itself. */
interface Position {
  readonly key: string | undefined;
  readonly mark: MotionMark;
  readonly columns: readonly (string | number)[];
  readonly field: FieldLayout;
}

type Members = Readonly<Record<string, unknown>>;

/** The points of a set in their order. */
interface PointSet {
  /** By their numbers, or by the paths under which they are. */
  readonly points: ReadonlyMap<string, unknown>;
  /** Paths, where points have no numbers. */
  readonly names: readonly string[] | undefined;
}

/**
 * The layers of sets whose points are objects or lists by number, or objects under names, one for each position that points have:
 * `face.standard.2d`. Of sets that stand for the same thing the first counts. Throws `FormatError` for points that lack a
 * coordinate, and `limit` for names too deep inside of each other.
 */
export async function objectLayersAt(
  place: Place,
  level: MotionLevel,
  options: WorkOptions,
): Promise<readonly LayerTrack[]> {
  const tracks = new Map<string, LayerTrack>();
  const { layout } = place.file;
  const owners = new Owners(place, options);
  for (const member of level.members) {
    if (member.part !== "points") continue;
    const point = pointField(layout, member.field);
    const positions = point ? positionsOf(layout, point) : [];
    // What is there already is not read again.
    if (!point || positions.every((position) => tracks.has(layerKey(member, position)))) continue;
    const found = await owners.find(member.keys);
    const set = found && (await pointsIn(found, member, positions, options));
    if (!set) continue;
    const seen = await visibleOf(found, point, set.points, layout, options);
    for (const position of positions) {
      const track = trackOf(member, position, set, seen, found);
      if (!tracks.has(track.layer.key)) tracks.set(track.layer.key, track);
    }
  }
  return [...tracks.values()];
}

/** Finds members of objects inside of each other, of which many are in few files: each is opened once. */
class Owners {
  readonly #places = new Map<string, Promise<Place | undefined>>();
  readonly #options: WorkOptions;

  constructor(place: Place, options: WorkOptions) {
    this.#places.set("", Promise.resolve(place));
    this.#options = options;
  }

  async find(keys: readonly string[]): Promise<Found | undefined> {
    const key = keys.at(-1);
    const owner = key === undefined ? undefined : await this.#at(keys.slice(0, -1));
    return owner && memberAt(owner, key as string, this.#options);
  }

  #at(keys: readonly string[]): Promise<Place | undefined> {
    const id = keys.join("\0");
    const known = this.#places.get(id);
    if (known) return known;
    const place = this.#at(keys.slice(0, -1)).then((outer) => outer && placeAt(outer, keys.slice(-1), this.#options));
    this.#places.set(id, place);
    return place;
  }
}

function layerKey({ mark, keys }: MotionMember, { columns }: Position): string {
  return `${mark.which ?? keys.slice(0, -1).join(".")}.${axesOf(columns)}d`;
}

function axesOf(columns: Position["columns"]): 2 | 3 {
  return columns.length === 2 ? 2 : 3;
}

/** The points of a set, in the order of their numbers or of their paths as text; undefined for a set of another size. */
async function pointsIn(
  found: Found,
  { mark, field }: MotionMember,
  positions: readonly Position[],
  options: WorkOptions,
): Promise<PointSet | undefined> {
  const members = asMembers(await storedValue(found, options), found.node.path);
  const isNamed = !isNumbered(found.place.file.layout, field);
  const leaves = isNamed ? leavesOf(members, positions, found.node.path) : undefined;
  const keys = leaves ? [...leaves.keys()].sort() : Object.keys(members).filter((key) => /^[0-9]+$/.test(key));
  if (keys.length === 0 || (mark.points !== undefined && keys.length !== mark.points)) return undefined;
  if (!leaves) keys.sort((a, b) => Number(a) - Number(b));
  return {
    points: new Map(keys.map((key) => [key, leaves ? leaves.get(key) : members[key]])),
    names: leaves ? keys : undefined,
  };
}

/** Names inside of names, and objects under names, more than any body has. */
const DEEPEST = 32;
const MOST_OBJECTS = 2 ** 16;

/** The points in objects inside of each other, by their paths: `foot.left.index`. */
function leavesOf(members: Members, positions: readonly Position[], path: string): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  let objects = 0;
  const collect = (inner: Members, before: string, depth: number): void => {
    if (depth > DEEPEST) throw new FormatError("limit", `more than ${DEEPEST} levels of names`, { path });
    for (const [key, value] of Object.entries(inner)) {
      if (++objects > MOST_OBJECTS) throw new FormatError("limit", `more than ${MOST_OBJECTS} objects`, { path });
      const name = `${before}${key}`;
      if (isPoint(value, positions)) leaves.set(name, value);
      else collect(asMembers(value, `${path}.${name}`), `${name}.`, depth + 1);
    }
  };
  collect(members, "", 1);
  return leaves;
}

function isPoint(value: unknown, positions: readonly Position[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return positions.some(({ key }) => (key === undefined ? Array.isArray(value) : Object.hasOwn(value, key)));
}

/** What a file holds as plain JavaScript. */
async function storedValue(found: Found, options: WorkOptions): Promise<unknown> {
  const { node } = found;
  const value = node.kind !== "scalar" && node.load ? await node.load(options) : await readValue(found, options);
  return plain(value as Value);
}

/** Whether the points of a set have numbers, not names. */
function isNumbered(layout: Layout, field: FieldLayout): boolean {
  const target = dereference(layout, field);
  return target.kind === "object" && target.patterns[0] !== undefined;
}

/** What a point of a set is: what has a number, or the first thing under names that has a position. */
function pointField(layout: Layout, field: FieldLayout, depth = 0): FieldLayout | undefined {
  const target = dereference(layout, field);
  if (target.kind !== "object" || depth > DEEPEST) return undefined;
  if (target.patterns[0]) return target.patterns[0].field;
  for (const member of Object.values(target.properties)) {
    const found = positionsOf(layout, member).length > 0 ? member : pointField(layout, member, depth + 1);
    if (found) return found;
  }
  return undefined;
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
  position: Position,
  { points, names }: PointSet,
  confidence: Float64Array | undefined,
  { node }: Found,
): LayerTrack {
  const { key, mark, columns, field } = position;
  const axes = axesOf(columns);
  const numbers = new Float64Array(points.size * axes);
  let at = 0;
  for (const [number, point] of points) {
    const path = `${node.path}.${number}`;
    const stored = key === undefined ? point : asMembers(point, path)[key];
    for (const column of columns.slice(0, axes)) {
      const value = Array.isArray(stored) ? (stored as unknown[])[Number(column)] : asMembers(stored, path)[column];
      if (typeof value !== "number")
        throw new FormatError("mismatch", `the point has no number ${String(column)}`, { path });
      numbers[at++] = value;
    }
  }
  const layer: MotionLayer = {
    key: layerKey(member, position),
    what: "keypoints",
    axes,
    space: mark.space ?? "unknown",
    unit: mark.space === "image" ? "px" : unitOf(field),
    up: field.coordinates?.up,
    forward: field.coordinates?.forward,
    ...(member.mark.conventions && { conventions: member.mark.conventions }),
    ...(names && { names, spelled: member.mark.spelled }),
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
