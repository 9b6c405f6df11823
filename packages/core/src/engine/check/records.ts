import { FormatError } from "../../errors.js";
import type { FieldLayout, ListLayout } from "../../layout/layout.js";
import type { ListNode, Node } from "../../tree/node.js";
import { memberPath } from "../../value/path.js";
import { countText } from "../records/reader.js";
import type { RecordStream } from "../records/stream.js";
import type { Report } from "./report.js";
import type { Walk } from "./state.js";

/** Looks at one item; gives its plain value. */
type Visit = (field: FieldLayout, node: Node, index: number) => Promise<unknown>;

/**
 * Visits the items of a list that is gone through in order. Damage ends the list and is reported where it is; so is a number
 * of items other than stated. A check of headers looks at directories and the first item.
 */
export async function visitItems(walk: Walk, field: ListLayout, list: ListNode, visit: Visit): Promise<unknown[]> {
  const items: unknown[] = [];
  // There are no headers of single items: each has to be decompressed.
  const isQuick = walk.options.depth === "headers";
  try {
    if (isQuick) await list.outline?.(walk.options);
    for await (const node of list.items?.(walk.options) ?? []) {
      const item = field.prefix[items.length] ?? field.items;
      if (item === false) break;
      items.push(await visit(item, node, items.length));
      if (isQuick) return items;
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    reportDamage(walk, field, list, error);
    return items;
  }
  if (items.length !== list.length) {
    walk.report.add({
      code: "range",
      path: list.path,
      message: countText(items.length, list.length),
      expected: String(list.length),
      actual: String(items.length),
      rule: field.rule,
    });
  }
  return items;
}

function reportDamage({ report }: Walk, field: ListLayout, list: ListNode, error: FormatError): void {
  const at = error.offset === undefined ? "" : ` (byte ${error.offset})`;
  const path = error.path === "" ? list.path : error.path;
  report.add({ code: "unreadable", path, message: `${error.reason}${at}`, actual: error.code, rule: field.rule });
}

/** Says so of a file whose writer was stopped, although all that is there may be whole. */
export function checkFinished(report: Report, { isFinished, list }: RecordStream): void {
  if (isFinished) return;
  const path = list.start ? memberPath(list.start[0], list.start[1]) : "";
  const message = "the writer of the file did not come to its end: how many records there should be is not known";
  report.add({ code: "constraint", severity: "warning", path, message, rule: "/records" });
}
