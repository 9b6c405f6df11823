import { describe, expect, it } from "vitest";
import { fileText, frameNames, nameOfFrame } from "../src/motion/frame-name.js";
import { sourceConvention } from "../src/motion/match/source-convention.js";
import { rowDims } from "../src/motion/row-dims.js";
import { DeferredList, deferredTree } from "../src/motion/write/deferred.js";
import { extentOf } from "../src/motion/write/person-lists.js";

describe("names of frames", () => {
  const template = "{name}_{frame:4}_keypoints.json";
  const read = frameNames(template);

  it.each([
    ["walk", 7, "walk_0007_keypoints.json"],
    ["a_0001", 12, "a_0001_0012_keypoints.json"],
    ["", 0, "_0000_keypoints.json"],
    ["x.y (1)", 123456, "x.y (1)_123456_keypoints.json"],
  ])("of %s, %i are %s, and back", (name, frame, text) => {
    expect(nameOfFrame(template, name, frame)).toBe(text);
    expect(read(text)).toEqual({ name, frame });
  });

  it.each(["walk_007_keypoints.json", "walk_0007_keypoints.jsonl", "walk_0007_keypointsXjson", "0007", ""])(
    "are not made of %j",
    (text) => expect(read(text)).toBeUndefined(),
  );

  it("hold nothing that leads out of a folder or that a system refuses", () => {
    expect(nameOfFrame(template, "../a/b:c", 1)).toBe("__a_b_c_0001_keypoints.json");
    expect(fileText("..")).toBe("_");
    expect(fileText("a\u0000b\\c")).toBe("a_b_c");
  });

  it("may say no sequence", () => {
    expect(frameNames("f{frame:2}")("f012")).toEqual({ name: undefined, frame: 12 });
  });
});

describe("lists that are made when they are written", () => {
  const made: number[] = [];
  const list = () =>
    new DeferredList(3, async function* () {
      for (let index = 0; index < 3; index++) {
        made.push(index);
        yield { index };
      }
    });

  it("make items one after the other, the same one once, and begin anew", async () => {
    const items = list();
    made.length = 0;
    expect(await items.at(0)).toEqual({ index: 0 });
    expect(await items.at(0)).toEqual({ index: 0 });
    expect(await items.at(2)).toEqual({ index: 2 });
    expect(made).toEqual([0, 1, 2]);
    expect(await items.at(1)).toEqual({ index: 1 });
    expect(made).toEqual([0, 1, 2, 0, 1]);
    await expect(items.at(3)).rejects.toThrow(RangeError);
  });

  it("are lists of a tree", async () => {
    const node = deferredTree({ all: list() });
    const all = node.kind === "group" ? await node.child("all") : undefined;
    expect(all).toMatchObject({ kind: "list", length: 3, path: "all" });
    const item = all?.kind === "list" ? await all.child(1) : undefined;
    expect(item).toMatchObject({ kind: "group", path: "all[1]", keys: ["index"] });
  });
});

describe("what keypoints tell of a person", () => {
  const mark = { part: "keypoints", channels: ["x", "y", "visibility"] } as const;
  const person = (...values: number[]) => Float64Array.from(values);

  it("is how many are labelled, and the box around these", () => {
    expect(extentOf(mark, person(9, 9, 0, 2, 3, 1, 5, 1, 2))).toEqual({ count: 2, box: [2, 1, 3, 2] });
    expect(extentOf(mark, person(9, 9, 0))).toEqual({ count: 0, box: [0, 0, 0, 0] });
    const bare = { part: "keypoints", channels: ["x", "y"] } as const;
    expect(extentOf(bare, person(0, 0, 4, 0))).toEqual({ count: 1, box: [4, 0, 0, 0] });
  });
});

describe("symbols of rows that are shared out", () => {
  it("are frames where rows are, and nothing where images are", () => {
    const object = {
      kind: "object",
      rule: "",
      required: [],
      patterns: [],
      additional: false,
      dims: { I: { role: "frame", equals: "count" }, N: { role: "person" }, K: { role: "keypoint" } },
      properties: { of: { kind: "array", rule: "", dtype: ["int64"], shape: ["I", 2], ranges: "N" } },
    } as const;
    expect(rowDims(object)).toEqual({ I: { equals: "count" }, N: { role: "frame" }, K: { role: "keypoint" } });
    expect(rowDims({ ...object, properties: {} })).toBe(object.dims);
  });
});

describe("the convention of keypoints that nobody names", () => {
  const convention = (name: string, ...names: string[]) => ({
    name,
    description: "",
    keypoints: names.map((one) => ({ name: one })),
    limbs: [],
  });
  const known = [convention("two", "a", "b"), convention("other", "b", "a"), convention("three", "a", "b", "c")];
  const conventions = (name: string) => known.find((one) => one.name === name);
  const layer = {
    key: "points",
    what: "keypoints",
    axes: 2,
    space: "image",
    unit: "px",
    dtype: "float64",
    hasConfidence: false,
  } as const;
  const of = async (more: object, points = 2) =>
    (await sourceConvention({ ...layer, points, ...more }, { conventions })).convention.name;

  it("is told by their number", async () => {
    expect(await of({ conventions: ["three", "two"] })).toBe("two");
    expect(await of({ conventions: ["three", "two"] }, 3)).toBe("three");
  });

  it("is told by their names, as they are spelled", async () => {
    expect(await of({ conventions: ["two", "other"], names: ["b", "a"] })).toBe("other");
    expect(await of({ conventions: ["two"], names: ["a", "B"], spelled: { two: { b: "B" } } })).toBe("two");
  });

  it("is told by names in another order too, and keeps that of the file", async () => {
    const named = { ...layer, points: 2, conventions: ["two"], names: ["b", "a"] };
    const { convention, isKnown } = await sourceConvention(named, { conventions });
    expect([convention.name, convention.keypoints.map(({ name }) => name), isKnown]).toEqual(["two", ["b", "a"], true]);
  });

  it("is their names where these are no one's, and is asked for where there are none", async () => {
    const own = await sourceConvention(
      { ...layer, points: 2, conventions: ["two"], names: ["x", "y"] },
      { conventions },
    );
    expect([own.isKnown, own.convention.keypoints]).toEqual([false, [{ name: "x" }, { name: "y" }]]);
    await expect(of({ conventions: ["two"] }, 5)).rejects.toMatchObject({ settledBy: "sourceConvention" });
    await expect(of({ names: ["x", "x"] })).rejects.toMatchObject({ settledBy: "sourceConvention" });
  });
});
