import { astype } from "../ndarray/astype.js";
import { NdArray, zeros } from "../ndarray/ndarray.js";
import type { Vector2, Vector3 } from "./linear.js";

/** Points: floats of which the last axis counts coordinates. */
export type PointArray = NdArray<"float32" | "float64">;
/** Works on one point and leaves the result in `out`. The third number of a point with two is its depth. */
export type PointStep = (x: number, y: number, z: number, out: Float64Array) => void;

/** Distances along the camera's axis: one for all points, or one for each. */
export type PointDepth = number | NdArray;

interface Sizes {
  /** Numbers of a point, before and after. */
  readonly from: 2 | 3;
  readonly to: 2 | 3;
}

/** One point. Throws `RangeError` unless it has as many numbers as it should. */
export function stepPoint(point: readonly number[], { from, to }: Sizes, step: PointStep, depth = 1): number[] {
  checkPoint(point, from);
  const out = new Float64Array(3);
  step(point[0] as number, point[1] as number, from === 3 ? (point[2] as number) : depth, out);
  return [...out.subarray(0, to)];
}

/**
 * Points along the last axis of an array with any axes before it. float32 stays float32, with everything counted in float64;
 * all else becomes float64. Throws `RangeError` for other shapes, `TypeError` for elements that are no real numbers.
 */
export function stepPoints(points: NdArray, { from, to }: Sizes, step: PointStep, depth: PointDepth = 1): PointArray {
  const leading = leadingShape(points, from);
  const input = packedFloats(points);
  const depths = typeof depth === "number" ? undefined : depthsFor(depth, leading);
  const result = zeros(points.dtype === "float32" ? "float32" : "float64", [...leading, to]) as PointArray;
  const output = result.data;
  const out = new Float64Array(3);
  const count = input.length / from;
  for (let i = 0; i < count; i++) {
    const at = i * from;
    const third = from === 3 ? (input[at + 2] as number) : depths ? (depths[i] as number) : (depth as number);
    step(input[at] as number, input[at + 1] as number, third, out);
    for (let axis = 0; axis < to; axis++) output[i * to + axis] = out[axis] as number;
  }
  return result;
}

type PointTest = (x: number, y: number, z: number) => boolean;

/** Whether a point passes a test. */
export function testPoint(point: readonly number[], from: 2 | 3, test: PointTest): boolean {
  checkPoint(point, from);
  return test(point[0] as number, point[1] as number, point[2] as number);
}

/** Whether each point passes a test; of the shape of the points without their last axis. */
export function testPoints(points: NdArray, from: 2 | 3, test: PointTest): NdArray<"bool"> {
  const leading = leadingShape(points, from);
  const input = packedFloats(points);
  const result = zeros("bool", leading);
  const { data } = result;
  for (let i = 0; i < data.length; i++) {
    const at = i * from;
    data[i] = test(input[at] as number, input[at + 1] as number, input[at + 2] as number) ? 1 : 0;
  }
  return result as NdArray<"bool">;
}

export function isPoint(points: readonly number[] | NdArray): points is Vector2 | Vector3 {
  return !(points instanceof NdArray);
}

function checkPoint(point: readonly number[], from: number): void {
  if (point.length !== from) throw new RangeError(`a point of ${from} numbers is needed, ${point.length} given`);
}

function leadingShape(points: NdArray, from: number): readonly number[] {
  if (points.shape.at(-1) !== from)
    throw new RangeError(
      `points of ${from} numbers along the last axis are needed, the shape is (${points.shape.join(", ")})`,
    );
  return points.shape.slice(0, -1);
}

function depthsFor(depth: NdArray, leading: readonly number[]): Float32Array | Float64Array {
  if (depth.shape.join() !== leading.join())
    throw new RangeError(`depths of shape (${depth.shape.join(", ")}) for points of shape (${leading.join(", ")})`);
  return packedFloats(depth);
}

function packedFloats(array: NdArray): Float32Array | Float64Array {
  const floats = (array.dtype === "float32" ? array : astype(array, "float64")) as unknown as PointArray;
  const packed = floats.contiguous();
  return packed.data.subarray(packed.offset, packed.offset + packed.size);
}
