import { choiceRules } from "./choice-rules.js";
import { dictRules } from "./dict-rules.js";
import { isDict, kindRule } from "./kinds.js";
import { listRules } from "./list-rules.js";
import { every, type MakeRule, type Rule } from "./rule.js";
import { constantRules, numberRules, textRules } from "./scalar-rules.js";
import type { StructureRules, StructureSchema, StructureType } from "./schema.js";

/** Keywords that speak of values of one type only, and let all others pass. */
const OF_TYPE: { readonly [T in StructureType]?: readonly (keyof StructureRules)[] } = {
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  string: ["minLength", "maxLength", "pattern"],
  array: ["minItems", "maxItems", "prefixItems", "items", "uniqueItems"],
  object: ["required", "propertyNames", "additionalProperties", "properties", "patternProperties", "dependentRequired"],
};

/** A schema within another, and where in that it is. */
export interface SchemaWithin {
  readonly schema: StructureSchema;
  /** Pointer: `#/properties/people/items`. */
  readonly at: string;
}

/**
 * The rule of a schema, or of one within it, and of everything in it; each part of `$defs` is made once, when a value first meets
 * it.
 */
export function compileStructure(root: StructureSchema, within: SchemaWithin = { schema: root, at: "#" }): Rule {
  const parts = new Map<string, Rule>();
  const defs = typeof root === "object" ? (root.$defs ?? {}) : {};
  const makePart = (reference: string): Rule => {
    const name = reference
      .replace(/^#\/\$defs\//, "")
      .replaceAll("~1", "/")
      .replaceAll("~0", "~");
    const schema = Object.hasOwn(defs, name) ? defs[name] : undefined;
    if (schema === undefined) throw new TypeError(`the schema has no part ${JSON.stringify(reference)}`);
    return make(schema, reference) ?? (() => true);
  };
  const refer = (reference: string): Rule => {
    let part: Rule | undefined;
    return (value, trace) => {
      if (part === undefined) {
        part = parts.get(reference) ?? makePart(reference);
        parts.set(reference, part);
      }
      return part(value, trace);
    };
  };
  const make: MakeRule = (schema, at) => {
    if (schema === true) return undefined;
    if (schema !== false) return schemaRule(schema, at, { make, refer });
    const message = "boolean schema is false";
    const breach = { rule: `${at}/false schema`, keyword: "false schema", params: {}, message };
    return (_, trace) => trace?.add(breach) ?? false;
  };
  return make(within.schema, within.at) ?? (() => true);
}

interface Makers {
  readonly make: MakeRule;
  readonly refer: (reference: string) => Rule;
}

/**
 * All keywords of one schema. Where a type is required that others of its keywords speak of, both are one question, and a value
 * of another type breaks that rule alone.
 */
function schemaRule(schema: StructureRules, at: string, { make, refer }: Makers): Rule | undefined {
  const types = schema.type === undefined ? [] : ([schema.type].flat() as readonly StructureType[]);
  const kind = schema.type === undefined ? undefined : kindRule(types, schema.type, at);
  const [only] = types;
  const isPartOfGroup =
    only !== undefined &&
    types.length === 1 &&
    (OF_TYPE[only]?.some((keyword) => schema[keyword] !== undefined) ?? false);
  const otherwise = (type: StructureType): Rule | undefined => (isPartOfGroup && only === type ? kind : undefined);
  return every([
    isPartOfGroup ? undefined : kind,
    schema.$ref === undefined ? undefined : refer(schema.$ref),
    ...constantRules(schema, at),
    ...choiceRules(schema, at, make),
    ifIs((value) => typeof value === "number", every(numberRules(schema, at)), otherwise("number")),
    ifIs((value) => typeof value === "string", every(textRules(schema, at)), otherwise("string")),
    ifIs(isList, every(listRules(schema, at, make)), otherwise("array")),
    ifIs(isDict, every(dictRules(schema, at, make)), otherwise("object")),
  ]);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** `rule` for values of one type, `otherwise` for all others. */
function ifIs<T>(
  is: (value: unknown) => value is T,
  rule: Rule<T> | undefined,
  otherwise: Rule | undefined,
): Rule | undefined {
  if (rule === undefined) return otherwise;
  if (otherwise === undefined) return (value, trace) => !is(value) || rule(value, trace);
  return (value, trace) => (is(value) ? rule(value, trace) : otherwise(value, trace));
}
