import { inflateZlib } from "#platform";
import { FormatError, isFormatError } from "../../errors.js";
import type { PngChunks } from "./chunks.js";
import { type PngHeader, SAMPLES_OF } from "./model.js";

/** First pixel and steps of the seven passes of Adam7. */
const PASSES: readonly (readonly [x: number, y: number, xStep: number, yStep: number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** Bytes of a line of so many pixels, without the one in front of it that names its filter. */
export function lineBytesOf({ bitDepth, colour }: PngHeader, width: number): number {
  return Math.ceil((width * bitDepth * SAMPLES_OF[colour]) / 8);
}

/** Bytes of all filtered lines. */
function scanLineBytes(header: PngHeader): number {
  const { width, height, interlaced } = header;
  if (!interlaced) return height * (1 + lineBytesOf(header, width));
  let bytes = 0;
  for (const [x, y, xStep, yStep] of PASSES) {
    const columns = Math.ceil((width - x) / xStep);
    const rows = Math.ceil((height - y) / yStep);
    if (columns > 0 && rows > 0) bytes += rows * (1 + lineBytesOf(header, columns));
  }
  return bytes;
}

/**
 * The filtered lines of an image: exactly as many bytes as its header states, and checked against their sum. Errors have
 * the offset where the compressed data begins.
 */
export async function inflateScanLines({ header, data }: PngChunks): Promise<Uint8Array> {
  const [first] = data as [PngChunks["data"][number]];
  const joined = new Uint8Array(data.reduce((sum, { content }) => sum + content.byteLength, 0));
  let at = 0;
  for (const { content } of data) {
    joined.set(content, at);
    at += content.byteLength;
  }
  try {
    return await inflateZlib(joined, scanLineBytes(header));
  } catch (cause) {
    if (!isFormatError(cause)) throw cause;
    throw new FormatError(cause.code, cause.reason, { offset: first.offset, cause });
  }
}
