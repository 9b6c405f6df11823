// Every check of the repository, one line each in the order below; the last line is "N passed, N failed".
//   npm test                     everything
//   npm test -- lint vitest      these steps only
// Each step counts as one test, except that vitest counts with its own tests.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binOf, node, npm, readJson, run, turbo, turboEnv } from "./lib.mjs";

/** Steps run side by side, as most of them keep one core busy. */
const LANES = 2;

/**
 * A step is a command, or a function that resolves to `{ code, output, passed?, failed? }`. `after` names what it needs; one that is
 * `alone` has all cores to itself.
 */
const steps = [
  { name: "build", command: turbo("run", "build", "--output-logs=new-only"), env: turboEnv },
  // Generated files equal what the schemas say (never cached). What is compared stands in the scripts "codegen:check" of
  // the packages that hold generated files.
  { name: "generated", after: "build", command: npm("run", "--silent", "codegen:check") },
  { name: "lint", command: node(binOf("@biomejs/biome", "biome"), "ci", "--colors=off", ".") },
  { name: "types", after: "build", command: node(binOf("typescript", "tsc"), "-b") },
  { name: "vitest", after: "build", command: vitest, alone: true },
  { name: "packages", after: "build", command: node("scripts/check-packages.mjs") },
  // docs/api says what can be imported: a change of it is one that somebody meant.
  { name: "api", after: "build", command: node("scripts/api-report.mjs", "--check") },
  { name: "bundle", after: "build", command: node("scripts/check-bundle.mjs") },
];

async function vitest() {
  const folder = mkdtempSync(join(tmpdir(), "somakit-vitest-"));
  try {
    const file = join(folder, "report.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const result = await run(node(binOf("vitest"), "run", ...reporters));
    let report;
    try {
      report = readJson(file);
    } catch {
      return { ...result, code: result.code || 1, output: `${result.output}\nvitest left no report.\n` };
    }
    // A file that cannot be loaded fails without a test to its name.
    const unloaded = report.testResults.filter(
      (suite) => suite.status === "failed" && suite.assertionResults.length === 0,
    );
    const passed = report.numPassedTests;
    const failed = report.numFailedTests + unloaded.length;
    // No tests at all, or an error outside of any test.
    const otherwise = failed === 0 && (passed === 0 || result.code !== 0) ? 1 : 0;
    return { ...result, code: result.code || otherwise, passed, failed: failed + otherwise };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No step ${unknown.join(", ")}; there are ${steps.map((step) => step.name).join(", ")}.`);
  process.exit(2);
}

/** Lanes that are free, and who waits for how many: first come, first served. */
let free = LANES;
const waiting = [];

function serve() {
  while (waiting.length > 0 && waiting[0].count <= free) {
    const { count, start } = waiting.shift();
    free -= count;
    start();
  }
}

async function inLanes(count, work) {
  await new Promise((start) => {
    waiting.push({ count, start });
    serve();
  });
  try {
    return await work();
  } finally {
    free += count;
    serve();
  }
}

/** What came of each step by its name. */
const outcomes = new Map();

async function outcomeOf({ after, command, env, alone = false }) {
  const needed = await outcomes.get(after);
  if (needed && !needed.ok) return { ok: false, line: `(not run: ${after} failed)`, output: "", passed: 0, failed: 1 };
  return inLanes(alone ? LANES : 1, async () => {
    const started = performance.now();
    const result = await (typeof command === "function" ? command() : run(command, { env }));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const ok = result.code === 0;
    const { passed = ok ? 1 : 0, failed = ok ? 0 : 1 } = result;
    const counted = result.passed === undefined ? "" : ` (${passed} passed, ${failed} failed)`;
    return { ok, line: `${seconds}s${counted}`, output: ok ? "" : result.output.trimEnd(), passed, failed };
  });
}

const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
for (const step of chosen) outcomes.set(step.name, outcomeOf(step));

let passed = 0;
let failed = 0;
for (const { name } of chosen) {
  const outcome = await outcomes.get(name);
  passed += outcome.passed;
  failed += outcome.failed;
  console.log(`${outcome.ok ? "ok" : "not ok"} ${name} ${outcome.line}`);
  if (outcome.output !== "") console.log(outcome.output.replace(/^/gm, "    "));
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
