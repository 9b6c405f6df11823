import { deflateRaw } from "#platform";
import type { Filters } from "./messages.js";

/** The bytes of a chunk as they are stored. `itemSize` is that of an element. */
export async function filtered(bytes: Uint8Array, itemSize: number, filters: Filters): Promise<Uint8Array> {
  const sorted = filters.shuffle ? shuffled(bytes, itemSize) : bytes;
  return filters.gzip > 0 ? zlib(sorted, filters.gzip) : sorted;
}

/** All first bytes of the elements, then all second ones, and so on. */
export function shuffled(bytes: Uint8Array, itemSize: number): Uint8Array {
  const count = Math.floor(bytes.byteLength / itemSize);
  if (itemSize === 1 || count < 2) return bytes;
  const out = new Uint8Array(bytes.byteLength);
  let to = 0;
  for (let byte = 0; byte < itemSize; byte++) {
    for (let from = byte, index = 0; index < count; index++, from += itemSize) out[to++] = bytes[from] as number;
  }
  out.set(bytes.subarray(to), to);
  return out;
}

/** RFC 1950: what zlib's `compress2` makes. */
async function zlib(bytes: Uint8Array, level: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, level < 6 ? 0x5e : level === 6 ? 0x9c : 0xda)];
  let length = 6;
  for await (const part of deflateRaw(once(bytes), { level })) {
    parts.push(new Uint8Array(part));
    length += part.byteLength;
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  new DataView(out.buffer).setUint32(at, adler32(bytes));
  return out;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}

const MODULUS = 65521;
/** Bytes after which sums may get too large for 32 bits (RFC 1950). */
const RUN = 5552;

export function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let at = 0; at < bytes.byteLength; ) {
    const end = Math.min(bytes.byteLength, at + RUN);
    for (; at < end; at++) {
      low += bytes[at] as number;
      high += low;
    }
    low %= MODULUS;
    high %= MODULUS;
  }
  return high * 65536 + low;
}
