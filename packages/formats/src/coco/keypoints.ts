import type { ImageSize, NdArray } from "@somakit/core";
import { astype } from "@somakit/core/ndarray";
import type { CocoAnnotation } from "./coco.types.gen.js";

/** Keypoints of one person. */
export interface CocoPoints extends ImageSize {
  /** (K, 2) x and y in pixels, counted from the corner of the image. */
  readonly xy: NdArray;
  /** (K,) whether each is seen. Default: all are. */
  readonly visible?: NdArray<"bool"> | undefined;
}

export interface CocoPointsOptions {
  /** What becomes of keypoints outside of the image: `unlabelled` (0, 0, 0), or kept as hidden. Default `unlabelled`. */
  readonly outside?: "unlabelled" | "keep" | undefined;
}

/** What an annotation says of keypoints. */
export interface CocoPointsPart extends Pick<CocoAnnotation, "keypoints" | "num_keypoints"> {
  keypoints: number[];
  num_keypoints: number;
}

/**
 * `keypoints` and `num_keypoints` of an annotation: visible ones have 2, hidden ones 1; those without a finite position 0.
 * Throws `RangeError` for arrays that do not fit each other.
 */
export function cocoKeypoints(points: CocoPoints, options: CocoPointsOptions = {}): CocoPointsPart {
  const { xy, visible, width, height } = points;
  const [count = 0] = xy.shape;
  if (xy.ndim !== 2 || xy.shape[1] !== 2) throw new RangeError(`points (K, 2) needed, not (${xy.shape.join(", ")})`);
  if (visible && visible.shape.join() !== String(count))
    throw new RangeError(`(${visible.shape.join(", ")}) visibilities for ${count} points`);
  const places = [...astype(xy, "float64")] as number[];
  const seen = visible && [...visible];
  const keypoints: number[] = [];
  let labelled = 0;
  for (let i = 0; i < count; i++) {
    const x = places[2 * i] as number;
    const y = places[2 * i + 1] as number;
    const isInside = x >= 0 && x < width && y >= 0 && y < height;
    const isLabelled = Number.isFinite(x) && Number.isFinite(y) && (isInside || options.outside === "keep");
    if (isLabelled) labelled++;
    const isSeen = isInside && (!seen || seen[i] === true);
    keypoints.push(...(isLabelled ? [x, y, isSeen ? 2 : 1] : [0, 0, 0]));
  }
  return { keypoints, num_keypoints: labelled };
}
