import type { NdArray, TypedArray } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { toHalf } from "@somakit/core/ndarray";
import { type KineticsClip, pathIn, perSkeleton } from "./clip.js";

/** The skeletons of a clip that are used. */
export interface Skeletons {
  /** Frame number of each, in the order of the file. */
  readonly frames: readonly number[];
  /** Row of each in `halves`. */
  readonly rows: readonly number[];
  /** [N, V, 3] x, y, score as bits of float16, of all skeletons. */
  readonly halves: Uint16Array;
  /** V */
  readonly keypoints: number;
}

/** Throws `FormatError` `missing` or `mismatch` when `frame_inds`, `keypoint` and `anno_inds` are not what they should be. */
export function skeletonsOf(clip: KineticsClip): Skeletons {
  const numbers = perSkeleton(clip.frame_inds, pathIn(clip, "frame_inds"));
  if (!/^u?int/.test(numbers.dtype))
    throw new FormatError("mismatch", `integers expected, ${numbers.dtype} found`, {
      path: pathIn(clip, "frame_inds"),
    });
  const path = pathIn(clip, "keypoint");
  const { keypoint } = clip;
  if (keypoint === undefined)
    throw new FormatError("missing", "the keypoints have to be loaded from the kpfile first", { path });
  const [count, keypoints, channels] = keypoint.shape;
  if (keypoint.ndim !== 3 || channels !== 3)
    throw new FormatError("mismatch", `shape (N, V, 3) expected, (${keypoint.shape.join(", ")}) found`, { path });
  if (count !== numbers.size) {
    const reason = `frame_inds has ${numbers.size} entries, keypoint has ${count} skeletons`;
    throw new FormatError("mismatch", reason, { path });
  }
  const all = Array.from(numbers, Number);
  const rows = chosenRows(clip, all.length);
  return {
    frames: rows.map((row) => all[row] as number),
    rows,
    halves: halvesOf(keypoint, path),
    keypoints: keypoints as number,
  };
}

function chosenRows(clip: KineticsClip, count: number): readonly number[] {
  const rows = Array.from({ length: count }, (_, row) => row);
  if (clip.anno_inds === undefined) return rows;
  const path = pathIn(clip, "anno_inds");
  const mask = perSkeleton(clip.anno_inds, path);
  if (mask.dtype !== "bool" || mask.size !== count) {
    const reason = `bool (${count},) expected, ${mask.dtype} (${mask.size},) found`;
    throw new FormatError("mismatch", reason, { path });
  }
  const used = [...mask];
  return rows.filter((row) => used[row] === true);
}

function halvesOf(keypoint: NdArray, path: string): Uint16Array {
  const packed = keypoint.contiguous();
  if (!/^float/.test(packed.dtype))
    throw new FormatError("mismatch", `float array expected, ${packed.dtype} found`, { path });
  const own = (packed.data as TypedArray).subarray(packed.offset, packed.offset + packed.size);
  return own instanceof Uint16Array ? own : Uint16Array.from(own as Float32Array, toHalf);
}
