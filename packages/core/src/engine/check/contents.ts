import type { ObjectLayout, ScalarLayout } from "../../layout/layout.js";
import { folderSteps } from "../../source/folder-path.js";
import type { GroupNode, Node } from "../../tree/node.js";
import { versionProblem } from "../version.js";
import type { Walk } from "./state.js";

/** Reports files that no member stands for. */
export function reportUnread(walk: Walk, field: ObjectLayout, group: GroupNode): void {
  for (const path of group.unread ?? []) {
    const message = "nothing in the schema stands for this file or folder; it is not read";
    walk.report.add({ code: "unknown-key", severity: "info", path, message, rule: field.rule });
  }
}

/** Reports a version that is not understood. */
export function reportVersion(walk: Walk, field: ScalarLayout, node: Node, value: unknown): void {
  const message = field.majors && typeof value === "string" ? versionProblem(value, field.majors) : undefined;
  if (!field.majors || message === undefined) return;
  const expected = field.majors.map((major) => `${major}.x`).join(" or ");
  walk.report.add({
    code: "range",
    path: node.path,
    message,
    expected,
    actual: String(value),
    rule: `${field.rule}/majors`,
  });
}

/** Reports the name of a file that is not there, or that could lead out of the folder. */
export function reportFileName(walk: Walk, field: ScalarLayout, node: Node, value: unknown): void {
  if (!field.fileName || typeof value !== "string") return;
  const rule = `${field.rule}/fileName`;
  if (!isFileName(value)) {
    const message = `${JSON.stringify(value)} is no name of a file beside this one: it could lead out of the folder`;
    walk.report.add({ code: "range", path: node.path, message, actual: value, rule });
    return;
  }
  const { folder } = walk;
  if (!folder?.hasFile || folder.hasFile(value)) return;
  const path = folder.path === "" ? value : `${folder.path}/${value}`;
  walk.report.add({
    code: "missing",
    path,
    message: `${node.path} names this file, which is not there`,
    expected: value,
    rule,
  });
}

function isFileName(text: string): boolean {
  try {
    return folderSteps(text).length === 1;
  } catch {
    return false;
  }
}

/** Reports keys that are numbers and should not be there, and numbers that are left out. */
export function reportConsecutive(walk: Walk, field: ObjectLayout, group: GroupNode): void {
  if (!field.consecutive) return;
  const { from, to } = field.consecutive;
  const numbers = group.keys.filter((key) => /^\d{1,15}$/.test(key)).map(Number);
  const found = new Set(numbers);
  const odd = numbers.find((number) => number < from || number > to);
  const missing: number[] = [];
  for (let number = from; number <= to; number++) if (!found.has(number)) missing.push(number);
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  const count = to - from + 1;
  const add = (message: string): void =>
    walk.report.add({
      code: "constraint",
      path: group.path,
      message,
      expected: `${from} to ${to}`,
      actual: `${numbers.length} of ${count}`,
      rule: `${field.rule}/consecutive`,
    });
  if (missing.length > 0) {
    const shown = missing.slice(0, 5).join(", ");
    const more = missing.length > 5 ? ` and ${missing.length - 5} more` : "";
    add(`${numbers.length} numbers, ${count} expected: ${shown}${more} ${missing.length === 1 ? "is" : "are"} missing`);
  }
  if (odd !== undefined) add(`the number ${odd} is outside of ${from} to ${to}`);
  if (twice !== undefined) add(`the number ${twice} is there twice, with leading zeros and without`);
}
