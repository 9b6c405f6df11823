import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHdf5, hdf5 } from "../src/codec/hdf5/index.js";
import { lookup3 } from "../src/codec/hdf5/write/checksum.js";
import { shuffled } from "../src/codec/hdf5/write/filter.js";
import type { FormatError } from "../src/errors.js";
import type { DataOf } from "../src/ndarray/elements.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { fileSource } from "../src/node/file.js";
import { fileSink } from "../src/node/sink.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Sink } from "../src/source/source.js";
import type { GroupNode } from "../src/tree/node.js";
import { AttributedTree, type WriteTree } from "../src/tree/write.js";
import { Complex, float, type NumpyScalar, Tuple, type Value } from "../src/value/value.js";
import { arrayAt, describeWithH5py, h5py, nodeAt, openGroup, waitedFor } from "./support-hdf5.js";
import { formatError } from "./support-io.js";
import { withFolder } from "./support-python.js";

const floats = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i / 4);

async function bytesOf(tree: WriteTree): Promise<Uint8Array<ArrayBuffer>> {
  const sink = new MemorySink();
  await hdf5.write(sink, tree);
  return sink.bytes();
}

/** One of everything that can be written. */
function sample(): AttributedTree {
  const members: readonly (readonly [string, WriteTree])[] = [
    ["x", NdArray.from("float32", floats(60_000), [200, 100, 3])],
    [
      "pieces",
      new AttributedTree(NdArray.from("float64", Float64Array.from(floats(8580)), [11, 20, 39]), {
        storage: { chunks: [4, 7, 39], gzip: 9, shuffle: true },
        attributes: new Map<string, Value>([
          ["unit", "mm"],
          ["scale", float(2)],
        ]),
      }),
    ],
    [
      "plain",
      new AttributedTree(NdArray.from("int16", new Int16Array(9000).fill(-2)), { storage: { chunks: "none" } }),
    ],
    ["half", NdArray.from("float16", Uint16Array.of(0x3c00, 0xc000))],
    ["big", NdArray.fromBytes(">i4", [2], Uint8Array.of(0, 0, 1, 2, 255, 255, 255, 254))],
    ["u8", NdArray.from("uint64", BigUint64Array.of(2n ** 64n - 1n))],
    ["flags", NdArray.from("bool", Uint8Array.of(1, 0, 1))],
    ["complex", NdArray.from("complex64", Float32Array.of(1, 2, 3, 4))],
    ["bytes", NdArray.fromBytes("|S3", [2], Uint8Array.of(97, 98, 99, 100, 0, 0))],
    ["text", "héllo 😀"],
    ["texts", ["a", "", "bcd"]],
    ["one", 5],
    ["ratio", 0.5],
    ["yes", true],
    ["list", [1, 2, 3]],
    ["pair", Tuple.of<Value>(1.5, 2)],
    ["z", new Complex(1, -1)],
    ["nothing", null],
    ["empty", NdArray.from("float32", floats(0), [0, 3])],
    ["turned", NdArray.from("int32", Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3]).transpose()],
    [
      "rows",
      NdArray.fromBytes(
        [
          ["a", "<i4"],
          ["", "|V4"],
          ["b", ">f8"],
          ["m", "<i2", [2, 2]],
          ["t", "|b1"],
        ],
        [2],
        new Uint8Array(50).fill(1),
      ),
    ],
    ["many", new Map(Array.from({ length: 1500 }, (_, i): [string, WriteTree] => [`k${i}`, i]))],
    [
      "ordered",
      new AttributedTree(new Map<Value, WriteTree>(["shot10", "shot9", "é", "a"].map((key, i) => [key, i])), {
        ordered: true,
        attributes: new Map<string, Value>([
          ["z", 1],
          ["a", "text"],
        ]),
      }),
    ],
  ];
  return new AttributedTree(new Map<Value, WriteTree>(members), {
    attributes: new Map<string, Value>([
      ["fmt_type", "unseg"],
      ["legacy", true],
      ["limbs", 25],
      ["list", NdArray.from("int64", BigInt64Array.of(1n, 2n)) as NdArray],
      ["texts", ["x", "yz"]],
      ["none", null],
    ]),
  });
}

/** Prints what `sample` is, as h5py sees it. */
const DESCRIBE = `
def show(v):
    if isinstance(v, h5py.Empty): return "Empty"
    if isinstance(v, (bytes, np.bytes_)): return v.decode("utf-8")
    if isinstance(v, np.ndarray): return [str(v.dtype), list(v.shape), [show(x) for x in v.ravel()[:6]]]
    if isinstance(v, np.void): return str(v)
    if isinstance(v, complex): return str(v)
    return [type(v).__name__, v.item()] if hasattr(v, "item") and not isinstance(v, np.complexfloating) else (v if isinstance(v, str) else str(v))
def item(o):
    own = {k: show(v) for k, v in o.attrs.items()}
    if isinstance(o, h5py.Group): return [own, list(o)[:4], len(o)]
    return [own, show(o[()]), o.chunks, o.compression, o.shuffle]
with h5py.File(path) as f:
    print(json.dumps({k: item(f[k]) for k in f} | {"/": item(f)}))
`;

describe("writing", () => {
  it("is read back as it was", async () => {
    const root = await openGroup(memorySource(await bytesOf(sample())));
    const values = async (key: string): Promise<unknown> => (await (await arrayAt(root, key)).load()).toList();
    expect([...(await (await arrayAt(root, "x")).load())]).toEqual([...floats(60_000)]);
    expect([...(await (await arrayAt(root, "pieces")).load())]).toEqual([...floats(8580)]);
    expect((await arrayAt(root, "big")).type.descr).toBe(">i4");
    expect(await values("big")).toEqual([258, -2]);
    expect(await values("flags")).toEqual([true, false, true]);
    expect(await values("text")).toBe("héllo 😀");
    expect(await values("texts")).toEqual(["a", "", "bcd"]);
    expect(await values("turned")).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect((await arrayAt(root, "rows")).type.descr).toHaveLength(5);
    expect(await nodeAt(root, "nothing")).toMatchObject({ kind: "scalar", value: null });
    expect((await arrayAt(root, "empty")).shape).toEqual([0, 3]);
    expect(((await nodeAt(root, "ordered")) as GroupNode).keys).toEqual(["shot10", "shot9", "é", "a"]);
    const many = (await nodeAt(root, "many")) as GroupNode;
    expect(many.keys).toEqual(Array.from({ length: 1500 }, (_, i) => `k${i}`).sort());
    expect((await (await arrayAt(many, "k777")).load()).get()).toBe(777n);
    const own = (await root.attributes?.()) as GroupNode;
    expect(await own.child("legacy")).toMatchObject({ value: true });
    const limbs = await own.child("limbs");
    expect(limbs?.kind === "scalar" && (limbs.value as NumpyScalar).type.name).toBe("int64");
  });

  it("makes the same bytes of the same content", async () => {
    expect(await bytesOf(sample())).toEqual(await bytesOf(sample()));
  });

  it("writes any shape in chunks of any shape", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 12 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.integer({ min: 0, max: 1 }),
        async (axes, gzip) => {
          const shape = axes.map(([size]) => size);
          const chunks = axes.map(([, chunk]) => chunk);
          const count = shape.reduce((product, size) => product * size, 1);
          const data = Int32Array.from({ length: count }, (_, i) => i);
          const array = new AttributedTree(NdArray.from("int32", data, shape), { storage: { chunks, gzip } });
          const root = await openGroup(memorySource(await bytesOf(new Map<Value, WriteTree>([["x", array]]))));
          expect([...(await (await arrayAt(root, "x")).load())]).toEqual([...data]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("copies arrays of another file piece by piece", async () => {
    const source = waitedFor(memorySource(await bytesOf(sample())));
    const first = await openGroup(source);
    const copied = new Map<Value, WriteTree>();
    for (const key of ["x", "pieces", "big", "texts", "rows", "empty"]) copied.set(key, await arrayAt(first, key));
    const root = await openGroup(memorySource(await bytesOf(copied)));
    for (const key of copied.keys() as Iterable<string>) {
      const [now, was] = [await arrayAt(root, key), await arrayAt(first, key)];
      expect([now.type.descr, now.shape]).toEqual([was.type.descr, was.shape]);
      expect((await now.load()).toList()).toEqual((await was.load()).toList());
    }
  });

  it("writes through sinks that cannot go back to the beginning", async () => {
    const inner = new MemorySink();
    const sink: Sink = {
      name: "",
      append: (bytes) => inner.append(bytes),
      commit: () => inner.commit(),
      abort: () => inner.abort(),
    };
    await hdf5.write(sink, sample());
    expect(inner.bytes()).toEqual(await bytesOf(sample()));
  });

  it("refuses what HDF5 has no form of, and leaves nothing behind", async () => {
    const refused: readonly (readonly [WriteTree, string])[] = [
      [NdArray.from("float32", floats(1)), "named members"],
      [new Map<Value, WriteTree>([[1, 2]]), "no text"],
      [new Map<Value, WriteTree>([["a/b", 2]]), "this name"],
      [new Map<Value, WriteTree>([["", 2]]), "this name"],
      [new Map<Value, WriteTree>([["x", "a\0b"]]), "zero character"],
      [new Map<Value, WriteTree>([["x", [1, "a"]]]), "arrays of numbers or text"],
      [new Map<Value, WriteTree>([["x", [new Map()]]]), "arrays of numbers or text"],
      [new Map<Value, WriteTree>([["x", NdArray.fromBytes("|S0", [1], new Uint8Array(0))]]), "length 0"],
      [new Map<Value, WriteTree>([["x", NdArray.fromBytes("<M8[ms]", [1], new Uint8Array(8))]]), "datetime64"],
      [
        new AttributedTree(new Map(), {
          attributes: new Map<string, Value>([
            ["long", "x".repeat(10)],
            ["", 1],
          ]),
        }),
        "this name",
      ],
      [
        new AttributedTree(new Map(), {
          attributes: new Map<string, Value>([["long", NdArray.from("float32", floats(20_000)) as NdArray]]),
        }),
        "more than 65535 bytes",
      ],
      [
        new Map<Value, WriteTree>([
          ["x", new AttributedTree(NdArray.from("float32", floats(8)), { storage: { chunks: [2, 2] } })],
        ]),
        "do not fit",
      ],
    ];
    for (const [tree, reason] of refused) {
      const sink = new MemorySink();
      const error = await hdf5.write(sink, tree).catch((thrown: unknown) => thrown);
      expect(`${reason}: ${String(error)}`).toMatch(new RegExp(`^${reason}: FormatError: .*${reason}`));
      expect((error as FormatError).code).toBe("unwritable");
      expect(sink.byteLength).toBe(0);
    }
    const circle = new Map<Value, WriteTree>();
    circle.set("again", circle as WriteTree);
    await formatError(() => hdf5.write(new MemorySink(), circle), "unwritable");
  });

  it("appears under its name only when it is complete", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "file.h5");
      const file = createHdf5(await fileSink(path));
      const rows = file.root.append("x", { dtype: "<f4", row: [] });
      await rows.append(NdArray.from("float32", floats(100_000)));
      expect(existsSync(path)).toBe(false);
      await file.close();
      expect(readdirSync(folder)).toEqual(["file.h5"]);
      const given = createHdf5(await fileSink(join(folder, "other.h5")));
      given.root.group("g");
      await given.abort();
      await expect(given.close()).rejects.toThrow("failed");
      const stop = new AbortController();
      stop.abort(new Error("enough"));
      const sink = await fileSink(join(folder, "third.h5"));
      await expect(hdf5.write(sink, sample(), { signal: stop.signal })).rejects.toThrow("enough");
      expect(readdirSync(folder)).toEqual(["file.h5"]);
    });
  });
});

describe("appending", () => {
  it("grows several arrays in turn, row by row, by whoever does not wait", async () => {
    const sink = new MemorySink();
    const file = createHdf5(sink, { storage: { gzip: 3 } });
    const group = file.root.group("timeline", { ordered: true });
    const data = group.append("data", { dtype: "<f4", row: [3], chunks: [1170, 3] });
    const names = group.append("names", { dtype: "text", row: [] });
    const none = group.append("none", { dtype: "<u2", row: [2] });
    const work: Promise<void>[] = [];
    for (let i = 0; i < 3000; i++) {
      work.push(data.append(NdArray.from("float32", Float32Array.of(i, 1, 2, i, 3, 4), [2, 3])));
      if (i % 100 === 0) work.push(names.append(NdArray.from<"object">("|O", [`n${i}`] as DataOf["object"])));
    }
    await Promise.all(work);
    await data.setAttribute("start_frame", 7);
    expect([data.length, names.length, none.length]).toEqual([6000, 30, 0]);
    await file.close();
    const root = await openGroup(memorySource(sink.bytes()));
    const node = await arrayAt(root, "timeline", "data");
    const rows = (await node.load()) as NdArray<"float32">;
    expect(rows.shape).toEqual([6000, 3]);
    for (const row of [0, 1, 2341, 5999])
      expect(rows.slice(row).toList()).toEqual([row >> 1, ...(row % 2 ? [3, 4] : [1, 2])]);
    expect((await (await arrayAt(root, "timeline", "names")).load()).get(29)).toBe("n2900");
    expect((await arrayAt(root, "timeline", "none")).shape).toEqual([0, 2]);
    const attribute = await (await node.attributes?.())?.child("start_frame");
    expect(attribute?.kind === "scalar" && (attribute.value as NumpyScalar).value).toBe(7n);
  });

  it("refuses rows of another shape or type, names that are taken, and whatever comes after the end", async () => {
    const file = createHdf5(new MemorySink());
    const rows = file.root.append("x", { dtype: "<f4", row: [3] });
    const wrong = [
      NdArray.from("float32", floats(6)),
      NdArray.from("float32", floats(8), [2, 4]),
      NdArray.from("float64", new Float64Array(3), [1, 3]),
      NdArray.from("float32", floats(1), []),
    ] as NdArray[];
    for (const array of wrong) await formatError(() => rows.append(array), "unwritable");
    await formatError(() => file.root.group("x"), "unwritable");
    await formatError(() => file.root.append("y", { dtype: "<f4", row: [], chunks: "none" }), "unwritable");
    await file.close();
    await expect(rows.append(NdArray.from("float32", floats(3), [1, 3]))).rejects.toThrow("closed");
    await expect(file.root.setAttribute("a", 1)).rejects.toThrow("closed");
  });
});

describe("parts of the format", () => {
  it("has the checksums that their authors state", () => {
    const text = new TextEncoder().encode("Four score and seven years ago");
    // lookup3.c, driver5.
    expect(lookup3(text)).toBe(0x17770551);
    expect(lookup3(new Uint8Array(0))).toBe(0xdeadbeef);
  });

  it("sorts bytes by their place in an element", () => {
    expect([...shuffled(Uint8Array.of(1, 2, 3, 4, 5, 6), 2)]).toEqual([1, 3, 5, 2, 4, 6]);
    expect([...shuffled(Uint8Array.of(1, 2, 3), 1)]).toEqual([1, 2, 3]);
  });
});

describeWithH5py("what h5py sees", () => {
  it("reads all of it, in the types that numpy has", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "sample.h5");
      await hdf5.write(await fileSink(path), sample());
      const seen = JSON.parse(h5py(path, DESCRIBE)) as Record<string, readonly unknown[]>;
      const first = (type: string, shape: number[], values: unknown[], scalar = type): unknown => [
        type,
        shape,
        values.map((value) => [scalar, value]),
      ];
      const expected: Readonly<Record<string, readonly unknown[]>> = {
        "/": [
          {
            fmt_type: "unseg",
            legacy: ["bool_", true],
            limbs: ["int64", 25],
            list: first("int64", [2], [1, 2]),
            texts: ["object", [2], ["x", "yz"]],
            none: "Empty",
          },
          ["big", "bytes", "complex", "empty"],
          23,
        ],
        x: [{}, first("float32", [200, 100, 3], [0, 0.25, 0.5, 0.75, 1, 1.25]), [109, 100, 3], "gzip", true],
        pieces: [
          { unit: "mm", scale: ["float64", 2] },
          first("float64", [11, 20, 39], [0, 0.25, 0.5, 0.75, 1, 1.25]),
          [4, 7, 39],
          "gzip",
          true,
        ],
        plain: [{}, first("int16", [9000], Array(6).fill(-2)), null, null, false],
        half: [{}, first("float16", [2], [1, -2]), null, null, false],
        big: [{}, first(">i4", [2], [258, -2], "int32")],
        flags: [{}, first("bool", [3], [true, false, true], "bool_")],
        complex: [{}, ["complex64", [2], ["(1+2j)", "(3+4j)"]]],
        bytes: [{}, ["|S3", [2], ["abc", "d"]]],
        text: [{}, "héllo 😀"],
        texts: [{}, ["object", [3], ["a", "", "bcd"]]],
        one: [{}, ["int64", 5]],
        ratio: [{}, ["float64", 0.5]],
        yes: [{}, ["bool_", true]],
        nothing: [{}, "Empty"],
        empty: [{}, first("float32", [0, 3], [])],
        turned: [{}, first("int32", [3, 2], [1, 4, 2, 5, 3, 6])],
        many: [{}, ["k0", "k1", "k10", "k100"], 1500],
        ordered: [{ z: ["int64", 1], a: "text" }, ["shot10", "shot9", "é", "a"], 4],
      };
      for (const [key, parts] of Object.entries(expected))
        expect([key, ...(seen[key] ?? []).slice(0, parts.length)]).toEqual([key, ...parts]);
    });
  });

  it("takes changes: attributes, members, rows", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "change.h5");
      await hdf5.write(await fileSink(path), sample());
      const grown = join(folder, "grown.h5");
      const file = createHdf5(await fileSink(grown));
      await file.root.append("x", { dtype: "<i4", row: [2], chunks: [5, 2], gzip: 4 }).append(
        NdArray.from(
          "int32",
          Int32Array.from({ length: 14 }, (_, i) => i),
          [7, 2],
        ) as NdArray,
      );
      await file.close();
      h5py(
        path,
        `
with h5py.File(path, "r+") as f:
    for i in range(30): f.attrs["a%d" % i] = i
    for i in range(30): f["ordered/n%d" % i] = i; f["many/n%d" % i] = i; f["m%d" % i] = i
    f["pieces"][3, 4, 5] = -1
    del f["one"]
with h5py.File(sys.argv[2], "r+") as f:
    f["x"].resize(700, 0); f["x"][7:] = 9
`,
        grown,
      );
      const root = await openGroup(await fileSource(path));
      expect((await root.attributes?.())?.keys).toHaveLength(36);
      expect(((await nodeAt(root, "ordered")) as GroupNode).keys.slice(0, 5)).toEqual([
        "shot10",
        "shot9",
        "é",
        "a",
        "n0",
      ]);
      expect(((await nodeAt(root, "many")) as GroupNode).keys).toHaveLength(1530);
      expect((await (await arrayAt(root, "pieces")).load()).get(3, 4, 5)).toBe(-1);
      expect(root.keys).not.toContain("one");
      const x = await (await arrayAt(await openGroup(memorySource(readFileSync(grown))), "x")).load();
      expect([x.shape, x.get(6, 1), x.get(699, 0)]).toEqual([[700, 2], 13, 9]);
    });
  });
});
