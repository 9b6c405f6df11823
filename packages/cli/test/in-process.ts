import { expect } from "vitest";
import { main } from "../src/main.js";
import { breaches } from "./output-schema.js";
import type { Result } from "./run.js";

/** Runs the command in this process, which takes less time than starting one. Documents have to be as their schema says. */
export async function inProcess(args: readonly string[]): Promise<Result> {
  const written = { stdout: "", stderr: "" };
  const into = (name: keyof typeof written) => ({
    write: (text: string): void => {
      written[name] += text;
    },
    drained: () => Promise.resolve(),
    columns: undefined,
  });
  const code = await main(args, {
    stdout: into("stdout"),
    stderr: into("stderr"),
    stdin: nothing(),
    environment: {},
    signal: new AbortController().signal,
    unfinished: new Set(),
  });
  expect(breaches(args, written.stdout)).toEqual([]);
  return { code, ...written };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // No input.
}
