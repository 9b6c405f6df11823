import type { Dataset, Field } from "../ir.js";
import type { SchemaFile } from "../load/files.js";
import type { Problems } from "../load/problems.js";
import type { Bundle } from "../lower/bundle.js";
import type { Counts } from "../lower/layouts.js";
import type { Visit } from "./walk.js";

/** What a rule about one data set gets to see. */
export interface LintContext {
  readonly dataset: Dataset;
  readonly bundle: Bundle;
  readonly visits: readonly Visit[];
  /** All fields, each once. */
  readonly fields: readonly Field[];
  readonly files: ReadonlyMap<string, SchemaFile>;
  readonly counts: Counts;
  /** Sizes of lists of names. */
  readonly lists: Counts;
  /** Names of conventions whose files say nothing that can be used. */
  readonly unreadConventions: ReadonlySet<string>;
  readonly problems: Problems;
}

export type Rule = (context: LintContext) => void;
