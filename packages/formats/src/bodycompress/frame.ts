import type { Camera, RecordInput } from "@somakit/core";
import { isFormatError } from "@somakit/core/errors";
import type { CameraMap, Frame } from "./bodycompress.types.gen.js";
import { cameraOfMap, mapOfCamera } from "./camera-map.js";
import { scaled } from "./people.js";

/** `map`: as the file stores it. `object`: as {@link Camera}, which projects. */
export type CameraForm = "map" | "object";

type Arrays = Pick<Frame, "vertices" | "joints" | "vertex_uncertainties" | "joint_uncertainties">;

/** A frame whose camera is in one of its forms. Further keys hold whatever the file has under them. */
export type BodyFrame<C extends CameraForm = "map"> = Readonly<Arrays> & {
  readonly [key: string]: unknown;
  readonly camera?: C extends "object" ? Camera : Frame["camera"];
};

/** A frame to be written: arrays of any real type, a camera in any form, and whatever can be stored under further keys. */
export type BodyFrameInput = Readonly<RecordInput<Arrays>> & {
  readonly [key: string]: unknown;
  readonly camera?: Frame["camera"] | CameraMap | Camera;
};

export interface BodyFrameOptions<C extends CameraForm = "map"> {
  /** Default `map`. */
  readonly camera?: C | undefined;
  /**
   * The unit of all lengths: positions, their uncertainties, where the camera is. Default: as stored, millimetres, but
   * uncertainties in metres.
   */
  readonly lengths?: "stored" | "mm" | "m" | undefined;
}

const POSITIONS = ["vertices", "joints"] as const;
const UNCERTAINTIES = ["vertex_uncertainties", "joint_uncertainties"] as const;

/**
 * A frame as `options` want it; the same object when they want nothing. Throws `FormatError` with a path below `path` when its
 * camera is none, or not one that can be scaled.
 */
export function frameAs<C extends CameraForm>(
  frame: Frame,
  { camera: form, lengths = "stored" }: BodyFrameOptions<C>,
  path: string,
): BodyFrame<C> {
  if (form !== "object" && lengths === "stored") return frame as BodyFrame<C>;
  const changed: { -readonly [K in keyof Frame]: Frame[K] } = { ...frame };
  const [perPosition, perUncertainty] = factorsOf(lengths);
  for (const key of POSITIONS) if (frame[key] && perPosition !== 1) changed[key] = scaled(frame[key], perPosition);
  for (const key of UNCERTAINTIES)
    if (frame[key] && perUncertainty !== 1) changed[key] = scaled(frame[key], perUncertainty);
  if (frame.camera === undefined || frame.camera === null) return changed as BodyFrame<C>;
  const camera = within(`${path}.camera`, () => movedCamera(frame.camera, perPosition));
  return { ...changed, camera: form === "object" ? camera : mapOfCamera(camera) } as BodyFrame<C>;
}

/** What positions and uncertainties are multiplied by. */
function factorsOf(lengths: "stored" | "mm" | "m"): readonly [number, number] {
  return lengths === "stored" ? [1, 1] : lengths === "mm" ? [1, 1000] : [1e-3, 1];
}

/** The camera of a map, in another unit of length: pixels and the lens know none. */
function movedCamera(map: unknown, factor: number): Camera {
  const camera = cameraOfMap(map);
  if (factor === 1) return camera;
  const [x, y, z] = camera.center;
  return camera.with({ center: [x * factor, y * factor, z * factor] });
}

function within<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isFormatError(error) ? error.within(path) : error;
  }
}
