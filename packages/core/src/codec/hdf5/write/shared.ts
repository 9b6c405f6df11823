import type { ReadOptions } from "../../../source/source.js";
import type { ArrayStorage } from "../../../tree/write.js";
import type { Output } from "./output.js";

export interface Hdf5WriterOptions extends ReadOptions {
  /** How arrays are stored for which nothing else is said. Default: uncompressed. */
  readonly storage?: ArrayStorage | undefined;
}

/** What a group's member is, once it is written: the address of its header. */
export interface Unfinished {
  finish(): Promise<number>;
}

/** What all parts of one file share. */
export interface Shared {
  readonly output: Output;
  readonly options: Hdf5WriterOptions;
  /** Runs one piece of work after the other, as the bytes of some have to follow each other. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}
