import type { DenseRow } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";

/**
 * A pose to be written: x, y and confidence of each keypoint, as an array of shape (keypoints, 3), as its numbers in a row, or
 * as one list a keypoint. It may have fewer keypoints than the file has columns. A keypoint whose confidence is 0 is not
 * stored, and read back as zeros.
 */
export type PoseLike = NdArray | ArrayLike<number> | readonly (readonly number[])[] | HasKeypoints;

/** A pose as readers give it. */
export interface HasKeypoints {
  readonly keypoints: NdArray;
}

/** Its numbers in a row. Throws `FormatError` `unwritable` for anything else, and for more keypoints than `limbs`. */
export function poseRow(pose: PoseLike, limbs: number, path: string): DenseRow {
  const fault = (reason: string): FormatError => new FormatError("unwritable", reason, { path });
  if ("keypoints" in pose) return poseRow(pose.keypoints, limbs, path);
  if (pose instanceof NdArray) {
    const [keypoints = 0, values, ...more] = pose.shape;
    const shape = pose.shape.join(", ");
    if (more.length > 0 || values !== 3) throw fault(`(keypoints, 3) expected, (${shape}) found`);
    if (keypoints > limbs) throw fault(`a pose has ${limbs} keypoints at most, ${keypoints} found`);
    if (!/^(u?int|float)\d+$/.test(pose.dtype)) throw fault(`numbers expected, ${pose.dtype} found`);
    return pose;
  }
  const numbers = isNested(pose) ? flat(pose, fault) : pose;
  if (numbers.length % 3 !== 0) throw fault(`${numbers.length} numbers are not three a keypoint`);
  if (numbers.length > 3 * limbs) throw fault(`a pose has ${limbs} keypoints at most, ${numbers.length / 3} found`);
  if (Array.isArray(numbers) && !numbers.every((number) => typeof number === "number"))
    throw fault("x, y and confidence are numbers");
  return numbers;
}

function isNested(pose: ArrayLike<number> | readonly (readonly number[])[]): pose is readonly (readonly number[])[] {
  return Array.isArray(pose[0]);
}

function flat(keypoints: readonly (readonly number[])[], fault: (reason: string) => FormatError): number[] {
  if (!keypoints.every((keypoint) => Array.isArray(keypoint) && keypoint.length === 3))
    throw fault("a keypoint is x, y and confidence");
  return keypoints.flat();
}

/** Throws `FormatError` `unwritable` for anything but a whole number from `least` on. */
export function checkWhole(what: string, number: number, least: number, path: string): void {
  if (Number.isSafeInteger(number) && number >= least) return;
  throw new FormatError("unwritable", `${what} ${number} is no whole number from ${least} on`, { path });
}
