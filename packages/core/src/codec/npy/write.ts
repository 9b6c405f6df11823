import { FormatError } from "../../errors.js";
import { type DType, littleEndian } from "../../ndarray/dtype.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import { swapBytes } from "../../ndarray/storage.js";
import { sizeOf } from "../../ndarray/strides.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";
import { formatNpyHeader } from "./format.js";

/** An npy file to be written: `byteLength` bytes, in pieces that are valid until the next one is asked for. */
export interface NpyBytes {
  readonly byteLength: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

export interface NpyWriteOptions extends WorkOptions {
  /** Of pickles in object arrays. Default 3, which numpy 1 writes and every numpy for Python 3 reads. */
  readonly protocol?: 2 | 3 | 4 | 5 | undefined;
}

/** Views that cannot be copied as they are stored are packed in pieces of about this size. */
const SLAB = 1 << 22;
const PIECE = 1 << 20;
/** No engine's byte arrays are shorter than this; longer arrays have no view of all their bytes everywhere. */
const WHOLE = 2 ** 32 - 1;

/** The npy form of an array, in memory or still in another file; its order and byte order are kept where it is packed. */
export async function npyBytes(array: NdArray | ArrayNode, options: NpyWriteOptions = {}): Promise<NpyBytes> {
  if (!("kind" in array)) return bytesOfArray(array, options);
  if (!array.chunks) return bytesOfArray(await array.load(options), options);
  const { type, shape, order } = array;
  const { signal } = options;
  return framed({ type, shape, order }, sizeOf(shape) * type.itemSize, array.chunks({ signal }));
}

async function bytesOfArray(array: NdArray, options: NpyWriteOptions): Promise<NpyBytes> {
  const { type, shape } = array;
  if (type.name === "object") {
    const { writePickle } = await import("../pickle/write/write.js");
    const pickle = writePickle(array, { protocol: options.protocol ?? 3 });
    return framed({ type, shape, order: "C" }, pickle.byteLength, cut(pickle));
  }
  const stored = array.byteLength < WHOLE ? array.storedBytes() : undefined;
  if (stored) return framed({ type, shape, order: stored.order }, stored.bytes.byteLength, cut(stored.bytes));
  const packed = type.fields ? littleEndian(type) : type;
  const data = packed.byteOrder === ">" ? swapped(slabs(array), packed) : slabs(array);
  return framed({ type: packed, shape, order: "C" }, array.byteLength, data);
}

function framed(
  header: { type: DType; shape: readonly number[]; order: "C" | "F" },
  byteLength: number,
  data: AsyncIterable<Uint8Array>,
): NpyBytes {
  const { type, shape } = header;
  if (shape.some((size) => !Number.isSafeInteger(size)))
    throw new FormatError("unwritable", `shape (${shape.join(", ")})`);
  // An array that is in both orders is written as C, like numpy does.
  const order = header.order === "F" && !isBothOrders(shape) ? "F" : "C";
  const head = formatNpyHeader({ type, shape, order });
  return { byteLength: head.byteLength + byteLength, pieces: joined(head, data) };
}

function isBothOrders(shape: readonly number[]): boolean {
  return sizeOf(shape) === 0 || shape.filter((size) => size !== 1).length < 2;
}

async function* joined(head: Uint8Array, data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  yield head;
  yield* data;
}

async function* cut(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.byteLength; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** Packed little-endian bytes in C order, made from one run along the first axes at a time. */
async function* slabs(array: NdArray): AsyncGenerator<Uint8Array, void, void> {
  const [rows] = array.shape;
  if (array.byteLength <= SLAB || rows === undefined) {
    yield array.toBytes();
    return;
  }
  const rowBytes = array.byteLength / rows;
  if (rowBytes > SLAB) {
    for (let row = 0; row < rows; row++) yield* slabs(array.slice(row));
    return;
  }
  const step = Math.max(1, Math.floor(SLAB / rowBytes));
  for (let row = 0; row < rows; row += step) yield array.slice([row, row + step]).toBytes();
}

/** Little-endian pieces, which nobody else uses, in big-endian order. */
async function* swapped(pieces: AsyncIterable<Uint8Array>, type: DType): AsyncGenerator<Uint8Array, void, void> {
  const complex = type.name === "complex64" || type.name === "complex128";
  const word = type.name === "string" ? 4 : complex ? type.itemSize / 2 : type.itemSize;
  for await (const piece of pieces) {
    swapBytes(piece, word);
    yield piece;
  }
}
