import type { FieldLayout, Layout, ObjectLayout } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode, GroupNode, Node } from "../../tree/node.js";
import { concrete, dereference, memberField } from "../resolve.js";
import { alignAxes } from "../shape.js";
import type { Content } from "./content.js";
import { plainOf } from "./item.js";

/** How often each value occurs, in the order of the values. */
export type Tally = ReadonlyMap<number, number>;

/** What a list of records consists of. */
export interface CollectionStatistics {
  readonly items: number;
  /** Entries that are no records. */
  readonly gaps: number;
  readonly splits: readonly SplitTally[];
  /** Items that are in no split, where there are any. */
  readonly unassigned: number;
  readonly sizes: readonly SizeTally[];
  readonly values: readonly ValueTally[];
  readonly arrays: readonly ArrayTally[];
}

export interface SplitTally {
  readonly name: string;
  /** Items of that split. */
  readonly items: number;
  /** Names in it that no item has. */
  readonly unknown: number;
}

/** The sizes of an axis symbol that items bind: what they state, else what their arrays show. */
export interface SizeTally {
  readonly symbol: string;
  readonly role?: string | undefined;
  readonly description?: string | undefined;
  readonly counts: Tally;
}

/** The whole numbers that items have under a key that states no size; each number of a list counts. */
export interface ValueTally {
  readonly key: string;
  /** Items that have the key. */
  readonly items: number;
  readonly counts: Tally;
  /** The list of names that the numbers count, where the schema says so. */
  readonly labels?: string | undefined;
}

export interface ArrayTally {
  readonly key: string;
  readonly items: number;
  /** Items by dtype. */
  readonly dtypes: ReadonlyMap<string, number>;
  /** Of all elements. */
  readonly bytes: number;
}

/** See `Collection.statistics`. */
export async function statisticsOf(
  layout: Layout,
  field: FieldLayout,
  content: Content,
  namesOf: () => Promise<readonly string[]>,
  { signal }: WorkOptions,
): Promise<CollectionStatistics> {
  const records = content.items.flatMap(({ node }) => (node.kind === "group" ? [node] : []));
  const gaps = content.items.length - records.length;
  const item = dereference(layout, field);
  const counts = new Counts(layout, item.kind === "object" ? item : undefined);
  for (const [index, record] of records.entries()) {
    if (index % 4096 === 0) signal?.throwIfAborted();
    await counts.add(record);
  }
  const splits = gaps === 0 && content.splits.size > 0 ? splitTallies(content, await namesOf()) : NO_SPLITS;
  return { items: content.items.length, gaps, ...splits, ...counts.all() };
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

/** Counts what is in records, one after the other. */
class Counts {
  readonly #layout: Layout;
  readonly #field: ObjectLayout | undefined;
  readonly #sizes = new Map<string, Map<number, number>>();
  readonly #values = new Map<string, { items: number; counts: Map<number, number> }>();
  readonly #arrays = new Map<string, { items: number; dtypes: Map<string, number>; bytes: number }>();
  /** Symbols by the member that states them. */
  readonly #stated = new Map<string, string>();

  constructor(layout: Layout, field: ObjectLayout | undefined) {
    this.#layout = layout;
    this.#field = field;
    for (const [symbol, { equals }] of Object.entries(field?.dims ?? {})) {
      this.#sizes.set(symbol, new Map());
      if (typeof equals === "string") this.#stated.set(equals, symbol);
    }
  }

  async add(record: GroupNode): Promise<void> {
    const sizes = new Map<string, number>();
    const shown = new Map<string, number>();
    for (const key of record.keys) {
      const node = (await record.child(key)) as Node;
      if (node.kind === "array") this.#array(key, node, shown);
      else if (node.kind !== "group") this.#value(key, await plainOf(node), sizes);
    }
    for (const [symbol, counts] of this.#sizes) {
      const size = sizes.get(symbol) ?? shown.get(symbol);
      if (size !== undefined) count(counts, size);
    }
  }

  #value(key: string, value: unknown, sizes: Map<string, number>): void {
    const numbers = (Array.isArray(value) ? value : [value]).filter(Number.isSafeInteger) as number[];
    const symbol = this.#stated.get(key);
    if (symbol !== undefined && typeof value === "number") sizes.set(symbol, value);
    if (symbol !== undefined || numbers.length === 0 || !this.#isNumber(key)) return;
    const tally = this.#values.get(key) ?? { items: 0, counts: new Map() };
    this.#values.set(key, tally);
    tally.items++;
    for (const number of numbers) count(tally.counts, number);
  }

  /** Whether the schema knows the member as a number, or a list of any: pairs that are one thing do not count. */
  #isNumber(key: string): boolean {
    const field = this.#field && memberField(this.#field, key);
    if (!field || field.by === "additional") return field !== undefined;
    const known = dereference(this.#layout, field.field);
    return known.kind !== "list" || known.prefix.length === 0;
  }

  #array(key: string, node: ArrayNode, shown: Map<string, number>): void {
    const tally = this.#arrays.get(key) ?? { items: 0, dtypes: new Map(), bytes: 0 };
    this.#arrays.set(key, tally);
    tally.items++;
    tally.dtypes.set(node.type.name, (tally.dtypes.get(node.type.name) ?? 0) + 1);
    tally.bytes += node.shape.reduce((product, size) => product * size, node.type.itemSize);
    const member = this.#field && memberField(this.#field, key);
    const field = member && concrete(this.#layout, member.field, node);
    if (field?.kind !== "array") return;
    for (const { rule, actual } of alignAxes(field.shape, node.shape) ?? [])
      if (typeof rule === "string" && !shown.has(rule)) shown.set(rule, actual);
  }

  all(): Pick<CollectionStatistics, "sizes" | "values" | "arrays"> {
    const { dims = {} } = this.#field ?? {};
    const sizes = [...this.#sizes].map(([symbol, counts]): SizeTally => {
      const { role, description } = dims[symbol] ?? {};
      return { symbol, role, description, counts: sorted(counts) };
    });
    return {
      sizes: sizes.filter(({ counts }) => counts.size > 0),
      values: [...this.#values].map(([key, { items, counts }]): ValueTally => {
        const labels = this.#field && labelsOf(this.#layout, memberField(this.#field, key)?.field);
        return { key, items, counts: sorted(counts), ...(labels !== undefined && { labels }) };
      }),
      arrays: [...this.#arrays].map(([key, tally]) => ({ key, ...tally })),
    };
  }
}

/** The list that a number counts, or the numbers of a list. */
function labelsOf(layout: Layout, field: FieldLayout | undefined): string | undefined {
  const known = field && dereference(layout, field);
  if (known?.kind === "scalar") return known.labels?.list;
  if (known?.kind === "list" && known.items) return labelsOf(layout, known.items);
  if (known?.kind !== "choice") return undefined;
  return known.branches.map((branch) => labelsOf(layout, branch)).find((list) => list !== undefined);
}

function count(counts: Map<number, number>, value: number): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<number, number>): Tally {
  return new Map([...counts].sort(([a], [b]) => a - b));
}
