import { dereference } from "../../engine/resolve.js";
import { axesOfObject } from "../../engine/select/axes.js";
import type { Pick } from "../../engine/select/pick.js";
import { type Ranges, readRanges } from "../../engine/select/ranges.js";
import type { AlignedAxis } from "../../engine/shape.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { FrameSpan } from "./drawable.js";
import { axisWithRole, type DrawablePlace } from "./place.js";
import { siblingNumbers, siblingValue } from "./sibling.js";

/** How an array holds frames. */
export interface FrameAxis {
  readonly span: FrameSpan;
  /** Whether frames are counted from the beginning of something larger than the array. */
  readonly absolute: boolean;
  /** The axis that lies along frames, and its symbol. */
  readonly axis: number;
  readonly symbol: string;
  /** The rows of some frames, and how many of them each frame has; without the latter, one each. */
  rows(frames: readonly number[]): { readonly pick: Pick; readonly counts?: readonly number[] };
}

/**
 * The frames of an array, if it has some: an axis whose symbol is that of frames; rows that `ranges` gives to each frame; rows
 * whose frames a sibling lists.
 */
export async function frameAxisOf(
  place: DrawablePlace,
  axes: readonly AlignedAxis[],
  options: WorkOptions,
): Promise<FrameAxis | undefined> {
  const axis = axisWithRole(axes, place, "frame");
  if (axis !== undefined) return directAxis(place, axes[axis] as AlignedAxis, options);
  return (await rangedAxis(place, axes, options)) ?? (await listedAxis(place, axes, options));
}

async function directAxis(place: DrawablePlace, found: AlignedAxis, options: WorkOptions): Promise<FrameAxis> {
  const symbol = found.rule as string;
  const equals = place.dims.get(symbol)?.equals;
  const start = typeof equals === "object" ? (await siblingNumbers(place, equals.minus[1], options))?.[0] : undefined;
  const first = start ?? 0;
  return {
    span: { first, count: found.actual },
    absolute: start !== undefined,
    axis: found.axis,
    symbol,
    rows: (frames) => ({ pick: indices(frames.map((frame) => frame - first)) }),
  };
}

/** Persons of all images end to end, and where each image's begin and end. */
async function rangedAxis(
  place: DrawablePlace,
  axes: readonly AlignedAxis[],
  options: WorkOptions,
): Promise<FrameAxis | undefined> {
  const { object, file, scope } = place;
  for (const field of object ? axesOfObject(file.layout, object).ranges : []) {
    const axis = axes.find(({ rule }) => typeof rule === "string" && scope?.canonical(rule) === field.over);
    if (!axis || place.dims.get(field.of)?.role !== "frame") continue;
    const value = await siblingValue(place, field.key, options);
    if (value === undefined) continue;
    const ranges = readRanges(field, value, axis.actual);
    return {
      span: { first: 0, count: ranges.starts.length },
      absolute: false,
      axis: axis.axis,
      symbol: axis.rule as string,
      rows: (frames) => rowsOfRanges(ranges, frames),
    };
  }
  return undefined;
}

function rowsOfRanges({ starts, stops }: Ranges, frames: readonly number[]): ReturnType<FrameAxis["rows"]> {
  const counts = frames.map((frame) => (stops[frame] ?? 0) - (starts[frame] ?? 0));
  const rows = frames.flatMap((frame, at) =>
    Array.from({ length: counts[at] as number }, (_, row) => (starts[frame] as number) + row),
  );
  return { pick: indices(rows), counts };
}

/** Rows in the order of their frames, which an array of the same length lists. */
async function listedAxis(
  place: DrawablePlace,
  axes: readonly AlignedAxis[],
  options: WorkOptions,
): Promise<FrameAxis | undefined> {
  const [first] = axes;
  if (!first || typeof first.rule !== "string" || !place.dims.has(first.rule)) return undefined;
  for (const [key, member] of Object.entries(place.object?.properties ?? {})) {
    const field = dereference(place.file.layout, member);
    if (field.kind !== "array" || field.unit !== "frame" || field.shape.length !== 1) continue;
    if (field.shape[0] !== first.rule) continue;
    const value = await siblingValue(place, key, options);
    const numbers = value === undefined ? [] : [...(value as NdArray)].map(Number);
    if (numbers.length !== first.actual || numbers.length === 0) continue;
    const [least, greatest] = [Math.min, Math.max].map((of) => numbers.reduce((a, b) => of(a, b))) as [number, number];
    return {
      span: { first: least, count: greatest - least + 1 },
      absolute: false,
      axis: 0,
      symbol: first.rule,
      rows: (frames) => rowsOfFrames(numbers, frames),
    };
  }
  return undefined;
}

function rowsOfFrames(numbers: readonly number[], frames: readonly number[]): ReturnType<FrameAxis["rows"]> {
  const byFrame = new Map<number, number[]>(frames.map((frame) => [frame, []]));
  for (const [row, frame] of numbers.entries()) byFrame.get(frame)?.push(row);
  const rows = frames.map((frame) => byFrame.get(frame) ?? []);
  return { pick: indices(rows.flat()), counts: rows.map(({ length }) => length) };
}

function indices(rows: readonly number[]): Pick {
  return { kind: "indices", indices: rows, length: rows.length };
}
