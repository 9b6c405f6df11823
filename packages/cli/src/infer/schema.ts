import type { Conventions } from "../verbs/verb.js";
import { keypointHint, SPARSE_HINT } from "./hints.js";
import { mergeAll } from "./merge.js";
import { detectionOf, itemsRule, requiredKeys } from "./recognition.js";
import { holdsAnything, type Member, type Seen, type SeenArray, type SeenList, type SeenObject } from "./seen.js";
import { sizesOf } from "./sizes.js";
import { PARTS } from "./sparse.js";

type Schema = Record<string, unknown>;
type Shape = readonly (number | string)[];

export interface SchemaOptions {
  /** Name of the data set: of its schema's file. */
  readonly name: string;
  readonly container: string | { readonly kind: string };
  readonly conventions: Conventions["entries"];
}

/** A first schema of what was seen, to be edited: descriptions say what was there, not what it means. */
export function schemaOf(seen: Seen, options: SchemaOptions): Schema {
  const { container } = options;
  const kind = typeof container === "string" ? container : container.kind;
  const { description: _, ...root } = new SchemaMaker(options).node(seen, "the file");
  const isTable = root["properties"] === undefined && root["additionalProperties"] !== undefined;
  return { ...headOf(options, detectionOf(seen, kind, isTable)), ...root };
}

/** A stream of records: those at its beginning that are of kinds of their own, and those that repeat. */
export function streamSchemaOf(
  { lead, records }: { readonly lead: readonly Seen[]; readonly records: Seen | undefined },
  options: SchemaOptions,
): Schema {
  const maker = new SchemaMaker(options);
  const part = (seen: Seen | undefined, description: string): Schema => ({
    ...(seen && maker.node(seen, "a record")),
    description,
  });
  const first = lead.map((seen, index) => {
    const [name, title] = index === 0 ? ["header", "Header"] : [`header_${index + 1}`, `Header${index + 1}`];
    return { name, title, schema: part(seen, `Record ${index}, before those that repeat.`) };
  });
  const [top] = first;
  const detect = itemsRule({ member: top?.name ?? "records" }, lead[0] ?? records);
  return {
    ...headOf(options, detect),
    // Whatever begins with such records is one of them, if nothing else is known of it.
    $comment: undefined,
    records: [
      ...first.map(({ name, title }) => ({ name, schema: { $ref: `#/$defs/${title}` } })),
      { name: "records", repeat: true, schema: { $ref: "#/$defs/Record" } },
    ],
    $defs: {
      ...Object.fromEntries(first.map(({ title, schema }) => [title, schema])),
      Record: part(records, "One record."),
    },
  };
}

function headOf({ name, container }: SchemaOptions, detect: readonly unknown[] | undefined): Schema {
  return {
    $schema: "urn:somakit:dialect:1",
    $id: `urn:example:${name}:1`,
    title: titleOf(name),
    description: "Files such as those that this schema was made from: say what they are.",
    ...(!detect && { $comment: `nothing tells such files from others: commands know them by "--as ${name}" only` }),
    container,
    ...(detect && { detect }),
  };
}

function titleOf(name: string): string {
  return name.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

class SchemaMaker {
  readonly #conventions: Conventions["entries"];

  constructor({ conventions }: SchemaOptions) {
    this.#conventions = conventions;
  }

  node(seen: Seen, name: string, shape?: Shape): Schema {
    const stored = seen.as === undefined ? {} : { stored: storedOf(seen) };
    return { ...this.#bare(seen, name, shape), ...stored, ...seen.place };
  }

  #bare(seen: Seen, name: string, shape: Shape | undefined): Schema {
    switch (seen.kind) {
      case "array":
        return this.#array(seen, name, shape ?? ownShape(seen));
      case "object":
        return this.#object(seen, name);
      case "list":
        return this.#list(seen, name, shape?.[0]);
      case "scalar":
        return { description: `${name}: a single value.`, type: single(seen.types) };
      case "anything":
        if (seen.place?.["file"] !== undefined) return { description: `${name}: a file, as its bytes.` };
        return { description: `${name}: of several forms, or of one that no schema describes.` };
    }
  }

  #array(seen: SeenArray, name: string, shape: Shape): Schema {
    const hint = keypointHint(seen, name, this.#conventions);
    return {
      description: `${name}: an array.`,
      ...(hint !== undefined && { $comment: hint }),
      ndarray: { dtype: single(seen.dtypes), shape },
    };
  }

  #object(seen: SeenObject, name: string): Schema {
    const table = this.#table(seen.members);
    if (table) return { description: `${name}: a dict.`, type: "object", additionalProperties: table };
    if (seen.members.size === 0 && !seen.patterns) return { description: `${name}: an empty dict.`, type: "object" };
    if (seen.columns !== undefined) return this.#matrix(seen, name, seen.columns);
    const { shapes, symbols } = sizesOf(seen);
    const dims = [...symbols].map(([symbol, { role, keys }]) => {
      const description = `Length of ${keys.slice(0, 4).join(", ")}${keys.length > 4 ? ", …" : ""}.`;
      return [symbol, { ...(role === undefined ? {} : { role }), description }];
    });
    const properties = [...seen.members].map(([key, member]) => [key, this.node(member.seen, key, shapes.get(key))]);
    const patterns = [...(seen.patterns ?? [])].map(([pattern, member]) => [
      pattern,
      this.node(member, "each of them"),
    ]);
    const required = requiredKeys(seen);
    const isSparse = PARTS.every((part) => seen.members.get(part)?.seen.kind === "array");
    return {
      description: `${name}: a dict.`,
      ...(isSparse && { $comment: SPARSE_HINT }),
      type: "object",
      ...(dims.length > 0 && { dims: Object.fromEntries(dims) }),
      ...(required.length > 0 && { required }),
      ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
      ...(patterns.length > 0 && { patternProperties: Object.fromEntries(patterns) }),
    };
  }

  /** The three parts as the array that they stand for, and what stands beside them. */
  #matrix(seen: SeenObject, name: string, columns: number): Schema {
    const parts: readonly string[] = PARTS;
    const [data, indices, indptr] = parts.map((part) => seen.members.get(part)?.seen as SeenArray);
    const key = seen.members.has("matrix") ? "sparse_matrix" : "matrix";
    const others = new Map([...seen.members].filter(([member]) => !parts.includes(member)));
    const { required = [], ...rest } = this.#object({ ...seen, members: others, columns: undefined }, name);
    const written = { indices: indices?.dtypes[0], indptr: indptr?.dtypes[0] };
    const sparse = {
      layout: "csr",
      dtype: single(data?.dtypes ?? []),
      shape: ["*", columns, ...ownShape(data as SeenArray).slice(1)],
      parts: Object.fromEntries(parts.map((part) => [part, part])),
      written,
    };
    const properties = { [key]: { description: "The matrix of which they are the parts.", sparse } };
    return {
      ...rest,
      required: [key, ...(required as string[])],
      properties: { ...properties, ...(rest["properties"] as object | undefined) },
    };
  }

  /** Of dicts of many members of one kind the keys are data. */
  #table(members: ReadonlyMap<string, Member>): Schema | undefined {
    const all = [...members.values()].map(({ seen }) => seen);
    if (all.length < TABLE || all.some((seen) => seen.place !== undefined || isPlaced(seen))) return undefined;
    const merged = mergeAll(all);
    return merged === undefined || holdsAnything(merged) ? undefined : this.node(merged, "each of them");
  }

  #list({ items, lengths, numbered, isNamed }: SeenList, name: string, size: number | string | undefined): Schema {
    const [first] = lengths;
    const what = lengths.every((length) => length === first) ? ` of ${first}` : "";
    const length = typeof size === "string" && size !== "*" ? { length: size } : {};
    const own = items && this.node(items, "an item");
    return {
      description: `${name}: a list${what}.`,
      type: "array",
      ...length,
      ...(numbered && { numbered: numberedSchema(numbered) }),
      ...(isNamed && { named: {} }),
      ...(own && { items: numbered?.gaps || isNamed ? withName(own, numbered ? "number" : "name") : own }),
    };
  }
}

/** Dicts of this many members of one kind are taken for tables. */
const TABLE = 16;

function isPlaced(seen: Seen): boolean {
  return seen.kind === "list" && (seen.numbered !== undefined || seen.isNamed !== undefined);
}

/** An item that has its number or its name as a member, by which it is written to its place again. */
function withName(item: Schema, what: "number" | "name"): Schema {
  if (item["type"] !== "object") return item;
  const properties = (item["properties"] ?? {}) as Schema;
  const key = [what, `item_${what}`, `own_${what}`].find((name) => !Object.hasOwn(properties, name)) as string;
  const member =
    what === "number"
      ? { description: "The number in its name.", type: "integer", itemNumber: true }
      : { description: "Its name.", type: "string", itemName: true };
  return { ...item, properties: { [key]: member, ...properties } };
}

function storedOf(seen: Seen): Schema {
  const isTyped = seen.as === "scalar-array" || seen.as === "string-array";
  const dtype = isTyped && (seen.kind === "scalar" || seen.kind === "list") ? seen.dtype : undefined;
  return { as: seen.as, ...(dtype === undefined ? {} : { dtype }) };
}

/** Sizes that were the same each time; `*` for others, and for large ones. */
function ownShape({ shapes }: SeenArray): Shape {
  const [first = []] = shapes;
  return first.map((size, axis) => (shapes.every((shape) => shape[axis] === size) && size <= 256 ? size : "*"));
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
