import { FormatError } from "../../errors.js";
import type { Issue } from "../../issues.js";
import type { Layout } from "../../layout/layout.js";
import type { Sink } from "../../source/source.js";
import type { CollectionStatistics, CollectionStatisticsOptions } from "../../statistics/collection.js";
import type { GroupNode, ListNode } from "../../tree/node.js";
import { type AccessorClass, GroupAccessor } from "../accessor.js";
import { type CheckOptions, checkTree } from "../check/check.js";
import { later } from "../later.js";
import { ListFileAccessor } from "../list-file.js";
import { type WriteOptions, writeWith } from "../write.js";
import { castNode, type FloatName, type Overflow, overflowError } from "./cast.js";
import { type Duplicates, distinctIndices, joined } from "./concat.js";
import { type Content, fileOf, itemField, treeOf } from "./content.js";
import { type DivideOptions, dividedIndices } from "./divide.js";
import type { CollectionFacts } from "./facts.js";
import { edited, groupOf, type Item, type MemberEdits, passed, plainOf } from "./item.js";
import { nameMember, namesOf, restricted, type Splits } from "./names.js";

const counting = later(() => import("../../statistics/collection.js"));

/** Looking for so many names takes less time than making a table of all. */
const FEW = 8;

/** What a class of collections is about. */
export interface CollectionKind<A> {
  readonly layout: Layout;
  readonly facts: CollectionFacts;
  readonly accessor: AccessorClass<A>;
}

export interface RecastOptions {
  /** Hears of finite numbers that became infinite; without it, they are an error when the collection is written. */
  readonly onOverflow?: ((overflow: Overflow) => void) | undefined;
}

export interface ConcatCollectionsOptions {
  readonly duplicates?: Duplicates | undefined;
}

export interface DivideByOptions<A> extends Omit<DivideOptions, "strata"> {
  /** What every part gets its share of: a member, such as the class, or whatever a function makes of an item. */
  readonly by?: string | ((item: A, index: number) => unknown) | undefined;
}

/**
 * A list of records that stay in their files: which ones, in what order, under which splits. Nothing in it changes: what
 * selects, joins or edits gives another collection of the same records. Arrays are read when an item is asked for them, or
 * copied piece by piece when the collection is written, so that it may be larger than memory. The files have to stay open
 * as long as the collection is used.
 */
export class Collection<A> {
  readonly kind: CollectionKind<A>;
  protected readonly content: Content;
  #member: string | undefined;
  #names: Promise<readonly string[]> | undefined;
  #indices: Promise<ReadonlyMap<string, number>> | undefined;
  #lookups = 0;

  constructor(kind: CollectionKind<A>, content: Content) {
    this.kind = kind;
    this.content = content;
  }

  get length(): number {
    return this.content.items.length;
  }

  /** Names of items by the name of their split, as stored. */
  get splits(): Splits {
    return this.content.splits;
  }

  /** The item at `index`; negative ones count from the end. Throws `RangeError` outside of the list. */
  at(index: number): A {
    const at = index < 0 ? index + this.length : index;
    const item = this.content.items[at];
    if (!item) throw new RangeError(`there is no item ${index} in a list of ${this.length}`);
    return this.accessorOf(item);
  }

  *[Symbol.iterator](): IterableIterator<A> {
    for (const item of this.content.items) yield this.accessorOf(item);
  }

  /** The member by which items are known: the first record decides for all. */
  get nameMember(): string {
    this.#member ??= nameMember(this.kind.facts, this.content.items);
    return this.#member;
  }

  /** The name of every item, in order. Throws `FormatError` for an item without, or that is no record. */
  names(): Promise<readonly string[]> {
    this.#names ??= namesOf(this.content.items, this.nameMember);
    return this.#names;
  }

  /** Where the item of that name is, the first one of several; -1 when there is none. */
  async indexOf(name: string): Promise<number> {
    if (!this.#indices && this.#lookups++ < FEW) return (await this.names()).indexOf(name);
    this.#indices ??= this.names().then((names) => {
      const indices = new Map<string, number>();
      for (const [index, each] of names.entries()) if (!indices.has(each)) indices.set(each, index);
      return indices;
    });
    return (await this.#indices).get(name) ?? -1;
  }

  /** The item of that name. */
  async find(name: string): Promise<A | undefined> {
    const index = await this.indexOf(name);
    return index < 0 ? undefined : this.at(index);
  }

  /** Indices of entries that are no records: some writers leave None where nothing was found. */
  get gaps(): readonly number[] {
    return [...this.content.items.keys()].filter((index) => this.content.items[index]?.node.kind !== "group");
  }

  /** The records alone. */
  withoutGaps(): this {
    const items = this.content.items.filter(({ node }) => node.kind === "group");
    return items.length === this.length ? this : this.like({ ...this.content, items });
  }

  /** One member of every item: a single value, or a list of such; undefined where it is absent or anything else. */
  async values(member: string): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    for (const item of this.content.items) values.push(await plainOf(await groupOf(item).child(member)));
    return values;
  }

  /** Items at `indices`, in that order; splits keep the names of what is left. Throws `RangeError` for an index outside. */
  async select(indices: Iterable<number>): Promise<this> {
    const items = [...indices].map((index) => {
      const item = this.content.items[index < 0 ? index + this.length : index];
      if (!item) throw new RangeError(`index ${index} is outside of a list of ${this.length}`);
      return item;
    });
    const names = new Set(await namesOf(items, this.nameMember));
    return this.like({ ...this.content, items, splits: restricted(this.splits, names) });
  }

  /** Items that a function says yes to. */
  async filter(keep: (item: A, index: number) => boolean | Promise<boolean>): Promise<this> {
    const indices: number[] = [];
    for (let index = 0; index < this.length; index++) if (await keep(this.at(index), index)) indices.push(index);
    return this.select(indices);
  }

  /** Items whose names are among these, or match, in the order of the list. */
  async named(wanted: Iterable<string> | RegExp): Promise<this> {
    const names = await this.names();
    const among = wanted instanceof RegExp ? undefined : new Set(wanted);
    const has = (name: string): boolean =>
      wanted instanceof RegExp ? name.search(wanted) >= 0 : among?.has(name) === true;
    return this.select([...names.keys()].filter((index) => has(names[index] as string)));
  }

  /**
   * The items of a split, or of several as if they were one, in the order of the list. Names that no item has are passed
   * over, items that have one name are all there. Throws `RangeError`, saying which there are, for an unknown split.
   */
  async inSplit(name: string | readonly string[]): Promise<this> {
    const wanted = (typeof name === "string" ? [name] : name).flatMap((each) => {
      const list = this.splits.get(each);
      if (list) return list;
      const known = [...this.splits.keys()].join(", ");
      throw new RangeError(`there is no split ${JSON.stringify(each)}${known === "" ? "" : `, only ${known}`}`);
    });
    return this.named(wanted);
  }

  /** One item of each name. Throws `FormatError` `mismatch` for `error` when there are several. */
  async distinct(duplicates: Exclude<Duplicates, "keep">): Promise<this> {
    return this.select(distinctIndices(await this.names(), duplicates));
  }

  /**
   * These items and those of other collections. Splits of one name become one; an item is in the splits that it was in
   * where it comes from. Throws `FormatError` `mismatch` for items that have one name, unless `duplicates` says what to do,
   * and when items are known by different members.
   */
  async concat(
    others: readonly Collection<A>[],
    { duplicates = "error" }: ConcatCollectionsOptions = {},
  ): Promise<this> {
    const filled = [this, ...others].filter(({ length }) => length > 0);
    const members = new Set(filled.map(({ nameMember }) => nameMember));
    if (members.size > 1)
      throw new FormatError("mismatch", `items are known by ${[...members].join(" here, by ")} there`);
    const named = [this, ...others].map(async (each) => ({ content: each.content, names: await each.names() }));
    return this.like(joined(await Promise.all(named), duplicates));
  }

  /** The same items under other splits. Throws `FormatError` `missing` for names that no item has. */
  async withSplits(splits: Readonly<Record<string, Iterable<string>>> | Splits): Promise<this> {
    const known = new Set(await this.names());
    const lists = new Map<string, readonly string[]>();
    for (const [split, names] of splits instanceof Map ? (splits as Splits) : Object.entries(splits)) {
      lists.set(split, [...names]);
      for (const name of lists.get(split) as readonly string[]) {
        if (known.has(name)) continue;
        throw new FormatError("missing", `there is no item of the name ${JSON.stringify(name)}`, { path: split });
      }
    }
    return this.like({ ...this.content, splits: lists, bare: false });
  }

  /**
   * The same items with splits of these sizes: whole numbers are counts, other numbers fractions. Shuffled where there is a
   * `seed`; each part has its share of what `by` tells apart. Other splits stay, those of these names
   * are replaced. Items of one name go together. Throws `RangeError` for sizes that are neither, or too much together.
   */
  async divide(sizes: Readonly<Record<string, number>>, options: DivideByOptions<A> = {}): Promise<this> {
    const names = await this.names();
    const first = distinctIndices(names, "first");
    const { by, seed } = options;
    const all = typeof by === "string" ? await this.values(by) : by && (await this.#each(by));
    const strata = all && first.map((index) => stratumOf(all[index]));
    const parts = dividedIndices(first.length, Object.values(sizes), { seed, strata });
    const splits = new Map(this.splits);
    for (const [part, split] of Object.keys(sizes).entries())
      splits.set(
        split,
        (parts[part] as number[]).map((index) => names[first[index] as number] as string),
      );
    return this.like({ ...this.content, splits, bare: false });
  }

  /**
   * The same items with other members: what `edit` gives for an item takes the place of its members or is added to them,
   * undefined takes them away. An {@link ArrayNode} stays where it is until somebody reads it.
   */
  async edit(
    edit: (item: A, index: number) => MemberEdits | undefined | Promise<MemberEdits | undefined>,
  ): Promise<this> {
    const items: Item[] = [];
    for (const [index, item] of this.content.items.entries())
      items.push(edited(item, await edit(this.at(index), index)));
    return this.like({ ...this.content, items }, "new");
  }

  /**
   * The same items with float arrays of another type, converted when they are read or written. A finite number that the
   * type cannot hold is a `FormatError` `unwritable` then, unless `onOverflow` takes notice.
   */
  async recast(to: FloatName, members?: readonly string[], { onOverflow }: RecastOptions = {}): Promise<this> {
    const report =
      onOverflow ??
      ((overflow: Overflow) => {
        throw overflowError(overflow, to);
      });
    const items = this.content.items.map((item) =>
      passed(item, (key, node) => (members?.includes(key) === false ? node : castNode(node, to, report))),
    );
    return this.like({ ...this.content, items });
  }

  /** The tree of a file that holds this, for code that works on any tree. */
  node(): GroupNode | ListNode {
    return treeOf(this.kind.layout, this.kind.facts, this.content);
  }

  /** What there is, counted from headers and single values; no array is read unless `depth` is `values`. */
  async statistics(options: CollectionStatisticsOptions = {}): Promise<CollectionStatistics> {
    const { layout, facts } = this.kind;
    const { collectionStatistics } = await counting();
    const field = itemField(layout, facts);
    return collectionStatistics(
      { layout, field, content: this.content, names: facts.names, namesOf: () => this.names() },
      options,
    );
  }

  /** What is wrong with it, by the schema. */
  check(options: CheckOptions = {}): Promise<readonly Issue[]> {
    return checkTree(this.kind.layout, this.node(), { ...options, form: "stored" });
  }

  /**
   * Writes the items and the splits; arrays are copied from their files without holding more than one in memory. Commits
   * the sink when all is written and aborts it otherwise. Throws what `writeWith` throws.
   */
  write(sink: Sink, options: WriteOptions = {}): Promise<void> {
    const { layout } = this.kind;
    const root = this.node();
    const file = fileOf(layout, root);
    const location = { file, field: layout.root, path: "", find: async () => root };
    const open = root.kind === "group" ? new GroupAccessor(location) : new ListFileAccessor(location, GroupAccessor);
    return writeWith<unknown>(layout, sink, open, options);
  }

  /** Closes the files that the items are in. */
  async close(): Promise<void> {
    const sources = new Set(this.content.items.map(({ file }) => file.source));
    for (const source of sources) await source.close?.();
  }

  /** A collection of the same kind. */
  protected like(content: Content, names: "same" | "new" = "same"): this {
    const made = new (this.constructor as new (kind: CollectionKind<A>, content: Content) => this)(this.kind, content);
    // Taking the first item away, or putting another before it, does not change how items are known.
    made.#member = names === "same" && this.length > 0 ? this.nameMember : undefined;
    return made;
  }

  protected accessorOf(item: Item): A {
    const { layout, facts, accessor } = this.kind;
    const file = { ...item.file, layout };
    const { node } = item;
    return new accessor({ file, field: itemField(layout, facts), path: node.path, find: async () => node });
  }

  async #each(by: (item: A, index: number) => unknown): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    for (let index = 0; index < this.length; index++) values.push(await by(this.at(index), index));
    return values;
  }
}

/** Items of several classes are of one stratum when they have the same ones. */
function stratumOf(value: unknown): unknown {
  return Array.isArray(value) ? value.join() : value;
}
