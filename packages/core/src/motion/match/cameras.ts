import {
  apply,
  IDENTITY,
  type Matrix3,
  matrixOf,
  product,
  transpose,
  type Vector3,
  vector3Of,
} from "../../camera/linear.js";
import { rotationOfVector, vectorOfRotation } from "../../camera/rotation.js";
import type { CameraPart, LensPart, MotionMark } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import type { CameraValue, CameraValues, MotionCamera } from "../motion.js";
import { factorBetween } from "./lengths.js";
import type { Turn } from "./turn.js";

/** In the order of OpenCV. */
const LENS: readonly LensPart[] = ["k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6"];

/** What a file says of a camera, by the parts that its keys play; undefined for what is no camera. */
export function cameraOf(value: unknown, { members = {}, lengths }: MotionMark): MotionCamera | undefined {
  const map = plain(value as Value) as unknown;
  if (!isRecord(map)) return undefined;
  const parts: Partial<Record<CameraPart, CameraValue>> = {};
  let isSingle = true;
  for (const [key, part] of Object.entries(members)) {
    const stated = Object.hasOwn(map, key) ? map[key] : undefined;
    const numbers = stated instanceof NdArray ? (stated.toList() as unknown) : stated;
    if (!isNumbers(numbers)) continue;
    parts[part] = numbers;
    if (Array.isArray(numbers)) isSingle &&= stated instanceof NdArray && stated.dtype === "float32";
  }
  if (Object.keys(parts).every((part) => part === "inverse")) return undefined;
  return { parts, lengths, dtype: isSingle ? "float32" : "float64" };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof NdArray);
}

function isNumbers(value: unknown): value is CameraValue {
  if (Array.isArray(value)) return value.length > 0 && value.every((one) => typeof one !== "boolean" && isNumbers(one));
  return typeof value === "number" || typeof value === "boolean";
}

export function isSameCamera(a: MotionCamera | undefined, b: MotionCamera | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

/** The unit and the world in which a camera is wanted. */
export interface CameraFrame {
  /** Unit of the lengths that are asked for. Default: that of the camera. */
  readonly lengths?: string | undefined;
  /** The world that is asked for, by the coordinates of the camera's own. */
  readonly turn?: Turn | undefined;
}

/**
 * A part of a camera, made of others where the file has another one: a rotation of its vector, a position of the translation, the
 * coefficients of the lens one by one. Undefined where nothing tells it, or what tells it is no rotation or matrix.
 */
export function cameraPart(camera: MotionCamera, part: CameraPart, frame: CameraFrame = {}): CameraValue | undefined {
  const moves = POSE.has(part) && (frame.turn !== undefined || camera.parts.inverse === true);
  try {
    const own = moves ? undefined : camera.parts[part];
    if (part === "inverse") return own === undefined ? undefined : false;
    if (part === "intrinsics") return intrinsics(camera.parts);
    if (part === "distortion" || (LENS as readonly string[]).includes(part)) return lens(camera.parts, part);
    if (!POSE.has(part)) return own;
    const factor = factorFor(camera, part, frame);
    if (factor === undefined) return undefined;
    if (own !== undefined && factor === 1) return own;
    return posePart(camera, part, factor, frame.turn);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const POSE: ReadonlySet<CameraPart> = new Set([
  "rotation",
  "rotation-vector",
  "position",
  "translation",
  "extrinsics",
  "up",
]);

function factorFor({ lengths }: MotionCamera, part: CameraPart, frame: CameraFrame): number | undefined {
  const isLength = part === "position" || part === "translation" || part === "extrinsics";
  if (!isLength || lengths === undefined || frame.lengths === undefined) return 1;
  return factorBetween(lengths, frame.lengths);
}

/** Three rows, whether two are stated or three. */
function intrinsics({ intrinsics: stated }: CameraValues): CameraValue | undefined {
  const rows = stated as readonly (readonly number[])[] | undefined;
  return rows?.length === 2 ? [...rows, [0, 0, 1]] : rows;
}

function lens(parts: CameraValues, part: CameraPart): CameraValue | undefined {
  if (parts[part] !== undefined) return parts[part];
  if (part === "distortion") {
    const all = LENS.map((one) => (parts[one] as number | undefined) ?? 0);
    if (all.every((one) => one === 0)) return undefined;
    return all.slice(5).every((one) => one === 0) ? all.slice(0, 5) : all;
  }
  const all = parts.distortion as readonly number[] | undefined;
  // Four are those of a fisheye; what comes behind the eighth has no name.
  if (!all || all.length < 5 || all.slice(LENS.length).some((one) => one !== 0)) return undefined;
  return all[LENS.indexOf(part as LensPart)] ?? 0;
}

function posePart(
  camera: MotionCamera,
  part: CameraPart,
  factor: number,
  turn: Turn | undefined,
): CameraValue | undefined {
  const pose = poseOf(camera.parts);
  const world = turn ? matrixOfTurn(turn) : IDENTITY;
  const { up } = camera.parts;
  if (part === "up") return up === undefined ? undefined : apply(world, vector3Of(up as readonly number[], "up"));
  if (!pose.rotation) return undefined;
  const rotation = product(pose.rotation, transpose(world));
  if (part === "rotation") return rotation;
  if (part === "rotation-vector") return vectorOfRotation(rotation);
  const position = pose.position && apply(world, scaled(pose.position, factor));
  if (part === "position") return position;
  const translation = pose.translation
    ? scaled(pose.translation, factor)
    : position && scaled(apply(rotation, position), -1);
  if (part === "translation") return translation;
  return translation && rotation.map((row, index) => [...row, translation[index] as number]);
}

interface Pose {
  readonly rotation: Matrix3 | undefined;
  readonly position: Vector3 | undefined;
  /** Where it is stated, so that it need not be reckoned from the position. */
  readonly translation: Vector3 | undefined;
}

function poseOf(parts: CameraValues): Pose {
  const { extrinsics } = parts;
  const rows =
    extrinsics === undefined
      ? undefined
      : matrixOf(extrinsics as number[][], "extrinsics", [
          [3, 4],
          [4, 4],
        ]);
  const stated = parts.rotation ?? rows?.slice(0, 3).map((row) => row.slice(0, 3));
  const vector = parts["rotation-vector"];
  const given =
    stated !== undefined
      ? (matrixOf(stated as number[][], "rotation", [[3, 3]]) as unknown as Matrix3)
      : vector === undefined
        ? undefined
        : rotationOfVector(vector3Of(vector as readonly number[], "rotation vector"));
  const moved = parts.translation ?? rows?.slice(0, 3).map((row) => row[3] as number);
  const shift = moved === undefined ? undefined : vector3Of(moved as readonly number[], "translation");
  const at = parts.position;
  const placed = at === undefined ? undefined : vector3Of(at as readonly number[], "position");
  // From the camera to the world: the inverse of the rotation, and the translation is where the camera is.
  if (parts.inverse === true)
    return { rotation: given && transpose(given), position: placed ?? shift, translation: undefined };
  const position = placed ?? (given && shift && scaled(apply(transpose(given), shift), -1));
  return { rotation: given, position, translation: shift };
}

/** No negative zeros where there are none. */
function scaled(vector: Vector3, factor: number): Vector3 {
  return [vector[0] * factor + 0, vector[1] * factor + 0, vector[2] * factor + 0];
}

function matrixOfTurn(turn: Turn): Matrix3 {
  return turn.map(([from, sign]) => [0, 1, 2].map((axis) => (axis === from ? sign : 0))) as unknown as Matrix3;
}

/** What of a camera another one of these parts cannot say. */
export function partsLost(camera: MotionCamera, parts: readonly CameraPart[], frame: CameraFrame): readonly string[] {
  const pose = (["position", "translation", "extrinsics"] as const).filter((part) => parts.includes(part));
  const turned = (["rotation", "rotation-vector", "extrinsics"] as const).filter((part) => parts.includes(part));
  const says = (...wanted: readonly CameraPart[]): boolean =>
    wanted.some((part) => cameraPart(camera, part, frame) !== undefined);
  const kept = (...wanted: readonly CameraPart[]): boolean => says(...wanted.filter((part) => parts.includes(part)));
  const facts: readonly (readonly [string, boolean, boolean])[] = [
    ["intrinsics", says("intrinsics"), kept("intrinsics")],
    ["rotation", says("rotation"), kept(...turned)],
    ["position", says("position", "translation"), kept(...pose)],
    ["distortion", says("distortion", ...LENS) && hasLens(camera), kept("distortion", ...LENS)],
    ["up", says("up"), kept("up")],
    ["width", says("width"), kept("width")],
    ["height", says("height"), kept("height")],
  ];
  return facts.flatMap(([name, had, has]) => (had && !has ? [name] : []));
}

function hasLens({ parts }: MotionCamera): boolean {
  return parts.distortion !== undefined || LENS.some((part) => (parts[part] ?? 0) !== 0);
}
