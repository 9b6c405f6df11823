import type { DetectRule, Layout, RecordLayout, Severity } from "@somakit/core/gen/v1";
import type { ContainerSpec, Dataset, Field, Json, JsonObject } from "../ir.js";
import type { SchemaFile } from "../load/files.js";
import { everySchema } from "../load/keywords.js";
import { child } from "../load/pointer.js";
import { baseName } from "../load/refs.js";
import { elements, listOf, member, members, strings, text } from "../load/shape.js";
import { type Bundle, bundle, keyOf } from "./bundle.js";
import { Lowering } from "./field.js";
import type { Known } from "./layouts.js";

/** A data set and how its schema was put together. */
export interface Lowered {
  readonly dataset: Dataset;
  readonly bundle: Bundle;
}

/** Lowers the schema of one data set, which has passed the dialect. */
export function lowerDataset(file: SchemaFile, files: ReadonlyMap<string, SchemaFile>, known: Known): Lowered {
  const bundled = bundle(file, files);
  const lowering = new Lowering(bundled, file.path, known);
  const defs = members(bundled.schema, "$defs").map(([name, schema]) => {
    return { name, field: lowering.field(schema, `/$defs/${name}`) };
  });
  const schema = bundled.schema;
  const root = lowering.field(schema, "");
  const dataset: Dataset = {
    ...idOf(file.path),
    typeName: bundled.typeName,
    file: file.path,
    schemaId: text(schema, "$id") ?? file.path,
    title: text(schema, "title") ?? bundled.typeName,
    description: text(schema, "description") ?? "",
    containers: listOf(schema["container"]).map(containerSpec),
    detect: detectRules(schema, root),
    profiles: profiles(schema, bundled, file.path),
    severity: severities(schema),
    root,
    defs,
    ...recordSpecs(schema),
    bundled: schema,
  };
  return { dataset, bundle: bundled };
}

/** `humandata/humandata.json` and `humandata.json` are `humandata`, `humandata/multi.json` is `humandata/multi`. */
export function idOf(path: string): Pick<Dataset, "id" | "system" | "name"> {
  const name = baseName(path).replace(/\.json$/, "");
  const folder = path.slice(0, -baseName(path).length - 1);
  const system = folder === "" ? name : folder;
  return { id: name === baseName(system) ? system : `${system}/${name}`, system, name };
}

type Kind = ContainerSpec["kind"];

const EXTENSIONS: Readonly<Record<Kind, readonly string[]>> = {
  npz: [".npz"],
  npy: [".npy"],
  pickle: [".pkl", ".pickle"],
  json: [".json"],
  hdf5: [".h5", ".hdf5"],
  folder: [],
  "msgpack-stream": [".msgpack"],
};
const WRAPS: Readonly<Record<string, string>> = { xz: ".xz", gzip: ".gz" };

function containerSpec(container: Json): ContainerSpec {
  const kind = (typeof container === "string" ? container : text(container, "kind")) as Kind;
  const wrap = text(container, "wrap") as ContainerSpec["wrap"];
  const protocol = member(container, "protocol") as ContainerSpec["protocol"];
  const stated = strings(container, "extensions");
  const usual = EXTENSIONS[kind].map((extension) => extension + (wrap === undefined ? "" : WRAPS[wrap]));
  return {
    kind,
    // A folder is compressed as the archive that it is in.
    supported: wrap === undefined || kind !== "folder",
    extensions: stated.length > 0 ? stated : usual,
    nulls: text(container, "nulls") === "absent" ? "absent" : "keep",
    classes: strings(container, "classes"),
    ...(wrap !== undefined && { wrap }),
    ...(protocol !== undefined && { protocol }),
  };
}

/** Without rules of its own a data set is recognised by its required keys: by those that have no default, if there are any. */
function detectRules(schema: JsonObject, root: Field): DetectRule[] {
  const rules = elements(schema, "detect").map((rule): DetectRule => {
    const present = Array.isArray(rule) ? rule.filter((key) => typeof key === "string") : strings(rule, "present");
    const values = member(rule, "values") as DetectRule["values"];
    const names = text(rule, "names");
    const place = member(rule, "in") as DetectRule["in"];
    return {
      present,
      absent: strings(rule, "absent"),
      ...(values !== undefined && { values }),
      ...(names !== undefined && { names }),
      ...(place !== undefined && place !== "root" && { in: place }),
    };
  });
  const required = strings(schema, "required");
  if (rules.length > 0 || required.length === 0) return rules;
  const optional = root.properties.filter(({ field }) => field.layout.default !== undefined).map(({ key }) => key);
  const needed = required.filter((key) => !optional.includes(key));
  return [{ present: needed.length > 0 ? needed : required, absent: [] }];
}

/** Severities that nodes state for their rules, by what stands at the end of an issue's `rule`. */
function severities(schema: JsonObject): NonNullable<Layout["severity"]> {
  const stated = [...everySchema(schema, "")].flatMap(({ schema: node, pointer }) =>
    members(node, "severity").map(([keyword, severity]) => [child(pointer, keyword), severity as Severity] as const),
  );
  return Object.fromEntries(stated);
}

function profiles(schema: JsonObject, bundled: Bundle, file: string): Layout["profiles"] {
  const lowered = members(schema, "profiles").map(([name, profile]) => {
    const { required: _, ...rest } = profile as JsonObject;
    const required = new Map<string, string[]>();
    for (const [part, keys] of members(profile, "required")) {
      const rule = ruleOfPart(part, bundled, file);
      required.set(rule, [...new Set([...(required.get(rule) ?? []), ...(keys as string[])])]);
    }
    return [name, required.size === 0 ? rest : { ...rest, required: Object.fromEntries(required) }] as const;
  });
  return Object.fromEntries(lowered) as unknown as Layout["profiles"];
}

/** What a profile names, by the name of a part or by a pointer, as a pointer in the bundled schema, as layouts give rules. */
export function ruleOfPart(part: string, { names }: Bundle, file: string): string {
  const pointer = part === "" || part.startsWith("/") ? part : child("/$defs", part);
  const [, head, rest] = /^(\/\$defs\/[^/]*)(.*)$/s.exec(pointer) ?? [];
  const name = head === undefined ? undefined : names.get(keyOf({ file, pointer: head }));
  return name === undefined ? pointer : `/$defs/${name}${rest ?? ""}`;
}

function recordSpecs(schema: JsonObject): Pick<Dataset, "records"> {
  const records = elements(schema, "records").map((record): RecordLayout => {
    const { name, schema: _, ownStream, repeat, ...rest } = record as JsonObject;
    const flags = { name: String(name), ownStream: ownStream === true, repeat: repeat === true };
    return { ...flags, ...(rest as Omit<RecordLayout, keyof typeof flags>) };
  });
  return records.length === 0 ? {} : { records };
}

/** Every field of a data set: its root's, then those of its parts. */
export function* fieldsOf(dataset: Dataset): Generator<Field> {
  yield* below(dataset.root);
  for (const { field } of dataset.defs) yield* below(field);
}

/** `field` and every field inside it; what `$ref`s name is not inside. */
function* below(field: Field): Generator<Field> {
  yield field;
  for (const inner of childrenOf(field)) yield* below(inner);
}

/** Fields directly inside `field`. */
function childrenOf(field: Field): Field[] {
  const { properties, patterns, additional, prefix, items, branches } = field;
  const single = [additional, items].filter((inner) => inner !== undefined);
  return [
    ...properties.map((property) => property.field),
    ...patterns.map((pattern) => pattern.field),
    ...prefix,
    ...single,
    ...branches,
  ];
}
