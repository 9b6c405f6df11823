import { inflateZlib } from "#platform";
import { isFormatError } from "../../../../errors.js";
import { unshuffled } from "../../write/filter.js";
import type { H5Filter } from "../h5wasm.js";

const GZIP = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;

/** Whether chunks that went through these filters can be read without the library. */
export function canUndo(filters: readonly H5Filter[]): boolean {
  return filters.every(
    ({ id, cd_values }) => id === GZIP || id === FLETCHER32 || (id === SHUFFLE && cd_values.length === 1),
  );
}

/**
 * The `byteLength` bytes that a stored chunk was made of. Undefined where they cannot be had: the library is to say what is wrong.
 */
export async function undoFilters(
  stored: Uint8Array,
  filters: readonly H5Filter[],
  byteLength: number,
): Promise<Uint8Array | undefined> {
  let bytes: Uint8Array | undefined = stored;
  for (const filter of [...filters].reverse()) bytes = bytes && (await undo(bytes, filter, byteLength));
  return bytes?.byteLength === byteLength ? bytes : undefined;
}

async function undo(
  stored: Uint8Array,
  { id, cd_values }: H5Filter,
  byteLength: number,
): Promise<Uint8Array | undefined> {
  if (id === SHUFFLE) return unshuffled(stored, cd_values[0] as number);
  if (id === FLETCHER32) return withoutChecksum(stored);
  try {
    return await inflateZlib(stored, byteLength);
  } catch (error) {
    if (isFormatError(error)) return undefined;
    throw error;
  }
}

/** Behind the bytes stands their checksum. */
function withoutChecksum(stored: Uint8Array): Uint8Array | undefined {
  const end = stored.byteLength - 4;
  if (end < 0) return undefined;
  const stated = new DataView(stored.buffer, stored.byteOffset + end, 4).getUint32(0, true);
  const bytes = stored.subarray(0, end);
  return fletcher32(bytes) === stated ? bytes : undefined;
}

/** Fletcher's checksum as HDF5 takes it: of numbers of two bytes, the higher one first. */
function fletcher32(bytes: Uint8Array): number {
  const words = bytes.byteLength >> 1;
  let [low, high] = [0, 0];
  for (let word = 0; word < words; ) {
    // As many as fit before the sums do not fit into 32 bits.
    const until = Math.min(words, word + 360);
    for (; word < until; word++) {
      low += ((bytes[2 * word] as number) << 8) | (bytes[2 * word + 1] as number);
      high += low;
    }
    [low, high] = [folded(low), folded(high)];
  }
  if (bytes.byteLength % 2 === 1) {
    low += (bytes[2 * words] as number) << 8;
    high += low;
    [low, high] = [folded(low), folded(high)];
  }
  return folded(high) * 0x10000 + folded(low);
}

function folded(sum: number): number {
  return (sum & 0xffff) + (sum >>> 16);
}
