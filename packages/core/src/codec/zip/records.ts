import {
  DATA_DESCRIPTOR,
  DIRECTORY_HEADER,
  DIRECTORY_HEADER_BYTES,
  END,
  END_BYTES,
  END64,
  END64_BYTES,
  END64_LOCATOR,
  END64_LOCATOR_BYTES,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  IN_ZIP64,
  LOCAL_HEADER,
  LOCAL_HEADER_BYTES,
  ZIP64_EXTRA,
} from "./entry.js";

/** A member as it was, or is about to be, written. */
export interface WrittenEntry {
  readonly rawName: Uint8Array;
  readonly utf8: boolean;
  readonly method: number;
  /** Sizes and checksum follow the data in 64-bit form. */
  readonly descriptor: boolean;
  readonly headerOffset: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
}

const VERSION = 20;
const VERSION_ZIP64 = 45;
/** 1980-01-01 00:00, as numpy dates its entries. */
const DATE = 33;
const UNIX = 3 << 8;
const MODE = (0o600 << 16) >>> 0;

/** Little-endian numbers, one behind the other. */
class Fields {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(byteLength: number) {
    this.bytes = new Uint8Array(byteLength);
    this.#view = new DataView(this.bytes.buffer);
  }
  u16(...values: readonly number[]): this {
    for (const value of values) this.#view.setUint16(this.#next(2), value, true);
    return this;
  }
  u32(...values: readonly number[]): this {
    for (const value of values) this.#view.setUint32(this.#next(4), value, true);
    return this;
  }
  u64(...values: readonly number[]): this {
    for (const value of values) this.#view.setBigUint64(this.#next(8), BigInt(value), true);
    return this;
  }
  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#next(bytes.byteLength));
    return this;
  }
  #next(byteLength: number): number {
    const at = this.#at;
    this.#at += byteLength;
    return at;
  }
}

/** Whether the central directory must use 64-bit fields for the entry. */
function isLarge(entry: WrittenEntry): boolean {
  return entry.size >= IN_ZIP64 || entry.compressedSize >= IN_ZIP64 || entry.headerOffset >= IN_ZIP64;
}

function flags(entry: WrittenEntry): number {
  return (entry.utf8 ? FLAG_UTF8 : 0) | (entry.descriptor ? FLAG_DESCRIPTOR : 0);
}

/** What stands in front of the data. Without a descriptor, sizes and checksum must be known and below 4 GiB. */
export function localHeader(entry: WrittenEntry): Uint8Array {
  const { descriptor, rawName, method } = entry;
  const extra = descriptor ? 20 : 0;
  const fields = new Fields(LOCAL_HEADER_BYTES + rawName.byteLength + extra);
  fields.u32(LOCAL_HEADER).u16(descriptor ? VERSION_ZIP64 : VERSION, flags(entry), method, 0, DATE);
  if (descriptor) fields.u32(0, IN_ZIP64, IN_ZIP64);
  else fields.u32(entry.crc32, entry.compressedSize, entry.size);
  fields.u16(rawName.byteLength, extra).raw(rawName);
  // The empty field announces that the sizes behind the data have 64 bits.
  if (descriptor) fields.u16(ZIP64_EXTRA, 16).u64(0, 0);
  return fields.bytes;
}

/** What stands behind the data of an entry with a descriptor. */
export function dataDescriptor(entry: WrittenEntry): Uint8Array {
  return new Fields(24).u32(DATA_DESCRIPTOR, entry.crc32).u64(entry.compressedSize, entry.size).bytes;
}

export function directoryRecord(entry: WrittenEntry): Uint8Array {
  const { rawName, headerOffset, size, compressedSize } = entry;
  const large = isLarge(entry);
  const extra = large ? 28 : 0;
  const version = large || entry.descriptor ? VERSION_ZIP64 : VERSION;
  const fields = new Fields(DIRECTORY_HEADER_BYTES + rawName.byteLength + extra);
  fields.u32(DIRECTORY_HEADER).u16(UNIX | version, version, flags(entry), entry.method, 0, DATE);
  fields.u32(entry.crc32, large ? IN_ZIP64 : compressedSize, large ? IN_ZIP64 : size);
  fields
    .u16(rawName.byteLength, extra, 0, 0, 0)
    .u32(MODE, large ? IN_ZIP64 : headerOffset)
    .raw(rawName);
  if (large) fields.u16(ZIP64_EXTRA, 24).u64(size, compressedSize, headerOffset);
  return fields.bytes;
}

/** The end of an archive whose directory of `byteLength` bytes stands at `offset`. */
export function endRecords(count: number, byteLength: number, offset: number): Uint8Array {
  const large = count >= 0xffff || byteLength >= IN_ZIP64 || offset >= IN_ZIP64;
  const fields = new Fields((large ? END64_BYTES + END64_LOCATOR_BYTES : 0) + END_BYTES);
  if (large) {
    fields
      .u32(END64)
      .u64(END64_BYTES - 12)
      .u16(UNIX | VERSION_ZIP64, VERSION_ZIP64)
      .u32(0, 0);
    fields.u64(count, count, byteLength, offset);
    fields
      .u32(END64_LOCATOR, 0)
      .u64(offset + byteLength)
      .u32(1);
  }
  const short = Math.min(count, 0xffff);
  fields.u32(END).u16(0, 0, short, short).u32(Math.min(byteLength, IN_ZIP64), Math.min(offset, IN_ZIP64)).u16(0);
  return fields.bytes;
}
