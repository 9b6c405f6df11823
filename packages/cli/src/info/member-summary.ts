import type { GroupNode, ListNode, Node, WorkOptions } from "@somakit/core";
import { FolderNode } from "@somakit/core/engine/folder";
import { firstRecord } from "@somakit/core/engine/records";
import { isFormatError } from "@somakit/core/errors";
import { unboxed } from "@somakit/core/tree";
import type { Meanings } from "../schema/meanings.js";
import { type OpenedEntry, openEntry } from "./folder-entry.js";
import { areSingle, formOf, type KeySummary, nodeSummary } from "./node-summary.js";

export interface MemberSummaries {
  readonly keys: readonly KeySummary[];
  /** Members that are not listed. */
  readonly more: number;
}

/** Members of the root and of what is in it that are listed, items of lists, and all together: data sets may have millions. */
const MOST_KEYS = 500;
const MOST_INNER_KEYS = 100;
const MOST_ITEMS = 20;
const MOST_INNER_ITEMS = 3;
const MOST_ROWS = 2000;
/** Values that hold themselves would never end. */
const DEEPEST = 32;
/** Object arrays without axes are looked into when they have no more bytes in the file. */
const SMALL = 1 << 16;

export interface MemberOptions extends WorkOptions {
  readonly meanings: Meanings;
  /** Levels of members that are listed. */
  readonly levels: number;
  /** Whether the records of a stream are counted, which may take a pass through the file; otherwise the first one stands for all. */
  readonly countsRecords: boolean;
}

type Steps = readonly (string | number)[];

interface Place {
  readonly steps: Steps;
  readonly level: number;
}

/** What is in a node, level by level. Reads headers and single values; what cannot be read is said in its place. */
export async function summariseMembers(root: Node, options: MemberOptions): Promise<MemberSummaries> {
  const walk = new MemberWalk(options);
  const place = { steps: [], level: 0 };
  const { keys, more } = await walk.members(root, place);
  if (root.kind === "group" || root.kind === "list") return { keys, more };
  return { keys: [{ key: "", ...(await nodeSummary(root, options)) }, ...keys], more };
}

class MemberWalk {
  readonly #meanings: Meanings;
  readonly #levels: number;
  readonly #countsRecords: boolean;
  readonly #work: WorkOptions;
  #rows = 0;

  constructor({ meanings, levels, countsRecords, signal }: MemberOptions) {
    this.#meanings = meanings;
    this.#countsRecords = countsRecords;
    this.#levels = Math.min(levels, DEEPEST);
    this.#work = { signal };
  }

  async members(node: Node, place: Place): Promise<MemberSummaries> {
    const attributes = await this.#attributes(node, place);
    const { keys, more } = await this.#children(node, place);
    return { keys: [...attributes, ...keys], more };
  }

  async #children(node: Node, place: Place): Promise<MemberSummaries> {
    const isRoot = place.level === 0;
    if (node.kind === "group") return this.#group(node, this.#room(isRoot ? MOST_KEYS : MOST_INNER_KEYS), place);
    if (node.kind === "list") return this.#list(node, this.#room(isRoot ? MOST_ITEMS : MOST_INNER_ITEMS), place);
    return { keys: [], more: 0 };
  }

  /** How many more members can be listed. */
  #room(most: number): number {
    return Math.max(0, Math.min(most, MOST_ROWS - this.#rows));
  }

  async #group(group: GroupNode, most: number, place: Place): Promise<MemberSummaries> {
    const keys: KeySummary[] = [];
    const listed = group.keys.slice(0, most);
    this.#rows += listed.length;
    for (const key of listed) {
      this.#work.signal?.throwIfAborted();
      const inside = { steps: [...place.steps, key], level: place.level + 1 };
      const storedBytes = group.storedBytes?.(key);
      const meaning = await this.#meanings(inside.steps);
      keys.push({
        ...(await this.#member(group, key, inside)),
        ...(storedBytes === undefined || group instanceof FolderNode ? {} : { storedBytes }),
        ...(meaning === undefined ? {} : { meaning }),
      });
    }
    return { keys, more: group.keys.length - listed.length };
  }

  async #member(group: GroupNode, key: string, place: Place): Promise<KeySummary> {
    if (group instanceof FolderNode) return this.#entry(group, key, place);
    const first = this.#countsRecords ? undefined : await firstRecord(group, this.#work);
    if (first) return this.#records(key, first, place);
    const storedBytes = group.storedBytes?.(key);
    const isSmall = storedBytes === undefined ? place.level > 1 : storedBytes <= SMALL;
    return this.#summary(
      key,
      async () => {
        const node = await group.child(key, this.#work);
        return node && isSmall ? unboxed(node, this.#work) : node;
      },
      place,
    );
  }

  /** The first record counts as the root: what it holds is all that there is to say of a stream. */
  async #records(key: string, first: Node, { steps, level }: Place): Promise<KeySummary> {
    this.#rows++;
    const row = await this.#summary("[0]", async () => first, { steps: [...steps, 0], level: level - 1 });
    return { key, kind: "records", items: [formOf(first)], members: [row] };
  }

  /** A folder, or a file by what its first bytes say; it is opened where there are levels left. */
  async #entry(folder: FolderNode, key: string, place: Place): Promise<KeySummary> {
    let entry: OpenedEntry | undefined;
    const isOpen = place.level < this.#levels;
    const failure = await this.#reason(async () => {
      entry = await openEntry(folder, key, { isOpen, signal: this.#work.signal });
    });
    if (!entry) return { key, kind: "unreadable", value: failure ?? "not there" };
    const { kind, type, bytes, count, root, problem } = entry;
    try {
      const inner = root && isOpen ? await this.members(root, place) : undefined;
      return {
        key,
        kind: problem === undefined ? kind : "unreadable",
        ...(type === undefined ? {} : { type }),
        ...(count === undefined ? {} : { shape: [count] }),
        ...(bytes === undefined ? {} : { storedBytes: bytes }),
        ...(problem === undefined ? {} : { value: problem }),
        ...membersOf(inner),
      };
    } finally {
      await entry.close?.();
    }
  }

  async #reason(work: () => Promise<void>): Promise<string | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (!isFormatError(error)) throw error;
      return error.reason;
    }
  }

  async #list(list: ListNode, most: number, place: Place): Promise<MemberSummaries> {
    const count = Math.min(list.length, most);
    this.#rows += count;
    const keys: KeySummary[] = [];
    // Finding a later item of a stream by its number may take a pass through all of it.
    const stream = list.items?.(this.#work)[Symbol.asyncIterator]();
    for (let index = 0; index < count; index++) {
      this.#work.signal?.throwIfAborted();
      const inside = { steps: [...place.steps, index], level: place.level + 1 };
      const open = async (): Promise<Node | undefined> =>
        stream ? ((await stream.next()).value as Node | undefined) : list.child(index, this.#work);
      keys.push(await this.#summary(`[${index}]`, open, inside));
    }
    await stream?.return?.();
    return { keys, more: list.length - count };
  }

  /** Attributes, under their names with `@` in front. */
  async #attributes(node: Node, place: Place): Promise<readonly KeySummary[]> {
    const attributes = await node.attributes?.(this.#work);
    const names = attributes?.keys.slice(0, this.#room(MOST_KEYS)) ?? [];
    this.#rows += names.length;
    const keys: KeySummary[] = [];
    for (const name of names) {
      const inside = { steps: [...place.steps, name], level: this.#levels };
      const row = await this.#summary(`@${name}`, async () => attributes?.child(name, this.#work), inside);
      const meaning = await this.#meanings(inside.steps);
      keys.push(meaning === undefined ? row : { ...row, meaning });
    }
    return keys;
  }

  /** What a node is; its members where there are levels left, or where `extra` ones are wanted. */
  async #summary(key: string, open: () => Promise<Node | undefined>, place: Place): Promise<KeySummary> {
    let row: KeySummary = { key, kind: "unreadable", value: "not there" };
    const reason = await this.#reason(async () => {
      const node = await open();
      if (!node) return;
      row = { key, ...(await nodeSummary(node, this.#work)) };
      if (place.level >= this.#levels || (row.items && areSingle(row.items))) return;
      row = { ...row, ...membersOf(await this.members(node, place)) };
    });
    return reason === undefined ? row : { key, kind: "unreadable", value: reason };
  }
}

/** Nothing for what has no members. */
function membersOf(inner: MemberSummaries | undefined): Pick<KeySummary, "members" | "more"> {
  if (!inner || (inner.keys.length === 0 && inner.more === 0)) return {};
  return { members: inner.keys, ...(inner.more > 0 && { more: inner.more }) };
}
