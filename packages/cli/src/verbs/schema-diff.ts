import type { ChangeKind, Project, SchemaChange } from "@somakit/codegen";
import { Annotated, about, EXIT } from "../failure.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { FaultySchemas } from "../schemas/faults.js";
import { textArgument, textOption, type Verb } from "./verb.js";

/** The gravest first. */
const KINDS = ["breaking", "upgrade", "compatible"] as const;

export const schemaDiff: Verb = {
  name: "schema diff",
  summary: "Say what changed between two versions of schemas, and what that means to files",
  details: [
    "breaking: files or code that were right are not any more. upgrade: files still open, and somakit upgrade rewrites them. compatible: files stay valid.",
    "Two folders are compared data set by data set, with their conventions and lists; two files with each other.",
  ],
  arguments: [
    { name: "old", description: "a folder of schemas, or a schema", required: true },
    { name: "new", description: "its later version", required: true },
  ],
  options: [
    {
      flags: "--fail-on <kind>",
      description: "exit with 1 when there is a change of this kind or a graver one",
      choices: ["breaking", "upgrade", "compatible"],
    },
  ],
  examples: [
    ["somakit schema diff v1 v2", "all changes, the gravest first"],
    ["somakit schema diff --fail-on breaking released schemas", "for continuous integration"],
  ],

  async run({ printer }, input) {
    const { diffProjects } = await import("@somakit/codegen");
    const [older, newer] = [await loaded(textArgument(input, 0)), await loaded(textArgument(input, 1))];
    const found = diffProjects(older, newer);
    const changes = KINDS.flatMap((kind) => found.filter((change) => change.kind === kind));
    const counts = Object.fromEntries(
      KINDS.map((kind) => [kind, changes.filter((change) => change.kind === kind).length]),
    ) as Record<ChangeKind, number>;
    if (printer.json) await printer.document(jsonPieces({ counts, changes }, 2));
    else print(printer, changes, counts);
    const limit = textOption(input, "failOn");
    const grave = KINDS.slice(0, KINDS.indexOf(limit as ChangeKind) + 1);
    return grave.some((kind) => counts[kind] > 0) ? EXIT.invalid : EXIT.fine;
  },
};

async function loaded(path: string): Promise<Project> {
  const { loadSchemas } = await import("@somakit/codegen");
  const { folder, project, problems } = await about(path, () => loadSchemas(path));
  if (problems.some(({ severity }) => severity === "error"))
    throw new Annotated(new FaultySchemas(folder, problems), { hint: `somakit schema check ${path} lists all faults` });
  return project;
}

const STYLES = { breaking: "red", upgrade: "yellow", compatible: "green" } as const;

function print(printer: Printer, changes: readonly SchemaChange[], counts: Readonly<Record<ChangeKind, number>>): void {
  for (const { kind, file, pointer, message, why } of changes) {
    printer.line(styled(STYLES[kind], kind.padEnd(10)), `  ${message}`);
    printer.line("            ", styled("dim", `${file} ${pointer === "" ? "/" : pointer}: ${why}`));
  }
  const sums = KINDS.map((kind) => `${counts[kind]} ${kind}`).join(", ");
  printer.line(changes.length === 0 ? "no changes" : `${countLabel(changes.length, "change")}: ${sums}`);
}
