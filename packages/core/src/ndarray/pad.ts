import { type DTypeName, littleEndian } from "./dtype.js";
import type { TypedArray } from "./elements.js";
import { toHalf } from "./float16.js";
import { type NdArray, zeros } from "./ndarray.js";
import { rowMajorStrides, sizeOf } from "./strides.js";

/**
 * The array cropped or, at the end of its axes, padded to `shape` with `constant`; `-1` keeps an axis. The result is
 * packed and shares nothing. Throws `RangeError` for another number of axes, for sizes that are no sizes, and for a
 * constant that the dtype cannot hold (text pads with nothing, whatever the constant).
 */
export function pad<D extends DTypeName>(array: NdArray<D>, shape: readonly number[], constant = 0): NdArray<D> {
  if (shape.length !== array.ndim) throw new RangeError(`${array.ndim} sizes expected, ${shape.length} given`);
  const target = shape.map((size, axis) => (size === -1 ? (array.shape[axis] as number) : size));
  if (target.some((size) => !Number.isInteger(size) || size < 0))
    throw new RangeError(`(${shape.join(", ")}) is no shape`);
  const kept = target.map((size, axis) => Math.min(size, array.shape[axis] as number));
  const cropped = array.slice(...kept.map((size) => [0, size] as const));
  if (kept.every((size, axis) => size === target[axis])) return cropped.copy();
  const result = filled(littleEndian(array.type).descr, target, constant) as NdArray<D>;
  copyInto(cropped.contiguous(), result);
  return result;
}

function filled(descr: Parameters<typeof zeros>[0], shape: readonly number[], constant: number): NdArray {
  const result = zeros(descr, shape);
  if (constant === 0 || Array.isArray(result.data)) return result;
  const value = result.dtype === "float16" ? toHalf(constant) : constant;
  const data = result.data as TypedArray;
  const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
  if (big && !Number.isInteger(constant)) throw new RangeError(`${result.dtype} cannot hold ${constant}`);
  data.fill((big ? BigInt(value) : value) as never);
  const first = data[0];
  const exact =
    result.dtype === "float32"
      ? Math.fround(constant)
      : result.dtype === "bool"
        ? constant === 1
          ? 1
          : Number.NaN
        : value;
  if (data.length > 0 && Number(first) !== exact && !Number.isNaN(constant)) {
    throw new RangeError(`${result.dtype} cannot hold ${constant}`);
  }
  return result;
}

/** Copies a packed array into the first corner of a larger packed one. */
function copyInto(from: NdArray, to: NdArray): void {
  const pair = from.dtype === "complex64" || from.dtype === "complex128" ? 2 : 1;
  const last = from.ndim - 1;
  const length = (from.shape[last] ?? 1) * pair;
  const rows = sizeOf(from.shape.slice(0, Math.max(last, 0)));
  const steps = rowMajorStrides(to.shape);
  const index = new Array<number>(Math.max(last, 0)).fill(0);
  for (let row = 0; row < rows; row++) {
    const at = pair * index.reduce((sum, i, axis) => sum + i * (steps[axis] as number), 0);
    for (let i = 0; i < length; i++) to.data[at + i] = from.data[from.offset * pair + row * length + i] as never;
    for (let axis = last - 1; axis >= 0 && ++(index[axis] as number) === (from.shape[axis] as number); axis--)
      index[axis] = 0;
  }
}
