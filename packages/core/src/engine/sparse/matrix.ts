import { FormatError } from "../../errors.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import { sizeOf } from "../../ndarray/strides.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";
import { shapeLabel } from "../shape.js";
import { type CsrPlace, type CsrRows, checkColumns, checkStarts, type Positions, positionsOf, toDense } from "./csr.js";

/** The three arrays of a compressed sparse row matrix in a file. */
export interface CsrParts {
  readonly data: ArrayNode;
  readonly indices: ArrayNode;
  readonly indptr: ArrayNode;
}

/** Dense bytes that any matrix may have, and how many for one that is stored: a row that is empty takes one number. */
const HARMLESS = 1 << 26;
const GROWTH = 4096;

/** A compressed sparse row matrix whose contents are still in the file. */
export class CsrMatrix {
  /** Rows, columns, and the axes of one element. */
  readonly shape: readonly number[];
  readonly parts: CsrParts;

  /**
   * Looks at headers only. Throws `FormatError`: `mismatch` for parts that are no such arrays, `corrupt` for parts that do not
   * belong together.
   */
  constructor(parts: CsrParts, columns: number) {
    const { data, indices, indptr } = parts;
    for (const part of [indices, indptr]) checkVector(part);
    if (data.shape.length === 0) throw mismatch(data, "elements along the first axis expected");
    if (data.shape[0] !== indices.shape[0])
      throw new FormatError("corrupt", `${data.shape[0]} elements, but ${indices.shape[0]} columns (${indices.path})`, {
        path: data.path,
      });
    if (indptr.shape[0] === 0) throw new FormatError("corrupt", "it is empty: no row ends", { path: indptr.path });
    this.parts = parts;
    this.shape = [(indptr.shape[0] as number) - 1, columns, ...data.shape.slice(1)];
  }

  get rows(): number {
    return this.shape[0] as number;
  }

  get columns(): number {
    return this.shape[1] as number;
  }

  /** Stored elements of all rows. */
  get stored(): number {
    return this.parts.data.shape[0] as number;
  }

  /**
   * Rows `start` up to `stop`, which are checked; little else is read. Throws `FormatError` `corrupt` for row starts that fall or
   * lie outside, columns that there are not and columns that are twice in a row; `RangeError` outside the matrix.
   */
  async read(start: number, stop: number, options: WorkOptions = {}): Promise<CsrRows> {
    if (!(start >= 0 && start <= stop && stop <= this.rows))
      throw new RangeError(`rows ${start} to ${stop} of ${this.rows}`);
    const { data, indices, indptr } = this.parts;
    const bounds = positionsOf(await rowsOf(indptr, start, stop + 1, options), indptr.path);
    const place = { indptr: indptr.path, indices: indices.path, row: start, position: 0 };
    this.#checkBounds(bounds, place);
    const [first, last] = [bounds[0] as number, bounds[stop - start] as number];
    const starts = first === 0 ? bounds : Float64Array.from(bounds, (position) => position - first);
    const rows: CsrRows = {
      starts,
      indices: positionsOf(await rowsOf(indices, first, last, options), indices.path),
      data: await rowsOf(data, first, last, options),
      columns: this.columns,
    };
    checkColumns(rows, { ...place, position: first });
    return rows;
  }

  /** Rows `start` up to `stop` as a dense array. Throws as {@link CsrMatrix.read} does, and `limit` for a size out of all proportion. */
  async dense(start: number, stop: number, options: WorkOptions = {}): Promise<NdArray> {
    const { data, indices, indptr } = this.parts;
    const byteLength = (stop - start) * sizeOf(this.shape.slice(1)) * data.type.itemSize;
    const stored = [data, indices, indptr].reduce((sum, { shape, type }) => sum + sizeOf(shape) * type.itemSize, 0);
    if (byteLength > HARMLESS + GROWTH * stored)
      throw new FormatError("limit", `${shapeLabel(this.shape)} is more than ${stored} stored bytes can mean`, {
        path: data.path,
      });
    return toDense(await this.read(start, stop, options));
  }

  #checkBounds(bounds: Positions, place: CsrPlace): void {
    checkStarts(bounds, this.stored, place);
    const { row, indptr: path } = place;
    if (row === 0 && bounds[0] !== 0) throw new FormatError("corrupt", `it starts at ${bounds[0]}, not at 0`, { path });
    const last = bounds[bounds.length - 1] as number;
    if (row + bounds.length - 1 === this.rows && last !== this.stored)
      throw new FormatError("corrupt", `it ends at ${last}, but ${this.stored} elements are stored`, { path });
  }
}

/** Rows of an array, without the others where it can be read in part. */
export function rowsOf(node: ArrayNode, start: number, stop: number, options: WorkOptions): Promise<NdArray> {
  if (node.rows) return node.rows(start, stop, options);
  return node.load(options).then((array) => array.slice([start, stop]));
}

function checkVector(node: ArrayNode): void {
  if (node.shape.length !== 1) throw mismatch(node, "one axis expected");
  if (!/^u?int(8|16|32|64)$/.test(node.type.name)) throw mismatch(node, "whole numbers expected");
}

function mismatch({ path, type, shape }: ArrayNode, expected: string): FormatError {
  return new FormatError("mismatch", `${expected}, ${type.name} array ${shapeLabel(shape)} found`, { path });
}
