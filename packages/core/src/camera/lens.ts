import type { Matrix3, Vector2 } from "./linear.js";
import type { ImageSize, PixelOrigin } from "./parameters.js";

export interface FieldOfViewOptions extends ImageSize {
  readonly degrees: number;
  /** Which side of the image the angle spans. Default `longest`. */
  readonly side?: "width" | "height" | "longest" | "shortest" | undefined;
  readonly pixelOrigin?: PixelOrigin | undefined;
}

/** Intrinsics of square pixels with the principal point in the middle: f = side / (2 tan(angle / 2)). */
export function intrinsicsOfFieldOfView(options: FieldOfViewOptions): Matrix3 {
  const { degrees, width, height, side = "longest" } = options;
  if (!(degrees > 0 && degrees < 180)) throw new RangeError(`a field of view of ${degrees} degrees`);
  const sides = { width, height, longest: Math.max(width, height), shortest: Math.min(width, height) };
  const focal = sides[side] / (2 * Math.tan((degrees * Math.PI) / 360));
  const [cx, cy] = middleOf(options, options.pixelOrigin ?? "center");
  return [
    [focal, 0, cx],
    [0, focal, cy],
    [0, 0, 1],
  ];
}

/** Degrees that the width and the height of the image span, where the principal point is in its middle. */
export function fieldOfView(
  { intrinsics }: { readonly intrinsics: Matrix3 },
  { width, height }: ImageSize,
): { readonly horizontal: number; readonly vertical: number } {
  const degrees = (side: number, focal: number): number => (360 / Math.PI) * Math.atan(side / (2 * Math.abs(focal)));
  return { horizontal: degrees(width, intrinsics[0][0]), vertical: degrees(height, intrinsics[1][1]) };
}

/** The middle of an image. */
export function middleOf({ width, height }: ImageSize, origin: PixelOrigin): Vector2 {
  return origin === "center" ? [(width - 1) / 2, (height - 1) / 2] : [width / 2, height / 2];
}
