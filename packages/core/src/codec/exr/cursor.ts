import { FormatError } from "../../errors.js";
import { ByteCursor } from "../../source/cursor.js";

/** Reads little-endian values one behind the other. Throws `FormatError` `truncated` where the bytes end. */
export class Cursor extends ByteCursor {
  /** Offset of `bytes` in the file, for messages. */
  readonly #base: number;
  /** What the bytes are, for messages. */
  readonly #what: string;

  constructor(bytes: Uint8Array, what: string, base = 0) {
    super(bytes);
    this.#base = base;
    this.#what = what;
  }

  /** Position in the file. */
  get offset(): number {
    return this.#base + this.position;
  }

  /** UTF-8 text up to a zero byte, empty where that comes at once. `what` is what messages call it. */
  name(what: string): string {
    const start = this.position;
    const end = this.bytes.subarray(start, start + MAX_NAME + 1).indexOf(0);
    const corrupt = (reason: string, cause?: unknown): FormatError =>
      new FormatError("corrupt", `${what} ${reason}`, { offset: this.#base + start, cause });
    if (end < 0) {
      if (this.left > MAX_NAME) throw corrupt(`has more than ${MAX_NAME} bytes`);
      throw this.pastEnd(this.bytes.byteLength + 1);
    }
    this.position = start + end + 1;
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.bytes.subarray(start, start + end));
    } catch (cause) {
      throw corrupt("is no UTF-8 text", cause);
    }
  }

  protected override pastEnd(needed: number): FormatError {
    const end = this.bytes.byteLength;
    const reason = `the ${this.#what} ends early, ${needed - end} more bytes were to be read`;
    return new FormatError("truncated", reason, { offset: this.#base + end });
  }
}

/** The longest name that the format has. */
const MAX_NAME = 255;
