import type { DTypeName } from "./dtype.js";
import type { NdArray } from "./ndarray.js";
import { pad } from "./pad.js";

/**
 * The array in `shape`: each axis keeps its first items or gets `constant` for the missing ones at its end, `-1` leaves it
 * as it is. Sizes are 1 at least. The result is packed and shares nothing. Throws `RangeError` for other sizes, for
 * another number of axes, and for a constant that is needed and that the dtype cannot hold; text pads with nothing.
 */
export function cropOrPad<D extends DTypeName>(array: NdArray<D>, shape: readonly number[], constant = 0): NdArray<D> {
  for (const [axis, size] of shape.entries()) {
    if (size !== -1 && !(Number.isInteger(size) && size > 0))
      throw new RangeError(`size ${size} of axis ${axis} is neither -1 nor a positive whole number`);
  }
  return pad(array, shape, constant);
}
