import type { Measure } from "@somakit/core";
import { EXIT } from "../failure.js";
import { bytesLabel, countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Piece, type Printer, styled } from "../print/printer.js";
import { tableLines } from "../print/table.js";
import { recognise } from "../recognise.js";
import { isDamaged, type KeySummary, type Summary, summarise } from "../summary.js";
import { FILE, textArgument, type Verb } from "./verb.js";

export const info: Verb = {
  name: "info",
  summary: "Say what a file is and what is in it",
  details: [
    "Recognised by content, not by name. Reads headers only, so that it is quick for files of any size; a file that is no known data set is shown as the container that it is.",
  ],
  arguments: [FILE],
  options: [],
  examples: [
    ["somakit info poses.npz", "data set, frames and people, and a table of the keys"],
    [
      "somakit --json info https://example.org/poses.npz",
      "the same for programs; of a remote file only the needed parts are fetched",
    ],
  ],

  async run({ printer, signal, open, registry }, input) {
    const name = textArgument(input, 0);
    const source = await open(name);
    try {
      const summary = await summarise(await recognise(await registry(), source, { signal }), source, { signal });
      if (printer.json) await printer.document(jsonPieces({ file: name, ...summary }, 2));
      else print(printer, name, summary);
      return isDamaged(summary) ? EXIT.unreadable : EXIT.fine;
    } finally {
      await source.close?.();
    }
  },
};

function print(printer: Printer, name: string, summary: Summary): void {
  const facts: [string, Piece[]][] = [
    ["file", [styled("bold", name), `, ${bytesLabel(summary.bytes)}`]],
    [
      "data set",
      summary.dataset
        ? [styled("bold", summary.dataset.title), ` (${summary.dataset.id}) as ${summary.container}`]
        : [`no known data set, shown as ${summary.container}`],
    ],
    ...summary.sizes.map((size): [string, Piece[]] => [size.role === "frame" ? "frames" : "people", [sizeText(size)]]),
    ...itemFacts(summary),
    ...summary.alsoFits.map(({ id, title }): [string, Piece[]] => ["may be", [`${title} (${id})`]]),
    ...summary.notes.map((note): [string, Piece[]] => ["note", [note]]),
    ...(summary.dataset ? [["check", [checkText(summary)]] as [string, Piece[]]] : []),
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
