import type { DType } from "../../../ndarray/dtype.js";
import { swappedLayout } from "../array-layout.js";
import type { Input } from "./input.js";
import { type ArrayLayout, labelOf, type Slot } from "./slots.js";

/** Arrays without bytes, such as shape (0, 5), may still have this many places beside those in the file. */
const MAX_EMPTY = 2 ** 20;
const MAX_AXES = 64;
const RECENT = 8;

interface Recent {
  readonly type: DType;
  readonly swaps: boolean;
  readonly layout: ArrayLayout;
}

/** Makes the layouts of arrays from what files claim. Arrays of one kind share theirs. */
export class Layouts {
  readonly #input: Input;
  readonly #recent: Recent[] = [];
  #next = 0;

  constructor(input: Input) {
    this.#input = input;
  }

  /**
   * The layout with the first `axes` of `sizes` as its shape. `swaps` says that numpy would deliver a big-endian array in
   * native order. Throws `FormatError`: `corrupt` when a size is none, `limit` when no file could hold the array.
   */
  of(type: DType, sizes: readonly Slot[], axes: number, order: "C" | "F", swaps: boolean): ArrayLayout {
    for (const recent of this.#recent) {
      if (recent.type === type && recent.swaps === swaps && isSame(recent.layout, sizes, axes, order))
        return recent.layout;
    }
    const layout = this.#make(type, sizes.slice(0, axes), order);
    const recent = { type, swaps, layout: swaps ? swappedLayout(layout) : layout };
    this.#recent[this.#next++ % RECENT] = recent;
    return recent.layout;
  }

  #make(type: DType, sizes: readonly Slot[], order: "C" | "F"): ArrayLayout {
    if (sizes.length > MAX_AXES) throw this.#input.error("corrupt", `array of ${sizes.length} axes`);
    const shape = sizes.map((size) => this.#size(size));
    const byteLength = shape.reduce((product, size) => product * size, type.itemSize);
    if (byteLength === 0) this.#checkEmpty(shape);
    return { type, shape, order, swapped: false, byteLength };
  }

  #size(size: Slot): number {
    if (typeof size === "bigint") throw this.#input.error("limit", `dimension ${size}`);
    if (typeof size !== "number" || !Number.isSafeInteger(size)) {
      throw this.#input.error("corrupt", `a ${labelOf(size)} as array dimension`);
    }
    if (size < 0) throw this.#input.error("corrupt", `negative dimension ${size}`);
    return size;
  }

  /** An array without data may not claim more places in its axes than data could have. */
  #checkEmpty(shape: readonly number[]): void {
    const places = shape.reduce((product, size) => product * (size || 1), 1);
    if (places > MAX_EMPTY + this.#input.total)
      throw this.#input.error("limit", `array ${shapeText(shape)} without data`);
  }
}

function isSame(layout: ArrayLayout, sizes: readonly Slot[], axes: number, order: "C" | "F"): boolean {
  const { shape } = layout;
  if (shape.length !== axes || layout.order !== order) return false;
  for (let i = 0; i < axes; i++) if (shape[i] !== sizes[i]) return false;
  return true;
}

/** A shape as Python shows it. */
export function shapeText(shape: readonly number[]): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}
