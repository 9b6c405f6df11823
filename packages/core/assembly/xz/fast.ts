// Chooses symbols by looking one byte ahead at most.
import { choose } from "./choice";
import { ahead, commonLength, left, samePair } from "./input";
import { find, longest, match, matchCount, niceLength, skip } from "./match-finder";
import { MATCH_MAX } from "./probabilities";
import { A_LITERAL, lastDistance, nextAt, REPS } from "./symbols";

/** Whether a distance this much smaller is worth a byte of length. */
function muchNearer(near: u32, far: u32): bool {
  return far >> 7 > near;
}

/** Chooses the next symbol. */
export function chooseFast(): void {
  if (ahead === 0) find();
  let length = longest;
  let count = matchCount;
  const at = nextAt();
  const available = min(left() + 1, MATCH_MAX);
  if (available < 2) {
    choose(A_LITERAL, 1);
    return;
  }

  let repLength: u32 = 0;
  let repIndex: u32 = 0;
  for (let i: u32 = 0; i < REPS; i++) {
    const other = at - lastDistance(i) - 1;
    if (!samePair(at, other)) continue;
    const found = commonLength(at, other, 2, available);
    if (found >= niceLength) {
      take(i, found, found - 1);
      return;
    }
    if (found > repLength) {
      repLength = found;
      repIndex = i;
    }
  }
  if (length >= niceLength) {
    take(match(count - 1).distance + REPS, length, length - 1);
    return;
  }

  let distance: u32 = 0;
  if (length >= 2) {
    distance = match(count - 1).distance;
    while (count > 1 && length === match(count - 2).length + 1) {
      if (!muchNearer(match(count - 2).distance, distance)) break;
      count--;
      length = match(count - 1).length;
      distance = match(count - 1).distance;
    }
    if (length === 2 && distance >= 0x80) length = 1;
  }
  if (repLength >= 2) {
    const close = repLength + 1 >= length;
    const worthTwo = repLength + 2 >= length && distance > 1 << 9;
    const worthThree = repLength + 3 >= length && distance > 1 << 15;
    if (close || worthTwo || worthThree) {
      take(repIndex, repLength, repLength - 1);
      return;
    }
  }
  if (length < 2 || available <= 2) {
    choose(A_LITERAL, 1);
    return;
  }
  find();
  if (nextIsBetter(at + 1, length, distance)) {
    choose(A_LITERAL, 1);
    return;
  }
  take(distance + REPS, length, length - 2);
}

function take(back: u32, length: u32, skipped: u32): void {
  choose(back, length);
  skip(skipped);
}

/** Whether a literal now makes way for something better than the match of `length`. */
function nextIsBetter(next: usize, length: u32, distance: u32): bool {
  if (longest >= 2) {
    const nextDistance = match(matchCount - 1).distance;
    if (longest >= length && nextDistance < distance) return true;
    if (longest === length + 1 && !muchNearer(distance, nextDistance)) return true;
    if (longest > length + 1) return true;
    if (longest + 1 >= length && length >= 3 && muchNearer(nextDistance, distance)) return true;
  }
  const limit = max(2, length - 1);
  for (let i: u32 = 0; i < REPS; i++) {
    if (commonLength(next, next - lastDistance(i) - 1, 0, limit) === limit) return true;
  }
  return false;
}
