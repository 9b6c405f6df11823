import type { DType } from "./dtype.js";
import { sizeOf } from "./strides.js";

/** Nothing in a file limits how many elements without bytes, or rows without elements, it may claim to have. */
const MAX_EMPTY_ELEMENTS = 1 << 20;
const MAX_EMPTY_ROWS = 1 << 24;

/**
 * Why no memory and no file can hold an array of that type and shape, so that a header which says so is wrong; `undefined`
 * when one can.
 */
export function absurdSize(type: DType, shape: readonly number[]): string | undefined {
  // Counted without the empty axes, as numpy does: they make the product 0 and hide what the others ask for.
  const count = sizeOf(shape.filter((size) => size !== 0));
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(count * Math.max(1, type.itemSize)))
    return `shape (${shape.join(", ")}) of ${type.itemSize} bytes an element is more than any file holds`;
  if (type.itemSize === 0 && sizeOf(shape) > MAX_EMPTY_ELEMENTS) return `${sizeOf(shape)} elements without bytes`;
  const rows = shape.includes(0) ? sizeOf(shape.slice(0, shape.indexOf(0))) : 0;
  return rows > MAX_EMPTY_ROWS ? `${rows} rows without elements` : undefined;
}
