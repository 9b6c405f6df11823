// What decoder and encoder agree on: the adaptive probabilities of LZMA, 16 bits each, and where they are in memory.
// All addresses are in bytes. Names are those of the LZMA specification.

/** Decoding shifts in another byte when the range is below this. */
export const TOP: u32 = 1 << 24;
/** A probability counts parts of 2048. */
export const BITS: u32 = 11;
/** How fast probabilities follow the data. */
export const MOVE: u32 = 5;

export const STATES: u32 = 12;
/** States below this come after a literal. */
export const LITERAL_STATES: u32 = 7;
export const MATCH_MIN: u32 = 2;
export const MATCH_MAX: u32 = 273;
/** Distances of matches this short have probabilities of their own, by length. */
export const DISTANCE_STATES: u32 = 4;
export const ALIGN_BITS: u32 = 4;
/** Slots from here on have their low bits coded by `ALIGN`, the bits between without any probability. */
export const FIRST_ALIGNED_SLOT: u32 = 14;

const PROBABILITY: usize = 2;
/** Bytes of the probabilities of one length coder: choice, choice2, low[16][8], mid[16][8], high[256]. */
const LENGTH_CODER: usize = PROBABILITY * (2 + 16 * 8 + 16 * 8 + 256);

export const PROBABILITIES: usize = memory.data(
  2 * (12 * 16 * 2 + 12 * 4 + 4 * 64 + 128 + 16 + 2 * 514 + (0x300 << 4)),
  16,
);
export const IS_MATCH: usize = PROBABILITIES;
export const IS_REP0_LONG: usize = IS_MATCH + PROBABILITY * 12 * 16;
export const IS_REP: usize = IS_REP0_LONG + PROBABILITY * 12 * 16;
export const IS_REP0: usize = IS_REP + PROBABILITY * 12;
export const IS_REP1: usize = IS_REP0 + PROBABILITY * 12;
export const IS_REP2: usize = IS_REP1 + PROBABILITY * 12;
export const SLOT: usize = IS_REP2 + PROBABILITY * 12;
export const SPECIAL: usize = SLOT + PROBABILITY * 4 * 64;
export const ALIGN: usize = SPECIAL + PROBABILITY * 128;
export const MATCH_LENGTH: usize = ALIGN + PROBABILITY * 16;
export const REP_LENGTH: usize = MATCH_LENGTH + LENGTH_CODER;
export const LITERAL: usize = REP_LENGTH + LENGTH_CODER;

/** Inside a length coder. */
export const CHOICE: usize = 0;
export const CHOICE2: usize = PROBABILITY;
export const LOW: usize = PROBABILITY * 2;
export const MID: usize = LOW + PROBABILITY * 16 * 8;
export const HIGH: usize = MID + PROBABILITY * 16 * 8;

/** Sets all probabilities to one half. `literalBits` is lc + lp. */
export function resetProbabilities(literalBits: u32): void {
  const end = LITERAL + PROBABILITY * ((<usize>0x300) << literalBits);
  for (let at = PROBABILITIES; at < end; at += PROBABILITY) store<u16>(at, 1024);
}

export function stateAfterLiteral(state: u32): u32 {
  return state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}

export function stateAfterMatch(state: u32): u32 {
  return state < LITERAL_STATES ? 7 : 10;
}

export function stateAfterRep(state: u32): u32 {
  return state < LITERAL_STATES ? 8 : 11;
}

export function stateAfterShortRep(state: u32): u32 {
  return state < LITERAL_STATES ? 9 : 11;
}
