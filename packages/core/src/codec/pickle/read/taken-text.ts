import { Op } from "../opcodes.js";
import type { Machine } from "./machine.js";
import { type Encoding, Global, TakenArguments, TakenText } from "./slots.js";

/** Shorter text is read as text: that costs less than looking ahead. */
export const TAKEN_FROM = 32;
/** More than the opcodes of a call take, with memo indices of any size. */
const TAIL_BYTES = 96;
const MEMOIZE = -1;

/** What follows text in `_codecs.encode(text, "latin1")`. */
export interface Tail {
  readonly length: number;
  readonly codec: string;
  /** Memo indices under which the text, the codec and the arguments are stored; -1 for the next one. */
  readonly textAt: number | undefined;
  readonly codecAt: number | undefined;
  readonly argumentsAt: number | undefined;
}

/** Whether the text that comes next is the first argument of `_codecs.encode`. */
export function isEncodeArgument(m: Machine): boolean {
  const callee = m.top > m.fence ? m.peek(0) : m.belowMark();
  return callee instanceof Global && callee.kind === "encode";
}

/**
 * Protocols 0 to 2 store bytes as a call of `_codecs.encode`. When the `length` bytes of text at the input's position,
 * and `skip` bytes, are followed by the rest of such a call, this does all of it without making a string, and gives true.
 */
export function takeEncoded(m: Machine, length: number, skip: number, encoding: Encoding): boolean {
  const { input } = m;
  if (length + skip > input.left) return false;
  const marked = m.top === m.fence;
  const at = input.offset + length + skip;
  const { bytes, pos, end } = input.ahead(at, TAIL_BYTES, length <= m.payloads.near);
  const tail = readTail(m, bytes, pos, end, marked);
  if (!tail) return false;
  const blob = m.payloads.takeText(input, length, encoding);
  input.pos += skip + tail.length;
  const text = new TakenText(blob);
  store(m, tail.textAt, text);
  store(m, tail.codecAt, tail.codec);
  store(m, tail.argumentsAt, new TakenArguments(text));
  if (marked) m.dropMarked();
  m.replace(1, blob);
  return true;
}

function store(m: Machine, index: number | undefined, slot: TakenText | TakenArguments | string): void {
  if (index === MEMOIZE) m.memoize(slot);
  else if (index !== undefined) m.put(index, slot);
}

/**
 * The rest of the call after its text, from `pos` to at most `end`; undefined when something else follows. `marked` tells
 * how the arguments become a tuple.
 */
export function readTail(m: Machine, bytes: Uint8Array, pos: number, end: number, marked: boolean): Tail | undefined {
  return new TailReader(m, bytes, pos, end).read(marked);
}

class TailReader {
  readonly #m: Machine;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #pos: number;

  constructor(m: Machine, bytes: Uint8Array, pos: number, end: number) {
    this.#m = m;
    this.#bytes = bytes;
    this.#start = pos;
    this.#pos = pos;
    this.#end = end;
  }

  read(marked: boolean): Tail | undefined {
    const textAt = this.#put();
    const known = this.#get();
    const codec = known ?? this.#text();
    if (codec !== "latin1" && codec !== "latin-1") return undefined;
    const codecAt = known === undefined ? this.#put() : undefined;
    if (this.#next() !== (marked ? Op.TUPLE : Op.TUPLE2)) return undefined;
    const argumentsAt = this.#put();
    if (this.#next() !== Op.REDUCE) return undefined;
    return { length: this.#pos - this.#start, codec, textAt, codecAt, argumentsAt };
  }

  #next(): number | undefined {
    return this.#pos < this.#end ? this.#bytes[this.#pos++] : undefined;
  }

  /** The memo index of a storing opcode, if there is one. */
  #put(): number | undefined {
    const op = this.#bytes[this.#pos];
    if (op === Op.MEMOIZE) {
      this.#pos++;
      return MEMOIZE;
    }
    return this.#index(Op.BINPUT, Op.LONG_BINPUT, Op.PUT);
  }

  /** The codec's name when an opcode takes it from the memo. */
  #get(): string | undefined {
    const index = this.#index(Op.BINGET, Op.LONG_BINGET, Op.GET);
    const slot = index === undefined ? undefined : this.#m.memoized(index);
    return typeof slot === "string" ? slot : undefined;
  }

  #index(short: number, long: number, text: number): number | undefined {
    const op = this.#bytes[this.#pos];
    if (op === short) {
      this.#pos += 2;
      return this.#bytes[this.#pos - 1];
    }
    if (op === long) {
      this.#pos += 5;
      return this.#u32(this.#pos - 4);
    }
    return op === text ? this.#decimal() : undefined;
  }

  #decimal(): number | undefined {
    const line = this.#line();
    return line !== undefined && /^\d{1,10}$/.test(line) ? Number(line) : undefined;
  }

  /** The rest of the line after the opcode. */
  #line(): string | undefined {
    const end = this.#bytes.indexOf(0x0a, this.#pos);
    if (end < 0 || end >= this.#end) return undefined;
    const line = String.fromCharCode(...this.#bytes.subarray(this.#pos + 1, Math.min(end, this.#pos + 32)));
    this.#pos = end + 1;
    return line;
  }

  #text(): string | undefined {
    const op = this.#bytes[this.#pos];
    if (op === Op.UNICODE) return this.#line();
    const sized = op === Op.BINUNICODE;
    if (!sized && op !== Op.SHORT_BINUNICODE && op !== Op.SHORT_BINSTRING) return undefined;
    const length = sized ? this.#u32(this.#pos + 1) : (this.#bytes[this.#pos + 1] as number);
    const start = this.#pos + (sized ? 5 : 2);
    this.#pos = start + length;
    return length <= 8 ? String.fromCharCode(...this.#bytes.subarray(start, start + length)) : undefined;
  }

  #u32(at: number): number {
    const bytes = this.#bytes;
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    return (low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;
  }
}
