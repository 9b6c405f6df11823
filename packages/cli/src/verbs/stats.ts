import type { ArrayTally, CollectionStatistics, SizeTally, Tally, ValueTally } from "@somakit/core";
import { type RecordList, withLists } from "../collection.js";
import { EXIT, OptionError, UsageError } from "../failure.js";
import { AS, handlingOf, workOptions } from "../handling.js";
import { labelsOf, labelsOption, listNamed } from "../labels.js";
import { bytesLabel, countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { tableLines } from "../print/table.js";
import { type Context, FILES, textArgument, textOption, type Verb } from "./verb.js";

/** Bars of a histogram, and values of a number that are listed. */
const BARS = 10;
const MOST_VALUES = 20;
const BAR_WIDTH = 30;

export const stats: Verb = {
  name: "stats",
  summary: "Count what is in a list of records",
  details: [
    "Splits and how many items they have, how often each class or other number occurs, how long items are, and what types and sizes their arrays have. Headers and single values are read, no array is.",
  ],
  arguments: [FILES],
  batch: "each",
  options: [
    { flags: "--split <names>", description: "count items of these splits only, separated by commas" },
    labelsOption("name the numbers under a key"),
    AS,
  ],
  examples: [
    ["somakit stats clips.pkl", "splits, classes, lengths"],
    ["somakit stats clips.pkl --labels label=ntu60_classes", "classes with their names"],
    ["somakit --json stats clips.pkl --split val", "all counts of one split, for programs"],
  ],

  async run(context, input) {
    const name = textArgument(input, 0);
    const split = textOption(input, "split");
    const { printer } = context;
    const done = await withLists(context, [name], handlingOf(input).id, async ({ entry, lists }) => {
      const [whole] = lists as [RecordList];
      const list = split === undefined ? whole : await whole.inSplit(split.split(","));
      const counted = await list.statistics(workOptions(context));
      const labels = await labelsFor(context, counted, textOption(input, "labels"));
      if (printer.json)
        await printer.document(jsonPieces({ file: name, dataset: entry.id, ...documentOf(counted, labels) }, 2));
      else print(printer, counted, labels);
      return true;
    });
    if (!done) throw new UsageError("it is no list of records", "info says what is in other files");
    return EXIT.fine;
  },
};

/** Names of numbers, by the key that they are under. */
type Labels = ReadonlyMap<string, readonly (string | number)[]>;

/** What the schema says, and what `--labels` says. Throws `OptionError` for a list, or a key, that there is not. */
async function labelsFor(
  context: Context,
  { values }: CollectionStatistics,
  option: string | undefined,
): Promise<Labels> {
  const wanted = new Map(values.flatMap(({ key, labels }) => (labels === undefined ? [] : [[key, labels]])));
  if (option !== undefined) {
    const { key, list } = labelsOf(option);
    if (!values.some((value) => value.key === key)) {
      const keys = values.map((value) => value.key).join(", ");
      throw new OptionError(`--labels ${option}: no item has numbers under such a key`, `there are ${keys || "none"}`);
    }
    wanted.set(key, list);
  }
  const labels = new Map<string, readonly (string | number)[]>();
  for (const [key, name] of wanted) labels.set(key, (await listNamed(context, name)).items);
  return labels;
}

/** Tallies as lists of pairs, since keys of JSON are text. */
function documentOf({ sizes, values, arrays, ...rest }: CollectionStatistics, labels: Labels): Record<string, unknown> {
  return {
    ...rest,
    sizes: sizes.map((size) => ({ ...size, counts: [...size.counts] })),
    values: values.map((value) => {
      const names = labels.get(value.key);
      const counts = [...value.counts].map(([number, items]) => [
        number,
        items,
        ...(names ? [names[number] ?? null] : []),
      ]);
      return { ...value, counts };
    }),
    arrays: arrays.map((array) => ({ ...array, dtypes: Object.fromEntries(array.dtypes) })),
  };
}

function print(printer: Printer, counted: CollectionStatistics, labels: Labels): void {
  printer.line(styled("dim", "items".padEnd(10)), String(counted.items));
  if (counted.gaps > 0)
    printer.line(styled("dim", "empty".padEnd(10)), `${countLabel(counted.gaps, "entry", "entries")} without a record`);
  printSplits(printer, counted);
  for (const size of counted.sizes) printSizes(printer, size);
  for (const value of counted.values) printValues(printer, value, counted.items, labels.get(value.key) ?? []);
  printArrays(printer, counted.arrays);
}

function table(printer: Printer, titles: readonly string[], rows: readonly (readonly string[])[]): void {
  printer.line("");
  const columns = titles.map((title, at) => ({
    title,
    align: at === 0 || at > 2 ? ("left" as const) : ("right" as const),
  }));
  for (const line of tableLines(columns, rows, { width: printer.columns })) printer.line(...line);
}

function printSplits(printer: Printer, { splits, unassigned }: CollectionStatistics): void {
  if (splits.length === 0) return;
  const rows = splits.map(({ name, items, unknown }) => [name, String(items), unknown === 0 ? "" : String(unknown)]);
  table(printer, ["split", "items", "unknown names"], rows);
  if (unassigned > 0) printer.line(styled("dim", `${countLabel(unassigned, "item")} in no split`));
}

/** A histogram where items differ much, else each size. */
function printSizes(printer: Printer, { symbol, role, counts }: SizeTally): void {
  const title = role === undefined ? symbol : `${role}s (${symbol})`;
  const rows =
    counts.size <= MOST_VALUES ? [...counts].map(([size, items]) => [`${size}`, items] as const) : bars(counts);
  const most = Math.max(...rows.map(([, items]) => items));
  const shown = rows.map(([label, items]) => [label, String(items), "", barOf(items / most)]);
  table(printer, [title, "items", "", ""], shown);
  const { smallest, largest, total, middle } = summary(counts);
  if (counts.size > 1) printer.line(styled("dim", `${smallest} to ${largest}, median ${middle}, ${total} in all`));
}

function barOf(share: number): string {
  return "█".repeat(Math.round(share * BAR_WIDTH));
}

/** Items in ranges of equal width. */
export function bars(counts: Tally): (readonly [range: string, items: number])[] {
  const { smallest, largest } = summary(counts);
  const width = Math.ceil((largest - smallest + 1) / BARS);
  const found: [string, number][] = [];
  for (let from = smallest; from <= largest; from += width) {
    const to = Math.min(from + width - 1, largest);
    const inside = [...counts].filter(([size]) => size >= from && size <= to);
    found.push([`${from} to ${to}`, inside.reduce((sum, [, items]) => sum + items, 0)]);
  }
  return found;
}

interface Summary {
  readonly smallest: number;
  readonly largest: number;
  readonly total: number;
  readonly middle: number;
}

function summary(counts: Tally): Summary {
  const sizes = [...counts];
  const items = sizes.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  const middle = sizes.find(([, count]) => {
    seen += count;
    return seen * 2 >= items;
  });
  return {
    smallest: sizes[0]?.[0] ?? 0,
    largest: sizes.at(-1)?.[0] ?? 0,
    total: sizes.reduce((sum, [size, count]) => sum + size * count, 0),
    middle: middle?.[0] ?? 0,
  };
}

function printValues(
  printer: Printer,
  { key, items, counts }: ValueTally,
  all: number,
  names: readonly (string | number)[],
): void {
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const rows = sorted
    .slice(0, MOST_VALUES)
    .map(([value, count]) => [String(value), String(count), "", String(names[value] ?? "")]);
  table(printer, [key, "items", "", "name"], rows);
  const notes = [
    ...(sorted.length > MOST_VALUES ? [`${sorted.length - MOST_VALUES} more values`] : []),
    ...(items < all ? [`${countLabel(all - items, "item")} without`] : []),
    `${countLabel(sorted.length, "value")}`,
  ];
  printer.line(styled("dim", notes.join(", ")));
}

function printArrays(printer: Printer, arrays: readonly ArrayTally[]): void {
  if (arrays.length === 0) return;
  const rows = arrays.map(({ key, items, dtypes, bytes }) => {
    const types = [...dtypes].map(([type, count]) => (dtypes.size === 1 ? type : `${type} ${count}`)).join(", ");
    return [key, String(items), bytesLabel(bytes), types];
  });
  table(printer, ["array", "items", "bytes", "types"], rows);
}
