import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  dumpMotionArrays,
  MemorySink,
  memorySource,
  type NdArray,
  npz,
  type OpenedFile,
  openMotion,
} from "@somakit/core";
import { loadConvention } from "@somakit/formats/conventions";
import { afterAll, describe, expect, it } from "vitest";
import { fixture, seenIn } from "./support/motion.js";
import { debianPython } from "./support/python.js";

async function arraysOf(file: OpenedFile, sequence?: number) {
  const sink = new MemorySink();
  const dumped = await dumpMotionArrays(openMotion(file), sink, { conventions: loadConvention, sequence });
  const root = await npz.open(memorySource(sink.bytes()));
  const arrays = new Map<string, NdArray>();
  for (const key of root.kind === "group" ? root.keys : []) {
    const node = root.kind === "group" ? await root.child(key) : undefined;
    if (node?.kind === "array") arrays.set(key, await node.load());
  }
  return { dumped, bytes: sink.bytes(), arrays };
}

describe("plain arrays", () => {
  it.each([
    ["pyskl", "pyskl/coco2d_f16_p2_np1.pkl", "keypoint"],
    ["skelshop/trackshots", "skelshop/track_body25_13shots.h5", "keypoints"],
    ["skelshop/unseg", "skelshop/unseg_body25.h5", "keypoints"],
    ["bodycompress", "bodycompress/multi_person.xz", "joints"],
    ["humandata", "humandata/compressed.npz", "keypoints3d"],
  ])("of %s %s are the numbers of everybody, NaN for who is not there", async (id, path, key) => {
    const file = await fixture(id, path);
    const { arrays, dumped } = await arraysOf(file);
    const [positions, present] = [arrays.get(key) as NdArray, arrays.get("present") as NdArray<"bool">];
    const [frames = 0, people = 0, points = 0, axes = 0] = positions.shape;
    expect([frames, people]).toEqual(present.shape);
    expect(dumped).toMatchObject({ frames, people });
    const confidence = arrays.get(`${key}_confidence`);
    const lines: string[] = [];
    for (let frame = 0; frame < frames; frame++) {
      for (let place = 0; place < people; place++) {
        const own = [...positions.slice(frame, place)];
        if (present.get(frame, place))
          lines.push(`${own.join(" ")} | ${[...(confidence?.slice(frame, place) ?? [])].join(" ")}`);
        else expect(own).toEqual(new Array(points * axes).fill(Number.NaN));
      }
    }
    const seen = (await seenIn(file)).flatMap((one) => one.people.flat());
    expect(lines.length).toBeGreaterThan(3);
    expect(seen).toEqual(expect.arrayContaining(lines));
    expect((arrays.get("sequence_frames") as NdArray).shape).toEqual([(await seenIn(file)).length]);
  });

  it("say of sequences what is known, and nothing that no sequence has", async () => {
    const { arrays } = await arraysOf(await fixture("pyskl", "pyskl/coco2d_f16_p2_np1.pkl"));
    expect([...(arrays.get("sequence_name") as NdArray)][0]).toBe("v_Archery_g00_c01");
    expect((arrays.get("image_size") as NdArray).slice(0).toList()).toEqual([320n, 240n]);
    expect((arrays.get("label") as NdArray).shape).toEqual([8]);
    expect([...(arrays.get("keypoint_names") as NdArray)].slice(0, 2)).toEqual(["nose", "left_eye"]);
    expect(arrays.has("fps")).toBe(false);
    expect(arrays.has("camera_intrinsics")).toBe(false);
    expect((arrays.get("keypoint") as NdArray).dtype).toBe("float16");
  });

  it("have the cameras of frames, and the boxes and parameters of people", async () => {
    const { arrays } = await arraysOf(await fixture("bodycompress", "bodycompress/camera.xz"));
    const frames = (arrays.get("present") as NdArray).shape[0];
    expect((arrays.get("camera_extrinsics") as NdArray).shape).toEqual([frames, 3, 4]);
    expect([...(arrays.get("camera_unit") as NdArray)]).toEqual(["mm"]);
    const rows = await arraysOf(await fixture("humandata", "humandata/full.npz"));
    expect((rows.arrays.get("smplx.body_pose") as NdArray).shape).toEqual([7, 1, 21, 3]);
    expect((rows.arrays.get("bbox_xywh") as NdArray).shape).toEqual([7, 1, 5]);
  });

  it("of one sequence are its frames alone", async () => {
    const { dumped } = await arraysOf(await fixture("pyskl", "pyskl/coco2d_f16_p2_np1.pkl"), 1);
    expect(dumped).toMatchObject({ sequences: 1, frames: 5 });
  });

  it("leave no file when there is nobody", async () => {
    const sink = new MemorySink();
    const source = openMotion(await fixture("humandata", "humandata/empty.npz"));
    await expect(dumpMotionArrays(source, sink)).rejects.toThrow(/no keypoints/);
    expect(() => sink.bytes()).toThrow();
  });
});

describe.skipIf(debianPython === undefined)("plain arrays in numpy", () => {
  const folder = mkdtempSync(join(tmpdir(), "arrays-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are loaded without pickles", async () => {
    const path = join(folder, "a.npz");
    writeFileSync(
      path,
      (await arraysOf(await fixture("skelshop/trackshots", "skelshop/track_body25_13shots.h5"))).bytes,
    );
    const script = `
import sys, json, numpy as np
d = np.load(sys.argv[1], allow_pickle=False)
k, p = d["keypoints"], d["present"]
print(json.dumps([list(k.shape), str(k.dtype), bool((np.isnan(k).all((2, 3)) == ~p).all()), str(d["keypoints_convention"]), d["sequence_frames"].tolist(), d["keypoints_names"][0]]))`;
    const printed = execFileSync(debianPython as string, ["-c", script, path], { encoding: "utf8" });
    expect(JSON.parse(printed)).toEqual([
      [50, 3, 25, 2],
      "float32",
      true,
      "openpose_25",
      expect.arrayContaining([8, 4, 8]),
      "nose_openpose",
    ]);
  });
});
