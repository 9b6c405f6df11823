import { FormatError } from "../../errors.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import { rangesKey } from "../row-dims.js";
import { follow, type Place, readValue } from "./place.js";

/** The image that each row belongs to, where an array says which rows are whose. */
export interface RowImages {
  readonly count: number;
  /** By rows, never falling. */
  readonly of: Int32Array;
}

/**
 * The images of so many rows; undefined where nothing shares them out. Throws `FormatError` `mismatch` for rows that belong to no
 * image or to several, and for images whose rows are not in order.
 */
export async function rowImages(place: Place, rows: number, options: WorkOptions): Promise<RowImages | undefined> {
  const ranges = rangesKey(place.object);
  const found = ranges && (await follow(place, [ranges.key], options));
  const value = found && (await readValue(found, options));
  if (!found || !(value instanceof NdArray) || value.ndim !== 2) return undefined;
  const numbers = [...value].map(Number);
  const of = new Int32Array(rows);
  const { path } = found.node;
  let next = 0;
  for (let image = 0; image < value.shape[0]; image++) {
    const [start, stop] = [numbers[2 * image] as number, numbers[2 * image + 1] as number];
    if (start === stop) continue;
    if (start !== next || stop < start || stop > rows)
      throw new FormatError("mismatch", `rows ${start} to ${stop} of image ${image}, where row ${next} is due`, {
        path,
      });
    of.fill(image, start, stop);
    next = stop;
  }
  if (next !== rows) throw new FormatError("mismatch", `row ${next} belongs to no image`, { path });
  return { count: value.shape[0], of };
}
