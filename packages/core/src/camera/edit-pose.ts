import type { Camera } from "./camera.js";
import { add, apply, cross, type Matrix3, product, transpose, unit, type Vector3 } from "./linear.js";
import { rotationOfVector } from "./rotation.js";

export interface TurnOptions {
  /** Radians about the camera's y axis, then about its new x axis, then about its new z axis. Default 0. */
  readonly yaw?: number | undefined;
  readonly pitch?: number | undefined;
  readonly roll?: number | undefined;
}

/** The camera turned where it stands. */
export function turnCamera(camera: Camera, { yaw = 0, pitch = 0, roll = 0 }: TurnOptions): Camera {
  const turn = product(product(about([0, yaw, 0]), about([pitch, 0, 0])), about([0, 0, roll]));
  return camera.with({ rotation: product(transpose(turn), camera.rotation) });
}

export interface OrbitOptions {
  /** What stays where it is in the image, in world coordinates. */
  readonly pivot: Vector3;
  readonly radians: number;
  /** `up`: about the world's up. `side`: about what is at right angles to it and to where the camera looks. Default `up`. */
  readonly about?: "up" | "side" | undefined;
}

/** The camera moved around a point, and turned along. */
export function orbitCamera(camera: Camera, { pivot, radians, about: axis = "up" }: OrbitOptions): Camera {
  const look = camera.rotation[2];
  const direction = axis === "up" ? camera.up : unit(cross(look, camera.up), "the axis beside the camera");
  const turn = about([direction[0] * radians, direction[1] * radians, direction[2] * radians]);
  return camera.with({
    center: add(pivot, apply(turn, add(camera.center, pivot, -1))),
    rotation: product(camera.rotation, transpose(turn)),
  });
}

/** The camera looking where it looks, with the horizon level. Throws `RangeError` when it looks straight up or down. */
export function levelCamera(camera: Camera): Camera {
  return camera.with({ rotation: rotationOfLook(camera.rotation[2], camera.up) });
}

/** The camera looking at a point of the world, with the horizon level. Throws `RangeError` when that is right above or below. */
export function aimCamera(camera: Camera, target: Vector3): Camera {
  const look = unit(add(target, camera.center, -1), "the way to the target");
  return camera.with({ rotation: rotationOfLook(look, camera.up) });
}

/**
 * The rotation, world to camera, of one that looks along the unit vector `look` with the horizon level: rows right, down,
 * forward. Throws `RangeError` when `look` is along `up`.
 */
export function rotationOfLook(look: Vector3, up: Vector3): Matrix3 {
  const right = unit(cross(look, up), "the right of a camera that looks along up");
  return [right, cross(look, right), look];
}

function about(vector: Vector3): Matrix3 {
  return rotationOfVector(vector);
}
