import { crc32 } from "#platform";
import { FormatError } from "../../errors.js";
import { checkSignature, HEADER_BYTES, MAX_SIZE, parseHeader } from "./header.js";
import { COLOUR_TYPES, type PngHeader } from "./model.js";
import { SIGNATURE } from "./signature.js";

/** What is around a chunk's content: its length and type before, its checksum behind. */
const FRAME_BYTES = 12;

export interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
  /** Where the content begins in the file. */
  readonly offset: number;
}

/** The chunks of a file that make its picture. */
export interface PngChunks {
  readonly header: PngHeader;
  readonly palette: Chunk | undefined;
  readonly transparency: Chunk | undefined;
  /** Compressed pixels, to be joined. Never empty. */
  readonly data: readonly Chunk[];
}

/**
 * Takes a file apart. Every chunk up to the last one is held against its checksum; what is behind that is ignored.
 * Throws `FormatError`: `not-this-format`, `truncated`, `checksum`, `corrupt` (chunks missing, twice or out of order),
 * `unsupported` (unknown chunks without which there is no picture).
 */
export function readChunks(bytes: Uint8Array): PngChunks {
  checkSignature(bytes);
  let header: PngHeader | undefined;
  let palette: Chunk | undefined;
  let transparency: Chunk | undefined;
  const data: Chunk[] = [];
  for (const chunk of chunksOf(bytes)) {
    const { type, offset } = chunk;
    const misplaced = (): FormatError => new FormatError("corrupt", `chunk ${type} is out of place`, { offset });
    if (!header) {
      if (type !== "IHDR") throw new FormatError("corrupt", "the first chunk is not IHDR", { offset });
      header = parseHeader(chunk.content, offset);
    } else if (type === "PLTE") {
      if (palette || transparency || data.length > 0) throw misplaced();
      palette = chunk;
    } else if (type === "tRNS") {
      if (transparency || data.length > 0) throw misplaced();
      transparency = chunk;
    } else if (type === "IDAT") {
      const before = data.at(-1);
      if (before && before.offset + before.content.byteLength + FRAME_BYTES !== offset) throw misplaced();
      data.push(chunk);
    } else if (type === "IEND") {
      if (chunk.content.byteLength > 0) throw new FormatError("corrupt", "chunk IEND has content", { offset });
      if (data.length === 0) throw new FormatError("corrupt", "a PNG file without pixels", { offset });
      return { header, palette, transparency, data };
    } else if (type === "IHDR") throw misplaced();
    else if (isCritical(type)) throw new FormatError("unsupported", `PNG chunk ${type} is not supported`, { offset });
  }
  throw new FormatError("truncated", "the PNG file ends before its last chunk", { offset: bytes.byteLength });
}

function* chunksOf(bytes: Uint8Array): Generator<Chunk, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; at < bytes.byteLength; ) {
    const left = bytes.byteLength - at - FRAME_BYTES;
    const length = left < 0 ? 0 : view.getUint32(at);
    const type = left < 0 ? "" : typeAt(bytes, at + 4);
    if (length > MAX_SIZE) throw new FormatError("corrupt", `chunk ${type} of ${length} bytes`, { offset: at });
    if (length > left) throw new FormatError("truncated", "the file ends inside a chunk", { offset: bytes.byteLength });
    const end = at + 8 + length;
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end))
      throw new FormatError("checksum", `chunk ${type} does not fit its checksum`, { offset: at });
    yield { type, content: bytes.subarray(at + 8, end), offset: at + 8 };
    at = end + 4;
  }
}

function typeAt(bytes: Uint8Array, at: number): string {
  const type = String.fromCharCode(...bytes.subarray(at, at + 4));
  if (/^[A-Za-z]{4}$/.test(type)) return type;
  throw new FormatError("corrupt", "a chunk whose type is no four letters", { offset: at });
}

/** A capital first says that there is no picture without it. */
function isCritical(type: string): boolean {
  return type < "a";
}

/** A chunk as it stands in a file. */
export function formatChunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_BYTES + content.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.byteLength);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(8 + content.byteLength, crc32(bytes.subarray(4, 8 + content.byteLength)));
  return bytes;
}

/** The header chunk of such an image. */
export function formatHeader({ width, height, bitDepth, colour, interlaced }: PngHeader): Uint8Array {
  const [type] = [...COLOUR_TYPES].find(([, name]) => name === colour) as [number, string];
  const content = new Uint8Array(HEADER_BYTES);
  const view = new DataView(content.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  content.set([bitDepth, type, 0, 0, interlaced ? 1 : 0], 8);
  return formatChunk("IHDR", content);
}
