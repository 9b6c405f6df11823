import { join } from "node:path";
import { type Job, MemorySink, type NdArray } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import * as coco from "@somakit/formats/coco";
import {
  attributeCounts,
  cocoOf,
  type DatagenCamera,
  type Datapoint,
  openDataset,
  type PointCloudPlyOptions,
  writePointCloud,
} from "@somakit/formats/datagen";
import { jobs } from "@somakit/formats/jobs";
import { describe, expect, it } from "vitest";

const FIXTURES = join(import.meta.dirname, "conformance/datagen");
const folderOf = (name: string): ReturnType<typeof fileFolder> => fileFolder(join(FIXTURES, name));
const opened = async (name: string): ReturnType<typeof openDataset> => openDataset(await folderOf(name));

describe("COCO annotations of a dataset", async () => {
  const dataset = await opened("faces_v2");
  const made = await cocoOf(dataset);

  it("have an image for each datapoint", () => {
    expect(made.images.map(({ id, file_name }) => [id, file_name])).toEqual([
      [1, "datapoint_00001/camera/visible_spectrum_01.png"],
      [2, "datapoint_00002/Right-side camera/visible_spectrum_01.png"],
      [3, "datapoint_00003/camera/infrared_spectrum.png"],
    ]);
    expect([made.images[0]?.width, made.images[0]?.height]).toEqual([32, 24]);
    expect([made.images[1]?.width, made.images[1]?.height]).toEqual([40, 24]);
  });

  it("have the keypoints of each face as x and y, with its box", async () => {
    const [face] = made.annotations ?? [];
    const set = await dataset.at(0).keypointSet("face.standard");
    const box = await dataset.at(0).faceBox();
    expect(face?.bbox).toEqual([box?.left, box?.top, box?.width, box?.height]);
    const [row, column] = [set?.rowColumn.get(5, 0), set?.rowColumn.get(5, 1)];
    expect(face?.keypoints?.slice(15, 18)).toEqual([column, row, set?.visible?.get(5) ? 2 : 1]);
    expect(face?.num_keypoints).toBe(face?.keypoints?.filter((value, i) => i % 3 === 2 && value > 0).length);
    expect(made.categories?.[0]?.name).toBe("face");
    expect(made.categories?.[0]?.keypoints).toHaveLength(68);
    expect(made.categories?.[0]?.skeleton).toHaveLength(16 + 4 + 4 + 3 + 4 + 6 + 6 + 12 + 8);
  });

  it("have the pixels of each label", async () => {
    const segmentation = await dataset.at(0).segmentation();
    const names = new Map(made.categories?.map(({ id, name }) => [id, name]));
    const parts = made.annotations?.filter(({ image_id, segmentation: runs }) => image_id === 1 && runs) ?? [];
    expect(parts).toHaveLength((segmentation?.histogram().size ?? 0) - 1);
    for (const { category_id, segmentation: runs, area } of parts) {
      const path = names.get(category_id as number) as string;
      const mask = coco.maskOfRuns(runs as coco.CocoRuns);
      expect(mask.toList()).toEqual(segmentation?.mask(path).toList());
      expect(area).toBe(segmentation?.count(path));
    }
  });

  it("pass their schema, and number everything once", async () => {
    const sink = new MemorySink();
    await coco.write(sink, made);
    expect(await coco.check(sink.bytes())).toEqual([]);
    expect(new Set(made.annotations?.map(({ id }) => id)).size).toBe(made.annotations?.length);
  });

  it("have what is wanted: other keypoints, groups of labels, nothing", async () => {
    const dense = await cocoOf(dataset, { keypoints: "face.dense", segmentation: ["human/head", "background", "hat"] });
    expect(dense.categories?.map(({ name }) => name)).toEqual(["face", "human/head", "background"]);
    expect(dense.categories?.[0]?.keypoints).toHaveLength(468);
    const none = await cocoOf(dataset, { keypoints: "none", segmentation: "none" });
    expect([none.images.length, none.annotations, none.categories]).toEqual([3, [], []]);
  });

  it("do without what is missing", async () => {
    const made = await cocoOf(await opened("faces_min"));
    expect(made.annotations).toEqual([]);
    const size = await (await opened("bad/missing_camera_metadata")).at(0).renderedImage();
    const unknown = await cocoOf(await opened("bad/missing_camera_metadata"));
    expect([unknown.images[0]?.height, unknown.images[0]?.width]).toEqual(size?.shape.slice(0, 2));
  });
});

/** Rows of numbers below the header of a text PLY, and its properties. */
function plyRows(bytes: Uint8Array): {
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
} {
  const [head = "", body = ""] = new TextDecoder().decode(bytes).split("end_header\n");
  const names = [...head.matchAll(/^property \w+ (\w+)$/gm)].map(([, name]) => name as string);
  const rows = body
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
  return { names, rows };
}

describe("a point cloud of a datapoint", () => {
  const written = async (datapoint: Datapoint, options: PointCloudPlyOptions): Promise<ReturnType<typeof plyRows>> => {
    const sink = new MemorySink();
    const count = await writePointCloud(sink, datapoint, { format: "ascii", ...options });
    const found = plyRows(sink.bytes());
    expect(found.rows).toHaveLength(count);
    return found;
  };

  it.each(["faces_v2", "faces_v1_early"])(
    "lies where the camera sees it, in the colours of the image: %s",
    async (name) => {
      const datapoint = (await opened(name)).at(0);
      const { camera, size } = (await datapoint.cameraModel()) as DatagenCamera;
      const image = (await datapoint.renderedImage8()) as unknown as NdArray<"uint8">;
      const { names, rows } = await written(datapoint, {});
      expect(names).toEqual(["x", "y", "z", "red", "green", "blue"]);
      for (const [x = 0, y = 0, z = 0, ...colour] of rows) {
        const [u = 0, v = 0] = camera.worldToImage([x, y, z]);
        expect(Math.abs(u - Math.floor(u) - 0.5)).toBeLessThan(1e-3);
        expect(u > 0 && u < size.width && v > 0 && v < size.height).toBe(true);
        expect(colour).toEqual([...image.slice(Math.floor(v), Math.floor(u), [0, 3])]);
      }
    },
  );

  it("is where the key points of the face are", async () => {
    const datapoint = (await opened("faces_v2")).at(0);
    const { rows } = await written(datapoint, { with: "nothing" });
    const dense = (await datapoint.keypointSet("face.dense"))?.coords3d.toList() as number[][];
    // A pixel is about 12 mm wide here.
    const distances = dense.map(([x = 0, y = 0, z = 0]) =>
      Math.min(...rows.map(([a = 0, b = 0, c = 0]) => Math.hypot(a - x, b - y, c - z))),
    );
    expect(distances.sort((a, b) => a - b)[dense.length / 2]).toBeLessThan(0.012);
  });

  it("has normals of length 1 that face the camera", async () => {
    const datapoint = (await opened("faces_v2")).at(0);
    const world = await written(datapoint, { with: "normals" });
    const own = await written(datapoint, { with: "normals", frame: "camera" });
    expect(world.names).toEqual(["x", "y", "z", "nx", "ny", "nz"]);
    for (const row of own.rows) {
      expect(Math.hypot(row[3] as number, row[4] as number, row[5] as number)).toBeCloseTo(1, 2);
      expect(row[5]).toBeLessThan(0);
    }
    // The default camera looks along y.
    world.rows.forEach(([, , , nx, ny, nz], i) => {
      const [, , , right, down, forward] = own.rows[i] as readonly number[];
      expect([nx, ny, nz].map((part) => Math.round(1e4 * (part as number)))).toEqual(
        [right, forward, 0 - (down as number)].map((part) => Math.round(1e4 * (part as number))),
      );
    });
  });

  it("is an error where something is missing, and nothing is left", async () => {
    const sink = new MemorySink();
    const datapoint = (await opened("faces_min")).at(0);
    await expect(writePointCloud(sink, datapoint)).rejects.toThrow(/has no depth map or no camera/);
    expect(() => sink.parts()).toThrow();
  });
});

describe("attributes", () => {
  it("are counted by value, most frequent first", async () => {
    const counts = await attributeCounts(await opened("faces_v2"));
    expect(Object.keys(Object.fromEntries(counts)).sort()).toEqual(
      [
        "age",
        "environment",
        "ethnicity",
        "expression",
        "facial_hair",
        "gender",
        "glasses",
        "image",
        "mask",
        "time_of_day",
      ].sort(),
    );
    expect([...(counts.get("glasses") ?? [])]).toEqual([
      ["false", 2],
      ["true", 1],
    ]);
    expect([...(counts.get("image") ?? [])]).toEqual([
      ["visible_spectrum", 2],
      ["infrared_spectrum", 1],
    ]);
  });

  it("are those of every person in context, and none of who is not described", async () => {
    const hic = await attributeCounts(await opened("hic"));
    expect([...(hic.get("gender") ?? [])]).toEqual([["male", 3]]);
    expect(hic.get("expression")).toBeUndefined();
    expect((await attributeCounts(await opened("faces_min"))).get("age")).toBeUndefined();
  });
});

describe("jobs", () => {
  const run = async (
    name: string,
    given: Readonly<Record<string, string | true>> = {},
  ): Promise<[Uint8Array, unknown]> => {
    const job = jobs.find((one) => one.name === name) as Job;
    const options = { ...Object.fromEntries(job.options.map((option) => [option.name, option.default])), ...given };
    const sink = new MemorySink();
    const report = await (await job.load())({ folder: await folderOf("faces_v2"), sink, options });
    return [sink.bytes(), report.facts];
  };

  it("make COCO annotations", async () => {
    const [bytes, facts] = await run("coco", { segmentation: "none", "keep-outside": true });
    const made = await coco.read(bytes);
    expect(made).toEqual(await cocoOf(await opened("faces_v2"), { segmentation: "none", outside: "keep" }));
    expect(facts).toEqual([
      ["images", 3],
      ["annotations", 3],
      ["categories", 1],
    ]);
  });

  it("make a point cloud of the datapoint that is wanted", async () => {
    const [bytes, facts] = await run("ply", { datapoint: "-2", format: "ascii", with: "nothing", space: "camera" });
    const expected = await (await opened("faces_v2")).at(1).pointCloud({ frame: "camera" });
    const { rows } = plyRows(bytes);
    expect(facts).toEqual([["points", expected?.points.shape[0]]]);
    expect(rows.map((row) => row.map(Math.fround))).toEqual(expected?.points.toList());
    await expect(run("ply", { datapoint: "first" })).rejects.toThrow(/a whole number is needed/);
    await expect(run("ply", { datapoint: "7" })).rejects.toThrow(/no datapoint 7: there are 3/);
  });
});
