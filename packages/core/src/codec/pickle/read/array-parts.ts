import type { NdArray } from "../../../ndarray/ndarray.js";
import { DTypeValue } from "../../../value/value.js";
import { Blob, LazyArray, type Slot, TakenText, TupleSlot } from "./slots.js";

/** What the opcodes of an array store in the memo. `buffer` and `bufferArguments` belong to `_frombuffer`. */
export const Part = {
  array: 0,
  axis: 1,
  arguments: 2,
  shape: 3,
  text: 4,
  encodeArguments: 5,
  data: 6,
  state: 7,
  buffer: 8,
  bufferArguments: 9,
} as const;

/**
 * Arrays that were read at once stand in the memo for all that their opcodes would have stored there. What is asked for
 * is made then; nearly always nothing is.
 */
export class ArrayParts {
  /** For each memo index which part it stands for. */
  #kinds = new Uint8Array(0);
  readonly #made = new Map<number, Slot>();
  /** What all arrays share: `numpy.ndarray` and `b"b"`. */
  #callee: Slot = null;
  #filler: Slot = null;

  /** Notes that the `count` entries from `base` on are these parts. */
  note(
    base: number,
    parts: readonly number[],
    count: number,
    callee: Slot | undefined,
    filler: Slot | undefined,
  ): void {
    if (callee !== undefined) this.#callee = callee;
    if (filler !== undefined) this.#filler = filler;
    if (base + count > this.#kinds.length) {
      const larger = new Uint8Array(2 * (base + count));
      larger.set(this.#kinds);
      this.#kinds = larger;
    }
    for (let i = 0; i < count; i++) this.#kinds[base + i] = parts[i] as number;
  }

  /** The entry at `index` was stored anew. */
  forget(index: number): void {
    if (this.#kinds[index]) {
      this.#kinds[index] = 0;
      this.#made.delete(index);
    }
  }

  /** What `array` stands for at `index`, always the same object. `textOf` makes text of an array's bytes. */
  get(index: number, array: NdArray | LazyArray, textOf: (text: TakenText) => string): Slot {
    const part = this.#kinds[index] ?? Part.array;
    if (part === Part.array) return array as Slot;
    const known = this.#made.get(index);
    if (known !== undefined) return known;
    const made = this.#make(part, array, textOf);
    this.#made.set(index, made);
    return made;
  }

  #make(part: number, array: NdArray | LazyArray, textOf: (text: TakenText) => string): Slot {
    const shape = array instanceof LazyArray ? array.layout.shape : array.shape;
    switch (part) {
      case Part.axis:
        return new TupleSlot([0]);
      case Part.arguments:
        return new TupleSlot([this.#callee, new TupleSlot([0]), this.#filler]);
      case Part.shape:
        return new TupleSlot([...shape]);
      case Part.text:
        return textOf(new TakenText(dataOf(array)));
      case Part.encodeArguments:
        return new TupleSlot([textOf(new TakenText(dataOf(array))), "latin1"]);
      case Part.state:
        return new TupleSlot([1, new TupleSlot([...shape]), ...stateOf(array), dataOf(array)]);
      case Part.buffer:
        return bufferOf(array);
      case Part.bufferArguments:
        return new TupleSlot([
          bufferOf(array),
          stateOf(array)[0],
          new TupleSlot([...shape]),
          stateOf(array)[1] ? "F" : "C",
        ]);
      default:
        return dataOf(array);
    }
  }
}

function stateOf(array: NdArray | LazyArray): readonly [DTypeValue, boolean] {
  if (array instanceof LazyArray) return [new DTypeValue(array.layout.type), array.layout.order === "F"];
  return [new DTypeValue(array.type), array.storedBytes()?.order === "F"];
}

function dataOf(array: NdArray | LazyArray): Blob {
  if (array instanceof LazyArray) return array.blob;
  const bytes = array.storedBytes()?.bytes ?? array.toBytes();
  return new Blob(bytes, 0, bytes.length, "raw");
}

function bufferOf(array: NdArray | LazyArray): Blob {
  const { home, at, length, encoding } = dataOf(array);
  const blob = new Blob(home, at, length, encoding);
  blob.mutable = true;
  return blob;
}
