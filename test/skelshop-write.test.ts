import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FormatError, MemorySink, NdArray } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import { describe, expect, it } from "vitest";
import type { Mode } from "../packages/formats/src/skelshop/model.js";
import { ShotSegmentedReader } from "../packages/formats/src/skelshop/read/index.js";
import { skeletonOfFile } from "../packages/formats/src/skelshop/skeleton.js";
import { layout as schema } from "../packages/formats/src/skelshop/trackshots.layout.gen.js";
import { writeFrames } from "../packages/formats/src/skelshop/write/frames.js";
import { ShotSegmentedWriter } from "../packages/formats/src/skelshop/write/shot-segmented.js";
import type { SkeletonWriterOptions } from "../packages/formats/src/skelshop/write/skeleton-file.js";
import { chunkOf, poseLayout } from "../packages/formats/src/skelshop/write/storage.js";
import { UnsegmentedWriter } from "../packages/formats/src/skelshop/write/unsegmented.js";
import {
  attributesOf,
  described,
  type ExpectedFile,
  type ExpectedShot,
  expected,
  fixtureBytes,
  groupAt,
  posesOf,
  rootOf,
  shotsOf,
} from "./support/skelshop-traces.js";

type Writer = UnsegmentedWriter | ShotSegmentedWriter;

/** A writer of the kind that wrote a file, with the same mode and attributes. */
function writerFor(file: ExpectedFile, sink: MemorySink): Writer {
  const { fmt_type: type, mode, limbs, attrs } = file;
  const own = new Set(["fmt_type", "fmt_ver", "mode", "limbs", "legacy_skels"]);
  const values = Object.entries(attrs).map(([name, { value }]) => [name, value as string]);
  const options: SkeletonWriterOptions = {
    mode: mode as Mode,
    variant: skeletonOfFile(mode, limbs)?.variant,
    attributes: Object.fromEntries(values.filter(([name]) => !own.has(name as string))),
    storage: { gzip: 0 },
  };
  return type === "unseg" ? new UnsegmentedWriter(sink, options) : new ShotSegmentedWriter(sink, options);
}

/** Gives a writer what a file holds, frame by frame. */
async function replay(writer: Writer, name: string, file: ExpectedFile): Promise<void> {
  const root = await rootOf(fixtureBytes(name));
  for (const [index, shot] of shotsOf(file).entries()) {
    const path = file.fmt_type === "unseg" ? ["timeline"] : ["timeline", `shot${index}`];
    const people = await Promise.all(
      shot.poses.map(async (pose) => ({
        ...pose,
        rows: await posesOf(await groupAt(root, ...path, pose.name), file.limbs),
      })),
    );
    writer.startShot(shot.start_frame);
    for (let frame = shot.start_frame; frame < shot.end_frame; frame++) {
      writer.registerFrame(frame);
      for (const { id, start_frame: start, rows } of people) {
        const row = rows[frame - start];
        if (row) await writer.addPose(frame, id, row);
      }
    }
    await writer.endShot();
  }
}

async function written(name: string): Promise<{ readonly file: ExpectedFile; readonly bytes: Uint8Array }> {
  const file = expected(name);
  const sink = new MemorySink();
  const writer = writerFor(file, sink);
  await replay(writer, name, file);
  await writer.close();
  return { file, bytes: sink.bytes() };
}

async function expectShot(bytes: Uint8Array, path: readonly string[], shot: ExpectedShot): Promise<void> {
  const group = await groupAt(await rootOf(bytes), ...path);
  expect(await attributesOf(group)).toEqual({ start_frame: shot.start_frame, end_frame: shot.end_frame });
  expect(group.keys).toEqual(shot.poses.map(({ name }) => name));
  for (const pose of shot.poses) {
    const own = await groupAt(group, pose.name);
    expect(await attributesOf(own)).toEqual({ start_frame: pose.start_frame, end_frame: pose.end_frame });
    for (const part of ["data", "indices", "indptr"] as const) {
      const { dtype, shape, sha256 } = pose[part];
      expect([pose.name, part, await described(await own.child(part))]).toEqual([
        pose.name,
        part,
        { dtype, shape, sha256 },
      ]);
    }
  }
}

describe("what SkelShop's writers wrote", () => {
  it.each([
    "unseg_body25.h5",
    "unseg_start100.h5",
    "unseg_allzero_rows.h5",
    "unseg_hands_lossless.h5",
    "unseg_gzip_shuffle.h5",
    "conv_tar_body25.h5",
    "track_body25_13shots.h5",
    "track_start50_gap.h5",
    "track_body25all.h5",
    "track_face_mode.h5",
    "track_body25face.h5",
    "track_body135.h5",
    "track_legacy_all.h5",
  ])("is written alike, number by number: %s", async (name) => {
    const { file, bytes } = await written(name);
    const root = await rootOf(bytes);
    const attributes = Object.entries(file.attrs).map(([key, { value }]) => [key, value]);
    const { op_ver: version } = Object.fromEntries(attributes);
    expect(await attributesOf(root)).toEqual({
      ...Object.fromEntries(attributes),
      ...(version !== undefined && { op_ver: String(version) }),
    });
    for (const [index, shot] of shotsOf(file).entries())
      await expectShot(bytes, file.fmt_type === "unseg" ? ["timeline"] : ["timeline", `shot${index}`], shot);
    const names =
      file.fmt_type === "unseg" ? file.timeline.poses.map(({ name }) => name) : file.shots.map((_, i) => `shot${i}`);
    expect((await groupAt(root, "timeline")).keys).toEqual(names);
  });

  it("of a first shot without frames is corrected: it ends where it starts", async () => {
    const { file, bytes } = await written("track_zero_length_shots.h5");
    expect(file.shots.map(({ start_frame: start, end_frame: end }) => [start, end]).slice(0, 3)).toEqual([
      [0, 1],
      [1, 5],
      [5, 5],
    ]);
    for (const [index, shot] of file.shots.entries()) await expectShot(bytes, ["timeline", `shot${index}`], shot);
    const sink = new MemorySink();
    const writer = new ShotSegmentedWriter(sink, { mode: "BODY_25" });
    for (const start of [100, undefined]) {
      writer.startShot(start);
      await writer.endShot();
    }
    await writer.close();
    const root = await rootOf(sink.bytes());
    for (const name of ["shot0", "shot1"])
      expect(await attributesOf(await groupAt(root, "timeline", name))).toEqual({ start_frame: 100, end_frame: 100 });
  });

  it("is stored as the schema says", () => {
    const fields = Object.values(schema.defs).flatMap((part) =>
      part.kind === "object" ? [part.properties["keypoints"]] : [],
    );
    const field = fields.find((one) => one?.kind === "sparse");
    expect(field).toMatchObject({
      ...poseLayout,
      kind: "sparse",
      dtype: expect.arrayContaining([...poseLayout.dtype]),
    });
    expect([25, 67, 96, 138, 5000].map(chunkOf)).toEqual([1170, 1170, 1440, 2070, 37449]);
  });
});

const body = (confidence: number): number[] => Array.from({ length: 75 }, (_, i) => (i % 3 === 2 ? confidence : i));

async function unsegmented(
  options: Partial<ConstructorParameters<typeof UnsegmentedWriter>[1]>,
  fill: (writer: UnsegmentedWriter) => Promise<void>,
): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = new UnsegmentedWriter(sink, { mode: "BODY_25", ...options });
  await fill(writer);
  await writer.close();
  return sink.bytes();
}

async function shots(fill: (writer: ShotSegmentedWriter) => Promise<void>): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = new ShotSegmentedWriter(sink, { mode: "BODY_25" });
  await fill(writer);
  await writer.close();
  return sink.bytes();
}

const shapes = async (bytes: Uint8Array, ...path: readonly string[]): Promise<unknown> => {
  const group = await groupAt(await rootOf(bytes), ...path);
  return Promise.all(
    ["data", "indices", "indptr"].map(async (name) => (await described(await group.child(name))).shape),
  );
};

describe("the unsegmented writer", () => {
  it("takes poses as arrays, numbers or lists, with fewer keypoints than the mode has", async () => {
    const bytes = await unsegmented({}, async (writer) => {
      const array = NdArray.from("float64", Float64Array.of(1, 2, 0.5, 3, 4, 0), [2, 3]);
      await writer.addPose(0, 0, array);
      await writer.addPose(1, 0, Float32Array.of(1, 2, 0.5));
      await writer.addPose(2, 0, [1, 2, 0.5]);
      await writer.addPose(3, 0, [
        [1, 2, 0.5],
        [7, 7, 0],
      ]);
      await writer.addPose(4, 0, NdArray.from("float32", Float32Array.of(1, 0, 2, 0, 0.5, 1), [3, 2]).transpose());
      await writer.addPose(5, 0, []);
    });
    const rows = await posesOf(await groupAt(await rootOf(bytes), "timeline", "pose0"), 25);
    expect(rows.map((row) => [...row.subarray(0, 6)])).toEqual([
      ...Array(4).fill([1, 2, 0.5, 0, 0, 0]),
      [1, 2, 0.5, 0, 0, 1],
      [0, 0, 0, 0, 0, 0],
    ]);
  });

  it("keeps NaN and negative confidences, and those that are too small for float32", async () => {
    const bytes = await unsegmented({}, (writer) =>
      writer.addPose(0, 0, [1, 1, Number.NaN, 2, 2, -1, 3, 3, 1e-60, 4, 4, 0]),
    );
    expect(await shapes(bytes, "timeline", "pose0")).toEqual([[3, 3], [3], [2]]);
  });

  it("ends after the last pose, or with the last frame if that is wanted", async () => {
    const fill = async (writer: UnsegmentedWriter): Promise<void> => {
      writer.startShot(10);
      await writer.addPose(12, 4, body(1));
      writer.registerFrame(19);
    };
    for (const [end, frame] of [
      ["last-pose", 13],
      ["last-frame", 20],
    ] as const) {
      const root = await rootOf(await unsegmented({ end }, fill));
      expect(await attributesOf(await groupAt(root, "timeline"))).toEqual({ start_frame: 10, end_frame: frame });
      expect((await attributesOf(root))["num_frames"]).toBe(20);
    }
    const empty = await rootOf(await unsegmented({}, async () => undefined));
    expect(await attributesOf(await groupAt(empty, "timeline"))).toEqual({ start_frame: 0, end_frame: 1 });
  });

  it("refuses what would damage the file, and goes on", async () => {
    const bytes = await unsegmented({}, async (writer) => {
      writer.startShot(3);
      await writer.addPose(5, 0, body(1));
      const refused: readonly (readonly [Parameters<UnsegmentedWriter["addPose"]>, RegExp])[] = [
        [[5, 0, body(1)], /pose0: frame 5 after frame 5/],
        [[4, 0, body(1)], /ascend/],
        [[2, 1, body(1)], /pose1: frame 2 is no whole number from 3 on/],
        [[6.5, 0, body(1)], /frame 6.5/],
        [[6, -1, body(1)], /pose -1/],
        [[6, 0, Array(78).fill(1)], /25 keypoints at most, 26/],
        [[6, 0, [1, 2]], /three a keypoint/],
        [[6, 0, ["1", 2, 3] as unknown as number[]], /numbers/],
        [[6, 0, [[1, 2]] as unknown as number[]], /a keypoint is x, y and confidence/],
        [[6, 0, NdArray.from("float32", new Float32Array(4), [2, 2])], /\(keypoints, 3\) expected, \(2, 2\)/],
        [[6, 0, NdArray.from("bool", new Uint8Array(3), [1, 3])], /bool/],
      ];
      for (const [call, message] of refused) {
        const error = await writer.addPose(...call).then(
          () => undefined,
          (found: unknown) => found,
        );
        expect(error).toBeInstanceOf(FormatError);
        expect([(error as FormatError).code, (error as FormatError).message]).toEqual([
          "unwritable",
          expect.stringMatching(message),
        ]);
      }
      await writer.addPose(6, 0, body(0));
      expect(() => writer.startShot(0)).toThrow("started");
      await writer.endShot();
      await expect(writer.addPose(7, 0, body(1))).rejects.toThrow("ended");
      await expect(writer.endShot()).rejects.toThrow("ended");
    });
    expect(await shapes(bytes, "timeline", "pose0")).toEqual([[25, 3], [25], [3]]);
    expect((await groupAt(await rootOf(bytes), "timeline")).keys).toEqual(["pose0"]);
  });

  it("refuses options that cannot be", () => {
    const make =
      (options: object): (() => unknown) =>
      () =>
        new UnsegmentedWriter(new MemorySink(), { mode: "BODY_25", ...options });
    expect(make({ mode: "COCO" })).toThrow(RangeError);
    expect(make({ storage: { chunk: 0 } })).toThrow(RangeError);
    expect(make({ attributes: { limbs: 3 } })).toThrow(/limbs is stated by the writer/);
    expect(make({ attributes: { num_frames: -1 } })).toThrow(TypeError);
    expect(make({ attributes: { more: [] } })).toThrow(/more: text, a number or a boolean/);
  });

  it("takes attributes at the end, in the types that SkelShop's have", async () => {
    const sink = new MemorySink();
    const writer = new UnsegmentedWriter(sink, {
      mode: "BODY_25",
      attributes: { video: "a.mp4", op_ver: 1.3, num_frames: 5 },
    });
    await writer.close({ attributes: { num_frames: 9, track: false, note: 0.5 } });
    expect(await attributesOf(await rootOf(sink.bytes()))).toEqual({
      fmt_type: "unseg",
      fmt_ver: 1,
      mode: "BODY_25",
      limbs: 25,
      legacy_skels: false,
      skeldump_ver: "unseg=somakit",
      video: "a.mp4",
      num_frames: 9,
      op_ver: "1.3",
      track: false,
      note: 0.5,
    });
  });
});

describe("the shot-segmented writer", () => {
  it("writes shots without people, people who are never seen, and holes", async () => {
    const bytes = await shots(async (writer) => {
      writer.startShot();
      writer.registerFrame(0);
      writer.registerFrame(1);
      await writer.endShot();
      writer.startShot(10);
      await writer.addPose(10, 7, body(0));
      await writer.addPose(12, 7, body(0));
      await writer.addPose(12, 2, body(1));
      expect(writer.shots).toBe(2);
      await writer.endShot();
    });
    const root = await rootOf(bytes);
    expect((await attributesOf(root))["num_frames"]).toBe(13);
    const timeline = await groupAt(root, "timeline");
    expect(await attributesOf(await groupAt(timeline, "shot0"))).toEqual({ start_frame: 0, end_frame: 2 });
    const second = await groupAt(timeline, "shot1");
    expect(await attributesOf(second)).toEqual({ start_frame: 10, end_frame: 13 });
    expect(second.keys).toEqual(["pose7", "pose2"]);
    expect(await shapes(bytes, "timeline", "shot1", "pose7")).toEqual([[0, 3], [0], [4]]);
    expect(await attributesOf(await groupAt(second, "pose7"))).toEqual({ start_frame: 10, end_frame: 13 });
  });

  it("refuses what would damage the file, and goes on", async () => {
    await shots(async (writer) => {
      expect(() => writer.registerFrame(0)).toThrow("no shot");
      await expect(writer.endShot()).rejects.toThrow("no shot");
      writer.startShot(5);
      expect(() => writer.startShot()).toThrow("not ended");
      await writer.addPose(6, 0, body(1));
      await expect(writer.addPose(6, 0, body(1))).rejects.toThrow("timeline.shot0.pose0: it is in frame 6 already");
      await expect(writer.addPose(5, 1, body(1))).rejects.toThrow("frame 5 after frame 6");
      await expect(writer.addPose(4, 1, body(1))).rejects.toThrow("frame 4 is no whole number from 5 on");
      expect(() => writer.registerFrame(5)).toThrow(FormatError);
      await writer.addPose(6, 1, body(1));
    });
  });

  it("makes the same file of frames that come one after the other", async () => {
    const bytes = await shots(async (writer) => {
      const items = ["shot-change", [[0, body(1)]], [], [[0, body(0.5)]], "shot-change", [[3, body(1)]]] as const;
      const seen: number[] = [];
      const onProgress = ({ done }: { readonly done: number }): void => void seen.push(done);
      expect(await writeFrames(writer, items, { startFrame: 4, onProgress })).toBe(4);
      expect(seen).toEqual([1, 2, 3, 4]);
    });
    const timeline = await groupAt(await rootOf(bytes), "timeline");
    const bounds = timeline.keys.map(async (name) => Object.values(await attributesOf(await groupAt(timeline, name))));
    expect(await Promise.all(bounds)).toEqual([
      [4, 4],
      [4, 7],
      [7, 8],
    ]);
  });

  it("copies what a reader gives", async () => {
    const sink = new MemorySink();
    const writer = new ShotSegmentedWriter(sink, { mode: "BODY_25", storage: { gzip: 0 } });
    const reader = await ShotSegmentedReader.open(fixtureBytes("track_body25_13shots.h5"), { empty: "keep" });
    for await (const shot of reader) {
      writer.startShot(shot.startFrame);
      for await (const bundle of shot) {
        writer.registerFrame(bundle.frame);
        for (const [id, pose] of bundle) await writer.addPose(bundle.frame, id, pose);
      }
      await writer.endShot();
    }
    await reader.close();
    await writer.close();
    for (const [index, shot] of expected("track_body25_13shots.h5").shots.entries()) {
      const poses = [...shot.poses].sort((a, b) => a.start_frame - b.start_frame || a.id - b.id);
      await expectShot(sink.bytes(), ["timeline", `shot${index}`], { ...shot, poses });
    }
  });

  it("leaves nothing behind when it is given up", async () => {
    const folder = mkdtempSync(join(tmpdir(), "somakit-skelshop-"));
    try {
      const path = join(folder, "a.h5");
      const writer = new ShotSegmentedWriter(await fileSink(path), { mode: "BODY_25" });
      writer.startShot();
      await writer.addPose(0, 0, body(1));
      expect(existsSync(path)).toBe(false);
      await writer.abort();
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
