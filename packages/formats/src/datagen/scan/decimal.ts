const POINT = 46;
const MINUS = 45;
const PLUS = 43;
const ZERO = 48;
const NINE = 57;
const UPPER_E = 69;
const LOWER_E = 101;

/** Powers of ten that a float64 holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Up to these, one more digit, or four, leave a whole number that a float64 holds exactly. */
const MOST_FOR_ONE = 900_719_925_474_098;
const MOST_FOR_FOUR = 900_719_925_473;
/** As many further digits as can be put behind such a number. */
const MOST_LOW = 1e8;
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
function quotient(high: number, low: number, lowScale: number, power: number): number {
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

/** Reads the numbers of a JSON text from its bytes, each rounded once as `JSON.parse` does, without making text of them. */
export class DecimalScan {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where the number ended that was read last. */
  end = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The number that begins at `start`; NaN where there is none, or one that is longer than any that people write. */
  read(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let code = bytes[at] as number;
    const isNegative = code === MINUS;
    if (isNegative) code = bytes[++at] as number;
    const whole = at;
    // The first digits that count, and those behind them.
    let high = 0;
    let low = 0;
    let lowScale = 1;
    for (; code >= ZERO && code <= NINE; code = bytes[++at] as number) {
      if (high <= MOST_FOR_ONE) high = high * 10 + (code - ZERO);
      else {
        low = low * 10 + (code - ZERO);
        lowScale *= 10;
      }
    }
    if (at === whole || (bytes[whole] === ZERO && at > whole + 1)) return Number.NaN;
    let decimals = 0;
    if (code === POINT) {
      const first = ++at;
      const view = this.#view;
      for (const last = bytes.length - 4; at <= last && high <= MOST_FOR_FOUR; at += 4) {
        const four = fourDigits(view.getInt32(at, true));
        if (four < 0) break;
        high = high * 10000 + four;
      }
      for (code = bytes[at] as number; code >= ZERO && code <= NINE; code = bytes[++at] as number) {
        if (high <= MOST_FOR_ONE) high = high * 10 + (code - ZERO);
        else {
          low = low * 10 + (code - ZERO);
          lowScale *= 10;
        }
      }
      decimals = at - first;
      if (decimals === 0) return Number.NaN;
    }
    this.end = at;
    if (code === LOWER_E || code === UPPER_E) return this.#another(start, this.#exponentEnd(at + 1));
    if (decimals >= POWERS.length || lowScale > MOST_LOW) return this.#another(start, at);
    const power = POWERS[decimals] as number;
    // Both numbers are exact, so their quotient is rounded once.
    const value = lowScale === 1 ? high / power : quotient(high, low, lowScale, power);
    if (Number.isNaN(value)) return this.#another(start, at);
    return isNegative ? -value : value;
  }

  /** The same by making text of it. */
  #another(start: number, end: number): number {
    this.end = end;
    if (end - start > LONGEST || end < start) return Number.NaN;
    const value = Number(String.fromCharCode(...this.#bytes.subarray(start, end)));
    return Number.isFinite(value) ? value : Number.NaN;
  }

  /** The end of an exponent whose letter is in front; -1 where it is none. */
  #exponentEnd(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let code = bytes[at] as number;
    if (code === PLUS || code === MINUS) code = bytes[++at] as number;
    const power = at;
    while (code >= ZERO && code <= NINE) code = bytes[++at] as number;
    return at === power ? -1 : at;
  }
}

/** The number that four characters are, the first in the lowest byte; -1 where one of them is no digit. */
function fourDigits(characters: number): number {
  const digits = characters ^ 0x30303030;
  if ((((digits + 0x76767676) | digits) & 0x80808080) !== 0) return -1;
  const pairs = (digits & 0x00ff00ff) * 10 + ((digits >>> 8) & 0x00ff00ff);
  return (pairs & 0xffff) * 100 + (pairs >>> 16);
}
