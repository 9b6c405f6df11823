import { readFile } from "node:fs/promises";
import type { RegistryEntry } from "@somakit/core";
import { isInterpreted } from "../schemas/known.js";

interface Schema {
  readonly description?: string;
  readonly title?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema | boolean;
  readonly prefixItems?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** One sentence on what the value at a path is, given its keys and positions; undefined where the schema says nothing. */
export type Meanings = (steps: readonly (string | number)[]) => Promise<string | undefined>;

interface Spot {
  readonly file: string;
  readonly schema: Schema;
}

/** The texts of a data set's schema: its own, or that which `@somakit/formats` ships. Empty where there is none. */
export async function loadMeanings(entry: RegistryEntry): Promise<Meanings> {
  const { id } = entry;
  const files = new Map<string, Schema>();
  const file = id.includes("/") ? `${id}.json` : `${id}/${id}.json`;
  if (isInterpreted(entry)) files.set(file, entry.schema);
  const root = await load(files, file);
  if (!root) return async () => undefined;
  return async (steps) => {
    let spot: Spot | undefined = { file, schema: root };
    for (const step of steps) {
      spot = await inside(files, spot, step, 0);
      if (!spot) return undefined;
    }
    const text = await describe(files, spot);
    return text === undefined ? undefined : firstSentence(text);
  };
}

/** The schema of a member or an item, in the first of several forms that has one. */
async function inside(
  files: Map<string, Schema>,
  spot: Spot,
  step: string | number,
  depth: number,
): Promise<Spot | undefined> {
  const { file, schema } = spot;
  const found = typeof step === "number" ? itemOf(schema, step) : memberOf(schema, step);
  if (typeof found === "object") return { file, schema: found };
  if (depth === MOST_HOPS) return undefined;
  const referred = await followed(files, spot);
  const branches = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const others = [...(referred ? [referred] : []), ...branches.map((branch) => ({ file, schema: branch }))];
  for (const other of others) {
    const inner = await inside(files, other, step, depth + 1);
    if (inner) return inner;
  }
  return undefined;
}

function itemOf({ prefixItems, items }: Schema, index: number): Schema | boolean | undefined {
  return prefixItems?.[index] ?? items;
}

function memberOf(schema: Schema, key: string): Schema | boolean | undefined {
  const { properties = {}, patternProperties = {}, additionalProperties } = schema;
  if (Object.hasOwn(properties, key)) return properties[key];
  const pattern = Object.keys(patternProperties).find((source) => new RegExp(source, "u").test(key));
  return pattern === undefined ? additionalProperties : patternProperties[pattern];
}

const MOST_HOPS = 16;

/** The description of a schema, or of what it refers to. */
async function describe(files: Map<string, Schema>, start: Spot): Promise<string | undefined> {
  let spot: Spot | undefined = start;
  for (let hops = 0; spot && hops < MOST_HOPS; hops++) {
    const { description, title, $ref }: Schema = spot.schema;
    if (description !== undefined || $ref === undefined) return description ?? title;
    spot = await followed(files, spot);
  }
  return undefined;
}

/** What a schema refers to; undefined where it does not. */
async function followed(files: Map<string, Schema>, { file, schema }: Spot): Promise<Spot | undefined> {
  if (schema.$ref === undefined) return undefined;
  const [target = "", pointer = ""] = schema.$ref.split("#");
  const place = target === "" ? file : new URL(target, `schemas:/${file}`).pathname.slice(1);
  const root = await load(files, place);
  const next = root && at(root, pointer);
  return next && { file: place, schema: next };
}

function at(root: Schema, pointer: string): Schema | undefined {
  let node: unknown = root;
  for (const step of pointer.split("/").slice(1)) {
    if (typeof node !== "object" || node === null) return undefined;
    node = (node as Readonly<Record<string, unknown>>)[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return typeof node === "object" && node !== null ? node : undefined;
}

async function load(files: Map<string, Schema>, file: string): Promise<Schema | undefined> {
  const known = files.get(file);
  if (known) return known;
  try {
    const url = import.meta.resolve(`@somakit/formats/schemas/${file}`);
    const schema = JSON.parse(await readFile(new URL(url), "utf8")) as Schema;
    files.set(file, schema);
    return schema;
  } catch {
    return undefined;
  }
}

/** The first sentence, without its full stop. */
function firstSentence(text: string): string {
  const [sentence = text] = text.split(/(?<=[^.\s]{2})[.;:](?=\s)/u);
  return sentence.trim().replace(/\.$/, "");
}
