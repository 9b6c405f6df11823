import { stat } from "node:fs/promises";
import type { FileDifference, FolderReport } from "@somakit/codegen";
import { EXIT, UsageError } from "../failure.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { printProblems } from "../schemas/problems.js";
import { textOption, type Verb, type VerbInput } from "./verb.js";

export const generate: Verb = {
  name: "generate",
  summary: "Generate typed readers, writers and validators from a folder of schemas",
  details: [
    "Writes what changed, removes what is generated no more, and touches nothing else. Nothing is written while a schema has errors.",
    "The output imports @somakit/core and needs nothing else.",
  ],
  arguments: [{ name: "schemas", description: "folder of schemas", required: false }],
  options: [
    { flags: "--schemas <folder>", description: "the same, as other commands have it" },
    { flags: "-o, --output <folder>", description: "folder for the generated TypeScript", required: true },
    { flags: "--docs <folder>", description: "folder for a page of documentation on each data set" },
    {
      flags: "--conventions <folder>",
      description: "further conventions that schemas may name (default: those of @somakit/formats)",
    },
    { flags: "--check", description: "compare only: exit with 1 when something would be written or removed" },
    {
      flags: "--exclude <name>",
      description:
        "a folder or file (without .json) at the top of the schemas to leave out; may be given several times",
      several: true,
    },
  ],
  examples: [
    ["somakit generate schemas -o src/formats", "writes the files"],
    ["somakit generate schemas -o src/formats --check", "for continuous integration"],
  ],

  async run({ printer }, input) {
    const { generateFolder } = await import("@somakit/codegen");
    const { options } = input;
    const schemas = schemasOf(input);
    const conventions = textOption(input, "conventions");
    for (const folder of [schemas, conventions]) {
      if (folder !== undefined && !(await isFolder(folder))) throw new UsageError(`there is no folder ${folder}`);
    }
    const report = await generateFolder({
      schemas,
      out: options["output"] as string,
      docs: textOption(input, "docs"),
      conventions,
      check: options["check"] === true,
      exclude: (options["exclude"] as readonly string[] | undefined) ?? [],
    });
    if (printer.json) await printer.document(jsonPieces(report, 2));
    else print(printer, report, options["check"] === true);
    return report.ok ? EXIT.fine : EXIT.invalid;
  },
};

function schemasOf(input: VerbInput): string {
  const named = [input.arguments[0] as string | undefined, textOption(input, "schemas")].filter(
    (name) => name !== undefined,
  );
  if (named.length === 1) return named[0] as string;
  throw new UsageError(
    named.length === 0 ? "nothing says where the schemas are" : "the folder of schemas is given twice",
    "somakit generate FOLDER -o FOLDER",
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function print(printer: Printer, report: FolderReport, check: boolean): void {
  printProblems(printer, report.problems);
  const errors = report.problems.filter(({ severity }) => severity === "error").length;
  if (errors > 0) {
    printer.problem(`${countLabel(errors, "error")} in the schemas: nothing was generated`);
    return;
  }
  const lists = check
    ? ([
        ["missing", report.missing],
        ["changed", report.changed],
        ["orphaned", report.orphaned],
      ] as const)
    : ([
        ["written", [...report.missing, ...report.changed]],
        ["removed", report.orphaned],
      ] as const);
  const differences = new Map(report.differences.map((difference) => [difference.path, difference]));
  for (const [word, paths] of lists) {
    for (const path of paths) {
      const difference = report.changed.includes(path) ? differences.get(path) : undefined;
      printer.line(`${word} ${path}`, difference ? styled("dim", sizeText(difference)) : "");
      if (difference) printDifference(printer, difference, check);
    }
  }
  const counts = [...lists.map(([word, paths]) => `${paths.length} ${word}`), `${report.unchanged} unchanged`];
  printer.note(counts.join(", "));
}

function sizeText({ added, removed }: FileDifference): string {
  return ` (+${added.length} -${removed.length})`;
}

const MOST_LINES = 12;

/** Names that came and went; with `--check`, lines as well. */
function printDifference(printer: Printer, { added, removed, names }: FileDifference, check: boolean): void {
  for (const name of names.removed) printer.line("  ", styled("red", `- ${name}`));
  for (const name of names.added) printer.line("  ", styled("green", `+ ${name}`));
  if (!check) return;
  const lines = [
    ...removed.map((line) => ["red", `- ${line}`] as const),
    ...added.map((line) => ["green", `+ ${line}`] as const),
  ];
  const most = printer.verbose ? lines.length : MOST_LINES;
  for (const [style, line] of lines.slice(0, most)) printer.line("    ", styled(style, line));
  if (lines.length > most) printer.line("    ", styled("dim", `… ${lines.length - most} more; --verbose shows all`));
}
