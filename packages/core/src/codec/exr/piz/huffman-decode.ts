import { FormatError } from "../../../errors.js";
import { Cursor } from "../cursor.js";
import { type Codes, codesOf, LONG_RUN, MAX_LENGTH, SHORT_RUN, SHORTEST_LONG_RUN, SYMBOLS } from "./huffman-codes.js";

/** Codes up to this long are found by one look into a table. */
const TABLE_BITS = 12;
const TABLE_SIZE = 1 << TABLE_BITS;
/** Codes up to this long are found by comparing numbers; longer ones are as good as never there. */
const WORD_BITS = 32;
/** Zero bytes that let the reading of whole words run over the end. */
const PADDING = 16;

/** Decodes exactly `size` 16-bit values. Offsets of errors count from the start of `stored`. */
export function decodeHuffman(stored: Uint8Array, size: number): Uint16Array {
  const cursor = new Cursor(stored, "block");
  const firstSymbol = cursor.u32();
  const runSymbol = cursor.u32();
  const tableBytes = cursor.u32();
  const bits = cursor.u32();
  cursor.u32();
  if (firstSymbol >= SYMBOLS || runSymbol >= SYMBOLS || firstSymbol > runSymbol)
    throw new FormatError("corrupt", `Huffman codes for ${firstSymbol} to ${runSymbol}`, { offset: 0 });
  const table = readLengths(stored, cursor.offset, firstSymbol, runSymbol);
  if (table.end !== cursor.offset + tableBytes)
    throw new FormatError("corrupt", `${tableBytes} bytes of Huffman code lengths`, { offset: 8 });
  const data = stored.subarray(table.end);
  if (bits > 8 * data.byteLength) {
    const reason = `${bits} bits of Huffman codes, ${8 * data.byteLength} are there`;
    throw new FormatError("truncated", reason, { offset: stored.byteLength });
  }
  return new Decoder(codesOf(table.lengths), data, bits).values(size, runSymbol, table.end);
}

function readLengths(
  stored: Uint8Array,
  start: number,
  first: number,
  last: number,
): { readonly lengths: Uint8Array; readonly end: number } {
  const lengths = new Uint8Array(last + 1);
  let at = 8 * start;
  const end = 8 * stored.byteLength;
  const take = (count: number): number => {
    if (at + count > end)
      throw new FormatError("truncated", "the lengths of the Huffman codes end early", { offset: stored.byteLength });
    const word = ((stored[at >> 3] as number) << 8) | (stored[(at >> 3) + 1] ?? 0);
    const value = (word >> (16 - (at & 7) - count)) & ((1 << count) - 1);
    at += count;
    return value;
  };
  for (let symbol = first; symbol <= last; ) {
    const length = take(6);
    if (length < SHORT_RUN) {
      lengths[symbol++] = length;
      continue;
    }
    symbol += length === LONG_RUN ? take(8) + SHORTEST_LONG_RUN : length - SHORT_RUN + 2;
    if (symbol > last + 1)
      throw new FormatError("corrupt", "more lengths of Huffman codes than there are symbols", { offset: at >> 3 });
  }
  return { lengths, end: (at + 7) >> 3 };
}

class Decoder {
  readonly #codes: Codes;
  /** The data, and zeros behind it. */
  readonly #data: Uint8Array;
  readonly #bits: number;
  /** `symbol * 64 + length` for the beginnings of short codes, 0 for those of longer ones. */
  readonly #table = new Uint32Array(TABLE_SIZE);
  /** Symbols by descending length, then ascending; where those of a length begin. */
  readonly #sorted: Uint32Array;
  readonly #starts = new Uint32Array(MAX_LENGTH + 1);

  constructor(codes: Codes, data: Uint8Array, bits: number) {
    this.#codes = codes;
    this.#bits = bits;
    this.#data = new Uint8Array(data.byteLength + PADDING);
    this.#data.set(data);
    let used = 0;
    for (let length = MAX_LENGTH; length > 0; length--) {
      this.#starts[length] = used;
      used += codes.count[length] as number;
    }
    this.#sorted = new Uint32Array(used);
    const next = this.#starts.slice();
    for (let symbol = 0; symbol < codes.lengths.length; symbol++) {
      const length = codes.lengths[symbol] as number;
      if (length === 0) continue;
      const at = next[length] as number;
      next[length] = at + 1;
      this.#sorted[at] = symbol;
      if (length > TABLE_BITS) continue;
      const code = (codes.first[length] as number) + at - (this.#starts[length] as number);
      const spread = TABLE_BITS - length;
      this.#table.fill(symbol * 64 + length, code << spread, (code + 1) << spread);
    }
  }

  /** `base` is where the data begins, for messages. */
  values(size: number, runSymbol: number, base: number): Uint16Array {
    const data = this.#data;
    const table = this.#table;
    const bits = this.#bits;
    const out = new Uint16Array(size);
    let done = 0;
    let at = 0;
    while (at < bits) {
      const byte = at >>> 3;
      const word =
        (((data[byte] as number) << 24) |
          ((data[byte + 1] as number) << 16) |
          ((data[byte + 2] as number) << 8) |
          (data[byte + 3] as number)) <<
        (at & 7);
      let entry = table[word >>> (32 - TABLE_BITS)] as number;
      if (entry === 0) entry = this.#long(word, at, base);
      at += entry & 63;
      const symbol = entry >>> 6;
      if (symbol !== runSymbol) {
        if (done >= size) throw tooMany(size, base + byte);
        out[done++] = symbol;
        continue;
      }
      const pair = ((data[at >>> 3] as number) << 8) | (data[(at >>> 3) + 1] as number);
      const run = (pair >>> (8 - (at & 7))) & 255;
      at += 8;
      if (done === 0) throw new FormatError("corrupt", "a run without a value", { offset: base + byte });
      if (done + run > size) throw tooMany(size, base + byte);
      out.fill(out[done - 1] as number, done, done + run);
      done += run;
    }
    if (at > bits) throw new FormatError("corrupt", "the last Huffman code is cut", { offset: base + (bits >>> 3) });
    if (done === size) return out;
    const reason = `the Huffman codes hold ${done} of the ${size} values that they should`;
    throw new FormatError("truncated", reason, { offset: base + (bits >>> 3) });
  }

  /** The entry of a code that is longer than those in the table; `word` has at least its first 25 bits. */
  #long(word: number, at: number, base: number): number {
    const { first, count } = this.#codes;
    const more = at & 7;
    const full = (word | ((this.#data[(at >>> 3) + 4] as number) >>> (8 - more))) >>> 0;
    for (let length = TABLE_BITS + 1; length <= MAX_LENGTH; length++) {
      const code = length <= WORD_BITS ? full >>> (WORD_BITS - length) : this.#bitsAt(at, length);
      const index = code - (first[length] as number);
      if (index >= 0 && index < (count[length] as number))
        return (this.#sorted[(this.#starts[length] as number) + index] as number) * 64 + length;
    }
    throw new FormatError("corrupt", "bits that are no Huffman code", { offset: base + (at >>> 3) });
  }

  /** A number of many bits. What is beyond 2^53 is not exact, and no code. */
  #bitsAt(at: number, count: number): number {
    let value = 0;
    for (let bit = at; bit < at + count; bit++) {
      value = 2 * value + (((this.#data[bit >>> 3] as number) >>> (7 - (bit & 7))) & 1);
    }
    return value;
  }
}

function tooMany(size: number, offset: number): FormatError {
  return new FormatError("limit", `the Huffman codes hold more than the ${size} values that they should`, { offset });
}
