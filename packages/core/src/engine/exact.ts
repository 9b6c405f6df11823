import type { WorkOptions } from "../source/source.js";
import type { Node } from "../tree/node.js";
import { arrayNode } from "../tree/value-node.js";
import { asBox } from "./resolve.js";
import { valueOfScalarArray } from "./scalar.js";

/** Whatever a node holds, exactly: arrays without axes as scalars, an archive as a `Map` of its entries. */
export async function exactValue(node: Node, options: WorkOptions = {}): Promise<unknown> {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "array": {
      const array = await node.load(options);
      return array.ndim === 0 ? valueOfScalarArray(array) : array;
    }
    case "list":
      if (node.load) return node.load(options);
      if (node.items) return exactItems(node.items(options), options);
      return Promise.all(
        Array.from({ length: node.length }, async (_, i) => exactValue(await node.child(i, options), options)),
      );
    case "group": {
      if (node.load) return node.load(options);
      const members = new Map<string, unknown>();
      for (const key of node.keys)
        members.set(key, await exactValue((await node.child(key, options)) as Node, options));
      return members;
    }
  }
}

async function exactItems(nodes: AsyncIterable<Node>, options: WorkOptions): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const node of nodes) items.push(await exactValue(node, options));
  return items;
}

/** A stored None, bare or in an object array without axes. */
export async function isNone(node: Node): Promise<boolean> {
  return (await unlessNone(node)) === undefined;
}

/**
 * The node, unless it is a stored None, bare or in an object array without axes. What had to be loaded to know that is in
 * memory then, so that nobody has to load it again.
 */
export async function unlessNone(node: Node, options: WorkOptions = {}): Promise<Node | undefined> {
  if (node.kind === "scalar") return node.value === null ? undefined : node;
  const box = asBox(node);
  if (!box) return node;
  const array = await box.load(options);
  return array.get() === null ? undefined : arrayNode(array, node.path);
}
