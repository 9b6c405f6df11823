import type { Value } from "../../../value/value.js";
import type { Machine } from "../read/machine.js";
import { Internal, type Slot } from "../read/slots.js";
import { RecordBuilder } from "./build.js";
import type { RecordPlan } from "./plan.js";

const FIRST_ROWS = 16;

/**
 * What differs between records of one plan that follow each other: a row each, in columns of numbers. In the memo it
 * stands for everything that its records stored there.
 */
export class RecordRows extends Internal {
  readonly plan: RecordPlan;
  /** The memo's index of the first thing that the first record stored. */
  #base: number;
  numbers: Int32Array;
  floats: Float64Array;
  texts: string[] = [];
  /** Position in the stream (in `home`, where there is one) and length of each blob. */
  places: Float64Array;
  /** The whole stream, where that is in memory. */
  readonly home: Uint8Array | undefined;
  readonly records: RecordSlot[] = [];
  readonly builder: RecordBuilder;
  #room = FIRST_ROWS;

  constructor(m: Machine, plan: RecordPlan, home: Uint8Array | undefined) {
    super();
    this.plan = plan;
    this.#base = m.memoSize;
    this.home = home;
    this.builder = new RecordBuilder(m, this);
    this.numbers = new Int32Array(FIRST_ROWS * plan.numbers);
    this.floats = new Float64Array(FIRST_ROWS * plan.floats);
    this.places = new Float64Array(FIRST_ROWS * 2 * plan.blobs.length);
  }

  get label(): string {
    return "dict";
  }

  /** The row that the next record is read into. */
  get next(): number {
    return this.records.length;
  }

  /** Keeps the row that was read. */
  add(): RecordSlot {
    const record = new RecordSlot(this, this.records.length);
    this.records.push(record);
    if (this.records.length === this.#room) this.#grow();
    return record;
  }

  #grow(): void {
    this.#room *= 2;
    this.numbers = enlarged(this.numbers, new Int32Array(this.#room * this.plan.numbers));
    this.floats = enlarged(this.floats, new Float64Array(this.#room * this.plan.floats));
    this.places = enlarged(this.places, new Float64Array(this.#room * 2 * this.plan.blobs.length));
  }

  /** Whether the record that the memo of that size comes before can be one of these: they store one after the other. */
  continuesAt(memoSize: number): boolean {
    if (this.records.length === 0) this.#base = memoSize;
    return memoSize === this.memoOf(this.records.length);
  }

  /** The text that record stored at `index` of the memo, where it is one. */
  textAt(index: number): string | undefined {
    const { memo, texts } = this.plan;
    const part = memo[(index - this.#base) % memo.length];
    if (part?.kind !== "text") return undefined;
    return this.texts[Math.floor((index - this.#base) / memo.length) * texts + part.column];
  }

  /** The record that stored something at `index` of the memo. */
  recordAt(index: number): RecordSlot {
    return this.records[Math.floor((index - this.#base) / this.plan.memo.length)] as RecordSlot;
  }

  /** The memo's index of the first thing that the record of a row stored. */
  memoOf(row: number): number {
    return this.#base + row * this.plan.memo.length;
  }
}

function enlarged<T extends Int32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** A dict of which only what differs from others was kept. */
export class RecordSlot extends Internal {
  readonly rows: RecordRows;
  readonly row: number;
  /** The dict, once something needed it that could change it or see that it is the same one. */
  value: Map<Value, Value> | undefined = undefined;
  constructor(rows: RecordRows, row: number) {
    super();
    this.rows = rows;
    this.row = row;
  }
  get label(): string {
    return "dict";
  }

  /** The dict, made anew unless it was opened. */
  map(): Map<Value, Value> {
    return this.value ?? (this.rows.builder.all(this.row)[this.rows.plan.root.id] as Map<Value, Value>);
  }

  /** What one key leads to; undefined when there is none. */
  member(key: string): Value | undefined {
    if (this.value) return this.value.get(key);
    const part = this.rows.plan.root.entries.get(key);
    return part && this.rows.builder.value(this.row, part);
  }

  /** The keys of a dict that has nothing but text for keys. */
  get keys(): readonly string[] | undefined {
    if (!this.value) return this.rows.plan.keys;
    const keys = [...this.value.keys()];
    return keys.every((key) => typeof key === "string") ? keys : undefined;
  }

  /** The dict as one object from now on. Gives its parts, by their ids, the first time. */
  open(): readonly Slot[] | undefined {
    if (this.value) return undefined;
    const made = this.rows.builder.all(this.row);
    this.value = made[this.rows.plan.root.id] as Map<Value, Value>;
    return made;
  }
}
