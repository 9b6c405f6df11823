#!/usr/bin/env node
import type { Sink } from "@somakit/core";
import { EXIT } from "./failure.js";
import { main } from "./main.js";
import type { Output } from "./print/printer.js";

// A reader that has seen enough (`somakit info … | head -1`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) =>
    process.exit(error.code === "EPIPE" ? EXIT.fine : EXIT.unreadable),
  );
}

const stop = new AbortController();
const unfinished = new Set<Sink>();
for (const [signal, exit] of [
  ["SIGINT", EXIT.interrupted],
  ["SIGTERM", EXIT.terminated],
] as const) {
  process.on(signal, async () => {
    stop.abort();
    await Promise.allSettled([...unfinished].map((sink) => sink.abort()));
    process.exit(exit);
  });
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

const exit = await main(process.argv.slice(2), {
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  stdin: process.stdin,
  environment: process.env,
  signal: stop.signal,
  unfinished,
});
// What is written to pipes may still be on its way; open sockets of remote files need not be waited for.
// Who was stopped is still removing what it has not finished.
if (!stop.signal.aborted) process.stdout.write("", () => process.exit(exit));
