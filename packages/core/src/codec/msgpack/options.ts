/** What a reader puts up with. All of it is checked before memory is given to anything. */
export interface MsgpackLimits {
  /** Lists and maps around a value, 1000 at most. Default 511, which is as deep as Python writes. */
  readonly maxDepth?: number | undefined;
  /**
   * Bytes of one value. Default 104,857,600 in a stream: a longer one makes Python's reader end without a word. What is in
   * memory already has no limit unless one is given.
   */
  readonly maxBytes?: number | undefined;
  /** Estimated memory of the objects that one value becomes, beside its own bytes. Default 1 GiB. */
  readonly maxMemory?: number | undefined;
}

/** How maps are to be read. */
export interface MsgpackKeysOption {
  /** `text`: keys of maps must be text or bytes, which is all that Python reads by default. `any` lets all others through. */
  readonly keys?: "text" | "any" | undefined;
}

/** How values are made of bytes. */
export interface MsgpackDecodeOptions extends MsgpackKeysOption {
  /**
   * `decode` makes arrays, numpy scalars and complex numbers of the maps by which msgpack-numpy stores them. `maps` leaves
   * them as they are stored, object arrays and types without a counterpart here among them.
   */
  readonly numpy?: "decode" | "maps" | undefined;
}

/** As deep as Python's writer goes. */
const DEFAULT_DEPTH = 511;
/** Deeper values would use up the stack of the engine. */
const MAX_DEPTH = 1000;

/** Throws `RangeError` for a depth that cannot be granted. */
export function depthOf(maxDepth: number = DEFAULT_DEPTH): number {
  if (Number.isInteger(maxDepth) && maxDepth >= 0 && maxDepth <= MAX_DEPTH) return maxDepth;
  throw new RangeError(`maxDepth ${maxDepth} is not between 0 and ${MAX_DEPTH}`);
}

export const DEFAULT_MAX_STREAM_BYTES: number = 100 * 2 ** 20;
export const DEFAULT_MAX_MEMORY: number = 2 ** 30;
