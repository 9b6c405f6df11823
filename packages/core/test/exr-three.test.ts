import { describe, expect, it } from "vitest";
import type { NdArray } from "../src/ndarray/ndarray.js";
import { exrBytes, plane, readBack } from "./support-exr.js";

// A second opinion: three's loader and exporter, which were written by others. Their images are RGBA, bottom line first.

const FLOAT = 1015;
const HALF = 1016;
const RGBA = 1023;

interface Texture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array | Uint16Array;
}
interface Loader {
  setDataType(type: number): void;
  parse(buffer: ArrayBuffer): Texture;
}
interface Exporter {
  parse(texture: object, options: { readonly type: number; readonly compression: number }): Promise<Uint8Array>;
}

// three has no types of its own.
const load = async <T>(path: string): Promise<T> => (await import(path)) as T;
const { EXRLoader } = await load<{ EXRLoader: new () => Loader }>("three/examples/jsm/loaders/EXRLoader.js");
const { EXRExporter } = await load<{ EXRExporter: new () => Exporter }>("three/examples/jsm/exporters/EXRExporter.js");
const { DataTexture } = await load<{ DataTexture: new (...of: unknown[]) => object }>("three");

const NAMES = ["R", "G", "B", "A"];
const KINDS = [
  ["float32", FLOAT],
  ["float16", HALF],
] as const;
/** Their numbers in three, which are the format's. */
const COMPRESSIONS = ["none", "rle", "zips", "zip", "piz"] as const;

/** The samples of `planes` as three has them. */
function bottomUp(planes: ReadonlyMap<string, NdArray>, rows: number, columns: number): (number | bigint)[] {
  const values: (number | bigint)[] = [];
  for (let y = rows - 1; y >= 0; y--) {
    for (let x = 0; x < columns; x++) {
      for (const name of NAMES) {
        const array = planes.get(name) as NdArray<"float16" | "float32">;
        values.push(array.data[array.position([y, x])] as number);
      }
    }
  }
  return values;
}

describe.each(COMPRESSIONS)("three and compression %s", (compression) => {
  it.each(KINDS)("reads what is written here: %s", async (kind, type) => {
    const planes = new Map(NAMES.map((name, i) => [name, plane(kind, 45, 37, "smooth", i + 1)]));
    const bytes = await exrBytes(planes, { compression });
    const loader = new EXRLoader();
    loader.setDataType(type);
    const { width, height, data } = loader.parse(bytes.buffer);
    expect([width, height]).toEqual([37, 45]);
    expect([...data]).toEqual(bottomUp(planes, 45, 37));
  });

  it.each(KINDS)("writes what is read here: %s", async (kind, type) => {
    const planes = new Map(NAMES.map((name, i) => [name, plane(kind, 45, 37, "smooth", i + 1)]));
    const values = bottomUp(planes, 45, 37) as number[];
    const data = kind === "float32" ? Float32Array.from(values) : Uint16Array.from(values);
    const texture = new DataTexture(data, 37, 45, RGBA, type);
    const bytes = await new EXRExporter().parse(texture, { type, compression: COMPRESSIONS.indexOf(compression) });
    const { planes: found, file } = await readBack(bytes);
    expect(file.header.compression).toBe(compression);
    expect(bottomUp(found, 45, 37)).toEqual(values);
  });
});
