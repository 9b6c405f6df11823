import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { JsonObject } from "./ir.js";
import { parseJson } from "./load/json.js";
import { referencesOf } from "./load/refs.js";
import { isObject } from "./load/shape.js";
import { compareText } from "./print/text.js";

/** Schemas as they lie on a disk. */
export interface SchemaTexts {
  /** The folder that the paths are relative to. */
  readonly folder: string;
  /** Texts by path with `/`, sorted. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * All `.json` files below a folder; or one file, with those that it refers to and the conventions and lists beside it.
 * Throws what the file system does (`ENOENT`), and an `Error` for a folder without schemas.
 */
export async function readSchemaTexts(path: string): Promise<SchemaTexts> {
  if ((await stat(path)).isFile()) return readSchemaFile(path);
  const paths = (await listFiles(path)).filter((file) => file.endsWith(".json"));
  if (paths.length === 0) throw new Error(`there are no schemas in ${path}`);
  return { folder: path, files: await readTexts(path, paths) };
}

/** Folders beside a schema whose files it names without a reference. */
const BESIDE = ["conventions", "lists"];

async function readSchemaFile(path: string): Promise<SchemaTexts> {
  const folder = dirname(path);
  const found = new Map<string, string>();
  const waiting = [resolve(path)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    const text = await readFile(next, "utf8").catch((error: unknown) => {
      // A reference to a file that is not there is a fault of the schema, which is told with its line.
      if (next === resolve(path)) throw error;
      return undefined;
    });
    if (text === undefined) continue;
    found.set(next, text);
    waiting.push(...referredFiles(next, text));
  }
  for (const name of BESIDE) {
    const beside = join(folder, name);
    const texts = await readTexts(beside, await listFiles(beside, { missing: "empty" }));
    for (const [file, text] of texts) if (file.endsWith(".json")) found.set(resolve(beside, file), text);
  }
  const root = commonFolder([...found.keys()]);
  const files = [...found].map(([file, text]) => [slashed(relative(root, file)), text] as const);
  return { folder: root, files: new Map(files.sort(([a], [b]) => compareText(a, b))) };
}

/** Absolute paths of other schemas that one refers to. */
function referredFiles(path: string, text: string): string[] {
  const { value } = parseJson(text);
  if (!isObject(value)) return [];
  return [...referencesOf(value as JsonObject)].flatMap(({ reference }) => {
    const file = decoded(reference.split("#")[0] ?? "");
    return file === undefined || file === "" || file.includes(":") ? [] : [resolve(dirname(path), file)];
  });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => dirname(path).split(sep));
  const [first = []] = folders;
  let length = first.length;
  for (const folder of folders) {
    let same = 0;
    while (same < length && folder[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length).join(sep) || sep;
}

/** Paths of all files below `folder`, with `/`, sorted. Links to folders are not followed. */
export async function listFiles(folder: string, options: { readonly missing?: "empty" } = {}): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (options.missing === "empty" && (error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => slashed(relative(folder, join(entry.parentPath, entry.name))))
    .filter((path) => !path.split("/").includes("node_modules"))
    .sort(compareText);
}

export async function readTexts(folder: string, paths: readonly string[]): Promise<Map<string, string>> {
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, ...path.split("/")), "utf8")));
  return new Map(paths.map((path, index) => [path, texts[index] as string]));
}

/** Convention files below `folder` by the path that a user would find them under. */
export async function readConventionTexts(folder: string): Promise<ReadonlyMap<string, string>> {
  const paths = (await listFiles(folder)).filter((path) => path.endsWith(".json"));
  const texts = await readTexts(folder, paths);
  return new Map([...texts].map(([path, text]) => [`${slashed(folder)}/${path}`, text]));
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}
