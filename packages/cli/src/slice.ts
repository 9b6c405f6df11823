import type { ArrayNode, AxisRange, NdArray, WorkOptions } from "@somakit/core";
import { loadRanges } from "@somakit/core/tree";
import { UsageError } from "./failure.js";

const HINT = 'one part an axis, as in Python: --slice "0:3,:,-1" or "...,0"';

/**
 * The part of an array that text such as `0:3,:,0` names. Rows that the first range leaves out are not read where the
 * file allows that. Throws `UsageError`.
 */
export async function loadSlice(node: ArrayNode, text: string, options: WorkOptions = {}): Promise<NdArray> {
  const ranges = expand(
    text.split(",").map((part) => part.trim()),
    node.shape.length,
    text,
  ).map((part) => rangeOf(part, text));
  try {
    return await loadRanges(node, ranges, options);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--slice ${text}: ${error.message}`, HINT);
    throw error;
  }
}

/** Puts a `:` for every axis that `...` stands for. */
function expand(parts: readonly string[], axes: number, text: string): readonly string[] {
  const open = parts.indexOf("...");
  if (open < 0) {
    if (parts.length > axes) throw new UsageError(`--slice ${text}: ${parts.length} parts for ${axes} axes`, HINT);
    return parts;
  }
  const missing = axes - (parts.length - 1);
  if (missing < 0 || parts.includes("...", open + 1))
    throw new UsageError(`--slice ${text}: ${parts.length - 1} parts for ${axes} axes`, HINT);
  return [...parts.slice(0, open), ...new Array<string>(missing).fill(":"), ...parts.slice(open + 1)];
}

function rangeOf(part: string, text: string): AxisRange {
  if (/^-?\d+$/.test(part)) return Number(part);
  const match = /^(-?\d+)?:(-?\d+)?(?::(-?\d+)?)?$/.exec(part);
  if (!match) throw new UsageError(`--slice ${text}: cannot read ${JSON.stringify(part)}`, HINT);
  const [start, stop, step] = match.slice(1).map((bound) => (bound === undefined ? null : Number(bound)));
  return [start ?? null, stop ?? null, step ?? null];
}
