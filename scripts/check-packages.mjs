// Checks what users will install: packs every package, lints the tarballs, then installs them into an empty project
// outside of the repository, compiles it under both ways of resolving modules, and runs it. Needs no network: third-party
// dependencies are linked from this repository, only those that the packages declare.
//   node scripts/check-packages.mjs [--keep]
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { binOf, node, npm, packages, readJson, root, run } from "./lib.mjs";

const problems = [];
const report = (name, text) => problems.push(`${name}: ${text.trim()}`);

const temp = mkdtempSync(join(tmpdir(), "somakit-packages-"));
const consumer = join(temp, "consumer");
const modules = join(consumer, "node_modules");
try {
  await main();
} finally {
  if (process.argv.includes("--keep")) console.log(`kept ${temp}`);
  else rmSync(temp, { recursive: true, force: true });
}
if (problems.length > 0) {
  console.error(problems.join("\n\n"));
  process.exitCode = 1;
}

async function main() {
  const all = packages();
  if (all.length === 0) report("packages", "there are none");
  for (const pkg of all) await pack(pkg);
  if (problems.length > 0) return;
  linkDependencies(all);
  await Promise.all(all.map(lint));
  await consume(all);
  for (const pkg of all) await runCommands(pkg);
}

/** Packs and unpacks one package and looks at what is in it. */
async function pack(pkg) {
  const { name, exports, imports, bin } = pkg.manifest;
  const absent = targets({ exports, imports, bin }).filter((target) => existing(pkg.dir, target).length === 0);
  if (absent.length > 0) return report(name, `package.json names ${absent.join(", ")}, which the build did not make`);

  const packed = await run(npm("pack", "--silent", "--pack-destination", temp), { cwd: pkg.dir });
  const file = packed.stdout.trim().split("\n").at(-1);
  if (packed.code !== 0 || !file) return report(name, `npm pack failed\n${packed.output}`);
  pkg.tarball = join(temp, file);
  pkg.installed = join(modules, name);
  mkdirSync(pkg.installed, { recursive: true });
  const unpacked = await run(["tar", "-xzf", pkg.tarball, "--strip-components=1", "-C", pkg.installed]);
  if (unpacked.code !== 0) return report(name, `the tarball cannot be unpacked\n${unpacked.output}`);

  for (const needed of ["LICENSE", "README.md"]) {
    if (!existsSync(join(pkg.installed, needed))) report(name, `ships no ${needed}`);
  }
  for (const target of targets({ exports, imports, bin })) {
    if (existing(pkg.installed, target).length === 0) report(name, `package.json names ${target}, which is not packed`);
  }
  for (const path of readdirSync(pkg.installed, { recursive: true })) {
    if (/\.tsbuildinfo$|\.test\.\w+$|(^|[\\/])(test|node_modules)[\\/]/.test(path))
      report(name, `${path} must not be packed`);
    if (!path.endsWith(".map")) continue;
    const map = join(pkg.installed, path);
    const lost = readJson(map).sources.filter((source) => !existsSync(resolve(dirname(map), source)));
    if (lost.length > 0) report(name, `${path} points to ${lost.join(", ")}, which is not packed`);
  }
}

/** Every file path that a part of package.json leads to. */
function targets(value) {
  if (typeof value === "string") return value.startsWith("./") ? [value] : [];
  return value === null || typeof value !== "object" ? [] : Object.values(value).flatMap(targets);
}

/** What stands for `*` in each file that the target matches; one empty string for a plain file that exists. */
function existing(dir, target) {
  const [before, after] = join(dir, target).split("*");
  if (after === undefined) return existsSync(before) ? [""] : [];
  const folder = before.endsWith("/") || before.endsWith("\\") ? before : dirname(before);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((path) => join(folder, path))
    .filter((path) => path.startsWith(before) && path.endsWith(after) && path.length > before.length + after.length)
    .map((path) => path.slice(before.length, path.length - after.length).replaceAll("\\", "/"));
}

/** The module specifiers a user can import from a package, patterns filled in. */
function specifiers(pkg) {
  const found = Object.entries(pkg.manifest.exports ?? {}).flatMap(([key, target]) => {
    const [first] = targets(target);
    if (!targets(target).some((file) => file.endsWith(".js"))) return [];
    return existing(pkg.installed, first).map((star) => pkg.manifest.name + key.slice(1).replace("*", star));
  });
  return [...new Set(found)];
}

/** Gives each package the dependencies it declares, and only those. */
function linkDependencies(all) {
  const own = new Set(all.map((pkg) => pkg.manifest.name));
  const link = (name, from, to) => {
    const place = [from, root].map((folder) => join(folder, "node_modules", name)).find((folder) => existsSync(folder));
    if (!place) return report(name, "is a dependency but not installed");
    const target = join(to, "node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(place, target, "junction");
  };
  for (const { dir, installed, manifest } of all) {
    const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    for (const name of names) if (!own.has(name)) link(name, dir, installed);
  }
  link("@types/node", root, consumer);
}

async function lint(pkg) {
  const { name } = pkg.manifest;
  const publint = await run(node(binOf("publint"), "run", pkg.tarball, "--strict"));
  if (publint.code !== 0) report(name, `publint\n${publint.output}`);
  const entries = specifiers(pkg).map((specifier) => specifier.slice(name.length + 1) || ".");
  if (entries.length === 0) return;
  const options = ["--profile", "esm-only", "--format", "ascii", "--no-emoji", "--no-color"];
  const attw = await run(
    node(binOf("@arethetypeswrong/cli", "attw"), pkg.tarball, ...options, "--entrypoints", ...entries),
  );
  if (attw.code !== 0) report(name, `are the types wrong?\n${attw.output}`);
}

/** A project that imports every entry point, and the sources in test/consumer if there are any. */
async function consume(all) {
  const names = all.flatMap(specifiers);
  const lines = [
    ...names.map((name, i) => `import * as m${i} from ${JSON.stringify(name)};`),
    "export const modules: Record<string, object> = {",
    ...names.map((name, i) => `  ${JSON.stringify(name)}: m${i},`),
    "};",
    'console.log(Object.keys(modules).length, "entry points loaded");',
    "",
  ];
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  mkdirSync(join(consumer, "src"));
  writeFileSync(join(consumer, "src/entries.ts"), lines.join("\n"));
  const samples = join(root, "test/consumer");
  if (existsSync(samples)) cpSync(samples, join(consumer, "src"), { recursive: true });

  const common = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: "ES2022",
    lib: ["ES2023", "DOM", "DOM.AsyncIterable"],
    types: ["node"],
    rootDir: "src",
    outDir: "out",
  };
  const resolutions = {
    node16: { ...common, module: "node16", moduleResolution: "node16" },
    bundler: { ...common, module: "esnext", moduleResolution: "bundler", noEmit: true },
  };
  for (const [name, compilerOptions] of Object.entries(resolutions)) {
    const config = join(consumer, `tsconfig.${name}.json`);
    writeFileSync(config, JSON.stringify({ compilerOptions, include: ["src"] }));
    const compiled = await run(node(binOf("typescript", "tsc"), "-p", config), { cwd: consumer });
    if (compiled.code !== 0) report(`a project with moduleResolution ${name}`, `does not compile\n${compiled.output}`);
  }
  const out = join(consumer, "out");
  if (!existsSync(out)) return;
  for (const file of readdirSync(out).filter((entry) => entry.endsWith(".js"))) {
    const ran = await run(node(join("out", file)), { cwd: consumer });
    if (ran.code !== 0) report(`a project that uses the packages (${file})`, `fails\n${ran.output}`);
  }
  console.log(`${all.length} packages, ${names.length} entry points: ${names.join(" ")}`);
}

async function runCommands(pkg) {
  for (const [command, target] of Object.entries(pkg.manifest.bin ?? {})) {
    const file = join(pkg.installed, target);
    if (!readFileSync(file, "utf8").startsWith("#!/usr/bin/env node\n"))
      report(command, `${target} lacks "#!/usr/bin/env node"`);
    const ran = await run(node(relative(consumer, file), "--version"), { cwd: consumer });
    if (ran.code !== 0 || !ran.stdout.includes(pkg.manifest.version)) {
      report(command, `--version does not print ${pkg.manifest.version}\n${ran.output}`);
    }
  }
}
