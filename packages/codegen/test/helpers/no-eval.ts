import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StructureError } from "@somakit/core/gen/v1/structure";
import { buildSync } from "esbuild";
import { ts } from "ts-morph";

const RUNTIME = fileURLToPath(new URL("../../../core/src/gen/v1-structure.ts", import.meta.url));

/**
 * What a printed validator says of `values` in a Node that refuses to evaluate code: errors, or null for a good one.
 * `parts` is the module that it shares with others.
 */
export function validateWithoutEval(
  validator: string,
  values: readonly unknown[],
  parts = "",
): (StructureError[] | null)[] {
  const folder = mkdtempSync(join(tmpdir(), "somakit-no-eval-"));
  try {
    const runtime = join(folder, "node_modules", "@somakit", "core");
    mkdirSync(runtime, { recursive: true });
    writeFileSync(
      join(runtime, "package.json"),
      '{ "name": "@somakit/core", "type": "module", "exports": { "./gen/v1/structure": "./structure.js" } }',
    );
    buildSync({ entryPoints: [RUNTIME], bundle: true, format: "esm", outfile: join(runtime, "structure.js") });
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "validate.js"), javascript(validator));
    writeFileSync(join(folder, "index.parts.gen.js"), javascript(parts));
    writeFileSync(join(folder, "values.json"), JSON.stringify(values));
    writeFileSync(join(folder, "run.js"), RUN);
    const flags = ["--disallow-code-generation-from-strings", join(folder, "run.js")];
    return JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" })) as (StructureError[] | null)[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const RUN = `
import { readFileSync } from "node:fs";
import { validate } from "./validate.js";
let refused = false;
try { new Function("return 1")(); } catch { refused = true; }
if (!refused) throw new Error("this Node evaluates code");
const values = JSON.parse(readFileSync(new URL("values.json", import.meta.url), "utf8"));
console.log(JSON.stringify(values.map((value) => (validate(value) ? null : validate.errors))));
`;

function javascript(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  }).outputText;
}
