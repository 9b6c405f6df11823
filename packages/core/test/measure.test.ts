import { expect, test } from "vitest";
import { measure } from "../src/engine/measure.js";
import type { Layout, ObjectLayout } from "../src/layout/layout.js";
import { zeros } from "../src/ndarray/ndarray.js";
import { boxed, nodeOfValue } from "../src/tree/value-node.js";
import type { Value } from "../src/value/value.js";
import { layout } from "./support-layout.js";

async function sizes(value: unknown, of: Layout = layout): Promise<Record<string, readonly number[]>> {
  const measures = await measure(of, nodeOfValue(value));
  return Object.fromEntries(
    measures.map(({ path, symbol, count, smallest, largest, total }) => [
      path === "" ? symbol : `${path} ${symbol}`,
      [count, smallest, largest, total],
    ]),
  );
}

test.each<readonly [string, unknown, number | undefined]>([
  ["what a sibling states", { len: 7, boxes: zeros("float32", [7, 5]) }, 7],
  ["its former name", { old_len: 6 }, 6],
  ["a first array when it states nothing", { len: -1, boxes: zeros("float32", [5, 5]) }, 5],
  ["a list", { paths: ["a", "b"] }, 2],
  ["a member of a boxed dict", { smpl: boxed(new Map<Value, Value>([["betas", zeros("float32", [4, 10])]])) }, 4],
  ["nothing", { fps: 30 }, undefined],
])("the number of frames comes from %s", async (_, value, frames) => {
  expect((await sizes(value))["N"]?.[3]).toBe(frames);
});

test("packed axes say nothing about a symbol, masks do", async () => {
  expect((await sizes({ keypoints: zeros("float32", [3, 2, 3]) }))["J"]).toBeUndefined();
  expect((await sizes({ keypoints: zeros("float32", [3, 2, 3]), keypoints_mask: zeros("uint8", [4]) }))["J"]).toEqual([
    1, 4, 4, 4,
  ]);
});

const clip: ObjectLayout = {
  kind: "object",
  rule: "/$defs/Clip",
  dims: { T: { role: "frame", equals: "total" }, M: { role: "person" } },
  properties: {
    total: { kind: "scalar", rule: "", types: ["integer"] },
    keypoint: { kind: "array", rule: "", dtype: ["float32"], shape: ["M", "T", 17, 2] },
    next: { kind: "ref", rule: "", name: "Clip" },
  },
  required: [],
  patterns: [],
  additional: false,
};

const clips: Layout = {
  ...layout,
  root: {
    ...clip,
    dims: {},
    properties: { clips: { kind: "list", rule: "", prefix: [], items: { kind: "ref", rule: "", name: "Clip" } } },
  },
  defs: { Clip: clip },
};

test("scopes in lists and recursive parts are counted together", async () => {
  const one = { total: 8, keypoint: zeros("float32", [1, 8, 17, 2]), next: { total: 3 } };
  const two = { total: 2, keypoint: zeros("float32", [4, 2, 17, 2]) };
  expect(await sizes({ clips: [one, two] }, clips)).toEqual({
    "clips[] T": [2, 2, 8, 10],
    "clips[] M": [2, 1, 4, 5],
    "clips[].next T": [1, 3, 3, 3],
  });
});
