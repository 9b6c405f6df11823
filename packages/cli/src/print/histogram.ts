import type { Tally } from "@somakit/core";
import { type Printer, styled } from "./printer.js";
import { tableLines } from "./table.js";

/** Bars of a histogram, and values that are listed one by one. */
const BARS = 10;
export const MOST_VALUES = 20;
const BAR_WIDTH = 30;

/** A bar for a share from 0 to 1. */
export function barOf(share: number): string {
  return "█".repeat(Math.round(share * BAR_WIDTH));
}

/** A table behind an empty line; the second and third column are numbers. */
export function printTable(printer: Printer, titles: readonly string[], rows: readonly (readonly string[])[]): void {
  printer.line("");
  const columns = titles.map((title, at) => ({
    title,
    align: at === 0 || at > 2 ? ("left" as const) : ("right" as const),
  }));
  for (const line of tableLines(columns, rows, { width: printer.columns })) printer.line(...line);
}

/** How often each number occurs; where there are many, how often those of each range of equal width. */
export function printTally(printer: Printer, title: string, noun: string, counts: Tally): void {
  const rows =
    counts.size <= MOST_VALUES ? [...counts].map(([size, items]) => [`${size}`, items] as const) : bars(counts);
  const most = Math.max(...rows.map(([, items]) => items));
  const shown = rows.map(([label, items]) => [label, String(items), "", barOf(items / most)]);
  printTable(printer, [title, noun, "", ""], shown);
  const { smallest, largest, total, middle } = summaryOf(counts);
  if (counts.size > 1) printer.line(styled("dim", `${smallest} to ${largest}, median ${middle}, ${total} in all`));
}

/** Items in ranges of equal width. */
export function bars(counts: Tally): (readonly [range: string, items: number])[] {
  const { smallest, largest } = summaryOf(counts);
  const width = Math.ceil((largest - smallest + 1) / BARS);
  const found: [string, number][] = [];
  for (let from = smallest; from <= largest; from += width) {
    const to = Math.min(from + width - 1, largest);
    const inside = [...counts].filter(([size]) => size >= from && size <= to);
    found.push([`${from} to ${to}`, inside.reduce((sum, [, items]) => sum + items, 0)]);
  }
  return found;
}

export interface TallySummary {
  readonly smallest: number;
  readonly largest: number;
  /** Of all numbers, as often as they occur. */
  readonly total: number;
  readonly middle: number;
}

/** Of numbers in their order. */
export function summaryOf(counts: Tally): TallySummary {
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
