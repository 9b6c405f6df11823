import { type Cells, rowsOf } from "./cells.js";
import type { DType } from "./dtype.js";
import type { NdArray } from "./ndarray.js";
import { positions } from "./strides.js";

/** How many of the rows at `indices` (ascending) along `axis`, in all blocks in front of it, hold a number other than 0. */
export function countFilledRows(array: NdArray, axis: number, indices: readonly number[]): number {
  const { cells, start, outer, outerSteps, step, width } = rowsOf(array, axis);
  const [first, last] = [indices[0], indices.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const value = valueBits(array.type);
  // Rows beside each other are looked at as one: nearly always there is nothing.
  const together = step === width && last - first === indices.length - 1;
  let filled = 0;
  for (const block of positions(outer, outerSteps, start)) {
    if (together && !isFilled(cells, block + first * step, width * indices.length, value)) continue;
    for (const index of indices) if (isFilled(cells, block + index * step, width, value)) filled++;
  }
  return filled;
}

/** Bits of the cells of an element, even ones and odd ones, that count for its value: -0 is 0. */
type ValueBits = readonly [even: number, odd: number];

function valueBits({ name }: DType): ValueBits {
  if (name === "float16") return [0x7fff, 0x7fff];
  if (name === "float32" || name === "complex64") return [0x7fffffff, 0x7fffffff];
  return name === "float64" || name === "complex128" ? [-1, 0x7fffffff] : [-1, -1];
}

/** Four at a time, as this reads all that packing drops. */
function isFilled(cells: Cells, start: number, count: number, [even, odd]: ValueBits): boolean {
  let evenBits = 0;
  let oddBits = 0;
  const end = start + count;
  let at = start;
  for (; at + 3 < end; at += 4) {
    evenBits |= (cells[at] as number) | (cells[at + 2] as number);
    oddBits |= (cells[at + 1] as number) | (cells[at + 3] as number);
  }
  for (; at < end; at += 2) {
    evenBits |= cells[at] as number;
    if (at + 1 < end) oddBits |= cells[at + 1] as number;
  }
  return ((evenBits & even) | (oddBits & odd)) !== 0;
}
