import { FormatError } from "../../errors.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode, GroupNode, Node } from "../../tree/node.js";
import { isArrayNode } from "../../tree/settle.js";
import { nodeOfValue } from "../../tree/value-node.js";
import { memberPath } from "../../value/path.js";
import type { OpenFile } from "../open.js";
import { describeNode } from "../resolve.js";
import { plainScalar } from "../scalar.js";

/** A record of a list, still where it is stored. */
export interface Item {
  readonly node: Node;
  /** Where it comes from: the items of a collection may be of several files. */
  readonly file: OpenFile;
}

/** Throws `FormatError` `mismatch` when an item is no record. */
export function groupOf({ node, file }: Item): GroupNode {
  if (node.kind === "group") return node;
  const path = file.source.name === "" ? node.path : `${file.source.name}: ${node.path}`;
  throw new FormatError("mismatch", `a dict expected, ${describeNode(node)} found`, { path });
}

/** New values of members; undefined takes a member away. */
export type MemberEdits = Readonly<Record<string, unknown>>;

/** A record with other members: replaced in their places, new ones at the end. */
export function edited(item: Item, edits: MemberEdits | undefined): Item {
  const changes = new Map(Object.entries(edits ?? {}));
  if (changes.size === 0) return item;
  const group = groupOf(item);
  const old = group.keys.filter((key) => !changes.has(key) || changes.get(key) !== undefined);
  const added = [...changes.keys()].filter((key) => changes.get(key) !== undefined && !group.keys.includes(key));
  const child = async (key: string, options?: WorkOptions): Promise<Node | undefined> => {
    if (!changes.has(key)) return group.child(key, options);
    const value = changes.get(key);
    if (value === undefined || isArrayNode(value)) return value;
    return nodeOfValue(value, memberPath(group.path, key));
  };
  return { ...item, node: { kind: "group", path: group.path, keys: [...old, ...added], child } };
}

/** A record whose arrays pass through a function when they are asked for. */
export function passed(item: Item, pass: (key: string, array: ArrayNode) => ArrayNode): Item {
  const group = groupOf(item);
  const child = async (key: string, options?: WorkOptions): Promise<Node | undefined> => {
    const node = await group.child(key, options);
    return node?.kind === "array" ? pass(key, node) : node;
  };
  return { ...item, node: { kind: "group", path: group.path, keys: group.keys, child } };
}

/** A single value in everyday JavaScript. */
export function scalarOf(node: Node | undefined): unknown {
  if (node?.kind !== "scalar") return undefined;
  return plainScalar(node.value);
}

/** A single value, or a list of such, in everyday JavaScript. */
export async function plainOf(node: Node | undefined): Promise<unknown> {
  if (node?.kind !== "list") return scalarOf(node);
  const values: unknown[] = [];
  for (let index = 0; index < node.length; index++) values.push(scalarOf(await node.child(index)));
  return values;
}
