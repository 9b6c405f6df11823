import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import type { Progress } from "@somakit/core";
import { EXIT } from "../failure.js";
import type { Context, Verb, VerbInput } from "../verbs/verb.js";
import { type FromWorker, type ToWorker, WORKER_ARGUMENT } from "./messages.js";
import type { Outcome } from "./outcome.js";
import { looksOf, type PrinterLooks } from "./said.js";

export interface WorkersOptions {
  /** The file that runs the command. */
  readonly script: string;
  readonly count: number;
  readonly verb: Verb;
  /** How they print, where that is not as this process does. */
  readonly looks?: PrinterLooks;
}

/** One that works on one file at a time. */
export interface Worker {
  run(input: VerbInput, onProgress: ((progress: Progress) => void) | undefined): Promise<Outcome>;
  close(): Promise<void>;
}

/** Processes that work on one file at a time each; cores that are to spare are theirs. They start with their first file. */
export function startWorkers(context: Context, options: WorkersOptions): readonly Worker[] {
  return Array.from({ length: options.count }, () => new ProcessWorker(context, options));
}

class ProcessWorker implements Worker {
  readonly #context: Context;
  readonly #options: WorkersOptions;
  readonly #cores: number;
  #child: ChildProcess | undefined;
  /** Whether the command is being stopped, which it says itself. */
  #isStopped = false;

  constructor(context: Context, options: WorkersOptions) {
    this.#context = context;
    this.#options = options;
    this.#cores = Math.max(1, Math.floor(availableParallelism() / options.count));
  }

  async run(input: VerbInput, onProgress: ((progress: Progress) => void) | undefined): Promise<Outcome> {
    this.#child ??= this.#start(onProgress !== undefined);
    const child = this.#child;
    const options = { ...input.options, jobs: String(this.#cores) };
    const answer = new Promise<Outcome>((resolve) => {
      const listen = (message: FromWorker): void => {
        if (message.kind === "progress") onProgress?.(message.progress);
        else settle({ exit: message.exit, said: message.said });
      };
      const fail = (why: Error | number | null, signal?: NodeJS.Signals | null): void => {
        this.#child = undefined;
        if (this.#isStopped) return;
        const reason = why instanceof Error ? why.message : `it ended with ${signal ?? why}`;
        const text = `somakit: error: ${input.arguments[0]}: the process at work on it failed: ${reason}\n`;
        settle({ exit: EXIT.unreadable, said: [{ to: "err", text }] });
      };
      const settle = (outcome: Outcome): void => {
        child.off("message", listen).off("exit", fail).off("error", fail);
        resolve(outcome);
      };
      child.on("message", listen).on("exit", fail).on("error", fail);
    });
    send(child, { kind: "file", input: { ...input, options } });
    return answer;
  }

  async close(): Promise<void> {
    if (this.#child) await ended(this.#child);
  }

  #start(progress: boolean): ChildProcess {
    const { script, verb, looks } = this.#options;
    const child = fork(script, [WORKER_ARGUMENT], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const { unfinished, printer } = this.#context;
    const abort = (): Promise<void> => {
      this.#isStopped = true;
      return ended(child);
    };
    const entry = { abort };
    unfinished.add(entry);
    child.on("exit", () => unfinished.delete(entry));
    // Between files there is nobody to be told.
    child.on("error", () => undefined);
    send(child, { kind: "begin", verb: verb.name, looks: looks ?? looksOf(printer), progress });
    return child;
  }
}

function send(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => undefined);
}

/** Closes the channel, upon which a process undoes what it has not finished, and waits for its end. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  if (child.connected) child.disconnect();
  await exit;
}
