import { FormatError } from "../../errors.js";
import type { SparseLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { sizeOf } from "../../ndarray/strides.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode, GroupNode, Node } from "../../tree/node.js";
import type { WriteTree } from "../../tree/write.js";
import type { Value } from "../../value/value.js";
import { exactValue } from "../exact.js";
import { plainScalar } from "../scalar.js";
import { positionsOf } from "./csr.js";
import { rowsOf } from "./matrix.js";

/** Columns that may be looked at. */
const MOST_COLUMNS = 1 << 20;
/** Positions that are looked at together. */
const PIECE = 1 << 18;

/** Where the parts of a sparse array are. */
export interface SparsePlace {
  readonly group: GroupNode;
  /** The path of the array that they stand for. */
  readonly path: string;
  /** The size of a symbol of the shape, as objects around state it. */
  readonly size: (symbol: string) => Promise<number | undefined>;
}

/**
 * How many columns there are: as the shape says, else as what is stored for that, else as objects around state. Throws
 * `FormatError`: `missing` when nothing says it, `mismatch` and `corrupt` for what is no shape of these parts, `limit`.
 */
export async function columnsOf(
  field: SparseLayout,
  place: SparsePlace,
  parts: { readonly indices: ArrayNode; readonly indptr: ArrayNode },
  options: WorkOptions,
): Promise<number> {
  const rule = field.shape[1];
  if (rule === undefined) throw new TypeError(`a sparse array without columns at ${field.rule}`);
  if (typeof rule === "number") return rule;
  const found = (await storedColumns(field, place, parts, options)) ?? (await place.size(rule));
  const { path } = place;
  if (found === undefined)
    throw new FormatError("missing", `nothing in the file says how many columns (${rule}) there are`, { path });
  if (Number.isSafeInteger(found) && found >= 0 && found <= MOST_COLUMNS) return found;
  throw new FormatError("limit", `${found} columns (${rule}) are beyond what can be looked at`, { path });
}

async function storedColumns(
  { columns }: SparseLayout,
  { group }: SparsePlace,
  { indices, indptr }: { readonly indices: ArrayNode; readonly indptr: ArrayNode },
  options: WorkOptions,
): Promise<number | undefined> {
  if (columns === undefined) return undefined;
  if (columns === "largest-index") return (await largestIndex(indices, options)) + 1;
  const node =
    "attribute" in columns
      ? await (await group.attributes?.(options))?.child(columns.attribute, options)
      : await group.child(columns.array, options);
  if (!node) return undefined;
  const sizes = await sizesIn(node, options);
  const rows = sizes.length === 2 ? sizes[0] : undefined;
  const starts = indptr.shape.length === 1 ? (indptr.shape[0] as number) - 1 : undefined;
  if (rows !== undefined && starts !== undefined && rows !== starts)
    throw new FormatError("corrupt", `${rows} rows, but row starts of ${starts} (${indptr.path})`, { path: node.path });
  return sizes.at(-1);
}

/** Rows and columns, or columns alone. */
async function sizesIn(node: Node, options: WorkOptions): Promise<readonly number[]> {
  const misfit = new FormatError("mismatch", "a number of columns, or of rows and columns, expected", {
    path: node.path,
  });
  const count = node.kind === "array" ? sizeOf(node.shape) : node.kind === "list" ? node.length : 1;
  if (node.kind === "group" || count < 1 || count > 2) throw misfit;
  const value = await exactValue(node, options);
  const items = value instanceof NdArray || Array.isArray(value) ? [...(value as Iterable<unknown>)] : [value];
  const sizes = items.map((item) => plainScalar(item as Value));
  if (!sizes.every((size) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0)) throw misfit;
  return sizes as number[];
}

/** The largest of column positions, all of which are read, some at a time; -1 when there are none. */
export async function largestIndex(indices: ArrayNode, options: WorkOptions): Promise<number> {
  let largest = -1;
  if (indices.shape.length !== 1) return largest;
  const stored = indices.shape[0] as number;
  for (let from = 0; from < stored; from += PIECE) {
    const positions = positionsOf(await rowsOf(indices, from, Math.min(stored, from + PIECE), options), indices.path);
    for (let at = 0; at < positions.length; at++) largest = Math.max(largest, positions[at] as number);
  }
  return largest;
}

/** What is written beside the parts to say how many columns there are. */
export interface WrittenColumns {
  readonly members: ReadonlyMap<Value, WriteTree>;
  readonly attributes: ReadonlyMap<string, Value>;
}

/**
 * What says how many columns a matrix of this shape has, as the layout wants it said. Throws `FormatError` `unwritable` where
 * only positions tell it, and none lies in the last column: whoever reads the file would find fewer.
 */
export async function writtenColumns(
  { columns }: SparseLayout,
  { shape, path }: ArrayNode,
  largest: () => Promise<number>,
): Promise<WrittenColumns> {
  const members = new Map<Value, WriteTree>();
  const attributes = new Map<string, Value>();
  const sizes = NdArray.from("int64", BigInt64Array.from([BigInt(shape[0] ?? 0), BigInt(shape[1] ?? 0)])) as NdArray;
  if (columns === "largest-index") {
    const [last, found] = [(shape[1] ?? 0) - 1, await largest()];
    if (found !== last)
      throw new FormatError("unwritable", `nothing is stored in column ${last}, and only that would say it is there`, {
        path,
      });
  } else if (columns && "attribute" in columns) attributes.set(columns.attribute, sizes);
  else if (columns) members.set(columns.array, sizes);
  return { members, attributes };
}

/** Names beside the parts that belong to a sparse array. */
export function memberNamesOf({ parts, columns }: SparseLayout): readonly string[] {
  const said = typeof columns === "object" && "array" in columns ? [columns.array] : [];
  return [parts.data, parts.indices, parts.indptr, ...said];
}
