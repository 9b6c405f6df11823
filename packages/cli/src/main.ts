import { CommanderError } from "commander";
import { EXIT, type ExitCode, failureOf, failureText } from "./failure.js";
import { openInput } from "./input.js";
import { jsonPieces } from "./print/json.js";
import { type Output, Printer, styled } from "./print/printer.js";
import { buildProgram, type Globals } from "./program.js";
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
}

/** Runs one command line, given without `node` and the script, and resolves to the exit code. */
export async function main(args: readonly string[], io: Io): Promise<ExitCode> {
  const options = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (options.includes("--version")) return printVersions(io, options.includes("--json"));
  let exit: ExitCode = EXIT.fine;
  const program = buildProgram({
    verbs,
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    run: async (verb, input, globals) => {
      exit = await run(verb, input, globals, io);
    },
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exit;
  } catch (error) {
    // Help that was asked for ends with 0; everything else that the parser stops for is wrong usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    throw error;
  }
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
    registry: async () => (await import("@somakit/formats/registry")).registry,
  };
  try {
    return await verb.run(context, input);
  } catch (error) {
    return report(printer, verb, input, error);
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
  const first = verb.arguments[0]?.name === "file" ? input.arguments[0] : undefined;
  const file = typeof first === "string" ? first : undefined;
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
    const { exit: _, ...details } = failure;
    await printer.document(jsonPieces({ ...(file === undefined ? {} : { file }), error: details }, 2));
  }
  return failure.exit;
}

function stackOf(error: unknown): readonly string[] {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error && lines.length < 200; cause = cause.cause)
    lines.push(...(cause.stack ?? "").split("\n"));
  return lines;
}

async function printVersions(io: Io, json: boolean): Promise<ExitCode> {
  const found = await versions();
  const lines = Object.entries(found).map(([name, version]) => `${name} ${version}`);
  io.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : `${lines.join("\n")}\n`);
  return EXIT.fine;
}
