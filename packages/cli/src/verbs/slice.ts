import type { FrameRange } from "@somakit/core";
import type { FolderEntries } from "@somakit/core/engine/folder";
import { rangeIndices, sizeAlong } from "@somakit/core/engine/select";
import { withKeptSources } from "../collection.js";
import { axisOf, type Dataset, itemsLabel, withDataset } from "../dataset.js";
import {
  entriesLabel,
  entriesTarget,
  type OpenEntries,
  refuseForFolders,
  saveEntries,
  withEntries,
} from "../entries.js";
import { EXIT, type ExitCode, OptionError, UsageError } from "../failure.js";
import { ALONG, AS, FORCE, handlingOf, MISMATCHES, readOptions } from "../handling.js";
import { parseIndices, parseRange } from "../numbers.js";
import { targetOf, verifyFree, type Written } from "../output.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { saveRecord } from "../save.js";
import { type Context, FILES, OUTPUTS, textArgument, textOption, type Verb, type VerbInput } from "./verb.js";

export const slice: Verb = {
  name: "slice",
  summary: "Write part of a file, some of its frames, into another",
  details: [
    "Of every value that lies along the frames (or along another axis of the data set, see --along) the chosen items are kept, everything else is as it is. Frames before and after the chosen ones are not read where the file allows that. What is packed stays packed.",
    "Of a folder that is a list of entries, such as scenes or the files of frames, or of an archive of one, the chosen entries are copied as they are, with what lies beside them, into a new folder or archive.",
    "The range is Python's: negative numbers count from the end, bounds outside are clipped, a negative step runs backwards.",
  ],
  arguments: [
    FILES,
    {
      name: "range",
      description: "START:STOP or START:STOP:STEP",
      required: false,
      // What is meant as one, right or wrong; files whose names look so are called ./5.
      form: /^\s*-?\d+$|^[^/\\.]*:[^/\\.]*$/,
    },
  ],
  batch: "each",
  options: [
    OUTPUTS,
    { flags: "--indices <list>", description: "single frames in place of a range, in this order: 3,5,-1" },
    ALONG,
    AS,
    MISMATCHES,
    FORCE,
  ],
  examples: [
    ["somakit slice poses.npz 100:200 -o part.npz", "a hundred frames"],
    ["somakit slice poses.npz -50: -o end.pkl", "the last fifty, as a pickle"],
    ["somakit slice takes 0:100 -o firsts", "the first hundred of each file in a folder"],
    ["somakit slice poses.npz --indices 0,10,-1 -o some.npz", "three frames"],
    ["somakit slice https://example.org/poses.npz ::10 -o thin.npz", "every tenth"],
  ],

  run: (context, input) => withKeptSources(context, (kept) => run(kept, input)),
};

async function run(context: Context, input: VerbInput): Promise<ExitCode> {
  const name = textArgument(input, 0);
  const choice = choiceOf(input);
  const handling = handlingOf(input);
  const sliced = await withEntries(context, [name], handling.id, (open) => sliceEntries(context, open, choice, input));
  if (sliced) return say(context, { file: name, ...sliced });
  const read = await withDataset(context, name, handling.id, async (dataset) => {
    const { layout, file, entry } = dataset;
    const target = targetOf(layout, textOption(input, "output") as string);
    const symbol = axisOf(layout, handling.along);
    const total = await totalOf(dataset, symbol, choice);
    await verifyFree([target], handling);
    const options = { ...readOptions(context, handling), along: symbol };
    const record = await (choice.kind === "range"
      ? file.slice(choice.range, options)
      : file.select(choice.indices, options));
    return { entry, layout, target, symbol, total, record };
  });
  const { entry, layout, target, symbol, total, record } = read;
  const written = await saveRecord(context, handling, layout, { target, record, form: "stored" });
  const kept = sizeAlong(layout, record, symbol) ?? 0;
  const what = `${itemsLabel(layout, symbol, kept)} of ${total}`;
  return say(context, { file: name, dataset: entry.id, along: symbol, total, kept, output: written, what });
}

interface Sliced {
  readonly dataset: string;
  /** The axis, or the list of entries. */
  readonly along: string;
  readonly total: number;
  readonly kept: number;
  readonly output: Written;
  /** In words. */
  readonly what: string;
}

async function say({ printer }: Context, { what, ...report }: Sliced & { readonly file: string }): Promise<ExitCode> {
  if (printer.json) await printer.document(jsonPieces(report, 2));
  else printWritten(printer, report.output, what);
  return EXIT.fine;
}

/** The chosen entries of a folder. Throws `UsageError` for one that is not there. */
async function sliceEntries(
  context: Context,
  { entry, layout, what, folders: [whole] }: OpenEntries,
  choice: Choice,
  input: VerbInput,
): Promise<Sliced> {
  refuseForFolders(input, ["along"]);
  const handling = handlingOf(input);
  const target = await entriesTarget(layout, textOption(input, "output") as string, handling);
  const entries = chosenEntries(whole as FolderEntries, choice);
  const [output] = await saveEntries(context, handling, [{ target, entries }]);
  const [kept, total] = [entries.length, whole?.length ?? 0];
  return {
    dataset: entry.id,
    along: what,
    total,
    kept,
    output: output as Written,
    what: entriesLabel(kept, total, what),
  };
}

function chosenEntries(whole: FolderEntries, choice: Choice): FolderEntries {
  try {
    return whole.select(choice.kind === "indices" ? choice.indices : rangeIndices(choice.range, whole.length));
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--indices: ${error.message}`);
    throw error;
  }
}

type Choice =
  | { readonly kind: "range"; readonly range: FrameRange }
  | { readonly kind: "indices"; readonly indices: readonly number[] };

function choiceOf(input: VerbInput): Choice {
  const range = input.arguments[1];
  const indices = textOption(input, "indices");
  if (typeof range === "string" && indices === undefined) return { kind: "range", range: parseRange(range) };
  if (indices !== undefined && range === undefined) return { kind: "indices", indices: parseIndices(indices) };
  throw new OptionError("either a range or --indices is needed", "somakit slice FILE 0:100 -o OUT");
}

/** The number of items along the axis. Throws `UsageError` for a chosen one that is not there. */
async function totalOf(dataset: Dataset, symbol: string, choice: Choice): Promise<number> {
  const total = (await dataset.sizes()).get(symbol) ?? 0;
  const outside = choice.kind === "indices" && choice.indices.find((index) => index < -total || index >= total);
  if (typeof outside !== "number") return total;
  throw new UsageError(`--indices: there is no ${outside} among ${itemsLabel(dataset.layout, symbol, total)}`);
}
