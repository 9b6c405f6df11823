import { deflateZlib } from "#platform";
import { FormatError } from "../../errors.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import { swapBytes } from "../../ndarray/storage.js";
import type { ReadOptions, Sink } from "../../source/source.js";
import { formatChunk, formatHeader } from "./chunks.js";
import { filterLines } from "./filter.js";
import { MAX_SIZE } from "./header.js";
import { type PngColour, type PngHeader, SAMPLES_OF } from "./model.js";
import { SIGNATURE } from "./signature.js";

export interface WritePngOptions extends ReadOptions {
  /** zlib's level, 1 to 9. Default 6. */
  readonly level?: number | undefined;
}

const COLOURS: readonly PngColour[] = ["grey", "grey-alpha", "rgb", "rgba"];

/**
 * Writes an array as a PNG image and commits the sink; aborts it when anything fails. The array is (lines, columns) for
 * grey, or (lines, columns, samples) with 1 to 4 samples: grey, grey and alpha, RGB, RGBA. uint8 gives 8 bits a sample,
 * uint16 gives 16. Throws `FormatError` `unwritable` for anything else.
 */
export async function writePng(sink: Sink, array: NdArray, options: WritePngOptions = {}): Promise<void> {
  try {
    const { signal, level = 6 } = options;
    const header = headerOf(array);
    const pixelBytes = (SAMPLES_OF[header.colour] * header.bitDepth) / 8;
    const lines = filterLines(bigEndian(array, header), header.width * pixelBytes, pixelBytes);
    signal?.throwIfAborted();
    const data = await deflateZlib(lines, level);
    signal?.throwIfAborted();
    if (data.byteLength > MAX_SIZE) throw new FormatError("unwritable", "the image is too large for one PNG chunk");
    await sink.append(Uint8Array.from(SIGNATURE));
    await sink.append(formatHeader(header));
    await sink.append(formatChunk("IDAT", data));
    await sink.append(formatChunk("IEND", new Uint8Array(0)));
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

function headerOf({ dtype, shape }: NdArray): PngHeader {
  const [height, width, samples = 1] = shape;
  const colour = COLOURS[samples - 1];
  const bitDepth = dtype === "uint8" ? 8 : dtype === "uint16" ? 16 : undefined;
  const planar = shape.length === 2 || shape.length === 3;
  if (!(planar && height && width && height <= MAX_SIZE && width <= MAX_SIZE && colour && bitDepth))
    throw new FormatError("unwritable", `${dtype} (${shape.join(", ")}) is no image of uint8 or uint16`);
  return { width, height, bitDepth, colour, interlaced: false };
}

/** The samples as PNG has them. */
function bigEndian(array: NdArray, { bitDepth }: PngHeader): Uint8Array {
  if (bitDepth === 8) return array.toBytes();
  const bytes = new Uint8Array(array.toBytes());
  swapBytes(bytes, 2);
  return bytes;
}
