import type { NdArray } from "@somakit/core";

/** What a file of SkelShop is. `faces-dense` and `faces-sparse` are told by what they hold, the others by `fmt_type`. */
export type Kind =
  | "unseg"
  | "trackshots"
  | "images_multipose"
  | "reference_embeddings"
  | "faces-dense"
  | "faces-sparse"
  | "pre-embed";

/** The keypoint model that OpenPose ran with: root attribute `mode`. */
export type Mode = "BODY_25" | "BODY_25_HANDS" | "BODY_25_ALL" | "BODY_25_FACE" | "FACE" | "BODY_135";

/** `legacy`: hands without their root keypoint, as written before October 2020 and with LEGACY_SKELS set. */
export type Variant = "current" | "legacy";

/** A half-open interval of absolute frame numbers, which count from 0 over the whole video. */
export interface Interval {
  readonly startFrame: number;
  /** One past the last frame. */
  readonly endFrame: number;
}

/**
 * Keypoints of one person in one frame: x and y in pixels of the analysed video, and confidence, of shape (limbs, 3). A keypoint
 * that was not found is all zeros. `limbs` is what the file states; see {@link Skeleton} for the keypoints that have a meaning.
 */
export type PoseArray = NdArray<"float32" | "float64", readonly [limbs: number, 3]>;

/** Keypoints of one person over a run of frames, (frames, limbs, 3). */
export type TrackArray = NdArray<"float32" | "float64", readonly [frames: number, limbs: number, 3]>;

/**
 * Whether a person is in a frame. `present`: at least one keypoint is stored. `empty`: the frame lies between the person's first
 * and last one, and nothing is stored; nobody was there, or every confidence was 0. `absent`: before the first or
 * after the last frame of the person.
 */
export type Presence = "present" | "empty" | "absent";
