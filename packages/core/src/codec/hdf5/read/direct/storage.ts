import { FormatError } from "../../../../errors.js";
import { sizeOf } from "../../../../ndarray/strides.js";
import { type FileBytes, Piece, Unknown } from "./bytes.js";

/** Where the elements of a data set are whose bytes need no work: rows of its first axis are one behind the other. */
export type Storage =
  | { readonly kind: "contiguous"; readonly address: number }
  /** `rows` of each chunk; other axes are not cut. */
  | { readonly kind: "chunked"; readonly tree: number; readonly rows: number; readonly chunk: readonly number[] };

const DEEPEST = 32;

/** The layout message, for elements of `itemSize` bytes. Throws `Unknown` for all but the common ones. */
export function readLayout(body: Uint8Array, shape: readonly number[], itemSize: number): Storage {
  const piece = new Piece(body);
  if (piece.u8() !== 3) throw new Unknown();
  const kind = piece.u8();
  if (kind === 1) {
    const address = piece.u64();
    if (piece.u64() !== sizeOf(shape) * itemSize) throw new Unknown();
    return { kind: "contiguous", address };
  }
  if (kind !== 2 || piece.u8() !== shape.length + 1) throw new Unknown();
  const tree = piece.u64();
  const chunk = shape.map(() => piece.u32());
  const [rows = 0, ...others] = chunk;
  const whole = others.every((size, axis) => size === shape[axis + 1]);
  if (rows === 0 || !whole || piece.u32() !== itemSize) throw new Unknown();
  return { kind: "chunked", tree, rows, chunk };
}

/** Where rows are, which are copied as they are. */
export interface RowsOf {
  readonly storage: Storage;
  /** Bytes of a row. */
  readonly width: number;
  /** Nodes of the tree of chunks that have been read, by address. */
  readonly nodes: Map<number, ChunkNode>;
}

export interface ChunkNode {
  readonly level: number;
  /** The first row of each child, ascending, and where it is. */
  readonly rows: readonly number[];
  readonly children: readonly number[];
}

/** Copies rows from `start` on into `target`. Throws `Unknown` where a chunk was never written, or is compressed after all. */
export function readRows(file: FileBytes, { storage, width, nodes }: RowsOf, start: number, target: Uint8Array): void {
  if (width === 0 || target.byteLength === 0) return;
  if (storage.kind === "contiguous") {
    file.into(target, storage.address + start * width);
    return;
  }
  const stop = start + target.byteLength / width;
  for (let row = start; row < stop; ) {
    const first = row - (row % storage.rows);
    const end = Math.min(stop, first + storage.rows);
    const address = chunkAt(file, { storage, width, nodes }, first);
    file.into(target.subarray((row - start) * width, (end - start) * width), address + (row - first) * width);
    row = end;
  }
}

type Chunked = RowsOf & { readonly storage: Extract<Storage, { kind: "chunked" }> };

/** Where the chunk is that begins with a row. Specification III.A, nodes of type 1. */
function chunkAt(file: FileBytes, rows: Chunked, first: number): number {
  let address = rows.storage.tree;
  for (let depth = 0, above = DEEPEST; depth < DEEPEST; depth++) {
    const node = rows.nodes.get(address) ?? readNode(file, rows, address);
    if (node.level >= above) throw new Unknown();
    above = node.level;
    const at = lastNotAbove(node.rows, first);
    const child = node.children[at];
    if (child === undefined || (node.level === 0 && node.rows[at] !== first)) throw new Unknown();
    if (node.level === 0) return child;
    address = child;
  }
  throw new Unknown();
}

/** Nodes that are kept of one data set. */
const KEPT = 64;

function readNode(file: FileBytes, { storage, width, nodes }: Chunked, address: number): ChunkNode {
  const head = file.at(address, 24);
  head.expect("TREE");
  const [type, level, used] = [head.u8(), head.u8(), head.u16()];
  if (type !== 1) throw new Unknown();
  const axes = storage.chunk.length;
  const entries = file.at(address + 24, used * (8 * axes + 24) + 8 * axes + 16);
  const [rows, children]: [number[], number[]] = [[], []];
  for (let index = 0; index < used; index++) {
    const bytes = entries.u32();
    const skipped = entries.u32();
    rows.push(entries.u64());
    for (let axis = 1; axis <= axes; axis++) if (entries.u64() !== 0) throw new Unknown();
    children.push(entries.u64());
    if (level === 0 && skipped !== 0) throw new Unknown();
    // The library would leave open what the rest of the chunk is.
    if (level === 0 && bytes !== storage.rows * width)
      throw new FormatError("corrupt", `a chunk of ${storage.rows * width} bytes is said to have ${bytes}`);
    if (index > 0 && !((rows[index - 1] as number) < (rows[index] as number))) throw new Unknown();
  }
  checkLast(entries, storage.chunk, rows.at(-1) ?? -1);
  const node = { level, rows, children };
  if (nodes.size >= KEPT) nodes.clear();
  nodes.set(address, node);
  return node;
}

/** What stands behind the last child is looked at by the library, too: where the chunk behind it would begin. */
function checkLast(entries: Piece, chunk: readonly number[], row: number): void {
  entries.skip(8);
  for (const [axis, size] of chunk.entries()) {
    const at = entries.u64();
    if (at % size !== 0 || (axis === 0 && at <= row)) throw new Unknown();
  }
  entries.skip(8);
}

/** Index of the last number that is not above `most`, among ascending ones; -1 when all are. */
function lastNotAbove(numbers: readonly number[], most: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
