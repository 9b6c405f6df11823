import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Camera } from "../src/camera/camera.js";
import type { CameraOptions } from "../src/camera/parameters.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { noise } from "./support-io.js";
import { describeWithNumpy, python, withFolder } from "./support-python.js";

const INTRINSICS = [
  [600, 1.5, 320],
  [0, 610, 240],
];
/** A camera at (0, -1.6, 0.12) that looks along y, as the pictures of some data sets have it. */
const POSED: CameraOptions = {
  intrinsics: [
    [130.3, 0, 16],
    [0, 130.3, 12],
    [0, 0, 1],
  ],
  extrinsics: [
    [1, 0, 0, 0],
    [0, 0, -1, 0.12],
    [0, 1, 0, 1.6],
  ],
  pixelOrigin: "corner",
};
const LENSES: Readonly<Record<string, readonly number[]>> = {
  none: [],
  "Brown and Conrady's, 5 coefficients": [-0.2, 0.08, 0.001, -0.0007, -0.01],
  "with rational terms": [0.3, -0.1, 0.001, 0.002, 0.01, 0.5, -0.05, 0.02],
  "with thin prism terms": [-0.1, 0.02, 0.003, -0.004, 0, 0.01, 0, 0, 0.002, -0.001, 0.003, 0.001],
  "a fisheye": [0.05, 0.01, -0.004, 0.001],
  "a fisheye that bends inward": [-0.05, 0.002, -0.001, 0],
};

const ROTATION = [
  [0.36, 0.48, -0.8],
  [-0.8, 0.6, 0],
  [0.48, 0.64, 0.6],
];

/** World points in front of a camera, up to about 35 degrees off its axis. */
function scene(camera: Camera, count: number): NdArray<"float64"> {
  const bytes = noise(3 * count, 7);
  const data = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const depth = 1 + (bytes[3 * i + 2] as number) / 50;
    data[3 * i] = ((bytes[3 * i] as number) / 128 - 1) * 0.5 * depth;
    data[3 * i + 1] = ((bytes[3 * i + 1] as number) / 128 - 1) * 0.5 * depth;
    data[3 * i + 2] = depth;
  }
  return camera.cameraToWorld(NdArray.from("float64", data, [count, 3])) as NdArray<"float64">;
}

function lensCamera(distortion: readonly number[]): Camera {
  return new Camera({ intrinsics: INTRINSICS, rotation: ROTATION, center: [3, -2, 5], distortion });
}

/** The largest difference between two arrays. */
function difference(a: Iterable<unknown>, b: Iterable<unknown>): number {
  const others = [...b] as number[];
  const own = [...a] as number[];
  expect(own).toHaveLength(others.length);
  return Math.max(...own.map((value, index) => Math.abs(value - (others[index] as number))));
}

describe("Camera", () => {
  it("takes its pose as centre, translation or extrinsics alike", () => {
    const center = [3, -2, 5];
    const translation = ROTATION.map((row) => -row.reduce((sum, part, i) => sum + part * (center[i] as number), 0));
    const extrinsics = ROTATION.map((row, index) => [...row, translation[index] as number]);
    const whole = [...extrinsics, [0, 0, 0, 1]];
    const cameras = [
      { rotation: ROTATION, center },
      { rotation: ROTATION, translation },
      { extrinsics },
      { extrinsics: whole },
    ].map((pose) => new Camera({ intrinsics: INTRINSICS, ...pose }));
    for (const camera of cameras) {
      expect(difference(camera.center, center)).toBeLessThan(1e-12);
      expect(difference(camera.extrinsics.flat(), extrinsics.flat())).toBeLessThan(1e-12);
      expect(camera.rotation).toEqual(ROTATION);
    }
  });

  it("takes arrays for all that is a list of numbers", () => {
    const camera = new Camera({
      intrinsics: NdArray.from("float32", new Float32Array(INTRINSICS.flat()), [2, 3]),
      rotation: NdArray.from("float64", new Float64Array(ROTATION.flat()), [3, 3]),
      center: NdArray.from("int64", new BigInt64Array([3n, -2n, 5n])),
      distortion: NdArray.from("float32", new Float32Array([0.5, 0, 0, 0, 0])),
      up: NdArray.from("float32", new Float32Array([0, -2, 0])),
    });
    expect(camera.center).toEqual([3, -2, 5]);
    expect(camera.intrinsics).toEqual([...INTRINSICS, [0, 0, 1]]);
    expect(camera.distortion).toMatchObject({ kind: "brown-conrady", coefficients: [0.5, 0, 0, 0, 0] });
    expect(camera.up).toEqual([0, -1, 0]);
  });

  it("projects as its matrix does where there is no distortion", () => {
    const camera = new Camera(POSED);
    const [x, y, z] = [0.1, -0.2, 0.3];
    const [a, b, w] = camera.projection.map(
      (row) => (row[0] as number) * x + (row[1] as number) * y + (row[2] as number) * z + (row[3] as number),
    ) as [number, number, number];
    expect(difference(camera.worldToImage([x, y, z]), [a / w, b / w])).toBeLessThan(1e-12);
    expect(w).toBeCloseTo(1.4, 12);
    expect(camera.center.map((part) => part + 0)).toEqual([0, -1.6, 0.12]);
  });

  it("finds the place of a pixel from its depth along the axis", () => {
    const camera = new Camera(POSED);
    // The pixel in row 3 and column 20, whose middle is half a pixel farther.
    const [x, y, z] = camera.imageToWorld([20.5, 3.5], { depth: 1.5 });
    expect(difference([x, y, z], [(1.5 * 4.5) / 130.3, -0.1, 0.12 + (1.5 * 8.5) / 130.3])).toBeLessThan(1e-12);
  });

  it.each(Object.entries(LENSES))("comes back from the image to the world through a lens: %s", (_, distortion) => {
    const camera = lensCamera(distortion);
    const world = scene(camera, 500);
    const pixels = camera.worldToImage(world);
    const local = camera.worldToCamera(world);
    const depth = local.slice(null, 2);
    expect([...pixels].every(Number.isFinite)).toBe(true);
    const again = camera.imageToWorld(pixels, { depth, unresolved: "throw" });
    expect(difference(again, world)).toBeLessThan(1e-9);
    expect(difference(camera.imageToCamera(pixels, { depth }), local)).toBeLessThan(1e-9);
    expect(difference(camera.cameraToWorld(local), world)).toBeLessThan(1e-12);
    expect(difference(camera.cameraToImage(local), pixels)).toBeLessThan(1e-9);
  });

  it("does the same to one point as to many", () => {
    const camera = lensCamera([-0.2, 0.08, 0.001, -0.0007, -0.01]);
    const world = scene(camera, 20);
    const pixels = camera.worldToImage(world);
    for (let i = 0; i < 20; i++) {
      const point = [...world.slice(i)] as number[];
      expect(camera.worldToImage(point)).toEqual([...pixels.slice(i)]);
      const pixel = [...pixels.slice(i)] as number[];
      const both = camera.imageToWorld(pixels, { depth: 4 });
      expect(camera.imageToWorld(pixel, { depth: 4 })).toEqual([...both.slice(i)]);
    }
  });

  it("keeps axes and float32 of arrays, and takes views of them", () => {
    const camera = lensCamera([0.1, 0, 0, 0, 0]);
    const world = scene(camera, 24).reshape([2, 3, 4, 3]);
    const single = NdArray.from("float32", Float32Array.from(world as Iterable<number>), [2, 3, 4, 3]);
    const pixels = camera.worldToImage(single);
    expect([pixels.dtype, pixels.shape]).toEqual(["float32", [2, 3, 4, 2]]);
    expect(difference(pixels, camera.worldToImage(world))).toBeLessThan(1e-2);
    const turned = world.transpose([2, 0, 1, 3]);
    const moved = camera.worldToImage(turned);
    expect([moved.dtype, moved.shape]).toEqual(["float64", [4, 2, 3, 2]]);
    expect(moved.toList()).toEqual(camera.worldToImage(world).transpose([2, 0, 1, 3]).toList());
    expect(camera.worldToImage(world.slice([0, 0])).shape).toEqual([0, 3, 4, 2]);
    const whole = NdArray.from("int64", new BigInt64Array([1n, 2n, 30n, -1n, 0n, 20n]), [2, 3]);
    expect(camera.worldToCamera(whole).toList()).toEqual([
      camera.worldToCamera([1, 2, 30]),
      camera.worldToCamera([-1, 0, 20]),
    ]);
  });

  it("sees nothing behind it or beside it", () => {
    const camera = new Camera({ intrinsics: INTRINSICS });
    for (const z of [0, -0, -1, Number.NaN, Number.NEGATIVE_INFINITY])
      expect(camera.cameraToImage([0.1, 0.2, z])).toEqual([Number.NaN, Number.NaN]);
    expect(camera.cameraToImage([0, Number.NaN, 1])).toEqual([Number.NaN, Number.NaN]);
    const points = NdArray.from("float64", new Float64Array([0, 0, 1, 0, 0, -1]), [2, 3]);
    expect(camera.cameraToImage(points).toList()).toEqual([
      [320, 240],
      [Number.NaN, Number.NaN],
    ]);
  });

  it("knows what is inside of the image", () => {
    const camera = new Camera({ intrinsics: INTRINSICS });
    const size = { width: 640, height: 480 };
    const seen = (u: number, v: number): boolean => camera.isVisible(camera.imageToWorld([u, v], { depth: 2 }), size);
    expect([seen(0, 0), seen(320, 240), seen(639.9, 479.9), seen(-0.1, 0), seen(640.1, 9), seen(9, 480.1)]).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(camera.isVisible([0, 0, -1], size)).toBe(false);
    expect(camera.isVisible([0, Number.NaN, 1], size)).toBe(false);
    expect(() => camera.isVisible([0, 0], size)).toThrow("a point of 3 numbers is needed, 2 given");
    const points = NdArray.from("float64", new Float64Array([0, 0, 1, 0, 0, -1, 9, 9, 1, 0, 0, 2]), [2, 2, 3]);
    const visible = camera.isVisible(points, size);
    expect([visible.dtype, visible.toList()]).toEqual([
      "bool",
      [
        [true, false],
        [false, true],
      ],
    ]);
  });

  it.each<[string, CameraOptions, RegExp]>([
    [
      "a pose given twice",
      { intrinsics: INTRINSICS, center: [0, 0, 0], translation: [0, 0, 0] },
      /one of center, translation/,
    ],
    ["a rotation beside extrinsics", { ...POSED, rotation: ROTATION }, /without a rotation/],
    [
      "a rotation that stretches",
      {
        intrinsics: INTRINSICS,
        rotation: [
          [2, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      },
      /at right angles/,
    ],
    [
      "a rotation of the wrong size",
      {
        intrinsics: INTRINSICS,
        rotation: [
          [1, 0],
          [0, 1],
        ],
      },
      /rotation is no matrix of 3 x 3/,
    ],
    ["intrinsics of the wrong size", { intrinsics: [[1, 2]] }, /intrinsics is no matrix of 2 x 3 or 3 x 3/],
    [
      "intrinsics that are no triangle",
      {
        intrinsics: [
          [1, 0, 0],
          [1, 1, 0],
        ],
      },
      /intrinsics are not/,
    ],
    [
      "intrinsics without a focal length",
      {
        intrinsics: [
          [0, 0, 0],
          [0, 1, 0],
        ],
      },
      /intrinsics are not/,
    ],
    [
      "NaN",
      {
        intrinsics: [
          [Number.NaN, 0, 0],
          [0, 1, 0],
        ],
      },
      /no matrix/,
    ],
    ["a centre of two numbers", { intrinsics: INTRINSICS, center: [1, 2] }, /center is not 3 numbers/],
    ["an infinite centre", { intrinsics: INTRINSICS, center: [1, 2, Number.POSITIVE_INFINITY] }, /holds Infinity/],
    [
      "extrinsics with another last row",
      {
        intrinsics: INTRINSICS,
        extrinsics: [
          [1, 0, 0, 0],
          [0, 1, 0, 0],
          [0, 0, 1, 0],
          [0, 0, 1, 1],
        ],
      },
      /last row of extrinsics/,
    ],
    [
      "6 coefficients",
      { intrinsics: INTRINSICS, distortion: [1, 2, 3, 4, 5, 6] },
      /4, 5, 8 or 12 distortion coefficients are needed, 6 given/,
    ],
    [
      "a coefficient that is NaN",
      { intrinsics: INTRINSICS, distortion: [Number.NaN, 0, 0, 0, 0] },
      /distortion holds NaN/,
    ],
    ["up without a direction", { intrinsics: INTRINSICS, up: [0, 0, 0] }, /up has no direction/],
  ])("refuses %s", (_, options, message) => {
    expect(() => new Camera(options)).toThrow(message);
  });

  it("refuses points that are none", () => {
    const camera = new Camera({ intrinsics: INTRINSICS });
    const array = (shape: readonly number[]): NdArray =>
      NdArray.from("float64", new Float64Array(shape.reduce((a, b) => a * b, 1)), shape);
    expect(() => camera.worldToImage([1, 2])).toThrow("a point of 3 numbers is needed, 2 given");
    expect(() => camera.imageToWorld([1, 2, 3])).toThrow("a point of 2 numbers is needed, 3 given");
    expect(() => camera.worldToImage(array([3, 4]))).toThrow(/points of 3 numbers along the last axis.*\(3, 4\)/);
    expect(() => camera.worldToImage(array([]))).toThrow(RangeError);
    expect(() => camera.imageToWorld(array([5, 2]), { depth: array([4]) })).toThrow(/depths of shape \(4\)/);
    expect(() => camera.imageToWorld([1, 2], { depth: array([4]) })).toThrow("one point has one depth");
    expect(() => camera.worldToImage(NdArray.from("<U1", ["a", "b", "c"]))).toThrow(TypeError);
  });

  it("gives a changed copy and stays as it is", () => {
    const camera = lensCamera([0.1, 0, 0, 0, 0]);
    const moved = camera.with({ translation: [0, 0, 1] });
    expect(moved.rotation).toEqual(camera.rotation);
    expect(difference(moved.center, [-0.48, -0.64, -0.6])).toBeLessThan(1e-12);
    expect(camera.with({ distortion: undefined }).distortion).toBeUndefined();
    expect(camera.with({ extrinsics: POSED.extrinsics }).center[1]).toBe(-1.6);
    expect(
      camera.with({
        rotation: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      }).center,
    ).toEqual([3, -2, 5]);
    expect(camera.center).toEqual([3, -2, 5]);
    expect(camera.with({}).distortion?.coefficients).toEqual([0.1, 0, 0, 0, 0]);
  });
});

const PROJECT = `
import json, sys
import numpy as np
case = json.load(open(sys.argv[1]))
p = np.array(case["points"]); R = np.array(case["rotation"]); c = np.array(case["center"]); K = np.array(case["intrinsics"])
d = case["distortion"]
q = (p - c) @ R.T
x, y = q[:, 0] / q[:, 2], q[:, 1] / q[:, 2]
if len(d) == 4:
    r = np.hypot(x, y); t = np.arctan(r)
    s = np.divide(t * (1 + d[0] * t**2 + d[1] * t**4 + d[2] * t**6 + d[3] * t**8), r, out=np.ones_like(r), where=r > 0)
    x, y = x * s, y * s
elif len(d) > 0:
    k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = np.concatenate([d, np.zeros(12 - len(d))])
    r2 = x**2 + y**2
    a = (1 + k1 * r2 + k2 * r2**2 + k3 * r2**3) / (1 + k4 * r2 + k5 * r2**2 + k6 * r2**3)
    # OpenCV's form of the tangential and prism terms.
    x, y = (x * a + 2 * p1 * x * y + p2 * (r2 + 2 * x**2) + s1 * r2 + s2 * r2**2,
            y * a + p1 * (r2 + 2 * y**2) + 2 * p2 * x * y + s3 * r2 + s4 * r2**2)
uv = np.stack([x, y, np.ones_like(x)], 1) @ K.T
print(json.dumps(uv.tolist()))
`;

describeWithNumpy("numpy's arithmetic", () => {
  it.each(Object.entries(LENSES))("gives the same pixels through a lens: %s", async (_, distortion) => {
    await withFolder((folder) => {
      const camera = lensCamera(distortion);
      const points = scene(camera, 200);
      const file = join(folder, "case.json");
      const { rotation, center } = camera;
      writeFileSync(file, JSON.stringify({ points, rotation, center, intrinsics: INTRINSICS, distortion }));
      const expected = JSON.parse(python(PROJECT, file)) as number[][];
      expect(difference(camera.worldToImage(points), expected.flat())).toBeLessThan(1e-9);
    });
  });
});
