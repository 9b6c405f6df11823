import { dtype } from "../../../ndarray/dtype.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import { ByteArray, DTypeValue, Instance, Tuple, type Value } from "../../../value/value.js";
import { RecordSlot } from "../records/rows.js";
import { blobValue } from "./blob.js";
import type { Input } from "./input.js";
import {
  ArrayShell,
  Blob,
  DTypeShell,
  Global,
  Internal,
  LazyArray,
  labelOf,
  type Slot,
  SubarrayType,
  TupleSlot,
} from "./slots.js";

/** Turns slots into values when they become part of one. */
export class Values {
  readonly #input: Input;
  /** Leaves bytes in the file where they are: values then hold blobs. */
  readonly #lazy: boolean;
  /** An array was used before its state came (or the like): it has to be replaced everywhere in the end. */
  #unfinished = false;
  readonly #hashable = new WeakSet<Tuple>();

  constructor(input: Input, lazy: boolean) {
    this.#input = input;
    this.#lazy = lazy;
  }

  /** The value of `slot`. In lazy reading the result may hold {@link LazyArray} and {@link Blob}. */
  of(slot: Slot): Value {
    return typeof slot === "object" && slot instanceof Internal ? this.#settle(slot) : slot;
  }

  #settle(slot: Internal): Value {
    if (slot instanceof TupleSlot) return slot.value ?? this.#tuple(slot);
    if (slot instanceof RecordSlot) return slot.value ?? (slot as unknown as Value);
    if (slot instanceof Blob) return this.#lazy && !slot.home ? (slot as unknown as Value) : blobValue(slot);
    if (slot instanceof ArrayShell) {
      if (slot.array) return slot.array as NdArray;
      this.#unfinished = true;
      return slot as unknown as Value;
    }
    if (slot instanceof LazyArray) return slot as unknown as Value;
    if (slot instanceof DTypeShell) {
      slot.value ??= new DTypeValue(dtype(slot.code));
      return this.of(slot.value);
    }
    if (slot instanceof SubarrayType) {
      // Belongs into the field table of a dtype; whether it is also part of the result shows in the end.
      this.#unfinished = true;
      return slot as unknown as Value;
    }
    const what = slot instanceof Global ? "a class or function, which is no value" : "not complete";
    throw this.#input.error("unsupported", `${labelOf(slot)} is used as a value, but it is ${what}`);
  }

  /** Makes the `Tuple` of a slot and of the tuples in it, however deep. */
  #tuple(slot: TupleSlot): Tuple {
    const made = new Tuple();
    slot.value = made;
    const open: TupleSlot[] = [slot];
    for (let next = open.pop(); next; next = open.pop()) {
      const tuple = next.value as Tuple;
      for (const item of next.items) {
        if (item instanceof TupleSlot && !item.value) {
          item.value = new Tuple();
          open.push(item);
        }
        tuple.push(item instanceof TupleSlot ? (item.value as Tuple) : this.of(item));
      }
    }
    return made;
  }

  /** The value of a dict key or set member. Throws `FormatError` `corrupt` when Python could not hash it. */
  key(slot: Slot): Value {
    if (typeof slot !== "object" || slot === null) return slot;
    const value = slot instanceof Blob ? blobValue(slot) : this.of(slot);
    const wrong = this.#unhashable(value);
    if (wrong !== undefined) throw this.#input.error("corrupt", `dict key or set member is a ${labelOf(wrong)}`);
    return value;
  }

  /** The part of a key that makes it unhashable. Tuples are looked into once, and bytes in them are fetched. */
  #unhashable(value: Value): Value | undefined {
    if (!(value instanceof Tuple)) return isMutable(value) ? value : undefined;
    const tuples = new Set<Tuple>([value]);
    for (const tuple of tuples) {
      if (this.#hashable.has(tuple)) continue;
      for (const [index, item] of tuple.entries()) {
        if (item instanceof Tuple) tuples.add(item);
        else if ((item as Slot) instanceof Blob) tuple[index] = blobValue(item as unknown as Blob);
        else if (isMutable(item)) return item;
      }
    }
    for (const tuple of tuples) this.#hashable.add(tuple);
    return undefined;
  }

  /** The finished root: arrays that were used too early are put in their places. */
  finish(root: Slot): Value {
    const value = this.of(root);
    if (!this.#unfinished) return value;
    const holder = [value];
    const seen = new Set<unknown>([holder]);
    const open: Value[] = [holder];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      replaceParts(next, (part) => {
        const done = this.#finished(part);
        if (typeof done === "object" && done !== null && !seen.has(done)) {
          seen.add(done);
          open.push(done);
        }
        return done;
      });
    }
    return holder[0] as Value;
  }

  #finished(part: Value): Value {
    if ((part as Slot) instanceof SubarrayType)
      throw this.#input.error("unsupported", "a subarray dtype is used as a value");
    if ((part as Slot) instanceof RecordSlot) return (part as unknown as RecordSlot).value ?? part;
    if (!((part as Slot) instanceof ArrayShell)) return part;
    const { array } = part as unknown as ArrayShell;
    if (!array) throw this.#input.error("corrupt", "ndarray that never got its state");
    return array as NdArray;
  }
}

function isMutable(value: Value): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return !(value instanceof Tuple);
  if (value instanceof Map || value instanceof ByteArray || value instanceof Instance) return true;
  if (value instanceof Set) return value.constructor === Set;
  const slot = value as Slot;
  return value instanceof NdArray || [ArrayShell, LazyArray, RecordSlot].some((kind) => slot instanceof kind);
}

/** Calls `replace` for every direct part of `value` that can be replaced, and stores what it gives. */
export function replaceParts(value: Value, replace: (part: Value) => Value): void {
  if (Array.isArray(value)) replaceItems(value as Value[], replace);
  else if (value instanceof Map) {
    for (const [key, item] of value) {
      const done = replace(item);
      if (done !== item) value.set(key, done);
    }
  } else if (value instanceof Instance) {
    replaceParts(value.items, replace);
    value.state = replace(value.state);
  } else if (isObjectArray(value)) replaceItems(value.data as Value[], replace);
}

export function isObjectArray(value: unknown): value is NdArray<"object"> {
  return value instanceof NdArray && value.dtype === "object";
}

function replaceItems(items: Value[], replace: (part: Value) => Value): void {
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Value;
    const done = replace(item);
    if (done !== item) items[i] = done;
  }
}
