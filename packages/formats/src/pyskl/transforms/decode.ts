import type { NdArray } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { arrayOf, type FloatData, floatsOf } from "./floats.js";

export interface PoseDecodeOptions {
  /** Which frames to take, in what order; repeats are allowed, negative ones count from the end. Default: all. */
  readonly frames?: ArrayLike<number> | undefined;
  /** Added to every one of `frames`. Default 0. */
  readonly offset?: number | undefined;
}

/**
 * Frames of keypoints [M, T, V, C] or scores [M, T, V] as float32 (upstream's `PoseDecode`). Call it for both.
 *
 * Throws `FormatError` `mismatch` for an array without a frame axis or of other than floats, `RangeError` for a frame
 * that is not there.
 */
export function poseDecode(array: NdArray, options: PoseDecodeOptions = {}): NdArray<"float32"> {
  const { offset = 0 } = options;
  if (array.ndim < 2) throw new FormatError("mismatch", `a frame axis expected, ${array.ndim} axes found`);
  const floats = floatsOf(array, "");
  const frames = Array.from(options.frames ?? { length: array.shape[1] as number }, (frame, index) =>
    typeof frame === "number" ? frame + offset : index + offset,
  );
  return arrayOf("float32", ...takeFrames(floats.values, floats.shape, frames)) as NdArray<"float32">;
}

/** `frames` along axis 1 of packed values, in memory of their own. Throws `RangeError` for a frame that is not there. */
export function takeFrames(
  values: FloatData,
  shape: readonly number[],
  frames: readonly number[],
): [shape: number[], values: FloatData] {
  const [people = 0, size = 0, ...rest] = shape;
  const step = rest.reduce((product, axis) => product * axis, 1);
  const places = frames.map((frame) => (frame < 0 ? frame + size : frame));
  const wrong = places.findIndex((place) => !(Number.isInteger(place) && place >= 0 && place < size));
  if (wrong >= 0) throw new RangeError(`frame ${frames[wrong]} is outside ${size} frames`);
  const out = new (values.constructor as Float32ArrayConstructor)(people * frames.length * step);
  for (let person = 0, to = 0; person < people; person++) {
    for (const place of places) {
      const from = (person * size + place) * step;
      out.set(values.subarray(from, from + step), to);
      to += step;
    }
  }
  return [[people, frames.length, ...rest], out];
}
