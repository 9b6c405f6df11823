import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { type PngHeader, png, readPng, readPngHeader } from "../src/codec/png/index.js";
import { memorySource } from "../src/source/memory.js";
import type { ArrayNode } from "../src/tree/node.js";
import { described, expectedImages, imageBytes, samples } from "./support-images.js";
import { countingSource, formatError, noise, text } from "./support-io.js";
import { chunk, pngOf, pngOfSamples } from "./support-png.js";

const SAMPLES = { grey: 1, rgb: 3, palette: 1, "grey-alpha": 2, rgba: 4 } as const;

/** Samples of every value that fits. */
function valuesOf({ width, height, bitDepth, colour }: PngHeader): number[] {
  const bytes = noise(2 * width * height * SAMPLES[colour]);
  const words = new Uint16Array(bytes.buffer);
  return [...words].map((word) => word >> (16 - bitDepth));
}

const header = (changes: Partial<PngHeader>): PngHeader => ({
  width: 13,
  height: 11,
  bitDepth: 8,
  colour: "grey",
  interlaced: false,
  ...changes,
});

describe("reading a PNG image", () => {
  it.each(samples(".png"))("%s is read as other libraries read it, sample by sample", async (name) => {
    const { array } = await readPng(imageBytes(name));
    expect(described(array as never)).toEqual(expectedImages.get(name)?.arrays[""]);
  });

  it.each<readonly [PngHeader["colour"], readonly PngHeader["bitDepth"][]]>([
    ["grey", [1, 2, 4, 8, 16]],
    ["rgb", [8, 16]],
    ["grey-alpha", [8, 16]],
    ["rgba", [8, 16]],
  ])("gives %s samples of any depth as stored", async (colour, depths) => {
    for (const bitDepth of depths) {
      for (const [width, height] of [
        [13, 11],
        [1, 1],
        [8, 1],
        [9, 3],
      ] as const) {
        const stated = header({ colour, bitDepth, width, height });
        const values = valuesOf(stated);
        const { array, ...found } = await readPng(pngOfSamples(stated, values, { pieces: 3 }));
        expect(found).toEqual(stated);
        expect([array.dtype, array.shape]).toEqual([
          bitDepth === 16 ? "uint16" : "uint8",
          [height, width, SAMPLES[colour]],
        ]);
        expect([...array.data]).toEqual(values);
      }
    }
  });

  it.each([8, 16] as const)("puts interlaced images of %i bits in order", async (bitDepth) => {
    for (const [width, height] of [
      [13, 11],
      [1, 1],
      [3, 2],
      [5, 9],
      [16, 16],
    ] as const) {
      for (const colour of ["grey", "rgb", "grey-alpha", "rgba"] as const) {
        const stated = header({ colour, bitDepth, width, height, interlaced: true });
        const values = valuesOf(stated);
        const { array } = await readPng(pngOfSamples(stated, values));
        expect([...array.data]).toEqual(values);
      }
    }
  });

  it("refuses interlaced images of fewer bits, which would come out wrong", async () => {
    const stated = header({ bitDepth: 2, interlaced: true });
    await formatError(() => readPng(pngOfSamples(stated, valuesOf(stated))), "unsupported");
  });

  it("gives rows of a palette and the palette, with alpha where there is some", async () => {
    const colours = Uint8Array.from({ length: 15 }, (_, i) => i * 11);
    for (const bitDepth of [4, 8] as const) {
      const stated = header({ colour: "palette", bitDepth });
      const rows = valuesOf(stated).map((value) => value % 5);
      const plain = await readPng(pngOfSamples(stated, rows, { before: [chunk("PLTE", colours)] }));
      expect(plain.array.shape).toEqual([11, 13, 1]);
      expect([...plain.array.data]).toEqual(rows);
      expect(plain.palette?.toList()).toEqual([
        [0, 11, 22],
        [33, 44, 55],
        [66, 77, 88],
        [99, 110, 121],
        [132, 143, 154],
      ]);
      const before = [chunk("PLTE", colours), chunk("tRNS", Uint8Array.of(0, 128))];
      const { palette } = await readPng(pngOfSamples(stated, rows, { before }));
      expect(palette?.slice(null, 3).toList()).toEqual([0, 128, 255, 255, 255]);
    }
  });

  it("tells which colour counts as transparent", async () => {
    const rgb = header({ colour: "rgb", bitDepth: 16 });
    const colour = chunk("tRNS", Uint8Array.of(1, 2, 3, 4, 5, 6));
    const { transparent } = await readPng(pngOfSamples(rgb, valuesOf(rgb), { before: [colour] }));
    expect(transparent).toEqual([0x102, 0x304, 0x506]);
    const grey = header({ bitDepth: 2 });
    const found = await readPng(pngOfSamples(grey, valuesOf(grey), { before: [chunk("tRNS", Uint8Array.of(0, 3))] }));
    expect(found.transparent).toEqual([3]);
    expect("transparent" in (await readPng(pngOfSamples(grey, valuesOf(grey))))).toBe(false);
  });

  it("agrees with fast-png where that reads a file by itself", async () => {
    for (const name of samples(".png")) {
      const { data, width, height, channels } = decode(imageBytes(name));
      const { array } = await readPng(imageBytes(name));
      expect(array.data).toEqual(data);
      expect(array.shape).toEqual([height, width, channels]);
    }
  });

  it("passes by what is not needed for the picture", async () => {
    const stated = header({});
    const before = [
      chunk("gAMA", Uint8Array.of(0, 0, 177, 143)),
      chunk("tEXt", text("Comment\0none")),
      chunk("iCCP", text("x\0\0no")),
    ];
    const bytes = pngOfSamples(stated, valuesOf(stated), { before });
    const { array } = await readPng(Buffer.concat([bytes, text("behind the end")]));
    expect([...array.data]).toEqual(valuesOf(stated));
  });

  it("knows size and kind by the first bytes alone", async () => {
    const source = countingSource(imageBytes("rgba16.png"));
    expect(await readPngHeader(source)).toEqual({
      width: 17,
      height: 12,
      bitDepth: 16,
      colour: "rgba",
      interlaced: false,
    });
    expect(source.bytesRead).toBe(33);
  });

  it("is a tree of one array", async () => {
    const bytes = imageBytes("rgb16.png");
    expect(png.matches(bytes.subarray(0, 512))).toBe(true);
    expect(png.matches(pngOf().subarray(0, 7))).toBe(false);
    const source = countingSource(bytes);
    const node = (await png.open(source)) as ArrayNode;
    expect(source.bytesRead).toBe(33);
    expect([node.type.name, node.shape]).toEqual(["uint16", [12, 17, 3]]);
    expect(described(await node.load())).toEqual(expectedImages.get("rgb16.png")?.arrays[""]);
    const limited = (await png.open(memorySource(bytes), { maxLoadBytes: 100 })) as ArrayNode;
    await formatError(() => limited.load(), "limit");
  });
});
