import { describe, expect, test } from "vitest";
import { zeros } from "../src/ndarray/ndarray.js";
import { findNode, unboxed } from "../src/tree/find.js";
import { boxed, nodeOfValue } from "../src/tree/value-node.js";
import type { Value } from "../src/value/value.js";

const root = nodeOfValue({
  meta: boxed(new Map<Value, Value>([["gender", "f"]])),
  clips: [{ keypoint: zeros("float32", [2, 3]) }, { "odd key": 7 }],
});

describe("findNode", () => {
  test.each([
    ["", "group", ""],
    ["meta.gender", "scalar", "meta.gender"],
    ["clips[0].keypoint", "array", "clips[0].keypoint"],
    ["clips[-1]", "group", "clips[1]"],
    ['clips[1]["odd key"]', "scalar", 'clips[1]["odd key"]'],
    ["clips[0].keypoint[-1]", "array", "clips[0].keypoint[1]"],
  ])("%j is a %s", async (path, kind, place) => {
    expect(await findNode(root, path)).toMatchObject({ kind, path: place });
  });

  test("an index into an array gives a view", async () => {
    const node = await findNode(root, "clips[0].keypoint[1]");
    expect(node).toMatchObject({ shape: [3] });
  });

  test.each([
    ["none", 'the file has no "none"; it has "meta", "clips"'],
    ["clips[2]", "clips has 2 elements, so no [2]"],
    ["meta[0]", "meta has no elements, so no [0]"],
    ["meta.gender.x", 'meta.gender has no members, so no "x"'],
    ["clips[0].keypoint[2]", "clips[0].keypoint has 2 elements, so no [2]"],
  ])("%j is missing: %s", async (path, message) => {
    await expect(findNode(root, path)).rejects.toMatchObject({ code: "missing", reason: message });
  });
});

test("boxes are looked into, other nodes stay", async () => {
  const box = await findNode(root, "meta");
  expect(box.kind).toBe("array");
  expect((await unboxed(box)).kind).toBe("group");
  expect(await unboxed(root)).toBe(root);
});
