import type { Written } from "../output.js";
import { bytesLabel } from "./amount.js";
import { type Printer, styled } from "./printer.js";

/** Says that a file was written, and what is in it. */
export function printWritten(printer: Printer, { path, bytes }: Written, what: string): void {
  if (!printer.quiet) printer.line("written ", styled("bold", path), `, ${bytesLabel(bytes)}: ${what}`);
}
