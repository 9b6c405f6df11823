import {
  convertMotion,
  type Layout,
  type MotionConversion,
  MotionError,
  type MotionNote,
  type MotionQuestion,
  type MotionReport,
  motionPlan,
  openMotion,
  type RegistryEntry,
  type WriteMotionOptions,
} from "@somakit/core";
import { withKeptSources } from "../collection.js";
import { type Dataset, withDataset } from "../dataset.js";
import { EXIT, type ExitCode, OptionError, UsageError } from "../failure.js";
import { FORCE, workOptions } from "../handling.js";
import { type Target, targetOf, verifyFree, type Written, writeFiles } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { printWritten } from "../print/written.js";
import { convertPlain, plainForm, sequenceOption } from "./convert-plain.js";
import { type Context, FILE, OUTPUT, textArgument, textOption, type Verb, type VerbInput } from "./verb.js";

export const convert: Verb = {
  name: "convert",
  summary: "Convert the people of a file to another data set",
  details: [
    "Sequences, frames, people, keypoints and vertices with their confidence, units, directions and names, as the schemas of both data sets mark them. The ending of the output tells the data set where only one has it; --to says which otherwise. Names that end in .csv or .ndjson get the same as plain text, in the units and the convention of the file.",
    "What is lost, approximated or made up is said on standard error, and what cannot be right stops with the option that would settle it. --dry-run says the same and writes nothing.",
  ],
  arguments: [FILE],
  options: [
    OUTPUT,
    { flags: "--from <id>", description: "take the file for this data set, whatever the content speaks for" },
    { flags: "--to <id>", description: "the data set to write; somakit formats lists them" },
    { flags: "--convention <name>", description: "convention of the keypoints that are written" },
    { flags: "--source-convention <name>", description: "convention that the keypoints have, whatever the file says" },
    { flags: "--approximate", description: "let keypoints nearby stand in for missing ones" },
    { flags: "--confidence <number>", description: "confidence of keypoints that have none, from 0 to 1" },
    {
      flags: "--unit <unit>",
      description: "unit of positions in space, whatever the schema says",
      choices: ["m", "mm"],
    },
    { flags: "--fps <number>", description: "frames per second, where the file says nothing" },
    { flags: "--sequence <name>", description: "only this sequence: its name, or its position from 0" },
    { flags: "--profile <name>", description: "profile of the target's schema that the result has to satisfy" },
    { flags: "--dry-run", description: "say what would be lost, write nothing" },
    { flags: "--fail-on-loss", description: "write nothing and exit with 1 when something would be lost" },
    FORCE,
  ],
  examples: [
    ["somakit convert clips.pkl --to humandata -o clips.npz", "clips of PYSKL as rows"],
    ["somakit convert poses.npz --to pyskl -o poses.pkl --convention coco --dry-run", "what that would lose"],
    ["somakit convert shots.h5 -o shots.csv", "a line for each keypoint"],
    ["somakit convert joints.xz --source-convention smpl_24 --confidence 1 -o joints.npz", "joints without names"],
  ],

  run: (context, input) => withKeptSources(context, (kept) => run(kept, input)),
};

interface Outcome {
  readonly from: string;
  readonly to: string;
  readonly report: MotionReport;
  readonly written: Written | undefined;
}

async function run(context: Context, input: VerbInput): Promise<ExitCode> {
  const name = textArgument(input, 0);
  const path = textOption(input, "output") as string;
  const form = textOption(input, "to") === undefined ? plainForm(path) : undefined;
  if (form) return convertPlain(context, input, path, form);
  const entry = await targetEntry(await context.registry(), path, textOption(input, "to"));
  const layout = await entry.load();
  const target = targetOf(layout, path);
  const force = input.options["force"] === true;
  const dry = input.options["dryRun"] === true;
  if (!dry) await verifyFree([target], { force });
  const options = { ...(await optionsOf(context, input, name)), container: target.container };
  const outcome = await withDataset(
    context,
    name,
    textOption(input, "from"),
    async (dataset): Promise<Outcome> => {
      const { conversion, refused } = await planned(dataset, layout, options, input);
      const written = dry || refused ? undefined : await write(context, conversion, target, force);
      return { from: dataset.entry.id, to: entry.id, report: conversion.report, written };
    },
    context.openAny,
  );
  return say(context.printer, input, outcome);
}

async function planned(
  { open }: Dataset,
  layout: Layout,
  options: WriteMotionOptions,
  input: VerbInput,
): Promise<{ readonly conversion: MotionConversion; readonly refused: boolean }> {
  try {
    const conversion = await convertMotion(openMotion(open), layout, options);
    const refused = input.options["failOnLoss"] === true && conversion.report.notes.some(isLoss);
    return { conversion, refused };
  } catch (error) {
    if (error instanceof MotionError) throw new UsageError(error.message, hintFor(error.settledBy));
    throw error;
  }
}

function isLoss({ kind }: MotionNote): boolean {
  return kind === "lost";
}

async function write(
  context: Context,
  conversion: MotionConversion,
  { path }: Target,
  force: boolean,
): Promise<Written | undefined> {
  const job = { path, write: (sink: Parameters<MotionConversion["write"]>[0]) => conversion.write(sink) };
  const [written] = await writeFiles([job], { force, unfinished: context.unfinished });
  return written;
}

const HINTS: Readonly<Record<MotionQuestion, string>> = {
  sourceConvention: "--source-convention NAME says which convention the keypoints have; somakit conventions lists them",
  convention: "--convention NAME takes another; somakit conventions lists them",
  confidence: "--confidence 1 gives all keypoints that one",
  unit: "--unit m or --unit mm says which unit it is",
  sequence: "--sequence NAME takes one of them",
};

function hintFor(question: MotionQuestion | undefined): string | undefined {
  return question && HINTS[question];
}

/** The data set that is asked for, else the only one with people who move whose files have this ending. */
async function targetEntry(
  registry: readonly RegistryEntry[],
  path: string,
  id: string | undefined,
): Promise<RegistryEntry> {
  const known = registry.map((entry) => entry.id).join(", ");
  if (id !== undefined) {
    const entry = registry.find((one) => one.id === id);
    if (entry) return entry;
    throw new OptionError(`there is no data set ${JSON.stringify(id)}`, `--to takes ${known}`);
  }
  const fitting: RegistryEntry[] = [];
  for (const entry of registry) {
    const ends = entry.extensions.some((ending) => path.toLowerCase().endsWith(ending));
    if (ends && motionPlan(await entry.load())) fitting.push(entry);
  }
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  const ids = fitting.map((entry) => entry.id).join(", ");
  if (only) throw new UsageError(`the ending of ${path} may be that of several data sets`, `--to takes ${ids}`);
  throw new UsageError(`the ending of ${path} is that of no data set with people who move`, `--to takes ${known}`);
}

async function optionsOf(context: Context, input: VerbInput, name: string): Promise<WriteMotionOptions> {
  const { find } = await context.conventions();
  return {
    ...workOptions(context),
    conventions: find,
    convention: textOption(input, "convention"),
    sourceConvention: textOption(input, "sourceConvention"),
    approximate: input.options["approximate"] === true,
    confidence: numberOption(input, "confidence", 0, 1),
    unit: textOption(input, "unit"),
    fps: numberOption(input, "fps", Number.MIN_VALUE, Number.MAX_VALUE),
    sequence: sequenceOption(input),
    profile: textOption(input, "profile"),
    name: stem(name),
  };
}

/** What sequences without a name are called: the file without folders and endings. */
function stem(name: string): string {
  return (name.split(/[\\/]/).at(-1) ?? "").replace(/\..*$/, "") || "sequence";
}

function numberOption(input: VerbInput, name: string, least: number, most: number): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new OptionError(`--${name} ${text} is no number that it may be`, `for example --${name} 1`);
}

async function say(printer: Printer, input: VerbInput, outcome: Outcome): Promise<ExitCode> {
  const { from, to, report, written } = outcome;
  const { sequences, frames, layers, notes } = report;
  const refused = input.options["failOnLoss"] === true && !written && notes.some(isLoss);
  const file = textArgument(input, 0);
  if (printer.json) {
    const document = { file, from, to, sequences, frames, layers, notes, output: written ?? null };
    await printer.document(jsonPieces(document, 2));
  } else {
    printReport(printer, report);
    const amount = `${countLabel(sequences, "sequence")}, ${countLabel(frames, "frame")}`;
    if (written) printWritten(printer, written, amount);
    else if (!printer.quiet) printer.line(`${from} → ${to}: ${amount}, not written`);
  }
  if (refused) printer.problem(`somakit: ${file}: something would be lost; nothing was written (--fail-on-loss)`);
  return refused ? EXIT.invalid : EXIT.fine;
}

function printReport(printer: Printer, { layers, notes }: MotionReport): void {
  for (const { from, to, points, convention } of layers)
    printer.note(
      styled("cyan", from),
      ` → ${to}: ${points} points${convention === undefined ? "" : ` of ${convention}`}`,
    );
  for (const { kind, what, count = 1 } of notes)
    printer.note("  ", styled("dim", kind), ` ${what}${count === 1 ? "" : ` (${count})`}`);
}
