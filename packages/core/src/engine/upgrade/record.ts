import type { FieldLayout, ListLayout, ObjectLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { elementPath, memberPath } from "../../value/path.js";
import { fillDefaults } from "../defaults.js";
import { dereference } from "../resolve.js";
import { axesOfObject } from "../select/axes.js";
import { type Dict, describe, dictLike, fieldOfMember, isDict, membersOf } from "../select/member.js";
import { listLike } from "../select/pick.js";
import { Sizes } from "../select/sizes.js";
import { upgradeArray } from "./array.js";
import type { Changes } from "./changes.js";
import { nameConventions } from "./conventions.js";

/** Works on one record; `lenient` leaves what is not as the schema says. */
export interface Upgrading {
  readonly changes: Changes;
  readonly lenient: boolean;
}

/** A dict as the schema has it now; the same one when it is that already. */
export function upgradeDict(upgrading: Upgrading, field: ObjectLayout, dict: Dict, path: string): Dict {
  const { changes } = upgrading;
  const before = changes.count;
  const members = currentNames(upgrading, field, dict, path);
  replaceOutdated(upgrading, field, members, path);
  for (const [key, value] of members) {
    const member = fieldOfMember(field, key);
    if (member) members.set(key, upgradeValue(upgrading, member, value, memberPath(path, String(key))));
  }
  nameConventions(changes, field, members, path);
  stateSizes(upgrading, field, members, path);
  addDefaults(upgrading, field, members, path);
  return changes.count === before ? dict : dictLike(dict, members);
}

function upgradeValue(upgrading: Upgrading, member: FieldLayout, value: unknown, path: string): unknown {
  const { field } = describe(upgrading.changes.layout, member, value);
  if (field.kind === "array" && value instanceof NdArray)
    return upgradeArray(upgrading.changes, field, value, path, upgrading.lenient);
  if (field.kind === "object" && isDict(value)) return upgradeDict(upgrading, field, value, path);
  if (field.kind === "list" && Array.isArray(value)) return upgradeList(upgrading, field, value, path);
  return value;
}

function upgradeList(upgrading: Upgrading, field: ListLayout, list: readonly unknown[], path: string): unknown {
  const { changes } = upgrading;
  const items = [...field.prefix, ...(field.items === false ? [] : [field.items])];
  const plain = items.every((item) => ["scalar", "any"].includes(dereference(changes.layout, item).kind));
  if (plain) return list;
  const before = changes.count;
  const upgraded = list.map((value, index) => {
    const item = field.prefix[index] ?? field.items;
    return item === false ? value : upgradeValue(upgrading, item, value, elementPath(path, index));
  });
  return changes.count === before ? list : listLike(list, upgraded);
}

/** Members under the names that the schema has for them now, in their order. */
function currentNames({ changes }: Upgrading, field: ObjectLayout, dict: Dict, path: string): Map<unknown, unknown> {
  const members = new Map(membersOf(dict));
  const present = new Set(members.keys());
  const former = new Map<unknown, string>();
  for (const [key, member] of Object.entries(field.properties)) {
    for (const alias of member.stored?.aliases ?? [])
      if (!Object.hasOwn(field.properties, alias)) former.set(alias, key);
  }
  const current = new Map<unknown, unknown>();
  for (const [name, value] of members) {
    const key = former.get(name);
    if (key === undefined) current.set(name, value);
    else {
      const taken = present.has(key) || current.has(key);
      if (!taken) current.set(key, value);
      const message = taken ? `a former name of ${key}, which is there; left out` : `now called ${key}`;
      changes.add(memberPath(path, String(name)), message, field.properties[key]?.rule ?? field.rule);
    }
  }
  return current;
}

/** Hands the values of outdated keys on to the keys that they stand for. */
function replaceOutdated(
  { changes }: Upgrading,
  field: ObjectLayout,
  members: Map<unknown, unknown>,
  path: string,
): void {
  for (const [key, value] of [...members]) {
    const member = fieldOfMember(field, key);
    const becomes = member && (member.becomes ?? describe(changes.layout, member, value).field.becomes);
    if (!becomes || becomes.includes(String(key))) continue;
    const absent = becomes.filter((name) => !members.has(name));
    members.delete(key);
    for (const name of absent) members.set(name, value);
    const message =
      absent.length > 0
        ? `now called ${absent.join(" and ")}`
        : `replaced by ${becomes.join(" and ")}, which are there`;
    changes.add(memberPath(path, String(key)), message, member.rule);
  }
}

/** States sizes that are not stated, or as not known. */
function stateSizes({ changes }: Upgrading, field: ObjectLayout, members: Map<unknown, unknown>, path: string): void {
  const sizes = new Sizes(axesOfObject(changes.layout, field), members, "keep");
  for (const [symbol, { equals, unset }] of Object.entries(field.dims ?? {})) {
    const stating = typeof equals === "string" ? field.properties[equals] : undefined;
    if (typeof equals !== "string" || !stating) continue;
    const stated = members.get(equals);
    const size = stated === undefined || stated === unset ? sizes.get(symbol) : undefined;
    if (size === undefined || size === unset) continue;
    members.set(equals, size);
    changes.add(memberPath(path, equals), `states the size ${size} of ${symbol}`, stating.rule);
  }
}

function addDefaults({ changes }: Upgrading, field: ObjectLayout, members: Map<unknown, unknown>, path: string): void {
  const record = dictLike({}, members) as Record<string, unknown>;
  fillDefaults(changes.layout, field, record);
  const present = new Set([...members.keys()].map(String));
  for (const [key, value] of Object.entries(record)) {
    if (present.has(key)) continue;
    members.set(key, value);
    const rule = fieldOfMember(field, key)?.rule ?? field.rule;
    changes.add(memberPath(path, key), `absent, so ${JSON.stringify(value)}`, rule);
  }
}
