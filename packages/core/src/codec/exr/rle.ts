import { FormatError } from "../../errors.js";

const SHORTEST_RUN = 3;
const LONGEST_RUN = 127;

/** Undoes run lengths: n >= 0 and a byte are n + 1 times that byte, n < 0 is followed by -n bytes as they are. */
export function decodeRuns(stored: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let done = 0;
  for (let at = 0; at < stored.byteLength; ) {
    const count = ((stored[at] as number) << 24) >> 24;
    const length = count < 0 ? -count : count + 1;
    const used = count < 0 ? 1 + length : 2;
    if (at + used > stored.byteLength)
      throw new FormatError("truncated", "a run of bytes ends early", { offset: stored.byteLength });
    if (done + length > size)
      throw new FormatError("limit", `the runs hold more than the ${size} bytes that they should`, { offset: at });
    if (count < 0) out.set(stored.subarray(at + 1, at + used), done);
    else out.fill(stored[at + 1] as number, done, done + length);
    done += length;
    at += used;
  }
  if (done === size) return out;
  throw new FormatError("truncated", `the runs hold ${done} of the ${size} bytes that they should`, {
    offset: stored.byteLength,
  });
}

/** The inverse of {@link decodeRuns}, as OpenEXR does it; `undefined` when that is not shorter than `raw`. */
export function encodeRuns(raw: Uint8Array): Uint8Array | undefined {
  const out = new Uint8Array(raw.byteLength);
  let used = 0;
  for (let start = 0; start < raw.byteLength; ) {
    const run = runLength(raw, start);
    if (run >= SHORTEST_RUN) {
      if (used + 2 >= out.byteLength) return undefined;
      out[used++] = run - 1;
      out[used++] = raw[start] as number;
      start += run;
      continue;
    }
    const end = literalEnd(raw, start);
    if (used + 1 + end - start >= out.byteLength) return undefined;
    out[used++] = start - end;
    out.set(raw.subarray(start, end), used);
    used += end - start;
    start = end;
  }
  return out.subarray(0, used);
}

/** Equal bytes from `start` on, at most as many as one run holds. */
function runLength(raw: Uint8Array, start: number): number {
  const limit = Math.min(raw.byteLength, start + LONGEST_RUN + 1);
  let end = start + 1;
  while (end < limit && raw[end] === raw[start]) end++;
  return end - start;
}

/** Where the next run worth one begins, or as many bytes later as one can go without. */
function literalEnd(raw: Uint8Array, start: number): number {
  const limit = Math.min(raw.byteLength, start + LONGEST_RUN);
  for (let end = start + 1; end < limit; end++) {
    if (raw[end] === raw[end + 1] && raw[end] === raw[end + 2]) return end;
  }
  return limit;
}
