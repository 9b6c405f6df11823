import { FormatError } from "../../errors.js";
import type { ReadOptions, Source } from "../../source/source.js";
import { decodeCp437 } from "./cp437.js";
import { type DirectoryPlace, findDirectory } from "./end.js";
import {
  DIRECTORY_HEADER,
  DIRECTORY_HEADER_BYTES,
  FLAG_ENCRYPTED,
  FLAG_UTF8,
  IN_ZIP64,
  LOCAL_HEADER_BYTES,
  ZIP64_EXTRA,
  type ZipEntry,
} from "./entry.js";

/** A directory this large has millions of entries: nothing that anybody made on purpose. */
const MAX_DIRECTORY = 2 ** 28;
/** More entries than anybody has, since each takes several times as much in memory as in the file. */
const MAX_ENTRIES = 2 ** 18;

/**
 * The members of an archive, in directory order. Everything about a member is taken from here: what its local header
 * says differs from writer to writer. Throws `FormatError`, also for members that overlap or lie outside the file.
 */
export async function readDirectory(source: Source, options: ReadOptions = {}): Promise<ZipEntry[]> {
  const place = await findDirectory(source, options);
  if (place.end - place.start > MAX_DIRECTORY) {
    throw new FormatError("limit", `the central directory has ${place.end - place.start} bytes`, {
      offset: place.start,
    });
  }
  const bytes = await source.read(place.start, place.end, options);
  const entries: Listed[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const { entry, length } = readRecord(bytes, at, place);
    if (entries.length === MAX_ENTRIES)
      throw new FormatError("limit", `more than ${MAX_ENTRIES} entries`, { offset: place.start + at });
    entries.push(entry);
    at += length;
  }
  const count = place.countBits === 16 ? entries.length & 0xffff : entries.length;
  if (count !== place.count) {
    const reason = `the central directory holds ${entries.length} entries, the end record says ${place.count}`;
    throw new FormatError("corrupt", reason, { offset: place.end });
  }
  return withLimits(entries, place.start);
}

type Listed = Omit<ZipEntry, "limit">;

function readRecord(bytes: Uint8Array, at: number, place: DirectoryPlace): { entry: Listed; length: number } {
  const offset = place.start + at;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.byteLength - at);
  if (view.byteLength < DIRECTORY_HEADER_BYTES || view.getUint32(0, true) !== DIRECTORY_HEADER) {
    throw new FormatError("corrupt", "no central directory entry where one should be", { offset });
  }
  const flags = view.getUint16(8, true);
  const nameLength = view.getUint16(28, true);
  const extraLength = view.getUint16(30, true);
  const length = DIRECTORY_HEADER_BYTES + nameLength + extraLength + view.getUint16(32, true);
  if (length > view.byteLength) throw new FormatError("corrupt", "a central directory entry is cut short", { offset });

  const extraAt = DIRECTORY_HEADER_BYTES + nameLength;
  const rawName = bytes.slice(at + DIRECTORY_HEADER_BYTES, at + extraAt);
  const name = decodeName(rawName, flags, offset);
  const sizes = readSizes(view, extraAt, extraLength, name);
  const entry: Listed = {
    name,
    rawName,
    method: view.getUint16(10, true),
    encrypted: (flags & FLAG_ENCRYPTED) !== 0,
    crc32: view.getUint32(16, true),
    compressedSize: sizes.compressedSize,
    size: sizes.size,
    headerOffset: sizes.headerOffset + place.prefix,
  };
  return { entry, length };
}

/** Sizes and offset: 32-bit, or in the ZIP64 extra field, which holds just those that did not fit. */
function readSizes(view: DataView, extraAt: number, extraLength: number, path: string): Sizes {
  const plain = {
    size: view.getUint32(24, true),
    compressedSize: view.getUint32(20, true),
    headerOffset: view.getUint32(42, true),
  };
  const absent = (["size", "compressedSize", "headerOffset"] as const).filter((key) => plain[key] === IN_ZIP64);
  if (absent.length === 0) return plain;
  const end = extraAt + extraLength;
  for (let at = extraAt; at + 4 <= end; ) {
    const id = view.getUint16(at, true);
    const next = at + 4 + view.getUint16(at + 2, true);
    if (id === ZIP64_EXTRA && next <= end && next - at - 4 >= 8 * absent.length) {
      const sizes = { ...plain };
      for (const [index, key] of absent.entries()) {
        const value = Number(view.getBigUint64(at + 4 + 8 * index, true));
        if (!Number.isSafeInteger(value)) throw new FormatError("corrupt", `a 64-bit ${key} is absurd`, { path });
        sizes[key] = value;
      }
      return sizes;
    }
    at = next;
  }
  throw new FormatError("corrupt", `the ZIP64 field that should hold its ${absent.join(" and ")} is missing`, { path });
}

interface Sizes {
  readonly size: number;
  readonly compressedSize: number;
  readonly headerOffset: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeName(bytes: Uint8Array, flags: number, offset: number): string {
  if ((flags & FLAG_UTF8) === 0) return untilNul(decodeCp437(bytes));
  try {
    return untilNul(utf8.decode(bytes));
  } catch (cause) {
    throw new FormatError("corrupt", "an entry name is marked as UTF-8 and is not", { offset, cause });
  }
}

/** Python ends names at the first NUL. */
function untilNul(name: string): string {
  const nul = name.indexOf("\0");
  return nul < 0 ? name : name.slice(0, nul);
}

/** Where the next member begins: that no member reaches into another is what keeps archives from exploding. */
function withLimits(entries: readonly Listed[], directoryStart: number): ZipEntry[] {
  const order = entries.map((_, index) => index);
  order.sort((a, b) => (entries[a] as Listed).headerOffset - (entries[b] as Listed).headerOffset);
  const limits = new Array<number>(entries.length);
  for (const [rank, index] of order.entries()) {
    const { name, headerOffset, rawName, compressedSize } = entries[index] as Listed;
    const following = order[rank + 1];
    const limit = following === undefined ? directoryStart : (entries[following] as Listed).headerOffset;
    if (headerOffset + LOCAL_HEADER_BYTES + rawName.byteLength + compressedSize > limit) {
      const reason = limit === directoryStart ? "reaches beyond the archive's data" : "overlaps another entry";
      throw new FormatError("corrupt", `the entry (${compressedSize} bytes at ${headerOffset}) ${reason}`, {
        path: name,
      });
    }
    limits[index] = limit;
  }
  return entries.map((entry, index) => ({ ...entry, limit: limits[index] as number }));
}
