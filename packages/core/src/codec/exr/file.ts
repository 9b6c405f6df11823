import { FormatError } from "../../errors.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { allowedFrom } from "../../source/allowance.js";
import { allocate } from "../../source/bounds.js";
import { type Input, toSource } from "../../source/input.js";
import type { ReadOptions, Source, WorkOptions } from "../../source/source.js";
import { type BlockTable, readBlocks, readTable } from "./blocks.js";
import {
  blocksBetween,
  columnsOf,
  type ExrBlock,
  hasLine,
  heightOf,
  lineBytesOf,
  linesOf,
  samplesBetween,
  widthOf,
} from "./geometry.js";
import { type ExrStart, readHeader } from "./header.js";
import { type ExrChannel, type ExrDType, type ExrHeader, type ExrPlane, LINES_OF } from "./model.js";

export interface OpenExrOptions extends ReadOptions {
  /**
   * Bytes of samples that may be in memory at once. Default: a hundred times the file's own bytes, and 48 MiB where that
   * is more; asking for more throws `FormatError` `limit` before memory is given to it.
   */
  readonly maxLoadBytes?: number | undefined;
}

export interface ReadExrOptions extends WorkOptions {
  /** Names of the channels wanted. Default: all. */
  readonly channels?: readonly string[] | undefined;
  /** Lines `start` up to `stop` of the data window, its top line being 0. Default: all. */
  readonly rows?: readonly [start: number, stop: number] | undefined;
}

/**
 * Reads header and offsets of an OpenEXR image of scan lines: uncompressed, RLE, ZIPS, ZIP or PIZ; half, float or uint; any
 * channels. Samples are read when asked for. Throws `FormatError`: `not-this-format`, `truncated`, `corrupt`, `limit`, and
 * `unsupported` for tiles, deep data, several parts and lossy compressions.
 */
export async function openExr(input: Input, options: OpenExrOptions = {}): Promise<ExrFile> {
  const source = await toSource(input, options);
  const start = await readHeader(source, options);
  checkSize(start, source);
  const { header } = start;
  const table = await readTable(source, header, start.tableOffset, options);
  return new ExrFile(source, header, table, options.maxLoadBytes ?? allowedFrom(source.byteLength));
}

/** No block becomes more than this many times as long, whatever the compression: that of ZIP, two bits for 258 bytes. */
const MAX_EXPANSION = 1032;

/** Refuses windows that no file of this length can fill, before anything is made of their size. */
function checkSize({ header, windowOffset }: ExrStart, source: Source): void {
  const { channels, compression, dataWindow } = header;
  const [columns, lines] = [widthOf(dataWindow), heightOf(dataWindow)];
  const line = channels.reduce((sum, channel) => sum + lineBytesOf(channel, dataWindow) / channel.sampling[1], 0);
  const possible = MAX_EXPANSION * source.byteLength;
  if (line * lines <= possible && 8 * Math.ceil(lines / LINES_OF[compression]) <= possible) return;
  const reason = `a data window of ${columns} by ${lines} pixels, more than ${source.byteLength} bytes can hold`;
  throw new FormatError("limit", reason, { offset: windowOffset });
}

/** An open OpenEXR image. The caller keeps its source open while it reads. */
export class ExrFile {
  readonly header: ExrHeader;
  readonly #source: Source;
  readonly #table: BlockTable;
  readonly #maxLoadBytes: number;

  /** Use {@link openExr}. */
  constructor(source: Source, header: ExrHeader, table: BlockTable, maxLoadBytes: number) {
    this.header = header;
    this.#source = source;
    this.#table = table;
    this.#maxLoadBytes = maxLoadBytes;
  }

  /** Columns of the data window. */
  get width(): number {
    return widthOf(this.header.dataWindow);
  }

  /** Lines of the data window. */
  get height(): number {
    return heightOf(this.header.dataWindow);
  }

  /** Names of the channels, in stored order. */
  get channelNames(): readonly string[] {
    return this.header.channels.map(({ name }) => name);
  }

  /**
   * Channels as arrays of (lines, columns) in their stored dtype, by name and in the order asked for. A channel that is
   * sampled every n pixels has that much fewer. Only blocks with wanted lines are read. Throws `FormatError`: `missing`
   * for a channel that is not there, `limit`, and what damaged blocks give; `RangeError` for rows outside the window.
   */
  async read(options: ReadExrOptions = {}): Promise<ReadonlyMap<string, ExrPlane>> {
    const { dataWindow } = this.header;
    const [start, stop] = options.rows ?? [0, this.height];
    if (!(Number.isInteger(start) && Number.isInteger(stop) && start >= 0 && start <= stop && stop <= this.height))
      throw new RangeError(`rows ${start} to ${stop} of ${this.height}`);
    const [yMin, yMax] = [dataWindow.yMin + start, dataWindow.yMin + stop - 1];
    const wanted = (options.channels ?? this.channelNames).map((name) => this.channel(name));
    this.#admit(wanted, yMin, yMax);
    const targets = new Map(wanted.map((channel) => [channel, targetOf(channel, this.header, yMin, yMax)]));
    if (start < stop) await this.#fill(targets, yMin, yMax, options);
    return new Map([...targets].map(([channel, target]) => [channel.name, planeOf(channel.dtype, target)]));
  }

  /**
   * Channels side by side: an array of (lines, columns, channels) in the order of `channels`. They must be of one dtype
   * and sampled alike, else `FormatError` `mismatch`. Throws what {@link ExrFile.read} throws.
   */
  async readInterleaved(
    options: ReadExrOptions & { readonly channels: readonly string[] },
  ): Promise<NdArray<ExrDType, readonly [number, number, number]>> {
    const channels = options.channels.map((name) => this.channel(name));
    const [first] = channels;
    if (!first) throw new RangeError("no channels to interleave");
    for (const { name, dtype, sampling } of channels) {
      if (dtype === first.dtype && String(sampling) === String(first.sampling)) continue;
      const reason = `${dtype} sampled every (${sampling.join(", ")}) pixels cannot stand beside ${first.name}`;
      throw new FormatError("mismatch", reason, { path: name });
    }
    const planes = await this.read(options);
    return interleaved(options.channels.map((name) => planes.get(name) as ExrPlane));
  }

  /** What the header says of a channel. Throws `FormatError` `missing`. */
  channel(name: string): ExrChannel {
    const found = this.header.channels.find((channel) => channel.name === name);
    if (found) return found;
    throw new FormatError("missing", `the image has no such channel; it has ${this.channelNames.join(", ")}`, {
      path: name,
    });
  }

  #admit(channels: readonly ExrChannel[], yMin: number, yMax: number): void {
    const { dataWindow, compression } = this.header;
    // Blocks are decompressed whole, a few of them at once.
    const [block] = blocksBetween(this.header, dataWindow.yMin, dataWindow.yMin);
    const planes = channels.reduce(
      (sum, channel) => sum + lineBytesOf(channel, dataWindow) * linesOf(channel, yMin, yMax),
      0,
    );
    const needed = Math.max(planes, (block as ExrBlock).byteLength);
    if (needed <= this.#maxLoadBytes) return;
    const reason = `${needed} bytes of ${compression === "none" ? "" : `${compression} `}samples`;
    throw new FormatError("limit", `${reason} are more than the ${this.#maxLoadBytes} that may be read at once`);
  }

  async #fill(
    targets: ReadonlyMap<ExrChannel, Target>,
    yMin: number,
    yMax: number,
    options: ReadExrOptions,
  ): Promise<void> {
    const { header } = this;
    const blocks = blocksBetween(header, yMin, yMax);
    const total = blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
    let done = 0;
    const take = (raw: Uint8Array, block: ExrBlock): void => {
      scatter(raw, header, block, targets);
      done += block.byteLength;
      options.onProgress?.({ stage: "read image", done, total });
    };
    await readBlocks(this.#source, header, this.#table, blocks, take, options);
  }
}

/** Memory of one channel's lines. */
interface Target {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly shape: readonly [rows: number, columns: number];
  readonly lineBytes: number;
  readonly yMin: number;
  readonly yMax: number;
}

function targetOf(channel: ExrChannel, { dataWindow }: ExrHeader, yMin: number, yMax: number): Target {
  const rows = linesOf(channel, yMin, yMax);
  const lineBytes = lineBytesOf(channel, dataWindow);
  const bytes = allocate(rows * lineBytes, `channel ${channel.name}`);
  return { bytes, shape: [rows, columnsOf(channel, dataWindow)], lineBytes, yMin, yMax };
}

/** Copies the wanted lines of a block to where they belong. */
function scatter(
  raw: Uint8Array,
  { channels, dataWindow }: ExrHeader,
  block: ExrBlock,
  targets: ReadonlyMap<ExrChannel, Target>,
): void {
  const parts = channels.map((channel) => ({
    channel,
    lineBytes: lineBytesOf(channel, dataWindow),
    target: targets.get(channel),
  }));
  let at = 0;
  for (let y = block.yMin; y <= block.yMax; y++) {
    for (const { channel, lineBytes, target } of parts) {
      if (!hasLine(channel, y)) continue;
      if (target && y >= target.yMin && y <= target.yMax) {
        const row = samplesBetween(target.yMin, y, channel.sampling[1]) - 1;
        target.bytes.set(raw.subarray(at, at + lineBytes), row * lineBytes);
      }
      at += lineBytes;
    }
  }
}

function planeOf(dtype: ExrDType, { bytes, shape }: Target): ExrPlane {
  return NdArray.fromBytes(dtype, shape, bytes) as unknown as ExrPlane;
}

/** Copies bits, since numbers that are no NaN of one kind would become another. */
function interleaved(planes: readonly ExrPlane[]): NdArray<ExrDType, readonly [number, number, number]> {
  const [{ dtype, shape, type, size }] = planes as [ExrPlane];
  const count = planes.length;
  const Bits = type.itemSize === 2 ? Uint16Array : Uint32Array;
  const all = new Bits(size * count);
  planes.forEach((plane, c) => {
    const bytes = plane.toBytes();
    const from = new Bits(bytes.buffer as ArrayBuffer, bytes.byteOffset, size);
    for (let i = 0, o = c; i < size; i++, o += count) all[o] = from[i] as number;
  });
  const whole: readonly [number, number, number] = [...shape, count];
  return NdArray.fromBytes(dtype, whole, new Uint8Array(all.buffer)) as never;
}
