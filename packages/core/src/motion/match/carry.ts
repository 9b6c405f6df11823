import { Camera } from "../../camera/camera.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import { float64Array } from "../axes.js";
import type { MotionCamera, MotionLayer, MotionPoints } from "../motion.js";
import { cameraPart } from "./cameras.js";
import type { SurveyedSequence } from "./survey.js";
import { type Directions, type Turn, turnBetween, turned } from "./turn.js";

/** How points come into another space by the cameras of their frames. */
export interface Carry {
  readonly to: "camera" | "world" | "image";
  /** From where they are now. */
  readonly from: "camera" | "world";
  /** The turn into the frame of the camera, of points that are in another one of it. */
  readonly before: Turn | undefined;
  /** Unit of the points. */
  readonly unit: string | undefined;
}

/** x to the right, y down, z forward. */
export const CAMERA_FRAME: Directions = { up: "-y", forward: "z" };

/** All cameras of some sequences; undefined where somebody is in a frame of which none is known. */
export function allCameras(surveyed: readonly SurveyedSequence[]): readonly MotionCamera[] | undefined {
  const all = new Set<MotionCamera>();
  for (const { cameras, frames, people, present } of surveyed) {
    for (let frame = 0; frame < frames; frame++) {
      const camera = cameras?.[frame];
      if (camera) all.add(camera);
      else if (present.subarray(frame * people, (frame + 1) * people).includes(1)) return undefined;
    }
  }
  return all.size > 0 ? [...all] : undefined;
}

/** The way of a layer into another space; undefined where the cameras do not tell it, or none of them is asked. */
export function carryBetween(
  layer: MotionLayer,
  to: Carry["to"],
  cameras: readonly MotionCamera[] | undefined,
): Carry | undefined {
  const from = layer.space;
  if (!cameras || layer.axes === 2 || (from !== "camera" && from !== "world") || from === to) return undefined;
  const before = from === "camera" ? turnBetween(layer, CAMERA_FRAME) : undefined;
  const carry: Carry = { to, from, before, unit: layer.unit };
  return cameras.every((camera) => cameraFor(camera, carry)) ? carry : undefined;
}

/** The camera that carries points; undefined for one of which too little is known. */
function cameraFor(camera: MotionCamera, { to, from, unit }: Carry): Camera | undefined {
  const isPosed = from === "world" || to === "world";
  if (isPosed && (unit === undefined) !== (camera.lengths === undefined)) return undefined;
  const part = (name: "extrinsics" | "intrinsics" | "distortion"): number[][] | undefined =>
    cameraPart(camera, name, { lengths: unit }) as number[][] | undefined;
  const [extrinsics, intrinsics] = [part("extrinsics"), part("intrinsics")];
  if ((isPosed && !extrinsics) || (to === "image" && !intrinsics)) return undefined;
  const distortion = to === "image" ? (part("distortion") as unknown as number[] | undefined) : undefined;
  try {
    return new Camera({
      intrinsics: to === "image" && intrinsics ? intrinsics : ANY_LENS,
      ...(isPosed && { extrinsics: extrinsics as number[][] }),
      ...(distortion && { distortion }),
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const ANY_LENS = [
  [1, 0, 0],
  [0, 1, 0],
];

/**
 * The points of a window in another space, frame by frame: (F, P, K, 3), or (F, P, K, 2) in the image. What no camera sees (behind
 * it, or where its lens is not described) gets zeros and a confidence of 0; zeros with a confidence of 0 stay what they are.
 */
export function carriedPoints(
  points: MotionPoints,
  carry: Carry,
  cameras: readonly (MotionCamera | undefined)[] | undefined,
): MotionPoints {
  const [frames = 0, people = 0, count = 0] = points.positions.shape;
  const axes = carry.to === "image" ? 2 : 3;
  const values = new Float64Array(frames * people * count * axes);
  const sure = Float64Array.from(points.confidence?.data ?? new Float64Array(frames * people * count).fill(1));
  const data = carry.before ? turned(points.positions, carry.before) : points.positions.data;
  const size = people * count;
  let isHidden = false;
  let known: { readonly of: MotionCamera; readonly camera: Camera | undefined } | undefined;
  for (let frame = 0; frame < frames; frame++) {
    const of = cameras?.[frame];
    if (!of) continue;
    if (known?.of !== of) known = { of, camera: cameraFor(of, carry) };
    if (!known.camera) continue;
    const own = float64Array(data.slice(frame * size * 3, (frame + 1) * size * 3), [size, 3]) as unknown as NdArray;
    const moved = carriedBy(known.camera, own, carry).data as Float64Array;
    for (let point = 0; point < size; point++) {
      const at = frame * size + point;
      if (sure[at] === 0 && isZero(points.positions.data, at * 3)) continue;
      const isKnown = !isNan(data, at * 3);
      const isSeen = !Number.isNaN(moved[point * axes] as number);
      if (isKnown && !isSeen) {
        sure[at] = 0;
        isHidden = true;
      } else for (let axis = 0; axis < axes; axis++) values[at * axes + axis] = moved[point * axes + axis] as number;
    }
  }
  return {
    positions: float64Array(values, [frames, people, count, axes]),
    ...((points.confidence || isHidden) && { confidence: float64Array(sure, [frames, people, count]) }),
    present: points.present,
  };
}

function carriedBy(camera: Camera, points: NdArray, { from, to }: Carry): NdArray {
  if (to === "image") return from === "world" ? camera.worldToImage(points) : camera.cameraToImage(points);
  return to === "camera" ? camera.worldToCamera(points) : camera.cameraToWorld(points);
}

function isZero(data: Float64Array, at: number): boolean {
  return data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 0;
}

function isNan(data: Float64Array, at: number): boolean {
  return Number.isNaN(data[at]) || Number.isNaN(data[at + 1]) || Number.isNaN(data[at + 2]);
}
