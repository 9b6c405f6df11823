import type { FormatError, ImageSize, MatrixLike, Vector3 } from "@somakit/core";
import { Camera } from "@somakit/core/camera";
import { mismatch } from "./failure.js";
import { type Point3, vector3 } from "./point.js";

/** What is needed of a `camera_metadata.json`. */
export interface CameraParameters {
  /** World. */
  readonly location: Point3;
  /** Of unit length. */
  readonly orientation: { readonly look_at_vector: Point3; readonly up_vector: Point3 };
  /** x is the width and y the height here. */
  readonly resolution_px: { readonly x: number; readonly y: number };
  /** 3 x 3, pixels. */
  readonly intrinsic_matrix: MatrixLike;
  /** 3 x 4, world to camera. */
  readonly extrinsic_matrix: MatrixLike;
}

/**
 * The camera of an image. Its frames: the world, in metres, right-handed with z up; the camera, x to the right, y down, z
 * forward; the image, u to the right and v down from the corner of the image, so that `pixel_2d` is (v, u).
 */
export interface DatagenCamera {
  readonly camera: Camera;
  readonly size: ImageSize;
  /**
   * Set where the stored extrinsic matrix does not put the camera where `location` says, and the camera was made of location
   * and orientation: exports before April 2022 have the translation with the wrong sign.
   */
  readonly correction?: "translation-sign" | "pose";
}

/** Metres that the camera's place may be off by. */
const TOLERANCE = 1e-3;

/** Throws `FormatError` `mismatch` for matrices that make no camera, `missing` for a part that is not there. */
export function cameraOf(metadata: CameraParameters): DatagenCamera {
  const location = vector3(metadata.location, "location");
  const { resolution_px, intrinsic_matrix: intrinsics, extrinsic_matrix: extrinsics } = metadata;
  const size = { width: resolution_px.x, height: resolution_px.y };
  const shared = { intrinsics, pixelOrigin: "corner", up: [0, 0, 1] } as const;
  const stored = made("extrinsic_matrix", () => new Camera({ ...shared, extrinsics }));
  if (distance(stored.center, location) <= TOLERANCE) return { camera: stored, size };
  const [x, y, z] = stored.center;
  const isNegated = distance([0 - x, 0 - y, 0 - z], location) <= TOLERANCE;
  const rotation = made("orientation", () => rotationOf(metadata));
  const camera = made("orientation", () => new Camera({ ...shared, rotation, center: location }));
  return { camera, size, correction: isNegated ? "translation-sign" : "pose" };
}

/** Rows of the rotation are where the camera's axes point: look x up, -up, look. */
function rotationOf({ orientation }: CameraParameters): MatrixLike {
  const [lx, ly, lz] = vector3(orientation.look_at_vector, "orientation.look_at_vector");
  const [ux, uy, uz] = vector3(orientation.up_vector, "orientation.up_vector");
  return [
    [ly * uz - lz * uy, lz * ux - lx * uz, lx * uy - ly * ux],
    [0 - ux, 0 - uy, 0 - uz],
    [lx, ly, lz],
  ];
}

/** The 3 x 4 matrix that `camera_metadata.json` should have. */
export function extrinsicMatrixOf(metadata: CameraParameters): readonly (readonly number[])[] {
  return cameraOf(metadata).camera.extrinsics;
}

function distance(a: Vector3, b: Vector3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Says which part of the file made no camera. */
function made<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const isIntrinsic = error.message.startsWith("intrinsics");
    throw mismatch(error.message, isIntrinsic ? "intrinsic_matrix" : path, error) satisfies FormatError;
  }
}
