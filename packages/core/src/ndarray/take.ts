import { axisOf } from "./cells.js";
import type { DTypeName } from "./dtype.js";
import { moveRows, type RowMove } from "./move-rows.js";
import type { NdArray } from "./ndarray.js";

/**
 * The items at `indices` along an axis, in that order, as numpy's `take`: indices and `axis` may be negative, indices may
 * repeat. The result is packed, in native byte order, and shares nothing. Throws `RangeError` for an index or axis that
 * there is not.
 */
export function take<D extends DTypeName>(array: NdArray<D>, indices: ArrayLike<number>, axis = 0): NdArray<D> {
  const at = axisOf(array.ndim, axis);
  return moveRows(array, at, indices.length, movesTo(indices, array.shape[at] as number, at));
}

function* movesTo(indices: ArrayLike<number>, size: number, axis: number): Generator<RowMove, void, void> {
  for (let to = 0; to < indices.length; to++) {
    const index = indices[to] as number;
    const from = index < 0 ? index + size : index;
    if (!(Number.isInteger(from) && from >= 0 && from < size))
      throw new RangeError(`index ${index} is outside axis ${axis} of size ${size}`);
    yield { from, to };
  }
}
