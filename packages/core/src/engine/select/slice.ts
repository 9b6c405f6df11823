import type { Layout } from "../../layout/layout.js";
import type { FrameRange, FramesOptions, SelectOptions } from "./options.js";
import { indexPick, slicePick } from "./pick.js";
import { pickItems, type Survey, survey } from "./survey.js";

/**
 * Part of a record along one axis (the frames, unless told otherwise): of every value that lies along it by the schema, the
 * items that Python's `[start:stop:step]` gives; everything else as it is. Sizes that members state are those of the
 * result. Arrays are views, unless `copy` is set.
 *
 * Where a field holds ranges (which persons belong to each image), the persons of the chosen images are gathered too, and
 * the field's ranges then begin at 0 and have no gaps. Slicing along the persons instead leaves all images, with the
 * persons that remain: that needs them in ascending order, so no negative step.
 *
 * Throws `FormatError`: `mismatch` for a value that has not as many items as its symbol (see `mismatches`), `missing` for
 * a field that says what belongs together; `RangeError` for a step of 0; `TypeError` for an axis that there is not.
 */
export function sliceWith<T extends object>(
  layout: Layout,
  record: T,
  range: FrameRange,
  options: SelectOptions = {},
): T {
  const whole = survey(layout, record, options);
  return pickItems(whole, slicePick(range, whole.size), options);
}

/**
 * The items at `indices` (negative ones count from the end, any order, repeats allowed), or those that a function of their
 * index says yes to. Otherwise as {@link sliceWith}; arrays that lie along the axis are always copies. Throws `RangeError`
 * for an index outside.
 */
export function selectWith<T extends object>(
  layout: Layout,
  record: T,
  indices: ArrayLike<number> | ((index: number) => boolean),
  options: SelectOptions = {},
): T {
  const whole = survey(layout, record, options);
  return pickItems(whole, indexPick(indices, whole.size, whole.symbol), options);
}

/**
 * The record piece by piece: `batch` items each (1 unless told otherwise), the last piece with what is left. Errors as for
 * {@link sliceWith}, before the first piece; `RangeError` for a batch that is no positive whole number.
 */
export function framesWith<T extends object>(
  layout: Layout,
  record: T,
  options: FramesOptions = {},
): IterableIterator<T> {
  const { batch = 1 } = options;
  if (!(Number.isSafeInteger(batch) && batch > 0)) throw new RangeError(`a batch of ${batch}`);
  return pieces(survey(layout, record, options), batch, options);
}

function* pieces<T extends object>(whole: Survey, batch: number, options: SelectOptions): Generator<T, void, void> {
  for (let start = 0; start < whole.size; start += batch)
    yield pickItems<T>(whole, slicePick([start, start + batch], whole.size), options);
}
