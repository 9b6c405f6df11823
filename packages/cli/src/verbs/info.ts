import type { Measure } from "@somakit/core";
import { EXIT } from "../failure.js";
import { type Nearest, nearestOf, nearestText } from "../nearest.js";
import { bytesLabel, countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Piece, type Printer, styled } from "../print/printer.js";
import { printRecords, recordLines } from "../print/records.js";
import { tableLines } from "../print/table.js";
import { recognise } from "../recognise.js";
import { isDamaged, type KeySummary, type Summary, summarise } from "../summary.js";
import { FILES, textArgument, type Verb } from "./verb.js";

export const info: Verb = {
  name: "info",
  summary: "Say what a file is and what is in it",
  details: [
    "Recognised by content, not by name. Reads headers only, so that it is quick for files of any size; a file that is no known data set is shown as the container that it is.",
  ],
  arguments: [FILES],
  batch: "each",
  options: [],
  examples: [
    ["somakit info poses.npz", "data set, frames and people, and a table of the keys"],
    [
      "somakit --json info https://example.org/poses.npz",
      "the same for programs; of a remote file only the needed parts are fetched",
    ],
  ],

  async run({ printer, signal, openAny, registry }, input) {
    const name = textArgument(input, 0);
    const source = await openAny(name);
    try {
      const known = await registry();
      const found = await recognise(known, source, { signal });
      const summary = await summarise(found, source, { signal });
      const nearest = found.dataset ? undefined : await nearestOf(known, found.container, found.root);
      if (printer.json) await printer.document(jsonPieces({ file: name, ...summary, nearest: nearest ?? null }, 2));
      else print(printer, name, summary, nearest);
      return isDamaged(summary) ? EXIT.unreadable : EXIT.fine;
    } finally {
      await source.close?.();
    }
  },
};

function print(printer: Printer, name: string, summary: Summary, nearest: Nearest | undefined): void {
  const facts: [string, Piece[]][] = [
    ["file", [styled("bold", name), summary.bytes === null ? "" : `, ${bytesLabel(summary.bytes)}`]],
    [
      "data set",
      summary.dataset
        ? [styled("bold", summary.dataset.title), ` (${summary.dataset.id}) as ${summary.container}`]
        : [`no known data set, shown as ${summary.container}`],
    ],
    ...(nearest ? [["nearest", [nearestText(nearest)]] as [string, Piece[]]] : []),
    ...summary.sizes.map((size): [string, Piece[]] => [size.role === "frame" ? "frames" : "people", [sizeText(size)]]),
    ...itemFacts(summary),
    ...(summary.records ? recordLines(summary.records) : []).map(([label, text]): [string, Piece[]] => [label, [text]]),
    ...summary.alsoFits.map(({ id, title }): [string, Piece[]] => ["may be", [`${title} (${id})`]]),
    ...summary.notes.map((note): [string, Piece[]] => ["note", [note]]),
    ...(summary.checked ? [["check", [checkText(summary)]] as [string, Piece[]]] : []),
  ];
  for (const [label, pieces] of facts) printer.line(styled("dim", label.padEnd(10)), ...pieces);
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
  for (const line of tableLines(columns, summary.keys.map(rowOf), { width: printer.columns })) printer.line(...line);
  if (summary.more > 0) printer.line(styled("dim", `… ${summary.more} more`));
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

function rowOf({ key, kind, type, shape, bytes, storedBytes, value, meaning }: KeySummary): Piece[] {
  const size =
    shape === undefined
      ? ""
      : kind === "array"
        ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`
        : String(shape[0]);
  const shown = kind === "unreadable" ? styled("red", `unreadable: ${value}`) : (value ?? "");
  return [
    key,
    type ?? (kind === "value" || kind === "unreadable" ? "" : kind),
    size,
    bytes === undefined ? "" : bytesLabel(bytes),
    storedBytes === undefined ? "" : bytesLabel(storedBytes),
    shown,
    meaning ?? "",
  ];
}
