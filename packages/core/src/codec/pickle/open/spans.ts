import { FormatError } from "../../../errors.js";
import type { TypedArray } from "../../../ndarray/elements.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import { nativeView } from "../../../ndarray/storage.js";
import { gatherPieces, piecesBetween } from "../../../source/pieces.js";
import type { Source, WorkOptions } from "../../../source/source.js";
import { rowBytes, shapeOfRows } from "../../../tree/rows.js";
import { rowsOf } from "../../../tree/value-node.js";
import { arrayOf, swapWords, visibleShape } from "../array-layout.js";
import { decodeLatin1 } from "../latin1.js";
import { blobBytes, blobSize, decodeStored, NOT_LATIN1 } from "../read/blob.js";
import { readFully } from "../read/feeder.js";
import type { ArrayLayout, Blob, LazyArray } from "../read/slots.js";

const PIECE = 1 << 20;
/** Arrays up to this size are not worth memory of their own when they are only copied. */
const SMALL = 1 << 16;
/** No engine's byte arrays are shorter than this; longer ones may be impossible. */
const WHOLE = 2 ** 32 - 1;

/** The array over bytes that are in memory now. Throws `FormatError` `corrupt` when they are not as many as it needs. */
export function loadedArray(layout: ArrayLayout, bytes: Uint8Array): NdArray {
  if (bytes.byteLength === layout.byteLength) return arrayOf(layout, bytes);
  throw new FormatError("corrupt", `array needs ${layout.byteLength} bytes, ${bytes.byteLength} given`);
}

/** The array when its bytes are in memory already: a view of them, decoded when it is first used. */
export function arrayAtHome(lazy: LazyArray): NdArray | undefined {
  const { layout, blob } = lazy;
  if (lazy.array || !(blob.home || blob.bytes)) return lazy.array;
  const size = blobSize(blob);
  if (size !== layout.byteLength) {
    throw new FormatError("corrupt", `array needs ${layout.byteLength} bytes, ${size} given`);
  }
  const { home, at, length } = blob;
  const isPlain = home !== undefined && blob.encoding === "raw";
  lazy.array = arrayOf(
    layout,
    isPlain ? new Uint8Array(home.buffer, home.byteOffset + at, length) : () => blobBytes(blob),
  );
  return lazy.array;
}

/** The decoded bytes of a blob, read from the source unless they are in memory. */
export async function readBlob(source: Source, blob: Blob, options: WorkOptions): Promise<Uint8Array> {
  if (blob.home || blob.bytes) return blobBytes(blob);
  if (blob.length > WHOLE) throw tooLarge(blob.length);
  const stored = new Uint8Array(blob.length);
  await readFully(source, stored, blob.at, options);
  if (blob.encoding !== "utf8") return decodeStored(stored, blob.encoding);
  const size = decodeLatin1(stored, 0, stored.length, stored, 0);
  if (size < 0) throw new FormatError("corrupt", NOT_LATIN1);
  return stored.subarray(0, size);
}

/** The array of a leaf that is still in the file. Throws `FormatError` `limit` when it does not fit into memory. */
export async function readArray(source: Source, lazy: LazyArray, options: WorkOptions): Promise<NdArray> {
  const { layout, blob } = lazy;
  if (Math.max(layout.byteLength, blob.length) <= WHOLE)
    return loadedArray(layout, await readBlob(source, blob, options));
  const data = hasChunks(lazy) ? longMemory(layout) : undefined;
  if (!data) throw tooLarge(layout.byteLength);
  let done = 0;
  for await (const piece of arrayChunks(source, lazy, options)) {
    new Uint8Array(data.buffer, done, piece.length).set(piece);
    done += piece.length;
  }
  const array = NdArray.from(layout.type, data as never, layout.shape, { order: layout.order }) as NdArray;
  return layout.axes ? array.transpose(layout.axes) : array;
}

/** Whether {@link readRows} can deliver rows of an array: those whose rows along the first visible axis lie together. */
export function hasRows(lazy: LazyArray): boolean {
  const { axes, order, shape } = lazy.layout;
  const reversed = axes?.every((axis, index) => axis === shape.length - 1 - index) ?? false;
  const rowMajor = shape.length < 2 || (axes ? reversed && order === "F" : order === "C");
  return shape.length > 0 && rowMajor && lazy.blob.encoding !== "escape";
}

/** Rows `start` up to `stop` of an array that {@link hasRows}; a view where its bytes are in memory as they are. */
export async function readRows(
  source: Source,
  lazy: LazyArray,
  start: number,
  stop: number,
  options: WorkOptions,
): Promise<NdArray> {
  const { layout, blob } = lazy;
  const home = blob.encoding === "raw" ? arrayAtHome(lazy) : lazy.array;
  if (home) return rowsOf(home, start, stop);
  const shape = shapeOfRows(visibleShape(layout), start, stop);
  const row = rowBytes({ type: layout.type, shape });
  const byteLength = row * (stop - start);
  if (byteLength > WHOLE) throw tooLarge(byteLength);
  const bytes = new Uint8Array(byteLength);
  if (blob.encoding === "raw") await readFully(source, bytes, blob.at + start * row, options);
  else {
    const done = await gatherPieces(piecesBetween(textPieces(source, blob, options), start * row, stop * row), bytes);
    if (done < byteLength)
      throw new FormatError("corrupt", `array needs ${layout.byteLength} bytes, ${start * row + done} given`);
  }
  return arrayOf({ type: layout.type, shape, order: "C", swapped: layout.swapped, byteLength }, bytes);
}

/** Memory for more bytes than a byte array holds everywhere: that of the element type does. */
function longMemory({ type, byteLength }: ArrayLayout): TypedArray | undefined {
  try {
    return nativeView(type.name, new ArrayBuffer(byteLength));
  } catch {
    return undefined;
  }
}

function tooLarge(bytes: number): FormatError {
  return new FormatError("limit", `${bytes} bytes do not fit into one piece of memory`);
}

/** Whether {@link arrayChunks} can deliver an array piece by piece. */
export function hasChunks({ layout, blob }: LazyArray): boolean {
  return blob.encoding === "raw" || (blob.encoding === "utf8" && !layout.swapped);
}

/** The elements of an array as its layout says, piece by piece. */
export async function* arrayChunks(source: Source, lazy: LazyArray, options: WorkOptions): AsyncIterable<Uint8Array> {
  const { layout, blob } = lazy;
  const size = layout.type.itemSize;
  let total = 0;
  for await (const piece of blob.encoding === "raw"
    ? rawPieces(source, blob, size, options)
    : textPieces(source, blob, options)) {
    total += piece.length;
    if (total > layout.byteLength) break;
    yield layout.swapped ? swapWords(piece.slice(), layout.type) : piece;
  }
  if (total !== layout.byteLength)
    throw new FormatError("corrupt", `array needs ${layout.byteLength} bytes, ${total} given`);
}

async function* rawPieces(
  source: Source,
  blob: Blob,
  itemSize: number,
  options: WorkOptions,
): AsyncIterable<Uint8Array> {
  const step = Math.max(1, Math.floor(PIECE / Math.max(1, itemSize))) * itemSize || PIECE;
  if (!blob.home && blob.length <= SMALL) {
    if (blob.length > 0) yield await source.read(blob.at, blob.at + blob.length, options);
    return;
  }
  const whole = blob.home ? blobBytes(blob) : undefined;
  const buffer = whole ? undefined : new Uint8Array(Math.min(step, blob.length));
  for (let start = 0; start < blob.length; start += step) {
    const end = Math.min(blob.length, start + step);
    if (!buffer) yield (whole as Uint8Array).subarray(start, end);
    else {
      const piece = buffer.subarray(0, end - start);
      await readFully(source, piece, blob.at + start, options);
      yield piece;
    }
  }
}

/** Decodes text that stands for bytes; a character may lie across two pieces. */
async function* textPieces(source: Source, blob: Blob, options: WorkOptions): AsyncIterable<Uint8Array> {
  const buffer = new Uint8Array(Math.min(PIECE, blob.length) + 1);
  const target = new Uint8Array(buffer.length);
  let held = 0;
  for (let start = 0; start < blob.length; start += PIECE) {
    const length = Math.min(PIECE, blob.length - start);
    const stored = buffer.subarray(held, held + length);
    if (blob.home) stored.set(blob.home.subarray(blob.at + start, blob.at + start + length));
    else await readFully(source, stored, blob.at + start, options);
    const filled = held + length;
    const last = buffer[filled - 1] as number;
    held = last >= 0xc0 && start + length < blob.length ? 1 : 0;
    const size = decodeLatin1(buffer, 0, filled - held, target, 0);
    if (size < 0) throw new FormatError("corrupt", NOT_LATIN1);
    yield target.subarray(0, size);
    if (held) buffer[0] = last;
  }
}
