import { DecimalScan } from "./decimal.js";
import { PointForm, SEEN, standsAt, truthAt } from "./point-form.js";

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
const COMMA = 44;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

class Scanner {
  readonly #bytes: Uint8Array;
  readonly #decimals: DecimalScan;
  readonly #form: PointForm;
  readonly #sets = new Map<string, ScannedSet>();
  #at = 0;
  /** Behind the quote of the key that was read last. */
  #keyEnd = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#decimals = new DecimalScan(bytes);
    this.#form = new PointForm(bytes, this.#decimals);
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
        this.#more(set);
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
    this.#form.begin(this.#keyEnd);
    numbers.push(0, 0, 0, 0, 0);
    for (let member = first; ; member = this.#member()) {
      if (member === WORLD) {
        parts += 1;
        this.#coordinates(numbers, start, IN_WORLD);
      } else if (member === IMAGE) {
        parts += 10;
        this.#coordinates(numbers, start, IN_IMAGE);
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
    if (member === undefined || !standsAt(this.#bytes, this.#at, MEMBERS[member])) return undefined;
    this.#at += MEMBERS[member].length;
    this.#expect(COLON);
    return member;
  }

  /** An object with x, y and, of three, z, in any order. */
  #coordinates(numbers: number[], start: number, { first, count }: Coordinates): void {
    this.#expect(OPEN);
    let seen = 0;
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#expect(COMMA);
      const axis = this.#axis();
      if (axis >= count || seen & (1 << axis)) throw OTHERWISE;
      seen |= 1 << axis;
      this.#expect(COLON);
      this.#skip();
      this.#form.value(first + axis, this.#at);
      const value = this.#decimals.read(this.#at);
      if (Number.isNaN(value)) throw OTHERWISE;
      numbers[start + first + axis] = value;
      this.#at = this.#decimals.end;
      this.#form.behind(this.#at);
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

  /** Whether a point is seen: 1 or 0. */
  #truth(): number {
    this.#skip();
    this.#form.value(SEEN, this.#at);
    const [value, length] = truthAt(this.#bytes, this.#at) ?? otherwise();
    this.#at += length;
    this.#form.behind(this.#at);
    return value;
  }

  /** Takes the points that are laid out like the one before. */
  #more(set: ScannedSet): void {
    const end = this.#at;
    if (this.#take(COMMA) && this.#take(QUOTE)) this.#at = this.#form.follow(set, { end, name: this.#at });
    else this.#at = end;
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
    this.#keyEnd = this.#at;
    if (isKey) this.#expect(COLON);
    return key;
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
/** Where the coordinates stand among the numbers of a point. */
interface Coordinates {
  readonly first: number;
  readonly count: number;
}
const IN_WORLD: Coordinates = { first: 0, count: 3 };
const IN_IMAGE: Coordinates = { first: 3, count: 2 };

type Member = typeof WORLD | typeof IMAGE | typeof VISIBLE;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const MEMBERS: readonly [Uint8Array, Uint8Array, Uint8Array] = [
  bytesOf('"global_3d"'),
  bytesOf('"pixel_2d"'),
  bytesOf('"is_visible"'),
];

function otherwise(): never {
  throw OTHERWISE;
}

function isDigits(key: string): boolean {
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (!(code >= ZERO && code <= NINE)) return false;
  }
  return key.length > 0;
}
