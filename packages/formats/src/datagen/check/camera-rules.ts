import type { CameraMetadata } from "../datagen.types.gen.js";
import type { Datapoint } from "../dataset/datapoint.js";
import type { Finding, Rule } from "./findings.js";

const FILE = "camera_metadata.json";
/** Matrices are made in single precision. */
const MATRIX = 1e-5;
const DEGREES = 1e-3;

/** Name, matrices, and what was ordered agree with each other. */
export const cameraRules: readonly Rule[] = [cameraName, extrinsics, intrinsics, request];

async function cameraName(datapoint: Datapoint): Promise<readonly Finding[]> {
  const metadata = await datapoint.cameraMetadata();
  const name = metadata?.camera_name;
  if (name === undefined || name === datapoint.camera) return [];
  const message = `camera_name is ${JSON.stringify(name)}, but the folder is ${JSON.stringify(datapoint.camera)}`;
  return [{ rule: "camera-name", file: FILE, message, expected: datapoint.camera, actual: name }];
}

/** The camera is where `location` says, and looks where `orientation` says. */
async function extrinsics(datapoint: Datapoint): Promise<readonly Finding[]> {
  const metadata = await datapoint.cameraMetadata();
  const model = await datapoint.cameraModel();
  if (!metadata || !model) return [];
  if (model.correction === "translation-sign") {
    const message = "the translation of extrinsic_matrix has the wrong sign, as exports before April 2022 have it";
    return [{ rule: "extrinsics", file: FILE, message, severity: "warning" }];
  }
  const rows = metadata.extrinsic_matrix.toList() as number[][];
  const { look_at_vector: look, up_vector: up } = metadata.orientation;
  const off = [
    ...differencesOf(rows[2], [look.x, look.y, look.z]),
    ...differencesOf(rows[1], [0 - up.x, 0 - up.y, 0 - up.z]),
    ...(model.correction ? [Number.POSITIVE_INFINITY] : []),
  ];
  if (Math.max(...off) <= MATRIX) return [];
  return [{ rule: "extrinsics", file: FILE, message: "extrinsic_matrix does not fit location and orientation" }];
}

/** Focal length and centre follow from field of view and resolution. */
async function intrinsics(datapoint: Datapoint): Promise<readonly Finding[]> {
  const metadata = await datapoint.cameraMetadata();
  if (!metadata) return [];
  const [first = [], second = []] = metadata.intrinsic_matrix.toList() as number[][];
  const { x: width, y: height } = metadata.resolution_px;
  const findings: Finding[] = [];
  const compare = (name: string, found: number | undefined, expected: number, tolerance: number): void => {
    if (found !== undefined && Math.abs(found - expected) <= tolerance) return;
    const message = `${name} is ${found}, ${expected} follows from fov and resolution_px`;
    findings.push({ rule: "intrinsics", file: FILE, message, expected: String(expected), actual: String(found) });
  };
  const focal = width / (2 * Math.tan((metadata.fov.horizontal * Math.PI) / 360));
  compare("intrinsic_matrix[0][0]", first[0], focal, 1e-4 * focal);
  compare("intrinsic_matrix[0][2]", first[2], width / 2, 1e-6);
  compare("intrinsic_matrix[1][2]", second[2], height / 2, 1e-6);
  return findings;
}

/** The camera that was ordered is the one that was made. */
async function request(datapoint: Datapoint): Promise<readonly Finding[]> {
  const ordered = (await datapoint.datapointRequest())?.datapoints[0]?.camera;
  const metadata = await datapoint.cameraMetadata();
  if (!ordered || !metadata) return [];
  const { intrinsic_params: lens, extrinsic_params: pose } = ordered;
  const place = differencesOf(
    [pose.location.x, pose.location.y, pose.location.z],
    [metadata.location.x, metadata.location.y, metadata.location.z],
  );
  const rows: readonly (readonly [what: string, holds: boolean])[] = [
    ["name", ordered.name === datapoint.camera],
    ["resolution", sameSize(lens, metadata)],
    ["field of view", sameView(lens, metadata)],
    ["location", Math.max(...place) <= 1e-6],
  ];
  return rows.flatMap(([what, holds]) =>
    holds ? [] : [{ rule: "request", file: FILE, message: `the ${what} is not what datapoint_request.json asks for` }],
  );
}

interface Lens {
  readonly resolution_width: number;
  readonly resolution_height: number;
  readonly fov_horizontal: number;
  readonly fov_vertical: number;
}

function sameSize({ resolution_width, resolution_height }: Lens, { resolution_px: { x, y } }: CameraMetadata): boolean {
  return resolution_width === x && resolution_height === y;
}

function sameView({ fov_horizontal, fov_vertical }: Lens, { fov }: CameraMetadata): boolean {
  return Math.abs(fov_horizontal - fov.horizontal) <= DEGREES && Math.abs(fov_vertical - fov.vertical) <= DEGREES;
}

function differencesOf(a: readonly number[] = [], b: readonly number[]): number[] {
  return b.map((value, axis) => Math.abs(value - (a[axis] ?? Number.POSITIVE_INFINITY)));
}
