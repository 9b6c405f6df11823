import type { DTypeName } from "../ndarray/dtype.js";
import { moveRows } from "../ndarray/move-rows.js";
import type { NdArray } from "../ndarray/ndarray.js";
import { checkNumbers, type KeypointAxisOptions, keypointAxis } from "./axis.js";
import { type KeypointMask, onesOf, readMask } from "./mask.js";

/**
 * The keypoints at `indices`, in that order (those of {@link partIndices}, for example). A packed copy of the same dtype.
 * Throws `RangeError` for an index that is outside the axis, `FormatError` `mismatch` for elements that are no real
 * numbers and when the axis is not given and cannot be told.
 */
export function selectKeypoints<D extends DTypeName>(
  array: NdArray<D>,
  indices: ArrayLike<number>,
  options: KeypointAxisOptions = {},
): NdArray<D> {
  const axis = keypointAxis(array, options);
  checkNumbers(array);
  const count = array.shape[axis] as number;
  const moves = Array.from(indices, (from, to) => ({ to, from }));
  const bad = moves.find(({ from }) => !Number.isInteger(from) || from < 0 || from >= count);
  if (bad) throw new RangeError(`there is no keypoint ${bad.from} among ${count}`);
  return moveRows(array, axis, moves.length, moves);
}

/**
 * The keypoints whose mask is 1, in their order: what a data set stores that leaves out absent keypoints. A packed copy
 * of the same dtype. Throws `FormatError` `mismatch` for a mask that has not one entry, 0 or 1, for each keypoint.
 */
export function packKeypoints<D extends DTypeName>(
  array: NdArray<D>,
  mask: KeypointMask,
  options: KeypointAxisOptions = {},
): NdArray<D> {
  const axis = keypointAxis(array, options);
  return selectKeypoints(array, onesOf(readMask(mask, array.shape[axis] as number)), { axis });
}
