import { ALL, EVEN } from "./probabilities.js";

/** Decoding shifts in another byte when the range is below this. */
const TOP = 1 << 24;
/** How fast probabilities follow the data. */
const MOVE = 5;

/** Reads bits by their probabilities. Beyond the end of its input it reads zeros and `next` tells so. */
export class RangeDecoder {
  readonly probabilities: Uint16Array = new Uint16Array(ALL).fill(EVEN);
  /** The index in the input of the byte that comes in next. */
  next = 0;
  #input: Uint8Array = new Uint8Array(0);
  #range = 0;
  #code = 0;

  /** Takes the first five bytes in. False when they are no beginning. */
  start(input: Uint8Array): boolean {
    this.#input = input;
    this.#range = -1 >>> 0;
    const [zero = 1, a = 0, b = 0, c = 0, d = 0] = input;
    this.#code = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    this.next = 5;
    return zero === 0;
  }

  /** Whether all was used that a chunk's input holds. */
  ended(): boolean {
    this.#normalize();
    return this.#code === 0;
  }

  #normalize(): void {
    if (this.#range >= TOP) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | (this.#input[this.next++] ?? 0)) >>> 0;
  }

  /** One bit by the probability at `at`. */
  bit(at: number): 0 | 1 {
    this.#normalize();
    const probability = this.probabilities[at] as number;
    const bound = (this.#range >>> 11) * probability;
    if (this.#code < bound) {
      this.#range = bound;
      this.probabilities[at] = probability + ((2048 - probability) >> MOVE);
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    this.probabilities[at] = probability - (probability >> MOVE);
    return 1;
  }

  /** `count` bits, high one first; probabilities of a binary tree at `tree`. */
  tree(tree: number, count: number): number {
    let symbol = 1;
    for (let i = 0; i < count; i++) symbol = (symbol << 1) | this.bit(tree + symbol);
    return symbol - (1 << count);
  }

  /** `count` bits, low one first. */
  reverseTree(tree: number, count: number): number {
    let symbol = 1;
    let result = 0;
    for (let i = 0; i < count; i++) {
      const bit = this.bit(tree + symbol);
      symbol = (symbol << 1) | bit;
      result |= bit << i;
    }
    return result;
  }

  /** `count` bits of equal chance, high one first. */
  direct(count: number): number {
    let result = 0;
    for (let i = 0; i < count; i++) {
      this.#normalize();
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit) this.#code -= this.#range;
      result = (result << 1) | bit;
    }
    return result;
  }
}
