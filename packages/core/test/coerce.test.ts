import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { arrayOf, asArray } from "../src/codec/npz/coerce.js";
import { npz } from "../src/codec/npz/index.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { promote } from "../src/ndarray/promote.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { settle } from "../src/tree/settle.js";
import { arrayNode } from "../src/tree/value-node.js";
import {
  ByteArray,
  Complex,
  DefaultDict,
  Float,
  FrozenSet,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Tuple,
  type Value,
} from "../src/value/value.js";
import { text } from "./support-io.js";
import { describeWithNumpy, python, withFolder } from "./support-python.js";

const f4 = (value: number): NumpyScalar => new NumpyScalar(dtype("<f4"), value);
const i1 = (value: number): NumpyScalar => new NumpyScalar(dtype("|i1"), value);
const row = (...values: number[]): NdArray => NdArray.from("float32", Float32Array.from(values));

/** [value, Python's spelling of it]: savez stores both in the same way. */
const SAME: readonly [Value, string][] = [
  [true, "True"],
  [3, "3"],
  [-(2n ** 63n), "-2**63"],
  [2n ** 63n, "2**63"],
  [0.5, "0.5"],
  [new Float(3), "3.0"],
  [-0, "-0.0"],
  [Number.NaN, "float('nan')"],
  [new Complex(1, -2), "1-2j"],
  ["", "''"],
  ["naïve 😀", "'naïve 😀'"],
  [text(""), "b''"],
  [text("ab"), "b'ab'"],
  [new ByteArray([1, 2]), "bytearray([1, 2])"],
  [f4(1.5), "np.float32(1.5)"],
  [new NumpyScalar(dtype("<M8[D]"), 12345n), "np.datetime64(12345, 'D')"],
  [new NumpyScalar(dtype("<U3"), "abc"), "np.str_('abc')"],
  [[], "[]"],
  [[[], []], "[[], []]"],
  [[true, false], "[True, False]"],
  [[1, 2, 3], "[1, 2, 3]"],
  [new Tuple<Value>(), "()"],
  [Tuple.of<Value>(1, 2), "(1, 2)"],
  [[true, 2], "[True, 2]"],
  [[1, 2.5], "[1, 2.5]"],
  [[true, 0.5], "[True, 0.5]"],
  [[new Complex(1, 2), 3], "[1+2j, 3]"],
  [[2n ** 63n, 2n ** 64n - 1n], "[2**63, 2**64-1]"],
  [[-(2n ** 63n), 2n ** 63n - 1n], "[-2**63, 2**63-1]"],
  [
    [
      [1, 2],
      [3, 4],
    ],
    "[[1, 2], [3, 4]]",
  ],
  [[Tuple.of<Value>(1, 2), [3, 4.5]], "[(1, 2), [3, 4.5]]"],
  [["a", "bcd", ""], "['a', 'bcd', '']"],
  [[text("a"), text("bc")], "[b'a', b'bc']"],
  [[f4(1), f4(2)], "[np.float32(1), np.float32(2)]"],
  [[f4(1), 2.5], "[np.float32(1), 2.5]"],
  [[i1(1), i1(-2)], "[np.int8(1), np.int8(-2)]"],
  [[i1(1), f4(2)], "[np.int8(1), np.float32(2)]"],
  [[row(1, 2), row(3, 4)], "[np.float32([1, 2]), np.float32([3, 4])]"],
  [[row(1, 2), [3, 4]], "[np.float32([1, 2]), [3, 4]]"],
  [new Range(0, 3, 1), "range(3)"],
  [new Range(10, 0, -3), "range(10, 0, -3)"],
  [new Range(0, 0, 1), "range(0)"],
];

/** What only object arrays hold. `shape` is that of the array, `[]` for the value itself in a box. */
const OBJECTS: readonly [string, Value, shape: number[]][] = [
  ["None", null, []],
  ["a dict", new Map<Value, Value>([["a", 1]]), []],
  ["an empty dict", new Map(), []],
  ["an OrderedDict", new OrderedDict(), []],
  ["a set", new Set<Value>([1]), []],
  ["a frozenset", new FrozenSet(), []],
  ["a slice", new Slice(1, null, null), []],
  ["an int beyond 64 bits", 2n ** 64n, []],
  ["a list of dicts", [new Map(), new Map()], [2]],
  ["a list with None", [1, null], [2]],
  ["a mixed list, which numpy makes text of", [1, "a", 2.5], [3]],
  ["text and bytes", ["a", text("b")], [2]],
  ["ints of both signs beyond 64 bits, which numpy rounds", [-1, 2n ** 63n], [2]],
  ["a ragged list, which numpy refuses", [[1, 2], [3]], [2]],
  ["arrays of different shapes", [row(1, 2), row(3)], [2]],
  ["arrays and text", [row(1, 2), "a"], [2]],
  [
    "nested lists with None",
    [
      [1, null],
      [2, 3],
    ],
    [2, 2],
  ],
];

describe("values in array files", () => {
  it.each(OBJECTS)("%s becomes an object array", (_, value, shape) => {
    const array = arrayOf(value);
    expect([array.dtype, array.shape]).toEqual(["object", shape]);
    if (shape.length === 0) expect(array.get()).toBe(value);
    else if (shape.length === 1) expect(array.toList()).toEqual(value);
  });

  it("leaves arrays alone, in memory or not", async () => {
    const array = row(1, 2);
    expect(await asArray(array)).toBe(array);
    const node = arrayNode(array, "x");
    expect(await asArray(node)).toBe(node);
  });

  it("loads the arrays inside of other values", async () => {
    const array = row(1, 2);
    const made = (await asArray(new Map<Value, never>([["a", [arrayNode(array, "x")] as never]]))) as NdArray<"object">;
    expect(made.get()).toEqual(new Map([["a", [array]]]));
  });

  it("survives lists that contain themselves", () => {
    const list: Value[] = [1];
    list.push(list);
    expect(arrayOf(list).shape).toEqual([2]);
  });

  it("refuses ranges that would fill the disk", () => {
    expect(() => arrayOf(new Range(0, 10n ** 12n, 1))).toThrow("a range of 1000000000000 numbers");
  });
});

describe("trees whose arrays are still in a file", () => {
  it("keep what has none of them as it is, also when it is deep or contains itself", async () => {
    let deep: Value = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(await settle(deep)).toBe(deep);
    const cyclic = new Map<Value, Value>();
    cyclic.set("self", cyclic);
    expect(await settle(cyclic)).toBe(cyclic);
  });

  it("keep the kinds of their containers and what is shared", async () => {
    const array = row(1);
    const counts = new DefaultDict();
    counts.factory = "int";
    const shared = Tuple.of<Value>(arrayNode(array, "") as never);
    counts.set("a", shared).set("b", shared);
    const loaded = (await settle(counts)) as DefaultDict;
    expect([loaded.constructor, loaded.factory]).toEqual([DefaultDict, "int"]);
    expect(loaded.get("a")).toBeInstanceOf(Tuple);
    expect(loaded.get("a")).toBe(loaded.get("b"));
    expect((loaded.get("a") as Tuple)[0]).toBe(array);
  });
});

describe("promotion", () => {
  it("needs numbers", () => {
    expect(promote("U3", "f4")).toBeUndefined();
    expect(promote("O", "O")).toBeUndefined();
  });
});

describeWithNumpy("against numpy", () => {
  it("stores what savez stores", async () => {
    await withFolder(async (folder) => {
      const sink = new MemorySink();
      await npz.write(sink, new Map(SAME.map(([value], i) => [`k${i}`, value])));
      writeFileSync(join(folder, "ours.npz"), sink.bytes());
      const script = `import sys, numpy as np
values = [${SAME.map(([, spelling]) => spelling).join(", ")}]
ours = np.load(sys.argv[1] + '/ours.npz')
for i, v in enumerate(values):
    a, b = ours['k%d' % i], np.asanyarray(v)
    ok = a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    print('same' if ok else '%r: %r is not %r' % (v, a, b))`;
      expect(python(script, folder).trim().split("\n")).toEqual(SAME.map(() => "same"));
    });
  });

  it("promotes as numpy does", () => {
    const codes = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split(" ");
    const script = `import numpy as np
codes = '${codes.join(" ")}'.split()
for a in codes: print(' '.join(np.promote_types(a, b).str[1:] for b in codes))`;
    const ours = codes.map((a) => codes.map((b) => promote(a, b)).join(" "));
    expect(ours).toEqual(python(script).trim().split("\n"));
  });
});
