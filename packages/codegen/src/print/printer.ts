import { IndentationText, NewLineKind, Project, QuoteKind } from "ts-morph";
import type { Output } from "../emit/output.js";
import type { Problem } from "../ir.js";
import { header } from "./header.js";
import { settleIndentation } from "./indented.js";

/** Printed files by path, and what is wrong with their syntax: a fault of the generator, named after its schema. */
export interface Printed {
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Prints each file at once from its structures, and parses what came out. */
export function print(outputs: readonly Output[]): Printed {
  const printing = inMemory();
  const checking = inMemory();
  const files = new Map<string, string>();
  const sources = new Map<string, Output>();
  for (const output of outputs) {
    const printed = printing.createSourceFile(output.path, output.structure);
    const body = printed.getFullText();
    printed.forget();
    const pragma = output.pragma === undefined ? "" : `// ${output.pragma}\n`;
    const parts = [`${header(output.sources, output.note)}\n${pragma}`, settleIndentation(body), output.code ?? ""];
    const text = `${parts.flatMap((part) => part.trim() || []).join("\n\n")}\n`;
    files.set(output.path, text);
    sources.set(checking.createSourceFile(output.path, text).getFilePath(), output);
  }
  return { files, problems: syntaxProblems(checking, sources) };
}

function inMemory(): Project {
  return new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions: { noLib: true, noResolve: true, types: [] },
    manipulationSettings: {
      indentationText: IndentationText.TwoSpaces,
      newLineKind: NewLineKind.LineFeed,
      quoteKind: QuoteKind.Double,
    },
  });
}

function syntaxProblems(project: Project, sources: ReadonlyMap<string, Output>): Problem[] {
  return project
    .getProgram()
    .getSyntacticDiagnostics()
    .map((diagnostic) => {
      const output = sources.get(diagnostic.getSourceFile().getFilePath());
      const line = diagnostic.getLineNumber();
      const message = diagnostic.getMessageText();
      return {
        severity: "error",
        file: output?.sources[0] ?? "",
        pointer: "",
        line: undefined,
        message: `the generated file ${output?.path} would not be valid TypeScript: line ${line}: ${typeof message === "string" ? message : message.getMessageText()}`,
        hint: "this is a fault of the generator; please report it with the schema",
      };
    });
}
