import type { MatrixLike, Vector3 } from "@somakit/core";
import { Camera, rotationOfVector, vectorOfRotation } from "@somakit/core/camera";
import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import type { CameraMap } from "./bodycompress.types.gen.js";

/**
 * The camera of a map with the keys of {@link CameraMap}, in a `Map` or in an object. Other keys are left alone. Throws
 * `FormatError`, with the key as path: `missing`, and `mismatch` for arrays that make no camera.
 */
export function cameraOfMap(value: unknown): Camera {
  if (typeof value !== "object" || value === null) throw new FormatError("mismatch", "a camera is a dict of arrays");
  const map: object = value;
  const needed = (key: keyof CameraMap & string): NdArray => {
    const found = arrayOf(map, key);
    if (!found) throw new FormatError("missing", "the camera has no such array", { path: key });
    return found;
  };
  const rotation = naming("rotvec_w2c", () => rotationOfVector(vectorOf(needed("rotvec_w2c"))));
  const placed = needed("loc");
  const intrinsics: MatrixLike = needed("intr");
  const plain = naming("intr", () => new Camera({ intrinsics }));
  const posed = naming("loc", () => plain.with({ rotation, center: placed }));
  const turned = naming("up", () => posed.with({ up: arrayOf(map, "up") }));
  return naming("distcoef", () => turned.with({ distortion: arrayOf(map, "distcoef") }));
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

/** The array under a key of a map or an object; undefined where there is none, or None. */
function arrayOf(map: object, key: string): NdArray | undefined {
  const own = Object.hasOwn(map, key) ? (map as Record<string, unknown>)[key] : undefined;
  const value: unknown = map instanceof Map ? map.get(key) : own;
  if (value === undefined || value === null || value instanceof NdArray) return value ?? undefined;
  throw new FormatError("mismatch", "an array is needed", { path: key });
}

/** Three finite numbers. Throws `RangeError`. */
function vectorOf(array: NdArray): Vector3 {
  const [x, y, z] = array.ndim === 1 ? [...array].map(Number) : [];
  const vector = [x, y, z] as readonly (number | undefined)[];
  if (array.size !== 3 || !vector.every((part) => Number.isFinite(part)))
    throw new RangeError("the rotation vector is not 3 finite numbers");
  return vector as Vector3;
}

function floats(numbers: readonly number[], shape: readonly number[] = [numbers.length]): NdArray {
  return NdArray.from("float32", new Float32Array(numbers), shape);
}

/** Says which key of the map made a parameter that cannot be. */
function naming<T>(key: keyof CameraMap & string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new FormatError("mismatch", error.message, { path: key, cause: error });
  }
}
