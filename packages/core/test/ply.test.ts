import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type PlyElement, type WritePlyOptions, writePly } from "../src/codec/ply/index.js";
import { isFormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { describeWithNumpy, python, withFolder } from "./support-python.js";

type Elements = ReadonlyMap<string, PlyElement>;

const POINTS = NdArray.from("float32", Float32Array.of(0.1, -2, 3, 4.5, 1e10, Number.NaN), [2, 3]) as NdArray;
const COLOURS = NdArray.from("uint8", Uint8Array.of(255, 0, 7, 1, 2, 3), [2, 3]) as NdArray;
const CLOUD: Elements = new Map([
  [
    "vertex",
    new Map([
      ["x", POINTS.slice(null, 0)],
      ["y", POINTS.slice(null, 1)],
      ["z", POINTS.slice(null, 2)],
      ["red", COLOURS.slice(null, 0)],
      ["green", COLOURS.slice(null, 1)],
      ["blue", COLOURS.slice(null, 2)],
    ]),
  ],
  ["face", new Map([["vertex_indices", NdArray.from("int32", Int32Array.of(0, 1, 0), [1, 3]) as NdArray]])],
]);

async function written(elements: Elements, options?: WritePlyOptions): Promise<Uint8Array> {
  const sink = new MemorySink();
  await writePly(sink, elements, options);
  return sink.bytes();
}

async function text(elements: Elements, options?: WritePlyOptions): Promise<string> {
  return new TextDecoder().decode(await written(elements, options));
}

describe("a PLY file", () => {
  it("is text that brings every number back", async () => {
    expect(await text(CLOUD, { format: "ascii", comments: ["made for a test"] })).toBe(
      [
        "ply",
        "format ascii 1.0",
        "comment made for a test",
        "element vertex 2",
        "property float x",
        "property float y",
        "property float z",
        "property uchar red",
        "property uchar green",
        "property uchar blue",
        "element face 1",
        "property list uchar int vertex_indices",
        "end_header",
        "0.1 -2 3 255 0 7",
        "4.5 10000000000 nan 1 2 3",
        "3 0 1 0",
        "",
      ].join("\n"),
    );
  });

  it("writes each type in either byte order", async () => {
    const one = (dtype: "int8" | "uint16" | "int16" | "uint32" | "float64", array: object): [string, NdArray] => [
      dtype,
      NdArray.from(dtype, array as never, [1]) as NdArray,
    ];
    const element = new Map([
      one("int8", Int8Array.of(-1)),
      one("uint16", Uint16Array.of(0x1234)),
      one("int16", Int16Array.of(-2)),
      one("uint32", Uint32Array.of(0x12345678)),
      one("float64", Float64Array.of(1)),
    ]);
    const body = async (format: WritePlyOptions["format"]): Promise<string> =>
      Buffer.from((await written(new Map([["v", element]]), { format })).slice(-17)).toString("hex");
    expect(await body("binary-little-endian")).toBe("ff3412feff78563412000000000000f03f");
    expect(await body("binary-big-endian")).toBe("ff1234fffe123456783ff0000000000000");
  });

  it("is written in pieces that are the same as one", async () => {
    const x = NdArray.from(
      "float32",
      Float32Array.from({ length: 50_000 }, (_, i) => i / 3),
    ) as NdArray;
    const bytes = await written(new Map([["vertex", new Map([["x", x]])]]));
    const start = bytes.byteLength - 200_000;
    expect(new Float32Array(bytes.slice(start).buffer)).toEqual(x.data);
  });

  it("may have no points", async () => {
    const empty = NdArray.from("float32", new Float32Array(0)) as NdArray;
    expect(await text(new Map([["vertex", new Map([["x", empty]])]]))).toMatch(/element vertex 0\nproperty float x\n/);
  });

  it.each([
    ["dtypes that the format has not", new Map([["x", NdArray.from("int64", BigInt64Array.of(1n)) as NdArray]]), "v.x"],
    [
      "properties of unlike lengths",
      new Map([
        ["x", NdArray.from("float32", new Float32Array(2)) as NdArray],
        ["y", NdArray.from("float32", new Float32Array(3)) as NdArray],
      ]),
      "v.y",
    ],
    ["names that are no word", new Map([["a b", NdArray.from("float32", new Float32Array(1)) as NdArray]]), "v.a b"],
    ["lists without items", new Map([["l", NdArray.from("int32", new Int32Array(0), [2, 0]) as NdArray]]), "v.l"],
    ["more axes than two", new Map([["l", NdArray.from("int32", new Int32Array(8), [2, 2, 2]) as NdArray]]), "v.l"],
  ])("refuses %s, and leaves nothing behind", async (_, element, path) => {
    const sink = new MemorySink();
    const error = await writePly(sink, new Map([["v", element]])).catch((reason: unknown) => reason);
    expect(isFormatError(error) && [error.code, error.path]).toEqual(["unwritable", path]);
    expect(() => sink.parts()).toThrow();
  });

  it("refuses comments of several lines", async () => {
    await expect(written(CLOUD, { comments: ["a\nelement vertex 9"] })).rejects.toThrow(/no line of ASCII/);
  });

  it("stops when it is told to", async () => {
    const reason = new Error("enough");
    await expect(written(CLOUD, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describeWithNumpy("a binary PLY file", () => {
  it("holds what numpy reads of it", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "cloud.ply");
      writeFileSync(path, await written(CLOUD));
      const script = [
        "import numpy as np, sys, json",
        "data = open(sys.argv[1], 'rb').read()",
        "body = data[data.index(b'end_header\\n') + 11:]",
        "v = np.frombuffer(body, [('p', '<f4', 3), ('c', 'u1', 3)], 2)",
        "f = np.frombuffer(body[30:], [('n', 'u1'), ('i', '<i4', 3)])",
        "print(json.dumps([v['c'].tolist(), f['n'].tolist(), f['i'].tolist(), float(v['p'][1, 1])]))",
      ].join("\n");
      expect(JSON.parse(await python(script, path))).toEqual([
        [
          [255, 0, 7],
          [1, 2, 3],
        ],
        [3],
        [[0, 1, 0]],
        1e10,
      ]);
    });
  });
});
