import { type Cells, copyCells, newCells, rowsOf } from "./cells.js";
import type { DTypeName } from "./dtype.js";
import type { NdArray } from "./ndarray.js";
import { positions } from "./strides.js";

/** Which row along an axis goes where. */
export interface RowMove {
  readonly from: number;
  readonly to: number;
}

/**
 * Rows along `axis` put in their new places, zeros where nothing goes (what the dtype has for it). The result has `length`
 * rows; it is packed, in native byte order, and shares nothing. Rows are what lies behind the axis: memory is copied in
 * runs that are as long as neighbours stay neighbours.
 */
export function moveRows<D extends DTypeName>(
  array: NdArray<D>,
  axis: number,
  length: number,
  moves: Iterable<RowMove>,
): NdArray<D> {
  const rows = rowsOf(array, axis);
  const shape = array.shape.map((size, index) => (index === axis ? length : size));
  const { cells, done } = newCells(array.type, shape);
  const runs = runsOf(moves, rows.step, rows.width);
  let place = 0;
  for (const start of positions(rows.outer, rows.outerSteps, rows.start)) {
    copyRuns(rows.cells, start, cells, place, runs);
    place += length * rows.width;
  }
  return done() as NdArray<D>;
}

/** A function of its own, as engines compile what is called often sooner than what takes long. */
function copyRuns(from: Cells, start: number, to: Cells, place: number, runs: readonly number[]): void {
  for (let run = 0; run < runs.length; run += 3) {
    const source = start + (runs[run] as number);
    const target = place + (runs[run + 1] as number);
    copyCells(from, source, to, target, runs[run + 2] as number);
  }
}

/** Cells that are copied together: where they are and where they go in a block in front of the axis, and how many. */
function runsOf(moves: Iterable<RowMove>, step: number, width: number): readonly number[] {
  const runs: number[] = [];
  let last = -1;
  for (const { from, to } of moves) {
    const [source, target] = [from * step, to * width];
    const end = runs[last] as number;
    if (last > 0 && source === (runs[last - 2] as number) + end && target === (runs[last - 1] as number) + end)
      runs[last] = end + width;
    else last = runs.push(source, target, width) - 1;
  }
  return runs;
}
