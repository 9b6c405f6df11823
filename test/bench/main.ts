// npm run bench -- [OPTIONS]: how fast somakit is, beside numpy and pickle in the same run. See docs/benchmarks.md.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { debianPython } from "../support/python.js";
import { dataPath, ensureData, isBodies, type Maker } from "./data.js";
import { measure, type Result, type Sides, verify } from "./measure.js";
import { type Options, parseOptions, USAGE } from "./options.js";
import { makeSeekable } from "./ours/bodies.js";
import { rowOf, tableText } from "./table.js";

const here = import.meta.dirname;
const root = join(here, "../..");

/** Programs in one file each, with the packages as they are now: a build that goes on meanwhile changes nothing. */
async function bundle(outdir: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ["main", "at-exit", "make-data", "three"].map((name) => join(here, "ours", `${name}.ts`)),
    bundle: true,
    // Without it, what is both imported and loaded on demand is missing.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    outdir,
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
}

function versionsOf(python: string): string {
  const script = "import platform, numpy; print('Python', platform.python_version() + ', numpy', numpy.__version__)";
  return spawnSync(python, ["-c", script], { encoding: "utf8" }).stdout.trim();
}

async function main(options: Options, bundles: string): Promise<void> {
  await bundle(bundles);
  const python = options.python ? debianPython : undefined;
  const sides: Sides = {
    main: join(bundles, "main.mjs"),
    atExit: join(bundles, "at-exit.mjs"),
    three: join(bundles, "three.mjs"),
    cli: join(root, "packages/cli/dist/bundle/bin.js"),
    codegen: join(root, "packages/codegen/dist/bin.js"),
    python,
    references: join(here, "python"),
    packages: join(root, "packages"),
  };
  const maker: Maker = python
    ? { command: [python, join(here, "python/data.py")], source: join(here, "python/data.py") }
    : { command: [process.execPath, join(bundles, "make-data.mjs")], source: join(here, "ours/make-data.ts") };
  // Meshes that are like those of people come from numpy alone.
  const cases = options.cases.filter(({ file }) => python || !isBodies(file));
  const kinds = [...new Set(cases.map(({ file }) => file))];
  console.error("making files, where they are not there yet");
  const texts = [process.execPath, join(bundles, "make-data.mjs")];
  const bodies = [python ?? "", "-B", join(here, "python/bodies.py")];
  const seekable = (from: string, to: string): Promise<void> => makeSeekable(from, to, join(root, "packages"));
  await ensureData(options.data, kinds, options.sizes, { ...maker, texts, bodies, seekable });

  const load = [busy()];
  const results: Result[] = [];
  for (const one of cases) {
    console.error(`${one.name}: ${options.rounds} × ${python ? "ours and Python" : "ours"}`);
    results.push(await measure(one, sides, options));
    verify(results);
  }
  load.push(busy());

  const stored = dataPath(options.data, "stored", options.sizes);
  const arrayBytes = statSync(stored, { throwIfNoEntry: false })?.size;
  const rows = results.map((result) => rowOf(result, { full: !options.quick, arrayBytes }));
  const facts = [
    `${availableParallelism()} CPUs, load ${load.join(" before and ")} after`,
    `Node ${process.versions.node}`,
    python ? versionsOf(python) : "no Python with numpy: our figures alone, on files that somakit wrote",
    `medians of ${options.rounds}`,
    ...(options.quick ? ["little data: says nothing about speed"] : []),
  ];
  console.log(`${facts.join("; ")}\n\n${tableText(rows)}`);
  if (options.json !== undefined) {
    const samples = results.map(({ case: { name }, ...sides }) => ({ name, ...sides }));
    writeFileSync(options.json, `${JSON.stringify({ facts, sizes: options.sizes, rows, samples }, undefined, 2)}\n`);
  }
}

/** Processes that wanted a CPU in the last minute, on average; ours among them. */
function busy(): string {
  return (loadavg()[0] as number).toFixed(1);
}

let options: Options | undefined;
try {
  options = parseOptions(process.argv.slice(2), root);
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
if (options) {
  const bundles = mkdtempSync(join(tmpdir(), "somakit-bench-"));
  try {
    await main(options, bundles);
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
}
