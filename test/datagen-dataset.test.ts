import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isFormatError, memoryFolder, NdArray, openTar } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import {
  boundingBoxOf,
  type DatagenCamera,
  type Datapoint,
  depthExtent,
  eyeCameras,
  type KeypointSets,
  MODALITIES,
  openDataset,
  segmentationLabels,
} from "@somakit/formats/datagen";
import { describe, expect, it } from "vitest";
import { digestOf, type ExpectedArray } from "./support/expected-array.js";

const FIXTURES = join(import.meta.dirname, "conformance/datagen");
const DATASETS = ["faces_v2", "faces_min", "faces_v1", "faces_v1_early", "scenes", "hic", "merge_a", "merge_b"];

/** What the fixtures say of a datapoint. */
interface Expected {
  readonly scene: string;
  readonly camera: string;
  readonly frame: number | null;
  readonly image: string;
  readonly missing: readonly string[];
  readonly modalities: Modalities;
  readonly checks: Checks;
  readonly warnings: readonly string[];
}

interface Modalities {
  readonly rendered_image: {
    readonly kind: string;
    readonly raw: ExpectedArray;
    readonly uint8: ExpectedArray;
    readonly alpha_meaningful: boolean;
  };
  readonly depth?: {
    readonly raw: ExpectedArray;
    readonly background_pixels: number;
    readonly foreground_min: number;
    readonly foreground_max: number;
  };
  readonly normal_map?: {
    readonly raw: ExpectedArray;
    readonly background_pixels: number;
    readonly sample: {
      readonly row: number;
      readonly col: number;
      readonly camera_xyz_right_down_forward: readonly number[];
    };
  };
  readonly hdri_map?: { readonly raw: ExpectedArray };
  readonly semantic_segmentation?: {
    readonly raw: ExpectedArray;
    readonly classes: Readonly<Record<string, number>>;
    readonly groups?: Readonly<Record<string, number>>;
    readonly unknown_colour_pixels?: number;
    readonly table_size?: number;
  };
  readonly semantic_segmentation_metadata?: Readonly<Record<string, readonly number[]>>;
  readonly keypoints?: { readonly sets: Readonly<Record<string, ExpectedSet>> };
  readonly camera_metadata: unknown;
  readonly environment: unknown;
  readonly face_bounding_box?: unknown;
  readonly lights_metadata?: unknown;
  readonly center_of_geometry?: unknown;
  readonly actor_metadata?: {
    readonly identity_id: string;
    readonly identity_label: unknown;
    readonly eye_gaze: unknown;
    readonly eye_points_2d_cameras: readonly string[];
  };
  readonly eye_circles_2d?: Readonly<
    Record<"iris_circle" | "pupil_circle", Readonly<Record<"right_eye" | "left_eye", ExpectedArray>>>
  >;
}

interface ExpectedSet {
  readonly names: readonly string[];
  readonly coords_2d: ExpectedArray;
  readonly coords_3d: ExpectedArray;
  readonly is_visible: ExpectedArray | null;
  readonly visible_count: number | null;
}

interface Checks {
  readonly camera_centre_from_extrinsic: readonly number[];
  readonly centre_matches_location: boolean;
  readonly projection_row_col: Readonly<Record<string, { readonly within: number }>>;
  readonly bounding_box_is_rounded_dense_extent?: boolean;
}

function expectedOf(name: string): readonly Expected[] {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.expected.json`), "utf8")).datapoints;
}

async function opened(name: string, cacheBytes?: number): ReturnType<typeof openDataset> {
  return openDataset(await fileFolder(join(FIXTURES, name)), { cacheBytes });
}

describe.each(DATASETS)("the datapoints of %s", async (name) => {
  const expected = expectedOf(name);
  const dataset = await opened(name);

  it("are those that are expected, in that order", () => {
    expect(
      [...dataset].map(({ scene, camera, frame, environment }) => [
        scene,
        camera,
        frame ?? null,
        environment.image_name,
      ]),
    ).toEqual(expected.map(({ scene, camera, frame, image }) => [scene, camera, frame, image]));
  });

  it.each(expected.map((_, index) => index))("have what is expected: %i", async (index) => {
    const datapoint = dataset.at(index);
    const wanted = expected[index] as Expected;
    const present = await datapoint.modalities();
    expect(MODALITIES.filter((modality) => !present.includes(modality)).sort()).toEqual(wanted.missing);
    await compareImages(datapoint, wanted);
    await compareSegmentation(datapoint, wanted);
    await compareKeypoints(datapoint, wanted);
    await compareDocuments(datapoint, wanted);
    await compareGeometry(datapoint, wanted);
  });
});

function compareArray(array: unknown, expected: ExpectedArray | null | undefined): void {
  expect(array).toBeInstanceOf(NdArray);
  expect(digestOf(array as NdArray)).toEqual({
    dtype: expected?.dtype,
    shape: expected?.shape,
    sha256: expected?.sha256,
  });
}

async function compareImages(datapoint: Datapoint, { modalities: m }: Expected): Promise<void> {
  expect(datapoint.imageKind).toBe(m.rendered_image.kind);
  compareArray(await datapoint.renderedImage(), m.rendered_image.raw);
  compareArray(await datapoint.renderedImage8(), m.rendered_image.uint8);
  expect(await datapoint.isTransparent()).toBe(m.rendered_image.alpha_meaningful);
  const depth = await datapoint.depth();
  expect(depth !== undefined).toBe("depth" in m);
  if (depth) {
    compareArray(depth, m.depth?.raw);
    const extent = depthExtent(depth as unknown as NdArray);
    expect(extent.background).toBe(m.depth?.background_pixels);
    expect([extent.nearest, extent.farthest]).toEqual([m.depth?.foreground_min, m.depth?.foreground_max]);
  }
  const normals = await datapoint.normals();
  expect(normals !== undefined).toBe("normal_map" in m);
  if (normals && m.normal_map) {
    compareArray(await datapoint.normalMap(), m.normal_map.raw);
    const { row, col, camera_xyz_right_down_forward: xyz } = m.normal_map.sample;
    (normals.slice(row, col).toList() as number[]).forEach((part, axis) => {
      expect(part).toBeCloseTo(xyz[axis] as number, 7);
    });
    expect([...normals.slice(null, null, 0)].filter(Number.isNaN)).toHaveLength(m.normal_map.background_pixels);
  }
  const hdri = await datapoint.hdriMap();
  expect(hdri !== undefined).toBe("hdri_map" in m);
  if (hdri) compareArray(hdri, m.hdri_map?.raw);
}

async function compareSegmentation(datapoint: Datapoint, { modalities: m }: Expected): Promise<void> {
  const segmentation = await datapoint.segmentation();
  expect(segmentation !== undefined).toBe("semantic_segmentation" in m);
  const wanted = m.semantic_segmentation;
  if (!segmentation || !wanted) return;
  compareArray(await datapoint.semanticSegmentation(), wanted.raw);
  const counts = Object.fromEntries(segmentation.labels.map(({ path }) => [path, segmentation.count(path)]));
  for (const [path, count] of Object.entries(wanted.classes)) expect([path, counts[path]]).toEqual([path, count]);
  const total = Object.values(wanted.classes).reduce((sum, count) => sum + count, 0);
  expect([...segmentation.histogram().values()].reduce((sum, count) => sum + count, 0)).toBe(total);
  for (const [group, count] of Object.entries(wanted.groups ?? {})) {
    expect([group, segmentation.count(group)]).toEqual([group, count]);
    expect([...segmentation.mask(group)].filter(Boolean)).toHaveLength(count);
  }
  if ("unknown_colour_pixels" in wanted) expect(segmentation.unknownCount).toBe(wanted.unknown_colour_pixels);
  const table = m.semantic_segmentation_metadata;
  expect(Object.fromEntries(segmentation.labels.map(({ path, colour }) => [path, colour]))).toEqual(table);
  const labels = segmentationLabels((await datapoint.semanticSegmentationMetadata()) as object);
  if ("table_size" in wanted) expect(labels).toHaveLength(wanted.table_size);
}

async function compareKeypoints(datapoint: Datapoint, { modalities: m }: Expected): Promise<void> {
  const sets = await datapoint.keypoints();
  expect(sets !== undefined).toBe("keypoints" in m);
  if (!sets) return;
  const wanted = m.keypoints?.sets ?? {};
  expect([...sets.keys()].sort()).toEqual(Object.keys(wanted).sort());
  for (const [path, set] of sets) {
    const one = wanted[path] as ExpectedSet;
    compareArray(set.rowColumn, one.coords_2d);
    compareArray(set.coords3d, one.coords_3d);
    expect(set.xy.toList()).toEqual((set.rowColumn.toList() as number[][]).map(([row, column]) => [column, row]));
    const names = one.names;
    expect(names.includes("...") ? [set.names[0], "...", set.names.at(-1)] : set.names).toEqual(names);
    if (one.is_visible === null) expect(set.visible).toBeUndefined();
    else {
      compareArray(set.visible, one.is_visible);
      expect([...(set.visible as NdArray<"bool">)].filter(Boolean)).toHaveLength(one.visible_count as number);
    }
    expect((await datapoint.keypointSet(path))?.coords3d.toList()).toEqual(set.coords3d.toList());
  }
}

/** What a document is written as in the fixtures, which tell lists and dicts apart. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { dict, list } = value as { dict?: Record<string, unknown>; list?: readonly unknown[] };
  if (list) return list.map(plain);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(dict ?? value).map(([key, member]) => [key, plain(member)]));
}

async function compareDocuments(datapoint: Datapoint, { modalities: m }: Expected): Promise<void> {
  const camera = await datapoint.cameraMetadata();
  // Matrices are arrays here.
  const { intrinsic_matrix, extrinsic_matrix, ...rest } = camera as NonNullable<typeof camera>;
  expect({
    ...rest,
    intrinsic_matrix: intrinsic_matrix.toList(),
    extrinsic_matrix: extrinsic_matrix.toList(),
  }).toEqual(plain(m.camera_metadata));
  expect(await datapoint.faceBoundingBox()).toEqual(m.face_bounding_box && plain(m.face_bounding_box));
  expect(await datapoint.lightsMetadata()).toEqual(m.lights_metadata && plain(m.lights_metadata));
  expect(await datapoint.centerOfGeometry()).toEqual(m.center_of_geometry && plain(m.center_of_geometry));
  expect(datapoint.environment).toEqual(plain(m.environment));
  const actor = await datapoint.actorMetadata();
  expect(actor !== undefined).toBe("actor_metadata" in m);
  if (actor && m.actor_metadata && "identity_id" in actor) {
    expect([actor.identity_id, actor["identity_label"], actor["eye_gaze"]]).toEqual([
      m.actor_metadata.identity_id,
      m.actor_metadata.identity_label,
      m.actor_metadata.eye_gaze,
    ]);
    expect(eyeCameras(actor)).toEqual(m.actor_metadata.eye_points_2d_cameras);
    const eyes = await datapoint.eyesInImage();
    for (const circle of ["iris", "pupil"] as const) {
      compareArray(eyes?.right.circles[circle], m.eye_circles_2d?.[`${circle}_circle`].right_eye);
      compareArray(eyes?.left.circles[circle], m.eye_circles_2d?.[`${circle}_circle`].left_eye);
    }
  } else if (actor) expect(actor).toEqual(plain(m.actor_metadata));
}

async function compareGeometry(datapoint: Datapoint, { checks, warnings }: Expected): Promise<void> {
  const model = (await datapoint.cameraModel()) as DatagenCamera;
  expect(model.correction !== undefined).toBe(!checks.centre_matches_location);
  expect(model.correction !== undefined).toBe(warnings.some((warning) => warning.includes("sign error")));
  if (checks.centre_matches_location)
    model.camera.center.forEach((part, axis) => {
      expect(part).toBeCloseTo(checks.camera_centre_from_extrinsic[axis] as number, 12);
    });
  const sets = ((await datapoint.keypoints()) ?? new Map()) as KeypointSets;
  for (const [path, { within }] of Object.entries(checks.projection_row_col)) {
    const set = sets.get(path);
    const projected = set && (model.camera.worldToImage(set.coords3d) as NdArray);
    expect([path, largestDifference(projected as NdArray, set?.xy as NdArray) <= within]).toEqual([path, true]);
  }
  const dense = sets.get("face.dense");
  const box = await datapoint.faceBoundingBox();
  if (dense && box && checks.bounding_box_is_rounded_dense_extent)
    expect(boundingBoxOf(dense)).toEqual({ min_x: box.min_x, min_y: box.min_y, max_x: box.max_x, max_y: box.max_y });
}

function largestDifference(a: NdArray, b: NdArray): number {
  const other = [...b] as number[];
  return ([...a] as number[]).reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] as number))), 0);
}

describe("a dataset", () => {
  it("is several folders one behind the other, whose names may repeat", async () => {
    const folders = await Promise.all(["merge_a", "merge_b"].map((name) => fileFolder(join(FIXTURES, name))));
    const dataset = await openDataset(folders);
    expect([...dataset].map(({ source, scene, camera }) => [source, scene, camera])).toEqual([
      [0, "datapoint_00001", "camera"],
      [1, "datapoint_00001", "camera_7"],
    ]);
    const [first, second] = [await dataset.at(0).keypoints(), await dataset.at(1).keypoints()];
    expect(first?.get("face.standard")?.coords3d.toList()).not.toEqual(second?.get("face.standard")?.coords3d.toList());
    expect(dataset.scenes.map(({ name, source }) => [name, source])).toEqual([
      ["datapoint_00001", 0],
      ["datapoint_00001", 1],
    ]);
  });

  it("counts from the end, slices and filters", async () => {
    const dataset = await opened("scenes");
    expect(dataset.length).toBe(4);
    expect(dataset.at(-1)).toBe(dataset.at(3));
    expect(() => dataset.at(4)).toThrow(RangeError);
    expect(() => dataset.at(-5)).toThrow(RangeError);
    expect(() => dataset.at(0.5)).toThrow(RangeError);
    expect(dataset.slice(1).length).toBe(3);
    expect(dataset.slice(-2, -1).at(0)).toBe(dataset.at(2));
    expect(dataset.filter(({ imageKind }) => imageKind === "infrared_spectrum").length).toBe(1);
  });

  it("has scenes and cameras", async () => {
    const [scene] = (await opened("scenes")).scenes;
    expect(scene?.cameras.map(({ name, datapoints }) => [name, datapoints.length])).toEqual([
      ["camera_1", 3],
      ["camera_2", 1],
    ]);
    expect((await opened("hic")).scenes[0]?.cameras[0]?.datapoints.map(({ frame }) => frame)).toEqual([1, 2, 3]);
  });

  it("says what there is, by names that loaders had for it as well", async () => {
    const datapoint = (await opened("faces_v2")).at(0);
    expect(await datapoint.has("depth")).toBe(true);
    expect(await datapoint.has("normals_map")).toBe(true);
    expect(await datapoint.has("lights_metadata")).toBe(false);
    await expect(datapoint.has("sound")).rejects.toThrow(/"sound" is no modality/);
  });

  it("has nothing for what is missing, or an error when that is wanted", async () => {
    const folder = await fileFolder(join(FIXTURES, "faces_min"));
    const lenient = (await openDataset(folder)).at(0);
    expect([
      await lenient.depth(),
      await lenient.keypoints(),
      await lenient.heads(),
      await lenient.pointCloud(),
    ]).toEqual([undefined, undefined, undefined, undefined]);
    const strict = (await openDataset(folder, { missing: "throw" })).at(0);
    const error = await strict.depth().catch((reason: unknown) => reason);
    expect(isFormatError(error) && [error.code, error.path]).toEqual(["missing", "datapoint_00001/camera"]);
    await expect(strict.keypoints()).rejects.toThrow(/has no keypoints/);
    expect((await strict.renderedImage8())?.shape[2]).toBe(3);
  });

  it("keeps documents for a while, and reads them again when told to forget them", async () => {
    const dataset = await opened("faces_v2");
    const camera = await dataset.at(0).cameraMetadata();
    expect(await dataset.at(0).cameraMetadata()).toBe(camera);
    dataset.dropCache();
    expect(await dataset.at(0).cameraMetadata()).not.toBe(camera);
    const forgetful = await opened("faces_v2", 0);
    const once = await forgetful.at(0).cameraMetadata();
    expect(await forgetful.at(0).cameraMetadata()).not.toBe(once);
    expect(await forgetful.at(0).cameraMetadata()).toEqual(once);
  });

  it("shares documents of a scene between its datapoints", async () => {
    const dataset = await opened("scenes");
    expect(await dataset.at(0).actorMetadata()).toBe(await dataset.at(3).actorMetadata());
  });

  it("stops listing when it is told to", async () => {
    const reason = new Error("enough");
    const folder = await fileFolder(join(FIXTURES, "faces_v2"));
    await expect(openDataset(folder, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("writes nothing into the folder", async () => {
    const before = readdirSync(join(FIXTURES, "faces_v1"), { recursive: true });
    await (await opened("faces_v1")).at(0).keypoints();
    expect(readdirSync(join(FIXTURES, "faces_v1"), { recursive: true })).toEqual(before);
  });
});

describe("a damaged dataset", () => {
  const failing = async (name: string, use: (datapoint: Datapoint) => Promise<unknown>): Promise<unknown> => {
    try {
      await use((await opened(`bad/${name}`)).at(0));
    } catch (error) {
      return isFormatError(error) ? [error.code, error.path] : error;
    }
    return "nothing was thrown";
  };
  const CAMERA = "datapoint_00001/camera";

  it.each([
    ["depth_size_mismatch", "mismatch", "depth.exr", (d: Datapoint) => d.pointCloud()],
    ["exr_bad_zlib", "corrupt", "depth.exr", (d: Datapoint) => d.depth()],
    ["exr_header_cut", "truncated", "depth.exr", (d: Datapoint) => d.depth()],
    ["exr_huge_window", "limit", "depth.exr", (d: Datapoint) => d.depth()],
    ["exr_not_exr", "not-this-format", "depth.exr", (d: Datapoint) => d.depth()],
    ["exr_truncated", "truncated", "depth.exr", (d: Datapoint) => d.depth()],
    ["image_name_traversal", "refused", "environment.json: image_name", (d: Datapoint) => d.renderedImage()],
    ["intrinsic_shape", "mismatch", "camera_metadata.json: intrinsic_matrix", (d: Datapoint) => d.cameraModel()],
    ["json_truncated", "truncated", "camera_metadata.json", (d: Datapoint) => d.cameraMetadata()],
    [
      "keypoint_count",
      "corrupt",
      "key_points/face_standard_key_points.json: face.standard",
      (d: Datapoint) => d.keypoints(),
    ],
    [
      "keypoint_field",
      "missing",
      "key_points/face_standard_key_points.json: face.standard.12",
      (d: Datapoint) => d.keypoints(),
    ],
    ["major_version", "unsupported", "camera_metadata.json: version", (d: Datapoint) => d.cameraMetadata()],
    ["missing_environment", "missing", "environment.json", (d: Datapoint) => d.renderedImage()],
    ["png_bad_crc", "checksum", "visible_spectrum_01.png", (d: Datapoint) => d.renderedImage()],
    ["png_huge", "limit", "visible_spectrum_01.png", (d: Datapoint) => d.renderedImage()],
    ["png_truncated", "truncated", "visible_spectrum_01.png", (d: Datapoint) => d.renderedImage()],
    ["segmentation_8bit", "mismatch", "semantic_segmentation.png", (d: Datapoint) => d.segmentation()],
  ])("is an error where it is met: %s", async (name, code, path, use) => {
    const found = (await failing(name, use)) as [string, string];
    expect([found[0], found[1].replace(/environments\[0\]\./, "")]).toEqual([code, `${CAMERA}/${path}`]);
  });

  it("is missing what is not there", async () => {
    expect(await (await opened("bad/missing_camera_metadata")).at(0).cameraModel()).toBeUndefined();
    expect(await (await opened("bad/missing_image")).at(0).renderedImage()).toBeUndefined();
    await expect(opened("bad/empty_dataset")).rejects.toThrow(/no datapoint_\*, scene_\* or environment_\* folder/);
  });
});

describe("an archive", () => {
  const archive = readFileSync(join(FIXTURES, "dataset.tar.gz"));

  it.each([undefined, 1, 20_000])(
    "is what the folder is, with %s bytes of memory for its contents",
    async (maxLoadBytes) => {
      const dataset = await openDataset(await openTar(archive, { maxLoadBytes }));
      const whole = await opened("merge_a");
      expect([...dataset].map(({ scene, camera }) => [scene, camera])).toEqual(
        [...whole].map(({ scene, camera }) => [scene, camera]),
      );
      // Several at once, and modalities in another order than that of the archive.
      const digests = (from: typeof dataset) =>
        from.map(async (datapoint) => {
          const sets = await datapoint.keypoints();
          return [
            digestOf((await datapoint.renderedImage()) as unknown as NdArray),
            digestOf((await datapoint.depth()) as unknown as NdArray),
            [...(sets ?? [])].map(([path, { coords3d }]) => [path, coords3d.toList()]),
          ];
        });
      expect(await digests(dataset)).toEqual(await digests(whole));
    },
  );

  it.each([
    ["absolute", "refused"],
    ["symlink", "refused"],
    ["traversal", "refused"],
    ["truncated", "truncated"],
    ["not_gzip", "not-this-format"],
  ])("is refused when it is bad: %s", async (name, code) => {
    const failure = await openTar(readFileSync(join(FIXTURES, `bad/${name}.tar.gz`))).catch((error: unknown) => error);
    expect(isFormatError(failure) && failure.code).toBe(code);
  });
});

describe("files of later exports", () => {
  const point = { global_3d: { x: 1, y: 2, z: 3 }, pixel_2d: { x: 4, y: 5 }, is_visible: "true" };
  const files = (version: string) =>
    new Map(
      Object.entries({
        "__MACOSX/datapoint_00001/x": {},
        "datapoint_00001/.DS_Store": {},
        "datapoint_00001/camera/._environment.json": {},
        "datapoint_00001/camera/environment.json": {
          version: "1.7.0",
          environments: [{ image_name: "a.png", more: 1 }],
        },
        "datapoint_00001/camera/key_points/ears_key_points.json": { version, ear: { left: { "0": point } } },
        "datapoint_00001/notes.txt": {},
      }).map(([path, document]) => [
        path,
        new TextEncoder().encode(`\u{feff}${JSON.stringify(document, null, 3)}\r\n`),
      ]),
    );

  it("may have another minor version, further fields, marks in front, and things that belong to no datapoint", async () => {
    const [datapoint, ...others] = await openDataset(memoryFolder(files("2.9.3")));
    expect([datapoint?.scene, datapoint?.camera, others]).toEqual(["datapoint_00001", "camera", []]);
    expect(datapoint?.environment).toMatchObject({ image_name: "a.png", more: 1 });
    expect((await datapoint?.keypointSet("ears.left"))?.rowColumn.toList()).toEqual([[4, 5]]);
  });

  it("are refused with another major version", async () => {
    const dataset = await openDataset(memoryFolder(files("3.0.0")));
    const failure = await dataset
      .at(0)
      .keypoints()
      .catch((error: unknown) => error);
    expect(isFormatError(failure) && [failure.code, failure.path]).toEqual([
      "unsupported",
      "datapoint_00001/camera/key_points/ears_key_points.json: version",
    ]);
  });
});
