import { stat } from "node:fs/promises";
import type { Job, JobReport, JournalStore, Progress } from "@somakit/core";
import { fileFolder, fileJournalStore, nodeThreads } from "@somakit/core/node";
import { Annotated, EXIT, OptionError, UsageError } from "../failure.js";
import { FORCE, handlingOf } from "../handling.js";
import { targetPath, verifyFree, type Written, writeFiles } from "../output.js";
import { jsonPieces } from "../print/json.js";
import type { Printer } from "../print/printer.js";
import { printWritten } from "../print/written.js";
import { type Context, textArgument, textOption, type Verb, type VerbInput, type VerbOption } from "./verb.js";

const RESUME: VerbOption = {
  flags: "--resume",
  description: "go on with a run that was interrupted: what it had done is in OUTPUT.journal",
};

const THREADS: VerbOption = {
  flags: "--threads <number>",
  description: "how many to work on; all cores when left out",
};

/** A job of a package of data sets as a command. */
export function jobVerb(job: Job): Verb {
  return {
    name: job.name,
    summary: job.summary,
    details: [
      ...job.details,
      ...(job.resumable
        ? [
            "What is done is kept beside the output, in OUTPUT.journal, until all is; so memory stays small, and --resume goes on after an interruption.",
          ]
        : []),
    ],
    arguments: [{ name: "folder", description: job.folder, required: true }],
    options: [
      { flags: "-o, --output <file>", description: job.output.description, required: true },
      ...job.options.map(optionOf),
      ...(job.resumable ? [RESUME] : []),
      ...(job.threaded ? [THREADS] : []),
      FORCE,
    ],
    examples: job.examples.map(([options, meaning]) => [`somakit ${job.name} ${options}`, meaning]),
    run: (context, input) => runJob(context, job, input),
  };
}

function optionOf({ name, description, choices, default: preset }: Job["options"][number]): VerbOption {
  return {
    flags: choices ? `--${name} <name>` : `--${name}`,
    description,
    ...(choices && { choices }),
    ...(preset !== undefined && { default: preset }),
  };
}

async function runJob(context: Context, job: Job, input: VerbInput): Promise<typeof EXIT.fine> {
  const { printer } = context;
  const path = textArgument(input, 0);
  const output = targetPath(textOption(input, "output") as string, job.output.extensions, job.summary);
  const handling = handlingOf(input);
  await verifyFree([{ path: output }], handling);
  const count = threadCount(input);
  const folder = await openFolder(path);
  const resume = input.options["resume"] === true;
  const journal = job.resumable ? await openJournal(`${output}.journal`, { resume, ...handling }) : undefined;
  const threads = job.threaded ? nodeThreads(count) : undefined;
  let report: JobReport | undefined;
  let written: Written | undefined;
  try {
    const run = await job.load();
    const work = { folder, options: valuesOf(job, input), journal, threads, signal: context.signal };
    const write = async (sink: Parameters<typeof run>[0]["sink"]): Promise<void> => {
      report = await run({ ...work, sink, onProgress: progressOf(printer) });
    };
    [written] = await writeFiles([{ path: output, write }], { force: handling.force, unfinished: context.unfinished });
  } catch (error) {
    throw await interrupted(error, journal);
  } finally {
    await threads?.close();
  }
  await journal?.remove();
  await say(printer, path, report as JobReport, written as Written);
  return EXIT.fine;
}

async function openFolder(path: string): ReturnType<typeof fileFolder> {
  const found = await stat(path);
  if (!found.isDirectory()) throw new Annotated(new UsageError("it is a file; a folder is needed"), { file: path });
  return fileFolder(path);
}

interface JournalUse {
  readonly resume: boolean;
  readonly force: boolean;
}

/** What an interrupted run left is neither used nor lost unless that is wanted. */
async function openJournal(path: string, { resume, force }: JournalUse): Promise<JournalStore> {
  const journal = await fileJournalStore(path);
  if (resume || journal.byteLength === 0) return journal;
  if (force) {
    await journal.truncate(0);
    return journal;
  }
  await journal.close();
  const hint = "--resume goes on with it, --force begins anew";
  throw new Annotated(new UsageError("an interrupted run left it", hint), { file: path });
}

async function interrupted(error: unknown, journal: JournalStore | undefined): Promise<unknown> {
  if (!journal) return error;
  const kept = journal.byteLength;
  if (kept === 0) await journal.remove();
  else await journal.close();
  return kept === 0 ? error : new Annotated(error, { hint: "--resume goes on with what is done" });
}

function threadCount(input: VerbInput): { readonly count?: number } {
  const text = textOption(input, "threads");
  if (text === undefined) return {};
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 256) return { count };
  throw new OptionError(`--threads ${text}: a number from 1 to 256 is needed`);
}

function valuesOf(job: Job, input: VerbInput): Record<string, string | true | undefined> {
  const values: Record<string, string | true | undefined> = {};
  for (const { name } of job.options) {
    // The parser gives names in camel case.
    const value = input.options[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    values[name] = value === true || typeof value === "string" ? value : undefined;
  }
  return values;
}

/** Says how far a stage is, each tenth of it, to whoever wants to know. */
function progressOf(printer: Printer): ((progress: Progress) => void) | undefined {
  if (!printer.verbose) return undefined;
  const said = new Map<string, number>();
  return ({ stage, done, total }) => {
    const tenth = total === 0 ? 10 : Math.floor((10 * done) / total);
    if (said.get(stage) === tenth) return;
    const first = !said.has(stage);
    said.set(stage, tenth);
    // What is not known before is as much as there is so far.
    if (done < total) printer.note(`${stage}: ${done} of ${total}`);
    else if (first) printer.note(stage);
  };
}

async function say(printer: Printer, folder: string, { facts, skipped }: JobReport, written: Written): Promise<void> {
  if (printer.json) {
    await printer.document(jsonPieces({ folder, ...Object.fromEntries(facts), skipped, output: written }, 2));
    return;
  }
  for (const { path, reason } of skipped) printer.note(`left out ${path}: ${reason}`);
  printWritten(printer, written, facts.map(([name, value]) => `${value} ${name}`).join(", "));
}
