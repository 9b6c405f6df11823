import type { FieldLayout, KeypointAxis, Layout, ObjectLayout } from "../layout/layout.js";
import { ownName } from "./encoding.js";
import { dereference, memberField } from "./resolve.js";

/** Adds what a record lacks and the schema states: defaults, and the names of keypoint conventions. */
export function fillDefaults(layout: Layout, field: ObjectLayout, record: Record<string, unknown>): void {
  for (const [key, member] of Object.entries(field.properties)) {
    if (member.default !== undefined && !Object.hasOwn(record, key)) define(record, key, member.default);
  }
  const closed = field.closed !== undefined && record[field.closed.when] === true;
  for (const key of Object.keys(record)) {
    const member = memberField(field, key);
    if (!member || (closed && member.by !== "property")) continue;
    const keypoints = keypointsOf(layout, member.field);
    if (keypoints?.field === undefined || keypoints.default === undefined) continue;
    const sibling = ownName(keypoints.field, key);
    if (!Object.hasOwn(record, sibling)) define(record, sibling, keypoints.default);
  }
}

/** The keypoint axis that a field states, for one of its branches at least. */
function keypointsOf(layout: Layout, field: FieldLayout): KeypointAxis | undefined {
  const target = dereference(layout, field);
  if (target.kind === "array" || target.kind === "sparse") return target.keypoints;
  if (target.kind !== "choice") return undefined;
  for (const branch of target.branches) {
    const keypoints = keypointsOf(layout, branch);
    if (keypoints) return keypoints;
  }
  return undefined;
}

/** Adds a member under any name, `__proto__` included. */
export function define(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
}
