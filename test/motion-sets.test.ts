import { readFileSync } from "node:fs";
import { checkFile, memoryFolder, type OpenedFile, openFile, openMotion } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import { loadConvention } from "@somakit/formats/conventions";
import { keypointSets } from "@somakit/formats/datagen";
import { describe, expect, it } from "vitest";
import { convertTo, layoutOf, lost, opened, seenIn } from "./support/motion.js";

const FIXTURES = new URL("conformance/datagen/", import.meta.url).pathname;

async function folder(name: string, id = "datagen"): Promise<OpenedFile> {
  return openFile(await layoutOf(id), await fileFolder(`${FIXTURES}${name}`));
}

const inContext = () => folder("hic", "datagen/hic");

async function layersOf(file: OpenedFile): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const { layers } of openMotion(file).sequences())
    all.push(...layers.map(({ key, points }) => `${key} ${points}`));
  return all;
}

const both = (...sets: readonly string[]): readonly string[] =>
  sets.flatMap((set) => {
    const [name, count] = set.split(" ");
    return [`${name}.3d ${count}`, `${name}.2d ${count}`];
  });

/** A camera's folder with one file of key points, as a data set. */
async function camera(points: object): Promise<OpenedFile> {
  const json = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const files = {
    "datapoint_1/camera/environment.json": { environments: [] },
    "datapoint_1/camera/key_points/all_key_points.json": { version: "2.0.0", ...points },
  };
  return openFile(
    await layoutOf("datagen"),
    memoryFolder(new Map(Object.entries(files).map(([path, value]) => [path, json(value)]))),
  );
}

const point = (at: number) => ({
  global_3d: { x: at, y: at + 0.25, z: at + 0.5 },
  pixel_2d: { x: at, y: at + 1 },
  is_visible: "true",
});

describe("sets of key points", () => {
  it("are layers of their own, numbered ones and those under names", async () => {
    expect(await layersOf(await folder("faces_v2"))).toEqual(
      both(
        ...["face.dense 468", "face.standard 68", "ears.right 55", "ears.left 55"],
        ...["head.top 12", "head.left 24", "head.back 21", "head.right 24", "body 27", "feet 6", "hands 42"],
      ),
    );
    expect(await layersOf(await inContext())).toEqual(
      both("face.standard 68", "body 33", "feet 6", "hands 42", "eyes 58"),
    );
    expect(await layersOf(await folder("faces_v1"))).toEqual(
      expect.arrayContaining([...both("face.dense 468", "face.standard 68")]),
    );
  });

  it("have the numbers and the order of the sets that the files are read as otherwise", async () => {
    const path = `${FIXTURES}hic/scene_00001/frames/001/high_doorbell_camera/key_points/all_key_points.json`;
    const sets = keypointSets(JSON.parse(readFileSync(path, "utf8")));
    for await (const { layers, windows } of openMotion(await inContext()).sequences()) {
      for await (const window of windows({ frames: 1 })) {
        if (window.start > 0) break;
        for (const name of ["body", "feet", "hands", "face.standard"]) {
          const set = sets.get(name);
          expect([...(window.layers.get(`${name}.3d`)?.positions ?? [])]).toEqual([...(set?.coords3d ?? [])]);
          expect([...(window.layers.get(`${name}.2d`)?.positions ?? [])]).toEqual([...(set?.xy ?? [])]);
          const names = layers.find(({ key }) => key === `${name}.3d`)?.names;
          if (names) expect(names.map((one) => `${name}.${one}`)).toEqual(set?.names);
        }
      }
    }
  });

  it("are all known by conventions, whose names others have too", async () => {
    for (const file of [await folder("faces_v2"), await inContext()])
      for await (const { layers } of openMotion(file).sequences())
        for (const { key, conventions = [], names, spelled, points } of layers) {
          const found = await Promise.all(conventions.map(async (name) => loadConvention(name)));
          const own = found.find((convention) => convention?.keypoints.length === points);
          expect([key, own?.keypoints.length]).toEqual([key, points]);
          for (const [at, name] of (names ?? []).entries()) {
            const { name: known, aliases = [] } = own?.keypoints[at] ?? { name: "" };
            expect([known, ...aliases, spelled?.[own?.name ?? ""]?.[known]]).toContain(name);
          }
        }
  });

  it("of frames of a camera are a sequence, with the numbers of the frames and the names of scene and camera", async () => {
    for await (const { info, windows, dropped } of openMotion(await inContext()).sequences()) {
      expect(info).toMatchObject({ name: "scene_00001/high_doorbell_camera", firstFrame: 1 });
      for await (const window of windows()) {
        expect(window.frames).toBe(3);
        expect(window.imagePaths?.[2]).toBe("scene_00001/frames/003/high_doorbell_camera/visible_spectrum.png");
        expect(window.cameras).toHaveLength(3);
      }
      expect(dropped).toEqual([]);
    }
  });

  it("of points that nobody knows keep those that are known", async () => {
    const body = {
      chest: { middle: point(1) },
      elbow: { left: point(2), right: point(3) },
      wrist: { left: point(4), right: point(5) },
    };
    const { report, bytes } = await convertTo(await camera({ body }), "coco", {
      convention: "coco",
      imageSize: [9, 9],
    });
    expect(report.layers).toEqual([{ from: "body.2d", to: "keypoints", points: 17, convention: "coco" }]);
    expect(lost(report)).toContain("body.2d: keypoints that coco has not (names of its own → coco)");
    const [{ keypoints }] = JSON.parse(new TextDecoder().decode(bytes)).annotations;
    // Left and right elbow, left and right wrist: column, row.
    expect(keypoints.slice(21, 33)).toEqual([3, 2, 2, 4, 3, 2, 5, 4, 2, 6, 5, 2]);
  });

  it("are found whatever the order of names, wherever the chest is nested", async () => {
    const sides = (at: number) => ({ right: point(at), left: point(at + 1) });
    const names = ["wrist", "thumb", "shoulder", "pinky", "knee", "index", "hip", "heel", "elbow", "ankle"];
    const body = {
      ...Object.fromEntries(names.map((name, at) => [name, sides(2 * at)])),
      neck: point(20),
      foot: { right: { index: point(21) }, left: { index: point(22) } },
      chest: { upper_left: point(23), upper_right: point(24), lower_left: point(25), lower_right: point(26) },
    };
    const { report, bytes } = await convertTo(await camera({ body }), "humandata", {});
    expect(report.layers).toContainEqual({
      from: "body.2d",
      to: "keypoints2d",
      points: 27,
      convention: "datagen_body",
    });
    const written = await opened("humandata", bytes);
    const at = (await loadConvention("datagen_body"))?.keypoints.findIndex(({ name }) => name === "left_upper_chest");
    for await (const { windows } of openMotion(written).sequences())
      for await (const window of windows())
        expect([...(window.layers.get("keypoints2d")?.positions.slice(0, 0, at as number) ?? [])]).toEqual([24, 23]);
  });

  it.each([
    ["deeper than anybody has them", { body: deep(40) }, "limit"],
    ["without a coordinate", { body: { neck: { global_3d: { x: 1, y: 2 }, pixel_2d: { x: 1, y: 2 } } } }, "mismatch"],
    ["that are no points", { body: { neck: 5 } }, "mismatch"],
  ])("%s are an error", async (_, points, code) => {
    await expect(convertTo(await camera(points), "humandata", {})).rejects.toMatchObject({ code });
  });
});

function deep(levels: number): object {
  return levels === 0 ? point(1) : { a: deep(levels - 1) };
}

describe("several sets for one place", () => {
  it("the one of which most keypoints are kept is written, and the others are reported together", async () => {
    const { report } = await convertTo(await folder("faces_v2"), "humandata");
    expect(report.layers.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      "face.dense.3d → keypoints3d",
      "face.dense.2d → keypoints2d",
    ]);
    const beside = lost(report).find((text) => text.endsWith("HumanData has no place beside face.dense.2d"));
    expect(beside).toContain("face.standard.2d, ears.right.2d");
  });

  it("is that with most names that the target knows", async () => {
    const clips = await convertTo(await inContext(), "pyskl");
    expect(clips.report.layers).toEqual([{ from: "body.2d", to: "keypoint", points: 17, convention: "pyskl_coco" }]);
    const shots = await convertTo(await inContext(), "skelshop/unseg", {
      confidence: 1,
      layers: ["body"],
      approximate: true,
    });
    expect(shots.report.layers).toMatchObject([{ from: "body.2d", points: 135, convention: "openpose_135" }]);
    expect(shots.report.notes).toContainEqual({
      kind: "lost",
      what: expect.stringContaining("openpose_135"),
      count: 2,
    });
  });

  it("is that of a convention that is asked for", async () => {
    const { report } = await convertTo(await inContext(), "humandata", { confidence: 1, convention: "coco" });
    expect(report.layers.map(({ from, convention }) => [from, convention])).toEqual([
      ["body.3d", "coco"],
      ["body.2d", "coco"],
    ]);
  });

  it("is one of those that are named, of which others are not spoken", async () => {
    const { report, bytes } = await convertTo(await inContext(), "humandata", { confidence: 1, layers: ["hands"] });
    expect(report.layers.map(({ from, convention }) => [from, convention])).toEqual([
      ["hands.3d", "datagen_hands"],
      ["hands.2d", "datagen_hands"],
    ]);
    expect(lost(report).filter((text) => text.includes("place"))).toEqual([]);
    const written = await opened("humandata", bytes);
    expect((await checkFile(written)).filter(({ severity }) => severity === "error")).toEqual([]);
    expect((await seenIn(written))[0]).toMatchObject({ frames: 3, info: { name: "scene_00001/high_doorbell_camera" } });
  });

  it("cannot be one that there is not", async () => {
    await expect(convertTo(await inContext(), "humandata", { layers: ["hand"] })).rejects.toMatchObject({
      settledBy: "layers",
      message: expect.stringContaining('there is no layer "hand" among face.standard.3d'),
    });
  });

  it("still asks for what has to be said of a place that stays free", async () => {
    await expect(convertTo(await inContext(), "humandata")).rejects.toMatchObject({ settledBy: "confidence" });
  });
});
