import type { Change } from "../engine/upgrade/changes.js";
import type { WriteOptions } from "../engine/write.js";
import type { Folder, FolderSink, Sink, Source, WorkOptions } from "../source/source.js";

/**
 * What brings files or folders of a data set up to date whose former makes its schema cannot describe, as it takes the place of what
 * the schema alone says. A package of data sets lists its upgraders, so that a command line can use them without knowing
 * a data set.
 */
export type Upgrader = FileUpgrader | FolderUpgrader;

interface AnyUpgrader {
  /** Ids of the data sets, as the registry has them. */
  readonly datasets: readonly string[];
}

/** Brings files of one data set up to date. */
export interface FileUpgrader extends AnyUpgrader {
  readonly writes: "file";
  /** Reads what is to be changed. The source has to stay open until the file is written. Throws `FormatError`. */
  readonly open: (source: Source, options?: WorkOptions) => Promise<UpgradedFile>;
}

/** A file as its schema has it now. */
export interface UpgradedFile {
  readonly changes: readonly Change[];
  /** Writes it and commits the sink; aborts it when that fails. */
  write(sink: Sink, options?: WriteOptions): Promise<void>;
}

/** Brings folders of one data set up to date. */
export interface FolderUpgrader extends AnyUpgrader {
  readonly writes: "folder";
  /** Finds out what is to be changed in a folder, or an archive of one, which has to stay open until it is written. Throws `FormatError`. */
  readonly open: (input: Source | Folder, options?: WorkOptions) => Promise<UpgradedFolder>;
}

/** A folder as its schema has it now. */
export interface UpgradedFolder {
  readonly changes: readonly Change[];
  /** Writes it, file by file, and commits the sink; aborts it when that fails. What was read is left as it is. */
  write(sink: FolderSink, options?: WorkOptions): Promise<void>;
}
