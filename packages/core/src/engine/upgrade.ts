import { FormatError } from "../errors.js";
import type { FieldLayout, Layout } from "../layout/layout.js";
import type { GroupNode } from "../tree/node.js";
import { nodeOfValue } from "../tree/value-node.js";
import { memberPath } from "../value/path.js";
import { FileAccessor, type LoadOptions } from "./accessor.js";
import { decode } from "./decode.js";
import { dereference, presentName } from "./resolve.js";
import type { Dict } from "./select/member.js";
import { type Change, Changes } from "./upgrade/changes.js";
import { upgradeDict } from "./upgrade/record.js";

export type { Change } from "./upgrade/changes.js";

/** A record as its schema has it now, and what was changed for that, in the order of its members. */
export interface Upgraded<T> {
  readonly value: T;
  readonly changes: readonly Change[];
}

/** How a value or a file is brought up to date. */
export type UpgradeOptions = Pick<LoadOptions, "mismatches" | "signal" | "onProgress">;

/**
 * Brings a record of an older make up to date: former names of keys, outdated keys that others took the place of, outdated
 * forms of arrays, numbers stored as objects, names of keypoint conventions that the number of keypoints tells, sizes that
 * nothing states, defaults. What is up to date already is left as it is, so doing it again changes nothing.
 *
 * A record is taken in logical or in stored form and returned in the same; nothing in it is changed, what needs no change
 * is shared. An open file is read, brought up to date as stored and returned in logical form, ready to be written: that
 * lists everything, while `read` has brought arrays up to date and filled in defaults silently by the time it returns.
 *
 * Throws `FormatError` `mismatch` for elements that an outdated form does not allow, unless `mismatches` is `keep`, and for
 * a file what `read` throws; `TypeError` for a data set that is no record.
 */
export function upgradeWith<T>(layout: Layout, file: FileAccessor<T>, options?: UpgradeOptions): Promise<Upgraded<T>>;
export function upgradeWith<T extends object>(layout: Layout, record: T, options?: UpgradeOptions): Upgraded<T>;
export function upgradeWith<T extends object>(
  layout: Layout,
  subject: T | FileAccessor<T>,
  options?: UpgradeOptions,
): Upgraded<T> | Promise<Upgraded<T>>;
export function upgradeWith<T extends object>(
  layout: Layout,
  subject: T | FileAccessor<T>,
  options: UpgradeOptions = {},
): Upgraded<T> | Promise<Upgraded<T>> {
  if (subject instanceof FileAccessor) return upgradeFile(layout, subject, options);
  return upgradeRecord(new Changes(layout), subject, options);
}

function upgradeRecord<T>(changes: Changes, record: T, { mismatches }: UpgradeOptions): Upgraded<T> {
  const root = dereference(changes.layout, changes.layout.root);
  if (root.kind !== "object") throw new TypeError(`${changes.layout.title} is no record`);
  const value = upgradeDict({ changes, lenient: mismatches === "keep" }, root, record as Dict, "");
  return { value: value as T, changes: changes.all() };
}

async function upgradeFile<T>(layout: Layout, file: FileAccessor<T>, options: UpgradeOptions): Promise<Upgraded<T>> {
  const group = await file.node();
  if (!group) throw new FormatError("missing", "there is nothing in the file");
  const changes = new Changes(layout);
  noteFormerNames(changes, layout.root, group, "");
  const stored = await file.read({ ...options, form: "stored" });
  const upgraded = upgradeRecord(changes, stored, options);
  const decoder = { layout, holds: "values", nulls: "keep", options: { ...options, form: "logical" } } as const;
  return { value: (await decode(decoder, layout.root, nodeOfValue(upgraded.value))) as T, changes: upgraded.changes };
}

/** Former names of members, which reading has replaced already. */
function noteFormerNames(changes: Changes, field: FieldLayout, group: GroupNode, path: string): void {
  const root = dereference(changes.layout, field);
  if (root.kind !== "object") return;
  for (const [key, member] of Object.entries(root.properties)) {
    const name = presentName(member, key, group.keys);
    if (name !== undefined && member.stored?.aliases?.includes(name))
      changes.add(memberPath(path, name), `now called ${key}`, member.rule);
  }
}
