import { crc32, deflateRawSync } from "node:zlib";

/** An entry of a made-up archive; what is left out is as it should be. */
export interface MadeEntry {
  readonly name: string | Uint8Array;
  readonly data?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  /** Lies that the central directory tells. */
  readonly size?: number;
  readonly compressedSize?: number;
  readonly crc?: number;
  readonly offset?: number;
  readonly centralExtra?: Uint8Array;
  /** Another name in the local header. */
  readonly localName?: Uint8Array;
  readonly localExtra?: Uint8Array;
}

export interface MadeArchive {
  readonly prefix?: Uint8Array;
  readonly comment?: Uint8Array;
  readonly suffix?: Uint8Array;
  /** What the end record says in place of the truth. */
  readonly count?: number;
  readonly directorySize?: number;
  readonly directoryOffset?: number;
  readonly zip64?: boolean;
}

const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index);
  return bytes;
};
const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
  return bytes;
};
export const u64 = (...values: (number | bigint)[]): Buffer => {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * index);
  return bytes;
};

/** An extra field. */
export function extra(id: number, data: Uint8Array): Buffer {
  return Buffer.concat([u16(id, data.byteLength), data]);
}

/** Puts an archive together byte by byte, right or wrong. */
export function makeZip(entries: readonly MadeEntry[], archive: MadeArchive = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  const records: Uint8Array[] = [];
  let position = 0;
  for (const entry of entries) {
    const name = typeof entry.name === "string" ? Buffer.from(entry.name) : entry.name;
    const data = entry.data ?? new Uint8Array(0);
    const method = entry.method ?? 8;
    const flags = entry.flags ?? 0;
    const stored = method === 8 ? deflateRawSync(data) : data;
    const crc = entry.crc ?? crc32(data);
    const localName = entry.localName ?? name;
    const localExtra = entry.localExtra ?? Buffer.alloc(0);
    const sizes = u32(crc, entry.compressedSize ?? stored.byteLength, entry.size ?? data.byteLength);
    const local = Buffer.concat([
      u32(0x04034b50),
      u16(20, flags, method, 0, 33),
      sizes,
      u16(localName.byteLength, localExtra.byteLength),
      localName,
      localExtra,
      stored,
    ]);
    const centralExtra = entry.centralExtra ?? Buffer.alloc(0);
    records.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(20, 20, flags, method, 0, 33),
        sizes,
        u16(name.byteLength, centralExtra.byteLength, 0, 0, 0),
        u32(0, entry.offset ?? position),
        name,
        centralExtra,
      ]),
    );
    parts.push(local);
    position += local.byteLength;
  }
  const directory = Buffer.concat(records);
  const size = archive.directorySize ?? directory.byteLength;
  const offset = archive.directoryOffset ?? position;
  const count = archive.count ?? entries.length;
  const comment = archive.comment ?? Buffer.alloc(0);
  const end64 = Buffer.concat([
    u32(0x06064b50),
    u64(44),
    u16(45, 45),
    u32(0, 0),
    u64(count, count, size, offset),
    u32(0x07064b50, 0),
    u64(position + directory.byteLength),
    u32(1),
  ]);
  const short = archive.zip64 ? [0xffff, 0xffffffff, 0xffffffff] : [count, size, offset];
  const end = Buffer.concat([
    u32(0x06054b50),
    u16(0, 0, short[0] as number, short[0] as number),
    u32(short[1] as number, short[2] as number),
    u16(comment.byteLength),
    comment,
  ]);
  const prefix = archive.prefix ?? Buffer.alloc(0);
  const suffix = archive.suffix ?? Buffer.alloc(0);
  return new Uint8Array(Buffer.concat([prefix, ...parts, directory, ...(archive.zip64 ? [end64] : []), end, suffix]));
}
