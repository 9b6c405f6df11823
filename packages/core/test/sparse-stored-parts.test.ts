import { describe, expect, it, vi } from "vitest";
import { hdf5 } from "../src/codec/hdf5/index.js";
import { storedParts } from "../src/engine/sparse/stored-parts.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { digest } from "../src/tree/digest.js";
import type { ArrayNode } from "../src/tree/node.js";
import { arrayNode } from "../src/tree/value-node.js";
import type { WriteTree } from "../src/tree/write.js";

const [ROWS, COLUMNS] = [1000, 25];
const PARTS = { data: "data", indices: "indices", indptr: "indptr" };
const LAYOUT = { parts: PARTS, written: { indices: "uint16", indptr: "uint32" }, decides: 2 } as const;

/** Every third row is empty, and of the others two thirds of the elements are stored; some hold NaN. */
function dense(): NdArray {
  const numbers = Float32Array.from({ length: ROWS * COLUMNS * 3 }, (_, at) => {
    const [row, column] = [Math.floor(at / (3 * COLUMNS)), Math.floor(at / 3) % COLUMNS];
    if (row % 3 === 0 || (row + column) % 3 === 0) return 0;
    return at % 97 === 0 ? Number.NaN : at / 7;
  });
  return NdArray.from("float32", numbers, [ROWS, COLUMNS, 3]) as unknown as NdArray;
}

/** The same as an array that is made when it is asked for, in pieces of so many bytes. */
function streamed(array: NdArray, step: number): ArrayNode {
  const bytes = array.toBytes();
  return {
    kind: "array",
    path: "x",
    type: array.type,
    shape: array.shape,
    order: "C",
    load: async () => array,
    async *chunks() {
      for (let at = 0; at < bytes.byteLength; at += step) yield bytes.subarray(at, at + step);
    },
  };
}

async function file(members: ReadonlyMap<unknown, WriteTree>): Promise<Uint8Array> {
  const sink = new MemorySink();
  await hdf5.write(sink, members as WriteTree, { compression: "fast" });
  return sink.bytes();
}

describe("a dense array as the parts of a sparse one", () => {
  it.each([7, 300, 4096, 1 << 20])("makes the same file of an array that comes in pieces of %i bytes", async (step) => {
    const node = streamed(dense(), step);
    const load = vi.spyOn(node, "load");
    const expected = await file(await storedParts(arrayNode(dense(), "x"), LAYOUT));
    expect(await file(await storedParts(node, LAYOUT))).toEqual(expected);
    expect(load).not.toHaveBeenCalled();
  });

  it("gathers what a budget has room for, of all matrices together, and makes the rest again", async () => {
    const expected = await file(await storedParts(arrayNode(dense(), "x"), LAYOUT));
    const budget = { left: 1 << 20 };
    const streams: boolean[] = [];
    for (let matrix = 0; matrix < 12; matrix++) {
      const parts = await storedParts(streamed(dense(), 4096), LAYOUT, { budget });
      streams.push(!(parts.get("data") instanceof NdArray));
      expect(await file(parts)).toEqual(expected);
    }
    // As long as there is room, and never more.
    expect(streams.slice(0, 3)).toEqual([false, false, false]);
    expect(streams.at(-1)).toBe(true);
    expect(budget.left).toBeGreaterThanOrEqual(0);
  });

  it("gives parts that can be loaded in any order, as often as one likes", async () => {
    const whole = await storedParts(arrayNode(dense(), "x"), LAYOUT);
    const parts = await storedParts(streamed(dense(), 1000), LAYOUT);
    for (const name of ["indices", "data", "data", "indices", "indices"]) {
      const array = await (parts.get(name) as ArrayNode).load();
      expect(await digest(arrayNode(array, ""))).toEqual(await digest(arrayNode(whole.get(name) as NdArray, "")));
    }
  });

  it("holds pieces of it in memory, not all", async () => {
    const rows = 20_000;
    const shape = [rows, COLUMNS, 3];
    const piece = new Uint8Array(new Float32Array(100 * COLUMNS * 3).fill(1).buffer);
    let passes = 0;
    const node: ArrayNode = {
      ...{ kind: "array", path: "x", type: dense().type, shape, order: "C" },
      load: async () => {
        throw new Error("it is not to be in memory as a whole");
      },
      async *chunks() {
        passes++;
        for (let row = 0; row < rows; row += 100) yield piece;
      },
    };
    const root = await hdf5.open(memorySource(await file(await storedParts(node, LAYOUT))));
    const data = root.kind === "group" ? ((await root.child("data")) as ArrayNode) : undefined;
    expect(data?.shape).toEqual([rows * COLUMNS, 3]);
    // Counted, and written; columns are few enough to be kept from that.
    expect(passes).toBe(2);
  });

  it("is nothing for no rows, and refuses columns that do not fit into their type", async () => {
    const none = NdArray.from("float32", new Float32Array(0), [0, COLUMNS, 3]) as unknown as NdArray;
    const parts = await storedParts(streamed(none, 10), LAYOUT);
    expect((parts.get("data") as ArrayNode).shape).toEqual([0, 3]);
    expect((parts.get("indptr") as NdArray).toList()).toEqual([0]);
    const wide = NdArray.from("float32", new Float32Array(300 * 3).fill(1), [1, 300, 3]) as unknown as NdArray;
    const layout = { ...LAYOUT, written: { indices: "uint8" } } as const;
    await expect(storedParts(arrayNode(wide, "x"), layout)).rejects.toMatchObject({ code: "unwritable" });
    await expect(storedParts(streamed(wide, 100), layout)).rejects.toMatchObject({ code: "unwritable" });
  });
});
