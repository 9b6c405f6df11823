import { astype } from "./astype.js";
import { axisOf, type Cells, copyCells, newCells, type Rows, rowsOf } from "./cells.js";
import { type DType, typeLabel } from "./dtype.js";
import type { NdArray } from "./ndarray.js";
import { resultType } from "./result-type.js";
import { positions, sizeOf } from "./strides.js";

/**
 * The arrays one after another along an axis, as numpy's `concatenate`: in the type that holds all of them (see
 * {@link resultType}), packed, in native byte order, sharing nothing. Throws `RangeError` for no arrays, for an axis that
 * there is not and for sizes that differ along another one, `TypeError` for types that have nothing in common.
 */
export function concatenate(arrays: readonly NdArray[], axis = 0): NdArray {
  const [first] = arrays;
  if (!first) throw new RangeError("no arrays to concatenate");
  const at = axisOf(first.ndim, axis);
  const type = commonType(arrays, first.type);
  const shape = [...first.shape];
  shape[at] = 0;
  for (const array of arrays) {
    if (array.ndim !== first.ndim || array.shape.some((size, index) => index !== at && size !== first.shape[index])) {
      const shapes = `(${first.shape.join(", ")}) and (${array.shape.join(", ")})`;
      throw new RangeError(`shapes ${shapes} differ in more than axis ${at}`);
    }
    shape[at] += array.shape[at] as number;
  }
  const { cells, done } = newCells(type, shape);
  let before = 0;
  for (const array of arrays) {
    const rows = rowsOf(astype(array, type), at);
    place(rows, cells, before * rows.width, (shape[at] as number) * rows.width);
    before += rows.size;
  }
  return done();
}

/** Copies all rows; each block in front of the axis begins `stride` cells after the one before it. */
function place(rows: Rows, to: Cells, start: number, stride: number): void {
  if (rows.size === 0 || sizeOf(rows.outer) === 0) return;
  let at = start;
  for (const block of positions(rows.outer, rows.outerSteps, rows.start)) {
    if (rows.step === rows.width) copyCells(rows.cells, block, to, at, rows.size * rows.width);
    else
      for (let row = 0; row < rows.size; row++)
        copyCells(rows.cells, block + row * rows.step, to, at + row * rows.width, rows.width);
    at += stride;
  }
}

function commonType(arrays: readonly NdArray[], first: DType): DType {
  let common = first;
  for (const { type } of arrays) {
    const both = resultType(common, type);
    if (!both) throw new TypeError(`${typeLabel(common)} and ${typeLabel(type)} have no type in common`);
    common = both;
  }
  return common;
}
