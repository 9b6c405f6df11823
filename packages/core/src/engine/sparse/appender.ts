import type { Hdf5Appender } from "../../codec/hdf5/write/appender.js";
import type { Hdf5GroupWriter } from "../../codec/hdf5/write/writer.js";
import { FormatError } from "../../errors.js";
import type { SparseLayout } from "../../layout/layout.js";
import { astype } from "../../ndarray/astype.js";
import type { TypedArray } from "../../ndarray/elements.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { sizeOf } from "../../ndarray/strides.js";
import type { ArrayStorage } from "../../tree/write.js";
import { RowBuffer } from "./row-buffer.js";

/** A dense row: an array of any real type, or its numbers in C order. */
export type DenseRow = NdArray | ArrayLike<number>;

export interface CsrAppenderOptions {
  /** Names of the parts, their dtypes (the first of `dtype` counts), and by which number an element is stored or left out. */
  readonly layout: Pick<SparseLayout, "parts" | "dtype" | "written" | "decides">;
  readonly columns: number;
  /** Axes of one element. Default: none, elements are single numbers. */
  readonly element?: readonly number[] | undefined;
  /** Whether the arrays of the finished file may grow further: see {@link Hdf5Appender}. Default true. */
  readonly growing?: boolean | undefined;
  /** How each part is stored. Default: as the file's writer does. */
  readonly storage?:
    | {
        readonly data?: ArrayStorage | undefined;
        readonly indices?: ArrayStorage | undefined;
        readonly indptr?: ArrayStorage | undefined;
      }
    | undefined;
}

/** Elements that an index of 32 bits without sign can count. */
const MOST = 2 ** 32 - 1;

/**
 * Writes a compressed sparse row matrix row by row, into three arrays of an HDF5 group that grow. In memory are a chunk of
 * each at most. Elements are stored unless all their numbers are 0, or by the one number that the layout says decides;
 * NaN and negative numbers are not 0. Whether they are is seen before they are rounded to the stored dtype.
 */
export class CsrAppender {
  readonly #path: string;
  readonly #columns: number;
  readonly #width: number;
  readonly #decides: number | undefined;
  readonly #data: Part;
  readonly #indices: Part;
  readonly #indptr: Part;
  #rows = 0;
  #stored = 0;
  #isClosed = false;

  /** Throws `FormatError` `unwritable` for names that are taken, `TypeError` for dtypes that positions cannot have. */
  constructor(group: Hdf5GroupWriter, options: CsrAppenderOptions) {
    const { layout, columns, element = [], growing, storage = {} } = options;
    const { parts, written = {} } = layout;
    const positions = { growing, row: [] };
    this.#path = group.path;
    this.#columns = columns;
    this.#width = sizeOf(element);
    this.#decides = layout.decides;
    this.#data = partOf(group, parts.data, {
      dtype: layout.dtype[0] ?? "float64",
      row: element,
      growing,
      ...storage.data,
    });
    this.#indices = partOf(group, parts.indices, {
      dtype: written.indices ?? "int32",
      ...positions,
      ...storage.indices,
    });
    this.#indptr = partOf(group, parts.indptr, { dtype: written.indptr ?? "int32", ...positions, ...storage.indptr });
    this.#indptr.buffer.push(0);
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Stored elements so far. */
  get stored(): number {
    return this.#stored;
  }

  /** Appends rows in which nothing is stored. */
  async appendEmpty(count = 1): Promise<void> {
    this.#checkOpen();
    if (this.#rows + count > MOST) throw this.#unwritable(`more than ${MOST} rows`);
    const written: Promise<void>[] = [];
    for (let left = count; left > 0; left--) {
      this.#indptr.buffer.push(this.#stored);
      if (this.#indptr.buffer.isFull) written.push(flush(this.#indptr));
    }
    this.#rows += count;
    await Promise.all(written);
  }

  /**
   * Appends a row of up to `columns` elements; those that it does not have are not stored. It is taken in at once, so callers
   * that do not wait may change it, and rows keep their order. Throws `FormatError` `unwritable` for rows that are longer,
   * or no whole number of elements.
   */
  async append(row: DenseRow): Promise<void> {
    this.#checkOpen();
    const numbers = numbersOf(row);
    const width = this.#width;
    if (numbers.length > this.#columns * width || numbers.length % width !== 0)
      throw this.#unwritable(`${numbers.length} numbers are no row of up to ${this.#columns} elements of ${width}`);
    if (this.#stored + this.#columns > MOST) throw this.#unwritable(`more than ${MOST} elements`);
    for (let column = 0, at = 0; at < numbers.length; column++, at += width) {
      if (!this.#isStored(numbers, at)) continue;
      for (let i = 0; i < width; i++) this.#data.buffer.push(numbers[at + i] as number);
      this.#indices.buffer.push(column);
      this.#stored++;
    }
    this.#indptr.buffer.push(this.#stored);
    this.#rows++;
    for (const part of [this.#data, this.#indices, this.#indptr]) if (part.buffer.isFull) await flush(part);
  }

  #isStored(numbers: ArrayLike<number>, at: number): boolean {
    const decides = this.#decides;
    if (decides !== undefined) return numbers[at + decides] !== 0;
    for (let i = 0; i < this.#width; i++) if (numbers[at + i] !== 0) return true;
    return false;
  }

  /** Writes what is left, with the headers of the three arrays. */
  async close(): Promise<void> {
    this.#checkOpen();
    this.#isClosed = true;
    for (const part of [this.#data, this.#indices, this.#indptr]) {
      await flush(part);
      await part.appender.close();
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Error(`the rows of ${this.#path} are closed`);
  }

  #unwritable(reason: string): FormatError {
    return new FormatError("unwritable", reason, { path: this.#path });
  }
}

/** An array that grows, and what it will get next. */
interface Part {
  readonly appender: Hdf5Appender;
  readonly buffer: RowBuffer;
}

/** Rows that are handed over at once where nothing is said about chunks. */
const ROWS = 1024;

function partOf(
  group: Hdf5GroupWriter,
  name: string,
  options: Parameters<Hdf5GroupWriter["append"]>[1] & { readonly dtype: string },
): Part {
  const { chunks, row } = options;
  const rows = Array.isArray(chunks) ? (chunks[0] as number) : ROWS;
  return { buffer: new RowBuffer(options.dtype, row, rows), appender: group.append(name, options) };
}

async function flush({ appender, buffer }: Part): Promise<void> {
  const rows = buffer.take();
  if (rows) await appender.append(rows);
}

/** The numbers of a row in C order, without a copy where they are at hand. */
function numbersOf(row: DenseRow): ArrayLike<number> {
  if (!(row instanceof NdArray)) return row;
  const plain = row.dtype === "float32" || row.dtype === "float64" ? row.contiguous() : astype(row, "float64");
  return (plain.data as TypedArray as Float64Array).subarray(plain.offset, plain.offset + plain.size);
}
