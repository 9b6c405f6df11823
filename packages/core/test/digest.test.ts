import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { FormatError } from "../src/errors.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { digest } from "../src/tree/digest.js";
import type { ArrayNode, GroupNode, Node } from "../src/tree/node.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import { datetimeText, timedeltaText } from "../src/value/datetime-text.js";
import { complexText, floatText, stringText } from "../src/value/python-text.js";
import {
  ByteArray,
  Complex,
  DefaultDict,
  DTypeValue,
  Float,
  FrozenSet,
  Instance,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Tuple,
  type Value,
} from "../src/value/value.js";
import { formatError, noise, piecesOf, text } from "./support-io.js";
import { describeWithNumpy, python } from "./support-python.js";

async function digestOf(value: Value): Promise<unknown> {
  return (await digest({ kind: "scalar", path: "", value }, { container: "x" }))["x"];
}

const instance = new Instance("lab", "Camera");
instance.items.set("f", 1.5);
const counts = new DefaultDict([["k", [1]]]);

/** [name, value, Python's spelling of it, digest] */
const VALUES: readonly [Value, string, unknown][] = [
  [null, "None", null],
  [true, "True", true],
  [7, "7", 7],
  [2n ** 53n, "2**53", { py: "9007199254740992" }],
  [-(10n ** 30n), "-10**30", { py: `-1${"0".repeat(30)}` }],
  [0.1, "0.1", 0.1],
  [new Float(3), "3.0", 3],
  [Number.NaN, "float('nan')", { py: "nan" }],
  [Number.NEGATIVE_INFINITY, "float('-inf')", { py: "-inf" }],
  [new Complex(3, -1), "3-1j", { py: "(3-1j)" }],
  ["é", "'é'", "é"],
  ["😀".repeat(2000), "'😀'*2000", "😀".repeat(2000)],
  [
    "x".repeat(2001),
    "'x'*2001",
    { longstr: { codePoints: 2001, utf8sha256: "9f2c9dcddb048a0b2baf27b3fec5efb480c7d9500ff0c6510b78f0033683c5c5" } },
  ],
  [text("ab"), "b'ab'", { bytes: "6162" }],
  [new ByteArray([1]), "bytearray([1])", { bytes: "01", class: "bytearray" }],
  [[1, [2]], "[1, [2]]", { list: [1, { list: [2] }] }],
  [Tuple.of<Value>(1), "(1,)", { tuple: [1] }],
  [new Map<Value, Value>([["a", null]]), "{'a': None}", { dict: { a: null } }],
  [new Map<Value, Value>([["__proto__", 1]]), "{'__proto__': 1}", { dict: Object.fromEntries([["__proto__", 1]]) }],
  [
    new Map<Value, Value>([
      [1, "a"],
      [Tuple.of<Value>(2), "b"],
    ]),
    "{1: 'a', (2,): 'b'}",
    {
      dict_items: [
        [1, "a"],
        [{ tuple: [2] }, "b"],
      ],
    },
  ],
  [new OrderedDict([["z", 1]]), "collections.OrderedDict(z=1)", { dict: { z: 1 }, class: "OrderedDict" }],
  [counts, "collections.defaultdict(list, k=[1])", { dict: { k: { list: [1] } }, class: "defaultdict" }],
  [new Set<Value>(["b", "a", 10, 9]), "{'b', 'a', 10, 9}", { set: ["a", "b", 10, 9], class: "set" }],
  // Sorted by Python's JSON text: 1.5, 10, 10.5, 2.0.
  [new Set<Value>([10, new Float(2), 1.5, 10.5]), "{10, 2.0, 1.5, 10.5}", { set: [1.5, 10, 10.5, 2], class: "set" }],
  [
    new Set<Value>([Tuple.of<Value>(new Float(2), "é"), Tuple.of<Value>(new Float(2), "f")]),
    "{(2.0, 'é'), (2.0, 'f')}",
    { set: [{ tuple: [2, "é"] }, { tuple: [2, "f"] }], class: "set" },
  ],
  [new FrozenSet([null, true]), "frozenset([None, True])", { set: [null, true], class: "frozenset" }],
  [new Range(0, 5, 1), "range(5)", { py: "range(0, 5)" }],
  [new Range(0, 5, 2), "range(0, 5, 2)", { py: "range(0, 5, 2)" }],
  [new Slice(1, null, new Float(2)), "slice(1, None, 2.0)", { py: "slice(1, None, 2.0)" }],
  [
    new Slice("a'b", text("x'"), Tuple.of<Value>(true)),
    `slice("a'b", b"x'", (True,))`,
    { py: `slice("a'b", b"x'", (True,))` },
  ],
  [new DTypeValue(dtype("<f4")), "np.dtype('f4')", { py: "dtype('float32')" }],
  [new DTypeValue(dtype(">f4")), "np.dtype('>f4')", { py: "dtype('>f4')" }],
  [new DTypeValue(dtype("<U5")), "np.dtype('U5')", { py: "dtype('<U5')" }],
  [new DTypeValue(dtype("|S5")), "np.dtype('S5')", { py: "dtype('S5')" }],
  [new DTypeValue(dtype("|O")), "np.dtype('O')", { py: "dtype('O')" }],
  [new DTypeValue(dtype("<M8[ms]")), "np.dtype('M8[ms]')", { py: "dtype('<M8[ms]')" }],
  [new DTypeValue(dtype([["a", "<f4", [2]]])), "np.dtype([('a', 'f4', (2,))])", { py: "dtype([('a', '<f4', (2,))])" }],
  [new NumpyScalar(dtype("<f4"), 2.5), "np.float32(2.5)", { npscalar: "<f4", value: 2.5 }],
  [new NumpyScalar(dtype("<i8"), 3n), "np.int64(3)", { npscalar: "<i8", value: 3 }],
  [new NumpyScalar(dtype("|b1"), true), "np.bool_(True)", { npscalar: "|b1", value: true }],
  [new NumpyScalar(dtype("<U1"), "é"), "np.str_('é')", { npscalar: "<U1", value: "é" }],
  [new NumpyScalar(dtype("|S1"), text("a")), "np.bytes_(b'a')", { npscalar: "|S1", value: { bytes: "61" } }],
  [
    new NumpyScalar(dtype("<c8"), new Complex(1, 2)),
    "np.complex64(1+2j)",
    { npscalar: "<c8", value: { py: "(1+2j)" } },
  ],
  [new NumpyScalar(dtype("<M8[s]"), 0n), "np.datetime64(0, 's')", { npscalar: "<M8[s]", value: "1970-01-01T00:00:00" }],
  [new NumpyScalar(dtype("<m8[D]"), 2n), "np.timedelta64(2, 'D')", { npscalar: "<m8[D]", value: "2 days" }],
];

/** [array, Python's spelling of it] */
const ARRAYS: readonly [NdArray, string][] = [
  [NdArray.from("float32", Float32Array.of(0.1, -0, 3)), "np.float32([0.1, -0.0, 3])"],
  [NdArray.from("float64", Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY)), "np.array([np.nan, np.inf])"],
  [NdArray.from("float16", Uint16Array.of(0x3c00, 0xc000)), "np.float16([1, -2])"],
  [NdArray.from("int64", BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n), -5n)), "np.array([2**63-1, -2**63, -5])"],
  [NdArray.from("uint64", BigUint64Array.of(2n ** 64n - 1n, 7n)), "np.array([2**64-1, 7], 'u8')"],
  [NdArray.from("uint32", Uint32Array.of(4294967295, 1)), "np.array([2**32-1, 1], 'u4')"],
  [NdArray.from("bool", Uint8Array.of(1, 0, 1)), "np.array([True, False, True])"],
  [NdArray.from("complex64", Float32Array.of(1, 2, 0, -0.5)), "np.complex64([1+2j, complex(0, -0.5)])"],
  [NdArray.from("int32", Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3], { order: "F" }), "np.int32([[1, 3, 5], [2, 4, 6]])"],
  [NdArray.fromBytes(">i2", [3], Uint8Array.of(0, 1, 0, 2, 255, 253)), "np.array([1, 2, -3], '>i2')"],
  [NdArray.from("<U3", ["a", "été"]), "np.array(['a', 'été'])"],
  [NdArray.fromBytes(">U1", [1], Uint8Array.of(0, 0, 0, 0x61)), "np.array(['a'], '>U1')"],
  [NdArray.from("|S3", [text("ab"), text("")]), "np.array([b'ab', b''], 'S3')"],
  [NdArray.from("object", [1, null] as Value[]), "np.array([1, None], 'O')"],
  [NdArray.from("<M8[ms]", BigInt64Array.of(0n, -(2n ** 63n))), "np.array([0, 'NaT'], 'M8[ms]')"],
  [NdArray.from("<m8[25s]", BigInt64Array.of(3n)), "np.array([3], 'm8[25s]')"],
  [NdArray.from("float64", new Float64Array(0), [0, 3]), "np.zeros((0, 3))"],
  [
    NdArray.fromBytes(
      [
        ["a", "<i2"],
        ["b", ">f4", [2]],
      ],
      [1],
      Uint8Array.of(1, 0, 63, 128, 0, 0, 64, 0, 0, 0),
    ),
    "np.array([(1, (1, 2))], [('a', '<i2'), ('b', '>f4', (2,))])",
  ],
];

describe("digest of values", () => {
  it.each(VALUES.map(([value, spelling, expected]) => [spelling, value, expected] as const))(
    "%s",
    async (_, value, expected) => {
      expect(await digestOf(value)).toEqual(expected);
    },
  );

  it("shows instances as dicts with their class", async () => {
    expect(await digestOf(instance)).toEqual({ dict: { f: 1.5 }, class: "Camera" });
  });

  it("keeps whole floats apart from ints in sets only while sorting", async () => {
    expect(await digestOf([new Set<Value>([new Float(2)]), new Float(2)])).toEqual({
      list: [{ set: [2], class: "set" }, 2],
    });
  });
});

describe("limits", () => {
  it("reports values that contain themselves, and where", async () => {
    const list: Value[] = [];
    const value = new Map<Value, Value>([["a", [0, list]]]);
    list.push(value);
    const error = await formatError(() => digestOf(value), "limit");
    expect([error.path, error.reason]).toEqual(["a[1][0]", "the value contains itself"]);
  });

  it("reports depth without overflowing the stack", async () => {
    let deep: Value = [];
    for (let i = 0; i < 200_000; i++) deep = [deep];
    expect((await formatError(() => digestOf(deep), "limit")).reason).toBe("values nested more than 500 deep");
  });

  it("reports sharing that would explode", async () => {
    let value: Value = [1];
    for (let i = 0; i < 60; i++) value = [value, value];
    expect((await formatError(() => digestOf(value), "limit")).reason).toBe("more than 2000000 objects");
  });

  it("takes the same object twice", async () => {
    const shared = [1];
    expect(await digestOf([shared, shared])).toEqual({ list: [{ list: [1] }, { list: [1] }] });
  });

  it("can be set by the caller", async () => {
    const node: Node = { kind: "scalar", path: "", value: [1, 2, 3] };
    await formatError(() => digest(node, { maxObjects: 3 }), "limit");
    await formatError(() => digest({ kind: "scalar", path: "", value: [[1]] }, { maxDepth: 1 }), "limit");
  });
});

describe("digest of arrays in a file", () => {
  it.each(["<f8", ">f4", "<i8", ">u8", "|u1", "|b1", "<f2"])("%s in pieces equals the whole", async (descr) => {
    const type = dtype(descr);
    const bytes = noise(3_000_000).map((byte, i) =>
      descr === "|b1" ? byte & 1 : type.name.startsWith("float") && i % 2 ? byte & 0x3f : byte,
    );
    const shape = [bytes.byteLength / type.itemSize];
    const array = NdArray.fromBytes(type, shape, bytes);
    const node: ArrayNode = {
      kind: "array",
      path: "x",
      type,
      shape,
      order: "C",
      load: () => Promise.reject(new Error("loaded whole")),
      chunks: () => piecesOf(bytes, 999_983),
    };
    expect(await digest(node)).toEqual(await digest({ ...nodeOfValue(array), chunks: undefined } as never));
  });
});

describe("texts of Python", () => {
  it.each([
    [1e16, "1e+16"],
    [1e15, "1000000000000000.0"],
    [123456.789, "123456.789"],
    [1e-4, "0.0001"],
    [1.5e-5, "1.5e-05"],
    [-0, "-0.0"],
    [5e-324, "5e-324"],
  ])("float %d", (value, expected) => {
    expect(floatText(value)).toBe(expected);
  });

  it.each([
    [1, 2, "(1+2j)"],
    [0, 2, "2j"],
    [-0, 2, "(-0+2j)"],
    [1, -0, "(1-0j)"],
    [Number.NaN, Number.NEGATIVE_INFINITY, "(nan-infj)"],
    [1e20, Number.NaN, "(1e+20+nanj)"],
  ])("complex %d %d", (re, im, expected) => {
    expect(complexText(re, im)).toBe(expected);
  });

  it.each([
    ["it's", `"it's"`],
    [`it's "so"`, `'it\\'s "so"'`],
    ["\n\x00\x7f\u00a0é\u200b\u{e0001}😀", "'\\n\\x00\\x7f\\xa0é\\u200b\\U000e0001😀'"],
  ])("text %j", (value, expected) => {
    expect(stringText(value)).toBe(expected);
  });
});

describeWithNumpy("against Python", () => {
  const describePy = fileURLToPath(new URL("../../../test/conformance/humandata/", import.meta.url));

  it("prints what describe.py prints", async () => {
    const spellings = [...VALUES, ...ARRAYS].map((row) => row[1]);
    const script = `import sys, json, collections
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import numpy as np, describe
print(json.dumps([describe.value(v) for v in [${spellings.join(", ")}]]))`;
    const theirs = JSON.parse(python(script, describePy)) as unknown[];
    for (const [i, [value]] of [...VALUES, ...ARRAYS].entries()) {
      expect([spellings[i], await digestOf(value)]).toEqual([spellings[i], theirs[i]]);
    }
  });

  it("writes times as numpy does", () => {
    const units = "Y M W D h m s ms us ns ps fs as 25s 10ms 2D".split(" ");
    const counts = [0n, 1n, -1n, 12345n, -12345n, 987654321n];
    const script = `import numpy as np
for u in '${units.join(" ")}'.split():
    for n in [${counts.join(", ")}]:
        if u not in ('Y', 'M', 'W', '2D', 'D') or abs(n) < 10**5: print(np.datetime64(n, u), '|', np.timedelta64(n, u))`;
    const ours = units.flatMap((unit) =>
      counts
        .filter((n) => !/^(Y|M|W|2?D)$/.test(unit) || (n < 10n ** 5n && n > -(10n ** 5n)))
        .map((n) => `${datetimeText(n, unit)} | ${timedeltaText(n, unit)}`),
    );
    expect(ours).toEqual(python(script).trim().split("\n"));
  });
});

describe("entries of an archive that cannot be read", () => {
  const error = new FormatError("checksum", "the sums differ", { path: "b" });
  const archive: GroupNode = {
    kind: "group",
    path: "",
    keys: ["a", "b", "c"],
    child: async (key) => {
      if (key === "b") throw error;
      return nodeOfValue(key, key);
    },
  };

  it("end the digest, unless somebody wants to know of them", async () => {
    await expect(digest(archive)).rejects.toBe(error);
    const unreadable: FormatError[] = [];
    expect(await digest(archive, { onUnreadable: (found) => void unreadable.push(found) })).toEqual({
      npz: { a: "a", b: { unreadable: "checksum" }, c: "c" },
    });
    expect(unreadable).toEqual([error]);
  });

  it("are no excuse for other errors", async () => {
    const child = async (): Promise<never> => {
      throw new TypeError("a bug");
    };
    await expect(digest({ ...archive, child }, { onUnreadable: () => undefined })).rejects.toThrow("a bug");
  });
});
