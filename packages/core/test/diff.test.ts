import { describe, expect, test } from "vitest";
import {
  type DiffOptions,
  diffTrees,
  FormatError,
  MemorySink,
  memorySource,
  NdArray,
  type Node,
  nodeOfValue,
  npz,
  type TreeDifference,
} from "../src/index.js";

async function differences(before: Node, after: Node, options?: DiffOptions): Promise<readonly TreeDifference[]> {
  const found: TreeDifference[] = [];
  for await (const difference of diffTrees(before, after, options)) found.push(difference);
  return found;
}

const diffValues = (before: unknown, after: unknown, options?: DiffOptions) =>
  differences(nodeOfValue(before), nodeOfValue(after), options);

const floats = (...values: number[]): NdArray => NdArray.from("float64", Float64Array.from(values));

describe("what is not there in both", () => {
  test("keys are compared in any order, added and removed ones are named with what they are", async () => {
    expect(await diffValues({ a: 1, b: 2, c: [1] }, { b: 2, a: 1, d: floats(1, 2) })).toEqual([
      { kind: "removed", path: "c", what: "list" },
      { kind: "added", path: "d", what: "array float64 (2,)" },
    ]);
  });

  test("a node of another kind", async () => {
    expect(await diffValues({ a: [1] }, { a: { b: 1 } })).toEqual([
      { kind: "kind", path: "a", before: "list", after: "dict" },
    ]);
  });
});

test("an array and a list of its elements are of one kind where that is wanted", async () => {
  const matrix = NdArray.from("float64", Float64Array.of(1, 2, 3, 4), [2, 2]);
  const before = { a: floats(1, 2), b: matrix };
  const after = { a: [1, 2], b: [floats(1, 2), floats(3, 5)] };
  expect(await diffValues(before, after)).toMatchObject([
    { kind: "kind", path: "a" },
    { kind: "kind", path: "b" },
  ]);
  expect(await diffValues(before, after, { forms: "values" })).toMatchObject([{ kind: "elements", path: "b[1]" }]);
});

describe("values", () => {
  test("arrays without axes are values of a type", async () => {
    const half = NdArray.from("float16", Uint16Array.of(0x3c00), []);
    const flag = NdArray.from("bool", Uint8Array.of(1), []);
    expect(await diffValues({ a: half }, { a: half })).toEqual([]);
    expect(await diffValues({ a: half }, { a: flag })).toEqual([
      { kind: "dtype", path: "a", before: "float16", after: "bool" },
      { kind: "value", path: "a", before: 1, after: true },
    ]);
  });

  test("numbers count, not how they are stored", async () => {
    const number = NdArray.from("int64", BigInt64Array.of(3n), []);
    expect(await diffValues({ a: 3, b: Number.NaN }, { a: number, b: Number.NaN })).toEqual([]);
    expect(await diffValues({ a: 4 }, { a: number })).toEqual([{ kind: "value", path: "a", before: 4, after: 3n }]);
  });

  test.each([
    ["texts", "a", "b"],
    ["a text and a number", "1", 1],
    ["None and a number", null, 0],
    ["true and a number", true, 1],
    ["bytes and a text", new Uint8Array([97]), "a"],
    ["NaN and a number", Number.NaN, 1],
    ["infinities", Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ])("differ: %s", async (_, before, after) => {
    expect(await diffValues({ a: before }, { a: after })).toEqual([{ kind: "value", path: "a", before, after }]);
  });

  test("the tolerance is for numbers, and includes its bound", async () => {
    expect(await diffValues({ a: 1, b: 10n }, { a: 1.5, b: 11n }, { tolerance: 1 })).toEqual([]);
    expect(await diffValues({ a: 1 }, { a: 1.5 }, { tolerance: 0.4 })).toHaveLength(1);
    const far = { a: Number.POSITIVE_INFINITY };
    expect(await diffValues(far, { a: 1 }, { tolerance: Number.MAX_VALUE })).toHaveLength(1);
  });
});

describe("arrays", () => {
  test("elements that differ are counted, with the largest difference and the first place", async () => {
    const before = NdArray.from("float32", Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    const after = NdArray.from("float32", Float32Array.of(1, 2, 3, 4.5, 5, 8), [2, 3]);
    expect(await diffValues({ a: before }, { a: after })).toEqual([
      { kind: "elements", path: "a", count: 2, total: 6, largest: 2, first: { index: [1, 0], before: 4, after: 4.5 } },
    ]);
    const [near] = await diffValues({ a: before }, { a: after }, { tolerance: 0.5 });
    expect(near).toMatchObject({ count: 1, largest: 2, first: { index: [1, 2] } });
  });

  test("NaN is NaN; where it is a number elsewhere, no distance is made up", async () => {
    expect(await diffValues(floats(Number.NaN, 1), floats(Number.NaN, 1))).toEqual([]);
    expect(await diffValues(floats(Number.NaN, 1), floats(0, 1))).toMatchObject([{ count: 1, largest: null }]);
    expect(await diffValues(floats(Number.NaN, 1), floats(0, 3))).toMatchObject([{ count: 2, largest: 2 }]);
  });

  test("another type is a difference, its numbers are compared all the same", async () => {
    const halves = NdArray.from("float16", Uint16Array.of(0x3c00, 0x4000));
    expect(await diffValues({ a: floats(1, 2) }, { a: halves })).toEqual([
      { kind: "dtype", path: "a", before: "float64", after: "float16" },
    ]);
    expect(await diffValues({ a: floats(1, 2.5) }, { a: halves })).toMatchObject([
      { kind: "dtype" },
      { kind: "elements", count: 1, largest: 0.5 },
    ]);
  });

  test("another shape is a difference, and elements are not compared", async () => {
    expect(await diffValues({ a: floats(1, 2) }, { a: floats(1, 2, 3) })).toEqual([
      { kind: "shape", path: "a", before: [2], after: [3] },
    ]);
  });

  test("64-bit numbers beyond those of JavaScript are told apart", async () => {
    const before = NdArray.from("int64", BigInt64Array.of(2n ** 60n, 1n));
    const after = NdArray.from("int64", BigInt64Array.of(2n ** 60n + 1n, 1n));
    expect(await diffValues(before, after)).toMatchObject([{ count: 1, largest: 1, first: { index: [0] } }]);
  });

  test("the order in memory makes no difference", async () => {
    const matrix = NdArray.from("float64", Float64Array.of(1, 2, 3, 4), [2, 2]);
    const columns = NdArray.from("float64", Float64Array.of(1, 3, 2, 4), [2, 2], { order: "F" });
    expect(await diffValues(matrix, columns)).toEqual([]);
    expect(await diffValues(matrix, columns.transpose())).toMatchObject([{ count: 2, first: { index: [0, 1] } }]);
  });

  test("those of objects by their values", async () => {
    const objects = (last: unknown): NdArray => NdArray.from("object", ["a", [1, last]] as never);
    expect(await diffValues(objects(2), objects(2))).toEqual([]);
    expect(await diffValues(objects(2), objects(3))).toMatchObject([{ kind: "elements", count: 1, largest: null }]);
  });

  test("large ones are read in pieces, from files of different compression", async () => {
    const numbers = Float64Array.from({ length: 300_000 }, (_, index) => index);
    const archive = async (array: NdArray, compression: "small" | "none"): Promise<Node> => {
      const sink = new MemorySink();
      await npz.write(sink, new Map([["big", array]]), { compression });
      return npz.open(memorySource(sink.bytes()));
    };
    const before = await archive(NdArray.from("float64", numbers.slice(), [3000, 100]), "small");
    numbers[299_999] = 0;
    const after = await archive(NdArray.from("float64", numbers, [3000, 100]), "none");
    expect(await differences(before, after)).toEqual([
      {
        kind: "elements",
        path: "big",
        count: 1,
        total: 300_000,
        largest: 299_999,
        first: { index: [2999, 99], before: 299_999, after: 0 },
      },
    ]);
  });
});

describe("lists", () => {
  test("items by their positions, then the lengths", async () => {
    expect(await diffValues({ a: [1, 2, 3] }, { a: [1, 5] })).toEqual([
      { kind: "value", path: "a[1]", before: 2, after: 5 },
      { kind: "length", path: "a", before: 3, after: 2 },
    ]);
  });

  const namesOf = (path: string) => (path === "clips" ? ["id", "name"] : undefined);
  const clips = (...items: readonly object[]) => ({ clips: items });

  test("items that have names by these, wherever they are", async () => {
    const before = clips({ name: "a", x: 1 }, { name: "b", x: 2 }, { name: "c", x: 3 });
    const after = clips({ name: "c", x: 3 }, { name: "a", x: 9 }, { name: "d", x: 4 });
    expect(await diffValues(before, after, { namesOf })).toEqual([
      { kind: "value", path: 'clips["a"].x', before: 1, after: 9 },
      { kind: "removed", path: 'clips["b"]', what: "dict" },
      { kind: "added", path: 'clips["d"]', what: "dict" },
      { kind: "order", path: "clips" },
    ]);
  });

  test("items of one name in their order", async () => {
    const before = clips({ name: "a", x: 1 }, { name: "a", x: 2 });
    const after = clips({ name: "a", x: 1 }, { name: "a", x: 3 });
    expect(await diffValues(before, after, { namesOf })).toEqual([
      { kind: "value", path: 'clips["a#2"].x', before: 2, after: 3 },
    ]);
  });

  test("by their positions where one has no name", async () => {
    expect(await diffValues(clips({ name: "a" }), clips({ x: 1 }), { namesOf })).toMatchObject([
      { kind: "removed", path: "clips[0].name" },
      { kind: "added", path: "clips[0].x" },
    ]);
  });
});

describe("damage", () => {
  const broken = (): Promise<never> => Promise.reject(new FormatError("checksum", "the checksum is wrong"));

  test("says in which of the two, and goes on behind it", async () => {
    const good = nodeOfValue({ a: floats(1), b: 1 });
    if (good.kind !== "group") throw new Error("a group expected");
    const bad: Node = {
      ...good,
      child: async (key: string) => {
        const child = await good.child(key);
        return child?.kind === "array" ? ({ ...child, chunks: undefined, load: broken } as unknown as Node) : child;
      },
    };
    const lost = { kind: "unreadable", path: "a", code: "checksum", message: "the checksum is wrong" };
    const after = nodeOfValue({ a: floats(1), b: 2 });
    expect(await differences(bad, after)).toEqual([
      { ...lost, side: "before" },
      expect.objectContaining({ path: "b" }),
    ]);
    expect(await differences(after, bad)).toEqual([{ ...lost, side: "after" }, expect.objectContaining({ path: "b" })]);
  });

  test("faults of a program are no damage", async () => {
    const good = nodeOfValue({ a: 1 });
    const bad = { ...good, child: () => Promise.reject(new TypeError("a fault")) } as unknown as Node;
    await expect(differences(good, bad)).rejects.toThrow(TypeError);
  });

  test("a signal ends it", async () => {
    await expect(diffValues({ a: 1 }, { a: 1 }, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
