import { beforeEach, describe, expect, it } from "vitest";
import { CheckedDict } from "../src/dict/checked-dict.js";
import { forgetWarnedKeys } from "../src/dict/logger.js";
import type { Layout, ObjectLayout } from "../src/layout/layout.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { f4, layout, make, mask, refusalOf } from "./support-dict.js";

beforeEach(forgetWarnedKeys);

const source = () => ({ keypoints: f4(2, 4, 3), keypoints_mask: mask(1, 0, 0, 1), fps: 25 });
const shapeOf = (value: unknown) => (value as NdArray).shape;
const list = (value: unknown) => (value as NdArray).toList();

describe("pack and unpack", () => {
  it("leave out what masks leave out, and say how much of it was not zero (Q33)", () => {
    const { dict, log } = make(source());
    expect(dict.pack()).toBe(4);
    expect(log.map(({ level, message }) => [level, message])).toEqual([
      ["info", "keypoints: 4 rows that are not zero were left out, as keypoints_mask says"],
    ]);
    expect([dict.packed, dict.get("packed")]).toEqual([true, true]);
    expect(list(dict.getRaw("keypoints"))).toEqual([
      [
        [0, 1, 2],
        [9, 10, 11],
      ],
      [
        [12, 13, 14],
        [21, 22, 23],
      ],
    ]);
    dict.unpack();
    expect(dict.packed).toBe(false);
    expect(list(dict.get("keypoints"))).toEqual([
      [
        [0, 1, 2],
        [0, 0, 0],
        [0, 0, 0],
        [9, 10, 11],
      ],
      [
        [12, 13, 14],
        [0, 0, 0],
        [0, 0, 0],
        [21, 22, 23],
      ],
    ]);
    expect(dict.pack()).toBe(0);
  });

  it.each([
    ["float64", new Float64Array(6), Number.NaN],
    ["float16", new Uint16Array(6), -2],
    ["int64", new BigInt64Array(6), 1n],
  ] as const)("count rows of %s that are lost", (dtype, data, value) => {
    const array = NdArray.from(dtype, data as never, [1, 2, 3]);
    const dict = new CheckedDict<Record<string, unknown>>(ANY_POINTS, { k: array, k_mask: mask(1, 0) });
    expect(dict.pack()).toBe(0);
    dict.unpack();
    const changed = (dict.get("k") as NdArray).copy();
    changed.set([0, 1, 2], value as never);
    expect(dict.update({ k: changed }).pack()).toBe(1);
  });

  it.each([
    ["without a mask", { keypoints: f4(2, 4, 3) }, "missing", "its mask keypoints_mask is missing"],
    ["with a mask of another length", { ...source(), keypoints_mask: mask(1, 0) }, "encoding", "keypoints_mask has 2"],
    ["with other than 0 and 1 (Q34)", { ...source(), keypoints_mask: mask(1, 0, 2, 1) }, "encoding", "found 2 at 2"],
    ["with a mask that is none", { ...source(), keypoints_mask: [1, 0, 0, 1] }, "type", "a mask is an array"],
    ["with a mask of two axes", { ...source(), keypoints_mask: f4(2, 2) }, "encoding", "a mask has one axis"],
  ] as const)("refuse to pack %s, and change nothing", (_, record, code, message) => {
    const { dict } = make(record);
    const error = refusalOf(() => dict.pack());
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect([dict.packed, shapeOf(dict.getRaw("keypoints"))]).toEqual([false, [2, 4, 3]]);
  });

  it("refuse arrays with a number of axes that others cannot unpack (Q35)", () => {
    const { dict } = make(source(), {}, { packedRank: 4 });
    expect(refusalOf(() => dict.pack()).message).toContain("4 axes is needed for packing, (2, 4, 3) found");
  });

  it("refuse to be done twice", () => {
    const { dict } = make(source());
    expect(refusalOf(() => dict.unpack()).message).toContain("arrays are not packed");
    dict.pack();
    expect(refusalOf(() => dict.pack()).message).toContain("packed already");
  });

  it("have no meaning where nothing is packed", () => {
    const plain: Layout = { ...layout, root: { ...layout.root, properties: {}, patterns: [] } as never };
    expect(() => new CheckedDict(plain).pack()).toThrow(TypeError);
  });

  it("say which mask is gone", () => {
    const { dict, log } = make(source());
    dict.pack();
    dict.delete("keypoints_mask");
    expect(shapeOf(dict.get("keypoints"))).toEqual([2, 2, 3]);
    expect(refusalOf(() => dict.unpack()).code).toBe("missing");
    expect(log.at(-1)).toMatchObject({ level: "error", key: "keypoints" });
    expect(dict.packed).toBe(true);
  });
});

describe("a packed dict", () => {
  const packed = () => {
    const made = make(source());
    made.dict.pack();
    made.log.length = 0;
    return made;
  };

  it("unpacks what is read, into fresh arrays (Q40)", () => {
    const { dict } = packed();
    expect(shapeOf(dict.get("keypoints"))).toEqual([2, 4, 3]);
    expect(dict.get("keypoints")).not.toBe(dict.get("keypoints"));
    expect(new Map(dict).get("keypoints")).toBeInstanceOf(NdArray);
    expect([...dict.values()].map((value) => (value instanceof NdArray ? value.shape : value))).toEqual([
      [2, 4, 3],
      [4],
      25,
    ]);
    expect(shapeOf(new Map(dict.rawEntries()).get("keypoints"))).toEqual([2, 2, 3]);
    expect(shapeOf(dict.toRecord()["keypoints"])).toEqual([2, 4, 3]);
    expect(shapeOf(dict.toRecord({ form: "stored" })["keypoints"])).toEqual([2, 2, 3]);
    expect(shapeOf(dict.inShape("keypoints", [1, -1, -1]))).toEqual([1, 2, 3]);
    expect(shapeOf(dict.inShape("keypoints", [1, -1, -1], { form: "logical" }))).toEqual([1, 4, 3]);
  });

  it("unpacks a window alone", () => {
    const { dict } = packed();
    const part = dict.get("keypoints", { window: { N: [1, 9] } }) as NdArray;
    expect(part.shape).toEqual([1, 4, 3]);
    expect(part.data).toHaveLength(12);
    expect(list(part.slice(0, 3))).toEqual([21, 22, 23]);
  });

  it("packs what is set", () => {
    const { dict } = packed();
    dict.set("keypoints", f4(2, 4, 3));
    expect(shapeOf(dict.getRaw("keypoints"))).toEqual([2, 2, 3]);
    expect(refusalOf(() => dict.set("keypoints", f4(2, 2, 3))).message).toContain("keypoints_mask has 4");
    const error = refusalOf(() => dict.set("other_one", f4(2, 4, 3)));
    expect(error.message).toContain("its mask other_one_mask is missing");
    expect(dict.has("other_one")).toBe(false);
  });

  it("takes what is packed already, with a row for each 1 (Q39)", () => {
    const { dict } = packed();
    dict.setRaw("keypoints", f4(2, 2, 3));
    expect(list((dict.get("keypoints") as NdArray).slice(0, 3))).toEqual([3, 4, 5]);
    expect(refusalOf(() => dict.setRaw("keypoints", f4(2, 3, 3))).message).toContain("keypoints_mask has 2 ones");
    expect(() => dict.update({ keypoints: f4(2, 3, 3) })).toThrow("2 ones");
    expect(shapeOf(dict.getRaw("keypoints"))).toEqual([2, 2, 3]);
  });

  it("locks masks for every setter (Q37, Q38)", () => {
    const { dict, log } = packed();
    dict.set("keypoints_mask", mask(1, 1, 1, 1)).setRaw("keypoints_mask", mask(1, 1, 1, 1));
    dict.update({ keypoints_mask: mask(1, 1, 1, 1), fps: 30 });
    dict.set("other_one_mask", mask(1));
    const locked = log.filter(({ message }) => message.includes("cannot be changed"));
    expect(locked.map(({ key }) => key)).toEqual([
      "keypoints_mask",
      "keypoints_mask",
      "keypoints_mask",
      "other_one_mask",
    ]);
    expect([[...(dict.get("keypoints_mask") as NdArray)], dict.get("fps")]).toEqual([[1, 0, 0, 1], 30]);
    expect(dict.has("other_one_mask")).toBe(false);
    expect(refusalOf(() => dict.set("keypoints_mask", [1])).code).toBe("type");
    expect(refusalOf(() => dict.generateMasks()).message).toContain("masks are locked");
    dict.set("unrelated_mask", 1);
    expect(dict.get("unrelated_mask")).toBe(1);
  });

  it("is made of a record that says so, in either form", () => {
    const logical = make({ ...source(), packed: true });
    expect(shapeOf(logical.dict.getRaw("keypoints"))).toEqual([2, 2, 3]);
    const stored = make(logical.dict.toRecord({ form: "stored" }), { form: "stored" });
    expect(shapeOf(stored.dict.get("keypoints"))).toEqual([2, 4, 3]);
    expect(stored.dict.packed).toBe(true);
  });
});

describe("generateMasks", () => {
  const points = (dtype: "float32" | "float64") => {
    const values = [5, 5, 0, 6, 6, Number.NaN, 7, 7, -1, 8, 8, 0, 9, 9, 0, 1, 1, 0, 2, 2, 0.1, 3, 3, 0];
    return NdArray.from(dtype, (dtype === "float32" ? Float32Array : Float64Array).from(values) as never, [2, 4, 3]);
  };

  it.each(["float32", "float64"] as const)("has a 1 where some frame is confident (%s)", (dtype) => {
    const { dict } = make({ keypoints: points(dtype) });
    dict.generateMasks();
    expect([...(dict.get("keypoints_mask") as NdArray)]).toEqual([0, 0, 1, 0]);
    expect((dict.get("keypoints_mask") as NdArray).dtype).toBe("uint8");
  });

  it("takes views as they are", () => {
    const { dict } = make({ keypoints: points("float64").slice([1, 2], [null, null, -1]) as never });
    dict.generateMasks("keypoints");
    expect([...(dict.get("keypoints_mask") as NdArray)]).toEqual([0, 1, 0, 0]);
  });

  it("refuses keys that are absent, no keypoints or no text, and arrays without frames", () => {
    const { dict } = make({ keypoints: f4(0, 4, 3), fps: 1 });
    expect(refusalOf(() => dict.generateMasks("nope")).code).toBe("missing");
    expect(refusalOf(() => dict.generateMasks(["fps"])).code).toBe("type");
    expect(() => dict.generateMasks(3 as never)).toThrow(TypeError);
    expect(refusalOf(() => dict.generateMasks()).message).toContain("(0, 4, 3)");
  });
});

/** A data set whose key `k` is packed along axis 1 in any dtype. */
const ANY_POINTS: Layout = {
  ...layout,
  root: {
    ...(layout.root as ObjectLayout),
    dims: {},
    properties: {
      packed: { kind: "scalar", rule: "/packed", types: ["boolean"] },
      k: {
        kind: "array",
        rule: "/k",
        dtype: ["float64", "float16", "int64"],
        shape: ["*", "*", "*"],
        encoding: [{ codec: "mask-pack", axis: 1, mask: "{key}_mask", when: "packed" }],
      },
    },
    patterns: [],
  },
};
