import { FormatError, type FormatErrorCode } from "../../../errors.js";
import type { Blob } from "./slots.js";

/**
 * What the parser lacks to go on. It is thrown, though it is no error: the driver fetches it and runs the opcode again,
 * so an opcode must not change anything before it has all its bytes.
 *
 * - `window`: the window must reach from the current opcode to byte `until`
 * - `ahead`: a few bytes at `at`, beyond a payload that is not to be read now
 * - `payload`: the `length` bytes at `at` in memory of their own
 * - `blob`: the bytes of a blob that was left in the file
 */
export type Wanted =
  | { readonly kind: "window"; readonly until: number }
  | { readonly kind: "ahead"; readonly at: number; readonly length: number }
  | { readonly kind: "payload"; readonly at: number; readonly length: number }
  | { readonly kind: "blob"; readonly blob: Blob };

/** What declares more was not cut off: it never was a length. */
const MAX_DECLARED = 2 ** 42;

export class Need {
  readonly wanted: Wanted;
  constructor(wanted: Wanted) {
    this.wanted = wanted;
  }
}

export interface InputOptions {
  readonly path?: string | undefined;
  /** Added to positions in messages: where the stream starts inside what `path` names. */
  readonly baseOffset?: number | undefined;
}

export interface Fetched {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A window over the stream. Positions are indices in `bytes`; `base` turns them into positions in the stream. */
export class Input {
  bytes: Uint8Array = new Uint8Array(0);
  #view: DataView | undefined;
  pos = 0;
  /** Where valid bytes start and end. */
  first = 0;
  end = 0;
  base = 0;
  /** Length of the stream. */
  readonly total: number;
  /** Start of the opcode that is being read, in the stream. */
  opStart = 0;
  /** What a driver fetched for a {@link Need}: bytes ahead of the window, and a whole payload. */
  fetchedAhead: Fetched | undefined;
  fetchedPayload: Fetched | undefined;
  readonly #path: string | undefined;
  readonly #baseOffset: number;

  constructor(total: number, options: InputOptions = {}) {
    this.total = total;
    this.#path = options.path;
    this.#baseOffset = options.baseOffset ?? 0;
  }

  /** Moves the window: `bytes` up to `end` are valid, the first one is byte `base` of the stream. */
  move(bytes: Uint8Array, base: number, end: number, offset: number): void {
    this.bytes = bytes;
    this.base = base;
    this.end = end;
    this.pos = offset - base;
    this.first = this.pos;
    this.#view = undefined;
  }

  /** Position in the stream. */
  get offset(): number {
    return this.base + this.pos;
  }

  /** Bytes of the stream that are still to be read. */
  get left(): number {
    return this.total - this.base - this.pos;
  }

  error(code: FormatErrorCode, reason: string, offset: number = this.opStart, cause?: unknown): FormatError {
    return new FormatError(code, reason, { path: this.#path, offset: this.#baseOffset + offset, cause });
  }

  /** Asks for `count` bytes from the current position on, which the window has not. */
  missing(count: number, what = ""): never {
    const until = this.offset + count;
    if (until <= this.total) throw new Need({ kind: "window", until });
    const declared = what === "" ? "" : `: ${what} declares ${BigInt(count)} bytes, ${this.left} remain`;
    const code = count > MAX_DECLARED ? "limit" : "truncated";
    throw this.error(code, `stream ends at byte ${this.total} before STOP${declared}`, this.total);
  }

  /** Makes sure that the window has the next `count` bytes. */
  require(count: number, what?: string): void {
    if (this.pos + count > this.end) this.missing(count, what);
  }

  u8(): number {
    if (this.pos >= this.end) this.missing(1);
    return this.bytes[this.pos++] as number;
  }

  u16(): number {
    this.require(2);
    const { bytes, pos } = this;
    this.pos = pos + 2;
    return (bytes[pos] as number) | ((bytes[pos + 1] as number) << 8);
  }

  i32(): number {
    this.require(4);
    const { bytes, pos } = this;
    this.pos = pos + 4;
    return (
      (bytes[pos] as number) |
      ((bytes[pos + 1] as number) << 8) |
      ((bytes[pos + 2] as number) << 16) |
      ((bytes[pos + 3] as number) << 24)
    );
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  /** Lengths of 8 bytes; beyond 2^53 the nearest number, which no stream can hold anyway. */
  u64(): number {
    this.require(8);
    const low = this.u32();
    return this.u32() * 4294967296 + low;
  }

  /** Big-endian, as BINFLOAT has it. */
  f64(): number {
    this.require(8);
    this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    const value = this.#view.getFloat64(this.pos);
    this.pos += 8;
    return value;
  }

  /** The bytes up to the next line feed, which is skipped. They belong to the window. */
  line(): Uint8Array {
    const at = this.bytes.indexOf(0x0a, this.pos);
    if (at < 0 || at >= this.end) this.#noLine();
    const line = this.bytes.subarray(this.pos, at);
    this.pos = at + 1;
    return line;
  }

  #noLine(): never {
    if (this.base + this.end < this.total) this.missing(this.end - this.pos + 1);
    throw this.error(
      "truncated",
      `stream ends at byte ${this.total} before STOP: text line without an end`,
      this.total,
    );
  }

  /**
   * Where to find `count` bytes of the stream from position `at` on, fewer at its end: in the window or fetched.
   * `near` says that the window may be stretched up to there.
   */
  ahead(
    at: number,
    count: number,
    near: boolean,
  ): { readonly bytes: Uint8Array; readonly pos: number; readonly end: number } {
    const until = Math.min(at + count, this.total);
    if (until <= this.base + this.end) return { bytes: this.bytes, pos: at - this.base, end: this.end };
    if (near) throw new Need({ kind: "window", until });
    const { fetchedAhead } = this;
    if (fetchedAhead?.at !== at) throw new Need({ kind: "ahead", at, length: until - at });
    return { bytes: fetchedAhead.bytes, pos: 0, end: fetchedAhead.bytes.byteLength };
  }
}
