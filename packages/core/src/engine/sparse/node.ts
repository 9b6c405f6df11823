import { FormatError } from "../../errors.js";
import type { SparseLayout } from "../../layout/layout.js";
import { type DType, littleEndian } from "../../ndarray/dtype.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode, GroupNode } from "../../tree/node.js";
import { rowBytes, shapeOfRows } from "../../tree/rows.js";
import { memberPath } from "../../value/path.js";
import { describeNode } from "../resolve.js";
import { shapeLabel } from "../shape.js";
import { columnsOf, type SparsePlace } from "./columns.js";
import { CsrMatrix } from "./matrix.js";

/** Bytes of dense rows that are made at once. */
const PIECE = 1 << 22;

/** A sparse matrix as the dense array that it stands for, whose elements are still in the file. */
export class SparseNode implements ArrayNode {
  readonly kind = "array";
  readonly order = "C";
  readonly path: string;
  readonly type: DType;
  readonly shape: readonly number[];
  readonly matrix: CsrMatrix;

  constructor(matrix: CsrMatrix, path: string) {
    this.path = path;
    this.type = littleEndian(matrix.parts.data.type);
    this.shape = matrix.shape;
    this.matrix = matrix;
  }

  load(options: WorkOptions = {}): Promise<NdArray> {
    return this.matrix.dense(0, this.matrix.rows, options);
  }

  async rows(start: number, stop: number, options: WorkOptions = {}): Promise<NdArray> {
    shapeOfRows(this.shape, start, stop);
    return this.matrix.dense(start, stop, options);
  }

  async *chunks(options: WorkOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    const { rows } = this.matrix;
    const step = Math.max(1, Math.floor(PIECE / Math.max(1, rowBytes(this))));
    // Once without rows too: row starts are looked at all the same.
    for (let row = 0; row === 0 || row < rows; row += step) {
      const piece = (await this.matrix.dense(row, Math.min(rows, row + step), options)).toBytes();
      if (piece.byteLength > 0) yield piece;
    }
  }
}

/** Reads the headers of the parts; all columns, where only they say how many there are. Throws `FormatError` `missing`, `mismatch` or `corrupt` for parts that are no matrix. */
export async function openSparse(
  field: SparseLayout,
  place: SparsePlace,
  options: WorkOptions = {},
): Promise<SparseNode> {
  const part = (name: string): Promise<ArrayNode> => arrayAt(place.group, name, options);
  const parts = {
    data: await part(field.parts.data),
    indices: await part(field.parts.indices),
    indptr: await part(field.parts.indptr),
  };
  checkData(field, parts.data);
  return new SparseNode(new CsrMatrix(parts, await columnsOf(field, place, parts, options)), place.path);
}

async function arrayAt(group: GroupNode, name: string, options: WorkOptions): Promise<ArrayNode> {
  const path = memberPath(group.path, name);
  const node = await group.child(name, options);
  if (!node) throw new FormatError("missing", "a part of a sparse array is not there", { path });
  if (node.kind === "array") return node;
  throw new FormatError("mismatch", `an array expected, ${describeNode(node)} found`, { path });
}

/** The elements must have a type that the schema states, and their own axes its sizes. */
function checkData({ dtype, shape }: SparseLayout, data: ArrayNode): void {
  const element = shape.slice(2);
  const fits =
    data.shape.length === 1 + element.length &&
    element.every((size, axis) => typeof size !== "number" || size === data.shape[axis + 1]);
  if (fits && dtype.includes(data.type.name)) return;
  const expected = `${dtype.join(" or ")} ${shapeLabel(["n", ...element])}`;
  throw new FormatError("mismatch", `${expected} expected, ${describeNode(data)} found`, { path: data.path });
}
