import { FormatError } from "@somakit/core/errors";
import { fromHalf, NdArray, toHalf } from "@somakit/core/ndarray";
import { countOf, type KineticsClip, pathIn, perSkeleton, type Without } from "./clip.js";

/** The box scores for which files count frames. */
export const boxThresholds = [0.5, 0.6, 0.7, 0.8, 0.9] as const;
/** Scores of boxes for which PYSKL counted the frames that have such a skeleton. */
export type BoxThreshold = (typeof boxThresholds)[number];

export interface FilterClipsOptions {
  /**
   * Keep clips of which at least this share of the frames has a skeleton with the box score wanted. Kinetics is sampled
   * every second frame, so little is left above 0.5. 0 or nothing keeps all clips, and all their skeletons.
   */
  readonly validRatio?: number | undefined;
  /** The box score that skeletons need; without a `validRatio` it has no effect, as upstream. */
  readonly boxThreshold?: BoxThreshold | undefined;
}

/** A clip whose box scores have done their work: `anno_inds` says which skeletons are left. */
export type FilteredClip<T> = Without<T, "valid" | "box_score"> & { readonly anno_inds?: NdArray | undefined };

/**
 * The clips with enough frames that show somebody well enough, in order and without `valid` and `box_score` (what
 * upstream's `PoseDataset` does when it is made).
 *
 * Box scores are compared in the type that they are stored in: in float16, 0.7 is 0.7001953125.
 *
 * Throws `TypeError` for a ratio without a threshold, `RangeError` for another threshold than files count, `FormatError`
 * `missing`, `mismatch` or `corrupt` for clips that lack what is needed or contradict themselves.
 */
export function filterClips<T extends KineticsClip>(
  clips: readonly T[],
  options: FilterClipsOptions = {},
): FilteredClip<T>[] {
  const wanted = wantedShare(options);
  if (!wanted) return clips.map(({ valid, box_score, ...rest }) => rest as unknown as FilteredClip<T>);
  return clips
    .filter((clip) => hasShare(clip, wanted))
    .map((clip) => {
      const { valid, box_score, ...rest } = clip;
      return { ...rest, anno_inds: isAbove(scoresOf(clip), wanted.threshold) } as unknown as FilteredClip<T>;
    });
}

/** The share of frames that clips need, and the box score that counts. */
export interface WantedShare {
  readonly ratio: number;
  readonly threshold: BoxThreshold;
}

/** What options ask for; undefined when they leave all clips. Throws as {@link filterClips} does. */
export function wantedShare({ validRatio = 0, boxThreshold }: FilterClipsOptions): WantedShare | undefined {
  if (boxThreshold !== undefined && !boxThresholds.includes(boxThreshold))
    throw new RangeError(`box scores are counted for ${boxThresholds.join(", ")}, not ${boxThreshold}`);
  if (!(validRatio > 0)) return undefined;
  if (boxThreshold === undefined) throw new TypeError("a validRatio needs a boxThreshold");
  return { ratio: validRatio, threshold: boxThreshold };
}

/** Whether enough frames of a clip count, by its `valid` and `total_frames`. */
export function hasShare(clip: KineticsClip, { ratio, threshold }: WantedShare): boolean {
  return validFrames(clip, threshold) / totalFrames(clip) >= ratio;
}

function validFrames(clip: KineticsClip, threshold: BoxThreshold): number {
  const path = pathIn(clip, "valid");
  if (clip.valid === undefined) throw new FormatError("missing", "frames for each box score are needed", { path });
  if (!(clip.valid instanceof Map))
    throw new FormatError("mismatch", `keys ${boxThresholds.join(", ")} expected, not text`, { path });
  if (clip.valid.has(threshold)) return countOf(clip.valid.get(threshold), path);
  const found = [...clip.valid.keys()].slice(0, 5).map((key) => JSON.stringify(key));
  throw new FormatError("mismatch", `key ${threshold} expected, found ${found.join(", ") || "none"}`, { path });
}

function totalFrames(clip: KineticsClip): number {
  const path = pathIn(clip, "total_frames");
  const total = countOf(clip.total_frames, path);
  if (total === 0) throw new FormatError("corrupt", "a video without frames", { path });
  return total;
}

function scoresOf(clip: KineticsClip): NdArray {
  const path = pathIn(clip, "box_score");
  const array = perSkeleton(clip.box_score, path);
  const count = clip.frame_inds?.shape[0];
  if (count === undefined || array.size === count) return array;
  throw new FormatError("mismatch", `${array.size} box scores for ${count} skeletons in frame_inds`, { path });
}

/** Which skeletons have the box score, compared in the type that it is stored in. */
export function isAbove(scores: NdArray, threshold: number): NdArray<"bool"> {
  const limit =
    scores.dtype === "float16"
      ? fromHalf(toHalf(threshold))
      : scores.dtype === "float32"
        ? Math.fround(threshold)
        : threshold;
  return NdArray.from<"bool">(
    "bool",
    Uint8Array.from(scores, (score) => (Number(score) >= limit ? 1 : 0)),
  );
}
