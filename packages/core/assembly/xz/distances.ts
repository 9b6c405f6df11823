// Coders of match distances, and tables of what distances cost.
import { ALIGN, ALIGN_BITS, DISTANCE_STATES, FIRST_ALIGNED_SLOT, MATCH_MIN, SLOT, SPECIAL } from "./probabilities";
import { directPrice, putDirect, putReverseTree, putTree, reverseTreePrice, treePrice } from "./range-encoder";

const SLOTS: u32 = 64;
const ALIGN_SIZE: u32 = 1 << ALIGN_BITS;
/** Distances below this need no aligned bits. */
const NEAR: u32 = 128;

const SLOT_PRICES: usize = memory.data(4 * 4 * 64, 16);
const NEAR_PRICES: usize = memory.data(4 * 4 * 128, 16);
const ALIGN_PRICES: usize = memory.data(4 * 16, 16);

let slotCount: u32 = 0;
/** Symbols since the prices were renewed. */
let distancesPut: u32 = 0;
let alignsPut: u32 = 0;

/** 2 bits for each power of two: its number, and the bit below its highest one. */
export function slotOf(distance: u32): u32 {
  if (distance < 4) return distance;
  const high = 31 - <u32>clz(distance);
  return (high << 1) + ((distance >> (high - 1)) & 1);
}

function lengthState(length: u32): u32 {
  return min(length - MATCH_MIN, DISTANCE_STATES - 1);
}

export function startDistances(dictionarySize: u32): void {
  slotCount = slotOf(max(dictionarySize, 1) - 1) + 1;
  renewNear();
  renewAligned();
}

/** Renews prices after enough symbols. To be called while no prices are being compared. */
export function renewDistancePrices(): void {
  if (distancesPut >= 128) renewNear();
  if (alignsPut >= ALIGN_SIZE) renewAligned();
}

function renewNear(): void {
  for (let state: u32 = 0; state < DISTANCE_STATES; state++) {
    const prices = SLOT_PRICES + 4 * SLOTS * state;
    for (let slot: u32 = 0; slot < slotCount; slot++) {
      let price = treePrice(SLOT + 128 * state, 6, slot);
      if (slot >= FIRST_ALIGNED_SLOT) price += directPrice((slot >> 1) - 1 - ALIGN_BITS);
      store<u32>(prices + 4 * slot, price);
    }
    for (let distance: u32 = 0; distance < 4; distance++) {
      store<u32>(NEAR_PRICES + 4 * (NEAR * state + distance), load<u32>(prices + 4 * distance));
    }
  }
  for (let distance: u32 = 4; distance < NEAR; distance++) {
    const slot = slotOf(distance);
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << bits;
    const price = reverseTreePrice(SPECIAL + 2 * (base - slot), bits, distance - base);
    for (let state: u32 = 0; state < DISTANCE_STATES; state++) {
      const slotPrice = load<u32>(SLOT_PRICES + 4 * (SLOTS * state + slot));
      store<u32>(NEAR_PRICES + 4 * (NEAR * state + distance), price + slotPrice);
    }
  }
  distancesPut = 0;
}

function renewAligned(): void {
  for (let i: u32 = 0; i < ALIGN_SIZE; i++) store<u32>(ALIGN_PRICES + 4 * i, reverseTreePrice(ALIGN, ALIGN_BITS, i));
  alignsPut = 0;
}

export function distancePrice(distance: u32, length: u32): u32 {
  const state = lengthState(length);
  if (distance < NEAR) return load<u32>(NEAR_PRICES + 4 * (NEAR * state + distance));
  const slotPrice = load<u32>(SLOT_PRICES + 4 * (SLOTS * state + slotOf(distance)));
  return slotPrice + load<u32>(ALIGN_PRICES + 4 * (distance & (ALIGN_SIZE - 1)));
}

export function putDistance(distance: u32, length: u32): void {
  const slot = slotOf(distance);
  putTree(SLOT + 128 * lengthState(length), 6, slot);
  distancesPut++;
  if (slot < 4) return;
  const bits = (slot >> 1) - 1;
  const base = (2 | (slot & 1)) << bits;
  const rest = distance - base;
  if (slot < FIRST_ALIGNED_SLOT) {
    putReverseTree(SPECIAL + 2 * (base - slot), bits, rest);
    return;
  }
  putDirect(rest >> ALIGN_BITS, bits - ALIGN_BITS);
  putReverseTree(ALIGN, ALIGN_BITS, rest & (ALIGN_SIZE - 1));
  alignsPut++;
}
