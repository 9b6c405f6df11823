import type { NdArray } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { arrayOf, type Floats, floatsOf, withScore } from "./floats.js";

export interface PreNormalize2dOptions {
  /** Scores [M, T, V], which become the third channel. */
  readonly score?: NdArray | undefined;
  /**
   * `fix` (the default) scales the image to -1..1; `auto` scales the range that the points take, if it is wider than 10
   * pixels both ways.
   */
  readonly mode?: "fix" | "auto" | undefined;
  /** Height and width of the image in pixels, for `fix`. Default [1080, 1920]. */
  readonly imageShape?: readonly [height: number, width: number] | undefined;
  /** Points with this score or less are put to 0, 0. Default 0.01. */
  readonly threshold?: number | undefined;
}

/**
 * Keypoints [M, T, V, C] in pixels scaled to about -1..1, float32 (upstream's `PreNormalize2D`). With a score, or with
 * three channels (x, y, score), the result has three channels, and x and y of points without confidence are 0.
 *
 * Throws `FormatError` `mismatch` for arrays of other than floats, fewer than 2 channels, or a score of another shape.
 */
export function preNormalize2d(keypoint: NdArray, options: PreNormalize2dOptions = {}): NdArray<"float32"> {
  const { score, mode = "fix", imageShape: [height, width] = [1080, 1920], threshold = 0.01 } = options;
  const points = asFloat32(floatsOf(keypoint, "keypoint"));
  const { shape, values } = score ? withScore(points, asFloat32(floatsOf(score, "keypoint_score"))) : points;
  const channels = shape.at(-1) ?? 0;
  if (channels < 2) throw new FormatError("mismatch", "x and y expected", { path: "keypoint" });
  const out = new Float32Array(values);
  const limit = Math.fround(threshold);
  const isSeen = (at: number): boolean => channels !== 3 || (values[at + 2] as number) > limit;
  const scales = mode === "fix" ? [imageScale(width), imageScale(height)] : rangeScales(out, channels, isSeen);
  for (const [axis, { middle, half, times }] of scales.entries()) {
    for (let at = axis; at < out.length; at += channels)
      out[at] = Math.fround(Math.fround((out[at] as number) - middle) / half) * times;
  }
  // Not "is not seen": a score that is no number puts nothing to 0.
  if (channels === 3)
    for (let at = 0; at < out.length; at += 3) if ((values[at + 2] as number) <= limit) out.fill(0, at, at + 2);
  return arrayOf("float32", shape, out) as NdArray<"float32">;
}

function asFloat32({ shape, values }: Floats): Floats {
  return { dtype: "float32", shape, values: values instanceof Float32Array ? values : new Float32Array(values) };
}

/** (x - middle) / half * times, rounded to float32 after every step. */
interface Scale {
  readonly middle: number;
  readonly half: number;
  readonly times: number;
}

function imageScale(size: number): Scale {
  const half = Math.fround(size / 2);
  return { middle: half, half, times: 1 };
}

/** Scales of x and y, or none when the points take little room. */
function rangeScales(values: Float32Array, channels: number, isSeen: (at: number) => boolean): Scale[] {
  const ranges = [0, 1].map((axis) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < values.length; at += channels) {
      if (!isSeen(at)) continue;
      // Math.min and max give NaN for NaN, as numpy's do.
      low = Math.min(low, values[at + axis] as number);
      high = Math.max(high, values[at + axis] as number);
    }
    return { low, high, extent: Math.fround(high - low) };
  });
  if (!ranges.every(({ extent }) => extent > 10)) return [];
  return ranges.map(({ low, high, extent }) => ({
    middle: Math.fround(Math.fround(high + low) / 2),
    half: extent,
    times: 2,
  }));
}
