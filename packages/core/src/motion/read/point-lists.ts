import { FormatError } from "../../errors.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import { Float, type Value } from "../../value/value.js";
import { channelsOf, confidenceOf, float64Array, pickChannels } from "../axes.js";
import type { MotionLayer, MotionPoints } from "../motion.js";
import { confidenceBeside, isPoints, type MotionLevel, type MotionMember } from "../plan.js";
import { chainOf, listOf } from "../point-lists.js";
import type { LayerTrack } from "./layer.js";
import { type Found, follow, type Place, readValue } from "./place.js";

/** The keypoints that an object has in lists of numbers. Throws `FormatError` for lists that hold something else. */
export async function listLayersAt(
  place: Place,
  level: MotionLevel,
  options: WorkOptions,
): Promise<readonly LayerTrack[]> {
  const tracks: LayerTrack[] = [];
  for (const member of level.members) {
    if (!isPoints(member) || member.mark.after !== undefined || !listOf(place.file.layout, member)) continue;
    const track = await trackOf(place, level, member, options);
    if (track) tracks.push(track);
  }
  return tracks;
}

async function trackOf(
  place: Place,
  level: MotionLevel,
  head: MotionMember,
  options: WorkOptions,
): Promise<LayerTrack | undefined> {
  const chain = chainOf(level, head);
  const lists: Float64Array[] = [];
  for (const member of chain) lists.push(await pointsOf(place, member, options));
  const { mark } = head;
  const width = mark.channels?.length ?? 1;
  const parts = lists.map(({ length }) => length / width);
  const points = parts.reduce((all, count) => all + count, 0);
  if (points === 0) return undefined;
  const data = new Float64Array(points * width);
  let at = 0;
  for (const list of lists) {
    data.set(list, at);
    at += list.length;
  }
  const { coordinates, confidence: inside } = channelsOf(mark);
  const dense = { frames: 1, people: 1, points, channels: width, data };
  const beside = await besideOf(place, level, head, options);
  const own = inside === undefined ? undefined : pickChannels(dense, [inside]).map((one) => confidenceOf(mark, one));
  // What stands beside says more than a visibility.
  const confidence = beside?.length === points ? beside : own;
  const field = listOf(place.file.layout, head);
  const layer: MotionLayer = {
    key: head.keys.join("."),
    what: mark.part === "vertices" ? "vertices" : "keypoints",
    axes: coordinates.length === 2 ? 2 : 3,
    space: mark.space ?? "unknown",
    unit: field?.unit,
    up: field?.coordinates?.up,
    forward: field?.coordinates?.forward,
    ...(mark.conventions && { conventions: mark.conventions }),
    points,
    dtype: "float64",
    hasConfidence: confidence !== undefined,
  };
  const there = mark.absent !== "zeros" || data.some((one) => one !== 0);
  const loaded: MotionPoints = {
    positions: float64Array(pickChannels(dense, coordinates), [1, 1, points, coordinates.length]),
    ...(confidence && { confidence: float64Array(confidence, [1, 1, points]) }),
    present: NdArray.from("bool", Uint8Array.of(there ? 1 : 0), [1, 1]) as NdArray<"bool">,
  };
  return { layer, parts, frames: undefined, people: 1, load: async () => loaded };
}

/** The numbers of one list; none for a list that is not there. */
async function pointsOf(place: Place, member: MotionMember, options: WorkOptions): Promise<Float64Array> {
  const found = await follow(place, member.keys, options);
  if (!found) return new Float64Array(0);
  const numbers = await numbersIn(found, options);
  const width = member.mark.channels?.length ?? 1;
  if (numbers.length % width === 0) return numbers;
  throw new FormatError("mismatch", `${numbers.length} numbers, of which ${width} should be for each point`, {
    path: found.node.path,
  });
}

async function besideOf(
  place: Place,
  level: MotionLevel,
  head: MotionMember,
  options: WorkOptions,
): Promise<Float64Array | undefined> {
  const member = confidenceBeside(level, head);
  const found = member && (await follow(place, member.keys, options));
  return found && numbersIn(found, options);
}

/** The numbers of a list. Throws `FormatError` for one with anything else. */
export async function numbersIn(found: Found, options: WorkOptions): Promise<Float64Array> {
  const { node } = found;
  const value = node.kind === "list" && node.load ? await node.load(options) : await readValue(found, options);
  const items: readonly unknown[] = Array.isArray(value) ? value : value instanceof NdArray ? [...value] : [value];
  return Float64Array.from(items, (item) => numberOf(item as Value, node.path));
}

function numberOf(value: Value, path: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || value instanceof Float) return Number(value);
  throw new FormatError("mismatch", "a list of numbers expected", { path });
}

/** The points of a person in the places that its lists have among longer ones. Throws `FormatError` where they do not fit. */
export function inPlaces(
  points: MotionPoints,
  parts: readonly number[],
  all: readonly number[],
  path: string,
): MotionPoints {
  if (parts.every((count, index) => count === all[index])) return points;
  const wrong = parts.findIndex((count, index) => count !== 0 && count !== all[index]);
  if (wrong >= 0)
    throw new FormatError("mismatch", `${parts[wrong]} points where others have ${all[wrong] ?? 0}`, { path });
  const total = all.reduce((sum, count) => sum + count, 0);
  const axes = points.positions.shape.at(-1) as number;
  const positions = new Float64Array(total * axes);
  const confidence = points.confidence && new Float64Array(total);
  let [from, to] = [0, 0];
  for (const [index, count] of parts.entries()) {
    positions.set(points.positions.data.subarray(from * axes, (from + count) * axes), to * axes);
    if (confidence && points.confidence) confidence.set(points.confidence.data.subarray(from, from + count), to);
    from += count;
    to += all[index] as number;
  }
  return {
    positions: float64Array(positions, [1, 1, total, axes]),
    ...(confidence && { confidence: float64Array(confidence, [1, 1, total]) }),
    present: points.present,
  };
}
