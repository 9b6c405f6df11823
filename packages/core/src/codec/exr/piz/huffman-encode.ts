import {
  type Codes,
  codesOf,
  LONG_RUN,
  LONGEST_LONG_RUN,
  SHORT_RUN,
  SHORTEST_LONG_RUN,
  SYMBOLS,
} from "./huffman-codes.js";

const HEADER_BYTES = 20;
/** Equal values that one run code adds to the first of them. */
const LONGEST_RUN = 255;

/** The inverse of `decodeHuffman`, for at least one value. */
export function encodeHuffman(values: Uint16Array): Uint8Array {
  const weights = new Uint32Array(SYMBOLS);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    weights[value] = (weights[value] as number) + 1;
  }
  const first = weights.findIndex((weight) => weight > 0);
  // The symbol behind the last one that occurs announces runs.
  const runSymbol = weights.findLastIndex((weight) => weight > 0) + 1;
  weights[runSymbol] = 1;
  const codes = codesOf(codeLengths(weights));

  const out = new BitWriter(HEADER_BYTES + 2 * values.length);
  out.skip(HEADER_BYTES);
  writeLengths(out, codes.lengths, first, runSymbol);
  const tableEnd = out.flush();
  const bits = writeValues(out, codes, values, runSymbol);
  const end = out.flush();
  const bytes = out.bytes(end);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  [first, runSymbol, tableEnd - HEADER_BYTES, bits, 0].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  return bytes;
}

/** Code lengths that make the whole shortest, by Huffman's method: the two lightest trees become one, again and again. */
function codeLengths(weights: Uint32Array): Uint8Array {
  const leaves = Float64Array.from(weights.keys())
    .filter((symbol) => (weights[symbol] as number) > 0)
    .map((symbol) => (weights[symbol] as number) * SYMBOLS + symbol)
    .sort();
  const count = leaves.length;
  // Trees that are made come out by ascending weight, so both they and the leaves are queues.
  const weight = new Float64Array(2 * count - 1);
  const parent = new Uint32Array(2 * count - 1);
  for (let i = 0; i < count; i++) weight[i] = Math.floor((leaves[i] as number) / SYMBOLS);
  let leaf = 0;
  let tree = count;
  for (let made = count; made < weight.length; made++) {
    for (let side = 0; side < 2; side++) {
      const fromLeaves = leaf < count && (tree >= made || (weight[leaf] as number) <= (weight[tree] as number));
      const lightest = fromLeaves ? leaf++ : tree++;
      weight[made] = (weight[made] as number) + (weight[lightest] as number);
      parent[lightest] = made;
    }
  }
  const depth = new Uint8Array(weight.length);
  for (let i = weight.length - 2; i >= 0; i--) depth[i] = (depth[parent[i] as number] as number) + 1;
  const lengths = new Uint8Array(SYMBOLS);
  for (let i = 0; i < count; i++) lengths[(leaves[i] as number) % SYMBOLS] = depth[i] as number;
  return lengths;
}

function writeLengths(out: BitWriter, lengths: Uint8Array, first: number, last: number): void {
  for (let symbol = first; symbol <= last; ) {
    let absent = 0;
    while (symbol + absent <= last && absent < LONGEST_LONG_RUN && lengths[symbol + absent] === 0) absent++;
    if (absent >= SHORTEST_LONG_RUN) {
      out.write(LONG_RUN, 6);
      out.write(absent - SHORTEST_LONG_RUN, 8);
    } else if (absent >= 2) out.write(SHORT_RUN + absent - 2, 6);
    else out.write(lengths[symbol] as number, 6);
    symbol += Math.max(1, absent);
  }
}

/** Returns how many bits there are. */
function writeValues(out: BitWriter, { lengths, first }: Codes, values: Uint16Array, runSymbol: number): number {
  const codes = new Uint32Array(SYMBOLS);
  const next = first.slice();
  for (let symbol = 0; symbol < SYMBOLS; symbol++) {
    const length = lengths[symbol] as number;
    if (length === 0) continue;
    codes[symbol] = next[length] as number;
    next[length] = (next[length] as number) + 1;
  }
  const runLength = (lengths[runSymbol] as number) + 8;
  const start = out.bitCount;
  for (let i = 0; i < values.length; ) {
    const value = values[i] as number;
    let more = 0;
    while (more < LONGEST_RUN && values[i + more + 1] === value) more++;
    const length = lengths[value] as number;
    const asRun = length + runLength < length * more;
    for (let copies = asRun ? 1 : more + 1; copies > 0; copies--) out.write(codes[value] as number, length);
    if (asRun) {
      out.write(codes[runSymbol] as number, runLength - 8);
      out.write(more, 8);
    }
    i += more + 1;
  }
  return out.bitCount - start;
}

/** Writes numbers bit by bit, the highest bit first. */
class BitWriter {
  #bytes: Uint8Array;
  /** Whole bytes written. */
  #at = 0;
  #pending = 0;
  #pendingBits = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  get bitCount(): number {
    return 8 * this.#at + this.#pendingBits;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  /** `value` must be below 2^24; longer codes start with zeros. */
  write(value: number, count: number): void {
    if (count > 24) {
      this.write(0, count - 24);
      this.write(value, 24);
      return;
    }
    if (this.#at + 8 > this.#bytes.byteLength) this.#grow();
    this.#pending = (this.#pending << count) | value;
    this.#pendingBits += count;
    while (this.#pendingBits >= 8) {
      this.#pendingBits -= 8;
      this.#bytes[this.#at++] = this.#pending >>> this.#pendingBits;
      this.#pending &= (1 << this.#pendingBits) - 1;
    }
  }

  /** Fills the last byte with zeros. Returns how many bytes there are. */
  flush(): number {
    if (this.#pendingBits > 0) this.write(0, 8 - this.#pendingBits);
    return this.#at;
  }

  bytes(end: number): Uint8Array {
    return this.#bytes.subarray(0, end);
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#bytes.byteLength + 64);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}
