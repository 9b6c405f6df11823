import { alignAxes } from "../engine/shape.js";
import { FormatError } from "../errors.js";
import type { ArrayLayout, Dim, MotionChannel, MotionMark } from "../layout/layout.js";
import { astype } from "../ndarray/astype.js";
import type { DataOf } from "../ndarray/elements.js";
import { NdArray } from "../ndarray/ndarray.js";

/** What each axis of an array counts; axes of people may be several. */
export interface MotionAxes {
  readonly frame: number | undefined;
  readonly people: readonly number[];
  readonly point: number;
  /** Undefined for confidences, which are one number a point. */
  readonly channel: number | undefined;
}

/**
 * The axes of an array of this shape, by the roles of the symbols that the schema has for them. What has no role counts channels
 * when it is the last axis of positions, points when it is behind the others, frames when it is the first and the array follows
 * them, and people otherwise. Undefined for a shape that the schema has not.
 */
export function motionAxes(
  field: ArrayLayout,
  shape: readonly number[],
  dims: Readonly<Record<string, Dim>>,
): MotionAxes | undefined {
  const axes = alignAxes(field.shape, shape);
  if (!axes) return undefined;
  const isOf = field.motion?.part === "confidence";
  const channel = isOf ? undefined : axes.length - 1;
  const rest = axes.filter(({ axis }) => axis !== channel);
  const roles = rest.map(({ axis, rule }) => ({ axis, role: roleOf(rule, dims) }));
  const stated = field.keypoints && (field.keypoints.axis + shape.length) % shape.length;
  const point =
    roles.find(({ axis, role }) => axis === stated || role === "keypoint" || role === "vertex")?.axis ??
    roles.at(-1)?.axis;
  if (point === undefined) return undefined;
  const follows = field.follows !== undefined && shape.length > 2 ? 0 : undefined;
  const frame = roles.find(({ role }) => role === "frame")?.axis ?? (follows === point ? undefined : follows);
  const people = roles.flatMap(({ axis }) => (axis === point || axis === frame ? [] : [axis]));
  return { frame, people, point, channel };
}

function roleOf(rule: string | number, dims: Readonly<Record<string, Dim>>): Dim["role"] {
  return typeof rule === "string" && Object.hasOwn(dims, rule) ? dims[rule]?.role : undefined;
}

/** Numbers of some frames: as (F, P, K, channels), or (F, P, K) for confidences. */
export interface DenseNumbers {
  readonly frames: number;
  readonly people: number;
  readonly points: number;
  readonly channels: number;
  readonly data: Float64Array;
}

/** The numbers of an array, frames first, then people, points and channels. Throws `FormatError` for what are no numbers. */
export function denseNumbers(array: NdArray, axes: MotionAxes): DenseNumbers {
  const size = (axis: number | undefined): number => (axis === undefined ? 1 : (array.shape[axis] as number));
  const people = axes.people.reduce((all, axis) => all * size(axis), 1);
  const order = [axes.frame, ...axes.people, axes.point, axes.channel].filter((axis) => axis !== undefined);
  const ordered = floats(array).transpose(order).contiguous();
  const data = (ordered.data as DataOf["float64"]).subarray(ordered.offset, ordered.offset + ordered.size);
  return { frames: size(axes.frame), people, points: size(axes.point), channels: size(axes.channel), data };
}

/** The numbers of an array as float64. Throws `FormatError` for what are no numbers. */
export function floats(array: NdArray): NdArray {
  try {
    return astype(array, "float64") as unknown as NdArray;
  } catch (error) {
    throw new FormatError("mismatch", `numbers expected, ${array.dtype} found`, { cause: error });
  }
}

/** Where the coordinates and the confidence, or the visibility, are among the channels. */
export function channelsOf({ channels = [] }: MotionMark): {
  readonly coordinates: readonly number[];
  readonly confidence: number | undefined;
} {
  const at = channels.findIndex(isSureness);
  const coordinates = channels.flatMap((channel, index) => (isSureness(channel) ? [] : [index]));
  return { coordinates, confidence: at < 0 ? undefined : at };
}

function isSureness(channel: MotionChannel): boolean {
  return channel === "confidence" || channel === "visibility";
}

/** The confidence that a stored number stands for. A visibility that is none of 0, 1 and 2 is taken for a confidence, up to 1. */
export function confidenceOf({ channels = [] }: MotionMark, stored: number): number {
  if (!channels.includes("visibility")) return stored;
  return Number.isInteger(stored) ? stored / 2 : Math.min(1, stored);
}

/** The number that is stored for a confidence: as it is, or as visibility. */
export function storedConfidence({ channels = [] }: MotionMark, confidence: number): number {
  if (!channels.includes("visibility")) return confidence;
  return confidence > 0.5 ? 2 : confidence > 0 ? 1 : 0;
}

/** Some channels of every point, packed. */
export function pickChannels({ data, channels }: DenseNumbers, picked: readonly number[]): Float64Array {
  const count = channels === 0 ? 0 : data.length / channels;
  const out = new Float64Array(count * picked.length);
  for (let at = 0, to = 0; at < count; at++)
    for (const channel of picked) out[to++] = data[at * channels + channel] as number;
  return out;
}

/** For each run of `size` numbers whether one of them is not 0. */
export function anyNonZero(data: Float64Array, size: number, count: number): Uint8Array {
  const found = new Uint8Array(count);
  for (let run = 0; run < count; run++) {
    for (let at = run * size; at < (run + 1) * size; at++) {
      if (data[at] === 0) continue;
      found[run] = 1;
      break;
    }
  }
  return found;
}

export function float64Array(data: Float64Array, shape: readonly number[]): NdArray<"float64"> {
  return NdArray.from("float64", data, shape) as NdArray<"float64">;
}
