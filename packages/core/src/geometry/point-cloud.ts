import type { Camera } from "../camera/camera.js";
import type { PointArray } from "../camera/points.js";
import { astype } from "../ndarray/astype.js";
import type { DataOf, TypedArray } from "../ndarray/elements.js";
import { NdArray, zeros } from "../ndarray/ndarray.js";
import { isForeground } from "./depth.js";

export interface DepthPointsOptions {
  /** Distances from here on are the background. Default: infinity. */
  readonly background?: number | undefined;
  /** (H, W): which pixels are wanted. Default: all. */
  readonly mask?: NdArray<"bool"> | undefined;
  /** Whose frame the points are in. Default `world`. */
  readonly frame?: "world" | "camera" | undefined;
}

/** Points of the surfaces that a camera sees, and the pixels that each was seen in. */
export interface PointCloud {
  /** (N, 3), in the unit of the depths. */
  readonly points: PointArray;
  /** (N, 2) row and column of the pixel, line by line. */
  readonly pixels: NdArray<"int32">;
}

/**
 * The points that the pixels of a depth map (H, W) show, by the middle of each pixel. Depths are distances along the
 * camera's axis (not along the ray), in the unit of the camera's world. What is not above 0, not finite or background has no
 * point. float64 where the depths are, else float32. Throws `RangeError` for an array that is no such map.
 */
export function pointCloud(camera: Camera, depth: NdArray, options: DepthPointsOptions = {}): PointCloud {
  const { distances, width } = depthsOf(depth);
  const wanted = maskOf(depth, options.mask);
  const { background = Number.POSITIVE_INFINITY } = options;
  const chosen: number[] = [];
  for (let i = 0; i < distances.length; i++)
    if ((!wanted || wanted[i]) && isForeground(distances[i] as number, background)) chosen.push(i);

  const pixels = new Int32Array(2 * chosen.length);
  const centers = new Float64Array(2 * chosen.length);
  const depths = new Float64Array(chosen.length);
  const half = camera.pixelOrigin === "corner" ? 0.5 : 0;
  chosen.forEach((at, i) => {
    const row = Math.floor(at / width);
    const column = at - row * width;
    pixels[2 * i] = row;
    pixels[2 * i + 1] = column;
    centers[2 * i] = column + half;
    centers[2 * i + 1] = row + half;
    depths[i] = distances[at] as number;
  });
  const seen = NdArray.from("float64", centers, [chosen.length, 2]);
  const at = { depth: NdArray.from("float64", depths) };
  const points = options.frame === "camera" ? camera.imageToCamera(seen, at) : camera.imageToWorld(seen, at);
  return {
    points: floatsLike(depth, points as PointArray),
    pixels: NdArray.from("int32", pixels, [chosen.length, 2]),
  };
}

/** The same points at their pixels: (H, W, 3), NaN where there is none. */
export function pointMap(camera: Camera, depth: NdArray, options: DepthPointsOptions = {}): PointArray {
  const { points, pixels } = pointCloud(camera, depth, options);
  const [height = 0, width = 0] = depth.shape;
  const map = zeros(points.dtype, [height, width, 3]) as PointArray;
  map.data.fill(Number.NaN);
  const { data } = points;
  const places = pixels.data;
  for (let i = 0; i < places.length / 2; i++) {
    const at = 3 * ((places[2 * i] as number) * width + (places[2 * i + 1] as number));
    for (let axis = 0; axis < 3; axis++) map.data[at + axis] = data[3 * i + axis] as number;
  }
  return map;
}

/**
 * What an image (H, W) or (H, W, C) has at each of the pixels (N, 2): (N) or (N, C), such as the colours of a point cloud.
 * Throws `RangeError` for pixels outside of the image, `TypeError` for elements that are no numbers.
 */
export function samplesAt(image: NdArray, pixels: NdArray<"int32">): NdArray {
  if (image.ndim !== 2 && image.ndim !== 3)
    throw new RangeError(`an image has two axes or three, this one (${image.shape.join(", ")})`);
  const [height = 0, width = 0, channels = 1] = image.shape;
  const packed = image.contiguous();
  if (!ArrayBuffer.isView(packed.data) || /^complex/.test(image.dtype))
    throw new TypeError(`${image.dtype} is no number of an image`);
  const data = packed.data as TypedArray;
  const places = pixels.contiguous();
  const count = places.shape[0] as number;
  const samples = new (data.constructor as new (length: number) => TypedArray)(count * channels);
  for (let i = 0; i < count; i++) {
    const row = places.data[places.offset + 2 * i] as number;
    const column = places.data[places.offset + 2 * i + 1] as number;
    if (!(row >= 0 && row < height && column >= 0 && column < width))
      throw new RangeError(`the pixel (${row}, ${column}) is outside of the image`);
    const from = packed.offset + (row * width + column) * channels;
    for (let c = 0; c < channels; c++) samples[i * channels + c] = data[from + c] as never;
  }
  const shape = image.ndim === 2 ? [count] : [count, channels];
  return NdArray.from(image.dtype, samples as DataOf[typeof image.dtype], shape) as NdArray;
}

interface Depths {
  readonly distances: Float32Array | Float64Array;
  readonly width: number;
}

function depthsOf(depth: NdArray): Depths {
  if (depth.ndim !== 2) throw new RangeError(`a depth map has two axes, this one (${depth.shape.join(", ")})`);
  const floats = (depth.dtype === "float32" ? depth : astype(depth, "float64")) as unknown as PointArray;
  const packed = floats.contiguous();
  return {
    distances: packed.data.subarray(packed.offset, packed.offset + packed.size),
    width: depth.shape[1] as number,
  };
}

function maskOf(depth: NdArray, mask: NdArray<"bool"> | undefined): Uint8Array | undefined {
  if (!mask) return undefined;
  if (mask.shape.join() !== depth.shape.join())
    throw new RangeError(`a mask of (${mask.shape.join(", ")}) for depths of (${depth.shape.join(", ")})`);
  const packed = mask.contiguous();
  return packed.data.subarray(packed.offset, packed.offset + packed.size) as Uint8Array;
}

function floatsLike(depth: NdArray, points: PointArray): PointArray {
  return depth.dtype === "float64" ? points : (astype(points, "float32") as unknown as PointArray);
}
