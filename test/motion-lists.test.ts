import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkFile, type MotionSource, openFile, openMotion } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import { afterAll, describe, expect, it } from "vitest";
import { type Converted, convertTo, fixture, layoutOf, lost, opened, seenIn } from "./support/motion.js";
import { debianPython } from "./support/python.js";

const CLIPS = "pyskl/coco2d_f16_p2_np1.pkl";
const FRAMES = "skelshop/unseg_body25.h5";
const MULTI = "humandata/multi.npz";

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parsed = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

async function faces(name = "faces_v2") {
  const path = new URL(`conformance/datagen/${name}`, import.meta.url).pathname;
  return openFile(await layoutOf("datagen"), await fileFolder(path));
}

/** Positions of a layer in each frame, person by person. */
async function positionsOf(source: MotionSource, key: string): Promise<number[][][]> {
  const frames: number[][][] = [];
  for await (const sequence of source.sequences())
    for await (const window of sequence.windows()) {
      const points = window.layers.get(key);
      for (let frame = 0; frame < window.frames; frame++)
        frames.push(
          Array.from({ length: window.people }, (_, place) => [...(points?.positions.slice(frame, place) ?? [])]),
        );
    }
  return frames;
}

const names = Array.from({ length: 3 }, (_, index) => `p${index}`);
const annotation = (id: number, image: number, more: object = {}) => ({
  id,
  image_id: image,
  category_id: 1,
  keypoints: [id, 1, 2, id, 2, 1, 0, 0, 0],
  num_keypoints: 2,
  ...more,
});
const image = (id: number, more: object = {}) => ({ id, width: 8, height: 6, file_name: `${id}.jpg`, ...more });
const document = (images: object[], annotations: object[], more: object = {}) =>
  json({ images, annotations, categories: [{ id: 1, name: "thing", keypoints: names }], ...more });

async function sequencesOf(bytes: Uint8Array) {
  const all: { info: object; ids: readonly number[] | undefined; frames: number[][] }[] = [];
  for await (const { info, ids, windows } of openMotion(await opened("coco", bytes)).sequences()) {
    const frames: number[][] = [];
    for await (const window of windows({ frames: 2 })) {
      const points = window.layers.get("keypoints");
      for (let frame = 0; frame < window.frames; frame++)
        frames.push(
          Array.from({ length: window.people }, (_, place) =>
            points?.present.get(frame, place) ? Number(points.positions.get(frame, place, 0, 0)) : 0,
          ),
        );
    }
    all.push({ info, ids, frames });
  }
  return all;
}

describe("images and annotations side by side", () => {
  it("are frames with the people who refer to them, whatever their order, and frames with nobody", async () => {
    const bytes = document([image(7), image(3), image(5)], [annotation(1, 5), annotation(2, 7), annotation(3, 5)]);
    expect(await sequencesOf(bytes)).toEqual([
      {
        info: { number: undefined, firstFrame: undefined, imageSize: [6, 8] },
        ids: undefined,
        frames: [[2], [0], [1, 3]],
      },
    ]);
  });

  it("are sequences by their videos, in the order of frame numbers, and people by their numbers", async () => {
    const videos = [
      { id: 1, name: "a", fps: 25 },
      { id: 2, name: "b" },
    ];
    const images = [
      image(1, { video_id: 2, frame_id: 9 }),
      image(2, { video_id: 1, frame_id: 3 }),
      image(3, { video_id: 1, frame_id: 1 }),
    ];
    const people = [
      annotation(1, 2, { track_id: 6 }),
      annotation(2, 3, { track_id: 6 }),
      annotation(3, 3, { track_id: 4 }),
      annotation(4, 1),
    ];
    const [a, b] = await sequencesOf(document(images, people, { videos }));
    expect(a).toMatchObject({
      info: { name: "a", fps: 25, firstFrame: 1 },
      ids: [4, 6],
      frames: [
        [3, 2],
        [0, 0],
        [0, 1],
      ],
    });
    expect(b).toMatchObject({ info: { name: "b", firstFrame: 9 }, ids: undefined, frames: [[4]] });
  });

  it("say how sure keypoints are by visibility, or by scores beside", async () => {
    const scores = [0.25, 0.75, 0];
    const file = await opened("coco", document([image(1), image(2)], [annotation(1, 1), annotation(2, 2, { scores })]));
    const seen = (await seenIn(file))[0]?.people.flat().map((text) => text.split(" | ")[1]);
    expect(seen).toEqual(["1 0.5 0", "0.25 0.75 0"]);
  });

  it.each([
    ["people of a frame that there is not", document([image(1)], [annotation(1, 2)]), "mismatch"],
    ["two frames with one number", document([image(1), image(1)], []), "mismatch"],
    ["numbers that are no triples", document([image(1)], [annotation(1, 1, { keypoints: [1, 2] })]), "mismatch"],
    ["keypoints that are no numbers", document([image(1)], [annotation(1, 1, { keypoints: [1, 2, "a"] })]), "mismatch"],
    [
      "people with other numbers of keypoints",
      document([image(1), image(2)], [annotation(1, 1), annotation(2, 2, { keypoints: [1, 1, 1] })]),
      "mismatch",
    ],
    [
      "people with other names of keypoints",
      document([image(1)], [annotation(1, 1), annotation(2, 1, { category_id: 2 })], {
        categories: [
          { id: 1, name: "a", keypoints: names },
          { id: 2, name: "b", keypoints: [...names].reverse() },
        ],
      }),
      "unsupported",
    ],
    [
      "frames too far apart",
      document([image(1, { frame_id: 0 }), image(2, { frame_id: 2 ** 40 })], [annotation(1, 1)]),
      "limit",
    ],
  ])("%s are refused", async (_, bytes, code) => {
    await expect(sequencesOf(bytes)).rejects.toMatchObject({ code });
  });

  it("references that lead nowhere are issues", async () => {
    const issues = await checkFile(await opened("coco", document([image(1)], [annotation(1, 2)])));
    expect(issues).toMatchObject([
      { path: "annotations[0].image_id", severity: "error", message: "no item of images has the id 2" },
    ]);
  });
});

describe("names of keypoints that a file lists", () => {
  const file = () => opened("coco", document([image(1)], [annotation(1, 1)]));

  it("are kept where the target lists names", async () => {
    const { bytes } = await convertTo(await file(), "coco");
    expect(parsed(bytes)).toEqual({
      images: [image(1)],
      annotations: [annotation(1, 1, { bbox: [1, 1, 0, 1], area: 0, iscrowd: 0 })],
      categories: [{ id: 1, name: "person", supercategory: "person", keypoints: names }],
    });
  });

  it("that no convention has stop where the target needs one, and go by name where one is asked for", async () => {
    await expect(convertTo(await file(), "humandata")).rejects.toMatchObject({ settledBy: "convention" });
    const listed = ["left_wrist", "nose", "p2"];
    const bytes = document([image(1)], [annotation(5, 1)], { categories: [{ id: 1, name: "a", keypoints: listed }] });
    const { report } = await convertTo(await opened("coco", bytes), "humandata", { convention: "coco" });
    expect(report.layers).toMatchObject([{ points: 17, convention: "coco" }]);
    expect(report.notes).toContainEqual(expect.objectContaining({ kind: "lost", count: 1 }));
  });

  it("are those of COCO as COCO spells them", async () => {
    const { bytes } = await convertTo(await fixture("pyskl", CLIPS), "coco");
    const [category] = parsed(bytes).categories;
    expect(category.keypoints.slice(11, 13)).toEqual(["left_hip", "right_hip"]);
    expect(category.skeleton).toContainEqual([16, 14]);
    const { report } = await convertTo(await opened("coco", bytes), "humandata");
    expect(report.layers).toMatchObject([{ from: "keypoints", convention: "coco", points: 17 }]);
  });
});

describe("round trips", () => {
  it("of clips through images and annotations give back the same numbers, names, sizes and places", async () => {
    const file = await fixture("pyskl", CLIPS);
    const through = await convertTo(file, "coco");
    const back = await convertTo(await opened("coco", through.bytes), "pyskl");
    const plainly = async (one: typeof file) =>
      (await seenIn(one)).map(({ info: { name, imageSize }, people }) => ({ name, imageSize, people }));
    expect(await plainly(await opened("pyskl", back.bytes))).toEqual(await plainly(file));
  });

  it.each([FRAMES, "skelshop/conv_zip_all.h5", "skelshop/conv_tar_body25.h5"])(
    "of %s through files of frames give back the same numbers",
    async (path) => {
      const file = await fixture("skelshop/unseg", path);
      const through = await convertTo(file, "openpose", { name: "video" });
      const back = await convertTo(await opened("openpose", through.bytes), "skelshop/unseg");
      const people = async (one: typeof file) => (await seenIn(one)).map((sequence) => sequence.people);
      const [before, after] = [await people(file), await people(await opened("skelshop/unseg", back.bytes))];
      expect(after).toEqual(before);
      expect(before.flat(2).length).toBeGreaterThan(3);
    },
  );

  it("of images with several people through rows that are shared out give back frames with nobody too", async () => {
    const file = await fixture("skelshop/unseg", FRAMES);
    const through = await convertTo(file, "humandata/multi");
    expect(lost(through.report)).not.toContain("frames with nobody");
    const multi = await opened("humandata/multi", through.bytes);
    const people = async (one: typeof file) => (await seenIn(one)).map((sequence) => sequence.people);
    expect(await people(multi)).toEqual(await people(file));
    const back = await convertTo(multi, "humandata/multi");
    expect(await people(await opened("humandata/multi", back.bytes))).toEqual(await people(file));
  });

  it("from each of these data sets to itself everything marked stays, whatever the size of windows", async () => {
    const coco = await convertTo(await fixture("pyskl", CLIPS), "coco");
    const openpose = await convertTo(await fixture("skelshop/unseg", FRAMES), "openpose");
    for (const [id, file] of [
      ["coco", await opened("coco", coco.bytes)],
      ["openpose", await opened("openpose", openpose.bytes)],
      ["humandata/multi", await fixture("humandata/multi", MULTI)],
    ] as const) {
      const written = await opened(id, (await convertTo(file, id)).bytes);
      const people = async (one: typeof file, frames?: number) =>
        (await seenIn(one, frames)).map((sequence) => sequence.people);
      expect(await people(written)).toEqual(await people(file));
      expect(await people(written, 2)).toEqual(await people(file));
    }
  });
});

describe("every pair with a data set of lists and folders", () => {
  const sources = {
    coco: async () => opened("coco", (await convertTo(await fixture("pyskl", CLIPS), "coco")).bytes),
    "coco/results": async () =>
      opened("coco/results", (await convertTo(await fixture("skelshop/unseg", FRAMES), "coco/results")).bytes),
    openpose: async () => fixture("openpose", "skelshop/openpose_frames.tar.gz"),
    "humandata/multi": async () =>
      opened("humandata/multi", (await convertTo(await fixture("skelshop/unseg", FRAMES), "humandata/multi")).bytes),
    datagen: () => faces(),
    "datagen/hic": async () =>
      openFile(
        await layoutOf("datagen/hic"),
        await fileFolder(new URL("conformance/datagen/hic", import.meta.url).pathname),
      ),
    pyskl: () => fixture("pyskl", CLIPS),
    "skelshop/unseg": () => fixture("skelshop/unseg", FRAMES),
    humandata: async () => opened("humandata", (await convertTo(await fixture("pyskl", CLIPS), "humandata")).bytes),
  };
  const targets = [
    "coco",
    "coco/results",
    "openpose",
    "humandata/multi",
    "humandata",
    "pyskl",
    "pyskl/clip",
    "skelshop/trackshots",
    "skelshop/unseg",
    "bodycompress",
    "datagen",
    "datagen/hic",
  ] as const;
  /** What stops a conversion that cannot be; all others are possible. */
  const IMPOSSIBLE: Readonly<Record<string, RegExp>> = {
    "coco → pyskl/clip": /holds one sequence, and there are 8/,
    "coco → skelshop/unseg": /holds one sequence, and there are 8/,
    "coco → bodycompress": /no place for/,
    "coco/results → bodycompress": /no place for/,
    "openpose → bodycompress": /no place for/,
    "humandata/multi → bodycompress": /no place for/,
    "datagen → pyskl": /no place for/,
    "datagen → pyskl/clip": /no place for/,
    "pyskl → pyskl/clip": /holds one sequence, and there are 8/,
    "pyskl → skelshop/unseg": /holds one sequence, and there are 8/,
    "pyskl → bodycompress": /no place for/,
    "skelshop/unseg → bodycompress": /no place for/,
    "humandata → pyskl/clip": /holds one sequence, and there are 7/,
    "humandata → skelshop/unseg": /holds one sequence, and there are 7/,
    "humandata → bodycompress": /no place for/,
  };
  for (const from of Object.keys(sources) as (keyof typeof sources)[]) {
    for (const to of targets) {
      const reason = to.startsWith("datagen") ? /no place for/ : IMPOSSIBLE[`${from} → ${to}`];
      it(`${from} → ${to} is ${reason ? "refused" : "written without issues, with everybody who is there"}`, async () => {
        const file = await sources[from]();
        // The face is what all frames have.
        const layers = from === "datagen" ? ["face"] : undefined;
        const options = { confidence: 1, imageSize: [480, 640] as const, layers };
        if (reason) {
          await expect(convertTo(file, to, options)).rejects.toThrow(reason);
          return;
        }
        const { bytes, report } = await convertTo(file, to, options);
        const written = await opened(to, bytes);
        expect((await checkFile(written)).filter(({ severity }) => severity === "error")).toEqual([]);
        const count = async (one: typeof file): Promise<number[]> => {
          const counts: number[] = [];
          for await (const sequence of openMotion(one).sequences())
            for await (const window of sequence.windows())
              for (let frame = 0; frame < window.frames; frame++) {
                const layers = [...window.layers.values()];
                const there = Array.from({ length: window.people }, (_, place) =>
                  layers.some(({ present }) => present.get(frame, place)),
                );
                if (there.includes(true)) counts.push(there.filter(Boolean).length);
              }
          return counts;
        };
        const before = await count(file);
        expect(await count(written)).toEqual(before);
        expect(before.length).toBeGreaterThan(0);
        expect(report.layers.length).toBeGreaterThan(0);
      });
    }
  }
});

describe("conversions that cannot be right say what would settle it", () => {
  it.each([
    ["images of unknown size", "humandata/multi", MULTI, "coco", {}, "imageSize"],
    [
      "a convention that the target may not have",
      "skelshop/unseg",
      FRAMES,
      "openpose",
      { convention: "coco" },
      "convention",
    ],
    ["keypoints without confidence", "bodycompress", "bodycompress/multi_person.xz", "coco", {}, undefined],
    [
      "a sequence that there is not",
      "openpose",
      "skelshop/openpose_frames.tar.gz",
      "humandata",
      { sequence: "x" },
      "sequence",
    ],
  ] as const)("%s", async (_, from, path, to, options, settledBy) => {
    await expect(convertTo(await fixture(from, path), to, options)).rejects.toMatchObject({
      name: "MotionError",
      settledBy,
    });
  });

  it("faces without the convention of their points are known by it, and others are not taken for theirs", async () => {
    await expect(convertTo(await faces(), "humandata", { sourceConvention: "coco" })).rejects.toMatchObject({
      settledBy: "sourceConvention",
    });
  });
});

describe("files of frames", () => {
  it("hold the people of several videos, each by its name and the number of the frame", async () => {
    const { bytes, report } = await convertTo(await fixture("pyskl", CLIPS), "openpose", { approximate: true });
    expect(report.layers).toMatchObject([{ to: "pose_keypoints_2d" }]);
    const all = await seenIn(await opened("openpose", bytes));
    const before = (await seenIn(await fixture("pyskl", CLIPS))).map(({ info, frames }) => [info.name, frames]);
    expect(all.map(({ info, frames }) => [info.name, frames])).toEqual(before);
  });

  it("have every list of OpenPose, empty where the convention has none of it", async () => {
    const { bytes } = await convertTo(await fixture("skelshop/unseg", FRAMES), "openpose", { name: "v" });
    const written = await opened("openpose", bytes);
    const value = (await layoutOf("openpose")) && (await seenIn(written));
    expect(value[0]?.info).toMatchObject({ name: "v", firstFrame: 0 });
    const folder = mkdtempSync(join(tmpdir(), "openpose-"));
    try {
      writeFileSync(join(folder, "v.tar.gz"), bytes);
      execFileSync("tar", ["xzf", join(folder, "v.tar.gz"), "-C", folder]);
      const text = execFileSync("sh", ["-c", "cat v_000000000003_keypoints.json"], { cwd: folder, encoding: "utf8" });
      const frame = JSON.parse(text);
      expect(Object.keys(frame)).toEqual(["version", "people"]);
      const [person] = frame.people;
      expect(person.pose_keypoints_2d).toHaveLength(75);
      for (const key of ["face_keypoints_2d", "hand_left_keypoints_2d", "hand_right_keypoints_2d", "pose_keypoints_3d"])
        expect(person[key]).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("rendered faces", () => {
  it("have columns as x and rows as y, the world in metres, and images with their sizes", async () => {
    const source = openMotion(await faces());
    const [image] = await positionsOf(source, "face.standard.2d");
    const [world] = await positionsOf(source, "face.standard.3d");
    // As the file has them: pixel_2d x 11.2802905 (row), y 10.3677006 (column).
    expect(image?.[0]?.slice(0, 2)).toEqual([10.3677006, 11.2802905]);
    expect(world?.[0]?.slice(0, 3)).toEqual([-0.068867, -0.006685, 0.1288]);
    const { bytes } = await convertTo(await faces(), "coco");
    expect(parsed(bytes).images).toEqual([
      { id: 1, width: 32, height: 24, file_name: "datapoint_00001/camera/visible_spectrum_01.png" },
      { id: 2, width: 40, height: 24, file_name: "datapoint_00002/Right-side camera/visible_spectrum_01.png" },
      { id: 3, width: 24, height: 32, file_name: "datapoint_00003/camera/infrared_spectrum.png" },
    ]);
  });

  it.each(["faces_v1", "faces_v1_early", "scenes"])("of the layout %s are read as well", async (name) => {
    const file = await faces(name);
    const [frame] = await positionsOf(openMotion(file), "face.standard.2d");
    expect(frame?.[0]).toHaveLength(2 * 68);
    const { report } = await convertTo(file, "humandata", { layers: ["face.standard"] });
    expect(report.layers.map(({ to, convention }) => [to, convention])).toEqual([
      ["keypoints3d", "ibug_68"],
      ["keypoints2d", "ibug_68"],
    ]);
  });

  it("whose cameras are not known are turned from z up to y down, and said to be in the world", async () => {
    const disk = await fileFolder(new URL("conformance/datagen/faces_v2", import.meta.url).pathname);
    const list: typeof disk.list = async (...args) =>
      (await disk.list(...args)).filter(({ name }) => name !== "camera_metadata.json");
    const unseen = await openFile(await layoutOf("datagen"), { name: "", list, open: disk.open });
    const { bytes, report } = await convertTo(unseen, "humandata", { layers: ["face.standard"] });
    const [[before = []] = []] = await positionsOf(openMotion(unseen), "face.standard.3d");
    const [[after = []] = []] = await positionsOf(openMotion(await opened("humandata", bytes)), "keypoints3d");
    const [x = 0, y = 0, z = 0] = before;
    expect(after.slice(0, 3)).toEqual([x, -z, y]);
    expect(report.notes).toContainEqual(
      expect.objectContaining({ kind: "approximated", what: expect.stringContaining("frame of the world") }),
    );
  });
});

describe("memory", () => {
  it("is that of a window: files of frames are opened when their window is asked for", async () => {
    const { bytes } = await convertTo(await fixture("skelshop/unseg", FRAMES), "openpose");
    const folder = mkdtempSync(join(tmpdir(), "frames-"));
    try {
      writeFileSync(join(folder, "f.tar.gz"), bytes);
      execFileSync("tar", ["xzf", "f.tar.gz"], { cwd: folder });
      rmSync(join(folder, "f.tar.gz"));
      const disk = await fileFolder(folder);
      let opens = 0;
      const counted = {
        name: disk.name,
        list: disk.list.bind(disk),
        open: (...args: Parameters<typeof disk.open>) => {
          opens++;
          return disk.open(...args);
        },
      };
      // Nobody has a number, so that no frame has to be looked at before.
      for await (const sequence of openMotion(await openFile(await layoutOf("openpose"), counted)).sequences()) {
        opens = 0;
        for await (const window of sequence.windows({ frames: 5 })) {
          expect(window.frames).toBe(5);
          break;
        }
        expect(opens).toBeGreaterThan(0);
        expect(opens).toBeLessThanOrEqual(2 * 5);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(debianPython === undefined)("what is written is read by Python", () => {
  const folder = mkdtempSync(join(tmpdir(), "motion-lists-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function python(converted: Converted, name: string, script: string): unknown {
    const path = join(folder, name);
    writeFileSync(path, converted.bytes);
    return JSON.parse(execFileSync(debianPython as string, ["-c", script, path], { encoding: "utf8" }));
  }

  it("annotations as the tools of COCO index them", async () => {
    const converted = await convertTo(await fixture("pyskl", CLIPS), "coco");
    const script = `
import sys, json, collections
d = json.load(open(sys.argv[1]))
images = {i["id"]: i for i in d["images"]}
cats = {c["id"]: c for c in d["categories"]}
by = collections.defaultdict(list)
for a in d["annotations"]:
    assert a["image_id"] in images and a["category_id"] in cats and a["iscrowd"] == 0
    k = a["keypoints"]
    assert len(k) == 3 * len(cats[a["category_id"]]["keypoints"])
    assert all(v in (0, 1, 2) for v in k[2::3]) and a["num_keypoints"] == sum(v > 0 for v in k[2::3])
    x, y, w, h = a["bbox"]
    assert w >= 0 and h >= 0 and abs(a["area"] - w * h) < 1e-9
    by[a["image_id"]].append(a)
assert len({a["id"] for a in d["annotations"]}) == len(d["annotations"])
print(json.dumps([len(images), len(d["annotations"]), len(by), sorted({len(v) for v in by.values()}), len(d["videos"])]))`;
    expect(python(converted, "a.json", script)).toEqual([37, 57, 33, [1, 2, 3, 4], 8]);
  });

  it("files of frames by json, in an archive", async () => {
    const converted = await convertTo(await fixture("skelshop/unseg", FRAMES), "openpose", { name: "v" });
    const script = `
import sys, json, tarfile, re
t = tarfile.open(sys.argv[1])
names = sorted(n for n in t.getnames() if n.endswith(".json"))
assert all(re.fullmatch(r"v_[0-9]{12}_keypoints\\.json", n) for n in names)
frames = [json.load(t.extractfile(n)) for n in names]
print(json.dumps([len(frames), sum(len(f["people"]) for f in frames), sorted({len(p["pose_keypoints_2d"]) for f in frames for p in f["people"]}), frames[0]["version"]]))`;
    expect(python(converted, "a.tar.gz", script)).toEqual([25, 24, [75], 1.3]);
  });

  it("rows that are shared out by numpy", async () => {
    const converted = await convertTo(await fixture("skelshop/unseg", FRAMES), "humandata/multi");
    const script = `
import sys, json, numpy as np
d = np.load(sys.argv[1], allow_pickle=True)
r = d["frame_range"]
assert r.dtype == np.int64 and (r[1:, 0] == r[:-1, 1]).all() and r[0, 0] == 0
print(json.dumps([list(r.shape), int(r[-1, 1]), int(d["__data_len__"]), int(d["__instance_num__"]), list(d["keypoints2d"].shape)]))`;
    expect(python(converted, "m.npz", script)).toEqual([[25, 2], 24, 25, 24, [24, 25, 3]]);
  });
});
