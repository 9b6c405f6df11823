import { catalogLookup } from "../layout/catalog.js";

/** A list of names or whole numbers that belongs to a data set: the classes that labels count, samples to leave out. */
export interface NamedList<T extends string | number = string | number> {
  readonly name: string;
  readonly description: string;
  /** A label is the position of its class, from 0. */
  readonly items: readonly T[];
}

/** A list in brief, with the whole behind an `import()`. */
export interface ListEntry {
  readonly name: string;
  /** Number of items. */
  readonly size: number;
  /** The list, loaded when first needed. */
  readonly load: () => Promise<NamedList>;
}

/** Finds a list by name, whatever the case of its letters; undefined when there is none of that name. */
export type ListLookup = (name: string) => Promise<NamedList | undefined>;

/**
 * A lookup in lists, or in entries that load one when it is first asked for. Of two with one name the first counts, so lists
 * of one's own stand in front of those that they replace.
 */
export function listLookup(lists: Iterable<NamedList | ListEntry>): ListLookup {
  const find = catalogLookup<NamedList>(lists);
  return async (name) => find(name);
}
