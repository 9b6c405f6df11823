import type { SparseLayout } from "../../layout/layout.js";
import { type DType, dtype } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { sizeOf } from "../../ndarray/strides.js";
import { allocate } from "../../source/bounds.js";
import { join } from "../../source/join.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";
import { rowBytes } from "../../tree/rows.js";
import type { WriteTree } from "../../tree/write.js";
import { memberPath } from "../../value/path.js";
import type { Value } from "../../value/value.js";
import { type CsrRows, fromDense, type Positions, positionArray } from "./csr.js";

type Layout = Pick<SparseLayout, "parts" | "written" | "decides">;

/** Bytes of columns that are kept from writing the elements until the columns themselves are written. */
const KEPT = 1 << 24;

/** Bytes of stored elements that may still be gathered in memory, for all matrices of a file together. */
export interface GatherBudget {
  left: number;
}

export interface StoredPartsOptions extends WorkOptions {
  /** Default: none are gathered. */
  readonly budget?: GatherBudget | undefined;
}

/**
 * A dense array (rows, columns, …) as the parts of a sparse matrix, by their names. What is still to be read or made is gone
 * through once, piece by piece. Where more is stored than the budget has left, it is gone through again for each part as that is
 * written: in memory is where each row starts, and a piece of the rest. Throws `FormatError` `unwritable` for positions that do not
 * fit into their type, `RangeError` for fewer than two axes.
 */
export async function storedParts(
  node: ArrayNode,
  layout: Layout,
  { budget, ...options }: StoredPartsOptions = {},
): Promise<ReadonlyMap<Value, WriteTree>> {
  const { parts, written = {}, decides } = layout;
  const paths = { indices: memberPath(node.path, parts.indices), indptr: memberPath(node.path, parts.indptr) };
  const streamed = streamable(node);
  const columnsOf = (indices: Positions): NdArray => positionArray(indices, written.indices, paths.indices);
  if (!streamed) {
    const { data, indices, starts } = fromDense(await node.load(options), { decides });
    return treeOf(parts, {
      data,
      indices: columnsOf(indices),
      indptr: positionArray(starts, written.indptr, paths.indptr),
    });
  }
  const { starts, gathered } = await countRows(streamed, { layout, columnsOf, budget }, options);
  const indptr = positionArray(starts, written.indptr, paths.indptr);
  const shape = [starts[starts.length - 1] as number, ...node.shape.slice(2)];
  const type = dtype(written.indices ?? "int32");
  if (gathered) {
    const [data, indices] = [join(gathered.data), join(gathered.indices)];
    return treeOf(parts, {
      data: NdArray.fromBytes(node.type, shape, data),
      indices: NdArray.fromBytes(type, shape.slice(0, 1), indices),
      indptr,
    });
  }
  const pieces = new Pieces(streamed, layout, columnsOf);
  return treeOf(parts, {
    data: deferred(memberPath(node.path, parts.data), shape, node.type, (work) => pieces.data(work)),
    indices: deferred(paths.indices, shape.slice(0, 1), type, (work) => pieces.indices(work)),
    indptr,
  });
}

function treeOf(
  { data, indices, indptr }: Layout["parts"],
  tree: Readonly<Record<"data" | "indices" | "indptr", WriteTree>>,
): ReadonlyMap<Value, WriteTree> {
  return new Map<Value, WriteTree>([
    [data, tree.data],
    [indices, tree.indices],
    [indptr, tree.indptr],
  ]);
}

type ColumnsOf = (indices: Positions) => NdArray;

/** The parts as bytes, made anew whenever they are asked for. */
class Pieces {
  readonly #node: Streamed;
  readonly #layout: Layout;
  readonly #columnsOf: ColumnsOf;
  /** Columns that writing the elements has come across. */
  #kept: readonly Uint8Array[] | undefined;

  constructor(node: Streamed, layout: Layout, columnsOf: ColumnsOf) {
    this.#node = node;
    this.#layout = layout;
    this.#columnsOf = columnsOf;
  }

  async *data(options: WorkOptions): AsyncGenerator<Uint8Array, void, void> {
    let columns: Uint8Array[] | undefined = [];
    let bytes = 0;
    for await (const rows of rowsOf(this.#node, this.#layout, options)) {
      const piece = this.#columnsOf(rows.indices).toBytes();
      bytes += piece.byteLength;
      if (bytes > KEPT) columns = undefined;
      columns?.push(piece);
      yield rows.data.toBytes();
    }
    this.#kept = columns;
  }

  async *indices(options: WorkOptions): AsyncGenerator<Uint8Array, void, void> {
    const columns = this.#kept;
    this.#kept = undefined;
    if (columns) yield* columns;
    else
      for await (const rows of rowsOf(this.#node, this.#layout, options)) yield this.#columnsOf(rows.indices).toBytes();
  }
}

type Streamed = ArrayNode & { readonly chunks: NonNullable<ArrayNode["chunks"]> };

/** The array if it can be gone through piece by piece, and is not in memory anyway. */
function streamable(node: ArrayNode): Streamed | undefined {
  const { array, chunks, order, shape, type } = node;
  const isPlain = order === "C" && type.byteOrder !== ">" && shape.length >= 2 && rowBytes(node) > 0;
  return !array && chunks && isPlain ? (node as Streamed) : undefined;
}

interface Counting {
  readonly layout: Layout;
  readonly columnsOf: ColumnsOf;
  readonly budget: GatherBudget | undefined;
}

interface Counted {
  readonly starts: Float64Array;
  /** Undefined when the budget did not suffice. */
  readonly gathered: Gathered | undefined;
}

interface Gathered {
  readonly data: Uint8Array[];
  readonly indices: Uint8Array[];
}

async function countRows(
  node: Streamed,
  { layout, columnsOf, budget = { left: 0 } }: Counting,
  options: WorkOptions,
): Promise<Counted> {
  const starts = new Float64Array((node.shape[0] as number) + 1);
  let gathered: Gathered | undefined = { data: [], indices: [] };
  let [row, stored, bytes] = [0, 0, 0];
  for await (const rows of rowsOf(node, layout, options)) {
    for (let at = 1; at < rows.starts.length; at++) starts[++row] = stored + (rows.starts[at] as number);
    stored = starts[row] as number;
    if (!gathered) continue;
    const [data, indices] = [rows.data.toBytes(), columnsOf(rows.indices).toBytes()];
    bytes += data.byteLength + indices.byteLength;
    if (bytes > budget.left) gathered = undefined;
    else {
      gathered.data.push(data);
      gathered.indices.push(indices);
    }
  }
  if (gathered) budget.left -= bytes;
  return { starts, gathered };
}

/** The array's rows, some at a time. */
async function* rowsOf(node: Streamed, { decides }: Layout, options: WorkOptions): AsyncGenerator<CsrRows, void, void> {
  const width = rowBytes(node);
  const others = node.shape.slice(1);
  let rest = new Uint8Array(0);
  for await (const piece of node.chunks(options)) {
    const bytes = new Uint8Array(rest.byteLength + piece.byteLength);
    bytes.set(rest);
    bytes.set(piece, rest.byteLength);
    const count = Math.floor(bytes.byteLength / width);
    rest = bytes.slice(count * width);
    if (count === 0) continue;
    yield fromDense(NdArray.fromBytes(node.type, [count, ...others], bytes.subarray(0, count * width)), { decides });
  }
}

function deferred(
  path: string,
  shape: readonly number[],
  type: DType,
  pieces: (options: WorkOptions) => AsyncIterable<Uint8Array>,
): ArrayNode {
  const load = async (options: WorkOptions = {}): Promise<NdArray> => {
    const bytes = allocate(sizeOf(shape) * type.itemSize, path);
    let at = 0;
    for await (const piece of pieces(options)) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    return NdArray.fromBytes(type, shape, bytes);
  };
  return { kind: "array", path, type, shape, order: "C", load, chunks: (options = {}) => pieces(options) };
}
