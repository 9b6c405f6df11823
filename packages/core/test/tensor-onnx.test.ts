import fc from "fast-check";
import * as ort from "onnxruntime-common";
import { describe, expect, expectTypeOf, it } from "vitest";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { onnx } from "../src/tensor/index.js";
import { arrays } from "./support-arrays.js";
import { COMPLEX, elementBytes, LAYOUTS, laidOut, refusalOf, SIX, TEXTS, textBytes } from "./support-tensors.js";

const tensorOf = onnx(ort);

/** What the tensor's data is as bytes; onnxruntime has float16 as a Float16Array where there is one. */
const bytesOf = ({ data }: ort.Tensor): string => {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength).toString("hex");
};

describe("the adapter of onnxruntime", () => {
  it("makes tensors of onnxruntime's own class, typed as such", () => {
    const tensor = tensorOf(NdArray.from("float32", new Float32Array(6), [2, 3]), "a");
    expect(tensor).toBeInstanceOf(ort.Tensor);
    expectTypeOf(tensor).toEqualTypeOf<ort.Tensor>();
  });

  for (const [code, values] of Object.entries(SIX)) {
    it.each(LAYOUTS)(`keeps type, shape and every bit of ${code}, laid out in memory as %s`, (layout) => {
      const array = laidOut(code, elementBytes(values), layout);
      const tensor = tensorOf(array, "a");
      expect([tensor.type, tensor.dims, tensor.location]).toEqual([dtype(code).name, [2, 3], "cpu"]);
      expect(bytesOf(tensor)).toBe(
        elementBytes(values)
          .map((bytes) => Buffer.from(bytes).toString("hex"))
          .join(""),
      );
      // A tensor of the right type can be reshaped, which onnxruntime does by making another of the same data.
      expect(tensor.reshape([6]).dims).toEqual([6]);
    });
  }

  it.each(LAYOUTS)("keeps text, laid out in memory as %s", (layout) => {
    const tensor = tensorOf(laidOut("U7", textBytes(TEXTS, 7), layout), "image_path");
    expect([tensor.type, tensor.dims, tensor.data]).toEqual(["string", [2, 3], TEXTS]);
  });

  it("keeps any array of a dtype that onnxruntime has, whatever its shape, order and strides", () => {
    const dtypes = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 string".split(" ");
    fc.assert(
      fc.property(
        arrays.filter((array) => dtypes.includes(array.dtype)),
        (array) => {
          const tensor = tensorOf(array, "a");
          expect([tensor.type, tensor.dims, tensor.size]).toEqual([array.dtype, array.shape, array.size]);
          if (array.dtype === "string") expect(tensor.data).toEqual([...array]);
          else expect(bytesOf(tensor)).toBe(Buffer.from(array.toBytes()).toString("hex"));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("shares the array's memory where it is packed and native, part of a larger one too", () => {
    const memory = new Float32Array(12);
    const array = NdArray.from("float32", memory, [4, 3]);
    const whole = tensorOf(array, "a").data;
    expect(whole).toBe(memory);
    const part = tensorOf(array.slice([1, 3]), "a").data as Float32Array;
    part[0] = 7;
    expect([part.length, memory[3]]).toEqual([6, 7]);
    const strided = tensorOf(array.transpose(), "a").data as Float32Array;
    strided[0] = 8;
    expect(memory[0]).toBe(0);
  });

  it("swaps big-endian numbers once, and shares the result with the array", () => {
    const array = NdArray.fromBytes(">f4", [2], Uint8Array.of(0x3f, 0x80, 0, 0, 0x40, 0, 0, 0));
    expect(tensorOf(array, "a").data).toBe(array.data);
    expect([...array]).toEqual([1, 2]);
  });

  it("has booleans as 0 and 1, whatever bytes were stored for true", () => {
    const stored = Uint8Array.of(0, 1, 2, 255);
    expect(tensorOf(NdArray.fromBytes("|b1", [4], stored), "mask").data).toEqual(Uint8Array.of(0, 1, 1, 1));
    expect(stored).toEqual(Uint8Array.of(0, 1, 2, 255));
  });

  it("makes tensors without axes and without elements", () => {
    const scalar = tensorOf(NdArray.from("int64", BigInt64Array.of(5n), []), "a");
    expect([scalar.dims, scalar.data]).toEqual([[], BigInt64Array.of(5n)]);
    const empty = tensorOf(zeros("float32", [2, 3]).slice(null, [3, null]), "a");
    expect([empty.dims, empty.data]).toEqual([[2, 0], new Float32Array(0)]);
    expect(tensorOf(zeros("<U4", [0]), "a").data).toEqual([]);
  });

  it("does not let a tensor's dims change the array's shape", () => {
    const array = zeros("float32", [2, 3]);
    (tensorOf(array, "a").dims as number[])[0] = 9;
    expect(array.shape).toEqual([2, 3]);
  });

  it.each(["<c8", "<c16", "|S3", "<M8[ms]", "<m8[ns]", "|O"])("refuses %s and names key and dtype", (descr) => {
    const array = zeros(dtype(descr), [2]);
    const refused = refusalOf(() => tensorOf(array, "smpl.odd"));
    expect(refused).toMatchObject({ code: "unsupported", path: "smpl.odd" });
    expect(refused.message).toContain(`smpl.odd: no tensor of onnxruntime holds ${array.dtype}`);
  });

  it("refuses structs", () => {
    const array = NdArray.fromBytes([["x", "<f4"]], [2], new Uint8Array(8));
    expect(refusalOf(() => tensorOf(array, "s"))).toMatchObject({ code: "unsupported", path: "s" });
  });

  it("keeps no complex numbers, not even as pairs that somebody might take for something else", () => {
    const array = NdArray.from("complex64", COMPLEX.c8, [2, 3]);
    expect(refusalOf(() => tensorOf(array, "c"))).toMatchObject({ code: "unsupported" });
  });
});
