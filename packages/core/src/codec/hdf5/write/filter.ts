import { deflateZlib } from "#platform";
import type { Filters } from "./messages.js";

/** The bytes of a chunk as they are stored. `itemSize` is that of an element. */
export async function filtered(bytes: Uint8Array, itemSize: number, filters: Filters): Promise<Uint8Array> {
  const sorted = filters.shuffle ? shuffled(bytes, itemSize) : bytes;
  return filters.gzip > 0 ? deflateZlib(sorted, filters.gzip) : sorted;
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

/** What {@link shuffled} made of bytes, as they were. */
export function unshuffled(bytes: Uint8Array, itemSize: number): Uint8Array {
  const count = Math.floor(bytes.byteLength / itemSize);
  if (itemSize === 1 || count < 2) return bytes;
  const out = new Uint8Array(bytes.byteLength);
  let from = 0;
  for (let byte = 0; byte < itemSize; byte++) {
    for (let to = byte, index = 0; index < count; index++, to += itemSize) out[to] = bytes[from++] as number;
  }
  out.set(bytes.subarray(from), from);
  return out;
}
