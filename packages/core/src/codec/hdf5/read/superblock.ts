import { FormatError } from "../../../errors.js";
import { truncated } from "../../../source/bounds.js";
import type { ReadOptions, Source } from "../../../source/source.js";
import { hasSignature, SIGNATURE } from "../signature.js";

/** As long as any superblock up to its end-of-file address. */
const HEAD = 64;

/**
 * Looks at the first structure of a file: HDF5 itself does not say why it cannot open one. Throws `FormatError`:
 * `truncated` for files that are empty or shorter than they say, `not-this-format` without the signature.
 */
export async function checkSuperblock(source: Source, options: ReadOptions = {}): Promise<Superblock> {
  const size = source.byteLength;
  for (let start = 0; start + SIGNATURE.length <= size; start = start === 0 ? 512 : 2 * start) {
    const head = await source.read(start, Math.min(size, start + HEAD), options);
    if (!hasSignature(head)) continue;
    const end = endOfFile(head);
    if (end === undefined) throw truncated(source, start + HEAD, size);
    if (end > size) throw truncated(source, end, size);
    return { isPlain: start === 0 && hasPlainAddresses(head) };
  }
  const head = await source.read(0, Math.min(size, SIGNATURE.length), options);
  if (size < SIGNATURE.length && [...head].every((byte, at) => byte === SIGNATURE[at]))
    throw truncated(source, SIGNATURE.length, size);
  throw new FormatError("not-this-format", "this is no HDF5 file: its signature is not there", { offset: 0 });
}

export interface Superblock {
  /** Whether addresses have 8 bytes, and count from the beginning of the file. */
  readonly isPlain: boolean;
}

function hasPlainAddresses(head: Uint8Array): boolean {
  const version = head[8] ?? 0;
  if (version > 3) return false;
  const [widths, base] = version < 2 ? [13, version === 0 ? 24 : 28] : [9, 12];
  return head[widths] === 8 && head[widths + 1] === 8 && head.subarray(base, base + 8).every((byte) => byte === 0);
}

/** The length of the file that a superblock states, 0 where it cannot be told; undefined when its bytes end before. */
function endOfFile(head: Uint8Array): number | undefined {
  const version = head[8] ?? 0;
  const old = version < 2;
  const width = head[old ? 13 : 9] ?? 8;
  if (version > 3 || ![2, 4, 8].includes(width)) return 0;
  const addresses = old ? (version === 0 ? 24 : 28) : 12;
  const at = addresses + 2 * width;
  if (at + width > head.byteLength) return undefined;
  let end = 0;
  for (let byte = width - 1; byte >= 0; byte--) end = end * 256 + (head[at + byte] as number);
  return Number.isSafeInteger(end) ? end : 0;
}
