import { CheckedDict, IssueError } from "@somakit/core";
import { type DataRecord, rootOf, withDataset } from "../dataset.js";
import { Annotated, EXIT, type ExitCode, UsageError } from "../failure.js";
import { AS, FORCE, handlingOf, MISMATCHES, readOptions } from "../handling.js";
import { targetOf, verifyFree } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { saveRecord } from "../save.js";
import {
  type Context,
  FILE,
  OUTPUT,
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
  summary: "Pack keypoints: leave out those that their masks say are not there",
  details: [
    "For data sets that have such a packed form. Keypoints that are left out come back as zeros, so those that are not zero are lost; how many there are is said.",
    "How an npz compresses its bytes is another matter. A file that is packed already is written as it is.",
  ],
  arguments: [FILE],
  options: [OUTPUT, MASKS, AS, MISMATCHES, FORCE],
  examples: [
    ["somakit compress poses.npz -o packed.npz", "by the masks in the file"],
    ["somakit compress --masks-from-confidence poses.npz -o packed.npz", "masks for keypoints that have none"],
  ],
  run: (context, input) => repack(context, input, pack),
};

export const decompress: Verb = {
  name: "decompress",
  summary: "Unpack keypoints: put zeros where their masks say that none are there",
  details: ["Undoes compress. A file that is not packed is written as it is."],
  arguments: [FILE],
  options: [OUTPUT, AS, MISMATCHES, FORCE],
  examples: [["somakit decompress packed.npz -o poses.npz", "every keypoint in its place"]],
  run: (context, input) => repack(context, input, unpack),
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

async function repack(
  context: Context,
  input: VerbInput,
  change: (dict: Dict, input: VerbInput) => Repacked,
): Promise<ExitCode> {
  const { printer } = context;
  const name = textArgument(input, 0);
  const handling = handlingOf(input);
  const { entry, target, dict } = await withDataset(context, name, handling.id, async (dataset) => {
    const { layout, file } = dataset;
    rootOf(layout);
    if (!new CheckedDict(layout).packable)
      throw new UsageError(`${layout.title} has no packed form`, "npz files are compressed in any case");
    const output = targetOf(layout, textOption(input, "output") as string);
    await verifyFree([output], handling);
    const record = await file.read(readOptions(context, handling));
    const logger = ({ message }: { readonly message: string }): void => printer.note(message);
    return {
      entry: dataset.entry,
      target: output,
      dict: new CheckedDict<DataRecord>(layout, record, { form: "stored", logger }),
    };
  });
  const { what, ...facts } = change(dict, input);
  const record = dict.toRecord({ form: "stored" });
  const written = await saveRecord(context, handling, dict.layout, { target, record, form: "stored" });
  if (printer.json) await printer.document(jsonPieces({ file: name, dataset: entry.id, ...facts, output: written }, 2));
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
