import { EXIT } from "../failure.js";
import { ENVIRONMENT, EXIT_CODES, exampleLines, GLOBAL_OPTIONS, STREAMS, usageOf } from "../help.js";
import { SPELLINGS } from "../spellings.js";
import type { Verb } from "./verb.js";

/** The hidden command that prints docs/cli.md: the help of `verbs`. */
export function markdownHelp(verbs: readonly Verb[]): Verb {
  return {
    name: "markdown-help",
    summary: "Print this help as Markdown",
    details: [],
    arguments: [],
    options: [],
    examples: [],
    hidden: true,

    async run({ printer }) {
      printer.block(document(verbs));
      return EXIT.fine;
    },
  };
}

function document(verbs: readonly Verb[]): string {
  return [
    "# somakit on the command line",
    "",
    "<!-- Made by `node packages/cli/dist/bin.js markdown-help > docs/cli.md`. Do not edit. -->",
    "",
    STREAMS,
    "",
    ...table(
      verbs.map(({ name, summary }) => [`[\`${name}\`](#${name.replaceAll(" ", "-")})`, summary]),
      ["command", "what it does"],
    ),
    ...verbs.flatMap((verb) => [...section(verb), ...parts(verb)]),
    "## Options of every command",
    "",
    ...table(
      GLOBAL_OPTIONS.map(({ flags, description }) => [`\`${flags}\``, description]),
      ["option", "meaning"],
    ),
    SPELLINGS.replaceAll(/(\S+) is the same as ([-a-z]+)/g, "`$1` is the same as `$2`"),
    "",
    "## Exit codes",
    "",
    ...table(EXIT_CODES, ["code", "meaning"]),
    "## Environment and files",
    "",
    ...table(
      ENVIRONMENT.map(([name, meaning]) => [`\`${name}\``, meaning]),
      ["name", "meaning"],
    ),
  ]
    .join("\n")
    .trimEnd();
}

function section(verb: Verb): string[] {
  return [
    `## ${verb.name}`,
    "",
    `    ${usageOf(verb)}`,
    "",
    `${verb.summary}.`,
    "",
    ...verb.details.flatMap((text) => [text, ""]),
  ];
}

function parts(verb: Verb): string[] {
  const inputs: [string, string][] = verb.arguments.map(({ name, description }) => [`\`<${name}>\``, description]);
  const options: [string, string][] = verb.options.map((option) => {
    const choices = option.choices ? ` (${option.choices.join(" or ")})` : "";
    const preset = option.default === undefined ? "" : `; ${option.default} when left out`;
    return [`\`${option.flags}\``, `${option.description}${choices}${preset}${option.required ? "; required" : ""}`];
  });
  const rows = [...inputs, ...options];
  return [
    ...(rows.length > 0 ? table(rows, ["argument", "meaning"]) : []),
    ...exampleLines(verb).map((line) => `    ${line}`),
    "",
  ];
}

type Row = readonly [name: string, meaning: string];

/** A table with its columns aligned, as the formatter wants it. */
function table(rows: readonly Row[], head: Row): string[] {
  const cells = [head, ...rows].map((row) => row.map((text) => text.replaceAll("|", "\\|")));
  const widths = head.map((_, at) => Math.max(...cells.map((row) => (row[at] as string).length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, at) => text.padEnd(widths[at] as number)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [...[cells[0] as string[], rule, ...cells.slice(1)].map(line), ""];
}
