import type { RecordArrays, Sink, WriteTree } from "@somakit/core";
import { npz } from "@somakit/core/codec/npz";
import { arraysOfRecords, arraysOfValue } from "@somakit/core/columns";
import { isFormatError } from "@somakit/core/errors";
import type { Dataset } from "../dataset.js";
import { Annotated, EXIT, type ExitCode } from "../failure.js";
import { handlingOf, workOptions } from "../handling.js";
import { targetPath, verifyFree, type Written, writeFiles } from "../output.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { type RecordFacts, RecordsFile } from "../record-file.js";
import { threadsOf } from "../threads.js";
import { type Context, textArgument, textOption, type VerbInput, type VerbOption } from "./verb.js";

export const KEYS: VerbOption = {
  flags: "--keys <names>",
  description: "of a stream of records, only these members, such as vertices,camera.loc",
};

/** Writes what a stream of records holds to an archive of arrays, with a row for each record. */
export async function decompressRecords(
  context: Context,
  input: VerbInput,
  dataset: Dataset,
  facts: RecordFacts,
): Promise<ExitCode> {
  const handling = handlingOf(input);
  const path = targetPath(textOption(input, "output") as string, [".npz"], `arrays of ${dataset.layout.title}`);
  await verifyFree([{ path }], handling);
  const threads = threadsOf(input);
  try {
    const file = new RecordsFile(dataset);
    const reader = file.all(facts.list);
    const work = workOptions(context);
    const records = {
      path: reader.path,
      records: (options: typeof work = work) => reader.records({ ...options, threads }),
    };
    const only = textOption(input, "keys")
      ?.split(",")
      .map((key) => key.trim());
    const made = await hinting(() => arraysOfRecords(records, { ...work, only }));
    const beside = facts.own
      ? arraysOfValue(facts.own.name, await file.unchecked(facts.own.name, work))
      : { arrays: new Map<string, WriteTree>(), leftOut: [] };
    const tree = new Map<string, WriteTree>([...beside.arrays, ...made.arrays]);
    // As numpy.savez has it: what is read again and again is not to be inflated each time.
    const write = (sink: Sink): Promise<void> => npz.write(sink, tree, { ...work, compression: "none" });
    const [written] = await writeFiles([{ path, write }], { force: handling.force, unfinished: context.unfinished });
    const leftOut = [...beside.leftOut, ...made.leftOut];
    await say(context, { name: textArgument(input, 0), dataset, facts, made, leftOut }, written as Written);
    return EXIT.fine;
  } finally {
    await threads.close();
  }
}

async function hinting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFormatError(error, "mismatch")) throw error;
    throw new Annotated(error, { hint: "--keys takes only the members that are alike in all records" });
  }
}

interface Done {
  readonly name: string;
  readonly dataset: Dataset;
  readonly facts: RecordFacts;
  readonly made: RecordArrays;
  readonly leftOut: RecordArrays["leftOut"];
}

async function say(
  { printer }: Pick<Context, "printer">,
  { name, dataset, facts, made, leftOut }: Done,
  written: Written,
): Promise<void> {
  const keys = [...made.arrays.keys()];
  if (printer.json) {
    const document = { file: name, dataset: dataset.entry.id, records: made.count, keys, leftOut, output: written };
    await printer.document(jsonPieces(document, 2));
    return;
  }
  for (const { path, reason } of leftOut) printer.note(`left out ${path}: ${reason}`);
  printWritten(printer, written, `${made.count} ${facts.list.name} of ${keys.join(", ") || "nothing"}`);
}
