import { sizeOf } from "../ndarray/strides.js";

type Sized = { readonly shape: readonly number[]; readonly type: { readonly itemSize: number } };

/** Bytes of one row along axis 0. */
export function rowBytes({ shape, type }: Sized): number {
  return type.itemSize * sizeOf(shape.slice(1));
}

/** The shape of rows `start` up to `stop`. Throws `RangeError` unless 0 <= start <= stop <= shape[0]. */
export function shapeOfRows(shape: readonly number[], start: number, stop: number): readonly number[] {
  const [size, ...others] = shape;
  const whole = Number.isInteger(start) && Number.isInteger(stop);
  if (size === undefined || !(whole && start >= 0 && start <= stop && stop <= size))
    throw new RangeError(`rows ${start} to ${stop} of ${size ?? "an array without axes"}`);
  return [stop - start, ...others];
}
