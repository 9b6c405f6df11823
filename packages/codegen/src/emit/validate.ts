import type { StructureValidator } from "@somakit/core/gen/v1";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import ajvEqual from "ajv/dist/runtime/equal.js";
import ajvLength from "ajv/dist/runtime/ucs2length.js";
import ajvStandalone from "ajv/dist/standalone/index.js";
import type { Dataset, Json } from "../ir.js";
import type { Plan } from "../plan/plan.js";
import { escapeInvisible } from "../print/text.js";
import { CORE, importOf, type Output, sourceFile } from "./output.js";
import { outputPath } from "./paths.js";
import { namesInherited, structuralSchema } from "./structure.js";

/** `<name>.validate.gen.ts`: Ajv's check of a value's structure, printed, so that it runs where nothing may be evaluated. */
export function emitValidate(plan: Plan): Output {
  const { dataset } = plan;
  const { ajv, validate } = compileStructure(dataset);
  const { code, helpers, name } = standalone(ajv, validate);
  return {
    path: outputPath(dataset, "validate"),
    sources: [dataset.file],
    note: "",
    // Ajv's code has no types and unused variables.
    pragma: "@ts-nocheck",
    structure: sourceFile(importOf(CORE, ["type StructureValidator", ...helpers]), [
      `/** True, or false with what is wrong in \`errors\`. */\nexport const validate: StructureValidator = ${name};`,
    ]),
    code,
  };
}

/** The same check, made in place, for schemas that are interpreted. Needs the right to evaluate code. */
export function structureOf(dataset: Dataset): StructureValidator {
  const { ajv, validate } = compileStructure(dataset);
  const { code, name } = standalone(ajv, validate);
  const make = new Function("equal", "ucs2length", `"use strict";\n${code}\nreturn ${name};`);
  return make(exported(ajvEqual), exported(ajvLength)) as StructureValidator;
}

/** The default export of a CommonJS module, which some loaders hand out at once. */
function exported<T>(module: T | { readonly default: T }): T {
  return typeof module === "object" && module !== null && "default" in module ? module.default : (module as T);
}

function compileStructure(dataset: Dataset): { ajv: Ajv2020; validate: ValidateFunction } {
  const schema = structuralSchema(dataset.bundled);
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    // The dialect's own check was stricter than that of Ajv's meta-schemas, which take longer to compile than the schema.
    meta: false,
    validateSchema: false,
    strictNumbers: false, // NaN stands for "not measured" in half of all data sets
    ownProperties: namesInherited(schema as Json),
    code: { source: true, esm: true, lines: true },
    logger: false,
  });
  // The dialect has no unevaluatedProperties; without this every function writes down what it has evaluated.
  ajv.opts.unevaluated = false;
  return { ajv, validate: ajv.compile(schema) };
}

interface Standalone {
  readonly code: string;
  /** Functions to be imported from core. */
  readonly helpers: readonly string[];
  /** The function that checks the root. */
  readonly name: string;
}

const HELPERS: Readonly<Record<string, string>> = {
  'require("ajv/dist/runtime/ucs2length").default': "ucs2length",
  'require("ajv/dist/runtime/equal").default': "equal",
};

function standalone(ajv: Ajv2020, validate: ValidateFunction): Standalone {
  const lines = exported(ajvStandalone)(ajv, validate).split("\n");
  const bases = definitionBases(validate);
  const helpers: string[] = [];
  const kept: string[] = [];
  let name = "";
  let base = "";
  for (const line of lines) {
    if (line === '"use strict";' || line.startsWith("export default ")) continue;
    const root = /^export const validate = (\w+);$/.exec(line);
    if (root) {
      name = root[1] as string;
      continue;
    }
    const imported = /^const (\w+) = (require\(.*)$/.exec(line);
    if (imported) {
      const helper = HELPERS[(imported[2] as string).replace(/;$/, "")];
      if (helper === undefined) throw new Error(`Ajv needs ${imported[2]}, which generated files cannot import`);
      helpers.push(helper);
      kept.push(`const ${imported[1]} = ${helper};`);
      continue;
    }
    base = bases.get(/^function (\w+)\(/.exec(line)?.[1] ?? "") ?? (line.startsWith("function ") ? "" : base);
    kept.push(rewriteStrings(line, base));
  }
  return { code: tidy(kept), helpers, name };
}

/**
 * Pointers, by function, that its errors start from: Ajv counts them from the shared part that a function was made for.
 */
function definitionBases(validate: ValidateFunction): ReadonlyMap<string, string> {
  const refs = Object.entries(validate.schemaEnv?.root.refs ?? {});
  return new Map(
    refs.flatMap(([ref, target]) =>
      target && typeof target === "object" && "validateName" in target
        ? [[String(target.validateName), ref.slice(ref.indexOf("#") + 1)] as const]
        : [],
    ),
  );
}

/** A whole string literal, with what stands before and after it where that decides what it is. */
const STRING = /(schemaPath:)?("(?:[^"\\]|\\.)*")(:)?/g;

/**
 * Corrects pointers, and keys that would set a prototype. Every string is matched as a whole, so nothing that a schema
 * puts into one can be taken for code.
 */
function rewriteStrings(line: string, base: string): string {
  return line.replace(STRING, (match, pointer: string | undefined, literal: string, colon: string | undefined) => {
    if (pointer !== undefined) return `${pointer}${pointerOf(literal, base)}${colon ?? ""}`;
    return literal === '"__proto__"' && colon !== undefined ? '["__proto__"]:' : match;
  });
}

/** Ajv's `schemaPath` as a literal, from the root of the schema and not escaped for URIs. */
function pointerOf(literal: string, base: string): string {
  const path = JSON.parse(literal) as string;
  return JSON.stringify(`#${base}${path.split("/").map(decodeURIComponent).join("/").slice(1)}`);
}

/** Indents Ajv's lines, drops schemas that nothing reads, and lets bundlers drop the patterns. */
function tidy(lines: readonly string[]): string {
  const code = lines.join("\n");
  const used = lines.filter((line) => {
    const constant = /^const (schema\d+) = /.exec(line)?.[1];
    return constant === undefined || code.split(new RegExp(`\\b${constant}\\b`)).length > 2;
  });
  let depth = 0;
  const indented = used.map((line) => {
    const text = line.trim();
    if (text.startsWith("}")) depth--;
    const printed = text === "" ? "" : "  ".repeat(depth) + text;
    if (text.endsWith("{")) depth++;
    return printed.replace(/^(const pattern\d+ = )new /, "$1/* @__PURE__ */ new ");
  });
  return escapeInvisible(
    indented
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
  );
}
