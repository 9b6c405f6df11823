import { describe, expect, it } from "vitest";
import { convertKeypoints, mapKeypoints } from "../src/conventions/convert.js";
import { keypointMapping } from "../src/conventions/mapping.js";
import { flipKeypoints, flipPairs, mirrorIndices } from "../src/conventions/mirror.js";
import { edgeIndices, partIndices, partsOf } from "../src/conventions/parts.js";
import { packKeypoints, selectKeypoints } from "../src/conventions/select.js";
import { FormatError } from "../src/errors.js";
import type { DTypeName } from "../src/ndarray/dtype.js";
import { toHalf } from "../src/ndarray/float16.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { convention, named, shipped } from "./support-conventions.js";

const abc = convention("abc", ["a", "b", "c"]);
const cxa = convention("cxa", ["c", "x", "a"]);

/** 0, 1, 2, … in the given shape. */
function counted<D extends DTypeName>(dtype: D, shape: readonly number[]): NdArray<D> {
  const array = zeros<D>(dtype, shape);
  const size = array.size;
  const data = array.data as unknown as unknown[];
  for (let i = 0; i < size; i++)
    data[i] = dtype === "float16" ? toHalf(i) : /^u?int64$/.test(dtype) ? BigInt(i) : dtype === "bool" ? i % 2 : i;
  return array;
}

const mismatch = (reason: string) => new FormatError("mismatch", reason);

describe("converting an array", () => {
  it("puts all channels of a keypoint in their new place, zeros where there is no source", () => {
    const { keypoints, mask, mapping } = convertKeypoints(counted("float64", [2, 3, 2]), abc, cxa);
    expect(keypoints.toList()).toEqual([
      [
        [4, 5],
        [0, 0],
        [0, 1],
      ],
      [
        [10, 11],
        [0, 0],
        [6, 7],
      ],
    ]);
    expect([mask.dtype, mask.shape, mask.toList()]).toEqual(["uint8", [3], [1, 0, 1]]);
    expect(mapping).toEqual(keypointMapping(abc, cxa));
  });

  it.each([[[0, 3, 4]], [[5, 3, 0]], [[2, 4, 3, 3]], [[2, 0, 3, 3]], [[2, 2, 2, 3, 1]], [[2, 3, 40]]])(
    "works for shape %j with the keypoints on the last axis but one",
    (shape) => {
      const array = counted("float32", shape);
      const { keypoints } = convertKeypoints(array, abc, cxa);
      const axis = shape.length - 2;
      expect(keypoints.shape).toEqual(shape);
      const rest = shape.slice(0, axis).map(() => null);
      for (const [to, from] of [
        [0, 2],
        [2, 0],
      ] as const)
        expect(keypoints.slice(...rest, to).toList()).toEqual(array.slice(...rest, from).toList());
      expect([...keypoints.slice(...rest, 1)].every((element) => element === 0)).toBe(true);
    },
  );

  it.each([0, 1, 2, 3, -1, -2, -4])("works along axis %i when that is where the keypoints are", (axis) => {
    const shape = [2, 4, 5, 2];
    shape[axis < 0 ? axis + 4 : axis] = 3;
    const array = counted("int32", shape);
    const { keypoints } = convertKeypoints(array, abc, cxa, { axis });
    const at = axis < 0 ? axis + 4 : axis;
    const rest = Array.from({ length: at }, () => null);
    expect(keypoints.slice(...rest, 0).toList()).toEqual(array.slice(...rest, 2).toList());
    expect(keypoints.slice(...rest, 2).toList()).toEqual(array.slice(...rest, 0).toList());
  });

  it("works for a list of keypoints without further axes", () => {
    const { keypoints } = convertKeypoints(counted("float64", [3]), abc, cxa, { axis: 0 });
    expect(keypoints.toList()).toEqual([2, 0, 0]);
  });

  it.each(["float16", "float32", "float64"] as const)("Q72: keeps %s", (dtype) => {
    const { keypoints } = convertKeypoints(counted(dtype, [1, 3, 2]), abc, cxa);
    expect(keypoints.dtype).toBe(dtype);
    expect([...keypoints]).toEqual([4, 5, 0, 0, 0, 1]);
  });

  it.each(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"] as const)(
    "Q72: makes float64 of %s",
    (dtype) => {
      const { keypoints } = convertKeypoints(counted(dtype, [1, 3, 2]), abc, cxa);
      expect(keypoints.dtype).toBe("float64");
      expect([...keypoints]).toEqual([4, 5, 0, 0, 0, 1]);
    },
  );

  it("makes 0 and 1 of bool", () => {
    const bits = NdArray.from("bool", Uint8Array.of(255, 0, 1), [1, 3, 1]);
    expect([...convertKeypoints(bits, abc, abc).keypoints]).toEqual([1, 0, 1]);
  });

  it("reads views, big-endian and Fortran-ordered memory, and never changes or shares it", () => {
    const whole = counted("float32", [4, 3, 4]);
    const view = whole.slice([3, null, -2], null, [1, 3]);
    const expected = convertKeypoints(view.copy(), abc, cxa).keypoints.toList();
    const { keypoints } = convertKeypoints(view, abc, cxa);
    expect(keypoints.toList()).toEqual(expected);
    const swapped = view.transpose([0, 2, 1]);
    expect(convertKeypoints(swapped, abc, cxa, { axis: 2 }).keypoints.transpose([0, 2, 1]).toList()).toEqual(expected);
    const big = NdArray.fromBytes(">f4", [1, 3, 1], Uint8Array.of(63, 128, 0, 0, 64, 0, 0, 0, 64, 64, 0, 0));
    const converted = convertKeypoints(big, abc, cxa).keypoints;
    expect([[...converted], converted.type.byteOrder]).toEqual([[3, 0, 1], "<"]);
    const fortran = NdArray.from("float64", Float64Array.of(0, 1, 2, 3, 4, 5), [1, 3, 2], { order: "F" });
    expect([...convertKeypoints(fortran, abc, cxa).keypoints]).toEqual([2, 5, 0, 0, 0, 3]);
    keypoints.data.fill(-1);
    expect([...whole]).toEqual(Array.from({ length: 48 }, (_, i) => i));
  });

  it("Q74: gives a copy and a checked uint8 mask when both conventions are the same", () => {
    const array = counted("float32", [2, 3, 2]);
    const { keypoints, mask } = convertKeypoints(array, abc, abc);
    expect(keypoints.toList()).toEqual(array.toList());
    expect(keypoints.data).not.toBe(array.data);
    expect([mask.dtype, mask.toList()]).toEqual(["uint8", [1, 1, 1]]);
    const twice = convention("twice", ["a", "a", "c"]);
    expect(() => convertKeypoints(array, twice, twice)).toThrow(TypeError);
    expect(() => convertKeypoints(array, abc, abc, { mask: [0.5, 1, 1] })).toThrow(FormatError);
  });

  it("takes masks as lists and arrays of any whole or boolean type, and of any shape", () => {
    const array = counted("float32", [1, 3, 1]);
    const masks = [
      [1, 0, 0],
      [true, false, false],
      Uint8Array.of(1, 0, 0),
      Float32Array.of(1, -0, 0),
      NdArray.from("int64", BigInt64Array.of(1n, 0n, 0n)),
      NdArray.from("bool", Uint8Array.of(1, 0, 0), [3, 1]),
      NdArray.from("float64", Float64Array.of(1, 0, 0), [1, 3]),
    ];
    for (const mask of masks) expect(convertKeypoints(array, abc, cxa, { mask }).mask.toList()).toEqual([0, 0, 1]);
    expect(convertKeypoints(array, abc, cxa, { mask: [1, 0, 0] }).keypoints.toList()).toEqual([[[2], [0], [0]]]);
  });

  it.each([0.5, 1.7, 256, -1, Number.NaN, 2])("Q73: refuses %d in a mask", (value) => {
    const array = counted("float32", [1, 3, 1]);
    const error = mismatch(`a mask holds 0 and 1 only, found ${value} at 1`);
    expect(() => convertKeypoints(array, abc, cxa, { mask: [1, value, 0] })).toThrow(error);
    const mask = NdArray.from("float64", Float64Array.of(1, value, 0));
    expect(() => convertKeypoints(array, abc, cxa, { mask })).toThrow(error);
  });

  it("refuses masks of another length", () => {
    const error = mismatch("a mask of 2 for 3 keypoints");
    expect(() => convertKeypoints(counted("float32", [1, 3, 1]), abc, cxa, { mask: [1, 1] })).toThrow(error);
  });

  it("Q81: compares the number of keypoints with the convention before anything else", () => {
    // 6 frames of 2 keypoints have as many numbers as 4 frames of 3.
    const error = mismatch("2 keypoints along axis 1, but abc has 3");
    expect(() => convertKeypoints(counted("float32", [6, 2, 3]), abc, cxa)).toThrow(error);
    expect(() => convertKeypoints(counted("float32", [0, 2, 3]), abc, cxa)).toThrow(error);
    expect(() => convertKeypoints(counted("float32", [3, 3, 1]), abc, cxa, { axis: 2 })).toThrow(
      mismatch("1 keypoints along axis 2, but abc has 3"),
    );
  });

  it("does not guess the axis of arrays with fewer than three, nor take one that is not there", () => {
    const rows = counted("float32", [3, 3]);
    expect(() => convertKeypoints(rows, abc, cxa)).toThrow(
      mismatch("(frames, keypoints, channels) expected, found (3, 3); for other arrays give the axis"),
    );
    for (const axis of [2, -3, 0.5, Number.NaN])
      expect(() => convertKeypoints(rows, abc, cxa, { axis })).toThrow(RangeError);
  });

  it("refuses what is no real number", () => {
    const objects = NdArray.from<"object">("object", [1, 2, 3] as never, [1, 3, 1]);
    expect(() => convertKeypoints(objects, abc, cxa)).toThrow(mismatch("keypoints are numbers, found object"));
    const complex = zeros("complex64", [1, 3, 1]);
    expect(() => convertKeypoints(complex, abc, cxa)).toThrow(mismatch("keypoints are numbers, found complex64"));
  });

  it("converts many arrays by one mapping", () => {
    const mapping = keypointMapping(abc, cxa);
    const results = [counted("float32", [1, 3, 1]), counted("float64", [2, 3, 1])].map((array) =>
      mapKeypoints(array, mapping).keypoints.toList(),
    );
    expect(results[0]).toEqual([[[2], [0], [0]]]);
    expect(results[1]).toHaveLength(2);
  });
});

describe("picking keypoints", () => {
  it("takes indices in any order, keeps the dtype and copies", () => {
    const array = counted("int16", [2, 3, 1]);
    const picked = selectKeypoints(array, [2, 0, 2]);
    expect([picked.dtype, picked.shape, [...picked]]).toEqual(["int16", [2, 3, 1], [2, 0, 2, 5, 3, 5]]);
    picked.data.fill(9);
    expect(array.get(0, 2, 0)).toBe(2);
    expect(selectKeypoints(array, []).shape).toEqual([2, 0, 1]);
    for (const index of [3, -1, 0.5]) expect(() => selectKeypoints(array, [index])).toThrow(RangeError);
  });

  it("packs by a mask, and a conversion gives the mask to pack by", () => {
    const { keypoints, mask } = convertKeypoints(counted("float32", [1, 3, 2]), abc, cxa);
    expect(packKeypoints(keypoints, mask).toList()).toEqual([
      [
        [4, 5],
        [0, 1],
      ],
    ]);
    expect(packKeypoints(counted("float32", [3, 2]), [0, 1, 0], { axis: 0 }).toList()).toEqual([[2, 3]]);
    expect(() => packKeypoints(keypoints, [1, 1])).toThrow(mismatch("a mask of 2 for 3 keypoints"));
    expect(() => packKeypoints(keypoints, [1, 2, 0])).toThrow(FormatError);
  });
});

describe("mirroring", () => {
  const pair = convention("pair", [
    "nose",
    { name: "r", mirror: "l" },
    { name: "l", mirror: "r" },
    { name: "right_eye", mirror: "left_eye" },
    { name: "left_eye", mirror: "right_eye" },
  ]);

  it("pairs left with right, in the order of the left ones", () => {
    expect(flipPairs(pair)).toEqual([
      [1, 2],
      [4, 3],
    ]);
    expect(mirrorIndices(pair)).toEqual([0, 2, 1, 4, 3]);
  });

  it.each([
    ["coco", 8],
    ["smpl", 9],
    ["smplx", 63],
    ["mpi_inf_3dhp", 10],
    ["openpose_25", 11],
  ])("finds the pairs of %s: %i", (name, count) => {
    const { keypoints } = named(name);
    const pairs = flipPairs(named(name));
    expect(pairs).toHaveLength(count);
    for (const [left, right] of pairs)
      expect(keypoints[left]?.name.replaceAll("left_", "right_")).toBe(keypoints[right]?.name);
  });

  it.each(["mano", "mano_right", "mano_left", "mano_left_reorder", "mano_right_reorder"])(
    "Q76, Q79: %s, a single hand, has no pairs",
    (name) => expect(flipPairs(named(name))).toEqual([]),
  );

  it("swaps twice without effect in every shipped convention", () => {
    for (const own of shipped.values()) {
      const mirrors = mirrorIndices(own);
      expect(mirrors.map((mirror) => mirrors[mirror])).toEqual([...own.keypoints.keys()]);
    }
  });

  it("leaves a keypoint alone whose mirror the convention lacks, refuses mirrors that disagree", () => {
    expect(mirrorIndices(convention("one", [{ name: "l", mirror: "r" }]))).toEqual([0]);
    const odd = convention("odd", [{ name: "a", mirror: "b" }, "b"]);
    expect(() => mirrorIndices(odd)).toThrow(
      new TypeError("a of the convention odd is not the mirror of its own mirror"),
    );
  });

  it("reflects x and swaps sides, leaving keypoints that are not there at zero", () => {
    const sides = convention("sides", [{ name: "left", mirror: "right" }, { name: "right", mirror: "left" }, "nose"]);
    const array = NdArray.from("float32", Float32Array.of(10, 1, 0.5, 0, 0, 0, 0, 2, 1), [1, 3, 3]);
    const flipped = flipKeypoints(array, sides, { about: (640 - 1) / 2 });
    expect(flipped.toList()).toEqual([
      [
        [0, 0, 0],
        [629, 1, 0.5],
        [639, 2, 1],
      ],
    ]);
    expect(array.get(0, 0, 0)).toBe(10);
    expect(flipKeypoints(flipped, sides, { about: 319.5 }).toList()).toEqual(array.toList());
    const half = NdArray.from("float16", Uint16Array.of(toHalf(0.5), 0, 0, 0x8000, toHalf(-2), 0), [1, 3, 2]);
    expect([...flipKeypoints(half, sides, { about: 0 })]).toEqual([0, -0, -0.5, 0, 2, 0]);
    expect(flipKeypoints(counted("int32", [1, 3, 2]), sides, { about: 0 }).dtype).toBe("float64");
  });

  it("refuses to flip where the last axis holds no coordinates or counts differ", () => {
    expect(() => flipKeypoints(zeros("float32", [2, 5]), pair, { about: 0, axis: 1 })).toThrow(RangeError);
    expect(() => flipKeypoints(zeros("float32", [1, 4, 2]), pair, { about: 0 })).toThrow(
      mismatch("4 keypoints along axis 1, but pair has 5"),
    );
    expect(flipKeypoints(zeros("float32", [2, 5, 0]), pair, { about: 1 }).shape).toEqual([2, 5, 0]);
  });
});

describe("parts and limbs", () => {
  it.each([
    ["coco", 5],
    ["smpl", 1],
    ["smplx", 77],
    ["mpi_inf_3dhp", 2],
    ["openpose_25", 5],
  ])("the head of %s has %i keypoints", (name, count) => {
    expect(partIndices(named(name), "head")).toHaveLength(count);
  });

  it("Q80: lists the keypoints of a part in ascending order; head, hands and body are all of human_data", () => {
    const all = ["head", "left_hand", "right_hand", "body"].map((part) => partIndices(named("human_data"), part));
    for (const indices of all) expect(indices).toEqual([...indices].sort((a, b) => a - b));
    expect(all.map((indices) => indices.length)).toEqual([88, 22, 22, 58]);
    expect(all.flat().sort((a, b) => a - b)).toEqual([...named("human_data").keypoints.keys()]);
    expect(partsOf(named("human_data"))).toEqual(
      expect.arrayContaining(["head", "left_hand", "right_hand", "shoulder", "hip", "body"]),
    );
  });

  it("has none where the convention has none", () => {
    expect(partIndices(named("coco"), "left_hand")).toEqual([]);
    expect(partsOf(convention("plain", ["a"]))).toEqual([]);
  });

  it("gives limbs as pairs of indices, all or those of one part", () => {
    const drawn = convention(
      "drawn",
      ["a", "b", "c"],
      [
        { part: "arm", edges: [["c", "a"]] },
        {
          edges: [
            ["a", "b"],
            ["b", "c"],
          ],
        },
      ],
    );
    expect(edgeIndices(drawn)).toEqual([
      [2, 0],
      [0, 1],
      [1, 2],
    ]);
    expect(edgeIndices(drawn, { part: "arm" })).toEqual([[2, 0]]);
    expect(edgeIndices(drawn, { part: "leg" })).toEqual([]);
    const wrong = convention("wrong", ["a"], [{ edges: [["a", "z"]] }]);
    expect(() => edgeIndices(wrong)).toThrow(
      new TypeError('a limb of the convention wrong names "z", no keypoint of it'),
    );
  });
});
