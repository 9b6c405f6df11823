/** Memory is given in advance only up to this, or to twice what is there already. */
const HARMLESS = 1 << 20;

/** Bytes put together from parts, whose own memory may be used again meanwhile. */
export class Gather {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #used = 0;

  get isEmpty(): boolean {
    return this.#used === 0;
  }

  /** Copies `part`. `missing` is how many bytes are said to come after it. */
  append(part: Uint8Array, missing: number): void {
    const used = this.#used + part.length;
    if (used > this.#bytes.length) {
      const trusted = Math.min(missing, Math.max(HARMLESS, used));
      const larger = new Uint8Array(Math.max(used + trusted, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#used);
    this.#used = used;
  }

  /** All of them; the next part begins anew, elsewhere. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.subarray(0, this.#used);
    this.#bytes = new Uint8Array(0);
    this.#used = 0;
    return bytes;
  }
}
