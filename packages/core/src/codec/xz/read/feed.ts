/** Bytes that come in pieces, taken in the amounts that a format asks for. */
export class Feed {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;
  #offset: number;

  /** `offset` is the position of the first byte, for messages. */
  constructor(pieces: AsyncIterable<Uint8Array>, offset = 0) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#offset = offset;
  }

  /** Position of the byte that is taken next. */
  get offset(): number {
    return this.#offset;
  }

  /** The next `count` bytes; fewer only when there are no more. Valid until the next call. */
  async take(count: number): Promise<Uint8Array> {
    if (this.#at === this.#piece.byteLength) await this.#next();
    const rest = this.#piece.byteLength - this.#at;
    if (count <= rest) return this.#give(count);
    const all = new Uint8Array(count);
    let done = 0;
    do {
      const part = this.#give(Math.min(count - done, this.#piece.byteLength - this.#at));
      all.set(part, done);
      done += part.byteLength;
    } while (done < count && (await this.#next()));
    return done === count ? all : all.subarray(0, done);
  }

  /** Whether there are no more bytes. */
  async atEnd(): Promise<boolean> {
    return this.#at === this.#piece.byteLength && !(await this.#next());
  }

  /** Skips zero bytes. Returns how many there were. */
  async skipZeros(): Promise<number> {
    const start = this.#offset;
    do {
      const from = this.#at;
      while (this.#at < this.#piece.byteLength && this.#piece[this.#at] === 0) this.#at++;
      this.#offset += this.#at - from;
    } while (this.#at === this.#piece.byteLength && (await this.#next()));
    return this.#offset - start;
  }

  /** Lets go of what the bytes come from. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  #give(count: number): Uint8Array {
    const part = this.#piece.subarray(this.#at, this.#at + count);
    this.#at += count;
    this.#offset += count;
    return part;
  }

  /** Goes on to the next piece that is not empty. */
  async #next(): Promise<boolean> {
    while (true) {
      const { done, value } = await this.#pieces.next();
      if (done) return false;
      this.#piece = value;
      this.#at = 0;
      if (value.byteLength > 0) return true;
    }
  }
}

/** Bytes in memory as a feed. */
export function feedOf(bytes: Uint8Array, offset: number): Feed {
  const pieces = async function* (): AsyncGenerator<Uint8Array, void, void> {
    yield bytes;
  };
  return new Feed(pieces(), offset);
}
