import { FormatError } from "../../errors.js";
import type { DTypeName } from "../../ndarray/dtype.js";
import { NdArray, zeros } from "../../ndarray/ndarray.js";
import { sizeOf } from "../../ndarray/strides.js";

/** Numbers by position: what whole numbers of any type are read as. */
export interface Positions {
  readonly length: number;
  readonly [index: number]: number;
}

/** Rows of a compressed sparse row matrix whose elements are one number or, with axes of their own, several. */
export interface CsrRows {
  /** Where each row starts in `indices`, and the end of the last: one more than there are rows. The first is 0. */
  readonly starts: Positions;
  /** The column of each stored element. */
  readonly indices: Positions;
  /** The stored elements, (elements, …). */
  readonly data: NdArray;
  /** Columns of the matrix. */
  readonly columns: number;
}

/** Where the parts are, for messages, and which rows these are. */
export interface CsrPlace {
  readonly indptr: string;
  readonly indices: string;
  /** The number of the first row, and the position of its first element. */
  readonly row: number;
  readonly position: number;
}

/** Whole numbers of any type. Throws `FormatError` `mismatch` for other arrays. */
export function positionsOf(array: NdArray, path: string): Positions {
  if (!/^u?int(8|16|32|64)$/.test(array.dtype))
    throw new FormatError("mismatch", `whole numbers expected, ${array.dtype} found`, { path });
  const { data, offset, size } = array.contiguous();
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return Float64Array.from(data.subarray(offset, offset + size), Number);
  return (data as Uint32Array).subarray(offset, offset + size);
}

/** Throws `FormatError` `corrupt` unless row starts lie in 0 to `stored`, and never fall. */
export function checkStarts(starts: Positions, stored: number, { indptr: path, row }: CsrPlace): void {
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index] as number;
    if (index > 0 && start < (starts[index - 1] as number))
      throw new FormatError("corrupt", `row starts decrease at index ${row + index}`, { path });
    if (!(start >= 0 && start <= stored))
      throw new FormatError("corrupt", `index ${row + index} is ${start}: ${stored} elements are stored`, { path });
  }
}

/** Throws `FormatError` `corrupt` for a column that there is not, and for one that is twice in a row. */
export function checkColumns(rows: CsrRows, place: CsrPlace): void {
  if (doColumnsAscend(rows)) return;
  const { starts, indices, columns } = rows;
  const { indices: path, row, position } = place;
  // The row, counted from 1, that a column was last met in.
  const met = new Int32Array(columns);
  for (let at = 0; at < starts.length - 1; at++) {
    const stop = starts[at + 1] as number;
    for (let index = starts[at] as number; index < stop; index++) {
      const column = indices[index] as number;
      if (!(column >= 0 && column < columns))
        throw new FormatError("corrupt", `index ${position + index} is ${column}: there are ${columns} columns`, {
          path,
        });
      if (met[column] === at + 1)
        throw new FormatError("corrupt", `column ${column} is twice in row ${row + at}`, { path });
      met[column] = at + 1;
    }
  }
}

/** Whether columns ascend in every row, and are columns: so most files are written, and it takes less time to find out. */
function doColumnsAscend({ starts, indices, columns }: CsrRows): boolean {
  for (let row = 0; row < starts.length - 1; row++) {
    const stop = starts[row + 1] as number;
    let last = -1;
    for (let index = starts[row] as number; index < stop; index++) {
      const column = indices[index] as number;
      if (!(column > last)) return false;
      last = column;
    }
    if (last >= columns) return false;
  }
  return true;
}

/** Positions as an array of whole numbers. Throws `FormatError` `unwritable` for a type that cannot hold them. */
export function positionArray(positions: Positions, type: DTypeName = "int32", path = ""): NdArray {
  const array = zeros(type, [positions.length]);
  const { data } = array as NdArray<"int32" | "int64">;
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array;
  for (let index = 0; index < positions.length; index++) {
    const position = positions[index] as number;
    data[index] = isBig ? BigInt(position) : position;
    if (Number(data[index]) !== position)
      throw new FormatError("unwritable", `${position} does not fit into ${type}`, { path });
  }
  return array;
}

type Numeric = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** The dense array (rows, columns, …) in native byte order: zeros where nothing is stored. Columns have been checked. */
export function toDense({ starts, indices, data, columns }: CsrRows): NdArray {
  const rows = starts.length - 1;
  const element = data.shape.slice(1);
  const width = sizeOf(element);
  const { data: memory, offset, type } = data.contiguous() as NdArray<"float64">;
  const from = memory as Numeric;
  const Elements = from.constructor as new (length: number) => Numeric;
  const dense = new Elements(rows * columns * width);
  const line = columns * width;
  for (let row = 0; row < rows; row++) {
    const stop = starts[row + 1] as number;
    for (let index = starts[row] as number; index < stop; index++) {
      const to = row * line + (indices[index] as number) * width;
      const at = offset + index * width;
      if (width === 3) {
        // By far the commonest; the compiler makes no such thing of the loop.
        dense[to] = from[at] as number;
        dense[to + 1] = from[at + 1] as number;
        dense[to + 2] = from[at + 2] as number;
      } else for (let i = 0; i < width; i++) dense[to + i] = from[at + i] as number;
    }
  }
  return NdArray.from(type, dense as Float64Array, [rows, columns, ...element]) as NdArray;
}

export interface FromDenseOptions {
  /**
   * The number of an element by which it is stored or left out: the latter when that is 0, whatever the others are. When left
   * out, elements are stored unless all their numbers are 0. NaN and negative numbers are not 0; -0 is.
   */
  readonly decides?: number | undefined;
}

/** The rows of a dense array (rows, columns, …), columns in ascending order. Throws `RangeError` for fewer than two axes. */
export function fromDense(dense: NdArray, { decides }: FromDenseOptions = {}): CsrRows {
  const [rows, columns, ...element] = dense.shape;
  if (rows === undefined || columns === undefined) throw new RangeError("a matrix has rows and columns");
  const width = sizeOf(element);
  const { data: memory, offset, type } = dense.contiguous() as NdArray<"float64">;
  const from = memory as Numeric;
  const isStored = (at: number): boolean => {
    if (decides !== undefined) return from[at + decides] !== 0;
    for (let i = 0; i < width; i++) if (from[at + i] !== 0) return true;
    return false;
  };
  const starts = new Float64Array(rows + 1);
  const indices: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      if (isStored(offset + (row * columns + column) * width)) indices.push(column);
    starts[row + 1] = indices.length;
  }
  const Elements = from.constructor as new (length: number) => Numeric;
  const data = new Elements(indices.length * width);
  for (let row = 0, index = 0; row < rows; row++) {
    for (; index < (starts[row + 1] as number); index++) {
      const at = offset + (row * columns + (indices[index] as number)) * width;
      for (let i = 0; i < width; i++) data[index * width + i] = from[at + i] as number;
    }
  }
  return {
    starts,
    indices: Float64Array.from(indices),
    data: NdArray.from(type, data as Float64Array, [indices.length, ...element]) as NdArray,
    columns,
  };
}
