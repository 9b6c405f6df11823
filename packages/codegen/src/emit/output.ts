import {
  type ExportDeclarationStructure,
  type ImportDeclarationStructure,
  type SourceFileStructure,
  type StatementStructures,
  StructureKind,
  VariableDeclarationKind,
  type VariableStatementStructure,
  type WriterFunction,
} from "ts-morph";
import { indented } from "../print/indented.js";
import { type Literal, printLiteral } from "../print/literal.js";
import { compareText, quote } from "../print/text.js";

/** A file to be printed. */
export interface Output {
  /** Relative to the output folder. */
  readonly path: string;
  /** Schemas that it comes from. */
  readonly sources: readonly string[];
  /** Where hand-written behaviour goes, for the first line. */
  readonly note: string;
  /** A comment for the compiler, on the second line. */
  readonly pragma?: string;
  readonly structure: SourceFileStructure;
  /** Code that somebody else has printed, for the end of the file. */
  readonly code?: string;
}

/** The entry of core that generated files import, and the only one. */
export const CORE = "@somakit/core/gen/v1";

const WIDTH = 120;

/** An import of `names` (type names as `type Name`), sorted, over several lines where one is too short. */
export function importOf(module: string, names: Iterable<string>): ImportDeclarationStructure[] {
  const sorted = [...new Set(names)].sort((a, b) => compareText(bare(a), bare(b)));
  if (sorted.length === 0) return [];
  const isTypeOnly = sorted.every((name) => name.startsWith("type "));
  const shown = isTypeOnly ? sorted.map(bare) : sorted;
  const line = `import ${isTypeOnly ? "type " : ""}{ ${shown.join(", ")} } from ${quote(module)};`;
  return [
    {
      kind: StructureKind.ImportDeclaration,
      moduleSpecifier: module,
      isTypeOnly,
      namedImports: line.length <= WIDTH ? shown : onePerLine(shown),
    },
  ];
}

function onePerLine(names: readonly string[]): WriterFunction {
  return (writer) => writer.write(`${indented(names.map((name) => `\n  ${name},`).join(""))}\n`);
}

/** `export type { A, B } from "module"`. */
export function exportTypes(module: string, names: readonly string[]): ExportDeclarationStructure {
  const line = `export type { ${names.join(", ")} } from ${quote(module)};`;
  return {
    ...exportAll(module),
    isTypeOnly: true,
    namedExports: line.length <= WIDTH ? [...names] : onePerLine(names),
  };
}

function bare(name: string): string {
  return name.replace(/^type /, "");
}

export function sourceFile(
  imports: readonly ImportDeclarationStructure[],
  statements: readonly (string | StatementStructures)[],
): SourceFileStructure {
  const [first, ...rest] = statements;
  if (first === undefined || imports.length === 0)
    return { kind: StructureKind.SourceFile, statements: [...imports, ...statements] };
  const spaced = typeof first === "string" ? `\n${first}` : { ...first, leadingTrivia: "\n" };
  return { kind: StructureKind.SourceFile, statements: [...imports, spaced, ...rest] };
}

export function exportAll(moduleSpecifier: string): ExportDeclarationStructure {
  return { kind: StructureKind.ExportDeclaration, moduleSpecifier };
}

/**
 * `export { name } from "module"`: for what is also loaded by `import()`. Bundlers that merge both find names that are
 * spelled out (esbuild 0.28 makes those of `export *` undefined).
 */
export function exportName(moduleSpecifier: string, name: string): ExportDeclarationStructure {
  return { ...exportAll(moduleSpecifier), namedExports: [name] };
}

/** `export const name: type = literal;` */
export function constant(options: {
  name: string;
  type: string;
  value: Literal;
  docs: readonly string[];
  /** True when left out. */
  exported?: boolean;
}): VariableStatementStructure {
  const { name, type, value, exported = true } = options;
  const head = `${exported ? "export " : ""}const ${name}: ${type} = `;
  return {
    kind: StructureKind.VariableStatement,
    isExported: exported,
    declarationKind: VariableDeclarationKind.Const,
    docs: [...options.docs],
    declarations: [{ name, type, initializer: indented(printLiteral(value, { column: head.length + 1 })) }],
  };
}
