import { FormatError } from "../../errors.js";
import type { BitReader } from "./bits.js";
import { HuffmanCode, readLengths } from "./huffman.js";

/** Symbols that share one table before the next selector counts. */
const GROUP = 50;
/** bzip2 writes no more selectors than a block of 900,000 bytes can need. */
const MAX_SELECTORS = 18_002;

/** A block as it was before its runs are spelt out. */
export interface Block {
  /** For each position of the sorted block: its byte in the lowest 8 bits, above it where the one that follows is. */
  readonly links: Uint32Array;
  readonly length: number;
  readonly first: number;
}

/** Reads a block behind its checksum into `links`, whose length is the largest that it may have. Throws `FormatError`. */
export function readBlock(bits: BitReader, links: Uint32Array): Block {
  const corrupt = (reason: string): FormatError => new FormatError("corrupt", reason, { offset: bits.offset });
  if (bits.bit() === 1)
    throw new FormatError("unsupported", "a randomised block, as bzip2 wrote before 1996", { offset: bits.offset });
  const origin = bits.bits(24);
  const bytes = usedBytes(bits);
  if (bytes.length === 0) throw corrupt("a block without bytes");
  const { selectors, codes } = tables(bits, bytes.length + 2);
  const end = bytes.length + 1;
  const counts = new Uint32Array(256);
  let length = 0;
  let run = 0;
  let place = 1;
  const put = (byte: number, count: number): void => {
    if (length + count > links.length) throw corrupt("a block is longer than it may be");
    counts[byte] = (counts[byte] as number) + count;
    links.fill(byte, length, length + count);
    length += count;
  };
  for (let at = 0; ; at++) {
    const selector = selectors[Math.floor(at / GROUP)];
    const code = selector === undefined ? undefined : codes[selector];
    if (!code) throw corrupt("a block is longer than its selectors");
    const symbol = code.read(bits);
    if (symbol <= 1) {
      run += place << symbol;
      place *= 2;
      if (run > links.length) throw corrupt("a run is longer than the block may be");
      continue;
    }
    if (run > 0) put(bytes[0] as number, run);
    run = 0;
    place = 1;
    if (symbol === end) break;
    const byte = bytes[symbol - 1] as number;
    bytes.copyWithin(1, 0, symbol - 1);
    bytes[0] = byte;
    put(byte, 1);
  }
  if (origin >= length) throw corrupt("a block begins outside of itself");
  link(links, length, counts);
  return { links, length, first: (links[origin] as number) >>> 8 };
}

/** Which bytes occur: 16 bits for ranges of 16, then 16 for each range that does. */
function usedBytes(bits: BitReader): Uint8Array {
  const ranges = bits.bits(16);
  const bytes: number[] = [];
  for (let range = 0; range < 16; range++) {
    if (((ranges >> (15 - range)) & 1) === 0) continue;
    const used = bits.bits(16);
    for (let byte = 0; byte < 16; byte++) if (((used >> (15 - byte)) & 1) === 1) bytes.push(range * 16 + byte);
  }
  return Uint8Array.from(bytes);
}

interface Tables {
  readonly selectors: Uint8Array;
  readonly codes: readonly HuffmanCode[];
}

function tables(bits: BitReader, symbols: number): Tables {
  const count = bits.bits(3);
  const selectorCount = bits.bits(15);
  if (count < 2 || count > 6 || selectorCount === 0)
    throw new FormatError("corrupt", `${count} tables and ${selectorCount} selectors`, { offset: bits.offset });
  const order = Uint8Array.from({ length: count }, (_, table) => table);
  const selectors = new Uint8Array(Math.min(selectorCount, MAX_SELECTORS));
  for (let index = 0; index < selectorCount; index++) {
    let place = 0;
    while (bits.bit() === 1) place++;
    const table = order[place];
    if (table === undefined) throw new FormatError("corrupt", "a table that is not there", { offset: bits.offset });
    order.copyWithin(1, 0, place);
    order[0] = table;
    // More are read past, as bzip2 does since 1.0.8.
    if (index < MAX_SELECTORS) selectors[index] = table;
  }
  const codes = Array.from({ length: count }, () => new HuffmanCode(readLengths(bits, symbols)));
  return { selectors, codes };
}

/** Undoes the Burrows-Wheeler transform: puts above each byte where the byte that follows it is. */
function link(links: Uint32Array, length: number, counts: Uint32Array): void {
  const starts = new Uint32Array(256);
  for (let byte = 1; byte < 256; byte++) starts[byte] = (starts[byte - 1] as number) + (counts[byte - 1] as number);
  for (let index = 0; index < length; index++) {
    const byte = (links[index] as number) & 0xff;
    const to = starts[byte] as number;
    starts[byte] = to + 1;
    links[to] = ((links[to] as number) | (index << 8)) >>> 0;
  }
}
