import { FormatError } from "../../../errors.js";
import { encodeLatin1 } from "../latin1.js";

/** Blocks get larger as they are used up: most values are small. */
const FIRST_BLOCK = 1 << 12;
const MAX_BLOCK = 1 << 20;

export interface OutputOptions {
  /** Larger pieces are passed on as they are; smaller ones are gathered. Default 4096. */
  readonly gather?: number | undefined;
}

/** Bytes on their way out: small ones in blocks, large ones as views of what the caller has. */
export class Output {
  readonly #gather: number;
  #pieces: Uint8Array[] = [];
  #block: Uint8Array = new Uint8Array(FIRST_BLOCK);
  #start = 0;
  #used = 0;
  /** Bytes that {@link take} would give. */
  pending = 0;

  constructor({ gather = 4096 }: OutputOptions = {}) {
    this.#gather = gather;
  }

  byte(value: number): void {
    if (this.#used === this.#block.length) this.#room(1);
    this.#block[this.#used++] = value;
    this.pending++;
  }

  u16(value: number): void {
    this.byte(value & 0xff);
    this.byte(value >>> 8);
  }

  u32(value: number): void {
    this.u16(value & 0xffff);
    this.u16(value >>> 16);
  }

  u64(value: number): void {
    this.u32(value >>> 0);
    this.u32(Math.floor(value / 4294967296));
  }

  f64(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    this.bytes(bytes);
  }

  ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  /** Large pieces are not copied: they must not change before they were taken. */
  bytes(bytes: Uint8Array): void {
    if (bytes.length > this.#gather) {
      this.#closePiece();
      this.#pieces.push(bytes);
    } else {
      this.#room(bytes.length);
      this.#block.set(bytes, this.#used);
      this.#used += bytes.length;
    }
    this.pending += bytes.length;
  }

  /** Writes the UTF-8 form of bytes that stand for characters. */
  latin1(bytes: Uint8Array): void {
    const step = MAX_BLOCK / 4;
    for (let from = 0; from < bytes.length; from += step) {
      const part = bytes.subarray(from, from + step);
      this.#room(2 * part.length);
      const end = encodeLatin1(part, this.#block, this.#used);
      this.pending += end - this.#used;
      this.#used = end;
    }
  }

  /** What was written since the last time, in order. The pieces are valid until {@link reuse}. */
  take(): Uint8Array[] {
    this.#closePiece();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.pending = 0;
    return pieces;
  }

  /** Whoever took pieces has no more use for them. */
  reuse(): void {
    if (this.#pieces.length > 0 || this.#used > this.#start) return;
    this.#start = 0;
    this.#used = 0;
  }

  /** All of it in one piece. */
  join(): Uint8Array {
    const whole = allocate(this.pending);
    let at = 0;
    for (const piece of this.take()) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** Makes sure that the block has place for `length` more bytes. */
  #room(length: number): void {
    if (this.#used + length <= this.#block.length) return;
    this.#closePiece();
    this.#block = new Uint8Array(Math.max(length, Math.min(MAX_BLOCK, 4 * this.#block.length)));
    this.#start = 0;
    this.#used = 0;
  }

  #closePiece(): void {
    if (this.#used > this.#start) this.#pieces.push(this.#block.subarray(this.#start, this.#used));
    this.#start = this.#used;
  }
}

function allocate(length: number): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch (error) {
    throw new FormatError("unwritable", `${length} bytes do not fit into one block of memory`, { cause: error });
  }
}
