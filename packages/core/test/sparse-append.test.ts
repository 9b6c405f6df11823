import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createHdf5, type Hdf5GroupWriter } from "../src/codec/hdf5/index.js";
import { CsrAppender, type CsrAppenderOptions } from "../src/engine/sparse/appender.js";
import { CsrMatrix } from "../src/engine/sparse/matrix.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { GroupNode } from "../src/tree/node.js";
import { arrayAt, describeWithH5py, h5py, openGroup } from "./support-hdf5.js";
import { formatError } from "./support-io.js";

const layout = {
  parts: { data: "data", indices: "indices", indptr: "indptr" },
  dtype: ["float32"],
  written: { indices: "uint16", indptr: "uint32" },
  decides: 2,
} as const;
const points: CsrAppenderOptions = { layout, columns: 4, element: [3] };

async function fileOf(fill: (group: Hdf5GroupWriter) => Promise<void>): Promise<Uint8Array> {
  const sink = new MemorySink();
  const file = createHdf5(sink);
  await fill(file.root.group("g"));
  await file.close();
  return sink.bytes();
}

async function matrixIn(bytes: Uint8Array, columns: number): Promise<CsrMatrix> {
  const root: GroupNode = await openGroup(memorySource(bytes));
  const [data, indices, indptr] = await Promise.all(
    ["data", "indices", "indptr"].map((name) => arrayAt(root, "g", name)),
  );
  return new CsrMatrix({ data, indices, indptr } as ConstructorParameters<typeof CsrMatrix>[0], columns);
}

describe("rows of a sparse matrix, appended", () => {
  it("are read back dense, with zeros where nothing was stored", async () => {
    const bytes = await fileOf(async (group) => {
      const rows = new CsrAppender(group, points);
      await rows.append([1, 2, 0.5, 3, 4, 0, 0, 0, -1]);
      await rows.appendEmpty(2);
      await rows.append(new Float64Array([9, 9, 0, 8, 8, 0, 7, 7, Number.NaN, 6, 6, 1e-60]));
      expect([rows.rows, rows.stored]).toEqual([4, 4]);
      await rows.close();
    });
    const matrix = await matrixIn(bytes, 4);
    expect(matrix.shape).toEqual([4, 4, 3]);
    const empty = Array(4).fill([0, 0, 0]);
    expect((await matrix.dense(0, 4)).toList()).toEqual([
      [
        [1, 2, 0.5],
        [0, 0, 0],
        [0, 0, -1],
        [0, 0, 0],
      ],
      empty,
      empty,
      [
        [0, 0, 0],
        [0, 0, 0],
        [7, 7, Number.NaN],
        [6, 6, 0],
      ],
    ]);
    const { indices, indptr } = matrix.parts;
    expect([indices.type.name, indptr.type.name]).toEqual(["uint16", "uint32"]);
    expect((await indptr.load()).toList()).toEqual([0, 2, 2, 2, 4]);
  });

  it("are stored if any number is not 0 where no number decides, whatever view they come in", async () => {
    const { decides: _, ...any } = layout;
    const bytes = await fileOf(async (group) => {
      const rows = new CsrAppender(group, { layout: { ...any, dtype: ["float64"] }, columns: 3 });
      const table = NdArray.from("int16", Int16Array.of(0, 5, 1, -2, 0, 0), [2, 3]);
      await rows.append(table.slice(0) as NdArray);
      await rows.append(table.transpose().slice(0) as NdArray);
      await rows.close();
    });
    expect((await (await matrixIn(bytes, 3)).dense(0, 2)).toList()).toEqual([
      [0, 5, 1],
      [0, -2, 0],
    ]);
  });

  it("need the memory of a few chunks, however many there are", async () => {
    const bytes = await fileOf(async (group) => {
      const storage = { data: { chunks: [64, 3] }, indices: { chunks: [64] }, indptr: { chunks: [16] } };
      const rows = new CsrAppender(group, { ...points, storage });
      for (let row = 0; row < 500; row++) await rows.append([row, 0, 1, 0, row, row % 3]);
      await rows.close();
    });
    const matrix = await matrixIn(bytes, 4);
    const dense = (await matrix.dense(0, 500)) as NdArray<"float32">;
    for (const row of [0, 1, 63, 64, 65, 499])
      expect(dense.slice(row, [0, 2]).toList()).toEqual([[row, 0, 1], row % 3 ? [0, row, row % 3] : [0, 0, 0]]);
  });

  it("keep their order where nobody waits, and may be changed at once", async () => {
    const bytes = await fileOf(async (group) => {
      const storage = { data: { chunks: [4, 3] }, indices: { chunks: [3] }, indptr: { chunks: [5] } };
      const rows = new CsrAppender(group, { ...points, storage });
      const row = new Float32Array(12).fill(1);
      const work: Promise<void>[] = [];
      for (let index = 0; index < 40; index++) {
        row.fill(index + 1);
        work.push(rows.append(row), rows.appendEmpty(2));
      }
      await Promise.all(work);
      await rows.close();
    });
    const dense = (await (await matrixIn(bytes, 4)).dense(0, 120)) as NdArray<"float32">;
    for (let row = 0; row < 120; row++)
      expect(new Set(dense.slice(row))).toEqual(new Set([row % 3 === 0 ? row / 3 + 1 : 0]));
  });

  it("that do not fit are refused, and so is whatever comes after the end", async () => {
    await fileOf(async (group) => {
      const rows = new CsrAppender(group, points);
      await formatError(() => rows.append(Array(15).fill(1)), "unwritable");
      await formatError(() => rows.append([1, 2]), "unwritable");
      await formatError(async () => new CsrAppender(group, points), "unwritable");
      expect(rows.rows).toBe(0);
      await rows.close();
      await expect(rows.append([1, 2, 3])).rejects.toThrow("closed");
      await expect(rows.close()).rejects.toThrow("closed");
      const other = group.group("other");
      expect(() => new CsrAppender(other, { ...points, layout: { ...layout, written: { indptr: "int64" } } })).toThrow(
        TypeError,
      );
    });
  });
});

describe("groups and arrays that are closed early", () => {
  it("hold what they held, and take nothing more", async () => {
    const sink = new MemorySink();
    const file = createHdf5(sink);
    for (let index = 0; index < 3; index++) {
      const group = file.root.group(`g${index}`, { ordered: true });
      const rows = group.append("rows", { dtype: "<i4", row: [] });
      await rows.append(NdArray.from("int32", Int32Array.of(index, 7), [2]));
      await group.setAttribute("n", index);
      await group.close();
      await expect(rows.append(NdArray.from("int32", Int32Array.of(1), [1]))).rejects.toThrow("closed");
      await expect(group.setAttribute("n", 1)).rejects.toThrow("closed");
      expect(() => group.group("inner")).toThrow("closed");
    }
    await file.close();
    const root = await openGroup(memorySource(sink.bytes()));
    for (let index = 0; index < 3; index++)
      expect((await (await arrayAt(root, `g${index}`, "rows")).load()).toList()).toEqual([index, 7]);
  });
});

describeWithH5py("what h5py says about appended rows", () => {
  it("those that do not grow are stored like arrays written at once", async () => {
    const gzip = { gzip: 4 };
    const storage = {
      data: { chunks: [100, 3], ...gzip },
      indices: { chunks: [100], ...gzip },
      indptr: { chunks: [8] },
    };
    const bytes = await fileOf(async (group) => {
      for (const [name, count] of [
        ["none", 0],
        ["few", 3],
        ["some", 90],
        ["many", 150],
      ] as const) {
        const rows = new CsrAppender(group.group(name), { ...points, growing: false, storage });
        for (let row = 0; row < count; row++) await rows.append([row, row * 2, 1]);
        if (count === 0) await rows.appendEmpty(3);
        await rows.close();
      }
    });
    const folder = mkdtempSync(join(tmpdir(), "somakit-append-"));
    try {
      const path = join(folder, "rows.h5");
      writeFileSync(path, bytes);
      const script = `
out = {}
with h5py.File(path) as f:
    for name, group in f["g"].items():
        out[name] = [[list(d.shape), d.chunks, d.maxshape, d.compression, bool(d.shuffle), str(d.dtype)] for d in (group["data"], group["indices"], group["indptr"])]
        assert group["data"][:, 1].tolist() == [2 * i for i in range(len(group["data"]))], name
print(json.dumps(out))`;
      expect(JSON.parse(h5py(path, script))).toEqual({
        none: [
          [[0, 3], [100, 3], [null, 3], "gzip", true, "float32"],
          [[0], [100], [null], "gzip", true, "uint16"],
          [[4], [4], [4], null, false, "uint32"],
        ],
        few: [
          [[3, 3], [3, 3], [3, 3], null, false, "float32"],
          [[3], [3], [3], null, false, "uint16"],
          [[4], [4], [4], null, false, "uint32"],
        ],
        some: [
          [[90, 3], [90, 3], [90, 3], null, false, "float32"],
          [[90], [90], [90], null, false, "uint16"],
          [[91], [8], [91], null, false, "uint32"],
        ],
        many: [
          [[150, 3], [100, 3], [150, 3], "gzip", true, "float32"],
          [[150], [100], [150], "gzip", true, "uint16"],
          [[151], [8], [151], null, false, "uint32"],
        ],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
