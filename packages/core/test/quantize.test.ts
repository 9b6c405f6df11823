import { describe, expect, test } from "vitest";
import { decodeNumbers } from "../src/engine/quantize/decode.js";
import { encodeNumbers } from "../src/engine/quantize/encode.js";
import { factorOf } from "../src/engine/quantize/steps.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { formatError } from "./support-io.js";

const f4 = (values: readonly number[], shape?: readonly number[]): NdArray =>
  NdArray.from("float32", Float32Array.from(values), shape) as NdArray;
const f8 = (values: readonly number[], shape?: readonly number[]): NdArray =>
  NdArray.from("float64", Float64Array.from(values), shape) as NdArray;
const i4 = (values: readonly number[], shape?: readonly number[]): NdArray =>
  NdArray.from("int32", Int32Array.from(values), shape) as NdArray;

describe("encodeNumbers", () => {
  const encode = (value: NdArray, options: object = {}): unknown[] => [
    ...encodeNumbers(value, { axis: 0, factor: 2, as: "int32", path: "x", ...options }),
  ];

  test("rounds ties to even and stores differences: the reference's example", () => {
    expect(encode(f4([0.25, 1.75, -1.25]))).toEqual([0, 4, -6]);
  });

  test.each([
    ["float32 in float32", f4([123.456]), 1 / 0.3, [412]],
    ["float32 products that float64 would round otherwise", f4([16777217.5]), 1, [16777218]],
    ["float64 in float64", f8([16777217.5, 16777216.5]), 1, [16777218, -2]],
    ["float64 beyond 2^51", f8([2 ** 40 + 0.5]), 2 ** -10, [2 ** 30]],
    ["bools", NdArray.from("bool", Uint8Array.of(1, 0, 1)) as NdArray, 2, [2, -2, 2]],
    ["int64", NdArray.from("int64", BigInt64Array.of(-3n, 5n)) as NdArray, 2, [-6, 16]],
    ["float16 as float32", NdArray.from("float16", Uint16Array.of(0x7bff)) as NdArray, 10, [655040]],
    ["negative zero as zero", f4([-0.2]), 2, [0]],
  ])("%s", (_, value, factor, expected) => {
    const found = encode(value, { factor });
    expect(found).toEqual(expected);
    expect(found.some((number) => Object.is(number, -0))).toBe(false);
  });

  test("differences of float32 numbers are float32 numbers too", () => {
    // 2^25 + 4 and 1: float32 has no 2^25 + 3, and rounds it to even.
    expect(encode(f4([1, 2 ** 25 + 4]), { factor: 1 })).toEqual([1, 2 ** 25 + 4]);
    expect(encode(f8([1, 2 ** 25 + 4]), { factor: 1 })).toEqual([1, 2 ** 25 + 3]);
  });

  test("along any axis, negative ones from the end, also of no elements", () => {
    const value = f4([0, 1, 2, 4, 8, 16], [1, 3, 2]);
    expect(encode(value, { axis: -2, factor: 1 })).toEqual([0, 1, 2, 3, 6, 12]);
    expect(encode(value, { axis: 2, factor: 1 })).toEqual([0, 1, 2, 2, 8, 8]);
    expect(encode(value, { axis: undefined, factor: 1 })).toEqual([0, 1, 2, 4, 8, 16]);
    expect(encode(f4([], [0, 3]), { axis: -2 })).toEqual([]);
  });

  test("of views: not contiguous, big-endian", () => {
    const whole = f4([0, 9, 1, 9, 3, 9], [3, 2]);
    expect(encode(whole.slice(null, 0), { factor: 1 })).toEqual([0, 1, 2]);
    const big = NdArray.fromBytes(">f4", [1], Uint8Array.of(0x3f, 0x80, 0, 0));
    expect(encode(big)).toEqual([2]);
  });

  test.each([
    ["NaN", f4([0, Number.NaN], [2, 1]), "x[1][0]", /NaN cannot be stored as int32/],
    ["infinity", f8([Number.NEGATIVE_INFINITY], [1]), "x[0]", /-Infinity cannot be stored/],
    ["a number beyond int32", f4([0, 0, 2 ** 30], [3]), "x[2]", /1073741824 is too far from zero/],
    ["a difference beyond int32", f4([-(2 ** 29), 2 ** 29], [2]), "x[1]", /or from the element before it/],
    ["text", NdArray.from<"string">("<U1", ["a"]) as NdArray, "x", /real numbers are needed, string/],
  ])("refuses %s, and says where it is", async (_, value, path, message) => {
    const error = await formatError(() => encode(value), "unwritable");
    expect(error.path).toBe(path);
    expect(error.message).toMatch(message);
  });

  test("refuses an array that has no such axis", async () => {
    const error = await formatError(() => encode(f4([1]), { axis: -2 }), "unwritable");
    expect(error.message).toMatch(/^x: 1 axes are too few for an axis -2/);
  });

  test("goes to the very ends of int32, and of smaller types", () => {
    expect(encode(f8([2 ** 31 - 1, -1]), { factor: 1 })).toEqual([2 ** 31 - 1, -(2 ** 31)]);
    expect(() => encode(f8([2 ** 31]), { factor: 1 })).toThrow();
    expect(encode(f8([127, -1]), { factor: 1, as: "int8" })).toEqual([127, -128]);
    expect(() => encode(f8([128]), { factor: 1, as: "int8" })).toThrow();
    expect(() => encode(f8([-1]), { factor: 1, as: "uint16" })).toThrow();
    expect(encode(f8([2 ** 53]), { factor: 1, as: "int64" })).toEqual([2n ** 53n]);
  });
});

describe("decodeNumbers", () => {
  const decode = (stored: NdArray, options: object = {}): unknown[] => [
    ...decodeNumbers(stored, { axis: 0, factor: 2, result: "float32", path: "x", ...options }),
  ];

  test("adds up and divides in float32: the reference's examples", () => {
    expect(decode(i4([0, 4, -6]))).toEqual([0, 2, -1]);
    expect(decode(i4([412]), { factor: 1 / 0.3 })).toEqual([123.60000610351562]);
  });

  test("sums leave int32 although the steps do not", () => {
    const most = 2 ** 31 - 1;
    expect(decode(i4([most, most, most]), { factor: 1 })).toEqual([most, 2 * most, 3 * most].map(Math.fround));
  });

  test("float64 results are not rounded to float32", () => {
    expect(decode(i4([1, 1]), { factor: 3, result: "float64" })).toEqual([1 / 3, 2 / 3]);
  });

  test("64-bit sums wrap around, and are rounded to float32 once", () => {
    const stored = NdArray.from("int64", BigInt64Array.of(2n ** 62n, 2n ** 62n, 1n)) as NdArray;
    expect(decode(stored, { factor: 1 })).toEqual([2 ** 62, -(2 ** 63), -(2 ** 63)]);
    // Halfway between two float32 numbers but for its last bit.
    const tie = 2n ** 60n + 2n ** 36n;
    const near = NdArray.from("int64", BigInt64Array.of(tie, 1n)) as NdArray;
    expect(decode(near, { factor: 1 })).toEqual([2 ** 60, 2 ** 60 + 2 ** 37]);
  });

  test("integers of any width and byte order", () => {
    expect(decode(NdArray.from("int16", Int16Array.of(2, -4)) as NdArray)).toEqual([1, -1]);
    expect(decode(NdArray.from("uint8", Uint8Array.of(255, 255)) as NdArray)).toEqual([127.5, 255]);
    expect(decode(NdArray.fromBytes(">i4", [1], Uint8Array.of(0, 0, 1, 0)))).toEqual([128]);
  });

  test("what cannot be decoded is a mismatch", async () => {
    await formatError(() => decode(f4([1])), "mismatch");
    await formatError(() => decode(i4([1]), { axis: -2 }), "mismatch");
  });

  test("gives back what was encoded, to half a step", () => {
    const values = Array.from({ length: 999 }, (_, i) => Math.sin(i) * 1000);
    const value = f4(values, [333, 3]);
    const stored = encodeNumbers(value, { axis: -2, factor: 10, as: "int32", path: "" });
    const again = decode(stored, { axis: -2, factor: 10 }) as number[];
    expect(Math.max(...again.map((number, i) => Math.abs(number - (values[i] as number))))).toBeLessThan(0.0501);
  });
});

describe("factorOf", () => {
  test("multiplies the reciprocal: three tenths of a thousandth", () => {
    expect(factorOf({ codec: "quantize", as: "int32", step: 0.3 })).toBe(3.3333333333333335);
    expect(factorOf({ codec: "quantize", as: "int32", step: 0.3, per: 1000 })).toBe((1 / 0.3) * 1000);
  });

  test("takes another step by its name", () => {
    const step = { codec: "quantize", as: "int32", step: 0.5, option: "mm" } as const;
    expect(factorOf(step, { mm: 0.1 })).toBe(10);
    expect(factorOf(step, { other: 0.1 })).toBe(2);
    for (const mm of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => factorOf(step, { mm })).toThrow(RangeError);
  });
});
