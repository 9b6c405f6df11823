import type { Json, JsonObject } from "../ir.js";
import { mapSchema } from "./keywords.js";
import { child, segmentsOf } from "./pointer.js";
import { isObject, member } from "./shape.js";

/**
 * Leaves out of a schema what breaks the dialect, so that the rest can still be checked and all problems are told at
 * once. A node whose kind is in doubt loses all that says what it is: it may be anything then.
 */
export function repair(schema: JsonObject, faults: readonly string[], keywords: readonly string[]): Repaired {
  const dropped = new Set<string>();
  const doubtful = new Set<string>();
  for (const fault of faults) {
    const { node, keyword, rest } = nodeOf(schema, segmentsOf(fault));
    if (keyword === undefined) doubtful.add(node);
    else if (!keywords.includes(keyword) || !FORMING.has(keyword)) dropped.add(child(node, keyword));
    else if (keyword === "dims" && rest[0] !== undefined) dropped.add(child(node, keyword, rest[0]));
    else if (keyword !== "container") doubtful.add(node);
  }
  const repaired = mapSchema(schema, "", (node, pointer) => {
    const entries = Object.entries(node).filter(([keyword]) => !dropped.has(child(pointer, keyword)));
    const kept = doubtful.has(pointer) ? entries.filter(([keyword]) => !FORMING.has(keyword)) : entries;
    return Object.fromEntries(
      kept.map(([keyword, value]) => [keyword, without(value, child(pointer, keyword), dropped)]),
    );
  });
  return { schema: repaired as JsonObject, whole: !doubtful.has("") };
}

export interface Repaired {
  readonly schema: JsonObject;
  /** False when the root itself is in doubt: then only the shared parts are of use. */
  readonly whole: boolean;
}

/** Keywords that say what a node is. All others can go missing without making the rest look wrong. */
const FORMING: ReadonlySet<string> = new Set([
  "$ref",
  "type",
  "enum",
  "const",
  "properties",
  "patternProperties",
  "additionalProperties",
  "items",
  "prefixItems",
  "anyOf",
  "oneOf",
  "ndarray",
  "dims",
  "length",
  "sparse",
  "container",
  "numbered",
  "records",
]);

const SINGLE = new Set(["additionalProperties", "items", "propertyNames", "if", "then", "else", "not"]);
const KEYED = new Set(["properties", "patternProperties", "$defs", "prefixItems", "allOf", "anyOf", "oneOf"]);

/** The innermost schema on the way to a fault, the keyword that the fault is in, and what follows. */
function nodeOf(schema: JsonObject, segments: readonly string[]): { node: string; keyword?: string; rest: string[] } {
  let node = "";
  let value: Json | undefined = schema;
  let index = 0;
  while (index < segments.length) {
    const keyword = segments[index] as string;
    const inside = member(value, keyword);
    const key = segments[index + 1];
    if (SINGLE.has(keyword)) {
      node = child(node, keyword);
      value = inside;
      index += 1;
    } else if (KEYED.has(keyword) && key !== undefined) {
      node = child(node, keyword, key);
      value = Array.isArray(inside) ? inside[Number(key)] : member(inside, key);
      index += 2;
    } else {
      return { node, keyword, rest: segments.slice(index + 1) };
    }
  }
  return { node, rest: [] };
}

/** `dims` without the symbols that are wrong: they stay declared. */
function without(value: Json, pointer: string, dropped: ReadonlySet<string>): Json {
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  if (!entries.some(([key]) => dropped.has(child(pointer, key)))) return value;
  return Object.fromEntries(entries.map(([key, item]) => [key, dropped.has(child(pointer, key)) ? {} : item]));
}
