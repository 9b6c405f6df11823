import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  checkFile,
  FormatError,
  MemorySink,
  MotionError,
  type MotionPoints,
  type MotionSource,
  NdArray,
  npz,
  openFile,
  openMotion,
  readWith,
  type Value,
  writeWith,
} from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import { describe, expect, it } from "vitest";
import { convertTo, fixture, layoutOf, lost, opened, seenIn } from "./support/motion.js";

/** Everything that a source has beside points: of each frame the numbers of everybody, and the camera. */
async function besideIn(source: MotionSource) {
  const all: Record<string, unknown>[] = [];
  for await (const { quantities = [], info, windows } of source.sequences()) {
    const numbers: Record<string, unknown> = { imageSize: info.imageSize };
    for await (const window of windows({ frames: 3 })) {
      for (const { key, dtype } of quantities)
        numbers[`${key} ${dtype}`] = [
          ...((numbers[`${key} ${dtype}`] as unknown[] | undefined) ?? []),
          ...((window.quantities?.get(key)?.values.toList() ?? []) as unknown[]),
        ];
      numbers["cameras"] = [...((numbers["cameras"] as unknown[] | undefined) ?? []), ...(window.cameras ?? [])];
    }
    all.push(numbers);
  }
  return all;
}

describe("boxes, parameters of body models and sizes of images", () => {
  it("stay as they are from rows to rows, bit by bit", async () => {
    const file = await fixture("humandata", "humandata/full.npz");
    const { bytes, report } = await convertTo(file, "humandata");
    const written = await opened("humandata", bytes);
    const [before, after] = [await besideIn(openMotion(file)), await besideIn(openMotion(written))];
    expect(Object.keys(before[0] ?? {}).length).toBeGreaterThan(15);
    expect(before[0]).toMatchObject({ imageSize: [720, 1280] });
    expect(after).toEqual(before);
    expect(report.quantities).toContainEqual({ from: "smplx.jaw_pose", to: "smplx.jaw_pose" });
    expect((await checkFile(written)).filter(({ severity }) => severity === "error")).toEqual([]);
    expect([...lost(report)].sort()).toEqual(["config", "meta.gender", "misc"]);
  });

  it("are lost where the target has no place for them, by name", async () => {
    const file = await fixture("humandata", "humandata/full.npz");
    const { report } = await convertTo(file, "pyskl", { convention: "pyskl_coco" });
    expect(lost(report)).toEqual(
      expect.arrayContaining([
        "bbox_xywh: PYSKL annotations has no place for boxes",
        "smpl.betas: PYSKL annotations has no place for betas of smpl",
        "smplx.expression: PYSKL annotations has no place for expression of smplx",
        "meta.gender",
      ]),
    );
    expect(lost(report)).not.toContain("meta");
    const { bytes } = await convertTo(file, "pyskl", { convention: "pyskl_coco" });
    expect((await besideIn(openMotion(await opened("pyskl", bytes))))[0]).toMatchObject({ imageSize: [720, 1280] });
  });

  it("of files that have no points are carried all the same", async () => {
    const file = await fixture("humandata", "humandata/nested.npz");
    const { bytes, report } = await convertTo(file, "humandata");
    expect(report.layers).toEqual([]);
    expect(report.quantities.length).toBeGreaterThan(0);
    expect(await besideIn(openMotion(await opened("humandata", bytes)))).toEqual(await besideIn(openMotion(file)));
  });
});

async function camerasIn(source: MotionSource): Promise<readonly { readonly parts: Record<string, number[]> }[]> {
  const [first = {}] = await besideIn(source);
  return first["cameras"] as readonly { readonly parts: Record<string, number[]> }[];
}

describe("cameras", () => {
  it("of a stream stay as they are, in every frame", async () => {
    const file = await fixture("bodycompress", "bodycompress/camera.xz");
    const { bytes, report } = await convertTo(file, "bodycompress");
    const [before, after] = [
      await besideIn(openMotion(file)),
      await besideIn(openMotion(await opened("bodycompress", bytes))),
    ];
    expect(before[0]?.["cameras"]).toContainEqual(expect.objectContaining({ lengths: "mm" }));
    expect(after).toEqual(before);
    expect(lost(report).filter((what) => what.includes("camera"))).toEqual([]);
  });

  it("go to rows in metres with matrices, and come back to the vector and the millimetres that they were", async () => {
    const layout = await layoutOf("bodycompress");
    const joints = NdArray.from("float32", new Float32Array(17 * 3).fill(1000), [1, 17, 3]);
    const camera = {
      rotvec_w2c: NdArray.from("float64", Float64Array.of(0.1, -0.2, 0.3), [3]),
      loc: NdArray.from("float64", Float64Array.of(100, 200, 3000), [3]),
      intr: NdArray.from("float64", Float64Array.of(1000, 0, 320, 0, 1001, 240), [2, 3]),
      distcoef: NdArray.from("float64", Float64Array.of(0.1, 0.01, 0.001, 0.002, 0.5), [5]),
    };
    const moved = { ...camera, loc: NdArray.from("float64", Float64Array.of(100, 200, 3500), [3]) };
    for (const cameras of [
      [camera, camera],
      [camera, moved],
    ]) {
      const sink = new MemorySink();
      await writeWith(layout, sink, { frames: cameras.map((one) => ({ joints, camera: one })) }, { check: "loose" });
      const file = await opened("bodycompress", sink.bytes());
      const rows = await convertTo(file, "humandata", { sourceConvention: "coco", confidence: 1 });
      expect(lost(rows.report)).toEqual(["metadata"]);
      const written = await opened("humandata", rows.bytes);
      expect((await checkFile(written)).filter(({ severity }) => severity === "error")).toEqual([]);
      const seen = await camerasIn(openMotion(written));
      expect(seen.map(({ parts }) => parts["k3"])).toEqual([0.5, 0.5]);
      expect(seen[0]?.parts["intrinsics"]).toEqual([
        [1000, 0, 320],
        [0, 1001, 240],
        [0, 0, 1],
      ]);
      const { cam_param } = (await readWith(await layoutOf("humandata"), rows.bytes)) as { cam_param: unknown };
      expect(cam_param instanceof Map).toBe(cameras[0] === cameras[1]);
      const back = await convertTo(written, "bodycompress");
      const [first] = await camerasIn(openMotion(file));
      const [again] = await camerasIn(openMotion(await opened("bodycompress", back.bytes)));
      expect(again?.parts["intrinsics"]).toEqual(first?.parts["intrinsics"]);
      expect(again?.parts["distortion"]).toEqual(first?.parts["distortion"]);
      for (const part of ["rotation-vector", "position"])
        for (const [axis, number] of (first?.parts[part] ?? []).entries())
          expect(again?.parts[part]?.[axis]).toBeCloseTo(number, 9);
    }
  });
});

describe("cameras of rendered people", () => {
  it("go to rows with their matrices, in the directions of the target", async () => {
    const folder = new URL("./conformance/datagen/faces_v2", import.meta.url);
    const file = await openFile(await layoutOf("datagen"), await fileFolder(fileURLToPath(folder)));
    const before = await camerasIn(openMotion(file));
    const { bytes, report } = await convertTo(file, "humandata", { confidence: 1 });
    const after = await camerasIn(openMotion(await opened("humandata", bytes)));
    expect(after.map(({ parts }) => parts["intrinsics"])).toEqual(before.map(({ parts }) => parts["intrinsics"]));
    expect(after[0]?.parts).toHaveProperty("translation");
    expect(lost(report).filter((what) => what.startsWith("cameras"))).toEqual([]);
  });
});

describe("arrays of many megabytes", () => {
  const FRAMES = 12_000;
  it.each([
    ["packed", 190, true],
    ["as they are", 180, false],
  ] as const)("are read window by window, %s", async (_, size, packed) => {
    const data = new Float64Array(FRAMES * 180 * 4);
    for (let frame = 0; frame < FRAMES; frame++) data[frame * 720 + 719] = frame;
    const mask = new Uint8Array(size).fill(1, size - 180);
    const value = new Map<string, Value>([
      ["__key_strict__", false],
      ["__data_len__", FRAMES],
      ["__keypoints_compressed__", packed],
      ["keypoints3d", NdArray.from("float64", data, [FRAMES, 180, 4]) as NdArray],
      ["keypoints3d_mask", NdArray.from("uint8", mask, [size]) as NdArray],
      ["bbox_xywh", NdArray.from("float64", new Float64Array(FRAMES * 5).fill(2), [FRAMES, 5]) as NdArray],
    ]);
    const sink = new MemorySink();
    await npz.write(sink, value, { compression: "fast" });
    const source = openMotion(await opened("humandata", sink.bytes()));
    for await (const sequence of source.sequences()) {
      expect(sequence.layers[0]?.points).toBe(size);
      for (let pass = 0; pass < 2; pass++) {
        let next = 0;
        for await (const { start, frames, layers } of sequence.windows({ frames: 5000 })) {
          expect(start).toBe(next);
          const { confidence } = layers.get("keypoints3d") as MotionPoints;
          for (const frame of [0, frames - 1]) expect(confidence?.get(frame, 0, size - 1)).toBe(start + frame);
          next += frames;
        }
        expect(next).toBe(FRAMES);
      }
    }
  });
});

/** What stops the conversion of a file before it comes to the target. */
const UNREAD: Readonly<Record<string, RegExp>> = {
  "bad_bbox_1d.npz": /there is no convention "custom"/,
  "bad_compressed_mask_count.npz": /2 ones in the mask, 3 along axis 1/,
  "bad_compressed_no_mask.npz": /its mask keypoints2d_mask is missing/,
  "bad_config_type.npz": /there is no convention "custom"/,
  "bad_crc.npz": /CRC-32/,
  "bad_encrypted.npz": /encrypted/,
  "bad_frames_differ.npz": /there is no convention "custom"/,
  "bad_image_path_len.npz": /there is no convention "custom"/,
  "bad_is_npy.npz": /none of npz, pickle/,
  "bad_mask_len.npz": /there is no convention "custom"/,
  "bad_mask_values.npz": /there is no convention "custom"/,
  "bad_meta_not_dict.npz": /meta: a dict expected/,
  "bad_not_zip.npz": /none of npz, pickle/,
  "bad_npy_descr.npz": /dtype "<q9"/,
  "bad_npy_header_code.npz": /no literal dict/,
  "bad_npy_huge_shape.npz": /more than any file holds/,
  "bad_npy_magic.npz": /NUMPY signature/,
  "bad_npy_neg_shape.npz": /negative dimension/,
  "bad_npy_short.npz": /needs 80 bytes/,
  "bad_npy_version.npz": /npy version 9/,
  "bad_pickle_builtins_eval.pkl": /refused/,
  "bad_pickle_garbage.pkl": /truncated|STOP/,
  "bad_pickle_memo.pkl": /memo 7/,
  "bad_pickle_os_system.npz": /refused/,
  "bad_pickle_toplevel_list.pkl": /no keypoints and no vertices/,
  "bad_pickle_truncated.npz": /STOP/,
  "bad_pickle_unknown_class.npz": /refused/,
  "bad_smpl_rows.npz": /there is no convention "custom"/,
  "bad_strict_unknown_kp.npz": /no keypoints and no vertices/,
  "bad_truncated.npz": /cut short/,
  "bad_zero_bytes.npz": /empty/,
  "cache.npz": /no keypoints and no vertices/,
  "dtypes.npz": /no keypoints and no vertices/,
  "empty.npz": /no keypoints and no vertices/,
  "loader_conversions.npz": /keypoints2d has 4 keypoints, human_data 190/,
  "npy_headers.npz": /no keypoints and no vertices/,
  "py2_proto2.pkl": /keypoints2d has 4 keypoints, human_data 190/,
  "zero_frames.npz": /no keypoints and no vertices/,
};

/** What else stops it, as the target is not made for what there is. */
const UNFIT: Readonly<Record<string, RegExp>> = {
  humandata: /^smpl.betas: "betas" is required/,
  pyskl: /no place for/,
  "pyskl/list": /no place for/,
  "pyskl/clip": /no place for|holds one sequence/,
  "skelshop/trackshots": /no place for/,
  "skelshop/unseg": /no place for|holds one sequence/,
  bodycompress: /no place for|holds one sequence/,
};

/** Places for points are looked for before conventions are. */
function reasonFor(name: string, to: string): RegExp {
  const [unread, unfit] = [UNREAD[name], UNFIT[to] as RegExp];
  const asksFirst = unread && /convention|190/.test(unread.source) && to === "bodycompress";
  return unread && !asksFirst ? unread : unfit;
}

describe("every HumanData file", () => {
  const folder = new URL("./conformance/humandata/", import.meta.url);
  const files = readdirSync(folder).filter((name) => /\.(npz|pkl)$/.test(name));

  it("is named here as one that cannot be read, or can", () => {
    expect(Object.keys(UNREAD).filter((name) => !files.includes(name))).toEqual([]);
    expect(files.length - Object.keys(UNREAD).length).toBeGreaterThan(25);
  });

  for (const to of Object.keys(UNFIT)) {
    it.each(files)(`%s → ${to} is written without errors, or stops with a stated reason`, async (name) => {
      const attempt = async () => {
        const file = await fixture("humandata", `humandata/${name}`);
        return { file, ...(await convertTo(file, to, { confidence: 1 })) };
      };
      const outcome = await attempt().catch((error: unknown) => error as Error);
      if (outcome instanceof Error) {
        expect(outcome instanceof FormatError || outcome instanceof MotionError, outcome.stack).toBe(true);
        expect(outcome.message).toMatch(reasonFor(name, to));
        return;
      }
      expect(UNREAD[name]).toBeUndefined();
      const written = await opened(to, outcome.bytes);
      expect((await checkFile(written)).filter(({ severity }) => severity === "error")).toEqual([]);
      const count = (all: Awaited<ReturnType<typeof seenIn>>) => all.flatMap(({ people }) => people).flat().length;
      const layers = outcome.report.layers.length;
      if (layers > 0)
        expect(count(await seenIn(written)) / layers).toBeLessThanOrEqual(count(await seenIn(outcome.file)));
      if (to === "humandata")
        expect(await besideIn(openMotion(written))).toEqual(await besideIn(openMotion(outcome.file)));
    });
  }
});
