import { FormatError } from "../../errors.js";
import type { BitReader } from "./bits.js";

const LONGEST = 20;

/** A canonical code: symbols by length, then by number. */
export class HuffmanCode {
  /** The last code of each length, -1 where there is none. */
  readonly #limits = new Int32Array(LONGEST + 2).fill(-1);
  /** What to add to a code of each length to find its symbol. */
  readonly #bases = new Int32Array(LONGEST + 2);
  readonly #symbols: Uint16Array;
  readonly #shortest: number;
  readonly #longest: number;

  constructor(lengths: Uint8Array) {
    this.#symbols = new Uint16Array(lengths.length);
    this.#shortest = Math.min(...lengths);
    this.#longest = Math.max(...lengths);
    let code = 0;
    let count = 0;
    for (let length = this.#shortest; length <= this.#longest; length++) {
      this.#bases[length] = count - code;
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue;
        this.#symbols[count++] = symbol;
        code++;
      }
      this.#limits[length] = code - 1;
      code *= 2;
    }
  }

  /** Throws `FormatError` `corrupt` for bits that are no code. */
  read(bits: BitReader): number {
    let length = this.#shortest;
    let code = bits.bits(length);
    for (; length <= this.#longest; length++) {
      if (code <= (this.#limits[length] as number)) {
        const symbol = this.#symbols[code + (this.#bases[length] as number)];
        if (symbol !== undefined) return symbol;
        break;
      }
      code = code * 2 + bits.bit();
    }
    throw new FormatError("corrupt", "bits that are no code", { offset: bits.offset });
  }
}

/** Lengths of the codes of a table, each told by its difference to the one before. */
export function readLengths(bits: BitReader, symbols: number): Uint8Array {
  const lengths = new Uint8Array(symbols);
  let length = bits.bits(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    while (true) {
      if (length < 1 || length > LONGEST)
        throw new FormatError("corrupt", `a code of ${length} bits`, { offset: bits.offset });
      if (bits.bit() === 0) break;
      length += bits.bit() === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}
