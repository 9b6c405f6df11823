import type { ScalarType } from "@somakit/core/gen/v1";
import type { Field, Json, JsonObject } from "../ir.js";
import { elements, listOf, member } from "../load/shape.js";
import { scalarType } from "../lower/kind.js";
import { isCatastrophic } from "./patterns.js";
import type { LintContext } from "./rule.js";
import { inside } from "./walk.js";

/** What a node says about its value must leave a value: types, constants and bounds agree with each other. */
export function lintValues({ fields, problems }: LintContext): void {
  for (const field of fields) {
    for (const { fault, segments } of [...constantFaults(field), ...boundFaults(field), ...idleFaults(field)])
      problems.error(inside(field, ...segments), fault);
  }
}

interface Fault {
  readonly fault: string;
  readonly segments: readonly (string | number)[];
}

function constantFaults({ schema }: Field): Fault[] {
  const listed = elements(schema, "enum").flatMap((value, index): Fault[] => {
    const broken = brokenKeyword(value, schema);
    return broken === undefined ? [] : [{ fault: never(value, broken), segments: ["enum", index] }];
  });
  const constant = schema["const"];
  if (constant === undefined) return listed;
  const broken = brokenKeyword(constant, schema) ?? (isListed(constant, schema) ? undefined : '"enum"');
  return broken === undefined ? listed : [...listed, { fault: never(constant, broken), segments: ["const"] }];
}

function never(value: Json, broken: string): string {
  return `${JSON.stringify(value)} is never valid: ${broken} beside it does not allow it`;
}

/** Whether `enum`, if there is one, allows `value`. */
export function isListed(value: Json, schema: JsonObject): boolean {
  const values = elements(schema, "enum").map((item) => JSON.stringify(item));
  return schema["enum"] === undefined || values.includes(JSON.stringify(value));
}

/** Whether one of `types` allows `value`; any value where there are none. */
function hasType(value: Json, types: readonly Json[]): boolean {
  const type = scalarType(value) ?? (Array.isArray(value) ? "array" : "object");
  return types.length === 0 || types.includes(type) || (type === "integer" && types.includes("number"));
}

/**
 * The keyword of `schema` that refuses `value`, with what it says: `"maximum" 3`. Looks at keywords of single values, not at
 * `enum` and `const`.
 */
export function brokenKeyword(value: Json, schema: JsonObject): string | undefined {
  if (!hasType(value, listOf(schema["type"]))) return `"type" ${JSON.stringify(schema["type"])}`;
  const broken = Object.keys(LIMITS).find((keyword) => {
    const limit = member(schema, keyword);
    return limit !== undefined && LIMITS[keyword]?.(value, limit) === false;
  });
  return broken === undefined ? undefined : `"${broken}" ${JSON.stringify(schema[broken])}`;
}

/** Whether a value keeps within a limit. Limits say nothing about values of another type. */
const LIMITS: Readonly<Record<string, (value: Json, limit: Json) => boolean>> = {
  minimum: (value, limit) => typeof value !== "number" || value >= Number(limit),
  maximum: (value, limit) => typeof value !== "number" || value <= Number(limit),
  exclusiveMinimum: (value, limit) => typeof value !== "number" || value > Number(limit),
  exclusiveMaximum: (value, limit) => typeof value !== "number" || value < Number(limit),
  minLength: (value, limit) => typeof value !== "string" || [...value].length >= Number(limit),
  maxLength: (value, limit) => typeof value !== "string" || [...value].length <= Number(limit),
  pattern: (value, limit) => typeof value !== "string" || matches(value, String(limit)),
};

/** Patterns that do not compile, or may take forever, are spoken of elsewhere. */
function matches(value: string, pattern: string): boolean {
  try {
    return isCatastrophic(pattern) || new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}

/** Pairs of bounds between which nothing is left when the first is more than the second, or as much where one excludes. */
const BOUNDS: readonly (readonly [lower: string, upper: string])[] = [
  ["minimum", "maximum"],
  ["exclusiveMinimum", "maximum"],
  ["minimum", "exclusiveMaximum"],
  ["exclusiveMinimum", "exclusiveMaximum"],
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
  ["length", "maxItems"],
  ["minItems", "length"],
];

function boundFaults({ schema }: Field): Fault[] {
  return BOUNDS.flatMap(([lower, upper]): Fault[] => {
    const [low, high] = [member(schema, lower), member(schema, upper)];
    if (typeof low !== "number" || typeof high !== "number") return [];
    const excludes = lower.startsWith("exclusive") || upper.startsWith("exclusive");
    if (low < high || (low === high && !excludes)) return [];
    return [{ fault: `no value is left between "${lower}" ${low} and "${upper}" ${high}`, segments: [lower] }];
  });
}

type Type = ScalarType | "object" | "array";

/** Keywords that say something about values of these types only. */
const ABOUT: readonly { readonly types: readonly Type[]; readonly keywords: readonly string[] }[] = [
  { types: ["string"], keywords: ["minLength", "maxLength", "pattern"] },
  {
    types: ["integer", "number"],
    keywords: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  },
  { types: ["array"], keywords: ["minItems", "maxItems", "uniqueItems"] },
  { types: ["object"], keywords: ["required", "dependentRequired", "propertyNames"] },
];

/** Limits of a kind of value that the type rules out. */
function idleFaults({ schema }: Field): Fault[] {
  const stated = schema["ndarray"] !== undefined || schema["sparse"] !== undefined ? ["an array"] : [];
  const types = listOf(schema["type"]);
  if (types.length + stated.length === 0) return [];
  return ABOUT.flatMap(({ types: about, keywords }) => {
    if (types.some((type) => about.includes(type as Type))) return [];
    const found = keywords.filter((keyword) => member(schema, keyword) !== undefined);
    const what = stated[0] ?? `"type" ${JSON.stringify(schema["type"])}`;
    return found.map((keyword) => ({ fault: `"${keyword}" has no effect on ${what}`, segments: [keyword] }));
  });
}
