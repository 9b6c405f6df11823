import type { Problem } from "@somakit/codegen";
import { type Printer, styled } from "../print/printer.js";
import { placeOf } from "./faults.js";

/** Says what is wrong with schemas: a line each on standard error, with a hint below where there is one. */
export function printProblems(printer: Printer, problems: readonly Problem[]): void {
  for (const problem of problems) {
    const { severity, message, hint } = problem;
    if (printer.quiet && severity !== "error") continue;
    const word = severity === "error" ? styled("red", "error") : styled("yellow", "warning");
    printer.problem(placeOf(problem), " ", word, " ", message);
    if (hint !== undefined) printer.problem("  hint: ", hint);
  }
}
