import type { Convention } from "../../conventions/convention.js";
import type { ConventionLookup } from "../../conventions/lookup.js";
import type { OpenFile } from "../../engine/open.js";
import { sourceConvention } from "../../motion/match/source-convention.js";
import type { MotionLayer, MotionSequence, MotionWindow } from "../../motion/motion.js";
import { motionPlan } from "../../motion/plan.js";
import { openMotion } from "../../motion/read/read.js";
import { MotionError } from "../../motion/report.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import { take } from "../../ndarray/take.js";
import type { WorkOptions } from "../../source/source.js";
import type { Drawable, Moment } from "./drawable.js";

export interface MotionDrawablesOptions extends WorkOptions {
  /** Which sequence: its position or its name. Default: the first. */
  readonly item?: string | number | undefined;
}

/** The keypoints and vertices of a sequence. */
export interface MotionDrawables {
  readonly drawables: readonly Drawable[];
  /** Whether the schema marks people who move. */
  readonly possible: boolean;
  /** The sequence that was taken out of several. */
  readonly items: readonly string[];
}

/**
 * What can be drawn of people who move, for files in which nothing but the marks of the schema tells keypoints: lists of numbers,
 * and people that say which frame they are of. Throws `RangeError` for a sequence that there is not.
 */
export async function motionDrawables(
  file: OpenFile,
  { item, ...options }: MotionDrawablesOptions,
): Promise<MotionDrawables> {
  if (!motionPlan(file.layout)) return { drawables: [], possible: false, items: [] };
  let taken: { readonly sequence: MotionSequence; readonly position: number } | undefined;
  let count = 0;
  for await (const sequence of openMotion(file).sequences(options)) {
    const isWanted = item === undefined || sequence.info.name === item || String(count) === String(item);
    if (isWanted) taken ??= { sequence, position: count };
    count++;
    if (taken && count > 1) break;
  }
  if (!taken && item !== undefined)
    throw new RangeError(`there is no sequence ${JSON.stringify(item)} in the file, which has ${count}`);
  if (!taken) return { drawables: [], possible: true, items: [] };
  const { sequence, position } = taken;
  const drawables: Drawable[] = [];
  for (const layer of sequence.layers) drawables.push(await drawableOf(sequence, layer, options));
  const items = count > 1 ? [`sequence ${sequence.info.name ?? position}`] : [];
  return { drawables, possible: true, items };
}

async function drawableOf(sequence: MotionSequence, layer: MotionLayer, options: WorkOptions): Promise<Drawable> {
  const { key, what, axes, unit, up, forward, space } = layer;
  const { firstFrame: first = 0, imageSize } = sequence.info;
  const [height, width] = imageSize ?? [];
  const count = sequence.frames ?? (await framesOf(sequence, options));
  return {
    kind: what === "vertices" ? "points" : "keypoints",
    path: key,
    absolute: false,
    dimensions: axes,
    frames: { first, count },
    unit,
    up,
    forward,
    ...(space === "image" && width && height && { imageSize: { width, height } }),
    layer,
    convention: () => undefined,
    load: async (frames, how = {}) => {
      const moments: (Moment | undefined)[] = [];
      for (const frame of frames) moments.push(await momentOf(sequence, key, frame - first, how));
      return moments;
    },
  };
}

/** The number of frames of a sequence that does not know it. */
async function framesOf({ windows }: MotionSequence, options: WorkOptions): Promise<number> {
  let frames = 0;
  for await (const window of windows({ ...options, only: new Set() })) frames += window.frames;
  return frames;
}

/** Everybody in the frame at a position; undefined where nobody is there. */
async function momentOf(
  { windows, ids }: MotionSequence,
  key: string,
  at: number,
  options: WorkOptions,
): Promise<Moment | undefined> {
  if (at < 0) return undefined;
  const only = new Set([key]);
  for await (const window of windows({ ...options, only, frames: 1, range: [at, at + 1] }))
    return peopleIn(window, key, ids);
  return undefined;
}

function peopleIn({ layers, people }: MotionWindow, key: string, ids: MotionSequence["ids"]): Moment | undefined {
  const points = layers.get(key);
  const there = Array.from({ length: people }, (_, place) => place).filter((place) => points?.present.get(0, place));
  if (!points || there.length === 0) return undefined;
  const of = (array: NdArray<"float64">): NdArray => take(array.slice(0), there) as unknown as NdArray;
  return {
    values: of(points.positions),
    ...(points.confidence && { confidence: of(points.confidence) }),
    people: there.map((place) => ids?.[place] ?? place),
  };
}

/** The convention of a layer, its keypoints in the order of the file; undefined where nothing tells, or none has lines for them. */
export async function layerConvention(layer: MotionLayer, find: ConventionLookup): Promise<Convention | undefined> {
  try {
    const { convention, isKnown } = await sourceConvention(layer, { conventions: find });
    return isKnown ? convention : undefined;
  } catch (error) {
    if (error instanceof MotionError) return undefined;
    throw error;
  }
}
