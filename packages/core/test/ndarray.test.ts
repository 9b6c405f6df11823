import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtype, sameType, textType, typeLabel } from "../src/ndarray/dtype.js";
import { decodeHalves, fromHalf, toHalf } from "../src/ndarray/float16.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { pad } from "../src/ndarray/pad.js";
import { resolveRange } from "../src/ndarray/range.js";
import { Complex } from "../src/value/value.js";

const counting = (shape: readonly number[], order: "C" | "F" = "C") =>
  NdArray.from(
    "int32",
    Int32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, (_, i) => i),
    shape,
    { order },
  );

describe("dtype", () => {
  it.each([
    ["<f4", "float32", "<f4", 4],
    [">i2", "int16", ">i2", 2],
    ["=u8", "uint64", "<u8", 8],
    ["|b1", "bool", "|b1", 1],
    ["?", "bool", "|b1", 1],
    ["float32", "float32", "<f4", 4],
    ["<U27", "string", "<U27", 108],
    [">U2", "string", ">U2", 8],
    ["|S0", "bytes", "|S0", 0],
    ["|O", "object", "|O", 8],
    ["<c16", "complex128", "<c16", 16],
    ["<M8[25s]", "datetime64", "<M8[25s]", 8],
    ["m8", "timedelta64", "<m8", 8],
  ])("%s", (text, name, descr, itemSize) => {
    expect(dtype(text)).toMatchObject({ name, descr, itemSize });
  });

  it.each(["<q9", "f3", "", "U-1", "S99999999999", "V8", "__proto__", "constructor", "M8[ms"])("refuses %j", (text) => {
    expect(() => dtype(text)).toThrow(expect.objectContaining({ name: "FormatError", code: "unsupported" }));
  });

  it("lays out structured types packed, with padding where it is named", () => {
    const type = dtype([
      ["id", "<u2"],
      ["", "|V2"],
      ["xyz", "<f4", [3]],
    ]);
    expect(type.itemSize).toBe(16);
    expect(type.fields?.map(({ name, offset }) => [name, offset])).toEqual([
      ["id", 0],
      ["xyz", 4],
    ]);
    expect(() => dtype([["o", "|O"]])).toThrow(/object member/);
  });

  it("compares by what is stored", () => {
    expect(sameType(dtype("float32"), dtype("<f4"))).toBe(true);
    expect(sameType(dtype(">f4"), dtype("<f4"))).toBe(false);
    expect(typeLabel(dtype(">f4"))).toBe("float32 (big-endian)");
  });
});

describe("float16", () => {
  it("decodes every bit pattern as IEEE 754 says", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromHalf(bits);
      if (Number.isNaN(value)) expect((bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0).toBe(true);
      else if (toHalf(value) !== bits) throw new Error(`${bits} becomes ${value} and ${toHalf(value)}`);
    }
  });

  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [2 ** -25 * 1.0001, 1],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [-0, 0x8000],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ])("rounds %s to even", (value, bits) => {
    expect(toHalf(value)).toBe(bits);
  });

  it("decodes in bulk", () => {
    expect([...decodeHalves(Uint16Array.of(0x3c00, 0x8000, 0x7c00))]).toEqual([1, -0, Number.POSITIVE_INFINITY]);
  });
});

describe("NdArray", () => {
  it("is a view in the convention of scijs and zarrita", () => {
    const array = counting([2, 3, 4]);
    const view = array.slice(1, null, [0, 4, 2]);
    expect([view.shape, view.stride, view.offset]).toEqual([[3, 2], [4, 2], 12]);
    expect(view.toList()).toEqual([
      [12, 14],
      [16, 18],
      [20, 22],
    ]);
    expect(view.data).toBe(array.data);
    view.set([0, 0], -1);
    expect(array.get(1, 0, 0)).toBe(-1);
  });

  it("slices as Python does", () => {
    const list = Array.from({ length: 7 }, (_, i) => i);
    const array = counting([7]);
    const bound = fc.option(fc.integer({ min: -10, max: 10 }), { nil: null });
    fc.assert(
      fc.property(bound, bound, fc.constantFrom(-3, -2, -1, 1, 2, 3, null), (start, stop, step) => {
        const { start: from, step: by, length } = resolveRange([start, stop, step], 7);
        const expected = Array.from({ length }, (_, i) => list[from + i * by]);
        expect(expected.every((item) => item !== undefined)).toBe(true);
        expect(array.slice([start, stop, step]).toList()).toEqual(expected);
        const clip = (at: number | null, otherwise: number) => (at === null ? otherwise : at < 0 ? at + 7 : at);
        const forward = (step ?? 1) > 0;
        const inside = (i: number) =>
          forward
            ? i >= clip(start, 0) && i < clip(stop, 7)
            : i <= clip(start, 6) && (stop === null || i > clip(stop, -1));
        const ordered = (forward ? list : [...list].reverse()).filter(inside);
        expect(expected).toEqual(ordered.filter((_, i) => i % Math.abs(step ?? 1) === 0));
      }),
    );
    expect(() => array.slice([0, 7, 0])).toThrow("slice step cannot be zero");
    expect(() => array.slice(7)).toThrow(RangeError);
  });

  it("keeps byte order and Fortran order until someone asks for native data", () => {
    const bytes = new Uint8Array([0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6]);
    const array = NdArray.fromBytes(">i2", [2, 3], bytes, { order: "F" });
    expect(array.type.descr).toBe(">i2");
    expect(array.toList()).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect(array.storedBytes()).toBeUndefined();
    const native = array.contiguous();
    expect([native.type.descr, [...(native.data as Int16Array)], native.isContiguous]).toEqual([
      "<i2",
      [1, 3, 5, 2, 4, 6],
      true,
    ]);
    expect(bytes[0]).toBe(0);
    expect(NdArray.fromBytes(">i2", [6], bytes).storedBytes()?.bytes).toBe(bytes);
  });

  it("views aligned bytes in place and copies unaligned ones once", () => {
    const memory = new Uint8Array(20);
    expect((NdArray.fromBytes("<f4", [2], memory.subarray(4, 12)).data as Float32Array).buffer).toBe(memory.buffer);
    const unaligned = NdArray.fromBytes("<f4", [2], memory.subarray(5, 13));
    expect((unaligned.data as Float32Array).buffer).not.toBe(memory.buffer);
    expect(unaligned.data).toBe(unaligned.data);
  });

  it("decodes stored bytes only when they are needed", () => {
    let asked = 0;
    const array = NdArray.fromBytes("|u1", [3], () => {
      asked++;
      return Uint8Array.of(7, 8, 9);
    });
    expect([array.shape, array.slice([1, 3]).shape, asked]).toEqual([[3], [2], 0]);
    expect([array.slice([1, 3]).toList(), array.get(0), asked]).toEqual([[8, 9], 7, 1]);
    const lying = NdArray.fromBytes("|u1", [3], () => new Uint8Array(2));
    expect(() => lying.data).toThrow(/3 array bytes expected, 2 found/);
  });

  it.each([
    ["complex64", new Float32Array([1, 2, 3, 4]), [2], new Complex(3, 4), 1],
    ["bool", Uint8Array.of(0, 2), [2], true, 1],
    ["float16", Uint16Array.of(0, 0x3e00), [2], 1.5, 1],
    ["int64", BigInt64Array.of(0n, -(2n ** 63n)), [2], -(2n ** 63n), 1],
  ] as const)("gives elements of %s", (name, data, shape, value, index) => {
    const array = NdArray.from(dtype(name) as never, data as never, shape);
    expect(array.get(index)).toEqual(value);
    expect(NdArray.fromBytes(name, shape, array.toBytes()).get(index)).toEqual(value);
  });

  it("keeps text to the code point, inner NULs included", () => {
    const text = ["a\0b", "😀", ""];
    const array = NdArray.from<"string">(textType("string", 3), text);
    const again = NdArray.fromBytes("<U3", [3], array.toBytes());
    expect(again.toList()).toEqual(text);
    expect(NdArray.fromBytes(">U1", [1], Uint8Array.of(0, 0, 0x4e, 0x2d)).get(0)).toBe("中");
    expect(() => NdArray.from<"string">(textType("string", 1), ["ab"]).toBytes()).toThrow(/longer than 1/);
  });

  it("packs structured elements in little-endian order", () => {
    const type = [
      ["a", ">u2"],
      ["b", "|u1"],
      ["c", "<U1"],
    ] as const;
    const array = NdArray.fromBytes(type, [1], Uint8Array.of(1, 2, 3, 65, 0, 0, 0));
    expect([...array.toBytes()]).toEqual([2, 1, 3, 65, 0, 0, 0]);
  });

  it("transposes, reshapes and copies any view as indices say", () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.constantFrom("C" as const, "F" as const), (shape, order) => {
        const array = counting(shape, order);
        const turned = array.transpose();
        const reversed = turned.slice(...turned.shape.map(() => [null, null, -1] as const));
        const packed = reversed.contiguous();
        expect([...packed]).toEqual([...reversed]);
        expect(packed.toList()).toEqual(reversed.toList());
        expect([...array.reshape([array.size])]).toEqual([...array]);
      }),
    );
  });

  it("checks lengths and indices", () => {
    expect(() => NdArray.fromBytes("<f4", [3], new Uint8Array(8))).toThrow(
      expect.objectContaining({ code: "corrupt" }),
    );
    expect(() => NdArray.from("int32", new Int32Array(3), [2])).toThrow(RangeError);
    expect(() => counting([2, 2]).get(0)).toThrow(RangeError);
    expect(() => counting([2, 2]).get(0, 2)).toThrow(RangeError);
    expect(counting([2, 2]).get(-1, -1)).toBe(3);
    expect(() => counting([2, 2]).reshape([3])).toThrow(RangeError);
    expect(() => counting([2, 2]).transpose([0, 0])).toThrow(RangeError);
  });

  it("writes ints beyond 2^53 as text in JSON", () => {
    const array = NdArray.from("int64", BigInt64Array.of(1n, 2n ** 60n));
    expect(JSON.stringify(array)).toBe('[1,"1152921504606846976"]');
  });
});

describe("pad", () => {
  it.each([
    [
      [2, 2],
      [3, 2],
      0,
      [
        [0, 1],
        [2, 3],
        [0, 0],
      ],
    ],
    [[2, 2], [1, 3], 9, [[0, 1, 9]]],
    [
      [2, 2],
      [-1, -1],
      9,
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [[0, 2], [1, 2], 5, [[5, 5]]],
  ])("%j to %j with %d", (shape, target, constant, expected) => {
    expect(pad(counting(shape), target, constant).toList()).toEqual(expected);
  });

  it("refuses constants that the dtype cannot hold", () => {
    const array = NdArray.from("uint8", Uint8Array.of(1));
    expect(() => pad(array, [2], 300)).toThrow("uint8 cannot hold 300");
    expect(() => pad(array, [2], 1.5)).toThrow("uint8 cannot hold 1.5");
    expect(() => pad(array, [2, 2])).toThrow(RangeError);
    expect(() => pad(array, [-2])).toThrow(RangeError);
    expect(pad(zeros("float16", [1]), [2], 1.5).toList()).toEqual([0, 1.5]);
    expect(pad(NdArray.from<"string">(textType("string", 2), ["ab"]), [2], 7).toList()).toEqual(["ab", ""]);
  });

  it("never shares memory with its source", () => {
    const array = counting([2]);
    pad(array, [2]).set([0], 5);
    expect(array.get(0)).toBe(0);
  });
});
