import type { DType } from "../../../ndarray/dtype.js";
import { DTypeValue } from "../../../value/value.js";
import { wordSize } from "../array-layout.js";
import { Op } from "../opcodes.js";
import { Part } from "./array-parts.js";
import { numericArray } from "./arrays.js";
import { COST } from "./cost.js";
import type { Machine } from "./machine.js";
import { type ArrayLayout, Blob, DTypeShell, type Encoding, Global, type Slot, TupleSlot } from "./slots.js";
import { readTail } from "./taken-text.js";

/**
 * In protocols 2 to 5 twenty to thirty opcodes make an array, always the same but for shape, dtype and bytes, and leave
 * objects behind that nobody needs. So where numpy's function was just fetched from the memo, this reads the whole array
 * at once, which halves the time of a file. When anything is not as numpy writes it, or not in the window, it changes
 * nothing and gives false: then the opcodes run one by one, with the same result.
 */
export function takeArray(m: Machine, kind: "reconstruct" | "frombuffer"): boolean {
  m.arrayReader ??= new ArrayReader();
  const reader = m.arrayReader;
  if (!m.memoIsDense || !reader.read(m, kind)) return false;
  const { input, payloads } = m;
  const { length, encoding, count } = reader;
  input.pos = reader.start;
  const layout = reader.layout(m);
  const blob =
    encoding === "raw"
      ? payloads.take(input, length, "array", wordSize(layout.type))
      : payloads.takeText(input, length, encoding);
  input.pos = reader.end;
  m.charge(COST.array);
  const array = numericArray(m, layout, blob) as Slot;
  if (count > 0) m.arrayParts.note(m.memoSize, reader.parts, count, reader.callee, reader.filler);
  for (let i = 0; i < count; i++) m.memoize(array);
  m.push(array);
  return true;
}

/** Follows the opcodes of an array without running them. Positions are indices in the window. One is used again and again. */
export class ArrayReader {
  #m: Machine | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #pos = 0;
  #base = 0;
  /** How many things are stored in the memo, and which. */
  count = 0;
  readonly parts: number[] = [];
  callee: Slot | undefined = undefined;
  filler: Slot | undefined = undefined;
  readonly #sizes: number[] = [];
  #axes = 0;
  #type: DType | undefined = undefined;
  #fortran = false;
  #swaps = true;
  encoding: Encoding = "raw";
  start = 0;
  length = 0;
  end = 0;

  layout(m: Machine): ArrayLayout {
    return m.layouts.of(this.#type as DType, this.#sizes, this.#axes, this.#fortran ? "F" : "C", this.#swaps);
  }

  read(m: Machine, kind: "reconstruct" | "frombuffer"): boolean {
    this.#m = m;
    this.#bytes = m.input.bytes;
    this.#pos = m.input.pos;
    this.#base = m.memoSize;
    this.count = 0;
    this.#swaps = kind === "reconstruct";
    if (!(this.#swaps ? this.#reconstruct() : this.#fromBuffer())) return false;
    this.end = this.#pos;
    return this.end <= m.input.end;
  }

  /** `GET ndarray, (0,), GET b"b", TUPLE3, REDUCE, MARK, 1, shape, GET dtype, fortran, bytes, TUPLE, BUILD`. */
  #reconstruct(): boolean {
    return (
      this.#call() &&
      this.#is(Op.MARK) &&
      this.#is(Op.BININT1) &&
      this.#is(1) &&
      this.#shape() &&
      this.#dtype() &&
      this.#flag() &&
      this.#data() &&
      this.#is(Op.TUPLE) &&
      this.#put(Part.state) &&
      this.#is(Op.BUILD)
    );
  }

  /** `MARK, bytes, GET dtype, shape, GET order, TUPLE, REDUCE`. */
  #fromBuffer(): boolean {
    return (
      this.#is(Op.MARK) &&
      this.#buffer() &&
      this.#dtype() &&
      this.#shape() &&
      this.#order() &&
      this.#is(Op.TUPLE) &&
      this.#put(Part.bufferArguments) &&
      this.#is(Op.REDUCE) &&
      this.#put(Part.array)
    );
  }

  /** Up to the REDUCE that makes the empty array. */
  #call(): boolean {
    this.callee = this.#fetch();
    if (!this.#isGlobal(this.callee, "ndarray")) return false;
    if (!(this.#is(Op.BININT1) && this.#is(0) && this.#is(Op.TUPLE1) && this.#put(Part.axis))) return false;
    this.filler = this.#fetch();
    if (!(this.filler instanceof Blob)) return false;
    return this.#is(Op.TUPLE3) && this.#put(Part.arguments) && this.#is(Op.REDUCE) && this.#put(Part.array);
  }

  get #machine(): Machine {
    return this.#m as Machine;
  }

  #is(byte: number): boolean {
    return this.#bytes[this.#pos++] === byte;
  }

  #isGlobal(slot: Slot | undefined, kind: string): boolean {
    return slot instanceof Global && slot.kind === kind;
  }

  /** What an opcode gets from the memo; undefined for other opcodes. */
  #fetch(): Slot | undefined {
    const op = this.#bytes[this.#pos];
    if (op === Op.BINGET) {
      this.#pos += 2;
      return this.#stored(this.#bytes[this.#pos - 1] as number);
    }
    if (op !== Op.LONG_BINGET) return undefined;
    this.#pos += 5;
    return this.#stored(this.#u32(this.#pos - 4));
  }

  /** An entry of the memo; something that nothing here wants where there is none. */
  #stored(index: number): Slot {
    return this.#machine.memoized(index) ?? false;
  }

  /** An opcode that stores, if there is one. It must take the next memo index, as Python's pickler does. */
  #put(part: number): boolean {
    const op = this.#bytes[this.#pos];
    const index = this.#base + this.count;
    if (op === Op.MEMOIZE) this.#pos++;
    else if (op === Op.BINPUT) {
      if (this.#bytes[this.#pos + 1] !== index) return false;
      this.#pos += 2;
    } else if (op === Op.LONG_BINPUT) {
      if (this.#u32(this.#pos + 1) !== index) return false;
      this.#pos += 5;
    } else return true;
    this.parts[this.count++] = part;
    return true;
  }

  #shape(): boolean {
    const known = this.#fetch();
    if (known !== undefined) return known instanceof TupleSlot && this.#known(known.items);
    const marked = this.#bytes[this.#pos] === Op.MARK;
    if (marked) this.#pos++;
    this.#axes = 0;
    for (let size = this.#size(); size >= 0; size = this.#size()) this.#sizes[this.#axes++] = size;
    if (marked) return this.#is(Op.TUPLE) && this.#put(Part.shape);
    if (this.#axes === 0) return this.#is(Op.EMPTY_TUPLE);
    return this.#axes <= 3 && this.#is(Op.TUPLE1 + this.#axes - 1) && this.#put(Part.shape);
  }

  /** A shape that was stored before. */
  #known(sizes: readonly Slot[]): boolean {
    this.#axes = 0;
    for (const size of sizes) if (typeof size === "number") this.#sizes[this.#axes++] = size;
    return this.#axes === sizes.length;
  }

  /** The non-negative integer that an opcode pushes, -1 when it pushes none. */
  #size(): number {
    const op = this.#bytes[this.#pos];
    if (op === Op.BININT1) {
      this.#pos += 2;
      return this.#bytes[this.#pos - 1] as number;
    }
    if (op === Op.BININT2) {
      this.#pos += 3;
      return (this.#bytes[this.#pos - 2] as number) | ((this.#bytes[this.#pos - 1] as number) << 8);
    }
    if (op !== Op.BININT || (this.#bytes[this.#pos + 4] as number) >= 0x80) return -1;
    this.#pos += 5;
    return this.#u32(this.#pos - 4);
  }

  #dtype(): boolean {
    const slot = this.#fetch();
    const dtype = slot instanceof DTypeShell ? slot.value : slot;
    if (!(dtype instanceof DTypeValue) || dtype.type.name === "object") return false;
    this.#type = dtype.type;
    return true;
  }

  #flag(): boolean {
    const op = this.#bytes[this.#pos++];
    this.#fortran = op === Op.NEWTRUE;
    return this.#fortran || op === Op.NEWFALSE;
  }

  #data(): boolean {
    const op = this.#bytes[this.#pos];
    this.encoding = "raw";
    if (op === Op.BINBYTES) this.#span(5, this.#u32(this.#pos + 1));
    else if (op === Op.SHORT_BINBYTES) this.#span(2, this.#bytes[this.#pos + 1] as number);
    else return this.#isGlobal(this.#fetch(), "encode") && this.#encoded() && this.#put(Part.data);
    return this.#fits() && this.#put(Part.data);
  }

  #buffer(): boolean {
    if (this.#bytes[this.#pos] !== Op.BYTEARRAY8) return this.#data();
    this.encoding = "raw";
    if (this.#u32(this.#pos + 5) !== 0) return false;
    this.#span(9, this.#u32(this.#pos + 1));
    return this.#fits() && this.#put(Part.buffer);
  }

  #order(): boolean {
    const order = this.#fetch();
    this.#fortran = order === "F";
    return this.#fortran || order === "C";
  }

  #span(header: number, length: number): void {
    this.start = this.#pos + header;
    this.length = length;
    this.#pos = this.start + length;
  }

  /** Protocol 2: the bytes are text and a call turns it into bytes. */
  #encoded(): boolean {
    if (this.#bytes[this.#pos] !== Op.BINUNICODE) return false;
    this.#span(5, this.#u32(this.#pos + 1));
    this.encoding = "utf8";
    if (!this.#fits()) return false;
    const tail = readTail(this.#machine, this.#bytes, this.#pos, this.#machine.input.end, false);
    if (
      tail?.codecAt !== undefined ||
      !this.#storedAt(Part.text, tail?.textAt) ||
      !this.#storedAt(Part.encodeArguments, tail?.argumentsAt)
    )
      return false;
    this.#pos += tail?.length ?? 0;
    return tail !== undefined;
  }

  /** The same for an index that was read elsewhere. */
  #storedAt(part: number, index: number | undefined): boolean {
    if (index === undefined) return true;
    if (index !== this.#base + this.count && index !== -1) return false;
    this.parts[this.count++] = part;
    return true;
  }

  #fits(): boolean {
    return this.#pos < this.#machine.input.end && this.length <= this.#machine.payloads.near;
  }

  #u32(at: number): number {
    const bytes = this.#bytes;
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    return (low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;
  }
}
