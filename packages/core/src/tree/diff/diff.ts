import { type FormatError, isFormatError } from "../../errors.js";
import { shapeText } from "../../ndarray/descr-text.js";
import { typeLabel } from "../../ndarray/dtype.js";
import type { WorkOptions } from "../../source/source.js";
import { elementPath, memberPath } from "../../value/path.js";
import type { Value } from "../../value/value.js";
import { unboxed } from "../find.js";
import type { ArrayNode, GroupNode, ListNode, Node } from "../node.js";
import { nodeOfValue } from "../value-node.js";
import type { NodeWords, Side, TreeDifference } from "./difference.js";
import { comparable, compareElements } from "./elements.js";
import { type ItemNames, itemNames } from "./named-items.js";
import { sameValue } from "./values.js";

export interface DiffOptions extends WorkOptions {
  /** Numbers whose distance is at most this are equal. Default 0. */
  readonly tolerance?: number | undefined;
  /**
   * Whether an array and a list of the same elements are equal, as containers without lists, or without arrays, store the one
   * as the other: `values`. Default: `exact`.
   */
  readonly forms?: "exact" | "values" | undefined;
  /**
   * Members by which the items of the list at a path may be known, such as `frame_dir`, the first choice first: items are
   * compared by the first that all items of both lists have, wherever in the list they are, else by their positions.
   */
  readonly namesOf?: ((path: string) => readonly string[] | undefined) | undefined;
}

/**
 * In what two trees differ, in the order of the first; of one container or of several. Keys are compared in any order, and a
 * number that is an array without axes in one tree equals the number in the other. NaN equals NaN. Values are read one after
 * the other and arrays in pieces, so that memory stays small; nodes that cannot be read are differences of their own.
 */
export async function* diffTrees(
  before: Node,
  after: Node,
  options: DiffOptions = {},
): AsyncGenerator<TreeDifference, void, undefined> {
  yield* new Diff(options).nodes(before, after, "");
}

class Diff {
  readonly #options: DiffOptions;
  readonly #tolerance: number;

  constructor(options: DiffOptions) {
    this.#options = options;
    this.#tolerance = options.tolerance ?? 0;
  }

  async *nodes(first: Node, second: Node, path: string): AsyncGenerator<TreeDifference, void, undefined> {
    this.#options.signal?.throwIfAborted();
    const before = yield* this.#readable("before", path, () => unboxed(first, this.#options));
    const after = yield* this.#readable("after", path, () => unboxed(second, this.#options));
    if (!before || !after) return;
    yield* this.#attributes(before, after, path);
    if (before.kind === "group" && after.kind === "group") yield* this.#groups(before, after, path);
    else if (before.kind === "list" && after.kind === "list") yield* this.#lists(before, after, path);
    else if (isSingle(before) && isSingle(after)) yield* this.#singles(before, after, path);
    else if (before.kind === "array" && after.kind === "array") yield* this.#arrays(before, after, path);
    else if (this.#options.forms === "values" && isRows(before) && isRows(after))
      yield* this.#rows(before, after, path);
    else yield { kind: "kind", path, before: wordsOf(before), after: wordsOf(after) };
  }

  /** Containers without attributes have none that could be missing. */
  async *#attributes(before: Node, after: Node, path: string): AsyncGenerator<TreeDifference, void, undefined> {
    if (!before.attributes || !after.attributes) return;
    const first = await before.attributes(this.#options);
    yield* this.#groups(first, await after.attributes(this.#options), `${path}@`);
  }

  async *#groups(before: GroupNode, after: GroupNode, path: string): AsyncGenerator<TreeDifference, void, undefined> {
    const others = new Set(after.keys);
    for (const key of before.keys) {
      const at = placeOf(path, key);
      const first = yield* this.#readable("before", at, () => before.child(key, this.#options));
      if (!others.has(key)) {
        if (first) yield { kind: "removed", path: at, what: wordsOf(first) };
        continue;
      }
      const second = yield* this.#readable("after", at, () => after.child(key, this.#options));
      if (first && second) yield* this.nodes(first, second, at);
    }
    const known = new Set(before.keys);
    for (const key of after.keys.filter((own) => !known.has(own))) {
      const at = placeOf(path, key);
      const node = yield* this.#readable("after", at, () => after.child(key, this.#options));
      if (node) yield { kind: "added", path: at, what: wordsOf(node) };
    }
  }

  async *#lists(before: ListNode, after: ListNode, path: string): AsyncGenerator<TreeDifference, void, undefined> {
    for (const member of this.#options.namesOf?.(path) ?? []) {
      const names = await itemNames(before, member, this.#options);
      const others = names && (await itemNames(after, member, this.#options));
      if (!names || !others) continue;
      yield* this.#namedItems({ list: before, names }, { list: after, names: others }, path);
      return;
    }
    yield* this.#items(before, after, path);
  }

  /** Side by side, so that of streams no more than two records are in memory. */
  async *#items(before: ListNode, after: ListNode, path: string): AsyncGenerator<TreeDifference, void, undefined> {
    const [firsts, seconds] = [itemsOf(before, this.#options), itemsOf(after, this.#options)];
    const counts = { before: 0, after: 0 };
    try {
      for (let index = 0; ; index++) {
        const at = elementPath(path, index);
        const first = yield* this.#readable("before", at, () => firsts.next());
        const second = yield* this.#readable("after", at, () => seconds.next());
        if (!first || !second) return;
        if (!first.done) counts.before++;
        if (!second.done) counts.after++;
        if (first.done && second.done) break;
        if (!first.done && !second.done) yield* this.nodes(first.value, second.value, at);
      }
    } finally {
      await firsts.return?.(undefined);
      await seconds.return?.(undefined);
    }
    if (counts.before !== counts.after) yield { kind: "length", path, ...counts };
  }

  async *#namedItems(before: Named, after: Named, path: string): AsyncGenerator<TreeDifference, void, undefined> {
    for (const [name, index] of before.names) {
      const at = `${path}[${JSON.stringify(name)}]`;
      const first = yield* this.#readable("before", at, () => before.list.child(index, this.#options));
      const other = after.names.get(name);
      if (other === undefined) {
        if (first) yield { kind: "removed", path: at, what: wordsOf(first) };
        continue;
      }
      const second = yield* this.#readable("after", at, () => after.list.child(other, this.#options));
      if (first && second) yield* this.nodes(first, second, at);
    }
    for (const [name, index] of after.names) {
      if (before.names.has(name)) continue;
      const at = `${path}[${JSON.stringify(name)}]`;
      const node = yield* this.#readable("after", at, () => after.list.child(index, this.#options));
      if (node) yield { kind: "added", path: at, what: wordsOf(node) };
    }
    if (inOtherOrder(before.names, after.names)) yield { kind: "order", path };
  }

  async *#arrays(before: ArrayNode, after: ArrayNode, path: string): AsyncGenerator<TreeDifference, void, undefined> {
    const [first, second] = [typeLabel(before.type), typeLabel(after.type)];
    if (first !== second) yield { kind: "dtype", path, before: first, after: second };
    if (shapeText(before.shape) !== shapeText(after.shape)) {
      yield { kind: "shape", path, before: before.shape, after: after.shape };
      return;
    }
    if (!comparable(before.type, after.type)) return;
    const sides = { before: false };
    try {
      const options = { ...this.#options, tolerance: this.#tolerance };
      const found = await compareElements(watched(before, sides), after, options);
      if (found) yield { kind: "elements", path, ...found };
    } catch (error) {
      yield unreadable(sides.before ? "before" : "after", path, error);
    }
  }

  /** An array and a list, item by item. */
  async *#rows(before: Rows, after: Rows, path: string): AsyncGenerator<TreeDifference, void, undefined> {
    const first = yield* this.#readable("before", path, () => listOf(before, this.#options));
    const second = yield* this.#readable("after", path, () => listOf(after, this.#options));
    if (first && second) yield* this.#lists(first, second, path);
  }

  async *#singles(before: Single, after: Single, path: string): AsyncGenerator<TreeDifference, void, undefined> {
    if (before.kind === "array" && after.kind === "array" && before.type.name !== after.type.name)
      yield { kind: "dtype", path, before: typeLabel(before.type), after: typeLabel(after.type) };
    const first = yield* this.#readable("before", path, () => singleValue(before, this.#options));
    const second = yield* this.#readable("after", path, () => singleValue(after, this.#options));
    if (!first || !second || sameValue(first.value, second.value, path, this.#tolerance)) return;
    yield { kind: "value", path, before: first.value, after: second.value };
  }

  /** What `work` gives; undefined after saying why it cannot be read. */
  async *#readable<T>(
    side: Side,
    path: string,
    work: () => Promise<T>,
  ): AsyncGenerator<TreeDifference, T | undefined, undefined> {
    try {
      return await work();
    } catch (error) {
      yield unreadable(side, path, error);
      return undefined;
    }
  }
}

interface Named {
  readonly list: ListNode;
  readonly names: ItemNames;
}

/** A node that is one value. */
type Single = Exclude<Node, GroupNode | ListNode>;

function isSingle(node: Node): node is Single {
  return node.kind === "scalar" || (node.kind === "array" && node.shape.length === 0);
}

/** A node that has items one after the other. */
type Rows = ArrayNode | ListNode;

function isRows(node: Node): node is Rows {
  return node.kind === "list" || (node.kind === "array" && node.shape.length > 0);
}

async function listOf(node: Rows, options: WorkOptions): Promise<ListNode> {
  if (node.kind === "list") return node;
  const array = await node.load(options);
  const rows = Array.from({ length: array.shape[0] as number }, (_, row) =>
    array.ndim === 1 ? array.get(row) : array.slice(row),
  );
  return nodeOfValue(rows, node.path) as ListNode;
}

async function singleValue(node: Single, options: WorkOptions): Promise<{ readonly value: Value }> {
  return { value: node.kind === "scalar" ? node.value : ((await node.load(options)).get() as Value) };
}

/** The array, noting whether an error came from reading it. */
function watched(node: ArrayNode, sides: { before: boolean }): ArrayNode {
  const noting = (error: unknown): never => {
    sides.before = true;
    throw error;
  };
  const { chunks } = node;
  return {
    ...node,
    load: (options) => node.load(options).catch(noting),
    ...(chunks && {
      async *chunks(options?: WorkOptions) {
        try {
          yield* chunks.call(node, options);
        } catch (error) {
          noting(error);
        }
      },
    }),
  };
}

function unreadable(side: Side, path: string, error: unknown): TreeDifference {
  if (!isFormatError(error)) throw error;
  const { code, reason } = error as FormatError;
  return { kind: "unreadable", path, side, code, message: reason };
}

async function* itemsOf(list: ListNode, options: WorkOptions): AsyncGenerator<Node, void, undefined> {
  if (list.items) yield* list.items(options) as AsyncIterable<Node>;
  else for (let index = 0; index < list.length; index++) yield await list.child(index, options);
}

/** Whether names that both have come in another order. */
function inOtherOrder(before: ItemNames, after: ItemNames): boolean {
  let last = -1;
  for (const name of before.keys()) {
    const at = after.get(name);
    if (at === undefined) continue;
    if (at < last) return true;
    last = at;
  }
  return false;
}

function placeOf(path: string, key: string): string {
  return path.endsWith("@") ? `${path}${memberPath("", key)}` : memberPath(path, key);
}

function wordsOf(node: Node): NodeWords {
  if (node.kind === "array") return `array ${typeLabel(node.type)} ${shapeText(node.shape)}`;
  if (node.kind === "group") return "dict";
  return node.kind === "list" ? (node.form ?? "list") : "value";
}
