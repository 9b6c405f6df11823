import { NdArray } from "@somakit/core";
import { describe, expect, test } from "vitest";
import { clipsOfSplit, gestureClip, type IdentifiedClip } from "../packages/formats/src/pyskl/clips/index.js";

describe("clipsOfSplit", () => {
  const dataset = {
    split: { train: ["c", "a", "a", "gone"], val: ["b"] },
    annotations: [
      { frame_dir: "a", label: 1 },
      { frame_dir: "b", label: 2 },
      { frame_dir: "c", label: 3 },
      { frame_dir: "a", label: 4 },
    ],
  };
  const labels = (clips: readonly { readonly label: number }[]): readonly number[] => clips.map(({ label }) => label);

  test("keeps the order of the file, clips of one name, and passes over names that no clip has", () => {
    expect(labels(clipsOfSplit(dataset, "train"))).toEqual([1, 3, 4]);
  });

  test("several splits are one", () => {
    expect(labels(clipsOfSplit(dataset, ["train", "val"]))).toEqual([1, 2, 3, 4]);
  });

  test("the first clip decides whether filename or frame_dir counts", () => {
    const split = { train: ["a"] };
    const both: IdentifiedClip[] = [
      { frame_dir: "x", filename: "a" },
      { frame_dir: "a", filename: "b" },
    ];
    expect(clipsOfSplit({ split, annotations: both }, "train")).toEqual([both[0]]);
    const mixed: IdentifiedClip[] = [{ frame_dir: "a" }, { frame_dir: "b", filename: "a" }];
    expect(clipsOfSplit({ split, annotations: mixed }, "train")).toEqual([mixed[0]]);
    const lacking: IdentifiedClip[] = [{ filename: "a" }, { frame_dir: "a" }];
    expect(() => clipsOfSplit({ split, annotations: lacking }, "train")).toThrow("annotations[1]: no filename");
  });

  test("a clip that is None is an error with its place", () => {
    const annotations = [{ frame_dir: "a" }, null as unknown as IdentifiedClip];
    expect(() => clipsOfSplit({ split: { train: [] }, annotations }, "train")).toThrow("annotations[1]");
    expect(clipsOfSplit({ split: { train: [] }, annotations: [] }, "train")).toEqual([]);
  });

  test("bare lists have no splits, and files with splits need the name of one", () => {
    expect(labels(clipsOfSplit(dataset.annotations))).toEqual([1, 2, 3, 4]);
    expect(() => clipsOfSplit(dataset.annotations, "train")).toThrow("a bare list of clips has no splits");
    expect(() => clipsOfSplit(dataset)).toThrow("one must be named");
  });

  test("unknown splits are named with those there are, and text is no list of letters", () => {
    expect(() => clipsOfSplit(dataset, "test")).toThrow(new RangeError('there is no split "test", only train, val'));
    expect(() => clipsOfSplit(dataset, "toString")).toThrow(RangeError);
    const text = { split: { train: "abc" as unknown as string[] }, annotations: dataset.annotations };
    expect(() => clipsOfSplit(text, "train")).toThrow("split.train: a list of identifiers expected");
  });
});

describe("gestureClip", () => {
  /** Frames of one keypoint, told apart by x. */
  const hand = (scores: readonly number[]): NdArray =>
    NdArray.from("float32", Float32Array.from(scores.flatMap((score, frame) => [frame, 10 + frame, score])), [
      1,
      scores.length,
      1,
      3,
    ]);
  const sides = NdArray.from("int64", BigInt64Array.of(0n, 1n, 2n), [1, 3]);

  test("frames without a hand go, from all members alike", () => {
    const clip = { total_frames: 3, keypoint: hand([0.5, 0, 0.1]), hand_lr: sides, note: "x" };
    const cut = gestureClip(clip);
    expect(cut.keypoint.toList()).toEqual([[[[0, 10]], [[2, 12]]]]);
    expect([...cut.hand_lr]).toEqual([0n, 2n]);
    expect([cut.total_frames, cut.note, "hand_score" in cut]).toEqual([2, "x", false]);
    expect(clip.keypoint.shape).toEqual([1, 3, 1, 3]);
  });

  test("everything stays when asked for", () => {
    const clip = { total_frames: 2, keypoint: hand([0, Number.NaN]) };
    expect(gestureClip(clip, { squeeze: false, mode: "3D" }).keypoint).toBe(clip.keypoint);
    expect(gestureClip(clip, { mode: "3D" }).keypoint.shape).toEqual([1, 0, 1, 3]);
  });

  test("a still image is one frame", () => {
    const image = { keypoint: hand([0.5]).reshape([1, 3]) };
    expect(gestureClip(image).keypoint.shape).toEqual([1, 1, 1, 2]);
    expect("total_frames" in gestureClip(image)).toBe(false);
  });

  test("other shapes, and members of other lengths, are refused", () => {
    const flat = { keypoint: hand([1, 1]).slice(null, null, null, [0, 2]) };
    expect(() => gestureClip(flat)).toThrow("keypoint: shape (1, T, V, 3) or (V, 3) expected, (1, 2, 1, 2) found");
    expect(() => gestureClip({ keypoint: hand([1, 1]), hand_lr: sides })).toThrow("hand_lr: 2 frames expected");
  });
});
