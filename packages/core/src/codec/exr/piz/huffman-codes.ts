import { FormatError } from "../../../errors.js";

/** Values of 16 bits and one symbol more, which announces a run. */
export const SYMBOLS: number = 65537;
/** The longest code that the format can state. */
export const MAX_LENGTH = 58;

/**
 * The code of each symbol by the lengths of all codes: among those of one length codes ascend with their symbols, and the
 * longest begin at 0. So those longer than 17 bits start with zeros, and all of them are small numbers.
 */
export interface Codes {
  /** Bits of each symbol's code, 0 for symbols that do not occur; up to the last one that does. */
  readonly lengths: Uint8Array;
  /** Code of the first symbol of each length. */
  readonly first: Float64Array;
  /** How many symbols have that length. */
  readonly count: Uint32Array;
}

/** Throws `FormatError` `corrupt` when no such code exists: one would be the beginning of another. */
export function codesOf(lengths: Uint8Array): Codes {
  const count = new Uint32Array(MAX_LENGTH + 1);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] as number;
    count[length] = (count[length] as number) + 1;
  }
  count[0] = 0;
  const first = new Float64Array(MAX_LENGTH + 1);
  let next = 0;
  for (let length = MAX_LENGTH; length > 0; length--) {
    first[length] = next;
    const end = next + (count[length] as number);
    if (end % 2 !== 0) throw new FormatError("corrupt", "the lengths of the Huffman codes do not fit each other");
    next = end / 2;
  }
  if (next > 1) throw new FormatError("corrupt", "there are more Huffman codes than their lengths allow");
  return { lengths, first, count };
}

/** Code lengths in the file: 6 bits each, some of which stand for runs of symbols that do not occur. */
export const SHORT_RUN = 59;
export const LONG_RUN = 63;
export const SHORTEST_LONG_RUN: number = 2 + LONG_RUN - SHORT_RUN;
export const LONGEST_LONG_RUN: number = 255 + SHORTEST_LONG_RUN;
