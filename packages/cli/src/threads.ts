import type { Threads } from "@somakit/core";
import { nodeThreads } from "@somakit/core/node";
import { OptionError } from "./failure.js";
import { textOption, type VerbInput, type VerbOption } from "./verbs/verb.js";

export const THREADS: VerbOption = {
  flags: "--threads <number>",
  description: "how many to work on; all cores when left out",
};

/** As many threads as `--threads` asks for; whoever takes them closes them. Throws `OptionError`. */
export function threadsOf(input: VerbInput): Threads {
  const text = textOption(input, "threads");
  if (text === undefined) return nodeThreads({});
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 256) return nodeThreads({ count });
  throw new OptionError(`--threads ${text}: a number from 1 to 256 is needed`);
}
