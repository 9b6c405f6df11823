import type { Window } from "../engine/decode.js";
import type { OpenOptions } from "../engine/open.js";
import type { Logger } from "./logger.js";
import type { DictMessages } from "./messages.js";

/** The type of the value under `K`: what the data set states, `unknown` for keys that it does not name. */
export type ValueUnder<T, K extends string> = K extends keyof T ? Exclude<T[K], undefined> : unknown;

/** `logical`: as users hold values, nothing packed. `stored`: as the file has them. */
export type Form = "logical" | "stored";

export interface DictOptions {
  /** Whether to drop unsupported keys and to refuse them from now on. */
  readonly strict?: boolean | undefined;
  /** What the record that the dict is made of holds; `logical` when left out, as reading a file gives it. */
  readonly form?: Form | undefined;
  /** Gets what the dict has to say; the logger of the process when left out. */
  readonly logger?: Logger | undefined;
}

/** What a class of dicts for one data set settles for all of them. */
export interface DictTraits {
  readonly messages?: DictMessages | undefined;
  /** Axes that an array must have to be packed, where other readers of the format can unpack no others. */
  readonly packedRank?: number | undefined;
  /** Keys of files that are no items of this class of dicts and are dropped. */
  readonly dropped?: readonly string[] | undefined;
}

export interface GetOptions {
  /** Only this part, in positions along axis symbols. Nothing outside of it is unpacked. */
  readonly window?: Window | undefined;
}

export interface ShapeOptions {
  /** What fills the room behind what there is; 0 when left out. Text is padded with nothing, objects with None. */
  readonly padding?: number | undefined;
  /** Which value is brought to the shape: `stored` (the default) does not unpack it first. */
  readonly form?: Form | undefined;
}

export interface LoadDictOptions extends OpenOptions {
  /**
   * What to do about values that break the schema: `skip` (the default) takes them as they are, `report` logs what is
   * wrong, `refuse` throws an `IssueError` and takes nothing.
   */
  readonly checks?: "skip" | "report" | "refuse" | undefined;
}
