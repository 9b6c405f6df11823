import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { interpretProject, loadProject } from "@somakit/codegen";
import {
  checkFile,
  detect,
  diffTrees,
  FileAccessor,
  type Folder,
  isFolder,
  type Layout,
  ListFileAccessor,
  MemorySink,
  memorySource,
  type OpenedFile,
  openFile,
  readWith,
  type Source,
  writeWith,
} from "@somakit/core";
import { fileFolder, fileSource, folderSink } from "@somakit/core/node";
import { conventions } from "@somakit/formats/registry";
import { inferSchema } from "../src/infer/infer.js";
import { codecs } from "../src/schemas/codecs.js";
import type { Context } from "../src/verbs/verb.js";

async function openAny(path: string): Promise<Source | Folder> {
  return statSync(path).isDirectory() ? fileFolder(path) : fileSource(path);
}

const context = {
  signal: new AbortController().signal,
  openAny,
  conventions: async () => ({ entries: conventions }),
} as unknown as Context;

/** The schema that `schema init` makes. */
export async function infer(...files: readonly string[]): Promise<Record<string, unknown>> {
  return (await inferSchema(context, files, "data")) as Record<string, unknown>;
}

export interface RoundTrip {
  /** What is wrong with the schema. */
  readonly problems: readonly string[];
  /** Whether the file is recognised as what the schema describes. */
  readonly isKnown: boolean;
  /** What the schema says against the file. */
  readonly issues: readonly string[];
  /** Differences of a file that was opened and written again. */
  readonly copied: readonly string[];
  /** Differences of a file that was read into memory and written again. */
  readonly written: readonly string[];
}

/** Opens, checks and writes a file by a schema. */
export async function roundTrip(schema: object, file: string): Promise<RoundTrip> {
  const project = loadProject(new Map([["data.json", JSON.stringify(schema)]]));
  const problems = project.problems.map(({ pointer, message }) => `${pointer} ${message}`);
  const [entry] = interpretProject(project, codecs).registry;
  if (problems.length > 0 || !entry) return { problems, isKnown: false, issues: [], copied: [], written: [] };
  const layout = await entry.load();
  const source = await openAny(file);
  try {
    const isKnown = (await detect([entry], source)).length > 0;
    const open = await openFile(layout, source);
    const issues = (await checkFile(open, { depth: "values" })).map(
      ({ path, message, rule }) => `${path}: ${message} (${rule})`,
    );
    if (issues.length > 0) return { problems, isKnown, issues, copied: [], written: [] };
    const accessor = accessorOf(layout, open);
    const copied = accessor ? await differences(layout, open, accessor) : [];
    const written = await differences(layout, open, await readWith(layout, source));
    return { problems, isKnown, issues, copied, written };
  } finally {
    if (!isFolder(source)) await source.close?.();
  }
}

/** As generated code opens it; a root that is neither an object nor a list is only read. */
function accessorOf(layout: Layout, open: OpenedFile): object | undefined {
  const location = { file: open, field: layout.root, path: "", find: async () => open.root };
  if (layout.root.kind === "object") return new FileAccessor(location);
  return layout.root.kind === "list" ? new ListFileAccessor(location, FileAccessor as never) : undefined;
}

async function differences(layout: Layout, open: OpenedFile, value: unknown): Promise<readonly string[]> {
  const place = mkdtempSync(join(tmpdir(), "somakit-init-"));
  try {
    const isTree = isFolder(open.source);
    const path = join(place, "copy");
    const memory = new MemorySink();
    await writeWith(layout, isTree ? await folderSink(path) : memory, value);
    const again = await openFile(layout, isTree ? await fileFolder(path) : memorySource(memory.bytes()));
    // Files of folders and archives are compared by what is in them.
    const isFiles = open.container.codec.kind === "folder";
    const [before, after] = isFiles ? [open.root, again.root] : [open.tree, again.tree];
    const found: string[] = [];
    for await (const difference of diffTrees(before, after)) found.push(JSON.stringify(difference));
    return found;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
