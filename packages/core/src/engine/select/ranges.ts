import { FormatError } from "../../errors.js";
import type { ArrayLayout } from "../../layout/layout.js";
import { type DType, dtype, littleEndian } from "../../ndarray/dtype.js";
import { NdArray, zeros } from "../../ndarray/ndarray.js";
import { elementPath } from "../../value/path.js";
import type { Axes, RangesField } from "./axes.js";
import { type Dict, memberOf } from "./member.js";
import { indexAt, type Pick, rangePick } from "./pick.js";

/** Which positions belong to each item: from `starts[i]` up to `stops[i]`. */
export interface Ranges {
  readonly starts: Float64Array;
  readonly stops: Float64Array;
}

/**
 * Ranges may overlap, but this many times as many positions as there are at the most: a small file must not ask for any
 * amount of memory.
 */
const MAX_OVERLAP = 64;

/**
 * The ranges that a record has, checked against the number of positions. Throws `FormatError` `mismatch` for anything but
 * whole numbers in two columns, and for ranges that run backwards or out of bounds; `limit` for ranges that overlap beyond
 * all use.
 */
export function readRanges({ key, over }: RangesField, value: unknown, size: number | undefined): Ranges {
  const fail = (index: number | undefined, reason: string): never => {
    throw new FormatError("mismatch", reason, { path: index === undefined ? key : elementPath(key, index) });
  };
  if (!(value instanceof NdArray) || value.ndim !== 2 || value.shape[1] !== 2 || !/^u?int/.test(value.dtype))
    return fail(undefined, `first and last positions along ${over} expected: whole numbers in two columns`);
  const count = value.shape[0] as number;
  const ranges: Ranges = { starts: new Float64Array(count), stops: new Float64Array(count) };
  let index = 0;
  let total = 0;
  for (const element of value) {
    const row = index >> 1;
    (index % 2 === 0 ? ranges.starts : ranges.stops)[row] = Number(element);
    if (index++ % 2 === 0) continue;
    const [start, stop] = [ranges.starts[row] as number, ranges.stops[row] as number];
    if (start < 0 || stop < start) fail(row, `positions ${start} to ${stop} are no range`);
    if (size !== undefined && stop > size) fail(row, `positions ${start} to ${stop}, but ${over} has ${size}`);
    total += stop - start;
  }
  if (size !== undefined && total > MAX_OVERLAP * size)
    throw new FormatError("limit", `ranges of ${total} positions together, but ${over} has ${size}`, { path: key });
  return ranges;
}

/** How many positions along `symbol` the ranges of a record need. */
export function extentOf(axes: Axes, record: Dict, symbol: string): number | undefined {
  const field = axes.ranges.find(({ over }) => over === symbol);
  const value = field && memberOf(record, field.key);
  if (!field || value === undefined) return undefined;
  return readRanges(field, value, undefined).stops.reduce((most, stop) => Math.max(most, stop), 0);
}

/** What picking items takes along the other symbol: all that belongs to them, end to end. */
export function pickThrough({ starts, stops }: Ranges, pick: Pick): Pick {
  let total = 0;
  let adjacent = true;
  let end: number | undefined;
  for (let i = 0; i < pick.length; i++) {
    const at = indexAt(pick, i);
    const [start, stop] = [starts[at] as number, stops[at] as number];
    if (stop === start) continue;
    adjacent &&= end === undefined || end === start;
    end = stop;
    total += stop - start;
  }
  if (adjacent) return rangePick({ start: (end ?? total) - total, step: 1, length: total });
  const indices = new Float64Array(total);
  let place = 0;
  for (let i = 0; i < pick.length; i++) {
    const at = indexAt(pick, i);
    for (let position = starts[at] as number; position < (stops[at] as number); position++) indices[place++] = position;
  }
  return { kind: "indices", indices, length: total };
}

/** Ranges of the picked items after their positions were gathered: from 0 on, without gaps. */
export function rebased({ starts, stops }: Ranges, pick: Pick): Ranges {
  const result: Ranges = { starts: new Float64Array(pick.length), stops: new Float64Array(pick.length) };
  let position = 0;
  for (let i = 0; i < pick.length; i++) {
    const at = indexAt(pick, i);
    result.starts[i] = position;
    position += (stops[at] as number) - (starts[at] as number);
    result.stops[i] = position;
  }
  return result;
}

/**
 * Ranges of all items after positions were picked. What belongs to an item stays together only when the picked ones keep
 * their order: `RangeError` otherwise.
 */
export function thinned({ starts, stops }: Ranges, pick: Pick, { key, of, over }: RangesField): Ranges {
  for (let i = 1; i < pick.length; i++) {
    if (indexAt(pick, i) <= indexAt(pick, i - 1))
      throw new RangeError(
        `${key} says which ${over} belong to each ${of}: pick along ${over} in ascending order, or work along ${of}`,
      );
  }
  const before = (position: number): number => {
    let [low, high] = [0, pick.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (indexAt(pick, middle) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { starts: starts.map(before), stops: stops.map(before) };
}

/**
 * Ranges as an array: in the type that they had, or the first one of the field that holds them. Throws `FormatError`
 * `mismatch` when the field has none.
 */
export function rangesArray(field: ArrayLayout, type: DType, ranges: Ranges, path: string): NdArray {
  const largest = ranges.stops.reduce((most, stop) => Math.max(most, stop), 0);
  const fitting = [littleEndian(type), ...field.dtype.map((name) => dtype(name))].find(
    (held) => largest <= mostOf(held),
  );
  if (!fitting) throw new FormatError("mismatch", `${field.dtype.join(" or ")} cannot hold ${largest}`, { path });
  const array = zeros(fitting, [ranges.starts.length, 2]);
  const big = fitting.name === "int64" || fitting.name === "uint64";
  const cells = array.data as { [index: number]: number | bigint };
  for (let row = 0; row < ranges.starts.length; row++) {
    const [start, stop] = [ranges.starts[row] as number, ranges.stops[row] as number];
    cells[2 * row] = big ? BigInt(start) : start;
    cells[2 * row + 1] = big ? BigInt(stop) : stop;
  }
  return array as unknown as NdArray;
}

/** The largest position that an integer type holds exactly. */
function mostOf({ name, itemSize }: DType): number {
  if (!/^u?int/.test(name)) return -1;
  return Math.min(Number.MAX_SAFE_INTEGER, 2 ** (8 * itemSize - (name.startsWith("u") ? 0 : 1)) - 1);
}
