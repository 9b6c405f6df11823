import type { Node } from "../../tree/node.js";
import { nodeOfValue } from "../../tree/value-node.js";
import type { Value } from "../../value/value.js";
import type { RecordStream } from "./stream.js";

/** A record of the lead as a node; undefined when the file does not have it. */
export function leadNode({ lead }: RecordStream, name: string): Node | undefined {
  return lead.values.has(name) ? nodeOfValue(lead.values.get(name) as Value, name) : undefined;
}
