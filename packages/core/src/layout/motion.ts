import type { JsonValue } from "./records.js";

/** What a value is to whoever asks for people that move, whatever the data set. */
export interface MotionMark {
  readonly part: MotionPart;
  /**
   * The key beside that has the keypoints or vertices: whose confidence it is, which of them a `labelled` or a `keypoint-count` is
   * told by, what a box is around where nobody states one.
   */
  readonly of?: string;
  /** What the numbers along the last axis are; of a list of numbers, those of each keypoint in turn. */
  readonly channels?: readonly MotionChannel[];
  /** Of a list of numbers: the key beside whose keypoints these ones follow; both are one layer. */
  readonly after?: string;
  /** Of a list after another: how many points it has, in the conventions that have them; of a set how many it must have. */
  readonly points?: number;
  /** Of a list of numbers: the conventions that it may have; their sizes, or the names of a category, tell which. */
  readonly conventions?: readonly string[];
  /** Of names of keypoints: how a convention's names, by its own name, are spelled there. */
  readonly spelled?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Of the name of a frame: how it is made of `{name}`, the sequence, and `{frame:12}`, its number with so many digits. */
  readonly template?: string;
  /** Of boxes: what they are around, unless it is the whole person. Of parameters: their name in the model. */
  readonly which?: string;
  /** Of parameters: the body model that they are of. */
  readonly model?: string;
  /** Of a camera: what its keys say of it. */
  readonly members?: Readonly<Record<string, CameraPart>>;
  /** Of a camera: the unit of its lengths. */
  readonly lengths?: string;
  readonly space?: "image" | "camera" | "world";
  /**
   * `zeros`: how an array with a place for everybody says that somebody is not there. Default: whoever has a place is there.
   * `left-out`: what becomes of a list after another of which a convention has nothing. Default: it is empty.
   */
  readonly absent?: "zeros" | "left-out";
  /** Of a constant: what new files have there. */
  readonly value?: JsonValue;
}

/** `visibility`: 0 for a keypoint that is not labelled, 1 for a hidden and 2 for a visible one. */
export type MotionChannel = "x" | "y" | "z" | "confidence" | "visibility" | BoxChannel;

/** A box is told by a corner or its centre, and by its size or the opposite corner. */
export type BoxChannel = "left" | "top" | "right" | "bottom" | "center-x" | "center-y" | "width" | "height";

/** Coefficients of a lens in the model of Brown and Conrady, one by one. */
export type LensPart = "k1" | "k2" | "k3" | "k4" | "k5" | "k6" | "p1" | "p2";

/** What is said of a camera. Rotation, translation and extrinsics lead from the world to the camera, unless it is `inverse`. */
export type CameraPart =
  | "intrinsics"
  | "rotation"
  | "rotation-vector"
  | "position"
  | "translation"
  | "extrinsics"
  | "distortion"
  | LensPart
  | "up"
  | "width"
  | "height"
  | "inverse";

/**
 * Objects: `sequence`, `frame`, `person`. Numbers: `keypoints`, `vertices`, `confidence`; `box`, `parameters`, `extent-area` and
 * `score` of each person; `camera`. The others are said of a sequence, a frame or a person; those of a sequence, where they have an item for each row,
 * of the rows.
 *
 * Where frames and persons are lists side by side, `id` numbers the items of each, and `of-sequence`, `of-frame` and `of-category`
 * hold the number of what an item belongs to; a `category` is an object that says what persons are. A `crowd` is true or 1 where
 * what looks like a person is a group of them.
 */
export type MotionPart =
  | "sequence"
  | "frame"
  | "person"
  | "keypoints"
  | "vertices"
  | "confidence"
  | "box"
  | "parameters"
  | "camera"
  | "name"
  | "split"
  | "label"
  | "fps"
  | "first-frame"
  | "end-frame"
  | "frame-number"
  | "person-number"
  | "sequence-number"
  | "image-path"
  | "image-id"
  | "image-size"
  | "image-height"
  | "image-width"
  | "category"
  | "id"
  | "of-sequence"
  | "of-frame"
  | "of-category"
  | "frame-name"
  | "keypoint-names"
  | "keypoint-lines"
  | "keypoint-count"
  | "extent-area"
  | "labelled"
  | "score"
  | "crowd"
  | "points"
  | "position"
  | "visible"
  | "constant";
