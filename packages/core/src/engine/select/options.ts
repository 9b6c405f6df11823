/** What selecting, splitting and iterating have in common. */
export interface SelectOptions {
  /** Axis symbol of the data set's root to work along; the one with role `frame` when left out. */
  readonly along?: string | undefined;
  /**
   * Whether arrays of the result are its own. A slice otherwise views the memory of the record that it is of; picked
   * items are always copied. What is not cut is shared, but for arrays when this is true.
   */
  readonly copy?: boolean | undefined;
  /**
   * A value whose size is not that of its symbol: a `FormatError` `mismatch` that names it (`throw`, the default), or left
   * whole (`keep`).
   */
  readonly mismatches?: "throw" | "keep" | undefined;
}

/**
 * Python's `start:stop:step`, `null` for a bound left out: negative bounds count from the end, bounds outside are clipped,
 * a negative step runs backwards.
 */
export type FrameRange = readonly [start: number | null, stop: number | null, step?: number | null];

export interface SplitOptions extends SelectOptions {
  /** Shuffle first, as `shuffle` with this seed does. */
  readonly seed?: number | undefined;
}

export interface ShuffleOptions extends SelectOptions {
  /** Whole number from 0 to 2^53 - 1; the same one gives the same order everywhere. */
  readonly seed: number;
}

export interface FramesOptions extends SelectOptions {
  /** Items a window; 1 when left out. The last window may have fewer. */
  readonly batch?: number | undefined;
}

export interface ConcatOptions {
  readonly along?: string | undefined;
  readonly mismatches?: SelectOptions["mismatches"];
  /**
   * Values that do not lie along the axis:
   *
   * - `equal` (the default): one of them, when they are all equal; else a `FormatError` that names the key
   * - `first`: that of the first record that has it
   * - `suffix`: all of them, as `KEY_0`, `KEY_1`, … by the number of their record, equal ones too; one that a single
   *   record has keeps its name. Values along the axis that some records lack are kept in the same way (an error
   *   otherwise), and a flag that closes the record to unknown keys is cleared.
   */
  readonly constants?: "equal" | "first" | "suffix" | undefined;
}
