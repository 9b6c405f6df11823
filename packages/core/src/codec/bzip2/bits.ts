import { FormatError } from "../../errors.js";

/** Compressed bytes that a block and the header behind it may take: 20 bits a symbol for 900,000 of them, and tables. */
const BLOCK = 2_500_000;

/** Bits of a stream of bytes, the highest of a byte first. As many bytes as a block may need are brought before it is read. */
export class BitReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #bytes = new Uint8Array(0);
  #end = 0;
  #at = 0;
  /** Bytes that are no longer in memory. */
  #passed = 0;
  #hasEnded = false;
  #held = 0;
  #heldBits = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Where reading goes on, in whole bytes. */
  get offset(): number {
    return this.#passed + this.#at - (this.#heldBits >> 3);
  }

  /** Whether all bytes have been read; to be asked between bytes, after {@link fill}. */
  get isAtEnd(): boolean {
    return this.#hasEnded && this.#at === this.#end && this.#heldBits < 8;
  }

  /** Brings what the next block may need, as far as there is that much. */
  async fill(): Promise<void> {
    while (!this.#hasEnded && this.#end - this.#at < BLOCK) {
      const { done, value } = await this.#pieces.next();
      if (done === true) this.#hasEnded = true;
      else this.#keep(value);
    }
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  #keep(piece: Uint8Array): void {
    const left = this.#end - this.#at;
    if (this.#end + piece.byteLength > this.#bytes.byteLength) {
      const target = left + piece.byteLength > this.#bytes.byteLength;
      const bytes = target ? new Uint8Array(2 * (left + piece.byteLength)) : this.#bytes;
      bytes.set(this.#bytes.subarray(this.#at, this.#end));
      this.#bytes = bytes;
      this.#passed += this.#at;
      this.#at = 0;
      this.#end = left;
    }
    this.#bytes.set(piece, this.#end);
    this.#end += piece.byteLength;
  }

  bit(): number {
    return this.bits(1);
  }

  /** Up to 24 bits. Throws `truncated` behind the last byte. */
  bits(count: number): number {
    while (this.#heldBits < count) {
      if (this.#at === this.#end)
        throw new FormatError("truncated", "the compressed data ends early", { offset: this.offset });
      this.#held = ((this.#held << 8) | (this.#bytes[this.#at++] as number)) >>> 0;
      this.#heldBits += 8;
    }
    this.#heldBits -= count;
    return (this.#held >>> this.#heldBits) & ((1 << count) - 1);
  }

  u32(): number {
    return this.bits(16) * 65536 + this.bits(16);
  }

  /** Goes on at the next whole byte. */
  align(): void {
    this.#heldBits -= this.#heldBits % 8;
  }
}
