import type { Change } from "@somakit/core";
import { upgradeWith } from "@somakit/core/engine";
import { withKeptSources } from "../collection.js";
import { rootOf, withDataset } from "../dataset.js";
import { EXIT, type ExitCode } from "../failure.js";
import { AS, FORCE, handlingOf, MISMATCHES, workOptions } from "../handling.js";
import { targetOf, verifyFree, type Written } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { printWritten } from "../print/written.js";
import { saveRecord } from "../save.js";
import { upgradeList } from "./upgrade-lists.js";
import { type Upgraded, upgradeByOwn } from "./upgraders.js";
import { type Context, FILES, textArgument, textOption, type Verb, type VerbInput } from "./verb.js";

export const upgrade: Verb = {
  name: "upgrade",
  summary: "Bring a file or a folder of an older make up to date",
  details: [
    "Former names of keys, outdated keys and forms of arrays, conventions that the number of keypoints tells, sizes and defaults that are not stated. Each change says where, what, and which rule of the schema says so.",
    "Without -o, or with --dry-run, nothing is written; the command then exits with 1 when there is something to change.",
  ],
  arguments: [FILES],
  batch: "each",
  options: [
    {
      flags: "-o, --output <file>",
      description:
        "the file to write, whose ending decides the container, or the folder of a data set that is one; for several files a folder",
    },
    { flags: "--dry-run", description: "list the changes, write nothing" },
    AS,
    MISMATCHES,
    FORCE,
  ],
  examples: [
    ["somakit upgrade old.npz", "what there is to change"],
    ["somakit upgrade old.npz -o new.npz", "change it"],
    ["somakit upgrade old_faces -o faces", "of a data set that is a folder, a new one; -o faces.tar.gz for an archive"],
    ["somakit upgrade --force old.npz -o old.npz", "in place; the old file stays until the new one is complete"],
  ],

  run: (context, input) => withKeptSources(context, (kept) => run(kept, input)),
};

async function run(context: Context, input: VerbInput): Promise<ExitCode> {
  const name = textArgument(input, 0);
  const output = textOption(input, "output");
  const handling = handlingOf(input);
  const listed =
    (await upgradeByOwn(context, name, handling, input)) ?? (await upgradeList(context, name, handling, input));
  if (listed) return say(context, input, listed);
  const { entry, layout, target, upgraded } = await withDataset(context, name, handling.id, async (dataset) => {
    rootOf(dataset.layout);
    const found = output === undefined ? undefined : targetOf(dataset.layout, output);
    if (found) await verifyFree([found], handling);
    const { mismatches } = handling;
    const result = await upgradeWith(dataset.layout, dataset.file, { ...workOptions(context), mismatches });
    return { ...dataset, target: input.options["dryRun"] === true ? undefined : found, upgraded: result };
  });
  const { value, changes } = upgraded;
  const written = target && (await saveRecord(context, handling, layout, { target, record: value, form: "logical" }));
  return say(context, input, { id: entry.id, changes, written });
}

async function say({ printer }: Context, input: VerbInput, { id, changes, written }: Upgraded): Promise<ExitCode> {
  if (printer.json) {
    const report = { file: textArgument(input, 0), dataset: id, changes, output: written ?? null };
    await printer.document(jsonPieces(report, 2));
    return exitOf(changes, written);
  }
  printChanges(printer, changes);
  if (written) printWritten(printer, written, countLabel(changes.length, "change"));
  else if (!printer.quiet) printer.line(summaryText(changes));
  return exitOf(changes, written);
}

function exitOf(changes: readonly Change[], written: Written | undefined): ExitCode {
  return written || changes.length === 0 ? EXIT.fine : EXIT.invalid;
}

function printChanges(printer: Printer, changes: readonly Change[]): void {
  for (const { path, message, rule } of changes) {
    printer.line(styled("cyan", path), `  ${message}`);
    printer.line("  ", styled("dim", `rule ${rule}`));
  }
}

function summaryText(changes: readonly Change[]): string {
  return changes.length === 0 ? "up to date" : `${countLabel(changes.length, "change")}, not written`;
}
