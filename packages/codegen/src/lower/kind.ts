import type { ScalarType } from "@somakit/core/gen/v1";
import type { Json } from "../ir.js";
import { elements, isObject, listOf, member } from "../load/shape.js";

/** What a schema says a value is. `dict` is an object about whose keys nothing is said. */
export type NodeKind = "ref" | "array" | "sparse" | "object" | "dict" | "list" | "scalar" | "choice" | "any";

const OBJECT_KEYWORDS = [
  "properties",
  "patternProperties",
  "additionalProperties",
  "dims",
  "closed",
  "consecutive",
  "span",
];
/** Conditions on keys: an object that has any is more than a dict, whose keys may be of any kind. */
const KEY_CONDITIONS = ["required", "dependentRequired", "propertyNames", "anyOf", "oneOf", "allOf", "if", "not"];
const LIST_KEYWORDS = ["items", "prefixItems", "length", "numbered", "named"];

/** Decides by the first of `$ref`, `ndarray`, `sparse`, `type`, `enum`/`const`, their usual companions, `anyOf`/`oneOf`. */
export function kindOf(schema: Json): NodeKind {
  if (!isObject(schema)) return "any";
  if (schema["$ref"] !== undefined) return "ref";
  if (schema["ndarray"] !== undefined) return "array";
  if (schema["sparse"] !== undefined) return "sparse";
  const types = listOf(schema["type"]);
  if (types.length === 1 && types[0] === "array") return "list";
  if (types.length === 1 && types[0] === "object") {
    return has(schema, OBJECT_KEYWORDS) || has(schema, KEY_CONDITIONS) ? "object" : "dict";
  }
  if (types.length > 0) return types.includes("array") || types.includes("object") ? "any" : "scalar";
  if (constantTypes(schema).length > 0) return "scalar";
  if (has(schema, OBJECT_KEYWORDS)) return "object";
  if (has(schema, LIST_KEYWORDS)) return "list";
  return choices(schema) ? "choice" : "any";
}

/** The branches of an `anyOf` or `oneOf` that says what kind of value there is; not those that only set conditions. */
export function choices(schema: Json): { readonly keyword: "anyOf" | "oneOf"; readonly branches: Json[] } | undefined {
  for (const keyword of ["anyOf", "oneOf"] as const) {
    const branches = elements(schema, keyword);
    if (branches.some((branch) => kindOf(branch) !== "any")) return { keyword, branches };
  }
  return undefined;
}

/** Types of a scalar: those that are stated, else those of its constants. */
export function scalarTypes(schema: Json): ScalarType[] {
  const stated = listOf(member(schema, "type"));
  if (stated.length > 0) return stated as ScalarType[];
  const types = constantTypes(schema);
  return types.includes("number") ? types.filter((type) => type !== "integer") : types;
}

/** Types of `const` and `enum`; none when one of the values is no scalar. */
function constantTypes(schema: Json): ScalarType[] {
  const constant = member(schema, "const");
  const values = constant === undefined ? elements(schema, "enum") : [constant];
  const types = values.map(scalarType);
  return types.includes(undefined) ? [] : [...new Set(types as ScalarType[])];
}

/** The type of a scalar; `undefined` for lists and objects. */
export function scalarType(value: Json): ScalarType | undefined {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "string" ? "string" : undefined;
}

function has(schema: Json, keywords: readonly string[]): boolean {
  return keywords.some((keyword) => member(schema, keyword) !== undefined);
}
