import { FormatError } from "@somakit/core/errors";
import { decodeHalves, fromHalf, NdArray, toHalf } from "@somakit/core/ndarray";

/** The element types that keypoints and scores have. */
export type FloatName = "float16" | "float32" | "float64";

export type FloatData = Float32Array | Float64Array;

/** An array of floats, packed in C order, to compute with. float16 is widened to float32, which holds it exactly. */
export interface Floats {
  readonly dtype: FloatName;
  readonly shape: readonly number[];
  /** Belongs to the array that it came from: not to be written to. */
  readonly values: FloatData;
}

/** The values of `array`. Throws `FormatError` `mismatch`, naming `path`, for anything but floats. */
export function floatsOf(array: NdArray, path: string): Floats {
  const { dtype, shape } = array;
  if (!isFloatName(dtype)) throw new FormatError("mismatch", `float array expected, ${dtype} found`, { path });
  const packed = array.contiguous();
  const data = packed.data as FloatData | Uint16Array;
  const own = data.subarray(packed.offset, packed.offset + packed.size);
  return { dtype, shape, values: own instanceof Uint16Array ? decodeHalves(own) : own };
}

function isFloatName(name: string): name is FloatName {
  return name === "float16" || name === "float32" || name === "float64";
}

/** An array that owns `values`, which are rounded to `dtype` where that is narrower. */
export function arrayOf(dtype: FloatName, shape: readonly number[], values: FloatData): NdArray {
  if (dtype !== "float16") {
    const wanted = dtype === "float32" ? Float32Array : Float64Array;
    return NdArray.from<FloatName>(dtype, values instanceof wanted ? values : new wanted(values), shape);
  }
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = toHalf(values[i] as number);
  return NdArray.from("float16", halves, shape);
}

/** Zeros to be filled with values of `dtype` and handed to {@link arrayOf}. */
export function room(dtype: FloatName, count: number): FloatData {
  return dtype === "float64" ? new Float64Array(count) : new Float32Array(count);
}

/**
 * What numpy's arithmetic does to the result of every single operation in `dtype`. (float16 is computed in float32 and
 * then rounded, which for +, -, * and / equals rounding once.)
 */
export function rounding(dtype: FloatName): (value: number) => number {
  if (dtype === "float64") return (value) => value;
  return dtype === "float32" ? Math.fround : roundToHalf;
}

const roundToHalf = (value: number): number => fromHalf(toHalf(value));

const WIDTHS: readonly FloatName[] = ["float16", "float32", "float64"];

/** The wider of two types, which is what numpy makes of arrays of both. */
export function wider(a: FloatName, b: FloatName): FloatName {
  return WIDTHS[Math.max(WIDTHS.indexOf(a), WIDTHS.indexOf(b))] as FloatName;
}

/** Sizes of an array with four axes [people, frames, keypoints, channels]. */
export interface PoseSizes {
  readonly people: number;
  readonly frames: number;
  readonly keypoints: number;
  readonly channels: number;
}

/** Sizes of `keypoint`. Throws `FormatError` `mismatch` when it has not four axes or other numbers of `channels`. */
export function poseSizes({ shape }: Floats | NdArray, channels: readonly number[], path = "keypoint"): PoseSizes {
  const [people, frames, keypoints, last] = shape;
  if (shape.length !== 4 || last === undefined)
    throw new FormatError("mismatch", `4 axes expected, ${shape.length} found`, { path });
  if (!channels.includes(last))
    throw new FormatError("mismatch", `last axis of ${channels.join(" or ")} expected, ${last} found`, { path });
  return { people: people as number, frames: frames as number, keypoints: keypoints as number, channels: last };
}

/** `keypoint` [.., C] and `score` [..] side by side: [.., C + 1]. Throws `FormatError` `mismatch` for unequal shapes. */
export function withScore(keypoint: Floats, score: Floats): Floats {
  const places = keypoint.shape.slice(0, -1);
  const channels = keypoint.shape.at(-1) ?? 0;
  if (places.join() !== score.shape.join())
    throw new FormatError("mismatch", `shape (${places.join(", ")}) expected, (${score.shape.join(", ")}) found`, {
      path: "keypoint_score",
    });
  const dtype = wider(keypoint.dtype, score.dtype);
  const values = room(dtype, score.values.length * (channels + 1));
  for (let place = 0, from = 0, to = 0; place < score.values.length; place++) {
    for (let channel = 0; channel < channels; channel++) values[to++] = keypoint.values[from++] as number;
    values[to++] = score.values[place] as number;
  }
  return { dtype, shape: [...places, channels + 1], values };
}
