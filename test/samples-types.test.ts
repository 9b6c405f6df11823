import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import * as ts from "typescript";
import { expect, it } from "vitest";
import { codeBlocks } from "./support/markdown.js";

const root = resolve(import.meta.dirname, "..");

/** Their samples import what the page has the reader generate, and are compiled where that is done. */
const GENERATING = ["tutorial.md", "writing-a-schema.md"];
const pages = [
  join(root, "README.md"),
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md") && !GENERATING.includes(name))
    .map((name) => join(root, "docs", name)),
];

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  types: ["node"],
  noEmit: true,
  // Those of tensor libraries do not agree with those of browsers.
  skipLibCheck: true,
};

it("every sample of the pages compiles under strict rules in a project that has the packages", {
  timeout: 120_000,
}, () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "somakit-samples-")));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const samples = pages.flatMap((page) =>
      codeBlocks(readFileSync(page, "utf8"), "ts").map((sample, index) => {
        const path = join(folder, `${basename(page, ".md")}-${index}.ts`);
        writeFileSync(path, `${sample}\nexport {};\n`);
        return path;
      }),
    );
    expect(samples.length).toBeGreaterThan(35);
    const program = ts.createProgram(samples, OPTIONS);
    const faults = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
      const message = ts.flattenDiagnosticMessageText(messageText, "\n");
      return `${basename(file?.fileName ?? "")}:${line}: ${message}`;
    });
    expect(faults).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
