import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { Complex } from "../src/ndarray/complex.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { arrays, sameArray } from "./support-arrays.js";

describe("copies", () => {
  it("hold the same elements in native byte order, or in the stored one", () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const native = array.copy();
        sameArray(native, array);
        expect(native.type.byteOrder).not.toBe(">");
        const stored = array.copy({ byteOrder: "stored" });
        sameArray(stored, array);
        expect(stored.type).toBe(array.type);
        for (const copy of [native, stored]) expect(copy.isContiguous).toBe(true);
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  test.each(["<f4", ">f4", "<U3", ">U3", "|S4", ">c16", "|b1", "<f2"])("of part of %s share nothing", (descr) => {
    const type = dtype(descr);
    const bytes = new Uint8Array(6 * type.itemSize);
    const whole = NdArray.fromBytes(type, [6], bytes);
    for (const byteOrder of ["native", "stored"] as const) {
      const copy = whole.slice([2, 4]).copy({ byteOrder });
      const before = copy.toList();
      bytes.fill(1);
      expect(copy.toList()).toEqual(before);
      bytes.fill(0);
    }
  });

  it("of part of an array leave the rest alone: big-endian memory is not swapped, unaligned memory not moved", () => {
    const memory = new Uint8Array(4001);
    for (const [descr, bytes] of [
      [">f4", memory.subarray(0, 4000)],
      ["<f4", memory.subarray(1)],
    ] as const) {
      const whole = NdArray.fromBytes(descr, [1000], bytes);
      whole.slice([10, 20]).copy();
      // Stored bytes are only handed out as long as nobody has asked for native data.
      expect(whole.storedBytes()?.bytes.buffer).toBe(memory.buffer);
    }
  });

  it("of structured elements with padding keep their form when they keep their type", () => {
    const type = dtype([
      ["a", ">i2"],
      ["b", "<f4", [2]],
    ]);
    const bytes = Uint8Array.from({ length: 3 * type.itemSize }, (_, i) => i);
    const array = NdArray.fromBytes(type, [3], bytes).slice([null, null, -1]);
    const copy = array.copy({ byteOrder: "stored" });
    expect([...copy]).toEqual([...array]);
    expect(copy.type).toBe(type);
  });
});

describe("what an array looks like", () => {
  test.each<[NdArray, string]>([
    [zeros("float32", [10, 190, 3]) as NdArray, "NdArray float32 (10, 190, 3) [0, 0, 0, 0, 0, 0, …]"],
    [NdArray.from("int64", BigInt64Array.of(1n, -2n)) as NdArray, "NdArray int64 (2,) [1n, -2n]"],
    [NdArray.from("bool", Uint8Array.of(1)) as NdArray, "NdArray bool (1,) [true]"],
    [zeros("float64", []) as NdArray, "NdArray float64 () [0]"],
    [zeros("float64", [0, 3]) as NdArray, "NdArray float64 (0, 3) []"],
    [NdArray.from<"string">(dtype("<U3"), ["a", 'b"']) as NdArray, 'NdArray string (2,) ["a", "b\\""]'],
    [NdArray.from<"string">(dtype("<U99"), ["x".repeat(99)]) as NdArray, `NdArray string (1,) ["${"x".repeat(24)}…"]`],
    [NdArray.from<"bytes">(dtype("|S2"), [Uint8Array.of(1, 2)]) as NdArray, "NdArray bytes (1,) [<2 bytes>]"],
    [
      NdArray.from<"object">(dtype("|O"), [null, 1, "x", new Map(), new Complex(1, 2)]) as NdArray,
      'NdArray object (5,) [null, 1, "x", <Map>, (1+2j)]',
    ],
  ])("%s", (array, line) => {
    expect([String(array), inspect(array), inspect({ x: array })]).toEqual([line, line, `{ x: ${line} }`]);
  });
});
