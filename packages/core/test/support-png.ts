import { crc32, deflateSync } from "node:zlib";
import type { PngHeader } from "../src/codec/png/index.js";

const TYPES = { grey: 0, rgb: 2, palette: 3, "grey-alpha": 4, rgba: 6 } as const;
const SAMPLES = { grey: 1, rgb: 3, palette: 1, "grey-alpha": 2, rgba: 4 } as const;

export const SIGNATURE: readonly number[] = [137, 80, 78, 71, 13, 10, 26, 10];

/** A chunk, put together without the code under test. */
export function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.byteLength);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

export function ihdr({ width, height, bitDepth, colour, interlaced }: PngHeader): Buffer {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content.set([bitDepth, TYPES[colour], 0, 0, interlaced ? 1 : 0], 8);
  return chunk("IHDR", content);
}

export const iend: Buffer = chunk("IEND", new Uint8Array(0));

export function pngOf(...chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat([Uint8Array.from(SIGNATURE), ...chunks]));
}

/** The lines of an image, each with filter 0 in front, from samples in (lines, columns, samples) order. */
export function plainLines(header: PngHeader, values: ArrayLike<number>): Buffer {
  const { width, height } = header;
  if (!header.interlaced) return linesOf(header, values, range(0, width, 1), range(0, height, 1));
  // First column and line, and steps, of the seven passes.
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  return Buffer.concat(
    (passes as [number, number, number, number][]).map(([x, y, xStep, yStep]) =>
      linesOf(header, values, range(x, width, xStep), range(y, height, yStep)),
    ),
  );
}

function range(start: number, end: number, step: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, i) => start + i * step);
}

function linesOf(header: PngHeader, values: ArrayLike<number>, columns: number[], rows: number[]): Buffer {
  const { width, bitDepth, colour } = header;
  if (columns.length === 0) return Buffer.alloc(0);
  const lines = rows.map((y) => {
    let bits = "";
    for (const x of columns) {
      for (let s = 0; s < SAMPLES[colour]; s++) {
        const value = values[(y * width + x) * SAMPLES[colour] + s] as number;
        bits += value.toString(2).padStart(bitDepth, "0");
      }
    }
    const bytes = bits.match(/.{1,8}/g) ?? [];
    return Buffer.from([0, ...bytes.map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2))]);
  });
  return Buffer.concat(lines);
}

/** A whole image whose data is cut into `pieces` chunks. */
export function pngOfSamples(
  header: PngHeader,
  values: ArrayLike<number>,
  { before = [], pieces = 1 }: { readonly before?: readonly Uint8Array[]; readonly pieces?: number } = {},
): Uint8Array {
  const data = deflateSync(plainLines(header, values));
  const size = Math.ceil(data.byteLength / pieces);
  const chunks = Array.from({ length: pieces }, (_, i) => chunk("IDAT", data.subarray(i * size, (i + 1) * size)));
  return pngOf(ihdr(header), ...before, ...chunks, iend);
}
