/** Gathers the bytes of a block, in memory that grows up to the block's size. */
export class BlockBuffer {
  readonly #size: number;
  #bytes = new Uint8Array(0);
  #used = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get full(): boolean {
    return this.#used === this.#size;
  }

  /** Copies as much of `bytes` as there is room for. Returns how much that was. */
  put(bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.#size - this.#used);
    const needed = this.#used + part.byteLength;
    if (needed > this.#bytes.byteLength) {
      const grown = new Uint8Array(Math.min(this.#size, Math.max(needed, 2 * this.#bytes.byteLength)));
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    this.#bytes.set(part, this.#used);
    this.#used = needed;
    return part.byteLength;
  }

  /** What was gathered. It is the caller's; the next block begins empty. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#used);
    this.#bytes = new Uint8Array(0);
    this.#used = 0;
    return taken;
  }
}
