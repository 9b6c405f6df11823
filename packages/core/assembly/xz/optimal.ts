// Chooses symbols by their prices: the cheapest way through the next bytes, up to a place where a long match begins or where
// all ways meet. Node `n` of the search stands for the place `n` bytes ahead and holds the cheapest way there so far.
import { choose } from "./choice";
import { distancePrice, renewDistancePrices } from "./distances";
import { ahead, commonLength, left, samePair } from "./input";
import { lengthPrice } from "./lengths";
import { find, longest, match, matchCount, niceLength, skip } from "./match-finder";
import {
  IS_REP,
  MATCH_LENGTH,
  MATCH_MAX,
  REP_LENGTH,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from "./probabilities";
import { INFINITE, onePrice, zeroPrice } from "./range-encoder";
import {
  A_LITERAL,
  isLiteralPrice,
  isMatchPrice,
  lastDistance,
  literalPrice,
  nextAt,
  positionMask,
  positionOf,
  REPS,
  repPrice,
  shortRepPrice,
  state as stateNow,
} from "./symbols";

const NODES: u32 = 4096;
const NODE_BYTES: usize = 48;
const TABLE: usize = memory.data(48 * 4096, 16);

/** Either one symbol from `previous`; or a literal and `back` after it; or `before`, `backBefore`, a literal and `back`. */
@unmanaged
class Node {
  price: u32;
  previous: u32;
  back: u32;
  /** 0: one symbol. 1: a literal, then the symbol. 2: another symbol, a literal, then the symbol. */
  extra: u32;
  before: u32;
  backBefore: u32;
  state: u32;
  distance0: u32;
  distance1: u32;
  distance2: u32;
  distance3: u32;
}

function node(index: u32): Node {
  return changetype<Node>(TABLE + NODE_BYTES * index);
}

function distanceOf(from: Node, index: u32): u32 {
  return load<u32>(changetype<usize>(from) + offsetof<Node>("distance0") + 4 * index);
}

/** Nodes that are not decided yet: the way to `lastNode` is known, and its next symbol begins at `firstNode`. */
let firstNode: u32 = 0;
let lastNode: u32 = 0;
/** The node farthest ahead that any way leads to. */
let reached: u32 = 0;

export function startOptimal(): void {
  firstNode = 0;
  lastNode = 0;
}

export function chooseOptimal(): void {
  if (firstNode !== lastNode) {
    chooseDecided();
    return;
  }
  if (ahead === 0) renewDistancePrices();
  if (!lookAround()) return;
  let current: u32 = 1;
  for (; current < reached; current++) {
    find();
    if (longest >= niceLength) break;
    extend(current, min(left() + 1, NODES - 1 - current));
  }
  decide(current);
}

function chooseDecided(): void {
  const now = node(firstNode);
  choose(now.back, now.previous - firstNode);
  firstNode = now.previous;
}

/** Notes a cheaper way to `target`: one symbol from `from`. */
function offer(target: Node, price: u32, from: u32, back: u32): void {
  if (price >= target.price) return;
  target.price = price;
  target.previous = from;
  target.back = back;
  target.extra = 0;
}

/** Makes nodes up to `index` known, at any price. */
function reach(index: u32): void {
  while (reached < index) node(++reached).price = INFINITE;
}

/** Begins a search at node 0. False when the next symbol is plain, which is chosen then. */
function lookAround(): bool {
  if (ahead === 0) find();
  const at = nextAt();
  const available = min(left() + 1, MATCH_MAX);
  if (available < 2) return decided(A_LITERAL, 1, 0);

  const start = node(0);
  let bestRep: u32 = 0;
  let bestRepLength: u32 = 0;
  for (let i: u32 = 0; i < REPS; i++) {
    const other = at - lastDistance(i) - 1;
    if (!samePair(at, other)) continue;
    const found = commonLength(at, other, 2, available);
    if (found > bestRepLength) {
      bestRepLength = found;
      bestRep = i;
    }
  }
  if (bestRepLength >= niceLength) return decided(bestRep, bestRepLength, bestRepLength - 1);
  if (longest >= niceLength) return decided(match(matchCount - 1).distance + REPS, longest, longest - 1);
  const expected = at - lastDistance(0) - 1;
  const sameByte = load<u8>(at) === load<u8>(expected);
  if (longest < 2 && !sameByte && bestRepLength < 2) return decided(A_LITERAL, 1, 0);

  start.price = 0;
  start.state = stateNow;
  start.distance0 = lastDistance(0);
  start.distance1 = lastDistance(1);
  start.distance2 = lastDistance(2);
  start.distance3 = lastDistance(3);
  reached = max(longest, bestRepLength);

  const positionState = positionOf(at) & positionMask;
  const matchPrice = isMatchPrice(stateNow, positionState);
  const repMatchPrice = matchPrice + onePrice(IS_REP + 2 * stateNow);
  const one = node(1);
  one.price = INFINITE;
  offer(one, isLiteralPrice(stateNow, positionState) + literalPrice(at, stateNow, expected), 0, A_LITERAL);
  if (sameByte) offer(one, repMatchPrice + shortRepPrice(stateNow, positionState), 0, 0);
  if (reached < 2) return decided(one.back, 1, 0);

  for (let length: u32 = 2; length <= reached; length++) node(length).price = INFINITE;
  let firstLength: u32 = 2;
  for (let i: u32 = 0; i < REPS; i++) {
    const other = at - lastDistance(i) - 1;
    if (!samePair(at, other)) continue;
    const found = commonLength(at, other, 2, available);
    offerLengths(REP_LENGTH, 0, found, repMatchPrice + repPrice(i, stateNow, positionState), i, positionState);
    if (i === 0) firstLength = found + 1;
  }
  const normalPrice = matchPrice + zeroPrice(IS_REP + 2 * stateNow);
  let index: u32 = 0;
  for (let length = firstLength; length <= longest; length++) {
    while (match(index).length < length) index++;
    const distance = match(index).distance;
    const price = normalPrice + distancePrice(distance, length) + lengthPrice(MATCH_LENGTH, length, positionState);
    offer(node(length), price, 0, distance + REPS);
  }
  return true;
}

function decided(back: u32, length: u32, skipped: u32): bool {
  choose(back, length);
  skip(skipped);
  return false;
}

/** Offers all lengths from 2 to `length`, at `price` and what the length itself costs. */
function offerLengths(coder: usize, from: u32, length: u32, price: u32, back: u32, positionState: u32): void {
  for (let short: u32 = 2; short <= length; short++) {
    offer(node(from + short), price + lengthPrice(coder, short, positionState), from, back);
  }
}

/** Sets state and last distances of a node from those of the node it is reached from. */
function arrive(current: u32): void {
  const now = node(current);
  let previous = now.previous;
  let back = now.back;
  let state: u32;
  if (now.extra !== 0) {
    previous--;
    if (now.extra === 2) {
      state = node(now.before).state;
      state = now.backBefore < REPS ? stateAfterRep(state) : stateAfterMatch(state);
    } else {
      state = node(previous).state;
    }
    state = stateAfterLiteral(state);
  } else {
    state = node(previous).state;
  }
  if (now.extra === 0 && previous === current - 1) {
    now.state = back === 0 ? stateAfterShortRep(state) : stateAfterLiteral(state);
    copyDistances(now, node(previous));
    return;
  }
  if (now.extra === 2) {
    previous = now.before;
    back = now.backBefore;
    now.state = stateAfterRep(state);
  } else {
    now.state = back < REPS ? stateAfterRep(state) : stateAfterMatch(state);
  }
  useDistance(now, node(previous), back);
}

function copyDistances(to: Node, from: Node): void {
  to.distance0 = from.distance0;
  to.distance1 = from.distance1;
  to.distance2 = from.distance2;
  to.distance3 = from.distance3;
}

/** The last distances after `back` was used where they were those of `from`. */
function useDistance(to: Node, from: Node, back: u32): void {
  const distance = back < REPS ? distanceOf(from, back) : back - REPS;
  to.distance3 = back === 0 || back === 1 || back === 2 ? from.distance3 : from.distance2;
  to.distance2 = back === 0 || back === 1 ? from.distance2 : from.distance1;
  to.distance1 = back === 0 ? from.distance1 : from.distance0;
  to.distance0 = distance;
}

/** Goes on from node `current`: by all symbols that may come there, and some that are good together. */
function extend(current: u32, availableInAll: u32): void {
  arrive(current);
  const now = node(current);
  const at = nextAt() + current;
  const state = now.state;
  const positionState = positionOf(at) & positionMask;
  const expected = at - now.distance0 - 1;
  const sameByte = load<u8>(at) === load<u8>(expected);
  const after = node(current + 1);
  if (reached === current) reach(current + 1);

  const literal = now.price + isLiteralPrice(state, positionState) + literalPrice(at, state, expected);
  let nextIsPlain = literal < after.price;
  offer(after, literal, current, A_LITERAL);
  const matchPrice = now.price + isMatchPrice(state, positionState);
  const repMatchPrice = matchPrice + onePrice(IS_REP + 2 * state);
  if (sameByte && !(after.previous < current && after.back === 0)) {
    const shortRep = repMatchPrice + shortRepPrice(state, positionState);
    if (shortRep <= after.price) {
      after.price = shortRep;
      after.previous = current;
      after.back = 0;
      after.extra = 0;
      nextIsPlain = true;
    }
  }
  if (availableInAll < 2) return;
  const available = min(availableInAll, niceLength);
  if (!nextIsPlain && !sameByte) tryLiteralThenRep(current, at, literal, availableInAll);
  const firstLength = tryReps(current, at, repMatchPrice, available, availableInAll);
  tryMatches(current, at, matchPrice + zeroPrice(IS_REP + 2 * state), firstLength, available, availableInAll);
}

function tryLiteralThenRep(current: u32, at: usize, literal: u32, availableInAll: u32): void {
  const now = node(current);
  const limit = min(availableInAll, niceLength + 1);
  const length = commonLength(at, at - now.distance0 - 1, 1, limit) - 1;
  if (length < 2) return;
  const state = stateAfterLiteral(now.state);
  const price = literal + rep0Price(at + 1, state, length);
  const offset = current + 1 + length;
  reach(offset);
  const target = node(offset);
  if (price >= target.price) return;
  target.price = price;
  target.previous = current + 1;
  target.back = 0;
  target.extra = 1;
}

/** What repeating the latest distance for `length` bytes from `at` on costs. */
function rep0Price(at: usize, state: u32, length: u32): u32 {
  const positionState = positionOf(at) & positionMask;
  return (
    isMatchPrice(state, positionState) +
    onePrice(IS_REP + 2 * state) +
    repPrice(0, state, positionState) +
    lengthPrice(REP_LENGTH, length, positionState)
  );
}

/**
 * Offers a symbol of `length` that costs `price`, a literal and a repetition of the same distance: two matches with a byte
 * between them that differs.
 */
function tryLiteralAndRepAfter(
  current: u32,
  at: usize,
  other: usize,
  back: u32,
  length: u32,
  price: u32,
  availableInAll: u32,
): void {
  const limit = min(availableInAll, length + 1 + niceLength);
  const more = length + 1 < limit ? commonLength(at, other, length + 1, limit) - length - 1 : 0;
  if (more < 2) return;
  const now = node(current);
  let state = back < REPS ? stateAfterRep(now.state) : stateAfterMatch(now.state);
  const literalAt = at + length;
  const positionState = positionOf(literalAt) & positionMask;
  let all = price + isLiteralPrice(state, positionState) + literalPrice(literalAt, state, other + length);
  state = stateAfterLiteral(state);
  all += rep0Price(literalAt + 1, state, more);
  const offset = current + length + 1 + more;
  reach(offset);
  const target = node(offset);
  if (all >= target.price) return;
  target.price = all;
  target.previous = current + length + 1;
  target.back = 0;
  target.extra = 2;
  target.before = current;
  target.backBefore = back;
}

/** Returns the shortest length that other matches are worth trying for. */
function tryReps(current: u32, at: usize, repMatchPrice: u32, available: u32, availableInAll: u32): u32 {
  const now = node(current);
  const state = now.state;
  const positionState = positionOf(at) & positionMask;
  let firstLength: u32 = 2;
  for (let i: u32 = 0; i < REPS; i++) {
    const other = at - distanceOf(now, i) - 1;
    if (!samePair(at, other)) continue;
    const length = commonLength(at, other, 2, available);
    reach(current + length);
    const price = repMatchPrice + repPrice(i, state, positionState);
    offerLengths(REP_LENGTH, current, length, price, i, positionState);
    if (i === 0) firstLength = length + 1;
    const whole = price + lengthPrice(REP_LENGTH, length, positionState);
    tryLiteralAndRepAfter(current, at, other, i, length, whole, availableInAll);
  }
  return firstLength;
}

function tryMatches(
  current: u32,
  at: usize,
  normalPrice: u32,
  firstLength: u32,
  available: u32,
  availableInAll: u32,
): void {
  const most = min(longest, available);
  if (most < firstLength) return;
  reach(current + most);
  const positionState = positionOf(at) & positionMask;
  let index: u32 = 0;
  for (let length = firstLength; length <= most; length++) {
    while (match(index).length < length) index++;
    const distance = match(index).distance;
    const price = normalPrice + distancePrice(distance, length) + lengthPrice(MATCH_LENGTH, length, positionState);
    offer(node(current + length), price, current, distance + REPS);
    if (length === min(match(index).length, most)) {
      tryLiteralAndRepAfter(current, at, at - distance - 1, distance + REPS, length, price, availableInAll);
    }
  }
}

/** Turns the cheapest way to node `last` round, so that it leads from node 0 there, and chooses its first symbol. */
function decide(last: u32): void {
  lastNode = last;
  let current = last;
  let previous = node(last).previous;
  let back = node(last).back;
  do {
    const now = node(current);
    if (now.extra !== 0) {
      const literal = node(previous);
      literal.back = A_LITERAL;
      literal.previous = previous - 1;
      if (now.extra === 2) {
        const first = node(previous - 1);
        first.extra = 0;
        first.previous = now.before;
        first.back = now.backBefore;
      }
      literal.extra = 0;
    }
    const from = node(previous);
    const at = previous;
    const backNow = back;
    back = from.back;
    previous = from.previous;
    from.back = backNow;
    from.previous = current;
    current = at;
  } while (current !== 0);
  firstNode = 0;
  chooseDecided();
}
