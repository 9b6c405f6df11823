import type { Content } from "../engine/collection/content.js";
import type { FieldLayout, Layout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayTally, SizeTally, StatisticsProblem, ValueTally } from "./tallies.js";
import { type StatisticsDepth, TreeCounts } from "./tree-counts.js";

/** What a list of records consists of. */
export interface CollectionStatistics extends RecordStatistics {
  /** Keys are those of the items. */
  readonly sizes: readonly SizeTally[];
  readonly values: readonly ValueTally[];
  readonly arrays: readonly ArrayTally[];
  /** The first hundred values that could not be read, and how many there are. */
  readonly problems: readonly StatisticsProblem[];
  readonly problemCount: number;
}

/** How many records there are, and in which splits they are. */
export interface RecordStatistics {
  readonly items: number;
  /** Entries that are no records. */
  readonly gaps: number;
  readonly splits: readonly SplitTally[];
  /** Items that are in no split, where there are any. */
  readonly unassigned: number;
}

/** A split, counted. */
export interface SplitTally {
  readonly name: string;
  /** Items of that split. */
  readonly items: number;
  /** Names in it that no item has. */
  readonly unknown: number;
}

export interface CollectionToCount {
  readonly layout: Layout;
  /** Describes an item. */
  readonly field: FieldLayout;
  readonly content: Content;
  /** Members of items that can be their names, which are not counted. */
  readonly names: readonly string[];
  /** The names of all items. */
  readonly namesOf: () => Promise<readonly string[]>;
}

export interface CollectionStatisticsOptions extends WorkOptions {
  /** `headers` (the default) reads no array; `values` reads those that are columns of single values, too. */
  readonly depth?: StatisticsDepth | undefined;
}

/** See `Collection.statistics`. */
export async function collectionStatistics(
  { layout, field, content, names, namesOf }: CollectionToCount,
  { depth = "headers", ...options }: CollectionStatisticsOptions,
): Promise<CollectionStatistics> {
  const records = content.items.flatMap(({ node }) => (node.kind === "group" ? [node] : []));
  const gaps = content.items.length - records.length;
  const counts = new TreeCounts(layout, { signal: options.signal, depth, names });
  for (const [index, record] of records.entries()) {
    if (index % 1024 === 0) {
      options.signal?.throwIfAborted();
      options.onProgress?.({ stage: "count values", done: index, total: records.length, unit: "items" });
    }
    await counts.add(field, record);
  }
  const splits = gaps === 0 && content.splits.size > 0 ? splitTallies(content, await namesOf()) : NO_SPLITS;
  const { listed, count } = counts.problems;
  return { items: content.items.length, gaps, ...splits, ...counts.all(), problems: listed, problemCount: count };
}

const NO_SPLITS: Pick<CollectionStatistics, "splits" | "unassigned"> = { splits: [], unassigned: 0 };

function splitTallies(content: Content, names: readonly string[]): typeof NO_SPLITS {
  const known = new Set(names);
  const assigned = new Set<string>();
  const splits = [...content.splits].map(([name, list]): SplitTally => {
    const wanted = new Set(list);
    for (const each of wanted) assigned.add(each);
    const unknown = [...wanted].filter((each) => !known.has(each)).length;
    return { name, items: names.filter((each) => wanted.has(each)).length, unknown };
  });
  return { splits, unassigned: names.filter((each) => !assigned.has(each)).length };
}
