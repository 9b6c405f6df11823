import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSink, fileSource } from "@somakit/core/node";
import { cache, HumanDataDict, multi } from "@somakit/formats/humandata";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianPython } from "./support/python.js";

const fixture = (name: string) => join(import.meta.dirname, "conformance/humandata", name);

/** What Python code prints about a file, as JSON. */
function python(code: string, path: string): unknown {
  const prelude =
    "import sys, json, pickle\nimport numpy as np\npath = sys.argv[1]\nshow = lambda value: print(json.dumps(value))\n";
  return JSON.parse(
    execFileSync(debianPython as string, ["-W", "error", "-c", prelude + code, path], { encoding: "utf8" }),
  );
}

const NPZ = `
with np.load(path, allow_pickle=True) as npz:
    show({
        "keys": list(npz.files),
        "state": {key: npz[key].item() for key in npz.files if key.startswith("__")},
        "smpl": {key: [str(value.dtype), list(value.shape)] for key, value in npz["smpl"].item().items()},
        "meta": sorted(npz["meta"].item()),
        "keypoints2d": [str(npz["keypoints2d"].dtype), list(npz["keypoints2d"].shape), float(npz["keypoints2d"].sum())],
        "mask": [str(npz["keypoints2d_mask"].dtype), int(npz["keypoints2d_mask"].sum())],
        "image_path": [npz["image_path"].dtype.kind, len(npz["image_path"])],
    })
`;

const PKL = `
with open(path, "rb") as file:
    data = pickle.load(file)
show({
    "type": type(data).__name__,
    "first": list(data)[:4],
    "flags": [data["__key_strict__"], data["__data_len__"], data["__keypoints_compressed__"]],
    "types": [type(data[key]).__name__ for key in ("image_path", "bbox_xywh", "config", "smpl", "misc")],
    "betas": [str(data["smpl"]["betas"].dtype), list(data["smpl"]["betas"].shape)],
})
`;

const CACHE = `
with np.load(path, allow_pickle=True) as npz:
    show({
        "keys": list(npz.files),
        "sizes": [npz["slice_size"].item(), npz["data_len"].item(), npz["key_strict"].item()],
        "shapes": [list(npz[key].shape) for key in npz.files],
        "info": sorted(npz["keypoints_info"].item()),
        "rest": sorted(npz["non_sliced_data"].item()),
        "slice": {key: [type(value).__name__, len(value)] for key, value in npz["2"].item().items()},
        "smpl": {key: list(value.shape) for key, value in npz["2"].item()["smpl"].items()},
    })
`;

describe.skipIf(!debianPython)("numpy reads what dicts write", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-numpy-"));
    HumanDataDict.setLogger(() => undefined);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    HumanDataDict.setLogger(undefined);
  });

  const packed = async (): Promise<HumanDataDict> => {
    const data = await HumanDataDict.fromFile(await fileSource(fixture("full.npz")));
    data.compressKeypointsByMask();
    return data;
  };

  it("from an npz: the three entries of the class, dicts by item(), packed arrays", async () => {
    const path = join(folder, "packed.npz");
    const data = await packed();
    await data.dump(await fileSink(path));
    const found = python(NPZ, path) as { readonly keys: readonly string[]; readonly keypoints2d: readonly unknown[] };
    expect(found.keys).toEqual(["__key_strict__", "__data_len__", "__keypoints_compressed__", ...data.keys()]);
    expect(found).toMatchObject({
      state: { __key_strict__: true, __data_len__: 7, __keypoints_compressed__: true },
      smpl: { betas: ["float32", [7, 10]], body_pose: ["float32", [7, 23, 3]] },
      mask: ["uint8", 17],
      image_path: ["U", 7],
    });
    expect(found.keypoints2d.slice(0, 2)).toEqual(["float64", [7, 17, 3]]);
    expect(found.keypoints2d[2]).toBeCloseTo(48822.53662833726, 6);
  });

  it("from a pickle", async () => {
    const path = join(folder, "packed.pkl");
    await (await packed()).dumpByPickle(await fileSink(path));
    expect(python(PKL, path)).toEqual({
      type: "dict",
      first: ["__key_strict__", "__data_len__", "__keypoints_compressed__", "image_path"],
      flags: [true, 7, true],
      types: ["list", "ndarray", "str", "dict", "dict"],
      betas: ["float32", [7, 10]],
    });
  });

  it("of several persons an image, sliced", async () => {
    const path = join(folder, "multi.npz");
    const data = await multi.MultiHumanDataDict.fromFile(await fileSource(fixture("multi.npz")));
    await data.getSlice(1, 4).dump(await fileSink(path));
    const code = `
with np.load(path, allow_pickle=True) as npz:
    show([list(npz.files)[:4], npz["__data_len__"].item(), npz["__instance_num__"].item(), npz["frame_range"].tolist(), list(npz["bbox_xywh"].shape)])
`;
    expect(python(code, path)).toEqual([
      ["__key_strict__", "__data_len__", "__instance_num__", "__keypoints_compressed__"],
      3,
      5,
      [
        [0, 1],
        [1, 2],
        [2, 5],
      ],
      [5, 5],
    ]);
  });

  it("from a cache, entry by entry", async () => {
    const path = join(folder, "cache.npz");
    await cache.writeCache(await fileSink(path), await packed(), { sliceSize: 3 });
    const slice = ["image_path", "image_id", "bbox_xywh", "keypoints2d", "keypoints3d", "vertices"];
    expect(python(CACHE, path)).toMatchObject({
      keys: ["slice_size", "data_len", "keypoints_info", "non_sliced_data", "key_strict", "0", "1", "2"],
      sizes: [3, 7, true],
      shapes: [[], [], [], [], [], [], [], []],
      info: ["keypoints2d_convention", "keypoints2d_mask", "keypoints3d_convention", "keypoints3d_mask"],
      slice: Object.fromEntries(slice.map((key) => [key, [key.startsWith("image") ? "list" : "ndarray", 1]])),
      smpl: { betas: [1, 10], body_pose: [1, 23, 3] },
    });
  });
});
