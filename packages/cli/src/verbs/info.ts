import type { Measure } from "@somakit/core";
import { EXIT, OptionError } from "../failure.js";
import { type Nearest, nearestOf, nearestText } from "../info/nearest.js";
import type { KeySummary } from "../info/node-summary.js";
import { isDamaged, type Summary, summarise } from "../info/summary.js";
import { bytesLabel, countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Piece, type Printer, styled } from "../print/printer.js";
import { printRecords, recordLines } from "../print/records.js";
import { tableLines } from "../print/table.js";
import { recognise } from "../recognise.js";
import { FILES, textArgument, textOption, type Verb } from "./verb.js";

export const info: Verb = {
  name: "info",
  summary: "Say what a file is and what is in it",
  details: [
    "Recognised by content, not by name. Reads headers only, so that it is quick for files of any size. Of a list in a large JSON document, which has no headers, the first hundred items are looked at.",
    "A file that is no known data set is shown as the container that it is, with the data set that it is most like: what it lacks, what it has besides, and what is of another kind. Of a stream of records the first one is looked at.",
    "--levels lists what is in dicts, lists, groups and folders as well: of each the first members, and how many more there are.",
  ],
  arguments: [FILES],
  batch: "each",
  options: [{ flags: "--levels <number>", description: "levels of keys that are listed, or all", default: "1" }],
  examples: [
    ["somakit info poses.npz", "data set, frames and people, and a table of the keys"],
    ["somakit info --levels 3 clips.pkl", "the keys of records in lists, too"],
    [
      "somakit --json info https://example.org/poses.npz",
      "the same for programs; of a remote file only the needed parts are fetched",
    ],
  ],

  async run({ printer, signal, openAny, registry }, input) {
    const name = textArgument(input, 0);
    const levels = levelsOf(textOption(input, "levels"));
    const source = await openAny(name);
    try {
      const known = await registry();
      const found = await recognise(known, source, { signal });
      const summary = await summarise(found, source, { signal, levels });
      const nearest = found.dataset ? undefined : await nearestOf(known, found, source, { signal });
      if (printer.json) await printer.document(jsonPieces({ file: name, ...summary, nearest: nearest ?? null }, 2));
      else print(printer, name, summary, nearest);
      return isDamaged(summary) ? EXIT.unreadable : EXIT.fine;
    } finally {
      await source.close?.();
    }
  },
};

/** Throws `OptionError`. */
function levelsOf(text = "1"): number {
  if (text === "all") return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new OptionError(`--levels ${text}: a whole number from 1 on is needed, or all`);
}

function print(printer: Printer, name: string, summary: Summary, nearest: Nearest | undefined): void {
  const facts: [string, Piece[]][] = [
    ["file", [styled("bold", name), summary.bytes === null ? "" : `, ${bytesLabel(summary.bytes)}`]],
    [
      "data set",
      summary.dataset
        ? [styled("bold", summary.dataset.title), ` (${summary.dataset.id}) as ${containerText(summary)}`]
        : [`no known data set, shown as ${containerText(summary)}`],
    ],
    ...(nearest ? [["nearest", [nearestText(nearest)]] as [string, Piece[]]] : []),
    ...summary.sizes.map((size): [string, Piece[]] => [size.role === "frame" ? "frames" : "people", [sizeText(size)]]),
    ...itemFacts(summary),
    ...(summary.records ? recordLines(summary.records) : []).map(([label, text]): [string, Piece[]] => [label, [text]]),
    ...summary.alsoFits.map(({ id, title }): [string, Piece[]] => ["may be", [`${title} (${id})`]]),
    ...summary.notes.map((note): [string, Piece[]] => ["note", [note]]),
    ...(summary.checked ? [["check", [checkText(summary)]] as [string, Piece[]]] : []),
  ];
  const width = Math.max(10, ...facts.map(([label]) => label.length + 2));
  for (const [label, pieces] of facts) printer.line(styled("dim", label.padEnd(width)), ...pieces);
  printer.line("");
  const columns = [
    { title: "key", style: "cyan" },
    { title: "dtype" },
    { title: "shape" },
    { title: "bytes", align: "right" },
    { title: "in file", align: "right" },
    { title: "value" },
    { title: "meaning" },
  ] as const;
  for (const line of tableLines(columns, rowsOf(summary), { width: printer.columns })) printer.line(...line);
  if (summary.records) printRecords(printer, summary.records);
}

/** Splits and numbers of a list of records; `stats` tells more. */
function itemFacts({ items }: Summary): [string, Piece[]][] {
  if (!items) return [];
  const splits = items.splits.map(({ name, items: count }) => `${name} ${count}`).join(", ");
  return [
    ...(splits === "" ? [] : [["splits", [splits]] as [string, Piece[]]]),
    ...items.values.map(({ key, distinct, smallest, largest }): [string, Piece[]] => [
      key,
      [distinct === 1 ? `${smallest}` : `${countLabel(distinct, "value")}, ${smallest} to ${largest}`],
    ]),
  ];
}

function checkText({ errors, warnings }: Summary): string {
  if (errors + warnings === 0) return "headers are as the schema says";
  return `${countLabel(errors, "error")} and ${countLabel(warnings, "warning")} in the headers; somakit validate lists them`;
}

/** `7 (N)`, `annotations[]: 3 to 300, 4210 in all 40 (T)`. */
function sizeText({ symbol, path, count, smallest, largest, total, description }: Measure): string {
  const meaning = description === undefined ? symbol : `${symbol}: ${description}`;
  if (path === "" || count === 1) return `${total} (${meaning})`;
  const range = smallest === largest ? `${smallest}` : `${smallest} to ${largest}`;
  return `${range} in each of ${count} ${path}, ${total} in all (${meaning})`;
}

/** `json`, `msgpack-stream in xz`. */
function containerText({ container, wrap }: Summary): string {
  return wrap === null ? container : `${container} in ${wrap}`;
}

/** Members below what they are in, each level indented. */
function rowsOf({ keys, more }: Pick<Summary, "keys" | "more">, depth = 0): Piece[][] {
  const indent = "  ".repeat(depth);
  return [
    ...keys.flatMap((summary) => {
      const { members = [], more: unlisted = 0 } = summary;
      return [rowOf(summary, indent), ...rowsOf({ keys: members, more: unlisted }, depth + 1)];
    }),
    ...(more > 0 ? [[styled("dim", `${indent}… ${more} more`)]] : []),
  ];
}

function rowOf(summary: KeySummary, indent: string): Piece[] {
  const { key, kind, shape, bytes, storedBytes, value, meaning } = summary;
  const size =
    shape === undefined
      ? ""
      : kind === "array"
        ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`
        : String(shape[0]);
  const shown = kind === "unreadable" ? styled("red", `unreadable: ${value}`) : (value ?? "");
  return [
    indent + key,
    typeText(summary),
    size,
    bytes === undefined ? "" : bytesLabel(bytes),
    storedBytes === undefined ? "" : bytesLabel(storedBytes),
    shown,
    meaning ?? "",
  ];
}

/** `float32`, `list of dict`, `file: json`. */
function typeText({ kind, type, items = [] }: KeySummary): string {
  if (kind === "value" || kind === "unreadable") return "";
  if (kind === "file") return type === undefined ? kind : `${kind}: ${type}`;
  return type ?? (items.length === 0 ? kind : `${kind} of ${items.join(", ")}`);
}
