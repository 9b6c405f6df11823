import type { DTypeName } from "../ndarray/dtype.js";
import { moveRows } from "../ndarray/move-rows.js";
import type { NdArray } from "../ndarray/ndarray.js";
import { zeros } from "../ndarray/ndarray.js";
import { checkCount, checkNumbers, type KeypointAxisOptions, keypointAxis } from "./axis.js";
import type { Convention } from "./convention.js";
import { asFloats, type FloatOf } from "./floats.js";
import { type KeypointMapping, type KeypointMappingOptions, keypointMapping } from "./mapping.js";
import { fullMask, type KeypointMask, readMask } from "./mask.js";

export interface MapKeypointsOptions extends KeypointAxisOptions {
  /** Which keypoints of the source are there, one entry each. Default: all. */
  readonly mask?: KeypointMask | undefined;
}

export interface ConvertKeypointsOptions extends MapKeypointsOptions, KeypointMappingOptions {}

/** Keypoints in another convention. */
export interface ConvertedKeypoints<D extends DTypeName> {
  /** The keypoint axis has one item for each keypoint of the target; those without a source are all zero. */
  readonly keypoints: NdArray<FloatOf<D>>;
  /** 1 for each keypoint of the target that has a source whose own mask is 1, shape (keypoints,). */
  readonly mask: NdArray<"uint8", readonly [number]>;
  readonly mapping: KeypointMapping;
}

/**
 * Puts an array of keypoints into the order of another convention.
 *
 * All channels of a keypoint travel together, so a confidence in the last channel goes along with its coordinates and is
 * 0 where a keypoint has no source. The result is new memory, also when both conventions are the same; float16, float32
 * and float64 keep their dtype, whole numbers and bool become float64. Keypoints whose mask is 0 are copied as they are:
 * the mask of the result says so.
 *
 * Throws `FormatError` `mismatch` when the axis has not as many items as `from` has keypoints, for a mask of another
 * length or with other values than 0 and 1, and for elements that are no real numbers; `RangeError` for an axis that the
 * array does not have; `TypeError` for a convention that has a keypoint twice.
 */
export function convertKeypoints<D extends DTypeName>(
  array: NdArray<D>,
  from: Convention,
  to: Convention,
  options: ConvertKeypointsOptions = {},
): ConvertedKeypoints<D> {
  return mapKeypoints(array, keypointMapping(from, to, options), options);
}

/** {@link convertKeypoints} by a mapping made before: for many arrays that go the same way. */
export function mapKeypoints<D extends DTypeName>(
  array: NdArray<D>,
  mapping: KeypointMapping,
  options: MapKeypointsOptions = {},
): ConvertedKeypoints<D> {
  const axis = keypointAxis(array, options);
  checkNumbers(array);
  checkCount(array, axis, mapping.from);
  const mask = mapMask(mapping, options.mask);
  const keypoints = asFloats(moveRows(array, axis, mapping.to.keypoints.length, mapping.pairs));
  return { keypoints, mask, mapping };
}

/**
 * The mask that keypoints have after a conversion; without `mask` all keypoints of the source are there. Throws
 * `FormatError` `mismatch` for another number of entries than the source has keypoints, and for values other than 0 and 1.
 */
export function mapMask(mapping: KeypointMapping, mask?: KeypointMask): NdArray<"uint8", readonly [number]> {
  const count = mapping.from.keypoints.length;
  const source = mask === undefined ? fullMask(count) : readMask(mask, count);
  const result = zeros("uint8", [mapping.to.keypoints.length] as readonly [number]);
  for (const { to, from } of mapping.pairs) result.data[to] = source.data[from] as number;
  return result;
}
