import { Complex, type DataOf, type DTypeName, dtype, NdArray } from "@somakit/core";
import { describe, expect, test } from "vitest";
import { arrayText } from "../src/print/array.js";
import { shortestFloat } from "../src/print/float.js";

/** An array of a dtype, by its name or code. */
function array(type: string, data: DataOf[DTypeName], shape?: readonly number[]): NdArray {
  return NdArray.from<DTypeName>(dtype(type), data, shape);
}

const f8 = (...values: number[]): NdArray => array("float64", Float64Array.from(values));
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Texts as numpy 1.24 and 2.4 print them. */
const CASES: readonly (readonly [what: string, array: NdArray, text: string])[] = [
  ["whole floats", array("float32", Float32Array.from(range(6)), [2, 3]), "[[0. 1. 2.]\n [3. 4. 5.]]"],
  ["points below each other", f8(0.1, 0.25, 100), "[  0.1    0.25 100.  ]"],
  ["sizes that differ", f8(1.5, -2, 1e10), "[ 1.5e+00 -2.0e+00  1.0e+10]"],
  ["small numbers", f8(1e-5, 1), "[1.e-05 1.e+00]"],
  ["eight digits", f8(123456789.123, 1e8), "[1.23456789e+08 1.00000000e+08]"],
  ["exponents of three digits", f8(1e-300, Math.PI), "[1.00000000e-300 3.14159265e+000]"],
  ["negative zero", f8(1e20, -0), "[ 1.e+20 -0.e+00]"],
  ["zeros", f8(0, 0), "[0. 0.]"],
  ["nan and infinities", f8(Number.NaN, 1, Number.NEGATIVE_INFINITY), "[ nan   1. -inf]"],
  ["nan only", f8(Number.NaN, Number.NaN), "[nan nan]"],
  ["infinity beside a sign", f8(-1.5, Number.POSITIVE_INFINITY), "[-1.5  inf]"],
  ["float32 digits", array("float32", Float32Array.of(1 / 3, 1234.5)), "[3.3333334e-01 1.2345000e+03]"],
  ["float16 digits", array("float16", Uint16Array.of(0x3555, 0x3955)), "[0.3333 0.6665]"],
  ["no axes", array("float32", Float32Array.of(3.5), []), "3.5"],
  ["booleans", array("bool", Uint8Array.of(1, 0)), "[ True False]"],
  ["texts", array("<U4", ["a", "it's", 'q"']), `['a' "it's" 'q"']`],
  ["bytes", array("|S4", [new TextEncoder().encode("ab\0c")]), "[b'ab\\x00c']"],
  ["complex", array("complex128", Float64Array.of(1, 2, -0.5, -1)), "[ 1. +2.j -0.5-1.j]"],
  ["nothing", array("float32", new Float32Array(0)), "[]"],
  [
    "three axes",
    array("int64", new BigInt64Array(8).fill(-5n), [2, 2, 2]),
    "[[[-5 -5]\n  [-5 -5]]\n\n [[-5 -5]\n  [-5 -5]]]",
  ],
  [
    "long arrays by their edges",
    array("int32", Int32Array.from(range(3000)), [1000, 3]),
    "[[   0    1    2]\n [   3    4    5]\n [   6    7    8]\n ...\n [2991 2992 2993]\n [2994 2995 2996]\n [2997 2998 2999]]",
  ],
];

describe("arrays are printed as numpy prints them", () => {
  test.each(CASES)("%s", (_, value, text) => {
    expect(arrayText(value)).toBe(text);
  });

  test("dates", () => {
    const days = array("<M8[D]", BigInt64Array.of(0n, -(2n ** 63n), 20000n));
    expect(arrayText(days)).toBe("[1970-01-01        NaT 2024-10-04]");
  });

  test("lines are broken", () => {
    expect(
      arrayText(
        array(
          "float64",
          Float64Array.from(range(60), (i) => i / 7),
        ),
      ),
    ).toBe(
      [
        "[0.         0.14285714 0.28571429 0.42857143 0.57142857 0.71428571",
        " 0.85714286 1.         1.14285714 1.28571429 1.42857143 1.57142857",
        " 1.71428571 1.85714286 2.         2.14285714 2.28571429 2.42857143",
        " 2.57142857 2.71428571 2.85714286 3.         3.14285714 3.28571429",
        " 3.42857143 3.57142857 3.71428571 3.85714286 4.         4.14285714",
        " 4.28571429 4.42857143 4.57142857 4.71428571 4.85714286 5.",
        " 5.14285714 5.28571429 5.42857143 5.57142857 5.71428571 5.85714286",
        " 6.         6.14285714 6.28571429 6.42857143 6.57142857 6.71428571",
        " 6.85714286 7.         7.14285714 7.28571429 7.42857143 7.57142857",
        " 7.71428571 7.85714286 8.         8.14285714 8.28571429 8.42857143]",
      ].join("\n"),
    );
  });

  test("long lines have an edge, too", () => {
    const values = Float64Array.from(range(1200), (i) => i / 1199);
    expect(arrayText(array("float64", values, [4, 300]))).toBe(
      [
        "[[0.00000000e+00 8.34028357e-04 1.66805671e-03 ... 2.47706422e-01",
        "  2.48540450e-01 2.49374479e-01]",
        " [2.50208507e-01 2.51042535e-01 2.51876564e-01 ... 4.97914929e-01",
        "  4.98748957e-01 4.99582986e-01]",
        " [5.00417014e-01 5.01251043e-01 5.02085071e-01 ... 7.48123436e-01",
        "  7.48957465e-01 7.49791493e-01]",
        " [7.50625521e-01 7.51459550e-01 7.52293578e-01 ... 9.98331943e-01",
        "  9.99165972e-01 1.00000000e+00]]",
      ].join("\n"),
    );
  });

  test("nothing is left out when asked for all, of a million elements either", () => {
    const text = arrayText(array("float32", new Float32Array(1e6)), { threshold: Number.POSITIVE_INFINITY });
    expect(text.split(/\s+/)).toHaveLength(1e6);
  });

  test("views show their own elements", () => {
    const matrix = array("int32", Int32Array.from(range(6)), [2, 3]);
    expect(arrayText(matrix.transpose())).toBe("[[0 3]\n [1 4]\n [2 5]]");
    expect(arrayText(matrix.slice(null, [null, null, -1]))).toBe("[[2 1 0]\n [5 4 3]]");
  });

  test("objects are written by the caller", () => {
    const objects = array("object", [1, null, "x", new Complex(0, 1)]);
    expect(arrayText(objects, { element: (value) => (value === null ? "None" : `<${typeof value}>`) })).toBe(
      "[<number> None <string> <object>]",
    );
  });
});

test.each([
  [0.1, 32, "0.1"],
  [1 / 3, 32, "0.33333334"],
  [0.0999755859375, 16, "0.1"],
  [65504, 16, "65500.0"],
  [3, 64, "3.0"],
  [1e16, 64, "1e+16"],
  [-0, 64, "-0.0"],
] as const)("the shortest text of %d in %d bits is %s", (value, size, text) => {
  expect(shortestFloat(size === 32 ? Math.fround(value) : value, size)).toBe(text);
});
