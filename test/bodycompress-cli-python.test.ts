import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { debianPython } from "./support/python.js";

const here = import.meta.dirname;
const BIN = join(here, "../packages/cli/dist/bundle/bin.js");
const fixture = (name: string): string => join(here, "conformance/bodycompress", `${name}.xz`);

/** numpy.savez of a walk of two people, as an estimator gives it. */
const MAKE = `
import sys, numpy as np
random = np.random.default_rng(5)
steps = np.cumsum(random.normal(0, 4, (65, 2, 1, 3)), axis=0)
vertices = (random.normal(0, 300, (1, 2, 50, 3)) + steps + random.normal(0, .2, (65, 2, 50, 3))).astype(np.float32)
np.savez(sys.argv[1], vertices=vertices, joints=vertices[:, :, :4].astype(np.float64),
    vertex_uncertainties=random.uniform(0, .1, (65, 2, 50)).astype(np.float32), frame_id=np.arange(65) * 3, fps=np.float64(25))
`;

/** Reads a file by numpy, msgpack-numpy and the xz program, and compares it with arrays. */
const COMPARE = `
import json, sys, numpy as np
sys.path.insert(0, sys.argv[1])
import body
path, arrays = sys.argv[2], np.load(sys.argv[3])
header, frames = body.header(path), list(body.read(path))
def worst(key):
    return float(max(abs(frame[key] - arrays[key][index]).max() for index, frame in enumerate(frames)))
objects = body.objects(path)
next(objects)
metadata = next(objects)
print(json.dumps({"length": header["length"], "per_block": header.get("frames_per_block"), "frames": len(frames),
    "keys": list(frames[0]), "worst": {key: worst(key) for key in ("vertices", "joints", "vertex_uncertainties")},
    "ids": [int(frame["frame_id"]) for frame in frames[:3]], "metadata": {key: float(value) for key, value in metadata.items()}}))
`;

const COUNT = `
import json, sys
sys.path.insert(0, sys.argv[1])
import body
print(json.dumps([body.header(sys.argv[2])["length"], sum(1 for _ in body.read(sys.argv[2]))]))
`;

const SAME = `
import sys, numpy as np
sys.path.insert(0, sys.argv[1])
import body
arrays, frames = np.load(sys.argv[3]), list(body.read(sys.argv[2]))
print(all(np.array_equal(arrays[key], np.stack([frame[key] for frame in frames])) for key in arrays.files if key in frames[0]), arrays["vertices"].dtype)
`;

function python(script: string, ...args: readonly string[]): string {
  const run = spawnSync(debianPython as string, ["-B", "-c", script, ...args], { encoding: "utf8" });
  expect(run.stderr).toBe("");
  return run.stdout.trim();
}

function somakit(...args: readonly string[]): void {
  const run = spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8" });
  expect([run.status, run.stderr]).toEqual([0, ""]);
}

const READER = join(here, "bench/python");

describe.skipIf(!debianPython)("Python", () => {
  let folder = "";
  const path = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-bodies-"));
    python(MAKE, path("walk.npz"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    [[], 30, 0.25],
    [["--per-block", "none", "--steps", "quantizationMm=0.1"], null, 0.05],
    [["--per-block", "7", "--preset", "0", "-j", "1"], 7, 0.25],
  ])("reads what compress %j makes of numpy's arrays", (options, perBlock, most) => {
    somakit("compress", path("walk.npz"), "-o", path("walk.xz"), "--force", ...options);
    const found = JSON.parse(python(COMPARE, READER, path("walk.xz"), path("walk.npz"))) as Record<string, unknown>;
    expect(found).toMatchObject({ length: 65, frames: 65, per_block: perBlock, ids: [0, 3, 6], metadata: { fps: 25 } });
    expect(found["keys"]).toEqual(["frame_id", "vertices", "joints", "vertex_uncertainties"]);
    const worst = found["worst"] as Record<string, number>;
    expect(worst["vertices"]).toBeLessThanOrEqual(most + 1e-3);
    expect(worst["joints"]).toBeLessThanOrEqual(most + 1e-3);
    expect(worst["vertex_uncertainties"]).toBeLessThanOrEqual(most / 1000 + 1e-6);
  });

  test.each(["basic", "multi_person", "q0p3"])(
    "finds in what decompress makes of %s the numbers that it decodes",
    (name) => {
      somakit("decompress", fixture(name), "-o", path(`${name}.npz`));
      expect(python(SAME, READER, fixture(name), path(`${name}.npz`))).toBe("True float32");
    },
  );

  test.each([
    ["truncated", 12],
    ["unfinished", 5],
    ["partial_tail", 4],
  ])("reads what repair makes of %s", (name, count) => {
    somakit("repair", fixture(name), "-o", path(`${name}.xz`));
    expect(JSON.parse(python(COUNT, READER, path(`${name}.xz`)))).toEqual([count, count]);
  });
});
