import { FormatError } from "../../errors.js";
import { COLOUR_TYPES, DEPTHS_OF, type PngBitDepth, type PngHeader } from "./model.js";
import { isPng, SIGNATURE } from "./signature.js";

/** Bytes of the first chunk's content. */
export const HEADER_BYTES = 13;
/** Signature and the whole first chunk. */
export const START_BYTES: number = SIGNATURE.length + 12 + HEADER_BYTES;

/** Sizes that the format has. */
export const MAX_SIZE: number = 2 ** 31 - 1;

/** Throws `FormatError` `not-this-format` unless `bytes` start with the signature, `truncated` when they end in it. */
export function checkSignature(bytes: Uint8Array): void {
  if (isPng(bytes)) return;
  if (bytes.byteLength < SIGNATURE.length && bytes.every((byte, i) => byte === SIGNATURE[i]))
    throw new FormatError("truncated", "the PNG signature is cut short", { offset: bytes.byteLength });
  throw new FormatError("not-this-format", "this is no PNG image: its signature is missing", { offset: 0 });
}

/** What the content of the first chunk says; it begins at byte `offset`. */
export function parseHeader(content: Uint8Array, offset: number): PngHeader {
  const corrupt = (reason: string, at: number): FormatError =>
    new FormatError("corrupt", reason, { offset: offset + at });
  if (content.byteLength !== HEADER_BYTES) throw corrupt(`a PNG header of ${content.byteLength} bytes`, 0);
  const view = new DataView(content.buffer, content.byteOffset, HEADER_BYTES);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [bitDepth, type, compression, filter, interlace] = content.subarray(8) as unknown as readonly [
    number,
    number,
    number,
    number,
    number,
  ];
  if (width === 0 || height === 0 || width > MAX_SIZE || height > MAX_SIZE)
    throw corrupt(`an image of ${width} by ${height} pixels`, 0);
  const colour = COLOUR_TYPES.get(type);
  if (!colour) throw corrupt(`PNG colour type ${type}`, 9);
  if (!DEPTHS_OF[colour].includes(bitDepth as PngBitDepth)) throw corrupt(`${colour} samples of ${bitDepth} bits`, 8);
  if (compression !== 0) throw corrupt(`PNG compression method ${compression}`, 10);
  if (filter !== 0) throw corrupt(`PNG filter method ${filter}`, 11);
  if (interlace > 1) throw corrupt(`PNG interlace method ${interlace}`, 12);
  return { width, height, bitDepth: bitDepth as PngBitDepth, colour, interlaced: interlace === 1 };
}
