import type { NdArray, ReadOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { astype, fromHalf, toHalf } from "@somakit/core/ndarray";
import { countOf, type KineticsClip, pathIn, type Without } from "./clip.js";
import { placeSkeletons } from "./place.js";
import type { Skeletons } from "./skeletons.js";
import type { KpStore } from "./store.js";

/** A clip as MMAction2 0.x and the first files of PYSKL have it: known by the file that holds its skeletons. */
export interface LegacyKineticsClip extends Omit<KineticsClip, "frame_dir" | "keypoint"> {
  readonly frame_dir?: string | undefined;
  /** The file of the clip's skeletons, `<id>.pkl`: nothing but the array [N, V, 3] of x, y, score. */
  readonly filename: string;
  /** (height, width) in pixels. Needed for skeletons of OpenPose, which are stored as parts of it. */
  readonly img_shape?: readonly number[] | undefined;
}

/** What the scores of parts of the body count when people are ranked. */
export interface KeypointWeights {
  readonly face: number;
  readonly torso: number;
  readonly limb: number;
}

export interface LoadKineticsPoseOptions extends ReadOptions {
  /** As for `decompressPose`. Default true. */
  readonly squeeze?: boolean | undefined;
  /** People kept of every frame. Default 100. */
  readonly maxPerson?: number | undefined;
  /** Default 1 for the face, 2 for the torso, 3 for the limbs. */
  readonly keypointWeights?: KeypointWeights | undefined;
  /** What found the skeletons: 17 keypoints of COCO in pixels, or 18 of OpenPose from 0 to 1. Default `mmpose`. */
  readonly source?: "mmpose" | "openpose" | undefined;
}

/** A clip that has its skeletons as arrays by person and frame. */
export type LoadedKineticsPose<T> = Without<
  T,
  "anno_inds" | "box_score" | "filename" | "frame_inds" | "keypoint" | "total_frames"
> & {
  /** T, the frames of the arrays. */
  readonly total_frames: number;
  /** [M, T, V, 2] x, y in pixels; 0 where there is nobody. */
  readonly keypoint: NdArray<"float16">;
  /** [M, T, V] */
  readonly keypoint_score: NdArray<"float16">;
  /** M */
  readonly num_person: number;
};

/** Keypoints of each part, in the order in which their scores are added up. */
const GROUPS: Readonly<Record<"mmpose" | "openpose", Readonly<Record<keyof KeypointWeights, readonly number[]>>>> = {
  mmpose: { face: [0, 1, 2, 3, 4], torso: [5, 6, 11, 12], limb: [7, 8, 9, 10, 13, 14, 15, 16] },
  openpose: { face: [0, 14, 15, 16, 17], torso: [1, 2, 8, 5, 11], limb: [3, 4, 6, 7, 9, 10, 12, 13] },
};
const KEYPOINTS = { mmpose: 17, openpose: 18 } as const;
const WEIGHTS: KeypointWeights = { face: 1, torso: 2, limb: 3 };

/**
 * The clip with the skeletons that the file named by its `filename` holds, by person and frame: what `LoadKineticsPose` of
 * MMAction2 0.x does, which `loadPose` and `decompressPose` took the place of. When any frame has more than `maxPerson`
 * people, those of all frames are sorted by falling score, in which parts of the body have different weights and every
 * addition is rounded to float16, as numpy does it there.
 *
 * Rejects with `FormatError` `missing` when the store has no such file, `mismatch` for another number of keypoints than the
 * source has, and as `decompressPose` and the store do.
 */
export async function loadKineticsPose<T extends LegacyKineticsClip>(
  clip: T,
  store: KpStore,
  options: LoadKineticsPoseOptions = {},
): Promise<LoadedKineticsPose<T>> {
  const { squeeze = true, maxPerson = 100, keypointWeights = WEIGHTS, source = "mmpose" } = options;
  const { filename, frame_inds, anno_inds, box_score, ...rest } = clip;
  const named = { ...clip, frame_dir: clip.frame_dir ?? filename.replace(/\.pkl$/, "") };
  const entry = await store.get({ frame_dir: named.frame_dir, raw_file: filename }, { signal: options.signal });
  if (!entry) throw new FormatError("missing", "the store has no skeletons of this clip", { path: filename });
  const { keypoint } = entry;
  if (keypoint.shape[1] !== KEYPOINTS[source]) {
    const reason = `${KEYPOINTS[source]} keypoints expected of ${source}, ${keypoint.shape[1] ?? 0} found`;
    throw new FormatError("mismatch", reason, { path: filename });
  }
  const loaded = { ...named, keypoint: source === "openpose" ? inPixels(keypoint, named) : keypoint };
  const rank = (skeletons: Skeletons, row: number): number => weighted(skeletons, row, GROUPS[source], keypointWeights);
  const { frames, people, ...pose } = placeSkeletons(loaded, { squeeze, maxPerson, rank });
  return {
    ...rest,
    total_frames: frames,
    num_person: Math.min(people, maxPerson),
    ...pose,
    // Omit says nothing about a T that is not known yet.
  } as unknown as LoadedKineticsPose<T>;
}

/** x and y times width and height, in the type of the array. */
function inPixels(keypoint: NdArray, clip: LegacyKineticsClip & KineticsClip): NdArray {
  const path = pathIn(clip, "img_shape");
  const [height, width] = clip.img_shape ?? [];
  const isHalf = keypoint.dtype === "float16";
  const size = [width, height].map((pixels) => (isHalf ? half(countOf(pixels, path)) : countOf(pixels, path)));
  const wide = astype(keypoint, keypoint.dtype === "float64" ? "float64" : "float32").copy();
  const values = wide.data as Float32Array | Float64Array;
  for (let index = 0; index < values.length; index++) {
    const factor = size[index % 3];
    if (factor === undefined) continue;
    const value = (values[index] as number) * factor;
    values[index] = isHalf ? half(value) : value;
  }
  return wide;
}

const half = (value: number): number => fromHalf(toHalf(value));

/** The sum of a skeleton's scores, each part with its weight, in float16 throughout. */
function weighted(
  { keypoints, halves }: Skeletons,
  row: number,
  groups: Readonly<Record<keyof KeypointWeights, readonly number[]>>,
  weights: KeypointWeights,
): number {
  const part = (name: keyof KeypointWeights): number => {
    let sum = 0;
    for (const keypoint of groups[name])
      sum = half(sum + fromHalf(halves[(row * keypoints + keypoint) * 3 + 2] as number));
    return half(sum * weights[name]);
  };
  return half(half(part("face") + part("torso")) + part("limb"));
}
