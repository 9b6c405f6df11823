import { RecordTree, recordsOf } from "../engine/records/tree.js";
import type { WorkOptions } from "../source/source.js";
import type { GroupNode, ListNode, Node } from "../tree/node.js";

/** Items that one walk may be ahead of another before it waits: they are in memory until all have seen them. */
const MOST_AHEAD = 256;

/** A tree for one of several walks over a stream. */
export interface SharedView {
  readonly root: Node;
  /** The walk is over: nobody waits for it any more. Has to be called, also when it failed. */
  done(): void;
}

/**
 * Trees of a stream of records for two walks that go through it at the same time: its items are read once for both of them, and in
 * memory are those that one of them has not seen yet. A second pass of one walk reads anew. Undefined for trees whose parts can be read
 * in any order.
 */
export function sharedPass(root: Node): readonly [SharedView, SharedView] | undefined {
  if (!(root instanceof RecordTree)) return undefined;
  const { path } = recordsOf(root);
  const pass = new SharedPass(2);
  const view = (walk: number): SharedView => {
    const list = async (options?: WorkOptions): Promise<Node | undefined> => {
      const node = await root.child(path, options);
      return node?.kind === "list" && node.items ? sharedList(node, pass, walk) : node;
    };
    const group: GroupNode = {
      kind: "group",
      path: root.path,
      keys: root.keys,
      child: (key, options) => (key === path ? list(options) : root.child(key, options)),
    };
    return { root: group, done: () => pass.leave(walk) };
  };
  return [view(0), view(1)];
}

function sharedList(list: ListNode, pass: SharedPass, walk: number): ListNode {
  return {
    kind: "list",
    path: list.path,
    length: list.length,
    child: (index, options) => list.child(index, options),
    items: (options) => pass.items(list, walk, options),
  };
}

/** One pass over the items of a list, handed out to several walks. */
class SharedPass {
  /** Where each walk is, in items; undefined for one that has left. */
  readonly #at: (number | undefined)[];
  readonly #began: boolean[];
  /** What not all have seen, from item `#first` on. */
  readonly #items: Node[] = [];
  #first = 0;
  #source: AsyncIterator<Node> | undefined;
  #reading: Promise<void> | undefined;
  #end: { readonly error: unknown } | { readonly error?: never } | undefined;
  #waiting: (() => void)[] = [];

  constructor(walks: number) {
    this.#at = Array.from({ length: walks }, () => 0);
    this.#began = Array.from({ length: walks }, () => false);
  }

  async *items(list: ListNode, walk: number, options: WorkOptions = {}): AsyncGenerator<Node, void, void> {
    if (this.#began[walk] || this.#at[walk] === undefined) {
      yield* list.items?.(options) ?? [];
      return;
    }
    this.#began[walk] = true;
    this.#source ??= list.items?.(options)[Symbol.asyncIterator]();
    try {
      for (let index = 0; ; index++) {
        const item = await this.#item(index);
        if (!item) return;
        yield item;
        this.#at[walk] = index + 1;
        this.#forget();
      }
    } finally {
      this.leave(walk);
    }
  }

  /** Whoever has left holds nobody back; what has begun is ended with the last one. */
  leave(walk: number): void {
    if (this.#at[walk] === undefined) return;
    this.#at[walk] = undefined;
    this.#forget();
    if (this.#at.every((at) => at === undefined)) void this.#source?.return?.().catch(() => undefined);
  }

  async #item(index: number): Promise<Node | undefined> {
    for (;;) {
      const item = this.#items[index - this.#first];
      if (item) return item;
      if (this.#end) {
        if ("error" in this.#end) throw this.#end.error;
        return undefined;
      }
      if (this.#items.length < MOST_AHEAD) await this.#read();
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Reads one item for all; who comes while that is done waits for the same. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOne().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOne(): Promise<void> {
    try {
      const next = await this.#source?.next();
      if (!next || next.done) this.#end = {};
      else this.#items.push(next.value);
    } catch (error) {
      this.#end = { error };
    }
  }

  #forget(): void {
    const slowest = Math.min(...this.#at.map((at) => at ?? Number.POSITIVE_INFINITY));
    const seen = Math.min(slowest - this.#first, this.#items.length);
    if (seen <= 0) return;
    this.#items.splice(0, seen);
    this.#first += seen;
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
