import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianPython } from "./support/python.js";

const root = resolve(import.meta.dirname, "..");
const bin = join(root, "packages/cli/dist/bundle/bin.js");
const fixtures = join(root, "test/conformance/humandata");

/** What numpy finds in files that the command wrote, beside what it finds in the original. */
const LOAD = `
import pickle, sys
import numpy as np

def load(path):
    if path.endswith(".npz"):
        data = np.load(path, allow_pickle=True)
        return {key: unboxed(data[key]) for key in data.files}
    with open(path, "rb") as file:
        return pickle.load(file)

def unboxed(value):
    return value.item() if value.shape == () else value

def same(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    return type(a) == type(b) and a == b

def cut(value, frames, count):
    if isinstance(value, dict):
        return {key: cut(member, frames, count) for key, member in value.items()}
    if isinstance(value, np.ndarray) and value.ndim > 0 and len(value) == count:
        return value[frames]
    if isinstance(value, list) and len(value) == count:
        return [value[index] for index in np.arange(count)[frames]]
    return value

def compare(expected, found, leave=()):
    for key in expected:
        if key not in leave and key in found and not same(expected[key], found[key]):
            print(key, "differs:", expected[key], found[key])
    if list(expected) != list(found):
        print("keys", list(expected), list(found))

whole, out = load(sys.argv[1]), sys.argv[2]
BODY
print("done")
`;

/** Output of a script that has `whole`, the original, `out`, the folder of results, and the functions above. */
function python(original: string, folder: string, body: string): string {
  const script = LOAD.replace("BODY", body);
  const args = ["-W", "error", "-c", script, join(fixtures, original), folder];
  return execFileSync(debianPython as string, args, { encoding: "utf8" }).trim();
}

describe.skipIf(!debianPython)("what the command writes, numpy loads", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-python-cli-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const somakit = (...args: readonly string[]): void =>
    void execFileSync(process.execPath, [bin, ...args], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const fixture = (name: string): string => join(fixtures, name);

  it("slices are numpy's slices", () => {
    somakit("slice", fixture("full.npz"), "1:6:2", "-o", "slice.npz");
    somakit("slice", fixture("full.npz"), "--indices", "5,0,5", "-o", "some.npz");
    const body = `
for name, frames in (("slice.npz", slice(1, 6, 2)), ("some.npz", [5, 0, 5])):
    expected = {key: cut(value, frames, 7) for key, value in whole.items() if key != "__data_len__"}
    compare({"__key_strict__": whole["__key_strict__"], "__data_len__": 3, **expected}, load(out + "/" + name))
`;
    expect(python("full.npz", folder, body)).toBe("done");
  });

  it("parts joined again are the original, from one container to the other", () => {
    somakit("split", fixture("full.npz"), "--parts", "3,4", "-o", "part-{}.pkl");
    somakit("concat", "part-1.pkl", "part-2.pkl", "-o", "joined.npz");
    expect(python("full.npz", folder, `compare(whole, load(out + "/joined.npz"))`)).toBe("done");
  });

  it("packed keypoints are those that the mask keeps, and come back", () => {
    somakit("compress", fixture("full.npz"), "-o", "packed.npz");
    somakit("decompress", "packed.npz", "-o", "back.npz");
    const body = `
packed = load(out + "/packed.npz")
keys = ("keypoints2d", "keypoints3d")
expected = {key: value[:, whole[key + "_mask"] == 1] if key in keys else value for key, value in whole.items()}
compare({**expected, "__keypoints_compressed__": True}, packed)
compare(whole, load(out + "/back.npz"))
`;
    expect(python("full.npz", folder, body)).toBe("done");
  });

  it("another convention changes keypoints, masks and names, and nothing else", () => {
    somakit("convention", "convert", fixture("full.npz"), "--convention", "coco", "-o", "coco.npz");
    const body = `
coco = load(out + "/coco.npz")
changed = [key for key in whole if "keypoints" in key and not key.startswith("__")]
compare(whole, coco, leave=changed)
assert coco["keypoints2d"].shape == (7, 17, 3) and coco["keypoints2d"].dtype == whole["keypoints2d"].dtype
assert coco["keypoints2d_mask"].shape == (17,) and coco["keypoints2d_convention"] == "coco"
`;
    expect(python("full.npz", folder, body)).toBe("done");
  });

  it("an upgraded file has the keys and forms of today", () => {
    somakit("upgrade", fixture("legacy_like.npz"), "-o", "new.npz");
    const body = `
new = load(out + "/new.npz")
assert "mask" not in new and np.array_equal(new["keypoints2d_mask"], whole["mask"]), new.keys()
assert np.array_equal(new["bbox_xywh"], np.hstack([whole["bbox_xywh"], np.ones((2, 1))]))
assert new["keypoints2d_convention"] == "smplx" and new["__data_len__"] == 2
`;
    expect(python("legacy_like.npz", folder, body)).toBe("done");
  });
});
