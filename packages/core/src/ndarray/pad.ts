import { type DTypeName, littleEndian } from "./dtype.js";
import type { TypedArray } from "./elements.js";
import { fromHalf, toHalf } from "./float16.js";
import { type NdArray, zeros } from "./ndarray.js";
import { rowMajorStrides, sizeOf } from "./strides.js";

/**
 * The array cropped or, at the end of its axes, padded to `shape` with `constant`; `-1` keeps an axis. The result is
 * packed and shares nothing. Throws `RangeError` for another number of axes, for sizes that are no sizes, and for a
 * constant that is needed and that the dtype cannot hold (text pads with nothing, whatever the constant).
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
  if (result.dtype === "object") (result.data as unknown[]).fill(constant);
  if (constant === 0 || Array.isArray(result.data)) return result;
  const data = result.data as TypedArray;
  const value = cellOf(result.dtype, constant, data);
  // Of a complex number the real part.
  const step = result.dtype === "complex64" || result.dtype === "complex128" ? 2 : 1;
  for (let at = 0; at < data.length; at += step) data[at] = value as never;
  return result;
}

/** What the memory holds for `constant`. Throws `RangeError` for one that the type would change, but for rounding. */
function cellOf(name: DTypeName, constant: number, data: TypedArray): number | bigint {
  const refused = new RangeError(`${name} cannot hold ${constant}`);
  if (name === "float16" || name === "float32" || name === "complex64") {
    const rounded = name === "float16" ? fromHalf(toHalf(constant)) : Math.fround(constant);
    if (Number.isFinite(constant) && !Number.isFinite(rounded)) throw refused;
    return name === "float16" ? toHalf(constant) : rounded;
  }
  if (name === "float64" || name === "complex128") return constant;
  if (!Number.isInteger(constant) || (name === "bool" && constant !== 1)) throw refused;
  const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
  const probe = new (data.constructor as new (length: number) => TypedArray)(1);
  probe[0] = (big ? BigInt(constant) : constant) as never;
  if (Number(probe[0]) !== constant) throw refused;
  return probe[0] as number | bigint;
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
