import { describe, expect, it } from "vitest";
import { concatWith } from "../src/engine/select/concat.js";
import { sameValue } from "../src/engine/select/equal.js";
import type { ConcatOptions } from "../src/engine/select/options.js";
import { sliceWith, splitWith } from "../src/engine/select/select.js";
import type { FieldLayout, KeypointAxis } from "../src/layout/layout.js";
import { dtype, textType } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { Complex, Float, Instance, NumpyScalar, Range, Tuple, type Value } from "../src/value/value.js";
import {
  any,
  array,
  counting,
  flag,
  images,
  integer,
  layoutOf,
  list,
  lists,
  object,
  pairs,
  text,
} from "./support-select.js";

type Data = Record<string, unknown>;

const keypoints: KeypointAxis = { axis: 1, field: "{key}_convention", default: "four", counts: {} };
const packing = { codec: "mask-pack", axis: 1, mask: "{key}_mask", when: "packed" } as const;
const points: FieldLayout = array(["N", "*"], { keypoints, encoding: [packing] });
const layout = layoutOf(
  {
    strict: flag,
    packed: flag,
    len: integer,
    x: array(["N"]),
    names: list("N"),
    title: text,
    limit: any(),
    kp: points,
    kp_mask: array(["*"]),
    kp_convention: text,
    smpl: object({ betas: array(["N"]) }, { required: ["betas"], additional: any("N") }),
    free: any("N"),
  },
  {
    closed: { when: "strict" },
    patterns: [
      { pattern: "_mask$", field: array(["*"]) },
      { pattern: "^kp_", field: points },
    ],
  },
);
const concat = (records: Data[], options?: ConcatOptions): unknown => lists(concatWith<Data>(layout, records, options));

describe("joining", () => {
  it("appends arrays and lists, joins dicts member by member, and sums what is stated", () => {
    const first = {
      len: 1,
      x: counting([1]),
      names: ["a"],
      smpl: { betas: counting([1]), tag: [1] },
      free: new Map([["k", [1]]]),
    };
    const second = {
      len: 2,
      x: counting([2]),
      names: ["b", "c"],
      smpl: { betas: counting([2]), tag: [2, 3] },
      free: new Map([["k", [2, 3]]]),
    };
    expect(concat([first, second])).toEqual({
      len: 3,
      x: [0, 0, 1],
      names: ["a", "b", "c"],
      smpl: { betas: [0, 0, 1], tag: [1, 2, 3] },
      free: new Map([["k", [1, 2, 3]]]),
    });
  });

  it("is the inverse of splitting", () => {
    const whole = { len: 10, x: counting([10]), names: [..."abcdefghij"], title: "t", smpl: { betas: counting([10]) } };
    expect(concat(splitWith<Data>(layout, whole, [0.5, 0.3, 0.2]))).toEqual(lists(whole));
    const persons = {
      images: 3,
      persons: 6,
      ranges: pairs("<i8", [0, 2], [2, 3], [3, 6]),
      boxes: counting([6, 2]),
      sizes: counting([3]),
    };
    const parts = [sliceWith(images, persons, [0, 1]), sliceWith(images, persons, [1, 3])];
    expect(lists(concatWith(images, parts))).toEqual(lists(persons));
  });

  it("gives what numpy's promotion gives", () => {
    const types = (a: string, b: string): unknown => {
      const field = layoutOf({ x: array(["N"]) });
      return concatWith(field, [{ x: counting([2], a) }, { x: counting([1], b, 5) }]).x.type.descr;
    };
    expect(types("<f4", "<f8")).toBe("<f8");
    expect(types("<f4", "<i8")).toBe("<f8");
    expect(types(">f4", "<f4")).toBe("<f4");
    expect(types("|u1", "|i1")).toBe("<i2");
  });

  it("makes lists of tuples, and one list of both", () => {
    const { names } = concatWith(layout, [{ names: Tuple.of<Value>("a") }, { names: ["b"] }]);
    expect(names).toEqual(["a", "b"]);
    expect(names).not.toBeInstanceOf(Tuple);
  });

  it("keeps the order of the first record, then that of the later ones (Q58)", () => {
    const x = counting([1]);
    const records: Data[] = [
      { title: "t", x },
      { limit: 3, len: 1, x },
      { extra: 1, x, title: "t" },
    ];
    expect(Object.keys(concatWith(layout, records))).toEqual(["title", "x", "limit", "len", "extra"]);
  });

  it("shares nothing with the records, even when there is only one", () => {
    const x = counting([2]);
    concatWith(layout, [{ x }]).x.set([0], 9);
    expect(x.get(0)).toBe(0);
    expect(() => concatWith(layout, [])).toThrow(new RangeError("no records to join"));
  });

  it("works along later axes and any symbol", () => {
    const both = layoutOf({ y: array([2, "N"]) });
    expect(lists(concatWith(both, [{ y: counting([2, 1]) }, { y: counting([2, 2]) }]))).toEqual({
      y: [
        [0, 0, 1],
        [1, 2, 3],
      ],
    });
    const square = layoutOf({ y: array(["N", "N"]) });
    expect(() => concatWith(square, [{ y: counting([1, 1]) }])).toThrow(
      expect.objectContaining({ code: "unsupported" }),
    );
  });

  it("takes records without items for nothing", () => {
    const { x } = concatWith<Data>(layout, [{ len: 0 }, { len: 2, x: counting([2]) }, {}]) as { x: NdArray };
    expect(x.toList()).toEqual([0, 1]);
    expect(concat([{ len: -1 }, { len: -1, title: "t" }])).toEqual({ len: -1, title: "t" });
    expect(concat([{ len: -1 }, { len: -1, x: counting([2]) }])).toEqual({ len: 2, x: [0, 1] });
  });

  it("joins lists of one length whose items lie along the axis", () => {
    const cameras = layoutOf({ cameras: list(undefined, { items: object({ x: array(["N"]), name: text }) }) });
    const views = (...from: number[]): Data => ({
      cameras: from.map((at) => ({ x: counting([1], "<f8", at), name: "n" })),
    });
    expect(lists(concatWith<Data>(cameras, [views(1, 2), views(3, 4)]))).toEqual({
      cameras: [
        { x: [1, 3], name: "n" },
        { x: [2, 4], name: "n" },
      ],
    });
    expect(() => concatWith<Data>(cameras, [views(1, 2), views(3)])).toThrow("lists of one length expected");
  });

  it("moves the ranges of later records, in a dtype that holds them (Q53)", () => {
    const part = (type: string): Data => ({
      images: 2,
      persons: 200,
      ranges: pairs(type, [0, 100], [100, 200]),
      boxes: counting([200, 2]),
    });
    const {
      ranges,
      images: count,
      persons,
    } = concatWith<Data>(images, [part("|u1"), part("|u1")]) as { [key: string]: NdArray };
    expect([count, persons, ranges?.dtype]).toEqual([4, 400, "int64"]);
    expect(ranges?.toJSON()).toEqual([
      [0, 100],
      [100, 200],
      [200, 300],
      [300, 400],
    ]);
    expect((concatWith<Data>(images, [part("<i4"), part("|u1")])["ranges"] as NdArray).dtype).toBe("int32");
    expect(() => concatWith<Data>(images, [part("<i4")], { along: "N" })).toThrow("join along I");
  });

  it("takes a value that could lie along two symbols for what the others are", () => {
    const clear = { ranges: pairs("<i8", [0, 2], [2, 3]), boxes: counting([3, 2]), paths: ["a", "b"] };
    const either = { ranges: pairs("<i8", [0, 1]), boxes: counting([1, 2]), paths: ["c"] };
    expect(lists(concatWith(images, [clear, either]))).toMatchObject({ paths: ["a", "b", "c"] });
    expect(lists(concatWith(images, [either, clear]))).toMatchObject({ paths: ["c", "a", "b"] });
  });
});

describe("what cannot be joined", () => {
  it.each<[string, Data[], string]>([
    ["kinds", [{ x: counting([2]) }, { x: ["a"] }], "x: "],
    [
      "kinds of constants",
      [{ limit: 1 }, { limit: "1" }],
      'limit: values of one kind expected, found 1 in record 0, "1" in record 1',
    ],
    [
      "constants",
      [{ title: "a" }, { title: "b" }],
      'title: equal constants expected, found "a" in record 0, "b" in record 1',
    ],
    [
      "constants of dicts",
      [{ smpl: { betas: counting([1]), n: 1 } }, { smpl: { betas: counting([1]), n: 2 } }],
      "smpl.n: equal constants expected",
    ],
    [
      "conventions",
      [{ kp_convention: "a" }, { kp_convention: "b" }],
      'kp_convention: one convention expected, found "a" in record 0, "b" in record 1',
    ],
    [
      "shapes",
      [{ kp: counting([1, 2]) }, { kp: counting([1, 3]) }],
      "kp: shapes (1, 2) and (1, 3) differ in more than axis 0: cannot join float64 (1, 2), float64 (1, 3)",
    ],
    [
      "types",
      [{ x: counting([1]) }, { x: NdArray.from<"string">(textType("string", 1), ["a"]) }],
      "x: float64 and string of 1 have no type in common",
    ],
    [
      "members",
      [{ x: counting([1]), names: ["a"] }, { x: counting([2]) }],
      "names: items along N that only some records have: not record 1",
    ],
    [
      "members of dicts",
      [{ smpl: { betas: counting([1]), tag: [1] } }, { smpl: { betas: counting([2]) } }],
      "smpl.tag: items along N that only some records have",
    ],
    [
      "dicts",
      [{ x: counting([1]), smpl: { betas: counting([1]) } }, { x: counting([2]) }],
      "smpl.betas: items along N that only some records have",
    ],
    [
      "places",
      [
        { len: 2, free: [1, 2] },
        { len: 2, free: [1, 2, 3] },
      ],
      "free: items that lie along an axis in some records only",
    ],
    ["masks", [{ kp_mask: counting([2]) }, { kp_mask: counting([3]) }], "kp_mask: masks of 2 and 3"],
    ["sizes", [{ len: 2, x: counting([3]) }], "x: 2 items along N expected"],
  ])("names the key: %s", (_, records, message) => {
    expect(() => concat(records)).toThrow(expect.objectContaining({ name: "FormatError", code: "mismatch" }));
    expect(() => concat(records)).toThrow(message);
  });

  it("takes the first constant on request", () => {
    expect(
      concat(
        [
          { len: 1, title: "a" },
          { len: 1, title: "b", limit: 3 },
        ],
        { constants: "first" },
      ),
    ).toEqual({ len: 2, title: "a", limit: 3 });
    expect(() => concat([{ x: counting([1]), names: ["a"] }, { x: counting([2]) }], { constants: "first" })).toThrow(
      "names",
    );
  });
});

describe("suffixes", () => {
  const suffix = { constants: "suffix" } as const;
  it("keep constants apart, equal ones too, and one that is alone under its name (Q59, Q61)", () => {
    expect(concat([{ title: "a", limit: 1 }, { title: "a" }], suffix)).toEqual({
      title_0: "a",
      title_1: "a",
      limit: 1,
    });
    expect(concat([{ title: "a" }, {}, { title: "ab" }], suffix)).toEqual({ title_0: "a", title_2: "ab" });
    expect(
      concat(
        [
          { len: 2, title: "ab" },
          { len: 3, title: "abc" },
        ],
        suffix,
      ),
    ).toEqual({ len: 5, title_0: "ab", title_1: "abc" });
  });

  it("keep values apart that lie along the axis in some records only", () => {
    expect(concat([{ x: counting([1]), names: ["a"] }, { x: counting([2]) }], suffix)).toEqual({
      x: [0, 0, 1],
      names_0: ["a"],
    });
    expect(
      concat(
        [
          { len: 2, free: [1, 2] },
          { len: 2, free: [1] },
        ],
        suffix,
      ),
    ).toEqual({ len: 4, free_0: [1, 2], free_1: [1] });
    expect(
      concat(
        [
          { x: counting([1]), free: new Map() },
          { x: counting([1]), smpl: { betas: counting([1]) } },
        ],
        suffix,
      ),
    ).toEqual({
      x: [0, 0],
      free: new Map(),
      smpl_1: { betas: [0] },
    });
  });

  it("are for members of dicts that all have, but members that one has are copied", () => {
    const records = [{ smpl: { betas: counting([1]), tag: [1], n: 1 } }, { smpl: { betas: counting([2]), n: 2 } }];
    expect(concat(records, suffix)).toEqual({ smpl: { betas: [0, 0, 1], tag: [1], n_0: 1, n_1: 2 } });
  });

  it("leave masks, conventions and sizes alone, and open the record to the new keys", () => {
    const record = { strict: true, packed: false, len: 1, kp_mask: counting([2]), kp_convention: "a" };
    const kp = { kp: counting([1, 2]) };
    expect(concat([record, { ...record, ...kp }], suffix)).toEqual({
      strict: false,
      packed: false,
      len: 2,
      kp_mask: [0, 1],
      kp_convention: "a",
      kp_1: [[0, 1]],
    });
  });

  it("that give two values one name are refused", () => {
    expect(() => concat([{ title: "a", title_1: "b" }, { title: "c" }], suffix)).toThrow(
      "title_1: two values would get this name",
    );
  });
});

describe("what members say about others", () => {
  const mask = (...values: number[]): NdArray => NdArray.from("uint8", Uint8Array.from(values));
  it("multiplies masks, also those of patterns, in numpy's type (Q62)", () => {
    const first = { kp_mask: mask(1, 1, 0), kp_other_mask: mask(1, 0), x_mask: mask(1, 1) };
    const second = {
      kp_mask: NdArray.from("bool", Uint8Array.of(1, 0, 1)),
      kp_other_mask: mask(1, 1),
      x_mask: mask(1, 1),
    };
    const result = concatWith<Data>(layout, [first, second]) as { [key: string]: NdArray };
    expect(lists(result)).toEqual({ kp_mask: [1, 0, 0], kp_other_mask: [1, 0], x_mask: [1, 1] });
    expect(result["kp_mask"]?.dtype).toBe("uint8");
    const bools = NdArray.from("bool", Uint8Array.of(1, 0));
    expect(concatWith(layout, [{ kp_mask: bools }, { kp_mask: bools }]).kp_mask.toList()).toEqual([true, false]);
    // No mask of anything, so a constant.
    expect(() => concat([{ x_mask: mask(1, 0) }, { x_mask: mask(1, 1) }])).toThrow("x_mask: equal constants expected");
  });

  it("joins packed records when their masks are equal", () => {
    const record = (...ones: number[]): Data => ({ packed: true, kp: counting([1, 2]), kp_mask: mask(...ones) });
    expect(concat([record(1, 0, 1), record(1, 0, 1)])).toEqual({
      packed: true,
      kp: [
        [0, 1],
        [0, 1],
      ],
      kp_mask: [1, 0, 1],
    });
    expect(() => concat([record(1, 0, 1), record(1, 1, 0)])).toThrow(
      "kp: packed by different masks: unpack the records first",
    );
  });

  it("leaves records unpacked whose masks differ: packing by the product would lose what one of them kept", () => {
    const record = (...ones: number[]): Data => ({ packed: true, kp: counting([1, 3]), kp_mask: mask(...ones) });
    expect(concat([record(1, 0, 1), record(1, 0, 1)])).toMatchObject({ packed: true, kp_mask: [1, 0, 1] });
    expect(concat([record(1, 0, 1), record(1, 1, 0)])).toMatchObject({ packed: false, kp_mask: [1, 0, 0] });
    expect(concat([record(1, 0, 1), { ...record(1, 1, 0), packed: false }])).toMatchObject({ packed: false });
  });

  it("keeps the flag of a closed record when all have it", () => {
    expect(concat([{ strict: true }, { strict: true }])).toEqual({ strict: true });
    expect(concat([{ strict: true }, { strict: false }])).toEqual({ strict: false });
  });

  it("wants one size of the other axes", () => {
    const dims = { N: { role: "frame" as const }, J: { equals: "joints" } };
    const both = layoutOf({ joints: integer, x: array(["N", "J"]) }, { dims });
    const record = (joints: number): Data => ({ joints, x: counting([1, joints]) });
    expect(concatWith(both, [record(2), record(2)], { constants: "suffix" })).toMatchObject({ joints: 2 });
    expect(() => concatWith(both, [record(2), record(3)], { constants: "suffix" })).toThrow(
      "joints: equal constants expected, found 2 in record 0, 3 in record 1",
    );
  });
});

describe("equal constants", () => {
  const int = (value: bigint): NumpyScalar => new NumpyScalar(dtype("<i8"), value);
  const instance = (state: Value): Instance => Object.assign(new Instance("m", "C"), { state });
  it.each<[unknown, unknown]>([
    [1, new Float(1)],
    [Number.NaN, Number.NaN],
    [int(5n), 5],
    [2n ** 70n, 2n ** 70n],
    [counting([2, 2]), counting([2, 2])],
    [NdArray.from("float64", Float64Array.of(Number.NaN)), NdArray.from("float64", Float64Array.of(Number.NaN))],
    [NdArray.from("complex128", Float64Array.of(1, 2)), NdArray.from("complex128", Float64Array.of(1, 2))],
    [
      new Map<string, Value>([
        ["a", 1],
        ["b", [2]],
      ]),
      new Map<string, Value>([
        ["b", [2]],
        ["a", 1],
      ]),
    ],
    [new Map([["a", 1]]), { a: 1 }],
    [new Map([[Tuple.of<Value>(1, 2), "x"]]), new Map([[Tuple.of<Value>(1, 2), "x"]])],
    [new Set([1, 2]), new Set([1, 2])],
    [Uint8Array.of(1), Uint8Array.of(1)],
    [new Complex(1, 2), new Complex(1, 2)],
    [new Range(0, 3, 1), new Range(0, 3, 1)],
    [instance(null), instance(null)],
  ])("%# are found", (a, b) => expect(sameValue(a, b)).toBe(true));

  it.each<[unknown, unknown]>([
    [1, "1"],
    [1, true],
    [null, undefined],
    [[1], Tuple.of(1)],
    [[1], [1, 2]],
    [counting([2]), counting([2], "<f4")],
    [counting([2]), counting([2, 1])],
    [counting([2]), [0, 1]],
    [counting([2]), counting([2], "<f8", 1)],
    [new Map([["a", 1]]), new Map([["b", 1]])],
    [
      new Map([["a", 1]]),
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    ],
    [new Set([1]), new Set([2])],
    [Uint8Array.of(1), Uint8Array.of(2)],
    [Uint8Array.of(1), Uint8Array.of(1, 2)],
    [new Complex(1, 2), new Complex(1, 3)],
    [new Range(0, 3, 1), new Range(0, 3, 2)],
    [instance(1), instance(2)],
    [new Date(1), new Date(1)],
  ])("%# are told apart", (a, b) => expect(sameValue(a, b)).toBe(false));

  it("may contain themselves, and be nested as deep as files allow", () => {
    const loop = (): unknown[] => {
      const list: unknown[] = [1];
      list.push(list);
      return list;
    };
    expect(sameValue(loop(), loop())).toBe(true);
    const deep = (leaf: number): unknown => {
      let value: unknown = leaf;
      for (let i = 0; i < 20_000; i++) value = [value];
      return value;
    };
    expect([sameValue(deep(1), deep(1)), sameValue(deep(1), deep(2))]).toEqual([true, false]);
  });
});
