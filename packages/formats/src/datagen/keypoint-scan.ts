/** The points of a set as they stand in a file, before they are put in order. */
export interface ScannedSet {
  /** Whether points are called by numbers. */
  readonly isNumbered: boolean;
  readonly names: string[];
  /** x, y, z, row, column of each point. */
  readonly numbers: number[];
  /** 1 for visible, 0 for hidden, -1 where nothing is said. */
  readonly visible: number[];
}

export interface ScannedFile {
  readonly version: string | undefined;
  readonly sets: ReadonlyMap<string, ScannedSet>;
}

/**
 * The points of a file of version 2, read from its bytes without making objects or text of it: more than twice as fast as parsing it and looking
 * for them. Undefined for anything that is not plainly such a file, be it of another form or damaged: then the whole is to be
 * parsed, which says what is the matter.
 */
export function scanKeypoints(bytes: Uint8Array): ScannedFile | undefined {
  try {
    return new Scanner(bytes).file();
  } catch (error) {
    if (error === OTHERWISE) return undefined;
    throw error;
  }
}

/** Thrown where the text is not plainly a file of keypoints. */
const OTHERWISE = new Error("not plainly a file of keypoints");

const DEEPEST = 32;
const QUOTE = 34;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const UPPER_E = 69;
const BACKSLASH = 92;
const LOWER_E = 101;
const OPEN = 123;
const CLOSE = 125;

/** Powers of ten that a float64 holds exactly. */
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Below this, one more digit leaves a whole number that a float64 holds exactly. */
const MOST_HIGH = 1e14;
/** As many further digits as can be put behind it. */
const MOST_LOW = 1e5;
/** Characters of a number that is read another way. */
const LONGEST = 400;

/** Splits a float64 into two of half as many bits. */
const SPLIT = 2 ** 27 + 1;
/** Factors around 1 that are further off than what counting with two float64 may be. */
const LESS = 1 - 2 ** -49;
const MORE = 1 + 2 ** -49;

/**
 * (high * lowScale + low) / power, rounded once, counted with two float64 for each number. NaN where it is so near to the middle
 * between two float64 that this cannot tell which is nearer.
 */
function quotient(high: number, low: number, { lowScale, power }: { lowScale: number; power: number }): number {
  const product = high * lowScale;
  const rest = productError(high, lowScale, product) + low;
  const whole = product + rest;
  const part = rest - (whole - product);
  const first = whole / power;
  const back = first * power;
  const second = (whole - back - productError(first, power, back) + part) / power;
  const less = first + second * LESS;
  return less === first + second * MORE ? less : Number.NaN;
}

/** What is missing of a product that was rounded: exact. */
function productError(a: number, b: number, product: number): number {
  const aScaled = SPLIT * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = SPLIT * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

class Scanner {
  readonly #bytes: Uint8Array;
  readonly #sets = new Map<string, ScannedSet>();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  file(): ScannedFile {
    let version: string | undefined;
    this.#expect(OPEN);
    do {
      const key = this.#key();
      if (key === "version") {
        if (version !== undefined) throw OTHERWISE;
        version = this.#key(false);
      } else this.#node(key, key, 1);
    } while (this.#take(COMMA));
    this.#expect(CLOSE);
    this.#skip();
    if (this.#at < this.#bytes.length) throw OTHERWISE;
    return { version, sets: this.#sets };
  }

  /** A group, a set or a point, behind its key. `top` is the name of the outermost group. */
  #node(path: string, top: string, depth: number): void {
    if (depth > DEEPEST) throw OTHERWISE;
    this.#expect(OPEN);
    const member = this.#member();
    if (member !== undefined) {
      this.#point(this.#set(top, false), path, member);
      return;
    }
    const first = this.#key();
    const isNumbered = isDigits(first);
    const set = isNumbered ? this.#set(path, true) : undefined;
    let key = first;
    for (;;) {
      if (set) {
        if (!isDigits(key)) throw OTHERWISE;
        this.#expect(OPEN);
        this.#point(set, key, this.#member());
      } else if (isDigits(key)) throw OTHERWISE;
      else this.#node(`${path}.${key}`, top, depth + 1);
      if (!this.#take(COMMA)) break;
      key = this.#key();
    }
    this.#expect(CLOSE);
  }

  #set(path: string, isNumbered: boolean): ScannedSet {
    const found = this.#sets.get(path);
    if (found) {
      if (found.isNumbered || isNumbered) throw OTHERWISE;
      return found;
    }
    const set: ScannedSet = { isNumbered, names: [], numbers: [], visible: [] };
    this.#sets.set(path, set);
    return set;
  }

  /** The members of a point from behind its first key on, and its end. */
  #point(set: ScannedSet, name: string, first: Member | undefined): void {
    const { names, numbers, visible } = set;
    const start = numbers.length;
    let seen = -1;
    let parts = 0;
    numbers.push(0, 0, 0, 0, 0);
    for (let member = first; ; member = this.#member()) {
      if (member === WORLD) {
        parts += 1;
        this.#coordinates(numbers, start, 3);
      } else if (member === IMAGE) {
        parts += 10;
        this.#coordinates(numbers, start + 3, 2);
      } else if (member === VISIBLE && seen === -1) seen = this.#truth();
      else throw OTHERWISE;
      if (!this.#take(COMMA)) break;
    }
    this.#expect(CLOSE);
    if (parts !== 11) throw OTHERWISE;
    names.push(name);
    visible.push(seen);
  }

  /** Goes behind a key that points have, and its colon; stays in front of any other. */
  #member(): Member | undefined {
    this.#skip();
    const code = this.#bytes[this.#at + 1];
    const member = code === 103 ? WORLD : code === 112 ? IMAGE : code === 105 ? VISIBLE : undefined;
    if (member === undefined || !this.#takeWord(MEMBERS[member])) return undefined;
    this.#expect(COLON);
    return member;
  }

  /** An object with x, y and, of three, z, in any order. */
  #coordinates(numbers: number[], start: number, count: number): void {
    this.#expect(OPEN);
    let seen = 0;
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#expect(COMMA);
      const axis = this.#axis();
      if (axis >= count || seen & (1 << axis)) throw OTHERWISE;
      seen |= 1 << axis;
      this.#expect(COLON);
      numbers[start + axis] = this.#number();
    }
    this.#expect(CLOSE);
  }

  /** 0, 1, 2 for the keys x, y, z. */
  #axis(): number {
    this.#expect(QUOTE);
    const axis = (this.#bytes[this.#at] as number) - 120;
    this.#at++;
    if (!(axis >= 0 && axis <= 2) || (this.#bytes[this.#at] as number) !== QUOTE) throw OTHERWISE;
    this.#at++;
    return axis;
  }

  #truth(): number {
    this.#skip();
    for (const [word, value] of TRUTHS) if (this.#takeWord(word)) return value;
    throw OTHERWISE;
  }

  #takeWord(word: Uint8Array): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
    this.#at = start + word.length;
    return true;
  }

  /** Text without escapes, behind which there is a colon unless it is a value. */
  #key(isKey = true): string {
    this.#expect(QUOTE);
    const bytes = this.#bytes;
    let key = "";
    let code = bytes[this.#at] as number;
    while (code !== QUOTE) {
      // Also at the end, where there is none.
      if (!(code >= 32 && code < 127) || code === BACKSLASH) throw OTHERWISE;
      key += String.fromCharCode(code);
      code = bytes[++this.#at] as number;
    }
    this.#at++;
    if (isKey) this.#expect(COLON);
    return key;
  }

  #number(): number {
    this.#skip();
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let code = bytes[at] as number;
    const isNegative = code === MINUS;
    if (isNegative) code = bytes[++at] as number;
    const whole = at;
    // The first digits that count, and those behind them.
    let high = 0;
    let low = 0;
    let lowScale = 1;
    let fraction = 0;
    for (; ; code = bytes[++at] as number) {
      if (code >= ZERO && code <= NINE) {
        if (high < MOST_HIGH) high = high * 10 + (code - ZERO);
        else {
          low = low * 10 + (code - ZERO);
          lowScale *= 10;
        }
      } else if (code === POINT && fraction === 0 && at > whole) fraction = at + 1;
      else break;
    }
    const end = fraction === 0 ? at : fraction - 1;
    if (end === whole || at === fraction || (bytes[whole] === ZERO && end > whole + 1)) throw OTHERWISE;
    const decimals = fraction === 0 ? 0 : at - fraction;
    const isPlain = code !== LOWER_E && code !== UPPER_E;
    if (!isPlain) at = this.#exponentEnd(at + 1);
    this.#at = at;
    if (isPlain && decimals < POWERS.length && lowScale <= MOST_LOW) {
      const power = POWERS[decimals] as number;
      // Both numbers are exact, so their quotient is rounded once.
      const value = lowScale === 1 ? high / power : quotient(high, low, { lowScale, power });
      if (!Number.isNaN(value)) return isNegative ? -value : value;
    }
    // As long as a document may be: no number of a file of keypoints is.
    if (at - start > LONGEST) throw OTHERWISE;
    const value = Number(String.fromCharCode(...bytes.subarray(start, at)));
    if (!Number.isFinite(value)) throw OTHERWISE;
    return value;
  }

  /** The end of an exponent whose letter is in front. */
  #exponentEnd(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let code = bytes[at] as number;
    if (code === PLUS || code === MINUS) code = bytes[++at] as number;
    const power = at;
    while (code >= ZERO && code <= NINE) code = bytes[++at] as number;
    if (at === power) throw OTHERWISE;
    return at;
  }

  #skip(): void {
    const bytes = this.#bytes;
    let code = bytes[this.#at] as number;
    while (code === 32 || code === 10 || code === 13 || code === 9) code = bytes[++this.#at] as number;
  }

  #expect(sign: number): void {
    if (!this.#take(sign)) throw OTHERWISE;
  }

  #take(sign: number): boolean {
    let code = this.#bytes[this.#at] as number;
    if (code <= 32) {
      this.#skip();
      code = this.#bytes[this.#at] as number;
    }
    if (code !== sign) return false;
    this.#at++;
    return true;
  }
}

const WORLD = 0;
const IMAGE = 1;
const VISIBLE = 2;
type Member = typeof WORLD | typeof IMAGE | typeof VISIBLE;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const MEMBERS: readonly [Uint8Array, Uint8Array, Uint8Array] = [
  bytesOf('"global_3d"'),
  bytesOf('"pixel_2d"'),
  bytesOf('"is_visible"'),
];

const TRUTHS: readonly (readonly [Uint8Array, number])[] = [
  [bytesOf('"true"'), 1],
  [bytesOf('"false"'), 0],
  [bytesOf("true"), 1],
  [bytesOf("false"), 0],
];

function isDigits(key: string): boolean {
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (!(code >= ZERO && code <= NINE)) return false;
  }
  return key.length > 0;
}
