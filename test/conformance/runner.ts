import { existsSync } from "node:fs";
import { EXPECTED, type Fixtures } from "./fixtures.js";
import { type Check, type Difference, means, type Subject, type System } from "./system.js";

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

export interface RunOptions {
  /** Gets each line of the report. */
  readonly print: (line: string) => void;
  /** Prints a line for what passes, too. */
  readonly verbose?: boolean;
}

const MANIFEST = "manifest.json";

/** Checks everything in a folder of fixtures: what its manifest lists and what lies there besides. */
export async function runFolder(system: System, fixtures: Fixtures, options: RunOptions): Promise<Totals> {
  const run = new Run(options);
  if (fixtures.fault !== undefined) run.fail(MANIFEST, "", { path: "", expected: "a manifest", found: fixtures.fault });
  const named = fixtures.manifest?.system;
  if (named !== undefined && !means(named, system.name))
    run.fail(MANIFEST, "", { path: "system", expected: system.name, found: named });
  for (const entry of fixtures.manifest?.files ?? []) {
    if (fixtures.named(entry).length === 0)
      run.fail(entry.file, "", { path: "", expected: "the file that the manifest lists", found: "no such file" });
  }
  for (const path of subjects(system, fixtures)) await runSubject(run, system, path, fixtures);
  if (run.totals.passed + run.totals.failed === 0)
    run.fail(MANIFEST, "", { path: "", expected: "something to check", found: "nothing" });
  return run.totals;
}

/** Files that stand for themselves, and names that only an expected file knows; sorted. */
function subjects(system: System, fixtures: Fixtures): readonly string[] {
  const files = fixtures.files.filter(
    (file) => file !== MANIFEST && !file.endsWith(EXPECTED) && system.partOf(file, fixtures) === undefined,
  );
  const expected = fixtures.files
    .filter((file) => file.endsWith(EXPECTED))
    .map((file) => file.slice(0, -EXPECTED.length));
  return [...new Set([...files, ...expected])].sort();
}

async function runSubject(run: Run, system: System, path: string, fixtures: Fixtures): Promise<void> {
  let checks: readonly Check[];
  try {
    const kind = fixtures.has(path) ? "file" : existsSync(fixtures.path(path)) ? "folder" : "none";
    const subject: Subject = {
      path,
      kind,
      expected: fixtures.expected(path),
      listed: fixtures.entries(path).length > 0,
    };
    checks = system.checks(subject, fixtures);
  } catch (error) {
    run.fail(path, "", { path: "", expected: "an expected file that can be read", found: (error as Error).message });
    return;
  }
  if (checks.length === 0) {
    const found = fixtures.has(`${path}${EXPECTED}`) ? "sections that nobody knows" : `no ${path}${EXPECTED}`;
    run.fail(path, "", { path: "", expected: "to be told what to expect", found });
  }
  for (const check of checks) await runCheck(run, path, check);
}

async function runCheck(run: Run, path: string, check: Check): Promise<void> {
  if (!check.run) {
    run.skip(path, check.name, check.skip ?? "nothing to be checked");
    return;
  }
  let found: readonly Difference[];
  try {
    found = await check.run();
  } catch (error) {
    found = [
      {
        path: "",
        expected: "to be read",
        found: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      },
    ];
  }
  if (found.length === 0) run.pass(path, check.name);
  else run.fail(path, check.name, ...found);
}

/** Counts and prints. */
class Run {
  readonly totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  readonly #options: RunOptions;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  pass(file: string, name: string): void {
    this.totals.passed++;
    if (this.#options.verbose) this.#options.print(`ok   ${label(file, name)}`);
  }

  fail(file: string, name: string, ...found: readonly Difference[]): void {
    this.totals.failed++;
    for (const difference of found) {
      const place = difference.path === "" ? "" : ` ${difference.path}`;
      this.#options.print(
        `FAIL ${label(file, name)}:${place} expected ${difference.expected}, found ${difference.found}`,
      );
    }
  }

  skip(file: string, name: string, reason: string): void {
    this.totals.skipped++;
    this.#options.print(`SKIP ${label(file, name)}: ${reason}`);
  }
}

function label(file: string, name: string): string {
  return name === "" ? file : `${file} (${name})`;
}
