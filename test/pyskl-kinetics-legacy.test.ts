import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryFolder, NdArray, readPickle, toHalf, type Value, writePickle } from "@somakit/core";
import { fileFolder, fileSource } from "@somakit/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  decompressPose,
  KpFiles,
  type LegacyKineticsClip,
  type LoadKineticsPoseOptions,
  loadKineticsPose,
  loadPose,
} from "../packages/formats/src/pyskl/kinetics/index.js";
import { read } from "../packages/formats/src/pyskl/pyskl.gen.js";
import { debianPython } from "./support/python.js";

const ROOT = join(import.meta.dirname, "conformance/pyskl/k400");

const ints = (values: readonly number[]): NdArray => NdArray.from("int16", Int16Array.from(values), [values.length]);

/** A store whose only file holds skeletons of 17 or 18 keypoints with these scores; x is their place in the file. */
function store(scores: readonly ((keypoint: number) => number)[], keypoints = 17, y = 0): KpFiles {
  const values = scores.flatMap((score, row) =>
    Array.from({ length: keypoints }, (_, keypoint) => [row / 8, y, score(keypoint)]).flat(),
  );
  const array = NdArray.from("float16", Uint16Array.from(values, toHalf), [scores.length, keypoints, 3]);
  return new KpFiles(memoryFolder(new Map([["v.pkl", writePickle(array as unknown as Value)]])));
}

const clip = (frames: readonly number[], more: Partial<LegacyKineticsClip> = {}): LegacyKineticsClip => ({
  filename: "v.pkl",
  total_frames: 9,
  frame_inds: ints(frames),
  ...more,
});
const xs = ({ keypoint }: { readonly keypoint: NdArray }): unknown => keypoint.slice(null, null, 0, 0).toList();

describe("loadKineticsPose", () => {
  test("reads the bare array that filename names; what served to load it is gone", async () => {
    const more = { label: 4, box_score: ints([1, 1, 1]) };
    const pose = await loadKineticsPose({ ...clip([1, 1, 3]), ...more }, store([() => 1, () => 1, () => 1]));
    expect(Object.keys(pose)).toEqual(["total_frames", "label", "num_person", "keypoint", "keypoint_score"]);
    expect([pose.total_frames, pose.num_person, pose.label]).toEqual([2, 2, 4]);
    expect(xs(pose)).toEqual([
      [0, 0.25],
      [0.125, 0],
    ]);
  });

  test("limbs count more than the torso, the torso more than the face", async () => {
    const only = (keypoints: readonly number[]) => (keypoint: number) => (keypoints.includes(keypoint) ? 0.5 : 0);
    const people = store([only([0, 1]), only([5]), only([9]), only([0, 5])]);
    // Sums: 1 by the face, 1 by the torso, 1.5 by a limb, 1.5 by both; equal ones keep their order.
    const pose = await loadKineticsPose(clip([1, 1, 1, 1]), people, { maxPerson: 3 });
    expect(xs(pose)).toEqual([[0.25], [0.375], [0]]);
    expect(pose.num_person).toBe(3);
    const weights = { face: 3, torso: 1, limb: 0 };
    const other = await loadKineticsPose(clip([1, 1, 1, 1]), people, { maxPerson: 2, keypointWeights: weights });
    expect(xs(other)).toEqual([[0], [0.375]]);
  });

  test("up to 100 people stay as they are", async () => {
    const scores = Array.from({ length: 12 }, (_, row) => () => row / 16);
    const pose = await loadKineticsPose(clip(scores.map(() => 1)), store(scores));
    expect(xs(pose)).toEqual(scores.map((_, row) => [row / 8]));
  });

  test("skeletons of OpenPose become pixels", async () => {
    const wide = clip([1, 1], { img_shape: [240, 320] });
    const pose = await loadKineticsPose(wide, store([() => 1, () => 1], 18, 0.5), { source: "openpose" });
    expect([...pose.keypoint.slice(1, 0, 3)]).toEqual([40, 120]);
    await expect(loadKineticsPose(clip([1]), store([() => 1], 18), { source: "openpose" })).rejects.toThrow(
      "img_shape",
    );
  });

  test("errors say what is wrong", async () => {
    await expect(loadKineticsPose(clip([1]), store([() => 1], 18))).rejects.toThrow("17 keypoints expected of mmpose");
    await expect(loadKineticsPose(clip([1, 2]), store([() => 1]))).rejects.toMatchObject({ code: "mismatch" });
    await expect(loadKineticsPose({ ...clip([1]), filename: "../v.pkl" }, store([() => 1]))).rejects.toMatchObject({
      code: "refused",
    });
    const gone = { ...clip([1]), filename: "w.pkl" };
    await expect(loadKineticsPose(gone, store([() => 1]))).rejects.toMatchObject({ code: "missing" });
    await expect(loadKineticsPose(clip([1]), { get: async () => undefined })).rejects.toMatchObject({
      code: "missing",
    });
  });
});

/** The clips of the table of contents, as the older scripts had them, with their files. */
async function olderClips(): Promise<{ clips: readonly (LegacyKineticsClip & { frame_dir: string })[]; kp: KpFiles }> {
  const data = await read(await fileSource(join(ROOT, "data/k400/k400_hrnet.pkl")));
  const kp = new KpFiles(await fileFolder(ROOT));
  const files = new Map<string, Uint8Array>();
  for (const one of data.annotations) {
    const { keypoint } = await loadPose(one as unknown as { frame_dir: string; raw_file: string }, kp);
    files.set(`${one.frame_dir}.pkl`, writePickle(keypoint as unknown as Value));
  }
  await kp.close();
  const clips = data.annotations.map((one) => ({ ...one, filename: `${one.frame_dir}.pkl` }));
  return {
    clips: clips as unknown as (LegacyKineticsClip & { frame_dir: string })[],
    kp: new KpFiles(memoryFolder(files)),
  };
}

test("clips of the fixture come out as they do from kpfiles, where nobody is left out", async () => {
  const { clips, kp } = await olderClips();
  expect(clips.length).toBe(5);
  for (const one of clips) {
    const { keypoint } = await loadPose(one, {
      get: () => kp.get({ frame_dir: one.frame_dir, raw_file: one.filename }),
    });
    const pose = decompressPose({ ...one, keypoint } as never, { maxPerson: 1000 }) as unknown as {
      keypoint: NdArray;
      keypoint_score: NdArray;
      total_frames: number;
    };
    const older = await loadKineticsPose(one, kp);
    expect(older.keypoint.toBytes()).toEqual(pose.keypoint.toBytes());
    expect(older.keypoint_score.toBytes()).toEqual(pose.keypoint_score.toBytes());
    expect(older.total_frames).toBe(pose.total_frames);
  }
});

/** The operator's steps with numpy, for clips in a pickle: [options, clip, skeletons] each. */
const REFERENCE = `
import pickle, sys
import numpy as np

GROUPS = dict(
    mmpose=dict(face=[0, 1, 2, 3, 4], torso=[5, 6, 11, 12], limb=[7, 8, 9, 10, 13, 14, 15, 16]),
    openpose=dict(face=[0, 14, 15, 16, 17], torso=[1, 2, 8, 5, 11], limb=[3, 4, 6, 7, 9, 10, 12, 13]))

def load(options, clip, kps):
    frames, total = clip["frame_inds"], clip["total_frames"]
    if options["squeeze"]:
        frames = np.unique(frames, return_inverse=True)[1]
        total = int(frames.max()) + 1
    kps = kps.copy()
    if options["source"] == "openpose":
        h, w = clip["img_shape"]
        kps[:, :, 0] *= w
        kps[:, :, 1] *= h
    people = int(np.bincount(frames).max())
    kp = np.zeros([people, total, kps.shape[1], 2], np.float16)
    score = np.zeros([people, total, kps.shape[1]], np.float16)
    count = np.zeros([total], np.int16)
    for frame, one in zip(frames, kps):
        kp[count[frame], frame] = one[:, :2]
        score[count[frame], frame] = one[:, 2]
        count[frame] += 1
    groups, most = GROUPS[options["source"]], options["maxPerson"]
    if people > most:
        for i in range(total):
            n = count[i]
            val = score[:n, i]
            val = (np.sum(val[:, groups["face"]], 1) * 1 + np.sum(val[:, groups["torso"]], 1) * 2
                   + np.sum(val[:, groups["limb"]], 1) * 3)
            order = sorted(range(n), key=lambda x: -val[x])
            score[:n, i] = score[order, i]
            kp[:n, i] = kp[order, i]
    return [kp[:most], score[:most]]

with open(sys.argv[1], "rb") as file:
    jobs = pickle.load(file)
with open(sys.argv[2], "wb") as file:
    pickle.dump([load(*job) for job in jobs], file, 4)
`;

describe.skipIf(!debianPython)("as numpy does it", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-test-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  interface Job {
    readonly options: Required<Pick<LoadKineticsPoseOptions, "maxPerson" | "source" | "squeeze">>;
    readonly clip: LegacyKineticsClip;
    readonly keypoint: NdArray;
  }

  async function expectSame(jobs: readonly Job[]): Promise<void> {
    const [input, output] = [join(folder, "jobs.pkl"), join(folder, "poses.pkl")];
    const plain = jobs.map(({ options, clip, keypoint }) => [
      new Map(Object.entries(options)),
      new Map(["frame_inds", "total_frames", "img_shape"].map((key) => [key, clip[key as "frame_inds"] ?? null])),
      keypoint,
    ]);
    writeFileSync(input, writePickle(plain as unknown as Value));
    const ran = spawnSync(debianPython as string, ["-c", REFERENCE, input, output], { encoding: "utf8" });
    expect(ran.stderr).toBe("");
    const poses = readPickle(new Uint8Array(readFileSync(output))) as unknown as readonly (readonly NdArray[])[];
    for (const [index, { options, clip, keypoint }] of jobs.entries()) {
      const pose = await loadKineticsPose(clip, { get: async () => ({ keypoint }) }, options);
      const [points, scores] = poses[index] as readonly [NdArray, NdArray];
      expect(pose.keypoint.shape).toEqual(points.shape);
      expect(Buffer.compare(pose.keypoint.toBytes(), points.toBytes())).toBe(0);
      expect(Buffer.compare(pose.keypoint_score.toBytes(), scores.toBytes())).toBe(0);
    }
  }

  test("the clips of the fixture", async () => {
    const { clips, kp } = await olderClips();
    const jobs: Job[] = [];
    for (const clip of clips) {
      const entry = await kp.get({ frame_dir: clip.frame_dir, raw_file: clip.filename });
      const total = Number(clip.total_frames) + 1000;
      for (const maxPerson of [1, 2, 100])
        for (const squeeze of [true, false])
          jobs.push({
            options: { maxPerson, squeeze, source: "mmpose" },
            clip: { ...clip, total_frames: total },
            keypoint: entry?.keypoint as NdArray,
          });
    }
    await expectSame(jobs);
  });

  test("crowds, of either source and of any float type", async () => {
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state / 0x7fffffff;
    };
    const jobs = Array.from({ length: 60 }, (_, index): Job => {
      const source = index % 2 === 0 ? "mmpose" : "openpose";
      const frames = Array.from({ length: 40 }, () => 1 + 2 * Math.floor(random() * 5)).sort((a, b) => a - b);
      const count = frames.length * (source === "mmpose" ? 17 : 18) * 3;
      const shape = [frames.length, count / frames.length / 3, 3];
      const values = Float64Array.from({ length: count }, () => Math.round(random() * 4096) / 4096);
      const keypoint =
        index % 3 === 0
          ? NdArray.from("float16", Uint16Array.from(values, toHalf), shape)
          : index % 3 === 1
            ? NdArray.from("float32", Float32Array.from(values), shape)
            : NdArray.from("float64", values, shape);
      return {
        options: { maxPerson: 1 + (index % 7), squeeze: index % 4 < 2, source },
        clip: { filename: "v.pkl", total_frames: 12, frame_inds: ints(frames), img_shape: [240 + index, 2051 + index] },
        keypoint,
      };
    });
    await expectSame(jobs);
  });
});
