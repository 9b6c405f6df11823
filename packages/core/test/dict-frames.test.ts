import { beforeEach, describe, expect, it } from "vitest";
import { CheckedDict } from "../src/dict/checked-dict.js";
import { forgetWarnedKeys, silentLogger } from "../src/dict/logger.js";
import { rangesOfCounts, trivialRanges } from "../src/dict/ranges.js";
import type { NdArray } from "../src/ndarray/ndarray.js";
import { Tuple } from "../src/value/value.js";
import { f4, make, mask, refusalOf, type SampleDict } from "./support-dict.js";
import { counting, images, pairs } from "./support-select.js";

beforeEach(forgetWarnedKeys);

const source = () => ({
  boxes: f4(5, 5),
  keypoints: f4(5, 4, 3),
  keypoints_mask: mask(1, 0, 0, 1),
  paths: ["a", "b", "c", "d", "e"],
  smpl: { betas: f4(5, 10), pose: f4(5, 2, 3), note: "x" },
  fps: 25,
});
const firsts = (dict: SampleDict) =>
  [...(dict.get("boxes") as NdArray).slice(null, 0)].map((value) => Number(value) / 5);
const shapeOf = (value: unknown) => (value as NdArray).shape;

describe("slices", () => {
  it("have the frames, the sizes and the mode of what they are of", () => {
    const { dict } = make({ ...source(), strict: true });
    dict.pack();
    const part = dict.slice([-4, null, 2]);
    expect(part).toBeInstanceOf(CheckedDict);
    expect([firsts(part), part.get("paths")]).toEqual([
      [1, 3],
      ["b", "d"],
    ]);
    expect([part.sizeOf("N"), part.strict, part.packed, part.get("fps")]).toEqual([2, true, true, 25]);
    expect([shapeOf(part.getRaw("keypoints")), shapeOf(part.get("keypoints"))]).toEqual([
      [2, 2, 3],
      [2, 4, 3],
    ]);
    expect(part.get("smpl")).toMatchObject({ note: "x" });
    expect([...part.keys()]).toEqual([...dict.keys()]);
    expect(dict.sizeOf("N")).toBe(5);
  });

  it("are views, copies on request (Q27)", () => {
    const { dict } = make(source());
    const whole = dict.get("boxes") as NdArray;
    expect((dict.slice([1, 2]).get("boxes") as NdArray).data).toBe(whole.data);
    expect((dict.slice([1, 2], { copy: true }).get("boxes") as NdArray).data).not.toBe(whole.data);
  });

  it("know the frames of what nobody stated (Q20)", () => {
    const { dict } = make(source());
    dict.setSize("N", undefined);
    expect(dict.slice([0, 1]).sizeOf("N")).toBe(1);
    expect(() => make({ smpl: { pose: f4(3, 2, 3) } }).dict.slice([0, 1])).toThrow(/betas/);
  });

  it("refuse a supported array of another length, and keep other values whole", () => {
    const { dict } = make(
      { ...source(), len: 5, paths: ["a"], smpl: { betas: f4(5, 10), pose: f4(3, 2, 3) }, other_one: f4(3, 4, 3) },
      { logger: silentLogger },
    );
    const part = dict.slice([0, 2]);
    expect([part.get("paths"), shapeOf(part.get("other_one"))]).toEqual([["a"], [3, 4, 3]]);
    expect((part.get("smpl") as { pose: NdArray }).pose.shape).toEqual([3, 2, 3]);
    expect(() => dict.slice([0, 2], { mismatches: "throw" })).toThrow("paths");
    dict.update({ boxes: f4(3, 5) });
    expect(refusalOf(() => dict.slice([0, 2])).issues[0]).toMatchObject({ path: "boxes", expected: "5", actual: "3" });
    expect(shapeOf(dict.slice([0, 2], { mismatches: "keep" }).get("boxes"))).toEqual([3, 5]);
  });

  it("refuse a step of 0", () => {
    expect(() => make(source()).dict.slice([0, 2, 0])).toThrow("slice step cannot be zero");
  });

  it("keep keys in order, whole numbers too", () => {
    const { dict } = make({ boxes: f4(2, 5) });
    dict.set("7", 1).set("0", 2);
    expect([...dict.slice([0, 1]).clone().keys()]).toEqual(["boxes", "7", "0"]);
  });

  it("warn of unsupported keys that nobody was warned of", () => {
    const { dict, log } = make({ ...source(), extra: 1 });
    expect(log).toEqual([]);
    dict.slice([0, 1]).slice([0, 1]);
    expect(log.map(({ key }) => key)).toEqual(["extra"]);
  });
});

describe("selecting, splitting, shuffling, iterating", () => {
  it("pick frames", () => {
    const { dict } = make(source());
    expect(firsts(dict.select([4, 0, -2, 0]))).toEqual([4, 0, 3, 0]);
    expect(firsts(dict.select((index) => index % 2 === 1))).toEqual([1, 3]);
    expect(() => dict.select([5])).toThrow(RangeError);
    expect(dict.split([2, 3]).map(firsts)).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
    const shuffled = dict.shuffle({ seed: 7 });
    expect(firsts(shuffled)).toEqual(firsts(dict.shuffle({ seed: 7 })));
    expect([...firsts(shuffled)].sort()).toEqual([0, 1, 2, 3, 4]);
    expect([...dict.frames({ batch: 2 })].map(firsts)).toEqual([[0, 1], [2, 3], [4]]);
    expect([...dict.frames()].map((frame) => frame.sizeOf("N"))).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("concat", () => {
  it("joins frames, masks by product, unpacked (Q57, Q60)", () => {
    const a = make(source()).dict;
    const b = make({ ...source(), keypoints_mask: mask(1, 1, 0, 0) }).dict;
    a.pack();
    const joined = a.concat([b, a.slice([0, 1])]);
    expect([joined.sizeOf("N"), joined.packed, joined.strict]).toEqual([11, false, false]);
    expect(firsts(joined)).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0]);
    expect([...(joined.get("keypoints_mask") as NdArray)]).toEqual([1, 0, 0, 0]);
    expect([...joined.keys()]).toEqual([...a.keys()]);
    expect(a.packed).toBe(true);
  });

  it("refuses constants that differ, or keeps all of them, warning of names for what was not joined", () => {
    const a = make({ boxes: f4(2, 5), fps: 25, mine: f4(2) });
    const b = make({ boxes: f4(1, 5), fps: 30 }).dict;
    expect(() => a.dict.concat([b])).toThrow("fps");
    const joined = a.dict.concat([b], { constants: "suffix" });
    expect([joined.get("fps_0"), joined.get("fps_1")]).toEqual([25, 30]);
    expect(a.log.map(({ key }) => key)).toEqual(["mine"]);
  });
});

describe("clone", () => {
  it("shares nothing that can be changed, also in packed mode (Q31)", () => {
    const list: unknown[] = [1];
    list.push(list);
    const { dict } = make({
      ...source(),
      list,
      tuple: Tuple.of(1),
      set: new Set([1]),
      bytes: Uint8Array.of(1),
      map: new Map([["a", f4(2)]]),
    });
    dict.pack();
    const copy = dict.clone();
    expect(copy.toRecord({ form: "stored" })).toEqual(dict.toRecord({ form: "stored" }));
    for (const key of ["boxes", "list", "tuple", "set", "bytes", "map", "smpl"])
      expect(copy.get(key), key).not.toBe(dict.get(key));
    (copy.getRaw("boxes") as NdArray<"float32">).set([0, 0], 9);
    expect((dict.getRaw("boxes") as NdArray).get(0, 0)).toBe(0);
    const copied = copy.get("list") as unknown[];
    expect(copied[1]).toBe(copied);
    expect(copy.get("tuple")).toBeInstanceOf(Tuple);
    copy.delete("boxes");
    expect(dict.has("boxes")).toBe(true);
  });

  it("copes with any depth", () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    let copy = make({ deep }).dict.clone().get("deep") as unknown[];
    let depth = 0;
    for (; copy.length > 0; copy = copy[0] as unknown[]) depth++;
    expect(depth).toBe(100_000);
  });
});

describe("ranges", () => {
  const dict = () => new CheckedDict<Record<string, unknown>>(images, undefined, { logger: silentLogger });

  it("count their rows and what they cover, in either order", () => {
    const first = dict().set("ranges", pairs("<i8", [0, 2], [2, 3], [3, 6]));
    expect([first.sizeOf("I"), first.sizeOf("N")]).toEqual([3, 6]);
    expect(() => first.set("boxes", counting([5, 2]))).toThrow("persons is 6");
    const second = dict().set("boxes", counting([6, 2]));
    expect([second.sizeOf("I"), second.sizeOf("N")]).toEqual([6, 6]);
    second.set("ranges", pairs("<i8", [0, 2], [2, 3], [3, 6]));
    expect([second.sizeOf("I"), second.get("images")]).toEqual([3, 3]);
  });

  it("may be replaced by others that cover as much (Q47, Q48)", () => {
    const crowd = dict()
      .set("boxes", counting([3, 2]))
      .set("ranges", trivialRanges(3));
    crowd.set("ranges", rangesOfCounts([1, 0, 2]));
    expect(crowd.sizeOf("I")).toBe(3);
    crowd.set("ranges", rangesOfCounts([3]));
    expect([crowd.sizeOf("I"), (crowd.get("ranges") as NdArray).toJSON()]).toEqual([1, [[0, 3]]]);
    const error = refusalOf(() => crowd.set("ranges", rangesOfCounts([2, 2])));
    expect([error.code, error.message]).toEqual(["range", "ranges: covers 4 positions, 3 expected"]);
    expect(crowd.sizeOf("I")).toBe(1);
  });

  it.each([
    ["too few rows", [[0, 2]], "covers 2 positions, 3 expected"],
    ["a negative start", [[-1, 3]], "row 0 is (-1, 3)"],
    [
      "a backward row",
      [
        [0, 3],
        [3, 1],
      ],
      "row 1 is (3, 1)",
    ],
    [
      "rows that overlap",
      [
        [0, 2],
        [1, 3],
      ],
      "row 1 starts at 1, within another row",
    ],
  ] as const)("refuse %s", (_, rows, message) => {
    const crowd = dict().set("boxes", counting([3, 2]));
    expect(() => crowd.set("ranges", pairs("<i8", ...(rows as readonly (readonly [number, number])[])))).toThrow(
      message,
    );
    expect(crowd.has("ranges")).toBe(false);
  });

  it("need not be in order, and say where they have gaps", async () => {
    const said: string[] = [];
    const crowd = new CheckedDict<Record<string, unknown>>(images, undefined, {
      logger: ({ message }) => said.push(message),
    });
    crowd.set("ranges", pairs("<i8", [2, 3], [0, 1]));
    expect([crowd.sizeOf("N"), said]).toEqual([3, ["ranges: positions 1 to 1 belong to no row"]]);
    expect((await crowd.check()).map(({ severity, path }) => [severity, path])).toEqual([["warning", "ranges"]]);
    crowd.update({ ranges: pairs("<i8", [0, 2], [1, 3]) });
    expect((await crowd.check()).map(({ severity, message }) => [severity, message])).toEqual([
      ["error", "row 1 starts at 1, within another row"],
    ]);
  });

  it("carry what follows either size through slices", () => {
    const crowd = dict()
      .set("boxes", counting([3, 2]))
      .set("ranges", rangesOfCounts([1, 2]))
      .set("paths", ["a", "b"]);
    const part = crowd.slice([1, 2]);
    expect([part.sizeOf("I"), part.sizeOf("N"), part.get("paths")]).toEqual([1, 2, ["b"]]);
    expect((part.get("ranges") as NdArray).toJSON()).toEqual([[0, 2]]);
  });
});
