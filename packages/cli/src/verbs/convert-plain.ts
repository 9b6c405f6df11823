import type { DumpMotionOptions, MotionSource, Sink } from "@somakit/core";
import { dumpMotion, dumpMotionArrays } from "@somakit/core/motion";
import { withDataset } from "../dataset.js";
import { EXIT, type ExitCode, OptionError } from "../failure.js";
import { workOptions } from "../handling.js";
import { targetPath, verifyFree, writeFiles } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { explained, motionOf, rootOption } from "./motion-options.js";
import { type Context, textArgument, textOption, type VerbInput } from "./verb.js";

type Form = DumpMotionOptions["form"] | "npz";

/** Endings of each form; those of text stand for nothing else. */
const ENDINGS: Readonly<Record<Form, readonly string[]>> = {
  csv: [".csv"],
  ndjson: [".ndjson", ".jsonl"],
  npz: [".npz"],
};

/** The plain form that is asked for, or that the ending of the output stands for. */
export function plainForm(path: string, to: string | undefined): Form | undefined {
  if (to !== undefined) return (Object.keys(ENDINGS) as Form[]).find((form) => form === to);
  const forms = (["csv", "ndjson"] as const).filter((form) =>
    ENDINGS[form].some((end) => path.toLowerCase().endsWith(end)),
  );
  return forms[0];
}

/** The ending of files of the plain form that is asked for. */
export function plainEnding(to: string): string | undefined {
  const form = plainForm("", to);
  return form && ENDINGS[form][0];
}

/** Options of conversion that plain forms have no use for. */
const IDLE = [
  "convention",
  "sourceConvention",
  "approximate",
  "confidence",
  "unit",
  "fps",
  "imageSize",
  "layers",
  "project",
  "profile",
  "dryRun",
  "failOnLoss",
];

/** Writes people who move as plain text or as plain arrays. */
export async function convertPlain(context: Context, input: VerbInput, path: string, form: Form): Promise<ExitCode> {
  const name = textArgument(input, 0);
  const idle = IDLE.find((option) => input.options[option] !== undefined && input.options[option] !== false);
  if (idle !== undefined) {
    const flag = idle.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new OptionError(`--${flag} is of no use for ${form}, which holds what the file holds`, "leave it out");
  }
  targetPath(path, ENDINGS[form], form === "npz" ? "plain arrays" : "plain text");
  const force = input.options["force"] === true;
  await verifyFree([{ path }], { force });
  const sequence = sequenceOption(input);
  let dumped: Dumped | undefined;
  const written = await withDataset(
    context,
    name,
    textOption(input, "as"),
    async (dataset) => {
      const source = await motionOf(dataset, context, { root: await rootOption(input) });
      const write = async (sink: Sink): Promise<void> => {
        dumped = await dump(context, source, sink, { form, sequence }).catch((error: unknown) => {
          throw explained(error);
        });
      };
      const [file] = await writeFiles([{ path, write }], { force, unfinished: context.unfinished });
      return file;
    },
    context.openAny,
  );
  const { printer } = context;
  if (printer.json) await printer.document(jsonPieces({ file: name, to: form, ...dumped, output: written ?? null }, 2));
  else if (written && dumped) printWritten(printer, written, amountOf(dumped));
  return EXIT.fine;
}

interface Dumped {
  readonly sequences: number;
  readonly frames: number;
  readonly lines?: number;
  readonly arrays?: readonly string[];
}

async function dump(
  context: Context,
  source: MotionSource,
  sink: Sink,
  { form, sequence }: { readonly form: Form; readonly sequence: string | number | undefined },
): Promise<Dumped> {
  if (form !== "npz") return dumpMotion(source, sink, { ...workOptions(context), form, sequence });
  const { find } = await context.conventions();
  return dumpMotionArrays(source, sink, { ...workOptions(context), conventions: find, sequence });
}

function amountOf({ sequences, frames, lines, arrays }: Dumped): string {
  const amount = lines === undefined ? countLabel(frames, "frame") : countLabel(lines, "line");
  const also = arrays === undefined ? [] : [countLabel(arrays.length, "array")];
  return [countLabel(sequences, "sequence"), amount, ...also].join(", ");
}

/** Which sequence is asked for: a position in digits, else a name. */
export function sequenceOption(input: VerbInput): string | number | undefined {
  const sequence = textOption(input, "sequence");
  return sequence !== undefined && /^[0-9]{1,9}$/.test(sequence) ? Number(sequence) : sequence;
}
