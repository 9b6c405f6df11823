import { DTypeValue, Float, float, type Value } from "../../../value/value.js";
import { Op } from "../opcodes.js";
import { isReconstruction } from "../read/arrays.js";
import type { Machine } from "../read/machine.js";
import { Blob, DTypeShell, Global, type Slot, TupleSlot } from "../read/slots.js";
import { Utf8Error } from "../utf8.js";
import { Calls } from "./compile-calls.js";
import type { Draft, Token } from "./draft.js";
import { finishPlan } from "./finish.js";
import { NoPlan, noPlan } from "./no-plan.js";
import { type RecordPlan, Step } from "./plan.js";

/** Records of more opcodes get no plan. */
const MAX_TOKENS = 1024;

/**
 * A plan for dicts like the one whose opcodes these are, which the machine has just run; `base` is the size that the memo
 * had before. Undefined when something in it may not be the same in other records.
 */
export function compileRecord(m: Machine, bytes: Uint8Array, base: number): RecordPlan | undefined {
  try {
    return new Compiler(m, bytes, base).plan();
  } catch (error) {
    if (error instanceof NoPlan || error instanceof Utf8Error) return undefined;
    throw error;
  }
}

/** Runs the opcodes of one record once more, on drafts. */
class Compiler {
  readonly #m: Machine;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #base: number;
  #pos = 0;
  readonly #tokens: Token[] = [];
  readonly #stack: Draft[] = [];
  readonly #marks: number[] = [];
  readonly #memo: Draft[] = [];
  readonly #calls: Calls;

  constructor(m: Machine, bytes: Uint8Array, base: number) {
    this.#m = m;
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#base = base;
    this.#calls = new Calls(m);
  }

  plan(): RecordPlan {
    const root: Draft = { kind: "dict", entries: new Map() };
    // The opcode that starts a record is found before the plan is followed.
    this.#pos++;
    this.#stack.push(root);
    while (this.#pos < this.#end) {
      if (this.#tokens.length > MAX_TOKENS) noPlan();
      this.#run(this.#bytes[this.#pos] as number);
    }
    const isWhole = this.#stack.length === 1 && this.#stack[0] === root && this.#marks.length === 0;
    if (!isWhole || this.#m.memoSize !== this.#base + this.#memo.length) noPlan();
    return finishPlan(root, { bytes: this.#bytes, tokens: this.#tokens, memo: this.#memo, calls: this.#calls });
  }

  #run(op: number): void {
    const literal = LITERALS[op];
    if (op === Op.FRAME) this.#pos += 9;
    else if (literal !== undefined) {
      this.#literal();
      this.#stack.push({ kind: "constant", value: literal });
    } else if (this.#data(op) || this.#memoOp(op)) return;
    else {
      this.#literal();
      this.#structure(op);
    }
  }

  /** Opcodes that push what may differ. */
  #data(op: number): boolean {
    switch (op) {
      case Op.BININT1:
        this.#number(2, this.#u8(1));
        return true;
      case Op.BININT2:
        this.#number(3, this.#u8(1) | (this.#u8(2) << 8));
        return true;
      case Op.BININT:
        this.#number(5, this.#u32(1) | 0);
        return true;
      case Op.BINFLOAT: {
        if (this.#pos + 9 > this.#end) noPlan();
        const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#pos + 1, 8);
        const token = this.#token(Step.float, 9);
        this.#stack.push({ kind: "varying", of: "float", token, value: float(view.getFloat64(0)) });
        return true;
      }
      case Op.SHORT_BINUNICODE:
        this.#text(2, this.#u8(1));
        return true;
      case Op.BINUNICODE:
        this.#text(5, this.#u32(1));
        return true;
      case Op.SHORT_BINBYTES:
        this.#blob(Step.bytes, 2 + this.#u8(1));
        return true;
      case Op.BINBYTES:
        this.#blob(Step.bytes, 5 + this.#u32(1));
        return true;
      case Op.BYTEARRAY8:
        this.#blob(Step.byteArray, 9 + this.#u32(1));
        return true;
      default:
        return false;
    }
  }

  #number(length: number, value: number): void {
    this.#stack.push({ kind: "varying", of: "number", token: this.#token(Step.number, length), value });
  }

  #text(header: number, length: number): void {
    const start = this.#pos + header;
    const callee = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.at(-1) : this.#belowMark();
    if (callee && isEncode(callee)) {
      if (header !== 5) noPlan();
      this.#stack.push({ kind: "taken", token: this.#token(Step.encodedText, header + length) });
      return;
    }
    const token = this.#token(Step.text, header + length);
    const value = this.#m.text.read(this.#bytes, start, start + length);
    this.#stack.push({ kind: "varying", of: "text", token, value });
  }

  #blob(step: number, length: number): void {
    const token = this.#token(step, length);
    this.#stack.push({ kind: "blob", token, encoding: "raw", mutable: step === Step.byteArray });
  }

  #memoOp(op: number): boolean {
    switch (op) {
      case Op.MEMOIZE:
        this.#literal();
        this.#memo.push(this.#top());
        return true;
      case Op.BINPUT:
      case Op.LONG_BINPUT: {
        const place = (op === Op.BINPUT ? this.#u8(1) : this.#u32(1)) - this.#base;
        if (place !== this.#memo.length) noPlan();
        this.#token(Step.put, op === Op.BINPUT ? 2 : 5, place);
        this.#memo.push(this.#top());
        return true;
      }
      case Op.BINGET:
        this.#fetch(2, this.#u8(1));
        return true;
      case Op.LONG_BINGET:
        this.#fetch(5, this.#u32(1));
        return true;
      default:
        return false;
    }
  }

  #fetch(length: number, index: number): void {
    if (index >= this.#base) {
      const own = this.#memo[index - this.#base];
      if (!own) noPlan();
      this.#token(Step.local, length, index - this.#base);
      this.#stack.push(this.#calls.shared(own));
      return;
    }
    const slot = this.#m.memoized(index);
    if (typeof slot === "string") {
      const token = this.#token(Step.knownText, length);
      this.#stack.push({ kind: "varying", of: "text", token, value: slot });
      return;
    }
    this.#token(Step.literal, length).fixed = true;
    this.#stack.push(this.#known(slot));
  }

  /** What earlier records stored: parts of calls, and values that cannot be changed. */
  #known(slot: Slot | undefined): Draft {
    const isNamed = slot instanceof Global || slot instanceof DTypeShell || slot instanceof DTypeValue;
    if (isNamed || (slot instanceof Blob && slot.home)) return { kind: "slot", slot };
    if (slot instanceof TupleSlot && isReconstruction(slot.items)) return { kind: "slot", slot };
    if (slot instanceof TupleSlot && slot.items.every(isSingle)) {
      return { kind: "constant", value: this.#m.values.of(slot) };
    }
    return isSingle(slot) ? { kind: "constant", value: slot } : noPlan();
  }

  /** Opcodes that make something of what is on the stack. */
  #structure(op: number): void {
    switch (op) {
      case Op.MARK:
        this.#marks.push(this.#stack.length);
        break;
      case Op.APPEND:
        this.#append(this.#pop(1));
        break;
      case Op.APPENDS:
        this.#append(this.#popMarked());
        break;
      case Op.SETITEM:
        this.#setItems(this.#pop(2));
        break;
      case Op.SETITEMS:
        this.#setItems(this.#popMarked());
        break;
      default:
        this.#stack.push(this.#made(op));
    }
  }

  #made(op: number): Draft {
    switch (op) {
      case Op.EMPTY_TUPLE:
        return { kind: "tuple", items: [] };
      case Op.EMPTY_LIST:
        return { kind: "list", items: [] };
      case Op.EMPTY_DICT:
        return { kind: "dict", entries: new Map() };
      case Op.TUPLE1:
      case Op.TUPLE2:
      case Op.TUPLE3:
        return { kind: "tuple", items: this.#pop(op - Op.TUPLE1 + 1) };
      case Op.TUPLE:
        return { kind: "tuple", items: this.#popMarked() };
      case Op.REDUCE: {
        const [callee, args] = this.#pop(2) as [Draft, Draft];
        return this.#calls.call(callee, args);
      }
      case Op.BUILD: {
        const [array, state] = this.#pop(2) as [Draft, Draft];
        return this.#calls.build(array, state);
      }
      default:
        return noPlan();
    }
  }

  #append(items: readonly Draft[]): void {
    const target = this.#top();
    if (target.kind !== "list") noPlan();
    target.items.push(...items);
  }

  #setItems(items: readonly Draft[]): void {
    const target = this.#top();
    if (target.kind !== "dict" || items.length % 2 !== 0) noPlan();
    for (let i = 0; i < items.length; i += 2) {
      target.entries.set(this.#calls.fixed(items[i] as Draft), items[i + 1] as Draft);
    }
  }

  #pop(count: number): Draft[] {
    if (this.#stack.length - count < (this.#marks.at(-1) ?? 0)) noPlan();
    return this.#stack.splice(this.#stack.length - count);
  }

  #popMarked(): Draft[] {
    return this.#stack.splice(this.#marks.pop() ?? noPlan());
  }

  #top(): Draft {
    return this.#stack.at(-1) ?? noPlan();
  }

  #belowMark(): Draft | undefined {
    return this.#stack[(this.#marks.at(-1) ?? 0) - 1];
  }

  /** An opcode that is the same in all records. */
  #literal(): void {
    this.#token(Step.literal, 1).fixed = true;
  }

  #token(step: number, length: number, place = 0): Token {
    const token = { step, start: this.#pos, end: this.#pos + length, place, fixed: false, column: 0 };
    this.#tokens.push(token);
    this.#pos += length;
    if (this.#pos > this.#end) noPlan();
    return token;
  }

  #u8(at: number): number {
    return this.#bytes[this.#pos + at] as number;
  }

  #u32(at: number): number {
    const high = this.#u8(at + 3) << 24;
    return (this.#u8(at) | (this.#u8(at + 1) << 8) | (this.#u8(at + 2) << 16) | high) >>> 0;
  }
}

const LITERALS: Readonly<Record<number, Value>> = {
  [Op.NONE]: null,
  [Op.NEWTRUE]: true,
  [Op.NEWFALSE]: false,
};

function isEncode(draft: Draft): boolean {
  return draft.kind === "slot" && draft.slot instanceof Global && draft.slot.kind === "encode";
}

/** Values that nobody can change. */
function isSingle(slot: Slot | undefined): slot is Value {
  return slot === null || ["string", "number", "boolean", "bigint"].includes(typeof slot) || slot instanceof Float;
}
