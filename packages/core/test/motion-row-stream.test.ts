import { describe, expect, it } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import { RowStream } from "../src/motion/read/row-stream.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { ArrayNode } from "../src/tree/node.js";

const ROWS = 5000;
const array = NdArray.from(
  "float32",
  Float32Array.from({ length: ROWS * 3 }, (_, at) => at),
  [ROWS, 3],
);

async function stored(): Promise<ArrayNode> {
  const sink = new MemorySink();
  await npz.write(sink, new Map([["a", array]]));
  const root = await npz.open(memorySource(sink.bytes()));
  return (root.kind === "group" && (await root.child("a"))) as ArrayNode;
}

describe("rows of a compressed array", () => {
  it("are those asked for: in order, with gaps, and after going back", async () => {
    const stream = RowStream.of(await stored()) as RowStream;
    for (const [start, stop] of [
      [0, 1],
      [1, 700],
      [2000, 2001],
      [2001, ROWS],
      [0, 10],
      [5, 5],
      [3, 4],
    ] as const) {
      const node = await stream.node(start, stop, {});
      expect(node.shape).toEqual([stop - start, 3]);
      expect((await node.load()).toList()).toEqual(array.slice([start, stop]).toList());
    }
  });

  it("take one pass in ascending order, and another one for going back", async () => {
    const node = await stored();
    let passes = 0;
    const counted: ArrayNode = {
      ...node,
      chunks: (options) => {
        passes++;
        return (node.chunks as NonNullable<ArrayNode["chunks"]>)(options);
      },
    };
    const stream = RowStream.of(counted) as RowStream;
    for (let start = 0; start < ROWS; start += 100) await stream.node(start, start + 100, {});
    expect(passes).toBe(1);
    await stream.node(0, 100, {});
    expect(passes).toBe(2);
    await stream.close();
  });

  it("that are not there are an error", async () => {
    const stream = RowStream.of(await stored()) as RowStream;
    await expect(stream.node(ROWS - 1, ROWS + 1, {})).rejects.toMatchObject({ code: "truncated" });
  });

  it("are not read in this way where they do not lie one after the other", async () => {
    const node = await stored();
    expect(RowStream.of({ ...node, order: "F" })).toBeUndefined();
    const { chunks: _, ...closed } = node;
    expect(RowStream.of(closed)).toBeUndefined();
  });
});
