import { describe, expect, it } from "vitest";
import { exr, exrAttribute, exrValue, writeExr } from "../src/codec/exr/index.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { bitsOf, type ExrKind, exrBytes, plane, readBack } from "./support-exr.js";
import { imageBytes, samples, watchedSink, written } from "./support-images.js";
import { formatError } from "./support-io.js";

const COMPRESSIONS = ["none", "rle", "zips", "zip", "piz"] as const;
const KINDS: readonly ExrKind[] = ["float16", "float32", "uint32"];
const SIZES = [
  [1, 1],
  [1, 40],
  [31, 1],
  [33, 17],
  [70, 131],
] as const;

describe.each(COMPRESSIONS)("an image written with compression %s", (compression) => {
  it.each(KINDS)("comes back bit by bit: %s of any size and content", async (kind) => {
    for (const [rows, columns] of SIZES) {
      for (const content of ["noise", "smooth", "constant", "few"] as const) {
        const planes = new Map(["B", "G", "R"].map((name, i) => [name, plane(kind, rows, columns, content, i + 1)]));
        const { planes: found, file } = await readBack(await exrBytes(planes, { compression }));
        expect(bitsOf(found)).toEqual(bitsOf(planes));
        expect(file.header.compression).toBe(compression);
      }
    }
  });

  it("keeps channels of different dtypes apart", async () => {
    const planes = new Map<string, NdArray>([
      ["A", plane("float16", 40, 19, "noise")],
      ["depth.Z", plane("float32", 40, 19)],
      ["id", plane("uint32", 40, 19, "few")],
    ]);
    const { planes: found } = await readBack(await exrBytes(planes, { compression }));
    expect(bitsOf(found)).toEqual(bitsOf(planes));
  });

  it("is never longer than the samples need", async () => {
    const planes = new Map([["R", plane("uint32", 64, 50, "noise")]]);
    const plain = await exrBytes(planes, { compression: "none" });
    const bytes = await exrBytes(planes, { compression });
    expect(bytes.byteLength).toBeLessThanOrEqual(plain.byteLength);
    const flat = await exrBytes(new Map([["R", zeros("uint32", [64, 50]) as NdArray]]), { compression });
    if (compression !== "none") expect(flat.byteLength).toBeLessThan(plain.byteLength / 4);
  });
});

describe("writing an EXR image", () => {
  it("puts channels in order of their names' bytes, whatever order they are given in", async () => {
    const names = ["é", "R", "a", "depth.R", "B", "G", "aa", "\u{1d400}", "\uff21"];
    const planes = new Map(names.map((name, i) => [name, plane("float16", 3, 4, "noise", i + 1)]));
    const { file, planes: found } = await readBack(await exrBytes(planes));
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(file.channelNames).toEqual(sorted);
    expect(bitsOf(found)).toEqual(bitsOf(planes));
  });

  it("keeps what the header of a file says when that is handed on", async () => {
    const attributes = new Map([
      ["xDensity", exrAttribute("float", 72)],
      ["owner", exrAttribute("string", "Müller")],
      ["pixelAspectRatio", exrAttribute("float", 2)],
      ["views", exrAttribute("stringvector", ["left", "", "right"])],
      [
        "worldToCamera",
        exrAttribute(
          "m44f",
          Array.from({ length: 16 }, (_, i) => i / 4),
        ),
      ],
      ["unknown", exrAttribute("of another program", Uint8Array.of(1, 2, 3))],
    ]);
    const planes = new Map([["Y", plane("float32", 20, 9)]]);
    const first = await exrBytes(planes, { attributes, compression: "piz", lineOrder: "decreasing" });
    const { file } = await readBack(first);
    const values = [...file.header.attributes].map(([name, attribute]) => [name, exrValue(attribute)]);
    expect(Object.fromEntries(values)).toEqual({
      xDensity: 72,
      owner: "Müller",
      pixelAspectRatio: 2,
      views: ["left", "", "right"],
      worldToCamera: Array.from({ length: 16 }, (_, i) => i / 4),
      unknown: Uint8Array.of(1, 2, 3),
      screenWindowCenter: [0, 0],
      screenWindowWidth: 1,
    });
    expect(await exrBytes(planes, file.header)).toEqual(first);
  });

  it.each(samples(".exr"))("writes %s again with the same samples and header", async (name) => {
    const { file, planes } = await readBack(imageBytes(name));
    const again = await readBack(await exrBytes(planes, file.header));
    expect(bitsOf(again.planes)).toEqual(bitsOf(planes));
    expect(again.file.header).toEqual(file.header);
  });

  it("keeps infinities, negative zeros and the bits of NaNs", async () => {
    const bits = Uint32Array.of(0x7fc00001, 0xff800001, 0x7f800000, 0xff800000, 0x80000000, 0x00000001);
    const planes = new Map([["R", NdArray.fromBytes("float32", [2, 3], new Uint8Array(bits.buffer))]]);
    for (const compression of COMPRESSIONS) {
      const { planes: found } = await readBack(await exrBytes(planes, { compression }));
      expect(bitsOf(found)).toEqual(bitsOf(planes));
    }
  });

  it("takes views: channels of an interleaved array, big-endian samples, a part of a file", async () => {
    const image = plane("float32", 6, 12, "noise").reshape([6, 4, 3]);
    const planes = new Map(["R", "G", "B"].map((name, i) => [name, image.slice([1, 5], null, i) as NdArray]));
    const swapped = NdArray.fromBytes(">f4", [4, 4], new Uint8Array(64).fill(63));
    planes.set("Z", swapped);
    const { planes: found } = await readBack(await exrBytes(planes));
    expect(found.get("G")?.toList()).toEqual(image.slice([1, 5], null, 1).toList());
    expect(found.get("Z")?.toList()).toEqual(swapped.toList());
  });

  it("names longer than 31 bytes get the flag for them, longer than 255 are refused", async () => {
    const long = "n".repeat(40);
    const short = await exrBytes(new Map([["R", plane("float16", 1, 1)]]));
    const bytes = await exrBytes(new Map([[long, plane("float16", 1, 1)]]));
    expect([short[5], bytes[5]]).toEqual([0, 4]);
    expect((await readBack(bytes)).file.channelNames).toEqual([long]);
    await formatError(() => exrBytes(new Map([["n".repeat(256), plane("float16", 1, 1)]])), "unwritable");
  });

  const one = new Map<string, NdArray>([["R", plane("float32", 4, 5)]]);
  it.each<readonly [string, ReadonlyMap<string, NdArray>, Parameters<typeof writeExr>[2]]>([
    ["no channels", new Map(), {}],
    ["float64", new Map([["R", NdArray.from("float64", new Float64Array(4), [2, 2]) as NdArray]]), {}],
    ["three axes", new Map([["R", plane("float32", 4, 4).reshape([2, 2, 4])]]), {}],
    ["no pixels", new Map([["R", plane("float32", 0, 4)]]), {}],
    ["channels of two sizes", new Map([...one, ["S", plane("float32", 5, 4)]]), {}],
    ["a data window of another size", one, { dataWindow: { xMin: 0, yMin: 0, xMax: 4, yMax: 4 } }],
    [
      "an attribute that says how pixels are stored",
      one,
      { attributes: new Map([["channels", exrAttribute("int", 1)]]) },
    ],
    ["a name with a zero in it", new Map([["a\0b", plane("float32", 1, 1)]]), {}],
    ["a channel without a name", new Map([["", plane("float32", 1, 1)]]), {}],
  ])("refuses %s and leaves nothing behind", async (_, planes, options) => {
    const { sink, ends } = watchedSink();
    await formatError(() => writeExr(sink, planes, options), "unwritable");
    expect(ends).toEqual(["abort"]);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const { sink, ends } = watchedSink();
    await expect(writeExr(sink, one, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    expect(ends).toEqual(["abort"]);
  });

  it("refuses values that are none of an attribute's type", async () => {
    await formatError(() => exrAttribute("v2f", [1]), "unwritable");
    await formatError(() => exrAttribute("float", "1"), "unwritable");
    await formatError(() => exrAttribute("preview", "picture"), "unwritable");
    await formatError(() => exrValue({ type: "stringvector", bytes: Uint8Array.of(9, 0, 0, 0, 1) }), "corrupt");
    expect(exrValue({ type: "rational", bytes: Uint8Array.of(24, 0, 0, 0, 48, 0, 0, 0) })).toBe(0.5);
  });

  it("writes a tree of channels, and no other", async () => {
    const bytes = await written((sink) => exr.write(sink, new Map([["R", plane("float32", 4, 5)]]), {}));
    expect((await readBack(bytes)).file.header.compression).toBe("zip");
    const plain = await written((sink) =>
      exr.write(sink, new Map([["R", plane("float32", 4, 5)]]), { compression: "none" }),
    );
    expect((await readBack(plain)).file.header.compression).toBe("none");
    for (const tree of [plane("float32", 4, 5), new Map([["R", 3]])]) {
      const { sink, ends } = watchedSink();
      await formatError(() => exr.write(sink, tree, {}), "unwritable");
      expect(ends).toEqual(["abort"]);
    }
  });
});
