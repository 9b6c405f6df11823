import { npz } from "../src/codec/npz/index.js";
import { pickle } from "../src/codec/pickle/index.js";
import { CheckedDict } from "../src/dict/checked-dict.js";
import type { LogEntry } from "../src/dict/logger.js";
import type { DictOptions, DictTraits } from "../src/dict/options.js";
import { IssueError } from "../src/errors.js";
import type { Layout } from "../src/layout/layout.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { layout as sample } from "./support-layout.js";

/** The sample data set with files. */
export const layout: Layout = {
  ...sample,
  containers: [
    { codec: npz, extensions: [".npz"], nulls: "absent", classes: [] },
    { codec: pickle, extensions: [".pkl"], nulls: "absent", classes: [], protocol: 4 },
  ],
};

export type SampleDict = CheckedDict<Record<string, unknown>>;

export interface Made {
  readonly dict: SampleDict;
  readonly log: LogEntry[];
}

/** A dict of the sample data set, and what it says. */
export function make(source?: object, options: DictOptions = {}, traits: DictTraits = {}): Made {
  const log: LogEntry[] = [];
  const dict: SampleDict = new CheckedDict(layout, source, { logger: (entry) => log.push(entry), ...options }, traits);
  return { dict, log };
}

/** float32 array that counts from 0. */
export function f4(...shape: readonly number[]): NdArray<"float32"> {
  const size = shape.reduce((product, length) => product * length, 1);
  return NdArray.from(
    "float32",
    Float32Array.from({ length: size }, (_, index) => index),
    shape,
  );
}

export function mask(...ones: readonly number[]): NdArray<"uint8"> {
  return NdArray.from("uint8", Uint8Array.from(ones));
}

/** The error that `work` throws, which must be an `IssueError`. */
export function refusalOf(work: () => unknown): IssueError {
  try {
    work();
  } catch (error) {
    if (error instanceof IssueError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
