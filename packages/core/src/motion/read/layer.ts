import { modernForm } from "../../engine/legacy.js";
import { concrete, denseOf, memberField } from "../../engine/resolve.js";
import { FormatError } from "../../errors.js";
import type { ArrayLayout, KeypointAxis } from "../../layout/layout.js";
import { NdArray, zeros } from "../../ndarray/ndarray.js";
import { conventionOf } from "../../picture/drawable/drawable.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";
import { arrayNode } from "../../tree/value-node.js";
import {
  anyNonZero,
  channelsOf,
  denseNumbers,
  float64Array,
  type MotionAxes,
  motionAxes,
  pickChannels,
} from "../axes.js";
import type { MotionLayer, MotionNumbers, MotionPoints } from "../motion.js";
import { confidenceBeside, isPoints, type MotionLevel, type MotionMember } from "../plan.js";
import { listOf } from "../point-lists.js";
import { framedRows } from "../row-dims.js";
import { type Found, follow, type Place, placeOf, readValue } from "./place.js";
import { listLayersAt } from "./point-lists.js";
import { objectLayersAt } from "./point-objects.js";
import { RowStream } from "./row-stream.js";

/** Arrays that are loaded once rather than read in windows. */
const SMALL_BYTES = 1 << 26;

/** Keypoints or vertices of a file, of which frames can be read. */
export interface LayerTrack {
  readonly layer: MotionLayer;
  /** Frames of the array; undefined for an array of one frame. */
  readonly frames: number | undefined;
  readonly people: number;
  /** Whether its frames are rows of people, whose frames another array tells. */
  readonly isRows?: boolean;
  /** Points of each list that it is made of, 0 for those that are not there. */
  readonly parts?: readonly number[];
  load(start: number, stop: number, options: WorkOptions): Promise<MotionPoints>;
}

/** The layers that an object has. */
export async function layersAt(place: Place, level: MotionLevel, options: WorkOptions): Promise<readonly LayerTrack[]> {
  const tracks: LayerTrack[] = [];
  for (const member of level.members) {
    if (!isPoints(member) || listOf(place.file.layout, member)) continue;
    const found = await follow(place, member.keys, options);
    const track = found && (await trackOf(found, member, level, options));
    if (track) tracks.push(track);
  }
  const lists = await listLayersAt(place, level, options);
  return [...tracks, ...lists, ...(await objectLayersAt(place, level, options))];
}

async function trackOf(
  found: Found,
  member: MotionMember,
  level: MotionLevel,
  options: WorkOptions,
): Promise<LayerTrack | undefined> {
  const numbers = await numbersOf(found, options);
  const mark = numbers?.field.motion;
  if (!numbers || !mark) return undefined;
  const { coordinates, confidence: inside } = channelsOf(mark);
  const { field, axes, shape } = numbers;
  const channels = axes.channel === undefined ? 1 : (shape[axes.channel] as number);
  if (channels < Math.max(...coordinates, inside ?? 0) + 1) return undefined;
  const beside = inside === undefined ? await confidenceOf(found, member, level, options) : undefined;
  const points = shape[axes.point] as number;
  const stated = await conventionAt(found, field.keypoints, points, options);
  const used = stated?.keypoints ?? points;
  const layer: MotionLayer = {
    key: member.keys.join("."),
    what: mark.part === "vertices" ? "vertices" : "keypoints",
    axes: coordinates.length === 2 ? 2 : 3,
    space: mark.space ?? "unknown",
    unit: field.unit,
    up: field.coordinates?.up,
    forward: field.coordinates?.forward,
    convention: stated?.name,
    points: used,
    dtype: numbers.dtype,
    hasConfidence: inside !== undefined || beside !== undefined,
  };
  const people = axes.people.reduce((all, axis) => all * (shape[axis] as number), 1);
  const rows = framedRows(found.place.object)?.rows;
  return {
    layer,
    ...(rows !== undefined && field.shape[0] === rows && { isRows: true }),
    frames: axes.frame === undefined ? undefined : shape[axes.frame],
    people,
    load: async (start, stop, how) => {
      const dense = cropped(denseNumbers(await numbers.load(start, stop, how), axes), used);
      const sure = beside && cropped(denseNumbers(await beside.load(start, stop, how), beside.axes), used);
      const count = dense.frames * dense.people;
      if (sure && sure.frames * sure.people * sure.points !== count * used)
        throw new FormatError("mismatch", "confidences of other sizes than the keypoints", { path: found.node.path });
      const positions = pickChannels(dense, coordinates);
      const confidence = sure?.data ?? (inside === undefined ? undefined : pickChannels(dense, [inside]));
      const present =
        mark.absent === "zeros" ? anyNonZero(dense.data, used * dense.channels, count) : new Uint8Array(count).fill(1);
      const sizes = [dense.frames, dense.people];
      return {
        positions: float64Array(positions, [...sizes, used, coordinates.length]),
        ...(confidence && { confidence: float64Array(confidence, [...sizes, used]) }),
        present: NdArray.from("bool", present, sizes) as NdArray<"bool">,
      };
    },
  };
}

/** Without places at the end of the axis of points that the convention has no keypoints for. */
function cropped(dense: ReturnType<typeof denseNumbers>, used: number): ReturnType<typeof denseNumbers> {
  const { points, channels, data, frames, people } = dense;
  if (points === used) return dense;
  const out = new Float64Array(frames * people * used * channels);
  for (let row = 0; row < frames * people; row++)
    out.set(data.subarray(row * points * channels, (row * points + used) * channels), row * used * channels);
  return { ...dense, points: used, data: out };
}

interface Numbers {
  readonly field: ArrayLayout;
  readonly axes: MotionAxes;
  readonly shape: readonly number[];
  readonly dtype: MotionLayer["dtype"];
  load(start: number, stop: number, options: WorkOptions): Promise<NdArray>;
}

/** An array of numbers whose axes are as the schema says; undefined for anything else. */
async function numbersOf(found: Found, options: WorkOptions): Promise<Numbers | undefined> {
  const { layout } = found.place.file;
  let { node } = found;
  const target = concrete(layout, found.field, node);
  const field = target.kind === "sparse" ? denseOf(target) : target;
  if (field.kind !== "array") return undefined;
  let whole: Promise<NdArray> | undefined;
  let kept: Promise<NdArray> | undefined;
  let full: readonly number[] | undefined;
  const stored = node.kind === "array" ? node : undefined;
  // What is encoded or listed shows its shape only when it is read.
  if (node.kind !== "array" || field.encoding) {
    const packed = node.kind === "array" && field.encoding?.every((step) => step.codec === "mask-pack");
    if (!packed || (await isPacked(found, field, options))) {
      full = packed && stored ? await unpackedShape(found, stored, options) : undefined;
      const value = full ? undefined : await readValue(found, options);
      if (value instanceof NdArray) {
        whole = Promise.resolve(value);
        node = arrayNode(value, node.path);
      } else if (!full) return undefined;
    }
  }
  const { type } = node as ArrayNode;
  const form = modernForm(field, { dtype: type.name, shape: (node as ArrayNode).shape });
  const shape = full ?? form.shape;
  const follows = found.field.follows ?? field.follows;
  const axes = motionAxes(follows ? { ...field, follows } : field, shape, found.place.dims);
  if (!axes) return undefined;
  const bytes = shape.reduce((all, size) => all * size, type.itemSize);
  const { frame } = axes;
  const stream = !whole && stored && frame === 0 && bytes > SMALL_BYTES ? RowStream.of(stored) : undefined;
  return {
    field,
    axes,
    shape,
    dtype: form.dtype === "float16" || form.dtype === "float32" ? form.dtype : "float64",
    load: async (start, stop, how) => {
      if (stream) return (await readValue({ ...found, node: await stream.node(start, stop, how) }, how)) as NdArray;
      const symbol = frame === undefined ? undefined : frameSymbol(field, frame, follows);
      if (!whole && symbol !== undefined && bytes > SMALL_BYTES)
        return (await readValue(found, how, { [symbol]: [start, stop] })) as NdArray;
      const array = await (whole ?? kept ?? (readValue(found, how) as Promise<NdArray>));
      if (frame === undefined) return array;
      // Kept from the first window to the last one of a pass, not for good: files have very many such arrays.
      kept = stop < (shape[frame] as number) ? Promise.resolve(array) : undefined;
      return array.slice(...new Array<null>(frame).fill(null), [start, stop]);
    },
  };
}

/** The shape of a large packed array once it is unpacked, by its first row; undefined for one that is read as a whole. */
async function unpackedShape(
  found: Found,
  stored: ArrayNode,
  options: WorkOptions,
): Promise<readonly number[] | undefined> {
  const bytes = stored.shape.reduce((all, size) => all * size, stored.type.itemSize);
  const stream = bytes > SMALL_BYTES ? RowStream.of(stored) : undefined;
  if (!stream) return undefined;
  const first = await readValue({ ...found, node: await stream.node(0, 1, options) }, options);
  await stream.close();
  return first instanceof NdArray ? [stored.shape[0] as number, ...first.shape.slice(1)] : undefined;
}

function frameSymbol(field: ArrayLayout, frame: number, follows: readonly string[] | undefined): string | undefined {
  const rule = field.shape[field.shape[0] === "..." ? frame - field.shape.length : frame];
  return typeof rule === "string" && rule !== "*" && rule !== "..." ? rule : follows?.[0];
}

async function isPacked({ place, node, siblings }: Found, field: ArrayLayout, options: WorkOptions): Promise<boolean> {
  for (const step of field.encoding ?? []) {
    if (step.codec !== "mask-pack" || step.when === undefined) return true;
    const when = await follow(place, [step.when], options);
    if (when && (await readValue(when, options)) === true) return true;
  }
  return node.kind !== "array" || siblings.group === undefined;
}

/** The array beside that has the confidences of these keypoints. */
async function confidenceOf(
  found: Found,
  member: MotionMember,
  level: MotionLevel,
  options: WorkOptions,
): Promise<Numbers | undefined> {
  const beside = confidenceBeside(level, member);
  const sure = beside && (await follow(found.place, beside.keys.slice(-1), options));
  return sure && numbersOf(sure, options);
}

/** The convention that schema and file say, and how many of the points belong to it. */
async function conventionAt(
  { place, siblings }: Found,
  axis: KeypointAxis | undefined,
  points: number,
  options: WorkOptions,
): Promise<{ readonly name: string; readonly keypoints: number } | undefined> {
  if (!axis) return undefined;
  const beside =
    axis.field === undefined ? undefined : await textAt(place, axis.field.replace("{key}", siblings.key), options);
  const { file } = place;
  const { root } = file;
  const rootField = file.layout.root;
  const outer =
    axis.root !== undefined && root.kind === "group" && rootField.kind === "object"
      ? await textAt(placeOf(file, rootField, root), axis.root, options)
      : undefined;
  return conventionOf(axis, { beside, root: outer }, points);
}

/** The text under a key; undefined where there is none. */
export async function textAt(place: Place, key: string, options: WorkOptions): Promise<string | undefined> {
  if (!memberField(place.object, key)) return undefined;
  const found = await follow(place, [key], options);
  const value = found && (await readValue(found, options));
  return typeof value === "string" ? value : undefined;
}

/** Points of nobody. */
export function noPoints(layer: MotionLayer, frames: number, people: number): MotionPoints {
  return {
    positions: zeros("float64", [frames, people, layer.points, layer.axes]),
    ...(layer.hasConfidence && { confidence: zeros("float64", [frames, people, layer.points]) }),
    present: zeros("bool", [frames, people]),
  };
}

/** Puts the rows of people over frames into their places among more of both. */
export function placeRows<T extends MotionPoints | MotionNumbers>(
  to: T,
  from: T,
  places: Iterable<readonly [row: number, place: number]>,
): void {
  const count = Math.max(1, to.present.size);
  const pairs = arraysOf(to, from).map(([target, source]) => ({ target, source, size: target.length / count }));
  for (const [row, place] of places)
    for (const { target, source, size } of pairs)
      target.set(source.subarray(row * size, (row + 1) * size), place * size);
}

/** The numbers of both, side by side. */
function arraysOf(
  to: MotionPoints | MotionNumbers,
  from: MotionPoints | MotionNumbers,
): readonly (readonly [Numeric, Numeric])[] {
  const pairs: [Numeric, Numeric][] = [[to.present.data, from.present.data]];
  if ("values" in to && "values" in from) pairs.push([to.values.data, from.values.data]);
  if ("positions" in to && "positions" in from) {
    pairs.push([to.positions.data, from.positions.data]);
    if (to.confidence && from.confidence) pairs.push([to.confidence.data, from.confidence.data]);
  }
  return pairs;
}

type Numeric = Float64Array | Uint8Array;
