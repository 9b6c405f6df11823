// The state of the coder, and the three kinds of symbols that move it on: literals, matches, repeated matches.
import { putDistance } from "./distances";
import { ahead, blockStart, consume, finderAt } from "./input";
import { putLength } from "./lengths";
import {
  IS_MATCH,
  IS_REP,
  IS_REP0,
  IS_REP0_LONG,
  IS_REP1,
  IS_REP2,
  LITERAL,
  LITERAL_STATES,
  MATCH_LENGTH,
  REP_LENGTH,
  resetProbabilities,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from "./probabilities";
import { bitPrice, onePrice, putBit, zeroPrice } from "./range-encoder";

export const REPS: u32 = 4;
/** In place of a distance: the symbol is a literal. Below `REPS` it is the number of a repeated one, else `REPS` more. */
export const A_LITERAL: u32 = 0xffffffff;

let lc: u32 = 3;
let literalMask: u32 = 0;
export let positionMask: u32 = 3;
export let state: u32 = 0;
const LAST_DISTANCES: usize = memory.data(4 * 4, 16);

export function setProperties(literalContext: u32, literalPosition: u32, positionBits: u32): void {
  lc = literalContext;
  literalMask = (1 << literalPosition) - 1;
  positionMask = (1 << positionBits) - 1;
}

export function resetState(): void {
  state = 0;
  memory.fill(LAST_DISTANCES, 0, 16);
  let literalBits = lc;
  for (let mask = literalMask; mask > 0; mask >>= 1) literalBits++;
  resetProbabilities(literalBits);
}

export function lastDistance(index: u32): u32 {
  return load<u32>(LAST_DISTANCES + 4 * index);
}

/** Where the next symbol begins. */
export function nextAt(): usize {
  return finderAt - ahead;
}

export function positionOf(at: usize): u32 {
  return <u32>(at - blockStart);
}

function literalCoder(at: usize): usize {
  const position = positionOf(at);
  const before: u32 = position === 0 ? 0 : load<u8>(at - 1);
  return LITERAL + 2 * 0x300 * (((position & literalMask) << lc) + (before >> (8 - lc)));
}

/** What the byte at `at` costs as a literal in `state`, where the last match went on at `matched`. */
export function literalPrice(at: usize, state: u32, matched: usize): u32 {
  const coder = literalCoder(at);
  let symbol: u32 = <u32>load<u8>(at) | 0x100;
  let price: u32 = 0;
  if (state < LITERAL_STATES) {
    do {
      const bit = symbol & 1;
      symbol >>= 1;
      price += bitPrice(coder + 2 * symbol, bit);
    } while (symbol !== 1);
    return price;
  }
  let expected: u32 = load<u8>(matched);
  let offset: u32 = 0x100;
  symbol = <u32>load<u8>(at) | 0x100;
  do {
    expected <<= 1;
    const same = expected & offset;
    const node = offset + same + (symbol >> 8);
    price += bitPrice(coder + 2 * node, (symbol >> 7) & 1);
    symbol <<= 1;
    offset &= ~(expected ^ symbol);
  } while (symbol < 0x10000);
  return price;
}

function putLiteral(at: usize): void {
  const coder = literalCoder(at);
  let symbol: u32 = <u32>load<u8>(at) | 0x100;
  if (state < LITERAL_STATES) {
    do {
      putBit(coder + 2 * (symbol >> 8), (symbol >> 7) & 1);
      symbol <<= 1;
    } while (symbol < 0x10000);
  } else {
    let expected: u32 = load<u8>(at - lastDistance(0) - 1);
    let offset: u32 = 0x100;
    do {
      expected <<= 1;
      const same = expected & offset;
      putBit(coder + 2 * (offset + same + (symbol >> 8)), (symbol >> 7) & 1);
      symbol <<= 1;
      offset &= ~(expected ^ symbol);
    } while (symbol < 0x10000);
  }
  state = stateAfterLiteral(state);
}

function putRepeated(index: u32, length: u32, positionState: u32): void {
  if (index === 0) {
    putBit(IS_REP0 + 2 * state, 0);
    putBit(IS_REP0_LONG + 32 * state + 2 * positionState, u32(length !== 1));
  } else {
    putBit(IS_REP0 + 2 * state, 1);
    putBit(IS_REP1 + 2 * state, u32(index !== 1));
    if (index !== 1) putBit(IS_REP2 + 2 * state, index - 2);
    toFront(index);
  }
  if (length === 1) {
    state = stateAfterShortRep(state);
    return;
  }
  putLength(REP_LENGTH, length, positionState);
  state = stateAfterRep(state);
}

function toFront(index: u32): void {
  const distance = lastDistance(index);
  memory.copy(LAST_DISTANCES + 4, LAST_DISTANCES, 4 * index);
  store<u32>(LAST_DISTANCES, distance);
}

function putMatch(distance: u32, length: u32, positionState: u32): void {
  putLength(MATCH_LENGTH, length, positionState);
  putDistance(distance, length);
  memory.copy(LAST_DISTANCES + 4, LAST_DISTANCES, 4 * (REPS - 1));
  store<u32>(LAST_DISTANCES, distance);
  state = stateAfterMatch(state);
}

/** Writes the symbol for the next `length` bytes. `back` says which kind (see `A_LITERAL`). */
export function putSymbol(back: u32, length: u32): void {
  const at = nextAt();
  const positionState = positionOf(at) & positionMask;
  const isMatch = IS_MATCH + 32 * state + 2 * positionState;
  if (back === A_LITERAL) {
    putBit(isMatch, 0);
    putLiteral(at);
  } else {
    putBit(isMatch, 1);
    putBit(IS_REP + 2 * state, u32(back < REPS));
    if (back < REPS) putRepeated(back, length, positionState);
    else putMatch(back - REPS, length, positionState);
  }
  consume(length);
}

export function shortRepPrice(state: u32, positionState: u32): u32 {
  return zeroPrice(IS_REP0 + 2 * state) + zeroPrice(IS_REP0_LONG + 32 * state + 2 * positionState);
}

/** What repeating a distance costs, without the length. */
export function repPrice(index: u32, state: u32, positionState: u32): u32 {
  if (index === 0) return zeroPrice(IS_REP0 + 2 * state) + onePrice(IS_REP0_LONG + 32 * state + 2 * positionState);
  const price = onePrice(IS_REP0 + 2 * state);
  if (index === 1) return price + zeroPrice(IS_REP1 + 2 * state);
  return price + onePrice(IS_REP1 + 2 * state) + bitPrice(IS_REP2 + 2 * state, index - 2);
}

export function isMatchPrice(state: u32, positionState: u32): u32 {
  return onePrice(IS_MATCH + 32 * state + 2 * positionState);
}

export function isLiteralPrice(state: u32, positionState: u32): u32 {
  return zeroPrice(IS_MATCH + 32 * state + 2 * positionState);
}
