import type { Progress } from "@somakit/core";
import { Annotated, EXIT, type ExitCode, failureOf, failureText } from "./failure.js";
import { openInput, openInputOrFolder } from "./input.js";
import { jsonPieces } from "./print/json.js";
import { type Printer, styled } from "./print/printer.js";
import { Reading } from "./progress/reading.js";
import { knownThings } from "./schemas/known.js";
import type { Context, Unfinished, Verb, VerbInput } from "./verbs/verb.js";

/** What a verb gets of the process that it runs in. */
export interface Surroundings {
  readonly printer: Printer;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  readonly unfinished: Set<Unfinished>;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** The context of verbs that are called with these options; what is known is loaded once, when it is asked for. */
export function contextOf({ stdin, ...rest }: Surroundings, input: VerbInput): Context {
  const { signal } = rest;
  return {
    ...rest,
    open: (name) => openInput(name, { signal, stdin }),
    openAny: (name) => openInputOrFolder(name, { signal, stdin }),
    ...knownThings(input, process.cwd()),
  };
}

/** Runs a verb once; an error becomes what is said of it, and an exit code. */
export async function runVerb(verb: Verb, context: Context, input: VerbInput): Promise<ExitCode> {
  try {
    return await verb.run(verb.goesThrough ? readingContext(context) : context, input);
  } catch (error) {
    // Work that was stopped fails in many ways, none of which is news.
    return context.signal.aborted ? EXIT.interrupted : report(context.printer, verb, input, error);
  }
}

/** A context that tells how much of its files has been read, and nothing else of how far work is. */
function readingContext(context: Context): Context {
  const { onProgress, open, openAny } = context;
  if (!onProgress) return context;
  const reading = new Reading(onProgress);
  return {
    ...context,
    open: async (name) => reading.watch(await open(name)),
    openAny: async (name) => reading.watch(await openAny(name)),
    onProgress: undefined,
  };
}

/** Says on stderr, and in the JSON document where one is promised, why a command failed. */
export async function report(printer: Printer, verb: Verb, input: VerbInput, error: unknown): Promise<ExitCode> {
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
