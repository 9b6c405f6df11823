import { readFile } from "node:fs/promises";
import type { RegistryEntry } from "@somakit/core";
import { isInterpreted } from "../schemas/known.js";

interface Schema {
  readonly description?: string;
  readonly title?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

/** One sentence on what the value under a key is; undefined where the schema says nothing. */
export type Meanings = (key: string) => string | undefined;

/** The texts of a data set's schema: its own, or that which `@somakit/formats` ships. Empty where there is none. */
export async function loadMeanings(entry: RegistryEntry): Promise<Meanings> {
  const { id } = entry;
  const files = new Map<string, Schema>();
  const file = id.includes("/") ? `${id}.json` : `${id}/${id}.json`;
  if (isInterpreted(entry)) files.set(file, entry.schema);
  const root = await load(files, file);
  if (!root) return () => undefined;
  const described = new Map<string, string>();
  for (const [key, schema] of Object.entries(root.properties ?? {})) {
    const text = await describe(files, file, schema);
    if (text !== undefined) described.set(key, firstSentence(text));
  }
  const patterns: { readonly pattern: RegExp; readonly text: string | undefined }[] = [];
  for (const [source, schema] of Object.entries(root.patternProperties ?? {})) {
    patterns.push({ pattern: new RegExp(source, "u"), text: await describe(files, file, schema) });
  }
  return (key) => {
    const text =
      described.get(key) ??
      (Object.hasOwn(root.properties ?? {}, key) ? undefined : patterns.find(({ pattern }) => pattern.test(key))?.text);
    return text === undefined ? undefined : firstSentence(text);
  };
}

const MOST_HOPS = 16;

/** The description of a schema, or of what it refers to. */
async function describe(files: Map<string, Schema>, file: string, schema: Schema): Promise<string | undefined> {
  let [place, node] = [file, schema];
  for (let hops = 0; hops < MOST_HOPS; hops++) {
    if (node.description !== undefined || node.$ref === undefined) return node.description ?? node.title;
    const [target = "", pointer = ""] = node.$ref.split("#");
    if (target !== "") place = new URL(target, `schemas:/${place}`).pathname.slice(1);
    const root = await load(files, place);
    const next = root && at(root, pointer);
    if (!next) return undefined;
    node = next;
  }
  return undefined;
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
