import { expect } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import type { WriteContainerOptions } from "../src/engine/container.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Source } from "../src/source/source.js";
import type { ArrayNode, GroupNode } from "../src/tree/node.js";
import type { WriteTree } from "../src/tree/write.js";
import type { Value } from "../src/value/value.js";
import { expectedOf, fixtures } from "./support-io.js";

/** Fixtures that state what their entries hold. */
export const described: readonly string[] = fixtures(/^(?!bad_).*\.npz$/).filter(
  (name) => "npz" in expectedOf<object>(name),
);

export const openNpz = async (input: Uint8Array | Source): Promise<GroupNode> =>
  (await npz.open(input instanceof Uint8Array ? memorySource(input) : input)) as GroupNode;

/** The array node of a key. */
export async function arrayOf(root: GroupNode, key: string): Promise<ArrayNode> {
  const node = await root.child(key);
  expect(node?.kind).toBe("array");
  return node as ArrayNode;
}

export async function writtenNpz(tree: Map<Value, WriteTree>, options?: WriteContainerOptions): Promise<Uint8Array> {
  const sink = new MemorySink();
  await npz.write(sink, tree, options);
  return sink.bytes();
}
