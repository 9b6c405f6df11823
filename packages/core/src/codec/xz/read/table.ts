import { crc32 } from "#platform";
import { FormatError } from "../../../errors.js";
import type { ReadOptions, Source } from "../../../source/source.js";
import { CHECK_BYTES, type XzCheck } from "../container/check.js";
import { HEADER_BYTES, hasMagic, readFooter, readHeader, wordAt } from "../container/flags.js";
import { LEAST_UNPADDED, paddedBytes } from "../container/index-field.js";
import { xzError } from "../container/place.js";
import { readVli, type Vli } from "../container/vli.js";
import { MOST_GROWTH } from "./options.js";
import { TailReader } from "./tail-reader.js";

/** One stream of a file, as its index describes it. */
export interface StreamEntry {
  /** Where its header begins. */
  readonly offset: number;
  /** Bytes from its header to its footer; padding behind it does not count. */
  readonly byteLength: number;
  readonly check: XzCheck;
  /** For each block, where it begins in the file. */
  readonly offsets: Float64Array;
  /** For each block, bytes of header, data and check. */
  readonly unpadded: Float64Array;
  /** For each block, bytes that it decompresses to. */
  readonly sizes: Float64Array;
}

export interface TableOptions extends ReadOptions {
  /** Streams and blocks that a file may have together. */
  readonly maxBlocks: number;
}

/**
 * The streams of a file, from the indexes at their ends; nothing is decompressed. Throws `not-this-format`, `truncated` when
 * the file does not end as it should, `corrupt`, `checksum`, `unsupported`, and `limit` for more blocks than are allowed.
 * Streams are counted from the end here, as nobody knows yet how many there are: errors name the last one `streams[-1]`.
 */
export async function readTable(source: Source, options: TableOptions): Promise<readonly StreamEntry[]> {
  const tail = new TailReader(source, options);
  await expectMagic(source, tail);
  const streams: StreamEntry[] = [];
  let entries = 0;
  for (let end = source.byteLength; end > 0; ) {
    const at = { stream: -1 - streams.length, offset: end };
    end = await skipPadding(tail, end);
    if (end === 0) throw xzError("corrupt", "the file begins with padding", { ...at, offset: 0 });
    const stream = await streamBefore(tail, end, { ...at, offset: end }, options.maxBlocks - entries);
    streams.push(stream);
    entries += 1 + stream.sizes.length;
    end = stream.offset;
  }
  return streams.reverse();
}

async function expectMagic(source: Source, tail: TailReader): Promise<void> {
  const start = await tail.read(0, Math.min(HEADER_BYTES, source.byteLength));
  const name = source.name === "" ? "the data" : source.name;
  if (start.byteLength === 0) throw new FormatError("truncated", `${name} is empty`, { offset: 0 });
  if (!hasMagic(start)) throw new FormatError("not-this-format", `${name} is no .xz file`, { offset: 0 });
  if (source.byteLength % 4 === 0) return;
  const reason = `${name} has ${source.byteLength} bytes, which is no multiple of 4: it is cut off, or something follows it`;
  throw new FormatError("truncated", reason, { offset: source.byteLength });
}

/** Where the zero bytes begin, in fours, that end at `end`. */
async function skipPadding(tail: TailReader, end: number): Promise<number> {
  let at = end;
  while (at > 0 && wordAt(await tail.read(at - 4, at), 0) === 0) at -= 4;
  return at;
}

interface EndPlace {
  readonly stream: number;
  readonly offset: number;
}

async function streamBefore(tail: TailReader, end: number, place: EndPlace, maxBlocks: number): Promise<StreamEntry> {
  const footerAt = end - HEADER_BYTES;
  if (footerAt < HEADER_BYTES) throw noFooter(place);
  const bytes = await tail.read(footerAt, end);
  if (bytes[10] !== 0x59 || bytes[11] !== 0x5a) throw noFooter(place);
  const footer = readFooter(bytes, { ...place, offset: footerAt });
  const indexAt = footerAt - footer.indexBytes;
  if (indexAt < HEADER_BYTES) {
    throw xzError("corrupt", "the stream's index would begin before the stream", { ...place, offset: footerAt });
  }
  const index = await readIndex(tail, { start: indexAt, end: footerAt, ...place }, maxBlocks, footer.check);
  const offset = indexAt - index.blockBytes - HEADER_BYTES;
  if (offset < 0)
    throw xzError("corrupt", "the stream's blocks would begin before the file", { ...place, offset: indexAt });
  const check = readHeader(await tail.read(offset, offset + HEADER_BYTES), { ...place, offset });
  if (check !== footer.check) throw xzError("corrupt", "the stream's header and footer differ", { ...place, offset });
  for (let i = 0; i < index.offsets.length; i++)
    index.offsets[i] = (index.offsets[i] as number) + offset + HEADER_BYTES;
  const { offsets, unpadded, sizes } = index;
  return { offset, byteLength: end - offset, check, offsets, unpadded, sizes };
}

function noFooter(place: EndPlace): FormatError {
  return xzError(
    "truncated",
    "the file does not end with a stream's footer: it is cut off, or something follows it",
    place,
  );
}

interface IndexRange {
  readonly stream: number;
  readonly start: number;
  readonly end: number;
}

interface IndexTable extends Pick<StreamEntry, "unpadded" | "sizes"> {
  /** Counted from the first block. */
  readonly offsets: Float64Array;
  readonly blockBytes: number;
}

async function readIndex(tail: TailReader, range: IndexRange, maxBlocks: number, check: XzCheck): Promise<IndexTable> {
  const place = { stream: range.stream, offset: range.start };
  const corrupt = (): FormatError => xzError("corrupt", "the stream's index contradicts itself", place);
  const start = await tail.read(range.start, Math.min(range.end, range.start + 10));
  const count = readVli(start, 1);
  if (start[0] !== 0 || typeof count === "string") throw corrupt();
  if (count.value > maxBlocks) {
    throw xzError("limit", `the stream has ${count.value} blocks, more than are allowed`, place);
  }
  const contentBytes = range.end - range.start - 4;
  // A record takes 2 to 18 bytes: what has another size is not read at all.
  if (count.end + 2 * count.value > contentBytes || count.end + 18 * count.value + 3 < contentBytes) throw corrupt();
  const bytes = await tail.read(range.start, range.end);
  const content = bytes.subarray(0, contentBytes);
  if (wordAt(bytes, contentBytes) !== crc32(content)) {
    throw xzError("checksum", "the CRC-32 of the stream's index does not match", place);
  }
  const table = readRecords(content, count, range.start, check);
  if (!table) throw corrupt();
  return table;
}

/** All records, unless they are impossible. */
function readRecords(content: Uint8Array, count: Vli, before: number, check: XzCheck): IndexTable | undefined {
  const offsets = new Float64Array(count.value);
  const unpadded = new Float64Array(count.value);
  const sizes = new Float64Array(count.value);
  let at = count.end;
  let blockBytes = 0;
  let total = 0;
  for (let i = 0; i < count.value; i++) {
    const first = readVli(content, at);
    if (typeof first === "string") return undefined;
    const second = readVli(content, first.end);
    if (typeof second === "string") return undefined;
    at = second.end;
    offsets[i] = blockBytes;
    unpadded[i] = first.value;
    sizes[i] = second.value;
    blockBytes += paddedBytes(first.value);
    total += second.value;
    const possible = first.value >= LEAST_UNPADDED + CHECK_BYTES[check] && second.value <= MOST_GROWTH * first.value;
    if (!possible || blockBytes > before || total > Number.MAX_SAFE_INTEGER) return undefined;
  }
  const padding = content.subarray(at);
  if (padding.byteLength > 3 || padding.some((byte) => byte !== 0)) return undefined;
  return { offsets, unpadded, sizes, blockBytes };
}
