import type { JsonObject } from "../ir.js";
import { checkConvention, checkList, checkSchema, KEYWORDS } from "./dialect.js";
import { parseJson } from "./json.js";
import { checkCopy, kindOf } from "./kinds.js";
import { compare, type Problems } from "./problems.js";
import { checkRefs, withoutDeadRefs } from "./refs.js";
import { repair } from "./repair.js";
import { isObject } from "./shape.js";

/** A schema that could be read, without what breaks the dialect. */
export interface SchemaFile {
  readonly path: string;
  /** A file with a `container` is a data set, any other a part that others refer to. */
  readonly kind: "dataset" | "part";
  readonly schema: JsonObject;
  /** Whether the root obeys the dialect; if not, the file serves as the target of references only. */
  readonly whole: boolean;
}

export interface ConventionFile {
  readonly path: string;
  readonly value: JsonObject;
}

/** A list, which obeys the dialect. */
export interface ListFile {
  readonly path: string;
  readonly value: JsonObject;
}

export interface Loaded {
  readonly schemas: ReadonlyMap<string, SchemaFile>;
  readonly conventions: readonly ConventionFile[];
  readonly lists: readonly ListFile[];
  /** Files that are there, yet say nothing that can be used: what names them is not to blame. */
  readonly unread: ReadonlySet<string>;
}

/** Reads all files of a folder; other than `.json` files are none of its business. */
export function loadFiles(files: ReadonlyMap<string, string>, problems: Problems): Loaded {
  const schemas = new Map<string, SchemaFile>();
  const conventions: ConventionFile[] = [];
  const lists: ListFile[] = [];
  const unread = new Set<string>();
  const known = new Set(files.keys());
  for (const path of [...known].filter((name) => name.endsWith(".json")).sort(compare)) {
    const value = parse(path, files.get(path) ?? "", problems);
    const kind = value && kindOf(path, value, known, problems);
    if (value && kind === "dialect") checkCopy(path, value, problems);
    else if (value && kind === "schema") schemas.set(path, schemaFile(path, value, problems));
    else if (value && kind === "convention" && isConvention(path, value, problems)) conventions.push({ path, value });
    else if (value && kind === "list" && isList(path, value, problems)) lists.push({ path, value });
    else unread.add(path);
  }
  checkRefs(schemas, unread, problems);
  const linked = [...schemas].map(([path, file]) => {
    return [path, { ...file, schema: withoutDeadRefs(path, file.schema, schemas) }] as const;
  });
  return { schemas: new Map(linked), conventions, lists, unread };
}

function parse(path: string, text: string, problems: Problems): JsonObject | undefined {
  const { value, positions, faults } = parseJson(text);
  problems.locate(path, positions, faults);
  for (const { pointer, message } of faults) problems.error({ file: path, pointer }, message);
  if (isObject(value)) return value;
  if (value !== undefined) problems.error({ file: path, pointer: "" }, "a schema must be an object");
  return undefined;
}

function schemaFile(path: string, value: JsonObject, problems: Problems): SchemaFile {
  const faults = checkSchema(value);
  for (const { pointer, message } of faults) problems.error({ file: path, pointer }, message);
  const pointers = faults.map((fault) => fault.pointer);
  const { schema, whole } = repair(value, pointers, KEYWORDS);
  const container = pointers.some((pointer) => /^\/container(?:\/|$)/.test(pointer));
  // A stand-in: which container it was meant to be has been asked already.
  const mended = container ? { ...schema, container: "json" } : schema;
  return { path, kind: Object.hasOwn(value, "container") ? "dataset" : "part", schema: mended, whole };
}

function isConvention(path: string, value: JsonObject, problems: Problems): boolean {
  const faults = checkConvention(value);
  for (const { pointer, message } of faults) problems.error({ file: path, pointer }, message);
  return faults.length === 0;
}

function isList(path: string, value: JsonObject, problems: Problems): boolean {
  const faults = checkList(value);
  for (const { pointer, message } of faults) problems.error({ file: path, pointer }, message);
  return faults.length === 0;
}
