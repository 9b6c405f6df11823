import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Annotated, UsageError } from "../failure.js";

/** The name of the file that registers schemas for every command below its folder. */
export const CONFIG_NAME = "somakit.config.json";

export interface Config {
  /** Where it was found. */
  readonly path: string;
  /** Folders and files of schemas, absolute. */
  readonly schemas: readonly string[];
}

const KEYS = ["$schema", "schemas"];

/** The nearest configuration, from `folder` upwards; undefined where there is none. Throws `UsageError` for a faulty one. */
export async function findConfig(folder: string): Promise<Config | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, CONFIG_NAME);
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw new Annotated(error, { file: path });
    });
    if (text !== undefined) return parseConfig(path, text);
    if (dirname(at) === at) return undefined;
  }
}

/** The configuration that a file holds. Throws what the file system does, and `UsageError` for a faulty one. */
export async function readConfig(path: string): Promise<Config> {
  try {
    return parseConfig(resolve(path), await readFile(path, "utf8"));
  } catch (error) {
    throw error instanceof Annotated ? error : new Annotated(error, { file: path });
  }
}

function parseConfig(path: string, text: string): Config {
  const value = parsed(path, text);
  if (!isObject(value)) throw faulty(path, "", "it must be an object");
  for (const key of Object.keys(value)) {
    if (!KEYS.includes(key)) throw faulty(path, pointer(key), `there is no such setting; there is ${KEYS.join(", ")}`);
  }
  const { schemas, $schema } = value;
  if ($schema !== undefined && typeof $schema !== "string") throw faulty(path, "/$schema", "it must be a text");
  if (!Array.isArray(schemas)) {
    const message = schemas === undefined ? "it is missing: a list of folders and files" : "it must be a list of paths";
    throw faulty(path, "/schemas", message);
  }
  const paths = schemas.map((entry: unknown, index) => {
    if (typeof entry !== "string" || entry === "")
      throw faulty(path, `/schemas/${index}`, "it must be the path of a folder or a file");
    return resolve(dirname(path), entry);
  });
  const twin = paths.findIndex((entry, index) => paths.indexOf(entry) < index);
  if (twin >= 0) throw faulty(path, `/schemas/${twin}`, "it is listed twice");
  return { path, schemas: paths };
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw faulty(path, "", error instanceof Error ? error.message : String(error));
  }
}

function faulty(path: string, at: string, message: string): Annotated {
  const hint = `such as { "schemas": ["./schemas"] }`;
  return new Annotated(new UsageError(`${at === "" ? "" : `${at}: `}${message}`, hint), { file: path });
}

function pointer(key: string): string {
  return `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
