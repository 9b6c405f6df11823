import type { ReadOptions, Source } from "../../../source/source.js";

/** Bytes to read at once: footers, small indexes and headers lie close together. */
const WINDOW = 1 << 16;

/** Reads a source from its end towards its start, in few reads. */
export class TailReader {
  readonly #source: Source;
  readonly #options: ReadOptions;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(source: Source, options: ReadOptions) {
    this.#source = source;
    this.#options = { signal: options.signal };
  }

  /** The bytes from `start` to `end`. Valid until the next call. */
  async read(start: number, end: number): Promise<Uint8Array> {
    const inside = start >= this.#start && end <= this.#start + this.#window.byteLength;
    if (!inside) {
      this.#start = Math.max(0, Math.min(start, end - WINDOW));
      this.#window = await this.#source.read(this.#start, end, this.#options);
    }
    return this.#window.subarray(start - this.#start, end - this.#start);
  }
}
