import type { Sink } from "@somakit/core";
import { CommanderError } from "commander";
import { runBatch } from "./batch.js";
import { Annotated, EXIT, type ExitCode, failureOf, failureText } from "./failure.js";
import { filesOf } from "./files.js";
import { openInput, openInputOrFolder } from "./input.js";
import { escapeBlock } from "./print/escape.js";
import { jsonPieces } from "./print/json.js";
import { type Output, Printer, styled } from "./print/printer.js";
import { buildProgram, type Globals } from "./program.js";
import { knownThings } from "./schemas/known.js";
import { verbs } from "./verbs/index.js";
import type { Context, Verb, VerbInput } from "./verbs/verb.js";
import { versions } from "./version.js";

/** The parts of the process that the command uses. */
export interface Io {
  readonly stdout: Omit<Output, "color">;
  readonly stderr: Omit<Output, "color">;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Gets every file while it is being written; whoever ends the process aborts them. */
  readonly unfinished: Set<Sink>;
}

/** Runs one command line, given without `node` and the script, and resolves to the exit code. */
export async function main(args: readonly string[], io: Io): Promise<ExitCode> {
  const options = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (options.includes("--version")) return printVersions(io, options.includes("--json"));
  let exit: ExitCode = EXIT.fine;
  const program = buildProgram({
    verbs,
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

/** A range such as `-5:` is no option: the parser must not see the minus first. */
function shielded(argument: string): string {
  return /^-\d+:(-?\d*)(:-?\d*)?$/.test(argument) ? ` ${argument}` : argument;
}

async function run(verb: Verb, input: VerbInput, globals: Globals, io: Io): Promise<ExitCode> {
  const printer = new Printer({
    stdout: { ...outputOf(io.stdout, globals, io), columns: io.stdout.columns },
    stderr: outputOf(io.stderr, globals, io),
    json: globals.json,
    quiet: globals.quiet,
    verbose: globals.verbose,
  });
  const context: Context = {
    printer,
    signal: io.signal,
    open: (name) => openInput(name, { signal: io.signal, stdin: io.stdin }),
    openAny: (name) => openInputOrFolder(name, { signal: io.signal, stdin: io.stdin }),
    ...knownThings(input, process.cwd()),
    unfinished: io.unfinished,
  };
  try {
    const [given] = input.arguments;
    if (verb.batch === undefined || !Array.isArray(given)) return await runOne(verb, context, input);
    const files = await filesOf(context, given as readonly string[]);
    const rest = input.arguments.slice(1);
    const [only] = files;
    if (verb.batch === "together") return await runOne(verb, context, { ...input, arguments: [files, ...rest] });
    if (files.length === 1) return await runOne(verb, context, { ...input, arguments: [only, ...rest] });
    const work = (one: Context, inputOfOne: VerbInput): Promise<ExitCode> => runOne(verb, one, inputOfOne);
    return await runBatch(context, files, input, { work, asList: printer.json || verb.batch === "documents" });
  } catch (error) {
    return io.signal.aborted ? EXIT.interrupted : report(printer, verb, input, error);
  }
}

async function runOne(verb: Verb, context: Context, input: VerbInput): Promise<ExitCode> {
  try {
    return await verb.run(context, input);
  } catch (error) {
    // Work that was stopped fails in many ways, none of which is news.
    return context.signal.aborted ? EXIT.interrupted : report(context.printer, verb, input, error);
  }
}

function outputOf(stream: Omit<Output, "color">, { color }: Globals, { environment }: Io): Output {
  const wanted = color && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  return {
    write: (text) => stream.write(text),
    drained: () => stream.drained(),
    columns: stream.columns,
    color: wanted && stream.columns !== undefined,
  };
}

/** Says on stderr, and in the JSON document where one is promised, why a command failed. */
async function report(printer: Printer, verb: Verb, input: VerbInput, error: unknown): Promise<ExitCode> {
  const failure = failureOf(error);
  const [given] = input.arguments;
  const first = verb.arguments[0]?.name === "file" && typeof given === "string" ? given : undefined;
  const file = failure.file === undefined ? first : (failure.file ?? undefined);
  printer.problem(
    "somakit: ",
    styled("red", "error"),
    ": ",
    file === undefined ? "" : `${file}: `,
    failureText(failure),
  );
  if (failure.hint !== undefined) printer.problem(styled("dim", `  hint: ${failure.hint}`));
  if (printer.verbose) for (const line of stackOf(error)) printer.problem("  ", line);
  if (printer.json) {
    const { exit: _, file: __, ...details } = failure;
    await printer.document(jsonPieces({ ...(file === undefined ? {} : { file }), error: details }, 2));
  }
  return failure.exit;
}

function stackOf(error: unknown): readonly string[] {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error && lines.length < 200; cause = cause.cause)
    if (!(cause instanceof Annotated)) lines.push(...(cause.stack ?? "").split("\n"));
  return lines;
}

async function printVersions(io: Io, json: boolean): Promise<ExitCode> {
  const found = await versions();
  const lines = Object.entries(found).map(([name, version]) => `${name} ${version}`);
  io.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : `${lines.join("\n")}\n`);
  return EXIT.fine;
}
