import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Folder,
  type FormatError,
  MemorySink,
  memoryFolder,
  memoryJournalStore,
  NdArray,
  readPickle,
  type Threads,
} from "@somakit/core";
import { fileFolder, fileJournalStore, fileSink, nodeThreads } from "@somakit/core/node";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import {
  type BodyTrack,
  motionOf,
  ntuActionNames,
  ntuAnnotation,
  ntuDataset,
  ntuMissing,
  ntuSplits,
  parseClipName,
  readBodyTracks,
  uprightFrames,
  writeNtuDataset,
} from "../packages/formats/src/pyskl/ntu/index.js";
import { debianPython } from "./support/python.js";
import { type MadeBody, type MadeClip, randomNumbers, skeletonText } from "./support/skeleton-text.js";

const NTU = join(import.meta.dirname, "conformance/pyskl/ntu");
const SET60 = join(NTU, "set60/nturgb+d_skeletons");
const SET120 = join(NTU, "set120/nturgb+d_skeletons");
const NONE = join(NTU, "none/nturgb+d_skeletons");

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "somakit-ntu-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const NAME = "S001C001P001R001A001";

/** A body that stands where `x` says, 1.7 m high and as wide as `width` says, moved by `motion` from frame to frame. */
interface Standing {
  readonly id?: bigint;
  readonly start?: number;
  readonly frames: number;
  readonly x?: number;
  readonly width?: (frame: number) => number;
  readonly motion?: number;
  readonly zero?: (frame: number) => boolean;
}

function track({ id = 1n, start = 0, frames, x = 0, width, motion = 0, zero }: Standing): BodyTrack {
  const positions = Float32Array.from({ length: frames * 75 }, (_, at) => {
    const [frame, joint, axis] = [Math.floor(at / 75), Math.floor(at / 3) % 25, at % 3];
    if (zero?.(frame)) return 0;
    if (axis === 0) return x + (joint / 24 - 0.5) * (width?.(frame) ?? 0.5) + motion * (frame % 2);
    return axis === 1 ? (joint / 24) * 1.7 : 3;
  });
  return { bodyID: id, start, positions: NdArray.from("float32", positions, [frames, 25, 3]) };
}

const shapeOf = (tracks: readonly BodyTrack[]): readonly number[] | undefined =>
  ntuAnnotation(NAME, tracks)?.keypoint.shape;
/** Which body is seen in each frame of a person, by the place it stands at; 0 for nobody. */
const placesOf = (tracks: readonly BodyTrack[]): number[][] => {
  const keypoint = ntuAnnotation(NAME, tracks, { dtype: "float32" })?.keypoint as NdArray<"float32">;
  const middle = keypoint.slice(null, null, 12, 0).toList() as number[][];
  return middle.map((person) => person.map((x) => Math.round(x)));
};

describe("ntuAnnotation", () => {
  it("gives name, label, keypoints and length, in this order", () => {
    const annotation = ntuAnnotation("S002C003P004R001A060", [track({ frames: 3, x: 0.3 })]);
    expect(Object.entries(annotation ?? {})).toEqual([
      ["frame_dir", "S002C003P004R001A060"],
      ["label", 59],
      ["keypoint", expect.objectContaining({ dtype: "float16", shape: [1, 3, 25, 3] })],
      ["total_frames", 3],
    ]);
  });

  it("gives float32 where it is asked for", () => {
    const one = track({ frames: 2, x: 0.3 });
    expect(ntuAnnotation(NAME, [one], { dtype: "float32" })?.keypoint.toBytes()).toEqual(one.positions.toBytes());
  });

  it("is undefined for a clip without bodies, and throws for what is no name", () => {
    expect(ntuAnnotation(NAME, [])).toBeUndefined();
    expect(() => ntuAnnotation("walk", [track({ frames: 1 })])).toThrow(RangeError);
    expect(() => ntuAnnotation("S001C001P001R001A121", [track({ frames: 1 })])).toThrow(RangeError);
  });

  it("leaves a lone body as it is: short, wide, or all zeros", () => {
    expect(shapeOf([track({ frames: 1 })])).toEqual([1, 1, 25, 3]);
    expect(shapeOf([track({ frames: 20, width: () => 9 })])).toEqual([1, 20, 25, 3]);
    expect(shapeOf([track({ frames: 4, start: 7, zero: () => true })])).toEqual([1, 4, 25, 3]);
  });

  it("drops bodies of up to 11 frames when there are others", () => {
    expect(shapeOf([track({ frames: 20 }), track({ frames: 11, start: 3, x: 2 })])).toEqual([1, 20, 25, 3]);
    expect(shapeOf([track({ frames: 20 }), track({ frames: 12, start: 3, x: 2 })])).toEqual([2, 20, 25, 3]);
    expect(() => ntuAnnotation(NAME, [track({ frames: 11 }), track({ frames: 5 })])).toThrow(/no body is left/);
  });

  it("drops a body that is wide in 0.69754 of its frames", () => {
    const person = track({ frames: 100 });
    const wide = (frames: number): BodyTrack =>
      track({ frames: 100, x: 3, width: (frame) => (frame < frames ? 3 : 0.5) });
    expect(shapeOf([person, wide(69)])).toEqual([2, 100, 25, 3]);
    expect(shapeOf([person, wide(70)])).toEqual([1, 100, 25, 3]);
    expect(() => ntuAnnotation(NAME, [wide(100), wide(100)])).toThrow(/no body is left/);
  });

  it("counts a width of exactly 0.8 heights as upright only where float64 says so", () => {
    // 0.8 is a bit more as float32 than as float64: by float32, this frame would be upright.
    const height = Math.fround(1);
    const width = Math.fround(0.8);
    const frame = Float32Array.from({ length: 75 }, (_, at) => (at === 3 ? width : at === 4 ? height : 0));
    const positions = NdArray.from("float32", frame, [1, 25, 3]);
    expect(width > 0.8 * height && width <= Math.fround(0.8) * height).toBe(true);
    expect(uprightFrames({ positions })).toEqual([]);
  });

  it("puts the body that moves most first", () => {
    const [calm, lively] = [track({ frames: 12, x: 1, motion: 0.1 }), track({ frames: 12, x: 2, motion: 0.4 })];
    expect(motionOf(lively)).toBeGreaterThan(motionOf(calm));
    expect(placesOf([calm, lively]).map((person) => person[0])).toEqual([2, 1]);
    expect(placesOf([calm, { ...calm, bodyID: 2n }])).toHaveLength(2);
  });

  it("takes the motion of upright frames when that is less", () => {
    const sprawling = track({ frames: 16, x: 1, width: (frame) => (frame < 8 ? 6 : 0.5) });
    const person = track({ frames: 16, x: 2, motion: 0.5 });
    expect(motionOf(sprawling)).toBeGreaterThan(motionOf(person));
    expect(placesOf([sprawling, person]).map((p) => p[8])).toEqual([2, 1]);
  });

  it("continues a person where one body ends and another begins, by hulls", () => {
    const [first, second, third] = [
      track({ frames: 12, x: 1, motion: 0.9 }),
      track({ frames: 12, start: 12, x: 2, motion: 0.6 }),
      track({ frames: 12, start: 30, x: 3, motion: 0.3 }),
    ];
    const [person0, person1] = placesOf([first, second, third]);
    expect([person0?.[0], person0?.[12], person0?.[25], person0?.[30]]).toEqual([1, 2, 0, 3]);
    expect(new Set(person1)).toEqual(new Set([0]));
  });

  it("takes frame 0 for the start of person 1, and drops who is before their first body", () => {
    const most = track({ frames: 40, x: 1, motion: 0.9 });
    const late = track({ frames: 12, start: 25, x: 2, motion: 0.6 });
    const early = track({ frames: 12, start: 0, x: 3, motion: 0.3 });
    const [, person1] = placesOf([most, late, early]);
    expect([person1?.[0], person1?.[31]]).toEqual([0, 2]);
  });

  it("drops frames without anybody at both ends, not between", () => {
    const one = track({ frames: 20, x: 1, motion: 0.4, zero: (frame) => frame < 3 || frame === 9 || frame > 17 });
    const other = track({ frames: 15, x: 2, start: 3, zero: (frame) => frame === 6 || frame > 12 });
    const places = placesOf([one, other]);
    expect(places.map((person) => person.length)).toEqual([15, 15]);
    expect([places[0]?.[6], places[1]?.[6]]).toEqual([0, 0]);
  });

  it("says when all positions of people are zero", () => {
    // Zero extents are upright: 0 <= 0.8 * 0.
    const nobody = { zero: () => true, frames: 12 };
    expect(() => ntuAnnotation(NAME, [track(nobody), track(nobody)])).toThrow(
      expect.objectContaining({ code: "missing", message: "all positions of all persons are zero" }),
    );
  });

  it("exchanges the persons when person 0 is not there at the start", () => {
    const late = track({ frames: 16, start: 3, x: 1, motion: 0.5 });
    const early = track({ frames: 16, x: 2 });
    expect(placesOf([late, early]).map((person) => person[0])).toEqual([2, 0]);
  });
});

describe("beside upstream's algorithm in Python", () => {
  const script = join(import.meta.dirname, "bench/python/ntu.py");
  const upstream = (folder: string): readonly Outcome[] => {
    const job = JSON.stringify({ operation: "ntu-clips", file: folder });
    const output = execFileSync(debianPython as string, ["-W", "ignore", script, job], { encoding: "utf8" });
    return output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Outcome);
  };
  interface Outcome {
    readonly name: string;
    readonly shape?: readonly number[] | null;
    readonly sha256?: string;
    readonly error?: string;
  }

  async function ours(folder: string, name: string): Promise<Outcome> {
    try {
      const bodies = await readBodyTracks(readFileSync(join(folder, name)));
      const made = ntuAnnotation(name.replace(".skeleton", ""), bodies);
      if (!made) return { name, shape: null };
      return {
        name,
        shape: made.keypoint.shape,
        sha256: createHash("sha256").update(made.keypoint.toBytes()).digest("hex"),
      };
    } catch (error) {
      return { name, error: (error as FormatError).code };
    }
  }

  function randomBody(random: () => number, id: number, frames: number): MadeBody {
    const start = Math.floor(random() * 8);
    const stop = start + 5 + Math.floor(random() * 20);
    const [narrow, wide, often] = [0.6 + random(), 1.5 + 2 * random(), random() * 1.2];
    const phase = random() * 7;
    return {
      id: 2n ** 56n + BigInt(id),
      frames: Array.from({ length: frames }, (_, frame) => frame).filter(
        (f) => f >= start && f < stop && random() > 0.1,
      ),
      width: (frame) => (Math.sin(frame * 1.3 + phase) / 2 + 0.5 > often ? wide : narrow),
      motion: random() * 0.4,
    };
  }

  function randomClip(random: () => number, index: number): MadeClip {
    const frames = 30;
    const count = index % 10 === 0 ? 0 : 1 + Math.floor(random() * 5);
    const bodies = Array.from({ length: count }, (_, id) => randomBody(random, id, frames));
    const oddness = ["", "nan", "0", "1e-9", "70000", "1e39"][index % 6] as string;
    if (oddness === "") return { frames, bodies };
    return { frames, bodies, odd: (r) => (r() < (index % 12 < 6 ? 0.0005 : 0.01) ? oddness : undefined) };
  }

  test.runIf(debianPython)("is the same to the last bit for hundreds of odd clips", { timeout: 120_000 }, async () => {
    const random = randomNumbers(60);
    for (let index = 0; index < 240; index++) {
      const digits = `${index}`.padStart(3, "0");
      writeFileSync(
        join(scratch, `S001C001P${digits}R001A001.skeleton`),
        skeletonText(randomClip(random, index), random),
      );
    }
    const expected = upstream(scratch);
    const found = await Promise.all(expected.map(({ name }) => ours(scratch, name)));
    const comparable = expected.map((one) => (one.error === undefined ? one : { ...one, error: "missing" }));
    expect(found).toEqual(comparable);
    // The clips are of all kinds.
    const kinds = (one: Outcome): string => one.error ?? (one.shape ? `${one.shape[0]}` : "none");
    for (const kind of ["AssertionError", "none", "1", "2"])
      expect(expected.filter((one) => kinds(one) === kind).length).toBeGreaterThan(5);
  });
});

describe("names and splits", () => {
  it("reads the parts of a name", () => {
    expect(parseClipName("S032C003P106R002A120")).toEqual({
      name: "S032C003P106R002A120",
      setup: 32,
      camera: 3,
      performer: 106,
      replication: 2,
      action: 120,
    });
  });

  test.each([
    "",
    "S1C1P1R1A1",
    "S001C001P001R001A000",
    "S001C001P001R001A121",
    "S001C001P001R001A001.skeleton",
    "s001C001P001R001A001",
  ])("%j is no name", (name) => expect(parseClipName(name)).toBeUndefined());

  it("splits by performer, and by camera or setup", () => {
    const names = ["S001C001P001R001A001", "S002C002P003R001A001", "S003C003P103R001A001"];
    const [a, b, c] = names;
    expect(ntuSplits(names, "ntu60")).toEqual({
      xsub_train: [a, c],
      xsub_val: [b],
      xview_train: [b, c],
      xview_val: [a],
    });
    expect(ntuSplits(names, "ntu120")).toEqual({
      xsub_train: [a, c],
      xsub_val: [b],
      xset_train: [b],
      xset_val: [a, c],
    });
    expect(() => ntuSplits(["walk"], "ntu60")).toThrow(RangeError);
  });

  it("knows the clips that are missing, and names of actions", () => {
    expect(ntuMissing.size).toBe(535);
    const names = [...ntuMissing].map(parseClipName);
    expect(names.every((clip) => clip !== undefined)).toBe(true);
    expect(names.filter((clip) => (clip?.action ?? 0) <= 60)).toHaveLength(302);
    expect([ntuActionNames.length, ntuActionNames[42]]).toEqual([120, "falling"]);
  });
});

describe("ntuDataset", () => {
  it("leaves out clips without anybody, listed ones and other files, and says so", async () => {
    const { dataset, skipped } = await ntuDataset(await fileFolder(NONE), { dataset: "ntu60" });
    expect(dataset.annotations.map(({ frame_dir }) => frame_dir)).toEqual(["S001C001P001R001A003"]);
    expect(dataset.split).toEqual({
      xsub_train: ["S001C001P001R001A003"],
      xsub_val: [],
      xview_train: [],
      xview_val: ["S001C001P001R001A003"],
    });
    expect(skipped).toEqual([{ file: "S001C002P002R001A004.skeleton", reason: "no-body" }]);

    const bytes = readFileSync(join(SET60, "S002C003P002R001A023.skeleton"));
    const files = [
      "readme.txt",
      "S001C002P005R002A008.skeleton",
      "S002C003P002R001A023.skeleton",
      "S001C001P001R001A061.skeleton",
      "a/S001C001P001R001A001.skeleton",
    ];
    const folder = memoryFolder(new Map(files.map((name) => [name, bytes])));
    const made = await ntuDataset(folder, { dataset: "ntu60" });
    expect(made.dataset.annotations.map(({ label }) => label)).toEqual([22]);
    expect(made.skipped).toEqual([
      { file: "S001C002P005R002A008.skeleton", reason: "missing-list" },
      { file: "a", reason: "not-a-clip" },
      { file: "readme.txt", reason: "not-a-clip" },
    ]);
    const all = await ntuDataset(folder, { dataset: "ntu120", missing: new Set() });
    expect(all.dataset.annotations.map(({ label }) => label)).toEqual([60, 7, 22]);
  });

  it("throws for the first clip that cannot be used, or leaves such clips out", async () => {
    const folder = await fileFolder(join(NTU, "bad"));
    await expect(ntuDataset(folder, { dataset: "ntu60" })).rejects.toMatchObject({
      name: "FormatError",
      path: "S001C001P001R001A011.skeleton",
    });
    const { dataset, skipped } = await ntuDataset(folder, { dataset: "ntu60", failures: "skip" });
    expect(dataset.annotations).toEqual([]);
    const failed = skipped.filter(({ reason }) => reason === "failed");
    expect(failed.map(({ error }) => error?.code)).toEqual([
      "truncated",
      "corrupt",
      "corrupt",
      "corrupt",
      "missing",
      "missing",
    ]);
    expect(failed.every(({ error, file }) => error?.path === file)).toBe(true);
  });

  it("counts clips, and stops at its signal", async () => {
    const seen: [number, number][] = [];
    const stop = new AbortController();
    const onProgress = ({ done, total }: { readonly done: number; readonly total: number }): void => {
      seen.push([done, total]);
      if (done === 3) stop.abort(new Error("enough"));
    };
    const folder = await fileFolder(SET60);
    await expect(ntuDataset(folder, { dataset: "ntu60", onProgress, signal: stop.signal })).rejects.toThrow("enough");
    expect(seen.slice(0, 4)).toEqual([0, 1, 2, 3].map((done) => [done, 12]));
    expect(seen.length).toBeLessThan(10);
  });

  it("holds few files open at once, and closes all", async () => {
    const folder = await fileFolder(SET60);
    let [open, most] = [0, 0];
    const counted: Folder = {
      ...folder,
      async open(path, options) {
        const source = await folder.open(path, options);
        most = Math.max(most, ++open);
        return {
          ...source,
          close: async () => {
            open--;
            await source.close?.();
          },
        };
      },
    };
    await ntuDataset(counted, { dataset: "ntu60" });
    expect(open).toBe(0);
    expect(most).toBeLessThanOrEqual(2);
  });
});

describe("writeNtuDataset", () => {
  const read = (bytes: Uint8Array): ReadonlyMap<string, unknown> => readPickle(bytes) as ReadonlyMap<string, unknown>;

  test.each([
    ["ntu60" as const, SET60, join(NTU, "set60/ntu60_3danno.pkl")],
    ["ntu60" as const, SET120, join(NTU, "set120/ntu60_3danno.pkl")],
    ["ntu120" as const, SET120, join(NTU, "set120/ntu120_3danno.pkl")],
  ])("%s of %s holds what upstream writes", async (dataset, folder, file) => {
    const sink = new MemorySink();
    await writeNtuDataset(sink, await fileFolder(folder), { dataset });
    const bytes = sink.bytes();
    expect([...bytes.subarray(0, 2)]).toEqual([0x80, 2]);
    const plainOf = (map: ReadonlyMap<string, unknown>): unknown => ({
      keys: [...map.keys()],
      split: map.get("split"),
      annotations: (map.get("annotations") as ReadonlyMap<string, unknown>[]).map((one) =>
        [...one].map(([key, value]) => [
          key,
          value instanceof NdArray ? [value.dtype, value.shape, value.toBytes()] : value,
        ]),
      ),
    });
    expect(plainOf(read(bytes))).toEqual(plainOf(read(readFileSync(file))));
  });

  it("writes the same with a journal, and resumes from it", async () => {
    const folder = await fileFolder(SET60);
    const plain = new MemorySink();
    await writeNtuDataset(plain, folder, { dataset: "ntu60" });

    const path = join(scratch, "ntu60.journal");
    const first = await fileJournalStore(path);
    const stop = new AbortController();
    const interrupted = writeNtuDataset(await fileSink(join(scratch, "ntu60.pkl")), folder, {
      dataset: "ntu60",
      journal: first,
      signal: stop.signal,
      onProgress: ({ done }) => done === 5 && stop.abort(new Error("the power is off")),
    });
    await expect(interrupted).rejects.toThrow("the power is off");
    await first.close();
    expect(readdirSync(scratch)).toEqual(["ntu60.journal"]);
    // The crash left half an entry behind.
    const kept = statSync(path).size;
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from("half an entry")]));

    const opened: string[] = [];
    const reads: string[] = [];
    const watched: Folder = {
      ...folder,
      async open(file, options) {
        opened.push(file);
        const source = await folder.open(file, options);
        return {
          ...source,
          async readInto(...args) {
            reads.push(file);
            await source.readInto?.(...args);
          },
        };
      },
    };
    const second = await fileJournalStore(path);
    const sink = await fileSink(join(scratch, "ntu60.pkl"));
    expect(await writeNtuDataset(sink, watched, { dataset: "ntu60", journal: second })).toEqual([]);
    expect(opened).toHaveLength(12);
    expect(reads.length).toBeGreaterThanOrEqual(5);
    expect(reads.length).toBeLessThanOrEqual(7);
    expect(statSync(path).size).toBeGreaterThan(kept);
    expect(readFileSync(join(scratch, "ntu60.pkl")).equals(plain.bytes())).toBe(true);
    await second.remove();
    expect(readdirSync(scratch)).toEqual(["ntu60.pkl"]);
  });

  it("does a clip anew when its file has another size", async () => {
    const journal = memoryJournalStore();
    const bytes = readFileSync(join(SET60, "S002C003P002R001A023.skeleton"));
    const other = readFileSync(join(SET60, "S001C001P001R001A001.skeleton"));
    const of = (content: Uint8Array): Folder => memoryFolder(new Map([[`${NAME}.skeleton`, content]]));
    const frames = async (folder: Folder): Promise<number | undefined> =>
      (await ntuDataset(folder, { dataset: "ntu60", journal })).dataset.annotations[0]?.total_frames;
    expect(await frames(of(bytes))).toBe(8);
    const { byteLength } = journal;
    expect(await frames(of(bytes))).toBe(8);
    expect(journal.byteLength).toBe(byteLength);
    expect(await frames(of(other))).toBe(14);
    expect(journal.byteLength).toBeGreaterThan(byteLength);
    expect(await frames(of(other))).toBe(14);
  });

  it("remembers clips without anybody, and serves both data sets", async () => {
    const journal = memoryJournalStore();
    const folder = await fileFolder(NONE);
    await ntuDataset(folder, { dataset: "ntu60", journal });
    const { byteLength } = journal;
    const { skipped } = await ntuDataset(folder, { dataset: "ntu120", journal });
    expect(skipped).toEqual([{ file: "S001C002P002R001A004.skeleton", reason: "no-body" }]);
    expect(journal.byteLength).toBe(byteLength);
  });

  it("refuses a file that is no journal, and leaves it alone", async () => {
    const path = join(scratch, "thesis.txt");
    writeFileSync(path, "years of work");
    const journal = await fileJournalStore(path);
    const sink = await fileSink(join(scratch, "ntu60.pkl"));
    await expect(writeNtuDataset(sink, await fileFolder(NONE), { dataset: "ntu60", journal })).rejects.toMatchObject({
      code: "not-this-format",
    });
    await journal.close();
    expect(readFileSync(path, "utf8")).toBe("years of work");
    expect(readdirSync(scratch)).toEqual(["thesis.txt"]);
  });
});

describe("on threads", () => {
  // Threads load compiled modules.
  const compiled = import("../packages/formats/dist/pyskl/ntu/index.js");
  let threads: Threads;
  beforeEach(() => {
    threads = nodeThreads({ count: 2 });
  });
  afterEach(() => threads.close());

  it("the result is the same", async () => {
    const folder = await fileFolder(SET60);
    const { ntuDataset: onThreads } = await compiled;
    const alone = await ntuDataset(folder, { dataset: "ntu60" });
    const spread = await onThreads(folder, { dataset: "ntu60", threads });
    const plainOf = ({ dataset }: typeof alone): unknown =>
      dataset.annotations.map(({ keypoint, ...rest }) => ({
        ...rest,
        shape: keypoint.shape,
        bytes: keypoint.toBytes(),
      }));
    expect(plainOf(spread)).toEqual(plainOf(alone));
    expect(spread.dataset.split).toEqual(alone.dataset.split);
  });

  it("memory of the caller's is not taken away", async () => {
    const bytes = new Uint8Array(readFileSync(join(SET60, `${NAME}.skeleton`)));
    const { length } = bytes;
    const { ntuDataset: onThreads } = await compiled;
    const folder = memoryFolder(new Map([[`${NAME}.skeleton`, bytes]]));
    expect((await onThreads(folder, { dataset: "ntu60", threads })).dataset.annotations).toHaveLength(1);
    expect(bytes.length).toBe(length);
  });

  it("errors are those of the caller's own thread", async () => {
    const folder = await fileFolder(join(NTU, "bad"));
    const { ntuDataset: onThreads } = await compiled;
    const options = { dataset: "ntu60", failures: "skip" } as const;
    const [alone, spread] = [await ntuDataset(folder, options), await onThreads(folder, { ...options, threads })];
    const texts = ({ skipped }: typeof alone): unknown =>
      skipped.map(({ file, error }) => [file, error?.code, error?.message, error?.offset]);
    expect(texts(spread)).toEqual(texts(alone));
    await expect(onThreads(folder, { dataset: "ntu60", threads })).rejects.toMatchObject({ name: "FormatError" });
  });
});
