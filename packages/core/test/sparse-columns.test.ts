import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hdf5 } from "../src/codec/hdf5/index.js";
import { npz } from "../src/codec/npz/index.js";
import { FileAccessor } from "../src/engine/accessor.js";
import { checkFile } from "../src/engine/check/check.js";
import type { ContainerCodec } from "../src/engine/container.js";
import { openFile } from "../src/engine/open.js";
import { readWith } from "../src/engine/run.js";
import { writeWith } from "../src/engine/write.js";
import type { FormatError } from "../src/errors.js";
import type { Layout, SparseLayout } from "../src/layout/layout.js";
import type { DTypeName } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { AttributedTree, type WriteTree } from "../src/tree/write.js";
import type { Value } from "../src/value/value.js";
import { formatError } from "./support-io.js";
import { describeWithNumpy, python, withFolder } from "./support-python.js";

type Columns = SparseLayout["columns"];

/** A matrix (F, J) whose columns are said by `columns`; with `stated`, the file states J as well. */
function layoutOf(columns: Columns, codec: ContainerCodec = hdf5, stated = false): Layout {
  return {
    id: "matrix",
    schema: "urn:test:matrix:1",
    title: "Matrix",
    description: "A matrix.",
    containers: [{ codec, extensions: [".h5"], nulls: "keep", classes: [] }],
    detect: [],
    defs: {},
    profiles: {},
    root: {
      kind: "object",
      rule: "",
      dims: { F: { role: "frame" }, J: stated ? { role: "keypoint", equals: "joints" } : { role: "keypoint" } },
      properties: {
        joints: { kind: "scalar", rule: "/joints", types: ["integer"] },
        values: {
          kind: "sparse",
          rule: "/values",
          layout: "csr",
          dtype: ["float32", "float64"],
          shape: ["F", "J"],
          parts: { data: "data", indices: "indices", indptr: "indptr" },
          ...(columns !== undefined && { columns }),
        },
      },
      required: ["values"],
      patterns: [],
      additional: { kind: "any", rule: "/others" },
    },
  } as Layout;
}

const vector = (dtype: DTypeName, values: readonly number[]): NdArray => {
  const array = zeros(dtype, [values.length]);
  const { data } = array as NdArray<"int64" | "int32">;
  for (const [at, value] of values.entries()) data[at] = data instanceof BigInt64Array ? BigInt(value) : value;
  return array;
};

/** Rows (1 0 2) and (0 3 0), of as many columns as the file says. */
const PARTS: readonly [string, WriteTree][] = [
  ["data", vector("float32", [1, 2, 3])],
  ["indices", vector("int32", [0, 2, 1])],
  ["indptr", vector("int32", [0, 2, 3])],
];

async function stored(more: Record<string, WriteTree> = {}, attributes: Record<string, Value> = {}) {
  const sink = new MemorySink();
  const members = new Map<Value, WriteTree>([...PARTS, ...Object.entries(more)]);
  await hdf5.write(sink, new AttributedTree(members, { attributes: new Map(Object.entries(attributes)) }));
  return memorySource(sink.bytes());
}

const rowsOf = async (layout: Layout, ...file: Parameters<typeof stored>): Promise<unknown> =>
  (await readWith<{ values: NdArray }>(layout, await stored(...file))).values.toList();

const ATTRIBUTE: Columns = { attribute: "shape" };
const ARRAY: Columns = { array: "shape" };

describe("the columns of a sparse array", () => {
  const four = [
    [1, 0, 2, 0],
    [0, 3, 0, 0],
  ];

  it("are said by an attribute, with the rows or alone", async () => {
    for (const shape of [vector("int64", [2, 4]), vector("int32", [4]), 4])
      expect(await rowsOf(layoutOf(ATTRIBUTE), {}, { shape })).toEqual(four);
  });

  it("are said by an array, which is a part and no member", async () => {
    const layout = layoutOf(ARRAY);
    expect(await rowsOf(layout, { shape: vector("int32", [2, 4]) })).toEqual(four);
    const file = await openFile(layout, await stored({ shape: vector("int32", [2, 4]) }));
    expect((file.root as { keys: readonly string[] }).keys).toEqual(["values"]);
  });

  it("are as many as the largest index needs, where nothing says it", async () => {
    expect(await rowsOf(layoutOf("largest-index"))).toEqual([
      [1, 0, 2],
      [0, 3, 0],
    ]);
  });

  it("are looked for in objects around where what is named is not there", async () => {
    expect(await rowsOf(layoutOf(ATTRIBUTE, hdf5, true), { joints: 4 })).toEqual(four);
    const nothing = await formatError(() => rowsOf(layoutOf(ATTRIBUTE)));
    expect([nothing.code, nothing.reason]).toEqual([
      "missing",
      "nothing in the file says how many columns (J) there are",
    ]);
  });

  it("are an issue when the file states another number", async () => {
    const layout = layoutOf(ATTRIBUTE, hdf5, true);
    const file = await openFile(layout, await stored({ joints: 5 }, { shape: vector("int64", [2, 4]) }));
    expect(await checkFile(file)).toMatchObject([{ code: "symbol", path: "values" }]);
  });

  it.each<[string, Columns, Record<string, WriteTree>, Record<string, Value>, FormatError["code"], RegExp]>([
    ["other rows", ATTRIBUTE, {}, { shape: vector("int64", [3, 4]) }, "corrupt", /3 rows, but row starts of 2/],
    ["too few columns", ARRAY, { shape: vector("int64", [2, 2]) }, {}, "corrupt", /index 1 is 2: there are 2 columns/],
    ["a negative number", ARRAY, { shape: vector("int64", [2, -1]) }, {}, "mismatch", /a number of columns/],
    [
      "a fraction",
      ATTRIBUTE,
      {},
      { shape: NdArray.from("float64", Float64Array.of(2, 4.5)) as NdArray },
      "mismatch",
      /./,
    ],
    ["text", ATTRIBUTE, {}, { shape: "2, 4" }, "mismatch", /a number of columns/],
    ["three numbers", ARRAY, { shape: vector("int64", [2, 4, 1]) }, {}, "mismatch", /a number of columns/],
    ["none", ARRAY, { shape: vector("int64", []) }, {}, "mismatch", /a number of columns/],
    ["a million numbers", ARRAY, { shape: zeros("int64", [1 << 20]) }, {}, "mismatch", /a number of columns/],
    ["a group", ARRAY, { shape: new Map() as WriteTree }, {}, "mismatch", /a number of columns/],
    ["more than can be", ARRAY, { shape: vector("int64", [2, 2 ** 40]) }, {}, "limit", /1099511627776 columns/],
    ["an enormous index", "largest-index", { indices: vector("int64", [0, 2 ** 52, 1]) }, {}, "limit", /columns/],
    ["a negative index", "largest-index", { indices: vector("int32", [0, -2, 1]) }, {}, "corrupt", /is -2/],
    ["indices that are no list", "largest-index", { indices: zeros("int32", [3, 1]) }, {}, "mismatch", /one axis/],
    [
      "indices that are fractions",
      "largest-index",
      { indices: zeros("float32", [3]) },
      {},
      "mismatch",
      /whole numbers/,
    ],
  ])("are refused: %s", async (_, columns, members, attributes, code, message) => {
    const error = await formatError(() => rowsOf(layoutOf(columns), members, attributes));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    const issues = await checkFile(await openFile(layoutOf(columns), await stored(members, attributes)));
    expect(issues.map((issue) => issue.code)).toContain("unreadable");
  });

  it("come back from a file that says them", async () => {
    const dense = NdArray.from("float32", Float32Array.of(0, 5, 0, 0, 0, 0), [2, 3]) as NdArray;
    for (const columns of [ATTRIBUTE, ARRAY]) {
      const layout = layoutOf(columns);
      const sink = new MemorySink();
      await writeWith(layout, sink, { values: dense } as never);
      const again = new MemorySink();
      const file = await openFile(layout, memorySource(sink.bytes()));
      const opened = new FileAccessor({ file, field: layout.root, path: "", find: async () => file.root });
      await writeWith(layout, again, opened as never);
      for (const written of [sink, again]) {
        const value = await readWith<{ values: NdArray }>(layout, memorySource(written.bytes()));
        expect(value.values.toList()).toEqual(dense.toList());
      }
    }
  });

  it("are not written where a reader would find fewer", async () => {
    const layout = layoutOf("largest-index");
    const write = (values: NdArray): Promise<void> => writeWith(layout, new MemorySink(), { values } as never);
    const error = await formatError(() => write(NdArray.from("float32", Float32Array.of(1, 0), [1, 2]) as NdArray));
    expect([error.code, error.reason]).toEqual(["unwritable", expect.stringMatching(/nothing is stored in column 1/)]);
    await write(NdArray.from("float32", Float32Array.of(0, 1), [1, 2]) as NdArray);
    await write(zeros("float32", [2, 0]));
  });
});

describeWithNumpy("a matrix as scipy.sparse.save_npz writes it", () => {
  it("is read by its array `shape`", () =>
    withFolder(async (folder) => {
      const path = join(folder, "m.npz");
      const script = `
import numpy as np, sys
np.savez_compressed(sys.argv[1], indices=np.int32([1, 0]), indptr=np.int32([0, 1, 2]), format=b"csr", shape=(2, 3), data=[2.5, 1])`;
      python(script, path);
      const layout = layoutOf(ARRAY, npz);
      const value = await readWith<{ values: NdArray }>(layout, memorySource(readFileSync(path)));
      expect(value.values.toList()).toEqual([
        [0, 2.5, 0],
        [1, 0, 0],
      ]);
    }));
});
