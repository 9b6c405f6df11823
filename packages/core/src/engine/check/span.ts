import type { ObjectLayout } from "../../layout/layout.js";
import type { GroupNode } from "../../tree/node.js";
import { memberPath } from "../../value/path.js";
import { presentName } from "../resolve.js";
import { integerAt } from "./keys.js";
import type { Walk } from "./state.js";

/** The numbers that an object goes over: from the first one up to one behind the last. */
export interface Span {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The span of an object, which counts for the objects in it; that of the object around where it has none, or not rightly. Reports
 * one that goes backwards, or beyond the one around.
 */
export async function checkSpan(walk: Walk, field: ObjectLayout, group: GroupNode): Promise<Span | undefined> {
  const outer = walk.span;
  if (!field.span) return outer;
  const [startKey, endKey] = [field.span.start, field.span.end];
  const start = await integerAt(walk, field, group, startKey);
  const end = await integerAt(walk, field, group, endKey);
  const report = async (key: string, actual: number, message: string, expected: string): Promise<void> => {
    const member = field.properties[key];
    const name = member && presentName(member, key, group.keys);
    const node = name === undefined ? undefined : await group.child(name, walk.options);
    walk.report.add({
      code: "range",
      path: node?.path ?? memberPath(group.path, key),
      message,
      expected,
      actual: String(actual),
      rule: `${field.rule}/span`,
    });
  };
  if (start !== undefined && end !== undefined && start > end) {
    await report(startKey, start, `${startKey} ${start} is behind ${endKey}, ${end}`, `<= ${end}`);
    return outer;
  }
  if (outer && start !== undefined && start < outer.start)
    await report(
      startKey,
      start,
      `${startKey} ${start} is before the start of ${outer.path || "the file"}, ${outer.start}`,
      `>= ${outer.start}`,
    );
  if (outer && end !== undefined && end > outer.end)
    await report(
      endKey,
      end,
      `${endKey} ${end} is behind the end of ${outer.path || "the file"}, ${outer.end}`,
      `<= ${outer.end}`,
    );
  return start === undefined || end === undefined ? outer : { path: group.path, start, end };
}
