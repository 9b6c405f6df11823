import { astype } from "../ndarray/astype.js";
import { NdArray } from "../ndarray/ndarray.js";

/** Whether a distance is that of a surface: above 0, finite, and less than `background`. */
export function isForeground(distance: number, background: number): boolean {
  return distance > 0 && distance < background && distance !== Number.POSITIVE_INFINITY;
}

/** What a depth map holds, counted. */
export interface DepthRange {
  /** Least and largest distance of what is not background; absent where all is. */
  readonly nearest: number | undefined;
  readonly farthest: number | undefined;
  /** Pixels with a surface, and without. */
  readonly foreground: number;
  readonly background: number;
}

/** The distances that a depth map holds, its background left out. */
export function depthRange(depth: NdArray, background: number = Number.POSITIVE_INFINITY): DepthRange {
  let nearest = Number.POSITIVE_INFINITY;
  let farthest = 0;
  let foreground = 0;
  for (const distance of astype(depth, "float64")) {
    if (!isForeground(distance, background)) continue;
    foreground++;
    if (distance < nearest) nearest = distance;
    if (distance > farthest) farthest = distance;
  }
  const found = foreground > 0;
  return {
    nearest: found ? nearest : undefined,
    farthest: found ? farthest : undefined,
    foreground,
    background: depth.size - foreground,
  };
}

/** (H, W): where a depth map shows a surface. */
export function foregroundMask(depth: NdArray, background: number = Number.POSITIVE_INFINITY): NdArray<"bool"> {
  const mask = new Uint8Array(depth.size);
  let at = 0;
  for (const distance of astype(depth, "float64")) mask[at++] = isForeground(distance, background) ? 1 : 0;
  return NdArray.from("bool", mask, depth.shape) as NdArray<"bool">;
}
