import { FormatError } from "../../errors.js";
import type { ReadOptions } from "../../source/source.js";
import { BitReader } from "./bits.js";
import { type Block, readBlock } from "./block.js";

/** Bytes that are handed out at once. */
const PIECE = 1 << 18;

/** Whether a file that starts with `head` is compressed by bzip2. */
export function isBzip2(head: Uint8Array): boolean {
  return head[0] === 0x42 && head[1] === 0x5a && head[2] === 0x68;
}

/**
 * The contents of bzip2 data, several streams in a row included. Needs about 10 MB of memory, whatever the data claims. Throws
 * `FormatError` with the place in `input`: `not-this-format`, `truncated`, `corrupt`, `checksum`, `unsupported` for the
 * randomised blocks that were written before 1996.
 */
export async function* bunzip2(
  input: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const bits = new BitReader(input);
  try {
    await bits.fill();
    for (let stream = 0; stream === 0 || !bits.isAtEnd; stream++) {
      yield* streamOf(bits, stream === 0, options);
      bits.align();
      await bits.fill();
    }
  } finally {
    await bits.close();
  }
}

async function* streamOf(
  bits: BitReader,
  isFirst: boolean,
  options: ReadOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const start = bits.offset;
  const magic = [bits.bits(8), bits.bits(8), bits.bits(8)];
  const level = bits.bits(8) - 0x30;
  if (!isBzip2(Uint8Array.from(magic)) || level < 1 || level > 9) {
    const reason = isFirst ? "no bzip2 data" : "something else follows behind the compressed data";
    throw new FormatError(isFirst ? "not-this-format" : "corrupt", reason, { offset: start });
  }
  const links = new Uint32Array(level * 100_000);
  let combined = 0;
  while (true) {
    await bits.fill();
    options.signal?.throwIfAborted();
    const offset = bits.offset;
    const [high, low] = [bits.bits(24), bits.bits(24)];
    const stated = bits.u32();
    if (high === 0x177245 && low === 0x385090) {
      if (stated !== combined) throw new FormatError("checksum", "the checksum of the data differs", { offset });
      return;
    }
    if (high !== 0x314159 || low !== 0x265359) throw new FormatError("corrupt", "no block begins here", { offset });
    const sum = new Checksum();
    yield* spelledOut(readBlock(bits, links), sum);
    if (sum.value !== stated) throw new FormatError("checksum", "the checksum of a block differs", { offset });
    combined = (((combined << 1) | (combined >>> 31)) ^ stated) >>> 0;
  }
}

/** The bytes of a block: four equal ones are followed by how many more of them there are. */
function* spelledOut({ links, length, first }: Block, sum: Checksum): Generator<Uint8Array, void, void> {
  let piece = new Uint8Array(PIECE);
  let used = 0;
  let at = first;
  let last = -1;
  let equal = 0;
  for (let index = 0; index < length; index++) {
    const entry = links[at] as number;
    at = entry >>> 8;
    const byte = entry & 0xff;
    const isCount = equal === 4;
    const count = isCount ? byte : 1;
    equal = isCount ? 0 : byte === last ? equal + 1 : 1;
    if (!isCount) last = byte;
    if (used + count > PIECE) {
      yield sum.add(piece.subarray(0, used));
      piece = new Uint8Array(PIECE);
      used = 0;
    }
    piece.fill(last, used, used + count);
    used += count;
    // A run that was counted is over: the next byte begins another.
    if (isCount) last = -1;
  }
  if (used > 0) yield sum.add(piece.subarray(0, used));
}

const POLYNOMIAL = 0x04c11db7;

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ POLYNOMIAL : value << 1;
  return value;
});

/** CRC-32 with the highest bit first, which is not zip's. */
class Checksum {
  #state = 0xffffffff;

  get value(): number {
    return ~this.#state >>> 0;
  }

  add(bytes: Uint8Array): Uint8Array {
    let state = this.#state;
    for (let at = 0; at < bytes.byteLength; at++)
      state = (state << 8) ^ (TABLE[((state >>> 24) ^ (bytes[at] as number)) & 0xff] as number);
    this.#state = state;
    return bytes;
  }
}
