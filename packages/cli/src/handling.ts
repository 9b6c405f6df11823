import type { LoadOptions, WorkOptions, WriteOptions } from "@somakit/core";
import { type Context, textOption, type VerbInput, type VerbOption } from "./verbs/verb.js";

/** What reading and writing take from the command line. */
export interface Handling {
  readonly id: string | undefined;
  readonly along: string | undefined;
  readonly force: boolean;
  /** Whether values that do not fit the schema are taken as they are. */
  readonly mismatches: "throw" | "keep";
}

export const AS: VerbOption = {
  flags: "--as <id>",
  description: "take the file for this data set, whatever the content speaks for",
};

export const ALONG: VerbOption = {
  flags: "--along <symbol>",
  description: "axis to work along, such as N; the frames when left out",
};

export const FORCE: VerbOption = {
  flags: "--force",
  description:
    "replace a file that is there, which may be the one that is read; it stays until the new one is complete",
};

export const MISMATCHES: VerbOption = {
  flags: "--mismatches <what>",
  description: "values that break the schema: refuse ends with an error, keep takes them over whole and as they are",
  choices: ["refuse", "keep"],
  default: "refuse",
};

export function handlingOf(input: VerbInput): Handling {
  return {
    id: textOption(input, "as"),
    along: textOption(input, "along"),
    force: input.options["force"] === true,
    mismatches: input.options["mismatches"] === "keep" ? "keep" : "throw",
  };
}

/** How records are read: as the file stores them, so that nothing is packed, unpacked or brought up to date on the way. */
export function readOptions(context: Context, { mismatches }: Handling): LoadOptions {
  return { ...workOptions(context), form: "stored", mismatches };
}

/** How they are written into a container. */
export function writeOptions(context: Context, { mismatches }: Handling, container: string): WriteOptions {
  return { ...workOptions(context), container, check: mismatches === "keep" ? "skip" : "refuse" };
}

export function workOptions({ signal, onProgress }: Context): WorkOptions {
  return { signal, onProgress };
}
