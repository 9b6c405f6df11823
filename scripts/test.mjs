// Every check of the repository, in order, one line each; the last line is "N passed, N failed".
//   npm test                     everything
//   npm test -- lint vitest      these steps only
// Each step counts as one test, except that vitest counts with its own tests.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binOf, node, npm, readJson, run, turbo, turboEnv } from "./lib.mjs";

/** A step is a command, or a function that resolves to `{ code, output, passed?, failed? }`. `after` names what it needs. */
const steps = [
  { name: "build", command: turbo("run", "build", "--output-logs=new-only"), env: turboEnv },
  // Generated files equal what the schemas say (never cached). What is compared stands in the scripts "codegen:check" of
  // the packages that hold generated files.
  { name: "generated", after: "build", command: npm("run", "--silent", "codegen:check") },
  { name: "lint", command: node(binOf("@biomejs/biome", "biome"), "ci", "--colors=off", ".") },
  { name: "types", after: "build", command: node(binOf("typescript", "tsc"), "-b") },
  { name: "vitest", after: "build", command: vitest },
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

const failures = new Set();
let passed = 0;
let failed = 0;
for (const { name, after, command, env } of steps) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (failures.has(after)) {
    console.log(`not ok ${name} (not run: ${after} failed)`);
    failures.add(name);
    failed += 1;
    continue;
  }
  const started = performance.now();
  const result = await (typeof command === "function" ? command() : run(command, { env }));
  const ok = result.code === 0;
  passed += result.passed ?? (ok ? 1 : 0);
  failed += result.failed ?? (ok ? 0 : 1);
  const counted = result.passed === undefined ? "" : ` (${result.passed} passed, ${result.failed} failed)`;
  console.log(`${ok ? "ok" : "not ok"} ${name} ${((performance.now() - started) / 1000).toFixed(1)}s${counted}`);
  if (ok) continue;
  failures.add(name);
  console.log(result.output.trimEnd().replace(/^/gm, "    "));
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
