import type { FieldLayout, Layout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { ListNode, Node } from "../tree/node.js";
import { latin1Text } from "../value/latin1-text.js";
import type { Value } from "../value/value.js";
import { asGroup } from "./decode.js";
import { exactValue } from "./exact.js";
import { asBox, concrete, memberField, presentName } from "./resolve.js";
import { plainScalar } from "./scalar.js";

/** What an item of a list can be looked up by. */
export type IndexKey = string | number | bigint | boolean;

/** Positions of items, ascending, by what one of their members holds. */
export type ListIndex = ReadonlyMap<IndexKey, readonly number[]>;

/** What a list is indexed with. */
export interface IndexedList {
  readonly layout: Layout;
  readonly list: ListNode;
  readonly itemField: (index: number) => FieldLayout;
}

/**
 * Reads one member of every item, nothing else of them, and says which items hold which value. Items that are no groups,
 * lack the member, or hold something else in it than text, a number or a truth value are in no entry.
 */
export async function indexItems(indexed: IndexedList, key: string, options: WorkOptions = {}): Promise<ListIndex> {
  const { list } = indexed;
  const positions = new Map<IndexKey, number[]>();
  for (let index = 0; index < list.length; index++) {
    options.signal?.throwIfAborted();
    const value = await memberOf(indexed, await list.child(index, options), index, key, options);
    if (value === undefined) continue;
    const known = positions.get(value);
    if (known) known.push(index);
    else positions.set(value, [index]);
  }
  return positions;
}

async function memberOf(
  { layout, itemField }: IndexedList,
  item: Node,
  index: number,
  key: string,
  options: WorkOptions,
): Promise<IndexKey | undefined> {
  if (item.kind !== "group" && !asBox(item)) return undefined;
  const group = await asGroup({ options }, item);
  const field = concrete(layout, itemField(index), group);
  const member = field.kind === "object" ? memberField(field, key)?.field : undefined;
  const name = member ? presentName(member, key, group.keys) : key;
  const node = name === undefined ? undefined : await group.child(name, options);
  return node && scalarOf(node, options);
}

/** Arrays with axes, dicts and lists are not read. */
async function scalarOf(node: Node, options: WorkOptions): Promise<IndexKey | undefined> {
  const isScalar = node.kind === "scalar" || (node.kind === "array" && node.shape.length === 0);
  if (!isScalar) return undefined;
  const stored = (await exactValue(node, options)) as Value;
  // Python 2 stored text as bytes.
  const value = stored instanceof Uint8Array ? latin1Text(stored) : plainScalar(stored);
  return ["string", "number", "bigint", "boolean"].includes(typeof value) ? (value as IndexKey) : undefined;
}
