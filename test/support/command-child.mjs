// Runs command lines of the built `somakit`, one after the other, in one process: starting one for each of thousands takes
// too long. Reads one JSON list of arguments a line, answers each with one line; see command-runner.ts.
import { createInterface } from "node:readline";
import { main } from "../../packages/cli/dist/main.js";

/** What is kept of an output: enough to look at, and to parse where it is a short document. */
const KEPT = 1 << 20;

function collector() {
  let text = "";
  let length = 0;
  return {
    stream: {
      write: (part) => {
        length += part.length;
        if (text.length < KEPT) text += part.slice(0, KEPT - text.length);
      },
      drained: () => Promise.resolve(),
      columns: undefined,
    },
    result: () => ({ text, whole: length === text.length }),
  };
}

async function answer(args) {
  const stdout = collector();
  const stderr = collector();
  const started = process.cpuUsage();
  const code = await main(args, {
    stdout: stdout.stream,
    stderr: stderr.stream,
    stdin: (async function* () {})(),
    environment: {},
    signal: new AbortController().signal,
    unfinished: new Set(),
  }).catch((error) => `threw ${error?.stack ?? error}`);
  const { user, system } = process.cpuUsage(started);
  const { maxRSS } = process.resourceUsage();
  return {
    code,
    stdout: stdout.result(),
    stderr: stderr.result(),
    seconds: (user + system) / 1e6,
    peak: maxRSS * 1024,
  };
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
