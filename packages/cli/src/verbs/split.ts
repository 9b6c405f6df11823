import { basename, dirname, join } from "node:path";
import type { Layout } from "@somakit/core";
import { sizeAlong, splitWith } from "@somakit/core/engine/select";
import { PROTOCOL, refuseOptions, withKeptSources, withLists } from "../collection.js";
import { axisOf, type DataRecord, itemsLabel, withDataset } from "../dataset.js";
import { withEntries } from "../entries.js";
import { Annotated, EXIT, type ExitCode, OptionError } from "../failure.js";
import { endingOf } from "../files.js";
import { ALONG, AS, FORCE, type Handling, handlingOf, MISMATCHES, readOptions } from "../handling.js";
import { parseParts, parseSeed } from "../numbers.js";
import { type Target, targetOf, verifyFree } from "../output.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { saveRecords } from "../save.js";
import { splitEntries } from "./split-entries.js";
import { splitLists } from "./split-lists.js";
import { type Context, FILES, textArgument, textOption, type Verb, type VerbInput } from "./verb.js";

/** All parts are open at once before they get their names. */
const MOST_PARTS = 256;

export const split: Verb = {
  name: "split",
  summary: "Cut a file into parts that follow each other",
  details: [
    "Whole numbers are counts of frames, others fractions of all; what they leave over is in no part. With --seed the frames are shuffled first, in an order that the seed alone decides.",
    "Parts are numbered from 1, with zeros in front where that keeps them in order. They appear when all of them are complete.",
    "Of a folder that is a list of entries, or of an archive of one, the parts are new folders, or archives where -o says so; entries are copied as they are.",
    "Of several files -o is a folder, and the parts of take.npz are take-1.npz and so on in it; without -o they are beside each file. With --into there is one file for each.",
  ],
  arguments: [FILES],
  batch: "each",
  outputs: async (context, input, path) => {
    if (textOption(input, "into") !== undefined) return { output: path, paths: [path] };
    const output = await patternFor(context, path);
    return { output, paths: pathsOf(output, parseParts(partsOption(input)).length) };
  },
  options: [
    { flags: "--parts <list>", description: "counts or fractions: 100,20 or 0.8,0.2" },
    {
      flags: "-o, --output <pattern>",
      description:
        "names of the files, with {} where the number goes (default: FILE's name with -{} before its ending); of several files a folder",
    },
    { flags: "--seed <number>", description: "shuffle first" },
    { flags: "--by <key>", description: "give each part of a list of records its share of each value of this key" },
    {
      flags: "--into <splits>",
      description:
        "in place of --parts: name splits in one file, by sizes (train=0.8,val=0.2) or by the names of items (front=/C001/)",
    },
    PROTOCOL,
    ALONG,
    AS,
    MISMATCHES,
    FORCE,
  ],
  examples: [
    ["somakit split poses.npz --parts 0.8,0.2 --seed 1 -o fold-{}.npz", "fold-1.npz to learn from, fold-2.npz to test"],
    ["somakit split poses.npz --parts 1000,1000,1000", "poses-1.npz, poses-2.npz, poses-3.npz"],
    ["somakit split takes --parts 0.8,0.2 -o folds -j 2", "each file of a folder, two at once"],
    [
      "somakit split clips.pkl --into train=0.9,val=0.1 --by label --seed 1 -o ready.pkl",
      "splits in the file itself, with a share of each class",
    ],
  ],

  run: (context, input) => withKeptSources(context, (kept) => run(kept, input)),
};

async function run(context: Context, input: VerbInput): Promise<ExitCode> {
  const name = textArgument(input, 0);
  const handling = handlingOf(input);
  const copied = await withEntries(context, [name], handling.id, (open) =>
    splitEntries(context, open, input, (count) => partPaths(context, input, count)),
  );
  if (copied !== undefined) return copied;
  const listed = await withLists(context, [name], handling.id, async (lists) => {
    const targetsOf = async (count: number): Promise<readonly Target[]> =>
      (await partPaths(context, input, count)).map((path) => targetOf(lists.layout, path));
    return splitLists(context, lists, name, handling, input, targetsOf);
  });
  if (listed !== undefined) return listed;
  refuseOptions(input, ["into", "by"], "a record");
  const parts = parseParts(partsOption(input));
  const seed = parseSeed(textOption(input, "seed"));
  const paths = await partPaths(context, input, parts.length);
  const { entry, layout, symbol, targets, record } = await withDataset(
    context,
    name,
    handling.id,
    async ({ entry: known, layout: found, file }) => {
      const files = paths.map((path) => targetOf(found, path));
      const axis = axisOf(found, handling.along);
      await verifyFree(files, handling);
      const whole = await file.read(readOptions(context, handling));
      return { entry: known, layout: found, symbol: axis, targets: files, record: whole };
    },
  );
  const records = splitRecord(layout, record, parts, { ...handling, along: symbol, seed });
  const savings = records.map((part, index) => {
    return { target: targets[index] as (typeof targets)[number], record: part, form: "stored" } as const;
  });
  const written = await saveRecords(context, handling, layout, savings);
  const kept = records.map((part) => sizeAlong(layout, part, symbol) ?? 0);
  const total = sizeAlong(layout, record, symbol) ?? 0;
  const { printer } = context;
  if (printer.json) {
    const outputs = written.map((file, index) => ({ ...file, kept: kept[index] }));
    await printer.document(
      jsonPieces({ file: name, dataset: entry.id, along: symbol, total, seed: seed ?? null, outputs }, 2),
    );
  } else
    for (const [index, file] of written.entries())
      printWritten(printer, file, `${itemsLabel(layout, symbol, kept[index] as number)} of ${total}`);
  return EXIT.fine;
}

/** Throws `OptionError`. */
function partsOption(input: VerbInput): string {
  const parts = textOption(input, "parts");
  if (parts !== undefined) return parts;
  throw new OptionError("--parts is needed", "--parts 0.8,0.2 for fractions, --parts 100,20 for counts");
}

function splitRecord(
  layout: Layout,
  record: DataRecord,
  parts: readonly number[],
  options: Handling & { readonly seed: number | undefined },
): DataRecord[] {
  const { along, mismatches, seed } = options;
  try {
    return splitWith(layout, record, parts, { along, mismatches, seed });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Annotated(new OptionError(`--parts: ${error.message}`), {
      hint: "--parts 0.8,0.2 for fractions, --parts 100,20 for counts",
    });
  }
}

/** Names of the parts, by `-o` or by the name of the file. Throws `UsageError`. */
async function partPaths(context: Context, input: VerbInput, count: number): Promise<readonly string[]> {
  return pathsOf(textOption(input, "output") ?? (await patternFor(context, textArgument(input, 0))), count);
}

/** Names of the parts, one for each. Throws `UsageError`. */
function pathsOf(pattern: string, count: number): readonly string[] {
  if (count > MOST_PARTS) throw new OptionError(`--parts: ${count} parts are more than ${MOST_PARTS}`);
  const pieces = pattern.split("{}");
  if (pieces.length !== 2)
    throw new OptionError(`-o ${pattern}: {} is needed once, where the number of each part goes`, "-o part-{}.npz");
  const digits = String(count).length;
  return Array.from({ length: count }, (_, index) => pieces.join(String(index + 1).padStart(digits, "0")));
}

/** The pattern that goes with the name of the file, in the same folder. Throws `UsageError` where there is no name. */
async function patternFor(context: Context, name: string): Promise<string> {
  if (name === "-" || /^https?:\/\//i.test(name))
    throw new OptionError("the parts need names", "-o part-{}.npz says which");
  const path = /^file:\/\//i.test(name) ? decodeURIComponent(new URL(name).pathname) : name;
  const ending = await endingOf(context, path);
  return join(dirname(path), `${basename(path, ending)}-{}${ending}`);
}
