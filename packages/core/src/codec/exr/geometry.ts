import { BYTES_OF, type ExrChannel, type ExrHeader, type ExrWindow, LINES_OF } from "./model.js";

/** The lines of a file that were compressed together. */
export interface ExrBlock {
  /** Position in the table of offsets: blocks are numbered from the top line, whatever the line order. */
  readonly index: number;
  readonly yMin: number;
  readonly yMax: number;
  /** Bytes of all samples of these lines. */
  readonly byteLength: number;
}

/** Multiples of `step` from `from` to `to`, both included. */
export function samplesBetween(from: number, to: number, step: number): number {
  return Math.max(0, Math.floor(to / step) - Math.ceil(from / step) + 1);
}

export function widthOf({ xMin, xMax }: ExrWindow): number {
  return xMax - xMin + 1;
}

export function heightOf({ yMin, yMax }: ExrWindow): number {
  return yMax - yMin + 1;
}

/** Samples that a channel has in one of its lines. */
export function columnsOf(channel: ExrChannel, window: ExrWindow): number {
  return samplesBetween(window.xMin, window.xMax, channel.sampling[0]);
}

/** Lines that a channel has from `yMin` to `yMax`. */
export function linesOf(channel: ExrChannel, yMin: number, yMax: number): number {
  return samplesBetween(yMin, yMax, channel.sampling[1]);
}

/** Bytes of one line of a channel, where it has one. */
export function lineBytesOf(channel: ExrChannel, window: ExrWindow): number {
  return columnsOf(channel, window) * BYTES_OF[channel.dtype];
}

/** Whether a channel has samples in line `y`. */
export function hasLine(channel: ExrChannel, y: number): boolean {
  return y % channel.sampling[1] === 0;
}

export function blockCount({ dataWindow, compression }: ExrHeader): number {
  return Math.ceil(heightOf(dataWindow) / LINES_OF[compression]);
}

export function blockAt({ channels, dataWindow, compression }: ExrHeader, index: number): ExrBlock {
  const lines = LINES_OF[compression];
  const yMin = dataWindow.yMin + index * lines;
  const yMax = Math.min(dataWindow.yMax, yMin + lines - 1);
  const byteLength = channels.reduce(
    (sum, channel) => sum + lineBytesOf(channel, dataWindow) * linesOf(channel, yMin, yMax),
    0,
  );
  return { index, yMin, yMax, byteLength };
}

/** The blocks that hold lines `yMin` to `yMax`, from the top. */
export function blocksBetween(header: ExrHeader, yMin: number, yMax: number): readonly ExrBlock[] {
  const lines = LINES_OF[header.compression];
  const top = header.dataWindow.yMin;
  const first = Math.floor((yMin - top) / lines);
  const last = Math.floor((yMax - top) / lines);
  return Array.from({ length: last - first + 1 }, (_, i) => blockAt(header, first + i));
}
