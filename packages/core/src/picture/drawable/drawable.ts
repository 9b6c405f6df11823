import type { KeypointAxis } from "../../layout/layout.js";
import type { MotionLayer } from "../../motion/motion.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { ImageMeaning } from "../display.js";
import type { PictureSize } from "../frame.js";
import type { SignedAxis } from "../view.js";

/** Numbers of frames: `first`, and those that follow it. */
export interface FrameSpan {
  readonly first: number;
  readonly count: number;
}

/** What there is to draw of one frame. */
export interface Moment {
  /** (people, keypoints or points, channels), maybe with more axes in front; an image as (lines, columns, channels). */
  readonly values: NdArray;
  /** Confidence of each keypoint, where an array of its own has it. */
  readonly confidence?: NdArray | undefined;
  /** What numbers each person of several that are stored apart; positions when left out. */
  readonly people?: readonly number[] | undefined;
}

/** A convention by name, and how many of the keypoints that are there belong to it: all but unused ones at the end. */
export interface StatedConvention {
  readonly name: string;
  readonly keypoints: number;
}

/** A value of a file of which a picture can be made, by what the schema says of it. */
export interface Drawable {
  readonly kind: "keypoints" | "points" | "image";
  /** Where it is; `[]` stands for all items of a list: `shots[].poses[].keypoints`. */
  readonly path: string;
  /** Undefined for a value without frames. */
  readonly frames?: FrameSpan | undefined;
  /** Whether its frames are counted from the beginning of something larger, such as a video of which it is a piece. */
  readonly absolute: boolean;
  /** Of keypoints and points. */
  readonly dimensions: 2 | 3;
  readonly unit?: string | undefined;
  /** Size of the image in which the keypoints are pixels, where the schema says what holds it. */
  readonly imageSize?: PictureSize | undefined;
  /** Directions of the coordinates, where the schema says them. */
  readonly up?: SignedAxis | undefined;
  readonly forward?: SignedAxis | undefined;
  /** How the numbers of an image become colours, as far as the schema says it. */
  readonly meaning?: ImageMeaning | undefined;
  /** What is known of keypoints that were found as people who move: names and conventions that they may have. */
  readonly layer?: MotionLayer | undefined;
  /** The convention of so many keypoints; undefined where nobody says one. */
  convention(keypoints: number): StatedConvention | undefined;
  /** Frames by their numbers; undefined for those in which there is nobody, and for numbers that there are not. */
  load(frames: readonly number[], options?: WorkOptions): Promise<readonly (Moment | undefined)[]>;
}

/** What the file says of its keypoints. */
export interface StatedNames {
  /** Of the sibling that the schema speaks of. */
  readonly beside?: string | undefined;
  /** Of the key of the root. */
  readonly root?: string | undefined;
}

/** The convention of so many keypoints by what schema and file say. */
export function conventionOf(axis: KeypointAxis, stated: StatedNames, keypoints: number): StatedConvention | undefined {
  const { convention, default: fallback, bySize, names = {}, counts } = axis;
  const named = convention ?? stated.beside;
  if (named !== undefined) return { name: named, keypoints };
  const known = stated.root !== undefined && Object.hasOwn(names, stated.root) ? (names[stated.root] ?? []) : [];
  const fitting = known
    .map((name) => ({ name, keypoints: counts[name] ?? keypoints }))
    .filter((one) => one.keypoints <= keypoints)
    .sort((a, b) => b.keypoints - a.keypoints);
  if (fitting[0]) return fitting[0];
  const usual = fallback === undefined ? undefined : counts[fallback];
  const fits = fallback !== undefined && (usual === undefined || usual === keypoints);
  const name = fits ? fallback : (bySize?.[String(keypoints)] ?? fallback);
  return name === undefined ? undefined : { name, keypoints };
}
