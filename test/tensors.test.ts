import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onnx, toTensors } from "@somakit/core/tensor";
import * as humandata from "@somakit/formats/humandata";
import { transformSync } from "esbuild";
import * as ort from "onnxruntime-common";
import { describe, expect, expectTypeOf, it } from "vitest";
import { codeBlocks } from "./support/markdown.js";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/tensors.md"), "utf8");
const samples = codeBlocks(page, "ts").map((code, index) => ({ code, output: codeBlocks(page, "text")[index] }));

describe("the page about tensors", () => {
  it.each(samples)("shows a sample that prints what it says (%#)", ({ code, output }) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "somakit-tensors-")));
    try {
      for (const name of ["node_modules", "test"]) symlinkSync(join(root, name), join(folder, name), "dir");
      writeFileSync(join(folder, "sample.mjs"), transformSync(code, { loader: "ts", format: "esm" }).code);
      const { status, stdout, stderr } = spawnSync(process.execPath, ["sample.mjs"], { cwd: folder, encoding: "utf8" });
      expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: output });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("has an output for each sample", () => {
    expect(samples.length).toBeGreaterThan(2);
    expect(codeBlocks(page, "text")).toHaveLength(samples.length);
  });
});

describe("HumanData", () => {
  const read = (name: string): Promise<humandata.HumanData> =>
    humandata.read(readFileSync(join(root, "test/conformance/humandata", name)));

  it("hands over its own arrays and leaves those in dicts, as mmhuman3d's `to` does (Q66)", async () => {
    const data = await read("full.npz");
    const tensors = toTensors(data, onnx(ort));
    expect(Object.keys(tensors)).toEqual(Object.keys(data));
    expect(tensors.keypoints2d).toBeInstanceOf(ort.Tensor);
    expect(tensors.keypoints2d?.data).toEqual(data.keypoints2d?.data);
    expect(tensors.smpl).toBe(data.smpl);
    expect(tensors.image_path).toBe(data.image_path);
    expectTypeOf(tensors.keypoints2d).toEqualTypeOf<ort.Tensor | undefined>();
    expectTypeOf(tensors.config).toEqualTypeOf<string | undefined>();
  });

  it("hands over those in dicts too when asked to, the types following", async () => {
    const data = await read("full.npz");
    const tensors = toTensors(data, onnx(ort), { nested: true, other: "omit" });
    expect(tensors.smpl?.body_pose?.dims).toEqual(data.smpl?.body_pose?.shape);
    expect("config" in tensors).toBe(false);
    expectTypeOf(tensors.smpl?.body_pose).toEqualTypeOf<ort.Tensor | undefined>();
  });
});
