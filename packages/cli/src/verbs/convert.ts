import type {
  Layout,
  MotionConversion,
  MotionNote,
  MotionReport,
  MotionSource,
  RegistryEntry,
  WriteMotionOptions,
} from "@somakit/core";
import { convertMotion, takesMotion } from "@somakit/core/motion";
import { withKeptSources } from "../collection.js";
import { withDataset } from "../dataset.js";
import { EXIT, type ExitCode, OptionError, UsageError } from "../failure.js";
import { isFolderOutput, verifyNewFolder, writeNewFolder } from "../folder-output.js";
import { AS, FORCE, workOptions } from "../handling.js";
import { targetOf, verifyFree, type Written, writeFiles } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { printWritten } from "../print/written.js";
import { entryNamed } from "../recognise.js";
import { convertPlain, plainEnding, plainForm, sequenceOption } from "./convert-plain.js";
import { explained, motionOf, ROOT, rootOption, verifyTarget } from "./motion-options.js";
import { type Context, FILES, OUTPUTS, textArgument, textOption, type Verb, type VerbInput } from "./verb.js";

export const convert: Verb = {
  name: "convert",
  summary: "Convert the people of a file to another data set",
  details: [
    "Sequences, frames, people, keypoints and vertices with their confidence, units, directions and names, as the schemas of both data sets mark them. The ending of the output tells the data set where only one has it; --to says which otherwise. Names that end in .csv or .ndjson get the same as plain text, in the units and the convention of the file, and --to npz gives plain arrays for numpy.",
    "Of several sets of keypoints for one place the one is written of which most keypoints are kept; --layers takes others. Positions go from the world into the frames of the cameras, and back, where the file says how these stand.",
    "What is lost, approximated, derived or made up is said on standard error, and what cannot be right stops with the option that would settle it. --dry-run says the same and writes nothing.",
  ],
  arguments: [FILES],
  batch: "each",
  ending: endingOf,
  options: [
    OUTPUTS,
    {
      flags: "--to <id>",
      description: "the data set to write, which somakit formats lists; csv, ndjson or npz for plain text or arrays",
    },
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
    {
      flags: "--image-size <size>",
      description: "size of the images, such as 1920x1080 (width, height), where the file says nothing",
    },
    { flags: "--sequence <name>", description: "only this sequence: its name, or its position from 0" },
    {
      flags: "--layers <names>",
      description: "only these sets of keypoints or vertices, separated by commas; body stands for body.2d and body.3d",
    },
    { flags: "--project", description: "make places in the image of positions in space, by the cameras of the file" },
    ROOT,
    { flags: "--profile <name>", description: "profile of the target's schema that the result has to satisfy" },
    { flags: "--dry-run", description: "say what would be lost, write nothing" },
    { flags: "--fail-on-loss", description: "write nothing and exit with 1 when something would be lost" },
    AS,
    FORCE,
  ],
  examples: [
    ["somakit convert clips.pkl --to humandata -o clips.npz", "clips of PYSKL as rows"],
    ["somakit convert poses.npz --to pyskl -o poses.pkl --convention pyskl_coco --dry-run", "what that would lose"],
    ["somakit convert shots.h5 -o shots.csv", "a line for each keypoint"],
    ["somakit convert shots.h5 --to npz -o shots.npz", "arrays of all frames, people and keypoints"],
    ["somakit convert takes --to humandata -o rows -j 4", "each file of a folder, four at once"],
    [
      "somakit convert joints.xz --to humandata --source-convention smpl_24 --confidence 1 -o joints.npz",
      "joints without names",
    ],
    ["somakit convert kinetics.pkl --root . --to humandata -o clips.npz", "clips whose keypoints are in other files"],
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
  const form = plainForm(path, textOption(input, "to"));
  if (form) return convertPlain(context, input, path, form);
  const entry = await targetEntry(await context.registry(), path, textOption(input, "to"));
  const layout = await entry.load();
  await verifyTarget(entry, layout, context);
  const isFolder = isFolderOutput(layout, path);
  const target = isFolder ? { path, container: "folder" } : targetOf(layout, path);
  const force = input.options["force"] === true;
  const dry = input.options["dryRun"] === true;
  if (!dry) await (isFolder ? verifyNewFolder(path) : verifyFree([target], { force }));
  const options = { ...(await optionsOf(context, input, name)), container: target.container };
  const outcome = await withDataset(
    context,
    name,
    textOption(input, "as"),
    async (dataset): Promise<Outcome> => {
      const root = await rootOption(input);
      const { conversion, refused } = await planned(await motionOf(dataset, context, { root }), layout, options, input);
      const written = dry || refused ? undefined : await write(context, conversion, { path, isFolder, force });
      return { from: dataset.entry.id, to: entry.id, report: conversion.report, written };
    },
    context.openAny,
  );
  return say(context.printer, input, outcome);
}

async function planned(
  source: MotionSource,
  layout: Layout,
  options: WriteMotionOptions,
  input: VerbInput,
): Promise<{ readonly conversion: MotionConversion; readonly refused: boolean }> {
  try {
    const conversion = await convertMotion(source, layout, options);
    const refused = input.options["failOnLoss"] === true && conversion.report.notes.some(isLoss);
    return { conversion, refused };
  } catch (error) {
    throw explained(error);
  }
}

function isLoss({ kind }: MotionNote): boolean {
  return kind === "lost";
}

async function write(
  context: Context,
  conversion: MotionConversion,
  { path, isFolder, force }: { readonly path: string; readonly isFolder: boolean; readonly force: boolean },
): Promise<Written | undefined> {
  if (isFolder) return writeNewFolder(path, (sink) => conversion.write(sink), context);
  const job = { path, write: (sink: Parameters<MotionConversion["write"]>[0]) => conversion.write(sink) };
  const [written] = await writeFiles([job], { force, unfinished: context.unfinished });
  return written;
}

/** The data set that is asked for, else the only one with people who move whose files have this ending. */
async function targetEntry(
  registry: readonly RegistryEntry[],
  path: string,
  id: string | undefined,
): Promise<RegistryEntry> {
  const known = registry.map((entry) => entry.id).join(", ");
  if (id !== undefined) {
    return entryNamed(registry, id, "--to");
  }
  const fitting: RegistryEntry[] = [];
  for (const entry of registry) {
    const ends = entry.extensions.some((ending) => path.toLowerCase().endsWith(ending));
    if (ends && takesMotion(await entry.load())) fitting.push(entry);
  }
  // Of a data set and its variants, which have its name in front, the data set itself is meant.
  const [only] = fitting;
  const main = fitting.find(({ id: own }) => fitting.every((other) => `${other.id}/`.startsWith(`${own}/`)));
  if (main) return main;
  const ids = fitting.map((entry) => entry.id).join(", ");
  if (only) throw new UsageError(`the ending of ${path} may be that of several data sets`, `--to takes ${ids}`);
  throw new UsageError(`the ending of ${path} is that of no data set with people who move`, `--to takes ${known}`);
}

/** What names of files in a folder end in. */
async function endingOf({ registry }: Context, input: VerbInput): Promise<string> {
  const id = textOption(input, "to");
  if (id === undefined)
    throw new OptionError("which data set to write is not said", "--to ID, or --ending .csv for plain text");
  const plain = plainEnding(id);
  if (plain !== undefined) return plain;
  const entry = entryNamed(await registry(), id, "--to");
  const [first] = (await entry.load()).containers;
  // A data set of folders gets one for each file.
  return first?.codec.kind === "folder" ? "" : (first?.extensions[0] ?? "");
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
    imageSize: imageSizeOption(input),
    sequence: sequenceOption(input),
    layers: textOption(input, "layers")
      ?.split(",")
      .map((name) => name.trim()),
    project: input.options["project"] === true,
    profile: textOption(input, "profile"),
    name: stem(name),
  };
}

/** Height and width, of which users say the width first. */
function imageSizeOption(input: VerbInput): readonly [height: number, width: number] | undefined {
  const text = textOption(input, "imageSize");
  if (text === undefined) return undefined;
  const [, width, height] = /^([1-9][0-9]{0,5})[x×]([1-9][0-9]{0,5})$/i.exec(text.trim()) ?? [];
  if (width !== undefined && height !== undefined) return [Number(height), Number(width)];
  throw new OptionError(`--image-size ${text} is no size of an image`, "for example --image-size 1920x1080");
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
  const { sequences, frames, layers, quantities, notes } = report;
  const refused = input.options["failOnLoss"] === true && !written && notes.some(isLoss);
  const file = textArgument(input, 0);
  if (printer.json) {
    const document = { file, from, to, sequences, frames, layers, quantities, notes, output: written ?? null };
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

function printReport(printer: Printer, { layers, quantities, notes }: MotionReport): void {
  for (const { from, to, points, convention } of layers)
    printer.note(
      styled("cyan", from),
      ` → ${to}: ${points} points${convention === undefined ? "" : ` of ${convention}`}`,
    );
  if (quantities.length > 0)
    printer.note("  ", styled("dim", "kept"), ` ${[...new Set(quantities.map(({ from }) => from))].join(", ")}`);
  for (const { kind, what, count = 1 } of notes)
    printer.note("  ", styled("dim", kind), ` ${what}${count === 1 ? "" : ` (${count})`}`);
}
