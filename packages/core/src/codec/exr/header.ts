import { FormatError, isFormatError } from "../../errors.js";
import { viewOrRead } from "../../source/bounds.js";
import type { ReadOptions, Source } from "../../source/source.js";
import { exrValue, fixedSize } from "./attributes.js";
import { Cursor } from "./cursor.js";
import type { ExrAttribute, ExrChannel, ExrCompression, ExrDType, ExrHeader, ExrWindow } from "./model.js";
import { EXR_MAGIC } from "./signature.js";

export const EXR_VERSION: number = 2;
/** Flag of the version word: names may have more than 31 bytes. */
export const LONG_NAMES: number = 0x400;

const TILES = 0x200;
const DEEP = 0x800;
const MULTI_PART = 0x1000;

export const DTYPES: readonly ExrDType[] = ["uint32", "float16", "float32"];
export const COMPRESSIONS: readonly ExrCompression[] = ["none", "rle", "zips", "zip", "piz"];
const OTHER_COMPRESSIONS = ["PXR24", "B44", "B44A", "DWAA", "DWAB", "HTJ2K256", "HTJ2K32"];

/** One read gets nearly every header, and the table behind it. */
const FIRST_READ = 1 << 16;
/** Previews and profiles are in headers; nothing is that needs more. */
const MAX_HEADER = 1 << 26;
/** Coordinates that OpenEXR itself allows. */
const MAX_COORDINATE = 2 ** 30;

export interface ExrStart {
  readonly header: ExrHeader;
  /** Where the data window stands in the file. */
  readonly windowOffset: number;
  /** Where the table of block offsets begins. */
  readonly tableOffset: number;
}

/**
 * Reads the header of a scan-line file. Throws `FormatError`: `not-this-format`, `truncated`, `corrupt`, `unsupported`
 * (tiles, deep data, several parts, lossy compressions), `limit` (coordinates beyond 2^30, headers over 64 MiB).
 */
export async function readHeader(source: Source, options: ReadOptions = {}): Promise<ExrStart> {
  for (let size = FIRST_READ; ; size *= 4) {
    const bytes = await viewOrRead(source, 0, Math.min(size, source.byteLength), options);
    try {
      return parseHeader(bytes);
    } catch (error) {
      if (!(isFormatError(error, "truncated") && size < source.byteLength)) throw error;
      if (size >= MAX_HEADER)
        throw new FormatError("limit", `a header of more than ${MAX_HEADER} bytes`, { offset: size, cause: error });
    }
  }
}

function parseHeader(bytes: Uint8Array): ExrStart {
  const cursor = new Cursor(bytes, "header");
  checkStart(cursor);
  const stored = new Map<string, Stored>();
  for (let name = cursor.name("an attribute's name"); name !== ""; name = cursor.name("an attribute's name")) {
    const offset = cursor.offset;
    if (stored.has(name)) throw new FormatError("corrupt", `two attributes ${JSON.stringify(name)}`, { offset });
    stored.set(name, readAttribute(cursor));
  }
  const tableOffset = cursor.offset;
  const windowOffset = stored.get("dataWindow")?.offset ?? tableOffset;
  return { header: headerOf(stored, tableOffset), windowOffset, tableOffset };
}

function checkStart(cursor: Cursor): void {
  if (cursor.left === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  if (cursor.left >= 4 && cursor.u32() !== EXR_MAGIC)
    throw new FormatError("not-this-format", "this is no OpenEXR file: its magic number is missing", { offset: 0 });
  const word = cursor.u32();
  const refuse = (what: string): FormatError =>
    new FormatError("unsupported", `${what} are not supported`, { offset: 4 });
  if ((word & 0xff) !== EXR_VERSION) throw refuse(`OpenEXR files of version ${word & 0xff}`);
  if (word & MULTI_PART) throw refuse("OpenEXR files of several parts");
  if (word & DEEP) throw refuse("OpenEXR files with deep data");
  if (word & TILES) throw refuse("OpenEXR files with tiles");
  const unknown = word & ~(0xff | LONG_NAMES);
  if (unknown !== 0) throw refuse(`OpenEXR files with flags 0x${(unknown >>> 0).toString(16)}`);
}

interface Stored extends ExrAttribute {
  /** Where its value begins. */
  readonly offset: number;
}

function readAttribute(cursor: Cursor): Stored {
  const type = cursor.name("the type of an attribute");
  const at = cursor.offset;
  const size = cursor.i32();
  if (size < 0 || (fixedSize(type) ?? size) !== size)
    throw new FormatError("corrupt", `an attribute of type ${JSON.stringify(type)} with ${size} bytes`, { offset: at });
  return { type, offset: cursor.offset, bytes: cursor.take(size) };
}

function headerOf(stored: Map<string, Stored>, end: number): ExrHeader {
  const take = (name: string, type: string): Stored => {
    const attribute = stored.get(name);
    stored.delete(name);
    if (attribute?.type === type) return attribute;
    const found = attribute ? `is of type ${attribute.type} and not ${type}` : "is missing";
    throw new FormatError("corrupt", `attribute ${name} ${found}`, { offset: attribute?.offset ?? end });
  };
  const header = {
    channels: channelsOf(take("channels", "chlist")),
    compression: compressionOf(take("compression", "compression")),
    lineOrder: lineOrderOf(take("lineOrder", "lineOrder")),
    dataWindow: windowOf(take("dataWindow", "box2i"), "data window"),
    displayWindow: windowOf(take("displayWindow", "box2i"), "display window"),
  };
  // Copies, so that a few attributes do not keep the bytes of the file in memory.
  const others = [...stored].map(([name, { type, bytes }]) => [name, { type, bytes: bytes.slice() }] as const);
  return { ...header, attributes: new Map(others) };
}

function compressionOf({ bytes, offset }: Stored): ExrCompression {
  const code = bytes[0] as number;
  const known = COMPRESSIONS[code];
  if (known) return known;
  const name = OTHER_COMPRESSIONS[code - COMPRESSIONS.length] ?? `number ${code}`;
  throw new FormatError("unsupported", `OpenEXR compression ${name} is not supported`, { offset });
}

function lineOrderOf({ bytes, offset }: Stored): ExrHeader["lineOrder"] {
  const [code] = bytes;
  if (code === 0) return "increasing";
  if (code === 1) return "decreasing";
  // 2, random order, is for tiles only.
  throw new FormatError("corrupt", `line order ${code} in a file of scan lines`, { offset });
}

function windowOf(attribute: Stored, what: string): ExrWindow {
  const { offset } = attribute;
  const [xMin, yMin, xMax, yMax] = exrValue(attribute) as readonly [number, number, number, number];
  const place = `the ${what} from (${xMin}, ${yMin}) to (${xMax}, ${yMax})`;
  if ([xMin, yMin, xMax, yMax].some((value) => Math.abs(value) > MAX_COORDINATE))
    throw new FormatError("limit", `${place} is larger than OpenEXR allows`, { offset });
  if (xMax < xMin || yMax < yMin) throw new FormatError("corrupt", `${place} is empty`, { offset });
  return { xMin, yMin, xMax, yMax };
}

function channelsOf({ bytes, offset }: Stored): readonly ExrChannel[] {
  try {
    return readChannels(new Cursor(bytes, "channel list", offset), offset);
  } catch (cause) {
    if (!isFormatError(cause, "truncated")) throw cause;
    throw new FormatError("corrupt", "the channel list does not end", { offset: cause.offset, cause });
  }
}

function readChannels(cursor: Cursor, offset: number): readonly ExrChannel[] {
  const channels: ExrChannel[] = [];
  for (let at = offset, name = cursor.name("a channel's name"); name !== ""; name = cursor.name("a channel's name")) {
    const before = channels.at(-1)?.name;
    // Pixels are stored in this order; in any other one nobody could tell whose they are.
    if (before !== undefined && compareNames(before, name) >= 0) {
      const reason = `channel ${JSON.stringify(name)} after ${JSON.stringify(before)}, not in order of their names`;
      throw new FormatError("corrupt", reason, { offset: at });
    }
    channels.push(readChannel(cursor, name));
    at = cursor.offset;
  }
  if (cursor.left > 0) throw new FormatError("corrupt", "bytes behind the channel list", { offset: cursor.offset });
  if (channels.length === 0) throw new FormatError("corrupt", "an image without channels", { offset });
  return channels;
}

function readChannel(cursor: Cursor, name: string): ExrChannel {
  const offset = cursor.offset;
  const code = cursor.u32();
  const dtype = DTYPES[code];
  if (!dtype) throw new FormatError("corrupt", `channel ${JSON.stringify(name)} has pixel type ${code}`, { offset });
  const linear = cursor.u8() !== 0;
  cursor.take(3);
  const sampling = [cursor.i32(), cursor.i32()] as const;
  if (sampling.some((step) => step < 1)) {
    const reason = `channel ${JSON.stringify(name)} is sampled every (${sampling.join(", ")}) pixels`;
    throw new FormatError("corrupt", reason, { offset: cursor.offset - 8 });
  }
  return { name, dtype, sampling, linear };
}

/** Negative, zero or positive as `a` stands before, is or stands behind `b` in a file: by the bytes of UTF-8. */
export function compareNames(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => new TextEncoder().encode(name)) as [Uint8Array, Uint8Array];
  const at = x.findIndex((byte, i) => byte !== y[i]);
  return at < 0 ? x.length - y.length : (x[at] as number) - (y[at] ?? -1);
}
