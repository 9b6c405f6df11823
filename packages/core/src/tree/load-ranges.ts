import type { NdArray } from "../ndarray/ndarray.js";
import { type AxisRange, resolveRange } from "../ndarray/range.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode } from "./node.js";

/**
 * Part of an array in a file, by one range an axis: what `load` and then `slice` give, without reading rows before and
 * after those of the first range where the file allows that. Throws `RangeError` as `slice` does, before reading.
 */
export async function loadRanges(
  node: ArrayNode,
  ranges: readonly AxisRange[],
  options: WorkOptions = {},
): Promise<NdArray> {
  checkRanges(node.shape, ranges);
  const [first, ...others] = ranges;
  if (!node.rows || first === undefined || first === null) return (await node.load(options)).slice(...ranges);
  const size = node.shape[0] as number;
  if (typeof first === "number") {
    const row = first < 0 ? first + size : first;
    return (await node.rows(row, row + 1, options)).slice(0, ...others);
  }
  const { start, step, length } = resolveRange(first, size);
  const last = start + (length - 1) * step;
  const rows =
    length === 0 ? node.rows(0, 0, options) : node.rows(Math.min(start, last), Math.max(start, last) + 1, options);
  return (await rows).slice([null, null, step], ...others);
}

function checkRanges(shape: readonly number[], ranges: readonly AxisRange[]): void {
  if (ranges.length > shape.length) throw new RangeError(`${ranges.length} ranges for ${shape.length} axes`);
  for (const [axis, range] of ranges.entries()) {
    const size = shape[axis] as number;
    if (typeof range !== "number") resolveRange(range, size);
    else if (!(Number.isInteger(range) && range >= -size && range < size))
      throw new RangeError(`index ${range} is outside axis ${axis} of size ${size}`);
  }
}
