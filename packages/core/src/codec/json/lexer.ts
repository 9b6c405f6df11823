import { FormatError } from "../../errors.js";

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;

/** Levels of a document that are understood. */
export const DEEPEST = 1000;
/** Digits of the longest int: Python's limit, beyond which making a number of them takes for ever. */
const MOST_DIGITS = 4300;

export interface JsonOptions {
  /** What becomes of NaN, Infinity and -Infinity, which Python writes and the standard does not have. Default: `read`. */
  readonly nonFinite?: "read" | "refuse" | undefined;
}

/** What a token is. `more`: it may go on behind the bytes that are there. */
export type Token = "number" | "true" | "false" | "null" | "NaN" | "Infinity" | "-Infinity" | "more";

const WORDS = (["true", "false", "null", "NaN", "Infinity", "-Infinity"] as const).map((word) => ({
  word,
  bytes: new TextEncoder().encode(word),
}));

/** Finds the tokens of a JSON document in bytes, which may be a piece of it. */
export class JsonLexer {
  bytes: Uint8Array = new Uint8Array(0);
  /** The byte that is looked at next. */
  at = 0;
  /** Where in the document the bytes begin. */
  base = 0;
  /** Whether the document ends with these bytes. */
  isLast = true;
  /** Of the last text: whether its bytes are its characters. */
  isPlain = true;
  /** Of the last number: digits before the point, and whether there is a point or an exponent. */
  digits = 0;
  isWhole = true;
  readonly #refusesNonFinite: boolean;

  constructor({ nonFinite }: JsonOptions) {
    this.#refusesNonFinite = nonFinite === "refuse";
  }

  /** The byte behind spaces; -1 at the end of the bytes. */
  peek(): number {
    const { bytes } = this;
    let at = this.at;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    }
    this.at = at;
    return at < bytes.length ? (bytes[at] as number) : -1;
  }

  /** Passes over a byte order mark at the beginning. */
  skipMark(): void {
    const [first, second, third] = this.bytes;
    if (this.base === 0 && first === 0xef && second === 0xbb && third === 0xbf) this.at = 3;
  }

  /** Passes over a text, which begins here; false, without a step, when its end is not there yet. */
  text(): boolean {
    const { bytes } = this;
    const end = bytes.length;
    let at = this.at + 1;
    let [isPlain, isAscii] = [true, true];
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) break;
      if (byte < 0x20) throw this.error("corrupt", BAD_TEXT);
      if (byte > 0x7f) isAscii = false;
      if (byte !== BACKSLASH) continue;
      isPlain = false;
      const length = this.#escape(at);
      if (length === 0) break;
      at += length - 1;
    }
    if (at >= end || bytes[at] !== QUOTE) {
      if (this.isLast) throw this.error("corrupt", BAD_TEXT);
      return false;
    }
    if (!isAscii) this.#decoded(this.at + 1, at);
    this.isPlain = isPlain && isAscii;
    this.at = at + 1;
    return true;
  }

  /** How many bytes an escape has; 0 when they are not all there. */
  #escape(at: number): number {
    const { bytes } = this;
    const letter = bytes[at + 1];
    if (letter === undefined) return 0;
    if (letter !== 0x75) {
      if (ESCAPES.has(letter)) return 2;
      throw this.error("corrupt", BAD_TEXT);
    }
    for (let digit = at + 2; digit < at + 6; digit++) {
      const byte = bytes[digit];
      if (byte === undefined) return 0;
      if (!isHex(byte)) throw this.error("corrupt", BAD_TEXT);
    }
    return 6;
  }

  /** The characters of the text whose bytes, with its quotes, are from `start` to `stop`. */
  characters(start: number, stop: number): string {
    if (this.isPlain) return asciiOf(this.bytes, start + 1, stop - 1);
    const text = this.#decoded(start, stop);
    return text.includes("\\") ? (JSON.parse(text) as string) : text.slice(1, -1);
  }

  #decoded(start: number, stop: number): string {
    try {
      return UTF8.decode(this.bytes.subarray(start, stop));
    } catch (cause) {
      const [offset, length] = [this.base + start, stop - start];
      if (cause instanceof TypeError) throw new FormatError("corrupt", "the document is not UTF-8", { offset, cause });
      // Engines hold no longer texts.
      throw new FormatError("limit", `a text of ${length} bytes is too long`, { offset, cause });
    }
  }

  /** Passes over a number or a word, which begins here; `more`, without a step, when it may go on. */
  literal(): Token {
    const first = this.bytes[this.at] as number;
    if (isDigit(first) || (first === MINUS && this.bytes[this.at + 1] !== 0x49)) return this.#number();
    for (const { word, bytes } of WORDS) {
      if (bytes[0] !== first) continue;
      const length = this.#common(bytes);
      if (length < bytes.length) {
        if (!this.isLast && this.at + length === this.bytes.length) return "more";
        continue;
      }
      if (this.#refusesNonFinite && NON_FINITE.has(word)) throw this.error("corrupt", `${word} is no number`);
      this.at += bytes.length;
      return word;
    }
    throw this.error("corrupt", "a value expected");
  }

  #common(word: Uint8Array): number {
    let length = 0;
    while (length < word.length && this.bytes[this.at + length] === word[length]) length++;
    return length;
  }

  #number(): Token {
    const { bytes } = this;
    let at = this.at;
    if (bytes[at] === MINUS) at++;
    const whole = at;
    at = bytes[at] === 0x30 ? at + 1 : this.#digitsFrom(at);
    this.digits = at - whole;
    this.isWhole = true;
    if (bytes[at] === POINT && (this.isLast || at + 1 < bytes.length)) {
      const stop = this.#digitsFrom(at + 1);
      if (stop > at + 1) [at, this.isWhole] = [stop, false];
    }
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      const signed = bytes[at + 1] === MINUS || bytes[at + 1] === PLUS ? at + 2 : at + 1;
      const stop = this.#digitsFrom(signed);
      if (stop > signed) [at, this.isWhole] = [stop, false];
    }
    if (!this.isLast && at + 3 > bytes.length) return "more";
    if (this.digits === 0) throw this.error("corrupt", "a value expected");
    if (this.isWhole && this.digits > MOST_DIGITS)
      throw this.error("limit", `a whole number of ${this.digits} digits, more than ${MOST_DIGITS}`);
    this.at = at;
    return "number";
  }

  #digitsFrom(start: number): number {
    let at = start;
    while (isDigit(this.bytes[at] as number)) at++;
    return at;
  }

  /** Passes over a value, which begins here and whose grammar has been checked before: only texts and brackets are told apart. */
  skip(): void {
    const { bytes } = this;
    let depth = 0;
    do {
      const sign = this.peek();
      if (sign === QUOTE) this.text();
      else if (sign === OPEN_LIST || sign === OPEN_OBJECT) {
        depth++;
        this.at++;
      } else if (sign === CLOSE_LIST || sign === CLOSE_OBJECT) {
        depth--;
        this.at++;
      } else if (sign < 0) throw this.error("corrupt", "a value expected");
      else {
        // Numbers and words, of those inside of something with what is between them.
        let { at } = this;
        do at++;
        while (at < bytes.length && ENDS[bytes[at] as number] === 0 && (depth > 0 || bytes[at] !== COMMA));
        this.at = at;
      }
    } while (depth > 0);
  }

  /** An error here: `truncated` where the document ends. */
  error(code: "corrupt" | "limit", reason: string): FormatError {
    const offset = this.base + this.at;
    if (code === "corrupt" && this.isLast && this.at >= this.bytes.length)
      return new FormatError("truncated", `the document ends: ${reason}`, { offset });
    return new FormatError(code, reason, { offset });
  }
}

/** Where what is neither text nor bracket ends. */
const ENDS = new Uint8Array(256);
for (const sign of [QUOTE, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT]) ENDS[sign] = 1;
const BAD_TEXT = "a text without an end, or with characters that JSON does not allow";
const ESCAPES: ReadonlySet<number> = new Set(Array.from('"\\/bfnrt', (letter) => letter.charCodeAt(0)));
const NON_FINITE: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Longer texts are made by the platform: then calling it takes less time than joining characters. */
const SHORT = 24;

/** The text that ASCII bytes are. */
export function asciiOf(bytes: Uint8Array, start: number, stop: number): string {
  if (stop - start > SHORT) return UTF8.decode(bytes.subarray(start, stop));
  let text = "";
  for (let at = start; at < stop; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
