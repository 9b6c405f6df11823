import type { FieldLayout } from "../../layout/layout.js";
import { memberPath } from "../../value/path.js";
import type { Siblings } from "../encoding.js";
import type { Need, Walk } from "./state.js";

/** Remembers what a value needs beside it until all keys of its object are known. */
export function noteNeeds({ needs }: Walk, field: FieldLayout, { key }: Siblings): void {
  for (const keyword of ["requires", "recommends"] as const) {
    const keys = field[keyword];
    if (keys) needs?.push({ key, keys, keyword, rule: `${field.rule}/${keyword}` });
  }
}

/** Reports what members need beside them and have not, once all keys of their object are known. */
export function reportNeeds(walk: Walk, need: Need, path: string, present: ReadonlySet<string>): void {
  const { key, keys, keyword, rule } = need;
  for (const needed of keys) {
    const at = memberPath(path, needed);
    if (present.has(needed) || walk.report.has("missing", at)) continue;
    const belongs = keyword === "requires" ? "cannot do without it" : "should not be without it";
    const message = `${JSON.stringify(needed)} is missing; ${memberPath(path, key)} in this form ${belongs}`;
    const severity = keyword === "requires" ? "error" : "warning";
    walk.report.add({ code: "missing", severity, path: at, message, expected: needed, rule });
  }
}
