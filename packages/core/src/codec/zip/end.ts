import { FormatError } from "../../errors.js";
import type { ReadOptions, Source } from "../../source/source.js";
import { END, END_BYTES, END64, END64_BYTES, END64_LOCATOR, END64_LOCATOR_BYTES } from "./entry.js";

/** Where the central directory is, counted from the start of the source. */
export interface DirectoryPlace {
  readonly start: number;
  readonly end: number;
  /** Entries that the end record announces; only their last 16 bits count when it is the old kind of record. */
  readonly count: number;
  readonly countBits: 16 | 64;
  /** Bytes in front of the archive, as in self-extracting programs. All stored offsets lack them. */
  readonly prefix: number;
}

const MAX_COMMENT = 0xffff;
const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Finds the end record from the back, with or without an archive comment, and its ZIP64 twin. Throws `FormatError`. */
export async function findDirectory(source: Source, options: ReadOptions): Promise<DirectoryPlace> {
  const tailStart = Math.max(0, source.byteLength - END_BYTES - MAX_COMMENT - END64_LOCATOR_BYTES - END64_BYTES);
  const tail = await source.read(tailStart, source.byteLength, options);
  const at = findEnd(tail);
  if (at === undefined) throw await noArchive(source, options);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const end64 = await findEnd64(source, tail, tailStart, at, options);
  if (end64) return end64;
  if (view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 6, true) !== 0) throw spanned(tailStart + at);
  return place({
    recordStart: tailStart + at,
    count: view.getUint16(at + 10, true),
    countBits: 16,
    byteLength: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  });
}

/** The last end record whose comment fills the rest exactly; failing that, the last one, as Python takes it. */
function findEnd(tail: Uint8Array): number | undefined {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let last: number | undefined;
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail[at] !== 0x50 || view.getUint32(at, true) !== END) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) === tail.byteLength) return at;
    last ??= at;
  }
  return last;
}

async function findEnd64(
  source: Source,
  tail: Uint8Array,
  tailStart: number,
  endAt: number,
  options: ReadOptions,
): Promise<DirectoryPlace | undefined> {
  const at = endAt - END64_LOCATOR_BYTES;
  if (at < 0) return undefined;
  const locator = new DataView(tail.buffer, tail.byteOffset + at, END64_LOCATOR_BYTES);
  if (locator.getUint32(0, true) !== END64_LOCATOR) return undefined;
  if (locator.getUint32(4, true) !== 0 || locator.getUint32(16, true) > 1) throw spanned(tailStart + at);
  // Right in front of its locator, unless it carries data of its own; then the locator knows, if nothing is prefixed.
  for (const start of [tailStart + at - END64_BYTES, Number(locator.getBigUint64(8, true))]) {
    if (start < 0 || start + END64_BYTES > source.byteLength) continue;
    const record = await source.read(start, start + END64_BYTES, options);
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    if (view.getUint32(0, true) !== END64) continue;
    return place({
      recordStart: start,
      count: wide(view, 32, start),
      countBits: 64,
      byteLength: wide(view, 40, start),
      offset: wide(view, 48, start),
    });
  }
  throw new FormatError("corrupt", "the ZIP64 end record is not where its locator says", { offset: tailStart + at });
}

interface EndRecord {
  readonly recordStart: number;
  readonly count: number;
  readonly countBits: 16 | 64;
  readonly byteLength: number;
  readonly offset: number;
}

function place({ recordStart, count, countBits, byteLength, offset }: EndRecord): DirectoryPlace {
  const start = recordStart - byteLength;
  const prefix = start - offset;
  if (start < 0 || prefix < 0) {
    const found = `${byteLength} bytes at ${offset}`;
    throw new FormatError("corrupt", `the central directory (${found}) does not fit in front of its end record`, {
      offset: recordStart,
    });
  }
  return { start, end: recordStart, count, countBits, prefix };
}

/** A 64-bit number that must be one that JavaScript counts exactly. */
function wide(view: DataView, at: number, base: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new FormatError("corrupt", "a 64-bit size is absurd", { offset: base + at });
  return value;
}

function spanned(offset: number): FormatError {
  return new FormatError("unsupported", "the archive is split over several files", { offset });
}

/** Says what a file without an end record is. */
async function noArchive(source: Source, options: ReadOptions): Promise<FormatError> {
  if (source.byteLength === 0) return new FormatError("truncated", "the file is empty", { offset: 0 });
  const head = await source.read(0, Math.min(6, source.byteLength), options);
  if (head[0] === 0x50 && head[1] === 0x4b) {
    const reason = "the archive is cut short: it has no end-of-central-directory record";
    return new FormatError("truncated", reason, { offset: source.byteLength });
  }
  if (NPY_MAGIC.every((byte, index) => head[index] === byte)) {
    return new FormatError("not-this-format", "this is a single .npy array, not an archive of them", { offset: 0 });
  }
  return new FormatError("not-this-format", "this is no zip archive", { offset: 0 });
}
