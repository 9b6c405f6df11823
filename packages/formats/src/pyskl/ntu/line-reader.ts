import type { FormatErrorCode } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";

const [TAB, LF, VT, FF, CR, SPACE] = [9, 10, 11, 12, 13, 32] as const;
const [PLUS, MINUS, POINT, ZERO, NINE] = [0x2b, 0x2d, 0x2e, 0x30, 0x39] as const;

/** Powers of ten that float64 holds exactly. */
const POWERS: Float64Array = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** No line of numbers comes near; what has no end of line is not gathered any longer. */
export const MAX_LINE: number = 1 << 16;

/**
 * Reads numbers off lines of text, as bytes. Every region that it is given ends with the end of a line, so nothing in here
 * asks whether there are bytes left.
 */
export class LineReader {
  readonly #name: string;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Offset of the region's first byte in the text. */
  #base = 0;
  #lineStart = 0;
  #line = 1;

  constructor(name: string) {
    this.#name = name;
  }

  /** Goes on with `bytes`, whole lines that follow what was read. */
  region(bytes: Uint8Array): void {
    this.#base += this.#bytes.length;
    this.#bytes = bytes;
    this.#at = 0;
    this.#lineStart = 0;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Byte offset in the text of what is read next. */
  get offset(): number {
    return this.#base + this.#at;
  }

  /** Number of the current line, from 1. */
  get line(): number {
    return this.#line;
  }

  /** Whether the line ends where the reader is. */
  get atLineEnd(): boolean {
    return endsLine(this.#bytes[this.#at] as number);
  }

  /** An error about what is at `offset` on `line`, the reader's own place when left out. */
  error(code: FormatErrorCode, reason: string, place: Place = this): FormatError {
    return new FormatError(code, `line ${place.line}: ${reason}`, { path: this.#name, offset: place.offset });
  }

  /** A whole number of digits, with a plus sign at most; undefined where there is anything else. */
  whole(): number | undefined {
    const bytes = this.#bytes;
    let at = this.#skipBlanks();
    if (bytes[at] === PLUS) at++;
    const first = at;
    let value = 0;
    for (let byte = bytes[at] as number; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number)
      value = value * 10 + (byte - ZERO);
    if (at === first || !endsToken(bytes[at] as number) || value > Number.MAX_SAFE_INTEGER) return undefined;
    this.#at = at;
    return value;
  }

  /** The same up to 2^64 - 1, exactly. */
  wide(): bigint | undefined {
    const start = this.#at;
    const value = this.whole();
    if (value !== undefined) return BigInt(value);
    this.#at = start;
    const first = this.#skipBlanks();
    let at = first;
    while (!endsToken(this.#bytes[at] as number)) at++;
    const text = at - first <= 20 ? ascii(this.#bytes, first, at) : "";
    if (!/^\d+$/.test(text)) return undefined;
    const wide = BigInt(text);
    if (wide >= 2n ** 64n) return undefined;
    this.#at = at;
    return wide;
  }

  /**
   * The number that Python's `float` makes of the next token: the nearest float64. Throws `FormatError` `corrupt` for
   * anything that is no number.
   */
  float(): number {
    const bytes = this.#bytes;
    const start = this.#skipBlanks();
    let at = start;
    let byte = bytes[at] as number;
    const negative = byte === MINUS;
    if (negative || byte === PLUS) byte = bytes[++at] as number;
    const first = at;
    let mantissa = 0;
    for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number) mantissa = mantissa * 10 + (byte - ZERO);
    let digits = at - first;
    let exponent = 0;
    if (byte === POINT) {
      const point = at;
      byte = bytes[++at] as number;
      for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number) mantissa = mantissa * 10 + (byte - ZERO);
      exponent = point + 1 - at;
      digits -= exponent;
    }
    if (digits > 0 && (byte | 32) === 0x65) {
      const end = exponentEnd(bytes, at + 1);
      // Without digits, what follows is no end of a number.
      if (end > at + 1) {
        exponent += Number(ascii(bytes, at + 1, end));
        at = end;
        byte = bytes[at] as number;
      }
    }
    if (digits === 0 || !endsToken(byte)) return this.#special(start);
    this.#at = at;
    // Two exact numbers make the nearest one by one division. A mantissa that lost digits is beyond the safe integers.
    if (mantissa <= Number.MAX_SAFE_INTEGER && exponent >= -22 && exponent <= 22) {
      const value = exponent < 0 ? mantissa / (POWERS[-exponent] as number) : mantissa * (POWERS[exponent] as number);
      return negative ? -value : value;
    }
    return Number(ascii(bytes, start, at));
  }

  /** The same for a number that has to be whole. */
  integer(): number {
    const place = { offset: this.offset, line: this.#line };
    const value = this.float();
    if (!Number.isSafeInteger(value)) throw this.error("corrupt", `${value} where a whole number should be`, place);
    return value;
  }

  /** Goes to the next line, whatever is left on this one. */
  skipLine(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    while (!endsLine(bytes[at] as number)) at++;
    this.#at = at;
    this.#nextLine();
  }

  /** Goes to the next line; false when there is more than blanks on this one. */
  endLine(): boolean {
    this.#at = this.#skipBlanks();
    if (!this.atLineEnd) return false;
    this.#nextLine();
    return true;
  }

  #nextLine(): void {
    if (this.#at - this.#lineStart > MAX_LINE) throw this.error("limit", `a line of more than ${MAX_LINE} bytes`);
    const byte = this.#bytes[this.#at++];
    if (byte === CR && this.#bytes[this.#at] === LF) this.#at++;
    this.#lineStart = this.#at;
    this.#line++;
  }

  #skipBlanks(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    while (isBlank(bytes[at] as number)) at++;
    return at;
  }

  /** NaN and infinities, as Python reads them. */
  #special(start: number): number {
    let end = start;
    while (!endsToken(this.#bytes[end] as number)) end++;
    const text = ascii(this.#bytes, start, Math.min(end, start + 40));
    const [, sign, name] = /^([+-]?)(nan|inf|infinity)$/i.exec(text) ?? [];
    if (name === undefined) {
      this.#at = start;
      throw this.error("corrupt", text === "" ? "a number is missing" : `${JSON.stringify(text)} is no number`);
    }
    this.#at = end;
    if (name.toLowerCase() === "nan") return Number.NaN;
    return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
}

/** A place in the text. */
export interface Place {
  readonly offset: number;
  readonly line: number;
}

export function endsLine(byte: number): boolean {
  return byte === LF || byte === CR;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === VT || byte === FF;
}

function endsToken(byte: number): boolean {
  return byte <= SPACE && (isBlank(byte) || endsLine(byte));
}

/** Where the exponent that may be at `at` ends; `at` where there is none. */
function exponentEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  if (bytes[end] === PLUS || bytes[end] === MINUS) end++;
  const first = end;
  while ((bytes[end] as number) >= ZERO && (bytes[end] as number) <= NINE) end++;
  return end === first ? at : end;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}
