import { stat } from "node:fs/promises";
import type { FolderReport } from "@somakit/codegen";
import { EXIT, UsageError } from "../failure.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { textOption, type Verb } from "./verb.js";

export const generate: Verb = {
  name: "generate",
  summary: "Generate typed readers, writers and validators from a folder of schemas",
  details: [
    "Writes what changed, removes what is generated no more, and touches nothing else. Nothing is written while a schema has errors.",
    "The output imports @somakit/core and needs nothing else.",
  ],
  arguments: [],
  options: [
    { flags: "--schemas <folder>", description: "folder of schemas", required: true },
    { flags: "--out <folder>", description: "folder for the generated TypeScript", required: true },
    { flags: "--docs <folder>", description: "folder for a page of documentation on each data set" },
    {
      flags: "--conventions <folder>",
      description: "further conventions that schemas may name (default: those of @somakit/formats)",
    },
    { flags: "--check", description: "compare only: exit with 1 when something would be written or removed" },
    {
      flags: "--exclude <name...>",
      description: "folders and files (without .json) at the top of the schemas to leave out",
    },
  ],
  examples: [
    ["somakit generate --schemas schemas --out src/formats", "writes the files"],
    ["somakit generate --schemas schemas --out src/formats --check", "for continuous integration"],
  ],

  async run({ printer }, { options }) {
    const { generateFolder } = await import("@somakit/codegen");
    const schemas = options["schemas"] as string;
    const conventions = textOption({ arguments: [], options }, "conventions");
    for (const folder of [schemas, conventions]) {
      if (folder !== undefined && !(await isFolder(folder))) throw new UsageError(`there is no folder ${folder}`);
    }
    const report = await generateFolder({
      schemas,
      out: options["out"] as string,
      docs: textOption({ arguments: [], options }, "docs"),
      conventions,
      check: options["check"] === true,
      exclude: (options["exclude"] as readonly string[] | undefined) ?? [],
    });
    if (printer.json) await printer.document(jsonPieces(report, 2));
    else print(printer, report, options["check"] === true);
    return report.ok ? EXIT.fine : EXIT.invalid;
  },
};

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function print(printer: Printer, report: FolderReport, check: boolean): void {
  for (const { severity, file, pointer, line, message, hint } of report.problems) {
    if (printer.quiet && severity !== "error") continue;
    const place = `${file}${line === undefined ? "" : `:${line}`}:${pointer || "/"}`;
    printer.problem(
      place,
      " ",
      severity === "error" ? styled("red", "error") : styled("yellow", "warning"),
      " ",
      message,
    );
    if (hint !== undefined) printer.problem("  hint: ", hint);
  }
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
  for (const [word, paths] of lists) for (const path of paths) printer.line(`${word} ${path}`);
  const counts = [...lists.map(([word, paths]) => `${paths.length} ${word}`), `${report.unchanged} unchanged`];
  printer.note(counts.join(", "));
}
