import { type DType, littleEndian } from "./dtype.js";
import type { DataOf, TypedArray } from "./elements.js";
import { NdArray, zeros } from "./ndarray.js";
import { isDecodedSingly } from "./storage.js";
import { rowMajorStrides, sizeOf } from "./strides.js";

/**
 * What elements are kept in: their bits as whole numbers of four bytes at most, or references. Copying those changes no
 * bit, of NaNs either, and a loop that meets so few kinds of memory stays fast.
 */
export type Cells = Int32Array | Uint16Array | Uint8Array | unknown[];

/**
 * An array as runs of cells: those of one row, which is what lies behind `axis`, are side by side in C order. What moves
 * whole rows works on these and need not know the type.
 */
export interface Rows {
  readonly cells: Cells;
  readonly start: number;
  /** Cells of one row. */
  readonly width: number;
  /** Sizes and steps, in cells, of the axes in front of `axis`. */
  readonly outer: readonly number[];
  readonly outerSteps: readonly number[];
  /** Size and step of `axis` itself. */
  readonly size: number;
  readonly step: number;
}

/** The rows of `array` along `axis`. Shares memory with it where its rows are packed and its elements have a native form. */
export function rowsOf(array: NdArray, axis: number): Rows {
  const bytes = isDecodedSingly(array.type);
  const packed = bytes || hasPackedRows(array, axis) ? array : array.contiguous();
  const factor = cellsPerElement(array.type);
  const steps = (bytes ? rowMajorStrides(packed.shape) : packed.strides).map((stride) => stride * factor);
  return {
    cells: bytes ? packed.toBytes() : cellsOf(packed.data),
    start: bytes ? 0 : packed.offset * factor,
    width: factor * sizeOf(packed.shape.slice(axis + 1)),
    outer: packed.shape.slice(0, axis),
    outerSteps: steps.slice(0, axis),
    size: packed.shape[axis] as number,
    step: steps[axis] as number,
  };
}

/** Cells for a new packed array, and what makes the array of them once they are filled. */
export function newCells(
  type: DType,
  shape: readonly number[],
): { readonly cells: Cells; readonly done: () => NdArray } {
  const target = littleEndian(type);
  if (isDecodedSingly(target)) {
    const bytes = new Uint8Array(sizeOf(shape) * target.itemSize);
    return { cells: bytes, done: () => NdArray.fromBytes(target, shape, bytes) };
  }
  const array = zeros(target, shape);
  return { cells: cellsOf(array.data), done: () => array as unknown as NdArray };
}

/** The same memory as cells. */
function cellsOf(data: DataOf[DType["name"]]): Cells {
  if (!ArrayBuffer.isView(data)) return data;
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: width } = data as TypedArray;
  if (width === 1) return new Uint8Array(buffer, byteOffset, byteLength);
  if (width === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}

/** Cells that one element takes. */
function cellsPerElement(type: DType): number {
  if (isDecodedSingly(type)) return type.itemSize;
  return type.name === "object" ? 1 : Math.max(1, type.itemSize / 4);
}

/** Below this many cells a loop is faster than a view and `set`. */
const SHORT = 48;

/** Copies `count` cells. */
export function copyCells(from: Cells, at: number, to: Cells, place: number, count: number): void {
  if (count >= SHORT && ArrayBuffer.isView(from)) {
    (to as Uint8Array).set((from as Uint8Array).subarray(at, at + count), place);
    return;
  }
  for (let i = 0; i < count; i++) to[place + i] = from[at + i] as number;
}

/** A position among `ndim` axes; negative ones count from the end. Throws `RangeError` outside. */
export function axisOf(ndim: number, axis: number): number {
  const at = axis < 0 ? axis + ndim : axis;
  if (!(Number.isInteger(at) && at >= 0 && at < ndim))
    throw new RangeError(`axis ${axis} of an array with ${ndim} axes`);
  return at;
}

function hasPackedRows(array: NdArray, axis: number): boolean {
  const packed = rowMajorStrides(array.shape);
  for (let inner = axis + 1; inner < array.ndim; inner++) {
    if (array.shape[inner] !== 1 && array.strides[inner] !== packed[inner]) return false;
  }
  return true;
}
