import { readFileSync } from "node:fs";
import {
  checkWith,
  FileAccessor,
  MemorySink,
  memorySource,
  NdArray,
  openWith,
  readWith,
  upgradeWith,
  writeWith,
} from "@somakit/core";
import { expect, it } from "vitest";
import { layout } from "../packages/formats/src/humandata/humandata.layout.gen.js";

type Data = Record<string, unknown>;

const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`conformance/humandata/${name}`, import.meta.url));
const open = (bytes: Uint8Array): Promise<FileAccessor<Data>> =>
  openWith(layout, FileAccessor<Data>, memorySource(bytes));

it("makes a file of 2021 what a new one is, and says how", async () => {
  const { value, changes } = await upgradeWith(layout, await open(bytesOf("legacy_like.npz")));
  expect(changes.map(({ path }) => path)).toEqual([
    "mask",
    "bbox_xywh",
    "smpl.body_pose",
    "smpl.global_orient",
    "smpl.betas",
    "keypoints2d_convention",
    "keypoints3d_convention",
    "__data_len__",
    "__key_strict__",
    "__keypoints_compressed__",
  ]);
  expect(value).toMatchObject({ keypoints2d_convention: "smplx", keypoints3d_convention: "smplx", __data_len__: 2 });
  expect(value).not.toHaveProperty("mask");
  const { keypoints2d_mask: mask, bbox_xywh: boxes, smpl } = value as { [key: string]: NdArray };
  expect([mask?.size, boxes?.shape, boxes?.get(0, 4)]).toEqual([144, [2, 5], 1]);
  expect((smpl as unknown as Record<string, NdArray>)["body_pose"]?.dtype).toBe("float64");
  expect(await checkWith(layout, value, { profile: "strict" })).toEqual([]);
});

it("can be written, and is up to date when it is read again", async () => {
  const { value } = await upgradeWith(layout, await open(bytesOf("legacy_like.npz")));
  const sink = new MemorySink();
  await writeWith(layout, sink, value);
  const again = await upgradeWith(layout, await open(sink.bytes()));
  expect(again.changes).toEqual([]);
  expect(Object.keys(again.value).sort()).toEqual(Object.keys(value).sort());
});

it("corrects the convention that reading took when none was named", async () => {
  const record = await readWith<Data>(layout, memorySource(bytesOf("legacy_like.npz")));
  expect(record["keypoints2d_convention"]).toBe("human_data");
  expect(upgradeWith(layout, record).value).toMatchObject({ keypoints2d_convention: "smplx" });
});

it.each([
  [
    "old_temporal_len.npz",
    ["__temporal_len__: now called __data_len__", 'keypoints2d_convention: absent, so "human_data"'],
  ],
  ["full.npz", []],
  ["compressed.npz", []],
  ["compressed.pkl", []],
])("lists what is to be done to %s", async (name, expected) => {
  const { value, changes } = await upgradeWith(layout, await open(bytesOf(name)));
  expect(changes.map(({ path, message }) => `${path}: ${message}`)).toEqual(expected);
  expect(value["keypoints2d"]).toBeInstanceOf(NdArray);
  expect((value["keypoints2d"] as NdArray).shape[1]).toBe(190);
});
