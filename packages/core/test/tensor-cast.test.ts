import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { cast } from "../src/tensor/cast.js";
import { type NumericDType, typedArrays } from "../src/tensor/index.js";
import { arrays, sameArray } from "./support-arrays.js";
import { describeWithNumpy, python } from "./support-python.js";
import { COMPLEX, elementBytes, LAYOUTS, laidOut, refusalOf, SIX } from "./support-tensors.js";

const DTYPES: readonly NumericDType[] = [
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "float32",
  "float64",
  "complex64",
  "complex128",
];

describe("casting", () => {
  it("returns the array itself when it has the dtype", () => {
    const array = zeros(">f4", [2]);
    expect(cast(array, "float32")).toBe(array);
  });

  it.each(DTYPES)("makes %s of small whole numbers of any dtype, and numbers of any dtype of those", (to) => {
    for (const from of DTYPES) {
      const numbers = [0, 1, 1, 0, 1, 1];
      const array = cast(NdArray.from("float64", Float64Array.from(numbers), [2, 3]), from);
      expect(array.dtype).toBe(from);
      if (from.startsWith("complex") && !to.startsWith("complex")) {
        expect(refusalOf(() => cast(array, to, "c"))).toMatchObject({ code: "unsupported", path: "c" });
        continue;
      }
      const there = cast(array, to);
      expect([there.dtype, there.shape]).toEqual([to, [2, 3]]);
      const back = [...there].map((element) =>
        typeof element === "object" ? (element as { re: number }).re : element,
      );
      expect(back.map(Number)).toEqual(numbers);
    }
  });

  it.each(LAYOUTS)("follows strides, offset and byte order: %s", (layout) => {
    expect(cast(laidOut("i4", elementBytes(SIX.i4), layout), "float64").data).toEqual(Float64Array.from(SIX.i4));
    expect(cast(laidOut("c8", elementBytes(COMPLEX.c8, 2), layout), "complex128").data).toEqual(
      Float64Array.from(COMPLEX.c8),
    );
  });

  it("drops fractions towards zero", () => {
    const array = NdArray.from("float64", Float64Array.of(-1.9, -0.5, -0, 0.99, 1.5, 254.99));
    expect(cast(array.slice([2, null]), "uint8").data).toEqual(Uint8Array.of(0, 0, 1, 254));
    expect(cast(array, "int16").data).toEqual(Int16Array.of(-1, 0, 0, 0, 1, 254));
    expect(cast(array, "int64").data).toEqual(BigInt64Array.of(-1n, 0n, 0n, 0n, 1n, 254n));
    // What is between -1 and 0 becomes 0 without a sign, which unsigned types hold.
    expect(cast(array.slice([1, 2]), "uint8").data).toEqual(Uint8Array.of(0));
    expect(cast(array.slice([1, 2]), "uint64").data).toEqual(BigUint64Array.of(0n));
  });

  it.each<[NumericDType, readonly number[], readonly number[]]>([
    ["int8", [-128, 127.9], [-129, 128]],
    ["int16", [-32768, 32767], [-32769, 32768]],
    ["int32", [-(2 ** 31), 2 ** 31 - 1], [-(2 ** 31) - 1, 2 ** 31]],
    ["int64", [-(2 ** 63), 2 ** 63 - 1024], [-(2 ** 63) - 2048, 2 ** 63]],
    ["uint8", [0, 255], [-1, 256]],
    ["uint16", [0, 65535], [-1, 65536]],
    ["uint32", [0, 2 ** 32 - 1], [-1, 2 ** 32]],
    ["uint64", [0, 2 ** 64 - 2048], [-1, 2 ** 64]],
  ])("to %s holds all that fits and refuses the rest", (to, good, bad) => {
    expect([...cast(NdArray.from("float64", Float64Array.from(good)), to)].map(Number)).toEqual(good.map(Math.trunc));
    for (const value of [...bad, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const array = NdArray.from("float64", Float64Array.of(1, value, 2), [3, 1]);
      expect(refusalOf(() => cast(array, to, "a.b"))).toMatchObject({
        code: "unwritable",
        message: `a.b: ${to} cannot hold ${value}, element 1 in C order`,
      });
    }
  });

  it("between int64 and uint64 keeps every bit and refuses what does not fit", () => {
    const high = BigUint64Array.of(2n ** 63n - 1n, 2n ** 53n + 1n);
    expect(cast(NdArray.from("uint64", high), "int64").data).toEqual(BigInt64Array.from(high));
    expect(cast(NdArray.from("int64", BigInt64Array.from(high)), "uint64").data).toEqual(high);
    const refused = refusalOf(() => cast(NdArray.from("uint64", BigUint64Array.of(2n ** 63n)), "int64"));
    expect(refused.message).toBe("int64 cannot hold 9223372036854775808, element 0 in C order");
    expect(refusalOf(() => cast(NdArray.from("int64", BigInt64Array.of(-1n)), "uint64")).code).toBe("unwritable");
    expect(refusalOf(() => cast(NdArray.from("int64", BigInt64Array.of(2n ** 63n - 1n)), "int32")).code).toBe(
      "unwritable",
    );
  });

  it("keeps uint64 beyond int64 on the way to complex numbers", () => {
    const array = NdArray.from("uint64", BigUint64Array.of(2n ** 63n, 3n));
    expect(cast(array, "complex128").data).toEqual(Float64Array.of(2 ** 63, 0, 3, 0));
    expect(cast(array, "complex64").data).toEqual(Float32Array.of(2 ** 63, 0, 3, 0));
  });

  it("to booleans asks whether a number is not 0", () => {
    const numbers = NdArray.from("float64", Float64Array.of(0, -0, 0.1, Number.NaN, -5));
    expect(cast(numbers, "bool").data).toEqual(Uint8Array.of(0, 0, 1, 1, 1));
    expect(cast(NdArray.from("uint64", BigUint64Array.of(0n, 2n ** 64n - 1n)), "bool").data).toEqual(
      Uint8Array.of(0, 1),
    );
    expect(cast(NdArray.fromBytes("|b1", [2], Uint8Array.of(7, 0)), "float32").data).toEqual(Float32Array.of(1, 0));
  });

  it.each(["<U2", "|S2", "|O", "<M8[s]", "<m8[s]"])("refuses %s and names key and dtypes", (descr) => {
    const refused = refusalOf(() => cast(zeros(dtype(descr), [1]), "float32", "meta.gender"));
    expect(refused.code).toBe("unsupported");
    expect(refused.message).toMatch(/^meta\.gender: .+ cannot become float32$/);
  });
});

describeWithNumpy("numpy casts as this does", () => {
  const SAMPLES: Readonly<Record<string, NdArray>> = {
    f8: NdArray.from(
      "float64",
      Float64Array.of(
        ...[0.1, 1 / 3, 65504, 65519.99, 65520, 1e-8, 2 ** -25, 3 * 2 ** -25, 5e-324, 1e39, 1e300, -0, 2049, 2051],
        ...[1 + 2 ** -24, 1 + 3 * 2 ** -24, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 16777217, -1e-46, 2 ** -150],
        ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      ),
    ),
    f4: NdArray.from("float32", Float32Array.of(0.1, 65519.996, 65520, 2 ** -149, 1.0009765, 3e38)),
    f2: NdArray.from("float16", SIX.f2.slice(0, 5)),
    i8: NdArray.from(
      "int64",
      BigInt64Array.of(
        ...[2n ** 53n + 1n, 2n ** 53n + 3n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 53n) - 1n],
        // Halfway between two float32, and a little off it: rounding by way of float64 would err.
        ...[
          2n ** 62n + 2n ** 38n,
          2n ** 62n + 2n ** 38n + 1n,
          2n ** 62n + 2n ** 38n - 1n,
          -(2n ** 62n) - 2n ** 38n - 1n,
        ],
        ...[2n ** 62n + 3n * 2n ** 38n - 1n, 70000n, 2049n],
      ),
    ),
    u8: NdArray.from("uint64", BigUint64Array.of(2n ** 64n - 1n, 2n ** 63n + 2n ** 39n + 1n, 2n ** 53n + 1n)),
    i4: NdArray.from("int32", SIX.i4),
    u2: NdArray.from("uint16", SIX.u2),
    b1: NdArray.from("bool", SIX.b1),
    c16: NdArray.from(
      "complex128",
      COMPLEX.c16.map((part) => (Number.isNaN(part) ? 0.25 : part)),
      [6],
    ),
  };
  const FLOATS = ["f2", "f4", "f8", "c8", "c16"];

  it("to floats and complex numbers, bit by bit", () => {
    const wanted = Object.entries(SAMPLES).flatMap(([code, array]) =>
      FLOATS.filter((to) => code[0] !== "c" || to[0] === "c").map((to) => ({
        from: `<${code}`,
        to: `<${to}`,
        bytes: Buffer.from(array.toBytes()).toString("hex"),
      })),
    );
    const printed = python(
      `import json, sys, numpy as np
for c in json.loads(sys.argv[1]):
    print(np.frombuffer(bytes.fromhex(c["bytes"]), c["from"]).astype(c["to"]).tobytes().hex())`,
      JSON.stringify(wanted),
    );
    const expected = printed.trim().split("\n");
    const found = wanted.map(({ from, to }) => {
      const array = SAMPLES[from.slice(1)] as NdArray;
      return Buffer.from(cast(array, dtype(to).name as NumericDType).toBytes()).toString("hex");
    });
    for (const [index, { from, to }] of wanted.entries())
      expect(`${from} to ${to} ${found[index]}`).toBe(`${from} to ${to} ${expected[index]}`);
    expect(wanted.length).toBe(8 * 5 + 2);
  });
});

describe("typed arrays", () => {
  const plain = typedArrays();

  it("have dtype, shape and the elements in C order, whatever the array's memory looks like", () => {
    fc.assert(
      fc.property(
        arrays.filter(({ dtype: name }) => (DTYPES as readonly string[]).includes(name)),
        (array) => {
          const { dtype: name, shape, data } = plain(array, "a");
          sameArray(NdArray.from(name, data as never, shape), array);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("are the array's own memory where that is packed and native", () => {
    const memory = new BigInt64Array(4);
    expect(plain(NdArray.from("int64", memory, [2, 2]), "a").data).toBe(memory);
    const pairs = NdArray.from("complex64", Float32Array.of(1, 2, 3, 4, 5, 6), [3]).slice([1, 3]);
    expect(plain(pairs, "a").data).toEqual(Float32Array.of(3, 4, 5, 6));
  });

  it.each(["<U2", "|S2", "|O", "<M8[s]", "<m8[s]"])("do not exist for %s", (descr) => {
    const refused = refusalOf(() => plain(zeros(dtype(descr), [1]), "image_path"));
    expect(refused.code).toBe("unsupported");
    expect(refused.message).toMatch(/^image_path: no typed array holds /);
  });
});
