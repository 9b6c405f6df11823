import type { Json, JsonObject } from "../ir.js";
import { child } from "./pointer.js";
import { elements, isObject, member, members } from "./shape.js";

/** Keywords whose value is a schema, a map of schemas, or a list of schemas. */
const SINGLE = ["additionalProperties", "items", "propertyNames", "if", "then", "else", "not"] as const;
const MAP = ["properties", "patternProperties", "$defs"] as const;
const LIST = ["prefixItems", "allOf", "anyOf", "oneOf"] as const;

/** Keywords that belong to a file as a whole. */
export const ROOT_KEYWORDS: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$defs",
  "container",
  "detect",
  "records",
  "profiles",
]);

/** Our keywords: those that say where and how a value is stored, or how strictly it is checked. */
export const STORAGE_KEYWORDS: ReadonlySet<string> = new Set([
  "ndarray",
  "dims",
  "length",
  "follows",
  "ranges",
  "sparse",
  "encoding",
  "legacy",
  "container",
  "detect",
  "stored",
  "numbered",
  "named",
  "attribute",
  "itself",
  "itemNumber",
  "itemName",
  "folder",
  "file",
  "records",
  "keypoints",
  "coordinates",
  "motion",
  "labels",
  "unit",
  "closed",
  "extension",
  "becomes",
  "maxBytes",
  "profiles",
  "finite",
  "ascending",
  "within",
  "requires",
  "recommends",
  "note",
  "numberKeys",
  "unique",
  "uniform",
  "allOrNone",
  "references",
  "disjoint",
  "consecutive",
  "span",
  "majors",
  "fileName",
  "elsewhere",
]);

/** Standard keywords that set conditions only; what stands in them says nothing about storage. */
export const CONDITIONS: readonly string[] = ["allOf", "if", "then", "else", "not", "propertyNames"];

/** Parts of JSON Schema that the dialect leaves out, for a better message than "unknown". */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  "$anchor",
  "$dynamicAnchor",
  "$dynamicRef",
  "$recursiveAnchor",
  "$recursiveRef",
  "$vocabulary",
  "additionalItems",
  "contains",
  "contentEncoding",
  "contentMediaType",
  "contentSchema",
  "dependencies",
  "dependentSchemas",
  "format",
  "id",
  "maxContains",
  "maxProperties",
  "minContains",
  "minProperties",
  "readOnly",
  "unevaluatedItems",
  "unevaluatedProperties",
  "writeOnly",
]);

/** Schemas directly below `schema`, with their pointers. */
export function subschemas(
  schema: Json,
  pointer: string,
): { readonly schema: Json; readonly pointer: string; readonly keyword: string }[] {
  const found: { schema: Json; pointer: string; keyword: string }[] = [];
  if (!isObject(schema)) return found;
  for (const keyword of Object.keys(schema)) {
    const at = child(pointer, keyword);
    if (includes(SINGLE, keyword)) found.push({ schema: member(schema, keyword) ?? true, pointer: at, keyword });
    if (includes(MAP, keyword)) {
      for (const [key, sub] of members(schema, keyword)) found.push({ schema: sub, pointer: child(at, key), keyword });
    }
    if (includes(LIST, keyword)) {
      for (const [index, sub] of elements(schema, keyword).entries()) {
        found.push({ schema: sub, pointer: child(at, index), keyword });
      }
    }
  }
  return found;
}

/** `schema` and all schemas below it. */
export function* everySchema(schema: Json, pointer: string): Generator<{ schema: JsonObject; pointer: string }> {
  if (!isObject(schema)) return;
  yield { schema, pointer };
  for (const sub of subschemas(schema, pointer)) yield* everySchema(sub.schema, sub.pointer);
}

/** A copy of `schema` in which `change` has been applied to each schema below it, then to itself. */
export function mapSchema(schema: Json, pointer: string, change: (schema: JsonObject, pointer: string) => Json): Json {
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([keyword, value]): [string, Json] => {
    const at = child(pointer, keyword);
    if (includes(SINGLE, keyword)) return [keyword, mapSchema(value, at, change)];
    if (includes(MAP, keyword) && isObject(value)) {
      const mapped = Object.entries(value).map(([key, sub]) => [key, mapSchema(sub, child(at, key), change)] as const);
      return [keyword, Object.fromEntries(mapped)];
    }
    if (includes(LIST, keyword) && Array.isArray(value)) {
      return [keyword, value.map((sub, index) => mapSchema(sub, child(at, index), change))];
    }
    return [keyword, value];
  });
  return change(Object.fromEntries(entries), pointer);
}

function includes(keywords: readonly string[], keyword: string): boolean {
  return keywords.includes(keyword);
}
