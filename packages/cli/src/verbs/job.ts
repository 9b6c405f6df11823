import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Folder, Job, JobContext, JobReport, JournalStore, Source } from "@somakit/core";
import { openTar } from "@somakit/core/codec/tar";
import { isFormatError } from "@somakit/core/errors";
import { fileFolder } from "@somakit/core/node";
import { JOBS } from "../batch/options.js";
import { Annotated, about, EXIT, UsageError } from "../failure.js";
import { FORCE, handlingOf } from "../handling.js";
import { openJournal } from "../journal.js";
import { targetPath, verifyFree, type Written, writeFiles } from "../output.js";
import { jsonPieces } from "../print/json.js";
import type { Printer } from "../print/printer.js";
import { printWritten } from "../print/written.js";
import { threadsOf } from "../threads.js";
import { type Context, textArgument, textOption, type Verb, type VerbInput, type VerbOption } from "./verb.js";

const RESUME: VerbOption = {
  flags: "--resume",
  description: "go on with a run that was interrupted: what it had done is in OUTPUT.journal",
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
    arguments: [
      job.file === undefined
        ? { name: "folder", description: `${job.folder}; or a .tar or .tar.gz of it`, required: true }
        : { name: "input", description: `${job.folder}, or ${job.file}`, required: true },
    ],
    options: [
      { flags: "-o, --output <file>", description: job.output.description, required: true },
      ...job.options.map(optionOf),
      ...(job.resumable ? [RESUME] : []),
      ...(job.threaded ? [JOBS.cores] : []),
      FORCE,
    ],
    examples: job.examples.map(([options, meaning]) => [`somakit ${job.name} ${options}`, meaning]),
    run: (context, input) => runJob(context, job, input),
  };
}

function optionOf({ name, description, choices, value, default: preset }: Job["options"][number]): VerbOption {
  const placeholder = value ?? (choices ? "name" : undefined);
  return {
    flags: placeholder === undefined ? `--${name}` : `--${name} <${placeholder}>`,
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
  const threads = job.threaded ? threadsOf(input) : undefined;
  const { folder, file, archive } = await openInput(context, path, job);
  const resume = input.options["resume"] === true;
  const journal = job.resumable ? await openJournal(`${output}.journal`, { resume, ...handling }) : undefined;
  const files: Record<string, Source> = {};
  let report: JobReport | undefined;
  let written: Written | undefined;
  try {
    const run = await job.load();
    const options = valuesOf(job, input);
    await openFiles(context, job, options, files);
    const work = { folder, file, files, options, journal, threads, signal: context.signal };
    const write = async (sink: Parameters<typeof run>[0]["sink"]): Promise<void> => {
      report = await run({ ...work, sink, onProgress: context.onProgress });
    };
    [written] = await writeFiles([{ path: output, write }], { force: handling.force, unfinished: context.unfinished });
  } catch (error) {
    throw await interrupted(error, journal);
  } finally {
    await threads?.close();
    for (const source of [file, archive, ...Object.values(files)]) await source?.close?.();
  }
  await journal?.remove();
  await say(printer, path, report as JobReport, written as Written);
  return EXIT.fine;
}

interface JobInput {
  readonly folder: Folder;
  readonly file?: Source;
  /** What `folder` is in, to be closed in the end. */
  readonly archive?: Source;
}

async function openInput(context: Context, path: string, job: Job): Promise<JobInput> {
  const found = await about(path, () => stat(path));
  if (found.isDirectory()) return { folder: await fileFolder(path) };
  if (job.file === undefined) return openArchive(context, path);
  return { folder: await fileFolder(dirname(path)), file: await context.open(path) };
}

/** The folder that is packed in an archive. Throws `UsageError` for any other file. */
async function openArchive(context: Context, path: string): Promise<JobInput> {
  const archive = await context.open(path);
  try {
    return { folder: await about(path, () => openTar(archive, { signal: context.signal })), archive };
  } catch (error) {
    await archive.close?.();
    const { cause } = error as Error;
    if (!isFormatError(cause, "not-this-format")) throw error;
    const message = "it is a file; a folder is needed, or a .tar or .tar.gz of one";
    throw new Annotated(new UsageError(message), { file: path });
  }
}

/** Opens the files that options name, into `files`, so that they are closed whatever happens. */
async function openFiles(
  context: Context,
  job: Job,
  options: JobContext["options"],
  files: Record<string, Source>,
): Promise<void> {
  for (const { name, opens } of job.options) {
    const path = options[name];
    if (opens === true && typeof path === "string") files[name] = await about(path, () => context.open(path));
  }
}

async function interrupted(error: unknown, journal: JournalStore | undefined): Promise<unknown> {
  if (!journal) return error;
  const kept = journal.byteLength;
  if (kept === 0) await journal.remove();
  else await journal.close();
  return kept === 0 ? error : new Annotated(error, { hint: "--resume goes on with what is done" });
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

async function say(printer: Printer, folder: string, { facts, skipped }: JobReport, written: Written): Promise<void> {
  if (printer.json) {
    await printer.document(jsonPieces({ folder, ...Object.fromEntries(facts), skipped, output: written }, 2));
    return;
  }
  for (const { path, reason } of skipped) printer.note(`left out ${path}: ${reason}`);
  printWritten(printer, written, facts.map(([name, value]) => `${value} ${name}`).join(", "));
}
