import { FormatError } from "../../../errors.js";
import { sizeOf } from "../../../ndarray/strides.js";
import type { ArrayStorage } from "../../../tree/write.js";
import type { Filters } from "./messages.js";

/** What a data set is made of, before its elements are known. */
export interface StoragePlan {
  /** Null for elements one behind the other. */
  readonly chunks: readonly number[] | null;
  readonly filters: Filters;
}

export interface PlanOptions {
  readonly shape: readonly number[];
  readonly itemSize: number;
  /** More rows may follow. */
  readonly growing: boolean;
  /** Text of variable length, which is elsewhere: what stands for it is small. */
  readonly isText: boolean;
  readonly path: string;
}

/** Bytes of a chunk that nobody has asked for, and of data sets that are not worth compressing. */
const CHUNK = 1 << 17;
export const SMALL: number = 1 << 12;
/** HDF5 counts the bytes of a chunk in 32 bits. */
const MOST = 2 ** 32 - 1;

/** Chunks and filters of a data set. Throws `FormatError` `unwritable` for options that contradict each other. */
export function storagePlan(
  wanted: ArrayStorage,
  { shape, itemSize, growing, isText, path }: PlanOptions,
): StoragePlan {
  const bytes = sizeOf(shape) * itemSize;
  const worth = growing || (bytes > SMALL && !isText);
  const gzip = worth || Array.isArray(wanted.chunks) ? (wanted.gzip ?? 0) : 0;
  const filters: Filters = { gzip, shuffle: (wanted.shuffle ?? gzip > 0) && itemSize > 1 && !isText };
  if (!(Number.isInteger(gzip) && gzip >= 0 && gzip <= 9)) throw new RangeError(`${gzip} is no level of zlib`);
  const needed = growing || gzip > 0 || filters.shuffle;
  if (shape.length === 0 || wanted.chunks === "none" || (wanted.chunks === undefined && !needed)) {
    if (growing) throw new FormatError("unwritable", "what grows is stored in chunks", { path });
    return { chunks: null, filters: { gzip: 0, shuffle: false } };
  }
  if (!growing && shape.includes(0)) return { chunks: null, filters: { gzip: 0, shuffle: false } };
  const chunks = wanted.chunks ?? defaultChunks(shape, itemSize, growing);
  checkChunks(chunks, shape, itemSize, path);
  return {
    chunks: chunks.map((size, axis) => (growing && axis === 0 ? size : Math.min(size, shape[axis] as number))),
    filters,
  };
}

function checkChunks(chunks: readonly number[], shape: readonly number[], itemSize: number, path: string): void {
  const whole = chunks.every((size) => Number.isInteger(size) && size > 0);
  if (chunks.length !== shape.length || !whole)
    throw new FormatError("unwritable", `chunks (${chunks.join(", ")}) do not fit the shape (${shape.join(", ")})`, {
      path,
    });
  if (sizeOf(chunks) * itemSize > MOST)
    throw new FormatError("unwritable", `a chunk of ${sizeOf(chunks) * itemSize} bytes is too large`, { path });
}

/** Whole rows as far as they fit, then parts of one row, so that reading rows reads little else. */
function defaultChunks(shape: readonly number[], itemSize: number, growing: boolean): number[] {
  const chunks = shape.map((size) => Math.max(1, size));
  for (let axis = 0; axis < chunks.length; axis++) {
    const others = sizeOf(chunks.slice(axis + 1)) * itemSize;
    const fitting = Math.max(1, Math.floor(CHUNK / others));
    chunks[axis] = growing && axis === 0 ? fitting : Math.min(chunks[axis] as number, fitting);
    if (others <= CHUNK) break;
  }
  return chunks;
}
