import { FormatError } from "../../../errors.js";
import { countHigh } from "../latin1.js";
import { Op } from "../opcodes.js";
import { encodeUtf8 } from "../utf8.js";
import type { Output } from "./output.js";

export type Protocol = 2 | 3 | 4 | 5;

const MAX_U32 = 0xffffffff;

/** Writes opcodes for what has no parts, and keeps the memo. */
export class Emitter {
  readonly out: Output;
  readonly protocol: Protocol;
  /** Memo indices of objects (by identity) and of text. */
  readonly #memo = new Map<unknown, number>();
  /** Memo indices of functions, dtypes and the like, by a name that is made up for them. */
  readonly #named = new Map<string, number>();
  #memoSize = 0;

  constructor(protocol: Protocol, out: Output) {
    this.protocol = protocol;
    this.out = out;
    this.op(Op.PROTO);
    this.out.byte(protocol);
  }

  get memoSize(): number {
    return this.#memoSize;
  }

  op(code: number): void {
    this.out.byte(code);
  }

  /** Stores what is on top of the pickle's stack, which is `object`. */
  memoize(object: unknown): void {
    this.#memo.set(object, this.#put());
  }

  /** Fetches `object`, if it was stored before. */
  fetch(object: unknown): boolean {
    const index = this.#memo.get(object);
    if (index === undefined) return false;
    this.#get(index);
    return true;
  }

  has(object: unknown): boolean {
    return this.#memo.has(object);
  }

  /** Writes something that is always the same, the second time from the memo. */
  once(name: string, write: () => void): void {
    const index = this.#named.get(name);
    if (index !== undefined) {
      this.#get(index);
      return;
    }
    write();
    this.#named.set(name, this.#put());
  }

  #put(): number {
    const index = this.#memoSize++;
    if (this.protocol >= 4) this.op(Op.MEMOIZE);
    else if (index < 256) {
      this.op(Op.BINPUT);
      this.out.byte(index);
    } else {
      this.op(Op.LONG_BINPUT);
      this.out.u32(index);
    }
    return index;
  }

  #get(index: number): void {
    if (index < 256) {
      this.op(Op.BINGET);
      this.out.byte(index);
    } else {
      this.op(Op.LONG_BINGET);
      this.out.u32(index);
    }
  }

  /** A number as it is in a value: whole numbers are ints, as long as they are exact. */
  number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.int(value);
    else this.float(value);
  }

  float(value: number): void {
    this.op(Op.BINFLOAT);
    this.out.f64(value);
  }

  int(value: number | bigint): void {
    const { out } = this;
    if (typeof value === "bigint" || value < -0x80000000 || value > 0x7fffffff) this.#long(BigInt(value));
    else if (value >= 0 && value < 256) {
      this.op(Op.BININT1);
      out.byte(value);
    } else if (value >= 0 && value < 65536) {
      this.op(Op.BININT2);
      out.u16(value);
    } else {
      this.op(Op.BININT);
      out.u32(value >>> 0);
    }
  }

  #long(value: bigint): void {
    // Two's complement takes one bit more than the magnitude.
    const magnitude = value < 0n ? -value - 1n : value;
    const size = value === 0n ? 0 : Math.floor(magnitude.toString(16).length / 2) + 1;
    const digits = BigInt.asUintN(8 * size, value)
      .toString(16)
      .padStart(2 * size, "0");
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = Number.parseInt(digits.slice(2 * (size - 1 - i), 2 * (size - i)), 16);
    if (size < 256) {
      this.op(Op.LONG1);
      this.out.byte(size);
    } else {
      this.op(Op.LONG4);
      this.out.u32(size);
    }
    this.out.bytes(bytes);
  }

  /** Text, the second time from the memo. */
  text(text: string): void {
    if (this.fetch(text)) return;
    const bytes = encodeUtf8(text);
    if (bytes.length < 256 && this.protocol >= 4) {
      this.op(Op.SHORT_BINUNICODE);
      this.out.byte(bytes.length);
    } else this.#header(Op.BINUNICODE, Op.BINUNICODE8, bytes.length, "text");
    this.out.bytes(bytes);
    this.memoize(text);
  }

  /** An opcode with a length of 4 bytes, or where that does not do the other one with 8. */
  #header(code: number, long: number, length: number, what: string): void {
    if (length <= MAX_U32) {
      this.op(code);
      this.out.u32(length);
      return;
    }
    if (this.protocol < 4) throw new FormatError("unwritable", `${what} of ${length} bytes needs protocol 4`);
    this.op(long);
    this.out.u64(length);
  }

  /** A function or class. `legacy` is its name in Python 2, which protocol 2 uses. */
  global(module: string, name: string, legacy: readonly [module: string, name: string] = [module, name]): void {
    this.once(`${module}.${name}`, () => {
      if (this.protocol >= 4) {
        this.text(module);
        this.text(name);
        this.op(Op.STACK_GLOBAL);
      } else {
        this.op(Op.GLOBAL);
        this.out.ascii(`${(this.protocol === 2 ? legacy : [module, name]).join("\n")}\n`);
      }
    });
  }

  builtin(name: string, legacy: string = name): void {
    this.global("builtins", name, ["__builtin__", legacy]);
  }

  /** A bytes object; `parts` are its bytes, which are not copied. */
  bytes(bytes: Uint8Array): void {
    this.bytesHeader(bytes.length, this.protocol === 2 ? countHigh(bytes) : 0);
    this.bytesPart(bytes);
    this.bytesEnd(bytes.length);
  }

  /** Starts a bytes object of `length` bytes, `high` of them from 0x80 on. The parts follow, then {@link bytesEnd}. */
  bytesHeader(length: number, high: number): void {
    if (this.protocol > 2) {
      if (length < 256) {
        this.op(Op.SHORT_BINBYTES);
        this.out.byte(length);
      } else this.#header(Op.BINBYTES, Op.BINBYTES8, length, "data");
    } else if (length === 0) {
      this.builtin("bytes");
      this.op(Op.EMPTY_TUPLE);
    } else {
      this.global("_codecs", "encode");
      this.#header(Op.BINUNICODE, Op.BINUNICODE8, length + high, "data");
    }
  }

  bytesPart(bytes: Uint8Array): void {
    if (this.protocol > 2) this.out.bytes(bytes);
    else this.out.latin1(bytes);
  }

  bytesEnd(length: number): void {
    if (this.protocol > 2) return;
    if (length > 0) {
      this.text("latin1");
      this.op(Op.TUPLE2);
    }
    this.op(Op.REDUCE);
  }

  /** Ends a tuple of `size` items; longer ones than three need a MARK before them. */
  tuple(size: number): void {
    this.op([Op.EMPTY_TUPLE, Op.TUPLE1, Op.TUPLE2, Op.TUPLE3][size] ?? Op.TUPLE);
  }

  /** A tuple of ints. */
  ints(values: readonly (number | bigint)[]): void {
    if (values.length > 3) this.op(Op.MARK);
    for (const value of values) this.int(value);
    this.tuple(values.length);
  }
}
