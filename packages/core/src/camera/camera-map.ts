import { FormatError } from "../errors.js";
import { NdArray } from "../ndarray/ndarray.js";
import type { Value } from "../value/value.js";
import { Camera } from "./camera.js";
import { type MatrixLike, vector3Of } from "./linear.js";
import { rotationOfVector, vectorOfRotation } from "./rotation.js";

/** A camera as plain arrays, as files of estimated bodies store it. */
export interface CameraMap {
  /** (3,) axis and angle in radians of the rotation from the world to the camera. */
  readonly rotvec_w2c: NdArray;
  /** (3,) optical centre in world coordinates. */
  readonly loc: NdArray;
  /** (2, 3) [[fx, skew, cx], [0, fy, cy]] in pixels. */
  readonly intr: NdArray;
  /** (3,) world up. */
  readonly up?: NdArray;
  /** (4,), (5,), (8,) or (12,) coefficients of the lens. */
  readonly distcoef?: NdArray;
}

/**
 * The camera of a map with the keys of {@link CameraMap}, in a `Map` or in an object. Other keys are left alone. Throws
 * `FormatError`, with the key as path: `missing`, and `mismatch` for arrays that make no camera.
 */
export function cameraOfMap(map: ReadonlyMap<Value, Value> | CameraMap | Readonly<Record<string, unknown>>): Camera {
  const get = (key: keyof CameraMap): unknown =>
    map instanceof Map ? map.get(key) : Object.hasOwn(map, key) ? (map as Record<string, unknown>)[key] : undefined;
  const array = (key: keyof CameraMap): NdArray | undefined => {
    const value = get(key);
    if (value === undefined || value === null) return undefined;
    if (value instanceof NdArray) return value;
    throw new FormatError("mismatch", "an array is needed", { path: key });
  };
  const needed = (key: keyof CameraMap): NdArray => {
    const found = array(key);
    if (!found) throw new FormatError("missing", "the camera has no such array", { path: key });
    return found;
  };
  const vector = naming("rotvec_w2c", () => vector3Of(needed("rotvec_w2c"), "the rotation vector"));
  const intrinsics: MatrixLike = needed("intr");
  const placed = naming("loc", () => vector3Of(needed("loc"), "the optical centre"));
  const plain = naming("intr", () => new Camera({ intrinsics }));
  const posed = plain.with({ rotation: rotationOfVector(vector), center: placed });
  const turned = naming("up", () => posed.with({ up: array("up") }));
  return naming("distcoef", () => turned.with({ distortion: array("distcoef") }));
}

/**
 * The map of a camera: float32 arrays in the order of {@link CameraMap}, `distcoef` only where there is distortion. Throws
 * `FormatError` `unwritable` for a mirrored camera, which no rotation vector stands for.
 */
export function mapOfCamera(camera: Camera): Map<string, NdArray> {
  if (camera.isMirrored) {
    const reason = "a mirrored camera has no rotation vector: flip the image and the points instead";
    throw new FormatError("unwritable", reason, { path: "rotvec_w2c" });
  }
  const [top, middle] = camera.intrinsics;
  const map = new Map<string, NdArray>([
    ["rotvec_w2c", floats(vectorOfRotation(camera.rotation))],
    ["loc", floats(camera.center)],
    ["intr", floats([...top, ...middle], [2, 3])],
    ["up", floats(camera.up)],
  ]);
  if (camera.distortion) map.set("distcoef", floats(camera.distortion.coefficients));
  return map;
}

function floats(numbers: readonly number[], shape: readonly number[] = [numbers.length]): NdArray {
  return NdArray.from("float32", new Float32Array(numbers), shape);
}

/** Says which key of the map made a parameter that cannot be. */
function naming<T>(key: keyof CameraMap, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new FormatError("mismatch", error.message, { path: key, cause: error });
  }
}
