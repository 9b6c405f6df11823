import type { Value } from "../value/value.js";
import type { ArrayNode } from "./node.js";

/**
 * What a container writes: exact values, in which arrays may still be in another file (`ArrayNode`). The root of an
 * archive is a map whose string keys name the entries, in the order in which they are written.
 */
export type WriteTree = Value | ArrayNode | readonly WriteTree[] | ReadonlyMap<Value, WriteTree>;
