import type { FolderEntries } from "@somakit/core/engine/folder";
import { outputOf, PROTOCOL, type RecordList, saveLists, withKeptSources, withLists } from "../collection.js";
import { withDataset } from "../dataset.js";
import {
  entriesLabel,
  entriesTarget,
  type OpenEntries,
  refuseForFolders,
  saveEntries,
  withEntries,
} from "../entries.js";
import { EXIT, type ExitCode, OptionError, UsageError } from "../failure.js";
import { AS, FORCE, handlingOf, MISMATCHES } from "../handling.js";
import { insteadOfItems } from "../instead.js";
import { verifyFree, type Written } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { type Context, FILES, OUTPUTS, textArgument, textOption, type Verb, type VerbInput } from "./verb.js";

export const select: Verb = {
  name: "select",
  summary: "Take some items of a list of records, or entries of a folder",
  details: [
    "Items stay in their order; splits keep the names of what is left. With several conditions an item has to meet all of them. Arrays are copied from file to file, so that files may be larger than memory.",
    "Of a folder that is a list of entries, or of an archive of one, --names and --match go by the names of these; they are copied as they are, into a new folder or archive.",
  ],
  arguments: [FILES],
  batch: "each",
  options: [
    OUTPUTS,
    { flags: "--split <names>", description: "items of these splits, separated by commas" },
    { flags: "--names <names>", description: "items of these names, separated by commas" },
    { flags: "--match <expression>", description: "items whose names match this regular expression" },
    {
      flags: "--where <key=values>",
      description: "items that have one of these numbers, or texts, under a key: label=3,4",
    },
    {
      flags: "--distinct <rule>",
      description: "of items with one name, only this one",
      choices: ["first", "last", "error"],
    },
    { flags: "--recast <dtype>", description: "float arrays as this type", choices: ["float16", "float32", "float64"] },
    PROTOCOL,
    AS,
    MISMATCHES,
    FORCE,
  ],
  examples: [
    ["somakit select clips.pkl --split val -o val.pkl", "one split as a file of its own"],
    ["somakit select clips.pkl --match C001 --where label=0,1 -o part.pkl", "two classes from one camera"],
    ["somakit select frames --match '_00000000[0-4]' -o few", "some files of a folder"],
    ["somakit select clips.pkl --recast float16 -o half.pkl", "all items in half the bytes"],
  ],

  run: (context, input) => withKeptSources(context, (kept) => run(kept, input)),
};

async function run(context: Context, input: VerbInput): Promise<ExitCode> {
  const name = textArgument(input, 0);
  const handling = handlingOf(input);
  const copied = await withEntries(context, [name], handling.id, (open) => selectEntries(context, open, input));
  if (copied !== undefined) return copied;
  const done = await withLists(context, [name], handling.id, async ({ entry, layout, lists }) => {
    const target = outputOf(layout, input);
    await verifyFree([target], handling);
    const [whole] = lists as [RecordList];
    const overflows: string[] = [];
    const chosen = await selected(whole, input, (path) => overflows.push(path));
    const [written] = await saveLists(context, handling, input, [{ target, list: chosen }]);
    return {
      entry,
      written: written as NonNullable<typeof written>,
      kept: chosen.length,
      total: whole.length,
      overflows,
    };
  });
  if (!done) throw new UsageError("it is no list of records", await instead(context, name, handling.id));
  const { entry, written, kept, total, overflows } = done;
  const { printer } = context;
  for (const path of overflows) printer.note(`${path}: some numbers are too large for the type and became infinite`);
  if (printer.json)
    await printer.document(jsonPieces({ file: name, dataset: entry.id, total, kept, overflows, output: written }, 2));
  else printWritten(printer, written, `${countLabel(kept, "item")} of ${total}`);
  return EXIT.fine;
}

function instead(context: Context, name: string, id: string | undefined): Promise<string> {
  return withDataset(context, name, id, async ({ layout }) => insteadOfItems(layout));
}

/** Entries of a folder whose names meet the conditions. */
async function selectEntries(
  context: Context,
  { entry, layout, what, folders: [whole] }: OpenEntries,
  input: VerbInput,
): Promise<ExitCode> {
  refuseForFolders(input, ["split", "where", "distinct", "recast", "protocol"]);
  const handling = handlingOf(input);
  const all = (whole as FolderEntries).names;
  const [names, match] = [textOption(input, "names")?.split(","), textOption(input, "match")];
  const expression = match === undefined ? undefined : expressionOf(match, "--match");
  const fits = (name: string): boolean =>
    (names?.includes(name) ?? true) && (expression === undefined || name.search(expression) >= 0);
  const target = await entriesTarget(layout, textOption(input, "output") as string, handling);
  const entries = (whole as FolderEntries).select([...all.keys()].filter((index) => fits(all[index] as string)));
  const [output] = await saveEntries(context, handling, [{ target, entries }]);
  const { printer } = context;
  const [kept, total] = [entries.length, all.length];
  const report = { file: textArgument(input, 0), dataset: entry.id, total, kept, overflows: [], output };
  if (printer.json) await printer.document(jsonPieces(report, 2));
  else printWritten(printer, output as Written, entriesLabel(kept, total, what));
  return EXIT.fine;
}

async function selected(whole: RecordList, input: VerbInput, onOverflow: (path: string) => void): Promise<RecordList> {
  const [split, names, match, where, distinct, recast] = ["split", "names", "match", "where", "distinct", "recast"].map(
    (option) => textOption(input, option),
  );
  let list = whole;
  if (split !== undefined) list = await known("--split", () => list.inSplit(split.split(",")));
  if (names !== undefined) list = await list.named(names.split(","));
  if (match !== undefined) list = await list.named(expressionOf(match, "--match"));
  if (where !== undefined) list = await having(list, where);
  if (distinct !== undefined) list = await list.distinct(distinct as "first" | "last" | "error");
  if (recast !== undefined)
    list = await list.recast(recast as "float16", undefined, { onOverflow: ({ path }) => onOverflow(path) });
  return list;
}

async function known<T>(option: string, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof RangeError) throw new OptionError(`${option}: ${error.message}`);
    throw error;
  }
}

/** A regular expression. Throws `OptionError`. */
export function expressionOf(text: string, option: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch (error) {
    throw new OptionError(`${option} ${text}: ${(error as Error).message}`);
  }
}

async function having(list: RecordList, condition: string): Promise<RecordList> {
  const at = condition.indexOf("=");
  if (at < 1) throw new OptionError(`--where ${condition}: a key and its values are needed`, "--where label=3,4");
  const wanted = new Set(condition.slice(at + 1).split(","));
  const values = await list.values(condition.slice(0, at));
  const fits = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(fits) : value !== undefined && value !== null && wanted.has(String(value));
  return list.select([...values.keys()].filter((index) => fits(values[index])));
}
