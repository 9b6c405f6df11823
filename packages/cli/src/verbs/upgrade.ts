import { type Change, upgradeWith } from "@somakit/core";
import { rootOf, withDataset } from "../dataset.js";
import { EXIT } from "../failure.js";
import { AS, FORCE, handlingOf, MISMATCHES, workOptions } from "../handling.js";
import { targetOf, verifyFree } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { printWritten } from "../print/written.js";
import { saveRecord } from "../save.js";
import { FILE, textArgument, textOption, type Verb } from "./verb.js";

export const upgrade: Verb = {
  name: "upgrade",
  summary: "Bring a file of an older make up to date",
  details: [
    "Former names of keys, outdated keys and forms of arrays, conventions that the number of keypoints tells, sizes and defaults that are not stated. Each change says where, what, and which rule of the schema says so.",
    "Without -o, or with --dry-run, nothing is written; the command then exits with 1 when there is something to change.",
  ],
  arguments: [FILE],
  options: [
    { flags: "-o, --output <file>", description: "the file to write; its ending decides the container" },
    { flags: "--dry-run", description: "list the changes, write nothing" },
    AS,
    MISMATCHES,
    FORCE,
  ],
  examples: [
    ["somakit upgrade old.npz", "what there is to change"],
    ["somakit upgrade old.npz -o new.npz", "change it"],
    ["somakit upgrade --force old.npz -o old.npz", "in place; the old file stays until the new one is complete"],
  ],

  async run(context, input) {
    const { printer } = context;
    const name = textArgument(input, 0);
    const output = textOption(input, "output");
    const handling = handlingOf(input);
    const { entry, layout, target, upgraded } = await withDataset(context, name, handling.id, async (dataset) => {
      rootOf(dataset.layout);
      const found = output === undefined ? undefined : targetOf(dataset.layout, output);
      if (found) await verifyFree([found], handling);
      const { mismatches } = handling;
      const result = await upgradeWith(dataset.layout, dataset.file, { ...workOptions(context), mismatches });
      return { ...dataset, target: input.options["dryRun"] === true ? undefined : found, upgraded: result };
    });
    const { value, changes } = upgraded;
    if (!printer.json) printChanges(printer, changes);
    const written = target && (await saveRecord(context, handling, layout, { target, record: value, form: "logical" }));
    if (printer.json)
      await printer.document(jsonPieces({ file: name, dataset: entry.id, changes, output: written ?? null }, 2));
    else if (written) printWritten(printer, written, countLabel(changes.length, "change"));
    else if (!printer.quiet) printer.line(summaryText(changes));
    return written || changes.length === 0 ? EXIT.fine : EXIT.invalid;
  },
};

function printChanges(printer: Printer, changes: readonly Change[]): void {
  for (const { path, message, rule } of changes) {
    printer.line(styled("cyan", path), `  ${message}`);
    printer.line("  ", styled("dim", `rule ${rule}`));
  }
}

function summaryText(changes: readonly Change[]): string {
  return changes.length === 0 ? "up to date" : `${countLabel(changes.length, "change")}, not written`;
}
