import type { DTypeName } from "../ndarray/dtype.js";
import type { TypedArray } from "../ndarray/elements.js";
import { fromHalf, toHalf } from "../ndarray/float16.js";
import { moveRows } from "../ndarray/move-rows.js";
import type { NdArray } from "../ndarray/ndarray.js";
import { checkCount, checkNumbers, type KeypointAxisOptions, keypointAxis } from "./axis.js";
import type { Convention } from "./convention.js";
import { asFloats, type FloatOf } from "./floats.js";
import { keypointPositions } from "./names.js";

/**
 * For each keypoint the index of the one on the other side of the body, its own where there is none: gathering by it
 * swaps left and right, and doing so twice changes nothing. Throws `TypeError` when mirrors do not name each other.
 */
export function mirrorIndices(convention: Convention): readonly number[] {
  const { keypoints, name } = convention;
  const { current } = keypointPositions(convention);
  const mirrors = keypoints.map(({ mirror }, index) => (mirror === undefined ? index : (current.get(mirror) ?? index)));
  const alone = mirrors.findIndex((mirror, index) => mirrors[mirror] !== index);
  if (alone >= 0)
    throw new TypeError(`${keypoints[alone]?.name} of the convention ${name} is not the mirror of its own mirror`);
  return mirrors;
}

/**
 * Pairs of indices that swap when a picture is flipped, left one first (the one that comes first, where names do not say
 * which is left), in ascending order of the first. Empty for a convention of one side, such as a hand.
 */
export function flipPairs(convention: Convention): readonly (readonly [left: number, right: number])[] {
  const { keypoints } = convention;
  const isLeft = (index: number): boolean => /left/i.test(keypoints[index]?.name as string);
  return mirrorIndices(convention).flatMap((mirror, index) => {
    if (mirror === index) return [];
    const leads = isLeft(index) === isLeft(mirror) ? index < mirror : isLeft(index);
    return leads ? [[index, mirror] as const] : [];
  });
}

export interface FlipKeypointsOptions extends KeypointAxisOptions {
  /**
   * Where the mirror stands on the x axis: x becomes 2 · about - x. 0 for coordinates around the middle of the body or
   * the camera; (width - 1) / 2 for pixels whose centres are whole numbers; width / 2 for pixels whose edges are.
   */
  readonly about: number;
}

/**
 * Keypoints as a mirror shows them: x, the first channel of the last axis, is reflected, and left and right keypoints
 * swap. Keypoints whose channels are all zero stand for "not there" and stay zero. A packed copy; float dtypes are kept
 * (each x is computed in float64 and rounded once), whole numbers and bool become float64.
 *
 * Throws `FormatError` `mismatch` when the array does not fit the convention, `RangeError` when the keypoint axis is not
 * one in front of the last, `TypeError` for a convention whose mirrors do not name each other.
 */
export function flipKeypoints<D extends DTypeName>(
  array: NdArray<D>,
  convention: Convention,
  options: FlipKeypointsOptions,
): NdArray<FloatOf<D>> {
  const axis = keypointAxis(array, options);
  if (axis === array.ndim - 1) throw new RangeError("the last axis holds coordinates, not keypoints");
  checkNumbers(array);
  checkCount(array, axis, convention);
  const moves = mirrorIndices(convention).map((from, to) => ({ to, from }));
  const flipped = asFloats(moveRows(array, axis, moves.length, moves));
  reflect(flipped, 2 * options.about);
  return flipped;
}

/** x becomes `twice - x` in every row of the last axis that is not all zero. */
function reflect(array: NdArray, twice: number): void {
  const data = array.data as TypedArray;
  const isHalf = array.dtype === "float16";
  const channels = array.shape.at(-1) as number;
  const end = channels === 0 ? 0 : array.size;
  for (let row = 0; row < end; row += channels) {
    let any = false;
    // The bits of a half are zero, but for the sign, when its value is.
    for (let i = row; i < row + channels && !any; i++) any = isHalf ? (Number(data[i]) & 0x7fff) !== 0 : data[i] !== 0;
    if (!any) continue;
    const x = data[row] as number;
    data[row] = (isHalf ? toHalf(twice - fromHalf(x)) : twice - x) as never;
  }
}
