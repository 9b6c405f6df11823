import fc from "fast-check";
import { dtype } from "../src/ndarray/dtype.js";
import { Complex, ExtValue, float, NanFloat, NumpyScalar, Timestamp, type Value } from "../src/value/value.js";
import { arrays } from "./support-arrays.js";

const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom("__proto__", "nd", "é", "😀", "x".repeat(300)),
);
const ints = fc
  .oneof(
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.constantFrom(
      ...[5, 7, 8, 15, 16, 31, 32, 53, 63].flatMap((bits) => [2n ** BigInt(bits), -(2n ** BigInt(bits))]),
    ),
  )
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => new Uint8Array(value));
const floats = fc.oneof(fc.double().map(float), fc.constantFrom(new NanFloat(0xfff8000000000000n)));

const scalars: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -128, max: 127 }).map((value) => new NumpyScalar(dtype("i1"), value)),
  fc.boolean().map((value) => new NumpyScalar(dtype("b1"), value)),
  fc.float().map((value) => new NumpyScalar(dtype("<f4"), value)),
  fc.constantFrom<Value>(
    new NumpyScalar(dtype("<u8"), 2n ** 64n - 1n),
    new NumpyScalar(dtype("<i8"), -7),
    new NumpyScalar(dtype("<m8[ms]"), 5),
    new NumpyScalar(dtype("<c8"), new Complex(0.5, -1)),
  ),
);

const complexes = fc
  .tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true }))
  .map(([re, im]) => new Complex(re, im));
const moments = fc
  .tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat({ max: 999_999_999 }))
  .map(([seconds, nanoseconds]) => new Timestamp(seconds, nanoseconds));
const extensions = fc.tuple(fc.nat({ max: 127 }), bytes).map(([code, data]) => new ExtValue(code, data));

/** Without datetimes: Python reads arrays of them, but does not write them. */
const numbers = arrays.filter((array) => !/^(datetime|timedelta)64$/.test(array.dtype) && array.dtype !== "object");

/** Values of plain msgpack. */
export const plainValues: fc.Arbitrary<Value> = nested(
  fc.oneof(fc.constantFrom<Value>(null, true, false), ints, floats, texts, bytes) as fc.Arbitrary<Value>,
);

/** Values of every kind that Python writes with its defaults, and reads again. */
export const msgpackValues: fc.Arbitrary<Value> = nested(
  fc.oneof(
    fc.constantFrom<Value>(null, true, false),
    ints,
    floats,
    texts,
    bytes,
    scalars,
    complexes,
    moments,
    extensions,
    numbers as unknown as fc.Arbitrary<Value>,
  ) as fc.Arbitrary<Value>,
);

function nested(leaves: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  const key = texts as fc.Arbitrary<Value>;
  return fc.letrec<{ value: Value; list: Value; map: Value }>((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaves, tie("list"), tie("map")),
    list: fc.array(tie("value"), { maxLength: 20 }),
    map: fc.array(fc.tuple(key, tie("value")), { maxLength: 20 }).map((entries) => new Map(entries)),
  })).value;
}
