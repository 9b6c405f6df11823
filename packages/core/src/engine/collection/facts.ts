import type { FieldLayout, Layout, ListLayout, ObjectLayout, References } from "../../layout/layout.js";
import { dereference } from "../resolve.js";

/**
 * How a data set that is a list of records is stored: where the list is, by what its items are known, and where lists of
 * their names are.
 */
export interface CollectionFacts {
  /** Member of the root that is the list; left out where the root is the list itself. */
  readonly list?: string | undefined;
  /**
   * Members of an item that can be its name, the first choice first: the first of them that the first record has is the
   * name of all.
   */
  readonly names: readonly [string, ...string[]];
  /** Member of the root with the splits: a dict of lists of names. */
  readonly splits?: string | undefined;
}

/**
 * What a layout says of itself: a list with `unique` items, at the root or in it, and a dict of lists of `references` to
 * them. Undefined for data sets that are no such list, and for those of several lists side by side, none of which is all.
 */
export function collectionFacts(layout: Layout): CollectionFacts | undefined {
  const root = dereference(layout, layout.root);
  if (root.kind === "list") return listFacts(root);
  if (root.kind !== "object") return undefined;
  for (const [splits, field] of Object.entries(root.properties)) {
    const references = referencesOf(layout, field);
    if (references && hasList(layout, root, references.list))
      return { list: references.list, names: references.key as CollectionFacts["names"], splits };
  }
  const lists = Object.entries(root.properties).flatMap(([list, field]) => {
    const facts = listFacts(dereference(layout, field));
    return facts ? [{ ...facts, list }] : [];
  });
  return lists.length === 1 ? lists[0] : undefined;
}

function listFacts(field: FieldLayout): CollectionFacts | undefined {
  return field.kind === "list" && field.unique !== undefined ? { names: [field.unique] } : undefined;
}

/** What the texts refer to that are in the lists of a dict. */
function referencesOf(layout: Layout, field: FieldLayout): References | undefined {
  const dict = dereference(layout, field);
  const list = dict.kind === "object" && dict.additional && dereference(layout, dict.additional);
  const item = list && list.kind === "list" && list.items && dereference(layout, list.items);
  return item && item.kind === "scalar" ? item.references : undefined;
}

function hasList(layout: Layout, root: ObjectLayout, key: string): boolean {
  const field = root.properties[key];
  return field !== undefined && (dereference(layout, field) as ListLayout).kind === "list";
}
