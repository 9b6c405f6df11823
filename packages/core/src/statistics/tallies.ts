/** How often each number occurs, in the order of the numbers. */
export type Tally = ReadonlyMap<number, number>;

/** A single value that is counted. */
export type TallyValue = string | number | boolean;

/** The sizes of an axis symbol in the objects that bind it: what they state, else what their arrays show. */
export interface SizeTally {
  readonly symbol: string;
  /** The objects, as `scenes[].cameras[]`; empty for the root, and for the items of a list of records. */
  readonly path: string;
  readonly role?: string | undefined;
  readonly description?: string | undefined;
  readonly counts: Tally;
}

/** The single values under a key that states no size, and those of lists and arrays of them: each item counts. */
export interface ValueTally {
  /** `[]` stands for any item, `*` for any key. */
  readonly key: string;
  /** Objects that have the key. */
  readonly items: number;
  /** How often each value occurs, in order; undefined where there are more than can be told apart ({@link MOST_VALUES}). */
  readonly counts: ReadonlyMap<TallyValue, number> | undefined;
  /** Of the numbers among the values. */
  readonly numbers?: NumberRange | undefined;
  /** The list of names that the numbers count, where the schema says so. */
  readonly labels?: string | undefined;
}

/** Numbers, counted: the extremes and the mean. */
export interface NumberRange {
  readonly smallest: number;
  readonly largest: number;
  readonly mean: number;
}

/** The arrays under a key. */
export interface ArrayTally {
  readonly key: string;
  readonly items: number;
  /** Items by the dtype that is stored, the most frequent first; `lists` of numbers in containers without arrays. */
  readonly dtypes: ReadonlyMap<string, number>;
  /** Smallest and largest size of each axis; undefined where items differ in how many they have. */
  readonly shape: readonly (readonly [smallest: number, largest: number])[] | undefined;
  /** Of all elements; 0 for lists. */
  readonly bytes: number;
}

/** Something that could not be read, and so was not counted. */
export interface StatisticsProblem {
  readonly path: string;
  readonly message: string;
}

/** Different values of one key that are told apart; of one that the schema labels, {@link MOST_LABELS}. */
export const MOST_VALUES = 1024;
export const MOST_LABELS = 65536;
