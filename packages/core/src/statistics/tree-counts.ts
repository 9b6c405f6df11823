import { isNone } from "../engine/exact.js";
import { isPair } from "../engine/quantize/steps.js";
import { concrete, dereference, type MemberField, memberField, memberNames } from "../engine/resolve.js";
import { alignAxes } from "../engine/shape.js";
import type { FieldLayout, Layout, ListLayout, ObjectLayout, ScalarLayout } from "../layout/layout.js";
import { markOf } from "../motion/plan.js";
import { mapConcurrently } from "../source/concurrent.js";
import type { WorkOptions } from "../source/source.js";
import { unboxed } from "../tree/find.js";
import type { ArrayNode, GroupNode, ListNode, Node } from "../tree/node.js";
import { elementPath, memberPath } from "../value/path.js";
import type { Value } from "../value/value.js";
import { ArrayCounts } from "./array-counts.js";
import { countable, type Interest, interestOf, itemsOf, labelsOf, mayLoad } from "./countable.js";
import { Problems } from "./problems.js";
import { SizeCounts, SizeScope } from "./size-counts.js";
import type { ArrayTally, SizeTally, TallyValue, ValueTally } from "./tallies.js";
import { ValueCounts } from "./value-counts.js";

/** `headers`: dtypes, shapes and single values. `values`: also lists and short arrays of single values, and masks. */
export type StatisticsDepth = "headers" | "values";

export interface TreeCountsOptions extends WorkOptions {
  readonly depth: StatisticsDepth;
  /** Members of the objects that are begun with which are counted nowhere: names of their own. */
  readonly names?: readonly string[] | undefined;
  /** Items of the outermost list that are looked at side by side, for those that are in files of their own. */
  readonly concurrency?: number | undefined;
}

/** Where the walk is. */
interface Spot {
  readonly path: string;
  readonly scope: SizeScope | undefined;
  readonly depth: number;
  readonly order: Order;
  readonly signal: AbortSignal | undefined;
}

/** Counts up in the order of the file, whichever items are looked at first. */
interface Order {
  next: number;
}

/** Keys of an object under which each has its own counts; those of larger ones are names of items. */
const MOST_KEYS = 256;
const DEEPEST = 32;
/** Values that no schema describes and that are looked into: some refer to each other in circles. */
const MOST_FREE = 100_000;
/** Single values of one list: longer ones are not looked through. */
const MOST_ITEMS = 2 ** 22;
/** What stands for the dtype of an array in a container that has lists only. */
const LISTS = { name: "lists", itemSize: 0 } as const;
/** Steps of the order that an item of the outermost list may take. */
const STEPS = 2 ** 24;

/** Counts what is in trees by a layout: sizes of symbols, single values, arrays. */
export class TreeCounts {
  readonly problems: Problems = new Problems();
  readonly #layout: Layout;
  readonly #options: TreeCountsOptions;
  readonly #sizes = new SizeCounts();
  readonly #values = new ValueCounts();
  readonly #arrays = new ArrayCounts();
  readonly #roots: Order = { next: 0 };
  #free = 0;

  constructor(layout: Layout, options: TreeCountsOptions) {
    this.#layout = layout;
    this.#options = options;
  }

  /** Counts what a node holds that a field describes. What cannot be read is left out, see {@link problems}. */
  async add(field: FieldLayout, node: Node): Promise<void> {
    const { signal } = this.#options;
    await this.#visit(field, node, { path: "", scope: undefined, depth: 0, order: this.#roots, signal });
  }

  all(): {
    readonly sizes: readonly SizeTally[];
    readonly values: readonly ValueTally[];
    readonly arrays: readonly ArrayTally[];
  } {
    return { sizes: this.#sizes.all(), values: this.#values.all(), arrays: this.#arrays.all() };
  }

  async #visit(field: FieldLayout | undefined, node: Node, spot: Spot): Promise<void> {
    await this.problems.noting(node.path, () => this.#enter(field, node, spot));
  }

  async #enter(field: FieldLayout | undefined, node: Node, spot: Spot): Promise<void> {
    if (spot.depth > DEEPEST) return;
    const target = field && concrete(this.#layout, field, node);
    if (!target || target.kind === "any") return this.#enterFree(node, spot);
    if (target.coordinates?.columns !== undefined) return;
    if (target.kind === "object") return this.#object(target, await unboxed(node, this.#work(spot)), spot);
    if (target.kind === "list") return this.#list(target, await unboxed(node, this.#work(spot)), spot, field);
    if (target.kind === "scalar") return this.#single(target, node, spot);
    if (node.kind === "array") {
      const packed = new Set(
        target.kind === "array"
          ? target.encoding?.flatMap((step) => (step.codec === "mask-pack" ? [step.axis] : []))
          : [],
      );
      for (const { rule, actual, axis } of alignAxes(target.shape, node.shape) ?? [])
        if (typeof rule === "string" && !packed.has(axis)) spot.scope?.show(rule, actual);
      return this.#array(node, spot, target.kind === "array" ? interestOf(target) : "none");
    }
    if (target.kind === "array" && isPair(target, node)) return this.#enterFree(await node.child(0), spot);
    const shape = await shapeOfLists(node);
    this.#arrays.add(spot.path, spot.order.next++, { type: LISTS, shape });
    for (const { rule, actual } of alignAxes(target.shape, shape) ?? [])
      if (typeof rule === "string") spot.scope?.show(rule, actual);
  }

  async #object(field: ObjectLayout, node: Node, spot: Spot): Promise<void> {
    if (node.kind !== "group") return;
    const scope = field.dims ? new SizeScope(field.dims, spot.path, spot.scope) : spot.scope;
    const rank = spot.order.next++;
    const isLarge = node.keys.length > MOST_KEYS;
    for (const [name, key] of memberNames(field, node.keys)) {
      const member = memberField(field, key);
      if (!member || (spot.depth === 0 && this.#options.names?.includes(key))) continue;
      const isNamed = member.by === "property" || (!isLarge && !this.#isItem(member));
      const path = isNamed ? memberPath(spot.path, key) : anyMember(spot.path);
      await this.#member(member.field, node, name, { ...spot, path, scope, depth: spot.depth + 1 });
    }
    if (field.dims && scope) this.#sizes.add(scope, rank);
  }

  /** Whether a key that the schema does not list by itself is the name of something that there are several of. */
  #isItem({ by, field }: MemberField): boolean {
    const { kind } = dereference(this.#layout, field);
    return kind === "object" || kind === "choice" || (by === "additional" && kind !== "any");
  }

  async #member(field: FieldLayout | undefined, group: GroupNode, name: string, spot: Spot): Promise<void> {
    spot.signal?.throwIfAborted();
    await this.problems.noting(group.placeOf?.(name) ?? memberPath(group.path, name), async () => {
      const node = await group.child(name, this.#work(spot));
      if (node && !(await isNone(node))) await this.#enter(field, node, spot);
    });
  }

  async #list(field: ListLayout, node: Node, spot: Spot, stated: FieldLayout | undefined): Promise<void> {
    const length = node.kind === "list" ? node.length : node.kind === "array" ? node.shape[0] : undefined;
    if (typeof field.length === "string" && length !== undefined) spot.scope?.show(field.length, length);
    if (node.kind === "array") return this.#array(node, spot, "some");
    // Pairs and the like are one thing, of which the parts are no values to be compared.
    if (node.kind !== "list" || field.prefix.length > 0 || field.items === false) return;
    const item = dereference(this.#layout, field.items);
    if (item.kind === "scalar" || (item.kind === "any" && !node.items)) return this.#scalars(item, node, spot, stated);
    const inside = { ...spot, path: `${spot.path}[]`, depth: spot.depth + 1 };
    if (node.items) await this.#inOrder(field.items, node, inside);
    else await this.#items(field.items, node, inside);
  }

  /** Items of a stream, of which each has to be decompressed: headers tell nothing but those of the first. */
  async #inOrder(field: FieldLayout, node: ListNode, spot: Spot): Promise<void> {
    const isQuick = this.#options.depth === "headers";
    let done = 0;
    for await (const item of node.items?.(this.#work(spot)) ?? []) {
      await this.#visit(field, item, spot);
      this.#progress(++done, node.length);
      if (isQuick) return;
    }
  }

  async #items(field: FieldLayout, node: ListNode, spot: Spot): Promise<void> {
    const isOutermost = spot.depth <= 2;
    const first = spot.order.next;
    let done = 0;
    const visit = async (index: number, signal: AbortSignal | undefined): Promise<void> => {
      const order = isOutermost ? { next: first + index * STEPS } : spot.order;
      await this.problems.noting(elementPath(node.path, index), async () => {
        const item = node.childNow?.(index) ?? (await node.child(index, { signal }));
        await this.#visit(field, item, { ...spot, order, signal });
      });
      if (isOutermost) this.#progress(++done, node.length);
    };
    const { concurrency = 1 } = this.#options;
    if (isOutermost && concurrency > 1) {
      const indices = Array.from({ length: node.length }, (_, index) => index);
      await mapConcurrently(indices, concurrency, (index, _, signal) => visit(index, signal), { signal: spot.signal });
    } else
      for (let index = 0; index < node.length; index++) {
        if (index % 1024 === 0) spot.signal?.throwIfAborted();
        await visit(index, spot.signal);
      }
    if (isOutermost) spot.order.next = first + node.length * STEPS;
  }

  async #scalars(item: FieldLayout, list: ListNode, spot: Spot, stated: FieldLayout | undefined): Promise<void> {
    const { path, order } = spot;
    const part = stated && markOf(this.#layout, stated)?.part;
    if (part === "keypoints" || part === "vertices" || part === "confidence") return;
    if (item.kind === "scalar" && (item.references || item.fileName)) return;
    if (this.#values.isFull(path) || list.length > MOST_ITEMS) return;
    const values: TallyValue[] = [];
    for (let index = 0; index < list.length; index++) {
      const node = list.childNow?.(index) ?? (await list.child(index));
      const value = node.kind === "scalar" ? countable(node.value) : undefined;
      if (value !== undefined) values.push(value);
    }
    if (values.length > 0) this.#values.add(path, order.next++, values, labelsOf(this.#layout, item));
  }

  async #single(field: ScalarLayout, node: Node, spot: Spot): Promise<void> {
    if (field.references || field.fileName) return;
    const { path, scope, order } = spot;
    if (node.kind === "array" && node.shape.length > 0) return;
    const stored = node.kind === "array" ? (await node.load(this.#work(spot))).get() : undefined;
    const value = countable(node.kind === "scalar" ? node.value : (stored as Value), field);
    if (value === undefined) return;
    const key = path.slice(path.lastIndexOf(".") + 1);
    if (scope?.states(key) && memberPath(scope.path, key) === path) {
      if (typeof value === "number") scope.state(key, value);
    } else this.#values.add(path, order.next++, [value], labelsOf(this.#layout, field));
  }

  /** Its header, and its elements where they are single values to be compared: masks, names, short columns of numbers. */
  async #array(node: ArrayNode, spot: Spot, interest: Interest): Promise<void> {
    const { path, order } = spot;
    if (node.shape.length === 0) return this.#enterFree(node, spot);
    this.#arrays.add(path, order.next++, node);
    if (this.#options.depth === "headers" || !mayLoad(node, interest) || this.#values.isFull(path)) return;
    const values = itemsOf(await node.load(this.#work(spot)));
    if (values.length > 0) this.#values.add(path, order.next++, values);
  }

  /** What no schema describes. */
  async #enterFree(given: Node, spot: Spot): Promise<void> {
    if (spot.depth > DEEPEST || this.#free++ > MOST_FREE) return;
    const node = await unboxed(given, this.#work(spot));
    const { path, order } = spot;
    if (node.kind === "scalar" || (node.kind === "array" && node.shape.length === 0)) {
      const value = node.kind === "scalar" ? node.value : (await node.load(this.#work(spot))).get();
      const found = countable(value as Value);
      if (found !== undefined) this.#values.add(path, order.next++, [found]);
    } else if (node.kind === "array") await this.#array(node, spot, "some");
    else if (node.kind === "group") {
      const isLarge = node.keys.length > MOST_KEYS;
      for (const key of node.keys) {
        const inside = isLarge ? anyMember(path) : memberPath(path, key);
        await this.#member(undefined, node, key, { ...spot, path: inside, depth: spot.depth + 1 });
      }
    } else if (node.length > 0 && (await node.child(0)).kind === "scalar")
      await this.#scalars({ kind: "any", rule: "" }, node, spot, undefined);
    else if (node.kind === "list") {
      const inside = { ...spot, path: `${path}[]`, depth: spot.depth + 1 };
      for (let index = 0; index < node.length && this.#free <= MOST_FREE; index++)
        await this.#visit(undefined, await node.child(index), inside);
    }
  }

  #progress(done: number, total: number): void {
    this.#options.onProgress?.({ stage: "count values", done, total, unit: "items" });
  }

  #work({ signal }: Spot): WorkOptions {
    return { signal };
  }
}

function anyMember(path: string): string {
  return path === "" ? "*" : `${path}.*`;
}

/** Sizes along the first element of each level of nested lists. */
async function shapeOfLists(node: Node): Promise<readonly number[]> {
  const shape: number[] = [];
  for (let level = node; level.kind === "list" && shape.length < DEEPEST; level = await level.child(0)) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}
