import type { ErrorObject } from "ajv";
import type { Json } from "../ir.js";
import { LEFT_OUT } from "./keywords.js";
import { child, segmentsOf } from "./pointer.js";
import { elements, isObject, member, strings, text } from "./shape.js";
import { didYouMean } from "./suggest.js";

/** What Ajv has against a schema, in the words of the dialect. */
export interface Explanation {
  readonly pointer: string;
  readonly message: string;
}

/**
 * Ajv reports every branch and wrapper that failed; people want the fault. `keywords` are those that the dialect knows:
 * Ajv also calls them unevaluated when something inside them is wrong.
 */
export function explain(errors: readonly ErrorObject[], keywords: readonly string[]): Explanation[] {
  const choices = errors.filter((error) => error.keyword === "anyOf").map((error) => `${error.schemaPath}/`);
  const found: Explanation[] = [];
  for (const error of errors) {
    if (error.keyword === "if" || error.keyword === "propertyNames") continue;
    if (choices.some((choice) => error.schemaPath.startsWith(choice))) continue;
    if (error.keyword === "unevaluatedProperties" && keywords.includes(unknownKey(error))) continue;
    found.push(explainOne(error, keywords));
  }
  return found;
}

function explainOne(error: ErrorObject, keywords: readonly string[]): Explanation {
  const { keyword, instancePath } = error;
  if (keyword === "unevaluatedProperties" || keyword === "additionalProperties") {
    const key = unknownKey(error);
    return { pointer: child(instancePath, key), message: unknown(key, error, keywords) };
  }
  const pointer = error.propertyName === undefined ? instancePath : child(instancePath, error.propertyName);
  return { pointer, message: misplaced(error) ?? wrong(error, subjectOf(pointer)) };
}

function unknownKey(error: ErrorObject): string {
  const params: Readonly<Record<string, unknown>> = error.params;
  return String(params["unevaluatedProperty"] ?? params["additionalProperty"]);
}

function unknown(key: string, error: ErrorObject, keywords: readonly string[]): string {
  const name = JSON.stringify(key);
  if (error.keyword === "additionalProperties") {
    const known = Object.keys((member(error.parentSchema as Json, "properties") ?? {}) as object);
    const owner = error.instancePath === "" ? "" : ` in ${subjectOf(error.instancePath)}`;
    return `unknown key ${name}${owner}${didYouMean(key, known)}`;
  }
  if (key === "definitions") return `unknown keyword ${name}; did you mean "$defs"?`;
  if (LEFT_OUT.has(key)) return `keyword ${name} is JSON Schema, but not part of this dialect`;
  return `unknown keyword ${name}${didYouMean(key, keywords)}`;
}

/** Faults between keywords that stand side by side. */
function misplaced({ keyword, schemaPath, instancePath, params, parentSchema }: ErrorObject): string | undefined {
  const key = segmentsOf(instancePath).at(-1) ?? "";
  if (keyword === "dependentRequired") return `"${params["property"]}" needs "${params["missingProperty"]}" beside it`;
  const trigger = /\/dependentSchemas\/([^/]+)\//.exec(schemaPath)?.[1];
  if (trigger === undefined) return undefined;
  const owner = JSON.stringify(decodeURIComponent(trigger));
  if (keyword === "false schema") return `"${key}" does not go with ${owner}`;
  if (keyword === "required") return `${owner} needs "${params["missingProperty"]}" beside it`;
  if (keyword === "const") return `${owner} goes with "${key}" ${JSON.stringify(params["allowedValue"])} only`;
  if (keyword === "anyOf") return `${owner} needs ${alternatives(parentSchema as Json)} beside it`;
  return undefined;
}

function wrong(error: ErrorObject, subject: string): string {
  const { keyword, data, params } = error;
  const schema = error.parentSchema as Json;
  const noun = nounOf(schema);
  const description = text(schema, "description");
  const value = show(data as Json);
  if (keyword === "enum") {
    const known = elements(schema, "enum").map(String);
    const meant = typeof data === "string" ? didYouMean(data, known) : "";
    return `${noun ?? bare(subject)} ${value} is unknown${meant || `; known are ${list(known)}`}`;
  }
  if (keyword === "required") return `${subject} needs "${params["missingProperty"]}"`;
  if (keyword === "anyOf") return `${subject} needs ${alternatives(schema)}`;
  if (noun !== undefined && description !== undefined) {
    // A key that is no good is its own subject.
    const what = error.propertyName === undefined ? `${bare(subject)} ${value}` : value;
    return `${what} is no ${noun}: ${lower(description)}`.replace(/\.$/, "");
  }
  if (keyword === "type") return `${subject} must be ${kinds(params["type"])}, not ${kindOf(data as Json)}`;
  if (keyword === "const") return `${subject} must be ${JSON.stringify(params["allowedValue"])}`;
  return `${subject} ${limit(keyword, params["limit"]) ?? error.message ?? `breaks "${keyword}"`}`;
}

function limit(keyword: string, value: unknown): string | undefined {
  switch (keyword) {
    case "minimum":
      return `must be at least ${value}`;
    case "maximum":
      return `must be at most ${value}`;
    case "exclusiveMinimum":
      return `must be greater than ${value}`;
    case "minItems":
    case "minProperties":
    case "minLength":
      return value === 1 ? "must not be empty" : `must have at least ${value} elements`;
    case "maxItems":
    case "maxProperties":
      return `must have at most ${value} elements`;
    case "uniqueItems":
      return "says the same thing twice";
    default:
      return undefined;
  }
}

/** A schema of the dialect that is titled in lower case names what it describes: `dtype`, `size`. */
function nounOf(schema: Json): string | undefined {
  const title = text(schema, "title");
  return title !== undefined && /^(?:[a-z]|Python )/.test(title) ? title : undefined;
}

/** What a pointer names, as people would say: `"unit"`, `shape item`. */
function subjectOf(pointer: string): string {
  const segments = segmentsOf(pointer);
  const last = segments.at(-1);
  if (last === undefined) return "the schema";
  if (!/^\d+$/.test(last)) return JSON.stringify(last);
  return `${segments.at(-2) ?? "list"} item`;
}

function bare(subject: string): string {
  return subject.replaceAll('"', "");
}

function alternatives(schema: Json): string {
  const keys = elements(schema, "anyOf").flatMap((branch) => strings(branch, "required"));
  return keys.map((key) => JSON.stringify(key)).join(" or ");
}

function list(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(", ");
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function show(value: Json | undefined): string {
  if (Array.isArray(value) || isObject(value)) return `(${kindOf(value)})`;
  const shown = JSON.stringify(value) ?? "undefined";
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}

const NAMES: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "a string",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  null: "null",
};

function kinds(types: unknown): string {
  return (Array.isArray(types) ? types : [types]).map((type) => NAMES[String(type)] ?? String(type)).join(" or ");
}

function kindOf(value: Json | undefined): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "boolean") return String(value);
  return NAMES[typeof value] ?? typeof value;
}
