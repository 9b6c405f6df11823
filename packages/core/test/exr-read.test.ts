import { describe, expect, it } from "vitest";
import { exr, exrValue, openExr } from "../src/codec/exr/index.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import type { ArrayNode, GroupNode } from "../src/tree/node.js";
import { bitsOf, exrBytes, fileOf, headerOf, plane, readBack, zipped } from "./support-exr.js";
import { described, expectedImages, imageBytes, samples } from "./support-images.js";
import { countingSource, formatError } from "./support-io.js";

const TYPES = { float16: "half", float32: "float", uint32: "uint" } as const;

describe.each([...samples(".exr"), "sampled_piz.exr", "sampled_zip.exr"])("%s", (name) => {
  const expected = expectedImages.get(name);

  it("is read as other libraries read it, bit by bit", async () => {
    const { planes } = await readBack(imageBytes(name));
    const found = Object.fromEntries([...planes].map(([channel, array]) => [channel, described(array)]));
    expect(found).toEqual(expected?.arrays);
  });

  it("has the header that other libraries report", async () => {
    const { header } = await openExr(imageBytes(name));
    const { xMin, yMin, xMax, yMax } = header.dataWindow;
    expect({
      channels: Object.fromEntries(header.channels.map((channel) => [channel.name, TYPES[channel.dtype]])),
      compression: header.compression,
      dataWindow: [xMin, yMin, xMax, yMax],
      lineOrder: `${header.lineOrder} y`,
      tiled: false,
    }).toEqual(expected?.exr);
    expect(exrValue(header.attributes.get("pixelAspectRatio") as never)).toBe(1);
    expect(header.attributes.get("screenWindowCenter")?.type).toBe("v2f");
  });
});

describe.each(samples(".exr"))("%s", (name) => {
  it("gives any rows the same as the whole", async () => {
    const file = await openExr(imageBytes(name));
    const whole = await file.read();
    for (const rows of [
      [0, 1],
      [3, 9],
      [11, 12],
      [5, 5],
      [0, 12],
    ] as const) {
      for (const [channel, part] of await file.read({ rows })) {
        const expectedRows = (whole.get(channel) as unknown as NdArray).slice([...rows]);
        expect(part.shape).toEqual(expectedRows.shape);
        expect(part.toBytes()).toEqual(expectedRows.toBytes());
      }
    }
  });
});

describe("an open EXR image", () => {
  const planes = new Map([
    ["R", plane("float32", 100, 64, "few", 1)],
    ["depth.Z", plane("float32", 100, 64, "smooth", 2)],
    ["id", plane("uint32", 100, 64, "noise", 3)],
    ["n", plane("float16", 100, 64, "noise", 4)],
  ]);

  it("has read its header and offsets only", async () => {
    const bytes = await exrBytes(planes, { compression: "zip" });
    const source = countingSource(new Uint8Array(Buffer.concat([bytes, new Uint8Array(1 << 20)])));
    const file = await openExr(source);
    expect([file.width, file.height, file.channelNames]).toEqual([64, 100, ["R", "depth.Z", "id", "n"]]);
    expect(source.reads.every(([, end]) => end <= 1 << 16)).toBe(true);
  });

  it("reads no more than the blocks that hold the wanted rows", async () => {
    const bytes = await exrBytes(planes, { compression: "zip" });
    const source = countingSource(bytes);
    const file = await openExr(source);
    const before = source.bytesRead;
    await file.read({ channels: ["id"], rows: [20, 25] });
    // One of seven blocks: lines 16 to 31.
    expect(source.bytesRead - before).toBeLessThan(bytes.byteLength / 6);
    expect(source.reads.length).toBeLessThanOrEqual(3);
  });

  it("reads what lies side by side at once", async () => {
    const bytes = await exrBytes(planes, { compression: "zips" });
    const source = countingSource(bytes);
    const file = await openExr(source);
    const before = source.reads.length;
    await file.read();
    expect(source.reads.length - before).toBe(1);
  });

  it("gives the channels asked for, in the order asked for", async () => {
    const file = await openExr(await exrBytes(planes));
    const found = await file.read({ channels: ["n", "R"] });
    expect([...found.keys()]).toEqual(["n", "R"]);
    expect(found.get("n")?.toBytes()).toEqual(planes.get("n")?.toBytes());
    const error = await formatError(() => file.read({ channels: ["Z"] }), "missing");
    expect(error.path).toBe("Z");
    await expect(file.read({ rows: [0, 101] })).rejects.toThrow(RangeError);
    await expect(file.read({ rows: [2, 1] })).rejects.toThrow(RangeError);
  });

  it("puts channels of one kind side by side", async () => {
    const file = await openExr(await exrBytes(planes));
    const pair = await file.readInterleaved({ channels: ["depth.Z", "R"], rows: [7, 9] });
    expect([pair.dtype, pair.shape]).toEqual(["float32", [2, 64, 2]]);
    expect(pair.get(1, 5, 0)).toBe(planes.get("depth.Z")?.get(8, 5));
    expect(pair.slice(null, null, 1).toBytes()).toEqual(planes.get("R")?.slice([7, 9]).toBytes());
    const twice = await file.readInterleaved({ channels: ["R", "R"] });
    expect(twice.slice(null, null, 1).toBytes()).toEqual(planes.get("R")?.toBytes());
    await formatError(() => file.readInterleaved({ channels: ["R", "id"] }), "mismatch");
    await expect(file.readInterleaved({ channels: [] })).rejects.toThrow(RangeError);
  });

  it("keeps the bits of NaNs when it puts channels side by side", async () => {
    const noisy = plane("float32", 40, 30, "noise");
    const file = await openExr(await exrBytes(new Map([["R", noisy]])));
    const { data } = NdArray.fromBytes(
      "uint32",
      [40, 30, 2],
      (await file.readInterleaved({ channels: ["R", "R"] })).toBytes(),
    );
    const bits = new Uint32Array(noisy.toBytes().buffer as ArrayBuffer);
    expect((data as Uint32Array).filter((_, i) => i % 2 === 1)).toEqual(bits);
  });

  it("refuses what is more than may be in memory before giving memory to it", async () => {
    const bytes = await exrBytes(planes);
    const file = await openExr(bytes, { maxLoadBytes: 64 * 100 * 4 });
    await formatError(() => file.read(), "limit");
    const some = await file.read({ channels: ["id"] });
    expect(some.get("id")?.toBytes()).toEqual(planes.get("id")?.toBytes());
  });

  it("stops when it is told to, and tells how far it is", async () => {
    const file = await openExr(await exrBytes(planes, { compression: "piz" }));
    await expect(file.read({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    const steps: number[] = [];
    await file.read({ onProgress: ({ done, total }) => steps.push(done / total) });
    expect(steps.at(-1)).toBe(1);
    expect(steps.length).toBe(4);
  });

  it("is a tree of one array a channel", async () => {
    const bytes = await exrBytes(planes);
    expect(exr.matches(bytes.subarray(0, 512))).toBe(true);
    const root = (await exr.open(memorySource(bytes))) as GroupNode;
    expect(root.keys).toEqual(["R", "depth.Z", "id", "n"]);
    const node = (await root.child("n")) as ArrayNode;
    expect([node.type.name, node.shape, node.path]).toEqual(["float16", [100, 64], "n"]);
    expect((await node.load()).toBytes()).toEqual(planes.get("n")?.toBytes());
    expect((await node.rows?.(3, 5))?.toBytes()).toEqual(planes.get("n")?.slice([3, 5]).toBytes());
    expect(await root.child("Z")).toBeUndefined();
  });
});

describe("windows and orders", () => {
  it.each(["increasing", "decreasing"] as const)(
    "reads a data window anywhere, lines in %s order",
    async (lineOrder) => {
      const dataWindow = { xMin: -5, yMin: -7, xMax: 31, yMax: 40 };
      const displayWindow = { xMin: 0, yMin: 0, xMax: 99, yMax: 9 };
      for (const compression of ["none", "rle", "zips", "zip", "piz"] as const) {
        const planes = new Map([["Y", plane("float16", 48, 37)]]);
        const { file, planes: found } = await readBack(
          await exrBytes(planes, { compression, lineOrder, dataWindow, displayWindow }),
        );
        expect(bitsOf(found)).toEqual(bitsOf(planes));
        expect(file.header).toMatchObject({ compression, lineOrder, dataWindow, displayWindow });
      }
    },
  );

  it("finds blocks by their offsets, wherever they stand in the file", async () => {
    const bytes = await exrBytes(new Map([["Y", plane("float32", 3, 2, "noise")]]), { compression: "none" });
    const view = new DataView(bytes.buffer);
    const table = bytes.byteLength - 3 * (8 + 8) - 3 * 8;
    // The first and the last line change places.
    const [first, last] = [table + 24, table + 24 + 2 * 16];
    const moved = bytes.slice(first, first + 16);
    bytes.copyWithin(first, last, last + 16);
    bytes.set(moved, last);
    view.setBigUint64(table, BigInt(last), true);
    view.setBigUint64(table + 16, BigInt(first), true);
    const { planes } = await readBack(bytes);
    expect(planes.get("Y")?.toBytes()).toEqual(plane("float32", 3, 2, "noise").toBytes());
  });
});

describe("channels that are sampled every other pixel", () => {
  const y = plane("float32", 21, 24, "few", 1);
  const c = plane("float16", 10, 12, "few", 2);
  const header = headerOf({
    channels: [
      { name: "C", dtype: "float16", sampling: [2, 2], linear: false },
      { name: "Y", dtype: "float32", sampling: [1, 1], linear: false },
    ],
    // Even positions are 2 to 24 across, 0 to 18 down.
    dataWindow: { xMin: 1, yMin: -1, xMax: 24, yMax: 19 },
  });
  const line = (row: number): Uint8Array => {
    const own = y.slice([row, row + 1]).toBytes();
    return row % 2 === 1
      ? new Uint8Array(Buffer.concat([c.slice([(row - 1) / 2, (row + 1) / 2]).toBytes(), own]))
      : own;
  };
  const lines = Array.from({ length: 21 }, (_, row) => line(row));
  const block = (from: number, to: number): Uint8Array => zipped(new Uint8Array(Buffer.concat(lines.slice(from, to))));

  it.each([
    [
      "none",
      () =>
        fileOf(
          header,
          lines.map((bytes, row) => [row - 1, bytes] as const),
        ),
    ],
    [
      "zip",
      () =>
        fileOf({ ...header, compression: "zip" }, [
          [-1, block(0, 16)],
          [15, block(16, 21)],
        ]),
    ],
  ] as const)("keep their own size, compression %s", async (_, file) => {
    const { planes, file: open } = await readBack(file());
    expect(planes.get("C")?.shape).toEqual([10, 12]);
    expect(bitsOf(planes)).toEqual(
      bitsOf(
        new Map([
          ["C", c],
          ["Y", y],
        ]),
      ),
    );
    const part = await open.read({ rows: [3, 6] });
    expect(part.get("C")?.toBytes()).toEqual(c.slice([1, 3]).toBytes());
    expect(part.get("Y")?.toBytes()).toEqual(y.slice([3, 6]).toBytes());
    await formatError(() => open.readInterleaved({ channels: ["C", "Y"] }), "mismatch");
    const root = (await exr.open(memorySource(file()))) as GroupNode;
    const node = (await root.child("C")) as ArrayNode;
    expect([node.shape, node.rows]).toEqual([[10, 12], undefined]);
  });
});
