import type { JournalStore } from "../journal/store.js";
import type { Folder, Sink, Source, WorkOptions } from "../source/source.js";
import type { Threads } from "../threads/threads.js";

/**
 * Work of its own that a package of data sets offers, such as making a data set of the raw files of another. It is said in
 * data what it takes and gives, so that a command line, or a page, can offer it without knowing it; its code is loaded when
 * it runs.
 */
export interface Job {
  /** One word; unique among all jobs, and no verb of the command line. */
  readonly name: string;
  /** A sentence without its full stop. */
  readonly summary: string;
  /** Paragraphs that say more. */
  readonly details: readonly string[];
  /** What the folder holds that it works on. */
  readonly folder: string;
  /** What a file is that it can work on in place of a folder. Without this, it needs a folder. */
  readonly file?: string | undefined;
  /** Ids of the data sets that the folder may be of, as the registry has them; absent where it is none that is known. */
  readonly takes?: readonly string[] | undefined;
  /** Ids of the data sets that it makes, by its options; absent where its file is of none. */
  readonly makes?: readonly string[] | undefined;
  /** The file that it makes. */
  readonly output: { readonly description: string; readonly extensions: readonly string[] };
  readonly options: readonly JobOption[];
  /** Whether it keeps what is done in a journal, and goes on from there. */
  readonly resumable: boolean;
  /** Whether it can use several threads. */
  readonly threaded: boolean;
  /** Options of a call, and what it does. */
  readonly examples: readonly (readonly [options: string, meaning: string])[];
  readonly load: () => Promise<RunJob>;
}

/** An option of a job, for a command line or a form. */
export interface JobOption {
  /** In lower case, words joined by `-`. */
  readonly name: string;
  readonly description: string;
  /** The only values. */
  readonly choices?: readonly [string, ...string[]] | undefined;
  /** What any text for it stands for, in a word. Without this and without choices, the option is a switch. */
  readonly value?: string | undefined;
  /** Whether that text is the path of a file, which is opened for the job. */
  readonly opens?: boolean | undefined;
  /** The value when it is left out. */
  readonly default?: string | undefined;
}

/** What a job gets to work with. */
export interface JobContext extends WorkOptions {
  readonly folder: Folder;
  /** The file that was given in place of a folder; `folder` is the one that it lies in then. */
  readonly file?: Source | undefined;
  /** Files that options name, by the names of the options. */
  readonly files?: Readonly<Record<string, Source>> | undefined;
  /** Committed when the job is done, aborted when it fails. */
  readonly sink: Sink;
  /** Values of options by their names: text, true for a switch that is on. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
  readonly journal?: JournalStore | undefined;
  readonly threads?: Threads | undefined;
}

/** What came of it. */
export interface JobReport {
  /** What was made, in a few words and numbers: `["clips", 56578]`. */
  readonly facts: readonly (readonly [name: string, value: string | number])[];
  /** Inputs that were left out, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** Does the work of a {@link Job}. Throws `FormatError` for input that cannot be read. */
export type RunJob = (context: JobContext) => Promise<JobReport>;
