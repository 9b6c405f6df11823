import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NdArray, readPickle, Tuple, type Value, writePickle } from "@somakit/core";
import { describe, expect, it, test } from "vitest";
import {
  compressedAnnotation,
  type EstimatedVideo,
  frameDirOf,
  keepDetections,
  parseVideoList,
  plainAnnotation,
  withSplits,
} from "../packages/formats/src/pyskl/custom2d/index.js";

const FIXTURES = join(import.meta.dirname, "conformance/pyskl/custom2d");
type Dict = ReadonlyMap<string, Value>;
const listOf = (name: string): readonly Dict[] =>
  readPickle(readFileSync(join(FIXTURES, `${name}.pkl`))) as unknown as readonly Dict[];

const sha = (array: NdArray): string => createHash("sha256").update(array.toBytes()).digest("hex");
const described = (entries: Iterable<readonly [string, unknown]>): unknown =>
  [...entries].map(([key, value]) => [
    key,
    value instanceof NdArray
      ? [value.dtype, value.shape, sha(value)]
      : value instanceof Tuple
        ? ["tuple", ...value]
        : value,
  ]);

/** What the estimator must have found for a compressed clip to be stored. */
function estimatedFrom(clip: Dict): EstimatedVideo {
  const keypoint = clip.get("keypoint") as NdArray<"float16">;
  const inds = [...(clip.get("frame_inds") as NdArray<"int16">)];
  const [height, width] = clip.get("img_shape") as readonly [number, number];
  const frames = Array.from({ length: clip.get("total_frames") as number }, (_, frame) => {
    const rows = inds.flatMap((ind, row) => (ind === frame ? [row] : []));
    const values = rows.flatMap((row) => [...keypoint.slice(row)]);
    return NdArray.from("float32", Float32Array.from(values), [rows.length, 17, 3]);
  });
  const label = clip.get("label") as number | undefined;
  return { frameDir: clip.get("frame_dir") as string, label, imgShape: [height, width], frames: frames as never };
}

const video = (frames: readonly number[]): EstimatedVideo => ({
  frameDir: "v",
  imgShape: [48, 64],
  frames: frames.map((count, frame) =>
    NdArray.from(
      "float32",
      Float32Array.from({ length: count * 51 }, (_, at) => frame + at / 100),
      [count, 17, 3],
    ),
  ),
});

describe("what custom_2d_skeleton stores", () => {
  test.each([
    ["compress_p2", "plain_p2"],
    ["compress_nolabel_p2", "plain_nolabel_p2"],
  ])("%s and %s are made of the same detections", (compressed, plain) => {
    const plainByName = new Map(listOf(plain).map((clip) => [clip.get("frame_dir"), clip]));
    for (const clip of listOf(compressed)) {
      const estimated = estimatedFrom(clip);
      expect(described(Object.entries(compressedAnnotation(estimated)))).toEqual(described(clip));
      const other = plainByName.get(clip.get("frame_dir") as string) as Dict;
      // The lists number their videos, and so the labels, by themselves.
      const label = other.get("label") as number | undefined;
      expect(described(Object.entries(plainAnnotation({ ...estimated, label })))).toEqual(described(other));
    }
  });

  it("a video without anybody is stored plainly, and has no compressed form", () => {
    const expected = listOf("plain_p2").find((clip) => clip.get("num_person_raw") === 0) as Dict;
    const [height, width] = expected.get("img_shape") as readonly [number, number];
    const empty: EstimatedVideo = { ...video([0, 0, 0, 0]), frameDir: "run_01", label: 7, imgShape: [height, width] };
    expect(described(Object.entries(plainAnnotation(empty)))).toEqual(described(expected));
    expect(() => compressedAnnotation(empty)).toThrow(expect.objectContaining({ code: "missing", path: "run_01" }));
  });

  it("the list is written as upstream's", () => {
    const made = listOf("compress_p2").map((clip) => compressedAnnotation(estimatedFrom(clip)));
    const read = readPickle(writePickle(made as unknown as Value, { protocol: 2 })) as unknown as readonly Dict[];
    expect(read.map(described)).toEqual(listOf("compress_p2").map(described));
  });

  it("numbers of frames have to fit int16", () => {
    const frames = [...new Array<number>(32768).fill(0)];
    expect(compressedAnnotation(video([...frames.slice(1), 1])).frame_inds.get(0)).toBe(32767);
    expect(() => compressedAnnotation(video([...frames, 1]))).toThrow(expect.objectContaining({ code: "limit" }));
  });

  it("skeletons of another shape are refused", () => {
    const bad = { ...video([]), frames: [NdArray.from("float32", new Float32Array(50), [1, 25, 2])] as never };
    expect(() => plainAnnotation(bad)).toThrow(RangeError);
    expect(() => compressedAnnotation(bad)).toThrow(RangeError);
  });
});

describe("parseVideoList", () => {
  it("reads paths, with labels or without", () => {
    expect(parseVideoList("videos/a.b.mp4 0\r\nx/y/z.mkv\t7\n\n")).toEqual([
      { path: "videos/a.b.mp4", frameDir: "a", label: 0 },
      { path: "x/y/z.mkv", frameDir: "z", label: 7 },
    ]);
    expect(parseVideoList("a.mp4\nb.mp4")).toEqual([
      { path: "a.mp4", frameDir: "a" },
      { path: "b.mp4", frameDir: "b" },
    ]);
    expect(parseVideoList("")).toEqual([]);
    expect(frameDirOf("videos/run_01.avi")).toBe("run_01");
  });

  test.each([
    ["a.mp4 0\nb.mp4\n", /line 2: no label, unlike line 1/],
    ["a.mp4\nb.mp4 1\n", /line 2: a label, unlike line 1/],
    ["a.mp4 0\n\nb.mp4 1\n", /line 2: an empty line/],
    ["my video.mp4 0\n", /line 1: 3 words/],
    ["a.mp4 jump\n", /line 1: "jump" is no label/],
  ])("refuses %j", (text, message) => {
    expect(() => parseVideoList(text)).toThrow(
      expect.objectContaining({ code: "corrupt", message: expect.stringMatching(message) }),
    );
  });
});

test("keepDetections takes those of enough score and area, in float32", () => {
  const boxes = [
    [0, 0, 40, 40, 0.7],
    [0, 0, 40, 39.99, 0.9],
    [0, 0, 100, 100, 0.69],
    [10, 10, 50, 60, 0.95],
  ];
  const kept = keepDetections(NdArray.from("float32", Float32Array.from(boxes.flat()), [4, 5]));
  expect(kept.slice(null, 4).toList()).toEqual([Math.fround(0.7), Math.fround(0.95)]);
  expect(keepDetections(kept, { score: 0.8, area: 0 }).shape).toEqual([1, 5]);
  expect(() => keepDetections(NdArray.from("float32", new Float32Array(4), [1, 4]))).toThrow(RangeError);
});

describe("withSplits", () => {
  const clips = [{ frame_dir: "a" }, { frame_dir: "b" }];

  it("makes a data set of a list", () => {
    expect(withSplits(clips, { train: ["b"], val: ["a"] })).toEqual({
      split: { train: ["b"], val: ["a"] },
      annotations: clips,
    });
  });

  it("refuses names that are there twice, or not at all", () => {
    expect(() => withSplits([...clips, { frame_dir: "a" }], {})).toThrow(
      expect.objectContaining({ code: "mismatch", path: "annotations[2]" }),
    );
    expect(() => withSplits(clips, { train: ["a", "c"] })).toThrow(
      expect.objectContaining({ code: "mismatch", path: "split.train[1]" }),
    );
  });
});
