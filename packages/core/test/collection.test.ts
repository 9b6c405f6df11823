import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openPickle, pickle, writePickle } from "../src/codec/pickle/index.js";
import { GroupAccessor } from "../src/engine/accessor.js";
import { Collection, type CollectionKind } from "../src/engine/collection/collection.js";
import { contentOfValue, openContent } from "../src/engine/collection/content.js";
import { dividedIndices } from "../src/engine/collection/divide.js";
import { collectionFacts } from "../src/engine/collection/facts.js";
import { upgradeCollection } from "../src/engine/collection/upgrade.js";
import { exactValue } from "../src/engine/exact.js";
import type { Layout } from "../src/layout/layout.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { NumpyScalar, type Value } from "../src/value/value.js";
import { any, array, integer, list, object, text } from "./support-select.js";

const layout: Layout = {
  id: "clips",
  title: "Clips",
  description: "",
  schema: "urn:clips",
  containers: [{ codec: pickle, extensions: [".pkl"], nulls: "keep", classes: [] }],
  detect: [],
  root: object(
    {
      groups: object({}, { additional: list(undefined, { items: text }) }),
      clips: list(undefined, {
        stored: { aliases: ["old_clips"] },
        items: object({
          id: text,
          file: text,
          label: { ...integer, stored: { as: "python-scalar" }, rule: "/clips/label" },
          pose: array(["*", 2], { dtype: ["float32", "float16"] }),
        }),
      }),
      remark: any(),
    },
    { required: ["clips"], rule: "" },
  ),
  defs: {},
  profiles: {},
};

const labelled = { ...integer, labels: { list: "moves", size: 9 } } as const;

class Clip extends GroupAccessor<Record<string, unknown>> {
  id(): Promise<string> {
    return this.need("id");
  }
}

const kind: CollectionKind<Clip> = {
  layout,
  facts: { list: "clips", names: ["file", "id"], splits: "groups" },
  accessor: Clip,
};

const pose = (first: number): NdArray => NdArray.from("float32", Float32Array.of(first, 1, 2, 3), [2, 2]) as NdArray;
const clip = (id: string, label = 0, more: object = {}): Record<string, unknown> => ({
  id,
  label,
  pose: pose(label),
  ...more,
});

async function collection(value: unknown): Promise<Collection<Clip>> {
  return new Collection(kind, await contentOfValue(layout, kind.facts, value));
}

async function opened(value: unknown): Promise<Collection<Clip>> {
  const bytes = writePickle(value as Value);
  return new Collection(kind, await openContent(layout, kind.facts, bytes));
}

async function written(clips: Collection<Clip>): Promise<Map<string, unknown>> {
  const sink = new MemorySink();
  await clips.write(sink);
  return (await exactValue(await openPickle(memorySource(sink.bytes())))) as Map<string, unknown>;
}

const idsOf = (file: Map<string, unknown>): unknown[] =>
  (file.get("clips") as Map<string, unknown>[]).map((each) => each.get("id"));

const three = {
  groups: { train: ["a", "c", "nobody"], val: ["b"] },
  clips: [clip("a", 1), clip("b", 2), clip("c", 1)],
};

describe("a collection", () => {
  it("tells names, values and items of a file without reading arrays", async () => {
    const clips = await opened(three);
    expect(clips.length).toBe(3);
    expect(await clips.names()).toEqual(["a", "b", "c"]);
    expect(await clips.values("label")).toEqual([1, 2, 1]);
    expect(await (await clips.find("b"))?.id()).toBe("b");
    expect(await clips.find("z")).toBeUndefined();
    expect(await clips.at(-1).id()).toBe("c");
    expect(() => clips.at(3)).toThrow(RangeError);
    expect([...clips.at(0).path]).toEqual([..."clips[0]"]);
  });

  it.each([
    ["the data set under a former name", { groups: {}, old_clips: [clip("a")] }],
    ["the list alone", [clip("a")]],
    ["a single record", clip("a")],
  ])("is %s", async (_, value) => {
    expect(await (await opened(value)).names()).toEqual(["a"]);
  });

  it.each([
    ["nothing of that", { other: 1 }, /"clips" is required/],
    ["a list in the wrong place", { clips: 3 }, /a list expected/],
    ["splits that are none", { clips: [], groups: ["a"] }, /a dict of lists of names expected/],
  ])("is not %s", async (_, value, message) => {
    await expect(opened(value)).rejects.toThrow(message);
  });

  it("selects by split in the order of the list, passing over names that no item has", async () => {
    const clips = await opened(three);
    expect(await (await clips.inSplit("train")).names()).toEqual(["a", "c"]);
    expect(await (await clips.inSplit(["val", "train"])).names()).toEqual(["a", "b", "c"]);
    await expect(clips.inSplit("test")).rejects.toThrow('there is no split "test", only train, val');
  });

  it("knows items by what the first record has, also when that one is gone", async () => {
    const clips = await opened([clip("a", 0, { file: "a.mp4" }), clip("b", 0, { file: "b.mp4" })]);
    expect(await clips.names()).toEqual(["a.mp4", "b.mp4"]);
    const mixed = await opened([clip("a"), clip("b", 0, { file: "b.mp4" })]);
    expect(await (await mixed.select([1])).names()).toEqual(["b"]);
    const missing = await opened([clip("a", 0, { file: "a.mp4" }), clip("b")]);
    await expect(missing.names()).rejects.toThrow("[1]: no file, by which items are known here");
  });

  it("keeps in splits what is left", async () => {
    const clips = await (await opened(three)).named(/[bc]/);
    expect(clips.splits).toEqual(
      new Map([
        ["train", ["c"]],
        ["val", ["b"]],
      ]),
    );
    const file = await written(clips);
    expect([...file.keys()]).toEqual(["groups", "clips"]);
    expect(idsOf(file)).toEqual(["b", "c"]);
  });

  it("writes arrays of several files as they are stored", async () => {
    const [a, b] = [await opened([clip("a", 1)]), await opened([clip("b", 2)])];
    const clips = (await written(await a.concat([b]))).get("clips") as Map<string, NdArray>[];
    expect(clips.map((each) => [...(each.get("pose") as NdArray)])).toEqual([
      [1, 1, 2, 3],
      [2, 1, 2, 3],
    ]);
  });

  it("joins splits, each item in those that it was in where it is kept from", async () => {
    const other = { groups: { train: ["b", "d"] }, clips: [clip("b", 9), clip("d")], remark: "second" };
    const lists = [await opened(three), await opened(other)] as const;
    await expect(lists[0].concat([lists[1]])).rejects.toThrow('several items have the name "b"');
    const first = await lists[0].concat([lists[1]], { duplicates: "first" });
    expect(await first.names()).toEqual(["a", "b", "c", "d"]);
    expect(first.splits).toEqual(
      new Map([
        ["train", ["a", "c", "d"]],
        ["val", ["b"]],
      ]),
    );
    const last = await lists[0].concat([lists[1]], { duplicates: "last" });
    expect(await last.values("label")).toEqual([1, 1, 9, 0]);
    expect(last.splits).toEqual(
      new Map([
        ["train", ["a", "c", "b", "d"]],
        ["val", []],
      ]),
    );
    expect((await lists[0].concat([lists[1]], { duplicates: "keep" })).length).toBe(5);
    expect((await written(first)).get("remark")).toBe("second");
  });

  it("refuses to join lists whose items are known by different members", async () => {
    const other = await opened([clip("b", 0, { file: "b.mp4" })]);
    await expect((await opened([clip("a")])).concat([other])).rejects.toThrow("known by id here, by file there");
    expect((await (await opened([])).concat([other])).length).toBe(1);
  });

  it("takes away items of the same name", async () => {
    const clips = await opened([clip("a", 1), clip("b", 2), clip("a", 3)]);
    expect(await (await clips.distinct("first")).values("label")).toEqual([1, 2]);
    expect(await (await clips.distinct("last")).values("label")).toEqual([2, 3]);
    await expect(clips.distinct("error")).rejects.toThrow('several items have the name "a"');
  });

  it("divides into splits, items of one name together, the same way for the same seed", async () => {
    const clips = await opened([...Array.from({ length: 10 }, (_, i) => clip(`c${i}`, i % 2)), clip("c0", 0)]);
    const divided = await clips.divide({ train: 0.8, val: 0.2 }, { seed: 7, by: "label" });
    expect(divided.splits.get("train")).toHaveLength(8);
    expect(divided.splits.get("val")).toHaveLength(2);
    expect(new Set([...divided.splits.values()].flat()).size).toBe(10);
    expect((await clips.divide({ train: 0.8, val: 0.2 }, { seed: 7, by: "label" })).splits).toEqual(divided.splits);
    const byParity = await divided.inSplit("val");
    expect(new Set(await byParity.values("label")).size).toBe(2);
    expect((await clips.divide({ a: 3, b: 7 })).splits.get("a")).toEqual(["c0", "c1", "c2"]);
    await expect(clips.divide({ a: 11 })).rejects.toThrow(RangeError);
  });

  it("takes splits by name, if there are such items", async () => {
    const clips = await opened(three);
    expect((await clips.withSplits({ all: ["c", "a"] })).splits).toEqual(new Map([["all", ["c", "a"]]]));
    await expect(clips.withSplits({ all: ["z"] })).rejects.toThrow('all: there is no item of the name "z"');
  });

  it("edits members in their places and leaves the others in the file", async () => {
    const clips = await (await opened(three)).edit((_, index) =>
      index === 0 ? { label: 7, extra: "x" } : index === 1 ? { label: undefined } : undefined,
    );
    const [a, b, c] = (await written(clips)).get("clips") as Map<string, unknown>[];
    expect([...(a as Map<string, unknown>).keys()]).toEqual(["id", "label", "pose", "extra"]);
    expect(a?.get("label")).toBe(7);
    expect([...(b as Map<string, unknown>).keys()]).toEqual(["id", "pose"]);
    expect(c?.get("label")).toBe(1);
    expect(await clips.at(0).read()).toMatchObject({ id: "a", label: 7, extra: "x" });
  });

  it("recasts floats when they are written and says what does not fit", async () => {
    const large = await opened([clip("a", 70000), clip("b", 1)]);
    const file = await written(await (await large.named(["b"])).recast("float16"));
    const [b] = file.get("clips") as Map<string, NdArray>[];
    expect(b?.get("pose")?.dtype).toBe("float16");
    await expect(written(await large.recast("float16"))).rejects.toThrow(
      /element 0 is 70000, which float16 cannot hold/,
    );
    const heard: unknown[] = [];
    await written(await large.recast("float16", ["pose"], { onOverflow: (overflow) => heard.push(overflow) }));
    expect(heard).toEqual([{ path: "[0].pose", count: 1, value: 70000, index: 0 }]);
    const same = (await written(await large.recast("float16", ["other"]))).get("clips") as Map<string, NdArray>[];
    expect(same[0]?.get("pose")?.dtype).toBe("float32");
  });

  it("says which entries are no records and goes on without them", async () => {
    const clips = await opened([null, clip("a"), null]);
    expect(clips.gaps).toEqual([0, 2]);
    await expect(clips.names()).rejects.toThrow("[0]: a dict expected, None found");
    expect(await clips.withoutGaps().names()).toEqual(["a"]);
  });

  it("checks itself by the schema, and writes nothing that breaks it", async () => {
    const clips = await collection([{ id: "a", label: "x", pose: pose(0) }]);
    expect(await clips.check()).toMatchObject([{ code: "type", path: "[0].label" }]);
    await expect(written(clips)).rejects.toMatchObject({ code: "unwritable" });
  });
});

describe("statistics", () => {
  it("count splits, stated and shown sizes, numbers and arrays, and read none of them", async () => {
    const item = object(
      {
        id: text,
        label: { kind: "choice", rule: "", branches: [list(undefined, { items: labelled }), labelled] },
        frames: integer,
        size: { ...list(undefined), prefix: [integer, integer] },
        pose: array(["T", "V"]),
      },
      { dims: { T: { role: "frame", equals: "frames" }, V: { role: "keypoint", description: "Joints" } } },
    );
    const listed: Layout = { ...layout, root: object({ clips: list(undefined, { items: item }), groups: any() }) };
    const items = [
      { id: "a", label: 2, frames: 7, size: [1, 2], pose: pose(0) },
      { id: "b", label: [2, 5], pose: pose(0) },
      { id: "b", other: "x" },
    ];
    const value = { groups: { train: ["a", "a", "z"] }, clips: items };
    const content = await contentOfValue(listed, kind.facts, value);
    expect(await new Collection({ ...kind, layout: listed }, content).statistics()).toEqual({
      items: 3,
      gaps: 0,
      splits: [{ name: "train", items: 1, unknown: 1 }],
      unassigned: 2,
      sizes: [
        {
          symbol: "T",
          path: "",
          role: "frame",
          description: undefined,
          counts: new Map([
            [2, 1],
            [7, 1],
          ]),
        },
        { symbol: "V", path: "", role: "keypoint", description: "Joints", counts: new Map([[2, 2]]) },
      ],
      values: [
        {
          key: "label",
          items: 2,
          counts: new Map([
            [2, 2],
            [5, 1],
          ]),
          numbers: { smallest: 2, largest: 5, mean: 3 },
          labels: "moves",
        },
        { key: "other", items: 1, counts: new Map([["x", 1]]) },
      ],
      arrays: [
        {
          key: "pose",
          items: 2,
          dtypes: new Map([["float32", 2]]),
          shape: [
            [2, 2],
            [2, 2],
          ],
          bytes: 32,
        },
      ],
      problems: [],
      problemCount: 0,
    });
    const gaps = await opened([null, clip("a")]);
    expect(await gaps.statistics()).toMatchObject({ items: 2, gaps: 1, splits: [] });
  });
});

describe("what a schema says of a list", () => {
  const named = { ...text, references: { list: "clips", key: ["file", "id"] } };
  const splits = object({}, { additional: list(undefined, { items: named }) });
  const clips = list(undefined, { items: object({ id: text }), unique: "id" });
  const facts = (root: Layout["root"]): unknown => collectionFacts({ ...layout, root });

  it("is where the list is, by what items are known, and where splits are", () => {
    expect(facts(object({ groups: splits, clips }))).toEqual({
      list: "clips",
      names: ["file", "id"],
      splits: "groups",
    });
    expect(facts(object({ clips }))).toEqual({ list: "clips", names: ["id"] });
    expect(facts(clips)).toEqual({ names: ["id"] });
  });

  it("is nothing for other data sets", () => {
    expect(facts(object({ clips: list(undefined) }))).toBeUndefined();
    expect(facts(object({ groups: splits, clips: text }))).toBeUndefined();
    expect(facts(text)).toBeUndefined();
  });
});

describe("dividing", () => {
  it("gives every part its share of each stratum to within one, and no item twice", () => {
    const strata = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 });
    const weights = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(strata, weights, fc.nat(1000), (classes, given, seed) => {
        const all = given.reduce((sum, weight) => sum + weight, 0) + 1;
        const parts = given.map((weight) => weight / all);
        const divided = dividedIndices(classes.length, parts, { seed, strata: classes });
        expect(new Set(divided.flat()).size).toBe(divided.flat().length);
        const counts = dividedIndices(classes.length, parts).map(({ length }) => length);
        for (const [part, indices] of divided.entries()) {
          expect(Math.abs(indices.length - (counts[part] as number))).toBeLessThanOrEqual(1);
          for (const stratum of new Set(classes)) {
            const size = classes.filter((each) => each === stratum).length;
            const found = indices.filter((index) => classes[index] === stratum).length;
            const share = ((counts[part] as number) / classes.length) * size;
            expect(Math.abs(found - share)).toBeLessThan(2);
          }
        }
      }),
    );
  });

  it("gives parts of all items for counts that are all of them", () => {
    const divided = dividedIndices(5, [2, 3], { strata: ["a", "b", "a", "b", "a"] });
    expect(divided.flat().sort()).toEqual([0, 1, 2, 3, 4]);
    expect(divided.map(({ length }) => length)).toEqual([2, 3]);
  });
});

describe("bringing a list up to date", () => {
  it("leaves out what is no record, and makes numbers Python's", async () => {
    const label = new NumpyScalar(dtype("<i8"), 7n);
    const old = await opened({
      groups: { a: ["x", "y"] },
      clips: [clip("x", 1), null, clip("y", 0, { label, remark: 3 })],
    });
    const { list, changes } = await upgradeCollection<Clip, Collection<Clip>>(old);
    expect(changes).toEqual([
      { path: "clips[1]", message: "no record; left out", rule: expect.stringMatching(/^urn:clips#/) },
      {
        path: "clips[2].label",
        message: "a number of numpy (int64); it becomes Python's",
        rule: "urn:clips#/clips/label",
      },
    ]);
    expect(await list.values("label")).toEqual([1, 7]);
    expect(((await written(list)).get("clips") as Map<string, unknown>[])[1]?.get("label")).toBe(7);
    const again = await upgradeCollection<Clip, Collection<Clip>>(list);
    expect([again.changes, again.list === list]).toEqual([[], true]);
  });

  it("does what a data set asks for beyond that", async () => {
    const old = await opened({ clips: [clip("x", 1), clip("y", 2)] });
    const { list, changes } = await upgradeCollection<Clip, Collection<Clip>>(old, async (item, note) => {
      if ((await item.id()) === "x") return {};
      note("remark", "added", "pose");
      return { remark: "y", label: undefined };
    });
    expect(changes.map(({ path, message }) => `${path}: ${message}`)).toEqual(["clips[1].remark: added"]);
    expect(await list.values("remark")).toEqual([undefined, "y"]);
    expect(await list.values("label")).toEqual([1, undefined]);
  });
});
