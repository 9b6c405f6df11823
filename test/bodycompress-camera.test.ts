import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Camera, type FormatErrorCode, flipCamera, isFormatError, NdArray, rotationOfVector } from "@somakit/core";
import { cameraOfMap, mapOfCamera, read } from "@somakit/formats/bodycompress";
import { describe, expect, it } from "vitest";

const FOLDER = join(import.meta.dirname, "conformance/bodycompress");

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

const DECODED = (
  JSON.parse(readFileSync(join(FOLDER, "camera.xz.expected.json"), "utf8")) as { camera_decoded: readonly Decoded[] }
).camera_decoded;

/** The maps stored in the frames of a file. */
async function storedCameras(name: string): Promise<object[]> {
  const { frames } = await read(readFileSync(join(FOLDER, `${name}.xz`)), { form: "stored" });
  return frames.map(({ camera }) => camera as object);
}

function refused(work: () => unknown, code: FormatErrorCode): { readonly path: string; readonly message: string } {
  try {
    work();
  } catch (error) {
    if (isFormatError(error, code)) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

function entriesOf(map: object): ReadonlyMap<string, NdArray> {
  return map instanceof Map ? (map as Map<string, NdArray>) : new Map(Object.entries(map) as [string, NdArray][]);
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
    const cameras = (await storedCameras("camera")).map(cameraOfMap);
    expect(cameras.map((camera) => camera.distortion?.kind)).toEqual([
      undefined,
      "brown-conrady",
      "fisheye",
      undefined,
    ]);
    expect(DECODED).toHaveLength(4);
  });

  it.each([0, 1, 2, 3])("have the parameters that Python has: %i", async (index) => {
    const stored = (await storedCameras("camera"))[index] as object;
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
    const camera = cameraOfMap((await storedCameras("camera"))[index] as object);
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
    const map = (await storedCameras("camera"))[index] as object;
    const stored = entriesOf(map);
    const again = mapOfCamera(cameraOfMap(map));
    expect([...again.keys()]).toEqual([...stored.keys()]);
    for (const [key, array] of again) {
      expect([key, array.type.descr, array.shape]).toEqual([key, "<f4", stored.get(key)?.shape]);
      agree(array, stored.get(key) as NdArray, key === "rotvec_w2c" ? 3e-7 : 0);
    }
  });

  it("may be of the first version, with float64 rotation vectors", async () => {
    const cameras = await storedCameras("v010");
    for (const stored of cameras) {
      expect(entriesOf(stored).get("rotvec_w2c")?.dtype).toBe("float64");
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
  ])("refuse %s", (_, changes, code, path) => {
    expect(refused(() => cameraOfMap({ ...whole, ...changes }), code).path).toBe(path);
  });

  it("refuse to store a mirrored camera", () => {
    const mirrored = flipCamera(cameraOfMap(whole), { width: 640 });
    expect(refused(() => mapOfCamera(mirrored), "unwritable").message).toMatch(/^rotvec_w2c: a mirrored camera/);
  });

  it("do not find keys that every object has", () => {
    expect(refused(() => cameraOfMap(Object.create({ ...whole })), "missing").path).toBe("rotvec_w2c");
  });

  it.each([null, undefined, 1, "left"])("refuse %j, which is no dict", (value) => {
    expect(refused(() => cameraOfMap(value), "mismatch").path).toBe("");
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
