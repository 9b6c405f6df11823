import type { Layout, RegistryEntry } from "@somakit/core";
import { CheckedDict, silentLogger } from "@somakit/core/dict";
import { concatWith, sizeAlong } from "@somakit/core/engine/select";
import { isFormatError } from "@somakit/core/errors";
import { PROTOCOL, withKeptSources, withLists } from "../collection.js";
import { axisOf, type DataRecord, itemsLabel, withDataset } from "../dataset.js";
import { withEntries } from "../entries.js";
import { Annotated, EXIT, type ExitCode, UsageError } from "../failure.js";
import { filesOf } from "../files.js";
import { ALONG, AS, FORCE, type Handling, handlingOf, MISMATCHES, readOptions } from "../handling.js";
import { type Target, targetOf, verifyFree } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { saveRecord } from "../save.js";
import { concatEntries } from "./concat-entries.js";
import { concatLists } from "./concat-lists.js";
import { type Context, FILES, OUTPUT, textOption, type Verb, type VerbInput } from "./verb.js";

type Constants = "equal" | "first" | "suffix";

export const concat: Verb = {
  name: "concat",
  summary: "Join files of one data set, the frames of one after those of the other",
  details: [
    "Files are joined in the order in which they are given. A folder that is no data set, and a pattern, stand for the files in them, in natural order: take_2 before take_10.",
    "Values that do not lie along the frames, such as the name of a configuration, go by --constants: equal ends with an error where files differ, first takes that of the first file that has one, suffix keeps all as KEY_0, KEY_1 and so on.",
    "Lists of records get all items of all files, and all splits; arrays are copied from file to file. Items that have one name go by --duplicates.",
    "Folders that are lists of entries, or archives of them, get all entries, copied as they are, in a new folder or archive.",
    "Files that are packed by the same masks stay packed; others are unpacked first. A mask keeps what is valid in all files.",
  ],
  arguments: [FILES],
  options: [
    OUTPUT,
    {
      flags: "--constants <rule>",
      description: "what becomes of values without frames",
      choices: ["equal", "first", "suffix"],
      default: "equal",
    },
    {
      flags: "--duplicates <rule>",
      description:
        "which items of one name are kept in a list of records or a folder, error when left out; renumber counts on in the names of a folder's entries",
      choices: ["error", "first", "last", "keep", "renumber"],
    },
    PROTOCOL,
    ALONG,
    AS,
    MISMATCHES,
    FORCE,
  ],
  examples: [
    ["somakit concat day1.npz day2.npz -o days.npz", "one after the other"],
    ["somakit concat --constants first *.npz -o all.pkl", "with the facts of the first, as a pickle"],
    ["somakit concat ntu.pkl own.pkl --duplicates first -o both.pkl", "two lists of clips"],
    ["somakit concat part_* -o whole --duplicates renumber", "folders of frames that each begin at 0"],
  ],

  run: (context, input) => withKeptSources(context, (kept) => run(kept, input)),
};

async function run(context: Context, input: VerbInput): Promise<ExitCode> {
  const names = await namesOf(context, input);
  const handling = handlingOf(input);
  const copied = await withEntries(context, names, handling.id, (open) => concatEntries(context, open, names, input));
  if (copied !== undefined) return copied;
  const listed = await withLists(context, names, handling.id, (lists) =>
    concatLists(context, lists, names, handling, input),
  );
  if (listed !== undefined) return listed;
  const { entry, layout, target, symbol, records } = await readAll(context, names, handling, input);
  const constants = textOption(input, "constants") as Constants;
  const joined = join(layout, records, { ...handling, along: symbol }, constants);
  const written = await saveRecord(context, handling, layout, { target, record: joined.record, form: "stored" });
  const total = sizeAlong(layout, joined.record, symbol) ?? 0;
  const { printer } = context;
  if (joined.unpacked) printer.note("the files are packed by different masks: the result is not packed");
  const report = {
    files: names,
    dataset: entry.id,
    along: symbol,
    total,
    unpacked: joined.unpacked,
    output: written,
  };
  if (printer.json) await printer.document(jsonPieces(report, 2));
  else printWritten(printer, written, `${itemsLabel(layout, symbol, total)} of ${countLabel(names.length, "file")}`);
  return EXIT.fine;
}

/** The files to be joined; one that is given twice is there twice. */
async function namesOf(context: Context, input: VerbInput): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of input.arguments[0] as readonly string[])
    names.push(...(await filesOf(context, [name], textOption(input, "output"))).map(({ path }) => path));
  return names;
}

interface Parts {
  readonly entry: RegistryEntry;
  readonly layout: Layout;
  readonly target: Target;
  readonly symbol: string;
  readonly records: readonly DataRecord[];
}

/** All files in memory. Throws `UsageError` for files of several data sets. */
async function readAll(
  context: Context,
  names: readonly string[],
  handling: Handling,
  input: VerbInput,
): Promise<Parts> {
  const records: DataRecord[] = [];
  let first: Omit<Parts, "records"> | undefined;
  for (const name of names) {
    await withDataset(context, name, handling.id, async ({ entry, layout, file }) => {
      if (first && first.entry.id !== entry.id) {
        const message = `it is ${entry.title}, but ${names[0]} is ${first.entry.title}`;
        throw new UsageError(message, "only files of one data set can be joined; --as ID takes all for the same");
      }
      if (!first) {
        first = { entry, layout, target: outputOf(layout, input), symbol: axisOf(layout, handling.along) };
        await verifyFree([first.target], handling);
      }
      records.push(await file.read(readOptions(context, handling)));
    });
  }
  return { ...(first as Omit<Parts, "records">), records };
}

function outputOf(layout: Layout, input: VerbInput): Target {
  return targetOf(layout, textOption(input, "output") as string);
}

interface Joined {
  readonly record: DataRecord;
  /** Whether records had to be unpacked. */
  readonly unpacked: boolean;
}

function join(layout: Layout, records: readonly DataRecord[], handling: Handling, constants: Constants): Joined {
  const { along, mismatches } = handling;
  const options = { along, mismatches, constants };
  try {
    return { record: concatWith(layout, records, options), unpacked: false };
  } catch (error) {
    if (!isFormatError(error, "mismatch")) throw error;
    // It may be that the masks differ, which does not matter to records that are not packed.
    const plain = records.map((record) => unpacked(layout, record));
    if (plain.every((record, index) => record === records[index])) throw advised(error);
    try {
      return { record: concatWith(layout, plain, options), unpacked: true };
    } catch (cause) {
      throw advised(cause);
    }
  }
}

/** The record as it is without packing; itself when it is not packed. */
function unpacked(layout: Layout, record: DataRecord): DataRecord {
  const dict = new CheckedDict<DataRecord>(layout, record, { form: "stored", logger: silentLogger });
  if (!dict.packed) return record;
  dict.unpack();
  return dict.toRecord({ form: "stored" });
}

function advised(error: unknown): unknown {
  if (!isFormatError(error, "mismatch")) return error;
  const hint =
    "records are the files, counted from 0; --constants first or suffix for values that differ and have no frames, convention convert for keypoints of several conventions";
  return new Annotated(error, { hint });
}
