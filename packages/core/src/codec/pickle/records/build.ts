import { float, type Value } from "../../../value/value.js";
import type { Layouts } from "../read/layouts.js";
import type { Machine } from "../read/machine.js";
import { Blob, LazyArray, type Slot, TupleSlot } from "../read/slots.js";
import type { Values } from "../read/values.js";
import type { ArrayPart, BlobPart, DictPart, RecordPart } from "./plan.js";
import type { RecordRows } from "./rows.js";

/** Makes the objects of a record, as running its opcodes would. */
export class RecordBuilder {
  // Not the machine: it would stay in memory as long as rows do.
  readonly #layouts: Layouts;
  readonly #values: Values;
  readonly #rows: RecordRows;
  readonly #sizes: number[] = [];
  #row = 0;
  #made: Slot[] = [];

  constructor({ layouts, values }: Machine, rows: RecordRows) {
    this.#layouts = layouts;
    this.#values = values;
    this.#rows = rows;
  }

  /** All parts of a record, by their ids. */
  all(row: number): readonly Slot[] {
    const made: Slot[] = new Array<Slot>(this.#rows.plan.parts);
    this.#start(row, made);
    this.#slot(this.#rows.plan.root);
    return made;
  }

  /** One part of a record. */
  value(row: number, part: RecordPart): Value {
    this.#start(row, []);
    return this.#values.of(this.#slot(part));
  }

  #start(row: number, made: Slot[]): void {
    this.#row = row;
    this.#made = made;
  }

  #slot(part: RecordPart): Slot {
    const known = this.#made[part.id];
    if (known !== undefined) return known;
    const slot = this.#make(part);
    this.#made[part.id] = slot;
    return slot;
  }

  #make(part: RecordPart): Slot {
    const { numbers, floats, texts, plan } = this.#rows;
    switch (part.kind) {
      case "constant":
        return part.value;
      case "number":
        return numbers[this.#row * plan.numbers + part.column] as number;
      case "float":
        return float(floats[this.#row * plan.floats + part.column] as number);
      case "text":
        return texts[this.#row * plan.texts + part.column] as string;
      case "blob":
        return this.#blob(part);
      case "tuple":
        return new TupleSlot(part.items.map((item) => this.#slot(item)));
      case "list":
        return part.items.map((item) => this.#values.of(this.#slot(item)));
      case "dict":
        return this.#dict(part);
      case "array":
        return this.#array(part);
    }
  }

  #dict({ entries }: DictPart): Map<Value, Value> {
    const dict = new Map<Value, Value>();
    for (const [key, item] of entries) dict.set(key, this.#values.of(this.#slot(item)));
    return dict;
  }

  #blob({ column, encoding, mutable }: BlobPart): Blob {
    const { places, plan, home } = this.#rows;
    const place = (this.#row * plan.blobs.length + column) * 2;
    const blob = new Blob(home, places[place] as number, places[place + 1] as number, encoding);
    blob.mutable = mutable;
    return blob;
  }

  #array({ type, order, swaps, sizes, data }: ArrayPart): Slot {
    const { numbers, plan } = this.#rows;
    const start = this.#row * plan.numbers;
    for (let axis = 0; axis < sizes.length; axis++) {
      this.#sizes[axis] = numbers[start + (sizes[axis] as number)] as number;
    }
    const layout = this.#layouts.of(type, this.#sizes, sizes.length, order, swaps);
    const blob = this.#slot(data) as Blob;
    return new LazyArray(layout, blob);
  }
}
