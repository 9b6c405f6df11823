import { describe, expect, it } from "vitest";
import { allCameras, type Carry, carriedPoints, carryBetween } from "../src/motion/match/carry.js";
import type { SurveyedSequence } from "../src/motion/match/survey.js";
import type { MotionCamera, MotionLayer, MotionPoints } from "../src/motion/motion.js";
import { NdArray } from "../src/ndarray/ndarray.js";

const layer: MotionLayer = {
  key: "k",
  what: "keypoints",
  axes: 3,
  space: "world",
  unit: "m",
  points: 1,
  dtype: "float64",
  hasConfidence: false,
};

/** Looks along +x of a world whose z is up, from 2 m before its origin. */
const camera: MotionCamera = {
  parts: {
    rotation: [
      [0, -1, 0],
      [0, 0, -1],
      [1, 0, 0],
    ],
    position: [-2, 0, 0],
    intrinsics: [
      [100, 0, 50],
      [0, 200, 60],
      [0, 0, 1],
    ],
  },
  lengths: "m",
  dtype: "float64",
};

function points(positions: readonly number[], confidence?: readonly number[]): MotionPoints {
  const count = positions.length / 3;
  const floats = (values: readonly number[], shape: readonly number[]) =>
    NdArray.from("float64", Float64Array.from(values), shape) as NdArray<"float64">;
  return {
    positions: floats(positions, [1, 1, count, 3]),
    ...(confidence && { confidence: floats(confidence, [1, 1, count]) }),
    present: NdArray.from("bool", Uint8Array.of(1), [1, 1]) as NdArray<"bool">,
  };
}

const to = (space: Carry["to"], from: MotionLayer = layer, cameras: readonly MotionCamera[] = [camera]): Carry => {
  const carry = carryBetween(from, space, cameras);
  if (!carry) throw new Error("no way");
  return carry;
};
const numbers = (array: NdArray | undefined): readonly number[] => [...(array ?? [])] as number[];

describe("points carried by cameras", () => {
  it("come into the frame of the camera, and back to where they were", () => {
    const inCamera = carriedPoints(points([1, 0.5, 0.25]), to("camera"), [camera]);
    expect(numbers(inCamera.positions)).toEqual([-0.5, -0.25, 3]);
    expect(inCamera.confidence).toBeUndefined();
    const back = carriedPoints(inCamera, to("world", { ...layer, space: "camera", up: "-y", forward: "z" }), [camera]);
    expect(numbers(back.positions)).toEqual([1, 0.5, 0.25]);
  });

  it("are turned into the frame of the camera first where theirs is another one", () => {
    const kinect = { ...layer, space: "camera", up: "y", forward: "z" } as const;
    // x to the left and y up, of what is x to the right and y down.
    const world = carriedPoints(points([0.5, 0.25, 3]), to("world", kinect), [camera]);
    expect(numbers(world.positions)).toEqual([1, 0.5, 0.25]);
  });

  it("come into the image, where those behind the camera have no confidence", () => {
    const image = carriedPoints(points([1, 0.5, 0.25, -3, 0, 0]), to("image"), [camera]);
    expect(numbers(image.positions)).toEqual([100 * (-0.5 / 3) + 50, 200 * (-0.25 / 3) + 60, 0, 0]);
    expect(numbers(image.confidence)).toEqual([1, 0]);
    expect(image.positions.shape).toEqual([1, 1, 2, 2]);
  });

  it("are those of no camera as long as their numbers are none", () => {
    const moved = carriedPoints(points([0, 0, 0, 0, 0, 0, Number.NaN, 0, 0], [0, 0.5, 1]), to("camera"), [camera]);
    expect(numbers(moved.positions).slice(0, 6)).toEqual([0, 0, 0, 0, 0, 2]);
    expect(numbers(moved.positions).slice(6).some(Number.isNaN)).toBe(true);
    expect(numbers(moved.confidence)).toEqual([0, 0.5, 1]);
  });

  it("have the unit of their own, whatever that of the camera is", () => {
    const millimetres = { ...layer, unit: "mm" };
    const moved = carriedPoints(points([1000, 500, 250]), to("camera", millimetres), [camera]);
    expect(numbers(moved.positions)).toEqual([-500, -250, 3000]);
  });

  it("go by the camera of each frame", () => {
    const other: MotionCamera = { ...camera, parts: { ...camera.parts, position: [-3, 0, 0] } };
    const two: MotionPoints = {
      positions: NdArray.from("float64", Float64Array.of(0, 0, 0, 0, 0, 0), [2, 1, 1, 3]) as NdArray<"float64">,
      present: NdArray.from("bool", Uint8Array.of(1, 1), [2, 1]) as NdArray<"bool">,
    };
    expect(numbers(carriedPoints(two, to("camera"), [camera, other]).positions)).toEqual([0, 0, 2, 0, 0, 3]);
  });
});

describe("what cameras cannot tell", () => {
  const { intrinsics, ...pose } = camera.parts;
  const { rotation, position } = camera.parts;
  const skewed = [
    [1, 1, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const cases: readonly (readonly [string, MotionLayer, Carry["to"], MotionCamera])[] = [
    ["a lens for places in the image", layer, "image", { ...camera, parts: pose }],
    ["a position", layer, "camera", { ...camera, parts: { rotation, intrinsics } as MotionCamera["parts"] }],
    ["a rotation", layer, "camera", { ...camera, parts: { position, intrinsics } as MotionCamera["parts"] }],
    ["a rotation that is none", layer, "camera", { ...camera, parts: { ...camera.parts, rotation: skewed } }],
    ["the unit of the points", { ...layer, unit: undefined }, "camera", camera],
    ["where points are that nobody says", { ...layer, space: "unknown" }, "camera", camera],
    ["where points of an image are", { ...layer, axes: 2, space: "image" }, "world", camera],
    ["another lens than is known", layer, "image", { ...camera, parts: { ...camera.parts, distortion: [1, 2, 3] } }],
  ];
  it.each(cases)("%s", (_, from, space, known) => {
    expect(carryBetween(from, space, [camera, known])).toBeUndefined();
    expect(carryBetween(from, space, undefined)).toBeUndefined();
  });

  it("is nothing for points that stay where they are", () => {
    expect(carryBetween(layer, "world", [camera])).toBeUndefined();
  });

  it("is everything where somebody is in a frame without a camera", () => {
    const sequence = (cameras: SurveyedSequence["cameras"], present: readonly number[]): SurveyedSequence =>
      ({ cameras, frames: 2, people: 1, present: Uint8Array.from(present) }) as unknown as SurveyedSequence;
    expect(allCameras([sequence([camera, undefined], [1, 0])])).toEqual([camera]);
    expect(allCameras([sequence([camera, undefined], [1, 1])])).toBeUndefined();
    expect(allCameras([sequence([camera, camera], [1, 1]), sequence(undefined, [1, 0])])).toBeUndefined();
    expect(allCameras([sequence(undefined, [0, 0])])).toBeUndefined();
  });
});
