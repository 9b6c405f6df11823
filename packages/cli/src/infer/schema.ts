import type { Member, Seen, SeenArray, SeenList, SeenObject, SeenScalar } from "./seen.js";
import { mergeAll } from "./seen.js";
import { sizesOf } from "./sizes.js";

type Schema = Record<string, unknown>;

export interface SchemaOptions {
  /** Name of the data set: of its schema's file. */
  readonly name: string;
  readonly container: unknown;
}

/** A first schema of what was seen, to be edited: descriptions say what was there, not what it means. */
export function schemaOf(seen: Seen, { name, container }: SchemaOptions): Schema {
  const { description: _, ...root } = nodeSchema(seen, "the file");
  const required = root["required"];
  const detect = Array.isArray(required) && required.length > 0 ? { detect: [required] } : {};
  return {
    $schema: "urn:somakit:dialect:1",
    $id: `urn:example:${name}:1`,
    title: titleOf(name),
    description: `Files such as those that this schema was made from: say what they are.`,
    container,
    ...detect,
    ...root,
  };
}

/** A stream of records: those that were seen, as one kind that repeats. */
export function streamSchemaOf(records: Seen | undefined, options: SchemaOptions): Schema {
  const { description: _, ...record } = records ? nodeSchema(records, "a record") : {};
  const { $schema, $id, title, description, container } = schemaOf({ kind: "anything" }, options);
  return {
    $schema,
    $id,
    title,
    description,
    container,
    records: [{ name: "records", repeat: true, schema: { $ref: "#/$defs/Record" } }],
    $defs: { Record: { description: "One record.", ...record } },
  };
}

function titleOf(name: string): string {
  return name.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function nodeSchema(seen: Seen, name: string, shape?: readonly (number | string)[]): Schema {
  const schema = bareSchema(seen, name, shape);
  const as = seen.as === undefined ? {} : { stored: storedOf(seen) };
  return { ...schema, ...as, ...placeOf(seen) };
}

function bareSchema(seen: Seen, name: string, shape: readonly (number | string)[] | undefined): Schema {
  switch (seen.kind) {
    case "array":
      return arraySchema(seen, name, shape ?? ownShape(seen));
    case "object":
      return objectSchema(seen, name);
    case "list":
      return listSchema(seen, name);
    case "scalar":
      return { description: `${name}: a single value.`, type: single(seen.types) };
    case "anything":
      return { description: `${name}: of several forms, or of one that no schema describes.` };
  }
}

function storedOf(seen: Seen): Schema {
  const dtype = seen.kind === "scalar" && seen.as === "scalar-array" ? (seen as SeenScalar).dtype : undefined;
  return { as: seen.as, ...(dtype === undefined ? {} : { dtype }) };
}

function placeOf({ place }: Seen): Schema {
  return place === undefined ? {} : { [place]: true };
}

function arraySchema({ dtypes }: SeenArray, name: string, shape: readonly (number | string)[]): Schema {
  return { description: `${name}: an array.`, ndarray: { dtype: single(dtypes), shape } };
}

/** Sizes that were the same each time; `*` for others, and for large ones. */
function ownShape({ shapes }: SeenArray): readonly (number | string)[] {
  const [first = []] = shapes;
  return first.map((size, axis) => (shapes.every((shape) => shape[axis] === size) && size <= 256 ? size : "*"));
}

/** Dicts of this many members of one kind are taken for tables, whose keys are data. */
const TABLE = 16;

function objectSchema(seen: SeenObject, name: string): Schema {
  const { members, count } = seen;
  const table = tableSchema(members);
  if (table) return { description: `${name}: a dict.`, type: "object", additionalProperties: table };
  if (members.size === 0) return { description: `${name}: an empty dict.`, type: "object" };
  const { shapes, symbols } = sizesOf(seen);
  const properties = [...members].map(([key, { seen: member }]) => [key, nodeSchema(member, key, shapes.get(key))]);
  const required = [...members].filter(([, { where }]) => where.length === count).map(([key]) => key);
  const dims = [...symbols].map(([symbol, { role, keys }]) => {
    const description = `Length of ${keys.slice(0, 4).join(", ")}${keys.length > 4 ? ", …" : ""}.`;
    return [symbol, { ...(role === undefined ? {} : { role }), description }];
  });
  return {
    description: `${name}: a dict.`,
    type: "object",
    ...(dims.length > 0 && { dims: Object.fromEntries(dims) }),
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(properties),
  };
}

function tableSchema(members: ReadonlyMap<string, Member>): Schema | undefined {
  const all = [...members.values()].map(({ seen }) => seen);
  if (all.length < TABLE || all.some(({ place }) => place !== undefined)) return undefined;
  const merged = mergeAll(all);
  if (merged === undefined || merged.kind === "anything" || holdsAnything(merged)) return undefined;
  return nodeSchema(merged, "each of them");
}

/** Whether merging lost what the members were. */
function holdsAnything(seen: Seen): boolean {
  if (seen.kind === "anything") return true;
  return seen.kind === "list" && seen.items !== undefined && holdsAnything(seen.items);
}

function listSchema({ items, lengths, numbered }: SeenList, name: string): Schema {
  const [first] = lengths;
  const what = lengths.every((length) => length === first) ? ` of ${first}` : "";
  return {
    description: `${name}: a list${what}.`,
    type: "array",
    ...(numbered && { numbered: numberedSchema(numbered) }),
    ...(items && { items: nodeSchema(items, "an item") }),
  };
}

function numberedSchema({ prefix, suffix, from, pad, gaps }: NonNullable<SeenList["numbered"]>): Schema {
  return {
    prefix,
    ...(suffix !== "" && { suffix }),
    ...(from !== 0 && { from }),
    ...(pad !== 0 && { pad }),
    ...(gaps && { gaps }),
  };
}

/** A list of one stands for its item. */
function single<T>(items: readonly T[]): T | readonly T[] {
  return items.length === 1 ? (items[0] as T) : items;
}
