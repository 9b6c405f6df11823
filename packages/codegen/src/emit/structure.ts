import type { StructureSchema } from "@somakit/core/gen/v1/structure";
import type { Json, JsonObject } from "../ir.js";

/**
 * The standard keywords of a bundled schema: what can be checked of a value in memory. Arrays (`NdArray`) and free dicts
 * (`Map`) are no JSON and pass; annotations and storage keywords go, so that no free text reaches generated code, and so do
 * parts that nothing refers to any more.
 */
export function structuralSchema(bundled: JsonObject): StructureSchema {
  const defs = isObject(bundled["$defs"]) ? bundled["$defs"] : {};
  const lowered = lowerValue(bundled, defs);
  return (isObject(lowered) ? withoutIdleParts(lowered) : lowered) as StructureSchema;
}

function withoutIdleParts(schema: JsonObject): JsonObject {
  const { $defs, ...root } = schema;
  if (!isObject($defs)) return schema;
  const used = new Set<string>();
  const visit = (value: Json): void => {
    for (const name of partsNamedIn(value)) {
      if (used.has(name)) continue;
      used.add(name);
      visit($defs[name] ?? true);
    }
  };
  visit(root);
  const kept = Object.entries($defs).filter(([name]) => used.has(name));
  return kept.length === 0 ? root : { ...root, $defs: Object.fromEntries(kept) };
}

/** Names of parts in `$ref`s of a schema; constants may look like one and are none. */
function partsNamedIn(schema: Json): string[] {
  if (Array.isArray(schema)) return schema.flatMap(partsNamedIn);
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (keyword === "$ref" && typeof value === "string") return [value.replace("#/$defs/", "")];
    return keyword === "enum" || keyword === "const" ? [] : partsNamedIn(value);
  });
}

/** Schemas of values at the places where values are stored. */
const VALUE_MAPS = new Set(["properties", "patternProperties", "$defs"]);
const VALUES = new Set(["additionalProperties", "items"]);
const VALUE_LISTS = new Set(["prefixItems"]);
/** Schemas that only state conditions on a value that another one describes. */
const CONDITIONS = new Set(["if", "then", "else", "not", "propertyNames"]);
const KEPT = new Set(
  (
    "$ref type required minItems maxItems uniqueItems enum const minimum maximum exclusiveMinimum exclusiveMaximum " +
    "multipleOf minLength maxLength pattern dependentRequired"
  ).split(" "),
);
const SHAPING = ["type", "ndarray", "sparse", "$ref", "properties", "items", "prefixItems", "enum", "const"];

function lowerValue(schema: Json | undefined, defs: JsonObject): Json {
  if (!isObject(schema)) return schema ?? true;
  if (isOpaque(schema)) return true;
  const isChoice = (branches: Json): boolean => Array.isArray(branches) && branches.some((branch) => shapes(branch));
  const lowered: [string, Json][] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (VALUE_MAPS.has(keyword) && isObject(value))
      lowered.push([keyword, mapValues(value, (child) => lowerValue(child, defs))]);
    else if (VALUES.has(keyword)) lowered.push([keyword, lowerValue(value, defs)]);
    else if (VALUE_LISTS.has(keyword)) lowered.push([keyword, mapList(value, (child) => lowerValue(child, defs))]);
    else if ((keyword === "anyOf" || keyword === "oneOf") && isChoice(value))
      lowered.push([keyword, mapList(value, (child) => lowerValue(child, defs))]);
    else if (keyword === "anyOf" || keyword === "oneOf" || keyword === "allOf")
      lowered.push([keyword, mapList(value, lowerCondition)]);
    else if (CONDITIONS.has(keyword)) lowered.push([keyword, lowerCondition(value)]);
    else if (KEPT.has(keyword)) lowered.push([keyword, value]);
  }
  const kept = lowered.flatMap((entry) => lenientChoice(entry, schema, defs)).filter((entry) => !isIdleChoice(entry));
  return kept.length === 0 ? true : withoutPrototype(Object.fromEntries(kept));
}

/** Whether a choice leaves everything open. */
function isIdleChoice([keyword, branches]: [string, Json]): boolean {
  return keyword === "anyOf" && Array.isArray(branches) && branches.includes(true);
}

function lowerCondition(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const lowered: [string, Json][] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (VALUE_MAPS.has(keyword) && isObject(value)) lowered.push([keyword, mapValues(value, lowerCondition)]);
    else if (VALUES.has(keyword) || CONDITIONS.has(keyword)) lowered.push([keyword, lowerCondition(value)]);
    else if (["prefixItems", "anyOf", "oneOf", "allOf"].includes(keyword))
      lowered.push([keyword, mapList(value, lowerCondition)]);
    else if (KEPT.has(keyword)) lowered.push([keyword, value]);
  }
  return withoutPrototype(Object.fromEntries(lowered));
}

/** A value that a check of structure cannot look into: an array, or a dict of which nothing is stated. */
function isOpaque(schema: JsonObject): boolean {
  if ("ndarray" in schema || "sparse" in schema) return true;
  const stated = [
    "properties",
    "patternProperties",
    "additionalProperties",
    "required",
    "dependentRequired",
    "propertyNames",
    "dims",
  ];
  return (
    schema["type"] === "object" &&
    ![...stated, "anyOf", "oneOf", "allOf", "if", "enum", "const", "not", "$ref"].some((key) => key in schema)
  );
}

function shapes(branch: Json): boolean {
  return isObject(branch) && SHAPING.some((keyword) => keyword in branch);
}

/** Where a branch holds something that passes whatever it is, several may pass for it: then one that passes is enough. */
function lenientChoice([keyword, branches]: [string, Json], schema: JsonObject, defs: JsonObject): [string, Json][] {
  if (keyword !== "oneOf" || !seesOpaque(schema["oneOf"] ?? [], defs, new Set())) return [[keyword, branches]];
  return "anyOf" in schema ? [] : [["anyOf", branches]];
}

function seesOpaque(schema: Json, defs: JsonObject, seen: Set<string>): boolean {
  if (Array.isArray(schema)) return schema.some((item) => seesOpaque(item, defs, seen));
  if (!isObject(schema)) return false;
  if (isOpaque(schema)) return true;
  const ref = schema["$ref"];
  if (typeof ref === "string" && !seen.has(ref)) {
    seen.add(ref);
    const target = defs[ref.replace("#/$defs/", "")];
    if (target !== undefined && seesOpaque(target, defs, seen)) return true;
  }
  return Object.entries(schema).some(
    ([keyword, value]) => keyword !== "enum" && keyword !== "const" && seesOpaque(value, defs, seen),
  );
}

/** A literal's property called `__proto__` is easily lost; as a pattern it is not. */
function withoutPrototype(schema: JsonObject): JsonObject {
  const { properties, patternProperties } = schema;
  if (!isObject(properties) || !Object.hasOwn(properties, "__proto__")) return schema;
  const own = Object.entries(properties);
  const patterns = isObject(patternProperties) ? patternProperties : {};
  const moved = own.find(([key]) => key === "__proto__")?.[1] ?? true;
  return {
    ...schema,
    properties: Object.fromEntries(own.filter(([key]) => key !== "__proto__")),
    patternProperties: { ...patterns, "^__proto__$": moved },
  };
}

function mapValues(map: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

function mapList(list: Json, change: (value: Json) => Json): Json {
  return Array.isArray(list) ? list.map(change) : list;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
