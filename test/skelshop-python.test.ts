import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NdArray } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mode } from "../packages/formats/src/skelshop/model.js";
import { convertOpenPose } from "../packages/formats/src/skelshop/openpose/convert.js";
import { skeletonOfFile } from "../packages/formats/src/skelshop/skeleton.js";
import { FaceWriter } from "../packages/formats/src/skelshop/write/faces.js";
import { ShotSegmentedWriter } from "../packages/formats/src/skelshop/write/shot-segmented.js";
import { UnsegmentedWriter } from "../packages/formats/src/skelshop/write/unsegmented.js";
import {
  type ExpectedPose,
  expected,
  fixtureBytes,
  groupAt,
  posesOf,
  rootOf,
  shotsOf,
} from "./support/skelshop-traces.js";

const PYTHON = "/usr/bin/python3";
const hasH5py = spawnSync(PYTHON, ["-c", "import h5py"]).status === 0;

const PRELUDE = `
import sys, json, h5py, numpy as np
def kind(group, name):
    info = h5py.h5a.get_info(group.id, name.encode())
    attr = h5py.h5a.open(group.id, name.encode())
    t = attr.get_type()
    if isinstance(t, h5py.h5t.TypeStringID):
        return ("vlen" if t.is_variable_str() else "fixed") + ("-utf8" if t.get_cset() == h5py.h5t.CSET_UTF8 else "-ascii")
    return "bool" if attr.dtype == np.bool_ else attr.dtype.str
def attrs(group):
    plain = lambda v: v if isinstance(v, str) else v.item()
    return {k: [kind(group, k), plain(v)] for k, v in group.attrs.items()}
def ordered(group):
    return bool(group.id.get_create_plist().get_link_creation_order() & h5py.h5p.CRT_ORDER_TRACKED)
def stored(d):
    return {"dtype": d.dtype.str, "shape": list(d.shape), "chunks": d.chunks and list(d.chunks), "maxshape": list(d.maxshape), "compression": d.compression, "shuffle": bool(d.shuffle)}
f = h5py.File(sys.argv[1], "r")
show = lambda value: print(json.dumps(value))
`;

/** SkelShop's own way of getting a row: skelshop/sparsepose.py and io.py, without its classes. */
const READ = `
limbs = f.attrs["limbs"]
def row(pose, n):
    start, end = pose["indptr"][n], pose["indptr"][n + 1]
    out = np.zeros((limbs, 3))
    for column, point in zip(pose["indices"][start:end], pose["data"][start:end]):
        out[column] = point
    return out
def frames(group):
    start, end = group.attrs["start_frame"], group.attrs["end_frame"]
    result = []
    for frame in range(start, end):
        bundle = {}
        for name, pose in group.items():
            first, last = pose.attrs["start_frame"], pose.attrs["end_frame"]
            if first <= frame < last: bundle[int(name[4:])] = row(pose, frame - first).tolist()
        result.append(bundle)
    return result
if f.attrs["fmt_type"] == "unseg":
    show([frames(f["/timeline"])])
else:
    show([frames(shot) for shot in f["/timeline"].values()])
`;

describe.skipIf(!hasH5py)("h5py reads what is written for SkelShop", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-skelshop-python-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const python = (path: string, code: string): unknown =>
    JSON.parse(
      execFileSync(PYTHON, ["-W", "error", "-c", PRELUDE + code, path], { encoding: "utf8", maxBuffer: 2 ** 28 }),
    );

  /** Writes what a file holds once more. */
  async function rewritten(name: string, gzip: number): Promise<string> {
    const path = join(folder, name);
    const file = expected(name);
    const sink = await fileSink(path, { overwrite: true });
    const own = new Set(["fmt_type", "fmt_ver", "mode", "limbs", "legacy_skels"]);
    const attributes = Object.entries(file.attrs).flatMap(([key, { value }]) => (own.has(key) ? [] : [[key, value]]));
    const options = {
      mode: file.mode as Mode,
      variant: skeletonOfFile(file.mode, file.limbs)?.variant,
      attributes: Object.fromEntries(attributes),
      storage: { gzip },
    };
    const writer =
      file.fmt_type === "unseg" ? new UnsegmentedWriter(sink, options) : new ShotSegmentedWriter(sink, options);
    const root = await rootOf(fixtureBytes(name));
    for (const [index, shot] of shotsOf(file).entries()) {
      const group = await groupAt(root, ...(file.fmt_type === "unseg" ? ["timeline"] : ["timeline", `shot${index}`]));
      const people = await Promise.all(
        shot.poses.map(async (pose) => ({ ...pose, rows: await posesOf(await groupAt(group, pose.name), file.limbs) })),
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
    await writer.close();
    return path;
  }

  it.each([
    "unseg_body25.h5",
    "unseg_start100.h5",
    "track_body25_13shots.h5",
    "track_legacy_all.h5",
    "track_body25all.h5",
  ])("%s: names, order, attributes and how arrays are stored are as SkelShop writes them", async (name) => {
    const path = await rewritten(name, 0);
    const file = expected(name);
    expect(python(path, "show(attrs(f))")).toEqual(
      Object.fromEntries(Object.entries(file.attrs).map(([key, { type, value }]) => [key, [type, value]])),
    );
    const groups = file.fmt_type === "unseg" ? ["/timeline"] : file.shots.map((_, index) => `/timeline/shot${index}`);
    const code = `
out = {"timeline": [ordered(f["timeline"]), ordered(f), list(f["timeline"])], "groups": []}
for name in ${JSON.stringify(groups)}:
    g = f[name]
    out["groups"].append({"attrs": attrs(g), "ordered": ordered(g), "poses": [
        [name, attrs(p), ordered(p), {d: stored(p[d]) for d in ("data", "indices", "indptr")}, list(p)] for name, p in g.items()]})
show(out)`;
    const pose = ({ name: called, start_frame: start, end_frame: end, storage, ...parts }: ExpectedPose): unknown => [
      called,
      { start_frame: ["<i8", start], end_frame: ["<i8", end] },
      false,
      Object.fromEntries(
        (["data", "indices", "indptr"] as const).map((part) => {
          const { chunks, maxshape, dtype } = storage[part];
          return [part, { dtype, shape: parts[part].shape, chunks, maxshape, compression: null, shuffle: false }];
        }),
      ),
      ["data", "indices", "indptr"],
    ];
    expect(python(path, code)).toEqual({
      timeline: [
        true,
        false,
        file.fmt_type === "unseg" ? file.timeline.poses.map((one) => one.name) : file.shots.map((_, i) => `shot${i}`),
      ],
      groups: shotsOf(file).map(({ start_frame: start, end_frame: end, poses }) => ({
        attrs: { start_frame: ["<i8", start], end_frame: ["<i8", end] },
        ordered: true,
        poses: poses.map(pose),
      })),
    });
  });

  it.each(["unseg_body25.h5", "unseg_gzip_shuffle.h5", "track_body25_13shots.h5", "track_body25face.h5"])(
    "%s: SkelShop's reader gives the same rows, compressed or not",
    async (name) => {
      const before = join(folder, `before-${name}`);
      writeFileSync(before, fixtureBytes(name));
      const rows = python(before, READ);
      for (const gzip of [0, 4]) expect(python(await rewritten(name, gzip), READ)).toEqual(rows);
    },
  );

  it("people who were never seen, and compressed data, are no hindrance", async () => {
    const path = join(folder, "empty.h5");
    const writer = new ShotSegmentedWriter(await fileSink(path), { mode: "BODY_25" });
    writer.startShot();
    for (let frame = 0; frame < 100; frame++) {
      await writer.addPose(frame, 0, new Float32Array(75).fill(frame));
      if (frame < 3) await writer.addPose(frame, 1, new Float32Array(75));
    }
    await writer.close();
    const shot = python(path, `show({n: {d: stored(p[d]) for d in p} for n, p in f["timeline/shot0"].items()})`);
    expect(shot).toMatchObject({
      pose0: {
        data: { shape: [2475, 3], chunks: [1170, 3], maxshape: [2475, 3], compression: "gzip", shuffle: true },
        indptr: { shape: [101], chunks: [101], compression: null, shuffle: false },
      },
      pose1: { data: { shape: [0, 3], maxshape: [null, 3] }, indptr: { shape: [4], dtype: "<u4" } },
    });
    const [frames] = python(path, READ) as [Record<string, number[][]>[]];
    expect(frames.map((frame) => [Object.keys(frame).length, frame["0"]?.[24]])).toEqual(
      Array.from({ length: 100 }, (_, frame) => [frame < 3 ? 2 : 1, [frame, frame, frame]]),
    );
  });

  it("what OpenPose wrote, converted", async () => {
    const path = join(folder, "openpose.h5");
    await convertOpenPose(await fileSink(path), fixtureBytes("openpose_frames.zip"), { mode: "BODY_25_ALL" });
    const before = join(folder, "conv.h5");
    writeFileSync(before, fixtureBytes("conv_zip_all.h5"));
    expect(python(path, READ)).toEqual(python(before, READ));
    expect(python(path, "show(attrs(f))")).toMatchObject({
      op_ver: ["vlen-utf8", "1.3"],
      legacy_skels: ["bool", false],
    });
  });

  it("faces, dense and sparse, with boxes and pictures", async () => {
    const embed = (value: number): Float32Array => new Float32Array(128).fill(value);
    const dense = join(folder, "dense.h5");
    const faces = new FaceWriter(await fileSink(dense), {
      kind: "dense",
      with: ["fod_bbox", "chip_bbox", "chip"],
      video: "a.mp4",
      numFrames: 9,
    });
    const chip = NdArray.from("uint8", new Uint8Array(67500).fill(9), [150, 150, 3]);
    const face = (value: number) => ({
      embed: embed(value),
      fod_bbox: [1, 2, 3, value],
      chip_bbox: [1, 2, 3, 4, 0.5],
      chip,
    });
    await faces.addFrame(1, [face(1), face(2)]);
    await faces.addFrame(4, [face(3)]);
    await expect(faces.addFrame(4, [])).rejects.toThrow("frame 4 is no whole number from 5 on");
    await expect(faces.addFrame(5, [{ ...face(1), chip: undefined }])).rejects.toThrow(
      "faces.chip: (150, 150, 3) expected, nothing",
    );
    await expect(faces.addFrame(5, [{ ...face(1), embed: [1] }])).rejects.toThrow(
      "faces.embed: (128) expected, 1 numbers",
    );
    await faces.addFrame(5, []);
    await faces.close();
    const code = `show([attrs(f), ordered(f["faces"]), {n: [d.dtype.str, list(d.shape), list(d.maxshape)] for n, d in f["faces"].items()}])`;
    expect(python(dense, code)).toEqual([
      { video: ["vlen-utf8", "a.mp4"], num_frames: ["<i8", 9] },
      false,
      {
        indices: ["<u4", [6], [null]],
        embed: ["<f4", [3, 128], [null, 128]],
        fod_bbox: ["<f4", [3, 4], [null, 4]],
        chip_bbox: ["<f4", [3, 5], [null, 5]],
        chip: ["|u1", [3, 150, 150, 3], [null, 150, 150, 3]],
      },
    ]);
    expect(
      python(
        dense,
        `show([f["faces/indices"][:].tolist(), f["faces/fod_bbox"][:, 3].tolist(), int(f["faces/chip"][2].sum())])`,
      ),
    ).toEqual([[0, 2, 2, 2, 3, 3], [1, 2, 3], 9 * 67500]);
    const sparse = join(folder, "sparse.h5");
    const people = new FaceWriter(await fileSink(sparse), { kind: "sparse" });
    await people.addFrame(3, [
      { embed: embed(1), person: 0 },
      { embed: embed(2), person: 5 },
    ]);
    await people.addFrame(17, []);
    await people.addFrame(40, [{ embed: NdArray.from("float64", new Float64Array(128).fill(3)), person: 1 }]);
    await expect(people.addFrame(41, [{ embed: embed(1) }])).rejects.toThrow("face 0 of frame 41 is nobody's");
    await people.close();
    expect(
      python(sparse, `show([f["faces/frame_pers"][:].tolist(), f["faces/embed"][:, 7].tolist(), sorted(f["faces"])])`),
    ).toEqual([
      [
        [3, 0],
        [3, 5],
        [40, 1],
      ],
      [1, 2, 3],
      ["embed", "frame_pers"],
    ]);
  });
});
