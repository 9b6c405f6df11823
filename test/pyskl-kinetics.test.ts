import {
  type Folder,
  isFormatError,
  memoryFolder,
  NdArray,
  type Source,
  toHalf,
  type Value,
  writePickle,
} from "@somakit/core";
import { describe, expect, test } from "vitest";
import {
  cachedKpStore,
  decompressPose,
  fillKpCache,
  filterClips,
  type KineticsClip,
  type KpEntry,
  KpFiles,
  loadPose,
  memoryKpCache,
} from "../packages/formats/src/pyskl/kinetics/index.js";

const halves = (values: readonly number[], shape: readonly number[] = [values.length]): NdArray =>
  NdArray.from("float16", Uint16Array.from(values, toHalf), shape);
const ints = (values: readonly number[]): NdArray => NdArray.from("int16", Int16Array.from(values), [values.length]);
const mask = (values: readonly number[]): NdArray => NdArray.from("bool", Uint8Array.from(values), [values.length]);

/** Skeletons of one keypoint each: x is its place in the file, y is 0, and a score. */
const skeletons = (scores: readonly number[]): NdArray =>
  halves(
    scores.flatMap((score, index) => [index, 0, score]),
    [scores.length, 1, 3],
  );

function clip(frames: readonly number[], scores: readonly number[], more: Partial<KineticsClip> = {}): KineticsClip {
  return { frame_dir: "v", total_frames: 9, frame_inds: ints(frames), keypoint: skeletons(scores), ...more };
}

/** x of every person and frame. */
const xs = ({ keypoint }: { readonly keypoint: NdArray }): unknown => keypoint.slice(null, null, 0, 0).toList();

function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return isFormatError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return "nothing";
}

describe("decompressPose", () => {
  test("skeletons take the next free row of their frame, in the order of the file", () => {
    const pose = decompressPose(clip([1, 3, 3, 9], [0.1, 0.2, 0.3, 0.4]));
    expect(xs(pose)).toEqual([
      [0, 1, 3],
      [0, 2, 0],
    ]);
    expect(pose.total_frames).toBe(3);
    expect([pose.keypoint.shape, pose.keypoint_score.shape]).toEqual([
      [2, 3, 1, 2],
      [2, 3, 1],
    ]);
    expect([pose.keypoint.dtype, pose.keypoint_score.dtype]).toEqual(["float16", "float16"]);
    expect("num_person" in pose || "frame_inds" in pose).toBe(false);
  });

  test("without squeeze frame numbers count from 0, and all frames of the clip are there", () => {
    const pose = decompressPose(clip([0, 2, 8], [1, 1, 1]), { squeeze: false });
    expect(xs(pose)).toEqual([[0, 0, 1, 0, 0, 0, 0, 0, 2]]);
    expect(pose.total_frames).toBe(9);
    expect(errorOf(() => decompressPose(clip([1, 9], [1, 1]), { squeeze: false }))).toBe(
      "corrupt: v.frame_inds: frame 9 is outside 9 frames counted from 0; squeeze takes any numbers",
    );
    expect(errorOf(() => decompressPose(clip([-1, 3], [1, 1]), { squeeze: false }))).toMatch(/^corrupt/);
  });

  test("the best people stay, sorted in every frame; equal ones keep their order", () => {
    const pose = decompressPose(clip([1, 1, 1, 2, 2], [0.5, 0.75, 0.5, 0.1, 0.9]), { maxPerson: 2 });
    expect(xs(pose)).toEqual([
      [1, 4],
      [0, 3],
    ]);
    expect(pose.num_person).toBe(2);
    expect(pose.keypoint_score.get(0, 0, 0)).toBe(0.75);
  });

  test("scores that are one in float16 are equal", () => {
    const close = NdArray.from("float32", Float32Array.of(0, 0, 0.5, 1, 0, 0.50001, 2, 0, 0.4), [3, 1, 3]);
    expect(xs(decompressPose({ ...clip([1, 1, 1], []), keypoint: close }, { maxPerson: 2 }))).toEqual([[0], [1]]);
  });

  test("a score that is no number comes last", () => {
    expect(xs(decompressPose(clip([1, 1, 1], [Number.NaN, 0.1, 0.2]), { maxPerson: 2 }))).toEqual([[2], [1]]);
  });

  test("people are left alone in a clip where no frame has too many", () => {
    expect(xs(decompressPose(clip([1, 1], [0.1, 0.9]), { maxPerson: 2 }))).toEqual([[0], [1]]);
  });

  test("anno_inds chooses skeletons and stays", () => {
    const pose = decompressPose(clip([1, 1, 2, 3], [1, 1, 1, 1], { anno_inds: mask([0, 1, 0, 1]) }));
    expect(xs(pose)).toEqual([[1, 3]]);
    expect(pose.anno_inds?.size).toBe(4);
  });

  test("keypoints of any float type, byte order and layout become float16", () => {
    const bytes = new DataView(new ArrayBuffer(24));
    for (const [index, value] of [100.0625, 2049, 0.1].entries()) bytes.setFloat64(8 * index, value);
    const big = NdArray.fromBytes(">f8", [1, 1, 3], new Uint8Array(bytes.buffer));
    const pose = decompressPose({ ...clip([4], []), keypoint: big });
    expect([...pose.keypoint, ...pose.keypoint_score]).toEqual([100.0625, 2048, 0.0999755859375]);
    const turned = halves([0, 1, 2, 3, 4, 5], [3, 1, 2]).transpose();
    expect([...decompressPose({ ...clip([4, 5], []), keypoint: turned }).keypoint]).toEqual([0, 2, 1, 3]);
  });

  test("other members, their order and the input stay as they are", () => {
    const input = { label: 3, ...clip([1, 1], [1, 1]), note: "x" };
    const pose = decompressPose(input, { maxPerson: 1 });
    expect(Object.keys(pose)).toEqual([
      "label",
      "frame_dir",
      "total_frames",
      "keypoint",
      "note",
      "num_person",
      "keypoint_score",
    ]);
    expect(input.frame_inds?.size).toBe(2);
    expect(pose.note).toBe("x");
  });

  test.each<[string, () => KineticsClip, string]>([
    ["no skeleton", () => clip([], []), "corrupt: v.frame_inds: no skeleton to decompress"],
    ["none chosen", () => clip([1], [1], { anno_inds: mask([0]) }), "corrupt: v.frame_inds: no skeleton to decompress"],
    [
      "falling numbers",
      () => clip([3, 1], [1, 1]),
      "corrupt: v.frame_inds: frame numbers must not fall, 1 comes after 3",
    ],
    ["lengths", () => clip([1], [1, 1]), "mismatch: v.keypoint: frame_inds has 1 entries, keypoint has 2 skeletons"],
    [
      "two columns",
      () => clip([1], [], { keypoint: halves([1, 2], [1, 1, 2]) }),
      "mismatch: v.keypoint: shape (N, V, 3) expected, (1, 1, 2) found",
    ],
    [
      "integer keypoints",
      () => clip([1], [], { keypoint: NdArray.from("int16", Int16Array.of(1, 2, 3), [1, 1, 3]) }),
      "mismatch: v.keypoint: float array expected, int16 found",
    ],
    [
      "not loaded",
      () => clip([1], [], { keypoint: undefined }),
      "missing: v.keypoint: the keypoints have to be loaded",
    ],
    ["no numbers", () => clip([], [1], { frame_inds: undefined }), "missing: v.frame_inds: needed for each skeleton"],
    ["float numbers", () => clip([], [1], { frame_inds: halves([1]) }), "mismatch: v.frame_inds: integers expected"],
    [
      "mask",
      () => clip([1], [1], { anno_inds: mask([1, 1]) }),
      "mismatch: v.anno_inds: bool (1,) expected, bool (2,) found",
    ],
    [
      "mask of ints",
      () => clip([1], [1], { anno_inds: ints([0]) }),
      "mismatch: v.anno_inds: bool (1,) expected, int16",
    ],
    ["frames", () => clip([1], [1], { total_frames: 1.5 }), "mismatch: v.total_frames: a count expected"],
  ])("%s is refused with the place", (_, make, message) => {
    expect(errorOf(() => decompressPose(make()))).toContain(message);
  });

  test("a size that nobody means to have is refused before memory is given to it", () => {
    const huge = clip([0], [1], { total_frames: 2 ** 40 });
    expect(errorOf(() => decompressPose(huge, { squeeze: false }))).toMatch(/^limit/);
    // Half of the skeletons in one frame, the others in one each: only the people that stay count.
    const count = 20_000;
    const frames = Array.from({ length: count }, (_, index) => Math.max(0, index - count / 2));
    const crowd = decompressPose(clip(frames, new Array<number>(count).fill(0.5)));
    expect(crowd.keypoint.shape).toEqual([10, count / 2, 1, 2]);
  });

  test("maxPerson is a count", () => {
    expect(() => decompressPose(clip([1], [1]), { maxPerson: 0 })).toThrow(RangeError);
  });
});

describe("filterClips", () => {
  const scored = (scores: NdArray, more: Partial<KineticsClip> = {}): KineticsClip => ({
    frame_dir: "v",
    total_frames: 10,
    box_score: scores,
    frame_inds: ints(Array.from({ length: scores.size }, (_, index) => index)),
    valid: new Map([
      [0.5, 5],
      [0.7, 3],
    ]),
    ...more,
  });

  test("without a ratio all clips and skeletons stay, whatever the threshold", () => {
    const [kept] = filterClips([scored(halves([0.1]))], { boxThreshold: 0.9, validRatio: 0 });
    expect(Object.keys(kept ?? {})).toEqual(["frame_dir", "total_frames", "frame_inds"]);
  });

  test("a ratio keeps clips with at least that share of frames", () => {
    const clips = [scored(halves([0.6]))];
    expect(filterClips(clips, { boxThreshold: 0.5, validRatio: 0.5 })).toHaveLength(1);
    expect(filterClips(clips, { boxThreshold: 0.7, validRatio: 0.30001 })).toHaveLength(0);
  });

  test.each(["float16", "float32", "float64"] as const)(
    "%s scores are compared with the threshold in their type",
    (dtype) => {
      // What 0.7 is in each type: the float16 is above 0.7, the float32 below.
      const own = { float16: 0.7001953125, float32: Math.fround(0.7), float64: 0.7 }[dtype];
      const below = { float16: 0.69970703125, float32: 0.699999928474426, float64: 0.7 - 2 ** -53 }[dtype];
      const values = [own, below, 0.9, Number.NaN];
      const scores = {
        float16: () => halves(values),
        float32: () => NdArray.from("float32", Float32Array.from(values), [4]),
        float64: () => NdArray.from("float64", Float64Array.from(values), [4]),
      }[dtype]();
      const [kept] = filterClips([scored(scores)], { boxThreshold: 0.7, validRatio: 0.1 });
      expect([...(kept?.anno_inds ?? [])]).toEqual([true, false, true, false]);
    },
  );

  test.each<[string, Partial<KineticsClip>, string]>([
    ["no counts", { valid: undefined }, "missing: v.valid"],
    ["keys that are text", { valid: new Map([["0.5", 3]]) }, 'mismatch: v.valid: key 0.5 expected, found "0.5"'],
    [
      "counts as an object",
      { valid: { "0.5": 3 } as unknown as Map<number, number> },
      "mismatch: v.valid: keys 0.5, 0.6",
    ],
    ["a count that is none", { valid: new Map([[0.5, -1]]) }, "mismatch: v.valid: a count expected"],
    ["no frames", { total_frames: 0 }, "corrupt: v.total_frames: a video without frames"],
    ["no scores", { box_score: undefined }, "missing: v.box_score"],
    ["scores of others", { box_score: halves([1, 1]) }, "mismatch: v.box_score: 2 box scores for 1 skeletons"],
  ])("%s: refused with the place", (_, more, message) => {
    const clips = [scored(halves([0.6]), more)];
    expect(errorOf(() => filterClips(clips, { boxThreshold: 0.5, validRatio: 0.1 }))).toContain(message);
  });

  test("a ratio needs a threshold, and one that is counted", () => {
    expect(() => filterClips([], { validRatio: 0.2 })).toThrow(TypeError);
    expect(() => filterClips([], { validRatio: 0.2, boxThreshold: 0.55 as 0.5 })).toThrow("not 0.55");
  });
});

/** Files of pickled values, and how often each was opened and is open now. */
class Counted implements Folder {
  readonly name = "counted";
  readonly opened: Record<string, number> = {};
  open_ = 0;
  most = 0;
  readonly #folder: Folder;

  constructor(files: Readonly<Record<string, Value>>) {
    this.#folder = memoryFolder(new Map(Object.entries(files).map(([path, value]) => [path, writePickle(value)])));
  }

  list: Folder["list"] = (path) => this.#folder.list(path);

  async open(path: string): Promise<Source> {
    const { byteLength, name, read } = await this.#folder.open(path);
    this.opened[path] = (this.opened[path] ?? 0) + 1;
    this.most = Math.max(this.most, ++this.open_);
    return {
      byteLength,
      name,
      read,
      close: async () => {
        this.open_--;
      },
    };
  }
}

const entry = (x: number): Value => new Map<Value, Value>([["keypoint", halves([x, 0, 1], [1, 1, 3])]]);
const kpfile = (...names: readonly string[]): Value => new Map(names.map((name, index) => [name, entry(index)]));
const xOf = (found: KpEntry | undefined): unknown => found?.keypoint.get(0, 0, 0);

describe("KpFiles", () => {
  test("each kpfile is opened once, however many ask at once, and closed with the store", async () => {
    const folder = new Counted({ "data/a.pkl": kpfile("u", "v"), "data/b.pkl": kpfile("w") });
    const files = new KpFiles(folder);
    const found = await Promise.all(
      [
        { frame_dir: "v", raw_file: "data/a.pkl" },
        { frame_dir: "u", raw_file: "./data/x/../a.pkl" },
        { frame_dir: "w", raw_file: "data//b.pkl" },
        { frame_dir: "w", raw_file: "data/a.pkl" },
        { frame_dir: "w" },
      ].map((key) => files.get(key)),
    );
    expect(found.map(xOf)).toEqual([1, 0, 0, undefined, undefined]);
    expect(folder.opened).toEqual({ "data/a.pkl": 1, "data/b.pkl": 1 });
    await files.close();
    expect(folder.open_).toBe(0);
    expect(xOf(await files.get({ frame_dir: "v", raw_file: "data/a.pkl" }))).toBe(1);
    await files.close();
  });

  test("no more than maxOpen stay open, the least used goes first", async () => {
    const folder = new Counted({ "a.pkl": kpfile("v"), "b.pkl": kpfile("v"), "c.pkl": kpfile("v") });
    const files = new KpFiles(folder, { maxOpen: 2 });
    for (const path of ["a.pkl", "b.pkl", "a.pkl", "c.pkl", "a.pkl", "b.pkl"])
      await files.get({ frame_dir: "v", raw_file: path });
    expect(folder.opened).toEqual({ "a.pkl": 1, "b.pkl": 2, "c.pkl": 1 });
    expect([folder.open_, folder.most]).toEqual([2, 3]);
    await files.close();
    expect(folder.open_).toBe(0);
  });

  test.each(["../a.pkl", "/etc/passwd", "data/../../a.pkl", "data\\..\\a.pkl", "C:/a.pkl"])(
    "%s is refused",
    async (path) => {
      const files = new KpFiles(new Counted({ "a.pkl": kpfile("v") }));
      await expect(files.get({ frame_dir: "v", raw_file: path })).rejects.toMatchObject({ code: "refused", path });
    },
  );

  test("files of single clips, as dicts and as bare arrays, belong to whoever asks", async () => {
    const folder = new Counted({ "u.pkl": entry(7), "v.pkl": halves([8, 0, 1], [1, 1, 3]) });
    const files = new KpFiles(folder, { fileOf: ({ frame_dir }) => `${frame_dir}.pkl` });
    expect(xOf(await files.get({ frame_dir: "u" }))).toBe(7);
    expect(xOf(await files.get({ frame_dir: "v" }))).toBe(8);
    await files.close();
  });

  test("what is no kpfile is an error that names file and clip, and nothing stays open", async () => {
    const folder = new Counted({
      "list.pkl": [1],
      "text.pkl": "x",
      "odd.pkl": new Map<Value, Value>([
        ["v", 1],
        ["w", new Map<Value, Value>([["keypoint", 1]])],
        ["x", new Map()],
      ]),
    });
    const files = new KpFiles(folder);
    const fault = (path: string, name: string): Promise<string> =>
      files.get({ frame_dir: name, raw_file: path }).then(
        () => "nothing",
        (error: unknown) => (isFormatError(error) ? `${error.code} ${error.path}` : String(error)),
      );
    expect(await fault("list.pkl", "v")).toBe("mismatch list.pkl");
    expect(await fault("text.pkl", "v")).toBe("mismatch text.pkl");
    expect(await fault("none.pkl", "v")).toBe("missing none.pkl");
    expect(folder.open_).toBe(0);
    expect(await fault("odd.pkl", "v")).toMatch(/^mismatch odd\.pkl.*v/);
    expect(await fault("odd.pkl", "w")).toMatch(/^mismatch odd\.pkl.*w\.keypoint/);
    expect(await fault("odd.pkl", "x")).toMatch(/^missing odd\.pkl/);
    await files.close();
    expect(folder.open_).toBe(0);
  });

  test("who gives up does so at once, and does not spoil it for others", async () => {
    const folder = new Counted({ "a.pkl": kpfile("v") });
    const files = new KpFiles(folder);
    const controller = new AbortController();
    const key = { frame_dir: "v", raw_file: "a.pkl" };
    const given = files.get(key, { signal: controller.signal });
    const other = files.get(key);
    controller.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    expect(xOf(await other)).toBe(0);
    await files.close();
    expect(folder.open_).toBe(0);
  });

  test("entries of a folder come file by file, those below it too", async () => {
    const files = new KpFiles(new Counted({ "b/c.pkl": kpfile("w"), "a.pkl": kpfile("u", "v"), "notes.txt": "x" }));
    const names: string[] = [];
    for await (const [name] of files.allEntries()) names.push(name);
    expect(names).toEqual(["u", "v", "w"]);
    await files.close();
  });
});

describe("loadPose", () => {
  test("puts everything that was stored over a copy of the annotation", async () => {
    const cache = memoryKpCache();
    const stored = { keypoint: skeletons([1]), label: 4 };
    await cache.set("v", stored);
    const store = cachedKpStore(cache, new KpFiles(new Counted({})));
    const given = { frame_dir: "v", label: 3, total_frames: 9 };
    const loaded = await loadPose(given, store);
    expect(loaded).toMatchObject({ frame_dir: "v", label: 4, total_frames: 9 });
    expect(loaded.keypoint.shape).toEqual([1, 1, 3]);
    expect(Object.keys(given)).toEqual(["frame_dir", "label", "total_frames"]);
    await expect(loadPose({ frame_dir: "w" }, store)).rejects.toMatchObject({ code: "missing", path: "w" });
  });
});

describe("cachedKpStore", () => {
  test("a clip that is not cached brings the whole kpfile into the cache, once", async () => {
    const folder = new Counted({ "a.pkl": kpfile("u", "v") });
    const cache = memoryKpCache();
    const store = cachedKpStore(cache, new KpFiles(folder));
    const [first, second] = await Promise.all(
      ["u", "v"].map((name) => store.get({ frame_dir: name, raw_file: "a.pkl" })),
    );
    expect([first, second].map(xOf)).toEqual([0, 1]);
    expect(xOf(await cache.get("u"))).toBe(0);
    expect(xOf(await cache.get("v"))).toBe(1);
    expect(folder.opened).toEqual({ "a.pkl": 1 });
    expect(await store.get({ frame_dir: "none", raw_file: "a.pkl" })).toBeUndefined();
    await store.close?.();
    expect(folder.open_).toBe(0);
  });

  test("a cache without room does not keep a clip from being read", async () => {
    const store = cachedKpStore(memoryKpCache({ maxBytes: 1 }), new KpFiles(new Counted({ "a.pkl": kpfile("v") })));
    expect(xOf(await store.get({ frame_dir: "v", raw_file: "a.pkl" }))).toBe(0);
  });

  test("a kpfile that cannot be read is an error for everyone who waits, and is tried again", async () => {
    const store = cachedKpStore(memoryKpCache(), new KpFiles(new Counted({ "a.pkl": [] })));
    const get = (): Promise<unknown> => store.get({ frame_dir: "v", raw_file: "a.pkl" });
    const outcomes = await Promise.allSettled([get(), get()]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(get()).rejects.toMatchObject({ code: "mismatch" });
  });
});

describe("memoryKpCache", () => {
  test("lets go of what was asked for least recently", async () => {
    const cache = memoryKpCache({ maxBytes: 12 });
    const one = (x: number): KpEntry => ({ keypoint: halves([x, 0, 1], [1, 1, 3]) });
    for (const name of ["a", "b"]) await cache.set(name, one(1));
    await cache.get("a");
    await cache.set("c", one(3));
    const found = await Promise.all(["a", "b", "c"].map((name) => cache.get(name)));
    expect(found.map(xOf)).toEqual([1, undefined, 3]);
    // The same name again takes no more room.
    await cache.set("a", one(2));
    expect(await Promise.all(["a", "c"].map(async (name) => xOf(await cache.get(name))))).toEqual([2, 3]);
    expect(await cache.set("d", { keypoint: halves(new Array<number>(9).fill(0), [3, 1, 3]) })).toBe(false);
  });
});

describe("fillKpCache", () => {
  test("counts what it puts there, and says which clip does not stay", async () => {
    const files = new KpFiles(new Counted({ "a.pkl": kpfile("u", "v") }));
    expect(await fillKpCache(memoryKpCache(), files.allEntries())).toBe(2);
    await expect(fillKpCache(memoryKpCache({ maxBytes: 1 }), files.allEntries())).rejects.toMatchObject({
      code: "limit",
      path: "u",
    });
    const forgetful = { get: async () => undefined, set: async () => true };
    await expect(fillKpCache(forgetful, files.allEntries())).rejects.toMatchObject({ code: "limit", path: "u" });
    await files.close();
  });
});
