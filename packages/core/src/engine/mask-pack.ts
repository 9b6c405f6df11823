import { FormatError } from "../errors.js";
import type { TypedArray } from "../ndarray/elements.js";
import { type NdArray, zeros } from "../ndarray/ndarray.js";

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
  return move(packed, axis, length, (from, to, rows) => {
    for (const [stored, place] of positions.entries()) rows(from, stored, to, place);
  });
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
  return move(array, axis, positions.length, (from, to, rows) => {
    for (const [place, stored] of positions.entries()) rows(from, stored, to, place);
  });
}

type CopyRow = (from: number, row: number, to: number, place: number) => void;

/** Runs `copy` for each block in front of `axis`; rows are the contiguous elements behind it. */
function move(
  source: NdArray,
  axis: number,
  length: number,
  copy: (from: number, to: number, row: CopyRow) => void,
): NdArray {
  const packed = source.contiguous();
  const shape = packed.shape.map((size, index) => (index === axis ? length : size));
  const result = zeros(packed.type, shape);
  const pair = packed.dtype === "complex64" || packed.dtype === "complex128" ? 2 : 1;
  const inner = pair * packed.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const outer = packed.shape.slice(0, axis).reduce((product, size) => product * size, 1);
  const from = packed.data as TypedArray;
  const to = result.data as TypedArray;
  const start = pair * packed.offset;
  const row: CopyRow = (block, index, target, place) => {
    const at = start + block + index * inner;
    // A loop beats `set(subarray())` for the few elements of a keypoint.
    for (let i = 0; i < inner; i++) to[target + place * inner + i] = from[at + i] as never;
  };
  const stored = (packed.shape[axis] as number) * inner;
  for (let block = 0; block < outer; block++) copy(block * stored, block * length * inner, row);
  return result;
}
