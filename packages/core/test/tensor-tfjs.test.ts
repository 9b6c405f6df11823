import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { tfjs } from "../src/tensor/index.js";
import { COMPLEX, elementBytes, LAYOUTS, laidOut, refusalOf, SIX, TEXTS, textBytes } from "./support-tensors.js";

const tensorOf = tfjs(tf);
const rounded = tfjs(tf, { inexact: "round" });

/** Numbers of a dtype that fit into int32, where the dtype holds others. */
const SMALL = {
  i8: BigInt64Array.of(-(2n ** 31n), -1n, 0n, 1n, 2n ** 24n + 1n, 2n ** 31n - 1n),
  u4: Uint32Array.of(0, 1, 2, 3, 2 ** 24 + 1, 2 ** 31 - 1),
  u8: BigUint64Array.of(0n, 1n, 2n, 3n, 2n ** 24n + 1n, 2n ** 31n - 1n),
};
const INTS = { i1: SIX.i1, i2: SIX.i2, i4: SIX.i4, u1: SIX.u1, u2: SIX.u2, ...SMALL };

describe("the adapter of TensorFlow.js", () => {
  beforeAll(async () => {
    // Otherwise tfjs advertises its native package.
    tf.env().set("IS_TEST", true);
    await tf.setBackend("cpu");
  });
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  it("makes tensors of tfjs' own class, typed as such", () => {
    const tensor = tensorOf(NdArray.from("float32", new Float32Array(6), [2, 3]), "a");
    expect(tensor).toBeInstanceOf(tf.Tensor);
    expectTypeOf(tensor).toExtend<tf.Tensor>();
    expect(tf.sum(tensor).dataSync()).toEqual(Float32Array.of(0));
  });

  for (const [code, values] of Object.entries(INTS)) {
    it.each(LAYOUTS)(`keeps every number of ${code} as int32, laid out in memory as %s`, (layout) => {
      const tensor = tensorOf(laidOut(code, elementBytes(values), layout), "a");
      expect([tensor.dtype, tensor.shape]).toEqual(["int32", [2, 3]]);
      expect(tensor.dataSync()).toEqual(Int32Array.from(values as ArrayLike<number | bigint>, Number));
    });
  }

  it.each(LAYOUTS)("keeps every bit of f4, laid out in memory as %s", (layout) => {
    const tensor = tensorOf(laidOut("f4", elementBytes(SIX.f4), layout), "a");
    expect([tensor.dtype, tensor.shape]).toEqual(["float32", [2, 3]]);
    expect(tensor.dataSync()).toEqual(SIX.f4);
  });

  it.each(LAYOUTS)("widens f2 to float32, laid out in memory as %s", (layout) => {
    const tensor = tensorOf(laidOut("f2", elementBytes(SIX.f2), layout), "a");
    expect(tensor.dtype).toBe("float32");
    expect(tensor.dataSync()).toEqual(Float32Array.of(1, -2, 2 ** -24, 65504, Number.POSITIVE_INFINITY, Number.NaN));
  });

  it.each(LAYOUTS)("makes f8 the nearest float32 when asked to, laid out in memory as %s", (layout) => {
    const tensor = rounded(laidOut("f8", elementBytes(SIX.f8), layout), "a");
    expect(tensor.dtype).toBe("float32");
    expect(tensor.dataSync()).toEqual(Float32Array.from(SIX.f8));
  });

  it.each(LAYOUTS)("keeps booleans, laid out in memory as %s", (layout) => {
    const tensor = tensorOf(laidOut("b1", elementBytes(SIX.b1), layout), "a");
    expect([tensor.dtype, tensor.shape]).toEqual(["bool", [2, 3]]);
    expect(tensor.dataSync()).toEqual(SIX.b1);
  });

  it.each(LAYOUTS)("keeps c8 as complex64, laid out in memory as %s", (layout) => {
    const tensor = tensorOf(laidOut("c8", elementBytes(COMPLEX.c8, 2), layout), "a");
    expect([tensor.dtype, tensor.shape]).toEqual(["complex64", [2, 3]]);
    expect(tensor.dataSync<"complex64">()).toEqual(COMPLEX.c8);
  });

  it.each(LAYOUTS)("makes c16 the nearest complex64 when asked to, laid out in memory as %s", (layout) => {
    const tensor = rounded(laidOut("c16", elementBytes(COMPLEX.c16, 2), layout), "a");
    expect(tensor.dtype).toBe("complex64");
    expect(tensor.dataSync<"complex64">()).toEqual(Float32Array.from(COMPLEX.c16));
  });

  it.each(LAYOUTS)("keeps text, laid out in memory as %s", (layout) => {
    const tensor = tensorOf(laidOut("U7", textBytes(TEXTS, 7), layout), "a");
    expect([tensor.dtype, tensor.shape]).toEqual(["string", [2, 3]]);
    expect(tensor.dataSync<"string">()).toEqual(TEXTS);
  });

  it("keeps bytes that are no UTF-8", async () => {
    const array = NdArray.fromBytes("|S2", [2, 1], Uint8Array.of(0xff, 0xfe, 0x61, 0));
    const tensor = tensorOf(array, "a");
    expect([tensor.dtype, tensor.shape]).toEqual(["string", [2, 1]]);
    expect(await tensor.bytes()).toEqual([Uint8Array.of(0xff, 0xfe), Uint8Array.of(0x61)]);
  });

  it.each(["<f4", "<i8", "|b1", "<c8", "<U3", "|S3"])(
    "makes tensors of %s without axes and without elements",
    (descr) => {
      const scalar = tensorOf(zeros(dtype(descr), []), "a");
      const empty = tensorOf(zeros(dtype(descr), [2, 3]).slice(null, [3, null]), "a");
      expect([scalar.shape, scalar.size, empty.shape, empty.size]).toEqual([[], 1, [2, 0], 0]);
      expect(empty.dataSync().length).toBe(0);
    },
  );

  it("has booleans as 0 and 1, whatever bytes were stored for true, so that they can be counted", () => {
    const tensor = tensorOf(NdArray.fromBytes("|b1", [4], Uint8Array.of(0, 1, 2, 255)), "mask");
    expect(tf.sum(tensor).dataSync()[0]).toBe(3);
  });

  it("shares memory of float32 and int32 that is packed and native", () => {
    const memory = Float32Array.of(1, 2, 3, 4);
    const array = NdArray.from("float32", memory, [2, 2]);
    expect(tensorOf(array, "a").dataSync()).toBe(memory);
    const ints = Int32Array.of(1, 2);
    expect(tensorOf(NdArray.from("int32", ints), "a").dataSync()).toBe(ints);
    const part = tensorOf(array.slice([1, 2]), "a").dataSync();
    memory[2] = 9;
    expect(part).toEqual(Float32Array.of(9, 4));
  });

  it("leaves none but the tensors that it returns behind", () => {
    const before = tf.memory().numTensors;
    const tensor = tensorOf(NdArray.from("complex64", COMPLEX.c8, [2, 3]), "a");
    // tfjs counts a complex tensor as three: itself and its parts.
    expect(tf.real(tensor).dataSync()).toEqual(Float32Array.of(1, 2, 0, -0, Number.NaN, 1e30));
    tf.dispose(tensor);
    expect(tf.memory().numTensors - before).toBe(1);
  });

  it.each([
    ["<i8", BigInt64Array.of(0n, 2n ** 31n), "2147483648"],
    ["<i8", BigInt64Array.of(0n, -(2n ** 31n) - 1n), "-2147483649"],
    ["<u8", BigUint64Array.of(0n, 2n ** 64n - 1n), "18446744073709551615"],
    ["<u4", Uint32Array.of(0, 2 ** 31), "2147483648"],
  ])("refuses numbers of %s beyond int32, whatever may be rounded", (descr, data, value) => {
    const array = NdArray.from(dtype(descr), data as never);
    for (const adapter of [tensorOf, rounded])
      expect(refusalOf(() => adapter(array, "image_id"))).toMatchObject({
        code: "unwritable",
        message: `image_id: int32 cannot hold ${value}, element 1 in C order`,
      });
  });

  it.each([
    ["<f8", "no tensor of tfjs holds float64", "float32"],
    ["<c16", "no tensor of tfjs holds complex128", "complex64"],
  ])("refuses to round %s unasked, also where nothing would be lost", (descr, reason, nearest) => {
    expect(refusalOf(() => tensorOf(zeros(dtype(descr), [2]), "keypoints2d"))).toMatchObject({
      code: "unsupported",
      message: `keypoints2d: ${reason}; the option inexact: "round" makes the nearest ${nearest} of it`,
    });
  });

  it("refuses text that has no UTF-8", () => {
    const points = Uint32Array.of(0x61, 0xd800);
    const array = NdArray.fromBytes("<U1", [2], new Uint8Array(points.buffer));
    expect(refusalOf(() => tensorOf(array, "name"))).toMatchObject({ code: "unwritable", path: "name" });
  });

  it.each(["<M8[ms]", "<m8[ns]", "|O"])("refuses %s and names key and dtype", (descr) => {
    const array = zeros(dtype(descr), [2]);
    const refused = refusalOf(() => rounded(array, "smpl.odd"));
    expect(refused.code).toBe("unsupported");
    expect(refused.message).toContain(`smpl.odd: no tensor of tfjs holds ${array.dtype}`);
  });
});
