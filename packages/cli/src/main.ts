import { CommanderError } from "commander";
import { jobsOption } from "./batch/options.js";
import { namesFolder, planBatch } from "./batch/plan.js";
import { EXIT, type ExitCode, OptionError } from "./failure.js";
import { filesOf } from "./files.js";
import { GLOBAL_OPTIONS } from "./help.js";
import { escapeBlock } from "./print/escape.js";
import { type Output, Printer } from "./print/printer.js";
import { buildProgram, type Globals } from "./program.js";
import { ProgressView } from "./progress/view.js";
import { contextOf, report, runVerb } from "./run-verb.js";
import { verbsFrom } from "./verbs/index.js";
import { type Context, textOption, type Unfinished, type Verb, type VerbInput } from "./verbs/verb.js";
import { versions } from "./version.js";

/** The parts of the process that the command uses. */
export interface Io {
  readonly stdout: Omit<Output, "color">;
  readonly stderr: Omit<Output, "color">;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Gets every file while it is being written, and every process at work; whoever ends this process aborts them. */
  readonly unfinished: Set<Unfinished>;
  /** The file that runs the command, by which further processes are started; without it one works alone. */
  readonly script?: string | undefined;
}

/** Runs one command line, given without `node` and the script, and resolves to the exit code. */
export async function main(args: readonly string[], io: Io): Promise<ExitCode> {
  const options = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (options.includes("--version")) return printVersions(io, options.includes("--json"));
  let exit: ExitCode = EXIT.fine;
  const program = buildProgram({
    verbs: await verbsFrom(firstWord(options)),
    // Names of files may be among the arguments, and the parser repeats what it does not know.
    writeOut: (text) => io.stdout.write(escapeBlock(text)),
    writeErr: (text) => io.stderr.write(escapeBlock(text)),
    run: async (verb, input, globals) => {
      exit = await run(verb, input, globals, io);
    },
  });
  try {
    await program.parseAsync(args.map(shielded), { from: "user" });
    return exit;
  } catch (error) {
    // Help that was asked for ends with 0; everything else that the parser stops for is wrong usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    throw error;
  }
}

/** The word that a command line calls a command by: the first one behind options of every command. Undefined behind any other. */
function firstWord(args: readonly string[]): string | undefined {
  const takesValue = (word: string): boolean => GLOBAL_OPTIONS.some(({ flags }) => flags.startsWith(`${word} `));
  const isOption = (word: string): boolean =>
    GLOBAL_OPTIONS.some(({ flags }) => flags.split(" ")[0] === word.split("=")[0]);
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (!word.startsWith("-")) return word;
    if (!isOption(word)) return undefined;
    if (takesValue(word)) at++;
  }
  return undefined;
}

/** A range such as `-5:` is no option: the parser must not see the minus first. */
function shielded(argument: string): string {
  return /^-\d+:(-?\d*)(:-?\d*)?$/.test(argument) ? ` ${argument}` : argument;
}

async function run(verb: Verb, input: VerbInput, globals: Globals, io: Io): Promise<ExitCode> {
  const view = new ProgressView({
    write: (text) => io.stderr.write(text),
    columns: io.stderr.columns,
    when: globals.quiet ? "never" : globals.progress,
  });
  const printer = new Printer({
    stdout: outputOf(io.stdout, globals, io, view),
    stderr: outputOf(io.stderr, globals, io, view),
    json: globals.json,
    quiet: globals.quiet,
    verbose: globals.verbose,
  });
  const { stdin, signal, unfinished } = io;
  const onProgress: Context["onProgress"] = view.wanted ? (progress) => view.report("", progress) : undefined;
  const context = contextOf({ printer, stdin, signal, unfinished, onProgress }, input);
  try {
    return await runFiles(verb, context, input, { view, script: io.script });
  } catch (error) {
    return signal.aborted ? EXIT.interrupted : report(printer, verb, input, error);
  } finally {
    view.clear();
  }
}

interface Running {
  readonly view: ProgressView;
  readonly script: string | undefined;
}

/** Runs the verb for the files that the first argument stands for: once, or for each of them. */
async function runFiles(verb: Verb, context: Context, input: VerbInput, running: Running): Promise<ExitCode> {
  const [given, ...rest] = input.arguments;
  if (verb.batch === undefined || !Array.isArray(given)) return runVerb(verb, context, input);
  const output = textOption(input, "output");
  const isFolder = output !== undefined && (await namesFolder(output));
  const files = await filesOf(context, given as readonly string[], isFolder ? output : undefined);
  if (verb.batch === "together")
    return runTogether(verb, context, { ...input, arguments: [files.map(({ path }) => path), ...rest] }, running);
  const [only] = files;
  // Of a folder or a pattern with one file in it, what is written goes into a folder as well.
  const isOne = files.length === 1 && only && (output === undefined || only.path === given[0]);
  if (!isOne) {
    const { runBatch } = await import("./batch/run.js");
    return runBatch(context, files, input, { verb, ...running });
  }
  if (input.options["resume"] === true) throw new OptionError("--resume goes on with several files, and this is one");
  if (!isFolder) return runVerb(verb, context, { ...input, arguments: [only.path, ...rest] });
  const [item] = await planBatch(context, verb, files, input);
  return runVerb(verb, context, item?.input ?? input);
}

/** Runs the verb once for all files, which several processes look at where `-j` says so. */
async function runTogether(verb: Verb, context: Context, input: VerbInput, running: Running): Promise<ExitCode> {
  const files = input.arguments[0] as readonly string[];
  const jobs = Math.min(jobsOption(input) ?? 1, files.length);
  const { script, view } = running;
  // Standard input is this process's alone.
  if (jobs === 1 || script === undefined || !verb.join || files.includes("-")) return runVerb(verb, context, input);
  const { documentsOf } = await import("./batch/together.js");
  return verb.join(context, documentsOf(context, files, input, { verb, script, jobs, view }), input);
}

function outputOf(stream: Omit<Output, "color">, { color }: Globals, { environment }: Io, view: ProgressView): Output {
  const wanted = color && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  return {
    write: (text) => {
      view.clear();
      stream.write(text);
    },
    drained: () => stream.drained(),
    columns: stream.columns,
    color: wanted && stream.columns !== undefined,
  };
}

async function printVersions(io: Io, json: boolean): Promise<ExitCode> {
  const found = await versions();
  const lines = Object.entries(found).map(([name, version]) => `${name} ${version}`);
  io.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : `${lines.join("\n")}\n`);
  return EXIT.fine;
}
