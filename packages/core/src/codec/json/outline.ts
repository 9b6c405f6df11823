import {
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

/** Sizes in bytes by which a document is divided. */
export interface JsonSizes {
  /** Pieces in which it is gone through. */
  readonly piece: number;
  /** Smaller lists and objects are read as a whole when something of them is wanted. */
  readonly large: number;
  /** Items of a large list are found by blocks of about this size. */
  readonly block: number;
}

export const SIZES: JsonSizes = { piece: 1 << 20, large: 1 << 16, block: 1 << 11 };
/** Members of the largest object: a `Map` holds no more. */
const MOST_MEMBERS = 2 ** 24 - 1;

/** Where the contents of a large list or object are in a document. */
export type JsonOutline = ListOutline | ObjectOutline;

export interface ListOutline {
  readonly kind: "list";
  readonly length: number;
  /** The first byte of each block of items, and behind them the closing bracket. */
  readonly starts: Float64Array;
  /** The number of the first item of each block, and behind them how many there are. */
  readonly firsts: Float64Array;
  /** Items that are large themselves, each in a block of its own. */
  readonly inside: ReadonlyMap<number, JsonOutline>;
}

export interface ObjectOutline {
  readonly kind: "object";
  /** Of a key that comes twice the place of the first, and the value of the last. */
  readonly members: ReadonlyMap<string, JsonMember>;
}

export interface JsonMember {
  readonly start: number;
  readonly stop: number;
  /** Of a value that is large itself. */
  readonly inside: JsonOutline | undefined;
}

/** A list or object whose end has not been found yet. Kept for the next on the same level. */
interface Frame {
  isList: boolean;
  start: number;
  /** Items so far, or members. */
  count: number;
  /** Of a list: bounds of blocks. */
  starts: number[];
  firsts: number[];
  /** Of an object: its keys, and from where to where their values are. */
  keys: string[];
  bounds: number[];
  inside: Map<number, JsonOutline> | undefined;
}

type Expected = "value" | "item or end" | "key or end" | "key" | "colon" | "comma or end" | "nothing";

/**
 * Goes through a document once, piece by piece, and notes where the contents of its large lists and objects are: about sixteen
 * bytes for each two thousand. All of its grammar is checked, so that what is read of it later is sound.
 */
export class JsonOutliner {
  readonly #lexer: JsonLexer;
  readonly #sizes: JsonSizes;
  readonly #frames: Frame[] = [];
  #depth = 0;
  #expected: Expected = "value";
  /** Where the value began that was passed over last. */
  #valueStart = 0;
  #outline: JsonOutline | undefined;

  constructor(options: JsonOptions, sizes: JsonSizes = SIZES) {
    this.#lexer = new JsonLexer(options);
    this.#sizes = sizes;
  }

  /**
   * Takes a piece of the document, which begins at its byte `base`, and returns how many of the bytes are done with: the next
   * piece is to begin behind these. Throws `FormatError` as reading all of it would.
   */
  take(bytes: Uint8Array, base: number, isLast: boolean): number {
    const lexer = this.#lexer;
    Object.assign(lexer, { bytes, base, at: 0, isLast });
    if (base === 0 && bytes.length < 3 && !isLast) return 0;
    lexer.skipMark();
    while (this.#step());
    return lexer.at;
  }

  /** The outline of the document; undefined when it is small. */
  get outline(): JsonOutline | undefined {
    return this.#outline;
  }

  /** One token; false when the next is not there yet. */
  #step(): boolean {
    const lexer = this.#lexer;
    const sign = lexer.peek();
    if (sign < 0 && (!lexer.isLast || this.#expected === "nothing")) return false;
    switch (this.#expected) {
      case "nothing":
        throw lexer.error("corrupt", "text after the document");
      case "colon":
        if (sign !== COLON) throw lexer.error("corrupt", "a colon expected");
        lexer.at++;
        this.#expected = "value";
        return true;
      case "comma or end":
        return this.#afterValue(sign);
      case "key or end":
        if (sign === CLOSE_OBJECT) return this.#close();
        return this.#key(sign);
      case "key":
        return this.#key(sign);
      case "item or end":
        if (sign === CLOSE_LIST) return this.#close();
        return this.#value(sign);
      case "value":
        return this.#value(sign);
    }
  }

  #key(sign: number): boolean {
    const lexer = this.#lexer;
    if (sign !== QUOTE) throw lexer.error("corrupt", "a key in quotes expected");
    const start = lexer.at;
    if (!lexer.text()) return false;
    const frame = this.#frames[this.#depth - 1] as Frame;
    if (frame.keys.length >= MOST_MEMBERS) throw lexer.error("limit", `an object of more than ${MOST_MEMBERS} members`);
    frame.keys.push(lexer.characters(start, lexer.at));
    this.#expected = "colon";
    return true;
  }

  #value(sign: number): boolean {
    const lexer = this.#lexer;
    if (this.#depth > DEEPEST) throw lexer.error("limit", `more than ${DEEPEST} levels`);
    const start = lexer.base + lexer.at;
    if (sign === OPEN_LIST || sign === OPEN_OBJECT) {
      this.#open(sign === OPEN_LIST, start);
      return true;
    }
    if (sign < 0) throw lexer.error("corrupt", "a value expected");
    if (sign === QUOTE ? !lexer.text() : lexer.literal() === "more") return false;
    this.#valueStart = start;
    this.#ended(undefined);
    return true;
  }

  #open(isList: boolean, start: number): void {
    this.#lexer.at++;
    let frame = this.#frames[this.#depth];
    if (!frame) {
      frame = { isList, start, count: 0, starts: [], firsts: [], keys: [], bounds: [], inside: undefined };
      this.#frames.push(frame);
    }
    frame.isList = isList;
    frame.start = start;
    frame.count = 0;
    frame.inside = undefined;
    for (const noted of [frame.starts, frame.firsts, frame.keys, frame.bounds]) noted.length = 0;
    this.#depth++;
    this.#expected = isList ? "item or end" : "key or end";
  }

  #afterValue(sign: number): boolean {
    const { isList } = this.#frames[this.#depth - 1] as Frame;
    if (sign === COMMA) {
      this.#lexer.at++;
      this.#expected = isList ? "value" : "key";
      return true;
    }
    if (sign !== (isList ? CLOSE_LIST : CLOSE_OBJECT))
      throw this.#lexer.error("corrupt", `a comma or ${isList ? "]" : "}"} expected`);
    return this.#close();
  }

  #close(): boolean {
    const lexer = this.#lexer;
    const frame = this.#frames[this.#depth - 1] as Frame;
    const end = lexer.base + lexer.at;
    lexer.at++;
    this.#depth--;
    this.#valueStart = frame.start;
    this.#ended(
      end - frame.start < this.#sizes.large ? undefined : frame.isList ? listOutline(frame, end) : objectOutline(frame),
    );
    return true;
  }

  /** Notes the value that was passed over in the list or object around it. */
  #ended(outline: JsonOutline | undefined): void {
    if (this.#depth === 0) {
      this.#outline = outline;
      this.#expected = "nothing";
      return;
    }
    this.#expected = "comma or end";
    const frame = this.#frames[this.#depth - 1] as Frame;
    const start = this.#valueStart;
    if (frame.isList) {
      const { starts, firsts, count } = frame;
      const begun = starts[starts.length - 1];
      const alone = outline !== undefined || frame.inside?.has(count - 1) === true;
      if (begun === undefined || alone || start - begun >= this.#sizes.block) {
        starts.push(start);
        firsts.push(count);
      }
    } else frame.bounds.push(start, this.#lexer.base + this.#lexer.at);
    if (outline) {
      frame.inside ??= new Map();
      frame.inside.set(frame.count, outline);
    }
    frame.count++;
  }
}

function listOutline({ count, starts, firsts, inside }: Frame, end: number): ListOutline {
  return {
    kind: "list",
    length: count,
    starts: Float64Array.from([...starts, end]),
    firsts: Float64Array.from([...firsts, count]),
    inside: inside ?? new Map(),
  };
}

function objectOutline({ keys, bounds, inside }: Frame): ObjectOutline {
  const members = new Map<string, JsonMember>();
  for (const [index, key] of keys.entries())
    members.set(key, {
      start: bounds[2 * index] as number,
      stop: bounds[2 * index + 1] as number,
      inside: inside?.get(index),
    });
  return { kind: "object", members };
}
