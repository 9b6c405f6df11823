import { mkdir, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { EXIT, type ExitCode, OptionError, worst } from "../failure.js";
import type { FoundFile } from "../files.js";
import { verifyFree } from "../output.js";
import { countLabel } from "../print/amount.js";
import type { ProgressView } from "../progress/view.js";
import { runVerb } from "../run-verb.js";
import type { Context, Verb, VerbInput } from "../verbs/verb.js";
import { inOrder, type Lane } from "./in-order.js";
import { jobsOption } from "./options.js";
import type { Outcome } from "./outcome.js";
import { type BatchItem, planBatch } from "./plan.js";
import { BatchRecord } from "./record.js";
import { type FileResult, type Place, printerFor, replay, resultJson, summaryText } from "./report.js";
import { keepingPrinter, looksOf } from "./said.js";
import { startWorkers } from "./workers.js";

export interface BatchOptions {
  readonly verb: Verb;
  readonly view: ProgressView;
  /** The file that runs the command, for processes of its own; undefined where there can be none. */
  readonly script: string | undefined;
}

/** Text that waits for that of files before it, in characters; with more no other file is begun. */
const MOST_WAITING = 1 << 26;

/**
 * Does the same with each of several files, several at once where `-j` says so, then says how many went well. Documents of JSON
 * are one list, of `{file, exit, result}`; otherwise what is said of them comes one after the other, in the order of the files.
 * Where `-o` is among the options it names a folder, which gets a file for each; what is done is kept in a journal beside it
 * until all is. Gives the worst exit code. Throws `UsageError` before the first file where a name is taken.
 */
export async function runBatch(
  context: Context,
  files: readonly FoundFile[],
  input: VerbInput,
  options: BatchOptions,
): Promise<ExitCode> {
  const jobs = Math.min(jobsOption(input) ?? 1, files.length);
  const items = await planBatch(context, options.verb, files, input);
  const isWriting = items.some(({ targets }) => targets !== undefined) && input.options["dryRun"] !== true;
  const folder = isWriting ? (input.options["output"] as string) : undefined;
  if (input.options["output"] === undefined && input.options["resume"] === true)
    throw new OptionError("--resume needs -o: what is done is noted beside the folder that it names", "-o FOLDER");
  const record = folder === undefined ? undefined : await BatchRecord.open(folder, options.verb, input);
  let exit: ExitCode = EXIT.usage;
  let made: string | undefined;
  try {
    const work = await workOf(items, record, input.options["force"] === true);
    if (folder !== undefined) made = await mkdir(folder, { recursive: true });
    exit = await new Batch(context, options, work, record).run(jobs, input.options["failFast"] === true);
    return exit;
  } finally {
    await record?.close({ complete: exit === EXIT.fine });
    // Where nothing was written to it.
    if (made !== undefined) await rmdir(made).catch(() => undefined);
  }
}

interface Work {
  readonly item: BatchItem;
  readonly skipped: boolean;
}

/** What is done already, and that all else can be written. Throws `UsageError`. */
async function workOf(
  items: readonly BatchItem[],
  record: BatchRecord | undefined,
  force: boolean,
): Promise<readonly Work[]> {
  const work: Work[] = [];
  for (const item of items) {
    const state = record ? await record.stateOf(item) : "new";
    if (record && item.targets && state === "new")
      await verifyFree(
        item.targets.map((path) => ({ path })),
        { force, foldersComing: true },
      );
    const { options } = item.input;
    const input = state === "stale" ? { ...item.input, options: { ...options, force: true } } : item.input;
    work.push({ item: { ...item, input }, skipped: state === "done" });
  }
  return work;
}

class Batch {
  readonly #context: Context;
  readonly #options: BatchOptions;
  readonly #work: readonly Work[];
  readonly #record: BatchRecord | undefined;
  /** Whether what is said of a file is a document of JSON, to become an item of one list. */
  readonly #asList: boolean;
  #done = 0;

  constructor(context: Context, options: BatchOptions, work: readonly Work[], record: BatchRecord | undefined) {
    this.#context = context;
    this.#options = options;
    this.#work = work;
    this.#record = record;
    this.#asList = context.printer.json || options.verb.batch === "documents";
  }

  async run(jobs: number, failFast: boolean): Promise<ExitCode> {
    const { printer, signal } = this.#context;
    const results: Pick<FileResult, "exit" | "skipped">[] = [];
    const { lanes, close } = this.#lanes(jobs);
    const onAbort = (): void => this.#sayStopped();
    signal.addEventListener("abort", onAbort);
    try {
      const ordered = inOrder(this.#work, lanes, {
        stopAfter: ({ exit }) => failFast && exit !== EXIT.fine,
        signal,
        costOf: ({ said }) => said.reduce((sum, { text }) => sum + text.length, 0),
        mostWaiting: MOST_WAITING,
      });
      for await (const result of ordered) {
        await this.#print(result, results.length);
        results.push({ exit: result.exit, skipped: result.skipped });
      }
      if (this.#asList) await printer.document([results.length === 0 ? "[]" : "\n]"]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      await close();
    }
    if (signal.aborted) return EXIT.interrupted;
    if (!printer.json) printer.note(summaryText(results, this.#work.length));
    return worst(results.map(({ exit }) => exit));
  }

  #lanes(jobs: number): { readonly lanes: readonly Lane<Work, FileResult>[]; readonly close: () => Promise<void> } {
    const { script, verb, view } = this.#options;
    if (jobs === 1 || script === undefined)
      return { lanes: [this.#lane((item, index) => this.#here(item, index))], close: async () => {} };
    const workers = startWorkers(this.#context, { script, count: jobs, verb });
    const lanes = workers.map((worker) =>
      this.#lane((item) => {
        const { file, input } = item;
        // Standard input is this process's alone.
        return file === "-" ? this.#kept(item) : worker.run(input, reporter(view, file));
      }),
    );
    return { lanes, close: async () => void (await Promise.all(workers.map((worker) => worker.close()))) };
  }

  /** One file after the other. */
  #lane(run: (item: BatchItem, index: number) => Promise<Outcome>): Lane<Work, FileResult> {
    const { view } = this.#options;
    return async ({ item, skipped }, index) => {
      let outcome: Outcome = { exit: EXIT.fine, said: [] };
      if (!skipped) {
        view.begin(item.file);
        const state = await this.#record?.begin(item);
        const [target] = item.targets ?? [];
        if (target !== undefined && this.#record) await mkdir(dirname(target), { recursive: true });
        outcome = await run(item, index);
        if (outcome.exit === EXIT.fine) await this.#record?.add(item, state ?? null);
        view.end(item.file);
      }
      view.files(++this.#done, this.#work.length);
      return { item, skipped, ...outcome };
    };
  }

  /** In this process, its words printed at once where they are no items of a list. */
  async #here(item: BatchItem, index: number): Promise<Outcome> {
    if (this.#asList) return this.#kept(item);
    const { printer } = this.#context;
    const own = printerFor(printer, item, this.#placeOf(index));
    return { exit: await this.#call(item, own), said: [] };
  }

  async #kept(item: BatchItem): Promise<Outcome> {
    const { printer, said } = keepingPrinter(looksOf(this.#context.printer));
    return { exit: await this.#call(item, printer), said };
  }

  #call({ file, input }: BatchItem, printer: Context["printer"]): Promise<ExitCode> {
    const { verb, view } = this.#options;
    return runVerb(verb, { ...this.#context, printer, onProgress: reporter(view, file) }, input);
  }

  async #print(result: FileResult, index: number): Promise<void> {
    const { printer } = this.#context;
    const { item, said, skipped } = result;
    if (this.#asList) {
      replay(
        printer,
        said.filter(({ to }) => to === "err"),
      );
      printer.stdout.write(resultJson(result, index === 0));
      await printer.stdout.drained();
      return;
    }
    if (skipped && printer.verbose) printer.note(`${item.file}: done before`);
    replay(printerFor(printer, item, this.#placeOf(index)), said);
    await printer.stdout.drained();
  }

  #placeOf(index: number): Place {
    return { index, total: this.#work.length, titled: this.#options.verb.titled === true };
  }

  #sayStopped(): void {
    const files = countLabel(this.#work.length, "file");
    if (this.#record && this.#done > 0)
      this.#context.printer.note(`${this.#done} of ${files} done; --resume goes on with the others`);
  }
}

function reporter(view: ProgressView, file: string): Context["onProgress"] {
  return view.wanted ? (progress) => view.report(file, progress) : undefined;
}
