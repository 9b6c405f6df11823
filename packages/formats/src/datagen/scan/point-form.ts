import type { DecimalScan } from "./decimal.js";
import type { ScannedSet } from "./keypoints.js";

const QUOTE = 34;
const ZERO = 48;
const NINE = 57;

/** What a value of a point is, beside x, y, z, row and column: whether it is seen. */
export const SEEN = 5;
const MOST_VALUES = 6;

/**
 * How a point is laid out, so that those behind it, which mostly are laid out alike, are compared with it four bytes at a time
 * instead of being read sign by sign. Nothing is believed: what stands between two values has to be the same bytes.
 */
export class PointForm {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decimals: DecimalScan;
  /** Where what stands in front of each value begins, and its length; last what stands behind all of them. */
  readonly #starts = new Int32Array(MOST_VALUES + 1);
  readonly #lengths = new Int32Array(MOST_VALUES + 1);
  readonly #roles = new Int32Array(MOST_VALUES);
  readonly #values = new Float64Array(MOST_VALUES);
  #count = 0;
  #behind = 0;

  constructor(bytes: Uint8Array, decimals: DecimalScan) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#decimals = decimals;
  }

  /** A point begins behind the quote that ends its name. */
  begin(at: number): void {
    this.#count = 0;
    this.#behind = at;
  }

  /** Its next value begins: its x, y, z, row, column (0 to 4) or {@link SEEN}. */
  value(role: number, at: number): void {
    this.#starts[this.#count] = this.#behind;
    this.#lengths[this.#count] = at - this.#behind;
    this.#roles[this.#count] = role;
    this.#count++;
  }

  /** The value has ended. */
  behind(at: number): void {
    this.#behind = at;
  }

  /**
   * Adds the points that follow one that ended at `end`, and are laid out like it, to a set. The next one's name begins at `name`.
   * Gives the place behind the last.
   */
  follow({ names, numbers, visible }: ScannedSet, { end, name }: { end: number; name: number }): number {
    const values = this.#values;
    this.#starts[this.#count] = this.#behind;
    this.#lengths[this.#count] = end - this.#behind;
    for (let done = end; ; ) {
      if (!this.#isSame(done, end, name - end)) return done;
      const start = done + name - end;
      const nameEnd = this.#digitsEnd(start);
      if (nameEnd === start || this.#bytes[nameEnd] !== QUOTE) return done;
      const pointEnd = this.#point(nameEnd + 1);
      if (pointEnd < 0) return done;
      names.push(nameOf(this.#bytes, start, nameEnd));
      for (let i = 0; i < SEEN; i++) numbers.push(values[i] as number);
      visible.push(values[SEEN] as number);
      done = pointEnd;
    }
  }

  /** Reads the values of the point whose name ends at `start`. Gives its end; -1 where it is laid out in another way. */
  #point(start: number): number {
    this.#values[SEEN] = -1;
    let at = start;
    for (let i = 0; i < this.#count; i++) {
      const length = this.#lengths[i] as number;
      if (!this.#isSame(at, this.#starts[i] as number, length)) return -1;
      at += length;
      const role = this.#roles[i] as number;
      if (role === SEEN) {
        const truth = truthAt(this.#bytes, at);
        if (!truth) return -1;
        this.#values[SEEN] = truth[0];
        at += truth[1];
      } else {
        const value = this.#decimals.read(at);
        if (Number.isNaN(value)) return -1;
        this.#values[role] = value;
        at = this.#decimals.end;
      }
    }
    const length = this.#lengths[this.#count] as number;
    return this.#isSame(at, this.#starts[this.#count] as number, length) ? at + length : -1;
  }

  /** Whether the same bytes stand at two places. */
  #isSame(at: number, from: number, length: number): boolean {
    const view = this.#view;
    if (at + length > view.byteLength) return false;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (view.getInt32(at + i) !== view.getInt32(from + i)) return false;
    for (; i < length; i++) if (view.getInt8(at + i) !== view.getInt8(from + i)) return false;
    return true;
  }

  #digitsEnd(start: number): number {
    let at = start;
    for (let code = this.#bytes[at] as number; code >= ZERO && code <= NINE; ) code = this.#bytes[++at] as number;
    return at;
  }
}

/** Names of up to four digits that were met. They come in every file, and making text takes as long as reading a point. */
const NAMES: (string | undefined)[] = [];
const LONGEST_KNOWN = 4;

function nameOf(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  const place = length > LONGEST_KNOWN ? -1 : placeOf(bytes, start, end);
  const known = NAMES[place];
  if (known !== undefined) return known;
  const name = String.fromCharCode(...bytes.subarray(start, end));
  if (place >= 0) NAMES[place] = name;
  return name;
}

/** The digits as a number behind their count: "07" is 207. */
function placeOf(bytes: Uint8Array, start: number, end: number): number {
  let place = end - start;
  for (let at = start; at < end; at++) place = place * 10 + (bytes[at] as number) - ZERO;
  return place;
}

const TRUTHS: readonly (readonly [word: Uint8Array, truth: readonly [value: number, length: number]])[] = [
  ['"true"', 1] as const,
  ['"false"', 0] as const,
  ["true", 1] as const,
  ["false", 0] as const,
].map(([word, value]) => [new TextEncoder().encode(word), [value, word.length]]);

/** 1 or 0 for a boolean, or the text of one, that stands at a place, and its length. */
export function truthAt(bytes: Uint8Array, at: number): readonly [value: number, length: number] | undefined {
  for (const [word, truth] of TRUTHS) if (standsAt(bytes, at, word)) return truth;
  return undefined;
}

/** Whether a word stands at a place. */
export function standsAt(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}
