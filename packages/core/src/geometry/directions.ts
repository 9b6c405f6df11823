import type { Camera } from "../camera/camera.js";
import { dot, transpose, unit, type Vector2, type Vector3 } from "../camera/linear.js";
import { type PointArray, stepPoints } from "../camera/points.js";
import type { NdArray } from "../ndarray/ndarray.js";

/** Vectors (..., 3) of the world, which have no place, in the camera's frame. */
export function directionsToCamera(camera: Camera, directions: NdArray): PointArray {
  return turned(camera.rotation, directions);
}

/** Vectors (..., 3) of the camera's frame in the world: normals, for example. */
export function directionsToWorld(camera: Camera, directions: NdArray): PointArray {
  return turned(transpose(camera.rotation), directions);
}

function turned([[a, b, c], [d, e, f], [g, h, i]]: Camera["rotation"], directions: NdArray): PointArray {
  return stepPoints(directions, { from: 3, to: 3 }, (x, y, z, out) => {
    out[0] = a * x + b * y + c * z;
    out[1] = d * x + e * y + f * z;
    out[2] = g * x + h * y + i * z;
  });
}

/** Degrees between two vectors. Throws `RangeError` for one without a direction. */
export function angleBetween(first: Vector3, second: Vector3): number {
  const a = unit(first, "the first vector");
  const b = unit(second, "the second vector");
  // By the half angle: the arc cosine is useless for small ones.
  const difference = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  const sum = Math.hypot(a[0] + b[0], a[1] + b[1], a[2] + b[2]);
  return (2 * Math.atan2(difference, sum) * 180) / Math.PI;
}

/** A half line. */
export interface Ray {
  readonly origin: Vector3;
  /** Of any length. */
  readonly direction: Vector3;
}

/** The point of a ray that is `distance` from its origin. */
export function pointOnRay({ origin, direction }: Ray, distance: number): Vector3 {
  const [x, y, z] = unit(direction, "the ray");
  return [origin[0] + distance * x, origin[1] + distance * y, origin[2] + distance * z];
}

/**
 * The middle of the shortest line between two rays, and how long that line is: where two eyes look, for example. Undefined
 * where the rays are parallel, or are nearest behind an origin.
 */
export function meetingPoint(first: Ray, second: Ray): { readonly point: Vector3; readonly gap: number } | undefined {
  const a = unit(first.direction, "the first ray");
  const b = unit(second.direction, "the second ray");
  const between: Vector3 = [
    second.origin[0] - first.origin[0],
    second.origin[1] - first.origin[1],
    second.origin[2] - first.origin[2],
  ];
  const cosine = dot(a, b);
  const sine2 = 1 - cosine * cosine;
  if (sine2 < 1e-12) return undefined;
  const along = (dot(between, a) - cosine * dot(between, b)) / sine2;
  const other = (cosine * dot(between, a) - dot(between, b)) / sine2;
  if (along < 0 || other < 0) return undefined;
  const p = pointOnRay({ origin: first.origin, direction: a }, along);
  const q = pointOnRay({ origin: second.origin, direction: b }, other);
  return {
    point: [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (p[2] + q[2]) / 2],
    gap: Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]),
  };
}

/** Both ends, in pixels, of an arrow in the world; undefined where one of them is not in front of the camera. */
export function arrowInImage(
  camera: Camera,
  ray: Ray,
  length: number,
): { readonly from: Vector2; readonly to: Vector2 } | undefined {
  const from = camera.worldToImage(ray.origin) as Vector2;
  const to = camera.worldToImage(pointOnRay(ray, length)) as Vector2;
  return [...from, ...to].every(Number.isFinite) ? { from, to } : undefined;
}
