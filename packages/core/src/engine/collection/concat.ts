import { FormatError } from "../../errors.js";
import type { Node } from "../../tree/node.js";
import type { Content } from "./content.js";
import type { Item } from "./item.js";
import { restricted, type Splits } from "./names.js";

/**
 * What becomes of items that have one name: `error` throws, `first` and `last` keep one of them where it is, `keep` keeps
 * all.
 */
export type Duplicates = "error" | "first" | "last" | "keep";

/** A list with the names of its items. */
export interface Named {
  readonly content: Content;
  readonly names: readonly string[];
}

/** Indices of the items that are left. Throws `FormatError` `mismatch` for `error`, naming some of the names. */
export function distinctIndices(names: readonly string[], duplicates: Duplicates): number[] {
  const indices = names.map((_, index) => index);
  if (duplicates === "keep") return indices;
  const chosen = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (chosen.has(name)) repeated.add(name);
    if (!chosen.has(name) || duplicates === "last") chosen.set(name, index);
  }
  if (duplicates === "error" && repeated.size > 0) throw repeatedNames([...repeated]);
  return indices.filter((index) => chosen.get(names[index] as string) === index);
}

const SHOWN = 5;

function repeatedNames(names: readonly string[]): FormatError {
  const shown = names
    .slice(0, SHOWN)
    .map((name) => JSON.stringify(name))
    .join(", ");
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return new FormatError("mismatch", `several items have the name ${shown}${more}`);
}

/** All items, one list after the other. An item is in the splits that it was in where it was kept from. */
export function joined(lists: readonly Named[], duplicates: Duplicates): Content {
  const kept = new Set(
    distinctIndices(
      lists.flatMap(({ names }) => names),
      duplicates,
    ),
  );
  const items: Item[] = [];
  const splits = new Map<string, readonly string[]>();
  const others = new Map<string, Node>();
  let start = 0;
  for (const { content, names } of lists) {
    const left = names.map((_, index) => index).filter((index) => kept.has(start + index));
    items.push(...left.map((index) => content.items[index] as Item));
    const here = new Set(left.map((index) => names[index] as string));
    addSplits(splits, restricted(content.splits, here));
    for (const [key, node] of content.others) if (!others.has(key)) others.set(key, node);
    start += names.length;
  }
  return { items, splits, others, bare: lists.every(({ content }) => content.bare) };
}

function addSplits(splits: Map<string, readonly string[]>, more: Splits): void {
  for (const [name, list] of more) splits.set(name, [...new Set([...(splits.get(name) ?? []), ...list])]);
}
