import { cutText, displayWidth, escapeText } from "./escape.js";
import { type Piece, type Style, styled, textOf } from "./printer.js";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  readonly style?: Style;
}

export interface TableOptions {
  /** Columns of the terminal. The last column is cut to fit; nothing is cut when left out. */
  readonly width?: number | undefined;
  /** Spaces before each line. */
  readonly indent?: number;
}

const GAP = 2;

/** Lines of a table without borders; columns that are empty in every row are left out. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Piece[])[],
  options: TableOptions = {},
): Piece[][] {
  const shown = columns
    .map((column, index) => ({ column, index }))
    .filter(({ index }) => rows.some((row) => textOf(row[index] ?? "") !== ""));
  const titles = shown.map(({ column }): Piece => styled("dim", column.title));
  const body = rows.map((row) => shown.map(({ index, column }) => cellOf(row[index] ?? "", column)));
  const widths = shown.map((_, at) => Math.max(...[titles, ...body].map((row) => widthOf(row[at] as Piece))));
  const indent = " ".repeat(options.indent ?? 0);
  const taken = indent.length + widths.slice(0, -1).reduce((sum, width) => sum + width + GAP, 0);
  const rest = options.width === undefined ? Number.POSITIVE_INFINITY : Math.max(options.width - taken, 10);
  return [titles, ...body].map((row) => {
    const pieces = row.map((cell, at) => (at === row.length - 1 ? cut(cell, rest) : cell));
    return trimmed([
      indent,
      ...pieces.flatMap((cell, at) =>
        padded(cell, widths[at] as number, shown[at]?.column.align, at === row.length - 1),
      ),
    ]);
  });
}

/** A line without the room for cells at its end that are empty. */
function trimmed(line: Piece[]): Piece[] {
  const last = line.findLastIndex((piece) => textOf(piece).trim() !== "");
  return line.slice(0, last + 1);
}

function cellOf(cell: Piece, column: Column): Piece {
  return typeof cell === "string" && column.style ? styled(column.style, cell) : cell;
}

function widthOf(cell: Piece): number {
  return displayWidth(escapeText(textOf(cell)));
}

function cut(cell: Piece, width: number): Piece {
  if (width === Number.POSITIVE_INFINITY) return cell;
  const text = cutText(escapeText(textOf(cell)), width);
  return typeof cell === "string" ? text : styled(cell.style, text);
}

function padded(cell: Piece, width: number, align: Column["align"], last: boolean): Piece[] {
  const space = " ".repeat(Math.max(0, width - widthOf(cell)));
  const gap = last ? "" : " ".repeat(GAP);
  if (align === "right") return [space, cell, gap];
  return last ? [cell] : [cell, space + gap];
}
