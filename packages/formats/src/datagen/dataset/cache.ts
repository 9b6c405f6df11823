/** Keeps what was used last, up to a number of bytes. */
export class Cache {
  readonly #maxBytes: number;
  /** In the order of their last use. */
  readonly #entries = new Map<string, { readonly value: unknown; readonly byteLength: number }>();
  #byteLength = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of what is kept. */
  get byteLength(): number {
    return this.#byteLength;
  }

  get(key: string): { readonly value: unknown } | undefined {
    const found = this.#entries.get(key);
    if (!found) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return found;
  }

  set(key: string, value: unknown, byteLength: number): void {
    this.#remove(key);
    if (byteLength > this.#maxBytes) return;
    this.#entries.set(key, { value, byteLength });
    this.#byteLength += byteLength;
    for (const [oldest] of this.#entries) {
      if (this.#byteLength <= this.#maxBytes) break;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#byteLength = 0;
  }

  #remove(key: string): void {
    this.#byteLength -= this.#entries.get(key)?.byteLength ?? 0;
    this.#entries.delete(key);
  }
}
