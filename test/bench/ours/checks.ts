// What was read, in a form that the Python side can say as well. Each counterpart in reference.py has the same name.
import { crc32 } from "node:zlib";
import type { NdArray, Value } from "@somakit/core";
import type { HumanData, HumanDataDict } from "@somakit/formats/humandata";

/** Checksum of an array's elements, continued from `before`. */
export function crc(array: NdArray, before = 0): number {
  return crc32(array.toBytes(), before);
}

const ARRAYS = ["bbox_xywh", "keypoints2d", "keypoints2d_mask", "keypoints3d", "keypoints3d_mask"] as const;

export function arraysCheck(data: HumanData): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (const name of ARRAYS) {
    const array = data[name] as NdArray;
    facts[name] = [array.shape, crc(array)];
  }
  return { ...facts, image_path: crc32(Buffer.from((data.image_path ?? []).join("\n"))) };
}

/** A dict as it is stored, packed or not. */
export function dictCheck(data: HumanDataDict): Record<string, unknown> {
  const record = data.toRecord({ form: "stored" });
  return { packed: data.packed, ...arraysCheck(record), ...smplCheck(record) };
}

/** Some frames, with all joints. */
export function sliceCheck(data: HumanData): Record<string, unknown> {
  return { frames: data.__data_len__, ...arraysCheck(data), ...smplCheck(data) };
}

function smplCheck({ smpl, meta }: HumanData): Record<string, unknown> {
  const members = Object.entries(smpl ?? {}) as [string, NdArray][];
  const genders = meta?.gender as readonly string[];
  return {
    smpl: Object.fromEntries(members.map(([name, array]) => [name, [array.shape, crc(array)]])),
    gender: [genders.length, crc32(Buffer.from(genders.join("\n")))],
  };
}

export function clipsCheck(annotations: readonly ReadonlyMap<string, Value>[]): readonly number[] {
  let labels = 0;
  let names = 0;
  let arrays = 0;
  for (const one of annotations) {
    labels += one.get("label") as number;
    names = crc32(Buffer.from(one.get("frame_dir") as string), names);
    arrays = crc(one.get("keypoint_score") as NdArray, crc(one.get("keypoint") as NdArray, arrays));
  }
  return [annotations.length, labels, names, arrays];
}
