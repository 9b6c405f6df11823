import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { Annotated, EXIT, type ExitCode, UsageError, worst } from "./failure.js";
import { countLabel } from "./print/amount.js";
import { type Output, Printer } from "./print/printer.js";
import type { Context, VerbInput } from "./verbs/verb.js";

/** What is done with one of the files. Says on its context's printer what there is to say, errors included. */
export type WorkOnFile = (context: Context, input: VerbInput) => Promise<ExitCode>;

export interface BatchOptions {
  readonly work: WorkOnFile;
  /** Whether what is printed for each file is a JSON document, to become an item of one list. */
  readonly asList: boolean;
}

/** One file of a batch, as `--json` has it. */
interface FileResult {
  readonly file: string;
  readonly exit: ExitCode;
  /** The document that the command prints for this file alone; null where it printed none. */
  readonly document: string;
}

/**
 * Does the same with each of several files, then says how many went well. Documents of JSON are one
 * list, of `{file, exit, result}`; otherwise what is said of them comes one after the other. Where `-o` is among the options it
 * names a folder, which gets a file of the same name for each. Gives the worst exit code. Throws `UsageError` before the
 * first file where two of them would become one.
 */
export async function runBatch(
  context: Context,
  files: readonly string[],
  input: VerbInput,
  { work, asList }: BatchOptions,
): Promise<ExitCode> {
  const { printer, signal } = context;
  const inputs = await inputsOf(files, input);
  const results: FileResult[] = [];
  if (asList) await printer.document(["["]);
  for (const [index, one] of inputs.entries()) {
    if (signal.aborted) break;
    const file = files[index] as string;
    if (!asList && index > 0) printer.line("");
    const result = asList
      ? await captured(context, file, one, work)
      : { file, exit: await work(context, one), document: "" };
    results.push(result);
    if (asList) await printer.document([resultJson(result, index + 1 < inputs.length)]);
  }
  if (asList) await printer.document(["]"]);
  if (!printer.json) printer.note(summaryText(results));
  return signal.aborted ? EXIT.interrupted : worst(results.map(({ exit }) => exit));
}

/** The work on one file with its document kept back; what goes to standard error goes there at once. */
async function captured(context: Context, file: string, input: VerbInput, work: WorkOnFile): Promise<FileResult> {
  let document = "";
  const stdout: Output = {
    write: (text) => {
      document += text;
    },
    drained: () => Promise.resolve(),
    columns: undefined,
    color: false,
  };
  const { json, quiet, verbose } = context.printer;
  const printer = new Printer({ stdout, stderr: context.printer.stderr, json, quiet, verbose });
  const exit = await work({ ...context, printer }, input);
  return { file, exit, document };
}

function resultJson({ file, exit, document }: FileResult, more: boolean): string {
  const result = document.trim() === "" ? "null" : document.trim();
  return `{"file": ${JSON.stringify(file)}, "exit": ${exit}, "result": ${result}}${more ? "," : ""}`;
}

async function inputsOf(files: readonly string[], input: VerbInput): Promise<readonly VerbInput[]> {
  const rest = input.arguments.slice(1);
  const { output } = input.options;
  const targets = typeof output === "string" ? await targetsIn(output, files) : undefined;
  return files.map((file, index) => ({
    arguments: [file, ...rest],
    options: targets ? { ...input.options, output: targets[index] } : input.options,
  }));
}

/** A path in the folder for each file. */
async function targetsIn(folder: string, files: readonly string[]): Promise<readonly string[]> {
  const stats = await stat(folder).catch(() => undefined);
  if (!stats?.isDirectory()) {
    const hint = `make the folder, or give one file`;
    throw new Annotated(new UsageError(`a folder is needed to write ${files.length} files to`, hint), { file: folder });
  }
  const targets = files.map((file) => join(folder, basename(file)));
  const twin = targets.findIndex((target, index) => targets.indexOf(target) < index);
  if (twin < 0) return targets;
  const first = files[targets.indexOf(targets[twin] as string)];
  throw new UsageError(`${first} and ${files[twin]} would both become ${targets[twin]}`);
}

function summaryText(results: readonly FileResult[]): string {
  const count = (wanted: ExitCode): number => results.filter(({ exit }) => exit === wanted).length;
  const parts = [
    [count(EXIT.fine), "fine"],
    [count(EXIT.invalid), "not as it should be"],
    [count(EXIT.usage), "not done"],
    [count(EXIT.unreadable), "cannot be read"],
  ] as const;
  const told = parts.filter(([files]) => files > 0).map(([files, what]) => `${files} ${what}`);
  return `${countLabel(results.length, "file")}: ${told.join(", ")}`;
}
