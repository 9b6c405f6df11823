import type { NdArray } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { arrayOf, floatsOf, poseSizes, room, withScore } from "./floats.js";

export interface FormatGcnInputOptions {
  /** How many people the model takes. Default 2. */
  readonly people?: number | undefined;
  /**
   * What stands in for missing people: zeros (`zero`, the default), or copies of a person who is alone (`copy`). `loop`
   * is upstream's name for the latter, which looks whether somebody is alone when it has added zeros already: it is the
   * same as `zero`.
   */
  readonly mode?: "zero" | "loop" | "copy" | undefined;
  /** How many clips of equal length the frames are. Default 1. */
  readonly clips?: number | undefined;
  /** Scores [M, T, V], which become one more channel. */
  readonly score?: NdArray | undefined;
}

/**
 * Keypoints [M, clips * T, V, C] as graph networks take them, [clips, people, T, V, C] (upstream's `FormatGCNInput`):
 * with people added or left out. Of the same type, or the wider one of keypoints and scores.
 *
 * Throws `FormatError` `mismatch` for other shapes and types, `RangeError` when the frames are not a multiple of `clips`.
 */
export function formatGcnInput(keypoint: NdArray, options: FormatGcnInputOptions = {}): NdArray {
  const { people: wanted = 2, mode = "zero", clips = 1, score } = options;
  if (!Number.isInteger(wanted) || wanted < 0) throw new RangeError(`${wanted} is no number of people`);
  const points = floatsOf(keypoint, "keypoint");
  if (points.shape.length !== 4)
    throw new FormatError("mismatch", `4 axes expected, ${points.shape.length} found`, { path: "keypoint" });
  const joined = score ? withScore(points, floatsOf(score, "keypoint_score")) : points;
  const { people, frames, keypoints, channels } = poseSizes(joined, [joined.shape[3] as number]);
  if (!Number.isInteger(clips) || clips < 1 || frames % clips !== 0)
    throw new RangeError(`${frames} frames are no ${clips} clips of equal length`);

  const length = frames / clips;
  const step = length * keypoints * channels;
  const out = room(joined.dtype, clips * wanted * step);
  const copies = mode === "copy" && people === 1;
  for (let clip = 0; clip < clips; clip++) {
    for (let person = 0; person < (copies ? wanted : Math.min(wanted, people)); person++) {
      const from = ((copies ? 0 : person) * clips + clip) * step;
      out.set(joined.values.subarray(from, from + step), (clip * wanted + person) * step);
    }
  }
  return arrayOf(joined.dtype, [clips, wanted, length, keypoints, channels], out);
}
