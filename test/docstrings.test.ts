import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import * as ts from "typescript";
import { expect, it } from "vitest";

const packages = resolve(import.meta.dirname, "../packages");

/** Declarations of what can be imported: the index of each package, and of each of its folders. */
function entryPoints(): readonly string[] {
  return ["core", "formats", "codegen"].flatMap((name) => {
    const dist = join(packages, name, "dist");
    const folders = readdirSync(dist, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return ["", ...folders.map((folder) => folder.name)]
      .flatMap((folder) => ["index.d.ts", "index.gen.d.ts"].map((file) => join(dist, folder, file)))
      .filter((path) => existsSync(path));
  });
}

it("says of everything that can be imported what it is", { timeout: 120_000 }, () => {
  const entries = entryPoints();
  expect(entries.length).toBeGreaterThan(20);
  const program = ts.createProgram(entries, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ["node"],
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const symbols = entries.flatMap((path) => {
    const file = program.getSourceFile(path);
    const module = file && checker.getSymbolAtLocation(file);
    return module ? checker.getExportsOfModule(module) : [];
  });
  const exported = new Set(
    symbols.map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)),
  );
  expect(exported.size).toBeGreaterThan(1000);
  const silent = [...exported].filter((symbol) => {
    const [declaration] = symbol.declarations ?? [];
    // Modules that are exported as namespaces; and options, which belong to the function that takes them.
    if (!declaration || ts.isSourceFile(declaration) || symbol.name.endsWith("Options")) return false;
    const isOurs = declaration.getSourceFile().fileName.startsWith(packages);
    return isOurs && symbol.getDocumentationComment(checker).length === 0;
  });
  expect(silent.map(({ name }) => name)).toEqual([]);
});
