import { FormatError } from "../../errors.js";
import type { ContainerLayout, FieldLayout, Layout } from "../../layout/layout.js";
import type { Input } from "../../source/input.js";
import { memorySource } from "../../source/memory.js";
import type { WorkOptions } from "../../source/source.js";
import type { GroupNode, ListNode, Node } from "../../tree/node.js";
import { nodeOfValue } from "../../tree/value-node.js";
import { type OpenFile, type OpenOptions, openFile } from "../open.js";
import { dereference, memberNames, mismatch } from "../resolve.js";
import type { CollectionFacts } from "./facts.js";
import type { Item } from "./item.js";
import { type Splits, splitsOf } from "./names.js";

/** What a collection consists of. Never changed. */
export interface Content {
  readonly items: readonly Item[];
  readonly splits: Splits;
  /** Whether it was the list alone, or a single record. */
  readonly bare: boolean;
  /** Members of the root besides the list and the splits. */
  readonly others: ReadonlyMap<string, Node>;
}

/**
 * What a file holds, its items unread: a file of `layout`, the list alone, or a single record. Throws `FormatError` when it
 * is nothing of that.
 */
export async function openContent(
  layout: Layout,
  facts: CollectionFacts,
  input: Input,
  options: OpenOptions = {},
): Promise<Content> {
  const file = await openFile(layout, input, options);
  try {
    return await contentOfFile(facts, file, options);
  } catch (error) {
    if (file.source !== input) await file.source.close?.();
    throw error;
  }
}

/** What a value in memory holds: in the form of the data set, the list alone, or a single record. */
export function contentOfValue(layout: Layout, facts: CollectionFacts, value: unknown): Promise<Content> {
  return contentOfFile(facts, fileOf(layout, nodeOfValue(value)));
}

/** A tree as if it were in a file. */
export function fileOf(layout: Layout, root: Node): OpenFile {
  const container = layout.containers[0] as ContainerLayout;
  return { layout, container, source: memorySource(new Uint8Array()), root };
}

/** The same for a file that is open already. */
export async function contentOfFile(
  facts: CollectionFacts,
  file: OpenFile,
  options: WorkOptions = {},
): Promise<Content> {
  const { root, layout } = file;
  const none = { splits: new Map(), others: new Map(), bare: true };
  if (root.kind === "list") return { ...none, items: await itemsOf(root, file, options) };
  if (root.kind !== "group") throw mismatch(root, "a dict or a list");
  const field = dereference(layout, layout.root);
  const names = field.kind === "object" ? memberNames(field, root.keys) : root.keys.map((key) => [key, key] as const);
  const stored = new Map(names.map(([name, key]) => [key, name]));
  const listName = facts.list === undefined ? undefined : stored.get(facts.list);
  if (listName === undefined) {
    if (facts.names.some((name) => root.keys.includes(name))) return { ...none, items: [{ node: root, file }] };
    throw new FormatError("missing", `${JSON.stringify(facts.list ?? facts.names[0])} is required`);
  }
  const list = (await root.child(listName, options)) as Node;
  if (list.kind !== "list") throw mismatch(list, "a list");
  const others = new Map<string, Node>();
  for (const [key, name] of stored)
    if (key !== facts.list && key !== facts.splits) others.set(key, (await root.child(name, options)) as Node);
  const splits = await splitsOf(root, facts.splits === undefined ? undefined : stored.get(facts.splits));
  return { items: await itemsOf(list, file, options), splits, others, bare: false };
}

async function itemsOf(list: ListNode, file: OpenFile, options: WorkOptions): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let index = 0; index < list.length; index++) {
    if (index % 4096 === 0) options.signal?.throwIfAborted();
    items.push({ node: list.childNow?.(index) ?? (await list.child(index, options)), file });
  }
  return items;
}

/** The field of the items in a layout. Throws `TypeError` for a layout without such a list. */
export function itemField(layout: Layout, facts: CollectionFacts): FieldLayout {
  const root = dereference(layout, layout.root);
  const member = root.kind === "object" && facts.list !== undefined ? root.properties[facts.list] : root;
  const list = member && dereference(layout, member);
  if (list?.kind !== "list" || list.items === false) throw new TypeError(`${layout.title} is no list of records`);
  return list.items;
}

/** The tree of a collection, as a file of `layout` has it. */
export function treeOf(layout: Layout, facts: CollectionFacts, content: Content): GroupNode | ListNode {
  const { items, splits, others } = content;
  const list: ListNode = {
    kind: "list",
    path: facts.list ?? "",
    length: items.length,
    form: "list",
    child: async (index) => (items[index] as Item).node,
  };
  const root = dereference(layout, layout.root);
  if (root.kind !== "object" || facts.list === undefined) return list;
  const members = new Map<string, Node>();
  // Every reader of such files finds the splits first.
  if (facts.splits !== undefined) members.set(facts.splits, nodeOfValue(new Map(splits), facts.splits));
  members.set(facts.list, list);
  for (const [key, node] of others) members.set(key, node);
  return { kind: "group", path: "", keys: [...members.keys()], child: async (key) => members.get(key) };
}
