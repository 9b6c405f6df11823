import { describe, expect, it } from "vitest";
import type { Matrix3, Vector3 } from "../src/camera/linear.js";
import { rotationOfVector, vectorOfRotation } from "../src/camera/rotation.js";
import { noise } from "./support-io.js";
import { describeWithNumpy, python } from "./support-python.js";

/** Compares all numbers, NaN with NaN. */
function agree(found: Iterable<unknown>, expected: Iterable<unknown>, tolerance: number): void {
  const others = [...expected] as number[];
  const own = [...found] as number[];
  expect(own).toHaveLength(others.length);
  for (const [index, value] of others.entries()) {
    const near = Number.isNaN(value) ? Number.isNaN(own[index]) : Math.abs((own[index] as number) - value) <= tolerance;
    expect(near, `number ${index}: ${own[index]} instead of ${value}`).toBe(true);
  }
}

/** Vectors of all lengths up to pi, tiny ones and half turns among them. */
function rotationVectors(): Vector3[] {
  const bytes = noise(600, 3);
  const lengths = [0, 1e-12, 1e-4, 0.999e-3, 1.001e-3, 0.5, 2, 3.1, Math.PI - 1e-9, Math.PI];
  return Array.from({ length: 200 }, (_, index) => {
    const raw = [0, 1, 2].map((axis) => (bytes[3 * index + axis] as number) / 127.5 - 1);
    if (index < 30) for (const axis of [0, 1, 2]) raw[axis] = axis === index % 3 ? 1 : 0;
    const scale = (lengths[index % lengths.length] as number) / Math.hypot(...raw);
    return raw.map((part) => part * scale) as unknown as Vector3;
  });
}

describe("rotation vectors", () => {
  it("become rotations and come back, at pi up to their sign", () => {
    for (const vector of rotationVectors()) {
      const matrix = rotationOfVector(vector);
      const again = vectorOfRotation(matrix);
      agree(rotationOfVector(again).flat(), matrix.flat(), 1e-12);
      if (Math.hypot(...vector) < 3.14) agree(again, vector, 1e-12);
    }
  });

  it("are not made of what does not rotate", () => {
    const flipped: Matrix3 = [
      [-1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    expect(() => vectorOfRotation(flipped)).toThrow(RangeError);
    expect(() =>
      vectorOfRotation([
        [1, 0, 0],
        [1, 0, 0],
        [0, 0, 1],
      ]),
    ).toThrow(RangeError);
  });
});

const ROTATE = `
import json, sys
from scipy.spatial.transform import Rotation
vectors = json.loads(sys.argv[1])
print(json.dumps(Rotation.from_rotvec(vectors).as_matrix().tolist()))
`;
const UNROTATE = `
import json, sys
from scipy.spatial.transform import Rotation
print(json.dumps(Rotation.from_matrix(json.loads(sys.argv[1])).as_rotvec().tolist()))
`;

describeWithNumpy("scipy", () => {
  it("makes the same rotations of vectors, and vectors of rotations", () => {
    const vectors = rotationVectors();
    const matrices = JSON.parse(python(ROTATE, JSON.stringify(vectors))) as number[][][];
    for (const [index, vector] of vectors.entries())
      agree(rotationOfVector(vector).flat(), (matrices[index] as number[][]).flat(), 1e-14);
    const again = JSON.parse(python(UNROTATE, JSON.stringify(matrices))) as number[][];
    for (const [index, matrix] of matrices.entries()) {
      const vector = vectorOfRotation(matrix as unknown as Matrix3);
      if (Math.hypot(...vector) < 3.14) agree(vector, again[index] as number[], 1e-12);
    }
  });
});
