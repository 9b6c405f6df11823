import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CheckedDict } from "../src/dict/checked-dict.js";
import { consoleLogger, forgetWarnedKeys, setLogger, silentLogger } from "../src/dict/logger.js";
import { type NdArray, zeros } from "../src/ndarray/ndarray.js";
import { Tuple } from "../src/value/value.js";
import { f4, layout, make, mask, refusalOf } from "./support-dict.js";

beforeEach(forgetWarnedKeys);
afterEach(() => {
  forgetWarnedKeys();
  setLogger(undefined);
});

describe("set", () => {
  it.each([
    ["no array", "boxes", "x", "type", "boxes", /text where an array is needed/],
    ["another number of axes (Q16)", "boxes", f4(2, 5, 1), "shape", "boxes", /\(2, 5, 1\) does not match \(N, 5\)/],
    ["an outdated shape", "boxes", f4(2, 4), "shape", "boxes", /\(2, 4\) does not match/],
    ["another dtype", "boxes", zeros("int8", [2, 5]), "dtype", "boxes", /int8, float32 or float64 expected/],
    ["another scalar", "fps", "25", "type", "fps", /text where number is needed/],
    ["a list for an array", "boxes", [1, 2], "type", "boxes", /a list of 2 where an array/],
    ["a tuple for a list (Q15)", "paths", Tuple.of("a"), "type", "paths", /a tuple of 1 where a list is needed/],
    ["an array for a list", "paths", f4(2), "type", "paths", /where a list is needed/],
    ["no dict", "smpl", [1], "type", "smpl", /a dict is needed/],
    ["a dict without what it requires (Q14)", "smpl", { pose: f4(2, 2, 3) }, "missing", "smpl.betas", /required/],
    ["a required member of another kind", "smpl", { betas: 3 }, "type", "smpl.betas", /where an array/],
    ["no free dict", "free", [1], "type", "free", /a dict is needed/],
    ["nothing", "boxes", undefined, "type", "boxes", /delete removes/],
  ] as const)("refuses %s and changes nothing", (_, key, value, code, path, message) => {
    const { dict } = make({ fps: 25 });
    const before = dict.toRecord();
    const error = refusalOf(() => dict.set(key, value as never));
    expect({ code: error.code, path: error.path, name: error.name }).toEqual({ code, path, name: "IssueError" });
    expect(error.message).toMatch(message);
    expect(error.issues[0].rule).toMatch(/^urn:test#/);
    expect(dict.toRecord()).toEqual(before);
  });

  it("fixes sizes by the first array and holds the others to them (Q18)", () => {
    const { dict } = make();
    expect(dict.sizeOf("N")).toBeUndefined();
    dict.set("boxes", f4(2, 5));
    expect(dict.sizeOf("N")).toBe(2);
    const error = refusalOf(() => dict.set("keypoints", f4(3, 4, 3)));
    expect(error.issues[0]).toMatchObject({ code: "symbol", path: "keypoints", expected: "2", actual: "3" });
    expect(error.message).toContain("len is 2");
    expect(refusalOf(() => dict.set("smpl", { betas: f4(3, 10) })).path).toBe("smpl.betas");
    expect([...dict.keys()]).toEqual(["boxes"]);
  });

  it("leaves sizes alone when it refuses", () => {
    const { dict } = make();
    expect(() => dict.set("smpl", { betas: f4(2, 9) })).toThrow("smpl.betas");
    expect(dict.sizeOf("N")).toBeUndefined();
  });

  it("keeps sizes of what is gone until they are forgotten (Q17)", () => {
    const { dict } = make();
    dict.set("boxes", f4(2, 5)).delete("boxes");
    expect(() => dict.set("boxes", f4(4, 5))).toThrow("len is 2");
    dict.setSize("N", undefined);
    dict.set("boxes", f4(4, 5));
    expect(dict.sizeOf("N")).toBe(4);
    dict.setSize("N", 7);
    expect(dict.get("len")).toBe(7);
    expect(() => dict.setSize("N", -1)).toThrow(RangeError);
    expect(() => dict.setSize("J", 3)).toThrow(TypeError);
  });

  it("accepts zero frames", () => {
    const { dict } = make();
    dict.set("boxes", f4(0, 5));
    expect(dict.sizeOf("N")).toBe(0);
    expect(() => dict.set("keypoints", f4(1, 4, 3))).toThrow("len is 0");
  });

  it("remarks on what only a finished dict must fulfil", () => {
    const { dict, log } = make();
    dict.set("boxes", f4(2, 5)).set("paths", ["a"]);
    dict.set("smpl", { betas: f4(2, 10), pose: f4(3, 2, 3) });
    dict.set("paths", ["a", 2]);
    expect(log.map(({ level, key, issue }) => [level, key, issue?.path])).toEqual([
      ["warning", "paths", "paths"],
      ["warning", "smpl", "smpl.pose"],
      ["warning", "paths", "paths[1]"],
    ]);
    expect(log[1]?.message).toContain("axis 0 of (3, 2, 3) is 3, but len is 2");
  });

  it("does not compare sizes that no key states", () => {
    const { dict } = make();
    dict.set("keypoints", f4(2, 4, 3)).set("keypoints_mask", mask(1, 1));
    dict.set("keypoints", f4(2, 6, 3));
    expect((dict.get("keypoints") as NdArray).shape).toEqual([2, 6, 3]);
  });

  it("takes state keys as what they say", () => {
    const { dict } = make({ len: 3, strict: true });
    expect([dict.size, dict.get("len"), dict.strict, dict.has("len")]).toEqual([0, 3, true, false]);
    dict.set("len", -1);
    expect(dict.sizeOf("N")).toBeUndefined();
    expect(refusalOf(() => dict.set("len", 1.5)).message).toContain("-1 when it is not known");
    expect(refusalOf(() => dict.set("packed", true)).message).toContain("pack or unpack");
    expect(refusalOf(() => dict.set("strict", false)).message).toContain("set strict");
  });

  it("keeps keys like __proto__ as any other", () => {
    const { dict } = make();
    dict.set("__proto__", 1);
    expect([...dict.entries()]).toEqual([["__proto__", 1]]);
    expect(Object.entries(dict.toRecord())).toContainEqual(["__proto__", 1]);
  });
});

describe("unsupported keys", () => {
  it("are warned of once for each key, by any dict of the process (Q67)", () => {
    const [first, second] = [make(), make()];
    first.dict.set("extra", 1).set("extra", 2).set("more", 1);
    second.dict.set("extra", 3).set("boxes", f4(1, 5));
    expect(first.log.map(({ level, key }) => [level, key])).toEqual([
      ["warning", "extra"],
      ["warning", "more"],
    ]);
    expect(first.log[0]?.message).toContain("extra is not a supported key of Sample");
    expect(second.log).toEqual([]);
    forgetWarnedKeys();
    second.dict.set("extra", 4);
    expect(second.log).toHaveLength(1);
  });

  it("are refused by strict dicts, which drop them when they become strict", () => {
    const { dict } = make({ extra: 1, fps: 25, more: 2 });
    dict.strict = true;
    expect([...dict.keys()]).toEqual(["fps"]);
    const error = refusalOf(() => dict.set("extra", 1));
    expect(error.code).toBe("unknown-key");
    expect(error.message).toContain("extra is no supported key of Sample");
    expect(() => dict.setRaw("other", 1)).toThrow("other");
    dict.update({ more: 3 });
    dict.strict = true;
    expect([...dict.keys()]).toEqual(["fps", "more"]);
    expect(dict.popUnsupported()).toEqual(["more"]);
    expect(() => {
      dict.strict = 1 as never;
    }).toThrow(TypeError);
  });

  it("vanish from what a strict dict is made of", () => {
    expect([...make({ extra: 1, fps: 25 }, { strict: true }).dict.keys()]).toEqual(["fps"]);
  });

  it("are held to their schema by remarks only", () => {
    const { dict, log } = make({ len: 2 });
    dict.set("other_points", f4(3, 4, 3));
    expect(dict.has("other_points")).toBe(true);
    expect(log.at(-1)?.issue).toMatchObject({ code: "symbol", path: "other_points" });
  });
});

describe("loggers", () => {
  it("are the dict's own, else the process's, else the console (Q46)", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const dict = new CheckedDict(layout);
    dict.set("a", 1);
    expect(() => dict.set("boxes", 1)).toThrow();
    expect(warn.mock.calls).toEqual([[expect.stringContaining("a is not a supported key")]]);
    setLogger(silentLogger);
    dict.set("b", 1);
    expect(warn).toHaveBeenCalledTimes(1);
    const lines: string[] = [];
    dict.logger = ({ level, message }) => lines.push(`${level}: ${message}`);
    dict.set("c", 1);
    expect(() => dict.set("boxes", "x")).toThrow();
    expect(lines).toEqual([expect.stringContaining("warning: c"), "error: boxes: text where an array is needed"]);
    expect(dict.slice([0, 0]).logger).toBe(dict.logger);
    consoleLogger({ level: "info", message: "nothing" });
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });
});

describe("records", () => {
  it("are taken unchecked, and tell sizes (Q19)", () => {
    const { dict } = make({ fps: "no number", boxes: f4(3, 5), gone: undefined });
    expect([dict.get("fps"), dict.sizeOf("N"), [...dict.keys()]]).toEqual(["no number", 3, ["fps", "boxes"]]);
    expect(make(new Map([["fps", 1]])).dict.get("fps")).toBe(1);
    expect(() => make(new Map([[1, 1]]))).toThrow(TypeError);
  });

  it("do not tell sizes by a dict without what it requires", () => {
    expect(make({ smpl: { pose: f4(3, 2, 3) } }).dict.sizeOf("N")).toBeUndefined();
  });

  it("merge with update", () => {
    const { dict } = make({ fps: 1 });
    dict.update({ boxes: f4(2, 5), fps: 2, gone: undefined });
    expect([...dict.entries()].map(([key]) => key)).toEqual(["fps", "boxes"]);
    expect([dict.get("fps"), dict.sizeOf("N")]).toEqual([2, 2]);
  });

  it("come back with state keys first", () => {
    const { dict } = make({ boxes: f4(2, 5), fps: 25 });
    expect(Object.keys(dict.toRecord())).toEqual(["strict", "len", "packed", "boxes", "fps"]);
    expect(dict.toRecord()).toMatchObject({ strict: false, len: 2, packed: false });
    expect(make().dict.toRecord()).toEqual({ strict: false, len: -1, packed: false });
  });

  it("say when the root is no dict", () => {
    expect(() => new CheckedDict({ ...layout, root: { kind: "any", rule: "" } })).toThrow(/Sample is no dict/);
  });
});

describe("inShape", () => {
  const { dict } = make({ boxes: f4(2, 5), fps: 25, keypoints_mask: mask(1, 0) });

  it("crops, pads and keeps axes", () => {
    expect(dict.inShape("boxes", [-1, 2]).toList()).toEqual([
      [0, 1],
      [5, 6],
    ]);
    expect(dict.inShape("boxes", [3, 6], { padding: -1.5 }).slice(2).toList()).toEqual(new Array(6).fill(-1.5));
    expect(dict.inShape("boxes", [-1, -1]).data).not.toBe((dict.get("boxes") as NdArray).data);
  });

  it.each([
    ["no array", "fps", [1], 0, "fps: only an array has a shape"],
    ["an absent key", "boxen", [1], 0, "boxen: there is no such value"],
    ["another number of axes", "boxes", [2], 0, "boxes: "],
    ["size 0 (Q32)", "boxes", [0, 5], 0, "leaves nothing"],
    ["a negative size", "boxes", [-2, 5], 0, "boxes: "],
    ["a padding that the dtype cannot hold (Q30)", "keypoints_mask", [4], 300, "uint8 cannot hold 300"],
  ] as const)("refuses %s", (_, key, shape, padding, message) => {
    expect(() => dict.inShape(key, shape, { padding })).toThrow(message);
  });
});
