import { FormatError } from "../../errors.js";

/** Reads little-endian values one behind the other. Throws `FormatError` `truncated` where the bytes end. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Offset of `bytes` in the file, for messages. */
  readonly #base: number;
  /** What the bytes are, for messages. */
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string, base = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    this.#what = what;
  }

  /** Position in the file. */
  get offset(): number {
    return this.#base + this.#at;
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  /** A view of the next bytes. */
  bytes(count: number): Uint8Array {
    const start = this.#step(count);
    return this.#bytes.subarray(start, start + count);
  }

  /** UTF-8 text up to a zero byte, empty where that comes at once. `what` is what messages call it. */
  name(what: string): string {
    const start = this.#at;
    const end = this.#bytes.subarray(start, start + MAX_NAME + 1).indexOf(0);
    const corrupt = (reason: string, cause?: unknown): FormatError =>
      new FormatError("corrupt", `${what} ${reason}`, { offset: this.#base + start, cause });
    if (end < 0) {
      if (this.left > MAX_NAME) throw corrupt(`has more than ${MAX_NAME} bytes`);
      throw this.#ends(this.#bytes.byteLength + 1);
    }
    this.#at = start + end + 1;
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        this.#bytes.subarray(start, start + end),
      );
    } catch (cause) {
      throw corrupt("is no UTF-8 text", cause);
    }
  }

  #step(count: number): number {
    const start = this.#at;
    if (start + count > this.#bytes.byteLength) throw this.#ends(start + count);
    this.#at = start + count;
    return start;
  }

  #ends(needed: number): FormatError {
    const end = this.#bytes.byteLength;
    const reason = `the ${this.#what} ends early, ${needed - end} more bytes were to be read`;
    return new FormatError("truncated", reason, { offset: this.#base + end });
  }
}

/** The longest name that the format has. */
const MAX_NAME = 255;
