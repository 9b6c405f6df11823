import { type DumpedMotion, type DumpMotionOptions, dumpMotion, openMotion } from "@somakit/core";
import { withDataset } from "../dataset.js";
import { EXIT, type ExitCode, OptionError } from "../failure.js";
import { workOptions } from "../handling.js";
import { targetPath, verifyFree, writeFiles } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { type Context, textArgument, textOption, type VerbInput } from "./verb.js";

type Form = DumpMotionOptions["form"];

const ENDINGS: Readonly<Record<string, Form>> = { ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson" };

/** The plain form that an ending stands for. */
export function plainForm(path: string): Form | undefined {
  return Object.entries(ENDINGS).find(([ending]) => path.toLowerCase().endsWith(ending))?.[1];
}

/** Options of conversion that plain text has no use for. */
const IDLE = [
  "convention",
  "sourceConvention",
  "approximate",
  "confidence",
  "unit",
  "fps",
  "profile",
  "dryRun",
  "failOnLoss",
];

/** Writes people who move as plain text. */
export async function convertPlain(context: Context, input: VerbInput, path: string, form: Form): Promise<ExitCode> {
  const name = textArgument(input, 0);
  const idle = IDLE.find((option) => input.options[option] !== undefined && input.options[option] !== false);
  if (idle !== undefined) {
    const flag = idle.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new OptionError(`--${flag} is of no use for ${form}, which holds what the file holds`, "leave it out");
  }
  targetPath(path, Object.keys(ENDINGS), "plain text");
  const force = input.options["force"] === true;
  await verifyFree([{ path }], { force });
  const sequence = sequenceOption(input);
  let dumped: DumpedMotion | undefined;
  const from = textOption(input, "from");
  const written = await withDataset(
    context,
    name,
    from,
    async ({ open }) => {
      const source = openMotion(open);
      const write = async (sink: Parameters<typeof dumpMotion>[1]): Promise<void> => {
        dumped = await dumpMotion(source, sink, { ...workOptions(context), form, sequence });
      };
      const [file] = await writeFiles([{ path, write }], { force, unfinished: context.unfinished });
      return file;
    },
    context.openAny,
  );
  const { printer } = context;
  if (printer.json) await printer.document(jsonPieces({ file: name, to: form, ...dumped, output: written ?? null }, 2));
  else if (written && dumped)
    printWritten(printer, written, `${countLabel(dumped.sequences, "sequence")}, ${countLabel(dumped.lines, "line")}`);
  return EXIT.fine;
}

/** Which sequence is asked for: a position in digits, else a name. */
export function sequenceOption(input: VerbInput): string | number | undefined {
  const sequence = textOption(input, "sequence");
  return sequence !== undefined && /^[0-9]{1,9}$/.test(sequence) ? Number(sequence) : sequence;
}
