import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { differenceOf, type FileDifference } from "./diff/files.js";
import { listFiles, readConventionTexts, readSchemaTexts, readTexts } from "./disk.js";
import { type Generated, generate, hasErrors } from "./generate.js";
import type { Problem } from "./ir.js";
import { hasGeneratedName } from "./outputs.js";
import { isGenerated } from "./print/header.js";
import { shippedConventions } from "./shipped.js";

export interface GenerateFolderOptions {
  /** The folder of schemas. */
  readonly schemas: string;
  /** The folder that generated TypeScript goes to. */
  readonly out: string;
  /** The folder that pages of documentation go to; none are made without it. */
  readonly docs?: string | undefined;
  /**
   * A folder of further conventions that schemas may name, or null for none. Nothing is generated from them. Those that
   * `@somakit/formats` ships when left out, where that is installed beside the schemas or the generator.
   */
  readonly conventions?: string | null | undefined;
  /** Compares and reports, writes nothing. */
  readonly check?: boolean | undefined;
  /** Names of folders and files (without `.json`) at the top of the folder of schemas that are left out. */
  readonly exclude?: readonly string[] | undefined;
  /** Paths, relative to `out`, of files written by hand that are not there yet. Those in `out` are found. */
  readonly handWritten?: Iterable<string> | undefined;
}

/** How the folders differ from what the schemas say. Put right already, unless only a check was asked for. */
export interface FolderReport {
  /** Generated files that were not there. */
  readonly missing: readonly string[];
  /** Generated files with another content. */
  readonly changed: readonly string[];
  /** Files that were generated once and are not any more. */
  readonly orphaned: readonly string[];
  readonly unchanged: number;
  /** What is new and what goes in each of those files, by path. */
  readonly differences: readonly FileDifference[];
  /** Faults in the schemas; nothing is written or removed while one is an error. */
  readonly problems: readonly Problem[];
  /** Whether the folders are now as the schemas say. */
  readonly ok: boolean;
}

/** Generates into a folder: writes what changed, removes what is generated no more, touches nothing else. */
export async function generateFolder(options: GenerateFolderOptions): Promise<FolderReport> {
  const roots: Roots = { out: options.out, docs: options.docs };
  const existing = await readExisting(roots);
  const generated = await generate({
    files: await readSchemas(options.schemas, options.exclude ?? []),
    existing: existing.texts,
    handWritten: [...existing.handWritten, ...(options.handWritten ?? [])],
    conventions: await readConventions(options),
    docs: options.docs !== undefined,
  });
  const report = compare(generated, existing.texts);
  if (options.check || hasErrors(report.problems)) return report;
  for (const path of report.missing) await refuseForeign(target(roots, path));
  for (const path of [...report.missing, ...report.changed]) {
    await writeAtomically(target(roots, path), generated.outputs.get(path) ?? "");
  }
  for (const path of report.orphaned) await removeFile(target(roots, path), rootOf(roots, path));
  return { ...report, ok: true };
}

function compare({ outputs, problems, stale }: Generated, existing: ReadonlyMap<string, string>): FolderReport {
  const paths = [...outputs.keys()];
  const missing = paths.filter((path) => !existing.has(path));
  const changed = paths.filter((path) => existing.has(path) && existing.get(path) !== outputs.get(path));
  const ok = !hasErrors(problems) && missing.length + changed.length + stale.length === 0;
  const differences = [...missing, ...changed, ...stale].map((path) =>
    differenceOf(path, existing.get(path) ?? "", outputs.get(path) ?? ""),
  );
  const unchanged = paths.length - missing.length - changed.length;
  return { missing, changed, orphaned: stale, unchanged, differences, problems, ok };
}

interface Roots {
  readonly out: string;
  readonly docs: string | undefined;
}

function rootOf({ out, docs }: Roots, path: string): string {
  return path.endsWith(".md") && docs !== undefined ? docs : out;
}

function target(roots: Roots, path: string): string {
  return join(rootOf(roots, path), ...path.split("/"));
}

async function readSchemas(folder: string, exclude: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { files } = await readSchemaTexts(folder);
  const kept = [...files].filter(([path]) => !exclude.includes((path.split("/")[0] as string).replace(/\.json$/, "")));
  if (kept.length === 0) throw new Error(`there are no schemas in ${folder}`);
  return new Map(kept);
}

async function readConventions(options: GenerateFolderOptions): Promise<ReadonlyMap<string, string> | undefined> {
  const folder = options.conventions === undefined ? shippedConventions(options.schemas) : options.conventions;
  return folder === undefined || folder === null ? undefined : readConventionTexts(folder);
}

interface Existing {
  readonly texts: ReadonlyMap<string, string>;
  readonly handWritten: readonly string[];
}

/** What may have been generated is read; of other TypeScript only the names count. */
async function readExisting({ out, docs }: Roots): Promise<Existing> {
  const files = await listFiles(out, { missing: "empty" });
  const code = await readTexts(
    out,
    files.filter((path) => path.endsWith(".gen.ts")),
  );
  const pages =
    docs === undefined
      ? []
      : (await listFiles(docs, { missing: "empty" })).filter((path) => path.endsWith(".md") && hasGeneratedName(path));
  const texts = new Map([...code, ...(await readTexts(docs ?? out, pages))]);
  return { texts, handWritten: files.filter((path) => path.endsWith(".ts") && !path.endsWith(".gen.ts")) };
}

/** What lies behind a link was not listed, and may be somebody's own file. */
async function refuseForeign(path: string): Promise<void> {
  try {
    if (isGenerated(await readFile(path, "utf8"))) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  throw new Error(`${path} is in the way: it was not generated, so it is not replaced`);
}

/** Whoever reads the file meanwhile sees the old text or the new one. */
async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, text, { flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes a file, and its folders as far as they are empty then. */
async function removeFile(path: string, root: string): Promise<void> {
  await rm(path);
  for (let folder = dirname(path); folder.length > join(root).length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return; // not empty
    }
  }
}
