import type { WorkOptions } from "../../source/source.js";
import type { ListNode, Node } from "../node.js";

/** Names of the items of a list, by their positions. Of items with one name the second is `name#2`. */
export type ItemNames = ReadonlyMap<string, number>;

/** The names by a member of the items; undefined when an item has none that is a text or a whole number. */
export async function itemNames(list: ListNode, member: string, options: WorkOptions): Promise<ItemNames | undefined> {
  const names = new Map<string, number>();
  for (let index = 0; index < list.length; index++) {
    options.signal?.throwIfAborted();
    const name = await nameOf(list.childNow?.(index) ?? (await list.child(index, options)), member, options);
    if (name === undefined) return undefined;
    let own = name;
    for (let copy = 2; names.has(own); copy++) own = `${name}#${copy}`;
    names.set(own, index);
  }
  return names;
}

async function nameOf(item: Node, member: string, options: WorkOptions): Promise<string | undefined> {
  if (item.kind !== "group") return undefined;
  const now = item.valueNow?.(member);
  const node = now === undefined ? await item.child(member, options) : undefined;
  const value = now ?? (node?.kind === "scalar" ? node.value : undefined);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
