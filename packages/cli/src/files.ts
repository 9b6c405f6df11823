import { readdir, stat } from "node:fs/promises";
import { basename, extname, join, relative, resolve } from "node:path";
import type { RegistryEntry } from "@somakit/core";
import { detect } from "@somakit/core/engine";
import { fileFolder } from "@somakit/core/node";
import { Annotated, about, UsageError } from "./failure.js";
import { globBase, globFiles, isGlob } from "./glob.js";
import { naturally } from "./natural.js";
import type { Context } from "./verbs/verb.js";

/** A file that a FILE argument stands for. */
export interface FoundFile {
  readonly path: string;
  /**
   * Where a file that is made of it has its place in a folder: its own name or, where it was found in a folder or by a pattern,
   * its path from there. Undefined for standard input, which has no name.
   */
  readonly place: string | undefined;
}

/**
 * The files that FILE arguments stand for, in their order: a folder that is no data set itself stands for what is in it, at any
 * depth, and has an ending of a data set; a pattern for the files that it matches; both in natural order. What is listed twice counts once, and
 * `except`, a file or a folder that results go to, is not found, nor is what is in it. Throws `UsageError` for a folder or a pattern that stands for
 * nothing.
 */
export async function filesOf(
  context: Context,
  names: readonly string[],
  except?: string,
): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  const isResult = (path: string): boolean => except !== undefined && isBelow(except, path);
  for (const name of names)
    for (const file of await filesOfOne(context, name, isResult)) if (!found.has(file.path)) found.set(file.path, file);
  return [...found.values()];
}

/** The longest ending of a data set that a name has, else what follows its last dot. */
export async function endingOf(context: Context, name: string): Promise<string> {
  const known = (await context.registry()).flatMap(({ extensions }) => extensions);
  const fitting = known.filter((ending) => name.toLowerCase().endsWith(ending));
  const longest = fitting.reduce((longer, ending) => (ending.length > longer.length ? ending : longer), "");
  return name.slice(name.length - (longest || extname(name)).length);
}

type Excluded = (path: string) => boolean;

function isBelow(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return !way.startsWith("..") && resolve(way) !== way;
}

async function filesOfOne(context: Context, name: string, isResult: Excluded): Promise<readonly FoundFile[]> {
  if (name === "-") return [{ path: name, place: undefined }];
  if (/^(https?|file):\/\//i.test(name)) return [{ path: name, place: nameIn(new URL(name)) }];
  const stats = await stat(name).catch(() => undefined);
  if (stats?.isDirectory()) return inFolder(context, name, isResult);
  // What is there under this very name is no pattern, and what is not is said when it is opened.
  if (stats || !isGlob(name)) return [{ path: name, place: basename(name) }];
  const matched = (await globFiles(name)).filter((path) => !isResult(path));
  const base = globBase(name);
  if (matched.length > 0) return matched.map((path) => ({ path, place: relative(base, path) }));
  throw new Annotated(new UsageError("no file matches this pattern"), { file: name });
}

/** The last part of a URL's path, as the name of a file. */
function nameIn({ pathname }: URL): string {
  const name = decodeURIComponent(pathname.split("/").at(-1) ?? "").replaceAll(/[\\/\0]/g, "_");
  return name === "" || name === ".." ? "download" : name;
}

async function inFolder(context: Context, folder: string, isResult: Excluded): Promise<readonly FoundFile[]> {
  const registry = await context.registry();
  const itself = { path: folder, place: basename(resolve(folder)) };
  if (await isDataset(registry, folder, context.signal)) return [itself];
  const files = (await walk(registry, folder, context.signal)).filter((path) => !isResult(path));
  // An empty folder is opened, so that what is wrong with it is said as for every other one.
  return files.length > 0 ? files.map((path) => ({ path, place: relative(folder, path) })) : [itself];
}

async function isDataset(registry: readonly RegistryEntry[], folder: string, signal: AbortSignal): Promise<boolean> {
  return about(folder, async () => (await detect(registry, await fileFolder(folder), { signal })).length > 0);
}

async function walk(registry: readonly RegistryEntry[], folder: string, signal: AbortSignal): Promise<string[]> {
  signal.throwIfAborted();
  const files: string[] = [];
  const endings = registry.flatMap(({ extensions }) => extensions);
  const entries = await about(folder, () => readdir(folder, { withFileTypes: true }));
  for (const entry of entries.sort((a, b) => naturally(a.name, b.name))) {
    const path = join(folder, entry.name);
    // Links may lead round in circles.
    if (entry.isDirectory() && !entry.name.startsWith("."))
      files.push(...((await isDataset(registry, path, signal)) ? [path] : await walk(registry, path, signal)));
    else if (entry.isFile() && endings.some((ending) => entry.name.toLowerCase().endsWith(ending))) files.push(path);
  }
  return files;
}
