import { describe, expect, it } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import { openFile } from "../src/engine/open.js";
import type { ArrayLayout, FieldLayout, Layout } from "../src/layout/layout.js";
import { openMotion } from "../src/motion/read/read.js";
import { dtype } from "../src/ndarray/dtype.js";
import type { DataOf } from "../src/ndarray/elements.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";

const array = (more: Pick<ArrayLayout, "shape" | "motion" | "legacy">): ArrayLayout => ({
  kind: "array",
  rule: "",
  dtype: ["float32", "float64"],
  ...more,
});
const properties: Record<string, FieldLayout> = {
  points: {
    ...array({
      shape: ["N", "K", 3],
      motion: { part: "keypoints", channels: ["x", "y", "confidence"], space: "image", absent: "zeros" },
      legacy: [
        { shape: ["N", "K", 2], dtype: ["float32", "int32"], fill: 1, to: "float64", description: "no confidence" },
      ],
    }),
  },
  box: array({
    shape: ["N", 5],
    motion: { part: "box", channels: ["left", "top", "width", "height", "confidence"] },
    legacy: [
      { shape: ["N", 4], dtype: ["float32", "int32"], fill: 1, to: "float64", description: "no confidence" },
      { dtype: ["int32"], to: "float64", description: "whole numbers" },
    ],
  }),
  pose: array({
    shape: ["N", 2, 3],
    motion: { part: "parameters", model: "body", which: "pose" },
    legacy: [
      { shape: ["N", 6], description: "in one row" },
      { dtype: ["object"], to: "float64", description: "objects" },
    ],
  }),
};
const layout: Layout = {
  id: "test",
  title: "Test",
  description: "",
  schema: "urn:test",
  containers: [{ codec: npz, extensions: [".npz"], nulls: "keep", classes: [] }],
  detect: [],
  root: {
    kind: "object",
    rule: "",
    properties,
    required: [],
    patterns: [],
    additional: false,
    dims: { N: { role: "frame" }, K: { role: "keypoint" } },
  },
  defs: {},
  profiles: {},
};

const floats = (values: readonly number[], shape: readonly number[]): NdArray =>
  NdArray.from("float32", Float32Array.from(values), shape) as NdArray;
const whole = (values: readonly number[], shape: readonly number[]): NdArray =>
  NdArray.from("int32", Int32Array.from(values), shape) as NdArray;
const objects = (values: readonly number[], shape: readonly number[]): NdArray =>
  NdArray.from<"object">(dtype("|O"), [...values] as DataOf["object"], shape) as NdArray;

/** What motion has of a file with these arrays, a frame at a time. */
async function read(arrays: Record<string, NdArray>) {
  const sink = new MemorySink();
  await npz.write(sink, new Map(Object.entries(arrays)));
  const file = await openFile(layout, memorySource(sink.bytes()));
  const values: Record<string, readonly number[][]> = {};
  const add = (key: string, numbers: number[]): void => {
    values[key] = [...(values[key] ?? []), numbers];
  };
  const forms: Record<string, string> = {};
  for await (const { layers, quantities = [], windows } of openMotion(file).sequences()) {
    for (const { key, dtype: type } of [...layers, ...quantities]) forms[key] = type;
    for await (const window of windows({ frames: 1 })) {
      for (const [key, points] of window.layers) add(key, [...points.positions, ...(points.confidence ?? [])]);
      for (const [key, numbers] of window.quantities ?? []) add(key, [...numbers.values]);
    }
  }
  return { values, forms };
}

const POINTS = { points: floats([1, 2, 0.5, 3, 4, 0.25], [2, 1, 3]) };

describe("people in outdated forms", () => {
  it("have the boxes that reading gives: with the confidence that is filled in, in whole numbers and in floats", async () => {
    const expected = [
      [1, 2, 3, 4, 1],
      [5, 6, 7, 8, 1],
    ];
    for (const make of [floats, whole]) {
      const { values, forms } = await read({ ...POINTS, box: make([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]) });
      expect(values["box"]).toEqual(expected);
      expect(forms["box"]).toBe("float64");
    }
    const { values } = await read({ ...POINTS, box: whole([1, 2, 3, 4, 9, 5, 6, 7, 8, 9], [2, 5]) });
    expect(values["box"]).toEqual([
      [1, 2, 3, 4, 9],
      [5, 6, 7, 8, 9],
    ]);
  });

  it("have the parameters that were stored in one row, or as objects", async () => {
    const numbers = Array.from({ length: 12 }, (_, at) => at);
    const expected = [numbers.slice(0, 6), numbers.slice(6)];
    const row = await read({ ...POINTS, pose: floats(numbers, [2, 6]) });
    expect(row.values["pose"]).toEqual(expected);
    expect(row.forms["pose"]).toBe("float32");
    const boxed = await read({ ...POINTS, pose: objects(numbers, [2, 2, 3]) });
    expect(boxed.values["pose"]).toEqual(expected);
    expect(boxed.forms["pose"]).toBe("float64");
  });

  it("have the keypoints of before there were confidences", async () => {
    for (const make of [floats, whole]) {
      const { values, forms } = await read({ points: make([1, 2, 3, 4], [2, 1, 2]) });
      expect(values["points"]).toEqual([
        [1, 2, 1],
        [3, 4, 1],
      ]);
      expect(forms["points"]).toBe("float64");
    }
  });

  it("are there in the form of today as before", async () => {
    const { values, forms } = await read({ ...POINTS, box: floats([1, 2, 3, 4, 0.5, 5, 6, 7, 8, 0], [2, 5]) });
    expect(values["box"]).toEqual([
      [1, 2, 3, 4, 0.5],
      [5, 6, 7, 8, 0],
    ]);
    expect(forms).toEqual({ points: "float32", box: "float32" });
  });
});
