import { deflateSync } from "node:zlib";
import { exrAttribute } from "../src/codec/exr/attributes.js";
import { formatHeader } from "../src/codec/exr/format-header.js";
import { type ExrFile, openExr, writeExr } from "../src/codec/exr/index.js";
import type { ExrHeader } from "../src/codec/exr/model.js";
import type { WriteExrOptions } from "../src/codec/exr/write.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { described, written } from "./support-images.js";
import { noise } from "./support-io.js";

export type Planes = ReadonlyMap<string, NdArray>;
export type ExrKind = "float16" | "float32" | "uint32";

export const exrBytes = (planes: Planes, options?: WriteExrOptions): Promise<Uint8Array<ArrayBuffer>> =>
  written((sink) => writeExr(sink, planes, options));

export async function readBack(bytes: Uint8Array): Promise<{ readonly file: ExrFile; readonly planes: Planes }> {
  const file = await openExr(bytes);
  return { file, planes: (await file.read()) as unknown as Planes };
}

/** Shape and digest of every channel: equal where all samples are, bit by bit. */
export const bitsOf = (planes: Planes): Record<string, object> =>
  Object.fromEntries([...planes].map(([name, plane]) => [name, described(plane)]));

const ITEM = { float16: 2, float32: 4, uint32: 4 } as const;

/** A plane whose content is as unlike or as like its neighbours as `content` says; noise holds every bit pattern. */
export function plane(
  dtype: ExrKind,
  rows: number,
  columns: number,
  content: "noise" | "smooth" | "constant" | "few" = "smooth",
  seed = 1,
): NdArray {
  const count = rows * columns;
  const random = noise(count * ITEM[dtype], seed);
  if (content === "noise") return NdArray.fromBytes(dtype, [rows, columns], random);
  const value = (i: number): number => {
    if (content === "constant") return 3;
    if (content === "few") return ((random[i] as number) % 3) * 100;
    return 60 + 50 * Math.sin((i % columns) * 0.1 + seed) * Math.cos(Math.floor(i / columns) * 0.07);
  };
  const made = NdArray.fromBytes(dtype, [rows, columns], new Uint8Array(count * ITEM[dtype]));
  for (let i = 0; i < count; i++) {
    const number = dtype === "uint32" ? Math.floor(value(i)) : value(i);
    made.set([Math.floor(i / columns), i % columns], number);
  }
  return made;
}

/** A header as a file without anything special has it. */
export function headerOf(changes: Partial<ExrHeader> & Pick<ExrHeader, "channels">): ExrHeader {
  const window = changes.dataWindow ?? { xMin: 0, yMin: 0, xMax: 7, yMax: 7 };
  return {
    compression: "none",
    lineOrder: "increasing",
    dataWindow: window,
    displayWindow: window,
    attributes: new Map([["capDate", exrAttribute("string", "2022:12:01")]]),
    ...changes,
  };
}

/** A file put together by hand: blocks as they are to stand in it, each with its first line. */
export function fileOf(header: ExrHeader, blocks: readonly (readonly [y: number, bytes: Uint8Array])[]): Uint8Array {
  const head = formatHeader(header);
  const table = Buffer.alloc(8 * blocks.length);
  let offset = head.byteLength + table.byteLength;
  const parts = blocks.map(([y, bytes], i) => {
    const start = Buffer.alloc(8);
    start.writeInt32LE(y, 0);
    start.writeInt32LE(bytes.byteLength, 4);
    table.writeBigUInt64LE(BigInt(offset), 8 * i);
    offset += 8 + bytes.byteLength;
    return Buffer.concat([start, bytes]);
  });
  return new Uint8Array(Buffer.concat([head, table, ...parts]));
}

/** What ZIP does to a block, written down once more. */
export function zipped(raw: Uint8Array): Uint8Array {
  const halves = [...raw.filter((_, i) => i % 2 === 0), ...raw.filter((_, i) => i % 2 === 1)];
  const deltas = halves.map((byte, i) => (i === 0 ? byte : byte - (halves[i - 1] as number) + 128));
  return new Uint8Array(deflateSync(Uint8Array.from(deltas)));
}
