import type { NdArray, Ray, Vector3 } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { meetingPoint } from "@somakit/core/geometry";
import { mismatch } from "./failure.js";
import { exchanged, floats, membersOf, numberAt, vector3 } from "./point.js";

/** The subject's right and left, not the viewer's. */
export type EyeSide = "right" | "left";

/** Points of an eye that an actor's file names. */
export type EyePointName = "apex_of_cornea" | "center_of_rotation" | "center_of_iris" | "center_of_pupil";
/** Its circles: 12 points each, the first at the top, then every 30 degrees. */
export type EyeCircleName = "iris" | "pupil";

const POINTS: readonly EyePointName[] = ["apex_of_cornea", "center_of_rotation", "center_of_iris", "center_of_pupil"];
const CIRCLES: readonly EyeCircleName[] = ["iris", "pupil"];

/** An eye in the world, metres. What a file does not say is absent. */
export interface EyeInWorld {
  readonly points: Readonly<Partial<Record<EyePointName, Vector3>>>;
  /** (12, 3) each. */
  readonly circles: Readonly<Partial<Record<EyeCircleName, NdArray<"float64">>>>;
  /** Unit vector along the eyeball: from the centre of rotation through the apex of the cornea. */
  readonly opticalAxis?: Vector3;
  /** Unit vector to what is looked at, about 4 degrees off from the optical axis. */
  readonly visualAxis?: Vector3;
  /** What is looked at. */
  readonly target?: Vector3;
}

/** An eye in the image of one camera. */
export interface EyeInImage {
  /** Row and column of each point. */
  readonly points: Readonly<Partial<Record<EyePointName, readonly [row: number, column: number]>>>;
  /** (12, 2) rows and columns, as stored. */
  readonly circles: Readonly<Partial<Record<EyeCircleName, NdArray<"float64">>>>;
  /** (12, 2) x and y: views of the same. */
  readonly circlesXy: Readonly<Partial<Record<EyeCircleName, NdArray<"float64">>>>;
}

type Actor = Readonly<Record<string, unknown>>;

/** The eyes of an actor in the world, of an `actor_metadata.json`. Throws `FormatError` for what is no point. */
export function eyesOf(actor: object): Readonly<Record<EyeSide, EyeInWorld>> {
  return { right: eyeOf(actor as Actor, "right"), left: eyeOf(actor as Actor, "left") };
}

function eyeOf(actor: Actor, side: EyeSide): EyeInWorld {
  const key = `${side}_eye`;
  const points: Partial<Record<EyePointName, Vector3>> = {};
  const circles: Partial<Record<EyeCircleName, NdArray<"float64">>> = {};
  for (const name of POINTS) {
    const path = `${name}_point.3d`;
    const found = member(actor, `${name}_point`, "3d");
    if (found) points[name] = vector3(found[key], `${path}.${key}`);
  }
  for (const name of CIRCLES) {
    const path = `${name}_circle.3d.${key}`;
    const found = member(actor, `${name}_circle`, "3d");
    if (found)
      circles[name] = floats(
        listOf(found[key], path).map((point, i) => vector3(point, `${path}[${i}]`)),
        3,
      );
  }
  return { points, circles, ...gazeOf(actor, key) };
}

/** The doubled key is in the files. */
function gazeOf(actor: Actor, key: string): Pick<EyeInWorld, "opticalAxis" | "visualAxis" | "target"> {
  const axes = member(member(actor, "eye_gaze", "axis_directions") ?? {}, key, "axis_directions");
  const target = member(actor, "eye_gaze", "target_point");
  const path = "eye_gaze";
  const optical = axes?.["optical_axis_direction"];
  const visual = axes?.["visual_axis_direction"];
  const point = target?.[key];
  return {
    ...(optical != null && {
      opticalAxis: vector3(optical, `${path}.axis_directions.${key}.axis_directions.optical_axis_direction`),
    }),
    ...(visual != null && {
      visualAxis: vector3(visual, `${path}.axis_directions.${key}.axis_directions.visual_axis_direction`),
    }),
    ...(point != null && { target: vector3(point, `${path}.target_point.${key}`) }),
  };
}

/** The eyes of an actor in the image of a camera. Throws `FormatError` `missing` where the file has nothing of that camera. */
export function eyesInImage(actor: object, camera: string): Readonly<Record<EyeSide, EyeInImage>> {
  return { right: eyeInImage(actor as Actor, "right", camera), left: eyeInImage(actor as Actor, "left", camera) };
}

/** Names of the cameras that an actor's file has eyes in the image of. */
export function eyeCameras(actor: object): readonly string[] {
  const names = new Set<string>();
  for (const key of [...POINTS.map((name) => `${name}_point`), ...CIRCLES.map((name) => `${name}_circle`)])
    for (const name of Object.keys(member(actor as Actor, key, "2d") ?? {})) names.add(name);
  return [...names];
}

function eyeInImage(actor: Actor, side: EyeSide, camera: string): EyeInImage {
  const key = `${side}_eye`;
  const points: Partial<Record<EyePointName, readonly [number, number]>> = {};
  const circles: Partial<Record<EyeCircleName, NdArray<"float64">>> = {};
  const circlesXy: Partial<Record<EyeCircleName, NdArray<"float64">>> = {};
  for (const name of POINTS) {
    const found = ofCamera(actor, `${name}_point`, camera);
    if (found) points[name] = rowColumn(found[key], `${name}_point.2d.${camera}.${key}`);
  }
  for (const name of CIRCLES) {
    const found = ofCamera(actor, `${name}_circle`, camera);
    if (!found) continue;
    const path = `${name}_circle.2d.${camera}.${key}`;
    const circle = floats(
      listOf(found[key], path).map((point, i) => rowColumn(point, `${path}[${i}]`)),
      2,
    );
    circles[name] = circle;
    circlesXy[name] = exchanged(circle);
  }
  return { points, circles, circlesXy };
}

function ofCamera(actor: Actor, key: string, camera: string): Actor | undefined {
  const cameras = member(actor, key, "2d");
  if (!cameras) return undefined;
  if (!Object.hasOwn(cameras, camera)) {
    const names = Object.keys(cameras).join(", ");
    throw new FormatError("missing", `nothing of the camera ${JSON.stringify(camera)}, only of ${names}`, {
      path: `${key}.2d`,
    });
  }
  return membersOf(cameras[camera], `${key}.2d.${camera}`);
}

/** A member of a member, where both are there. */
function member(object: Actor, key: string, inner: string): Actor | undefined {
  const outer = object[key];
  if (outer === undefined || outer === null) return undefined;
  const found = membersOf(outer, key)[inner];
  return found === undefined || found === null ? undefined : membersOf(found, `${key}.${inner}`);
}

function rowColumn(value: unknown, path: string): readonly [row: number, column: number] {
  const { x, y } = membersOf(value, path);
  return [numberAt(x, path, "x"), numberAt(y, path, "y")];
}

const CIRCLE_POINTS = 12;

function listOf(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value) && value.length === CIRCLE_POINTS) return value;
  const found = Array.isArray(value) ? `${value.length} points` : "no list";
  throw mismatch(`a circle of ${CIRCLE_POINTS} points is needed, there is ${found}`, path);
}

/** The ray of an eye along one of its axes, from the centre of rotation; undefined where the file does not say it. */
export function gazeRay(eye: EyeInWorld, axis: "optical" | "visual" = "visual"): Ray | undefined {
  const origin = eye.points.center_of_rotation;
  const direction = axis === "optical" ? eye.opticalAxis : eye.visualAxis;
  return origin && direction && { origin, direction };
}

/**
 * Where the visual axes of both eyes come nearest to each other, and how near: what is looked at. Undefined for eyes that look
 * in parallel, or apart.
 */
export function gazePoint(
  eyes: Readonly<Record<EyeSide, EyeInWorld>>,
): { readonly point: Vector3; readonly gap: number } | undefined {
  const [right, left] = [gazeRay(eyes.right), gazeRay(eyes.left)];
  return right && left && meetingPoint(right, left);
}
