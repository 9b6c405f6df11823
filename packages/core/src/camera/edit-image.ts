import type { Camera } from "./camera.js";
import { middleOf } from "./lens.js";
import type { Matrix3, Vector3 } from "./linear.js";
import type { ImageSize } from "./parameters.js";

export interface CropOptions {
  /** Columns cut off at the left and rows at the top; negative ones are added. */
  readonly left: number;
  readonly top: number;
}

/** The camera of the image without its first columns and rows. */
export function cropCamera(camera: Camera, { left, top }: CropOptions): Camera {
  return withIntrinsics(camera, [
    [1, 0, -left],
    [0, 1, -top],
  ]);
}

/** The camera of the image with columns added at the left and rows at the top. */
export function padCamera(camera: Camera, { left, top }: CropOptions): Camera {
  return cropCamera(camera, { left: 0 - left, top: 0 - top });
}

/**
 * The camera of the resized image: `factor` times as many pixels, or so many in each direction. Where coordinates count from
 * pixel centres, the corner is half a pixel away from them before and after: u' = (u + 1/2) f - 1/2.
 */
export function scaleCamera(camera: Camera, factor: number | { readonly x: number; readonly y: number }): Camera {
  const { x, y } = typeof factor === "number" ? { x: factor, y: factor } : factor;
  if (!(x > 0 && y > 0)) throw new RangeError(`an image scaled by ${x} and ${y}`);
  const half = camera.pixelOrigin === "center" ? 0.5 : 0;
  return withIntrinsics(camera, [
    [x, 0, half * x - half],
    [0, y, half * y - half],
  ]);
}

/**
 * The camera of the image with left and right exchanged. The world is mirrored in it, so that its rotation has a reflection:
 * formats that store rotations cannot hold it.
 */
export function flipCamera(camera: Camera, { width }: Pick<ImageSize, "width">): Camera {
  const [[fx, skew, cx], middle, bottom] = camera.intrinsics;
  const [right, down, forward] = camera.rotation;
  const mirrored: Vector3 = [0 - right[0], 0 - right[1], 0 - right[2]];
  const last = camera.pixelOrigin === "center" ? width - 1 : width;
  return camera.with({
    rotation: [mirrored, down, forward],
    intrinsics: [[fx, 0 - skew, last - cx], middle, bottom],
    distortion: camera.distortion && flippedCoefficients(camera.distortion.coefficients),
  });
}

/** x' of -x is -x' when p2, s1 and s2 change their sign. A fisheye is the same in all directions. */
function flippedCoefficients(coefficients: readonly number[]): readonly number[] {
  const odd = coefficients.length === 4 ? [] : [3, 8, 9];
  return coefficients.map((coefficient, index) => (odd.includes(index) ? 0 - coefficient : coefficient));
}

/** Longer focal lengths, with the principal point where it is. */
export function zoomCamera(camera: Camera, factor: number): Camera {
  const [[fx, skew, cx], [, fy, cy]] = camera.intrinsics;
  return camera.with({
    intrinsics: [
      [fx * factor, skew * factor, cx],
      [0, fy * factor, cy],
    ],
  });
}

/** The principal point in the middle of the image. */
export function centerCamera(camera: Camera, size: ImageSize): Camera {
  const [[fx, skew], [, fy]] = camera.intrinsics;
  const [cx, cy] = middleOf(size, camera.pixelOrigin);
  return camera.with({
    intrinsics: [
      [fx, skew, cx],
      [0, fy, cy],
    ],
  });
}

/** Both focal lengths their mean; the image is stretched along with them, by rows of the intrinsic matrix. */
export function squareCamera(camera: Camera): Camera {
  const [[fx], [, fy]] = camera.intrinsics;
  const mean = (fx + fy) / 2;
  return withIntrinsics(camera, [
    [mean / fx, 0, 0],
    [0, mean / fy, 0],
  ]);
}

/** The camera of the image whose distortion was taken out. */
export function undistortCamera(camera: Camera): Camera {
  return camera.with({ distortion: undefined });
}

/** A map of pixels, [[sx, 0, tx], [0, sy, ty]], behind what the camera does. */
function withIntrinsics(camera: Camera, [[sx, , tx], [, sy, ty]]: readonly [Vector3, Vector3]): Camera {
  const [[fx, skew, cx], [, fy, cy]]: Matrix3 = camera.intrinsics;
  return camera.with({
    intrinsics: [
      [sx * fx, sx * skew, sx * cx + tx],
      [0, sy * fy, sy * cy + ty],
    ],
  });
}
