import { isFormatError } from "../../../errors.js";

/** Decoded blocks that were asked for last, up to a number of bytes. Two who ask for one block at once get it decoded once. */
export class BlockCache {
  readonly capacity: number;
  /** Latest use last. */
  readonly #entries = new Map<number, { readonly bytes: Promise<Uint8Array>; readonly size: number }>();
  #used = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** The block `key` of `size` bytes; `make` decodes it when it is not there. */
  get(key: number, size: number, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      // That somebody else gave up is no reason to fail here.
      return known.bytes.catch((error: unknown) => {
        if (isFormatError(error)) throw error;
        return make();
      });
    }
    const bytes = make();
    if (size > this.capacity) return bytes;
    this.#entries.set(key, { bytes, size });
    this.#used += size;
    // What failed, or was given up by whoever asked first, is tried again by the next one.
    bytes.catch(() => this.#drop(key, bytes));
    for (const oldest of this.#entries.keys()) {
      if (this.#used <= this.capacity) break;
      this.#drop(oldest);
    }
    return bytes;
  }

  clear(): void {
    this.#entries.clear();
    this.#used = 0;
  }

  /** Forgets a block; only if it is still `bytes` where that is given. */
  #drop(key: number, bytes?: Promise<Uint8Array>): void {
    const entry = this.#entries.get(key);
    if (!entry || (bytes && entry.bytes !== bytes)) return;
    this.#entries.delete(key);
    this.#used -= entry.size;
  }
}
