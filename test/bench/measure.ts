import { mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Case } from "./cases.js";
import { dataPath } from "./data.js";
import type { Options } from "./options.js";
import { type Sample, sampleOf, spawnToEnd, warm } from "./run.js";

/** The programs that are measured. */
export interface Sides {
  /** Bundles of ours/main.ts and ours/at-exit.ts. */
  readonly main: string;
  readonly atExit: string;
  /** Bundle of ours/three.ts. */
  readonly three: string;
  readonly cli: string;
  readonly codegen: string;
  readonly python: string | undefined;
  /** Folder of the Python programs. */
  readonly references: string;
  /** Where the packages are: threads load what was compiled of them. */
  readonly packages: string;
}

export interface Measured extends Sample {
  /** Size of the file that was written, if any. */
  readonly written?: number | undefined;
  /** Size of the file that was read; undefined for a folder. */
  readonly read?: number | undefined;
}

export interface Result {
  readonly case: Case;
  readonly ours: readonly Measured[];
  readonly python: readonly Measured[];
}

/** Runs one case: ours, Python, ours, Python, … each in a process of its own. */
export async function measure(one: Case, sides: Sides, options: Options): Promise<Result> {
  const file = dataPath(options.data, one.file, options.sizes);
  const ours: Measured[] = [];
  const python: Measured[] = [];
  for (let round = 0; round < options.rounds; round++) {
    await warm(file);
    ours.push(await inScratch(options.data, file, (out) => runOurs(one, { file, out }, sides, options.profile)));
    if (!sides.python || one.alone) continue;
    await warm(file);
    python.push(await inScratch(options.data, file, (out) => runPython(one, { file, out }, sides)));
  }
  return { case: one, ours, python };
}

interface Files {
  readonly file: string;
  readonly out: string;
}

/** Gives a name for a new file, beside the data, and removes the file. */
async function inScratch(folder: string, file: string, use: (out: string) => Promise<Sample>): Promise<Measured> {
  const scratch = mkdtempSync(join(folder, "out-"));
  try {
    const out = join(scratch, "saved.npz");
    const sample = await use(out);
    const input = statSync(file);
    return {
      ...sample,
      written: statSync(out, { throwIfNoEntry: false })?.size,
      read: input.isFile() ? input.size : undefined,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runOurs(one: Case, files: Files, sides: Sides, profile: string | undefined): Promise<Sample> {
  const { threads } = one;
  const env = threads === undefined ? {} : { UV_THREADPOOL_SIZE: `${threads}` };
  const flags = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  if (!isProgram(one)) {
    const job = JSON.stringify({ operation: one.ours, threads, packages: sides.packages, ...files });
    return sampleOf(await spawnToEnd(process.execPath, [...flags, sides.main, job], env)).sample;
  }
  const preload = ["--import", pathToFileURL(sides.atExit).href];
  const args = [...flags, ...preload, ...programOf(one, files, sides)];
  const ended = await spawnToEnd(process.execPath, args, env);
  const { sample, before } = sampleOf(ended);
  return { ...sample, seconds: ended.seconds, check: one.ours === "cli" ? keysCheck(before) : "done" };
}

function isProgram({ ours }: Case): boolean {
  return ours === "cli" || ours === "start" || ours === "generate";
}

function programOf({ ours }: Case, { file, out }: Files, { cli, codegen }: Sides): readonly string[] {
  if (ours === "generate") return [codegen, "--schemas", file, "--out", `${out}.code`, "--exclude", "zoo"];
  return ours === "cli" ? [cli, "--json", "info", file] : [cli, "info", file];
}

/** What `somakit --json info` lists, as the operation "keys" says it. */
function keysCheck(output: string): string {
  const { keys } = JSON.parse(output) as { keys: { key: string; kind: string; shape?: readonly number[] }[] };
  const arrays = keys.filter(({ kind, shape }) => kind === "array" && shape && shape.length > 0);
  return JSON.stringify(arrays.map(({ key, shape }) => [key, shape]));
}

async function runPython(one: Case, files: Files, sides: Sides): Promise<Sample> {
  const job = JSON.stringify({ operation: one.python ?? one.ours, packages: sides.packages, ...files });
  const ended =
    one.against === "three"
      ? await spawnToEnd(process.execPath, [sides.three, job])
      : await spawnToEnd(sides.python as string, ["-B", join(sides.references, one.script ?? "reference.py"), job]);
  const { sample } = sampleOf(ended);
  return isProgram(one) ? { ...sample, seconds: ended.seconds } : sample;
}

/** Throws an `Error` when two runs did not find the same in the same values. */
export function verify(results: readonly Result[]): void {
  const found = new Map<string, { readonly check: string; readonly by: string }>();
  for (const { case: one, ours, python } of results) {
    const samples = [...ours.map((sample) => ["ours", sample] as const), ...python.map((s) => ["Python", s] as const)];
    for (const [side, { check }] of samples) {
      const by = `${one.name}, ${side}`;
      const first = found.get(one.reads) ?? { check, by };
      found.set(one.reads, first);
      if (first.check !== check)
        throw new Error(`${by} read something else than ${first.by}:\n${check}\n${first.check}`);
    }
  }
}
