import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { codeBlocks } from "./support/markdown.js";
import { runSample } from "./support/samples.js";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/convert.md"), "utf8");

describe("the page about conversion", () => {
  it("shows transcripts of commands that are true, one after the other", () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "somakit-convert-page-")));
    try {
      copyFileSync(join(root, "test/conformance/pyskl/coco2d_f16_p2_np1.pkl"), join(folder, "clips.pkl"));
      copyFileSync(join(root, "test/conformance/bodycompress/multi_person.xz"), join(folder, "meshes.xz"));
      cpSync(join(root, "test/conformance/datagen/hic"), join(folder, "doorbell"), { recursive: true });
      cpSync(join(root, "test/conformance/pyskl/k400"), join(folder, "kinetics"), { recursive: true });
      const runs = codeBlocks(page, "console").flatMap((transcript) => transcript.split(/^(?=\$ )/m));
      expect(runs.length).toBeGreaterThan(3);
      for (const run of runs) {
        const [line = ""] = run.split("\n", 1);
        const args = line.replace("$ somakit ", "").split(" ");
        const { stdout, stderr } = spawnSync(
          process.execPath,
          [join(root, "packages/cli/dist/bundle/bin.js"), ...args],
          {
            cwd: folder,
            encoding: "utf8",
          },
        );
        expect(`${line}\n${stderr}${stdout}`).toBe(`${run.trimEnd()}\n`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const outputs = codeBlocks(page, "text");
  it.each(codeBlocks(page, "ts").map((sample, index) => [index, sample] as const))(
    "shows in sample %i what it prints",
    (index, sample) => {
      expect(outputs.length).toBeGreaterThan(index);
      expect(runSample(sample)).toEqual({ stdout: outputs[index], stderr: "" });
    },
  );
});
