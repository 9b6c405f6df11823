import type { Layout, RecordSummary, RecordWriterOptions, Sink, Source, Value } from "@somakit/core";
import { columnsOf } from "@somakit/core/columns";
import { createWriterWith } from "@somakit/core/engine/records";
import type { DataRecord } from "../dataset.js";
import { about, EXIT, type ExitCode, OptionError } from "../failure.js";
import { type Handling, handlingOf, workOptions } from "../handling.js";
import { targetOf, verifyFree, type Written, writeFiles } from "../output.js";
import { bytesLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { recognise } from "../recognise.js";
import { type RecordFacts, RecordsFile, recordFacts } from "../record-file.js";
import { threadsOf } from "../threads.js";
import { type Context, textArgument, textOption, type VerbInput, type VerbOption } from "./verb.js";

export const RECORD_OPTIONS: readonly VerbOption[] = [
  {
    flags: "--to <id>",
    description: "the data set to make records of, where the ending of the output does not tell",
  },
  {
    flags: "--members <names>",
    description: "which arrays become which members of the records, where names differ: vertices=verts,joints=j3d",
  },
  {
    flags: "--steps <values>",
    description: "steps to which numbers are rounded, in place of the schema's: quantizationMm=0.1",
  },
  {
    flags: "--per-block <number>",
    description:
      "records that can be read without those before them; none leaves it to the compressor, for the smallest file",
  },
  {
    flags: "--preset <level>",
    description: "effort of compressing",
    choices: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  },
];

/** What records are made of. */
interface Origin {
  readonly records: AsyncIterable<DataRecord>;
  /** The record before them that is the user's own. */
  readonly own: unknown;
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

/** Writes a stream of records, of the rows of arrays or of the records of another stream. */
export async function compressRecords(context: Context, input: VerbInput, layout: Layout): Promise<ExitCode> {
  const name = textArgument(input, 0);
  const handling = handlingOf(input);
  const facts = recordFacts(layout) as RecordFacts;
  const target = targetOf(layout, textOption(input, "output") as string);
  await verifyFree([target], handling);
  const options = writerOptions(context, input, handling, target.container);
  const threads = threadsOf(input);
  try {
    return await about(name, async () => {
      const source = await context.open(name);
      try {
        const origin = await originOf(context, input, { layout, facts, source, threads });
        let summary: RecordSummary | undefined;
        const write = async (sink: Sink): Promise<void> => {
          summary = await writeAll(sink, layout, facts, origin, { ...options, threads });
        };
        const [written] = await writeFiles([{ path: target.path, write }], {
          force: handling.force,
          unfinished: context.unfinished,
        });
        await say(
          context,
          { name, layout, facts, origin, read: source.byteLength },
          summary as RecordSummary,
          written as Written,
        );
        return EXIT.fine;
      } finally {
        await source.close?.();
      }
    });
  } finally {
    await threads.close();
  }
}

interface Reading {
  readonly layout: Layout;
  readonly facts: RecordFacts;
  readonly source: Source;
  readonly threads: ReturnType<typeof threadsOf>;
}

async function originOf(
  context: Context,
  input: VerbInput,
  { layout, facts, source, threads }: Reading,
): Promise<Origin> {
  const work = workOptions(context);
  const { dataset, root } = await recognise(await context.registry(), source, work);
  if (dataset?.layout.id === layout.id) {
    const file = new RecordsFile({ open: { ...dataset, source } });
    const records = file.all(facts.list).records({ ...work, threads });
    return { records, own: facts.own && (await file.unchecked(facts.own.name, work)), leftOut: [] };
  }
  const columns = await columnsOf(root, { ...work, known: facts.members, from: membersOption(input) });
  const { shared, leftOut } = columns;
  if (facts.own) return { records: columns.records(work), own: ownRecord(facts.own.name, shared), leftOut };
  const homeless = [...shared.keys()].map((path) => ({ path, reason: "it has no row for each record" }));
  return { records: columns.records(work), own: undefined, leftOut: [...leftOut, ...homeless] };
}

/** What belongs to all records as a record: `metadata.fps` is its member `fps`, and so is plain `fps`. */
function ownRecord(name: string, shared: ReadonlyMap<string, Value>): Value {
  if (shared.size === 0) return null;
  const alone = shared.get(name);
  if (shared.size === 1 && alone !== undefined) return alone;
  const prefix = `${name}.`;
  return new Map([...shared].map(([key, value]) => [key.startsWith(prefix) ? key.slice(prefix.length) : key, value]));
}

async function writeAll(
  sink: Sink,
  layout: Layout,
  facts: RecordFacts,
  { records, own }: Origin,
  options: RecordWriterOptions,
): Promise<RecordSummary> {
  const first = facts.own ? { [facts.own.name]: own } : {};
  const writer = await createWriterWith<DataRecord>(layout, sink, first, options);
  try {
    for await (const record of records) await writer.append(record);
    return await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function writerOptions(
  context: Context,
  input: VerbInput,
  { mismatches }: Handling,
  container: string,
): RecordWriterOptions {
  const preset = textOption(input, "preset");
  return {
    signal: workOptions(context).signal,
    container,
    steps: stepsOption(input),
    perBlock: perBlockOption(input),
    ...(preset !== undefined && { preset: Number(preset) as Exclude<RecordWriterOptions["preset"], undefined> }),
    check: mismatches === "keep" ? "loose" : "refuse",
  };
}

function perBlockOption(input: VerbInput): number | "none" | undefined {
  const text = textOption(input, "perBlock");
  if (text === undefined || text === "none") return text;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count;
  throw new OptionError(`--per-block ${text}: a number from 1 on is needed, or none`);
}

function stepsOption(input: VerbInput): Record<string, number> | undefined {
  const steps = pairsOf(input, "steps", "quantizationMm=0.1");
  if (!steps) return undefined;
  return Object.fromEntries(
    Object.entries(steps).map(([name, text]) => {
      const step = Number(text);
      if (Number.isFinite(step) && step > 0) return [name, step];
      throw new OptionError(`--steps ${name}=${text}: a number above 0 is needed`);
    }),
  );
}

function membersOption(input: VerbInput): Record<string, string> | undefined {
  return pairsOf(input, "members", "vertices=verts,joints=j3d");
}

/** `name=value` pairs separated by commas. Throws `OptionError`. */
function pairsOf(input: VerbInput, option: string, example: string): Record<string, string> | undefined {
  const text = textOption(input, option);
  if (text === undefined) return undefined;
  const pairs = text.split(",").map((pair) => /^([^=]+)=(.+)$/.exec(pair.trim()));
  const read = pairs.map((pair) => {
    if (pair) return [pair[1] as string, pair[2] as string] as const;
    throw new OptionError(
      `--${option} ${text}: pairs NAME=VALUE separated by commas are needed`,
      `--${option} ${example}`,
    );
  });
  return Object.fromEntries(read);
}

interface Done {
  readonly name: string;
  readonly layout: Layout;
  readonly facts: RecordFacts;
  readonly origin: Origin;
  /** Bytes of the file that was read. */
  readonly read: number;
}

async function say(
  { printer }: Pick<Context, "printer">,
  { name, layout, facts, origin, read }: Done,
  { count, contentBytes }: RecordSummary,
  written: Written,
): Promise<void> {
  const { leftOut } = origin;
  if (printer.json) {
    const document = { file: name, dataset: layout.id, records: count, contentBytes, leftOut, output: written };
    await printer.document(jsonPieces(document, 2));
    return;
  }
  for (const { path, reason } of leftOut) printer.note(`left out ${path}: ${reason}`);
  const ratio = read / written.bytes;
  const smaller = ratio > 1 ? `, ${ratio.toFixed(2)} times smaller than the ${bytesLabel(read)} of ${name}` : "";
  printWritten(printer, written, `${count} ${facts.list.name}${smaller}`);
}
