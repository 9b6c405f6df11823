import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Annotated, OptionError, UsageError } from "../failure.js";
import { endingOf, type FoundFile } from "../files.js";
import type { Context, Outputs, Verb, VerbInput } from "../verbs/verb.js";
import { endingOption } from "./options.js";

/** One file of a batch, and what the verb is called with for it. */
export interface BatchItem {
  readonly file: string;
  readonly input: VerbInput;
  /** The files that shall be made of it; undefined where none is. */
  readonly targets: readonly string[] | undefined;
}

/** Whether `-o` names a folder whatever the number of files: one that is there, or a name with a separator at its end. */
export async function namesFolder(path: string): Promise<boolean> {
  if (/[\\/]$/.test(path)) return true;
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/**
 * What is to be done with each of `files`. Where `-o` is among the options it names a folder, in which each gets a file. Throws
 * `UsageError` for names that would not be one file each: two that are the same, or one that is another of the files.
 */
export async function planBatch(
  context: Context,
  verb: Verb,
  files: readonly FoundFile[],
  input: VerbInput,
): Promise<readonly BatchItem[]> {
  const folder = outputFolder(verb, input);
  if (folder === undefined) return files.map(({ path }) => itemOf(input, path, undefined));
  await verifyFolder(context, folder);
  const outputs: Outputs[] = [];
  for (const file of files) {
    const path = join(folder, await nameOf(context, verb, input, file));
    outputs.push((await verb.outputs?.(context, input, path)) ?? { output: path, paths: [path] });
  }
  verifyApart(
    files,
    outputs.map(({ paths }) => paths),
  );
  return files.map(({ path }, index) => itemOf(input, path, outputs[index]));
}

/** The folder that files are written to. What may be left out is of no use where nothing is written. */
function outputFolder({ options }: Verb, { options: given }: VerbInput): string | undefined {
  const { output } = given;
  if (typeof output !== "string") return undefined;
  const isNeeded = options.some(({ flags, required }) => required === true && flags.startsWith("-o,"));
  return given["dryRun"] === true && !isNeeded ? undefined : output;
}

function itemOf({ arguments: [, ...rest], options }: VerbInput, path: string, outputs: Outputs | undefined): BatchItem {
  const input = { arguments: [path, ...rest], options: { ...options, output: outputs?.output } };
  return { file: path, input, targets: outputs?.paths };
}

async function verifyFolder(context: Context, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  const refuse = (message: string, hint: string): Annotated =>
    new Annotated(new UsageError(message, hint), { file: folder });
  if (found) throw refuse("it is a file; of several files a folder is needed", "-o FOLDER");
  const endings = (await context.registry()).flatMap(({ extensions }) => extensions);
  if (endings.some((ending) => folder.toLowerCase().endsWith(ending)))
    throw refuse("this is the name of a file; of several files a folder is needed", "-o FOLDER");
  const above = await stat(dirname(resolve(folder))).catch(() => undefined);
  if (!above?.isDirectory()) throw refuse(`there is no folder ${dirname(folder)}`, "make it first");
}

/** The name of what is made of a file, in the folder. */
async function nameOf(context: Context, verb: Verb, input: VerbInput, { path, place }: FoundFile): Promise<string> {
  if (place === undefined)
    throw new OptionError("what comes from standard input has no name of its own", "-o FILE, for this file alone");
  const ending = endingOption(input) ?? (await verb.ending?.(context, input, path));
  if (ending === undefined) return place;
  return place.slice(0, place.length - (await endingOf(context, place)).length) + ending;
}

/** Where names that differ in the case of letters are one. */
const IGNORES_CASE = process.platform === "win32" || process.platform === "darwin";

function verifyApart(files: readonly FoundFile[], made: readonly (readonly string[])[]): void {
  const keyOf = (path: string): string => (IGNORES_CASE ? resolve(path).toLowerCase() : resolve(path));
  const sources = new Map(files.map(({ path }, index) => [keyOf(path), index]));
  const taken = new Map<string, number>();
  for (const [index, target] of made.flatMap((paths, file) => paths.map((path) => [file, path] as const))) {
    const key = keyOf(target);
    const twin = taken.get(key);
    const nameAt = (at: number): string => (files[at] as FoundFile).path;
    if (twin !== undefined)
      throw new UsageError(
        `${nameAt(twin)} and ${nameAt(index)} would both become ${target}`,
        "files that are found in a folder, or by a pattern in quotes, keep their folders",
      );
    taken.set(key, index);
    const source = sources.get(key);
    if (source !== undefined && source !== index)
      throw new UsageError(`${nameAt(index)} would become ${target}, which is itself one of the files`);
  }
}
