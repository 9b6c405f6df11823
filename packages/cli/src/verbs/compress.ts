import type { Layout } from "@somakit/core";
import { CheckedDict } from "@somakit/core/dict";
import { IssueError } from "@somakit/core/errors";
import { JOBS } from "../batch/options.js";
import { type DataRecord, type Dataset, rootOf, withDataset } from "../dataset.js";
import { Annotated, EXIT, type ExitCode, UsageError } from "../failure.js";
import { AS, FORCE, handlingOf, MISMATCHES, readOptions } from "../handling.js";
import { type Target, targetOf, verifyFree } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { entryNamed } from "../recognise.js";
import { recordFacts, recordsLayout } from "../record-file.js";
import { saveRecord } from "../save.js";
import { compressRecords, RECORD_OPTIONS } from "./compress-records.js";
import { decompressRecords, KEYS } from "./decompress-records.js";
import {
  type Context,
  FILES,
  OUTPUTS,
  textArgument,
  textOption,
  type Verb,
  type VerbInput,
  type VerbOption,
} from "./verb.js";

const MASKS: VerbOption = {
  flags: "--masks-from-confidence",
  description: "make masks that are missing: 1 where the confidence, the last channel, is above 0 in some frame",
};

export const compress: Verb = {
  name: "compress",
  summary:
    "Write data in the compact form of its data set: keypoints packed by their masks, arrays as a stream of records",
  details: [
    "Keypoints: for data sets that have a packed form. Keypoints that their masks say are not there are left out and come back as zeros, so those that are not zero are lost; how many there are is said. How an npz compresses its bytes is another matter. A file that is packed already is written as it is.",
    "Records: where the ending of the output is that of a data set whose files are streams of records. Row by row, arrays with the names of members become records; others with as many rows go with them, what is left goes into the record beside them. Numbers are rounded as the schema says. An .npy is the first member; a stream of the same data set is written anew.",
  ],
  arguments: [FILES],
  batch: "each",
  ending: async ({ registry }, input) => {
    const id = textOption(input, "to");
    return id === undefined ? undefined : entryNamed(await registry(), id, "--to").extensions[0];
  },
  options: [OUTPUTS, MASKS, ...RECORD_OPTIONS, AS, MISMATCHES, JOBS.both, FORCE],
  examples: [
    ["somakit compress poses.npz -o packed.npz", "by the masks in the file"],
    ["somakit compress --masks-from-confidence poses.npz -o packed.npz", "masks for keypoints that have none"],
    ["somakit compress meshes.npz -o meshes.xz", "vertices and joints of each frame as a record"],
    ["somakit compress data --to bodycompress -o small -j 4", "each file of a folder, four at once"],
    ["somakit compress verts.npy -o meshes.xz --mismatches keep", "vertices alone, though frames should have joints"],
  ],
  async run(context, input) {
    const records = await recordsLayout(context, textOption(input, "output") as string, textOption(input, "to"));
    return records ? compressRecords(context, input, records) : repack(context, input, pack);
  },
};

export const decompress: Verb = {
  name: "decompress",
  summary: "Undo compress: put zeros where masks say that no keypoints are, make arrays of a stream of records",
  details: [
    "A file that is not packed is written as it is.",
    "A stream of records becomes an uncompressed .npz with a row for each record. Members of members are called camera.loc; the record beside them is there as metadata.fps and so on.",
  ],
  arguments: [FILES],
  batch: "each",
  ending: async (context, _, file) => ((await recordsLayout(context, file, undefined)) ? ".npz" : undefined),
  options: [OUTPUTS, KEYS, AS, MISMATCHES, JOBS.both, FORCE],
  examples: [
    ["somakit decompress packed.npz -o poses.npz", "every keypoint in its place"],
    ["somakit decompress meshes.xz -o meshes.npz", "what numpy.load reads: vertices, joints, …"],
  ],
  async run(context, input) {
    // Standard input can be opened once only.
    const done = await withDataset(context, textArgument(input, 0), handlingOf(input).id, async (dataset) => {
      const facts = recordFacts(dataset.layout);
      return facts ? decompressRecords(context, input, dataset, facts) : loadPackable(context, input, dataset);
    });
    return typeof done === "number" ? done : savePacked(context, input, done, unpack);
  },
};

/** What was done to a file. */
interface Repacked {
  /** In words. */
  readonly what: string;
  readonly packed: boolean;
  readonly changed: boolean;
  /** How many keypoints that were not zero are gone, in all frames together. */
  readonly dropped: number;
  /** Keys of arrays that got a mask. */
  readonly masksMade: readonly string[];
}

type Dict = CheckedDict<DataRecord>;

type Change = (dict: Dict, input: VerbInput) => Repacked;

async function repack(context: Context, input: VerbInput, change: Change): Promise<ExitCode> {
  const loaded = await withDataset(context, textArgument(input, 0), handlingOf(input).id, (dataset) =>
    loadPackable(context, input, dataset),
  );
  return savePacked(context, input, loaded, change);
}

/** A file that has a packed form, in memory, and where it goes. */
interface Packable {
  readonly id: string;
  readonly target: Target;
  readonly dict: Dict;
}

/** Which data sets have a compact form, in a hint. */
async function compactForms({ registry }: Context): Promise<string> {
  const layouts = await Promise.all((await registry()).map((entry) => entry.load()));
  const packable = layouts.filter((layout) => layout.root.kind === "object" && new CheckedDict(layout).packable);
  const streams = layouts.filter(({ records }) => records);
  const ids = (some: readonly Layout[]): string => some.map(({ id }) => id).join(", ") || "none";
  return `those that have one are ${ids(packable)}; streams of records are ${ids(streams)}`;
}

async function loadPackable(context: Context, input: VerbInput, { entry, layout, file }: Dataset): Promise<Packable> {
  const handling = handlingOf(input);
  rootOf(layout);
  if (!new CheckedDict(layout).packable)
    throw new UsageError(`${layout.title} has no packed form`, await compactForms(context));
  const target = targetOf(layout, textOption(input, "output") as string);
  await verifyFree([target], handling);
  const record = await file.read(readOptions(context, handling));
  const logger = ({ message }: { readonly message: string }): void => context.printer.note(message);
  return { id: entry.id, target, dict: new CheckedDict<DataRecord>(layout, record, { form: "stored", logger }) };
}

async function savePacked(
  context: Context,
  input: VerbInput,
  { id, target, dict }: Packable,
  change: Change,
): Promise<ExitCode> {
  const { printer } = context;
  const { what, ...facts } = change(dict, input);
  const record = dict.toRecord({ form: "stored" });
  const written = await saveRecord(context, handlingOf(input), dict.layout, { target, record, form: "stored" });
  const name = textArgument(input, 0);
  if (printer.json) await printer.document(jsonPieces({ file: name, dataset: id, ...facts, output: written }, 2));
  else printWritten(printer, written, what);
  return EXIT.fine;
}

function pack(dict: Dict, input: VerbInput): Repacked {
  if (dict.packed) return { what: "was packed already", packed: true, changed: false, dropped: 0, masksMade: [] };
  const masksMade = input.options["masksFromConfidence"] === true ? dict.keysWithoutMask() : [];
  if (masksMade.length > 0) dict.generateMasks(masksMade);
  const dropped = packed(dict);
  const lost = `${countLabel(dropped, "keypoint")} lost that ${dropped === 1 ? "was" : "were"} not zero`;
  const what = `packed, ${dropped === 0 ? "nothing lost" : lost}`;
  return { what, packed: true, changed: true, dropped, masksMade };
}

function packed(dict: Dict): number {
  try {
    return dict.pack();
  } catch (error) {
    if (!(error instanceof IssueError) || error.code !== "missing") throw error;
    throw new Annotated(error, { hint: "--masks-from-confidence makes the masks that are missing" });
  }
}

function unpack(dict: Dict): Repacked {
  const facts = { packed: false, dropped: 0, masksMade: [] };
  if (!dict.packed) return { what: "was not packed", changed: false, ...facts };
  dict.unpack();
  return { what: "unpacked", changed: true, ...facts };
}
