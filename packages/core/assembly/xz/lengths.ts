// Coders of match lengths, and tables of what lengths cost.
import { CHOICE, CHOICE2, HIGH, LOW, MATCH_LENGTH, MATCH_MAX, MATCH_MIN, MID, REP_LENGTH } from "./probabilities";
import { onePrice, putBit, putTree, treePrice, zeroPrice } from "./range-encoder";

/** `[16 position states][272 lengths]` of each coder. */
const PRICES: usize = memory.data(2 * 4 * 16 * 272, 16);
/** How many symbols of a coder and position state may come before its prices are renewed. */
const COUNTERS: usize = memory.data(2 * 4 * 16, 16);
const LENGTHS: u32 = MATCH_MAX - MATCH_MIN + 1;

let priced: bool = false;
/** Lengths whose price anybody asks for. */
let tableSize: u32 = 0;

function pricesOf(coder: usize, positionState: u32): usize {
  return PRICES + (coder === REP_LENGTH ? 4 * 16 * LENGTHS : 0) + 4 * LENGTHS * positionState;
}

function counterOf(coder: usize, positionState: u32): usize {
  return COUNTERS + (coder === REP_LENGTH ? 4 * 16 : 0) + 4 * positionState;
}

/** Sets the coders' tables up. `withPrices` is false where nobody asks what a length costs. */
export function startLengths(niceLength: u32, positionStates: u32, withPrices: bool): void {
  priced = withPrices;
  tableSize = niceLength + 1 - MATCH_MIN;
  if (!withPrices) return;
  for (let positionState: u32 = 0; positionState < positionStates; positionState++) {
    renewPrices(MATCH_LENGTH, positionState);
    renewPrices(REP_LENGTH, positionState);
  }
}

export function lengthPrice(coder: usize, length: u32, positionState: u32): u32 {
  return load<u32>(pricesOf(coder, positionState) + 4 * (length - MATCH_MIN));
}

function renewPrices(coder: usize, positionState: u32): void {
  store<u32>(counterOf(coder, positionState), tableSize);
  const prices = pricesOf(coder, positionState);
  const low = zeroPrice(coder + CHOICE);
  const high = onePrice(coder + CHOICE);
  const middle = high + zeroPrice(coder + CHOICE2);
  const highest = high + onePrice(coder + CHOICE2);
  for (let i: u32 = 0; i < tableSize; i++) {
    let price: u32;
    if (i < 8) price = low + treePrice(coder + LOW + 16 * positionState, 3, i);
    else if (i < 16) price = middle + treePrice(coder + MID + 16 * positionState, 3, i - 8);
    else price = highest + treePrice(coder + HIGH, 8, i - 16);
    store<u32>(prices + 4 * i, price);
  }
}

export function putLength(coder: usize, length: u32, positionState: u32): void {
  const symbol = length - MATCH_MIN;
  if (symbol < 8) {
    putBit(coder + CHOICE, 0);
    putTree(coder + LOW + 16 * positionState, 3, symbol);
  } else {
    putBit(coder + CHOICE, 1);
    if (symbol < 16) {
      putBit(coder + CHOICE2, 0);
      putTree(coder + MID + 16 * positionState, 3, symbol - 8);
    } else {
      putBit(coder + CHOICE2, 1);
      putTree(coder + HIGH, 8, symbol - 16);
    }
  }
  if (!priced) return;
  const counter = counterOf(coder, positionState);
  const rest = load<u32>(counter) - 1;
  store<u32>(counter, rest);
  if (rest === 0) renewPrices(coder, positionState);
}
