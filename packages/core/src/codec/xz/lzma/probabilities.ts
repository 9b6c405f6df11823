/**
 * The adaptive probabilities of LZMA, 16 bits each, and where each kind begins in the table of all. Names are those of the
 * LZMA specification; the decoder in WebAssembly has the same table (assembly/xz/probabilities.ts).
 */

const STATES = 12;
/** Of one length coder: choice, choice2, low[16][8], mid[16][8], high[256]. */
const LENGTH_CODER = 2 + 16 * 8 + 16 * 8 + 256;

export const IS_MATCH = 0;
export const IS_REP0_LONG: number = IS_MATCH + STATES * 16;
export const IS_REP: number = IS_REP0_LONG + STATES * 16;
export const IS_REP0: number = IS_REP + STATES;
export const IS_REP1: number = IS_REP0 + STATES;
export const IS_REP2: number = IS_REP1 + STATES;
export const SLOT: number = IS_REP2 + STATES;
export const SPECIAL: number = SLOT + 4 * 64;
export const ALIGN: number = SPECIAL + 128;
export const MATCH_LENGTH: number = ALIGN + 16;
export const REP_LENGTH: number = MATCH_LENGTH + LENGTH_CODER;
export const LITERAL: number = REP_LENGTH + LENGTH_CODER;
export const ALL: number = LITERAL + (0x300 << 4);

/** Inside a length coder. */
export const CHOICE = 0;
export const CHOICE2 = 1;
export const LOW = 2;
export const MID: number = LOW + 16 * 8;
export const HIGH: number = MID + 16 * 8;

/** One half. */
export const EVEN = 1024;

/** States below this come after a literal. */
export const LITERAL_STATES = 7;

export function stateAfterLiteral(state: number): number {
  return state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}
