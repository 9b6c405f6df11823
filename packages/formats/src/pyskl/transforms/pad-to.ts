import type { NdArray } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { takeFrames } from "./decode.js";
import { arrayOf, floatsOf, poseSizes } from "./floats.js";

export interface PadToOptions {
  /** `loop` (the default) repeats the frames from the first on, `zero` adds zeros. */
  readonly mode?: "loop" | "zero" | undefined;
}

/**
 * Keypoints [M, T, V, C] made `length` frames long, of the same type (upstream's `PadTo`).
 *
 * Throws `RangeError` when they are longer, `FormatError` `mismatch` for other shapes and types, or when there is no
 * frame to repeat.
 */
export function padTo(keypoint: NdArray, length: number, options: PadToOptions = {}): NdArray {
  const { dtype, shape, values } = floatsOf(keypoint, "keypoint");
  const { people, frames, keypoints, channels } = poseSizes(keypoint, [shape.at(-1) ?? 0]);
  if (!Number.isInteger(length) || length < frames)
    throw new RangeError(`${frames} frames cannot be padded to ${length}`);
  if (frames === 0 && length > 0) throw new FormatError("mismatch", "no frame to repeat", { path: "keypoint" });
  const [padded, out] = takeFrames(
    values,
    shape,
    Array.from({ length }, (_, index) => index % frames),
  );
  const step = keypoints * channels;
  if (options.mode === "zero")
    for (let person = 0; person < people; person++)
      out.fill(0, (person * length + frames) * step, (person + 1) * length * step);
  return arrayOf(dtype, padded, out);
}
