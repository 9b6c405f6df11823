import type { PointArray } from "../camera/points.js";
import { astype } from "../ndarray/astype.js";
import { type NdArray, zeros } from "../ndarray/ndarray.js";

/** Where an axis of a camera's frame points, as seen in its image. */
export type ViewDirection = "right" | "left" | "up" | "down" | "forward" | "backward";

/** How an image stores directions. */
export interface NormalCoding {
  /** Where each channel points when it is 1; the middle of its range is 0. */
  readonly axes: readonly [ViewDirection, ViewDirection, ViewDirection];
  /** What the samples -1 to 1 are stored as. Default `unit`: 0 to 1, or 0 to the largest number of an integer type. */
  readonly range?: "unit" | "signed" | undefined;
  /** Whether a pixel of zeros alone is one without a surface. Default true. */
  readonly zeroIsNone?: boolean | undefined;
}

/** Axis and sign in the camera's frame: x to the right, y down, z forward. */
const AXES: Readonly<Record<ViewDirection, readonly [axis: 0 | 1 | 2, sign: 1 | -1]>> = {
  right: [0, 1],
  left: [0, -1],
  down: [1, 1],
  up: [1, -1],
  forward: [2, 1],
  backward: [2, -1],
};

/**
 * Normals (H, W, 3) of a map whose three channels hold their parts, in the camera's frame (right, down, forward): surfaces
 * that face the camera have a negative third part. NaN where there is no surface. Lengths are as stored, not made 1: they are
 * smaller where a pixel shows several surfaces. float64 where the map is, else float32.
 *
 * Throws `RangeError` for an array without three channels, or axes that name one direction twice.
 */
export function decodeNormals(map: NdArray, { axes, range = "unit", zeroIsNone = true }: NormalCoding): PointArray {
  if (map.ndim < 1 || map.shape.at(-1) !== 3)
    throw new RangeError(`a map of normals has three channels, the shape is (${map.shape.join(", ")})`);
  const [a, b, c] = axes.map((direction) => AXES[direction]) as [Axis, Axis, Axis];
  if (new Set([a[0], b[0], c[0]]).size !== 3) throw new RangeError(`${axes.join(", ")} are no three axes`);
  const normals = zeros(map.dtype === "float64" ? "float64" : "float32", map.shape) as PointArray;
  const { data } = normals;
  const most = range === "unit" ? largestOf(map.dtype) : 1;
  const [factor, shift] = range === "unit" ? [2 / most, 1] : [1, 0];
  const samples = packed(map);
  for (let i = 0; i < samples.length; i += 3) {
    const first = samples[i] as number;
    const second = samples[i + 1] as number;
    const third = samples[i + 2] as number;
    const isNone = zeroIsNone && first === 0 && second === 0 && third === 0;
    data[i + a[0]] = isNone ? Number.NaN : a[1] * (factor * first - shift);
    data[i + b[0]] = isNone ? Number.NaN : b[1] * (factor * second - shift);
    data[i + c[0]] = isNone ? Number.NaN : c[1] * (factor * third - shift);
  }
  return normals;
}

type Axis = (typeof AXES)[ViewDirection];

function largestOf(dtype: NdArray["dtype"]): number {
  if (dtype === "uint8") return 255;
  if (dtype === "uint16") return 65535;
  if (/^float/.test(dtype)) return 1;
  throw new RangeError(`normals are no ${dtype}`);
}

function packed(map: NdArray): Float64Array {
  const floats = astype(map, "float64").contiguous();
  return floats.data.subarray(floats.offset, floats.offset + floats.size);
}
