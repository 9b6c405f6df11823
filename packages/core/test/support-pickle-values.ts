import fc from "fast-check";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import {
  ByteArray,
  Complex,
  DefaultDict,
  DTypeValue,
  FrozenSet,
  float,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Tuple,
  type Value,
} from "../src/value/value.js";
import { arrays } from "./support-arrays.js";

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("keypoint", "__proto__", "é", "\ud800x", "😀"),
);
const ints = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, 255, 256, 65535, 65536, -1, -128, 2 ** 31, -(2 ** 31), 2 ** 53 - 1),
);
const longs = fc
  .bigInt({ min: -(2n ** 200n), max: 2n ** 200n })
  .map((value) => (isSafe(value) ? Number(value) : value));
const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => new Uint8Array(value));

function isSafe(value: bigint): boolean {
  return Number.isSafeInteger(Number(value));
}

/** Numpy scalars of every type. */
const scalars: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -128, max: 127 }).map((value) => new NumpyScalar(dtype("i1"), value)),
  fc.nat({ max: 65535 }).map((value) => new NumpyScalar(dtype("<u2"), value)),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value) => new NumpyScalar(dtype("<i8"), isSafe(value) ? Number(value) : value)),
  fc.double().map((value) => new NumpyScalar(dtype("<f8"), value)),
  fc.constantFrom(0.5, -1, Number.NaN).map((value) => new NumpyScalar(dtype("<f2"), value)),
  fc.boolean().map((value) => new NumpyScalar(dtype("b1"), value)),
  fc.constant(new NumpyScalar(dtype("<c16"), new Complex(1, -2))),
  fc.constant(new NumpyScalar(dtype("<U3"), "a中")),
  fc.constant(new NumpyScalar(dtype("S3"), Uint8Array.of(65))),
  fc.constant(new NumpyScalar(dtype("<M8[ms]"), 5)),
);

const STRUCT = dtype([
  ["a", "|u1"],
  ["", "|V3"],
  ["b", "<f4", [2]],
  ["c", [["d", ">i2"]]],
]);

/** Values without parts. */
export const leaves: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(null, true, false),
  ints,
  longs,
  fc.double().map(float),
  texts,
  bytes,
  bytes.map((value) => new ByteArray(value)),
  scalars,
  fc.constantFrom<Value>(new Complex(0, -0), new Range(0, 10, 2), new Slice(null, 5, null)),
  fc.constantFrom<Value>(
    ...["<f4", ">i2", "|O", "<U7", "<m8[25us]", "<M8"].map((code) => new DTypeValue(dtype(code))),
    new DTypeValue(STRUCT),
  ),
  arrays as unknown as fc.Arbitrary<Value>,
  fc.constant(
    NdArray.fromBytes(
      STRUCT,
      [2],
      Uint8Array.from({ length: 2 * STRUCT.itemSize }, (_, i) => (i % 14 < 1 || i % 14 > 3 ? i : 0)),
    ),
  ),
);

const keys: fc.Arbitrary<Value> = fc.oneof(
  texts,
  ints,
  texts.map((text) => Tuple.of<Value>(text, 1)),
  fc.constantFrom<Value>(null, true, 2.5),
);

/**
 * Values whose parts are shared and cyclic: a pool of containers, each filled from leaves and from the pool. Tuples and
 * object arrays take only what stands before them, so that every cycle goes through something mutable.
 */
export const values: fc.Arbitrary<Value> = fc
  .array(
    fc.record({
      kind: fc.constantFrom("list", "dict", "ordered", "default", "tuple", "objects", "set", "frozenset", "fortran"),
      parts: fc.array(
        fc.oneof(
          leaves,
          fc.nat({ max: 11 }).map((at) => ({ at })),
        ),
        { maxLength: 6 },
      ),
      keys: fc.array(keys, { minLength: 6, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((plans) => {
    const pool = plans.map(({ kind }) => emptyOf(kind));
    for (const [index, { kind, parts, keys: names }] of plans.entries()) {
      const immutable = kind === "tuple" || kind === "objects" || kind === "fortran";
      const filled = parts.map((part): Value => {
        if (!isPlace(part)) return part;
        const place = part.at % pool.length;
        return immutable && place >= index ? null : (pool[place] as Value);
      });
      pool[index] = fill(pool[index] as Value, kind, filled, names);
    }
    return pool.at(-1) as Value;
  });

function isPlace(part: unknown): part is { readonly at: number } {
  return typeof part === "object" && part !== null && Object.keys(part).join() === "at";
}

function emptyOf(kind: string): Value {
  switch (kind) {
    case "dict":
      return new Map();
    case "ordered":
      return new OrderedDict();
    case "default":
      return Object.assign(new DefaultDict(), { factory: "list" });
    case "set":
      return new Set();
    case "frozenset":
      return new FrozenSet();
    case "tuple":
      return new Tuple();
    default:
      return [];
  }
}

function fill(empty: Value, kind: string, parts: readonly Value[], names: readonly Value[]): Value {
  if (kind === "objects") return NdArray.from("object", [...parts], [parts.length, 1]) as unknown as Value;
  if (kind === "fortran") {
    const items = [...parts, ...parts];
    return NdArray.from("object", items, [parts.length, 2], { order: "F" }) as unknown as Value;
  }
  if (empty instanceof Map) for (const [index, part] of parts.entries()) empty.set(names[index] as Value, part);
  else if (empty instanceof Set) for (const name of names.slice(0, parts.length)) empty.add(name);
  else for (const part of parts) (empty as Value[]).push(part);
  return empty;
}
