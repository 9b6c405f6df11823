import { EXIT, type ExitCode } from "../failure.js";
import { contextOf, runVerb } from "../run-verb.js";
import { verbNamed } from "../verbs/index.js";
import type { Context, Unfinished, VerbInput } from "../verbs/verb.js";
import type { FromWorker, ToWorker } from "./messages.js";
import { keepingPrinter } from "./said.js";

/** Progress is told so often, in milliseconds. */
const PAUSE = 100;

export interface WorkerOptions {
  readonly signal: AbortSignal;
  readonly unfinished: Set<Unfinished>;
}

type Begin = Extract<ToWorker, { readonly kind: "begin" }>;

/** Works on files for the process that has started this one, one after the other, until that one closes the channel. */
export function workForAnother(options: WorkerOptions): void {
  let begin: Begin | undefined;
  let known: Context | undefined;
  const send = (message: FromWorker): void => {
    // Who is not there any more cannot be told.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  };
  process.on("message", async (message: ToWorker) => {
    if (message.kind === "begin") {
      begin = message;
      return;
    }
    if (!begin) throw new Error("work came before it was said what it is");
    const { printer, said } = keepingPrinter(begin.looks);
    const onProgress = begin.progress ? throttled(send) : undefined;
    const { signal, unfinished } = options;
    // What is known is the same for all files.
    known ??= contextOf({ printer, stdin: nothing(), signal, unfinished, onProgress }, message.input);
    const exit = await work(begin.verb, { ...known, printer, onProgress }, message.input);
    send({ kind: "done", exit, said });
  });
}

async function work(name: string, context: Context, input: VerbInput): Promise<ExitCode> {
  const verb = await verbNamed(name);
  return verb ? runVerb(verb, context, input) : EXIT.usage;
}

function throttled(send: (message: FromWorker) => void): Context["onProgress"] {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (now - last < PAUSE && progress.done !== progress.total) return;
    last = now;
    send({ kind: "progress", progress });
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Standard input is the other process's.
}
