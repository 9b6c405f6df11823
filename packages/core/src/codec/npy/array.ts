import { FormatError } from "../../errors.js";
import { littleEndian } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { nativeView, swapBytes } from "../../ndarray/storage.js";
import { sizeOf } from "../../ndarray/strides.js";
import { gatherPieces } from "../../source/pieces.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";
import { rowBytes, shapeOfRows } from "../../tree/rows.js";
import { boxed } from "../../tree/value-node.js";
import type { NpyHeader } from "./header.js";

/** Bytes that hold one npy array: a file, or an entry of an archive. */
export interface NpyContent {
  /** What errors call it. */
  readonly path: string;
  readonly byteLength: number;
  /** All bytes. */
  bytes(options?: WorkOptions): Promise<Uint8Array>;
  /** All bytes in pieces, each valid until the next one is asked for. */
  chunks(options?: WorkOptions): AsyncIterable<Uint8Array>;
  /** Bytes `start` up to `end` in such pieces, reading few others beyond. */
  part(start: number, end: number, options?: WorkOptions): AsyncIterable<Uint8Array>;
  /** The same as one piece, for contents that need not read any others. */
  range?(start: number, end: number, options?: WorkOptions): Promise<Uint8Array>;
  /** Throws `limit` when that many bytes are not to be in memory at once. */
  admit?(byteLength: number): void;
}

export interface NpyOptions {
  /** Path of the node in the file's tree. */
  readonly nodePath: string;
  readonly classes?: readonly string[] | undefined;
  readonly maxLoadBytes?: number | undefined;
}

/** No engine's byte arrays are shorter than this; for longer contents they may be. */
const WHOLE = 2 ** 32 - 1;

/** The array that `content` holds by its header. Throws `FormatError` `truncated` when the data cannot be there. */
export function npyArray(content: NpyContent, header: NpyHeader, options: NpyOptions): ArrayNode {
  const { type, shape, order, dataOffset } = header;
  const node = { kind: "array", path: options.nodePath, type, shape, order } as const;
  if (type.name === "object") return { ...node, load: (work) => loadObjects(content, header, options, work) };

  const needed = sizeOf(shape) * type.itemSize;
  const available = content.byteLength - dataOffset;
  if (needed > available) {
    const reason = `shape (${shape.join(", ")}) of ${JSON.stringify(type.descr)} needs ${needed} bytes, ${available} are there`;
    throw new FormatError("truncated", reason, { path: content.path, offset: dataOffset });
  }
  const chunks = (work?: WorkOptions): AsyncIterable<Uint8Array> =>
    dataChunks(content.chunks(work), dataOffset, needed);
  const load = async (work?: WorkOptions): Promise<NdArray> => {
    checkLoad(content, needed, options);
    if (content.byteLength > WHOLE) return loadLong(content, header, chunks(work));
    const bytes = await content.bytes(work);
    return NdArray.fromBytes(type, shape, bytes.subarray(dataOffset, dataOffset + needed), { order });
  };
  if (order === "F" || shape.length === 0) return { ...node, chunks, load };
  return {
    ...node,
    chunks,
    load,
    async rows(start, stop, work) {
      const part = shapeOfRows(shape, start, stop);
      if (part[0] === shape[0]) return load(work);
      checkLoad(content, sizeOf(part) * type.itemSize, options);
      return loadRows(content, header, start, part, work);
    },
  };
}

function checkLoad(content: NpyContent, byteLength: number, options: NpyOptions): void {
  const { maxLoadBytes = Number.POSITIVE_INFINITY } = options;
  if (byteLength <= maxLoadBytes) return;
  const reason = `${byteLength} bytes are more than the ${maxLoadBytes} that may be read at once`;
  throw new FormatError("limit", reason, { path: content.path });
}

/** Rows of an array in C order from `start` on, as many as `shape` has, in memory of their own. */
async function loadRows(
  content: NpyContent,
  { type, shape: whole, dataOffset }: NpyHeader,
  start: number,
  shape: readonly number[],
  work: WorkOptions | undefined,
): Promise<NdArray> {
  const row = rowBytes({ type, shape });
  const byteLength = row * (shape[0] as number);
  if (byteLength === 0) return NdArray.fromBytes(type, shape, new Uint8Array(0));
  content.admit?.(byteLength);
  const from = dataOffset + start * row;
  const to = from + byteLength;
  if (content.range && byteLength <= WHOLE) return NdArray.fromBytes(type, shape, await content.range(from, to, work));
  // The last rows are read to the end of all bytes, which is where checksums are.
  const last = start + (shape[0] as number) === whole[0];
  const pieces = dataChunks(content.part(from, last ? content.byteLength : to, work), 0, byteLength);
  const header = { type, shape, order: "C", dataOffset } as const;
  if (byteLength > WHOLE) return loadLong(content, header, pieces);
  const bytes = new Uint8Array(byteLength);
  await gatherPieces(pieces, bytes);
  return NdArray.fromBytes(type, shape, bytes);
}

/** The data without header and trailing bytes. Reads to the end all the same, since that is where checksums are. */
async function* dataChunks(
  pieces: AsyncIterable<Uint8Array>,
  dataOffset: number,
  needed: number,
): AsyncGenerator<Uint8Array, void, void> {
  let position = 0;
  for await (const piece of pieces) {
    const data = piece.subarray(Math.max(0, dataOffset - position), Math.max(0, dataOffset + needed - position));
    position += piece.byteLength;
    if (data.byteLength > 0) yield data;
  }
}

/** numpy pickles object arrays; what the pickle holds counts, not the header's shape. */
async function loadObjects(
  content: NpyContent,
  { dataOffset }: NpyHeader,
  options: NpyOptions,
  work: WorkOptions | undefined,
): Promise<NdArray> {
  const [bytes, { readPickle }] = await Promise.all([content.bytes(work), import("../pickle/read/read.js")]);
  const { classes } = options;
  const value = readPickle(bytes.subarray(dataOffset), {
    path: content.path,
    baseOffset: dataOffset,
    ...(classes && { classes }),
  });
  return value instanceof NdArray ? value : boxed(value);
}

/** An array of more bytes than a byte array holds everywhere: memory of its element type holds them. */
async function loadLong(content: NpyContent, header: NpyHeader, chunks: AsyncIterable<Uint8Array>): Promise<NdArray> {
  const { type, shape, order } = header;
  const byteLength = sizeOf(shape) * type.itemSize;
  const data = longMemory(type.name, byteLength);
  if (!data) {
    const reason = `${byteLength} bytes of ${type.name} do not fit into one piece of memory`;
    throw new FormatError("limit", reason, { path: content.path });
  }
  const memory = data.buffer as ArrayBuffer;
  let done = 0;
  for await (const piece of chunks) {
    new Uint8Array(memory, done, piece.byteLength).set(piece);
    done += piece.byteLength;
  }
  if (type.byteOrder === ">") {
    for (let at = 0; at < byteLength; at += 2 ** 26) {
      swapBytes(new Uint8Array(memory, at, Math.min(2 ** 26, byteLength - at)), data.BYTES_PER_ELEMENT);
    }
  }
  return NdArray.from(littleEndian(type), data as never, shape, { order }) as NdArray;
}

function longMemory(name: NpyHeader["type"]["name"], byteLength: number): ReturnType<typeof nativeView> {
  try {
    return nativeView(name, new ArrayBuffer(byteLength));
  } catch {
    return undefined;
  }
}
