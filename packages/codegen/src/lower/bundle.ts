import type { Json, JsonObject } from "../ir.js";
import type { SchemaFile } from "../load/files.js";
import { mapSchema, ROOT_KEYWORDS } from "../load/keywords.js";
import { at, child } from "../load/pointer.js";
import type { Place } from "../load/problems.js";
import { baseName, referencesOf, resolveRef } from "../load/refs.js";
import { elements, isObject, member, members, text } from "../load/shape.js";
import { pascalCase, unique } from "./names.js";

/** A data set with everything it refers to, in one schema. */
export interface Bundle {
  readonly typeName: string;
  /** The schema: every `$ref` in it is local, `#/$defs/Name`. */
  readonly schema: JsonObject;
  /** Where the parts come from, in the order of `$defs`. */
  readonly origins: ReadonlyMap<string, Place>;
  /** Names by where parts come from: a `Place` as one string. */
  readonly names: ReadonlyMap<string, string>;
}

/** One string for a place, as references are written. */
export function keyOf(place: Place): string {
  return `${place.file}#${place.pointer}`;
}

/** Copies the parts that `file` refers to, near and far, beside its own, under names that are unique and stable. */
export function bundle(file: SchemaFile, files: ReadonlyMap<string, SchemaFile>): Bundle {
  const typeName = typeNameOf(file);
  const parts = reachable(file, files);
  const names = nameParts(file, parts, typeName, files);
  const rewrite = (place: Place, schema: Json) => rewriteRefs(place, schema, names);
  const origins = new Map<string, Place>();
  const defs = parts.map((place): [string, Json] => {
    const name = names.get(keyOf(place)) as string;
    origins.set(name, place);
    return [name, withoutRoot(rewrite(place, at(files.get(place.file)?.schema ?? {}, place.pointer) ?? true))];
  });
  const { $defs: _, ...root } = rewrite({ file: file.path, pointer: "" }, file.schema) as JsonObject;
  const whole = recordsAsProperties(root);
  const schema = defs.length === 0 ? whole : { ...whole, $defs: Object.fromEntries(defs) };
  return { typeName, schema, origins, names };
}

/** Name of the type of a data set. */
function typeNameOf(file: SchemaFile): string {
  return pascalCase(text(file.schema, "title") ?? baseName(file.path).replace(/\.json$/, ""));
}

/** Own parts in the order of the file, then those of other files in the order in which they are first named. */
function reachable(file: SchemaFile, files: ReadonlyMap<string, SchemaFile>): Place[] {
  const own = members(file.schema, "$defs").map(([name]) => ({ file: file.path, pointer: child("/$defs", name) }));
  const found = new Map<string, Place>(own.map((place) => [keyOf(place), place]));
  const waiting: { readonly origin: Place; readonly schema: Json }[] = [
    { origin: { file: file.path, pointer: "" }, schema: file.schema },
  ];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (!isObject(next.schema)) continue;
    for (const { reference } of referencesOf(next.schema)) {
      const place = resolveRef(next.origin.file, reference);
      if (!place || found.has(keyOf(place))) continue;
      found.set(keyOf(place), place);
      waiting.push({
        origin: place,
        schema: withoutRoot(at(files.get(place.file)?.schema ?? {}, place.pointer) ?? true),
      });
    }
  }
  return [...found.values()];
}

/**
 * A part is named after its key. Of two with the same name the own one keeps it, the other gets the name of its file in
 * front, so that names do not change when a schema is put in another order.
 */
function nameParts(
  file: SchemaFile,
  parts: readonly Place[],
  typeName: string,
  files: ReadonlyMap<string, SchemaFile>,
): Map<string, string> {
  const taken = new Set([typeName]);
  const wanted = new Map(parts.map((place) => [place, pascalCase(partName(place, files))] as const));
  const counts = new Map<string, number>();
  for (const name of wanted.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = new Map<string, string>();
  for (const [place, name] of wanted) {
    const foreign = place.file !== file.path;
    const clash = foreign && ((counts.get(name) ?? 0) > 1 || name === typeName);
    const full = clash ? pascalCase(`${baseName(place.file).replace(/\.json$/, "")} ${name}`) : name;
    names.set(keyOf(place), unique(full, taken));
  }
  return names;
}

/** Key of a part; title, or else name, of a file that is one part as a whole. */
export function partName(place: Place, files: ReadonlyMap<string, SchemaFile>): string {
  const key = /^\/\$defs\/(.*)$/s.exec(place.pointer)?.[1];
  if (key !== undefined) return key.replaceAll("~1", "/").replaceAll("~0", "~");
  return text(files.get(place.file)?.schema, "title") ?? baseName(place.file).replace(/\.json$/, "");
}

function rewriteRefs(place: Place, schema: Json, names: ReadonlyMap<string, string>): Json {
  const local = (reference: string): string => {
    const target = resolveRef(place.file, reference);
    return `#/$defs/${(target && names.get(keyOf(target))) ?? ""}`;
  };
  const mapped = mapSchema(schema, "", (node) => {
    const reference = text(node, "$ref");
    return reference === undefined ? node : { ...node, $ref: local(reference) };
  });
  if (!isObject(mapped) || mapped["records"] === undefined) return mapped;
  const records = elements(mapped, "records").map((record): Json => {
    const reference = text(member(record, "schema"), "$ref") ?? "";
    return { ...(record as JsonObject), schema: { $ref: local(reference) } };
  });
  return { ...mapped, records };
}

/** A file as a part: what belongs to the file as a whole stays behind. */
function withoutRoot(schema: Json): Json {
  if (!isObject(schema)) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !ROOT_KEYWORDS.has(keyword)));
}

/** The value of a stream: one property a record, a list for those that repeat. */
function recordsAsProperties(root: JsonObject): JsonObject {
  const records = elements(root, "records");
  if (records.length === 0) return root;
  const properties = records.map((record): [string, Json] => {
    const schema = member(record, "schema") ?? true;
    const name = text(record, "name") ?? "";
    return [name, member(record, "repeat") === true ? { type: "array", items: schema } : schema];
  });
  // What new files begin with need not be given.
  const names = records.flatMap((record) => {
    const isOptional = member(record, "initial") !== undefined || member(record, "present") !== undefined;
    return isOptional ? [] : [text(record, "name") ?? ""];
  });
  return {
    ...root,
    type: "object",
    properties: Object.fromEntries(properties),
    required: names,
    additionalProperties: false,
  };
}
