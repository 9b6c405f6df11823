import { float, type Value } from "../../value/value.js";
import {
  asciiOf,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  DEEPEST,
  JsonLexer,
  type JsonOptions,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from "./lexer.js";

import { StoredObject } from "./stored-object.js";

export type { JsonOptions } from "./lexer.js";

/** Where in the document the bytes begin, and how deep they are in it. */
export interface JsonPiece extends JsonOptions {
  readonly offset?: number | undefined;
  readonly depth?: number | undefined;
}

/**
 * The exact value of a JSON document: objects as `Map`s, of a key that comes twice the last value; whole numbers as ints of any
 * size, numbers with a point or an exponent as floats, infinite where they are too large for one, as in Python. Throws
 * `FormatError` `corrupt` or `truncated` with the byte where reading failed, `limit` for more than 1000 levels and for ints
 * of more than 4300 digits.
 */
export function valueOfJson(bytes: Uint8Array, options: JsonPiece = {}): Value {
  const reader = new JsonReader(bytes, options);
  const value = reader.value(options.depth ?? 0);
  reader.end();
  return value;
}

/** Items that follow one another in a list, with commas between them and perhaps behind them. */
export function itemsOfJson(bytes: Uint8Array, options: JsonPiece = {}): Value[] {
  return new JsonReader(bytes, options).items(options.depth ?? 0);
}

/** The same, of objects no more than their keys. */
export function itemsInJson(bytes: Uint8Array, options: JsonPiece = {}): (Value | StoredObject)[] {
  return new JsonReader(bytes, options).storedItems(options);
}

/** A plain recursive-descent reader: JSON.parse loses the order of keys such as "1", and ints beyond 2^53. */
class JsonReader extends JsonLexer {
  constructor(bytes: Uint8Array, options: JsonPiece) {
    super(options);
    this.bytes = bytes;
    this.base = options.offset ?? 0;
    this.skipMark();
  }

  value(depth: number): Value {
    if (depth > DEEPEST) throw this.error("limit", `more than ${DEEPEST} levels`);
    const sign = this.peek();
    if (sign === OPEN_OBJECT) return this.#object(depth);
    if (sign === OPEN_LIST) return this.#list(depth);
    if (sign === QUOTE) return this.#text();
    return this.#literal();
  }

  end(): void {
    if (this.peek() >= 0) throw this.error("corrupt", "text after the document");
  }

  items(depth: number): Value[] {
    const items: Value[] = [];
    while (this.peek() >= 0) {
      items.push(this.value(depth));
      this.#take(COMMA);
    }
    return items;
  }

  storedItems(from: JsonPiece): (Value | StoredObject)[] {
    const items: (Value | StoredObject)[] = [];
    for (let sign = this.peek(); sign >= 0; sign = this.peek()) {
      items.push(sign === OPEN_OBJECT ? this.#stored(from) : this.value(from.depth ?? 0));
      this.#take(COMMA);
    }
    return items;
  }

  #stored(from: JsonPiece): StoredObject {
    const members = new Map<string, number>();
    const bounds: number[] = [];
    this.at++;
    if (this.#take(CLOSE_OBJECT)) return this.#storedObject(members, bounds, from);
    do {
      if (this.peek() !== QUOTE) throw this.error("corrupt", "a key in quotes expected");
      const key = this.#key();
      if (!this.#take(COLON)) throw this.error("corrupt", "a colon expected");
      members.set(key, bounds.length);
      this.peek();
      bounds.push(this.at);
      this.skip();
      bounds.push(this.at);
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_OBJECT)) throw this.error("corrupt", "a comma or } expected");
    return this.#storedObject(members, bounds, from);
  }

  #storedObject(members: ReadonlyMap<string, number>, bounds: readonly number[], from: JsonPiece): StoredObject {
    const { bytes, base } = this;
    return new StoredObject({ bytes, members, bounds }, (start, stop) =>
      valueOfJson(bytes.subarray(start, stop), { ...from, offset: base + start }),
    );
  }

  #object(depth: number): Value {
    const map = new Map<Value, Value>();
    this.at++;
    if (this.#take(CLOSE_OBJECT)) return map;
    do {
      if (this.peek() !== QUOTE) throw this.error("corrupt", "a key in quotes expected");
      const key = this.#key();
      if (!this.#take(COLON)) throw this.error("corrupt", "a colon expected");
      map.set(key, this.value(depth + 1));
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_OBJECT)) throw this.error("corrupt", "a comma or } expected");
    return map;
  }

  #list(depth: number): Value {
    const items: Value[] = [];
    this.at++;
    if (this.#take(CLOSE_LIST)) return items;
    do items.push(this.value(depth + 1));
    while (this.#take(COMMA));
    if (!this.#take(CLOSE_LIST)) throw this.error("corrupt", "a comma or ] expected");
    return items;
  }

  #text(): string {
    const start = this.at;
    this.text();
    return this.characters(start, this.at);
  }

  /** Keys come again and again: those that are known are told by their bytes. */
  #key(): string {
    const start = this.at;
    this.text();
    const length = this.at - start - 2;
    if (!this.isPlain || length === 0 || length > LONGEST_KEY) return this.characters(start, this.at);
    const slot = slotOf(this.bytes, start + 1, length);
    const known = KEYS[slot];
    if (known !== undefined && isSame(known, this.bytes, start + 1, length)) return known;
    const key = asciiOf(this.bytes, start + 1, this.at - 1);
    KEYS[slot] = key;
    return key;
  }

  #literal(): Value {
    const start = this.at;
    const token = this.literal();
    switch (token) {
      case "number":
        return this.#number(start);
      case "true":
      case "false":
        return token === "true";
      case "null":
        return null;
      default:
        return Number(token);
    }
  }

  #number(start: number): Value {
    if (!this.isWhole) return float(fractionOf(this.bytes, start, this.at) ?? Number(this.#ascii(start)));
    if (this.digits > SAFE_DIGITS) {
      const number = Number(this.#ascii(start));
      return Number.isSafeInteger(number) ? number : BigInt(this.#ascii(start));
    }
    let number = 0;
    for (let at = this.at - this.digits; at < this.at; at++) number = number * 10 + (this.bytes[at] as number) - 0x30;
    return this.bytes[start] === MINUS && number !== 0 ? -number : number;
  }

  #ascii(start: number): string {
    return asciiOf(this.bytes, start, this.at);
  }

  #take(sign: number): boolean {
    if (this.peek() !== sign) return false;
    this.at++;
    return true;
  }
}

const MINUS = 0x2d;
const POINT = 0x2e;
/** Numbers of so many digits are exact. */
const SAFE_DIGITS = 15;
const POWERS = Float64Array.from({ length: SAFE_DIGITS + 1 }, (_, power) => 10 ** power);

/**
 * A number with a point and without an exponent, of so few digits that both they and the power of ten are exact: then their quotient
 * is rounded once, as reading the text rounds. Undefined for others.
 */
function fractionOf(bytes: Uint8Array, start: number, stop: number): number | undefined {
  if (stop - start > SAFE_DIGITS + 1) return undefined;
  let [digits, places] = [0, -1];
  for (let at = bytes[start] === MINUS ? start + 1 : start; at < stop; at++) {
    const byte = bytes[at] as number;
    if (byte === POINT) places = 0;
    else if (byte < 0x30 || byte > 0x39) return undefined;
    else {
      digits = digits * 10 + byte - 0x30;
      if (places >= 0) places++;
    }
  }
  const number = digits / (POWERS[Math.max(0, places)] as number);
  return bytes[start] === MINUS ? -number : number;
}

const LONGEST_KEY = 32;
/** Keys of late. They are text that anything may have, so nothing that is read depends on them. */
const KEYS = new Array<string | undefined>(256).fill(undefined);

function slotOf(bytes: Uint8Array, start: number, length: number): number {
  const [first, middle, last] = [bytes[start], bytes[start + (length >> 1)], bytes[start + length - 1]];
  return ((length * 31 + (first as number)) * 31 + (middle as number) * 7 + (last as number)) & 255;
}

function isSame(known: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let at = 0; at < length; at++) if (known.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}
