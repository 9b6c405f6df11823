import type { WorkOptions } from "../source/source.js";
import { Tuple, type Value } from "../value/value.js";
import type { ArrayNode } from "./node.js";
import type { WriteTree } from "./write.js";

/** Whether part of a tree is an array that may still be in another file. */
export function isArrayNode(tree: unknown): tree is ArrayNode {
  return typeof tree === "object" && tree !== null && (tree as { readonly kind?: unknown }).kind === "array";
}

/** `tree` with all its arrays in memory. What has no array nodes in it is returned as it is, not copied. */
export async function settle(tree: WriteTree, options: WorkOptions = {}): Promise<Value> {
  return holdsNodes(tree) ? ((await load(tree, options, new Map())) as Value) : (tree as Value);
}

function holdsNodes(root: unknown): boolean {
  const seen = new Set<unknown>();
  const open = [root];
  while (open.length > 0) {
    const tree = open.pop();
    if (isArrayNode(tree)) return true;
    if (!isTree(tree) || seen.has(tree)) continue;
    seen.add(tree);
    for (const item of tree.values()) open.push(item);
  }
  return false;
}

async function load(tree: unknown, options: WorkOptions, done: Map<unknown, unknown>): Promise<unknown> {
  if (isArrayNode(tree)) return tree.load(options);
  if (!isTree(tree)) return tree;
  if (done.has(tree)) return done.get(tree);
  if (Array.isArray(tree)) {
    const items: unknown[] = tree instanceof Tuple ? new Tuple() : [];
    done.set(tree, items);
    for (const item of tree) items.push(await load(item, options, done));
    return items;
  }
  const map = new (tree.constructor as MapConstructor)<unknown, unknown>();
  // A defaultdict has a member of its own.
  Object.assign(map, tree);
  done.set(tree, map);
  for (const [key, value] of tree) map.set(key, await load(value, options, done));
  return map;
}

function isTree(value: unknown): value is unknown[] | Map<unknown, unknown> {
  return Array.isArray(value) || value instanceof Map;
}
