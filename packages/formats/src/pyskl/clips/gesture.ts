import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";

/** A clip of one hand. */
export interface GestureClip {
  readonly frame_dir?: string | undefined;
  readonly total_frames?: number | bigint | undefined;
  /** [1, T, 21, 3], or [21, 3] for a still image: x, y, score. */
  readonly keypoint: NdArray;
  /** [1, T] */
  readonly hand_score?: NdArray | undefined;
  /** [1, T] */
  readonly hand_lr?: NdArray | undefined;
}

export interface GestureClipOptions {
  /** Leave out frames in which no keypoint has a score above 0. Default true. */
  readonly squeeze?: boolean | undefined;
  /** `2D` (the default) keeps x and y, `3D` everything. */
  readonly mode?: "2D" | "3D" | undefined;
}

/**
 * The clip as upstream's `GestureDataset` loads it: a still image as one frame, frames without a hand left out, x and y
 * alone.
 *
 * Throws `FormatError` `mismatch` for other shapes, and when the members have different numbers of frames.
 */
export function gestureClip<T extends GestureClip>(clip: T, options: GestureClipOptions = {}): T {
  const { squeeze = true, mode = "2D" } = options;
  const { keypoint } = clip;
  const still = keypoint.ndim === 2;
  const whole = still ? keypoint.reshape([1, 1, ...keypoint.shape]) : keypoint;
  if (whole.ndim !== 4 || whole.shape[3] !== 3) {
    const reason = `shape (1, T, V, 3) or (V, 3) expected, (${keypoint.shape.join(", ")}) found`;
    throw new FormatError("mismatch", reason, { path: "keypoint" });
  }
  const channels = (array: NdArray): NdArray => (mode === "2D" ? array.slice(null, null, null, [0, 2]).copy() : array);
  if (!squeeze) return { ...clip, keypoint: channels(whole) };
  const frames = framesWithHand(whole);
  const cut = (key: "hand_score" | "hand_lr"): object => {
    const array = clip[key];
    return array === undefined ? {} : { [key]: takeFrames(array, frames, whole.shape[1] as number, key) };
  };
  return {
    ...clip,
    ...(clip.total_frames === undefined ? {} : { total_frames: frames.length }),
    keypoint: channels(takeFrames(whole, frames, whole.shape[1] as number, "keypoint")),
    ...cut("hand_score"),
    ...cut("hand_lr"),
  };
}

function framesWithHand(keypoint: NdArray): number[] {
  const scores = keypoint.slice(null, null, null, 2);
  return Array.from({ length: keypoint.shape[1] as number }, (_, frame) => frame).filter((frame) => {
    for (const score of scores.slice(null, frame)) if (Number(score) > 0) return true;
    return false;
  });
}

/** Rows of axis 1 in memory of their own, of any type. */
function takeFrames(array: NdArray, frames: readonly number[], total: number, path: string): NdArray {
  if (array.ndim < 2 || array.shape[1] !== total) {
    const reason = `${total} frames expected, shape (${array.shape.join(", ")}) found`;
    throw new FormatError("mismatch", reason, { path });
  }
  // Frames first, so that each is one run of bytes.
  const axes = array.shape.map((_, axis) => (axis < 2 ? 1 - axis : axis));
  const turned = array.transpose(axes).copy();
  const bytes = turned.toBytes();
  const step = total === 0 ? 0 : bytes.byteLength / total;
  const kept = new Uint8Array(step * frames.length);
  for (const [index, frame] of frames.entries())
    kept.set(bytes.subarray(frame * step, (frame + 1) * step), index * step);
  return NdArray.fromBytes(turned.type, [frames.length, ...turned.shape.slice(1)], kept)
    .transpose(axes)
    .copy();
}
