import { FormatError } from "../errors.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { Convention } from "./convention.js";

export interface KeypointAxisOptions {
  /**
   * The axis that counts keypoints, negative from the end. Default: the last but one of an array with three axes or more,
   * such as (frames, keypoints, channels) or (frames, persons, keypoints, channels).
   */
  readonly axis?: number | undefined;
}

/**
 * The keypoint axis of an array, counted from the front. Throws `RangeError` for an axis that the array does not have,
 * `FormatError` `mismatch` when none is given and the array has too few axes to tell.
 */
export function keypointAxis(array: NdArray, { axis }: KeypointAxisOptions): number {
  const { ndim, shape } = array;
  if (axis === undefined) {
    if (ndim >= 3) return ndim - 2;
    const found = `found (${shape.join(", ")}${ndim === 1 ? "," : ""})`;
    throw new FormatError(
      "mismatch",
      `(frames, keypoints, channels) expected, ${found}; for other arrays give the axis`,
    );
  }
  if (!Number.isInteger(axis) || axis < -ndim || axis >= ndim)
    throw new RangeError(`there is no axis ${axis} in an array of ${ndim} axes`);
  return axis < 0 ? axis + ndim : axis;
}

/** Throws `FormatError` `mismatch` unless the array has one item along the axis for each keypoint of the convention. */
export function checkCount(array: NdArray, axis: number, convention: Convention): void {
  const count = array.shape[axis] as number;
  const expected = convention.keypoints.length;
  if (count !== expected)
    throw new FormatError("mismatch", `${count} keypoints along axis ${axis}, but ${convention.name} has ${expected}`);
}

/** Throws `FormatError` `mismatch` for elements that are no real numbers. */
export function checkNumbers(array: NdArray): void {
  if (!/^(?:bool|u?int\d+|float\d+)$/.test(array.dtype))
    throw new FormatError("mismatch", `keypoints are numbers, found ${array.dtype}`);
}
