import { describe, expect, it } from "vitest";
import { frameSymbol } from "../src/engine/select/axes.js";
import type { FrameRange } from "../src/engine/select/options.js";
import { framesWith, selectWith, sliceWith } from "../src/engine/select/select.js";
import { sizeAlong } from "../src/engine/select/sizes.js";
import type { FieldLayout, Layout } from "../src/layout/layout.js";
import { DefaultDict, OrderedDict, Tuple, type Value } from "../src/value/value.js";
import { any, array, counting, flag, integer, layoutOf, list, lists, object, text } from "./support-select.js";

type Data = Record<string, unknown>;

const one = (field: FieldLayout, defs: Layout["defs"] = {}): Layout => layoutOf({ len: integer, x: field }, {}, defs);
/** Items 1 and 2 of what lies along N. */
const cut = (layout: Layout, record: Data, options = {}): unknown => lists(sliceWith(layout, record, [1, 3], options));

describe("the axis of a value", () => {
  it.each<[string, FieldLayout, unknown, unknown]>([
    [
      "a shape",
      array(["N", 2]),
      counting([3, 2]),
      [
        [2, 3],
        [4, 5],
      ],
    ],
    [
      "a later axis",
      array([2, "N"]),
      counting([2, 3]),
      [
        [1, 2],
        [4, 5],
      ],
    ],
    [
      "an axis behind open ones",
      array(["...", "N"]),
      counting([2, 3]),
      [
        [1, 2],
        [4, 5],
      ],
    ],
    ["an axis before open ones", array(["N", "..."]), counting([3]), [1, 2]],
    [
      "every axis that has the symbol",
      array(["N", "N"]),
      counting([3, 3]),
      [
        [4, 5],
        [7, 8],
      ],
    ],
    ["a shape without the symbol, whatever its sizes", array(["*", 3]), counting([3, 3]), lists(counting([3, 3]))],
    [
      "an outdated shape",
      array(["N", 2, 2], { legacy: [{ shape: ["N", 4], description: "" }] }),
      counting([3, 4]),
      [
        [4, 5, 6, 7],
        [8, 9, 10, 11],
      ],
    ],
    [
      "an outdated shape whose axes are others",
      array(["N", 2], { legacy: [{ shape: [2, "N", 1], description: "" }] }),
      counting([2, 3, 1]),
      [
        [[1], [2]],
        [[4], [5]],
      ],
    ],
    ["the length of a list", list("N"), ["a", "b", "c"], ["b", "c"]],
    ["the length of a list that is an array", list("N"), counting([3]), [1, 2]],
    ["a list of any length", list(undefined), ["a", "b", "c"], ["a", "b", "c"]],
    [
      "items of a list",
      list(undefined, { items: array(["N"]) }),
      [counting([3]), counting([3])],
      [
        [1, 2],
        [1, 2],
      ],
    ],
    ["leading items of a list", list(undefined, { prefix: [array(["N"])], items: false }), [counting([3])], [[1, 2]]],
    [
      "a list and its items",
      list("N", { items: array(["N"]) }),
      [0, 1, 2].map((row) => counting([3], "<f8", 10 * row)),
      [
        [11, 12],
        [21, 22],
      ],
    ],
    [
      "members of an object",
      object({ y: array(["N"]), z: array(["*"]) }),
      { y: counting([3]), z: counting([3]) },
      { y: [1, 2], z: [0, 1, 2] },
    ],
    [
      "members of an object that is a Map",
      object({ y: array(["N"]) }),
      new Map([["y", counting([3])]]),
      new Map([["y", [1, 2]]]),
    ],
    [
      "a symbol that an object binds anew",
      object({ y: array(["N"]), z: list("M") }, { dims: { N: {}, M: {} } }),
      { y: counting([3]), z: [1, 2, 3] },
      { y: [0, 1, 2], z: [1, 2, 3] },
    ],
    ["a branch by its type", { kind: "choice", rule: "", branches: [text, array(["N"])] }, counting([3]), [1, 2]],
    ["another branch", { kind: "choice", rule: "", branches: [text, array(["N"])] }, "abc", "abc"],
    ["a text", text, "abc", "abc"],
    ["a value that no schema describes", any(), counting([3]), [0, 1, 2]],
  ])("is that of %s", (_, field, value, expected) => {
    expect(cut(one(field), { len: 3, x: value })).toEqual({ len: 2, x: expected });
  });

  it("follows references, to itself as well", () => {
    const tree = object({ y: array(["N"]), below: { kind: "ref", rule: "", stored: { as: "list" }, name: "Tree" } });
    const layout = one({ kind: "ref", rule: "", name: "Tree" }, { Tree: tree });
    const value = { y: counting([3]), below: { y: counting([3]), below: { y: counting([3]) } } };
    expect(cut(layout, { x: value })).toEqual({ x: { y: [1, 2], below: { y: [1, 2], below: { y: [1, 2] } } } });
  });

  it("is that of the pattern that a key matches, else of additional members", () => {
    const patterns = [
      { pattern: "_mask$", field: array(["*"]) },
      { pattern: "^kp", field: array(["N"]) },
    ];
    const layout = layoutOf({}, { patterns, additional: list("N") });
    const record = { kp: counting([3]), kp_mask: counting([3]), other: [1, 2, 3] };
    expect(cut(layout, record)).toEqual({ kp: [1, 2], kp_mask: [0, 1, 2], other: [2, 3] });
  });

  it("is found by the shape that items have in a scope of their own, not by a name alone", () => {
    const shared = array(["N"]);
    const layout = layoutOf(
      {
        inner: object({ x: { kind: "ref", rule: "", name: "X" } }, { dims: { N: {} } }),
        x: { kind: "ref", rule: "", name: "X" },
      },
      {},
      { X: shared },
    );
    const record = { inner: { x: counting([5]) }, x: counting([3]) };
    expect(cut(layout, record)).toEqual({ inner: { x: [0, 1, 2, 3, 4] }, x: [1, 2] });
  });
});

describe("follows", () => {
  const open: FieldLayout = array(["*", "..."], { follows: ["N"] });
  it.each<[string, FieldLayout, unknown, unknown]>([
    ["an array of that size", open, counting([3, 1]), [[1], [2]]],
    ["an array of another size", open, counting([2, 3]), lists(counting([2, 3]))],
    ["an array without axes", any("N"), counting([]), 0],
    ["a list", any("N"), ["a", "b", "c"], ["b", "c"]],
    ["a list of another size", any("N"), ["a", "b"], ["a", "b"]],
    ["nothing in a text", any("N"), "abc", "abc"],
    ["nothing in a set", any("N"), new Set([1, 2, 3]), new Set([1, 2, 3])],
    ["nothing in bytes", any("N"), Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3)],
    [
      "members of a dict, one level",
      any("N"),
      new Map<string, Value>([
        ["a", counting([3])],
        ["b", [1, 2]],
        ["c", new Map([["d", [1, 2, 3]]])],
        ["e", "abc"],
      ]),
      new Map<string, unknown>([
        ["a", [1, 2]],
        ["b", [1, 2]],
        ["c", new Map([["d", [1, 2, 3]]])],
        ["e", "abc"],
      ]),
    ],
    [
      "members of an object that somebody wrote by hand",
      any("N"),
      { a: [1, 2, 3], b: { c: [1, 2, 3] } },
      { a: [2, 3], b: { c: [1, 2, 3] } },
    ],
    [
      "members of an object, but dicts inside",
      object({}, { additional: any("N") }),
      { a: [1, 2, 3], b: { c: [1, 2, 3] } },
      { a: [2, 3], b: { c: [1, 2, 3] } },
    ],
    [
      "members of an object that follows itself, but those with a say",
      object({ a: any(), b: array(["*"]), c: any("M"), d: array([3]) }, { follows: ["N"] }),
      { a: [1, 2, 3], b: counting([3]), c: [1, 2, 3], d: counting([3]) },
      { a: [2, 3], b: [1, 2], c: [1, 2, 3], d: [0, 1, 2] },
    ],
    [
      "the branch that is chosen",
      { kind: "choice", rule: "", branches: [array(["*"]), any("N")] },
      ["a", "b", "c"],
      ["b", "c"],
    ],
    [
      "what stands beside a choice rather than its branch",
      { kind: "choice", rule: "", follows: ["N"], branches: [any("M")] },
      ["a", "b", "c"],
      ["b", "c"],
    ],
  ])("cuts %s", (_, field, value, expected) => {
    expect(cut(one(field), { len: 3, x: value })).toEqual({ len: 2, x: expected });
  });

  it("takes the first symbol that has the size, and counts after a stated symbol", () => {
    const dims = { N: { role: "frame" as const, equals: "n" }, M: { equals: "m" } };
    const layout = layoutOf(
      { n: integer, m: integer, a: any("M", "N"), b: list("N", { follows: ["N", "M"] }) },
      { dims },
    );
    const record = { n: 3, m: 2, a: [1, 2, 3], b: ["x", "y"] };
    expect(cut(layout, record)).toEqual({ n: 2, m: 2, a: [2, 3], b: ["x", "y"] });
    expect(lists(sliceWith(layout, record, [1, 2], { along: "M" }))).toEqual({ n: 3, m: 1, a: [1, 2, 3], b: ["y"] });
    expect(lists(sliceWith(layout, { ...record, n: 2, b: [1, 2], a: [1, 2] }, [1, 2]))).toMatchObject({
      a: [1, 2],
      b: [2],
    });
    expect(() => cut(layout, { ...record, b: [1] })).toThrow(
      "b: 3 items along N expected on axis 0, a list of 1 found",
    );
  });

  it("takes symbols whose size one member states for the same", () => {
    const dims = { N: { role: "frame" as const, equals: "len" }, I: { equals: "len" } };
    const layout = layoutOf({ len: integer, a: array(["N"]), b: any("I"), c: any("N", "I") }, { dims });
    const record = { len: 3, a: counting([3]), b: [1, 2, 3], c: [4, 5, 6] };
    expect(cut(layout, record)).toEqual({ len: 2, a: [1, 2], b: [2, 3], c: [5, 6] });
    expect(lists(sliceWith(layout, record, [1, 3], { along: "I" }))).toEqual(cut(layout, record));
    expect(sizeAlong(layout, { a: counting([3]) }, "I")).toBe(3);
  });

  it("keeps what a dict is", () => {
    const factory = new DefaultDict([["a", [1, 2, 3]]]);
    factory.factory = "list";
    const record = { len: 3, x: new OrderedDict([["b", Tuple.of<Value>(1, 2, 3)]]), y: factory };
    const { x, y } = sliceWith(layoutOf({ len: integer }, { additional: any("N") }), record, [1, 3]);
    expect(x).toBeInstanceOf(OrderedDict);
    expect(x.get("b")).toEqual(Tuple.of(2, 3));
    expect(x.get("b")).toBeInstanceOf(Tuple);
    expect(y).toBeInstanceOf(DefaultDict);
    expect(y).toMatchObject({ factory: "list" });
    expect(y.get("a")).toEqual([2, 3]);
  });
});

describe("sizes", () => {
  const layout = layoutOf({
    len: integer,
    boxes: array(["N", 2]),
    paths: list("N"),
    smpl: object({ pose: array(["N", 3]), betas: array(["N"]) }, { required: ["betas"] }),
  });
  it("are what the record states, else that of the first member in the order of the schema", () => {
    expect(sizeAlong(layout, { len: 7, boxes: counting([3, 2]) }, "N")).toBe(7);
    expect(sizeAlong(layout, { len: -1, paths: [1], boxes: counting([3, 2]) }, "N")).toBe(3);
    expect(sizeAlong(layout, { smpl: { betas: counting([4]) } }, "N")).toBe(4);
    expect(sizeAlong(layout, { len: -1, other: counting([3]) }, "N")).toBeUndefined();
    expect(
      sizeAlong(layoutOf({}, { patterns: [{ pattern: "^kp", field: array(["N"]) }] }), { kp: counting([5]) }, "N"),
    ).toBe(5);
    expect(sizeAlong(layoutOf({ x: array(["N"]) }, { dims: { N: { size: [9] } } }), {}, "N")).toBe(9);
  });

  it("are those of fields that have no other choice, and not of packed axes, where there are any", () => {
    const mask = { codec: "mask-pack", axis: 0, mask: "{key}_mask" } as const;
    const dims = { N: { role: "frame" as const }, J: {} };
    const both = layoutOf(
      { a: list("N", { follows: ["J"] }), b: array(["J"], { encoding: [mask] }), c: array(["J", "N"]) },
      { dims },
    );
    expect(sizeAlong(both, { a: [1], b: counting([2]), c: counting([3, 4]) }, "N")).toBe(4);
    expect(sizeAlong(both, { a: [1], b: counting([2]), c: counting([3, 4]) }, "J")).toBe(3);
    expect(sizeAlong(both, { a: [1], b: counting([2]) }, "N")).toBe(1);
    expect(sizeAlong(both, { b: counting([2]) }, "J")).toBe(2);
  });

  it.each([
    [{ len: 9, boxes: counting([2, 2]) }, "boxes: 9 items along N expected on axis 0, float64 array (2, 2) found"],
    [{ boxes: counting([2, 2]), paths: ["a"] }, "paths: 2 items along N expected on axis 0, a list of 1 found"],
    [{ boxes: counting([2, 2]), smpl: { betas: counting([3]) } }, "smpl.betas: 2 items along N expected"],
    [{ len: 2, boxes: counting([2]) }, "boxes: 2 items along N expected, float64 array (2,) found"],
    [{ len: 2, boxes: "ab" }, "boxes: 2 items along N expected, something without axes found"],
    [{ len: 2, smpl: 3 }, "smpl: a dict expected"],
    [{ len: 2.5 }, "len: a size expected, 2.5 found"],
    [{ len: -2 }, "len: a size expected, -2 found"],
    [{ len: "2" }, "len: a size expected, 2 found"],
  ])("must agree: %#", (record, message) => {
    expect(() => sliceWith(layout, record, [0, 1])).toThrow(expect.objectContaining({ code: "mismatch" }));
    expect(() => sliceWith(layout, record, [0, 1])).toThrow(message);
  });

  it("that do not agree leave a value whole on request", () => {
    const record = { len: 2, boxes: counting([2, 2]), paths: ["a", "b", "c"], smpl: { pose: counting([2, 3]) } };
    const kept = { len: 1, boxes: [[0, 1]], paths: ["a", "b", "c"], smpl: { pose: [[0, 1, 2]] } };
    expect(lists(sliceWith(layout, record, [0, 1], { mismatches: "keep" }))).toEqual(kept);
    expect(sliceWith(layout, { len: 2, smpl: 3 }, [0, 1], { mismatches: "keep" })).toEqual({ len: 1, smpl: 3 });
  });

  it("are not guessed for a dict without what the schema requires of it (Q14)", () => {
    const record = { smpl: { pose: counting([2, 3]) } };
    const missing = expect.objectContaining({ code: "missing", path: "smpl", message: 'smpl: "betas" is required' });
    expect(() => sizeAlong(layout, record, "N")).toThrow(missing);
    expect(() => sliceWith(layout, { len: 2, ...record }, [0, 1])).toThrow(missing);
  });

  it("are stated anew where they were stated, and nowhere else", () => {
    const boxes = counting([3, 2]);
    expect(sliceWith(layout, { len: -1, boxes }, [0, 2]).len).toBe(2);
    expect(Object.keys(sliceWith(layout, { boxes }, [0, 2]))).toEqual(["boxes"]);
    expect(sliceWith(layout, { len: -1, other: 1 }, [0, 2])).toEqual({ len: -1, other: 1 });
  });

  it("that are the difference of two members move them", () => {
    const dims = { N: { role: "frame" as const, equals: { minus: ["end", "start"] as const } } };
    const shots = layoutOf({ start: integer, end: integer, x: array(["N"]) }, { dims });
    const record = { start: 100, end: 105, x: counting([5]) };
    expect(lists(sliceWith(shots, record, [2, 4]))).toEqual({ start: 102, end: 104, x: [2, 3] });
    expect(lists(sliceWith(shots, record, [0, null, 2]))).toEqual({ start: 100, end: 103, x: [0, 2, 4] });
    expect(lists(sliceWith(shots, { x: counting([5]) }, [2, 4]))).toEqual({ x: [2, 3] });
    expect(() => sliceWith(shots, { start: 3, end: 1 }, [0, 1])).toThrow("a size expected, -2 found");
  });
});

describe("slicing", () => {
  const layout = layoutOf({ len: integer, x: array(["N"]), y: list("N"), fixed: array(["*"]) });
  const size = 5;
  const bounds = [null, -7, -5, -2, -1, 0, 1, 3, 5, 8];
  it.each([null, 1, 2, 7, -1, -3])("works as Python's slices with step %s", (step) => {
    const items = Array.from({ length: size }, (_, index) => index);
    for (const start of bounds) {
      for (const stop of bounds) {
        const { x, y, len } = sliceWith(layout, { len: size, x: counting([size]), y: items }, [start, stop, step]);
        // The definition: positions from the start on, as long as they are before the stop.
        const by = step ?? 1;
        const place = (bound: number): number =>
          Math.min(Math.max(bound < 0 ? bound + size : bound, by > 0 ? 0 : -1), by > 0 ? size : size - 1);
        const [from, to] = [place(start ?? (by > 0 ? 0 : size)), stop === null ? (by > 0 ? size : -1) : place(stop)];
        const expected: number[] = [];
        for (let at = from; by > 0 ? at < to : at > to; at += by) expected.push(at);
        expect([lists(x), y, len], `${start}:${stop}:${step}`).toEqual([expected, expected, expected.length]);
      }
    }
  });

  it("refuses a step of 0 and bounds that are no integers", () => {
    expect(() => sliceWith(layout, { x: counting([2]) }, [0, 1, 0])).toThrow(
      new RangeError("slice step cannot be zero"),
    );
    expect(() => sliceWith(layout, { x: counting([2]) }, [0.5, 1])).toThrow(RangeError);
  });

  it("gives views, and arrays of its own on request (Q27)", () => {
    const record = { x: counting([5]), fixed: counting([2]) };
    const view = sliceWith(layout, record, [1, 3]);
    view.x.set([0], 77);
    expect(record.x.get(1)).toBe(77);
    expect(view.fixed).toBe(record.fixed);
    const own = sliceWith(layout, record, [1, 3], { copy: true });
    own.x.set([0], 5);
    own.fixed.set([0], 5);
    expect([record.x.get(1), record.fixed.get(0)]).toEqual([77, 0]);
    expect(own.x.isContiguous).toBe(true);
    expect(own.x.data).toHaveLength(2);
  });

  it("changes nothing in the record", () => {
    const record = { len: 3, x: counting([3]), y: [1, 2, 3], extra: { a: 1 } };
    const before = lists(structuredClone({ ...record, x: 0 }));
    sliceWith(layout, record, [1, 2], { copy: true });
    expect({ ...record, x: 0 }).toEqual(before);
    expect(record.x.shape).toEqual([3]);
  });

  it("keeps keys that objects inherit", () => {
    const record = JSON.parse('{"len": 2, "__proto__": [1, 2], "constructor": [3, 4]}') as Data;
    const result = sliceWith(layoutOf({ len: integer }, { additional: any("N") }), record, [1, 2]);
    expect(Object.entries(result)).toEqual([
      ["len", 1],
      ["__proto__", [2]],
      ["constructor", [4]],
    ]);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  it("passes by members that are undefined", () => {
    expect(sliceWith(layout, { x: undefined, y: [1, 2] }, [1, 2] as FrameRange)).toEqual({ y: [2] });
  });

  it("works along any axis of the root", () => {
    const dims = { N: { role: "frame" as const }, J: { role: "keypoint" as const } };
    const both = layoutOf({ kp: array(["N", "J"]), mask: array(["J"]) }, { dims });
    const record = { kp: counting([2, 3]), mask: counting([3]) };
    expect(lists(sliceWith(both, record, [1, null], { along: "J" }))).toEqual({
      kp: [
        [1, 2],
        [4, 5],
      ],
      mask: [1, 2],
    });
    expect(() => sliceWith(both, record, [0, 1], { along: "X" })).toThrow(
      new TypeError('Test has no axis "X" at its root (there are: N, J)'),
    );
  });

  it("says when a data set has no frames, or is no record", () => {
    expect(frameSymbol(layout)).toBe("N");
    expect(() => frameSymbol(layoutOf({}, { dims: { M: { role: "person" } } }))).toThrow(
      "Test has no axis with the role frame",
    );
    expect(() => frameSymbol({ ...layout, root: list("N") })).toThrow(TypeError);
    expect(() => sliceWith({ ...layout, root: flag }, {}, [0, 1])).toThrow("Test is no record");
  });
});

describe("selecting", () => {
  const layout = layoutOf({ len: integer, x: array(["N"]), y: list("N") });
  const record = { len: 4, x: counting([4]), y: Tuple.of<Value>("a", "b", "c", "d") };
  it("takes indices in any order, negative and repeated ones too", () => {
    const result = selectWith(layout, record, [3, 0, -1, 3]);
    expect(lists(result)).toEqual({ len: 4, x: [3, 0, 3, 3], y: ["d", "a", "d", "d"] });
    expect(result.y).toBeInstanceOf(Tuple);
    expect(lists(selectWith(layout, record, Int32Array.of(1)))).toEqual({ len: 1, x: [1], y: ["b"] });
    expect(lists(selectWith(layout, record, []))).toEqual({ len: 0, x: [], y: [] });
  });

  it("takes what a function says yes to", () => {
    expect(lists(selectWith(layout, record, (index) => index % 2 === 1))).toEqual({ len: 2, x: [1, 3], y: ["b", "d"] });
    expect(selectWith(layout, record, () => false).len).toBe(0);
  });

  it.each([4, -5, 0.5, Number.NaN])("refuses index %s", (index) => {
    expect(() => selectWith(layout, record, [0, index])).toThrow(
      new RangeError(`index ${index} is outside of N, which has 4`),
    );
  });

  it("shares no memory", () => {
    const result = selectWith(layout, record, [0, 1]);
    result.x.set([0], 9);
    expect(record.x.get(0)).toBe(0);
  });
});

describe("iterating", () => {
  const layout = layoutOf({ len: integer, x: array(["N"]) });
  const sizes = (count: number, batch?: number): unknown[] =>
    [...framesWith(layout, { len: count, x: counting([count]) }, { batch })].map(({ len, x }) => [len, lists(x)]);
  it("gives one item at a time, or windows, the last one smaller", () => {
    expect(sizes(3)).toEqual([
      [1, [0]],
      [1, [1]],
      [1, [2]],
    ]);
    expect(sizes(5, 2)).toEqual([
      [2, [0, 1]],
      [2, [2, 3]],
      [1, [4]],
    ]);
    expect(sizes(2, 9)).toEqual([[2, [0, 1]]]);
    expect(sizes(0)).toEqual([]);
    expect([...framesWith(layout, { other: 1 })]).toEqual([]);
  });

  it("fails at once, not at the first item", () => {
    expect(() => framesWith(layout, { len: 2, x: counting([3]) })).toThrow("2 items along N expected");
    for (const batch of [0, -1, 1.5, Number.NaN]) expect(() => framesWith(layout, {}, { batch })).toThrow(RangeError);
  });

  it("gives views", () => {
    const x = counting([3]);
    for (const frame of framesWith(layout, { x })) frame.x.set([0], 7);
    expect(x.toList()).toEqual([7, 7, 7]);
  });
});
