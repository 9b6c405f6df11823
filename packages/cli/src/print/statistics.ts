import type { ArrayTally, RecordStatistics, SizeTally, Statistics, TallyValue, ValueTally } from "@somakit/core";
import { bytesLabel, countLabel } from "./amount.js";
import { MOST_VALUES, printTable, printTally } from "./histogram.js";
import { numberText, printMotion } from "./motion-statistics.js";
import { type Printer, styled } from "./printer.js";
import { tableLines } from "./table.js";

/** Names of numbers, by the key that they are under. */
export type Labels = ReadonlyMap<string, readonly (string | number)[]>;

/** Values that stand in the row of a key, and rows. */
const MOST_IN_ROW = 8;
const MOST_ROWS = 60;

/** Everything that was counted, for people: what has too many values to be seen at once is left to `--json`. */
export function printStatistics(printer: Printer, counted: Statistics, labels: Labels): void {
  const { records, sizes, values, arrays, motion } = counted;
  if (records) printRecords(printer, records);
  const [spread, single] = partition(sizes, ({ counts }) => total(counts) > 1 || records !== undefined);
  if (single.length > 0) printSingleSizes(printer, single);
  for (const size of spread) printTally(printer, sizeTitle(size), "items", size.counts);
  const [listed, others] = partition(
    values,
    ({ key, counts, numbers }) => counts !== undefined && (labels.has(key) || (records !== undefined && !!numbers)),
  );
  for (const value of listed) printValues(printer, value, records?.items ?? value.items, labels.get(value.key) ?? []);
  printRows(printer, others);
  printArrays(printer, arrays);
  if (motion) printMotion(printer, motion, spread);
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function total(counts: ReadonlyMap<TallyValue, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

function printRecords(printer: Printer, { items, gaps, splits, unassigned }: RecordStatistics): void {
  printer.line(styled("dim", "items".padEnd(10)), String(items));
  if (gaps > 0)
    printer.line(styled("dim", "empty".padEnd(10)), `${countLabel(gaps, "entry", "entries")} without a record`);
  if (splits.length === 0) return;
  const rows = splits.map(({ name, items: count, unknown }) => [
    name,
    String(count),
    unknown === 0 ? "" : String(unknown),
  ]);
  printTable(printer, ["split", "items", "unknown names"], rows);
  if (unassigned > 0) printer.line(styled("dim", `${countLabel(unassigned, "item")} in no split`));
}

function sizeTitle({ symbol, role, path }: SizeTally): string {
  const title = role === undefined ? symbol : `${role === "vertex" ? "vertice" : role}s (${symbol})`;
  return path === "" ? title : `${title} of ${path}`;
}

/** Sizes that only one object has. */
function printSingleSizes(printer: Printer, sizes: readonly SizeTally[]): void {
  const rows = sizes.map((size) => [sizeTitle(size), String([...size.counts.keys()][0]), "", size.description ?? ""]);
  printTable(printer, ["size", "", "", "meaning"], rows);
}

/** A table of one key's values, the most frequent first. */
function printValues(printer: Printer, value: ValueTally, all: number, names: readonly (string | number)[]): void {
  const { key, items, counts = new Map<TallyValue, number>() } = value;
  const sorted = byFrequency(counts);
  const rows = sorted
    .slice(0, MOST_VALUES)
    .map(([one, count]) => [String(one), String(count), "", typeof one === "number" ? String(names[one] ?? "") : ""]);
  printTable(printer, [key, "items", "", "name"], rows);
  const notes = [
    ...(sorted.length > MOST_VALUES ? [`${sorted.length - MOST_VALUES} more values`] : []),
    ...(items < all ? [`${countLabel(all - items, "item")} without`] : []),
    `${countLabel(sorted.length, "value")}`,
  ];
  printer.line(styled("dim", notes.join(", ")));
}

/** A stable sort: values that are as frequent stay in their order. */
function byFrequency(counts: ReadonlyMap<TallyValue, number>): (readonly [TallyValue, number])[] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** A row for each key whose values can be seen at once. */
function printRows(printer: Printer, values: readonly ValueTally[]): void {
  const [shown, hidden] = partition(values, isTelling);
  if (shown.length > 0) {
    const rows = mostTelling(shown).map(({ key, items, counts, numbers }) => {
      const range = numbers ? `${numberText(numbers.smallest)} to ${numberText(numbers.largest)}` : "";
      return [key, String(items), counts ? countsText(counts) : range];
    });
    const columns = [{ title: "key", style: "cyan" }, { title: "items", align: "right" }, { title: "values" }] as const;
    printer.line("");
    for (const line of tableLines(columns, rows, { width: printer.columns })) printer.line(...line);
  }
  const more = hidden.length + Math.max(0, shown.length - MOST_ROWS);
  if (more > 0)
    printer.line(styled("dim", `… ${countLabel(more, "key")} more, with measured numbers or many values: --json`));
}

/** Those that there is room for, in the order of the file: words before numbers, what varies and occurs again first. */
function mostTelling(values: readonly ValueTally[]): readonly ValueTally[] {
  const rank = ({ counts, numbers }: ValueTally): number => {
    const isDull = counts === undefined || counts.size === 1 || counts.size === total(counts);
    return (numbers ? 2 : 0) + (isDull ? 1 : 0);
  };
  const kept = new Set([...values].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_ROWS));
  return values.filter((value) => kept.has(value));
}

/** Whether values say at a glance what there is: words and whole numbers that are few, or that occur again. */
function isTelling({ counts, items }: ValueTally): boolean {
  if (!counts || counts.size === 0) return false;
  if ([...counts.keys()].some((value) => typeof value === "number" && !Number.isInteger(value))) return false;
  if (counts.size === 1) return true;
  const all = total(counts);
  return counts.size < all ? counts.size <= MOST_VALUES : all === items && all < MOST_IN_ROW;
}

function countsText(counts: ReadonlyMap<TallyValue, number>): string {
  if (counts.size === 1) {
    const [value] = counts.keys();
    return String(value);
  }
  const sorted = byFrequency(counts);
  const shown = sorted.slice(0, MOST_IN_ROW).map(([value, count]) => `${value} ${count}`);
  return [...shown, ...(sorted.length > MOST_IN_ROW ? [`… ${sorted.length - MOST_IN_ROW} more`] : [])].join(", ");
}

function printArrays(printer: Printer, arrays: readonly ArrayTally[]): void {
  if (arrays.length === 0) return;
  const rows = arrays.map(({ key, items, dtypes, bytes, shape }) => {
    const types = [...dtypes].map(([type, count]) => (dtypes.size === 1 ? type : `${type} ${count}`)).join(", ");
    return [
      key,
      String(items),
      bytes === 0 ? "" : bytesLabel(bytes),
      types,
      shape ? shapeText(shape) : "of several axes",
    ];
  });
  printTable(printer, ["array", "items", "bytes", "types", "shape"], rows);
}

function shapeText(shape: NonNullable<ArrayTally["shape"]>): string {
  const sizes = shape.map(([smallest, largest]) =>
    smallest === largest ? `${smallest}` : `${smallest} to ${largest}`,
  );
  return `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
}
