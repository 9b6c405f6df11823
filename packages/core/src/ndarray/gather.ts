import type { DType, DTypeName } from "./dtype.js";
import type { DataOf, TypedArray } from "./elements.js";
import { rowMajorStrides, sizeOf } from "./strides.js";

/** Copies the elements of a strided view into packed memory of the same kind, in C order. */
export function gather(
  type: DType,
  data: DataOf[DTypeName],
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): DataOf[DTypeName] {
  const pair = type.name === "complex64" || type.name === "complex128" ? 2 : 1;
  if (pair === 2)
    return gather({ ...type, name: "float64" }, data, [...shape, 2], [...strides.map((s) => 2 * s), 1], 2 * offset);
  const count = sizeOf(shape);
  if (shape.every((size, axis) => size === 1 || strides[axis] === rowMajorStrides(shape)[axis])) {
    return data.slice(offset, offset + count) as DataOf[DTypeName];
  }
  const out = Array.isArray(data) ? new Array(count) : new (data.constructor as new (n: number) => TypedArray)(count);
  if (count === 0) return out as DataOf[DTypeName];
  walkRows(shape, strides, offset, (from, to, length, step) => {
    for (let i = 0; i < length; i++) out[to + i] = data[from + i * step] as never;
  });
  return out as DataOf[DTypeName];
}

/** Visits the runs along the last axis in C order: position of the first element, index in the result, length, step. */
function walkRows(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  visit: (from: number, to: number, length: number, step: number) => void,
): void {
  const last = shape.length - 1;
  if (last < 0) {
    visit(offset, 0, 1, 1);
    return;
  }
  const length = shape[last] as number;
  const step = strides[last] as number;
  const index = new Array<number>(last).fill(0);
  const rows = sizeOf(shape.slice(0, last));
  let from = offset;
  for (let row = 0; row < rows; row++) {
    visit(from, row * length, length, step);
    for (let axis = last - 1; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1;
      from += strides[axis] as number;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      from -= next * (strides[axis] as number);
    }
  }
}
