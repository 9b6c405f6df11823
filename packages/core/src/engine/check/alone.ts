import type { FieldLayout, Layout, ListLayout } from "../../layout/layout.js";
import type { GroupNode, Node } from "../../tree/node.js";
import type { Walk } from "./state.js";
import { checkItemStructure, checkStructure } from "./structure.js";

/**
 * Takes the items of the list that is visited, which may be too many to be in memory together, and checks the structure of each by
 * itself.
 */
export interface Alone {
  check(item: unknown, path: string): void;
  /**
   * What is kept of the items for rules about several of them: all of each where this is left out, and of one item where there are
   * no such rules.
   */
  readonly keys?: ReadonlySet<string>;
  /** Takes what is kept of all items, in place of which the list is empty when the root is checked. */
  keep?(items: readonly unknown[]): void;
}

/** Lists of a folder may have thousands of items, each a folder full of values. */
export function aloneInFolder({ report, structure, folder }: Walk, group: GroupNode, key: string): Alone | undefined {
  if (folder || !group.hasFile || !structure) return undefined;
  return { check: (item) => checkItemStructure(report, structure, key, item) };
}

/** Lists of a document whose items are read one by one: that under `key` in the root, or the root itself. */
export function aloneInRoot(walk: Walk, list: Node, field: ListLayout, key: string | undefined): Alone | undefined {
  if (list.kind !== "list" || !list.itemwise || walk.options.labels) return undefined;
  const validate = walk.structure?.itemsOf?.(key);
  // A layout without a structure has nothing to say of it, neither of one item nor of all.
  if (walk.structure && !validate) return undefined;
  const referred = key === undefined ? [] : referredKeys(walk.layout, key);
  return {
    check: (item, path) => validate && checkStructure(walk.report, validate, item, path),
    keep: (items) => key !== undefined && walk.lists.set(key, items),
    keys: new Set([...referred, ...(field.allOrNone ?? []), ...(field.unique === undefined ? [] : [field.unique])]),
  };
}

/** What is kept of an item: some of its members, and of those that are no single values that they are there. */
export function kept(item: unknown, keys: ReadonlySet<string>): unknown {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return undefined;
  const some: Record<string, unknown> = {};
  for (const key of keys) {
    if (!Object.hasOwn(item, key)) continue;
    const value = (item as Readonly<Record<string, unknown>>)[key];
    some[key] = typeof value === "object" ? PRESENT : value;
  }
  return some;
}

const PRESENT: unknown = Object.freeze({});

/** By what values anywhere in the file refer to the items of a list of the root. */
function referredKeys(layout: Layout, list: string): readonly string[] {
  return [layout.root, ...Object.values(layout.defs)].flatMap((field) => keysIn(field, list));
}

function keysIn(field: FieldLayout, list: string): readonly string[] {
  if (field.kind === "scalar") return field.references?.list === list ? field.references.key : [];
  if (field.kind === "choice") return field.branches.flatMap((branch) => keysIn(branch, list));
  if (field.kind === "list") return [...field.prefix, ...fieldsOf(field.items)].flatMap((item) => keysIn(item, list));
  if (field.kind !== "object") return [];
  const patterns = field.patterns.map((pattern) => pattern.field);
  const members = [...Object.values(field.properties), ...patterns, ...fieldsOf(field.additional)];
  return members.flatMap((member) => keysIn(member, list));
}

function fieldsOf(field: FieldLayout | false): readonly FieldLayout[] {
  return field === false ? [] : [field];
}
