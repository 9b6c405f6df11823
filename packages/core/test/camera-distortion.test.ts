import { describe, expect, it } from "vitest";
import { Camera } from "../src/camera/camera.js";
import { type Distortion, distortionOf } from "../src/camera/distortion.js";
import { NdArray } from "../src/ndarray/ndarray.js";

function lens(...coefficients: number[]): Distortion {
  return distortionOf(coefficients) as Distortion;
}

function distorted(model: Distortion, x: number, y: number): [number, number] {
  const out = new Float64Array(2);
  model.distort(x, y, out);
  return [out[0] as number, out[1] as number];
}

function undistorted(model: Distortion, x: number, y: number): [number, number] | undefined {
  const out = new Float64Array(2);
  return model.undistort(x, y, out) ? [out[0] as number, out[1] as number] : undefined;
}

/** Where, along x, a lens stops being one to one. */
function border(model: Distortion): number {
  let low = 0;
  let high = 5;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (model.contains(middle, 0)) low = middle;
    else high = middle;
  }
  return low;
}

describe("distortionOf", () => {
  it("tells the models apart by how many coefficients there are", () => {
    expect(distortionOf([])).toBeUndefined();
    expect(distortionOf([0, 0, 0, 0])).toBeUndefined();
    expect(distortionOf([0, 0, 0, 0, 0])).toBeUndefined();
    expect(lens(0, 0, 0, 0.1).kind).toBe("fisheye");
    for (const count of [5, 8, 12])
      expect(lens(...new Array<number>(count - 1).fill(0), 0.1).kind).toBe("brown-conrady");
    for (const count of [1, 2, 3, 6, 7, 9, 14])
      expect(() => distortionOf(new Array<number>(count).fill(0.1))).toThrow(RangeError);
    expect(() => distortionOf([Number.POSITIVE_INFINITY, 0, 0, 0, 0])).toThrow(/not finite/);
  });

  it("keeps coefficients that nobody can change from the outside", () => {
    const coefficients = [0.1, 0, 0, 0, 0];
    const model = lens(...coefficients);
    expect(Object.isFrozen(model.coefficients)).toBe(true);
  });
});

describe("Brown and Conrady's lens", () => {
  it("bends as its formula says", () => {
    const [u, v] = distorted(lens(0.1, 0.01, 0.001, 0.002, 0.003), 0.5, -0.25);
    const r2 = 0.3125;
    const a = 1 + 0.1 * r2 + 0.01 * r2 ** 2 + 0.003 * r2 ** 3;
    expect(u).toBeCloseTo(0.5 * a + 2 * 0.001 * 0.5 * -0.25 + 0.002 * (r2 + 2 * 0.25), 14);
    expect(v).toBeCloseTo(-0.25 * a + 0.001 * (r2 + 2 * 0.0625) + 2 * 0.002 * 0.5 * -0.25, 14);
    expect(distorted(lens(0, 0, 0, 0, 0, 0.5, 0, 0), 1, 0)[0]).toBeCloseTo(1 / 1.5, 14);
    expect(distorted(lens(0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.2, 0.3, 0.4), 1, 1)).toEqual([
      expect.closeTo(1 + 0.2 + 0.8, 14),
      expect.closeTo(1 + 0.6 + 1.6, 14),
    ]);
  });

  it("ends where its radius stops growing", () => {
    // r (1 + k r^2) grows up to r = 1 / sqrt(-3 k).
    expect(border(lens(-0.2, 0, 0, 0, 0))).toBeCloseTo(1 / Math.sqrt(0.6), 1);
    expect(border(lens(0.2, 0, 0, 0, 0))).toBeCloseTo(5, 10);
    // The denominator is zero at r = 2.
    expect(border(lens(0, 0, 0, 0, 0, -0.25, 0, 0))).toBeLessThanOrEqual(2);
    expect(border(lens(0, 0, 0, 0, 0, -0.25, 0, 0))).toBeGreaterThan(1.9);
    expect(lens(0.2, 0, 0, 0, 0).contains(Number.NaN, 0)).toBe(false);
    expect(lens(0.2, 0, 0, 0, 0).contains(5.1, 0)).toBe(false);
  });

  it("is not fooled by what is sound again farther out", () => {
    // Falls from r = 0.94 to 1.23, then grows again.
    const folded = lens(-0.6, 0.15, 0, 0, 0);
    expect(folded.contains(0.7, 0)).toBe(true);
    expect(folded.contains(0.95, 0)).toBe(false);
    expect(folded.contains(3, 0)).toBe(false);
  });

  it("finds the ray of each place that it reaches, right up to the border", () => {
    for (const coefficients of [
      [-0.2, 0.08, 0.001, -0.0007, -0.01],
      [-0.3, 0.1, 0, 0, 0],
      [0.8, 0.5, 0.01, -0.01, 0.3],
      [0.3, -0.1, 0.001, 0.002, 0.01, 0.5, -0.05, 0.02],
      [-0.1, 0.02, 0.003, -0.004, 0, 0.01, 0, 0, 0.002, -0.001, 0.003, 0.001],
      [5, 3, 0, 0, 1],
    ]) {
      const model = lens(...coefficients);
      const largest = Math.min(border(model), 3);
      for (let i = 0; i < 400; i++) {
        const radius = (0.97 * largest * (i + 1)) / 400;
        const [x, y] = [radius * Math.cos(i), radius * Math.sin(i)];
        if (!model.contains(x, y)) continue;
        const [u, v] = distorted(model, x, y);
        const found = undistorted(model, u, v);
        expect(found, `${coefficients} at ${x}, ${y}`).toBeDefined();
        expect(Math.hypot((found?.[0] as number) - x, (found?.[1] as number) - y)).toBeLessThan(1e-8);
      }
    }
  });

  it("says where no ray arrives", () => {
    const model = lens(-0.2, 0, 0, 0, 0);
    const farthest = distorted(model, 1 / Math.sqrt(0.6), 0)[0];
    expect(undistorted(model, 0.99 * farthest, 0)?.[0]).toBeLessThan(1.3);
    const beyond = undistorted(model, 1.2 * farthest, 0);
    // There is one on the other side of the axis, far beyond the border.
    expect(beyond === undefined || !model.contains(...beyond)).toBe(true);
  });
});

describe("a fisheye", () => {
  it("bends as its formula says", () => {
    const t = Math.atan(0.5);
    const arrival = t * (1 + 0.1 * t ** 2 + 0.02 * t ** 4 + 0.003 * t ** 6 + 0.0004 * t ** 8);
    expect(distorted(lens(0.1, 0.02, 0.003, 0.0004), 0.3, 0.4)).toEqual([
      expect.closeTo(0.6 * arrival, 14),
      expect.closeTo(0.8 * arrival, 14),
    ]);
    expect(distorted(lens(0.1, 0, 0, 0), 0, 0)).toEqual([0, 0]);
    expect(undistorted(lens(0.1, 0, 0, 0), 0, 0)).toEqual([0, 0]);
  });

  it("ends at the angle where its radius stops growing", () => {
    // t (1 + k t^2) grows up to t = 1 / sqrt(-3 k).
    expect(Math.atan(border(lens(-0.4, 0, 0, 0)))).toBeCloseTo(1 / Math.sqrt(1.2), 9);
    expect(lens(0.1, 0, 0, 0).contains(1e6, 1e6)).toBe(true);
    expect(undistorted(lens(-0.4, 0, 0, 0), 0.7, 0)).toBeUndefined();
    expect(undistorted(lens(0.1, 0, 0, 0), 3, 0)).toBeUndefined();
    expect(undistorted(lens(0.1, 0, 0, 0), Number.NaN, 0)).toBeUndefined();
  });

  it("finds the ray of each place, to the widest angle", () => {
    for (const coefficients of [
      [0.05, 0.01, -0.004, 0.001],
      [-0.4, 0, 0, 0],
      [2, 1, 1, 1],
      [-0.01, 0.02, -0.03, 0.001],
    ]) {
      const model = lens(...coefficients);
      const widest = Math.atan(Math.min(border(model), 4.99));
      for (let i = 1; i < 300; i++) {
        const radius = Math.tan((0.99 * widest * i) / 300);
        const [x, y] = [radius * Math.cos(i), radius * Math.sin(i)];
        const found = undistorted(model, ...distorted(model, x, y));
        expect(Math.hypot((found?.[0] as number) - x, (found?.[1] as number) - y)).toBeLessThan(1e-8 * (1 + radius));
      }
    }
  });
});

describe("a camera with a lens", () => {
  const camera = new Camera({
    intrinsics: [
      [100, 0, 50],
      [0, 100, 50],
    ],
    distortion: [-0.2, 0, 0, 0, 0],
  });
  const nan = [Number.NaN, Number.NaN];

  it("makes NaN of what is outside of the model's range, unless told to take its word", () => {
    expect(camera.cameraToImage([2, 0, 1])).toEqual(nan);
    expect(camera.cameraToImage([2, 0, 1], { distortionRange: "unchecked" })).toEqual([
      expect.closeTo(50 + 100 * 2 * (1 - 0.8), 9),
      50,
    ]);
    expect(camera.isVisible([2, 0, 1], { width: 100, height: 100 })).toBe(false);
    expect(camera.isVisible([2, 0, 1], { width: 100, height: 100, distortionRange: "unchecked" })).toBe(true);
  });

  it("makes NaN of pixels that no ray reaches, or throws", () => {
    expect(camera.imageToCamera([150, 50])).toEqual([...nan, Number.NaN]);
    expect(() => camera.imageToCamera([150, 50], { unresolved: "throw" })).toThrow(/no ray was found.*\(150, 50\)/);
    const pixels = NdArray.from("float64", new Float64Array([50, 50, 150, 50, 60, 50]), [3, 2]);
    const [first, second, third] = camera.imageToCamera(pixels, { depth: 2 }).toList() as number[][];
    expect(first).toEqual([0, 0, 2]);
    expect(second).toEqual([...nan, Number.NaN]);
    expect(third?.[0]).toBeCloseTo(2 * 0.100202, 5);
    expect(() => camera.imageToWorld(pixels, { unresolved: "throw" })).toThrow(RangeError);
    expect(camera.imageToCamera([Number.NaN, 0], { unresolved: "throw" })).toEqual([...nan, Number.NaN]);
  });
});
