import type { ArrayLayout } from "../../layout/layout.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { ArrayNode } from "../../tree/node.js";
import type { Walk } from "./state.js";

/** What a ranges array comes to. */
export interface RangesSummary {
  /** Positions up to the end of its last range. */
  readonly extent: number;
  /** Why it cannot be used, such as `row 2 is (5, 3)`. */
  readonly fault: string | undefined;
  /** Why it is unusual: positions that belong to no row. */
  readonly gap: string | undefined;
}

/** Looks through a ranges array of two columns; `size` is the number of positions, where it is known. */
export function summariseRanges(array: NdArray, size: number | undefined): RangesSummary {
  const rows = rangeRows(array).map(([start, stop], row) => ({ row, start, stop }));
  const broken = rows.find(({ start, stop }) => start < 0 || stop < start);
  let fault = broken && `row ${broken.row} is (${broken.start}, ${broken.stop})`;
  let gap: string | undefined;
  let extent = 0;
  for (const { row, start, stop } of rows.sort((a, b) => a.start - b.start || a.stop - b.stop)) {
    if (start < extent && stop > start) fault ??= `row ${row} starts at ${start}, within another row`;
    else if (start > extent) gap ??= `positions ${extent} to ${start - 1} belong to no row`;
    extent = Math.max(extent, stop);
  }
  if (size !== undefined && extent > size) fault ??= `covers ${extent} positions, ${size} expected`;
  if (size !== undefined && extent < size) gap ??= `positions ${extent} to ${size - 1} belong to no row`;
  return { extent, fault, gap };
}

/** Start and end of each row. */
export function rangeRows(array: NdArray): readonly (readonly [start: number, stop: number])[] {
  const numbers = [...array].map(Number);
  return Array.from({ length: array.shape[0] ?? 0 }, (_, row) => [
    numbers[2 * row] as number,
    numbers[2 * row + 1] as number,
  ]);
}

/** Reports ranges that overlap, run backwards or out of bounds, and, as a warning, positions that belong to none. */
export async function checkRanges(walk: Walk, field: ArrayLayout, node: ArrayNode): Promise<void> {
  if (field.ranges === undefined || node.shape.length !== 2 || node.shape[1] !== 2) return;
  const { fault, gap } = summariseRanges(await node.load(walk.options), walk.scope?.size(field.ranges));
  const place = { code: "range", path: node.path, rule: field.rule } as const;
  if (fault !== undefined) walk.report.add({ ...place, message: fault });
  else if (gap !== undefined) walk.report.add({ ...place, severity: "warning", message: gap });
}
