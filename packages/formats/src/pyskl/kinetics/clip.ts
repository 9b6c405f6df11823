import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import { NumpyScalar } from "@somakit/core/value";

/** A clip of an annotation file, as far as Kinetics is concerned. Other members are carried along unchanged. */
export interface KineticsClip {
  /** Identifier; for Kinetics the 11 characters of the video. */
  readonly frame_dir: string;
  /** Frames of the video; after decompressing, of the keypoints. */
  readonly total_frames?: number | bigint | undefined;
  /** The kpfile that holds the keypoints, as a path relative to the data set's root. */
  readonly raw_file?: string | undefined;
  /** [N] int16: frame number of each skeleton, in the order of time. */
  readonly frame_inds?: NdArray | undefined;
  /** [N] float16: detector score of each skeleton. */
  readonly box_score?: NdArray | undefined;
  /** Threshold (0.5, 0.6, 0.7, 0.8, 0.9) → frames that have a skeleton with that box score. */
  readonly valid?: ReadonlyMap<unknown, unknown> | undefined;
  /** [N] bool: which skeletons are used; all when left out. */
  readonly anno_inds?: NdArray | undefined;
  /** [N, V, 3] x, y, score of each skeleton; in the kpfile as long as the clip was not loaded. */
  readonly keypoint?: NdArray | undefined;
}

/** Where in the file a member of a clip is, for messages. */
export function pathIn(clip: { readonly frame_dir?: unknown }, key: string): string {
  return typeof clip.frame_dir === "string" ? `${clip.frame_dir}.${key}` : key;
}

/** A count that files store as an int of any kind. Throws `FormatError` `mismatch` for anything else. */
export function countOf(value: unknown, path: string): number {
  const number = Number(value instanceof NumpyScalar ? value.value : value);
  const numeric = typeof value === "number" || typeof value === "bigint" || value instanceof NumpyScalar;
  if (numeric && Number.isSafeInteger(number) && number >= 0) return number;
  throw new FormatError("mismatch", "a count expected", { path });
}

/** An array with one value for each skeleton. Throws `FormatError` `missing` or `mismatch` when it is none. */
export function perSkeleton(value: unknown, path: string): NdArray {
  if (value === undefined) throw new FormatError("missing", "needed for each skeleton", { path });
  if (value instanceof NdArray && value.ndim === 1) return value;
  throw new FormatError("mismatch", "an array with one axis expected", { path });
}

/** `T` without some members. Unlike `Omit` it keeps the others when `T` takes any further key. */
export type Without<T, Keys> = { [Key in keyof T as Key extends Keys ? never : Key]: T[Key] };
