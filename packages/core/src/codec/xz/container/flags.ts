import { crc32 } from "#platform";
import { CHECK_IDS, checkOfId, littleEndian, type XzCheck } from "./check.js";
import { type Place, xzError } from "./place.js";

/** What every stream begins with (section 2.1.1 of the .xz file format). */
const MAGIC: readonly number[] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
/** What every stream ends with. */
const FOOTER_MAGIC: readonly number[] = [0x59, 0x5a];

/** Bytes of a stream's header, and of its footer. */
export const HEADER_BYTES = 12;

export interface Footer {
  readonly check: XzCheck;
  /** Bytes of the index before the footer. */
  readonly indexBytes: number;
}

/** Whether `bytes` begin like an .xz file. */
export function hasMagic(bytes: Uint8Array): boolean {
  return bytes.byteLength >= MAGIC.length && beginsLikeMagic(bytes);
}

/** The same for bytes that may be cut off. */
export function beginsLikeMagic(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => i >= bytes.byteLength || bytes[i] === byte);
}

/** The check that the 12 bytes of a stream's header name. Throws `not-this-format`, `checksum` or `unsupported`. */
export function readHeader(bytes: Uint8Array, place: Place): XzCheck {
  if (!hasMagic(bytes)) {
    throw xzError("not-this-format", "no .xz stream begins here", place);
  }
  if (wordAt(bytes, 8) !== crc32(bytes.subarray(6, 8))) {
    throw xzError("checksum", "the CRC-32 of the stream's header does not match", place);
  }
  return readFlags(bytes.subarray(6, 8), place);
}

export function headerBytes(check: XzCheck): Uint8Array<ArrayBuffer> {
  const flags = Uint8Array.of(0, CHECK_IDS[check]);
  return Uint8Array.of(...MAGIC, ...flags, ...littleEndian(crc32(flags)));
}

/** What the 12 bytes of a stream's footer say. Throws `corrupt`, `checksum` or `unsupported`. */
export function readFooter(bytes: Uint8Array, place: Place): Footer {
  if (!isFooter(bytes)) throw xzError("corrupt", "the stream has no footer here", place);
  if (wordAt(bytes, 0) !== crc32(bytes.subarray(4, 10))) {
    throw xzError("checksum", "the CRC-32 of the stream's footer does not match", place);
  }
  return { indexBytes: (wordAt(bytes, 4) + 1) * 4, check: readFlags(bytes.subarray(8, 10), place) };
}

/** Whether 12 bytes end like a stream's footer. */
function isFooter(bytes: Uint8Array): boolean {
  return FOOTER_MAGIC.every((byte, i) => bytes[10 + i] === byte);
}

export function footerBytes({ check, indexBytes }: Footer): Uint8Array<ArrayBuffer> {
  const content = Uint8Array.of(...littleEndian(indexBytes / 4 - 1), 0, CHECK_IDS[check]);
  return Uint8Array.of(...littleEndian(crc32(content)), ...content, ...FOOTER_MAGIC);
}

function readFlags(flags: Uint8Array, place: Place): XzCheck {
  const [reserved = 0, id = 0] = flags;
  const check = checkOfId(id);
  if (reserved !== 0 || id > 15) throw xzError("unsupported", "the stream has flags that are not known", place);
  if (!check) throw xzError("unsupported", `the stream's check has the number ${id}, which is not known`, place);
  return check;
}

/** Four bytes, low one first. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}
