// Finds earlier occurrences of what comes next: hashes of 2, 3 and 4 bytes lead to the latest place, and from there either a
// chain of older places (hash chain) or a tree sorted by what follows (binary tree) to better ones. A chain may also begin at
// the hash of 3 bytes: then it finds more of the short matches, which is what small numbers consist of.
import { blockStart, commonLength, finderAt, left, moveFinder } from "./input";
import { MATCH_MAX } from "./probabilities";

/** A match: `length` bytes are the same `distance` + 1 bytes before. */
@unmanaged
export class Match {
  length: u32;
  distance: u32;
}

const MATCHES: usize = memory.data(8 * 280, 16);

/** Matches that the last search found, each longer than the one before. */
export let matchCount: u32 = 0;
/** Length of the longest one, which may be above what was searched for. */
export let longest: u32 = 0;

/** Matches this long are good enough. */
export let niceLength: u32 = 0;
let depth: u32 = 0;
/** How far back the content resembles itself: a match there is looked for before all others. 0: nothing is known. */
let period: u32 = 0;
let useTree: bool = false;
/** Bytes that all places of one chain or tree have in common, as a rule: 3 or 4. */
let hashedBytes: u32 = 4;

let hash2: usize = 0;
let hash3: usize = 0;
let hash: usize = 0;
let hashShift: u32 = 0;
/** For the place of position `p`, at `p % cyclicSize`: the older one with the same hash, or its two children. */
let links: usize = 0;
let cyclicSize: u32 = 0;
let cyclicAt: u32 = 0;

const HASH2_BITS: u32 = 12;
const HASH3_BITS: u32 = 16;

export function match(index: u32): Match {
  return changetype<Match>(MATCHES + 8 * index);
}

function hashBits(dictionarySize: u32): u32 {
  return max(16, min(24, 31 - <u32>clz(dictionarySize | 1)));
}

/** Bytes that the finder needs at the address given to `startFinder`. */
export function finderBytes(dictionarySize: u32, tree: bool): u64 {
  const hashes: u64 = (1 << HASH2_BITS) + (1 << HASH3_BITS) + ((<u64>1) << hashBits(dictionarySize));
  return 4 * (hashes + (<u64>dictionarySize + 1) * (tree ? 2 : 1));
}

export function startFinder(
  memoryAt: usize,
  dictionarySize: u32,
  tree: bool,
  hashed: u32,
  nice: u32,
  searchDepth: u32,
  periodBytes: u32,
): void {
  period = periodBytes <= dictionarySize ? periodBytes : 0;
  useTree = tree;
  hashedBytes = hashed;
  niceLength = nice;
  depth = searchDepth;
  const bits = hashBits(dictionarySize);
  hashShift = 32 - bits;
  hash2 = memoryAt;
  hash3 = hash2 + (4 << HASH2_BITS);
  hash = hash3 + (4 << HASH3_BITS);
  links = hash + ((<usize>4) << bits);
  cyclicSize = dictionarySize + 1;
  cyclicAt = 0;
  // No position is 0 (see `place`), so that this means: none yet.
  memory.fill(hash2, 0, links - hash2);
}

/** What the tables call the byte at `at`: its position, so much further that 0 is too far away from any. */
function place(at: usize): u32 {
  return <u32>(at - blockStart) + cyclicSize;
}

function linkOf(delta: u32): usize {
  return cyclicAt - delta + (delta > cyclicAt ? cyclicSize : 0);
}

function advance(): void {
  cyclicAt++;
  if (cyclicAt === cyclicSize) cyclicAt = 0;
  moveFinder();
}

/** Matches of at least 2 bytes at the finder's place, which moves on by one. Returns the length of the longest. */
export function find(): u32 {
  const available = left();
  const limit = min(available, niceLength);
  matchCount = 0;
  longest = 0;
  if (limit >= 4) {
    search(limit);
    if (matchCount > 0) {
      const best = match(matchCount - 1);
      longest = best.length;
      if (longest === niceLength) {
        const most = min(available, MATCH_MAX);
        longest = commonLength(finderAt, finderAt - best.distance - 1, longest, most);
      }
    }
  }
  advance();
  return longest;
}

/** Where the latest place with the first 2 bytes of `word` is noted. */
function slot2Of(word: u32): usize {
  return hash2 + 4 * (((word << 16) * 0x9e3779b1) >> (32 - HASH2_BITS));
}

function slot3Of(word: u32): usize {
  return hash3 + 4 * (((word << 8) * 0x9e3779b1) >> (32 - HASH3_BITS));
}

function slotOf(word: u32): usize {
  return hash + 4 * <usize>(((word << (32 - 8 * hashedBytes)) * 0x9e3779b1) >> hashShift);
}

function search(limit: u32): void {
  const at = finderAt;
  const now = place(at);
  const word = load<u32>(at);
  const slot2 = slot2Of(word);
  const slot3 = slot3Of(word);
  const slot = slotOf(word);
  let delta = now - load<u32>(slot2);
  const delta3 = now - load<u32>(slot3);
  const first = load<u32>(slot);
  store<u32>(slot2, now);
  store<u32>(slot3, now);
  store<u32>(slot, now);

  let best: u32 = 1;
  if (delta < cyclicSize && load<u16>(at - delta) === <u16>word) {
    best = 2;
    match(0).distance = delta - 1;
    matchCount = 1;
  }
  if (delta !== delta3 && delta3 < cyclicSize && load<u32>(at - delta3) << 8 === word << 8) {
    best = 3;
    match(matchCount++).distance = delta3 - 1;
    delta = delta3;
  }
  if (matchCount !== 0) {
    best = commonLength(at, at - delta, best, limit);
    match(matchCount - 1).length = best;
    if (matchCount === 2) match(0).length = 2;
  }
  if (best < limit && period !== 0) best = searchPeriod(at, limit, best);
  if (best === limit) {
    if (useTree) insertTree(at, now, first, limit);
    else store<u32>(links + 4 * cyclicAt, first);
    return;
  }
  if (useTree) searchTree(at, now, first, limit, max(best, hashedBytes - 1));
  else searchChain(at, now, first, limit, max(best, hashedBytes - 1));
}

/** The match one period back, if it is longer than `best`: returns the length of the longest match then. */
function searchPeriod(at: usize, limit: u32, best: u32): u32 {
  if (<u32>(at - blockStart) < period) return best;
  const length = commonLength(at, at - period, 0, limit);
  // Two bytes from so far away cost more than they save.
  if (length <= max(best, 2)) return best;
  const found = match(matchCount++);
  found.length = length;
  found.distance = period - 1;
  return length;
}

function searchChain(at: usize, now: u32, first: u32, limit: u32, best: u32): void {
  store<u32>(links + 4 * cyclicAt, first);
  let candidate = first;
  for (let tries = depth; tries > 0; tries--) {
    const delta = now - candidate;
    if (delta >= cyclicSize) return;
    candidate = load<u32>(links + 4 * linkOf(delta));
    const other = at - delta;
    if (load<u8>(other + best) !== load<u8>(at + best) || load<u8>(other) !== load<u8>(at)) continue;
    const length = commonLength(at, other, 0, limit);
    if (length > best) {
      best = length;
      const found = match(matchCount++);
      found.length = length;
      found.distance = delta - 1;
      if (length === limit) return;
    }
  }
}

function searchTree(at: usize, now: u32, first: u32, limit: u32, best: u32): void {
  const size = cyclicSize;
  const cyclic = cyclicAt;
  const tree = links;
  const root = tree + 8 * cyclic;
  let smaller = root;
  let larger = root + 4;
  let smallerLength: u32 = 0;
  let largerLength: u32 = 0;
  let candidate = first;
  let count = matchCount;
  for (let tries = depth; ; tries--) {
    const delta = now - candidate;
    if (tries === 0 || delta >= size) {
      store<u32>(smaller, 0);
      store<u32>(larger, 0);
      break;
    }
    const pair = tree + 8 * (cyclic - delta + (delta > cyclic ? size : 0));
    const other = at - delta;
    const length = commonLength(at, other, min(smallerLength, largerLength), limit);
    if (length > best) {
      best = length;
      const found = match(count++);
      found.length = length;
      found.distance = delta - 1;
      if (length === limit) {
        store<u32>(smaller, load<u32>(pair));
        store<u32>(larger, load<u32>(pair + 4));
        break;
      }
    }
    if (load<u8>(other + length) < load<u8>(at + length)) {
      store<u32>(smaller, candidate);
      smaller = pair + 4;
      candidate = load<u32>(smaller);
      smallerLength = length;
    } else {
      store<u32>(larger, candidate);
      larger = pair;
      candidate = load<u32>(larger);
      largerLength = length;
    }
  }
  matchCount = count;
}

/** Like `searchTree`, for a place whose matches nobody asks for. */
function insertTree(at: usize, now: u32, first: u32, limit: u32): void {
  const size = cyclicSize;
  const cyclic = cyclicAt;
  const tree = links;
  const root = tree + 8 * cyclic;
  let smaller = root;
  let larger = root + 4;
  let smallerLength: u32 = 0;
  let largerLength: u32 = 0;
  let candidate = first;
  for (let tries = depth; ; tries--) {
    const delta = now - candidate;
    if (tries === 0 || delta >= size) {
      store<u32>(smaller, 0);
      store<u32>(larger, 0);
      return;
    }
    const pair = tree + 8 * (cyclic - delta + (delta > cyclic ? size : 0));
    const other = at - delta;
    const length = commonLength(at, other, min(smallerLength, largerLength), limit);
    if (length === limit) {
      store<u32>(smaller, load<u32>(pair));
      store<u32>(larger, load<u32>(pair + 4));
      return;
    }
    if (load<u8>(other + length) < load<u8>(at + length)) {
      store<u32>(smaller, candidate);
      smaller = pair + 4;
      candidate = load<u32>(smaller);
      smallerLength = length;
    } else {
      store<u32>(larger, candidate);
      larger = pair;
      candidate = load<u32>(larger);
      largerLength = length;
    }
  }
}

/** Makes the next `count` places known without searching at them. */
export function skip(count: u32): void {
  for (; count > 0; count--) {
    const limit = min(left(), niceLength);
    if (limit >= 4) {
      const at = finderAt;
      const now = place(at);
      const word = load<u32>(at);
      const slot = slotOf(word);
      store<u32>(slot2Of(word), now);
      store<u32>(slot3Of(word), now);
      const first = load<u32>(slot);
      store<u32>(slot, now);
      if (useTree) insertTree(at, now, first, limit);
      else store<u32>(links + 4 * cyclicAt, first);
    }
    advance();
  }
}
