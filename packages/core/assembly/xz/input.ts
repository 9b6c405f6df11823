// The block that is being encoded, all of it in memory, and how far into it each part of the encoder is.

/** Address of the block's first byte. */
export let blockStart: usize = 0;
export let blockEnd: usize = 0;
/** The byte that the match finder looks at next. */
export let finderAt: usize = 0;
/** How many bytes the match finder is ahead of what was encoded. */
export let ahead: u32 = 0;

export function setBlock(start: usize, length: u32): void {
  blockStart = start;
  blockEnd = start + length;
  finderAt = start;
  ahead = 0;
}

/** Bytes that the match finder has still before it. */
export function left(): u32 {
  return <u32>(blockEnd - finderAt);
}

export function moveFinder(): void {
  finderAt++;
  ahead++;
}

export function consume(bytes: u32): void {
  ahead -= bytes;
}

export function dropAhead(): void {
  ahead = 0;
}

/** How many bytes are the same at `a` and `b`: at least `from`, which is known, at most `limit`. */
export function commonLength(a: usize, b: usize, from: u32, limit: u32): u32 {
  let length = from;
  while (length < limit) {
    const differing = load<u64>(a + length) ^ load<u64>(b + length);
    if (differing !== 0) return min(length + (<u32>ctz(differing) >> 3), limit);
    length += 8;
  }
  return limit;
}

/** Whether the two bytes at `a` and `b` are the same. */
export function samePair(a: usize, b: usize): bool {
  return load<u16>(a) === load<u16>(b);
}
