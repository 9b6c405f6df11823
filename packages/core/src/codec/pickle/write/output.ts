import { FormatError } from "../../../errors.js";

const BLOCK = 1 << 16;
/** Larger pieces are passed on as they are; smaller ones are gathered. */
const GATHERED = 1 << 12;

/** Bytes on their way out: small ones in blocks, large ones as views of what the caller has. */
export class Output {
  #pieces: Uint8Array[] = [];
  #block: Uint8Array = new Uint8Array(BLOCK);
  #start = 0;
  #used = 0;
  /** Bytes that {@link take} would give. */
  pending = 0;

  byte(value: number): void {
    if (this.#used === BLOCK) this.#nextBlock();
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
    if (bytes.length > GATHERED) {
      this.#closePiece();
      this.#pieces.push(bytes);
    } else {
      if (this.#used + bytes.length > BLOCK) this.#nextBlock();
      this.#block.set(bytes, this.#used);
      this.#used += bytes.length;
    }
    this.pending += bytes.length;
  }

  /** What was written since the last time, in order. */
  take(): Uint8Array[] {
    this.#closePiece();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.pending = 0;
    return pieces;
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

  #nextBlock(): void {
    this.#closePiece();
    this.#block = new Uint8Array(BLOCK);
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
