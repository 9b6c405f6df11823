import type { Problem } from "../ir.js";
import type { JsonFault, Position } from "./json.js";
import { parentOf } from "./pointer.js";

/** Where a problem is: a file and a JSON pointer in it. */
export interface Place {
  readonly file: string;
  readonly pointer: string;
}

export interface Remark {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Collects what is wrong, finds the lines, and says everything once. */
export class Problems {
  readonly #positions = new Map<string, ReadonlyMap<string, Position>>();
  readonly #found = new Map<string, Problem>();

  /** Makes known where the values of a file stand; faults of its text stand where they were found. */
  locate(file: string, positions: ReadonlyMap<string, Position>, faults: readonly JsonFault[]): void {
    const exact = faults.map(({ pointer, position }) => [pointer, position] as const);
    this.#positions.set(file, new Map([...positions, ...exact]));
  }

  error(place: Place, message: string, hint?: string): void {
    this.#add("error", place, { message, hint });
  }

  warning(place: Place, message: string, hint?: string): void {
    this.#add("warning", place, { message, hint });
  }

  hasErrors(): boolean {
    return [...this.#found.values()].some((problem) => problem.severity === "error");
  }

  /** By file, then by position. */
  sorted(): Problem[] {
    return [...this.#found.values()].sort(
      (a, b) =>
        compare(a.file, b.file) ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0) ||
        compare(a.pointer, b.pointer) ||
        compare(a.severity, b.severity) ||
        compare(a.message, b.message),
    );
  }

  #add(severity: Problem["severity"], { file, pointer }: Place, { message, hint }: Remark): void {
    const position = this.#positionOf(file, pointer);
    const problem: Problem = { severity, file, pointer, line: position?.line, column: position?.column, message };
    const key = JSON.stringify([file, pointer, message]);
    if (!this.#found.has(key)) this.#found.set(key, hint === undefined ? problem : { ...problem, hint });
  }

  /** That of the nearest thing around when the thing itself is not there. */
  #positionOf(file: string, pointer: string): Position | undefined {
    const positions = this.#positions.get(file);
    for (let at: string | undefined = pointer; positions && at !== undefined; at = parentOf(at)) {
      const position = positions.get(at);
      if (position) return position;
    }
    return undefined;
  }
}

/** By code units: the same order on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * One paragraph a problem, as compilers print them: `file:line:column  error  message`, then pointer and hint. Control
 * characters of schemas are shown, not printed.
 */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(format).join("\n");
}

function format({ severity, file, pointer, line, column, message, hint }: Problem): string {
  const position = line === undefined ? "" : `:${line}:${column ?? 1}`;
  const lines = [`${file}${position}  ${severity}  ${message}`];
  if (pointer !== "") lines.push(`  at ${pointer}`);
  if (hint !== undefined) lines.push(`  ${hint}`);
  return lines.map(visible).join("\n");
}

function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
