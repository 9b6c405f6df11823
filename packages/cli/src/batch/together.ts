import { EXIT, type ExitCode } from "../failure.js";
import type { ProgressView } from "../progress/view.js";
import type { Context, Verb, VerbInput } from "../verbs/verb.js";
import { inOrder } from "./in-order.js";
import { replay } from "./report.js";
import { looksOf, type Said, textOf } from "./said.js";
import { startWorkers } from "./workers.js";

export interface TogetherOptions {
  readonly verb: Verb;
  readonly script: string;
  readonly jobs: number;
  readonly view: ProgressView;
}

/** Documents that may wait for those before them, in characters. */
const MOST_WAITING = 1 << 26;

/**
 * The document that the verb has of each file alone, in the order of the files, made by several processes at once. With
 * `--fail-fast` no other file is begun when one has failed.
 */
export async function* documentsOf(
  context: Context,
  files: readonly string[],
  { arguments: [, ...rest], options }: VerbInput,
  { verb, script, jobs, view }: TogetherOptions,
): AsyncGenerator<unknown> {
  const { printer, signal } = context;
  const workers = startWorkers(context, { script, count: jobs, verb, looks: { ...looksOf(printer), json: true } });
  let done = 0;
  const lanes = workers.map(
    (worker) =>
      async (file: string): Promise<{ readonly exit: ExitCode; readonly said: readonly Said[] }> => {
        view.begin(file);
        const report = view.wanted ? view.report.bind(view, file) : undefined;
        const { exit, said } = await worker.run({ arguments: [[file], ...rest], options }, report);
        view.end(file);
        view.files(++done, files.length);
        // Who died has no document.
        if (textOf(said, "out") !== "") return { exit, said };
        return { exit, said: [...said, { to: "out", text: JSON.stringify({ files: [{ file, exit }] }) }] };
      },
  );
  try {
    const ordered = inOrder(files, lanes, {
      stopAfter: ({ exit }) => options["failFast"] === true && exit !== EXIT.fine,
      signal,
      costOf: ({ said }) => said.reduce((sum, { text }) => sum + text.length, 0),
      mostWaiting: MOST_WAITING,
    });
    for await (const { said } of ordered) {
      const document = JSON.parse(textOf(said, "out")) as object;
      // Wrong usage is the same for all files; it is said once, by whoever gets the document.
      const words = "error" in document ? [] : said.filter(({ to }) => to === "err");
      replay(printer, words);
      yield document;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}
