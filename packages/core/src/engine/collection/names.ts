import { FormatError } from "../../errors.js";
import type { GroupNode, ListNode, Node } from "../../tree/node.js";
import { latin1Text } from "../../value/latin1-text.js";
import { elementPath, memberPath } from "../../value/path.js";
import type { Value } from "../../value/value.js";
import { plainScalar } from "../scalar.js";
import type { CollectionFacts } from "./facts.js";
import { groupOf, type Item, scalarOf } from "./item.js";

/** The member by which the items of a list are known: the first record decides. */
export function nameMember({ names }: CollectionFacts, items: readonly Item[]): string {
  const first = items.find(({ node }) => node.kind === "group");
  const keys = first ? groupOf(first).keys : [];
  return names.find((name) => keys.includes(name)) ?? (names.at(-1) as string);
}

/** The names of items. Throws `FormatError` `missing` for an item without, `mismatch` for a name that is no text. */
export async function namesOf(items: readonly Item[], member: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const item of items) {
    const group = groupOf(item);
    const value = group.valueNow?.(member);
    if (typeof value === "string") {
      names.push(value);
      continue;
    }
    const node = await group.child(member);
    if (!node) throw new FormatError("missing", `no ${member}, by which items are known here`, { path: group.path });
    names.push(textOf(scalarOf(node), node.path));
  }
  return names;
}

/** Python 2 stored text as bytes. */
function textOf(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return latin1Text(value);
  throw new FormatError("mismatch", "a name expected", { path });
}

/** Names of items by the name of their split, in the order of the file. */
export type Splits = ReadonlyMap<string, readonly string[]>;

/** Lists of names by the name of their split. Throws `FormatError` `mismatch` for anything else. */
export async function splitsOf(root: Node, member: string | undefined): Promise<Splits> {
  const splits = new Map<string, readonly string[]>();
  if (member === undefined || root.kind !== "group") return splits;
  const group = await root.child(member);
  if (!group) return splits;
  if (group.kind !== "group") throw new FormatError("mismatch", "a dict of lists of names expected", { path: member });
  for (const key of group.keys) splits.set(key, await namesIn(group, key));
  return splits;
}

async function namesIn(group: GroupNode, key: string): Promise<readonly string[]> {
  const list = (await group.child(key)) as Node;
  if (list.kind !== "list")
    throw new FormatError("mismatch", "a list of names expected", { path: memberPath(group.path, key) });
  // A node for each name would take longer than reading them.
  const values = list.load ? ((await list.load()) as readonly Value[]) : await plainItems(list);
  return values.map((value, index) => textOf(plainScalar(value), elementPath(list.path, index)));
}

async function plainItems(list: ListNode): Promise<readonly Value[]> {
  const items: Value[] = [];
  for (let index = 0; index < list.length; index++) {
    const node = await list.child(index);
    items.push(node.kind === "scalar" ? node.value : null);
  }
  return items;
}

/** Splits with nothing but the names of `names` left in them. */
export function restricted(splits: Splits, names: ReadonlySet<string>): Splits {
  return new Map([...splits].map(([split, list]) => [split, list.filter((name) => names.has(name))]));
}
