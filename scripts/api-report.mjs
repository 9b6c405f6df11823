// What users can import, as text: one file of docs/api for each entry point, with every exported declaration and no more; entry
// points that offer a part of what the package's own one does are listed in one file, with their names. A change of the public
// API is a change of these files, which a review sees.
//   node scripts/api-report.mjs            writes them
//   node scripts/api-report.mjs --check    fails where they are not what the build exports
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";
import { packages, root } from "./lib.mjs";

const folder = join(root, "docs/api");
const check = process.argv.includes("--check");

/** Entry points by their specifier: the declaration file that each leads to. */
function entryPoints() {
  const found = [];
  for (const { dir, manifest } of packages()) {
    for (const [key, target] of Object.entries(manifest.exports ?? {})) {
      if (typeof target !== "object" || !target.types) continue;
      for (const star of key.includes("*") ? starsOf(dir, target.types) : [""]) {
        const specifier = manifest.name + key.slice(1).replace("*", star);
        found.push({ specifier, root: manifest.name, file: join(dir, target.types.replace("*", star)) });
      }
    }
  }
  // Of an entry that has a name of its own the pattern says nothing new.
  const once = new Map(found.reverse().map((entry) => [entry.specifier, entry]));
  return [...once.values()].sort((a, b) => (a.specifier < b.specifier ? -1 : 1));
}

/** What stands for the star in the path of a declaration file. */
function starsOf(dir, pattern) {
  const [before, after] = pattern.split("*");
  return readdirSync(join(dir, before), { recursive: true })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(after) && path.length > after.length)
    .map((path) => path.slice(0, -after.length));
}

const fileOf = (specifier) => `${specifier.replace("@somakit/", "").replaceAll("/", "-")}.api.md`;

const entries = entryPoints();
const program = ts.createProgram(
  entries.map(({ file }) => file),
  {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    strict: true,
    types: [],
    noLib: true,
  },
);
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

function moduleOf({ specifier, file }) {
  const source = program.getSourceFile(file);
  const symbol = source && checker.getSymbolAtLocation(source);
  if (!symbol) throw new Error(`${specifier}: ${file} is no module; run \`npm run build\` first`);
  return symbol;
}

function reportOf(entry) {
  const symbol = moduleOf(entry);
  const lines = [
    `# ${entry.specifier}`,
    "",
    "Everything that can be imported from here. Made by `npm run api`.",
    "",
    "```ts",
  ];
  lines.push(...exportsOf(symbol, new Set([symbol])), "```", "");
  return lines.join("\n");
}

const targetOf = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

/** Whether the package's own entry point offers all of it as well, under the same names. */
function isPart(entry) {
  const whole = entries.find(({ specifier }) => specifier === entry.root);
  if (!whole || whole === entry) return false;
  const all = new Map(checker.getExportsOfModule(moduleOf(whole)).map((symbol) => [symbol.name, targetOf(symbol)]));
  const own = checker.getExportsOfModule(moduleOf(entry));
  return own.length > 0 && own.every((symbol) => all.get(symbol.name) === targetOf(symbol));
}

function partsReport(root, parts) {
  const names = (entry) => checker.getExportsOfModule(moduleOf(entry)).map(({ name }) => name);
  const lines = parts.flatMap((entry) => ["", `## ${entry.specifier}`, "", names(entry).sort().join(", ")]);
  return `# Parts of ${root}\n\nWhat ${root} exports is also to be had by concern. Made by \`npm run api\`.\n${lines.join("\n")}\n`;
}

/** Declarations in the order of their names. */
function exportsOf(module, around) {
  const symbols = checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1));
  return symbols.flatMap((symbol) => declarationsOf(symbol, around));
}

function declarationsOf(symbol, around) {
  const target = targetOf(symbol);
  const declarations = target.declarations ?? [];
  if (declarations.length === 0) throw new Error(`${symbol.name} is exported but not declared`);
  if (declarations.some(ts.isSourceFile)) {
    if (around.has(target)) return [`namespace ${symbol.name} { /* see above */ }`];
    const inner = exportsOf(target, new Set([...around, target])).map((line) => line.replace(/^(?=.)/gm, "  "));
    return [`namespace ${symbol.name} {`, ...inner, "}"];
  }
  const texts = declarations.map((declaration) => textOf(declaration));
  const renamed = symbol.name === target.name ? [] : [`// ${symbol.name} is:`];
  return [...renamed, ...new Set(texts)];
}

/** A declaration as it is in the .d.ts file, without comments, `export`, `declare` and private members. */
function textOf(declaration) {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const { transformed } = ts.transform(node, [(context) => (root) => ts.visitNode(root, visitor(context, root))]);
  return printer.printNode(ts.EmitHint.Unspecified, transformed[0], declaration.getSourceFile()).trim();
}

function visitor(context, top) {
  const visit = (node) => {
    if (node === top) return ts.visitEachChild(node, visit, context);
    if (node.kind === ts.SyntaxKind.ExportKeyword || node.kind === ts.SyntaxKind.DeclareKeyword) return undefined;
    const isPrivate =
      (ts.isClassElement(node) && ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) ||
      (ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name));
    return isPrivate ? undefined : ts.visitEachChild(node, visit, context);
  };
  return visit;
}

const parts = new Set(entries.filter(isPart));
const reports = new Map(
  entries.filter((entry) => !parts.has(entry)).map((entry) => [fileOf(entry.specifier), reportOf(entry)]),
);
for (const root of new Set([...parts].map((entry) => entry.root)))
  reports.set(
    fileOf(`${root}/parts`),
    partsReport(
      root,
      [...parts].filter((entry) => entry.root === root),
    ),
  );
const there = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".api.md")) : [];
if (check) {
  const problems = [];
  for (const [name, text] of reports) {
    if (!there.includes(name)) problems.push(`docs/api/${name} is missing`);
    else if (readFileSync(join(folder, name), "utf8") !== text) problems.push(firstDifference(name, text));
  }
  for (const name of there) if (!reports.has(name)) problems.push(`docs/api/${name} is of no entry point`);
  if (problems.length > 0) {
    console.error(`${problems.join("\n")}\nIf that is meant, run \`npm run api\` and commit what it writes.`);
    process.exitCode = 1;
  }
} else {
  mkdirSync(folder, { recursive: true });
  for (const name of there) if (!reports.has(name)) rmSync(join(folder, basename(name)));
  for (const [name, text] of reports) writeFileSync(join(folder, name), text);
}
console.log(`${reports.size} entry points`);

function firstDifference(name, text) {
  const [old, now] = [readFileSync(join(folder, name), "utf8").split("\n"), text.split("\n")];
  const at = now.findIndex((line, index) => line !== old[index]);
  return `docs/api/${name}:${at + 1}: ${JSON.stringify(old[at] ?? "")} is now ${JSON.stringify(now[at] ?? "")}`;
}
