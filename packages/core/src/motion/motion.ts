import type { CameraPart, MotionChannel, SignedAxis } from "../layout/layout.js";
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
  /** Conventions of which it has one that its number of keypoints, or their names, tell; where `convention` says nothing. */
  readonly conventions?: readonly string[] | undefined;
  /** Names of the keypoints, where the file lists them. */
  readonly names?: readonly string[] | undefined;
  /** How the names of conventions are spelled among `names`, by convention. */
  readonly spelled?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
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

/** What a file has of each person beside points: boxes, parameters of a body model, numbers that say something of all of it. */
export interface MotionQuantity {
  /** Where the file has it. */
  readonly key: string;
  /** An `extent-area` is what somebody takes of the image, in pixels; a `score` says how sure a detector is of somebody. */
  readonly what: "box" | "parameters" | "extent-area" | "score";
  /** Of parameters their name in the model, such as `betas`; of all others what they are of, `person` for all of somebody. */
  readonly which: string;
  /** Of parameters: the body model, such as `smplx`. */
  readonly model?: string | undefined;
  /** Of boxes: what the numbers are, in order. */
  readonly channels?: readonly MotionChannel[] | undefined;
  readonly unit: string | undefined;
  /** Shape of what one person has in one frame. */
  readonly shape: readonly number[];
  readonly dtype: MotionLayer["dtype"];
}

/** One quantity over the frames of a window. Who is not there has zeros. */
export interface MotionNumbers {
  /** (F, P, …), with the shape of the quantity behind frames and people. */
  readonly values: NdArray<"float64">;
  /** (F, P): who is there. */
  readonly present: NdArray<"bool">;
}

/** What is known of the camera that saw a frame. */
export interface MotionCamera {
  /** As the file has it: numbers, rows of numbers or rows of rows. {@link cameraPart} makes one of the others. */
  readonly parts: CameraValues;
  /** Unit of positions and translations; undefined where nobody says. */
  readonly lengths: string | undefined;
  /** In which floats the file has it. */
  readonly dtype: "float32" | "float64";
}

/** What a file says of a camera: a number, a switch, a vector or a matrix by rows. */
export type CameraValue = number | boolean | readonly number[] | readonly (readonly number[])[];
/** What a file says of a camera, by its parts. */
export type CameraValues = Readonly<Partial<Record<CameraPart, CameraValue>>>;

/** A number or a text that no two images of a data set share. */
export type ImageId = number | string;

/** Some frames of a sequence, one after the other. */
export interface MotionWindow {
  /** Position of the first one in the sequence. */
  readonly start: number;
  readonly frames: number;
  readonly people: number;
  /** By the keys of the layers. */
  readonly layers: ReadonlyMap<string, MotionPoints>;
  /** By the keys of the quantities. */
  readonly quantities?: ReadonlyMap<string, MotionNumbers> | undefined;
  /** Path of each frame's image, where the file has them. */
  readonly imagePaths?: readonly (string | undefined)[] | undefined;
  /** By what the file knows each frame's image, where it does. */
  readonly imageIds?: readonly (ImageId | undefined)[] | undefined;
  /** Height and width of each frame's image in pixels, where the file has them and they differ. */
  readonly imageSizes?: readonly (readonly [height: number, width: number] | undefined)[] | undefined;
  /** The camera of each frame, the same object as long as nothing changes; where the file has them. */
  readonly cameras?: readonly (MotionCamera | undefined)[] | undefined;
}

export interface MotionWindowOptions extends WorkOptions {
  /** Frames in a window. Default: as many as make about 8 MiB, 4096 at most. */
  readonly frames?: number | undefined;
  /** Keys of the layers and quantities that are wanted. Default: all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Positions in the sequence of the frames that are wanted; others are not read where the file allows that. Default: all. */
  readonly range?: readonly [start: number, stop: number] | undefined;
}

/** People that move together through one run of frames. */
export interface MotionSequence {
  readonly info: MotionInfo;
  readonly layers: readonly MotionLayer[];
  readonly quantities?: readonly MotionQuantity[] | undefined;
  /** Values that are marked but do not fit the frames and people of the others, in words. */
  readonly dropped?: readonly string[] | undefined;
  /** Numbers by which the file knows each person; undefined where the place in the window is all there is. */
  readonly ids: readonly number[] | undefined;
  /** Whether a place is the same person in all frames although nobody has a number. */
  readonly tracked?: boolean | undefined;
  /** How many frames it has; undefined where only going through them tells. */
  readonly frames?: number | undefined;
  /**
   * All frames in order, as often as asked for. No more than a window of them is in memory, but for arrays of less than 64 MiB,
   * and for 128 MiB of windows of a file whose people have to be looked for one by one, which are kept for the next pass.
   */
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
  /** How many sequences have their points in other files that nobody opened, and the first of these files. */
  readonly elsewhere?: { readonly sequences: number; readonly path: string } | undefined;
  /** Names of all parts of the data set in the order of the file, once sequences were gone through. */
  readonly splits?: readonly string[] | undefined;
}

/** More frames, or places for people in them, than anybody is asked to hold a byte for. */
export const MOST_FRAMES: number = 2 ** 24;
export const MOST_PLACES: number = 2 ** 27;
