import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkFile, MemorySink, NdArray, writeWith } from "@somakit/core";
import { afterAll, describe, expect, it } from "vitest";
import { type Converted, convertTo, fixture, layoutOf, lost, opened, seenIn } from "./support/motion.js";
import { debianPython } from "./support/python.js";

const COCO = "pyskl/coco2d_f16_p2_np1.pkl";
const NTU = "pyskl/ntu3d_f16_p2_np1.pkl";
const SHOTS = "skelshop/track_body25_13shots.h5";
const FRAMES = "skelshop/unseg_body25.h5";
const BODIES = "bodycompress/multi_person.xz";

const SOURCES = [
  ["pyskl", COCO],
  ["pyskl", NTU],
  ["skelshop/trackshots", SHOTS],
  ["skelshop/unseg", FRAMES],
  ["bodycompress", BODIES],
] as const;
const TARGETS = [
  "humandata",
  "pyskl",
  "pyskl/list",
  "pyskl/clip",
  "skelshop/trackshots",
  "skelshop/unseg",
  "bodycompress",
] as const;

/** What stops a conversion that cannot be; all others are possible. */
const IMPOSSIBLE: Readonly<Record<string, RegExp>> = {
  [`${COCO} → pyskl/clip`]: /holds one sequence, and there are 8/,
  [`${COCO} → skelshop/unseg`]: /holds one sequence, and there are 8/,
  [`${COCO} → bodycompress`]: /no place for 17 keypoints in 2D in px/,
  [`${NTU} → pyskl/clip`]: /holds one sequence, and there are 5/,
  [`${NTU} → skelshop/trackshots`]: /no place for 25 keypoints in 3D in m/,
  [`${NTU} → skelshop/unseg`]: /no place for 25 keypoints in 3D in m/,
  [`${NTU} → bodycompress`]: /holds one sequence, and there are 5/,
  [`${SHOTS} → pyskl/clip`]: /holds one sequence, and there are 13/,
  [`${SHOTS} → skelshop/unseg`]: /holds one sequence, and there are 13/,
  [`${SHOTS} → bodycompress`]: /no place for 25 keypoints in 2D in px/,
  [`${FRAMES} → bodycompress`]: /no place for 25 keypoints in 2D in px/,
  [`${BODIES} → humandata`]: /nothing says in which convention the 8 keypoints/,
  [`${BODIES} → pyskl`]: /nothing says in which convention the 8 keypoints/,
  [`${BODIES} → pyskl/list`]: /nothing says in which convention the 8 keypoints/,
  [`${BODIES} → pyskl/clip`]: /nothing says in which convention the 8 keypoints/,
  [`${BODIES} → skelshop/trackshots`]: /no place for 50 vertices in 3D in mm, 8 keypoints/,
  [`${BODIES} → skelshop/unseg`]: /no place for 50 vertices in 3D in mm, 8 keypoints/,
};

describe("every ordered pair of data sets", () => {
  for (const [from, path] of SOURCES) {
    for (const to of TARGETS) {
      const reason = IMPOSSIBLE[`${path} → ${to}`];
      if (reason) {
        it(`${path} → ${to} is refused`, async () => {
          await expect(convertTo(await fixture(from, path), to, { confidence: 1 })).rejects.toThrow(reason);
        });
      } else {
        it(`${path} → ${to} is written without issues, with everybody who is there`, async () => {
          const file = await fixture(from, path);
          const { bytes, report } = await convertTo(file, to, { confidence: 1 });
          const written = await opened(to, bytes);
          const issues = await checkFile(written);
          expect(issues.filter(({ severity }) => severity === "error")).toEqual([]);
          const [before, after] = [await seenIn(file), await seenIn(written)];
          const count = (all: typeof before) => all.flatMap(({ people }) => people).flat().length;
          expect(count(after)).toBe(count(before));
          expect(report.frames).toBe(before.reduce((all, { frames }) => all + frames, 0));
          const empty = before.flatMap(({ people }) => people).filter((there) => there.length === 0).length;
          if (to === "humandata" && empty > 0) expect(lost(report)).toContain("frames with nobody");
        });
      }
    }
  }
});

describe("conversions that lose nothing of positions and confidences", () => {
  it.each([
    ["pyskl", NTU, "humandata"],
    ["pyskl", COCO, "humandata"],
    ["skelshop/unseg", FRAMES, "humandata"],
  ] as const)("%s %s → %s and back gives the same numbers", async (from, path, through) => {
    const file = await fixture(from, path);
    const { bytes } = await convertTo(file, through, { confidence: 1 });
    const back = await convertTo(await opened(through, bytes), from);
    const [before, after] = [await seenIn(file), await seenIn(await opened(from, back.bytes))];
    const people = (all: typeof before) => all.flatMap((one) => one.people.filter((there) => there.length > 0));
    const numbers = (text: string): string => (path === NTU ? (text.split(" | ")[0] as string) : text);
    expect(people(after).map((there) => there.map(numbers))).toEqual(people(before).map((there) => there.map(numbers)));
    expect(people(before).length).toBeGreaterThan(10);
  });

  it("from a data set to itself everything marked stays, whatever the size of windows", async () => {
    for (const [id, path] of SOURCES) {
      const file = await fixture(id, path);
      const { bytes } = await convertTo(file, id);
      const written = await opened(id, bytes);
      expect(await seenIn(written)).toEqual(await seenIn(file));
      expect((await seenIn(written, 2)).map(({ people }) => people)).toEqual(
        (await seenIn(file)).map(({ people }) => people),
      );
    }
  });

  it("names, frame numbers and people of clips come back through rows", async () => {
    const file = await fixture("pyskl", COCO);
    const { bytes } = await convertTo(file, "humandata");
    const names = async (one: typeof file) => (await seenIn(one)).map(({ info }) => info.name);
    const full = (await seenIn(file)).filter(({ people }) => people.some((there) => there.length > 0));
    expect(await names(await opened("humandata", bytes))).toEqual(full.map(({ info }) => info.name));
  });
});

describe("units and directions", () => {
  it("metres y up of a Kinect become metres y down of OpenCV", async () => {
    const file = await fixture("pyskl", NTU);
    const { bytes } = await convertTo(file, "humandata", { confidence: 1 });
    const [kinect, opencv] = [await seenIn(file), await seenIn(await opened("humandata", bytes))];
    const point = (all: typeof kinect) => all[0]?.people[0]?.[0]?.split(" ").slice(0, 3).map(Number) as number[];
    const [x = 0, y = 0, z = 0] = point(kinect);
    expect(z).not.toBe(0);
    expect(point(opencv)).toEqual([-x, -y, z]);
  });

  it("millimetres of meshes become metres, and back to the step that they are stored with", async () => {
    const joints = await bodies(5);
    const { bytes, report } = await convertTo(joints, "humandata", { sourceConvention: "coco", confidence: 0.5 });
    const humans = await opened("humandata", bytes);
    const [mm, m] = [await seenIn(joints), await seenIn(humans)];
    const first = (all: typeof mm) => Number(all[0]?.people[0]?.[0]?.split(" ")[0]);
    expect(first(mm)).toBe(1000);
    expect(first(m)).toBe(1);
    expect(report.notes).toContainEqual({ kind: "invented", what: "joints: a confidence of 0.5", count: 1 });
    const back = await convertTo(humans, "bodycompress");
    expect(first(await seenIn(await opened("bodycompress", back.bytes)))).toBe(1000);
    expect(lost(back.report)).toContain("vertices, which readers may expect and the input has not");
  });
});

/** A stream of frames with one person's 17 joints. */
async function bodies(frames: number) {
  const layout = await layoutOf("bodycompress");
  const sink = new MemorySink();
  const joints = new Float32Array(17 * 3).fill(1000);
  const records = Array.from({ length: frames }, () => ({ joints: NdArray.from("float32", joints, [1, 17, 3]) }));
  await writeWith(layout, sink, { frames: records }, { check: "loose" });
  return opened("bodycompress", sink.bytes());
}

describe("conversions that cannot be right", () => {
  it.each([
    ["without a convention", BODIES, "bodycompress", "humandata", {}, "sourceConvention"],
    ["without confidences", NTU, "pyskl", "humandata", {}, "confidence"],
    [
      "to a convention that the target may not have",
      SHOTS,
      "skelshop/trackshots",
      "pyskl",
      { convention: "smplx" },
      "convention",
    ],
    ["to a convention that there is not", COCO, "pyskl", "humandata", { convention: "nobody" }, "convention"],
    ["of several sequences to a file of one", COCO, "pyskl", "pyskl/clip", {}, "sequence"],
    ["of a sequence that there is not", COCO, "pyskl", "pyskl/clip", { sequence: "nobody" }, "sequence"],
  ] as const)("%s say what would settle it", async (_, path, from, to, options, settledBy) => {
    await expect(convertTo(await fixture(from, path), to, options)).rejects.toMatchObject({
      name: "MotionError",
      settledBy,
    });
  });

  it("one sequence of several is taken by position or by name", async () => {
    const file = await fixture("pyskl", COCO);
    const [first] = await seenIn(file);
    for (const sequence of [0, first?.info.name as string]) {
      const { bytes } = await convertTo(file, "pyskl/clip", { sequence });
      expect(await seenIn(await opened("pyskl/clip", bytes))).toEqual([
        { ...first, info: expect.objectContaining({ name: first?.info.name }) },
      ]);
    }
  });

  it("data sets without people who move are refused", async () => {
    await expect(convertTo(await fixture("pyskl", COCO), "skelshop/references")).rejects.toMatchObject({
      code: "unsupported",
    });
  });
});

describe("reports", () => {
  it("count what is lost, approximated and invented", async () => {
    const { report } = await convertTo(await fixture("skelshop/trackshots", SHOTS), "pyskl", { approximate: true });
    expect(report).toMatchObject({ sequences: 13, frames: 50 });
    expect(report.layers).toEqual([{ from: "keypoints", to: "keypoint", points: 18, convention: "pyskl_openpose" }]);
    const way = "(openpose_25 → pyskl_openpose)";
    expect(report.notes).toContainEqual({
      kind: "lost",
      what: `keypoints: keypoints that pyskl_openpose has not ${way}`,
      count: 7,
    });
    expect(lost(report)).toContain("numbers of people");
    expect(lost(report)).toContain("video");
    expect(lost(report)).not.toContain("mode");
    expect(report.notes).toContainEqual({ kind: "invented", what: "names of sequences", count: 13 });
  });
});

describe("values of records that no part of the target is made of", () => {
  it("are lost, counted frame by frame", async () => {
    const file = await fixture("bodycompress", "bodycompress/other_keys.xz");
    const { report } = await convertTo(file, "bodycompress", {});
    const { length } = (await seenIn(file))[0]?.people ?? [];
    expect(length).toBeGreaterThan(0);
    expect(report.notes).toContainEqual({ kind: "lost", what: "frames[].score", count: length });
  });
});

describe.skipIf(debianPython === undefined)("what is written is read by Python", () => {
  const folder = mkdtempSync(join(tmpdir(), "motion-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function python(converted: Converted, name: string, script: string): unknown {
    const path = join(folder, name);
    writeFileSync(path, converted.bytes);
    return JSON.parse(execFileSync(debianPython as string, ["-c", script, path], { encoding: "utf8" }));
  }

  it("rows by numpy", async () => {
    const file = await fixture("pyskl", COCO);
    const converted = await convertTo(file, "humandata");
    const script = `
import sys, json, numpy as np
d = np.load(sys.argv[1], allow_pickle=True)
k = d["keypoints2d"]
print(json.dumps([list(k.shape), str(k.dtype), int(d["__data_len__"]), str(d["keypoints2d_convention"]), len(set(d["video_path"])), float(k[..., :2].astype("f8").sum())]))`;
    const sum = (await seenIn(file))
      .flatMap(({ people }) => people.flat())
      .flatMap((text) => (text.split(" | ")[0] as string).split(" ").map(Number))
      .reduce((all, one) => all + one, 0);
    expect(python(converted, "a.npz", script)).toEqual([[57, 17, 3], "float16", 57, "pyskl_coco", 7, sum]);
  });

  it("clips by pickle", async () => {
    const converted = await convertTo(await fixture("skelshop/trackshots", SHOTS), "pyskl");
    const script = `
import sys, json, pickle
d = pickle.load(open(sys.argv[1], "rb"))
a = d["annotations"]
print(json.dumps([len(a), sorted(d), a[0]["frame_dir"], a[0]["total_frames"], list(a[0]["keypoint"].shape), list(a[0]["keypoint_score"].shape)]))`;
    expect(python(converted, "a.pkl", script)).toEqual([
      13,
      ["annotations", "split"],
      expect.stringMatching(/^sequence_/),
      expect.any(Number),
      [expect.any(Number), expect.any(Number), 18, 2],
      [expect.any(Number), expect.any(Number), 18],
    ]);
  });

  it("shots by h5py", async () => {
    const converted = await convertTo(await fixture("skelshop/unseg", FRAMES), "skelshop/trackshots");
    const script = `
import sys, json, h5py
f = h5py.File(sys.argv[1])
print(json.dumps([f.attrs["fmt_type"], f.attrs["mode"], int(f.attrs["limbs"]), sorted(f["timeline"]), int(f["timeline/shot0"].attrs["end_frame"] - f["timeline/shot0"].attrs["start_frame"]), sorted(f["timeline/shot0"])]))`;
    expect(python(converted, "a.h5", script)).toEqual([
      "trackshots",
      "BODY_25",
      25,
      ["shot0"],
      25,
      ["pose0", "pose1", "pose2"],
    ]);
  });
});
