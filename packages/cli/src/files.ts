import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { detect, type RegistryEntry } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import { Annotated, UsageError } from "./failure.js";
import { globFiles, isGlob } from "./glob.js";
import type { Context } from "./verbs/verb.js";

/**
 * The files that FILE arguments stand for, in their order: a folder that is no data set itself stands for what is in it, at any
 * depth, and has an ending of a data set; a pattern for the files that it matches. What is listed twice counts once. Throws
 * `UsageError` for a folder or a pattern that stands for nothing.
 */
export async function filesOf(context: Context, names: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const name of names) for (const file of await filesOfOne(context, name)) found.add(file);
  return [...found];
}

async function filesOfOne(context: Context, name: string): Promise<readonly string[]> {
  if (name === "-" || /^(https?|file):\/\//i.test(name)) return [name];
  const stats = await stat(name).catch(() => undefined);
  if (stats?.isDirectory()) return inFolder(context, name);
  // What is there under this very name is no pattern, and what is not is said when it is opened.
  if (stats || !isGlob(name)) return [name];
  const matched = await globFiles(name);
  if (matched.length > 0) return matched;
  throw new Annotated(new UsageError("no file matches this pattern"), { file: name });
}

async function inFolder(context: Context, folder: string): Promise<readonly string[]> {
  const registry = await context.registry();
  if (await isDataset(registry, folder, context.signal)) return [folder];
  const files = await walk(registry, folder, context.signal);
  // An empty folder is opened, so that what is wrong with it is said as for every other one.
  return files.length > 0 ? files : [folder];
}

async function isDataset(registry: readonly RegistryEntry[], folder: string, signal: AbortSignal): Promise<boolean> {
  return (await detect(registry, await fileFolder(folder), { signal })).length > 0;
}

async function walk(registry: readonly RegistryEntry[], folder: string, signal: AbortSignal): Promise<string[]> {
  signal.throwIfAborted();
  const files: string[] = [];
  const endings = registry.flatMap(({ extensions }) => extensions);
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    // Links may lead round in circles.
    if (entry.isDirectory() && !entry.name.startsWith("."))
      files.push(...((await isDataset(registry, path, signal)) ? [path] : await walk(registry, path, signal)));
    else if (entry.isFile() && endings.some((ending) => entry.name.toLowerCase().endsWith(ending))) files.push(path);
  }
  return files;
}
