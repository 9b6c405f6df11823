import { describe, expect, it } from "vitest";
import { Complex } from "../src/ndarray/complex.js";
import { countFilledRows } from "../src/ndarray/filled-rows.js";
import { moveRows } from "../src/ndarray/move-rows.js";
import { NdArray } from "../src/ndarray/ndarray.js";

const counting = (shape: readonly number[]): NdArray<"float32"> => {
  const size = shape.reduce((product, length) => product * length, 1);
  return NdArray.from(
    "float32",
    Float32Array.from({ length: size }, (_, index) => index + 1),
    shape,
  );
};

describe("moving rows", () => {
  it("puts rows in new places and zeros where nothing goes", () => {
    const array = counting([2, 3, 2]);
    const moves = [
      { from: 2, to: 0 },
      { from: 0, to: 3 },
    ];
    expect(moveRows(array, 1, 4, moves).toList()).toEqual([
      [
        [5, 6],
        [0, 0],
        [0, 0],
        [1, 2],
      ],
      [
        [11, 12],
        [0, 0],
        [0, 0],
        [7, 8],
      ],
    ]);
  });

  it("gives the same for rows that go one by one and together, short and long, in views of any order", () => {
    for (const width of [1, 3, 60]) {
      const base = counting([3, 9, width]);
      const views = [
        base,
        base.slice([1, 3], [null, null, -1]),
        base.slice(null, [1, 8, 2]),
        base.slice(null, null, [null, null, -1]),
      ];
      for (const view of views) {
        const rows = view.shape[1] as number;
        for (const shift of [0, 1, rows - 1]) {
          const moves = Array.from({ length: rows }, (_, from) => ({ from, to: (from + shift) % rows }));
          const moved = moveRows(view, 1, rows, moves);
          for (const { from, to } of moves)
            expect(moved.slice(null, [to, to + 1]).toList()).toEqual(view.slice(null, [from, from + 1]).toList());
          expect(moved.isContiguous).toBe(true);
          expect(moved.data.buffer).not.toBe(base.data.buffer);
        }
      }
    }
  });

  it.each([
    ["float32", 4],
    ["float64", 8],
  ] as const)("changes no bit of a NaN of %s", (dtype, bytes) => {
    const signalling = new Uint8Array(2 * bytes).fill(0xff);
    signalling[bytes - 2] = 0xbf;
    signalling[2 * bytes - 2] = bytes === 4 ? 0xa0 : 0xf4;
    const array = NdArray.fromBytes(dtype, [2], signalling.slice());
    const moves = [
      { from: 1, to: 0 },
      { from: 0, to: 1 },
    ];
    const expected = [...signalling.slice(bytes), ...signalling.slice(0, bytes)];
    expect([...moveRows(array, 0, 2, moves).toBytes()]).toEqual(expected);
  });

  it.each([
    ["bool", NdArray.from("bool", Uint8Array.of(1, 1)), [false, true]],
    ["int16", NdArray.from("int16", Int16Array.of(-5, 6)), [0, -5]],
    ["uint64", NdArray.from("uint64", BigUint64Array.of(2n ** 64n - 1n, 1n)), [0n, 2n ** 64n - 1n]],
    ["float16", NdArray.from("float16", Uint16Array.of(0x3c00, 0x4000)), [0, 1]],
    ["complex128", NdArray.from("complex128", Float64Array.of(1, 2, 3, 4)), [new Complex(0, 0), new Complex(1, 2)]],
    ["big-endian", NdArray.fromBytes(">i4", [2], Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 9)), [0, 256]],
    ["text", NdArray.from("<U2", ["né", "x"]), ["", "né"]],
    ["objects", NdArray.from("|O", ["a", 1n]), [null, "a"]],
  ] as const)("works on %s", (_, array, expected) => {
    expect(moveRows(array as NdArray, 0, 2, [{ from: 0, to: 1 }]).toList()).toEqual(expected);
  });

  it("makes empty arrays of empty ones", () => {
    expect(moveRows(counting([0, 3, 2]), 1, 5, [{ from: 0, to: 1 }]).shape).toEqual([0, 5, 2]);
    expect(moveRows(counting([2, 3, 0]), 1, 5, [{ from: 0, to: 1 }]).shape).toEqual([2, 5, 0]);
    expect(moveRows(counting([2, 3, 2]), 1, 0, []).shape).toEqual([2, 0, 2]);
  });
});

describe("counting rows that hold something", () => {
  it.each([1, 2, 3, 4, 5, 9])("finds one number in rows of %i, wherever it is", (width) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (let at = 0; at < 2 * 4 * width; at++) {
        const data = dtype === "float32" ? new Float32Array(8 * width) : new Float64Array(8 * width);
        data.fill(-0);
        data[at] = dtype === "float32" ? 1e-40 : 1e-300;
        const array = NdArray.from(dtype, data as never, [2, 4, width]);
        const row = Math.floor(at / width) % 4;
        expect(countFilledRows(array, 1, [1, 2])).toBe(row === 1 || row === 2 ? 1 : 0);
        expect(countFilledRows(array, 1, [0, 3])).toBe(row === 0 || row === 3 ? 1 : 0);
        expect(countFilledRows(array, 1, [])).toBe(0);
      }
    }
  });

  it.each([
    ["float16", NdArray.from("float16", Uint16Array.of(0x8000, 0x7e00, 1))],
    ["complex64", NdArray.from("complex64", Float32Array.of(-0, -0, 0, -1, Number.NaN, 0))],
    ["int64", NdArray.from("int64", BigInt64Array.of(0n, 2n ** 40n, -1n))],
    ["int8", NdArray.from("int8", Int8Array.of(0, -128, 1))],
    ["bool", NdArray.from("bool", Uint8Array.of(0, 1, 1))],
  ] as const)("takes -0 for nothing and NaN for something in %s", (_, array) => {
    expect(countFilledRows(array as NdArray, 0, [0, 1, 2])).toBe(2);
    expect(countFilledRows(array as NdArray, 0, [0])).toBe(0);
  });

  it("looks at views in any order", () => {
    const array = counting([2, 3, 2]).slice(null, [null, null, -1]);
    expect(countFilledRows(array, 1, [0, 2])).toBe(4);
  });
});
