/**
 * CRC-64 of ECMA-182 as .xz files use it. JavaScript has no fast integers of 64 bits, so each value is kept as two of 32;
 * four bytes are taken in at a time.
 */
export class Crc64 {
  #low = -1;
  #high = -1;

  update(bytes: Uint8Array): void {
    tables ??= makeTables();
    const { low: lows, high: highs } = tables;
    let low = this.#low;
    let high = this.#high;
    const whole = bytes.length - (bytes.length % 4);
    let i = 0;
    for (; i < whole; i += 4) {
      const x = low ^ word(bytes, i);
      const a = 768 + (x & 255);
      const b = 512 + ((x >>> 8) & 255);
      const c = 256 + ((x >>> 16) & 255);
      const d = x >>> 24;
      low = high ^ at(lows, a) ^ at(lows, b) ^ at(lows, c) ^ at(lows, d);
      high = at(highs, a) ^ at(highs, b) ^ at(highs, c) ^ at(highs, d);
    }
    for (; i < bytes.length; i++) {
      const entry = (low ^ (bytes[i] as number)) & 255;
      low = (low >>> 8) ^ (high << 24) ^ at(lows, entry);
      high = (high >>> 8) ^ at(highs, entry);
    }
    this.#low = low;
    this.#high = high;
  }

  /** The eight bytes as they are stored, low one first. */
  digest(): Uint8Array<ArrayBuffer> {
    return crc64Bytes(~this.#low, ~this.#high);
  }
}

export function crc64Bytes(low: number, high: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, low >>> 0, true);
  view.setUint32(4, high >>> 0, true);
  return bytes;
}

/** Entry `256 * k + b` is the CRC of byte `b` followed by `k` zero bytes. */
interface Tables {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

let tables: Tables | undefined;

function makeTables(): Tables {
  const low = new Int32Array(4 * 256);
  const high = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        l ^= 0xd7870f42;
        h ^= 0xc96c5795;
      }
    }
    low[byte] = l;
    high[byte] = h;
  }
  for (let i = 256; i < low.length; i++) {
    const l = at(low, i - 256);
    const h = at(high, i - 256);
    low[i] = (l >>> 8) ^ (h << 24) ^ at(low, l & 255);
    high[i] = (h >>> 8) ^ at(high, l & 255);
  }
  return { low, high };
}

function at(table: Int32Array, index: number): number {
  return table[index] as number;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
