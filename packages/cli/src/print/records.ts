import type { RecordsSummary } from "../info/record-summary.js";
import { bytesLabel, countLabel } from "./amount.js";
import { type Piece, type Printer, styled } from "./printer.js";
import { tableLines } from "./table.js";

/** Lines of `info` about a stream of records: what it is called, and what there is to say. */
export function recordLines(summary: RecordsSummary): readonly (readonly [label: string, text: string])[] {
  const { path, stated, finished, perBlock, ratio, bitsPerNumber, streams, problem } = summary;
  const count = stated === null ? "not stated" : `${stated} stated`;
  const blocks = streams?.reduce((sum, stream) => sum + stream.blocks, 0);
  return [
    [path, finished ? count : "the writer did not come to its end: somakit repair ends the file"],
    ...(ratio === null || bitsPerNumber === null
      ? []
      : [
          ["size", `${ratio.toFixed(2)} times smaller than arrays, ${bitsPerNumber.toFixed(2)} bits a number`] as const,
        ]),
    ...(blocks === undefined || streams === null
      ? []
      : [["blocks", `${blocks} in ${countLabel(streams.length, "stream")}${seekText(path, perBlock)}`] as const]),
    ...(problem === null ? [] : [["damage", problem] as const]),
  ];
}

function seekText(path: string, perBlock: number | null): string {
  return perBlock === null ? "" : `, ${perBlock} ${path} each: any of them is found at once`;
}

/** Tables of the first record, and of streams and blocks. */
export function printRecords(printer: Printer, { path, first, streams, blocks, moreBlocks }: RecordsSummary): void {
  const width = printer.columns;
  const members = first.map(({ key, type, shape, bytes }): Piece[] => [
    key,
    type,
    `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`,
    bytesLabel(bytes),
  ]);
  const right = { align: "right" } as const;
  const heads = [{ title: `${path}[0]`, style: "cyan" }, { title: "dtype" }, { title: "shape" }] as const;
  print(printer, tableLines([...heads, { title: "bytes", ...right }], members, { width }));
  const sizes = [
    { title: "bytes", ...right },
    { title: "content", ...right },
  ] as const;
  const rows = (streams ?? []).map(({ offset, bytes, check, blocks: count, contentBytes }, index): Piece[] => [
    `${index}`,
    `${offset}`,
    bytesLabel(bytes),
    bytesLabel(contentBytes),
    `${count}`,
    check,
  ]);
  const columns = [{ title: "stream", style: "cyan" }, { title: "at byte", ...right }, ...sizes] as const;
  print(printer, tableLines([...columns, { title: "blocks", ...right }, { title: "check" }], rows, { width }));
  if (!printer.verbose) return;
  const list = blocks.map(({ stream, offset, bytes, contentBytes }, index): Piece[] => [
    `${index}`,
    `${stream}`,
    `${offset}`,
    bytesLabel(bytes),
    bytesLabel(contentBytes),
  ]);
  const named = [
    { title: "block", style: "cyan" },
    { title: "stream", ...right },
    { title: "at byte", ...right },
  ] as const;
  print(printer, tableLines([...named, ...sizes], list, { width }));
  if (moreBlocks > 0) printer.line(styled("dim", `… ${moreBlocks} more`));
}

function print(printer: Printer, lines: readonly (readonly Piece[])[]): void {
  if (lines.length < 2) return;
  printer.line("");
  for (const line of lines) printer.line(...line);
}
