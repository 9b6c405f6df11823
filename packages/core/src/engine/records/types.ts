import type { XzPreset, XzTuning } from "../../codec/xz/index.js";
import type { Issue } from "../../issues.js";
import type { DTypeName } from "../../ndarray/dtype.js";
import type { NdArray, Shape } from "../../ndarray/ndarray.js";
import type { Input } from "../../source/input.js";
import type { WorkOptions } from "../../source/source.js";
import type { Threads } from "../../threads/threads.js";
import type { Value } from "../../value/value.js";
import type { DecodeOptions } from "../decode.js";

/** What is known of the number of records before any of them is read. */
export interface RecordFacts {
  /**
   * How many records the file says it has; undefined where it does not say, as old files may not, and as files do not whose
   * writer never came to its end.
   */
  readonly stated: number | undefined;
  /** Whether the writer came to its end. Files without a place for saying so count as finished. */
  readonly isFinished: boolean;
  /** Records that each compressed block begins anew after, where the file says so. */
  readonly perBlock: number | undefined;
}

/** What going through all records finds. */
export interface RecordCount {
  /** Whole records, up to the damage if there is any. */
  readonly count: number;
  /** Why there are no more; undefined when the file ends as it should. */
  readonly damage: Error | undefined;
}

export interface RecordReadOptions extends Omit<DecodeOptions, "window"> {
  /** Threads that decompress several blocks at once. Those given when the file was opened, when left out. */
  readonly threads?: Threads | undefined;
  /**
   * `decoded` (the default): records are delivered as soon as they are there, all whole ones before an error. `verified`: not
   * before the checksum of the block that they are in has matched.
   */
  readonly release?: "decoded" | "verified" | undefined;
  /** Bytes that one pass may decompress. Default: any number, as no more than a record of them is kept. */
  readonly maxContentBytes?: number | undefined;
  /** Told of what is wrong with the file as a whole but keeps nobody from reading it: another number of records than stated. */
  readonly onIssue?: ((issue: Issue) => void) | undefined;
}

/**
 * The records of an open file that repeat to its end, each read when it is asked for. Going through them holds one piece of
 * the file and one record in memory; several passes at once are independent of each other.
 *
 * Whatever is damaged throws a `FormatError` with the record as path (`frames[12]`) and the byte, after all whole records
 * before it: `truncated`, `corrupt`, `checksum`, `limit` (a record larger than allowed), `refused` (pickles),
 * `mismatch` and `missing` (not what the schema states).
 */
export interface RecordReader<R> extends AsyncIterable<R>, RecordFacts {
  /** The key of the list, such as `frames`. */
  readonly path: string;
  /** The stated number of records, else that of the whole ones that are there, which takes one pass. */
  length(options?: WorkOptions): Promise<number>;
  /** Counts the whole records, whatever is stated. One pass, whose result is kept. */
  count(options?: WorkOptions): Promise<RecordCount>;
  /**
   * The record at `index`; negative ones count from the end. Where the file is made of blocks, only the block is read that
   * holds it. Throws `RangeError` when there is none.
   */
  at(index: number, options?: RecordReadOptions): Promise<R>;
  /** Records `start` up to `stop`, clipped and counted from the end as Python's slices are. */
  range(start: number, stop?: number | null, options?: RecordReadOptions): AsyncGenerator<R, void, void>;
  /** All records in order. `for await (const record of reader)` does the same without options. */
  records(options?: RecordReadOptions): AsyncGenerator<R, void, void>;
  /** All records in memory. */
  read(options?: RecordReadOptions): Promise<R[]>;
}

type RealName = Extract<DTypeName, "bool" | `int${string}` | `uint${string}` | "float16" | "float32" | "float64">;
type AnyReal<S extends Shape> = { readonly [D in RealName]: NdArray<D, S> }[RealName];

/** A record as a writer takes it: arrays may have any real element type where they are converted anyhow. */
export type RecordInput<R> = {
  [K in keyof R]: Extract<R[K], NdArray<"float32">> extends NdArray<"float32", infer S> ? R[K] | AnyReal<S> : R[K];
};

/** What stands before the records under `K` of a file `T`, as far as it is given. Where anything may be, plain objects may. */
export type RecordLead<T, K extends keyof T> = {
  readonly [P in Exclude<keyof T, K>]?: (Value extends T[P] ? unknown : T[P]) | undefined;
};

export interface RecordWriterOptions extends WorkOptions {
  /** Kind of container; the first one of the schema that holds streams when left out. */
  readonly container?: string | undefined;
  /** Steps of quantisation by the names that the schema gives them, in place of its own. */
  readonly steps?: Readonly<Record<string, number>> | undefined;
  /**
   * Records in a compressed block, which is what can be read alone and side by side. Fewer cost size, more cost time of access.
   * Default 30; `none` leaves it to the compressor, as files that nobody looks things up in have it.
   */
  readonly perBlock?: number | "none" | undefined;
  /** Effort of compressing. Default 5. */
  readonly preset?: XzPreset | undefined;
  /** Settings of xz in place of the preset's. */
  readonly tuning?: XzTuning | undefined;
  /** Threads that compress several blocks at once. Default: everything happens on the caller's own. */
  readonly threads?: Threads | undefined;
  /**
   * `refuse` (the default): a record with issues of severity error, or without the keys that the schema wants written, is
   * refused. `loose`: those keys may be missing. `skip` does not look.
   */
  readonly check?: "refuse" | "loose" | "skip" | undefined;
  /** `logical` (the default), or `stored`: records are written as they are, without applying encodings. */
  readonly form?: "logical" | "stored" | undefined;
  /**
   * A file to go on with: its records come first. Whole blocks are copied as they are. The first records of the file
   * (its header, its metadata) are its own unless others are given.
   */
  readonly after?: Input | undefined;
  /** Goes on with a damaged or unfinished file too, after its last whole record. Default false: it is refused. */
  readonly recover?: boolean | undefined;
}

/** What was written. */
export interface RecordSummary {
  readonly count: number;
  /** Bytes of the file. */
  readonly byteLength: number;
  /** Bytes of the repeating records before compression. */
  readonly contentBytes: number;
}

/**
 * Writes a file record by record. Nothing is visible under its name before {@link RecordWriter.close}.
 */
export interface RecordWriter<R> {
  /** Records taken so far, those of a file that is gone on with among them. */
  readonly count: number;
  /**
   * Takes a record, which is copied before this returns. Resolves when the next one may come: not before there is room for
   * it. Calls need not be awaited one by one; records are written in the order of the calls.
   *
   * A record that is refused (`FormatError` `unwritable`, with its number and the place in it), a sink that fails, a signal
   * that aborts: all end the writing. The file is given up, and every later call rejects for the same reason.
   */
  append(record: RecordInput<R>): Promise<void>;
  /** Ends the file and commits the sink. */
  close(): Promise<RecordSummary>;
  /** Gives the file up: nothing of it remains. Does nothing after `close`. */
  abort(): Promise<void>;
}
