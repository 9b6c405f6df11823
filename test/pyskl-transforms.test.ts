import { type DTypeName, isFormatError, NdArray, toHalf } from "@somakit/core";
import { describe, expect, test } from "vitest";
import {
  adjacencyOf,
  formatGcnInput,
  graphOf,
  jointToBone,
  type LayoutName,
  layoutNames,
  layoutOfSize,
  padTo,
  poseDecode,
  preNormalize2d,
  preNormalize3d,
  skeletonFeatures,
  toMotion,
} from "../packages/formats/src/pyskl/transforms/index.js";

function array(shape: readonly number[], value: (index: number) => number, dtype: DTypeName = "float32"): NdArray {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Array.from({ length: count }, (_, index) => value(index));
  if (dtype === "float16") return NdArray.from("float16", Uint16Array.from(values, toHalf), shape);
  if (dtype === "float64") return NdArray.from("float64", Float64Array.from(values), shape);
  if (dtype === "int32") return NdArray.from("int32", Int32Array.from(values), shape);
  return NdArray.from("float32", Float32Array.from(values), shape);
}

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return isFormatError(error) ? error.code : (error as Error).name;
  }
  return "nothing";
};

describe("skeleton graphs", () => {
  /** Bones from each keypoint to the centre, as PYSKL's layouts have them. */
  const HOPS: Readonly<Record<LayoutName, string>> = {
    "nturgb+d": "2112123412343456345605555",
    coco: "01122112233223344",
    openpose: "101231232342342233",
    handmp: "012341234123412341234",
  };

  test.each(layoutNames)("%s: every keypoint is as far from the centre as upstream has it", (name) => {
    const { keypoints, inward, center } = graphOf(name);
    const hops = keypoints.map((_, index) => (index === center ? 0 : Number.POSITIVE_INFINITY));
    for (let round = 0; round < keypoints.length; round++)
      for (const [a, b] of inward) {
        hops[a] = Math.min(hops[a] as number, (hops[b] as number) + 1);
        hops[b] = Math.min(hops[b] as number, (hops[a] as number) + 1);
      }
    expect(hops.join("")).toBe(HOPS[name]);
  });

  test.each(layoutNames)("%s: one bone for each keypoint, sides pair up, names are unique", (name) => {
    const { keypoints, bonePairs, left, right } = graphOf(name);
    expect(bonePairs.map(([joint]) => joint)).toEqual(keypoints.map((_, index) => index));
    expect(new Set(keypoints).size).toBe(keypoints.length);
    const mirrored = left.map((index) => (keypoints[index] as string).replace("left", "right"));
    expect(right.map((index) => keypoints[index])).toEqual(mirrored);
  });

  test.each<[LayoutName, string]>([
    ["coco", "0-0 11-0 12-0"],
    ["openpose", "0-0 1-0"],
    ["handmp", "0-0"],
    ["nturgb+d", "20-20 21-22 23-24"],
  ])("%s: all bone features but %s go along the bones", (name, others) => {
    const { bonePairs, inward } = graphOf(name);
    const own = new Set(inward.map(String));
    expect(
      bonePairs
        .filter((pair) => !own.has(String(pair)))
        .map((pair) => pair.join("-"))
        .join(" "),
    ).toBe(others);
  });

  test("the number of keypoints tells the layout", () => {
    expect([17, 18, 21, 25, 19].map(layoutOfSize)).toEqual(["coco", "openpose", "handmp", "nturgb+d", undefined]);
  });

  test("an unknown layout is named together with those there are", () => {
    expect(() => graphOf("toString" as LayoutName)).toThrow(
      'there is no layout "toString", only coco, openpose, handmp, nturgb+d',
    );
  });

  test("spatial: identity, and both directions with columns that sum to 1 or 0", () => {
    const matrices = adjacencyOf(graphOf("coco"));
    expect(matrices.shape).toEqual([3, 17, 17]);
    const columns = [0, 1, 2].map((k) =>
      Array.from({ length: 17 }, (_, column) =>
        Array.from({ length: 17 }, (_, row) => matrices.get(k, row, column)).reduce((sum, value) => sum + value, 0),
      ),
    );
    for (const sums of columns) expect(sums.every((sum) => sum === 0 || Math.abs(sum - 1) < 1e-6)).toBe(true);
    // Bones are [child, parent]: the parent's row has the child's column. 5 has the parents 0 and 7 and 11 as children.
    expect([matrices.get(1, 0, 5), matrices.get(1, 5, 7), matrices.get(1, 7, 5)]).toEqual([1, 1, 0]);
    expect([matrices.get(2, 7, 5), matrices.get(2, 11, 5), matrices.get(2, 5, 7)]).toEqual([0.5, 0.5, 0]);
  });

  test("binary_adj: both directions, undivided", () => {
    const matrix = adjacencyOf(graphOf("nturgb+d"), { mode: "binary_adj" });
    expect(matrix.shape).toEqual([1, 25, 25]);
    expect([...matrix].reduce((sum, value) => sum + value, 0)).toBe(48);
    expect([matrix.get(0, 1, 0), matrix.get(0, 0, 1), matrix.get(0, 0, 0)]).toEqual([1, 1, 0]);
  });

  test("stgcn_spatial: all parts together are the divided adjacency, split by the distance to the centre", () => {
    const graph = graphOf("handmp");
    const matrices = adjacencyOf(graph, { mode: "stgcn_spatial" });
    expect(matrices.shape).toEqual([3, 21, 21]);
    // Column 1 (thumb_cmc) has itself, 0 and 2: a third each. 0 is the centre, hence nearer; 2 is beyond one hop.
    expect([0, 1, 2].map((k) => [0, 1, 2].map((row) => matrices.get(k, row, 1)))).toEqual([
      [0, Math.fround(1 / 3), 0],
      [0, 0, Math.fround(1 / 3)],
      [Math.fround(1 / 3), 0, 0],
    ]);
    expect(adjacencyOf(graph, { mode: "stgcn_spatial", maxHops: 2 }).shape).toEqual([5, 21, 21]);
    expect(() => adjacencyOf(graph, { mode: "stgcn_spatial", maxHops: 0 })).toThrow(RangeError);
  });
});

describe("poseDecode", () => {
  test("takes frames in any order, with repeats and an offset, as float32 in memory of its own", () => {
    const keypoint = array([2, 3, 1, 1], (index) => index, "float16");
    const decoded = poseDecode(keypoint, { frames: [1, 0, 1, -2], offset: 1 });
    expect(decoded.dtype).toBe("float32");
    expect([...decoded]).toEqual([2, 1, 2, 2, 5, 4, 5, 5]);
    expect(() => poseDecode(keypoint, { frames: [3] })).toThrow("frame 3 is outside 3 frames");
    const same = array([1, 2, 1], (index) => index);
    poseDecode(same).data[0] = 9;
    expect([...same]).toEqual([0, 1]);
  });
});

describe("preNormalize2d", () => {
  test("fix scales the image to -1..1, and points without confidence go to 0, 0", () => {
    const keypoint = array([1, 1, 3, 2], (index) => [0, 0, 160, 120, 80, 30][index] as number);
    const score = array([1, 1, 3], (index) => [1, 0.009, 0.5][index] as number);
    const result = preNormalize2d(keypoint, { score, imageShape: [120, 160] });
    expect([...result]).toEqual([-1, -1, 1, 0, 0, Math.fround(0.009), 0, -0.5, 0.5]);
    expect([...keypoint]).toEqual([0, 0, 160, 120, 80, 30]);
  });

  test("a score that is the threshold in float32 does not count, one that is no number does", () => {
    const keypoint = array([1, 1, 2, 3], (index) => [9, 9, 0.01, 9, 9, Number.NaN][index] as number);
    expect([...preNormalize2d(keypoint, { imageShape: [6, 6] })]).toEqual([0, 0, Math.fround(0.01), 2, 2, Number.NaN]);
  });

  test("auto scales the range of what is seen, unless it is 10 pixels or less", () => {
    const points = [0, 0, 1, 20, 40, 1, 5000, 5000, 0];
    const wide = array([1, 1, 3, 3], (index) => points[index] as number);
    expect([...preNormalize2d(wide, { mode: "auto" })]).toEqual([-1, -1, 1, 1, 1, 1, 0, 0, 0]);
    const narrow = array([1, 1, 2, 2], (index) => [0, 0, 10, 50][index] as number);
    expect([...preNormalize2d(narrow, { mode: "auto" })]).toEqual([0, 0, 10, 50]);
    const unseen = array([1, 1, 1, 3], () => 0);
    expect([...preNormalize2d(unseen, { mode: "auto" })]).toEqual([0, 0, 0]);
  });

  test("other shapes and types are refused", () => {
    const keypoint = array([1, 1, 2, 2], () => 1);
    expect(codeOf(() => preNormalize2d(keypoint, { score: array([1, 1, 3], () => 1) }))).toBe("mismatch");
    expect(codeOf(() => preNormalize2d(array([1, 1, 2, 2], () => 1, "int32")))).toBe("mismatch");
  });
});

describe("preNormalize3d", () => {
  /** A person whose spine lies along +x and whose right shoulder is to +y of the left one. */
  function lying(frames: readonly boolean[]): number[] {
    return frames.flatMap((shown) =>
      Array.from({ length: 25 }, (_, joint) => {
        if (!shown || joint > 8) return [0, 0, 0];
        if (joint === 0) return [1, 1, 1];
        if (joint === 1) return [2, 1, 1];
        return joint === 8 ? [2, 3, 1] : joint === 4 ? [2, -1, 1] : [1.5, 1, 1];
      }).flat(),
    );
  }

  const person = (...people: readonly (readonly boolean[])[]): NdArray => {
    const values = people.flatMap(lying);
    return array([people.length, people[0]?.length ?? 0, 25, 3], (index) => values[index] as number);
  };

  test("the spine points to +z, the shoulders to +x, the middle of the spine is the origin", () => {
    const { keypoint, totalFrames, bodyCenter } = preNormalize3d(person([true]));
    const joint = (index: number): number[] => [...keypoint.slice(0, 0, index)].map((value) => Number(value) + 0);
    expect(keypoint.dtype).toBe("float64");
    expect(totalFrames).toBe(1);
    expect([...(bodyCenter as NdArray)]).toEqual([2, 1, 1]);
    const close = (found: readonly number[], wanted: readonly number[]): void => {
      for (const [axis, value] of found.entries()) expect(value).toBeCloseTo(wanted[axis] as number, 12);
    };
    close(joint(1), [0, 0, 0]);
    close(joint(0), [0, 0, -1]);
    close(joint(8), [2, 0, 0]);
    close(joint(4), [-2, 0, 0]);
    // Nobody there: stays at the origin.
    close(joint(20), [0, 0, 0]);
  });

  test("frames without the main person go; the second becomes the first when there for longer", () => {
    const { keypoint, totalFrames } = preNormalize3d(person([false, true, false, true], [true, true, false, true]), {
      alignSpine: false,
    });
    expect(totalFrames).toBe(3);
    expect(keypoint.shape).toEqual([2, 3, 25, 3]);
    expect(keypoint.dtype).toBe("float32");
    expect([...keypoint.slice(0, 0, 8)]).toEqual([0, 2, 0]);
    // What was the first person is not in the first of these frames.
    expect([...keypoint.slice(1, 0)].every((value) => value === 0)).toBe(true);
    expect([...keypoint.slice(1, 1, 8)]).toEqual([0, 2, 0]);
  });

  test("a tie keeps the first person, and nothing but zeros stays as it is", () => {
    expect(preNormalize3d(person([true, false], [false, true])).totalFrames).toBe(1);
    const empty = person([false, false]);
    const { keypoint, totalFrames, bodyCenter } = preNormalize3d(empty);
    expect({ shape: keypoint.shape, dtype: keypoint.dtype, totalFrames, bodyCenter }).toEqual({
      shape: [1, 2, 25, 3],
      dtype: "float32",
      totalFrames: 2,
      bodyCenter: undefined,
    });
  });

  test("without centring there is no body centre, and the input is never changed", () => {
    const input = person([true, true]);
    const before = [...input];
    const { bodyCenter, keypoint } = preNormalize3d(input, { alignCenter: false, alignSpine: false });
    preNormalize3d(input);
    expect(bodyCenter).toBeUndefined();
    expect([...keypoint]).toEqual(before);
    expect([...input]).toEqual(before);
  });

  test("float16 is subtracted in float16", () => {
    const input = array([1, 1, 25, 3], (index) => (index === 0 ? 2048 : index === 3 ? 0.6 : 1), "float16");
    const { keypoint } = preNormalize3d(input, { alignSpine: false });
    expect(keypoint.dtype).toBe("float16");
    // 2048 - 0.6 lies between two float16 numbers, 2047 and 2048.
    expect(keypoint.get(0, 0, 0, 0)).toBe(2047);
  });

  test("other numbers of people and axes are refused", () => {
    expect(codeOf(() => preNormalize3d(array([3, 1, 25, 3], () => 1)))).toBe("mismatch");
    expect(codeOf(() => preNormalize3d(array([1, 25, 3], () => 1)))).toBe("mismatch");
    expect(codeOf(() => preNormalize3d(array([1, 1, 25, 2], () => 1)))).toBe("mismatch");
    expect(codeOf(() => preNormalize3d(array([1, 1, 5, 3], () => 1)))).toBe("RangeError");
    expect(codeOf(() => preNormalize3d(array([1, 1, 25, 3], () => 1e-9)))).toBe("mismatch");
  });
});

describe("streams", () => {
  test("bones are float32, subtracted in the type of the keypoints, with mean scores where there are scores", () => {
    const keypoint = array([1, 1, 17, 3], (index) => (index % 3 === 2 ? index / 100 : index), "float64");
    const bones = jointToBone(keypoint, "coco");
    expect(bones.dtype).toBe("float32");
    // 3 hangs on 1; the centre on itself.
    expect([...bones.slice(0, 0, 3)]).toEqual([6, 6, Math.fround((0.11 + 0.05) / 2)]);
    expect([...bones.slice(0, 0, 0)]).toEqual([0, 0, Math.fround(0.02)]);
    const ntu = jointToBone(
      array([1, 1, 25, 3], (index) => index),
      "nturgb+d",
    );
    expect([...ntu.slice(0, 0, 21)]).toEqual([-3, -3, -3]);
  });

  test("motion keeps the type, the last frame is 0; for handmp the score is a difference like the rest", () => {
    const half = array([1, 3, 17, 3], (index) => Math.floor(index / 51) + (index % 3), "float16");
    const motion = toMotion(half, "coco");
    expect(motion.dtype).toBe("float16");
    expect([...motion.slice(0, null, 4)]).toEqual([1, 1, 2.5, 1, 1, 3.5, 0, 0, 0]);
    const hand = toMotion(
      array([1, 2, 21, 3], (index) => index),
      "handmp",
    );
    expect([...hand.slice(0, 0, 0)]).toEqual([63, 63, 63]);
    expect(
      toMotion(
        array([1, 0, 17, 2], () => 1),
        "coco",
      ).shape,
    ).toEqual([1, 0, 17, 2]);
  });

  test("features stand side by side in the order asked for, in the widest type", () => {
    const keypoint = array([1, 2, 17, 2], (index) => index, "float16");
    const score = array([1, 2, 17], () => 0.5, "float16");
    const both = skeletonFeatures(keypoint, { layout: "coco", features: ["bm", "j"], score });
    expect(both.shape).toEqual([1, 2, 17, 6]);
    expect(both.dtype).toBe("float32");
    expect([...both.slice(0, 0, 2)]).toEqual([0, 0, 0.5, 4, 5, 0.5]);
    expect(skeletonFeatures(keypoint, { layout: "coco", features: ["jm"] }).dtype).toBe("float16");
  });

  test("wrong layouts, scores and features are refused", () => {
    const keypoint = array([1, 1, 17, 3], () => 1);
    const score = array([1, 1, 17], () => 1);
    expect(codeOf(() => jointToBone(keypoint, "nturgb+d"))).toBe("mismatch");
    expect(codeOf(() => skeletonFeatures(keypoint, { layout: "coco", score }))).toBe("mismatch");
    expect(codeOf(() => skeletonFeatures(keypoint, { layout: "coco", features: [] }))).toBe("TypeError");
    expect(codeOf(() => skeletonFeatures(keypoint, { layout: "coco", features: ["x" as "j"] }))).toBe("RangeError");
  });
});

describe("padTo and formatGcnInput", () => {
  const frames = array([2, 2, 1, 1], (index) => index + 1);

  test("frames are repeated from the first, or zeros follow", () => {
    expect([...padTo(frames, 5)]).toEqual([1, 2, 1, 2, 1, 3, 4, 3, 4, 3]);
    expect([...padTo(frames, 3, { mode: "zero" })]).toEqual([1, 2, 0, 3, 4, 0]);
    expect(
      padTo(
        array([1, 1, 1, 2], () => 1, "float16"),
        3,
      ).dtype,
    ).toBe("float16");
    expect(codeOf(() => padTo(frames, 1))).toBe("RangeError");
    expect(
      codeOf(() =>
        padTo(
          array([1, 0, 1, 1], () => 1),
          4,
        ),
      ),
    ).toBe("mismatch");
    expect(
      padTo(
        array([1, 0, 1, 1], () => 1),
        0,
      ).shape,
    ).toEqual([1, 0, 1, 1]);
  });

  test("people are added or left out, and frames become clips", () => {
    expect(formatGcnInput(frames, { people: 1, clips: 2 }).toList()).toEqual([[[[[1]]]], [[[[2]]]]]);
    expect(formatGcnInput(frames, { clips: 2 }).toList()).toEqual([
      [[[[1]]], [[[3]]]],
      [[[[2]]], [[[4]]]],
    ]);
    expect(formatGcnInput(frames, { people: 3 }).toList()).toEqual([
      [
        [[[1]], [[2]]],
        [[[3]], [[4]]],
        [[[0]], [[0]]],
      ],
    ]);
    expect(codeOf(() => formatGcnInput(frames, { clips: 3 }))).toBe("RangeError");
  });

  test("somebody alone is copied with copy, and with upstream's loop as little as upstream does", () => {
    const alone = frames.slice([0, 1]);
    expect([...formatGcnInput(alone, { people: 3, mode: "copy" })]).toEqual([1, 2, 1, 2, 1, 2]);
    expect([...formatGcnInput(alone, { people: 2, mode: "loop" })]).toEqual([1, 2, 0, 0]);
    expect([...formatGcnInput(frames, { people: 3, mode: "copy" })]).toEqual([1, 2, 3, 4, 0, 0]);
  });
});
