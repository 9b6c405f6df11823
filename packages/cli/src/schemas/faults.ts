import { join } from "node:path";
import type { Problem } from "@somakit/codegen";

/** Schemas that cannot be used for the faults in them. */
export class FaultySchemas extends Error {
  override readonly name = "FaultySchemas";
  readonly problems: readonly Problem[];

  constructor(folder: string, problems: readonly Problem[]) {
    const errors = problems.filter(({ severity }) => severity === "error");
    const [first] = errors;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
    super(
      first === undefined
        ? "faulty schemas"
        : `${placeOf({ ...first, file: join(folder, first.file) })}: ${first.message}${more}`,
    );
    this.problems = problems;
  }
}

/** `file:line:column`, as editors and terminals follow it, and the pointer. */
export function placeOf({ file, pointer, line, column }: Problem): string {
  const position = line === undefined ? "" : `:${line}:${column ?? 1}`;
  return `${file}${position}${pointer === "" ? "" : ` ${pointer}`}`;
}
