// npm run conformance -- [--system NAME] [--dir FOLDER] [--verbose]
// Checks the fixtures of every system that has a folder here, or those in any folder with a manifest.json.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Fixtures } from "./fixtures.js";
import { runFolder, type Totals } from "./runner.js";
import { means, type System } from "./system.js";
import { systems } from "./systems/index.js";

interface Job {
  readonly system: System;
  readonly folder: string;
}

class Usage extends Error {}

const UNKNOWN: System = {
  name: "unknown",
  partOf: () => undefined,
  checks: () => [{ name: "", skip: "the manifest names no system" }],
};

function jobs(name: string | undefined, folder: string | undefined): readonly Job[] {
  if (folder !== undefined) {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Usage(`there is no folder ${folder}`);
    const named = name ?? new Fixtures(folder).manifest?.system;
    // A folder that does not say what it is fails with any system.
    return [{ system: named === undefined ? UNKNOWN : systemOf(named), folder }];
  }
  if (name !== undefined && !foldersHere().includes(name))
    throw new Usage(`there are no fixtures of ${name} here; give --dir`);
  const names =
    name === undefined ? foldersHere().filter((entry) => systems.some((system) => system.name === entry)) : [name];
  return names.map((entry) => ({ system: systemOf(entry), folder: join(import.meta.dirname, entry) }));
}

function systemOf(name: string): System {
  const system = systems.find((candidate) => means(name, candidate.name));
  if (!system)
    throw new Usage(`nothing is known about ${name}; there are ${systems.map((known) => known.name).join(", ")}`);
  return system;
}

/** Folders of fixtures; one that no system checks is said by the run that comes across it. */
function foldersHere(): readonly string[] {
  return readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(import.meta.dirname, entry.name, "manifest.json")))
    .map(({ name }) => name)
    .sort();
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { system: { type: "string" }, dir: { type: "string" }, verbose: { type: "boolean" } },
  });
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const print = (line: string): void => console.log(line);
  const list = jobs(values.system, values.dir === undefined ? undefined : resolve(values.dir));
  if (values.system === undefined && values.dir === undefined) {
    for (const name of foldersHere().filter((entry) => !list.some(({ system }) => system.name === entry))) {
      print(`FAIL ${name}: expected a system in test/conformance/systems, found none`);
      totals.failed++;
    }
  }
  for (const { system, folder } of list) {
    const own = await runFolder(system, new Fixtures(folder), {
      print: (line) => print(line.replace(/^(\S+ +)/, `$1${system.name}/`)),
      verbose: values.verbose === true,
    });
    totals.passed += own.passed;
    totals.failed += own.failed;
    totals.skipped += own.skipped;
  }
  print(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const usage =
    error instanceof Usage || (error as { readonly code?: unknown }).code === "ERR_PARSE_ARGS_UNKNOWN_OPTION";
  console.error(usage ? (error as Error).message : error);
  process.exitCode = usage ? 2 : 1;
}
