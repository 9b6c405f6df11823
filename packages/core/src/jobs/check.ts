import type { Issue } from "../issues.js";
import type { Folder, Source, WorkOptions } from "../source/source.js";

/**
 * Rules of one data set that its schema cannot state: that what several files, or several values, say fits together. A package
 * of data sets lists its checkers, so that a command line can check more than a schema says without knowing a data set; it
 * finds those of a file by `datasets`. What a checker does is loaded by `import()` when it is called.
 */
export interface Checker {
  /** Ids of the data sets, as the registry has them. */
  readonly datasets: readonly string[];
  /** What it looks at, as a sentence without its full stop. */
  readonly summary: string;
  /**
   * What is wrong beyond what a check by the schema finds; that is not repeated. What cannot be read is left out: the schema's
   * check has said it. Throws `FormatError` only where nothing can be opened at all.
   */
  check(input: Source | Folder, options?: CheckerOptions): Promise<readonly Issue[]>;
}

export interface CheckerOptions extends WorkOptions {
  /** The profile of the schema that decides how grave issues are. */
  readonly profile?: string | undefined;
}
