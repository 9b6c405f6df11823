import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemorySink, NdArray, type OpenedFile, openFile, openMotion, writeWith } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import { afterAll, describe, expect, it } from "vitest";
import { convertTo, layoutOf, opened } from "./support/motion.js";
import { debianPython } from "./support/python.js";

const FIXTURES = new URL("conformance/datagen/", import.meta.url).pathname;

async function inContext(): Promise<OpenedFile> {
  return openFile(await layoutOf("datagen/hic"), await fileFolder(`${FIXTURES}hic`));
}

const PROJECTION = `
import json, sys, glob, numpy as np
root, out = sys.argv[1:]
z = np.load(out, allow_pickle=True)
rows3, rows2 = z["keypoints3d"], z["keypoints2d"]
frames = sorted(glob.glob(root + "/scene_*/frames/*/*/"))
worst = 0
for row, frame in enumerate(frames):
    body = json.load(open(frame + "key_points/body_key_points.json"))["body"]
    def leaves(tree, path=""):
        for key, value in tree.items():
            if "global_3d" in value: yield path + key, value
            else: yield from leaves(value, path + key + ".")
    points = [value for _, value in sorted(leaves(body))]
    world = np.array([[p["global_3d"][a] for a in "xyz"] for p in points])
    camera = json.load(open(frame + "camera_metadata.json"))
    E, K = np.array(camera["extrinsic_matrix"]), np.array(camera["intrinsic_matrix"])
    own = world @ E[:, :3].T + E[:, 3]
    pixels = own @ K.T
    worst = max(worst, np.abs(rows3[row, :, :3] - own).max())
    if MODE == "project":
        worst = max(worst, np.abs(rows2[row, :, :2] - pixels[:, :2] / pixels[:, 2:]).max())
assert len(rows3) == len(frames) == 3
assert worst < 1e-9, worst
print("same")
`;

describe.skipIf(debianPython === undefined)("numpy and the cameras of the files", () => {
  const temporary = mkdtempSync(join(tmpdir(), "somakit-"));
  afterAll(() => rmSync(temporary, { recursive: true }));

  it("brings points of the world to where we have them in the frame of the camera", async () => {
    const { bytes, report } = await convertTo(await inContext(), "humandata", { confidence: 1, layers: ["body"] });
    expect(report.notes).toContainEqual({
      kind: "derived",
      what: "body.3d: positions in the frames of the cameras, by where these are in the world",
      count: 1,
    });
    const path = join(temporary, "camera.npz");
    writeFileSync(path, bytes);
    const script = PROJECTION.replace("MODE", '"camera"');
    const printed = execFileSync(debianPython as string, ["-c", script, `${FIXTURES}hic`, path], { encoding: "utf8" });
    expect(printed.trim()).toBe("same");
  });

  it("projects them to where we have them in the image", async () => {
    const file = await inContext();
    const options = { confidence: 1, layers: ["body.3d"], project: true };
    const { bytes, report } = await convertTo(file, "humandata", options);
    expect(report.layers.map(({ from, to }) => `${from} → ${to}`).sort()).toEqual([
      "body.3d → keypoints2d",
      "body.3d → keypoints3d",
    ]);
    const path = join(temporary, "image.npz");
    writeFileSync(path, bytes);
    const script = PROJECTION.replace("MODE", '"project"');
    const printed = execFileSync(debianPython as string, ["-c", script, `${FIXTURES}hic`, path], { encoding: "utf8" });
    expect(printed.trim()).toBe("same");
  });

  it("goes through a bent lens, in millimetres, and back into the world as we do", async () => {
    const layout = await layoutOf("bodycompress");
    // Half millimetres, which is what the file can say.
    const joints = Float32Array.from({ length: 2 * 17 * 3 }, (_, at) => Math.round(1200 * Math.sin(at + 1)) / 2);
    const f64 = (values: readonly number[], shape: readonly number[]) =>
      NdArray.from("float64", Float64Array.from(values), shape);
    const camera = {
      rotvec_w2c: f64([0.1, -0.2, 0.3], [3]),
      loc: f64([100, 200, -3000], [3]),
      intr: f64([1000, 0, 320, 0, 1001, 240], [2, 3]),
      distcoef: f64([0.01, 0.002, 0.001, 0.002, 0.003], [5]),
    };
    const frames = [0, 1].map((frame) => ({
      joints: NdArray.from("float32", joints.slice(frame * 51, (frame + 1) * 51), [1, 17, 3]),
      camera: frame === 0 ? camera : { ...camera, loc: f64([100, 250, -3100], [3]) },
    }));
    const sink = new MemorySink();
    await writeWith(layout, sink, { frames }, { check: "loose" });
    const file = await opened("bodycompress", sink.bytes());
    const options = { sourceConvention: "coco", confidence: 1, project: true };
    const rows = await convertTo(file, "humandata", options);
    const path = join(temporary, "lens.npz");
    writeFileSync(path, rows.bytes);
    writeFileSync(join(temporary, "joints.bin"), joints);
    const script = `
import sys, numpy as np
z = np.load(sys.argv[1], allow_pickle=True)
P = np.fromfile(sys.argv[2], np.float32).reshape(2, 17, 3).astype(float)
v = np.array([0.1, -0.2, 0.3]); t = np.linalg.norm(v); k = v / t
C = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
R = np.eye(3) + np.sin(t) * C + (1 - np.cos(t)) * C @ C
k1, k2, p1, p2, k3 = 0.01, 0.002, 0.001, 0.002, 0.003
for row, loc in enumerate([[100, 200, -3000], [100, 250, -3100]]):
    X = (P[row] - loc) @ R.T
    assert np.abs(z["keypoints3d"][row, :, :3] - X / 1000).max() < 1e-6
    x, y = X[:, 0] / X[:, 2], X[:, 1] / X[:, 2]
    r = x * x + y * y
    radial = 1 + k1 * r + k2 * r**2 + k3 * r**3
    u = 1000 * (x * radial + 2 * p1 * x * y + p2 * (r + 2 * x * x)) + 320
    w = 1001 * (y * radial + p1 * (r + 2 * y * y) + 2 * p2 * x * y) + 240
    assert np.abs(z["keypoints2d"][row, :, :2] - np.stack([u, w], 1)).max() < 1e-3
    assert (z["keypoints2d"][row, :, 2] == 1).all()
print("same")
`;
    const printed = execFileSync(debianPython as string, ["-c", script, path, join(temporary, "joints.bin")], {
      encoding: "utf8",
    });
    expect(printed.trim()).toBe("same");
    const back = await convertTo(await opened("humandata", rows.bytes), "bodycompress");
    expect(back.report.notes).toContainEqual({
      kind: "derived",
      what: "keypoints3d: positions in the world, by where the cameras are in it",
      count: 1,
    });
    for await (const { windows } of openMotion(await opened("bodycompress", back.bytes)).sequences())
      for await (const window of windows()) {
        const own = [...(window.layers.get("joints")?.positions ?? [])] as number[];
        const worst = own.reduce((most, value, at) => Math.max(most, Math.abs(value - (joints[at] as number))), 0);
        expect(own).toHaveLength(102);
        expect(worst).toBeLessThan(0.01);
      }
  });
});

describe("places in the image that only cameras tell", () => {
  it("are made only when they are asked for, and the refusal says how", async () => {
    await expect(convertTo(await inContext(), "coco", { layers: ["body.3d"], confidence: 1 })).rejects.toMatchObject({
      settledBy: "project",
    });
  });

  it("give way to places that the file has", async () => {
    const { report } = await convertTo(await inContext(), "coco", { confidence: 1, project: true });
    expect(report.layers.map(({ from }) => from)).toEqual(["face.standard.2d"]);
  });
});
