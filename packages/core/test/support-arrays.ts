import fc from "fast-check";
import { expect } from "vitest";
import { type DTypeName, dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { sizeOf } from "../src/ndarray/strides.js";

const TYPES = [
  ..."|b1 |i1 |u1 <i2 >i2 <u2 >u2 <i4 >i4 <u4 >u4 <i8 >i8 <u8 >u8 <f2 >f2 <f4 >f4 <f8 >f8 <c8 >c8 <c16 >c16".split(" "),
  ..."<U1 >U3 |S1 |S5 <M8[ms] >m8[ns]".split(" "),
];

/** Arrays of every type, byte order, order and shape, empty ones and views among them. */
export const arrays: fc.Arbitrary<NdArray> = fc
  .record({
    descr: fc.constantFrom(...TYPES),
    shape: fc.array(fc.nat({ max: 4 }), { maxLength: 4 }),
    order: fc.constantFrom("C" as const, "F" as const),
    view: fc.constantFrom("whole", "transposed", "every second", "reversed"),
    seed: fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 40 }),
    touched: fc.boolean(),
  })
  .map(({ descr, shape, order, view, seed, touched }) => {
    const type = dtype(descr);
    const bytes = Uint8Array.from({ length: sizeOf(shape) * type.itemSize }, (_, i) => seed[i % seed.length] as number);
    if (type.name === "bool") for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] as number) & 1;
    if (type.name === "string")
      for (let i = 0; i < bytes.length; i++) if (i % 4 !== (descr[0] === ">" ? 3 : 0)) bytes[i] = 0;
    const array = NdArray.fromBytes(type, shape, bytes, { order });
    // Once the native data has been looked at, the array has no stored bytes to copy.
    if (touched) expect(array.data.length).toBeGreaterThanOrEqual(0);
    if (view === "transposed") return array.transpose();
    const step = view === "every second" ? 2 : -1;
    return view === "whole" ? array : array.slice(...shape.map(() => [null, null, step] as const));
  });

/** Checks type, shape and every byte; the byte order may have become little-endian. */
export function sameArray(found: NdArray, expected: NdArray): void {
  expect(found.shape).toEqual(expected.shape);
  expect(found.dtype).toBe<DTypeName>(expected.dtype);
  expect(Buffer.from(found.toBytes()).toString("hex")).toBe(Buffer.from(expected.toBytes()).toString("hex"));
}
