import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  convertMotion,
  dumpMotion,
  type Folder,
  MemorySink,
  memoryFolder,
  NdArray,
  openMotion,
  writePickle,
} from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import { loadConvention } from "@somakit/formats/conventions";
import { afterAll, describe, expect, it } from "vitest";
import { fixture, layoutOf, lost, opened } from "./support/motion.js";
import { debianPython } from "./support/python.js";

const TABLE = "pyskl/k400/data/k400/k400_hrnet.pkl";
const rootPath = new URL("conformance/pyskl/k400", import.meta.url).pathname;

async function converted(id: string, file: Awaited<ReturnType<typeof opened>>, root?: Folder, options: object = {}) {
  const source = openMotion(file, { root });
  const conversion = await convertMotion(source, await layoutOf(id), { conventions: loadConvention, ...options });
  const sink = new MemorySink();
  await conversion.write(sink);
  return { bytes: sink.bytes(), report: conversion.report };
}

/** A pickled list of clips, and files beside it. */
const clip = (more: Record<string, unknown>) =>
  new Map(
    Object.entries({
      frame_dir: "a",
      total_frames: 9,
      frame_inds: NdArray.from("int16", Int16Array.of(2, 2, 5), [3]),
      raw_file: "kp/x.pkl",
      ...more,
    }),
  );
const rows = (count: number) =>
  NdArray.from(
    "float32",
    Float32Array.from({ length: count * 17 * 3 }, (_, at) => at + 1),
    [count, 17, 3],
  );
const pickled = (value: unknown): Uint8Array => writePickle(value as never);
const listOf = (...clips: unknown[]) => opened("pyskl/list", pickled(clips));
const filesOf = (entries: Record<string, unknown>): Folder =>
  memoryFolder(new Map(Object.entries(entries).map(([path, value]) => [path, pickled(value)])));
const entry = (count: number) => new Map([["keypoint", rows(count)]]);

describe("clips whose keypoints are in other files", () => {
  it("are read from these, each skeleton in its frame, those of one frame as its people", async () => {
    const source = openMotion(await fixture("pyskl", TABLE), { root: await fileFolder(rootPath) });
    const seen: object[] = [];
    for await (const { info, layers, windows } of source.sequences()) {
      let there = 0;
      let frames = 0;
      for await (const window of windows({ frames: 5 })) {
        there += [...(window.layers.get("keypoint")?.present ?? [])].filter(Boolean).length;
        frames += window.frames;
      }
      const [layer] = layers;
      seen.push({ name: info.name, first: info.firstFrame, frames, there, dtype: layer?.dtype, size: info.imageSize });
    }
    expect(seen).toEqual([
      { name: "jf7RDuUTrsQ", first: 1, frames: 21, there: 19, dtype: "float16", size: [320, 568] },
      { name: "JTlatknwOrY", first: 5, frames: 21, there: 8, dtype: "float16", size: [320, 568] },
      { name: "8UxlDNur-Z0", first: 5, frames: 19, there: 25, dtype: "float16", size: [320, 568] },
      { name: "-a_b0_lead", first: 1, frames: 17, there: 10, dtype: "float16", size: [320, 568] },
      { name: "zero_based", first: 0, frames: 15, there: 20, dtype: "float16", size: [320, 568] },
    ]);
    expect(source.elsewhere).toBeUndefined();
    expect([...source.unused.keys()]).not.toContain("annotations[].raw_file");
  });

  it("are refused without the folder, by the option that names it, and nothing is written", async () => {
    const file = await fixture("pyskl", TABLE);
    const layout = await layoutOf("humandata");
    const refusal = {
      message: expect.stringMatching(/5 sequences are in other files, such as data\/k400\/kpfiles\/part_0/),
      settledBy: "root",
    };
    await expect(convertMotion(openMotion(file), layout, { conventions: loadConvention })).rejects.toMatchObject(
      refusal,
    );
    const sink = new MemorySink();
    await expect(dumpMotion(openMotion(file), sink, { form: "csv" })).rejects.toMatchObject(refusal);
    expect(() => sink.bytes()).toThrow();
  });

  it("have the members of the other file in place of their own", async () => {
    const own = rows(3);
    const file = await listOf(clip({ keypoint: NdArray.from("float32", new Float32Array(153), [3, 17, 3]) }));
    const { bytes } = await converted("humandata", file, filesOf({ "kp/x.pkl": new Map([["a", entry(3)]]) }));
    const written = await opened("humandata", bytes);
    for await (const { windows } of openMotion(written).sequences())
      for await (const window of windows()) {
        expect(window.frames).toBe(4);
        expect([...(window.layers.get("keypoints2d")?.positions.slice(3, 0) ?? [])].slice(0, 2)).toEqual([
          own.get(2, 0, 0),
          own.get(2, 0, 1),
        ]);
      }
  });

  it("may lie in a file of their own", async () => {
    const { report } = await converted("humandata", await listOf(clip({})), filesOf({ "kp/x.pkl": entry(3) }));
    expect(report).toMatchObject({ sequences: 1, frames: 4 });
  });

  it.each([
    ["a path that leads out", "../x.pkl", "refused"],
    ["an absolute path", "/kp/x.pkl", "refused"],
    ["a path of another system", "kp\\x.pkl", "refused"],
  ])("%s is refused", async (_, raw_file, code) => {
    const root = filesOf({ "kp/x.pkl": entry(3), "x.pkl": entry(3) });
    await expect(converted("humandata", await listOf(clip({ raw_file })), root)).rejects.toMatchObject({ code });
  });

  it("a link that leads out of the folder is refused", async () => {
    const folder = mkdtempSync(join(tmpdir(), "somakit-"));
    try {
      const { symlinkSync, mkdirSync } = await import("node:fs");
      mkdirSync(join(folder, "root/kp"), { recursive: true });
      writeFileSync(join(folder, "x.pkl"), pickled(entry(3)));
      symlinkSync("../../x.pkl", join(folder, "root/kp/x.pkl"));
      const root = await fileFolder(join(folder, "root"));
      await expect(converted("humandata", await listOf(clip({})), root)).rejects.toMatchObject({ code: "refused" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    [
      "a file that is not there",
      clip({ raw_file: "kp/y.pkl" }),
      { settledBy: "root", message: expect.stringContaining("kp/y.pkl") },
    ],
    [
      "a clip that the file has not",
      clip({ frame_dir: "b" }),
      { settledBy: "root", message: expect.stringContaining('nothing of "b"') },
    ],
    ["an entry that is no dict", clip({ frame_dir: "n" }), { code: "mismatch" }],
    [
      "frames of fewer skeletons than there are",
      clip({ frame_dir: "long" }),
      { code: "mismatch", message: expect.stringContaining("4 rows") },
    ],
    [
      "frames that nobody could go through",
      clip({ frame_inds: NdArray.from("int64", BigInt64Array.of(0n, 1n, 2n ** 40n), [3]) }),
      { code: "limit" },
    ],
  ])("%s is an error", async (_, own, error) => {
    const root = filesOf({
      "kp/x.pkl": new Map<string, unknown>([
        ["a", entry(3)],
        ["n", 1],
        ["long", entry(4)],
      ]),
    });
    await expect(converted("humandata", await listOf(own), root)).rejects.toMatchObject(error);
  });

  it("skeletons of which nothing says in which frame they are, are an error", async () => {
    const own = clip({ keypoint: rows(3) });
    own.delete("frame_inds");
    own.delete("raw_file");
    await expect(converted("humandata", await listOf(own))).rejects.toMatchObject({ code: "missing" });
  });

  it("skeletons one after the other in the file itself need no folder", async () => {
    const own = clip({ keypoint: rows(3) });
    const { report, bytes } = await converted("pyskl/list", await listOf(own));
    expect(report).toMatchObject({ sequences: 1, frames: 4 });
    expect(lost(report)).toContain("numbers of first frames");
    const again = await opened("pyskl/list", bytes);
    for await (const { windows } of openMotion(again).sequences())
      for await (const window of windows()) {
        const { present } = window.layers.get("keypoint") ?? {};
        expect(present?.toList()).toEqual([
          [true, true],
          [false, false],
          [false, false],
          [true, false],
        ]);
      }
  });
});

describe.skipIf(debianPython === undefined)("numpy and the published table", () => {
  const folder = mkdtempSync(join(tmpdir(), "somakit-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("finds every skeleton of every clip in its row, with the frame of the table", async () => {
    const { bytes } = await converted("humandata", await fixture("pyskl", TABLE), await fileFolder(rootPath));
    writeFileSync(join(folder, "out.npz"), bytes);
    const script = `
import pickle, sys, numpy as np
root, out = sys.argv[1:]
table = pickle.load(open(root + "/data/k400/k400_hrnet.pkl", "rb"))["annotations"]
rows, frames, names = [], [], []
for clip in table:
    rows.append(pickle.load(open(root + "/" + clip["raw_file"], "rb"))[clip["frame_dir"]]["keypoint"])
    frames += clip["frame_inds"].tolist()
    names += [clip["frame_dir"]] * len(clip["frame_inds"])
z = np.load(out, allow_pickle=True)
assert (z["keypoints2d"] == np.concatenate(rows)).all()
assert z["frame_idx"].tolist() == frames, z["frame_idx"].tolist()
assert z["video_path"].tolist() == names
print(len(frames))
`;
    const printed = execFileSync(debianPython as string, ["-c", script, rootPath, join(folder, "out.npz")], {
      encoding: "utf8",
    });
    expect(printed.trim()).toBe("82");
  });
});
