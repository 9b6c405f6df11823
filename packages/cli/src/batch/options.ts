import { OptionError } from "../failure.js";
import { textOption, type VerbInput, type VerbOption } from "../verbs/verb.js";

/** Of what works on several files at once, on several cores at one file, or on either. */
export const JOBS: Readonly<Record<"files" | "cores" | "both", VerbOption>> = {
  files: { flags: "-j, --jobs <number>", description: "how many files to work on at once; one when left out" },
  cores: { flags: "-j, --jobs <number>", description: "how many cores to work on; all when left out" },
  both: {
    flags: "-j, --jobs <number>",
    description: "how many files to work on at once, one when left out; for a single file how many cores, else all",
  },
};

export const FAIL_FAST: VerbOption = {
  flags: "--fail-fast",
  description: "of several files, begin no other one when one has failed",
};

export const ENDING: VerbOption = {
  flags: "--ending <.ending>",
  description: "of several files, what the names of those in the folder of -o end in, such as .pkl",
};

export const RESUME_FILES: VerbOption = {
  flags: "--resume",
  description: "of several files, leave out those that an interrupted run has done: they are listed in OUTPUT.journal",
};

/** The number that `-j` gives; undefined when it is left out. Throws `OptionError`. */
export function jobsOption(input: VerbInput): number | undefined {
  const text = textOption(input, "jobs");
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 256) return count;
  throw new OptionError(`-j ${text}: a number from 1 to 256 is needed`);
}

/** What `--ending` gives. Throws `OptionError`. */
export function endingOption(input: VerbInput): string | undefined {
  const text = textOption(input, "ending");
  if (text === undefined || /^(\.[A-Za-z0-9]+)+$/.test(text)) return text;
  throw new OptionError(`--ending ${text}: what names end in, with its dot, is needed`, "--ending .pkl");
}
