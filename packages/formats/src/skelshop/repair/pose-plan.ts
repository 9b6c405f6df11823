import type { ArrayNode, NdArray, WorkOptions } from "@somakit/core";
import { memberPath } from "@somakit/core/value";
import type { Changes } from "./changes.js";
import { rowRanges } from "./row-ranges.js";
import { arrayAt, type StoredGroup, wholeOf } from "./stored.js";

/** A pose as it will be written. */
export interface PosePlan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Which stored keypoints each row has; {@link keptColumns} leaves some of them out. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly data: ArrayNode;
  readonly indices: ArrayNode;
}

export interface PosePlanOptions extends WorkOptions {
  readonly name: string;
  readonly limbs: number;
  readonly changes: Changes;
  /** The frame to take when the pose does not say where it starts. */
  readonly start: number;
}

/** How a pose can be saved; undefined when it cannot. */
export async function planPose(pose: StoredGroup, options: PosePlanOptions): Promise<PosePlan | undefined> {
  const { changes, name, limbs } = options;
  const { node } = pose;
  const data = await arrayAt(node, "data", options);
  const indices = await arrayAt(node, "indices", options);
  const indptr = await arrayAt(node, "indptr", options);
  if (!data || !indices || !isKeypoints(data) || !isPositions(indices)) {
    changes.lose(node.path, "it has no keypoints that can be read: left out");
    return undefined;
  }
  const stored = Math.min(data.shape[0] as number, indices.shape[0] as number);
  if (data.shape[0] !== indices.shape[0])
    changes.lose(node.path, `${data.shape[0]} keypoints, but ${indices.shape[0]} columns: the first ${stored} count`);
  const starts = indptr && isPositions(indptr) ? numbersOf(await indptr.load(options)) : undefined;
  const interval = intervalOf(pose, { starts, stored }, options);
  if (!interval) {
    changes.lose(node.path, "nothing says how many frames it has: left out");
    return undefined;
  }
  const columns = numbersOf(await indices.load(options)).subarray(0, stored);
  const rows = interval.end - interval.start;
  const { from, to, faults } = rowRanges({ starts: starts ?? [], columns }, rows);
  for (const { message, loss } of faults) changes[loss ? "lose" : "mend"](memberPath(node.path, "indptr"), message);
  const left = leftOut(columns, from, to, limbs);
  if (left > 0)
    changes.lose(
      memberPath(node.path, "indices"),
      `${left} keypoints in columns that are not there, or taken: left out`,
    );
  return { name, ...interval, from, to, data, indices };
}

function isKeypoints({ shape, type }: ArrayNode): boolean {
  return shape.length === 2 && shape[1] === 3 && /^float(32|64)$/.test(type.name);
}

function isPositions({ shape, type }: ArrayNode): boolean {
  return shape.length === 1 && /^u?int(8|16|32|64)$/.test(type.name);
}

/** Rows that a pose may have beyond twice those that its row starts, or its keypoints, are of. */
const MORE_ROWS = 1000;

interface Interval {
  readonly start: number;
  readonly end: number;
}

interface StoredCounts {
  readonly starts: Float64Array | undefined;
  /** Keypoints. */
  readonly stored: number;
}

function intervalOf(pose: StoredGroup, counts: StoredCounts, options: PosePlanOptions): Interval | undefined {
  const { changes } = options;
  const { path } = pose.node;
  const stated = [wholeOf(pose, "start_frame"), wholeOf(pose, "end_frame")] as const;
  const rows = countedRows(counts);
  const start = stated[0] ?? (stated[1] !== undefined && rows !== undefined ? stated[1] - rows : options.start);
  if (start < 0) return undefined;
  const end = endOf(start, stated[1], counts);
  if (end === undefined) return undefined;
  if (stated[0] !== start) changes.mend(path, `start_frame ${shown(stated[0])}: becomes ${start}`);
  if (stated[1] !== end) changes.mend(path, `end_frame ${shown(stated[1])}: becomes ${end}`);
  return { start, end };
}

/** Rows by their starts. The start behind the last one is written when a file is ended: in one that was not, it is missing. */
function countedRows({ starts, stored }: StoredCounts): number | undefined {
  if (!starts || starts.length === 0) return undefined;
  return (starts.at(-1) as number) < stored ? starts.length : starts.length - 1;
}

/** Row starts count more than an end that contradicts itself, and more rows more than fewer, unless those are stray. */
function endOf(start: number, stated: number | undefined, counts: StoredCounts): number | undefined {
  const rows = countedRows(counts);
  const counted = rows === undefined || rows === 0 ? undefined : start + rows;
  const most = start + 2 * (rows ?? counts.stored) + MORE_ROWS;
  if (stated === undefined || stated <= start || stated > most) return counted;
  if (counted === undefined || counted <= stated) return stated;
  const isStray = counts.starts?.[stated - start] === counts.starts?.at(-1);
  return isStray ? stated : counted;
}

function shown(value: number | undefined): string {
  return value === undefined ? "is missing" : String(value);
}

/** Whole numbers, none of them beyond 2^53 in a file that makes sense. */
export function numbersOf(array: NdArray): Float64Array {
  return Float64Array.from(array as Iterable<number | bigint>, Number);
}

function leftOut(columns: Float64Array, from: Float64Array, to: Float64Array, limbs: number): number {
  const keep = keptColumns(limbs);
  let left = 0;
  for (let row = 0; row < from.length; row++) {
    const [start, end] = [from[row] as number, to[row] as number];
    for (let index = start; index < end; index++) if (!keep(columns[index] as number, row)) left++;
  }
  return left;
}

/** Says of columns, row after row, whether they are there, and not yet taken in their row. */
export function keptColumns(limbs: number): (column: number, row: number) => boolean {
  const taken = new Float64Array(limbs).fill(-1);
  return (column, row) => {
    if (!(column >= 0 && column < limbs) || taken[column] === row) return false;
    taken[column] = row;
    return true;
  };
}
