import { FormatError } from "../errors.js";
import { moveRows } from "../ndarray/move-rows.js";
import type { NdArray } from "../ndarray/ndarray.js";
import { take } from "../ndarray/take.js";

/** Positions of the ones of a mask. Throws `FormatError` `mismatch` for anything but zeros and ones in one axis. */
export function maskPositions(mask: NdArray, path: string): readonly number[] {
  if (mask.ndim !== 1)
    throw new FormatError("mismatch", `a mask has one axis, found (${mask.shape.join(", ")})`, { path });
  const positions: number[] = [];
  let index = 0;
  for (const element of mask) {
    const value = Number(element);
    if (value === 1) positions.push(index);
    else if (value !== 0)
      throw new FormatError("mismatch", `a mask holds 0 and 1 only, found ${value} at ${index}`, { path });
    index++;
  }
  return positions;
}

/** Puts packed rows along `axis` back to where the mask has ones, zeros elsewhere. The result is packed and new. */
export function unpackByMask(
  packed: NdArray,
  axis: number,
  positions: readonly number[],
  length: number,
  path: string,
): NdArray {
  if (packed.shape[axis] !== positions.length) {
    const found = `${packed.shape[axis]} along axis ${axis}`;
    throw new FormatError("mismatch", `${positions.length} ones in the mask, ${found} stored`, { path });
  }
  const moves = positions.map((to, from) => ({ from, to }));
  return moveRows(packed, axis, length, moves);
}

/** Keeps the rows along `axis` where the mask has ones. The result is packed and new. */
export function packByMask(
  array: NdArray,
  axis: number,
  positions: readonly number[],
  length: number,
  path: string,
): NdArray {
  if (array.shape[axis] !== length) {
    throw new FormatError("mismatch", `a mask of ${length} for ${array.shape[axis]} along axis ${axis}`, { path });
  }
  return take(array, positions, axis);
}
