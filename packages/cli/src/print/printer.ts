import pc from "picocolors";
import { escapeBlock, escapeText } from "./escape.js";

/** Text that is printed with an emphasis. Kept apart from the text itself, which is escaped before printing. */
export interface Styled {
  readonly text: string;
  readonly style: Style;
}

export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";
export type Piece = string | Styled;

export const styled = (style: Style, text: string): Styled => ({ text, style });

/** The bare text of a piece. */
export function textOf(piece: Piece): string {
  return typeof piece === "string" ? piece : piece.text;
}

export interface Output {
  write(text: string): void;
  /** Resolves when more may be written. */
  drained(): Promise<void>;
  /** Columns of the terminal; undefined when it is none. */
  readonly columns: number | undefined;
  readonly color: boolean;
}

export interface PrinterOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/**
 * Everything that verbs say. Data goes to stdout, the rest to stderr. Whatever text comes in, from files above all, is
 * escaped here, so that no file can steer the terminal.
 */
export class Printer {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Both for printers that share them. */
  readonly stdout: Output;
  readonly stderr: Output;

  constructor(options: PrinterOptions) {
    this.json = options.json;
    this.quiet = options.quiet;
    this.verbose = options.verbose;
    this.stdout = options.stdout;
    this.stderr = options.stderr;
  }

  /** Columns to fit tables and arrays into; undefined when nobody looks at a terminal. */
  get columns(): number | undefined {
    return this.stdout.columns;
  }

  /** One line of data. */
  line(...pieces: readonly Piece[]): void {
    this.stdout.write(`${render(pieces, this.stdout.color)}\n`);
  }

  /** Several lines of data. */
  block(text: string): void {
    this.stdout.write(`${escapeBlock(text)}\n`);
  }

  /** Pieces of one JSON document, already JSON. */
  async document(pieces: Iterable<string>): Promise<void> {
    for (const piece of pieces) {
      this.stdout.write(piece);
      await this.stdout.drained();
    }
    this.stdout.write("\n");
  }

  /** What a person may want to know beside the data. */
  note(...pieces: readonly Piece[]): void {
    if (!this.quiet) this.stderr.write(`${render(pieces, this.stderr.color)}\n`);
  }

  /** What went wrong; said even when quiet. */
  problem(...pieces: readonly Piece[]): void {
    this.stderr.write(`${render(pieces, this.stderr.color)}\n`);
  }
}

function render(pieces: readonly Piece[], color: boolean): string {
  const colors = pc.createColors(color);
  return pieces
    .map((piece) => (typeof piece === "string" ? escapeText(piece) : colors[piece.style](escapeText(piece.text))))
    .join("");
}
