import type { FormatError, FormatErrorCode } from "../../../errors.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import { DTypeValue, type Value } from "../../../value/value.js";
import { opcodeName } from "../opcodes.js";
import { RecordRows, RecordSlot } from "../records/rows.js";
import { RecordTaker } from "../records/take.js";
import { latin1Text, TextReader } from "../utf8.js";
import { ArrayParts } from "./array-parts.js";
import { blobBytes } from "./blob.js";
import { COST } from "./cost.js";
import type { ArrayReader } from "./fast-array.js";
import type { Input } from "./input.js";
import { Layouts } from "./layouts.js";
import type { Payloads } from "./payloads.js";
import {
  ArrayShell,
  Blob,
  DTypeShell,
  Global,
  Internal,
  LazyArray,
  type Slot,
  TakenArguments,
  TakenText,
  TupleSlot,
} from "./slots.js";
import { Values } from "./values.js";

/** How 8-bit strings of Python 2 become text; `auto` is UTF-8 where it is valid, else Latin-1. */
export type TextMode = "latin1" | "utf8" | "auto" | "bytes";

export interface MachineOptions {
  readonly classes?: readonly string[] | undefined;
  readonly text?: TextMode | undefined;
  readonly buffers?: readonly Uint8Array[] | undefined;
  /** Arrays become `LazyArray`, large bytes stay blobs. */
  readonly lazy?: boolean | undefined;
}

/** Engines end the process instead of throwing when an array passes about 110 million elements. */
const MAX_HEIGHT = 2 ** 26;
/** What objects may take in memory, by estimate, for a file of any size and for each byte of it. */
const BASE_BUDGET = 64 * 2 ** 20;
const BUDGET_PER_BYTE = 32;
const MAX_BUDGET = 2 ** 31;
/** A memo index may be this far beyond the others before it is kept in a map; cPickle of Python 2 counts from 1. */
const MEMO_GAP = 8;

/** The state of an unpickling: stack, marks and memo. Opcodes are functions of it. */
export class Machine {
  readonly input: Input;
  readonly payloads: Payloads;
  readonly values: Values;
  readonly layouts: Layouts;
  readonly text: TextReader = new TextReader();
  readonly textMode: TextMode;
  readonly lazy: boolean;
  readonly classes: ReadonlySet<string>;
  readonly buffers: readonly Uint8Array[] | undefined;
  buffersUsed = 0;

  readonly stack: Slot[] = [];
  /** Height of the stack: slots above it are leftovers. */
  top = 0;
  /** Where the slots since the last MARK start; opcodes must not reach below. */
  fence = 0;
  readonly #marks: number[] = [];

  readonly #memo: (Slot | undefined)[] = [];
  arrayReader: ArrayReader | undefined = undefined;
  readonly arrayParts: ArrayParts = new ArrayParts();
  readonly records: RecordTaker;
  readonly #farMemo = new Map<number, Slot>();
  #memoSize = 0;

  #objectBudget: number;
  #copyBudget: number;

  opcode = 0;
  stopped = false;

  constructor(input: Input, payloads: Payloads, options: MachineOptions = {}) {
    this.input = input;
    this.payloads = payloads;
    this.lazy = options.lazy ?? false;
    this.layouts = new Layouts(input);
    this.values = new Values(input, this.lazy);
    this.textMode = options.text ?? "latin1";
    this.classes = new Set(options.classes);
    this.buffers = options.buffers;
    this.#objectBudget = Math.min(MAX_BUDGET, BASE_BUDGET + BUDGET_PER_BYTE * input.total);
    this.#copyBudget = BASE_BUDGET + 4 * input.total;
    this.records = new RecordTaker(this);
  }

  push(slot: Slot): void {
    if (this.top >= MAX_HEIGHT) throw this.error("limit", `more than ${MAX_HEIGHT} values on the stack`);
    this.stack[this.top++] = slot;
  }

  /** Makes sure that `count` slots are there since the last mark. */
  require(count: number): void {
    if (this.top - count >= this.fence) return;
    throw this.error(
      "corrupt",
      `${opcodeName(this.opcode)} with ${this.top === this.fence ? "an empty" : "too short a"} stack`,
    );
  }

  /** The slot `depth` below the top, which {@link require} covered. */
  peek(depth: number): Slot {
    return this.opened(this.stack[this.top - 1 - depth] as Slot);
  }

  /** The slot, or the dict that it stands for: what may change or take apart a dict must find one. */
  opened(slot: Slot): Slot {
    return slot instanceof RecordSlot ? this.#open(slot) : slot;
  }

  /** Drops `count` slots and pushes `slot`. */
  replace(count: number, slot: Slot): void {
    this.top -= count;
    this.push(slot);
  }

  mark(): void {
    if (this.#marks.length >= MAX_HEIGHT) throw this.error("limit", `more than ${MAX_HEIGHT} marks`);
    this.#marks.push(this.top);
    this.fence = this.top;
  }

  /** For each MARK, lowest first, the place of the first slot after it. */
  get marks(): readonly number[] {
    return this.#marks;
  }

  get marked(): boolean {
    return this.#marks.length > 0;
  }

  /** Start of the slots since the last mark; the mark stays. */
  markStart(): number {
    if (this.#marks.length === 0) throw this.error("corrupt", `${opcodeName(this.opcode)} without a MARK`);
    return this.fence;
  }

  /** The slot below the last mark, if there is one within reach. */
  belowMark(): Slot | undefined {
    if (this.fence <= (this.#marks[this.#marks.length - 2] ?? 0)) return undefined;
    return this.opened(this.stack[this.fence - 1] as Slot);
  }

  /** The same where it must be there: the container that the slots since the mark are for. */
  markTarget(): Slot {
    this.markStart();
    const target = this.belowMark();
    if (target !== undefined) return target;
    throw this.error("corrupt", `${opcodeName(this.opcode)} without a container below its MARK`);
  }

  /** Removes the last mark and the slots since then. */
  dropMarked(): void {
    this.top = this.markStart();
    this.#marks.pop();
    this.fence = this.#marks[this.#marks.length - 1] ?? 0;
  }

  memoize(slot: Slot): void {
    this.put(this.#memoSize, slot);
  }

  put(index: number, slot: Slot): void {
    if (index < this.#memo.length) {
      if (this.#memo[index] === undefined) this.#memoSize++;
      this.arrayParts.forget(index);
      this.records.forget();
      this.#memo[index] = slot;
    } else if (index === this.#memo.length) {
      if (index >= MAX_HEIGHT) throw this.error("limit", `more than ${MAX_HEIGHT} memo entries`);
      if (this.#farMemo.delete(index)) this.#memoSize--;
      this.#memo.push(slot);
      this.#memoSize++;
    } else if (index <= this.#memo.length + MEMO_GAP) {
      this.charge(COST.farEntry);
      while (this.#memo.length < index) this.#memo.push(this.#takeFar(this.#memo.length));
      this.put(index, slot);
    } else {
      this.charge(COST.farEntry);
      if (!this.#farMemo.has(index)) this.#memoSize++;
      this.#farMemo.set(index, slot);
    }
  }

  /** Rows stand for what a record of them stored: `count` entries. The memo must be dense. */
  memoizeRows(rows: RecordRows, count: number): void {
    if (this.#memoSize + count > MAX_HEIGHT) throw this.error("limit", `more than ${MAX_HEIGHT} memo entries`);
    for (let i = 0; i < count; i++) this.#memo.push(rows);
    this.#memoSize += count;
  }

  /** Makes a dict of a record, of which everything finds the same parts from now on. */
  #open(record: RecordSlot): Slot {
    const { rows, row } = record;
    const { memo, roles, callee, filler } = rows.plan;
    const made = record.open();
    for (const [place, { id }] of made ? memo.entries() : []) {
      const index = rows.memoOf(row) + place;
      if (this.memoized(index) !== rows) continue;
      this.#memo[index] = made?.[id] as Slot;
      this.arrayParts.note(index, [roles[place] as number], 1, callee, filler);
    }
    return record.value as Slot;
  }

  #takeFar(index: number): Slot | undefined {
    const slot = this.#farMemo.get(index);
    this.#farMemo.delete(index);
    return slot;
  }

  get memoSize(): number {
    return this.#memoSize;
  }

  /** Whether the memo has entries 0 to its size: then the next one that the pickler makes is known. */
  get memoIsDense(): boolean {
    return this.#memoSize === this.#memo.length && this.#farMemo.size === 0;
  }

  /** The memo's entry as it is, which may be one that stands for another slot. */
  memoized(index: number): Slot | undefined {
    const slot = this.#memo[index];
    return slot === undefined ? this.#farMemo.get(index) : slot;
  }

  /** What GET pushes. */
  get(index: number): Slot {
    const slot = this.memoized(index);
    if (slot === undefined)
      throw this.error("corrupt", `${opcodeName(this.opcode)} of memo ${index} which was never stored`);
    if (typeof slot !== "object" || slot === null) return slot;
    if (slot instanceof NdArray || slot instanceof LazyArray) return this.#arrayPart(slot, index);
    if (slot instanceof RecordRows) return this.#recordPart(slot, index);
    return slot instanceof Internal ? this.#recall(slot) : slot;
  }

  #arrayPart(array: NdArray | LazyArray, index: number): Slot {
    return this.arrayParts.get(index, array, (text) => this.#takenText(text));
  }

  /** What a record stored. */
  #recordPart(rows: RecordRows, index: number): Slot {
    const text = rows.textAt(index);
    if (text !== undefined) return text;
    this.#open(rows.recordAt(index));
    return this.get(index);
  }

  #recall(slot: Internal): Slot {
    if (slot instanceof ArrayShell) return slot.array ?? slot;
    if (slot instanceof DTypeShell) return slot.value ?? slot;
    if (slot instanceof TakenText) return this.#takenText(slot);
    if (slot instanceof TakenArguments) {
      slot.slot ??= new TupleSlot([this.#takenText(slot.text), "latin1"]);
      return slot.slot;
    }
    if (slot instanceof Blob && slot.eightBit && !this.wantsArrayData()) return this.eightBitText(blobBytes(slot));
    return slot;
  }

  #takenText(taken: TakenText): string {
    if (taken.text === undefined) {
      const bytes = blobBytes(taken.blob);
      this.chargeCopy(2 * bytes.length);
      taken.text = latin1Text(bytes);
    }
    return taken.text;
  }

  /** Whether the next slot is the bytes of an array or numpy scalar, so that a Python 2 string is not text there. */
  wantsArrayData(): boolean {
    const { stack, top } = this;
    const before = stack[top - 2];
    if (isDType(stack[top - 1])) return before instanceof Global && before.kind === "scalar";
    return isDType(before) && this.belowMark() instanceof ArrayShell;
  }

  /** An 8-bit string as the caller wants to see it. Throws `FormatError` `corrupt` when it is not the text it should be. */
  eightBitText(bytes: Uint8Array): Value {
    if (this.textMode === "bytes") return bytes.slice();
    if (this.textMode === "latin1") return this.text.readLatin1(bytes);
    try {
      return this.text.read(bytes, 0, bytes.length);
    } catch (error) {
      if (this.textMode === "auto") return this.text.readLatin1(bytes);
      throw error;
    }
  }

  error(code: FormatErrorCode, reason: string): FormatError {
    return this.input.error(code, reason);
  }

  /** Counts the estimated memory of new objects. Throws `FormatError` `limit` when it is out of proportion to the file. */
  charge(bytes: number): void {
    this.#objectBudget -= bytes;
    if (this.#objectBudget < 0)
      throw this.error("limit", `objects take too much memory for a file of ${this.input.total} bytes`);
  }

  /** Counts bytes that are copied, or may be, from what the file holds once. */
  chargeCopy(bytes: number): void {
    this.#copyBudget -= bytes;
    if (this.#copyBudget < 0)
      throw this.error("limit", `data expands too much for a file of ${this.input.total} bytes`);
  }
}

function isDType(slot: Slot | undefined): boolean {
  return slot instanceof DTypeValue || slot instanceof DTypeShell;
}
