import { EXIT, type ExitCode } from "../failure.js";
import { countLabel } from "../print/amount.js";
import { type Output, Printer, styled } from "../print/printer.js";
import type { Outcome } from "./outcome.js";
import type { BatchItem } from "./plan.js";
import { type Said, textOf } from "./said.js";

/** A file of a batch that is done. */
export interface FileResult extends Outcome {
  readonly item: BatchItem;
  /** Whether an earlier run has done it. */
  readonly skipped: boolean;
}

export interface Place {
  readonly index: number;
  readonly total: number;
  /** Whether the name of the file stands above what is read of it. */
  readonly titled: boolean;
}

/**
 * The printer for one of several files. What is only read is set off by an empty line, and a title where it needs one; of files that are written, what is said
 * beside the data begins with the name of the file, as errors do anyway.
 */
export function printerFor(printer: Printer, { file, targets }: BatchItem, { index, total, titled }: Place): Printer {
  const { stdout, stderr, json, quiet, verbose } = printer;
  let begun = false;
  const before = (output: Output, begin: (text: string) => void): Output => ({
    ...output,
    write: (text) => {
      if (!begun) begin(text);
      begun = true;
      output.write(text);
    },
  });
  const gap = (): void => {
    if (index > 0) printer.line("");
    if (titled) printer.line(styled("bold", `==> ${file} <==`));
  };
  const heading = (text: string): void => {
    if (!text.startsWith("somakit: ")) printer.note(styled("dim", `[${index + 1}/${total}] `), styled("bold", file));
  };
  return targets === undefined
    ? new Printer({ stdout: before(stdout, gap), stderr, json, quiet, verbose })
    : new Printer({ stdout, stderr: before(stderr, heading), json, quiet, verbose });
}

/** Prints what was kept. */
export function replay({ stdout, stderr }: Printer, said: readonly Said[]): void {
  for (const { to, text } of said) (to === "out" ? stdout : stderr).write(text);
}

/** One item of the list that `--json` has of a batch. */
export function resultJson({ item, exit, said, skipped }: FileResult, isFirst: boolean): string {
  const document = textOf(said, "out").trim();
  const fields = [
    `"file": ${JSON.stringify(item.file)}`,
    `"exit": ${exit}`,
    ...(skipped ? ['"skipped": true'] : []),
    `"result": ${document === "" ? "null" : document}`,
  ];
  return `${isFirst ? "[\n" : ",\n"}{${fields.join(", ")}}`;
}

/** `12 files: 9 fine, 1 cannot be read, 2 done before`. */
export function summaryText(
  results: readonly { readonly exit: ExitCode; readonly skipped: boolean }[],
  total: number,
): string {
  const count = (wanted: ExitCode): number => results.filter(({ exit, skipped }) => exit === wanted && !skipped).length;
  const parts = [
    [count(EXIT.fine), "fine"],
    [count(EXIT.invalid), "not as it should be"],
    [count(EXIT.usage), "not done"],
    [count(EXIT.unreadable), "cannot be read"],
    [results.filter(({ skipped }) => skipped).length, "done before"],
    [total - results.length, "not begun"],
  ] as const;
  const told = parts.filter(([files]) => files > 0).map(([files, what]) => `${files} ${what}`);
  return `${countLabel(total, "file")}: ${told.join(", ")}`;
}
