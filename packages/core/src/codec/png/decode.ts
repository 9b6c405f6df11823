import { FormatError } from "../../errors.js";
import { join } from "../../source/join.js";
import { formatChunk, formatHeader } from "./chunks.js";
import { type PngHeader, SAMPLES_OF } from "./model.js";
import { lineBytesOf } from "./scan-lines.js";
import { SIGNATURE } from "./signature.js";

/**
 * The samples of an image, by fast-png: it undoes filters, interlacing and byte order. It never sees the file, whose sizes
 * and sums it would take on trust, but one with the lines that were checked here, stored without compression.
 *
 * Throws `FormatError` `corrupt` for a filter that there is not.
 */
export async function decodeScanLines(
  header: PngHeader,
  lines: Uint8Array,
  offset: number,
): Promise<Uint8Array | Uint16Array> {
  if (header.interlaced && header.bitDepth < 8) {
    // fast-png 8.0.0 takes each of several pixels in a byte for a byte of its own there.
    throw new FormatError("unsupported", `interlaced PNG images of ${header.bitDepth} bits are not supported`, {
      offset,
    });
  }
  const { decode } = await import("fast-png");
  try {
    const { data } = decode(join([Uint8Array.from(SIGNATURE), plainHeader(header), storedData(lines), END]));
    return header.bitDepth < 8 ? unpacked(header, data as Uint8Array) : (data as Uint8Array | Uint16Array);
  } catch (cause) {
    throw new FormatError("corrupt", "the lines of the image cannot be decoded", { offset, cause });
  }
}

const END = formatChunk("IEND", new Uint8Array(0));

/** The header chunk; rows of a palette are decoded as greys are. */
function plainHeader(header: PngHeader): Uint8Array {
  return formatHeader({ ...header, colour: header.colour === "palette" ? "grey" : header.colour });
}

/** The most that a stored block of deflate holds, and what stands in front of each. */
const BLOCK = 65535;
const BLOCK_HEADER = 5;

/** A data chunk with `lines` in deflate's stored blocks. Sums are left out: nobody compares them. */
function storedData(lines: Uint8Array): Uint8Array {
  const blocks = Math.ceil(lines.byteLength / BLOCK);
  const size = 2 + lines.byteLength + BLOCK_HEADER * blocks + 4;
  const bytes = new Uint8Array(12 + size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, size);
  bytes.set([0x49, 0x44, 0x41, 0x54, 0x78, 0x01], 4);
  let at = 10;
  for (let from = 0; from < lines.byteLength; from += BLOCK) {
    const part = lines.subarray(from, from + BLOCK);
    bytes[at] = from + BLOCK >= lines.byteLength ? 1 : 0;
    view.setUint16(at + 1, part.byteLength, true);
    view.setUint16(at + 3, ~part.byteLength & 0xffff, true);
    bytes.set(part, at + BLOCK_HEADER);
    at += BLOCK_HEADER + part.byteLength;
  }
  return bytes;
}

/** One byte a sample in place of several samples in a byte, the first in the highest bits. Lines begin with a byte. */
function unpacked(header: PngHeader, packed: Uint8Array): Uint8Array {
  const { width, height, bitDepth, colour } = header;
  const samples = width * SAMPLES_OF[colour];
  const lineBytes = lineBytesOf(header, width);
  const mask = (1 << bitDepth) - 1;
  const out = new Uint8Array(samples * height);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < samples; x++, o++) {
      const bit = x * bitDepth;
      out[o] = ((packed[y * lineBytes + (bit >> 3)] as number) >> (8 - bitDepth - (bit & 7))) & mask;
    }
  }
  return out;
}
