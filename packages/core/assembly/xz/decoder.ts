// Decodes the LZMA chunks of LZMA2. What chunks follow each other in which way is the caller's business; here one chunk is
// in `INPUT`, whole or cut off, and its content is appended to a window that reaches back as far as the dictionary.
import { crc64 as crc64Of } from "./crc64";
import {
  ALIGN,
  ALIGN_BITS,
  BITS,
  CHOICE,
  CHOICE2,
  DISTANCE_STATES,
  FIRST_ALIGNED_SLOT,
  HIGH,
  IS_MATCH,
  IS_REP,
  IS_REP0,
  IS_REP0_LONG,
  IS_REP1,
  IS_REP2,
  LITERAL,
  LITERAL_STATES,
  LOW,
  MATCH_LENGTH,
  MATCH_MIN,
  MID,
  MOVE,
  REP_LENGTH,
  resetProbabilities,
  SLOT,
  SPECIAL,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
  TOP,
} from "./probabilities";

/** Room for a chunk of 64 KiB, and for what the decoder reads behind one that is cut off before it notices. */
const INPUT: usize = memory.data((1 << 16) + 64, 16);
/** Behind all static memory. The byte before the first one is 0 to the literal coder. */
const WINDOW: usize = 1 << 17;
if (__heap_base >= WINDOW) unreachable();
/** Copies of matches write up to this many bytes too many. */
const SPILL: usize = 16;

/** End of the window: where the next byte goes. Its low bits are those of the position since the dictionary's reset. */
let end: usize = WINDOW;
let dictionarySize: u32 = 0;
let lc: u32 = 0;
let lp: u32 = 0;
let pb: u32 = 0;
let crc: u64 = 0;
/** State and last four distances between two chunks. */
let savedState: u32 = 0;
const SAVED_DISTANCES: usize = memory.data(4 * 4, 16);

// What `decode` works with. Everything that it calls becomes part of it, and as nothing else uses these, the build makes
// locals of them, which the processor keeps in registers.
let range: u32 = 0;
let code: u32 = 0;
let next: usize = 0;
let out: usize = 0;
let state: u32 = 0;
let distance0: u32 = 0;
let distance1: u32 = 0;
let distance2: u32 = 0;
let distance3: u32 = 0;

/** Where the compressed bytes of a chunk are to be put. */
export function input(): usize {
  return INPUT;
}

export function position(): usize {
  return end;
}

/** Starts anew, with an empty dictionary of up to `size` bytes. */
export function begin(size: u32): void {
  dictionarySize = size;
  crc = 0;
  clear();
}

/** Forgets the window. What is in it must have been taken. */
export function clear(): void {
  store<u8>(WINDOW - 1, 0);
  end = WINDOW;
}

export function setProperties(literalContext: u32, literalPosition: u32, positionBits: u32): void {
  lc = literalContext;
  lp = literalPosition;
  pb = positionBits;
}

export function resetState(): void {
  savedState = 0;
  memory.fill(SAVED_DISTANCES, 0, 16);
  resetProbabilities(lc + lp);
}

/**
 * Makes room for `size` bytes behind the window, whose start may be forgotten for that as soon as it is `capacity` bytes
 * long. False when there is not that much memory.
 */
export function reserve(size: u32, capacity: u32): bool {
  const length = end - WINDOW;
  if (<u64>length + size > capacity && length > dictionarySize) {
    // A multiple of 16, so that the low bits of addresses stay those of positions.
    const dropped = (length - dictionarySize) & ~15;
    memory.copy(WINDOW - 1, WINDOW - 1 + dropped, length - dropped + 1);
    end -= dropped;
  }
  const missing = <i64>end + size + SPILL - ((<i64>memory.size()) << 16);
  if (missing <= 0) return true;
  // A quarter more than needed: each growth may copy everything.
  const pages = <i32>((missing + 0xffff) >> 16);
  const more = min(memory.size() >> 2, 1024);
  return memory.grow(pages + more) >= 0 || memory.grow(pages) >= 0;
}

/** Appends the first `size` bytes of the input as they are. */
export function append(size: u32): void {
  memory.copy(end, INPUT, size);
  end += size;
}

/** Takes the last `size` bytes of the window into the CRC-64. */
export function check(size: u32): void {
  crc = crc64Of(crc, end - size, size);
}

export function crcLow(): u32 {
  return <u32>crc;
}

export function crcHigh(): u32 {
  return <u32>(crc >> 32);
}

// @inline
function normalize(): void {
  if (range < TOP) {
    range <<= 8;
    code = (code << 8) | load<u8>(next++);
  }
}

/** One bit by the probability at `at`. For bits that are mostly the same: the processor guesses them. */
// @inline
function bit(at: usize): u32 {
  normalize();
  const probability: u32 = load<u16>(at);
  const bound = (range >> BITS) * probability;
  if (code < bound) {
    range = bound;
    store<u16>(at, probability + ((2048 - probability) >> MOVE));
    return 0;
  }
  range -= bound;
  code -= bound;
  store<u16>(at, probability - (probability >> MOVE));
  return 1;
}

/** The same without a jump, for bits that nobody can guess. */
// @inline
function evenBit(at: usize): u32 {
  normalize();
  const probability: u32 = load<u16>(at);
  const bound = (range >> BITS) * probability;
  const one: u32 = u32(code >= bound);
  const mask: u32 = 0 - one;
  range = bound + (mask & (range - bound - bound));
  code -= mask & bound;
  const pull = <i32>probability - <i32>(~mask & (2048 - 31));
  store<u16>(at, probability - (pull >> MOVE));
  return one;
}

/** `count` bits, high one first; probabilities of a binary tree at `tree`. */
// @inline
function tree(tree: usize, count: u32): u32 {
  let symbol: u32 = 1;
  for (let i: u32 = 0; i < count; i++) symbol = (symbol << 1) | bit(tree + 2 * symbol);
  return symbol - (1 << count);
}

/** `count` bits, low one first. */
// @inline
function reverseTree(tree: usize, count: u32): u32 {
  let symbol: u32 = 1;
  let result: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const one = evenBit(tree + 2 * symbol);
    symbol = (symbol << 1) | one;
    result |= one << i;
  }
  return result;
}

/** `count` bits of equal chance, high one first. */
// @inline
function direct(count: u32): u32 {
  let result: u32 = 0;
  do {
    normalize();
    range >>= 1;
    code -= range;
    const mask: u32 = 0 - (code >> 31);
    code += range & mask;
    result = (result << 1) + (mask + 1);
  } while (--count > 0);
  return result;
}

// @inline
function length(coder: usize, positionState: u32): u32 {
  if (bit(coder + CHOICE) === 0) return MATCH_MIN + tree(coder + LOW + 16 * positionState, 3);
  if (bit(coder + CHOICE2) === 0) return MATCH_MIN + 8 + tree(coder + MID + 16 * positionState, 3);
  return MATCH_MIN + 16 + tree(coder + HIGH, 8);
}

// @inline
function distance(length: u32): u32 {
  const lengthState = min(length - MATCH_MIN, DISTANCE_STATES - 1);
  const slot = tree(SLOT + 128 * lengthState, 6);
  if (slot < 4) return slot;
  const bits = (slot >> 1) - 1;
  const base = (2 | (slot & 1)) << bits;
  if (slot < FIRST_ALIGNED_SLOT) return base + reverseTree(SPECIAL + 2 * (base - slot), bits);
  return base + (direct(bits - ALIGN_BITS) << ALIGN_BITS) + reverseTree(ALIGN, ALIGN_BITS);
}

// @inline
function plainLiteral(coder: usize): u32 {
  let symbol: u32 = 1;
  do symbol = (symbol << 1) | evenBit(coder + 2 * symbol);
  while (symbol < 0x100);
  return symbol;
}

/** A literal where the last match would have gone on: it is not `expected`, but likely begins with the same bits. */
// @inline
function matchedLiteral(coder: usize, expected: u32): u32 {
  let symbol: u32 = 1;
  let offset: u32 = 0x100;
  do {
    expected <<= 1;
    const same = expected & offset;
    const one = evenBit(coder + 2 * (offset + same + symbol));
    symbol = (symbol << 1) | one;
    offset &= same ^ (one - 1);
  } while (symbol < 0x100);
  return symbol;
}

/** Copies what lies `distance` back; may write `SPILL` bytes more. */
function copyMatch(target: usize, distance: usize, length: u32): void {
  let from = target - distance;
  const end = target + length;
  if (distance >= 8) {
    do {
      store<u64>(target, load<u64>(from));
      target += 8;
      from += 8;
    } while (target < end);
    return;
  }
  do store<u8>(target++, load<u8>(from++));
  while (target < end);
}

/** The byte at `out`, which is not part of a match. */
// @inline
function literal(literalMask: u32): u32 {
  const context = ((<u32>out & literalMask) << lc) + (<u32>load<u8>(out - 1) >> (8 - lc));
  const coder = LITERAL + 2 * 0x300 * context;
  const symbol = state < LITERAL_STATES ? plainLiteral(coder) : matchedLiteral(coder, load<u8>(out - distance0 - 1));
  state = stateAfterLiteral(state);
  return symbol;
}

/** In place of a coder of lengths: the length is 1. */
const NO_CODER: usize = 0;

/** Puts the distance of a match in front of the others if it is one of the last. Returns the coder of its length. */
// @inline
function matchKind(positionState: u32): usize {
  if (bit(IS_REP + 2 * state) === 0) {
    distance3 = distance2;
    distance2 = distance1;
    distance1 = distance0;
    return MATCH_LENGTH;
  }
  if (bit(IS_REP0 + 2 * state) === 0) {
    return bit(IS_REP0_LONG + 32 * state + 2 * positionState) === 0 ? NO_CODER : REP_LENGTH;
  }
  let again = distance1;
  if (bit(IS_REP1 + 2 * state) !== 0) {
    again = distance2;
    if (bit(IS_REP2 + 2 * state) !== 0) {
      again = distance3;
      distance3 = distance2;
    }
    distance2 = distance1;
  }
  distance1 = distance0;
  distance0 = again;
  return REP_LENGTH;
}

/** Reads a match: its distance goes to `distance0`, its length is returned. */
// @inline
function match(positionState: u32): u32 {
  const coder = matchKind(positionState);
  if (coder === NO_CODER) {
    state = stateAfterShortRep(state);
    return 1;
  }
  const matched = length(coder, positionState);
  if (coder === MATCH_LENGTH) {
    distance0 = distance(matched);
    state = stateAfterMatch(state);
  } else {
    state = stateAfterRep(state);
  }
  return matched;
}

/** The chunk was decoded, and its input ends where it should. */
const DONE: u32 = 0;
/** The data contradicts itself. */
const DAMAGED: u32 = 1;
/** The input ended before the chunk did. */
const CUT_OFF: u32 = 2;

/** Symbols from `out` up to `stop`, from input that ends at `inputEnd`. */
function decodeSymbols(stop: usize, inputEnd: usize): u32 {
  const positionMask: u32 = (1 << pb) - 1;
  const literalMask: u32 = (1 << lp) - 1;
  while (out < stop) {
    const positionState = <u32>out & positionMask;
    if (bit(IS_MATCH + 32 * state + 2 * positionState) === 0) {
      const symbol = literal(literalMask);
      if (next > inputEnd) return CUT_OFF;
      store<u8>(out++, symbol);
    } else {
      const matched = match(positionState);
      if (next > inputEnd) return CUT_OFF;
      if (distance0 >= <u32>(out - WINDOW) || distance0 >= dictionarySize || matched > <u32>(stop - out))
        return DAMAGED;
      copyMatch(out, <usize>distance0 + 1, matched);
      out += matched;
    }
  }
  return DONE;
}

/**
 * Decodes a chunk of `inputSize` bytes, of which the first `available` are there, to `size` bytes. Whatever it returns, the
 * window holds what could be decoded.
 */
export function decode(inputSize: u32, available: u32, size: u32): u32 {
  if (available < 5) return CUT_OFF;
  if (load<u8>(INPUT) !== 0) return DAMAGED;
  range = 0xffffffff;
  code = bswap<u32>(load<u32>(INPUT + 1));
  next = INPUT + 5;
  out = end;
  state = savedState;
  distance0 = load<u32>(SAVED_DISTANCES);
  distance1 = load<u32>(SAVED_DISTANCES, 4);
  distance2 = load<u32>(SAVED_DISTANCES, 8);
  distance3 = load<u32>(SAVED_DISTANCES, 12);
  const inputEnd = INPUT + available;
  let result = decodeSymbols(end + size, inputEnd);
  if (result === DONE) {
    normalize();
    if (next > inputEnd) result = CUT_OFF;
    else if (code !== 0 || next !== INPUT + inputSize) result = DAMAGED;
  }
  end = out;
  savedState = state;
  store<u32>(SAVED_DISTANCES, distance0);
  store<u32>(SAVED_DISTANCES, distance1, 4);
  store<u32>(SAVED_DISTANCES, distance2, 8);
  store<u32>(SAVED_DISTANCES, distance3, 12);
  return result;
}
