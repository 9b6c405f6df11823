import type { ObjectLayout } from "../../layout/layout.js";
import type { GroupNode } from "../../tree/node.js";
import { memberPath } from "../../value/path.js";
import { define } from "../defaults.js";
import type { Walk } from "./state.js";

/** An object, as far as the walk has come with it. */
export interface VisitedObject {
  readonly group: GroupNode;
  /** Keys that are there. */
  readonly present: ReadonlySet<string>;
  /** The value that structure is checked on. */
  readonly record: Record<string, unknown>;
}

/**
 * Reports keys that are required and absent. One that reading fills in tells of an older file, as an outdated form of an array
 * does, unless the profile requires it: then the file itself has to have it. Defaults are added to the record, so that rules
 * of structure are about what is read.
 */
export function reportAbsent(walk: Walk, field: ObjectLayout, { group, present, record }: VisitedObject): void {
  const demanded = walk.required[field.rule] ?? [];
  for (const key of new Set([...field.required, ...demanded])) {
    if (present.has(key)) continue;
    const path = placeIn(group, key);
    if (group.placeOf) walk.report.placeMember(record, key, path);
    const fallback = Object.hasOwn(field.properties, key) ? field.properties[key]?.default : undefined;
    const isFilled = fallback !== undefined && !demanded.includes(key);
    const message = `${JSON.stringify(key)} is required${group.path === "" ? "" : ` in ${group.path}`}, but missing`;
    walk.report.add({
      code: isFilled ? "legacy" : "missing",
      ...(isFilled && { severity: "warning" }),
      path,
      message: isFilled ? `${message}: read as ${JSON.stringify(fallback)}` : message,
      expected: key,
      rule: `${field.rule}/required`,
      hint: isFilled ? "writing adds it, and so does an upgrade" : undefined,
    });
  }
  for (const [key, { default: fallback }] of Object.entries(field.properties))
    if (fallback !== undefined && !present.has(key)) define(record, key, fallback);
}

/** Where a member of a group is, or would be. */
export function placeIn(group: GroupNode, key: string): string {
  return group.placeOf?.(key) ?? memberPath(group.path, key);
}
