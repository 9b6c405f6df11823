import { join } from "node:path";
import { MemoryFolderSink, memoryFolder, type NdArray } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import {
  type DatagenCamera,
  type DatagenDataset,
  type DatasetChange,
  openDataset,
  planDatasetUpgrade,
  upgradeDataset,
} from "@somakit/formats/datagen";
import { describe, expect, it } from "vitest";

const FIXTURES = join(import.meta.dirname, "conformance/datagen");

interface Upgraded {
  readonly old: DatagenDataset;
  readonly now: DatagenDataset;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly changes: readonly DatasetChange[];
}

async function upgraded(name: string): Promise<Upgraded> {
  const old = await openDataset(await fileFolder(join(FIXTURES, name)));
  const sink = new MemoryFolderSink(name);
  const changes = await upgradeDataset(sink, old);
  const files = sink.files();
  return { old, now: await openDataset(memoryFolder(files, name)), files, changes };
}

/** What is in a document under some keys. */
function json(files: ReadonlyMap<string, Uint8Array>, path: string, ...keys: readonly string[]): object {
  const document: unknown = JSON.parse(new TextDecoder().decode(files.get(path)));
  return keys.reduce((value, key) => (value as Record<string, unknown>)[key], document) as object;
}

describe("a dataset of the first layout, brought up to date", async () => {
  const { old, now, files, changes } = await upgraded("faces_v1_early");
  const scene = "datapoint_00001";

  it("has the files of the current layout", () => {
    expect([...files.keys()].sort()).toEqual([
      `${scene}/actor_metadata.json`,
      `${scene}/camera/camera_metadata.json`,
      `${scene}/camera/depth.exr`,
      `${scene}/camera/environment.json`,
      `${scene}/camera/face_bounding_box.json`,
      `${scene}/camera/key_points/all_key_points.json`,
      `${scene}/camera/key_points/face_dense_key_points.json`,
      `${scene}/camera/key_points/face_standard_key_points.json`,
      `${scene}/camera/normal_maps.exr`,
      `${scene}/camera/semantic_segmentation.png`,
      `${scene}/camera/visible_spectrum_01.png`,
      `${scene}/semantic_segmentation_metadata.json`,
    ]);
  });

  it("has key points of version 2 at the same places", async () => {
    expect(json(files, `${scene}/camera/key_points/face_dense_key_points.json`)).toHaveProperty("version", "2.0.0");
    const standard = json(files, `${scene}/camera/key_points/face_standard_key_points.json`, "face", "standard");
    expect(Object.keys(standard).sort()).toEqual(Array.from({ length: 68 }, (_, i) => `${i + 1}`.padStart(2, "0")));
    expect(standard).toHaveProperty("01.is_visible", expect.stringMatching(/^(true|false)$/));
    const [before, after] = [await old.at(0).keypoints(), await now.at(0).keypoints()];
    for (const [path, set] of before ?? []) {
      expect(after?.get(path)?.coords3d.toList()).toEqual(set.coords3d.toList());
      expect(after?.get(path)?.rowColumn.toList()).toEqual(set.rowColumn.toList());
      expect(after?.get(path)?.visible?.toList()).toEqual(set.visible?.toList());
    }
    expect(before?.size).toBe(2);
  });

  it("has a camera that needs no correction, where the corrected one was", async () => {
    const [before, after] = (await Promise.all([old.at(0).cameraModel(), now.at(0).cameraModel()])) as DatagenCamera[];
    expect(before?.correction).toBe("translation-sign");
    expect(after?.correction).toBeUndefined();
    after?.camera.extrinsics.flat().forEach((part, i) => {
      expect(part).toBeCloseTo(before?.camera.extrinsics.flat()[i] as number, 12);
    });
    const metadata = await now.at(0).cameraMetadata();
    expect([metadata?.version, metadata?.camera_name]).toEqual(["1.1.0", "camera"]);
    expect(metadata?.focal_length).toBeCloseTo(50, 6);
  });

  it("has a segmentation of 16 bits that shows the same", async () => {
    const [before, after] = [await old.at(0).segmentation(), await now.at(0).segmentation()];
    expect((await now.at(0).semanticSegmentation())?.dtype).toBe("uint16");
    expect(after?.unknownCount).toBe(0);
    for (const [path, count] of before?.histogram() ?? []) expect([path, after?.count(path)]).toEqual([path, count]);
    expect(after?.count("background")).toBe(before?.unknownCount);
  });

  it("copies images and maps byte by byte", async () => {
    const [before, after] = [await old.at(0).depth(), await now.at(0).depth()];
    expect((after as unknown as NdArray).toBytes()).toEqual((before as unknown as NdArray).toBytes());
  });

  it("says what was changed, and what is lacking", async () => {
    expect(await planDatasetUpgrade(old)).toEqual(changes);
    expect(changes.every(({ rule }) => /^urn:somakit:datagen:1#\/\$defs\/./.test(rule))).toBe(true);
    expect(changes.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      `${scene}: was visible_spectrum.png of environment_00001/camera`,
      `${scene}/camera/visible_spectrum_01.png: was called visible_spectrum.png`,
      `${scene}/camera/camera_metadata.json: extrinsic_matrix made of location and orientation: its translation had the wrong sign`,
      `${scene}/camera/camera_metadata.json: camera_name is that of the folder`,
      `${scene}/camera/camera_metadata.json: focal_length follows from intrinsic_matrix and sensor`,
      `${scene}/datapoint_request.json: no older layout has a request to make it of`,
      `${scene}/camera/semantic_segmentation.png: made of semantic_segmentation.exr, with 16-bit colours`,
      `${scene}/camera/key_points/all_key_points.json: made of dense_keypoints.json and standard_keypoints.json`,
      `${scene}/camera/key_points/face_dense_key_points.json: made of dense_keypoints.json and standard_keypoints.json`,
      `${scene}/camera/key_points/face_standard_key_points.json: made of dense_keypoints.json and standard_keypoints.json`,
    ]);
  });
});

describe("scenes with several images", () => {
  it("become one folder for each image, each with its camera's view of the eyes", async () => {
    const { old, now, files } = await upgraded("scenes");
    expect([...now].map(({ scene, camera, environment }) => [scene, camera, environment.image_name])).toEqual([
      ["datapoint_00001", "camera_1", "visible_spectrum_01.png"],
      ["datapoint_00002", "camera_1", "visible_spectrum_01.png"],
      ["datapoint_00003", "camera_1", "infrared_spectrum.png"],
      ["datapoint_00004", "camera_2", "visible_spectrum_01.png"],
    ]);
    const circles = json(files, "datapoint_00004/actor_metadata.json", "iris_circle", "2d");
    expect(Object.keys(circles)).toEqual(["camera_2"]);
    expect([...now].map(({ scene }) => files.has(`${scene}/lights_metadata.json`))).toEqual([
      false,
      false,
      true,
      false,
    ]);
    const [before, after] = [await old.at(1).renderedImage(), await now.at(1).renderedImage()];
    expect((after as unknown as NdArray).toBytes()).toEqual((before as unknown as NdArray).toBytes());
  });
});

describe("a dataset that is up to date", () => {
  it("stays as it is, but for the numbers of its folders and key points in one file", async () => {
    const { old, now, changes } = await upgraded("faces_v2");
    expect(changes.map(({ path }) => path)).toEqual(["datapoint_00003/camera/key_points/all_key_points.json"]);
    for (const [index, datapoint] of [...old].entries()) {
      const same = now.at(index);
      expect(JSON.stringify(await same.cameraMetadata())).toBe(JSON.stringify(await datapoint.cameraMetadata()));
      expect(await same.datapointRequest()).toEqual(await datapoint.datapointRequest());
      expect(
        [...((await same.keypoints()) ?? [])].map(([path, { coords3d }]) => [path, coords3d.toList()]).sort(),
      ).toEqual(
        [...((await datapoint.keypoints()) ?? [])].map(([path, { coords3d }]) => [path, coords3d.toList()]).sort(),
      );
    }
  });

  it("gives the same files when it is done again", async () => {
    const { now, files } = await upgraded("faces_v1");
    const sink = new MemoryFolderSink("again");
    const changes = await upgradeDataset(sink, now);
    expect(changes).toEqual([]);
    expect([...sink.files()].map(([path, bytes]) => [path, Buffer.from(bytes).toString("hex")])).toEqual(
      expect.arrayContaining([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString("hex")])),
    );
  });
});

describe("people in context", () => {
  it("are refused, and nothing is left", async () => {
    const sink = new MemoryFolderSink("hic");
    const hic = await openDataset(await fileFolder(join(FIXTURES, "hic")));
    await expect(upgradeDataset(sink, hic)).rejects.toThrow(TypeError);
    expect(() => sink.files()).toThrow();
  });
});
