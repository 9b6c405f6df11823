import type { NdArray } from "@somakit/core";
import type { KineticsClip, Without } from "./clip.js";
import { placeSkeletons } from "./place.js";
import { halfSum } from "./ranking.js";
import type { Skeletons } from "./skeletons.js";

export interface DecompressPoseOptions {
  /**
   * Leave out frames that show nobody (default true). Otherwise frame numbers are used as they are, from 0; those of the
   * published files count from 1, so that the last one may be outside.
   */
  readonly squeeze?: boolean | undefined;
  /** People kept of every frame, those with the highest sum of scores. Default 10. */
  readonly maxPerson?: number | undefined;
}

/** A clip that has its skeletons as arrays by person and frame. */
export type DecompressedClip<T> = Without<T, "frame_inds" | "keypoint" | "total_frames"> & {
  /** T, the frames of the arrays. */
  readonly total_frames: number;
  /** [M, T, V, 2] x, y; 0 where there is nobody. Rows are no tracks: a person may be in another row a frame later. */
  readonly keypoint: NdArray<"float16">;
  /** [M, T, V] */
  readonly keypoint_score: NdArray<"float16">;
  /** M, only when people were left out. */
  readonly num_person?: number;
};

/**
 * Turns the skeletons of a clip, one row each, into arrays by person and frame (upstream's `DecompressPose`). Needs
 * `total_frames`, `frame_inds` and `keypoint`; `anno_inds` chooses skeletons. Other members stay as they are.
 *
 * When any frame has more than `maxPerson` people, those of all frames are sorted by falling sum of scores, as numpy sums
 * float16; equal sums keep their order, those that are no number come last.
 *
 * Throws `FormatError` `missing` or `mismatch` when members are missing, of another type, or of different lengths,
 * `corrupt` when frame numbers fall or lie outside the clip, or when no skeleton is left, `limit` beyond 2 GiB.
 */
export function decompressPose<T extends KineticsClip>(
  clip: T,
  options: DecompressPoseOptions = {},
): DecompressedClip<T> {
  const { squeeze = true, maxPerson = 10 } = options;
  const { frames, people, ...pose } = placeSkeletons(clip, { squeeze, maxPerson, rank: sumOfScores });
  const { frame_inds, ...rest } = clip;
  return {
    ...rest,
    total_frames: frames,
    ...(people > maxPerson ? { num_person: maxPerson } : {}),
    ...pose,
    // Omit says nothing about a T that is not known yet.
  } as unknown as DecompressedClip<T>;
}

function sumOfScores({ keypoints, halves }: Skeletons, row: number): number {
  return halfSum(keypoints, (keypoint) => halves[(row * keypoints + keypoint) * 3 + 2] as number);
}
