import { FormatError, isFormatError } from "../../../errors.js";
import { Cursor } from "../cursor.js";
import { columnsOf, type ExrBlock, hasLine, linesOf } from "../geometry.js";
import { BYTES_OF, type ExrHeader } from "../model.js";
import { decodeHuffman } from "./huffman-decode.js";
import { encodeHuffman } from "./huffman-encode.js";
import { BITMAP_BYTES, rangeOf, toNumbers, toValues, valuesOf } from "./lut.js";
import { decodeWavelet, encodeWavelet, type Plane } from "./wavelet.js";

/*
 * PIZ numbers the 16-bit values of a block without gaps, replaces each channel by its wavelet coefficients and those by
 * Huffman codes. A sample of 32 bits is two such values.
 */

/** Undoes PIZ. Offsets of errors count from the start of `stored`. */
export function decodePiz(stored: Uint8Array, header: ExrHeader, block: ExrBlock): Uint8Array {
  const cursor = new Cursor(stored, "block");
  const values = valuesOf(readBitmap(cursor));
  const at = cursor.offset + 4;
  const length = cursor.i32();
  if (length !== cursor.left)
    throw new FormatError("corrupt", `${length} bytes of Huffman codes, ${cursor.left} are there`, { offset: at });
  const data = within(at, () => decodeHuffman(cursor.take(length), block.byteLength / 2));
  for (const plane of planesOf(data, header, block)) decodeWavelet(plane, values.length);
  if (!toValues(data, values)) throw new FormatError("corrupt", "a value that the block does not have", { offset: at });
  const out = new Uint16Array(data.length);
  moveLines(header, block, (inLines, inPlanes, count) => {
    out.set(data.subarray(inPlanes, inPlanes + count), inLines);
  });
  return new Uint8Array(out.buffer);
}

function readBitmap(cursor: Cursor): Uint8Array {
  const bitmap = new Uint8Array(BITMAP_BYTES);
  const offset = cursor.offset;
  const first = cursor.u16();
  const last = cursor.u16();
  if (first >= BITMAP_BYTES || last >= BITMAP_BYTES)
    throw new FormatError("corrupt", `a map of values from byte ${first} to ${last}`, { offset });
  if (first <= last) bitmap.set(cursor.take(last - first + 1), first);
  return bitmap;
}

/** Errors of `work`, whose offsets count from `base`. */
function within<T>(base: number, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!isFormatError(cause)) throw cause;
    throw new FormatError(cause.code, cause.reason, { offset: base + (cause.offset ?? 0), cause });
  }
}

/** The inverse of {@link decodePiz}. */
export function encodePiz(raw: Uint8Array, header: ExrHeader, block: ExrBlock): Uint8Array {
  const lines = new Uint16Array(new Uint8Array(raw).buffer);
  const data = new Uint16Array(lines.length);
  moveLines(header, block, (inLines, inPlanes, count) => {
    data.set(lines.subarray(inLines, inLines + count), inPlanes);
  });
  const { bitmap, first, last } = rangeOf(data);
  const values = valuesOf(bitmap);
  toNumbers(data, values);
  for (const plane of planesOf(data, header, block)) encodeWavelet(plane, values.length);
  const codes = encodeHuffman(data);
  const map = values.length > 1 ? bitmap.subarray(first, last + 1) : bitmap.subarray(0, 0);
  const out = new Uint8Array(8 + map.byteLength + codes.byteLength);
  const view = new DataView(out.buffer);
  view.setUint16(0, values.length > 1 ? first : BITMAP_BYTES - 1, true);
  view.setUint16(2, values.length > 1 ? last : 0, true);
  out.set(map, 4);
  view.setInt32(4 + map.byteLength, codes.byteLength, true);
  out.set(codes, 8 + map.byteLength);
  return out;
}

/** The planes of 16-bit numbers in a block: one a channel of halves, two of other channels. */
function* planesOf(data: Uint16Array, header: ExrHeader, block: ExrBlock): Generator<Plane, void, void> {
  let start = 0;
  for (const channel of header.channels) {
    const columns = columnsOf(channel, header.dataWindow);
    const rows = linesOf(channel, block.yMin, block.yMax);
    const columnStep = BYTES_OF[channel.dtype] / 2;
    const rowStep = columns * columnStep;
    for (let half = 0; half < columnStep; half++)
      yield { data, start: start + half, columns, rows, columnStep, rowStep };
    start += rows * rowStep;
  }
}

/** Calls `move` for each line of each channel with its place among the lines, its place in its plane, and its length. */
function moveLines(
  { channels, dataWindow }: ExrHeader,
  { yMin, yMax }: ExrBlock,
  move: (inLines: number, inPlanes: number, count: number) => void,
): void {
  const counts = channels.map((channel) => (columnsOf(channel, dataWindow) * BYTES_OF[channel.dtype]) / 2);
  const places: number[] = [];
  let end = 0;
  channels.forEach((channel, c) => {
    places.push(end);
    end += (counts[c] as number) * linesOf(channel, yMin, yMax);
  });
  let inLines = 0;
  for (let y = yMin; y <= yMax; y++) {
    channels.forEach((channel, c) => {
      if (!hasLine(channel, y)) return;
      const count = counts[c] as number;
      move(inLines, places[c] as number, count);
      places[c] = (places[c] as number) + count;
      inLines += count;
    });
  }
}
