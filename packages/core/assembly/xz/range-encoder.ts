// Writes bits by their probabilities, and says what they would cost.
import { BITS, MOVE, TOP } from "./probabilities";

/** Where a chunk is built: header, and up to 64 KiB behind it. */
export const CHUNK: usize = memory.data((1 << 16) + 64, 16);
export const CHUNK_HEADER: u32 = 6;

let low: u64 = 0;
let range: u32 = 0;
/** The last byte that a carry may still change, and how many bytes (all but this one 0xff) wait for that. */
let cache: u32 = 0;
let waiting: u32 = 0;
let out: usize = 0;

export function startRange(): void {
  low = 0;
  range = 0xffffffff;
  cache = 0;
  waiting = 1;
  out = CHUNK + CHUNK_HEADER;
}

/** Bytes that the chunk has when it is ended now. */
export function rangeBytes(): u32 {
  return <u32>(out - CHUNK) - CHUNK_HEADER + waiting + 4;
}

function shiftLow(): void {
  if (<u32>low < 0xff000000 || low >> 32 !== 0) {
    const carry = <u32>(low >> 32);
    do {
      store<u8>(out++, cache + carry);
      cache = 0xff;
    } while (--waiting !== 0);
    cache = <u32>(low >> 24) & 0xff;
  }
  waiting++;
  low = <u64>((<u32>low & 0x00ffffff) << 8);
}

/** Ends the chunk. Returns the bytes behind the header. */
export function endRange(): u32 {
  for (let i = 0; i < 5; i++) shiftLow();
  return <u32>(out - CHUNK) - CHUNK_HEADER;
}

export function putBit(at: usize, bit: u32): void {
  const probability: u32 = load<u16>(at);
  const bound = (range >> BITS) * probability;
  if (bit === 0) {
    range = bound;
    store<u16>(at, probability + ((2048 - probability) >> MOVE));
  } else {
    low += bound;
    range -= bound;
    store<u16>(at, probability - (probability >> MOVE));
  }
  while (range < TOP) {
    range <<= 8;
    shiftLow();
  }
}

/** `count` bits, high one first; probabilities of a binary tree at `tree`. */
export function putTree(tree: usize, count: u32, symbol: u32): void {
  let node: u32 = 1;
  while (count > 0) {
    count--;
    const bit = (symbol >> count) & 1;
    putBit(tree + 2 * node, bit);
    node = (node << 1) | bit;
  }
}

/** `count` bits, low one first. */
export function putReverseTree(tree: usize, count: u32, symbol: u32): void {
  let node: u32 = 1;
  for (; count > 0; count--) {
    const bit = symbol & 1;
    symbol >>= 1;
    putBit(tree + 2 * node, bit);
    node = (node << 1) | bit;
  }
}

/** `count` bits of equal chance, high one first. */
export function putDirect(symbol: u32, count: u32): void {
  while (count > 0) {
    count--;
    range >>= 1;
    if ((symbol >> count) & 1) low += range;
    while (range < TOP) {
      range <<= 8;
      shiftLow();
    }
  }
}

// Prices are in sixteenths of a bit.

const PRICE_BITS: u32 = 4;
const PRICES: usize = memory.data(2048 >> 4, 16);
export const INFINITE: u32 = 1 << 30;

export function makePrices(): void {
  for (let probability: u32 = 8; probability < 2048; probability += 16) {
    let w: u32 = probability;
    let bits: u32 = 0;
    for (let i: u32 = 0; i < PRICE_BITS; i++) {
      w *= w;
      bits <<= 1;
      while (w >= 1 << 16) {
        w >>= 1;
        bits++;
      }
    }
    store<u8>(PRICES + (probability >> PRICE_BITS), (BITS << PRICE_BITS) - 15 - bits);
  }
}

export function zeroPrice(at: usize): u32 {
  return load<u8>(PRICES + (<u32>load<u16>(at) >> PRICE_BITS));
}

export function onePrice(at: usize): u32 {
  return load<u8>(PRICES + ((<u32>load<u16>(at) ^ 0x7ff) >> PRICE_BITS));
}

export function bitPrice(at: usize, bit: u32): u32 {
  return load<u8>(PRICES + ((<u32>load<u16>(at) ^ ((0 - bit) & 0x7ff)) >> PRICE_BITS));
}

export function treePrice(tree: usize, count: u32, symbol: u32): u32 {
  let price: u32 = 0;
  symbol += 1 << count;
  do {
    const bit = symbol & 1;
    symbol >>= 1;
    price += bitPrice(tree + 2 * symbol, bit);
  } while (symbol !== 1);
  return price;
}

export function reverseTreePrice(tree: usize, count: u32, symbol: u32): u32 {
  let price: u32 = 0;
  let node: u32 = 1;
  for (; count > 0; count--) {
    const bit = symbol & 1;
    symbol >>= 1;
    price += bitPrice(tree + 2 * node, bit);
    node = (node << 1) | bit;
  }
  return price;
}

export function directPrice(count: u32): u32 {
  return count << PRICE_BITS;
}
