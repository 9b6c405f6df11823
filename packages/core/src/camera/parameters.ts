import {
  apply,
  IDENTITY,
  type Matrix3,
  type MatrixLike,
  matrixOf,
  transpose,
  unit,
  type Vector3,
  type VectorLike,
  vector3Of,
} from "./linear.js";
import { isOrthogonal } from "./rotation.js";

/** What pixel coordinates (0, 0) are: the middle of the first pixel, or the image's corner. */
export type PixelOrigin = "center" | "corner";

/** The size of an image. */
export interface ImageSize {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface CameraOptions {
  /** Pixels: [[fx, skew, cx], [0, fy, cy]], with or without the row [0, 0, 1]. */
  readonly intrinsics: MatrixLike;
  /** World to camera, 3 x 3. Default: none. */
  readonly rotation?: MatrixLike | undefined;
  /** The optical centre in world coordinates. Default [0, 0, 0]. */
  readonly center?: VectorLike | undefined;
  /** Instead of `center`: what is added after rotating, -R center. */
  readonly translation?: VectorLike | undefined;
  /** Instead of `rotation` and `center`: [R | translation], 3 x 4, or 4 x 4 with the row [0, 0, 0, 1]. */
  readonly extrinsics?: MatrixLike | undefined;
  /** 4 coefficients of a fisheye, or 5, 8 or 12 of Brown and Conrady's model. All zero mean none. */
  readonly distortion?: VectorLike | undefined;
  /** The direction that is up in the world. Default [0, 0, 1]. */
  readonly up?: VectorLike | undefined;
  /** Default `center`, as in OpenCV. Matters to edits of the image alone. */
  readonly pixelOrigin?: PixelOrigin | undefined;
}

/** Where a camera is and how it is turned. */
export interface Pose {
  /** World to camera. */
  readonly rotation: Matrix3;
  /** The optical centre in world coordinates. */
  readonly center: Vector3;
  /** What is added after rotating, where that was given in place of the centre. */
  readonly translation?: Vector3;
}

/** Throws `TypeError` when a part of the pose is given twice, `RangeError` when it is none. */
export function poseOf(options: CameraOptions): Pose {
  const { rotation = IDENTITY, center, translation, extrinsics } = options;
  const places = [center, translation, extrinsics].filter((place) => place !== undefined);
  if (places.length > 1 || (options.rotation !== undefined && extrinsics !== undefined))
    throw new TypeError("a camera takes one of center, translation and extrinsics, the last without a rotation");
  if (extrinsics) return poseOfExtrinsics(extrinsics);
  const matrix = rotationOf(matrixOf(rotation, "rotation", [[3, 3]]));
  if (translation) return translated(matrix, vector3Of(translation, "translation"));
  return { rotation: matrix, center: center ? vector3Of(center, "center") : [0, 0, 0] };
}

function poseOfExtrinsics(extrinsics: MatrixLike): Pose {
  const sizes = [
    [3, 4],
    [4, 4],
  ] as const;
  const rows = matrixOf(extrinsics, "extrinsics", sizes);
  if (rows[3] && rows[3].join() !== "0,0,0,1") throw new RangeError("the last row of extrinsics is not 0 0 0 1");
  const upper = rows.slice(0, 3);
  const rotation = rotationOf(upper.map((row) => row.slice(0, 3)));
  const translation = vector3Of(
    upper.map((row) => row[3] as number),
    "translation",
  );
  return translated(rotation, translation);
}

/**
 * The translation is kept: rotations of single precision are orthogonal to about 1e-7, so that rotating the centre they give
 * would be off by that.
 */
function translated(rotation: Matrix3, translation: Vector3): Pose {
  return { rotation, center: centerOf(rotation, translation), translation };
}

function rotationOf([a = [], b = [], c = []]: readonly (readonly number[])[]): Matrix3 {
  const matrix: Matrix3 = [vector3Of(a, "rotation"), vector3Of(b, "rotation"), vector3Of(c, "rotation")];
  if (isOrthogonal(matrix)) return matrix;
  throw new RangeError("the rows of the rotation are not at right angles and of length 1");
}

function centerOf(rotation: Matrix3, translation: Vector3): Vector3 {
  const [x, y, z] = apply(transpose(rotation), translation);
  return [0 - x, 0 - y, 0 - z];
}

/** Throws `RangeError` unless the matrix has focal lengths and is 0 where it must be. */
export function intrinsicsOf(given: MatrixLike): Matrix3 {
  const sizes = [
    [2, 3],
    [3, 3],
  ] as const;
  const [top = [], middle = [], bottom = [0, 0, 1]] = matrixOf(given, "intrinsics", sizes);
  const [fx, skew, cx] = vector3Of(top, "intrinsics");
  const [zero, fy, cy] = vector3Of(middle, "intrinsics");
  if (zero !== 0 || bottom.join() !== "0,0,1" || fx === 0 || fy === 0)
    throw new RangeError("intrinsics are not [[fx, skew, cx], [0, fy, cy], [0, 0, 1]] with fx and fy");
  return [
    [fx, skew, cx],
    [0, fy, cy],
    [0, 0, 1],
  ];
}

/** Of unit length; numbers that are so in single precision stay as they are. */
export function upOf(given: VectorLike): Vector3 {
  const vector = vector3Of(given, "up");
  return Math.abs(Math.hypot(...vector) - 1) < 1e-6 ? vector : unit(vector, "up");
}
