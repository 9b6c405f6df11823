// Checks that browsers can use the packages and what they pay: bundles small programs for a browser, fails on anything that
// only Node has, on sizes more than a tenth above those in docs/bundle-sizes.json, and on budgets that are exceeded.
//   node scripts/check-bundle.mjs             compare
//   node scripts/check-bundle.mjs --record    write the sizes down as the new measure
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { build as viteBuild } from "vite";
import { cache, readJson, root } from "./lib.mjs";

/** The programs. What a bundler can drop is dropped, so `export *` measures a whole entry point. */
const programs = {
  core: `export * from "@somakit/core";`,
  "formats/humandata": `export * from "@somakit/formats/humandata";`,
  "formats/pyskl": `export * from "@somakit/formats/pyskl";`,
  "formats/humandata, open only": `export { open } from "@somakit/formats/humandata";`,
  "formats/pyskl, open only": `export { open } from "@somakit/formats/pyskl";`,
  "formats/datagen, open only": `export { open } from "@somakit/formats/datagen";`,
  "formats/bodycompress, open only": `export { open } from "@somakit/formats/bodycompress";`,
  "formats/skelshop, open only": `export { open } from "@somakit/formats/skelshop";`,
  "formats/coco, open only": `export { open } from "@somakit/formats/coco";`,
  "formats/humandata and arrays, open only": `export { open } from "@somakit/formats/humandata";
    export { NdArray, take } from "@somakit/core/ndarray";
    export { isFormatError } from "@somakit/core/errors";
    export { urlSource } from "@somakit/core/source";`,
};
/** Programs that Vite bundles as well: unlike esbuild, it follows no name that is imported from an index and not used. */
const viteToo = Object.keys(programs).filter((name) => name.endsWith("open only"));
/** Bytes, gzipped, that load before anything of a file is read. */
const budgets = {
  "formats/humandata, open only": 40_000,
  "formats/humandata and arrays, open only": 43_000,
  "formats/pyskl, open only": 40_000,
};
const tolerance = 1.1;
const record = join(root, "docs/bundle-sizes.json");

const problems = [];

const options = {
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  splitting: true,
  metafile: true,
  write: false,
  outdir: "out",
  absWorkingDir: root,
  external: ["node:*"], // named below together with the file that wants it
  logLevel: "silent",
};

/** Bundles a program, looks for what only Node has, and returns its size: what loads at once, and what may load later. */
async function measure(name, contents) {
  const stdin = { contents, resolveDir: root, sourcefile: "program.js" };
  try {
    const readable = await build({ ...options, stdin });
    lookForNode(name, readable);
    const { metafile, outputFiles } = await build({ ...options, stdin, minify: true, legalComments: "none" });
    return sizes(metafile, outputFiles);
  } catch (error) {
    if (!error.errors) throw error;
    const lines = error.errors.map(
      ({ text, location }) => `  ${text}${location ? ` (${location.file}:${location.line})` : ""}`,
    );
    problems.push(`${name}: cannot be bundled for a browser\n${lines.join("\n")}`);
    return undefined;
  }
}

/** Calls of require (methods of that name are somebody's own business), and imports from Node. */
const NODE_ONLY = /(?<![\w$.#])require\s*\(\s*["'`]|\b__require\s*\(|\b(?:from|import)\s*\(?\s*["'`]node:/;

function lookForNode(name, { metafile, outputFiles }) {
  const guilty = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
    imports.filter(({ path }) => path.startsWith("node:")).map(({ path }) => `${name}: ${file} imports ${path}`),
  );
  problems.push(...guilty);
  if (guilty.length > 0) return;
  for (const { path, text } of outputFiles) {
    const lines = text.split("\n");
    const at = lines.findIndex((line) => NODE_ONLY.test(line));
    if (at < 0) continue;
    const around = lines.slice(Math.max(0, at - 1), at + 2).map((line) => `  ${line.slice(0, 200)}`);
    problems.push(`${name}: ${relative(root, path)} calls require() or imports from Node\n${around.join("\n")}`);
  }
}

function sizes(metafile, outputFiles) {
  const bytes = new Map(outputFiles.map((file) => [relative(root, file.path).replaceAll("\\", "/"), file.contents]));
  const [entry] = Object.entries(metafile.outputs).find(
    ([, output]) => output.entryPoint !== undefined && isProgram(output),
  );
  const reach = (files, kinds) => {
    const found = new Set();
    const visit = (file) => {
      if (found.has(file)) return;
      found.add(file);
      for (const { path, kind } of metafile.outputs[file].imports)
        if (kinds.includes(kind) && bytes.has(path)) visit(path);
    };
    for (const file of files) visit(file);
    return found;
  };
  const first = reach([entry], ["import-statement"]);
  const add = (files) => {
    const contents = files.map((file) => bytes.get(file));
    return {
      minified: contents.reduce((sum, content) => sum + content.length, 0),
      gzipped: contents.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0),
    };
  };
  // The bundler also writes files that it found behind code which it dropped; nothing asks for those.
  const later = [...reach(first, ["import-statement", "dynamic-import"])].filter((file) => !first.has(file));
  return { ...add([...first]), ...(later.length > 0 ? { later: add(later) } : {}) };
}

/** The same program as Vite bundles it: what loads at once, and all else. */
async function measureVite(contents) {
  const folder = join(cache, "bundle");
  mkdirSync(folder, { recursive: true });
  const input = join(folder, "program.js");
  writeFileSync(input, contents);
  const { output } = await viteBuild({
    configFile: false,
    root: folder,
    logLevel: "silent",
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rollupOptions: { input, preserveEntrySignatures: "strict", external: [/^node:/] },
    },
  });
  const chunks = new Map(output.filter(({ type }) => type === "chunk").map((chunk) => [chunk.fileName, chunk]));
  const first = new Set();
  const visit = (file) => {
    if (first.has(file) || !chunks.has(file)) return;
    first.add(file);
    for (const other of chunks.get(file).imports) visit(other);
  };
  for (const chunk of chunks.values()) if (chunk.isEntry) visit(chunk.fileName);
  const add = (names) => {
    const texts = names.map((name) => Buffer.from(chunks.get(name).code));
    return {
      minified: texts.reduce((sum, text) => sum + text.length, 0),
      gzipped: texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0),
    };
  };
  const later = [...chunks.keys()].filter((name) => !first.has(name));
  return { ...add([...first]), ...(later.length > 0 ? { later: add(later) } : {}) };
}

const isProgram = (output) => output.entryPoint === "program.js";

const measured = {};
for (const [name, contents] of Object.entries(programs)) {
  const size = await measure(name, contents);
  if (!size) continue;
  measured[name] = size;
  if (viteToo.includes(name)) measured[`${name}, by Vite`] = await measureVite(contents);
}

const known = existsSync(record) ? readJson(record) : {};
const recording = process.argv.includes("--record");
const kB = (size) => `${(size / 1000).toFixed(1)} kB`;
for (const [name, size] of Object.entries(measured)) {
  const later = size.later ? `, later ${kB(size.later.minified)} (${kB(size.later.gzipped)})` : "";
  console.log(`${name}: ${kB(size.minified)} minified (${kB(size.gzipped)} gzipped)${later}`);
  const budget = budgets[name.replace(", by Vite", "")];
  if (budget !== undefined && size.gzipped > budget)
    problems.push(`${name}: ${kB(size.gzipped)} gzipped, ${kB(budget)} is all that it may have`);
  if (recording) continue;
  if (!known[name]) problems.push(`${name}: no size is on record; run \`npm run check:bundle -- --record\``);
  else compare(name, known[name], size);
}

function compare(name, before, now) {
  const pairs = [
    ["minified", before.minified, now.minified],
    ["gzipped", before.gzipped, now.gzipped],
    ["minified and loaded later", before.later?.minified ?? 0, now.later?.minified ?? 0],
    ["gzipped and loaded later", before.later?.gzipped ?? 0, now.later?.gzipped ?? 0],
  ];
  for (const [what, was, is] of pairs) {
    if (is <= was * tolerance) continue;
    problems.push(
      `${name}: ${kB(is)} ${what}, on record are ${kB(was)}; if it is worth it, run \`npm run check:bundle -- --record\``,
    );
  }
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exitCode = 1;
} else if (recording) {
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, `${JSON.stringify(measured, null, 2)}\n`);
}
