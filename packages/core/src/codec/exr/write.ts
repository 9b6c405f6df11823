import { threads } from "#platform";
import { FormatError } from "../../errors.js";
import type { DTypeName } from "../../ndarray/dtype.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import { mapConcurrently } from "../../source/concurrent.js";
import type { Sink, WorkOptions } from "../../source/source.js";
import { packBlock } from "./compress.js";
import { formatHeader } from "./format-header.js";
import { blockAt, blockCount, type ExrBlock, heightOf, lineBytesOf, widthOf } from "./geometry.js";
import { compareNames } from "./header.js";
import {
  BYTES_OF,
  type ExrAttribute,
  type ExrCompression,
  type ExrDType,
  type ExrHeader,
  type ExrLineOrder,
  type ExrWindow,
} from "./model.js";

export interface WriteExrOptions extends WorkOptions {
  /** Default `zip`. */
  readonly compression?: ExrCompression | undefined;
  /** zlib's level for `zip` and `zips`, 1 to 9. Default 4, as OpenEXR's. */
  readonly level?: number | undefined;
  /** Default `increasing`. */
  readonly lineOrder?: ExrLineOrder | undefined;
  /** Where the pixels are; must have as many as the arrays. Default: from (0, 0). */
  readonly dataWindow?: ExrWindow | undefined;
  /** Default: as `dataWindow`. */
  readonly displayWindow?: ExrWindow | undefined;
  /** More attributes, in the order in which they are written. Those that every file must have are added. */
  readonly attributes?: ReadonlyMap<string, ExrAttribute> | undefined;
}

/** Line and size in front of each block. */
const BLOCK_HEADER = 8;

/**
 * Writes channels as an OpenEXR image and commits the sink; aborts it when anything fails. Arrays are (lines, columns) of
 * one shape, float16, float32 or uint32; each keeps its dtype. The header of an {@link ExrFile} as `options` keeps what
 * that file said. The compressed image is held in memory, since offsets of blocks stand before them.
 *
 * Throws `FormatError` `unwritable` for other dtypes or shapes, names that the format has not, and windows of other sizes.
 */
export async function writeExr(
  sink: Sink,
  channels: ReadonlyMap<string, NdArray>,
  options: WriteExrOptions = {},
): Promise<void> {
  try {
    const header = headerOf(channels, options);
    const planes = header.channels.map(({ name }) => (channels.get(name) as NdArray).contiguous());
    const blocks = Array.from({ length: blockCount(header) }, (_, index) => blockAt(header, index));
    const packed = await packAll(planes, header, blocks, options);
    const inOrder = header.lineOrder === "increasing" ? blocks : blocks.toReversed();
    await sink.append(startOf(header, inOrder, packed));
    for (const block of inOrder) {
      options.signal?.throwIfAborted();
      await sink.append(packed[block.index] as Uint8Array);
    }
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

function headerOf(channels: ReadonlyMap<string, NdArray>, options: WriteExrOptions): ExrHeader {
  const names = [...channels.keys()].sort(compareNames);
  const described = names.map((name) => {
    const { dtype, shape } = channels.get(name) as NdArray;
    if (!isExrDType(dtype) || shape.length !== 2)
      throw unwritable(`${dtype} (${shape.join(", ")}) is no plane of float16, float32 or uint32`, name);
    return { name, dtype, shape, sampling: [1, 1] as const, linear: false };
  });
  const [first] = described;
  if (!first) throw unwritable("an image without channels");
  const [height, width] = first.shape as readonly [number, number];
  for (const { name, shape } of described) {
    if (shape[0] !== height || shape[1] !== width)
      throw unwritable(`(${shape.join(", ")}) stands beside (${height}, ${width}) of ${first.name}`, name);
  }
  if (height === 0 || width === 0) throw unwritable(`an image of ${width} by ${height} pixels`);
  const { dataWindow = { xMin: 0, yMin: 0, xMax: width - 1, yMax: height - 1 } } = options;
  if (widthOf(dataWindow) !== width || heightOf(dataWindow) !== height)
    throw unwritable(
      `a data window of ${widthOf(dataWindow)} by ${heightOf(dataWindow)} for ${width} by ${height} pixels`,
    );
  return {
    channels: described,
    compression: options.compression ?? "zip",
    lineOrder: options.lineOrder ?? "increasing",
    dataWindow,
    displayWindow: options.displayWindow ?? dataWindow,
    attributes: options.attributes ?? new Map(),
  };
}

function isExrDType(dtype: DTypeName): dtype is ExrDType {
  return Object.hasOwn(BYTES_OF, dtype);
}

function unwritable(reason: string, path = ""): FormatError {
  return new FormatError("unwritable", reason, { path });
}

/** Every block as it stands in the file, by its number. */
function packAll(
  planes: readonly NdArray[],
  header: ExrHeader,
  blocks: readonly ExrBlock[],
  options: WriteExrOptions,
): Promise<readonly Uint8Array[]> {
  const { level = 4, signal, onProgress } = options;
  const total = blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let done = 0;
  const pack = async (block: ExrBlock): Promise<Uint8Array> => {
    const stored = await packBlock(gathered(planes, header, block), header, block, level);
    const bytes = new Uint8Array(BLOCK_HEADER + stored.byteLength);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, block.yMin, true);
    view.setInt32(4, stored.byteLength, true);
    bytes.set(stored, BLOCK_HEADER);
    done += block.byteLength;
    onProgress?.({ stage: "write image", done, total });
    return bytes;
  };
  return mapConcurrently(blocks, threads + 1, pack, { signal });
}

/** The lines of a block, channel by channel in each. */
function gathered(planes: readonly NdArray[], { channels, dataWindow }: ExrHeader, block: ExrBlock): Uint8Array {
  const raw = new Uint8Array(block.byteLength);
  const parts = channels.map((channel, c) => ({
    bytes: (planes[c] as NdArray).toBytes(),
    lineBytes: lineBytesOf(channel, dataWindow),
  }));
  let at = 0;
  for (let row = block.yMin - dataWindow.yMin; row <= block.yMax - dataWindow.yMin; row++) {
    for (const { bytes, lineBytes } of parts) {
      raw.set(bytes.subarray(row * lineBytes, (row + 1) * lineBytes), at);
      at += lineBytes;
    }
  }
  return raw;
}

/** Header and table of offsets. */
function startOf(header: ExrHeader, inOrder: readonly ExrBlock[], packed: readonly Uint8Array[]): Uint8Array {
  const head = formatHeader(header);
  const bytes = new Uint8Array(head.byteLength + 8 * inOrder.length);
  bytes.set(head);
  const view = new DataView(bytes.buffer);
  let offset = bytes.byteLength;
  for (const { index } of inOrder) {
    view.setBigUint64(head.byteLength + 8 * index, BigInt(offset), true);
    offset += (packed[index] as Uint8Array).byteLength;
  }
  return bytes;
}
