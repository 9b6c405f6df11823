import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Folder, type FormatError, MemorySink, memoryFolder, memorySource, type Source } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import { describe, expect, it } from "vitest";
import type { Mode } from "../packages/formats/src/skelshop/model.js";
import {
  type ConvertOpenPoseOptions,
  convertOpenPose,
  type OpenPoseReport,
} from "../packages/formats/src/skelshop/openpose/convert.js";
import { readCuts } from "../packages/formats/src/skelshop/openpose/cuts.js";
import { skeletonOf, skeletons } from "../packages/formats/src/skelshop/skeleton.js";
import { debianPython } from "./support/python.js";
import {
  attributesOf,
  described,
  expected,
  fixture,
  fixtureBytes,
  groupAt,
  posesOf,
  rootOf,
} from "./support/skelshop-traces.js";

async function converted(
  input: Folder | Source,
  options: Partial<ConvertOpenPoseOptions> = {},
): Promise<{ readonly bytes: Uint8Array; readonly report: OpenPoseReport }> {
  const sink = new MemorySink();
  const report = await convertOpenPose(sink, input, { mode: "BODY_25", ...options });
  return { bytes: sink.bytes(), report };
}

const source = (name: string): Source => memorySource(fixtureBytes(name));
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const frame = (base: string, number: number): string => `${base}_${String(number).padStart(12, "0")}_keypoints.json`;
/** Numbers of keypoints that say which list they are from. */
const list = (keypoints: number, x: number): number[] =>
  Array.from({ length: 3 * keypoints }, (_, i) => (i % 3 === 2 ? 1 : x + i));
const person = (parts: { readonly [part: string]: unknown } = {}): object => ({
  pose_keypoints_2d: list(25, 0),
  ...parts,
});
const frameOf = (...people: readonly object[]): Uint8Array => json({ version: 1.3, people });

const folderOf = (files: Readonly<Record<string, Uint8Array>>): Folder => memoryFolder(new Map(Object.entries(files)));

async function refusal(input: Folder | Source, options: Partial<ConvertOpenPoseOptions> = {}): Promise<string> {
  const sink = new MemorySink();
  const error = await convertOpenPose(sink, input, { mode: "BODY_25", ...options }).then(
    () => new Error("nothing was thrown"),
    (found: FormatError) => found,
  );
  expect(() => sink.bytes()).toThrow();
  return `${"code" in error ? error.code : error.name}: ${error.message}`;
}

/** The keypoints of pose 0 in frame 0, x of each. */
async function firstPose(bytes: Uint8Array, limbs: number): Promise<number[]> {
  const [row] = await posesOf(await groupAt(await rootOf(bytes), "timeline", "pose0"), limbs);
  return Array.from({ length: limbs }, (_, i) => (row as Float32Array)[3 * i] as number);
}

describe("converting what OpenPose wrote", () => {
  it.each([
    ["openpose_frames.zip", "conv_zip_all.h5", "BODY_25_ALL"],
    ["openpose_frames.tar.gz", "conv_tar_body25.h5", "BODY_25"],
  ])("of %s makes what SkelShop makes", async (name, made, mode) => {
    const { bytes, report } = await converted(source(name), { mode: mode as Mode, storage: { gzip: 0 } });
    const file = expected(made);
    const root = await rootOf(bytes);
    const attributes = Object.fromEntries(Object.entries(file.attrs).map(([key, { value }]) => [key, value]));
    expect(await attributesOf(root)).toEqual({
      ...attributes,
      op_ver: String(attributes["op_ver"]),
      skeldump_ver: "unseg=somakit",
    });
    const timeline = await groupAt(root, "timeline");
    expect(await attributesOf(timeline)).toEqual({ start_frame: 0, end_frame: report.frames });
    expect(timeline.keys).toEqual(file.timeline.poses.map((pose) => pose.name));
    for (const pose of file.timeline.poses) {
      const group = await groupAt(timeline, pose.name);
      for (const part of ["data", "indices", "indptr"] as const) {
        const { dtype, shape, sha256 } = pose[part];
        expect(await described(await group.child(part))).toEqual({ dtype, shape, sha256 });
      }
    }
    expect(report).toMatchObject({ frames: file.attrs["num_frames"]?.value, skipped: [], lostFrames: 0, shots: 1 });
  });

  it("finds frames in folders below", async () => {
    const folder = folderOf({ [`a/b/${frame("cam_1", 0)}`]: frameOf(person()), "a/notes.txt": json(1) });
    const { bytes, report } = await converted(folder);
    expect(report).toMatchObject({ origin: "folder", base: "a/b/cam_1", frames: 1, poses: 1, versions: ["1.3"] });
    expect(report.skipped).toEqual([{ path: "a/notes.txt", reason: "its name is not that of a frame" }]);
    expect((await attributesOf(await rootOf(bytes)))["video"]).toBe("cam_1.mp4");
  });

  it.each(skeletons.map(({ mode, variant }) => [mode, variant] as const))(
    "puts the parts of %s (%s) into its columns, those that are missing moved nothing",
    async (mode, variant) => {
      const { limbs, keypoints, parts } = skeletonOf(mode, variant);
      const isBody135 = mode === "BODY_135";
      const lists = {
        pose_keypoints_2d: list(isBody135 ? 135 : 25, 1000),
        hand_left_keypoints_2d: list(21, 2000),
        hand_right_keypoints_2d: list(21, 3000),
        face_keypoints_2d: list(70, 4000),
      };
      const firsts = { body: 1000, left_hand: 2000, right_hand: 3000, face: 4000 };
      const column = (without: string | undefined): number[] => {
        const x = Array<number>(limbs).fill(0);
        for (const { part, first, count, skipped } of parts)
          for (let i = 0; i < count && part !== without; i++) x[first + i] = firsts[part] + 3 * (i + skipped);
        return x;
      };
      expect(Math.max(...parts.map(({ first, count }) => first + count))).toBe(keypoints);
      const whole = await converted(folderOf({ [frame("v", 0)]: frameOf(lists) }), { mode, variant });
      expect(await firstPose(whole.bytes, limbs)).toEqual(column(undefined));
      const keys = { body: "pose", left_hand: "hand_left", right_hand: "hand_right", face: "face" } as const;
      for (const { part } of parts) {
        const key = `${keys[part]}_keypoints_2d`;
        for (const missing of [[], undefined]) {
          const { bytes, report } = await converted(
            folderOf({ [frame("v", 0)]: frameOf({ ...lists, [key]: missing }) }),
            {
              mode,
              variant,
            },
          );
          expect(await firstPose(bytes, limbs)).toEqual(column(part));
          expect(report.missing[part]).toBe(1);
        }
      }
    },
  );

  it("cuts shots where it is told, and numbers people by OpenPose's ids where they are there", async () => {
    const tracked = (...ids: readonly number[]): Uint8Array => frameOf(...ids.map((id) => person({ person_id: [id] })));
    const files = {
      [frame("v", 0)]: tracked(4, 2),
      [frame("v", 1)]: tracked(2),
      [frame("v", 2)]: tracked(),
      [frame("v", 3)]: tracked(7),
    };
    const { bytes, report } = await converted(folderOf(files), { cuts: [9, 2, 2, 0], ids: "person_id" });
    expect(report).toMatchObject({ shots: 2, framesWithoutPeople: 1, poses: 4 });
    const timeline = await groupAt(await rootOf(bytes), "timeline");
    const found = timeline.keys.map(async (name) => {
      const shot = await groupAt(timeline, name);
      return [name, ...Object.values(await attributesOf(shot)), ...shot.keys];
    });
    expect(await Promise.all(found)).toEqual([
      ["shot0", 0, 2, "pose4", "pose2"],
      ["shot1", 2, 4, "pose7"],
    ]);
    expect((await attributesOf(await rootOf(bytes)))["fmt_type"]).toBe("trackshots");
    expect(await refusal(folderOf({ [frame("v", 0)]: frameOf(person()) }), { ids: "person_id" })).toMatch(
      /mismatch: v_0{12}_keypoints.json: people\[0\]: it has no person_id/,
    );
    await expect(converted(folderOf(files), { cuts: [1], type: "unseg" })).rejects.toThrow("no cuts");
  });

  it("keeps frames without people at the end, and says how far it is", async () => {
    const files = { [frame("v", 0)]: frameOf(person()), [frame("v", 1)]: json({ version: 1.1, people: [] }) };
    const done: number[][] = [];
    const onProgress = (progress: { readonly done: number; readonly total: number }): void =>
      void done.push([progress.done, progress.total]);
    const { bytes, report } = await converted(folderOf(files), { onProgress });
    expect(report.versions).toEqual(["1.3", "1.1"]);
    expect((await attributesOf(await rootOf(bytes)))["op_ver"]).toBe("1.3;1.1");
    expect(await attributesOf(await groupAt(await rootOf(bytes), "timeline"))).toEqual({
      start_frame: 0,
      end_frame: 2,
    });
    expect(done).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it("takes one video of several when told which", async () => {
    const files = { [frame("a", 0)]: frameOf(), [frame("b", 0)]: frameOf(person()) };
    expect(await refusal(folderOf(files))).toMatch(/mismatch: .*frames of a and of b are together; choose one by base/);
    const { report } = await converted(folderOf(files), { base: "b" });
    expect(report).toMatchObject({ base: "b", poses: 1 });
    expect(report.skipped).toEqual([{ path: frame("a", 0), reason: "it belongs to another video" }]);
  });

  it("refuses what is no video, says where, and leaves no file", async () => {
    const one = (bytes: Uint8Array): Folder => folderOf({ [frame("v", 0)]: bytes });
    expect(await refusal(source("bad_openpose_missing_frame.zip"))).toBe(
      "corrupt: frame 1 is missing (frames must run from 0 without holes)",
    );
    expect(await refusal(folderOf({ [frame("v", 1)]: frameOf() }))).toMatch(/frame 0 is missing/);
    expect(await refusal(folderOf({ "a.json": frameOf() }))).toMatch(/^not-this-format: there are no frames/);
    expect(await refusal(memorySource(json({})))).toMatch(/neither a zip nor a tar archive|truncated/);
    expect(await refusal(one(new Uint8Array([0x7b])))).toMatch(/^corrupt: v_0+_keypoints.json: it is no JSON/);
    expect(await refusal(one(json([])))).toMatch(/no version/);
    expect(await refusal(one(json({ version: 1 })))).toMatch(/lists no people/);
    expect(await refusal(one(frameOf(3 as unknown as object)))).toMatch(/people\[0\]: a person is an object/);
    expect(await refusal(one(frameOf(person({ pose_keypoints_2d: [1, "2", 3] }))))).toMatch(/a list of numbers/);
    expect(await refusal(one(frameOf(person({ pose_keypoints_2d: list(18, 0) }))))).toMatch(
      /people\[0\].pose_keypoints_2d: 54 numbers, 75 expected in mode BODY_25/,
    );
  });
});

describe("cuts", () => {
  it("are read from lists of scenes and from lists of numbers", () => {
    expect(readCuts(readFileSync(fixture("scenes.csv"), "utf8"))).toEqual([100, 249]);
    expect(readCuts(readFileSync(fixture("ffprobe.scene.txt"), "utf8"))).toEqual(
      (JSON.parse(readFileSync(fixture("ffprobe.scene.txt.expected.json"), "utf8")) as { cuts: number[] }).cuts,
    );
    expect(readCuts("")).toEqual([]);
    expect(readCuts("7\r\n\r\n3\n7")).toEqual([3, 7]);
    expect(() => readCuts("1\ntwo", "cuts.txt")).toThrow('cuts.txt: line 2: "two" is no frame');
    expect(() => readCuts("a\nb,c\n1,x")).toThrow("line 3");
  });
});

describe.skipIf(!debianPython)("archives as Python makes them", () => {
  const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), "somakit-openpose-"));
    try {
      await work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const put = (folder: string, files: Readonly<Record<string, Uint8Array>>): void => {
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
  };
  const python = (folder: string, code: string): void =>
    void execFileSync(debianPython as string, ["-c", `import tarfile, bz2, glob, os\n${code}`], { cwd: folder });
  const frames = (count: number): Record<string, Uint8Array> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, number) => [
        frame("in/talk", number),
        frameOf(person({ pose_keypoints_2d: list(25, number) })),
      ]),
    );
  /** x of the first keypoint of pose 0 in each frame. */
  const xs = async (bytes: Uint8Array): Promise<number[]> =>
    (await posesOf(await groupAt(await rootOf(bytes), "timeline", "pose0"), 25)).map((row) => row[0] as number);

  it("are read whatever packs them, also where frames are not quite in order", async () => {
    await withFolder(async (folder) => {
      put(folder, frames(12));
      python(
        folder,
        `
names = sorted(glob.glob("in/*"))
names[2:8] = reversed(names[2:8])
for mode in ["", "gz", "bz2"]:
    with tarfile.open("t." + mode, "w:" + mode) as tar:
        for name in names: tar.add(name)
with tarfile.open("hole", "w") as tar:
    for name in names[:3] + names[4:]: tar.add(name)
`,
      );
      for (const name of ["t.", "t.gz", "t.bz2"]) {
        const { bytes, report } = await converted(memorySource(new Uint8Array(readFileSync(join(folder, name)))));
        expect(report).toMatchObject({ origin: "ordered-tar", base: "in/talk", frames: 12 });
        expect(await xs(bytes)).toEqual(Array.from({ length: 12 }, (_, number) => number));
      }
      const inFolder = await converted(await fileFolder(folder), { base: "in/talk" });
      expect(await xs(inFolder.bytes)).toHaveLength(12);
      expect(await refusal(memorySource(new Uint8Array(readFileSync(join(folder, "hole")))))).toMatch(
        /frame 6 is missing/,
      );
    });
  });

  it("of ten shards are read as far as they are whole", async () => {
    await withFolder(async (folder) => {
      put(folder, frames(34));
      python(
        folder,
        `
def outer(path, damage):
    with tarfile.open(path, "w") as tar:
        for base in ["x/talk", "x/other"]:
            for shard in range(10):
                inner = f"{base}_openpose_body_hand_{shard}.tar.bz2".replace("/", "-")
                with tarfile.open(inner, "w:bz2") as file:
                    for frame in reversed(range(shard, 34, 10)):
                        name = f"in/talk_{frame:012d}_keypoints.json"
                        file.add(name, f"whatever_{frame:012d}_keypoints.json")
                if base == "x/talk": damage(inner, shard)
                if os.path.exists(inner): tar.add(inner, f"{base}_openpose_body_hand_{shard}.tar.bz2")
def break_some(name, shard):
    if shard == 3: open(name, "r+b").truncate(20)
    if shard == 4: open(name, "wb").write(b"no archive")
    if shard == 5: os.remove(name)
    if shard == 6:
        with tarfile.open(name, "w:bz2") as file:
            for frame in [6, 16, 26]:
                open("bad", "w").write("{" if frame == 16 else open(f"in/talk_{frame:012d}_keypoints.json").read())
                file.add("bad", f"w_{frame:012d}_keypoints.json")
outer("whole.tar", lambda name, shard: None)
outer("broken.tar", break_some)
`,
      );
      const read = (name: string): Source => memorySource(new Uint8Array(readFileSync(join(folder, name))));
      expect(await refusal(read("whole.tar"))).toMatch(/several videos; choose one by base: x\/talk, x\/other/);
      expect(await refusal(read("whole.tar"), { base: "y" })).toMatch(/there is no y/);
      const whole = await converted(read("whole.tar"), { base: "x/talk" });
      expect(await xs(whole.bytes)).toEqual(Array.from({ length: 34 }, (_, number) => number));
      expect(whole.report).toMatchObject({ origin: "monolithic-tar", corruptShards: 0, lostFrames: 0 });
      expect(await attributesOf(await rootOf(whole.bytes))).toMatchObject({
        video: "talk.mp4",
        imported_from: "monolithic-tar",
        ...{ corrupt_frames: 0, corrupt_shards: 0, remaining_heaps: 0, end_fail: false },
      });
      const broken = await converted(read("broken.tar"), { base: "x/talk" });
      // Frames 3, 13, … of the shards 3 to 5, which are gone (the last one, 33, nobody knows of), and frame 16 of shard 6.
      expect(broken.report).toMatchObject({
        frames: 33,
        corruptShards: 3,
        lostFrames: 9,
        corruptFrames: 1,
        poses: 23,
      });
      const found = await xs(broken.bytes);
      expect(found).toHaveLength(33);
      for (const [number, x] of found.entries()) {
        const isLost = [3, 4, 5].includes(number % 10) || number === 16;
        expect([number, x]).toEqual([number, isLost ? 0 : number]);
      }
      expect(await refusal(read("broken.tar"), { base: "x/talk", mode: "BODY_135" })).toMatch(/^mismatch/);
    });
  });
});
