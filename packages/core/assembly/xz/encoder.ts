// Encodes one block, which is in memory as a whole, to the chunks of LZMA2, one chunk for each call.

import { chosenBack, chosenLength } from "./choice";
import { crc64 } from "./crc64";
import { startDistances } from "./distances";
import { chooseFast } from "./fast";
import { blockEnd, blockStart, consume, dropAhead, finderAt, setBlock } from "./input";
import { startLengths } from "./lengths";
import { finderBytes, niceLength, skip, startFinder } from "./match-finder";
import { chooseOptimal, startOptimal } from "./optimal";
import { IS_MATCH, LITERAL, MATCH_MAX } from "./probabilities";
import { CHUNK, endRange, makePrices, putBit, putTree, rangeBytes, startRange } from "./range-encoder";
import { nextAt, positionMask, positionOf, putSymbol, resetState, setProperties } from "./symbols";

/** Most that a chunk may hold, and most that it may be compressed to. */
const MOST: u32 = 1 << 21;
const MOST_COMPRESSED: u32 = 1 << 16;
/** What the bytes of one decision of the optimal parser may be compressed to at worst. */
const MARGIN: u32 = 4096 + 1;
/** Comparing bytes may look at this many behind the block. */
const BEHIND: usize = 16;

const BLOCK: usize = (__heap_base + 63) & ~63;

let optimal: bool = false;
let dictionarySize: u32 = 0;
let propertiesByte: u32 = 0;
/** What the next chunk has to do before anything else. */
let needDictionaryReset: bool = false;
let needProperties: bool = false;
let needStateReset: bool = false;
/** Where the chunk begins that was made last. */
let chunkAt: usize = 0;
let crc: u64 = 0;

/** Where the block is to be put, once `prepare` has made room for it. */
export function input(): usize {
  return BLOCK;
}

/**
 * Makes room for a block of `length` bytes and all tables. False when there is not that much memory. `tree`, `hashed`, `nice`,
 * `depth` and `period` are the match finder's.
 */
export function prepare(
  length: u32,
  dictionary: u32,
  tree: bool,
  hashed: u32,
  nice: u32,
  depth: u32,
  period: u32,
): bool {
  const tables = (<u64>BLOCK + length + BEHIND + 63) & ~63;
  const size = tables + finderBytes(dictionary, tree);
  const missing = <i64>size - ((<i64>memory.size()) << 16);
  if (size > 0xffff0000) return false;
  if (missing > 0 && memory.grow(<i32>((missing + 0xffff) >> 16)) < 0) return false;
  setBlock(BLOCK, length);
  dictionarySize = dictionary;
  startFinder(<usize>tables, dictionary, tree, hashed, nice, depth, period);
  return true;
}

/** Begins with the block that is at `input` now. */
export function begin(lc: u32, lp: u32, pb: u32, parseOptimally: bool): void {
  makePrices();
  setProperties(lc, lp, pb);
  propertiesByte = (pb * 5 + lp) * 9 + lc;
  optimal = parseOptimally;
  needDictionaryReset = true;
  needProperties = true;
  needStateReset = true;
}

function reset(): void {
  resetState();
  startLengths(niceLength, positionMask + 1, optimal);
  startDistances(dictionarySize);
  startOptimal();
  needStateReset = false;
}

/** The low half of the block's CRC-64; `blockCrcHigh` has the other one. */
export function blockCrcLow(): u32 {
  crc = crc64(0, blockStart, <u32>(blockEnd - blockStart));
  return <u32>crc;
}

export function blockCrcHigh(): u32 {
  return <u32>(crc >> 32);
}

/** Bytes of the block that are encoded. */
export function encoded(): u32 {
  return positionOf(nextAt());
}

/** Makes the next chunk. Returns its length, header and all, or 0 when the block is done. */
export function encodeChunk(): u32 {
  const start = nextAt();
  if (start === blockEnd) return 0;
  const resets: u32 = needDictionaryReset ? 3 : needProperties ? 2 : needStateReset ? 1 : 0;
  if (needStateReset) reset();
  startRange();
  encodeSymbols(start);
  const compressed = endRange();
  const size = <u32>(nextAt() - start);
  if (compressed >= size) return storedChunk(start);
  needDictionaryReset = false;
  needProperties = false;
  return finishChunk(size, compressed, resets);
}

function encodeSymbols(start: usize): void {
  if (start === blockStart) {
    // There is no byte before this one that a match could be of.
    skip(1);
    putBit(IS_MATCH, 0);
    putTree(LITERAL, 8, load<u8>(start));
    consume(1);
  }
  const stop = start + (MOST - MATCH_MAX);
  while (nextAt() < stop && nextAt() < blockEnd && rangeBytes() <= MOST_COMPRESSED - MARGIN) {
    if (optimal) chooseOptimal();
    else chooseFast();
    putSymbol(chosenBack, chosenLength);
  }
}

function finishChunk(size: u32, compressed: u32, resets: u32): u32 {
  const withProperties = resets >= 2;
  // A header without properties is a byte shorter, so it begins a byte later.
  chunkAt = withProperties ? CHUNK : CHUNK + 1;
  let at = chunkAt;
  store<u8>(at++, 0x80 | (resets << 5) | ((size - 1) >> 16));
  store<u8>(at++, (size - 1) >> 8);
  store<u8>(at++, size - 1);
  store<u8>(at++, (compressed - 1) >> 8);
  store<u8>(at++, compressed - 1);
  if (withProperties) store<u8>(at++, propertiesByte);
  return <u32>(at - chunkAt) + compressed;
}

/** Where the chunk begins that `encodeChunk` made last. */
export function chunkStart(): usize {
  return chunkAt;
}

/** What does not get smaller is stored; so is what the match finder has looked at already. */
function storedChunk(start: usize): u32 {
  dropAhead();
  const size = <u32>(finderAt - start);
  chunkAt = CHUNK;
  store<u8>(CHUNK, needDictionaryReset ? 1 : 2);
  store<u8>(CHUNK + 1, (size - 1) >> 8);
  store<u8>(CHUNK + 2, size - 1);
  memory.copy(CHUNK + 3, start, size);
  needDictionaryReset = false;
  needStateReset = true;
  return size + 3;
}
