import { deflateSync } from "node:zlib";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { png, readPng, type WritePngOptions, writePng } from "../src/codec/png/index.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { imageBytes, samples, watchedSink, written } from "./support-images.js";
import { formatError, noise } from "./support-io.js";

const pngBytes = (array: NdArray, options?: WritePngOptions): Promise<Uint8Array> =>
  written((sink) => writePng(sink, array, options));

function image(dtype: "uint8" | "uint16", shape: readonly number[], content: "noise" | "smooth"): NdArray {
  const size = shape.reduce((product, length) => product * length, 1);
  const bytes = noise(2 * size);
  const word = (i: number): number =>
    content === "noise" ? (bytes[i] as number) * 257 : 30_000 + 20_000 * Math.sin(i / 50);
  const words = Uint16Array.from({ length: size }, (_, i) => word(i));
  const data = dtype === "uint16" ? words : Uint8Array.from(words, (value) => value >> 8);
  return NdArray.from(dtype, data as never, shape) as unknown as NdArray;
}

describe("writing a PNG image", () => {
  it.each(["uint8", "uint16"] as const)("keeps %s samples exactly: grey, grey and alpha, RGB, RGBA", async (dtype) => {
    for (const content of ["noise", "smooth"] as const) {
      for (const count of [1, 2, 3, 4]) {
        for (const [height, width] of [
          [1, 1],
          [20, 33],
          [7, 1],
          [1, 50],
        ] as const) {
          const array = image(dtype, [height, width, count], content);
          const bytes = await pngBytes(array);
          const { array: found, bitDepth } = await readPng(bytes);
          expect(bitDepth).toBe(dtype === "uint8" ? 8 : 16);
          expect(found.shape).toEqual([height, width, count]);
          expect(Buffer.compare(found.toBytes(), array.toBytes())).toBe(0);
          expect(decode(bytes, { checkCrc: true }).data).toEqual(found.data);
        }
      }
    }
  });

  it("takes two axes for grey", async () => {
    const array = image("uint16", [6, 5], "noise");
    const { array: found } = await readPng(await pngBytes(array));
    expect(found.shape).toEqual([6, 5, 1]);
    expect(found.toBytes()).toEqual(array.toBytes());
  });

  it("takes views and big-endian samples, and leaves them as they are", async () => {
    const whole = image("uint16", [9, 8, 4], "noise");
    const before = new Uint8Array(whole.toBytes());
    const view = whole.slice([1, 8, 2], [null, null, -1], [0, 3]) as unknown as NdArray;
    const { array } = await readPng(await pngBytes(view));
    expect(array.toList()).toEqual(view.toList());
    expect(whole.toBytes()).toEqual(before);
    const swapped = NdArray.fromBytes(">u2", [2, 2], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    expect((await readPng(await pngBytes(swapped))).array.toList()).toEqual([
      [[1], [0x203]],
      [[0x405], [0x607]],
    ]);
  });

  it("writes samples again with the same values", async () => {
    for (const name of samples(".png")) {
      const { array } = await readPng(imageBytes(name));
      const again = await readPng(await pngBytes(array as unknown as NdArray));
      expect(again.array.data).toEqual(array.data);
    }
  });

  it("makes smooth images small by filtering their lines", async () => {
    const array = image("uint16", [64, 64, 3], "smooth");
    const bytes = await pngBytes(array);
    expect(bytes.byteLength).toBeLessThan(0.9 * deflateSync(array.toBytes()).byteLength);
    expect((await pngBytes(array, { level: 1 })).byteLength).toBeGreaterThanOrEqual(bytes.byteLength);
  });

  it.each<readonly [string, NdArray]>([
    ["floats", NdArray.from("float32", new Float32Array(4), [2, 2]) as unknown as NdArray],
    ["signed numbers", NdArray.from("int16", new Int16Array(4), [2, 2]) as unknown as NdArray],
    ["one axis", image("uint8", [4], "noise")],
    ["four axes", image("uint8", [1, 2, 2, 1], "noise")],
    ["five samples a pixel", image("uint8", [2, 2, 5], "noise")],
    ["no samples a pixel", image("uint8", [2, 2, 0], "noise")],
    ["no lines", image("uint8", [0, 2], "noise")],
    ["no columns", image("uint8", [2, 0, 3], "noise")],
  ])("refuses %s and leaves nothing behind", async (_, array) => {
    const { sink, ends } = watchedSink();
    await formatError(() => writePng(sink, array), "unwritable");
    expect(ends).toEqual(["abort"]);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const { sink, ends } = watchedSink();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(writePng(sink, image("uint8", [4, 4], "noise"), { signal })).rejects.toThrow("enough");
    expect(ends).toEqual(["abort"]);
  });

  it("writes a tree of one array, and no other", async () => {
    const array = image("uint8", [4, 4, 3], "noise");
    const bytes = await written((sink) => png.write(sink, array, { compression: "fast" }));
    expect((await readPng(bytes)).array.toBytes()).toEqual(array.toBytes());
    const { sink, ends } = watchedSink();
    await formatError(() => png.write(sink, new Map(), {}), "unwritable");
    expect(ends).toEqual(["abort"]);
  });
});
