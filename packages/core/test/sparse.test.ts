import { describe, expect, it } from "vitest";
import { type CsrRows, fromDense, positionArray, toDense } from "../src/engine/sparse/csr.js";
import { CsrMatrix } from "../src/engine/sparse/matrix.js";
import { SparseNode } from "../src/engine/sparse/node.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import type { ArrayNode } from "../src/tree/node.js";
import { arrayNode } from "../src/tree/value-node.js";
import { collect, formatError } from "./support-io.js";

const array = (
  dtype: "float32" | "float64" | "int8" | "uint16" | "uint32",
  values: readonly number[],
  shape?: number[],
) => {
  const made = zeros(dtype, shape ?? [values.length]);
  for (const [index, value] of values.entries()) (made.data as Float32Array)[index] = value;
  return made as NdArray;
};

interface Parts {
  readonly data?: NdArray;
  readonly indices?: NdArray;
  readonly indptr?: NdArray;
  readonly columns?: number;
}

/** Rows: columns 0 and 2, nothing, column 1; elements of two numbers. */
function matrix({ data, indices, indptr, columns }: Parts = {}): CsrMatrix {
  return new CsrMatrix(
    {
      data: arrayNode(data ?? array("float32", [1, 2, 3, 4, 5, 6], [3, 2]), "p.data"),
      indices: arrayNode(indices ?? array("uint16", [0, 2, 1]), "p.indices"),
      indptr: arrayNode(indptr ?? array("uint32", [0, 2, 2, 3]), "p.indptr"),
    },
    columns ?? 3,
  );
}

const DENSE = [
  [
    [1, 2],
    [0, 0],
    [3, 4],
  ],
  [
    [0, 0],
    [0, 0],
    [0, 0],
  ],
  [
    [0, 0],
    [5, 6],
    [0, 0],
  ],
];

describe("a compressed sparse row matrix", () => {
  it("stands for a dense array", async () => {
    const sparse = matrix();
    expect(sparse.shape).toEqual([3, 3, 2]);
    const dense = await sparse.dense(0, 3);
    expect([dense.dtype, dense.toList()]).toEqual(["float32", DENSE]);
  });

  it("of single numbers is a dense matrix", async () => {
    const dense = await matrix({ data: array("float64", [7, 8, 9]) }).dense(0, 3);
    expect([dense.dtype, dense.toList()]).toEqual([
      "float64",
      [
        [7, 0, 8],
        [0, 0, 0],
        [0, 9, 0],
      ],
    ]);
  });

  it.each([
    [0, 0],
    [0, 1],
    [1, 2],
    [1, 3],
    [2, 3],
    [3, 3],
  ])("gives rows %i to %i as all of it does", async (start, stop) => {
    const rows = await matrix().dense(start, stop);
    expect(rows.toList()).toEqual(DENSE.slice(start, stop));
    expect(rows.shape).toEqual([stop - start, 3, 2]);
  });

  it("reads of a window what it needs", async () => {
    const read: string[] = [];
    const watched = (node: ArrayNode): ArrayNode => ({
      ...node,
      load: () => Promise.reject(new Error("all of it was read")),
      rows: (start, stop) => {
        read.push(`${node.path} ${start} ${stop}`);
        return (node.rows as NonNullable<ArrayNode["rows"]>)(start, stop);
      },
    });
    const { data, indices, indptr } = matrix().parts;
    const parts = { data: watched(data), indices: watched(indices), indptr: watched(indptr) };
    await new CsrMatrix(parts, 3).dense(2, 3);
    expect(read.sort()).toEqual(["p.data 2 3", "p.indices 2 3", "p.indptr 2 4"]);
  });

  it("accepts positions of any whole number, and columns in any order", async () => {
    const big = NdArray.from("int64", BigInt64Array.from([0n, 2n, 2n, 3n])) as NdArray;
    const swapped = NdArray.fromBytes(">i2", [3], Uint8Array.from([0, 2, 0, 0, 0, 1]));
    const data = array("float32", [3, 4, 1, 2, 5, 6], [3, 2]);
    expect((await matrix({ data, indices: swapped, indptr: big }).dense(0, 3)).toList()).toEqual(DENSE);
  });

  it("without columns, or without rows, is empty", async () => {
    const none = array("float32", [], [0, 2]);
    const positions = array("uint16", []);
    const rowless = matrix({ data: none, indices: positions, indptr: array("uint32", [0]) });
    expect((await rowless.dense(0, 0)).shape).toEqual([0, 3, 2]);
    const narrow = matrix({ data: none, indices: positions, indptr: array("uint32", [0, 0]), columns: 0 });
    expect((await narrow.dense(0, 1)).shape).toEqual([1, 0, 2]);
  });

  it.each([
    ["starts that fall", { indptr: array("uint32", [0, 2, 1, 3]) }, "p.indptr", /decrease at index 2/],
    ["starts past the end", { indptr: array("uint32", [0, 2, 2, 4]) }, "p.indptr", /index 3 is 4: 3 elements/],
    ["negative starts", { indptr: array("int8", [-1, 2, 2, 3]) }, "p.indptr", /index 0 is -1/],
    ["a first start that is not 0", { indptr: array("uint32", [1, 2, 2, 3]) }, "p.indptr", /starts at 1, not at 0/],
    ["a last start before the end", { indptr: array("uint32", [0, 2, 2, 2]) }, "p.indptr", /ends at 2, but 3/],
    ["a column too large", { indices: array("uint16", [0, 3, 1]) }, "p.indices", /index 1 is 3: there are 3 columns/],
    ["a negative column", { indices: array("int8", [0, -1, 1]) }, "p.indices", /index 1 is -1/],
    ["a column twice in a row", { indices: array("uint16", [2, 2, 1]) }, "p.indices", /column 2 is twice in row 0/],
  ])("with %s is refused", async (_, parts: Parts, path, reason) => {
    const error = await formatError(() => matrix(parts).dense(0, 3), "corrupt");
    expect([error.path, error.reason]).toEqual([path, expect.stringMatching(reason)]);
  });

  it("names rows and positions of the whole matrix for faults in a window", async () => {
    const indices = array("uint16", [0, 2, 9]);
    const error = await formatError(() => matrix({ indices }).dense(1, 3), "corrupt");
    expect(error.reason).toMatch(/index 2 is 9/);
    // What is not in the window is not looked at.
    expect((await matrix({ indices }).dense(0, 2)).toList()).toEqual(DENSE.slice(0, 2));
  });

  it.each([
    ["positions with two axes", { indices: array("uint16", [0, 2, 1], [3, 1]) }, "mismatch"],
    ["positions that are no whole numbers", { indptr: array("float32", [0, 2, 2, 3]) }, "mismatch"],
    ["as many elements as columns missing", { indices: array("uint16", [0, 2]) }, "corrupt"],
    ["no row start at all", { indptr: array("uint32", []) }, "corrupt"],
  ] as const)("of %s is refused by its headers", async (_, parts: Parts, code) => {
    await formatError(() => matrix(parts), code);
  });

  it("that would take memory out of all proportion is refused", async () => {
    const node = arrayNode(array("float32", [], [0, 2]), "p.data");
    const indptr = { ...arrayNode(array("uint32", [0]), "p.indptr"), shape: [1_000_001] };
    const parts = { data: node, indices: arrayNode(array("uint16", []), "p.indices"), indptr };
    const error = await formatError(() => new CsrMatrix(parts, 1 << 20).dense(0, 1_000_000), "limit");
    expect(error.reason).toMatch(/stored bytes/);
  });

  it("outside its rows is a mistake of the caller", async () => {
    await expect(matrix().dense(2, 4)).rejects.toThrow(RangeError);
    await expect(matrix().read(2, 1)).rejects.toThrow(RangeError);
  });

  it("is an array like any other: rows, pieces, all", async () => {
    const node = new SparseNode(matrix(), "p.points");
    expect([node.type.name, node.shape, node.path]).toEqual(["float32", [3, 3, 2], "p.points"]);
    const all = await node.load();
    expect((await node.rows(1, 3)).toList()).toEqual(DENSE.slice(1));
    expect(await collect(node.chunks())).toEqual(all.toBytes());
    await expect(node.rows(2, 5)).rejects.toThrow(RangeError);
  });
});

describe("a dense array as sparse rows", () => {
  const dense = (values: readonly number[]): NdArray => array("float32", values, [1, values.length / 3, 3]);
  const stored = ({ indices }: CsrRows): readonly number[] => Array.from(indices as ArrayLike<number>);

  it("comes back as it was", () => {
    const values = array("float64", [1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0], [2, 3, 2]);
    const rows = fromDense(values);
    expect([Array.from(rows.starts as ArrayLike<number>), stored(rows)]).toEqual([
      [0, 1, 2],
      [0, 0],
    ]);
    expect(toDense(rows).toList()).toEqual(values.toList());
  });

  it("leaves out what is all zero, or whose deciding number is", () => {
    const values = dense([1, 1, 0, 0, 0, 0.5, 0, 0, 0, 1, 1, -1]);
    expect(stored(fromDense(values))).toEqual([0, 1, 3]);
    expect(stored(fromDense(values, { decides: 2 }))).toEqual([1, 3]);
  });

  it("keeps NaN and negative numbers, and takes -0 for 0", () => {
    const values = dense([0, 0, Number.NaN, 0, 0, -1, 0, 0, -0]);
    expect(stored(fromDense(values, { decides: 2 }))).toEqual([0, 1]);
    expect(stored(fromDense(values))).toEqual([0, 1]);
  });

  it("may be a view in any order", () => {
    const view = (array("float32", [1, 2, 0, 0, 3, 4], [3, 2]) as NdArray).transpose();
    expect(toDense(fromDense(view)).toList()).toEqual(view.toList());
  });

  it("has positions in the type that is asked for, as long as they fit", async () => {
    expect(positionArray([0, 65535], "uint16").toList()).toEqual([0, 65535]);
    expect(positionArray([2 ** 40], "int64").toList()).toEqual([2n ** 40n]);
    const error = await formatError(() => positionArray([70_000], "uint16", "p.indices"), "unwritable");
    expect(error.path).toBe("p.indices");
  });
});
