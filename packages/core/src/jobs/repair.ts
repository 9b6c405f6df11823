import type { Sink, Source, WorkOptions } from "../source/source.js";
import type { Threads } from "../threads/threads.js";

/**
 * What makes damaged or unfinished files of one data set whole again. A package of data sets lists its repairers, so that a
 * command line, or a page, can offer repair without knowing a data set; it finds the one of a file by `dataset`. What a
 * repairer does is loaded by `import()` when it is called.
 */
export interface Repairer {
  /** Id of the data set, as the registry has it. */
  readonly dataset: string;
  /** What it mends, as a sentence without its full stop. */
  readonly summary: string;
  /** What is wrong with a file, and what would become of it. Writes nothing. */
  plan(source: Source, options?: RepairOptions): Promise<RepairReport>;
  /**
   * Writes the repaired file and commits `sink`, which belongs to the caller until then: after an error the caller aborts
   * it. Gives the report that `plan` gives. Throws `FormatError` for files of which nothing can be saved.
   */
  run(source: Source, sink: Sink, options?: RepairOptions): Promise<RepairReport>;
}

export interface RepairOptions extends WorkOptions {
  readonly threads?: Threads | undefined;
}

/** What a repair finds or has done. */
export interface RepairReport {
  /** What is wrong and how it is mended, in the order of the file. Empty when nothing is wrong. */
  readonly changes: readonly RepairChange[];
  /** What the repaired file holds, in a few words and numbers: `["frames", 300]`. */
  readonly facts: readonly (readonly [name: string, value: string | number])[];
}

/** One fault, and what a repair makes of it. */
export interface RepairChange {
  /** Where in the file: a path, empty for the file itself. */
  readonly path: string;
  /** `length: 0, though there are 12 frames: becomes 12`. */
  readonly message: string;
  /** Whether something that the file held is not in the repaired one. */
  readonly loss: boolean;
}
