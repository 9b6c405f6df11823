import type { MotionNumbers, MotionQuantity } from "../motion/motion.js";
import type { NumberRange } from "./tallies.js";
import { RunningRange } from "./value-counts.js";

/** Boxes, parameters of a body model and the like, over all sequences that have them in one form. */
export interface QuantityStatistics
  extends Pick<MotionQuantity, "key" | "what" | "which" | "model" | "channels" | "unit" | "shape"> {
  readonly dtypes: readonly MotionQuantity["dtype"][];
  /** Sequences that have it. */
  readonly sequences: number;
  /** People who are there in it, over all frames. */
  readonly people: number;
  /** Of all their numbers; undefined where none is finite. */
  readonly range?: NumberRange | undefined;
  /** Of each number in C order, undefined where none is finite; absent where one person has more than {@link MOST_COLUMNS}. */
  readonly columns?: readonly (NumberRange | undefined)[] | undefined;
  /** People with a number that is not finite. */
  readonly notFinite: number;
}

/** Numbers of one person that are looked at one by one: a box has five at most, shapes of bodies have ten or sixteen. */
export const MOST_COLUMNS = 16;

/** Counts the numbers of one form of a quantity, window by window. */
export class QuantityCounts {
  readonly #quantity: MotionQuantity;
  readonly #width: number;
  readonly #dtypes = new Set<MotionQuantity["dtype"]>();
  readonly #range = new RunningRange();
  readonly #columns: readonly RunningRange[] | undefined;
  #sequences = 0;
  #people = 0;
  #notFinite = 0;

  constructor(quantity: MotionQuantity) {
    this.#quantity = quantity;
    this.#width = quantity.shape.reduce((product, size) => product * size, 1);
    if (this.#width <= MOST_COLUMNS) this.#columns = Array.from({ length: this.#width }, () => new RunningRange());
  }

  beginSequence({ dtype }: MotionQuantity): void {
    this.#sequences++;
    this.#dtypes.add(dtype);
  }

  add({ values, present }: MotionNumbers): void {
    const width = this.#width;
    for (let row = 0; row < present.size; row++) {
      if (present.data[row] === 0) continue;
      this.#people++;
      let areFinite = true;
      for (let column = 0; column < width; column++) {
        const value = values.data[row * width + column] as number;
        this.#range.add(value);
        this.#columns?.[column]?.add(value);
        areFinite &&= Number.isFinite(value);
      }
      if (!areFinite) this.#notFinite++;
    }
  }

  get value(): QuantityStatistics {
    const { key, what, which, model, channels, unit, shape } = this.#quantity;
    return {
      key,
      what,
      which,
      model,
      channels,
      unit,
      shape,
      dtypes: [...this.#dtypes],
      sequences: this.#sequences,
      people: this.#people,
      range: this.#range.value,
      ...(this.#columns && { columns: this.#columns.map(({ value }) => value) }),
      notFinite: this.#notFinite,
    };
  }
}
