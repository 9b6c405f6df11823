import type { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode } from "../tree/node.js";
import { indexAt, type Pick, pickArray, rangePick } from "./select/pick.js";

/** The items that are wanted along one axis of an array. */
export interface AxisCut {
  readonly axis: number;
  readonly pick: Pick;
}

/** A run of positions, of what may be fewer: half-open, and clipped when it is cut. */
export function runPick(start: number, stop: number): Pick {
  return rangePick({ start, step: 1, length: stop - start });
}

/** The shortest run of positions that has all picked ones: the first and the one after the last. */
function hullOf(pick: Pick): readonly [start: number, stop: number] {
  if (pick.length === 0) return [0, 0];
  if (pick.kind === "range") {
    const [first, last] = [pick.start, indexAt(pick, pick.length - 1)];
    return [Math.min(first, last), Math.max(first, last) + 1];
  }
  let [start, stop] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < pick.length; i++) {
    start = Math.min(start, indexAt(pick, i));
    stop = Math.max(stop, indexAt(pick, i) + 1);
  }
  return [start, stop];
}

/** The same items counted from another position. */
function pickFrom(pick: Pick, origin: number): Pick {
  if (pick.length === 0) return runPick(0, 0);
  if (pick.kind === "range") return { ...pick, start: pick.start - origin };
  return { ...pick, indices: Float64Array.from(pick.indices, (index) => index - origin) };
}

/** Whether a pick is a run in ascending order, so that its hull is all there is to it. */
function isRun(pick: Pick): boolean {
  return pick.length === 0 || (pick.kind === "range" && (pick.step === 1 || pick.length === 1));
}

/** A run that goes past the end of an axis, cut off there. Other picks were checked against its size already. */
export function clipped(pick: Pick, size: number): Pick {
  if (!isRun(pick)) return pick;
  const [start, stop] = hullOf(pick);
  return runPick(Math.min(start, size), Math.min(stop, size));
}

/** The wanted items of an array in memory: a view, unless some are picked one by one. */
export function cutArray(array: NdArray, cuts: readonly AxisCut[]): NdArray {
  return cuts.reduce((part, { axis, pick }) => pickArray(part, axis, clipped(pick, part.shape[axis] as number)), array);
}

/**
 * The wanted items of an array in a file, as an array that keeps nothing else in memory. Where the file allows it, only
 * the rows from the first to the last wanted one are read.
 */
export async function loadCut(node: ArrayNode, cuts: readonly AxisCut[], options: WorkOptions = {}): Promise<NdArray> {
  if (cuts.length === 0) return node.load(options);
  const first = cuts.find(({ axis }) => axis === 0);
  if (!first || !node.rows) return cutArray(await node.load(options), cuts).copy({ byteOrder: "stored" });
  const pick = clipped(first.pick, node.shape[0] as number);
  const [start, stop] = hullOf(pick);
  const rows = await node.rows(start, stop, options);
  const others = cuts.filter(({ axis }) => axis !== 0);
  if (isRun(pick) && others.length === 0 && !node.array) return rows;
  return cutArray(rows, [{ axis: 0, pick: pickFrom(pick, start) }, ...others]).copy({ byteOrder: "stored" });
}
