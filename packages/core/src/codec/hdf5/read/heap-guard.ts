import { FormatError } from "../../../errors.js";
import type { ReadyBytes } from "./pages.js";

/** `GCOL`, version 1, three zeros: the head of a collection of the global heap, which holds texts. */
const HEAD = Uint8Array.of(0x47, 0x43, 0x4f, 0x4c, 1, 0, 0, 0);
/** Bytes of a collection's head, and of that of an object in it. */
const OBJECT = 16;

/**
 * Watches over what the library reads: it goes from object to object of a heap by the sizes that those state, and does so
 * for ever where a size leads it nowhere. (So does every version of it up to 2.0.)
 */
export class HeapGuard {
  readonly #bytes: ReadyBytes;
  readonly #size: number;
  readonly #passed = new Set<number>();
  /** Off while nothing is read that lies in heaps: looking for them costs more than reading. */
  active = true;
  /** Objects that may still be looked at; heads that are no heads of anything must not cost much. */
  #left: number;

  /** `size` is that of the file. */
  constructor(bytes: ReadyBytes, size: number) {
    this.#bytes = bytes;
    this.#size = size;
    this.#left = LEAST + 4 * Math.ceil(size / OBJECT);
  }

  /**
   * Looks for heaps that begin in `read`, the bytes from `start` on. False when bytes are missing for that. Throws
   * `FormatError` `corrupt` for one that the library must not see.
   */
  pass(read: Uint8Array, start: number): boolean {
    if (!this.active) return true;
    const overlap = HEAD.length - 1;
    const from = Math.max(0, start - overlap);
    const until = Math.min(this.#size, start + read.byteLength + overlap);
    if (read.byteLength > 2 * overlap && !this.#scan(read, start)) return false;
    // Heads that begin before these bytes or end behind them.
    return (
      this.#passRange(from, Math.min(until, start + overlap)) &&
      this.#passRange(Math.max(from, until - 2 * overlap), until)
    );
  }

  #passRange(from: number, until: number): boolean {
    const edge = new Uint8Array(until - from);
    return this.#bytes.fill(edge, from) && this.#scan(edge, from);
  }

  #scan(bytes: Uint8Array, start: number): boolean {
    const [first = 0, second = 0] = HEAD;
    for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
      if (bytes[at + 1] !== second) continue;
      if (HEAD.every((byte, index) => bytes[at + index] === byte) && !this.#walk(start + at)) return false;
    }
    return true;
  }

  /** Goes the library's way through the collection at `start`. */
  #walk(start: number): boolean {
    if (this.#passed.has(start)) return true;
    const head = new Uint8Array(OBJECT);
    if (start + OBJECT > this.#size) return true;
    if (!this.#bytes.fill(head, start)) return false;
    const end = start + sizeIn(head);
    // The library refuses what does not fit into the file.
    if (end > this.#size) return true;
    for (let at = start + OBJECT; at + OBJECT <= end; ) {
      if (!this.#bytes.fill(head, at)) return false;
      if (this.#left-- <= 0) throw new FormatError("corrupt", "its heaps of text lie in each other", { offset: start });
      const size = sizeIn(head);
      const isObject = head[0] !== 0 || head[1] !== 0;
      const step = isObject ? OBJECT + 8 * Math.ceil(size / 8) : size;
      if (step < OBJECT || step > this.#size)
        throw new FormatError("corrupt", "an object in a heap of texts has no possible size", { offset: at });
      at += step;
    }
    this.#passed.add(start);
    return true;
  }
}

const LEAST = 1 << 16;

/** The size in the second half of a head; too large ones lose their last digits, which does not matter. */
function sizeIn(head: Uint8Array): number {
  return Number(new DataView(head.buffer).getBigUint64(8, true));
}
