import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkFile,
  dumpMotionArrays,
  MemorySink,
  memorySource,
  NdArray,
  npz,
  openMotion,
  type Value,
} from "@somakit/core";
import { loadConvention } from "@somakit/formats/conventions";
import { afterAll, describe, expect, it } from "vitest";
import { convertTo, fixture, lost, opened } from "./support/motion.js";
import { debianPython } from "./support/python.js";

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parsed = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

const NAMES = ((await loadConvention("coco"))?.keypoints ?? []).map(({ name }) => name.replace("_hip_extra", "_hip"));
const CATEGORY = { id: 1, name: "person", supercategory: "person", keypoints: NAMES };

/** So many points, each other than its neighbours; every third is not labelled. */
const points = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, at) =>
    at % 3 === 0 ? [0, 0, 0] : [10 + seed + at, 20 + ((at * 7) % 13), at % 3],
  ).flat();
const labelled = (list: readonly number[]): number => list.filter((one, at) => at % 3 === 2 && one > 0).length;

const IMAGES = [
  { id: 397133, width: 640, height: 480, file_name: "a.jpg" },
  { id: 37777, width: 352, height: 230, file_name: "b.jpg" },
];
interface Person {
  readonly id: number;
  readonly image_id: number;
  readonly [key: string]: unknown;
}
function person(id: number, image_id: number, more: object = {}): Person {
  const keypoints = points(17, id);
  return { id, image_id, category_id: 1, iscrowd: 0, keypoints, num_keypoints: labelled(keypoints), ...more };
}
const BOXED = [
  person(1, 397133, { bbox: [1.5, 2, 30, 40], area: 700.5 }),
  person(2, 37777, { bbox: [3, 4, 5, 6], area: 21 }),
  person(3, 37777, { bbox: [13, 4, 25, 36], area: 22 }),
];
const document = <T extends object>(annotations: readonly T[], more: object = {}) => ({
  images: IMAGES,
  annotations,
  categories: [CATEGORY],
  ...more,
});

async function convertedTo(from: string, value: unknown, to: string, options: object = {}) {
  const file = await opened(from, value instanceof Uint8Array ? value : json(value));
  const { bytes, report } = await convertTo(file, to, options);
  const issues = await checkFile(await opened(to, bytes));
  expect(issues.filter(({ severity }) => severity === "error")).toEqual([]);
  return { bytes, report, notes: report.notes.map(({ kind, what, count }) => `${kind} ${what} (${count})`) };
}

/** Annotations by what they say, in the order of the schema. */
const core = (annotations: readonly Person[], ...without: readonly string[]) =>
  annotations.map((one) =>
    Object.fromEntries(
      Object.entries(one)
        .filter(([key]) => !without.includes(key))
        .sort(),
    ),
  );

describe("boxes and areas of annotations", () => {
  it("stay what they are from annotations to annotations, with the ids and the sizes of images", async () => {
    const value = document(BOXED);
    const { bytes, notes } = await convertedTo("coco", value, "coco");
    const written = parsed(bytes);
    expect(core(written.annotations)).toEqual(core(value.annotations));
    expect(written.images).toEqual(IMAGES);
    expect(notes).toEqual([]);
  });

  it.each(["humandata", "humandata/multi"])("come back from %s, with points, ids and sizes", async (through) => {
    const rows = await convertedTo("coco", document(BOXED), through);
    expect(rows.report.quantities).toEqual([{ from: "bbox", to: "bbox_xywh" }]);
    expect(rows.notes).toContain("invented bbox: a confidence of 1 (1)");
    expect(rows.notes).toContainEqual(expect.stringMatching(/^lost area: .* has no place for areas/));
    const back = await convertedTo(through, rows.bytes, "coco");
    const written = parsed(back.bytes);
    expect(core(written.annotations, "area")).toEqual(core(BOXED, "area"));
    expect(written.images.map(({ frame_id: _, ...image }: { frame_id: number }) => image)).toEqual(IMAGES);
    expect(written.annotations.map(({ area }: { area: number }) => area)).toEqual([1200, 30, 900]);
    expect(back.notes).toEqual(["lost bbox_xywh: confidences (1)", "derived areas, as those of boxes (3)"]);
  });

  it("that nobody states are drawn around keypoints, and counted one by one", async () => {
    const { bbox: _, area: __, ...bare } = BOXED[0] as Person;
    const { bytes, notes } = await convertedTo("coco", document([bare, ...BOXED.slice(1)]), "coco");
    const [first, second] = parsed(bytes).annotations;
    const xs = (bare["keypoints"] as number[]).filter((x, at) => at % 3 === 0 && x > 0);
    expect(first.bbox[0]).toBe(Math.min(...xs));
    expect(first.bbox[2]).toBe(Math.max(...xs) - Math.min(...xs));
    expect(first.area).toBe(first.bbox[2] * first.bbox[3]);
    expect([second.bbox, second.area]).toEqual([[3, 4, 5, 6], 21]);
    expect(notes).toEqual(["derived boxes, as what is around keypoints (1)", "derived areas, as those of boxes (1)"]);
  });

  it("that nobody is sure of in rows are none, and those of people without keypoints stay", async () => {
    const rows = new Map<string, Value>([
      ["__data_len__", 2],
      ["keypoints2d", NdArray.from("float64", new Float64Array(2 * 17 * 3).fill(1, 51), [2, 17, 3]) as NdArray],
      ["keypoints2d_mask", NdArray.from("uint8", new Uint8Array(17).fill(1), [17]) as NdArray],
      ["keypoints2d_convention", "coco"],
      ["bbox_xywh", NdArray.from("float64", Float64Array.of(5, 6, 7, 8, 1, 5, 6, 7, 8, 0), [2, 5]) as NdArray],
    ]);
    const sink = new MemorySink();
    await npz.write(sink, rows);
    const { bytes } = await convertedTo("humandata", sink.bytes(), "coco", { imageSize: [8, 8] });
    const boxes = parsed(bytes).annotations.map((one: Person) => [one["bbox"], one["num_keypoints"]]);
    expect(boxes).toEqual([
      [[5, 6, 7, 8], 0],
      [[1, 1, 0, 0], 17],
    ]);
  });

  it("get the confidence that is asked for", async () => {
    const { bytes, notes } = await convertedTo("coco", document(BOXED), "humandata", { confidence: 0.5 });
    expect(notes).toContain("invented bbox: a confidence of 0.5 (1)");
    for await (const { windows } of openMotion(await opened("humandata", bytes)).sequences())
      for await (const { quantities } of windows()) expect(quantities?.get("bbox_xywh")?.values.get(0, 0, 4)).toBe(0.5);
  });

  it.each([
    ["too few numbers", { bbox: [1, 2, 3] }, /3 numbers, where 4 are due/],
    ["what are no numbers", { bbox: [1, 2, 3, "4"] }, /a list of numbers expected/],
  ])("with %s are refused", async (_, more, message) => {
    const file = await opened("coco", json(document([person(1, 397133, more)])));
    await expect(convertTo(file, "humandata")).rejects.toThrow(message);
  });

  it("are read with the window that asks for them", async () => {
    for await (const { quantities, windows } of openMotion(await opened("coco", json(document(BOXED)))).sequences()) {
      expect(quantities).toMatchObject([
        { key: "bbox", what: "box", which: "person", shape: [4], unit: "px" },
        { key: "area", what: "extent-area", shape: [] },
      ]);
      for await (const window of windows({ only: new Set(["area"]) })) {
        expect(window.layers.size).toBe(0);
        expect(window.quantities?.get("area")?.values.toList()).toEqual([
          [700.5, 0],
          [21, 22],
        ]);
      }
    }
  });
});

describe("annotations that are no person", () => {
  it("are left out and counted: groups, and things without keypoints", async () => {
    const crowd = { id: 8, image_id: 37777, category_id: 1, iscrowd: 1, bbox: [0, 0, 9, 9], keypoints: points(17, 1) };
    const thing = { id: 9, image_id: 37777, category_id: 2, iscrowd: 0, bbox: [0, 0, 9, 9] };
    const { bytes, notes } = await convertedTo("coco", document([...BOXED, crowd, thing]), "coco");
    expect(parsed(bytes).annotations).toHaveLength(3);
    expect(notes).toEqual([
      "lost annotations[]: groups of people (1)",
      "lost annotations[]: things without keypoints (1)",
    ]);
  });
});

describe("annotations without any keypoints", () => {
  it("are people where their category is, by their boxes", async () => {
    const bare = BOXED.map(({ keypoints: _, num_keypoints: __, ...one }) => one);
    const car = { id: 9, image_id: 37777, category_id: 2, iscrowd: 0, bbox: [0, 0, 9, 9] };
    const value = document([...bare, car], {
      categories: [
        { id: 1, name: "person", supercategory: "person" },
        { id: 2, name: "car", supercategory: "vehicle" },
      ],
    });
    const { bytes, report, notes } = await convertedTo("coco", value, "humandata");
    expect(report.quantities).toEqual([{ from: "bbox", to: "bbox_xywh" }]);
    expect(notes[0]).toBe("lost annotations[]: things without keypoints (1)");
    for await (const { windows } of openMotion(await opened("humandata", bytes)).sequences())
      for await (const { quantities } of windows())
        expect(quantities?.get("bbox_xywh")?.values.shape).toEqual([2, 2, 5]);
    await expect(convertTo(await opened("coco", json(value)), "pyskl")).rejects.toThrow(/no place for anything/);
  });
});

describe("sequences of images", () => {
  it("keep videos that only images name, numbers of frames and of people", async () => {
    const images = [3, 4].map((frame_id, at) => ({ ...IMAGES[0], id: 100 + at, vid_id: "000342", frame_id }));
    const value = document([person(1, 100, { track_id: 5 }), person(2, 101, { track_id: 5 })], { images });
    const { bytes } = await convertedTo(
      "coco",
      { ...value, images: images.map((one) => ({ ...one, vid_id: 342 })) },
      "coco",
    );
    const written = parsed(bytes);
    expect(written.videos).toEqual([{ id: 1, name: "342" }]);
    expect(
      written.images.map(({ id, video_id, frame_id }: Record<string, number>) => [id, video_id, frame_id]),
    ).toEqual([
      [100, 1, 3],
      [101, 1, 4],
    ]);
    expect(written.annotations.map((one: Person) => one["track_id"])).toEqual([5, 5]);
  });
});

const whole = (one: Person, more: object = {}): Person => ({
  ...one,
  foot_kpts: points(6, 1),
  face_kpts: points(68, 2),
  lefthand_kpts: points(21, 3),
  righthand_kpts: new Array<number>(63).fill(0),
  face_box: [1, 2, 3, 4],
  lefthand_box: [4, 3, 2, 1],
  righthand_box: [0, 0, 0, 0],
  foot_valid: true,
  face_valid: true,
  lefthand_valid: true,
  righthand_valid: false,
  ...more,
});

describe("keypoints of the whole body", () => {
  const people = BOXED.map((one) => whole(one));

  it("are one set of 133 in the order of body, feet, face, left and right hand", async () => {
    const first = people[0] as Person;
    for await (const { layers, windows } of openMotion(await opened("coco", json(document(people)))).sequences()) {
      expect(layers).toMatchObject([{ key: "keypoints", points: 133 }]);
      for await (const window of windows({ frames: 1 })) {
        const [image] = window.imageIds ?? [];
        if (image !== 397133) continue;
        const all = ["keypoints", "foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts"].flatMap(
          (key) => first[key] as number[],
        );
        const xs = all.filter((_, at) => at % 3 === 0);
        expect(
          Array.from({ length: 133 }, (_, at) => window.layers.get("keypoints")?.positions.get(0, 0, at, 0)),
        ).toEqual(xs);
      }
    }
  });

  it("stay what they are, with their boxes and what is valid", async () => {
    const { bytes, report, notes } = await convertedTo("coco", document(people), "coco");
    expect(report.layers).toMatchObject([{ points: 133, convention: "coco_wholebody" }]);
    const written = parsed(bytes);
    expect(core(written.annotations)).toEqual(core(people));
    expect(written.categories[0].keypoints).toEqual(NAMES);
    const lines: number[][] = written.categories[0].skeleton;
    expect(lines.flat().every((point) => point >= 1 && point <= 17)).toBe(true);
    expect(notes).toEqual([]);
  });

  it("come back from rows, with the boxes of faces and hands", async () => {
    const rows = await convertedTo("coco", document(people), "humandata");
    expect(rows.report.quantities.map(({ to }) => to)).toEqual([
      "bbox_xywh",
      "face_bbox_xywh",
      "lhand_bbox_xywh",
      "rhand_bbox_xywh",
    ]);
    const { bytes } = await convertedTo("humandata", rows.bytes, "coco");
    expect(core(parsed(bytes).annotations, "area")).toEqual(core(people, "area"));
  });

  it("without boxes get those around the keypoints of each part, and zeros where none are labelled", async () => {
    const { face_box: _, lefthand_box: __, righthand_box: ___, ...bare } = people[0] as Person;
    const { bytes, notes } = await convertedTo("coco", document([bare]), "coco");
    const [written] = parsed(bytes).annotations;
    const xs = (bare["face_kpts"] as number[]).filter((x, at) => at % 3 === 0 && x > 0);
    expect(written.face_box[0]).toBe(Math.min(...xs));
    expect(written.righthand_box).toEqual([0, 0, 0, 0]);
    expect(notes).toEqual([
      "derived boxes of the face, as what is around keypoints (1)",
      "derived boxes of the left-hand, as what is around keypoints (1)",
    ]);
  });

  it("that are not sure are confidences, which are written beside", async () => {
    const face_kpts = [...points(68, 2).slice(0, -1), 0.25];
    const { bytes } = await convertedTo("coco", document([whole(BOXED[0] as Person, { face_kpts })]), "coco");
    const [written] = parsed(bytes).annotations;
    expect(written.face_kpts.at(-1)).toBe(1);
    expect(written.scores).toHaveLength(133);
    expect(written.scores[17 + 6 + 67]).toBe(0.25);
    const again = await convertedTo("coco", bytes, "coco");
    expect(parsed(again.bytes)).toEqual(parsed(bytes));
  });

  it("are not written for other conventions", async () => {
    const { bytes } = await convertTo(await fixture("pyskl", "pyskl/coco2d_f16_p2_np1.pkl"), "coco");
    const [first] = parsed(bytes).annotations;
    expect(Object.keys(first).filter((key) => /foot|face|hand/.test(key))).toEqual([]);
  });
});

const result = (image_id: number, seed: number, more: object = {}) => ({
  image_id,
  category_id: 1,
  keypoints: points(17, seed).map((one, at) => (at % 3 === 2 ? one / 4 : one)),
  score: 0.5 + seed / 16,
  ...more,
});
const RESULTS = [
  result(9, 1, { bbox: [1, 2, 3, 4] }),
  result(5, 2, { bbox: [5, 6, 7, 8] }),
  result(9, 3, { bbox: [2, 2, 2, 2] }),
];

describe("results of detectors", () => {
  it("are a data set that is read, checked, and the same after a conversion to itself", async () => {
    const file = await opened("coco/results", json(RESULTS));
    expect(await checkFile(file)).toEqual([]);
    const { bytes, report, notes } = await convertedTo("coco/results", RESULTS, "coco/results");
    // The people of one image come one after the other.
    expect(parsed(bytes)).toEqual([RESULTS[0], RESULTS[2], RESULTS[1]]);
    expect(report).toMatchObject({ frames: 2, layers: [{ points: 17, convention: "coco" }] });
    expect(notes).toEqual([]);
  });

  it("say what is wrong with them", async () => {
    const wrong = [
      { ...RESULTS[0], bbox: [1, 2] },
      { image_id: 1, category_id: 1 },
    ];
    const issues = await checkFile(await opened("coco/results", json(wrong)));
    expect(issues.map(({ path }) => path).sort()).toEqual(["[0].bbox", "[1].score"]);
  });

  it("become rows whose boxes are as sure as the detector is, and come back", async () => {
    const rows = await convertedTo("coco/results", RESULTS, "humandata");
    expect(rows.notes).toEqual([]);
    const { bytes, notes } = await convertedTo("humandata", rows.bytes, "coco/results");
    expect(parsed(bytes)).toEqual([RESULTS[0], RESULTS[2], RESULTS[1]]);
    expect(notes).toEqual([]);
  });

  it("become annotations of images whose size is asked for, and come back with scores that are reckoned", async () => {
    const file = await opened("coco/results", json(RESULTS));
    await expect(convertTo(file, "coco")).rejects.toMatchObject({ settledBy: "imageSize" });
    const { bytes, notes } = await convertedTo("coco/results", RESULTS, "coco", { imageSize: [480, 640] });
    expect(parsed(bytes).images.map(({ id }: { id: number }) => id)).toEqual([9, 5]);
    expect(notes).toContain("lost score: Coco has no place for scores (1)");
    const back = await convertedTo("coco", bytes, "coco/results");
    expect(back.notes).toContain("derived scores, as the mean confidence of the keypoints (3)");
    const without = (all: readonly object[]) => all.map((one) => ({ ...one, score: 0 }));
    expect(without(parsed(back.bytes))).toEqual(without([RESULTS[0], RESULTS[2], RESULTS[1]] as object[]));
  });

  it("may be of the whole body", async () => {
    const parts = {
      foot_kpts: points(6, 1),
      face_kpts: points(68, 2),
      lefthand_kpts: points(21, 3),
      righthand_kpts: points(21, 4),
    };
    const { bytes, report } = await convertedTo("coco/results", [result(1, 1, parts)], "coco/results");
    expect(report.layers).toMatchObject([{ points: 133, convention: "coco_wholebody" }]);
    expect(parsed(bytes)[0]).toMatchObject(parts);
  });

  it("of another number of keypoints ask for their convention", async () => {
    const five = [result(1, 1, { keypoints: points(5, 1) })];
    await expect(convertTo(await opened("coco/results", json(five)), "humandata")).rejects.toMatchObject({
      settledBy: "sourceConvention",
    });
  });

  it.each(["pyskl", "skelshop/unseg", "openpose"])("go to %s", async (to) => {
    const { report } = await convertedTo("coco/results", RESULTS, to, { imageSize: [480, 640], approximate: true });
    expect(report).toMatchObject({ sequences: 1, frames: 2 });
    expect(lost(report)).toContain("ids of images");
  });

  it("without keypoints are people with boxes, and things of other categories are none", async () => {
    const boxes = [
      { image_id: 9, category_id: 1, bbox: [1, 2, 3, 4], score: 0.25 },
      { image_id: 9, category_id: 3, bbox: [1, 2, 3, 4], score: 0.5 },
      { image_id: 5, category_id: 1, bbox: [5, 6, 7, 8], score: 0.75 },
    ];
    const { bytes, report, notes } = await convertedTo("coco/results", boxes, "humandata");
    expect(report).toMatchObject({ frames: 2, layers: [], quantities: [{ from: "bbox", to: "bbox_xywh" }] });
    expect(notes).toEqual(["lost []: things without keypoints (1)"]);
    for await (const { windows } of openMotion(await opened("humandata", bytes)).sequences())
      for await (const { quantities, imageIds } of windows()) {
        expect(quantities?.get("bbox_xywh")?.values.toList()).toEqual([[[1, 2, 3, 4, 0.25]], [[5, 6, 7, 8, 0.75]]]);
        expect(imageIds).toEqual([9, 5]);
      }
  });
});

describe("plain arrays of annotations", () => {
  it("have boxes, areas and the ids of images", async () => {
    const sink = new MemorySink();
    await dumpMotionArrays(openMotion(await opened("coco", json(document(BOXED)))), sink);
    const root = await npz.open(memorySource(sink.bytes()));
    const arrays = root.kind === "group" ? root : undefined;
    const load = async (key: string): Promise<unknown> => {
      const node = await arrays?.child(key);
      return node?.kind === "array" ? (await node.load()).toList() : undefined;
    };
    expect(await load("image_id")).toEqual([397133n, 37777n]);
    expect(await load("bbox")).toEqual([
      [
        [1.5, 2, 30, 40],
        [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      ],
      [
        [3, 4, 5, 6],
        [13, 4, 25, 36],
      ],
    ]);
    expect(await load("area")).toEqual([
      [700.5, Number.NaN],
      [21, 22],
    ]);
  });
});

describe.skipIf(debianPython === undefined)("what is written is what Python's tools take", () => {
  const folder = mkdtempSync(join(tmpdir(), "motion-annotations-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("ids are unique, counts are those of labelled keypoints, boxes are inside the images", async () => {
    const { bytes } = await convertTo(
      await opened("coco", json(document(BOXED.map((one) => whole(one))))),
      "humandata",
    );
    const back = await convertTo(await opened("humandata", bytes), "coco");
    const results = await convertTo(await opened("humandata", bytes), "coco/results");
    const rows = join(folder, "rows.npz");
    const truth = join(folder, "truth.json");
    const dt = join(folder, "results.json");
    writeFileSync(rows, bytes);
    writeFileSync(truth, back.bytes);
    writeFileSync(dt, results.bytes);
    const script = `
import sys, json, numpy as np
d = np.load(sys.argv[1], allow_pickle=True)
gt, dt = json.load(open(sys.argv[2])), json.load(open(sys.argv[3]))
images = {i["id"]: i for i in gt["images"]}
cats = {c["id"]: c for c in gt["categories"]}
ids = [a["id"] for a in gt["annotations"]]
assert len(set(ids)) == len(ids) and 0 not in ids and len(images) == len(gt["images"])
sizes = dict(keypoints=17, foot_kpts=6, face_kpts=68, lefthand_kpts=21, righthand_kpts=21)
for row, a in enumerate(gt["annotations"]):
    image = images[a["image_id"]]
    assert d["image_id"][row] == a["image_id"] and d["meta"].item()["height"][row] == image["height"]
    k = np.array(a["keypoints"]).reshape(-1, 3)
    assert a["num_keypoints"] == int((k[:, 2] > 0).sum()) and len(k) == len(cats[a["category_id"]]["keypoints"])
    x, y, w, h = a["bbox"]
    assert 0 <= x and x + w <= image["width"] and 0 <= y and y + h <= image["height"] and abs(a["area"] - w * h) < 1e-9
    assert np.array_equal(d["bbox_xywh"][row], a["bbox"] + [1])
    whole = np.concatenate([np.array(a[key], dtype=float).reshape(n, 3) for key, n in sizes.items()])
    assert np.array_equal(whole[:, :2], d["keypoints2d"][row, :, :2])
    assert np.array_equal(whole[:, 2], d["keypoints2d"][row, :, 2] * 2)
    assert a["righthand_valid"] is False and sum(a["righthand_box"]) == 0 and a["face_valid"] is True
# What loadRes of pycocotools asks for.
assert type(dt) == list and set(r["image_id"] for r in dt) <= set(images)
assert all(set(["image_id", "category_id", "keypoints", "score"]) <= set(r) for r in dt)
print(json.dumps([d["keypoints2d"].shape, [r["score"] for r in dt], [len(r["face_kpts"]) for r in dt]]))`;
    const out = execFileSync(debianPython as string, ["-c", script, rows, truth, dt], { encoding: "utf8" });
    expect(JSON.parse(out)).toEqual([
      [3, 133, 3],
      [1, 1, 1],
      [204, 204, 204],
    ]);
  });
});
