import type { SignedAxis } from "../layout/layout.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";

/** What is known of one sequence: a clip, a shot, a recording. What is not known is absent. */
export interface MotionInfo {
  readonly name?: string | undefined;
  /** Names of the parts of the data set that it belongs to. */
  readonly splits?: readonly string[] | undefined;
  /** Index of what is done in it, or several. */
  readonly label?: number | readonly number[] | undefined;
  readonly fps?: number | undefined;
  /** Height and width in pixels. */
  readonly imageSize?: readonly [height: number, width: number] | undefined;
  /** Its number among the sequences of the file. */
  readonly number?: number | undefined;
  /** Number of its first frame in what it was taken from. */
  readonly firstFrame?: number | undefined;
}

/** Keypoints or vertices of a sequence. */
export interface MotionLayer {
  /** Where the file has them; no two layers of a sequence have the same. */
  readonly key: string;
  readonly what: "keypoints" | "vertices";
  readonly axes: 2 | 3;
  readonly space: "image" | "camera" | "world" | "unknown";
  /** Unit of the positions; undefined where nobody says. */
  readonly unit: string | undefined;
  /** Directions of the coordinates, where the schema says them. */
  readonly up?: SignedAxis | undefined;
  readonly forward?: SignedAxis | undefined;
  /** Name of the convention; undefined where nobody says. */
  readonly convention?: string | undefined;
  /** Keypoints or vertices of one person. */
  readonly points: number;
  /** In which floats the file has them. */
  readonly dtype: "float16" | "float32" | "float64";
  readonly hasConfidence: boolean;
}

/** One layer over the frames of a window; F frames, P people, K points. Who is not there has zeros. */
export interface MotionPoints {
  /** (F, P, K, 2 or 3) */
  readonly positions: NdArray<"float64">;
  /** (F, P, K); absent where the file has none. */
  readonly confidence?: NdArray<"float64"> | undefined;
  /** (F, P): who is there. */
  readonly present: NdArray<"bool">;
}

/** Some frames of a sequence, one after the other. */
export interface MotionWindow {
  /** Position of the first one in the sequence. */
  readonly start: number;
  readonly frames: number;
  readonly people: number;
  /** By the keys of the layers. */
  readonly layers: ReadonlyMap<string, MotionPoints>;
  /** Path of each frame's image, where the file has them. */
  readonly imagePaths?: readonly (string | undefined)[] | undefined;
}

export interface MotionWindowOptions extends WorkOptions {
  /** Frames in a window. Default: as many as make about 8 MiB, 4096 at most. */
  readonly frames?: number | undefined;
}

/** People that move together through one run of frames. */
export interface MotionSequence {
  readonly info: MotionInfo;
  readonly layers: readonly MotionLayer[];
  /** Numbers by which the file knows each person; undefined where the place in the window is all there is. */
  readonly ids: readonly number[] | undefined;
  /** All frames in order, as often as asked for. No more than a window of them is in memory, but for arrays of less than 64 MiB. */
  windows(options?: MotionWindowOptions): AsyncIterable<MotionWindow>;
}

/** A value that is no part of the motion: a path with `[]` for items, and how many there are. */
export type UnusedValues = ReadonlyMap<string, number>;

/** People that move, whatever holds them. */
export interface MotionSource {
  /** All sequences in order, as often as asked for. */
  sequences(options?: WorkOptions): AsyncIterable<MotionSequence>;
  /** What the sequences that were gone through hold beside. */
  readonly unused: UnusedValues;
  /** Names of all parts of the data set in the order of the file, once sequences were gone through. */
  readonly splits?: readonly string[] | undefined;
}

/** More frames, or places for people in them, than anybody is asked to hold a byte for. */
export const MOST_FRAMES: number = 2 ** 24;
export const MOST_PLACES: number = 2 ** 27;
