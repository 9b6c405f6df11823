import type { ListNode, Node } from "@somakit/core";
import { rangeIndices } from "@somakit/core/engine/select";
import { UsageError } from "./failure.js";
import { parseRange } from "./numbers.js";

/** A path inside a file, and the ranges at its end. */
export interface RangedPath {
  /** Undefined for the whole file. */
  readonly path: string | undefined;
  /** As in `--slice`, one range an axis. */
  readonly ranges: string | undefined;
}

/** Takes `keypoints2d[0:5,:,0]` apart: brackets at the end that hold ranges are no step of the path. */
export function rangedPath(text: string | undefined): RangedPath {
  const match = /^(.*)\[([-\d\s,.:]*[:,][-\d\s,.:]*)\]$/su.exec(text ?? "");
  if (!match) return { path: text, ranges: undefined };
  const [, path, ranges] = match;
  return { path: path === "" ? undefined : path, ranges };
}

/** The items of a list in a range, under numbers of their own. Throws `UsageError` for several ranges. */
export function listPart(list: ListNode, text: string): Node {
  if (text.includes(",")) throw new UsageError(`[${text}]: a list has one axis`, "[3:8] takes some of its items");
  const indices = rangeIndices(parseRange(text), list.length);
  return {
    kind: "list",
    path: `${list.path}[${text}]`,
    length: indices.length,
    ...(list.form && { form: list.form }),
    child: (index, options) => list.child(indices[index] as number, options),
  };
}
