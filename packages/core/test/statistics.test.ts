import { describe, expect, it, vi } from "vitest";
import { json } from "../src/codec/json/index.js";
import { pickle } from "../src/codec/pickle/index.js";
import { fileOf } from "../src/engine/collection/content.js";
import { folder } from "../src/engine/folder/codec.js";
import { openFile } from "../src/engine/open.js";
import { FormatError } from "../src/errors.js";
import type { FieldLayout, Layout, MotionMark } from "../src/layout/layout.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memoryFolder } from "../src/source/folder-memory.js";
import { SpreadCounts } from "../src/statistics/spread.js";
import { fileStatistics, type Statistics, type StatisticsOptions } from "../src/statistics/statistics.js";
import { MOST_VALUES } from "../src/statistics/tallies.js";
import { TreeCounts } from "../src/statistics/tree-counts.js";
import type { GroupNode, Node } from "../src/tree/node.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import { any, array, flag, integer, list, object, text } from "./support-select.js";

const layoutOf = (root: FieldLayout, codec = pickle): Layout => ({
  id: "test",
  title: "Test",
  description: "",
  schema: "urn:test",
  containers: [{ codec, extensions: [".x"], nulls: "keep", classes: [] }],
  detect: [],
  root,
  defs: {},
  profiles: {},
});

const statistics = (root: FieldLayout, value: unknown, options?: StatisticsOptions): Promise<Statistics> => {
  const layout = layoutOf(root);
  return fileStatistics(fileOf(layout, nodeOfValue(value)), options);
};

const byKey = ({ values }: Statistics): Record<string, unknown> =>
  Object.fromEntries(values.map(({ key, counts }) => [key, counts && [...counts]]));

const number = { kind: "scalar", rule: "", types: ["number"] } as const;

describe("values", () => {
  const point = object({ x: number, y: number }, { coordinates: { columns: ["x", "y"] } });
  const person = object(
    {
      age: text,
      glasses: flag,
      worn: list(undefined, { items: text }),
      at: point,
      pair: { ...list(undefined), prefix: [number, number] },
    },
    { additional: false },
  );
  const root = object({
    people: list(undefined, { items: person }),
    tags: object({}, { additional: object({ n: integer }) }),
    extra: any(),
  });

  it("are counted by their paths, over the items of lists and whatever keys stand for", async () => {
    const found = await statistics(root, {
      people: [
        { age: "old", glasses: true, worn: ["hat", "mask"], at: { x: 1, y: 2 }, pair: [1, 2] },
        { age: "young", glasses: false, worn: ["hat"], unknown: 3 },
        { age: "old", glasses: null },
      ],
      tags: { a: { n: 1 }, b: { n: 2 }, c: { n: 2 } },
      extra: { deep: [{ kind: "k" }, { kind: "k" }] },
    });
    expect(byKey(found)).toEqual({
      "people[].age": [
        ["old", 2],
        ["young", 1],
      ],
      "people[].glasses": [
        [false, 1],
        [true, 1],
      ],
      "people[].worn": [
        ["hat", 2],
        ["mask", 1],
      ],
      "tags.*.n": [
        [1, 1],
        [2, 2],
      ],
      "extra.deep[].kind": [["k", 2]],
    });
    expect(found.values.find(({ key }) => key === "people[].worn")?.items).toBe(2);
    expect(found.problems).toEqual([]);
  });

  it("are not told apart where there are very many, or long ones; of numbers the extent is known all the same", async () => {
    const count = MOST_VALUES + 1;
    const found = await statistics(object({ ids: list(undefined, { items: integer }), note: text }), {
      ids: Array.from({ length: count }, (_, index) => index),
      note: "x".repeat(1000),
    });
    expect(found.values).toEqual([
      { key: "ids", items: 1, counts: undefined, numbers: { smallest: 0, largest: count - 1, mean: (count - 1) / 2 } },
      { key: "note", items: 1, counts: undefined },
    ]);
  });

  it("of masks and short columns are counted, unless only headers are wanted", async () => {
    const mask = array(["K"], { dtype: ["uint8"], values: [0, 1] });
    const field = object({ mask, rows: array(["R"], { ascending: true }), names: any() });
    const value = {
      mask: NdArray.from("uint8", Uint8Array.of(1, 0, 1), [3]),
      rows: NdArray.from("int64", BigInt64Array.of(1n, 2n), [2]),
      names: NdArray.from("int32", Int32Array.of(4, 4), [2]),
    };
    expect(byKey(await statistics(field, value))).toEqual({
      mask: [
        [0, 1],
        [1, 2],
      ],
      names: [[4, 2]],
    });
    expect(byKey(await statistics(field, value, { depth: "headers" }))).toEqual({});
  });

  it("of values that hold themselves come to an end", async () => {
    const loop: unknown[] = [];
    loop.push(loop, loop, loop);
    const found = await statistics(object({ loop: any() }), { loop });
    expect(found.values).toEqual([]);
  });
});

describe("sizes and arrays", () => {
  it("are what objects state, else what their members show, by where the objects are", async () => {
    const shot = object(
      { from: integer, to: integer, pose: array(["F", "K"]), names: list("P", { items: text }) },
      { dims: { F: { role: "frame", equals: { minus: ["to", "from"] } }, K: {}, P: { role: "person" } } },
    );
    const pose = (rows: number): NdArray => NdArray.from("float32", new Float32Array(rows * 2), [rows, 2]) as NdArray;
    const found = await statistics(object({ shots: list(undefined, { items: shot }) }), {
      shots: [
        { from: 3, to: 9, pose: pose(5), names: ["a"] },
        { pose: pose(4), names: ["b", "c"] },
      ],
    });
    expect(found.sizes).toMatchObject([
      {
        symbol: "F",
        path: "shots[]",
        role: "frame",
        counts: new Map([
          [4, 1],
          [6, 1],
        ]),
      },
      { symbol: "K", path: "shots[]", counts: new Map([[2, 2]]) },
      {
        symbol: "P",
        path: "shots[]",
        role: "person",
        counts: new Map([
          [1, 1],
          [2, 1],
        ]),
      },
    ]);
    expect(found.arrays).toEqual([
      {
        key: "shots[].pose",
        items: 2,
        dtypes: new Map([["float32", 2]]),
        shape: [
          [4, 5],
          [2, 2],
        ],
        bytes: 72,
      },
    ]);
    expect(found.values.map(({ key }) => key)).toEqual(["shots[].names"]);
  });

  it("are those of nested lists where a container has no arrays", async () => {
    const field = object({ m: array(["R", 3]) }, { dims: { R: {} } });
    const bytes = new TextEncoder().encode('{"m": [[1, 2, 3], [4, 5, 6]]}');
    const found = await fileStatistics(await openFile(layoutOf(field, json), bytes));
    expect(found.sizes).toMatchObject([{ symbol: "R", counts: new Map([[2, 1]]) }]);
    expect(found.arrays).toMatchObject([
      {
        key: "m",
        dtypes: new Map([["lists", 1]]),
        shape: [
          [2, 2],
          [3, 3],
        ],
        bytes: 0,
      },
    ]);
  });

  it("read no array when only headers are wanted", async () => {
    const load = vi.fn();
    const node: Node = {
      kind: "array",
      path: "a",
      type: NdArray.from("bool", new Uint8Array(2), [2]).type,
      shape: [2],
      order: "C",
      load,
      chunks: load,
    };
    const root: GroupNode = { kind: "group", path: "", keys: ["a"], child: async () => node };
    const layout = layoutOf(object({ a: array(["N"], { dtype: ["bool"] }) }));
    const found = await fileStatistics(fileOf(layout, root), { depth: "headers" });
    expect(found.arrays).toMatchObject([{ key: "a", items: 1, bytes: 2 }]);
    expect(load).not.toHaveBeenCalled();
  });
});

describe("what is damaged", () => {
  it("is listed by its path, and the rest is counted", async () => {
    const child = async (key: string): Promise<Node> => {
      if (key === "bad") throw new FormatError("corrupt", "nonsense", { path: "bad/data" });
      return nodeOfValue(7, key);
    };
    const root: GroupNode = { kind: "group", path: "", keys: ["bad", "good"], child };
    const found = await fileStatistics(fileOf(layoutOf(object({ bad: integer, good: integer })), root));
    expect(byKey(found)).toEqual({ good: [[7, 1]] });
    expect([found.problems, found.problemCount]).toEqual([[{ path: "bad/data", message: "nonsense" }], 1]);
  });

  it("does not grow a list without end", async () => {
    const keys = Array.from({ length: 150 }, (_, index) => `k${index}`);
    const child = (): Promise<never> => Promise.reject(new FormatError("corrupt", "nonsense"));
    const found = await fileStatistics(
      fileOf(layoutOf(object({})), { kind: "group", path: "", keys, child } as GroupNode),
    );
    expect([found.problems.length, found.problemCount]).toEqual([100, 150]);
    expect(found.problems[3]?.path).toBe("k3");
  });

  it("is not what aborts: that is thrown", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(statistics(object({ a: integer }), { a: 1 }, { signal })).rejects.toThrow("enough");
  });
});

describe("items in files of their own", () => {
  const item = object({
    a: { ...integer, place: { kind: "file", path: "a.json", media: "application/json" } } as FieldLayout,
  });
  const layout: Layout = {
    ...layoutOf(object({ items: list(undefined, { items: item, named: {} }) })),
    containers: [
      { codec: folder, extensions: [".tar"], nulls: "keep", classes: [], media: { "application/json": json } },
    ],
  };

  it("give the same whichever is read first", async () => {
    const files = new Map<string, Uint8Array>();
    for (let index = 0; index < 40; index++)
      files.set(`i${String(index).padStart(2, "0")}/a.json`, new TextEncoder().encode(`${index % 4}`));
    files.set("i99/a.json", new TextEncoder().encode("{"));
    const found = await fileStatistics(await openFile(layout, memoryFolder(files)));
    expect(byKey(found)["items[].a"]).toEqual([0, 1, 2, 3].map((value) => [value, 10]));
    expect(found.problems).toMatchObject([{ path: expect.stringContaining("i99") }]);
  });
});

const points = (more: Partial<MotionMark> = {}): FieldLayout => ({
  kind: "array",
  rule: "",
  dtype: ["float64"],
  shape: ["F", "M", "K", 3],
  unit: "px",
  motion: { part: "keypoints", channels: ["x", "y", "confidence"], space: "image", absent: "zeros", ...more },
});
const dims = { F: { role: "frame" }, M: { role: "person" }, K: { role: "keypoint" } } as const;
const clip = object({ name: text, points: points() }, { dims, motion: { part: "sequence" } });
const clips = object({ clips: list(undefined, { items: clip }) });
/** (frames, people, 2 points, 3) */
const of = (...frames: readonly (readonly (readonly number[])[])[]): unknown => {
  const people = frames[0]?.length ?? 0;
  return NdArray.from("float64", Float64Array.from(frames.flat(2)), [frames.length, people, 2, 3]);
};

describe("people", () => {
  const value = {
    clips: [
      {
        name: "a",
        points: of(
          [
            [1, 2, 0.5, 3, 4, 1],
            [0, 0, 0, 0, 0, 0],
          ],
          [
            [5, -6, 0.25, 0, 0, 0],
            [9, 9, 0.5, 0, 0, 0],
          ],
        ),
      },
      { name: "b", points: of([[0, 0, 0, 0, 0, 0]]) },
    ],
  };

  it("are counted by frames, sequences and places, and their points by who has them", async () => {
    const { motion } = await statistics(clips, value);
    expect(motion).toMatchObject({
      sequences: 2,
      frames: 3,
      lengths: new Map([
        [1, 1],
        [2, 1],
      ]),
      people: new Map([
        [0, 1],
        [1, 1],
        [2, 1],
      ]),
      tracks: new Map([
        [1, 1],
        [2, 1],
      ]),
    });
    expect(motion?.layers).toEqual([
      expect.objectContaining({
        key: "points",
        axes: 2,
        space: "image",
        unit: "px",
        points: 2,
        dtypes: ["float64"],
        sequences: 2,
        people: 3,
        seen: [3, 1],
        extent: [
          [1, 9],
          [-6, 9],
        ],
        notFinite: 0,
      }),
    ]);
    expect(motion?.layers[0]?.confidence).toMatchObject({
      items: 4,
      smallest: 0.25,
      largest: 1,
      mean: 0.5625,
      median: 0.5,
    });
  });

  it("have names where a convention has them", async () => {
    const named = object({
      clips: list(undefined, {
        items: object(
          { points: { ...points(), keypoints: { axis: 2, convention: "two", counts: { two: 2 } } } as FieldLayout },
          { dims, motion: { part: "sequence" } },
        ),
      }),
    });
    const convention = { name: "two", description: "", keypoints: [{ name: "head" }, { name: "foot" }], limbs: [] };
    const conventions = async (name: string) => (name === "two" ? convention : undefined);
    const { motion } = await statistics(named, value, { conventions });
    expect(motion?.layers[0]).toMatchObject({ convention: "two", names: ["head", "foot"] });
    expect((await statistics(named, value)).motion?.layers[0]).not.toHaveProperty("names");
  });

  it("of points that are no numbers are told", async () => {
    const { motion } = await statistics(clips, { clips: [{ points: of([[Number.NaN, 1, 1, 2, 3, 1]]) }] });
    expect(motion?.layers[0]).toMatchObject({
      notFinite: 1,
      seen: [1, 1],
      extent: [
        [2, 2],
        [1, 3],
      ],
    });
  });

  it("are not looked at for headers, and not there without marks", async () => {
    expect(await statistics(clips, value, { depth: "headers" })).not.toHaveProperty("motion");
    expect(await statistics(object({ a: integer }), { a: 1 })).not.toHaveProperty("motion");
  });

  it("come with progress", async () => {
    const seen: string[] = [];
    await statistics(clips, value, { onProgress: ({ stage, done, unit }) => seen.push(`${stage} ${done} ${unit}`) });
    expect(seen).toEqual([
      "count values 1 items",
      "count values 2 items",
      "count people 2 frames",
      "count people 3 frames",
    ]);
  });
});

describe("lists of records", () => {
  const record = object({ id: text, kind: integer });
  const root = object({
    splits: object(
      {},
      { additional: list(undefined, { items: { ...text, references: { list: "records", key: ["id"] } } }) },
    ),
    records: list(undefined, { items: record, unique: "id" }),
  });
  const value = {
    splits: { a: ["x"], b: ["y", "z"] },
    records: [
      { id: "x", kind: 1 },
      { id: "y", kind: 2 },
      { id: "z", kind: 2 },
    ],
  };

  it("are counted by the keys of the records, without their names, and by splits", async () => {
    const found = await statistics(root, value);
    expect(found.records).toMatchObject({
      items: 3,
      splits: [
        { name: "a", items: 1 },
        { name: "b", items: 2 },
      ],
    });
    expect(byKey(found)).toEqual({
      kind: [
        [1, 1],
        [2, 2],
      ],
    });
    expect(byKey(await statistics(root, value, { splits: ["b"] }))).toEqual({ kind: [[2, 2]] });
  });

  it("are none where a file has several lists, and then have no splits", async () => {
    const two = object({
      first: list(undefined, { items: record, unique: "id" }),
      second: list(undefined, { items: record, unique: "id" }),
    });
    const found = await statistics(two, { first: [{ id: "x", kind: 1 }], second: [{ id: "y", kind: 2 }] });
    expect(found).not.toHaveProperty("records");
    expect(byKey(found)).toMatchObject({ "first[].kind": [[1, 1]], "second[].kind": [[2, 1]] });
    await expect(statistics(two, {}, { splits: ["a"] })).rejects.toThrow(/no splits/);
  });
});

describe("a spread", () => {
  const spread = (values: readonly number[]): SpreadCounts["value"] => {
    const counts = new SpreadCounts();
    for (const value of values) counts.add(value);
    return counts.value;
  };

  it("is exact for few different numbers, beyond 1 as well", () => {
    expect(spread([])).toBeUndefined();
    expect(spread([0, 1, 2, 2, 2])).toEqual({
      items: 5,
      smallest: 0,
      largest: 2,
      mean: 1.4,
      median: 2,
      histogram: { to: 2, counts: [1, 0, 0, 0, 0, 1, 0, 0, 0, 3] },
    });
  });

  it("of many different numbers has a median that is right to a thousandth", () => {
    const values = Array.from({ length: 10_001 }, (_, index) => (index / 10_000) ** 2 * 3.5);
    const found = spread(values);
    expect(found?.median).toBeCloseTo(0.25 * 3.5, 2);
    expect(Math.abs((found?.median ?? 0) - 0.25 * 3.5)).toBeLessThan(3.5 / 1000);
    expect(found?.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
  });
});

describe("a walk through trees", () => {
  it("counts what it is given one after the other", async () => {
    const field = object({ a: integer });
    const counts = new TreeCounts(layoutOf(field), { depth: "values" });
    await counts.add(field, nodeOfValue({ a: 1 }));
    await counts.add(field, nodeOfValue({ a: 1 }));
    expect(counts.all().values).toMatchObject([{ key: "a", items: 2, counts: new Map([[1, 2]]) }]);
  });
});
