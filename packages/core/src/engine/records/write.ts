import type { ContainerLayout, Layout } from "../../layout/layout.js";
import type { Sink } from "../../source/source.js";
import type { GroupNode, ListNode, Node } from "../../tree/node.js";
import { mismatch } from "../resolve.js";
import type { RecordWriterOptions } from "./types.js";
import { createNodeWriter } from "./writer.js";

/**
 * Writes a whole value, or an open file, as a stream of records, one record in memory at a time. The sink is committed, or
 * aborted. Throws what {@link createNodeWriter} and its writer throw.
 */
export async function writeRecords(
  layout: Layout,
  container: ContainerLayout,
  sink: Sink,
  root: GroupNode,
  options: RecordWriterOptions,
): Promise<void> {
  const lead = new Map<string, Node>();
  let list: ListNode | undefined;
  for (const { name, repeat } of layout.records ?? []) {
    const node = await root.child(name, options);
    if (!node) continue;
    if (!repeat) lead.set(name, node);
    else if (node.kind === "list") list = node;
    else throw mismatch(node, "a list");
  }
  const writer = await createNodeWriter(layout, sink, lead, { ...options, container: container.codec.kind });
  try {
    if (list) for await (const node of itemsOf(list, options)) await writer.appendNode(node);
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function* itemsOf(list: ListNode, options: RecordWriterOptions): AsyncGenerator<Node, void, void> {
  if (list.items) return yield* list.items(options);
  for (let index = 0; index < list.length; index++) yield await list.child(index, options);
}
