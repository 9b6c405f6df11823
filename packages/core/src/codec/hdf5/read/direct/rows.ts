import { FormatError } from "../../../../errors.js";
import { type FileBytes, type Piece, Unknown } from "./bytes.js";
import type { Storage } from "./layout.js";

/** Rows that are stored one behind the other, at least within pieces. */
export interface StoredRows {
  readonly storage: Storage;
  /** Bytes of a row. */
  readonly width: number;
  /** Nodes of the tree of chunks that have been read, by address. */
  readonly nodes: Map<number, ChunkNode>;
}

export interface ChunkNode {
  readonly level: number;
  /** The first row of each child, ascending, where it is, and the bytes that it has there. */
  readonly rows: readonly number[];
  readonly children: readonly number[];
  readonly sizes: readonly number[];
}

/** A chunk as it is stored. */
export interface StoredChunk {
  readonly address: number;
  readonly byteLength: number;
}

/** Copies rows from `start` on into `target`. Throws `Unknown` where a chunk was never written, or is compressed after all. */
export function readRows(file: FileBytes, stored: StoredRows, start: number, target: Uint8Array): void {
  const { storage, width } = stored;
  if (target.byteLength === 0) return;
  if (storage.kind === "compact") target.set(storage.bytes.subarray(start * width, start * width + target.byteLength));
  else if (storage.kind === "contiguous") {
    if (storage.address === undefined) throw new Unknown();
    file.into(target, storage.address + start * width);
  } else if (storage.kind === "chunked") {
    for (const { first, row, end } of runsOfChunks(storage.rows, start, start + target.byteLength / width)) {
      const { address, byteLength } = chunkAt(file, stored, first);
      // The library would leave open what the rest of the chunk is.
      if (byteLength !== storage.rows * width)
        throw new FormatError("corrupt", `a chunk of ${storage.rows * width} bytes is said to have ${byteLength}`);
      file.into(target.subarray((row - start) * width, (end - start) * width), address + (row - first) * width);
    }
  } else throw new Unknown();
}

export interface Run {
  /** The first row of the chunk. */
  readonly first: number;
  /** The rows that are wanted of it. */
  readonly row: number;
  readonly end: number;
}

/** Which rows of which chunks are the rows from `start` up to `stop`. */
export function* runsOfChunks(rows: number, start: number, stop: number): Generator<Run, void, void> {
  for (let row = start; row < stop; ) {
    const first = row - (row % rows);
    const end = Math.min(stop, first + rows);
    yield { first, row, end };
    row = end;
  }
}

const DEEPEST = 32;

/** The chunk that begins with a row. Specification III.A, nodes of type 1. Throws `Unknown` when it was never written. */
export function chunkAt(file: FileBytes, stored: StoredRows, first: number): StoredChunk {
  const { storage, nodes } = stored;
  if (storage.kind !== "chunked" || storage.tree === undefined) throw new Unknown();
  let address = storage.tree;
  for (let depth = 0, above = DEEPEST; depth < DEEPEST; depth++) {
    const node = nodes.get(address) ?? readNode(file, stored, storage.chunk, address);
    if (node.level >= above) throw new Unknown();
    above = node.level;
    const at = lastNotAbove(node.rows, first);
    const child = node.children[at];
    if (child === undefined || (node.level === 0 && node.rows[at] !== first)) throw new Unknown();
    if (node.level === 0) return { address: child, byteLength: node.sizes[at] as number };
    address = child;
  }
  throw new Unknown();
}

/** Nodes that are kept of one data set. */
const KEPT = 64;

function readNode(file: FileBytes, { nodes }: StoredRows, chunk: readonly number[], address: number): ChunkNode {
  const head = file.at(address, 24);
  head.expect("TREE");
  const [type, level, used] = [head.u8(), head.u8(), head.u16()];
  if (type !== 1) throw new Unknown();
  const axes = chunk.length;
  const entries = file.at(address + 24, used * (8 * axes + 24) + 8 * axes + 16);
  const [rows, children, sizes]: [number[], number[], number[]] = [[], [], []];
  for (let index = 0; index < used; index++) {
    sizes.push(entries.u32());
    // Filters that were left out for this chunk.
    if (entries.u32() !== 0 && level === 0) throw new Unknown();
    rows.push(entries.u64());
    for (let axis = 1; axis <= axes; axis++) if (entries.u64() !== 0) throw new Unknown();
    children.push(entries.u64());
    if (index > 0 && !((rows[index - 1] as number) < (rows[index] as number))) throw new Unknown();
  }
  checkLast(entries, chunk, rows.at(-1) ?? -1);
  const node = { level, rows, children, sizes };
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
