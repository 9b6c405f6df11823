// make-data.js OUT KIND… --frames N --clips N: the files of python/data.py for machines without numpy. Other values, of the
// same kinds, types and sizes, written by somakit itself.
import { existsSync, renameSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { NdArray, npz, pickle, Tuple, toHalf, type Value } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import { makeClips } from "../../support/skeleton-clips.js";
import { dataPath, type Kind, type Sizes } from "../data.js";
import { makeCoco } from "./make-coco.js";
import { makeDepth, makeFaces } from "./make-faces.js";
import { makeSkeletons } from "./skeleton-files.js";

const JOINTS = 190;
/** Joints of a packed file. */
const PACKED = 127;
const CLIP = [2, 80, 17] as const;

/** Numbers from 0 to 1, the same every time (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Whether the data set has a joint; about a quarter are zero throughout. */
const isPresent = (joint: number): boolean => joint % 4 !== 1;

function keypoints(frames: number, width: 3 | 4, joints = JOINTS): NdArray {
  const random = randomNumbers(width);
  const data = new Float32Array(frames * joints * width);
  for (let frame = 0, at = 0; frame < frames; frame++) {
    for (let joint = 0; joint < joints; joint++) {
      for (let axis = 0; axis < width; axis++, at++) {
        if (!isPresent(joint)) continue;
        const smooth = Math.sin(joint + axis + frame * (0.01 + joint * 0.0003));
        data[at] =
          width === 4 ? (axis === 3 ? 1 : 0.2 * smooth) : axis === 2 ? random() : 500 + 80 * smooth + 6 * random();
      }
    }
  }
  return NdArray.from("float32", data, [frames, joints, width]);
}

function humanData(frames: number): Map<string, Value> {
  const mask = Uint8Array.from({ length: JOINTS }, (_, joint) => Number(isPresent(joint)));
  const path = (frame: number): string =>
    `images/camera_${Math.floor(frame / 25000)}/${`${frame}`.padStart(6, "0")}.jpg`;
  return new Map<string, Value>([
    ["__key_strict__", false],
    ["__data_len__", frames],
    ["__keypoints_compressed__", false],
    ["image_path", Array.from({ length: frames }, (_, frame) => path(frame))],
    ["bbox_xywh", floats([frames, 5], 900)],
    ["config", "bench"],
    ["keypoints2d", keypoints(frames, 3)],
    ["keypoints2d_mask", NdArray.from("uint8", mask, [JOINTS])],
    ["keypoints2d_convention", "human_data"],
    ["keypoints3d", keypoints(frames, 4)],
    ["keypoints3d_mask", NdArray.from("uint8", mask, [JOINTS])],
    ["keypoints3d_convention", "human_data"],
    ["meta", new Map([["gender", new Array<Value>(frames).fill("neutral")]])],
  ]);
}

function packedHumanData(frames: number): Map<string, Value> {
  const mask = NdArray.from(
    "uint8",
    Uint8Array.from({ length: JOINTS }, (_, joint) => Number(joint < PACKED)),
    [JOINTS],
  );
  const smpl: readonly (readonly [string, readonly number[]])[] = [
    ["body_pose", [23, 3]],
    ["global_orient", [3]],
    ["betas", [10]],
    ["transl", [3]],
  ];
  const changed: readonly (readonly [string, Value])[] = [
    ["__keypoints_compressed__", true],
    ["keypoints2d", keypoints(frames, 3, PACKED)],
    ["keypoints2d_mask", mask],
    ["keypoints3d", keypoints(frames, 4, PACKED)],
    ["keypoints3d_mask", mask],
    ["smpl", new Map(smpl.map(([key, shape]) => [key, floats([frames, ...shape], 2)]))],
  ];
  return new Map([...humanData(frames), ...changed]);
}

/** One person a video, with the keypoints of OpenPose and a box around them. */
function walks(frames: number): Map<string, Value> {
  const video = (frame: number): string => `video_${`${Math.floor(frame / 200)}`.padStart(4, "0")}.mp4`;
  return new Map<string, Value>([
    ["__key_strict__", false],
    ["__data_len__", frames],
    ["__keypoints_compressed__", false],
    ["bbox_xywh", floats([frames, 5], 900)],
    ["keypoints2d", keypoints(frames, 3, 25)],
    ["keypoints2d_convention", "openpose_25"],
    ["keypoints2d_mask", NdArray.from("uint8", new Uint8Array(25).fill(1), [25])],
    ["video_path", Array.from({ length: frames }, (_, frame) => video(frame))],
    [
      "frame_idx",
      NdArray.from(
        "int64",
        BigInt64Array.from({ length: frames }, (_, frame) => BigInt(frame % 200)),
        [frames],
      ),
    ],
  ]);
}

function floats(shape: readonly number[], scale: number): NdArray {
  const random = randomNumbers(1);
  const size = shape.reduce((product, length) => product * length, 1);
  return NdArray.from(
    "float32",
    Float32Array.from({ length: size }, () => random() * scale),
    shape,
  );
}

function clips(count: number): Map<string, Value> {
  const random = randomNumbers(2);
  const halves = (shape: readonly number[], scale: number): NdArray => {
    const size = shape.reduce((product, length) => product * length, 1);
    return NdArray.from(
      "float16",
      Uint16Array.from({ length: size }, () => toHalf(random() * scale)),
      shape,
    );
  };
  const annotations = Array.from(
    { length: count },
    (_, index) =>
      new Map<string, Value>([
        ["frame_dir", `clip_${`${index}`.padStart(6, "0")}`],
        ["label", index % 60],
        ["img_shape", Tuple.of(1080, 1920)],
        ["original_shape", Tuple.of(1080, 1920)],
        ["total_frames", CLIP[1]],
        ["keypoint", halves([...CLIP, 2], 1920)],
        ["keypoint_score", halves(CLIP, 1)],
      ]),
  );
  const names = annotations.map((one) => one.get("frame_dir") as string);
  const split = new Map([
    ["train", names.slice(0, Math.floor(count * 0.8))],
    ["val", names.slice(Math.floor(count * 0.8))],
  ]);
  return new Map<string, Value>([
    ["split", split],
    ["annotations", annotations],
  ]);
}

async function make(out: string, kind: Kind, sizes: Made): Promise<void> {
  const path = dataPath(out, kind, { ...sizes, bodies: 0 });
  if (existsSync(path)) return;
  if (kind === "skeletons") {
    const unfinished = `${path}.part`;
    rmSync(unfinished, { recursive: true, force: true });
    makeClips(unfinished, sizes.skeletons);
    renameSync(unfinished, path);
    return;
  }
  if (kind === "faces") {
    const unfinished = `${path}.part`;
    rmSync(unfinished, { recursive: true, force: true });
    makeFaces(unfinished, sizes.faces);
    renameSync(unfinished, path);
    return;
  }
  if (kind === "coco") return makeCoco(path, sizes.images);
  if (kind === "depth") return makeDepth(path, sizes.picture);
  if (kind === "walks") return npz.write(await fileSink(path), walks(sizes.frames));
  if (kind === "poses" || kind === "shots") {
    await makeSkeletons(path, kind, kind === "poses" ? sizes.poses : sizes.poses / 2);
    return;
  }
  const sink = await fileSink(path);
  if (kind === "deflated") await npz.write(sink, humanData(sizes.frames));
  else if (kind === "stored") await npz.write(sink, humanData(sizes.frames), { compression: "none" });
  else if (kind === "packed") await npz.write(sink, packedHumanData(sizes.frames));
  else await pickle.write(sink, clips(sizes.clips), { protocol: Number(kind.slice(-1)) as 2 | 4 | 5 });
}

const NAMES = ["frames", "clips", "skeletons", "poses", "faces", "picture", "images"] as const;
/** Bodies come from Python. */
type Made = Omit<Sizes, "bodies">;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(NAMES.map((name) => [name, { type: "string" as const }])),
});
const [out, ...kinds] = positionals as [string, ...Kind[]];
const sizes = Object.fromEntries(NAMES.map((name) => [name, Number(values[name])])) as unknown as Made;
for (const kind of kinds) await make(out, kind, sizes);
