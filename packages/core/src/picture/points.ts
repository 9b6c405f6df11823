import { FormatError } from "../errors.js";
import { astype } from "../ndarray/astype.js";
import type { TypedArray } from "../ndarray/elements.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { Points } from "./figure.js";
import { type View, viewAxes } from "./view.js";

/** Coordinates beyond this are taken for what they are: no place. A float32 holds none beyond it, and sums of squares stay finite. */
const FARTHEST = 3.5e38;

/** Numbers in rows, in C order. */
export interface Rows {
  readonly data: TypedArray & ArrayLike<number>;
  readonly count: number;
  readonly width: number;
}

/** An array as rows of its last axis. Throws `FormatError` `mismatch` for elements that are no real numbers. */
export function rowsOf(array: NdArray, what: string): Rows {
  if (!/^(?:bool|u?int\d+|float\d+)$/.test(array.dtype) || array.ndim === 0)
    throw new FormatError("mismatch", `${what} are numbers along some axes, found ${array.toString().slice(0, 60)}`);
  const numbers = astype(array, "float64").contiguous();
  const width = array.shape.at(-1) as number;
  const data = (numbers.data as unknown as Float64Array).subarray(numbers.offset, numbers.offset + numbers.size);
  return { data, count: width === 0 ? 0 : numbers.size / width, width };
}

/** Whether a row has a place: numbers, and not beyond all measure. */
export function hasPlace({ data, width }: Rows, row: number, dimensions: number): boolean {
  for (let at = row * width; at < row * width + dimensions; at++)
    if (!(Math.abs(data[at] as number) <= FARTHEST)) return false;
  return true;
}

/** Rows in the plane: as they are in two dimensions, seen from somewhere in three. */
export function planePoints(rows: Rows, seen: Uint8Array, view: View | undefined): Points {
  const { data, count, width } = rows;
  const places = new Float64Array(2 * count);
  if (!view) {
    for (let row = 0; row < count; row++) {
      places[2 * row] = data[row * width] as number;
      places[2 * row + 1] = data[row * width + 1] as number;
    }
    return { count, places, depths: undefined, seen };
  }
  const { right, down, away } = viewAxes(view);
  const depths = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const at = row * width;
    const [x, y, z] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
    places[2 * row] = x * right[0] + y * right[1] + z * right[2];
    places[2 * row + 1] = x * down[0] + y * down[1] + z * down[2];
    depths[row] = x * away[0] + y * away[1] + z * away[2];
  }
  return { count, places, depths, seen };
}
