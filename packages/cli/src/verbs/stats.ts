import type { LayerStatistics, OpenFile, Statistics, ValueTally } from "@somakit/core";
import { fileStatistics, type QuantityStatistics } from "@somakit/core/statistics";
import { withDataset } from "../dataset.js";
import { EXIT, OptionError, UsageError } from "../failure.js";
import { AS, handlingOf, workOptions } from "../handling.js";
import { labelsOf, labelsOption, listNamed } from "../labels.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { styled } from "../print/printer.js";
import { type Labels, printStatistics } from "../print/statistics.js";
import { type Context, FILES, textArgument, textOption, type Verb } from "./verb.js";

export const stats: Verb = {
  name: "stats",
  summary: "Count what is in a data set",
  details: [
    "Of lists of records: splits, how often each class or other number occurs, how long items are. Of everything: sizes, values that occur again, arrays. Of data sets with people who move: sequences, frames, people and tracks, which keypoints are seen how often, how sure they are and where they lie.",
    "With --depth values everybody is looked at, frame by frame; headers are dtypes, shapes and single values, and no array is read. What cannot be read is left out, and listed; the exit code is 3 then.",
  ],
  arguments: [FILES],
  batch: "each",
  options: [
    {
      flags: "--depth <depth>",
      description: "values counts people and columns of values; headers looks at dtypes, shapes and single values only",
      choices: ["headers", "values"],
      default: "values",
    },
    { flags: "--split <names>", description: "of a list of records: items of these splits only, separated by commas" },
    labelsOption("name the numbers under a key"),
    AS,
  ],
  examples: [
    ["somakit stats clips.pkl", "splits, classes, lengths, people"],
    ["somakit stats faces_v2", "attributes of everybody in a folder"],
    ["somakit stats --depth headers shots.h5", "a quick look at a large file"],
    ["somakit stats clips.pkl --labels label=ntu60_classes", "classes with their names"],
    ["somakit --json stats clips.pkl --split val", "all counts of one split, for programs"],
  ],

  async run(context, input) {
    const name = textArgument(input, 0);
    const { printer } = context;
    return withDataset(
      context,
      name,
      handlingOf(input).id,
      async ({ entry, open }) => {
        const depth = input.options["depth"] === "headers" ? "headers" : "values";
        const counted = await count(context, open, { depth, split: textOption(input, "split") });
        const labels = await labelsFor(context, counted.values, textOption(input, "labels"));
        if (printer.json)
          await printer.document(
            jsonPieces({ file: name, dataset: entry.id, depth, ...documentOf(counted, labels) }, 2),
          );
        else {
          if (!counted.records) printer.line(styled("dim", "data set".padEnd(10)), `${entry.title} (${entry.id})`);
          printStatistics(printer, counted, labels);
        }
        sayProblems(context, counted);
        return counted.problemCount > 0 ? EXIT.unreadable : EXIT.fine;
      },
      context.openAny,
    );
  },
};

interface Wanted {
  readonly depth: "headers" | "values";
  readonly split: string | undefined;
}

async function count(context: Context, file: OpenFile, { depth, split }: Wanted): Promise<Statistics> {
  const { find } = await context.conventions();
  const splits = split?.split(",");
  try {
    return await fileStatistics(file, { ...workOptions(context), depth, splits, conventions: find });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, "without --split, everything is counted");
  }
}

function sayProblems({ printer }: Context, { problems, problemCount }: Statistics): void {
  for (const { path, message } of problems) printer.problem(styled("yellow", path || "(file)"), `: ${message}`);
  const more = problemCount - problems.length;
  if (problemCount > 0)
    printer.problem(
      `${countLabel(problemCount, "value")} not counted${more > 0 ? `, ${more} of them not listed` : ""}`,
    );
}

/** What the schema says, and what `--labels` says. Throws `OptionError` for a list, or a key, that there is not. */
async function labelsFor(context: Context, values: readonly ValueTally[], option: string | undefined): Promise<Labels> {
  const wanted = new Map(values.flatMap(({ key, labels }) => (labels === undefined ? [] : [[key, labels]])));
  if (option !== undefined) {
    const { key, list } = labelsOf(option);
    const numbers = values.filter((value) => value.numbers);
    const named = numbers.filter((value) => value.key === key || value.key.endsWith(`.${key}`));
    if (named.length === 0) {
      const keys = numbers.map((value) => value.key).join(", ");
      throw new OptionError(`--labels ${option}: no item has numbers under such a key`, `there are ${keys || "none"}`);
    }
    for (const value of named) wanted.set(value.key, list);
  }
  const labels = new Map<string, readonly (string | number)[]>();
  for (const [key, name] of wanted) labels.set(key, (await listNamed(context, name)).items);
  return labels;
}

/** Tallies as lists of pairs, since keys of JSON are text. */
function documentOf(counted: Statistics, labels: Labels): Record<string, unknown> {
  const { records, sizes, values, arrays, motion, problems, problemCount } = counted;
  return {
    ...records,
    sizes: sizes.map((size) => ({ ...size, counts: [...size.counts] })),
    values: values.map((value) => ({
      ...value,
      counts: value.counts ? namedCounts(value, labels.get(value.key)) : null,
    })),
    arrays: arrays.map((array) => ({ ...array, dtypes: Object.fromEntries(array.dtypes), shape: array.shape ?? null })),
    motion: motion
      ? {
          ...motion,
          lengths: [...motion.lengths],
          people: [...motion.people],
          tracks: [...motion.tracks],
          fps: [...motion.fps],
          layers: motion.layers.map(layerDocument),
          quantities: motion.quantities.map(quantityDocument),
        }
      : null,
    problems,
    problemCount,
  };
}

function namedCounts({ counts = new Map() }: ValueTally, names: readonly (string | number)[] | undefined): unknown {
  return [...counts].map(([value, items]) => [
    value,
    items,
    ...(names ? [typeof value === "number" ? (names[value] ?? null) : null] : []),
  ]);
}

function quantityDocument(quantity: QuantityStatistics): Record<string, unknown> {
  const { range, columns, ...facts } = quantity;
  return { ...facts, range: range ?? null, columns: columns?.map((column) => column ?? null) };
}

function layerDocument(layer: LayerStatistics): Record<string, unknown> {
  return { ...layer, extent: layer.extent.map((range) => range ?? null) };
}
