import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as ort from "onnxruntime-common";
import { beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { onnx, type PlainTensor, type TensorAdapter, tfjs, toTensors, typedArrays } from "../src/tensor/index.js";
import { DefaultDict, Instance, NumpyScalar, Tuple, type Value } from "../src/value/value.js";
import { refusalOf } from "./support-tensors.js";

/** Says which array it was given, and under which name. */
const named: TensorAdapter<string> = (array, key) => `${array.dtype} ${key}`;

const floats = (...numbers: readonly number[]): NdArray<"float32"> =>
  NdArray.from("float32", Float32Array.from(numbers));

interface Parameters {
  readonly betas?: NdArray | undefined;
  readonly gender: string;
}
interface Sample {
  readonly keypoints: NdArray<"float64", readonly [number, 17, 3]>;
  readonly mask?: NdArray<"uint8"> | undefined;
  readonly image_path?: readonly string[] | undefined;
  readonly smpl: Parameters;
}
const sample = (): Sample => ({
  keypoints: zeros("float64", [2, 17, 3]),
  mask: NdArray.from("uint8", new Uint8Array(17).fill(1)),
  image_path: ["a.png", "b.png"],
  smpl: { betas: zeros("float32", [2, 10]), gender: "neutral" },
});

describe("a record's arrays become tensors", () => {
  beforeAll(async () => {
    tf.env().set("IS_TEST", true);
    await tf.setBackend("cpu");
  });

  it("the record's own ones only, all else as it is", () => {
    const record = sample();
    const tensors = toTensors(record, named);
    expect(tensors).toEqual({
      keypoints: "float64 keypoints",
      mask: "uint8 mask",
      image_path: ["a.png", "b.png"],
      smpl: record.smpl,
    });
    expect(tensors.smpl).toBe(record.smpl);
    expect(record.keypoints).toBeInstanceOf(NdArray);
    expectTypeOf(tensors.keypoints).toEqualTypeOf<string>();
    expectTypeOf(tensors.mask).toEqualTypeOf<string | undefined>();
    expectTypeOf(tensors.smpl).toEqualTypeOf<Parameters>();
    expectTypeOf(tensors.image_path).toEqualTypeOf<readonly string[] | undefined>();
  });

  it("nested ones too when asked to, with their paths", () => {
    const tensors = toTensors(sample(), named, { nested: true });
    expect(tensors.smpl).toEqual({ betas: "float32 smpl.betas", gender: "neutral" });
    expect(tensors.image_path).toEqual(["a.png", "b.png"]);
    expectTypeOf(tensors.smpl.betas).toEqualTypeOf<string | undefined>();
    expectTypeOf(tensors.smpl.gender).toEqualTypeOf<string>();
    expectTypeOf(tensors.image_path).toEqualTypeOf<readonly string[] | undefined>();
  });

  it("without all that is no array when asked to", () => {
    const own = toTensors(sample(), named, { other: "omit" });
    expect(own).toEqual({ keypoints: "float64 keypoints", mask: "uint8 mask" });
    expect(Object.keys(own)).toEqual(["keypoints", "mask"]);
    expectTypeOf<keyof typeof own>().toEqualTypeOf<"keypoints" | "mask">();
    const nested = toTensors(sample(), named, { other: "omit", nested: true });
    expect(nested).toEqual({
      keypoints: "float64 keypoints",
      mask: "uint8 mask",
      smpl: { betas: "float32 smpl.betas" },
    });
    expectTypeOf<keyof typeof nested>().toEqualTypeOf<"keypoints" | "mask" | "smpl">();
    expectTypeOf<keyof typeof nested.smpl>().toEqualTypeOf<"betas">();
  });

  it("in dicts and lists without a schema, at any depth", () => {
    const untyped = new Map<Value, Value>([
      ["poses", floats(1)],
      [7, [floats(2), "text", new Map<Value, Value>([["odd key", floats(3)]])]],
      ["names", ["a", "b"]],
      ["pair", Tuple.of<Value>(1, 2)],
    ]);
    const tensors = toTensors({ meta: untyped }, named, { nested: true });
    expect(tensors.meta).toEqual(
      new Map<unknown, unknown>([
        ["poses", "float32 meta.poses"],
        [7, ["float32 meta[7][0]", "text", new Map([["odd key", 'float32 meta[7][2]["odd key"]']])]],
        ["names", ["a", "b"]],
        ["pair", Tuple.of<Value>(1, 2)],
      ]),
    );
    // Lists in which there was nothing to do are the very same ones.
    expect((tensors.meta as Map<unknown, unknown>).get("pair")).toBe(untyped.get("pair"));
    const arraysOnly = toTensors({ meta: untyped }, named, { nested: true, other: "omit" });
    expect([...(arraysOnly.meta as Map<unknown, unknown>).keys()]).toEqual(["poses", 7]);
    expect((arraysOnly.meta as Map<unknown, unknown>).get(7)).toHaveLength(3);
  });

  it("when the record is a Map itself", () => {
    const record = new Map([["a", floats(1)]]);
    const tensors = toTensors(record, named);
    expect(tensors).toEqual(new Map([["a", "float32 a"]]));
    expectTypeOf(tensors).toEqualTypeOf<Map<string, string>>();
    const dict = new DefaultDict([["b", floats(1)]]);
    expect(toTensors({ dict }, named, { nested: true }).dict).toEqual(new Map([["b", "float32 dict.b"]]));
  });

  it("and no array is looked for in instances, scalars and sets", () => {
    const instance = new Instance("m", "C");
    instance.items.set("x", floats(1));
    const record = {
      instance,
      scalar: new NumpyScalar(floats(1).type, 2),
      set: new Set([floats(1)]),
      none: null,
      no: undefined,
    };
    const tensors = toTensors(record, named, { nested: true });
    for (const key of Object.keys(record) as (keyof typeof record)[]) expect(tensors[key]).toBe(record[key]);
    expect(Object.keys(tensors)).toEqual(Object.keys(record));
    expect(toTensors(record, named, { nested: true, other: "omit" })).toEqual({});
  });

  it("under any key, also one that objects have a meaning for", () => {
    const record = JSON.parse('{"__proto__": null, "constructor": null}') as Record<string, NdArray>;
    Object.defineProperty(record, "__proto__", { value: floats(1) });
    const tensors = toTensors(record, named);
    expect(Object.entries(tensors)[0]).toEqual(["__proto__", "float32 __proto__"]);
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  });

  it("shared or cyclic as in the record", () => {
    const shared = floats(1);
    const list: unknown[] = [shared];
    const record: Record<string, unknown> = { a: shared, b: { again: shared }, list };
    record["self"] = record;
    list.push(list);
    const made: string[] = [];
    const tensors = toTensors(
      record,
      (_, key) => {
        made.push(key);
        return { key };
      },
      { nested: true },
    ) as Record<string, Record<string, unknown>>;
    expect(made).toEqual(["a"]);
    expect(tensors["b"]?.["again"]).toBe(tensors["a"]);
    expect(tensors["self"]).toBe(tensors);
    const found = tensors["list"] as unknown as unknown[];
    expect(found[0]).toBe(tensors["a"]);
    expect(found[1]).toBe(found);
  });

  it("to a depth that the stack can bear", () => {
    const nest = (depth: number): Record<string, unknown> => {
      let value: Record<string, unknown> = { a: floats(1) };
      for (let i = 0; i < depth; i++) value = { d: [value] };
      return value;
    };
    let found = toTensors(nest(500), named, { nested: true });
    for (let i = 0; i < 500; i++) found = (found["d"] as Record<string, unknown>[])[0] as Record<string, unknown>;
    expect(Object.keys(found)).toEqual(["a"]);
    expect(refusalOf(() => toTensors(nest(100_000), named, { nested: true })).code).toBe("limit");
    expect(toTensors(nest(100_000), named)).toHaveProperty("d");
  });

  it("only of what is a record", () => {
    for (const value of [[floats(1)], floats(1), new Instance("m", "C"), new Set()])
      expect(() => toTensors(value, named)).toThrow(new TypeError("a record is a plain object or a Map"));
  });

  it("each cast to the wanted dtype, masks included (Q66)", () => {
    const tensors = toTensors(sample(), onnx(ort), { dtype: "float32", nested: true });
    expect([tensors.keypoints.type, tensors.mask?.type, tensors.smpl.betas?.type]).toEqual([
      "float32",
      "float32",
      "float32",
    ]);
    expect(tensors.mask?.data).toEqual(new Float32Array(17).fill(1));
    const record = { ids: NdArray.from("float64", Float64Array.of(1, -1)) };
    expect(refusalOf(() => toTensors(record, onnx(ort), { dtype: "uint8" }))).toMatchObject({
      code: "unwritable",
      path: "ids",
    });
  });

  it("for tfjs without an option of its own when all are cast to float32", () => {
    const tensors = toTensors(sample(), tfjs(tf), { dtype: "float32", other: "omit" });
    expect([tensors.keypoints.dtype, tensors.keypoints.shape]).toEqual(["float32", [2, 17, 3]]);
    expectTypeOf(tensors.keypoints).toExtend<tf.Tensor>();
    tf.dispose(tensors);
  });

  it("of big-endian numbers, negative strides and unsigned integers, which torch refuses (Q66)", () => {
    const record = {
      big: NdArray.fromBytes(">u2", [2], Uint8Array.of(1, 0, 0, 2)),
      reversed: floats(1, 2, 3).slice([null, null, -1]),
      text: NdArray.from<"string">(dtype("<U1"), ["a", "b"], [2]),
    };
    const tensors = toTensors(record, onnx(ort));
    expect(tensors.big.data).toEqual(Uint16Array.of(256, 2));
    expect(tensors.reversed.data).toEqual(Float32Array.of(3, 2, 1));
    expect(tensors.text.data).toEqual(["a", "b"]);
  });

  it("in memory of their own when asked to", () => {
    const memory = Float32Array.of(1, 2);
    const record = { a: NdArray.from("float32", memory), b: NdArray.from("float32", memory).slice([0, 1]) };
    const own = toTensors(record, typedArrays(), { copy: true });
    const cast = toTensors(record, typedArrays(), { copy: true, dtype: "float32" });
    const shared = toTensors(record, typedArrays());
    memory[0] = 9;
    const firsts = [own, cast, shared].map(({ a, b }) => [a.data[0], b.data[0]]);
    expect(firsts).toEqual([
      [1, 1],
      [1, 1],
      [9, 9],
    ]);
  });
});

describe("arrays that the library has no tensors of", () => {
  const record = { when: zeros("<M8[s]", [1]), poses: floats(1) };

  it("are an error that names them", () => {
    expect(refusalOf(() => toTensors({ a: { b: record } }, onnx(ort), { nested: true })).message).toBe(
      "a.b.when: no tensor of onnxruntime holds datetime64[s]",
    );
  });

  it("stay arrays when they are to be skipped", () => {
    const tensors = toTensors(record, typedArrays(), { unsupported: "skip" });
    expect(tensors.when).toBe(record.when);
    expect(tensors.poses).toMatchObject({ dtype: "float32" });
    expectTypeOf(tensors.poses).toEqualTypeOf<PlainTensor | NdArray<"float32">>();
  });

  it("are left out when they are to be skipped and others omitted", () => {
    const tensors = toTensors(record, onnx(ort), { unsupported: "skip", other: "omit" });
    expect(Object.keys(tensors)).toEqual(["poses"]);
    expectTypeOf(tensors.poses).toEqualTypeOf<ort.Tensor | undefined>();
  });

  it("are skipped where they cannot be cast", () => {
    const names = NdArray.from<"string">(dtype("<U1"), ["a"], [1]);
    expect(toTensors({ names }, onnx(ort), { dtype: "float32", unsupported: "skip" }).names).toBe(names);
  });

  it("are no excuse for numbers that do not fit", () => {
    const ids = NdArray.from("int64", BigInt64Array.of(2n ** 40n));
    expect(refusalOf(() => toTensors({ ids }, tfjs(tf), { unsupported: "skip" })).code).toBe("unwritable");
  });

  it("leave no tensors behind that were made before", () => {
    const before = tf.memory().numTensors;
    const late = { a: floats(1), b: { c: floats(2) }, d: zeros("<f8", [1]) };
    expect(refusalOf(() => toTensors(late, tfjs(tf), { nested: true })).path).toBe("d");
    expect(tf.memory().numTensors).toBe(before);
  });
});
