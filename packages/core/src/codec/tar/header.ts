import { FormatError } from "../../errors.js";

/** Headers and contents of a tar archive fill blocks of so many bytes. */
export const BLOCK = 512;

/** What one header block says. */
export interface TarHeader {
  /** As stored, with the prefix that long names have in POSIX archives. */
  readonly name: string;
  readonly size: number;
  /** The type as a character; `0` also for the NUL of old archives. */
  readonly type: string;
  /** Where the block begins in the archive. */
  readonly offset: number;
}

/** Reads a header block; undefined for one of zeros, which ends the archive. Throws `FormatError` with its place. */
export function parseHeader(block: Uint8Array, offset: number): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  checkSum(block, offset);
  const posix = latin1(block.subarray(257, 263)) === "ustar\0";
  const prefix = posix ? textField(block, 345, 155, offset) : "";
  const name = textField(block, 0, 100, offset);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: numberField(block, 124, 12, offset),
    type: block[156] === 0 ? "0" : String.fromCharCode(block[156] as number),
    offset,
  };
}

/** Whether `block`, the first of a file, is a header. */
export function isHeader(block: Uint8Array): boolean {
  if (block.byteLength < BLOCK) return false;
  try {
    return parseHeader(block.subarray(0, BLOCK), 0) !== undefined;
  } catch {
    return false;
  }
}

/** Bytes that a content of `size` fills, up to the next header. */
export function paddedSize(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** Text in UTF-8. Names that are none would be shown as others, of which there may be one already. */
export function decodeText(bytes: Uint8Array, offset: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError("unsupported", "the name of an entry is not UTF-8", { offset, cause });
  }
}

/** The sum of all bytes, those of the sum itself taken as spaces. Some writers added signed bytes. */
function checkSum(block: Uint8Array, offset: number): void {
  const stated = numberField(block, 148, 8, offset);
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] as number);
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  if (stated !== unsigned && stated !== signed)
    throw new FormatError("checksum", "the header of an entry does not fit its sum", { offset });
}

function textField(block: Uint8Array, start: number, length: number, offset: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return decodeText(end < 0 ? field : field.subarray(0, end), offset + start);
}

/** Octal digits, or (GNU) a big-endian number behind a byte whose highest bit is set. */
function numberField(block: Uint8Array, start: number, length: number, offset: number): number {
  const field = block.subarray(start, start + length);
  const first = field[0] as number;
  let value: number;
  if (first >= 0x80) {
    value = first & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    if (first === 0xff) value = Number.NaN;
  } else {
    const digits = latin1(field)
      .replace(/^ +/, "")
      .replace(/[ \0].*$/s, "");
    value = digits === "" ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
  }
  if (Number.isSafeInteger(value)) return value;
  throw new FormatError("corrupt", "a number in the header of an entry cannot be read", { offset: offset + start });
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
