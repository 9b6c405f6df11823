import { encodeHalves, NdArray } from "@somakit/core/ndarray";
import { chooseBodies } from "./choose.js";
import { parseClipName } from "./clip-name.js";
import { type Placed, placeBodies } from "./place.js";
import { JOINTS } from "./scanner.js";
import type { BodyTrack } from "./tracks.js";

/** One clip of `ntu60_3danno.pkl` or `ntu120_3danno.pkl`, with its keys in the order in which they are stored. */
export interface NtuAnnotation<D extends "float16" | "float32" = "float16"> {
  /** The name of the clip: `S001C002P003R002A013`. */
  frame_dir: string;
  /** Action number - 1. */
  label: number;
  /** Persons, frames, joints; metres in the camera's frame. Zeros where a person is not seen. */
  keypoint: NdArray<D, readonly [number, number, 25, 3]>;
  total_frames: number;
}

export interface NtuAnnotationOptions<D extends "float16" | "float32" = "float16"> {
  /** `float32` leaves out the last rounding. Default `float16`, as upstream stores it. */
  readonly dtype?: D | undefined;
}

/**
 * What PYSKL's `ntu_preproc` makes of the bodies of a clip, to the last bit (with NumPy 1): the bodies that are people,
 * on one place or two, without frames in which nobody is at the ends. Undefined for a clip without bodies.
 *
 * Throws `RangeError` when `name` is no name of a clip; `FormatError` `missing` when nobody is left of several bodies,
 * or all positions are zero.
 */
export function ntuAnnotation<D extends "float16" | "float32" = "float16">(
  name: string,
  bodies: readonly BodyTrack[],
  options: NtuAnnotationOptions<D> = {},
): NtuAnnotation<D> | undefined {
  const placed = placedClip(bodies);
  return placed && annotationOf(name, arrayOf(placed, (options.dtype ?? "float16") as D));
}

/** Undefined when there is nobody to be placed. */
export function placedClip(bodies: readonly BodyTrack[]): Placed | undefined {
  return bodies.length === 0 ? undefined : placeBodies(chooseBodies(bodies));
}

export function annotationOf<D extends "float16" | "float32">(
  name: string,
  keypoint: NtuAnnotation<D>["keypoint"],
): NtuAnnotation<D> {
  return { frame_dir: name, label: labelOf(name), keypoint, total_frames: keypoint.shape[1] };
}

/** The label of a clip. Throws `RangeError` when `name` is no name of one. */
export function labelOf(name: string): number {
  const clip = parseClipName(name);
  if (!clip) throw new RangeError(`${JSON.stringify(name)} is no name of a clip, such as S001C002P003R002A013`);
  return clip.action - 1;
}

function arrayOf<D extends "float16" | "float32">(placed: Placed, dtype: D): NtuAnnotation<D>["keypoint"] {
  const { poses, persons, frames } = placed;
  const shape = [persons, frames, JOINTS, 3] as const;
  const array =
    dtype === "float32"
      ? NdArray.from("float32", poses.slice(), shape)
      : NdArray.from("float16", encodeHalves(poses), shape);
  return array as unknown as NtuAnnotation<D>["keypoint"];
}
