import type { ListLayout } from "../../layout/layout.js";
import { elementPath, memberPath } from "../../value/path.js";
import type { Scope } from "./dims.js";
import type { Walk } from "./state.js";

/** A list that was looked through. */
export interface VisitedList {
  readonly path: string;
  /** Plain values, without arrays. */
  readonly items: readonly unknown[];
  /** The symbols that an item binds for itself, for those that bind any. */
  readonly scopes: ReadonlyMap<number, Scope>;
}

/** What the schema says of the items of a list among each other. */
export function checkItems(walk: Walk, field: ListLayout, list: VisitedList): void {
  if (field.unique !== undefined) checkUnique(walk, field, field.unique, list);
  for (const symbol of field.uniform ?? []) checkUniform(walk, field, symbol, list);
  for (const key of field.allOrNone ?? []) checkAllOrNone(walk, field, key, list);
}

/** The member of an item that is a dict; undefined when it has none. */
function memberOf(item: unknown, key: string): unknown {
  const isRecord = typeof item === "object" && item !== null && Object.hasOwn(item, key);
  return isRecord ? (item as Readonly<Record<string, unknown>>)[key] : undefined;
}

function checkUnique(walk: Walk, field: ListLayout, key: string, { path, items }: VisitedList): void {
  const first = new Map<unknown, number>();
  for (const [index, item] of items.entries()) {
    const value = memberOf(item, key);
    if (value === undefined || (typeof value === "object" && value !== null)) continue;
    const before = first.get(value);
    if (before === undefined) {
      first.set(value, index);
      continue;
    }
    walk.report.add({
      code: "constraint",
      path: memberPath(elementPath(path, index), key),
      message: `${JSON.stringify(value)} is the ${key} of ${elementPath(path, before)} already`,
      expected: `a ${key} of its own`,
      actual: String(value),
      rule: `${field.rule}/unique`,
    });
  }
}

/** Reports each size that differs from that of the first item once, where it occurs first. */
function checkUniform(walk: Walk, field: ListLayout, symbol: string, { path, scopes }: VisitedList): void {
  let usual: { readonly size: number; readonly index: number } | undefined;
  const told = new Set<number>();
  for (const [index, scope] of scopes) {
    const size = scope.size(symbol);
    if (size === undefined) continue;
    usual ??= { size, index };
    if (size === usual.size || told.has(size)) continue;
    told.add(size);
    walk.report.add({
      code: "constraint",
      path: elementPath(path, index),
      message: `${symbol} is ${size}${scope.meaning(symbol)}, but ${usual.size} in ${elementPath(path, usual.index)}`,
      expected: String(usual.size),
      actual: String(size),
      rule: `${field.rule}/uniform`,
    });
  }
}

function checkAllOrNone(walk: Walk, field: ListLayout, key: string, { path, items }: VisitedList): void {
  const isRecord = (item: unknown): boolean => typeof item === "object" && item !== null && !Array.isArray(item);
  const has = (item: unknown): boolean => isRecord(item) && Object.hasOwn(item as object, key);
  const count = items.filter(has).length;
  if (count === 0) return;
  for (const [index, item] of items.entries()) {
    const at = memberPath(elementPath(path, index), key);
    if (!isRecord(item) || has(item) || walk.report.has("missing", at)) continue;
    walk.report.add({
      code: "missing",
      path: at,
      message: `${JSON.stringify(key)} is missing, which ${count} of ${items.length} items of ${path || "the list"} have`,
      expected: key,
      rule: `${field.rule}/allOrNone`,
    });
  }
}
