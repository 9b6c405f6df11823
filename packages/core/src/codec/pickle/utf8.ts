/** Strings up to this length are looked up among those seen before: keys repeat in every record. */
const SHORT = 32;
const CACHE_SIZE = 512;
/** Beyond this length the platform's decoder is faster than building strings from character codes. */
const BUILT = 128;

/** Where text stops being UTF-8; `at` is an index in the bytes given. */
export class Utf8Error {
  readonly at: number;
  constructor(at: number) {
    this.at = at;
  }
}

/** Decodes UTF-8 as Python's `surrogatepass` does. Remembers short strings, so equal keys are one string. */
export class TextReader {
  readonly #cache: (string | undefined)[] = [];
  /** Arrays of each length, reused as arguments of `fromCharCode`. */
  readonly #codes: number[][] = [];
  #decoder: TextDecoder | undefined;

  /** The text of bytes `start` to `end`. Throws {@link Utf8Error}. */
  read(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > BUILT) return this.#long(bytes, start, end);
    if (length === 0) return "";
    let hash = length;
    let high = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      high |= byte;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (high >= 0x80) return decodeUtf8(bytes, start, end);
    if (length > SHORT) return this.#build(bytes, start, length);
    const slot = (hash ^ (hash >>> 15)) & (CACHE_SIZE - 1);
    const known = this.#cache[slot];
    if (known !== undefined && equals(known, bytes, start, length)) return known;
    const text = this.#build(bytes, start, length);
    this.#cache[slot] = text;
    return text;
  }

  /** One character a byte. */
  readLatin1(bytes: Uint8Array): string {
    return bytes.length > 0 && bytes.length <= BUILT ? this.#build(bytes, 0, bytes.length) : latin1Text(bytes);
  }

  #build(bytes: Uint8Array, start: number, length: number): string {
    this.#codes[length] ??= new Array<number>(length).fill(0);
    const codes = this.#codes[length];
    for (let i = 0; i < length; i++) codes[i] = bytes[start + i] as number;
    return String.fromCharCode.apply(null, codes);
  }

  #long(bytes: Uint8Array, start: number, end: number): string {
    this.#decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    try {
      return this.#decoder.decode(bytes.subarray(start, end));
    } catch {
      // Lone surrogates, or not UTF-8: the slow way tells, and finds the place.
      return decodeUtf8(bytes, start, end);
    }
  }
}

function equals(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

/** Decodes UTF-8, surrogates included, code point by code point. Throws {@link Utf8Error}. */
function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let units: number[] = [];
  for (let i = start; i < end; ) {
    const lead = bytes[i] as number;
    const size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    let point = size === 1 ? lead : lead & (0x7f >> size);
    let sound = size === 1 || (lead >= 0xc2 && lead <= 0xf4 && i + size <= end);
    for (let k = 1; sound && k < size; k++) {
      const tail = bytes[i + k] as number;
      sound = (tail & 0xc0) === 0x80;
      point = (point << 6) | (tail & 0x3f);
    }
    if (!sound || point > 0x10ffff || (size === 3 && point < 0x800) || (size === 4 && point < 0x10000))
      throw new Utf8Error(i);
    if (point < 0x10000) units.push(point);
    else units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
    i += size;
    if (units.length > 4000) {
      text += String.fromCharCode.apply(null, units);
      units = [];
    }
  }
  return text + String.fromCharCode.apply(null, units);
}

/** One character a byte. */
export function latin1Text(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    text += String.fromCharCode.apply(null, bytes.subarray(i, i + 4096) as unknown as number[]);
  }
  return text;
}

/** The bytes of text in Latin-1; undefined when a character has no place in it. */
export function latin1Bytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0xff) return undefined;
    bytes[i] = unit;
  }
  return bytes;
}

/** UTF-8 with lone surrogates passed through, as Python stores text. */
export function encodeUtf8(text: string): Uint8Array {
  return LONE_SURROGATE.test(text) ? encodeUnits(text) : encoder.encode(text);
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const encoder = new TextEncoder();

function encodeUnits(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    if (point >= 0xd800 && point < 0xe000) {
      bytes[at++] = 0xed;
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
    } else at += encoder.encodeInto(character, bytes.subarray(at)).written;
  }
  return bytes.subarray(0, at);
}
