import { describe, expect, it } from "vitest";
import { Camera } from "../src/camera/camera.js";
import { cameraOfMap, mapOfCamera } from "../src/camera/camera-map.js";
import { flipCamera } from "../src/camera/edit-image.js";
import type { Matrix3, Vector3 } from "../src/camera/linear.js";
import { rotationOfVector, vectorOfRotation } from "../src/camera/rotation.js";
import type { FormatErrorCode } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import type { Value } from "../src/value/value.js";
import { formatError, noise } from "./support-io.js";
import { expectedPayload, itemsOf, payload } from "./support-msgpack.js";
import { describeWithNumpy, python } from "./support-python.js";

type Rows = readonly (readonly (number | { readonly py: string })[])[];

interface Decoded {
  readonly R: Rows;
  readonly optical_center: readonly number[];
  readonly intrinsic_matrix: Rows;
  readonly distortion_coeffs: readonly number[] | null;
  readonly world_up: readonly number[];
  readonly extrinsic_matrix: Rows;
  readonly world_points: Rows;
  readonly camera_points: Rows;
  readonly image_points: Rows;
  readonly image_points_unvalidated: Rows;
  readonly image_to_world_at_depth: { readonly image_points: Rows; readonly depth: number; readonly world: Rows };
}

const DECODED = expectedPayload<readonly Decoded[]>("camera");

/** The maps stored in the frames of a file, behind its header (if it has one) and its metadata. */
async function storedCameras(name: string, before: number): Promise<ReadonlyMap<Value, Value>[]> {
  const items = (await itemsOf([payload(name)])).slice(before);
  return items.map(({ value }) => (value as Map<string, Value>).get("camera") as Map<Value, Value>);
}

function table(rows: Rows): NdArray {
  const data = rows.flat().map((item) => (typeof item === "number" ? item : Number.NaN));
  return NdArray.from("float64", new Float64Array(data), [rows.length, rows[0]?.length ?? 0]);
}

/** Compares all numbers, NaN with NaN. */
function agree(found: Iterable<unknown>, expected: Iterable<unknown>, tolerance: number): void {
  const others = [...expected] as number[];
  const own = [...found] as number[];
  expect(own).toHaveLength(others.length);
  for (const [index, value] of others.entries()) {
    const near = Number.isNaN(value) ? Number.isNaN(own[index]) : Math.abs((own[index] as number) - value) <= tolerance;
    expect(near, `number ${index}: ${own[index]} instead of ${value}`).toBe(true);
  }
}

describe("cameras that Python stored", () => {
  it("are four, of different lenses", async () => {
    const cameras = (await storedCameras("camera", 2)).map(cameraOfMap);
    expect(cameras.map((camera) => camera.distortion?.kind)).toEqual([
      undefined,
      "brown-conrady",
      "fisheye",
      undefined,
    ]);
    expect(DECODED).toHaveLength(4);
  });

  it.each([0, 1, 2, 3])("have the parameters that Python has: %i", async (index) => {
    const stored = (await storedCameras("camera", 2))[index] as ReadonlyMap<Value, Value>;
    const decoded = DECODED[index] as Decoded;
    const camera = cameraOfMap(stored);
    agree(camera.rotation.flat(), decoded.R.flat(), 2e-7);
    agree(camera.center, decoded.optical_center, 0);
    agree(camera.intrinsics.flat(), decoded.intrinsic_matrix.flat(), 0);
    agree(camera.distortion?.coefficients ?? [], decoded.distortion_coeffs ?? [], 0);
    agree(camera.up, decoded.world_up, 1e-7);
    agree(camera.extrinsics.flat(), decoded.extrinsic_matrix.slice(0, 3).flat(), 1e-3);
  });

  it.each([0, 1, 2, 3])("project as in Python: %i", async (index) => {
    const camera = cameraOfMap((await storedCameras("camera", 2))[index] as ReadonlyMap<Value, Value>);
    const decoded = DECODED[index] as Decoded;
    const world = table(decoded.world_points);
    agree(camera.worldToCamera(world), table(decoded.camera_points), 2e-3);
    agree(camera.worldToImage(world), table(decoded.image_points), 1e-3);
    const unchecked = { distortionRange: "unchecked" } as const;
    agree(camera.worldToImage(world, unchecked), table(decoded.image_points_unvalidated), 1e-3);
    const back = decoded.image_to_world_at_depth;
    const found = camera.imageToWorld(table(back.image_points), { depth: back.depth, unresolved: "throw" });
    agree(found, table(back.world), 2e-3);
  });

  it.each([0, 1, 2, 3])("are stored again as the same camera: %i", async (index) => {
    const stored = (await storedCameras("camera", 2))[index] as ReadonlyMap<string, NdArray>;
    const again = mapOfCamera(cameraOfMap(stored));
    expect([...again.keys()]).toEqual([...stored.keys()]);
    for (const [key, array] of again) {
      expect([key, array.type.descr, array.shape]).toEqual([key, "<f4", stored.get(key)?.shape]);
      agree(array, stored.get(key) as NdArray, key === "rotvec_w2c" ? 3e-7 : 0);
    }
  });

  it("may be of the first version, with float64 rotation vectors", async () => {
    const cameras = await storedCameras("v010", 1);
    for (const stored of cameras) {
      expect((stored.get("rotvec_w2c") as NdArray).dtype).toBe("float64");
      const camera = cameraOfMap(stored);
      const again = cameraOfMap(mapOfCamera(camera));
      agree(again.rotation.flat(), camera.rotation.flat(), 1e-6);
      expect(Math.hypot(...camera.up)).toBeCloseTo(1, 6);
    }
    expect(cameras.length).toBeGreaterThan(0);
  });
});

describe("cameraOfMap and mapOfCamera", () => {
  const array = (numbers: readonly number[], shape: readonly number[] = [numbers.length]): NdArray =>
    NdArray.from("float32", new Float32Array(numbers), shape);
  const whole = {
    rotvec_w2c: array([0, 0, 0]),
    loc: array([1, 2, 3]),
    intr: array([500, 0, 320, 0, 500, 240], [2, 3]),
  };

  it("take a Map or an object, without what may be left out, and with what is more", () => {
    const camera = cameraOfMap({ ...whole, name: "left" });
    expect(camera.up).toEqual([0, 0, 1]);
    expect(camera.distortion).toBeUndefined();
    expect(camera.center).toEqual([1, 2, 3]);
    expect(cameraOfMap(new Map(Object.entries(whole)))).toEqual(camera);
    expect([...mapOfCamera(camera).keys()]).toEqual(["rotvec_w2c", "loc", "intr", "up"]);
    expect(cameraOfMap({ ...whole, up: array([0, -3, 0]), distcoef: array([0, 0, 0, 0]) }).up).toEqual([0, -1, 0]);
  });

  it.each<[string, Record<string, unknown>, FormatErrorCode, string]>([
    ["no intrinsics", { intr: undefined }, "missing", "intr"],
    ["None for the centre", { loc: null }, "missing", "loc"],
    ["a list for an array", { loc: [1, 2, 3] }, "mismatch", "loc"],
    ["a rotation matrix for a vector", { rotvec_w2c: array(new Array(9).fill(0), [3, 3]) }, "mismatch", "rotvec_w2c"],
    ["a column for a vector", { loc: array([1, 2, 3], [3, 1]) }, "mismatch", "loc"],
    ["text", { loc: NdArray.from("<U1", ["a", "b", "c"]) }, "mismatch", "loc"],
    ["NaN", { rotvec_w2c: array([Number.NaN, 0, 0]) }, "mismatch", "rotvec_w2c"],
    ["intrinsics of another size", { intr: array([1, 2, 3]) }, "mismatch", "intr"],
    ["intrinsics without a focal length", { intr: array([0, 0, 0, 0, 1, 0], [2, 3]) }, "mismatch", "intr"],
    ["six coefficients", { distcoef: array([1, 2, 3, 4, 5, 6]) }, "mismatch", "distcoef"],
    ["up without a direction", { up: array([0, 0, 0]) }, "mismatch", "up"],
  ])("refuse %s", async (_, changes, code, path) => {
    const error = await formatError(() => cameraOfMap({ ...whole, ...changes }), code);
    expect(error.path).toBe(path);
  });

  it("refuse to store a mirrored camera", async () => {
    const mirrored = flipCamera(cameraOfMap(whole), { width: 640 });
    const error = await formatError(() => mapOfCamera(mirrored), "unwritable");
    expect(error.message).toMatch(/^rotvec_w2c: a mirrored camera/);
  });

  it("do not find keys that every object has", async () => {
    await formatError(() => cameraOfMap(Object.create({ ...whole }) as Record<string, unknown>), "missing");
  });

  it("keep a camera to single precision", () => {
    const camera = new Camera({
      intrinsics: [
        [500.25, 0.5, 320],
        [0, 501, 240],
      ],
      rotation: rotationOfVector([0.1, -2, 0.3]),
      center: [1.5, -2, 3e4],
      distortion: [0.1, 0, 0, 0, 0.25],
      up: [0, -1, 0],
    });
    const again = cameraOfMap(mapOfCamera(camera));
    agree(again.rotation.flat(), camera.rotation.flat(), 1e-7);
    expect(again.center).toEqual(camera.center);
    expect(again.distortion?.coefficients).toEqual([0.1, 0, 0, 0, 0.25].map(Math.fround));
  });
});

/** Vectors of all lengths up to pi, tiny ones and half turns among them. */
function rotationVectors(): Vector3[] {
  const bytes = noise(600, 3);
  const lengths = [0, 1e-12, 1e-4, 0.999e-3, 1.001e-3, 0.5, 2, 3.1, Math.PI - 1e-9, Math.PI];
  return Array.from({ length: 200 }, (_, index) => {
    const raw = [0, 1, 2].map((axis) => (bytes[3 * index + axis] as number) / 127.5 - 1);
    if (index < 30) for (const axis of [0, 1, 2]) raw[axis] = axis === index % 3 ? 1 : 0;
    const scale = (lengths[index % lengths.length] as number) / Math.hypot(...raw);
    return raw.map((part) => part * scale) as unknown as Vector3;
  });
}

describe("rotation vectors", () => {
  it("become rotations and come back, at pi up to their sign", () => {
    for (const vector of rotationVectors()) {
      const matrix = rotationOfVector(vector);
      const again = vectorOfRotation(matrix);
      agree(rotationOfVector(again).flat(), matrix.flat(), 1e-12);
      if (Math.hypot(...vector) < 3.14) agree(again, vector, 1e-12);
    }
  });

  it("are not made of what does not rotate", () => {
    const flipped: Matrix3 = [
      [-1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    expect(() => vectorOfRotation(flipped)).toThrow(RangeError);
    expect(() =>
      vectorOfRotation([
        [1, 0, 0],
        [1, 0, 0],
        [0, 0, 1],
      ]),
    ).toThrow(RangeError);
  });
});

const ROTATE = `
import json, sys
from scipy.spatial.transform import Rotation
vectors = json.loads(sys.argv[1])
print(json.dumps(Rotation.from_rotvec(vectors).as_matrix().tolist()))
`;
const UNROTATE = `
import json, sys
from scipy.spatial.transform import Rotation
print(json.dumps(Rotation.from_matrix(json.loads(sys.argv[1])).as_rotvec().tolist()))
`;

describeWithNumpy("scipy", () => {
  it("makes the same rotations of vectors, and vectors of rotations", () => {
    const vectors = rotationVectors();
    const matrices = JSON.parse(python(ROTATE, JSON.stringify(vectors))) as number[][][];
    for (const [index, vector] of vectors.entries())
      agree(rotationOfVector(vector).flat(), (matrices[index] as number[][]).flat(), 1e-14);
    const again = JSON.parse(python(UNROTATE, JSON.stringify(matrices))) as number[][];
    for (const [index, matrix] of matrices.entries()) {
      const vector = vectorOfRotation(matrix as unknown as Matrix3);
      if (Math.hypot(...vector) < 3.14) agree(vector, again[index] as number[], 1e-12);
    }
  });
});
