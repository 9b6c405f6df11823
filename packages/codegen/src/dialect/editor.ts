import type { Json, JsonObject } from "../ir.js";
import { ROOT_KEYWORDS } from "../load/keywords.js";
import { elements, isObject, member, members, text } from "../load/shape.js";

/** Files of the dialect's vocabularies, in the order in which editors offer their keywords. */
export const VOCABULARIES: readonly string[] = [
  "standard.json",
  "array.json",
  "storage.json",
  "skeleton.json",
  "policy.json",
  "checks.json",
];

/**
 * The dialect as one flat file for editors. Their JSON services follow neither `$dynamicRef` nor URNs nor
 * `unevaluatedProperties` through references, so here everything is draft-07, local and spelt out: `root` has all
 * keywords, `node` those that may stand further in. What the generator checks with are the vocabularies themselves.
 */
export function editorSchema(vocabularies: Readonly<Record<string, JsonObject>>): JsonObject {
  const files = VOCABULARIES.map((name) => [name, vocabularies[name] ?? {}] as const);
  const keywords = files.flatMap(([name, file]) => {
    return members(file, "properties").map(([keyword, schema]) => [keyword, flat(schema, name)] as const);
  });
  const definitions = files.flatMap(([name, file]) => {
    return members(file, "$defs").map(([key, schema]) => [definition(name, key), flat(schema, name)] as const);
  });
  const words = new Map(definitions.map(([name, schema]) => [`#/definitions/${name}`, wordsOf(schema)] as const));
  const dialect = vocabularies["dialect.json"];
  const common = { ...conditions(files), additionalProperties: false };
  const whole: JsonObject = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $comment: "Made from the other files of this folder for editors. Do not edit.",
    title: text(dialect, "title") ?? "",
    description: text(dialect, "description") ?? "",
    $ref: "#/definitions/root",
    definitions: {
      root: { type: "object", required: ["$schema"], properties: Object.fromEntries(keywords), ...common },
      node: {
        type: ["object", "boolean"],
        properties: Object.fromEntries(keywords.filter(([keyword]) => !ROOT_KEYWORDS.has(keyword))),
        ...common,
      },
      ...Object.fromEntries(definitions.map(([name, schema]) => [name, withoutWords(schema)] as const)),
    },
  };
  return explained(whole, words) as JsonObject;
}

type Words = Readonly<Record<string, Json>>;

function wordsOf(schema: Json): Words {
  const [title, description] = [text(schema, "title"), text(schema, "description")];
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}

/**
 * Editors show the words of the innermost schema of a value, which would be those of what many keywords share. So these have
 * none of their own.
 */
function withoutWords(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutWords);
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).filter(([key]) => key !== "title" && key !== "description");
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, BRANCHES.includes(key) ? withoutWords(inner) : inner] as const),
  );
}

/** Schemas of the same value. */
const BRANCHES: readonly string[] = ["then", "else", "anyOf", "oneOf", "allOf"];

/** Values that are nothing but references: items of lists, values of objects. They get the words of what they refer to. */
const VALUES: readonly string[] = ["items", "additionalProperties"];

function explained(value: Json, words: ReadonlyMap<string, Words>): Json {
  if (Array.isArray(value)) return value.map((item) => explained(item, words));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, Json] => {
    const inner = explained(item, words);
    const [reference] = VALUES.includes(key) ? elements(inner, "allOf") : [];
    const found = words.get(text(reference, "$ref") ?? "");
    return [key, found && isObject(inner) ? { ...found, ...inner } : inner];
  });
  return Object.fromEntries(entries);
}

/** `$ref`s made local, `$dynamicRef`s static, and the newer spellings turned into those of draft-07. */
function flat(value: Json, file: string): Json {
  if (Array.isArray(value)) return value.map((item) => flat(item, file));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => flatKeyword(key, item, value, file));
  const message = value["pattern"] === undefined ? undefined : text(value, "description");
  return Object.fromEntries(message === undefined ? entries : [...entries, ["patternErrorMessage", message]]);
}

function flatKeyword(key: string, item: Json, schema: JsonObject, file: string): [string, Json][] {
  // Draft-07 ignores what stands beside "$ref", so references go into an "allOf".
  if (key === "$dynamicRef") return [["allOf", [{ $ref: "#/definitions/node" }]]];
  if (key === "$ref" && typeof item === "string") return [["allOf", [{ $ref: `#/definitions/${local(item, file)}` }]]];
  if (key === "examples") return [[key, item]];
  if (key !== "if" || !isCase(schema)) return [[key, flat(item, file)]];
  // Editors check with "then" and "else", but collect what to offer for a value that is not there yet from "anyOf". The
  // last branch keeps it from checking anything.
  const offered = [schema["else"] ?? true, schema["then"] ?? true, true];
  return [
    ["anyOf", offered.map((branch) => flat(branch, file))],
    [key, item],
  ];
}

/** Whether `if` only asks for a type: the schema tells apart two kinds of values. */
function isCase(schema: JsonObject): boolean {
  const condition = schema["if"];
  const simple = isObject(condition) && Object.keys(condition).join() === "type";
  return simple && schema["then"] !== undefined && schema["else"] !== undefined;
}

function local(reference: string, file: string): string {
  const [document = "", pointer = ""] = reference.split("#");
  const name = document === "" ? file : `${document.slice(document.lastIndexOf(":") + 1)}.json`;
  return definition(name, pointer.slice("/$defs/".length));
}

function definition(file: string, key: string): string {
  return `${file.replace(".json", "")}.${key}`;
}

/** What keywords demand of those beside them. */
function conditions(files: readonly (readonly [string, JsonObject])[]): JsonObject {
  const dependencies = new Map<string, Json>();
  for (const [name, file] of files) {
    for (const [keyword, needed] of members(file, "dependentRequired")) dependencies.set(keyword, needed);
    for (const [keyword, schema] of members(file, "dependentSchemas")) dependencies.set(keyword, flat(schema, name));
  }
  return { dependencies: Object.fromEntries(dependencies) };
}

/** Every keyword with the schema of its value. */
export function keywordsOf(vocabularies: Readonly<Record<string, JsonObject>>): ReadonlyMap<string, Json> {
  return new Map(VOCABULARIES.flatMap((name) => members(vocabularies[name], "properties")));
}

/** dtypes that the dialect knows, in its order. */
export function dtypesOf(vocabularies: Readonly<Record<string, JsonObject>>): string[] {
  const dtype = member(member(vocabularies["array.json"], "$defs"), "dtype");
  return elements(dtype, "enum").filter((name) => typeof name === "string");
}
