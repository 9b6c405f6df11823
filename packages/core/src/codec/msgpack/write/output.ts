import { FormatError } from "../../../errors.js";

const FIRST_BLOCK = 1 << 9;
const MAX_BLOCK = 1 << 20;
/** Longer bytes are not gathered in a block but kept as they are until all are joined. */
const LARGE = 1 << 12;

/** Bytes on their way out, numbers big-endian. */
export class Output {
  readonly #maxBytes: number;
  readonly #pieces: Uint8Array[] = [];
  #block: Uint8Array = new Uint8Array(FIRST_BLOCK);
  #view = new DataView(this.#block.buffer);
  #start = 0;
  #used = 0;
  #length = 0;

  /** Throws `FormatError` `unwritable` when there are more than `maxBytes`. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#block[at] = value;
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value);
  }

  u64(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, value);
  }

  f32(value: number): void {
    const at = this.#room(4);
    this.#view.setFloat32(at, value);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value);
  }

  /** Text of one byte a character. */
  ascii(text: string): void {
    const at = this.#room(text.length);
    for (let i = 0; i < text.length; i++) this.#block[at + i] = text.charCodeAt(i);
  }

  bytes(bytes: Uint8Array): void {
    if (bytes.length > LARGE) {
      this.#count(bytes.length);
      this.#closePiece();
      this.#pieces.push(bytes);
    } else {
      const at = this.#room(bytes.length);
      this.#block.set(bytes, at);
    }
  }

  /** All of it in one piece of its own memory. */
  join(): Uint8Array<ArrayBuffer> {
    this.#closePiece();
    const whole = allocate(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** Takes `length` bytes of the block and gives the index of the first. */
  #room(length: number): number {
    this.#count(length);
    if (this.#used + length > this.#block.length) {
      this.#closePiece();
      this.#block = new Uint8Array(Math.max(length, Math.min(MAX_BLOCK, 4 * this.#block.length)));
      this.#view = new DataView(this.#block.buffer);
      this.#start = 0;
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += length;
    return at;
  }

  #count(length: number): void {
    this.#length += length;
    if (this.#length > this.#maxBytes)
      throw new FormatError("unwritable", `the value takes more than ${this.#maxBytes} bytes`);
  }

  #closePiece(): void {
    if (this.#used > this.#start) this.#pieces.push(this.#block.subarray(this.#start, this.#used));
    this.#start = this.#used;
  }
}

function allocate(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (error) {
    throw new FormatError("unwritable", `${length} bytes do not fit into one block of memory`, { cause: error });
  }
}
