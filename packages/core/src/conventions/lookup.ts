import { catalogLookup } from "../layout/catalog.js";
import type { Convention, ConventionEntry } from "./convention.js";

/** Finds a convention by name, whatever the case of its letters; undefined when there is none of that name. */
export type ConventionLookup = (name: string) => Convention | undefined | Promise<Convention | undefined>;

/**
 * A lookup in conventions, or in entries that load one when it is first asked for. Of two with one name the first counts,
 * so conventions of one's own stand in front of those that they replace.
 */
export function conventionLookup(conventions: Iterable<Convention | ConventionEntry>): ConventionLookup {
  return catalogLookup<Convention>(conventions);
}
