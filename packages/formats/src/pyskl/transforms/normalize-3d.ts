import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import { takeFrames } from "./decode.js";
import { arrayOf, type FloatData, type FloatName, floatsOf, type PoseSizes, poseSizes, rounding } from "./floats.js";
import { angleTo, cross, rotate, rotationMatrix, type Vector } from "./rotation.js";

export interface PreNormalize3dOptions {
  /** Keypoints of which the second is above the first: that direction becomes +z. Default [0, 1], the spine. */
  readonly zAxis?: readonly [from: number, to: number] | undefined;
  /** Keypoints of which the first is to the +x side of the second. Default [8, 4], the shoulders. */
  readonly xAxis?: readonly [to: number, from: number] | undefined;
  /** Whether to rotate. Default true. */
  readonly alignSpine?: boolean | undefined;
  /** Whether to move the centre of the first person's first frame to the origin. Default true. */
  readonly alignCenter?: boolean | undefined;
}

/** Keypoints about the centre of the body. */
export interface PreNormalized3d {
  /** [M, T', V, 3]; float64 when rotated, else of the type given. */
  readonly keypoint: NdArray;
  /** T': how many frames are left. */
  readonly totalFrames: number;
  /** What was subtracted, [3]; absent when nothing was. */
  readonly bodyCenter?: NdArray;
}

/** The keypoint that is the centre, with 25 keypoints; otherwise it is the last one. */
const CENTER_OF_25 = 1;
/** Below this a coordinate counts as 0 when frames are judged. */
const CLOSE = 1e-8;

/**
 * Keypoints [M, T, V, 3] of one or two people seen from a common side (upstream's `PreNormalize3D`): frames in which the
 * main person is missing are dropped, people swapped when the second is there longer, the first frame centred and turned
 * so that the spine points to +z and the shoulders to +x. Without anybody, everything stays as it is.
 *
 * Throws `FormatError` `mismatch` for other shapes and types, and when no frame is left; `RangeError` for axes that name
 * no keypoint.
 */
export function preNormalize3d(keypoint: NdArray, options: PreNormalize3dOptions = {}): PreNormalized3d {
  const { zAxis = [0, 1], xAxis = [8, 4], alignSpine = true, alignCenter = true } = options;
  const { dtype, shape, values } = floatsOf(keypoint, "keypoint");
  const sizes = poseSizes(keypoint, [3]);
  if (sizes.people !== 1 && sizes.people !== 2)
    throw new FormatError("mismatch", `1 or 2 people expected, ${sizes.people} found`, { path: "keypoint" });
  checkKeypoints(sizes, alignSpine ? [...zAxis, ...xAxis] : []);
  if (sumOf(values) === 0) return { keypoint: keypoint.copy(), totalFrames: sizes.frames };

  const { frames, swap } = chooseFrames(values, sizes);
  if (frames.length === 0) throw new FormatError("mismatch", "no frame shows anybody", { path: "keypoint" });
  const [taken, points] = takeFrames(values, shape, frames);
  const ordered = swap ? swapPeople(points) : points;
  const center = alignCenter ? centre(ordered, sizes.keypoints, dtype) : undefined;
  const aligned = alignSpine ? align(ordered, dtype, zAxis, xAxis) : arrayOf(dtype, taken, ordered);
  return {
    keypoint: aligned.reshape(taken),
    totalFrames: frames.length,
    ...(center ? { bodyCenter: arrayOf(dtype, [3], center) } : {}),
  };
}

function checkKeypoints({ keypoints }: PoseSizes, used: readonly number[]): void {
  const wrong = used.find((index) => !(Number.isInteger(index) && index >= 0 && index < keypoints));
  if (wrong !== undefined) throw new RangeError(`keypoint ${wrong} is outside ${keypoints} keypoints`);
}

function sumOf(values: FloatData): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] as number;
  return sum;
}

/** Frames that show the person who is there longer, the first one when in doubt. */
function chooseFrames(
  values: FloatData,
  { people, frames, keypoints }: PoseSizes,
): { readonly frames: readonly number[]; readonly swap: boolean } {
  const step = keypoints * 3;
  const shown = Array.from({ length: people }, (_, person) => {
    const own: number[] = [];
    for (let frame = 0; frame < frames; frame++) {
      const start = (person * frames + frame) * step;
      // Not "above": NaN is not close to 0 either.
      if (!values.subarray(start, start + step).every((value) => Math.abs(value) <= CLOSE)) own.push(frame);
    }
    return own;
  });
  const [first = [], second = []] = shown;
  return second.length > first.length ? { frames: second, swap: true } : { frames: first, swap: false };
}

function swapPeople(points: FloatData): FloatData {
  const half = points.length / 2;
  const swapped = points.slice();
  swapped.set(points.subarray(half));
  swapped.set(points.subarray(0, half), half);
  return swapped;
}

/** Moves the points, in place, but for those that are exactly 0 in all coordinates; returns what was subtracted. */
function centre(points: FloatData, keypoints: number, dtype: FloatName): FloatData {
  const joint = keypoints === 25 ? CENTER_OF_25 : keypoints - 1;
  const center = points.slice(3 * joint, 3 * joint + 3);
  const round = rounding(dtype);
  for (let at = 0; at < points.length; at += 3) {
    const there = points[at] !== 0 || points[at + 1] !== 0 || points[at + 2] !== 0;
    // Times 0, as upstream masks: the sign of the zero, and a centre that is no number, show.
    for (let axis = 0; axis < 3; axis++)
      points[at + axis] = round((points[at + axis] as number) - (center[axis] as number)) * (there ? 1 : 0);
  }
  return center;
}

function align(
  points: FloatData,
  dtype: FloatName,
  [bottom, top]: readonly [number, number],
  [right, left]: readonly [number, number],
): NdArray {
  const turned = new Float64Array(points);
  const between = (to: number, from: number, round: (value: number) => number): Vector =>
    [0, 1, 2].map((axis) =>
      round((turned[3 * to + axis] as number) - (turned[3 * from + axis] as number)),
    ) as unknown as Vector;
  const turn = (vector: Vector, target: Vector, round: (value: number) => number): void =>
    rotate(turned, rotationMatrix(cross(vector, target), angleTo(vector, target, round)));
  turn(between(top, bottom, rounding(dtype)), [0, 0, 1], rounding(dtype));
  // The first rotation made float64 of everything.
  turn(between(right, left, rounding("float64")), [1, 0, 0], rounding("float64"));
  return NdArray.from<"float64">("float64", turned);
}
