import { WHEN } from "./progress/view.js";
import type { Verb, VerbOption } from "./verbs/verb.js";

/** Options of every command, and what the process ends with: for the parser, `--help` and docs/cli.md. */
export const GLOBAL_OPTIONS: readonly VerbOption[] = [
  { flags: "--json", description: "print exactly one JSON document to standard output; NaN and infinities are texts" },
  { flags: "--no-color", description: "no colours; NO_COLOR in the environment does the same" },
  { flags: "--quiet", description: "say only what was asked for and what is wrong" },
  { flags: "--verbose", description: "show whole lists, and where in the program an error happened" },
  {
    flags: "--progress <when>",
    description: "show how far work is, on standard error: auto on a terminal only; without one a line for each tenth",
    choices: WHEN,
    default: "auto",
  },
  { flags: "--version", description: "print the versions of somakit and its libraries" },
];

export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "fine"],
  ["1", "the data is invalid, files differ, a schema is faulty, or something is out of date"],
  [
    "2",
    "wrong usage: an unknown option, data set, profile, convention or path inside the file; an output that is there",
  ],
  ["3", "something cannot be read or written: no such file, truncated, damaged, or refused"],
  ["130", "stopped with Ctrl-C (143: by another program, 129: by its terminal); what was being written is gone"],
];

/** What the command takes from its surroundings. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ["NO_COLOR", "no colours, whatever its value; so does TERM=dumb"],
  ["somakit.config.json", "schemas that are known below its folder: the nearest one, from the current folder upwards"],
  ["OUTPUT.journal", "what an interrupted run has done, for --resume; removed when the work is complete"],
];

export const STREAMS =
  "Data goes to standard output, everything else to standard error. Of several files the highest exit code counts. Standard input (-) is read into memory as a whole, up to 1 GiB. Files are written under another name and get their own when they are complete; -o - is not possible.";

/** `<file> [path]`. */
export function argumentsText({ arguments: all }: Verb): string {
  const names = all.map(({ name, required, several }) => {
    const text = several ? `${name}...` : name;
    return required ? `<${text}>` : `[${text}]`;
  });
  return names.join(" ");
}

/** `somakit show <file> [path]`. */
export function usageOf(verb: Verb): string {
  return `somakit ${verb.name} ${argumentsText(verb)}`.trimEnd();
}

/** The end of every help text. */
export function exitCodeHelp(): string {
  return ["Exit codes:", ...EXIT_CODES.map(([code, meaning]) => `  ${code.padEnd(5)}${meaning}`)].join("\n");
}

/** Commands with what they do as a comment behind them. */
export function exampleLines({ examples }: Verb): readonly string[] {
  const longest = examples.reduce((width, [command]) => Math.max(width, command.length), 0);
  return examples.map(([command, meaning]) => `${command.padEnd(longest)}  # ${meaning}`);
}

/** What follows a command's options in its help text. */
export function verbHelp(verb: Verb): string {
  return ["", "Examples:", ...exampleLines(verb).map((line) => `  ${line}`), "", exitCodeHelp()].join("\n");
}
