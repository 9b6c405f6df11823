import { FormatError } from "../errors.js";
import { NdArray } from "../ndarray/ndarray.js";

/** Which keypoints are there: 1 or 0 (true or false) for each, in the order of the convention. */
export type KeypointMask = NdArray | ArrayLike<number | boolean>;

/**
 * A mask as an array of its own. Throws `FormatError` `mismatch` for another number of entries and for any value but 0
 * and 1: a degree of confidence belongs into the last channel of the keypoints.
 */
export function readMask(mask: KeypointMask, length: number): NdArray<"uint8", readonly [number]> {
  const isArray = mask instanceof NdArray;
  const size = isArray ? mask.size : mask.length;
  if (size !== length) throw new FormatError("mismatch", `a mask of ${size} for ${length} keypoints`);
  const bits = new Uint8Array(length);
  let index = 0;
  for (const entry of isArray ? mask : Array.from(mask)) {
    const value = Number(entry);
    if (value !== 0 && value !== 1)
      throw new FormatError("mismatch", `a mask holds 0 and 1 only, found ${String(entry)} at ${index}`);
    bits[index++] = value;
  }
  return NdArray.from("uint8", bits, [length]);
}

/** A mask of ones. */
export function fullMask(length: number): NdArray<"uint8", readonly [number]> {
  return NdArray.from("uint8", new Uint8Array(length).fill(1), [length]);
}

/** Indices of the ones, ascending. */
export function onesOf(mask: NdArray<"uint8">): readonly number[] {
  const ones: number[] = [];
  for (const [index, bit] of [...mask].entries()) if (bit === 1) ones.push(index);
  return ones;
}
