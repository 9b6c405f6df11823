import { describe, expect, it } from "vitest";
import { astype } from "../src/ndarray/astype.js";
import { concatenate } from "../src/ndarray/concat.js";
import { cropOrPad } from "../src/ndarray/crop-or-pad.js";
import { type DTypeName, dtype, textType } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { pad } from "../src/ndarray/pad.js";
import { resultType } from "../src/ndarray/result-type.js";
import { take } from "../src/ndarray/take.js";
import { Complex, Float, NumpyScalar, type Value } from "../src/value/value.js";
import { counting } from "./support-select.js";

const words = (...items: string[]): NdArray =>
  NdArray.from<"string">(textType("string", 3), items) as unknown as NdArray;
const objects = (...items: Value[]): NdArray =>
  NdArray.from<"object">(dtype("|O"), items as never) as unknown as NdArray;
const complex = (...parts: number[]): NdArray =>
  NdArray.from("complex64", Float32Array.from(parts)) as unknown as NdArray;

describe("take", () => {
  it.each<[string, NdArray, number[], number, unknown]>([
    [
      "rows",
      counting([3, 2]),
      [2, 0, 2],
      0,
      [
        [4, 5],
        [0, 1],
        [4, 5],
      ],
    ],
    [
      "columns",
      counting([2, 3]),
      [2, 1],
      1,
      [
        [2, 1],
        [5, 4],
      ],
    ],
    ["from the end", counting([2, 3]), [-1], -1, [[2], [5]]],
    ["nothing", counting([2, 3]), [], 1, [[], []]],
    ["of a reversed view", counting([4]).slice([null, null, -1]), [0, 3], 0, [3, 0]],
    [
      "of every second row",
      counting([4, 2]).slice([null, null, 2]),
      [1, 0],
      0,
      [
        [4, 5],
        [0, 1],
      ],
    ],
    [
      "of a transposed view",
      counting([2, 3]).transpose(),
      [2, 0],
      0,
      [
        [2, 5],
        [0, 3],
      ],
    ],
    ["big-endian numbers", counting([3], ">i4"), [2, 1], 0, [2, 1]],
    ["halves", counting([3], "<f2"), [2, 1], 0, [2, 1]],
    ["text", words("a", "bcd", "ef"), [1, 2], 0, ["bcd", "ef"]],
    ["objects", objects("a", null, 3), [2, 1], 0, [3, null]],
    ["complex numbers", complex(1, 2, 3, 4), [1], 0, [new Complex(3, 4)]],
    ["long rows", counting([3, 40]), [2, 0], 0, [counting([40], "<f8", 80).toList(), counting([40]).toList()]],
  ])("takes %s", (_, array, indices, axis, expected) => {
    const taken = take(array, indices, axis);
    expect(taken.toList()).toEqual(expected);
    expect([taken.dtype, taken.type.byteOrder === ">", taken.isContiguous]).toEqual([array.dtype, false, true]);
  });

  it("shares nothing, and leaves text undecoded", () => {
    const array = counting([2]);
    take(array, [0, 1]).set([0], 9);
    expect(array.get(0)).toBe(0);
    const bytes = NdArray.fromBytes(textType("string", 1), [2], Uint8Array.of(97, 0, 0, 0, 98, 0, 0, 0));
    expect(take(bytes, [1, 0]).toBytes()).toEqual(Uint8Array.of(98, 0, 0, 0, 97, 0, 0, 0));
  });

  it("refuses indices and axes that there are not", () => {
    for (const index of [3, -4, 0.5, Number.NaN]) expect(() => take(counting([3]), [index])).toThrow(RangeError);
    expect(() => take(counting([3]), [0], 1)).toThrow("axis 1 of an array with 1 axes");
    expect(() => take(counting([]), [0])).toThrow(RangeError);
  });
});

describe("concatenate", () => {
  it("joins along any axis, whatever the order in memory", () => {
    const fortran = NdArray.from("float64", Float64Array.of(0, 2, 1, 3), [2, 2], { order: "F" }) as unknown as NdArray;
    expect(concatenate([fortran, counting([1, 2])]).toList()).toEqual([
      [0, 1],
      [2, 3],
      [0, 1],
    ]);
    expect(concatenate([fortran, counting([2, 1])], 1).toList()).toEqual([
      [0, 1, 0],
      [2, 3, 1],
    ]);
    expect(concatenate([fortran, counting([2, 1])], -1).toList()).toEqual([
      [0, 1, 0],
      [2, 3, 1],
    ]);
    expect(concatenate([counting([0, 2]), counting([1, 2])]).toList()).toEqual([[0, 1]]);
    expect(concatenate([counting([2, 0]), counting([2, 0])], 1).shape).toEqual([2, 0]);
  });

  it("widens text, keeps objects, and makes objects of numbers beside objects", () => {
    const longer = NdArray.from<"string">(textType("string", 5), ["abcde"]) as unknown as NdArray;
    const joined = concatenate([words("x", ""), longer]);
    expect([joined.toList(), joined.type.descr]).toEqual([["x", "", "abcde"], "<U5"]);
    expect(concatenate([objects("a", 1), counting([2])]).toList()).toEqual(["a", 1, new Float(0), new Float(1)]);
    expect(
      concatenate([objects(null), NdArray.from("int64", BigInt64Array.of(2n ** 60n, 5n)) as never]).toList(),
    ).toEqual([null, 2n ** 60n, 5]);
  });

  it("refuses what does not fit", () => {
    expect(() => concatenate([])).toThrow(RangeError);
    expect(() => concatenate([counting([1, 2]), counting([1, 3])])).toThrow(
      "shapes (1, 2) and (1, 3) differ in more than axis 0",
    );
    expect(() => concatenate([counting([2]), counting([2, 1])])).toThrow(RangeError);
    expect(() => concatenate([counting([2])], 1)).toThrow(RangeError);
    expect(() => concatenate([counting([2]), words("a")])).toThrow(
      new TypeError("float64 and string of 3 have no type in common"),
    );
  });
});

describe("resultType", () => {
  it.each([
    ["<f4", ">f4", "<f4"],
    ["<f4", "<i8", "<f8"],
    ["|b1", "|u1", "|u1"],
    ["|S2", "|S7", "|S7"],
    ["<U3", "|O", "|O"],
    ["<M8[ms]", ">M8[ms]", "<M8[ms]"],
    ["<M8[ms]", "<M8[s]", undefined],
    ["<U3", "|S3", undefined],
    ["<U3", "<f8", undefined],
  ])("of %s and %s is %s", (a, b, expected) => {
    expect(resultType(dtype(a), dtype(b))?.descr).toBe(expected);
    expect(resultType(dtype(b), dtype(a))?.descr).toBe(expected);
  });
});

describe("astype", () => {
  it("rounds big whole numbers to float32 once, as numpy does", () => {
    // By way of float64 this would be 2 ** 62 exactly, the even one of its two neighbours.
    const array = NdArray.from("int64", BigInt64Array.of(2n ** 62n + 2n ** 38n + 1n));
    expect(astype(array, "float32").get(0)).toBe(2 ** 62 + 2 ** 39);
  });

  it("returns the array itself when it has the type, in native order", () => {
    const array = counting([2]);
    expect(astype(array, "float64")).toBe(array);
    const big = counting([2], ">f8");
    expect(astype(big, "float64").type.descr).toBe("<f8");
    expect(astype(big, "float64").toList()).toEqual([0, 1]);
  });

  it.each<[string, NdArray, DTypeName, unknown]>([
    ["fractions are cut off", NdArray.from("float64", Float64Array.of(1.9, -1.9, -0.5)) as never, "int8", [1, -1, 0]],
    ["floats are rounded", NdArray.from("float64", Float64Array.of(0.1)) as never, "float32", [Math.fround(0.1)]],
    [
      "halves are made",
      NdArray.from("float32", Float32Array.of(0.5, 1e6)) as never,
      "float16",
      [0.5, Number.POSITIVE_INFINITY],
    ],
    ["halves are read", counting([3], "<f2"), "float32", [0, 1, 2]],
    ["64 bits become numbers", counting([2], "<i8", 3), "float64", [3, 4]],
    ["numbers become 64 bits", counting([2], "<f4", 3), "uint64", [3n, 4n]],
    [
      "anything but zero is true",
      NdArray.from("float64", Float64Array.of(0, -0, 0.1, Number.NaN)) as never,
      "bool",
      [false, false, true, true],
    ],
    ["truth is one", NdArray.from("bool", Uint8Array.of(0, 1, 7)) as never, "int16", [0, 1, 1]],
    ["numbers become complex", counting([2], "|u1", 1), "complex128", [new Complex(1, 0), new Complex(2, 0)]],
    ["complex numbers become wider", complex(1, 2), "complex128", [new Complex(1, 2)]],
    [
      "objects are the numbers they are",
      objects(1, new Float(2), true, 3n, new NumpyScalar(dtype("<f4"), 0.5)),
      "float64",
      [1, 2, 1, 3, 0.5],
    ],
    ["a view is cut out", counting([6]).slice([1, null, 2]), "int32", [1, 3, 5]],
  ])("%s", (_, array, type, expected) => {
    expect(astype(array, type).toList()).toEqual(expected);
    expect(astype(array, type).dtype).toBe(type);
  });

  it.each<[NdArray, DTypeName, string]>([
    [counting([2], "<i2", 127), "int8", "int8 cannot hold 128"],
    [counting([1], "<f8", -1), "uint64", "uint64 cannot hold -1"],
    [counting([1], "<i8", -1), "uint64", "uint64 cannot hold -1"],
    [NdArray.from("float64", Float64Array.of(Number.NaN)) as never, "int32", "int32 cannot hold NaN"],
    [NdArray.from("float64", Float64Array.of(1e30)) as never, "int64", "int64 cannot hold"],
  ])("%# is refused, not wrapped around", (array, type, message) => {
    expect(() => astype(array, type)).toThrow(RangeError);
    expect(() => astype(array, type)).toThrow(message);
  });

  it("refuses kinds without common values, and text that would be cut short", () => {
    expect(() => astype(words("a"), "float64")).toThrow(new TypeError("string of 3 cannot become float64"));
    expect(() => astype(complex(1, 2), "float64")).toThrow(TypeError);
    expect(() => astype(objects("a"), "float64")).toThrow(new TypeError("element 0 is no number"));
    expect(astype(words("ab", "a"), textType("string", 2)).toList()).toEqual(["ab", "a"]);
    expect(() => astype(words("ab", "abc"), textType("string", 2))).toThrow("string of 2 cannot hold element 1");
  });
});

describe("cropOrPad", () => {
  it("keeps, crops and pads axes", () => {
    expect(cropOrPad(counting([2, 3]), [-1, 2]).toList()).toEqual([
      [0, 1],
      [3, 4],
    ]);
    expect(cropOrPad(counting([1, 2]), [2, 3], 9).toList()).toEqual([
      [0, 1, 9],
      [9, 9, 9],
    ]);
    expect(cropOrPad(words("ab"), [2], 7).toList()).toEqual(["ab", ""]);
    expect(cropOrPad(objects(new Float(1)), [2], 7).toList()).toEqual([new Float(1), 7]);
    expect(cropOrPad(complex(1, 2), [2], 3).toList()).toEqual([new Complex(1, 2), new Complex(3, 0)]);
  });

  it("refuses sizes that are none (Q32)", () => {
    for (const size of [0, -2, 1.5, Number.NaN]) expect(() => cropOrPad(counting([2]), [size])).toThrow(RangeError);
    expect(() => cropOrPad(counting([2]), [2, 2])).toThrow(RangeError);
  });

  it.each<[string, number]>([
    ["|u1", 300],
    ["|u1", -1],
    ["<i8", 1.5],
    ["|b1", 2],
    ["<f2", 1e6],
    ["<f4", 1e300],
    ["<i4", Number.NaN],
  ])("refuses to pad %s with %d (Q30)", (type, constant) => {
    expect(() => cropOrPad(counting([1], type), [2], constant)).toThrow(`cannot hold ${constant}`);
    expect(cropOrPad(counting([2], type), [1], constant).shape).toEqual([1]);
  });

  it("pads with what a type holds, infinities and NaN among it", () => {
    expect(pad(counting([0], "<f2"), [1], Number.NEGATIVE_INFINITY).toList()).toEqual([Number.NEGATIVE_INFINITY]);
    expect(pad(counting([0], "<f4"), [1], Number.NaN).toList()).toEqual([Number.NaN]);
    expect(pad(counting([0], "<f4"), [1], 0.1).toList()).toEqual([Math.fround(0.1)]);
    expect(pad(counting([0], "<u8"), [1], 7).toList()).toEqual([7n]);
    expect(pad(counting([0], "|b1"), [1], 1).toList()).toEqual([true]);
  });
});
