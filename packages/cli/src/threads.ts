import type { Threads } from "@somakit/core";
import { nodeThreads } from "@somakit/core/node";
import { jobsOption } from "./batch/options.js";
import type { VerbInput } from "./verbs/verb.js";

/** As many threads as `-j` asks for, else one for each core; whoever takes them closes them. Throws `OptionError`. */
export function threadsOf(input: VerbInput): Threads {
  const count = jobsOption(input);
  return nodeThreads(count === undefined ? {} : { count });
}
