import type { Repairer, RepairOptions, RepairReport, Source } from "@somakit/core";
import { repairers } from "@somakit/formats/jobs";
import { Annotated, about, EXIT, type ExitCode, UsageError } from "../failure.js";
import { AS, FORCE, type Handling, handlingOf, workOptions } from "../handling.js";
import { verifyFree, type Written, writeFiles } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { printWritten } from "../print/written.js";
import { recognise } from "../recognise.js";
import { type Context, FILES, textArgument, textOption, type Verb, type VerbInput } from "./verb.js";

export const repair: Verb = {
  name: "repair",
  summary: "Make a damaged or unfinished file whole again, as far as it can be read",
  details: [
    "Says what is wrong and what becomes of it, then writes a file without those faults. What cannot be read is left out, and that is said. A file without faults is not written.",
    ...repairers.map(({ dataset, summary }) => `${dataset}: ${lowerFirst(summary)}.`),
  ],
  arguments: [FILES],
  batch: "each",
  options: [
    {
      flags: "-o, --output <file>",
      description: "the file to write, of several files a folder; FILE itself when left out, which takes --force",
    },
    { flags: "--dry-run", description: "only say what would be done" },
    AS,
    FORCE,
  ],
  examples: [
    ["somakit repair cut.xz --dry-run", "what is wrong, and what can be saved"],
    ["somakit repair cut.xz -o whole.xz", "write what can be saved to another file"],
  ],
  run: runRepair,
};

async function runRepair(context: Context, input: VerbInput): Promise<ExitCode> {
  const name = textArgument(input, 0);
  const handling = handlingOf(input);
  const dryRun = input.options["dryRun"] === true;
  const target = dryRun ? undefined : await targetIn(name, textOption(input, "output"), handling);
  return about(name, async () => {
    const source = await context.open(name);
    try {
      const repairer = await repairerOf(context, source, handling.id);
      const options = workOptions(context);
      const report = await repairer.plan(source, options);
      const written =
        target === undefined || report.changes.length === 0
          ? undefined
          : await write(context, { repairer, source, target, force: handling.force, options });
      await say(context.printer, { name, dataset: repairer.dataset, report, written, dryRun });
      return EXIT.fine;
    } finally {
      await source.close?.();
    }
  });
}

/** Where the repaired file goes. Throws `UsageError` before anything is read, as reading may take long. */
async function targetIn(name: string, output: string | undefined, handling: Handling): Promise<string> {
  const target = output ?? name;
  if (target === "-" || /^(https?|file):\/\//i.test(target)) {
    const error = new UsageError("only files can be written", "-o FILE says which; --dry-run writes nothing");
    throw new Annotated(error, { file: target });
  }
  await verifyFree([{ path: target }], handling);
  return target;
}

/** The repairer of the data set that the content speaks for, or of the one that is named: then the content is its business. */
async function repairerOf({ registry, signal }: Context, source: Source, id: string | undefined): Promise<Repairer> {
  const ids = repairers.map(({ dataset }) => dataset);
  const hint =
    ids.length === 0 ? "no data set can be repaired" : `those of ${ids.join(", ")} can; --as ID takes it for one`;
  if (id !== undefined) {
    const named = repairers.find(({ dataset }) => dataset === id);
    if (named) return named;
    throw new UsageError(`files of ${JSON.stringify(id)} cannot be repaired`, hint);
  }
  const { dataset: found } = await recognise(await registry(), source, { signal });
  const repairer = repairers.find(({ dataset }) => dataset === found?.entry.id);
  if (repairer) return repairer;
  const what = found
    ? `files of ${found.entry.title} (${found.entry.id}) cannot`
    : "a file that is no known data set cannot";
  throw new UsageError(`${what} be repaired`, hint);
}

interface Writing {
  readonly repairer: Repairer;
  readonly source: Source;
  readonly target: string;
  readonly force: boolean;
  readonly options: RepairOptions;
}

async function write(context: Context, { repairer, source, target, force, options }: Writing): Promise<Written> {
  const job = {
    path: target,
    write: async (sink: Parameters<Repairer["run"]>[1]): Promise<void> => {
      await repairer.run(source, sink, options);
    },
  };
  const [written] = await writeFiles([job], { force, unfinished: context.unfinished });
  return written as Written;
}

interface Outcome {
  readonly name: string;
  readonly dataset: string;
  readonly report: RepairReport;
  readonly written: Written | undefined;
  readonly dryRun: boolean;
}

async function say(printer: Printer, { name, dataset, report, written, dryRun }: Outcome): Promise<void> {
  const { changes, facts } = report;
  if (printer.json) {
    const document = { file: name, dataset, changes, ...Object.fromEntries(facts), output: written ?? null };
    await printer.document(jsonPieces(document, 2));
    return;
  }
  for (const { path, message, loss } of changes)
    printer.line(...(loss ? [styled("red", "lost"), "  "] : []), path === "" ? message : `${path}: ${message}`);
  const holds = facts.map(([fact, value]) => `${value} ${fact}`).join(", ");
  if (changes.length === 0) printer.line(`nothing to repair: ${holds}`);
  else if (written) printWritten(printer, written, holds);
  else if (dryRun) printer.line(`${countLabel(changes.length, "change")} would be made: ${holds}`);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
