import { FormatError } from "../../errors.js";
import type { DataOf } from "../../ndarray/elements.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { sizeOf } from "../../ndarray/strides.js";
import { allowedFrom } from "../../source/allowance.js";
import { viewOrRead } from "../../source/bounds.js";
import { type Input, toSource } from "../../source/input.js";
import type { ReadOptions, Source } from "../../source/source.js";
import { type Chunk, type PngChunks, readChunks } from "./chunks.js";
import { decodeScanLines } from "./decode.js";
import { checkSignature, HEADER_BYTES, parseHeader, START_BYTES } from "./header.js";
import { type PngHeader, type PngImage, SAMPLES_OF, shapeOf } from "./model.js";
import { inflateScanLines } from "./scan-lines.js";
import { SIGNATURE } from "./signature.js";

export interface ReadPngOptions extends ReadOptions {
  /**
   * Bytes of samples that may be in memory at once. Default: a hundred times the file's own bytes, and 48 MiB where that
   * is more; a larger image is a `FormatError` `limit` before memory is given to it.
   */
  readonly maxLoadBytes?: number | undefined;
}

type PngDType = "uint8" | "uint16";

/** What the decoder takes. */
const MAX_BYTES = 2 ** 31 - 1;

/** Size and kind of a PNG image, by its first 33 bytes. Throws `FormatError`. */
export async function readPngHeader(input: Input, options: ReadOptions = {}): Promise<PngHeader> {
  const source = await toSource(input, options);
  const start = await viewOrRead(source, 0, Math.min(START_BYTES, source.byteLength), options);
  checkSignature(start);
  if (start.byteLength < START_BYTES)
    throw new FormatError("truncated", "the PNG header is cut short", { offset: start.byteLength });
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const type = String.fromCharCode(...start.subarray(12, 16));
  if (type !== "IHDR" || view.getUint32(8) !== HEADER_BYTES)
    throw new FormatError("corrupt", "the first chunk is no PNG header", { offset: SIGNATURE.length });
  return parseHeader(start.subarray(16, 16 + HEADER_BYTES), 16);
}

/**
 * Reads a PNG image: grey, colour or palette, with alpha or without, of 1 to 16 bits (interlaced ones of 8 and 16).
 * Samples are what the file holds, neither scaled nor converted by its colour profile. Throws `FormatError`:
 * `not-this-format`, `truncated`, `checksum`, `corrupt`, `limit`, `unsupported`. A damaged file gives no image.
 */
export async function readPng(input: Input, options: ReadPngOptions = {}): Promise<PngImage> {
  const source = await toSource(input, options);
  checkSize(await readPngHeader(source, options), source, options);
  const chunks = readChunks(await viewOrRead(source, 0, source.byteLength, options));
  const { header } = chunks;
  const palette = paletteOf(chunks);
  const transparent = transparentOf(chunks);
  const [{ offset }] = chunks.data as [Chunk];
  const data = await decodeScanLines(header, await inflateScanLines(chunks), offset);
  if (palette && data.some((row: number) => row >= (palette.shape[0] as number)))
    throw new FormatError("corrupt", "a pixel whose colour is not in the palette", { offset });
  const type = header.bitDepth === 16 ? "uint16" : "uint8";
  const array = NdArray.from(type as PngDType, data as DataOf[PngDType], shapeOf(header));
  return { ...header, array, ...(palette && { palette }), ...(transparent && { transparent }) };
}

function checkSize(header: PngHeader, source: Source, { maxLoadBytes }: ReadPngOptions): void {
  const needed = sizeOf(shapeOf(header)) * (header.bitDepth === 16 ? 2 : 1);
  const most = Math.min(maxLoadBytes ?? allowedFrom(source.byteLength), MAX_BYTES);
  if (needed <= most) return;
  const reason = `${header.width} by ${header.height} pixels take ${needed} bytes, more than the ${most} that may be read at once`;
  throw new FormatError("limit", reason, { offset: 16 });
}

function paletteOf({ header, palette, transparency, data }: PngChunks): NdArray<"uint8"> | undefined {
  const { colour, bitDepth } = header;
  // Images in colour may have a palette, as advice for screens of few colours.
  if (colour !== "palette") {
    if (!palette || colour === "rgb" || colour === "rgba") return undefined;
    throw new FormatError("corrupt", `a palette in a ${colour} image`, { offset: palette.offset });
  }
  if (!palette) throw new FormatError("corrupt", "the palette is missing", { offset: data[0]?.offset });
  const { content, offset } = palette;
  const count = content.byteLength / 3;
  if (!Number.isInteger(count) || count < 1 || count > 1 << bitDepth)
    throw new FormatError("corrupt", `a palette of ${content.byteLength} bytes for ${bitDepth} bits`, { offset });
  if (!transparency) return NdArray.from("uint8", content.slice(), [count, 3]) as NdArray<"uint8">;
  const alpha = transparency.content;
  if (alpha.byteLength > count)
    throw new FormatError("corrupt", `${alpha.byteLength} alphas for ${count} colours`, {
      offset: transparency.offset,
    });
  const colours = new Uint8Array(4 * count).fill(255);
  for (let i = 0; i < count; i++) {
    colours.set(content.subarray(3 * i, 3 * i + 3), 4 * i);
    if (i < alpha.byteLength) colours[4 * i + 3] = alpha[i] as number;
  }
  return NdArray.from("uint8", colours, [count, 4]) as NdArray<"uint8">;
}

function transparentOf({ header, transparency }: PngChunks): readonly number[] | undefined {
  const { colour, bitDepth } = header;
  if (!transparency || colour === "palette") return undefined;
  const { content, offset } = transparency;
  const samples = colour === "grey" || colour === "rgb" ? SAMPLES_OF[colour] : 0;
  if (samples === 0 || content.byteLength !== 2 * samples)
    throw new FormatError("corrupt", `${content.byteLength} bytes of transparency in a ${colour} image`, { offset });
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return Array.from({ length: samples }, (_, i) => view.getUint16(2 * i) & ((1 << bitDepth) - 1));
}
