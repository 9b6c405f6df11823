import { EXIT } from "../failure.js";
import { ENVIRONMENT, EXIT_CODES, GLOBAL_OPTIONS, STREAMS, usageOf } from "../help.js";
import { SPELLINGS } from "../spellings.js";
import { versions } from "../version.js";
import type { Verb, VerbOption } from "./verb.js";

/** The hidden command that prints man/somakit.1: the help of `verbs`, as `man` wants it. */
export function manPage(verbs: readonly Verb[]): Verb {
  return {
    name: "man-page",
    summary: "Print this help as a manual page",
    details: [],
    arguments: [],
    options: [],
    examples: [],
    hidden: true,

    async run({ printer }) {
      const { somakit = "" } = await versions();
      printer.block(page(verbs, somakit));
      return EXIT.fine;
    },
  };
}

function page(verbs: readonly Verb[], version: string): string {
  return [
    '.\\" Made by `node packages/cli/dist/bin.js man-page > packages/cli/man/somakit.1`. Do not edit.',
    `.TH SOMAKIT 1 "" "somakit ${version}" "User Commands"`,
    ".SH NAME",
    "somakit \\- look into, check, convert and draw human\\-body data sets",
    ".SH SYNOPSIS",
    ".B somakit",
    ".I command",
    plain("[options] [arguments]"),
    ".SH DESCRIPTION",
    plain(STREAMS),
    ".SH OPTIONS",
    "Of every command:",
    ...GLOBAL_OPTIONS.flatMap(optionLines),
    ".PP",
    plain(SPELLINGS),
    ".SH COMMANDS",
    ...verbs.flatMap(verbLines),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(([code, meaning]) => tagged(code, meaning)),
    ".SH ENVIRONMENT AND FILES",
    ...ENVIRONMENT.flatMap(([name, meaning]) => tagged(name, meaning)),
  ].join("\n");
}

function verbLines(verb: Verb): readonly string[] {
  return [
    `.SS ${quoted(usageOf(verb).replace(/^somakit /, ""))}`,
    plain(`${verb.summary}.`),
    ...verb.details.flatMap((text) => [".PP", plain(text)]),
    ...verb.arguments.flatMap(({ name, description }) => tagged(`<${name}>`, description)),
    ...verb.options.flatMap(optionLines),
    ...(verb.examples.length === 0 ? [] : [".PP", "Examples:"]),
    ...verb.examples.flatMap(([command, meaning]) => [
      ".PP",
      ".EX",
      plain(command),
      ".EE",
      ".RS 4",
      plain(meaning),
      ".RE",
    ]),
  ];
}

function optionLines({ flags, description, choices, default: preset }: VerbOption): readonly string[] {
  const values = choices ? ` (${choices.join(" or ")})` : "";
  const standard = preset === undefined ? "" : `; ${preset} when left out`;
  return tagged(flags, `${description}${values}${standard}`);
}

function tagged(term: string, meaning: string): readonly string[] {
  return [".TP", `.B ${quoted(term)}`, plain(meaning)];
}

/** Text as roff has it: a dash is no hyphen, and no line of it is a request. */
function plain(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/, "\\&$1")
    .replaceAll(
      /[^ -~]/gu,
      (sign) => `\\[u${(sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}

function quoted(text: string): string {
  return `"${plain(text).replaceAll('"', '""')}"`;
}
