import type {
  ConventionEntry,
  ConventionLookup,
  Folder,
  ListEntry,
  NamedList,
  RegistryEntry,
  Source,
  WorkOptions,
} from "@somakit/core";
import type { ExitCode } from "../failure.js";
import type { Printer } from "../print/printer.js";

/** What is to be undone when the process ends before it is complete, such as a file that is being written. */
export interface Unfinished {
  abort(): Promise<void>;
}

/** What a verb works with. Nothing else of the process is its business. */
export interface Context extends WorkOptions {
  readonly printer: Printer;
  readonly signal: AbortSignal;
  /** Opens a FILE argument; the verb closes it. */
  open(name: string): Promise<Source>;
  /** The same for verbs that take folders too. */
  openAny(name: string): Promise<Source | Folder>;
  /** The data sets that are known. */
  registry(): Promise<readonly RegistryEntry[]>;
  /** The keypoint conventions that are known. */
  conventions(): Promise<Conventions>;
  /** The lists of names that are known, such as those of classes. */
  lists(): Promise<Lists>;
  /** Files that are being written: whoever ends the process aborts them. */
  readonly unfinished: Set<Unfinished>;
}

export interface Conventions {
  readonly entries: readonly ConventionEntry[];
  /** Finds one by its name, whatever the case of its letters. */
  readonly find: ConventionLookup;
}

export interface Lists {
  readonly entries: readonly ListEntry[];
  /** Finds one by its name, whatever the case of its letters. */
  readonly find: (name: string) => Promise<NamedList | undefined>;
}

export interface VerbArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Of one behind an argument that takes several: whether a word is it, since the last of the words is it only then. */
  readonly form?: { test(word: string): boolean };
  readonly several?: boolean;
  readonly choices?: readonly string[];
}

export interface VerbOption {
  /** As the parser takes it: `--profile <name>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly required?: boolean;
  /** May be given several times; its value is a list then. */
  readonly several?: boolean;
}

/** Values of arguments by their order (a list for one that takes several), of options by their name. */
export interface VerbInput {
  readonly arguments: readonly (string | readonly string[] | undefined)[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** What a verb makes of one file. */
export interface Outputs {
  /** As `-o` has it: a name, or a pattern of several. */
  readonly output: string;
  readonly paths: readonly string[];
}

/** One command, as the parser, `--help` and docs/cli.md all take it from here. */
export interface Verb {
  /** One word, or a topic and what is done about it. */
  readonly name: string;
  readonly summary: string;
  /** Paragraphs that follow the summary. */
  readonly details: readonly string[];
  readonly arguments: readonly VerbArgument[];
  readonly options: readonly VerbOption[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /**
   * Of a verb whose first argument takes several files: folders and patterns among them stand for the files in them, and the
   * verb runs for `each` of them by itself, or once for all of them `together`; what it prints for `documents` is JSON with or
   * without `--json`, and becomes one list.
   */
  readonly batch?: "each" | "documents" | "together";
  /** Of a verb that goes through its files from one end to the other: how far it is, is told by what has been read of them. */
  readonly goesThrough?: boolean;
  /** Whether the name of each of several files stands above what is printed of it, as what is printed does not tell. */
  readonly titled?: boolean;
  /**
   * Of a verb that writes a file for each of several, into the folder that `-o` names: what the name of the one made of
   * `file` ends in, with its dot. Undefined for the ending that `file` has. Throws `OptionError` where options leave it open.
   */
  readonly ending?: (context: Context, input: VerbInput, file: string) => Promise<string | undefined>;
  /**
   * Of a verb that may write several files for each of several: what `-o` says for the one whose own file would be `path`, and
   * the files that come of that. Throws `OptionError`.
   */
  readonly outputs?: (context: Context, input: VerbInput, path: string) => Promise<Outputs>;
  /**
   * Of a verb that runs once for all files: the same, given the documents that it prints with `--json` for each of them alone,
   * so that several processes can make them. They end early where `--fail-fast` says so.
   */
  readonly join?: (context: Context, documents: AsyncIterable<unknown>, input: VerbInput) => Promise<ExitCode>;
  /** Not listed. */
  readonly hidden?: boolean;
  run(context: Context, input: VerbInput): Promise<ExitCode>;
}

/** The argument at `index`, which the parser has found to be one text. */
export function textArgument(input: VerbInput, index: number): string {
  return input.arguments[index] as string;
}

export function textOption(input: VerbInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === "string" ? value : undefined;
}

export const FILE: VerbArgument = {
  name: "file",
  description: "a path, an http(s) URL, or - for standard input",
  required: true,
};

/** Files of a verb that does the same with each of them. */
export const FILES: VerbArgument = {
  ...FILE,
  description: "paths, http(s) URLs, folders, patterns, or - for standard input",
  several: true,
};

export const OUTPUT: VerbOption = {
  flags: "-o, --output <file>",
  description: "the file to write; its ending decides the container",
  required: true,
};

/** Of a verb that writes a file for each of several. */
export const OUTPUTS: VerbOption = {
  ...OUTPUT,
  description:
    "the file to write, whose ending decides the container; of several files a folder, made where there is none",
};
