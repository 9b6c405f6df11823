import { WORKER_ARGUMENT } from "./batch/messages.js";
import { EXIT, type ExitCode } from "./failure.js";
import { main } from "./main.js";
import type { Output } from "./print/printer.js";
import type { Unfinished } from "./verbs/verb.js";

/** Runs the command line that this process was started with, and ends the process. */
export async function runProcess(): Promise<void> {
  endWhenNobodyReads();
  const stop = new AbortController();
  const { signal } = stop;
  const unfinished = new Set<Unfinished>();

  /** Ends the process when nothing half done is left; at once when it is asked to a second time. */
  const end = async (exit: ExitCode): Promise<void> => {
    if (signal.aborted) process.exit(exit);
    stop.abort();
    await Promise.allSettled([...unfinished].map((one) => one.abort()));
    process.exit(exit);
  };

  process.on("SIGINT", () => end(EXIT.interrupted));
  process.on("SIGHUP", () => end(EXIT.hungUp));
  process.on("SIGTERM", () => end(EXIT.terminated));
  if (process.argv[2] === WORKER_ARGUMENT && process.send) {
    const { workForAnother } = await import("./batch/worker.js");
    process.on("disconnect", () => end(EXIT.fine));
    workForAnother({ signal, unfinished });
    return;
  }
  const exit = await main(process.argv.slice(2), {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    stdin: process.stdin,
    environment: process.env,
    signal,
    unfinished,
    script: process.argv[1],
  });
  // What is written to pipes may still be on its way; open sockets of remote files need not be waited for.
  // Who was stopped is still removing what it has not finished.
  if (!signal.aborted) process.stdout.write("", () => process.exit(exit));
}

/** A reader that has seen enough (`somakit info … | head -1`) is no error. */
function endWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) =>
      process.exit(error.code === "EPIPE" ? EXIT.fine : EXIT.unreadable),
    );
  }
}

function outputOf(stream: NodeJS.WriteStream): Omit<Output, "color"> {
  return {
    write: (text) => {
      stream.write(text);
    },
    drained: () =>
      stream.writableNeedDrain ? new Promise((resolve) => stream.once("drain", resolve)) : Promise.resolve(),
    columns: stream.isTTY ? stream.columns : undefined,
  };
}
