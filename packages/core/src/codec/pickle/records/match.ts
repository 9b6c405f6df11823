import { Op } from "../opcodes.js";
import { Need } from "../read/input.js";
import type { Machine } from "../read/machine.js";
import { Utf8Error } from "../utf8.js";
import { type ArrayPart, type RecordPlan, Step } from "./plan.js";
import { RecordRows } from "./rows.js";

const FAILED = -1;
const FRAME_BYTES = 9;

/**
 * Reads the next record of a stream into a row, if it is as the plan says. Everything is verified that running the
 * opcodes would: what a row holds makes a dict without fail.
 */
export class RecordMatcher {
  readonly #m: Machine;
  #bytes: Uint8Array = new Uint8Array(0);
  #pos = 0;
  #end = 0;
  #rows: RecordRows | undefined;
  /** Index in `places` of the record's first blob. */
  #places = 0;

  constructor(m: Machine) {
    this.#m = m;
  }

  /**
   * Where in the window the record ends whose first opcode was just read, -1 when it is another one. Nothing has changed
   * then. Throws {@link Need} when the window ends before the record.
   */
  match(rows: RecordRows): number {
    const { input } = this.#m;
    this.#bytes = input.bytes;
    this.#pos = input.pos;
    this.#end = input.end;
    this.#rows = rows;
    this.#places = rows.next * rows.plan.blobs.length * 2;
    return this.#follow(rows) && this.#fits(rows) ? this.#pos : FAILED;
  }

  #follow(rows: RecordRows): boolean {
    const { plan, next, numbers, texts } = rows;
    const { steps } = plan;
    const base = rows.memoOf(next);
    for (let i = 0; i < steps.length; i += 3) {
      const argument = steps[i + 1] as number;
      if (this.#pos >= this.#end) return this.#lacks(1);
      if (this.#bytes[this.#pos] === Op.FRAME) this.#pos += FRAME_BYTES;
      let matches = false;
      switch (steps[i]) {
        case Step.literal:
          matches = this.#literal(plan, argument, steps[i + 2] as number);
          break;
        case Step.put:
          matches = this.#index(Op.BINPUT, Op.LONG_BINPUT) && this.#found === base + argument;
          break;
        case Step.local:
          matches = this.#index(Op.BINGET, Op.LONG_BINGET) && this.#found === base + argument;
          break;
        case Step.number:
          matches = this.#number();
          numbers[next * plan.numbers + argument] = this.#found;
          break;
        case Step.float:
          matches = this.#float(rows.floats, next * plan.floats + argument);
          break;
        case Step.text:
          matches = this.#text(texts, next * plan.texts + argument);
          break;
        case Step.knownText:
          matches = this.#knownText(texts, next * plan.texts + argument);
          break;
        case Step.bytes:
          matches = this.#payload(argument);
          break;
        case Step.byteArray:
          matches = this.#byteArray(argument);
          break;
        case Step.encodedText:
          matches = this.#encodedText(argument);
          break;
      }
      if (!matches) return false;
    }
    return true;
  }

  /** What the last step read: a number, an index of the memo, or a length. */
  #found = 0;

  /** Asks for more of the stream, unless the record cannot be had in one window or at all. */
  #lacks(count: number): false {
    const { input, payloads } = this.#m;
    const until = input.base + this.#pos + count;
    if (until <= input.total && until - input.opStart <= payloads.near) throw new Need({ kind: "window", until });
    return false;
  }

  #literal({ literals, opStarts }: RecordPlan, from: number, to: number): boolean {
    const bytes = this.#bytes;
    let pos = this.#pos;
    if (pos + to - from > this.#end) return this.#lacks(to - from);
    for (let i = from; i < to; i++) {
      if (bytes[pos] === literals[i]) pos++;
      else if (bytes[pos] === Op.FRAME && opStarts[i] === 1) {
        pos += FRAME_BYTES;
        if (pos + to - i > this.#end) return this.#lacks(pos + to - i - this.#pos);
        if (bytes[pos++] !== literals[i]) return false;
      } else return false;
    }
    this.#pos = pos;
    return true;
  }

  /** An opcode with an index of the memo. */
  #index(short: number, long: number): boolean {
    if (this.#pos + 5 > this.#end) return this.#lacks(5);
    const op = this.#bytes[this.#pos];
    if (op === long) this.#found = this.#u32(1);
    else if (op === short) this.#found = this.#bytes[this.#pos + 1] as number;
    else return false;
    this.#pos += op === long ? 5 : 2;
    return true;
  }

  #number(): boolean {
    if (this.#pos + 5 > this.#end) return this.#lacks(5);
    const [op, low] = [this.#bytes[this.#pos], this.#bytes[this.#pos + 1] as number];
    if (op === Op.BININT1) {
      this.#found = low;
      this.#pos += 2;
    } else if (op === Op.BININT2) {
      this.#found = low | ((this.#bytes[this.#pos + 2] as number) << 8);
      this.#pos += 3;
    } else if (op === Op.BININT) {
      this.#found = this.#u32(1) | 0;
      this.#pos += 5;
    } else return false;
    return true;
  }

  #float(floats: Float64Array, at: number): boolean {
    if (this.#pos + 9 > this.#end) return this.#lacks(9);
    if (this.#bytes[this.#pos] !== Op.BINFLOAT) return false;
    const { buffer, byteOffset } = this.#bytes;
    floats[at] = new DataView(buffer, byteOffset + this.#pos + 1, 8).getFloat64(0);
    this.#pos += 9;
    return true;
  }

  #text(texts: string[], at: number): boolean {
    if (this.#pos + 5 > this.#end) return this.#lacks(5);
    const op = this.#bytes[this.#pos];
    if (op !== Op.SHORT_BINUNICODE && op !== Op.BINUNICODE) return false;
    const isShort = op === Op.SHORT_BINUNICODE;
    const length = isShort ? (this.#bytes[this.#pos + 1] as number) : this.#u32(1);
    const header = isShort ? 2 : 5;
    if (this.#pos + header + length > this.#end) return this.#lacks(header + length);
    const start = this.#pos + header;
    try {
      texts[at] = this.#m.text.read(this.#bytes, start, start + length);
    } catch (error) {
      // Whoever runs the opcode says it with its place.
      if (error instanceof Utf8Error) return false;
      throw error;
    }
    this.#pos = start + length;
    return true;
  }

  /** Text from the memo. */
  #knownText(texts: string[], at: number): boolean {
    if (!this.#index(Op.BINGET, Op.LONG_BINGET)) return false;
    const slot = this.#m.memoized(this.#found);
    const text = slot instanceof RecordRows ? slot.textAt(this.#found) : slot;
    if (typeof text !== "string") return false;
    texts[at] = text;
    return true;
  }

  #payload(column: number): boolean {
    const op = this.#bytes[this.#pos];
    if (op === Op.SHORT_BINBYTES) {
      if (this.#pos + 2 > this.#end) return this.#lacks(2);
      return this.#place(column, 2, this.#bytes[this.#pos + 1] as number);
    }
    if (op !== Op.BINBYTES) return false;
    if (this.#pos + 5 > this.#end) return this.#lacks(5);
    return this.#place(column, 5, this.#u32(1));
  }

  #byteArray(column: number): boolean {
    if (this.#pos + 9 > this.#end) return this.#lacks(9);
    if (this.#bytes[this.#pos] !== Op.BYTEARRAY8 || this.#u32(5) !== 0) return false;
    return this.#place(column, 9, this.#u32(1));
  }

  #encodedText(column: number): boolean {
    if (this.#pos + 5 > this.#end) return this.#lacks(5);
    if (this.#bytes[this.#pos] !== Op.BINUNICODE) return false;
    return this.#place(column, 5, this.#u32(1));
  }

  #place(column: number, header: number, length: number): boolean {
    if (this.#pos + header + length > this.#end) return this.#lacks(header + length);
    const { places, home } = this.#rows as RecordRows;
    const start = this.#pos + header;
    const at = this.#places + 2 * column;
    places[at] = home ? start : this.#m.input.base + start;
    places[at + 1] = length;
    this.#pos = start + length;
    return true;
  }

  /** Whether all arrays have as many bytes as they need. */
  #fits(rows: RecordRows): boolean {
    for (const array of rows.plan.arrays) {
      const needed = this.needed(rows, array);
      const length = rows.places[this.#places + 2 * array.data.column + 1] as number;
      if (array.data.encoding === "raw" ? length !== needed : length < needed || length > 2 * needed) return false;
    }
    return true;
  }

  /** How many bytes an array needs in the row that was read; -1 for one without elements, or that cannot be. */
  needed({ plan, numbers, next }: RecordRows, { type, sizes }: ArrayPart): number {
    let bytes = type.itemSize;
    for (let axis = 0; axis < sizes.length; axis++) {
      const size = numbers[next * plan.numbers + (sizes[axis] as number)] as number;
      if (size <= 0) return -1;
      bytes *= size;
    }
    return bytes;
  }

  #u32(at: number): number {
    const bytes = this.#bytes;
    const start = this.#pos + at;
    const low = (bytes[start] as number) | ((bytes[start + 1] as number) << 8);
    return (low | ((bytes[start + 2] as number) << 16) | ((bytes[start + 3] as number) << 24)) >>> 0;
  }
}
