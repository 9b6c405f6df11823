import { crc32, deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type PngHeader, readPng, readPngHeader } from "../src/codec/png/index.js";
import { FormatError, type FormatErrorCode } from "../src/errors.js";
import { imageBytes, samples } from "./support-images.js";
import { formatError, noise, text } from "./support-io.js";
import { chunk, iend, ihdr, plainLines, pngOf, pngOfSamples, SIGNATURE } from "./support-png.js";

const header: PngHeader = { width: 6, height: 5, bitDepth: 8, colour: "rgb", interlaced: false };
const values = noise(90);
const data = deflateSync(plainLines(header, values));
const idat = chunk("IDAT", data);
const rgb = ihdr(header);
const palette = chunk("PLTE", Uint8Array.of(1, 2, 3, 4, 5, 6));
const paletted: PngHeader = { ...header, colour: "palette" };

describe("damaged samples", () => {
  it.each([
    ["png_bad_crc", "checksum", /IDAT/],
    ["png_huge", "limit", /2147483647 by 2147483647 pixels/],
    ["png_truncated", "truncated", /inside a chunk/],
  ] as const)("%s: %s, and where", async (name, code, reason) => {
    const error = await formatError(() => readPng(imageBytes(`bad/${name}.png`)), code);
    expect(error.reason).toMatch(reason);
    expect(error.offset).toBeTypeOf("number");
  });

  it.each(samples(".png"))("%s is no picture when it is cut anywhere", async (name) => {
    const bytes = imageBytes(name);
    for (let end = 0; end < bytes.byteLength; end++) {
      const error = await formatError(() => readPng(bytes.subarray(0, end)));
      expect(error.offset, `cut at ${end}`).toBeTypeOf("number");
    }
  });

  it.each(samples(".png"))("%s is no picture when any byte is changed", async (name) => {
    const bytes = imageBytes(name);
    for (let at = 0; at < bytes.byteLength; at++) {
      const wrong = new Uint8Array(bytes);
      wrong[at] = (bytes[at] as number) ^ (1 << (at % 8));
      const error = await formatError(() => readPng(wrong));
      expect(error.offset, `byte ${at}`).toBeTypeOf("number");
    }
  });

  it("with checksums made to fit end in an error or in a picture of the size they state", async () => {
    const bytes = pngOf(rgb, idat, iend);
    let wrong = 0;
    for (let at = 16; at < bytes.byteLength - 16; at++) {
      const start = at < 33 ? 8 : 33;
      const end = start + 8 + (start === 8 ? 13 : data.byteLength);
      if (at < start + 8 || at >= end) continue;
      for (const change of [0x01, 0x08, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at] = (bytes[at] as number) ^ change;
        changed.writeUInt32BE(crc32(changed.subarray(start + 4, end)), end);
        try {
          const { array, width, height } = await readPng(new Uint8Array(changed));
          expect(array.shape.slice(0, 2)).toEqual([height, width]);
          if (start === 33 && Buffer.compare(array.toBytes(), values) !== 0) wrong++;
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }
    }
    // The data has a sum of its own.
    expect(wrong).toBe(0);
  });
});

describe("a PNG file", () => {
  it.each<readonly [string, Uint8Array, FormatErrorCode]>([
    ["of no bytes", new Uint8Array(0), "truncated"],
    ["of half a signature", Uint8Array.from(SIGNATURE.slice(0, 4)), "truncated"],
    ["of another format", text("GIF89a, no PNG"), "not-this-format"],
    ["whose line ends were converted", Uint8Array.from([137, 80, 78, 71, 10, 26, 10, 0]), "not-this-format"],
    ["without a header", pngOf(idat, iend), "corrupt"],
    ["with two headers", pngOf(rgb, rgb, idat, iend), "corrupt"],
    ["without data", pngOf(rgb, iend), "corrupt"],
    ["without an end", pngOf(rgb, idat), "truncated"],
    ["whose end has content", pngOf(rgb, idat, chunk("IEND", text("x"))), "corrupt"],
    [
      "whose data is interrupted",
      pngOf(rgb, chunk("IDAT", data.subarray(0, 9)), chunk("tEXt", text("a")), chunk("IDAT", data.subarray(9)), iend),
      "corrupt",
    ],
    ["with an unknown chunk that it needs", pngOf(rgb, chunk("NEED", text("x")), idat, iend), "unsupported"],
    ["with a chunk of no name", pngOf(rgb, chunk("12:!", text("x")), idat, iend), "corrupt"],
    ["whose palette comes late", pngOf(rgb, idat, palette, iend), "corrupt"],
    ["with two palettes", pngOf(rgb, palette, palette, idat, iend), "corrupt"],
    ["of grey with a palette", pngOf(ihdr({ ...header, colour: "grey" }), palette, idat, iend), "corrupt"],
    ["whose palette is missing", pngOf(ihdr(paletted), idat, iend), "corrupt"],
    ["whose palette is cut", pngOf(ihdr(paletted), chunk("PLTE", text("1234")), idat, iend), "corrupt"],
    [
      "whose palette is too long",
      pngOf(ihdr({ ...paletted, bitDepth: 1 }), chunk("PLTE", new Uint8Array(9)), idat, iend),
      "corrupt",
    ],
    [
      "with more alphas than colours",
      pngOf(ihdr(paletted), palette, chunk("tRNS", text("abc")), idat, iend),
      "corrupt",
    ],
    ["whose pixels are not in the palette", pngOfSamples(paletted, values, { before: [palette] }), "corrupt"],
    [
      "with transparency beside alpha",
      pngOf(ihdr({ ...header, colour: "rgba" }), chunk("tRNS", text("123456")), idat, iend),
      "corrupt",
    ],
    ["with transparency of another kind", pngOf(rgb, chunk("tRNS", text("12")), idat, iend), "corrupt"],
    [
      "with too few lines",
      pngOf(rgb, chunk("IDAT", deflateSync(plainLines(header, values).subarray(19))), iend),
      "truncated",
    ],
    [
      "with too many lines",
      pngOf(rgb, chunk("IDAT", deflateSync(Buffer.concat([plainLines(header, values), Buffer.alloc(19)]))), iend),
      "limit",
    ],
    ["with an unknown filter", pngOf(rgb, chunk("IDAT", deflateSync(Buffer.alloc(95, 9))), iend), "corrupt"],
    ["whose data is no zlib data", pngOf(rgb, chunk("IDAT", noise(50)), iend), "corrupt"],
    [
      "whose data has another sum",
      pngOf(rgb, chunk("IDAT", Buffer.concat([data.subarray(0, -1), Uint8Array.of(0x5a)])), iend),
      "checksum",
    ],
  ])("%s is refused", async (_, bytes, code) => {
    const error = await formatError(() => readPng(bytes), code);
    expect(error.offset).toBeTypeOf("number");
  });

  it.each<readonly [string, number, number]>([
    ["no columns", 3, 0],
    ["an unknown colour type", 9, 1],
    ["a depth that its colour type has not", 8, 4],
    ["an unknown compression", 10, 1],
    ["an unknown filter method", 11, 1],
    ["an unknown interlacing", 12, 2],
  ])("with %s is refused where it says so", async (_, at, value) => {
    const content = Buffer.from(rgb.subarray(8, 21));
    content[at] = value;
    const bytes = pngOf(chunk("IHDR", content), idat, iend);
    const error = await formatError(() => readPng(bytes), "corrupt");
    expect(error.offset).toBe(16 + (at === 3 ? 0 : at));
    await formatError(() => readPngHeader(bytes), "corrupt");
  });

  it("that holds far more than its header states is given no memory for it", async () => {
    const bomb = deflateSync(Buffer.alloc(200 << 20));
    const before = process.memoryUsage().arrayBuffers;
    await formatError(
      () => readPng(pngOf(ihdr({ ...header, width: 4, height: 4 }), chunk("IDAT", bomb), iend)),
      "limit",
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20);
    const profile = pngOfSamples(header, values, { before: [chunk("iCCP", Buffer.concat([text("x\0\0"), bomb]))] });
    expect([...(await readPng(profile)).array.data]).toEqual([...values]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20);
  });

  it("larger than a hundred times its bytes is read only when the caller says so", async () => {
    const blank: PngHeader = { ...header, width: 5000, height: 5000 };
    const lines = deflateSync(Buffer.alloc(5000 * 15_001));
    const bytes = pngOf(ihdr(blank), chunk("IDAT", lines), iend);
    await formatError(() => readPng(bytes), "limit");
    const { array } = await readPng(bytes, { maxLoadBytes: 75_000_000 });
    expect(array.get(4999, 4999, 2)).toBe(0);
    await formatError(() => readPng(bytes, { maxLoadBytes: 74_999_999 }), "limit");
  });
});
