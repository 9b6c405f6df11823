#!/usr/bin/env node
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
process.on("SIGINT", () => {
  stop.abort();
  process.exit(EXIT.interrupted);
});

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
});
// What is written to pipes may still be on its way; open sockets of remote files need not be waited for.
process.stdout.write("", () => process.exit(exit));
