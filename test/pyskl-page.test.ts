import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ClipSet } from "@somakit/formats/pyskl";
import { describe, expect, it } from "vitest";
import { codeBlocks } from "./support/markdown.js";
import { runSample } from "./support/samples.js";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/pyskl.md"), "utf8");

describe("the page about PYSKL", () => {
  it("shows transcripts of commands that are true, one after the other", () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "somakit-pyskl-page-")));
    try {
      symlinkSync(join(root, "test/conformance/pyskl/ntu/set60/nturgb+d_skeletons"), join(folder, "skeletons"), "dir");
      const runs = codeBlocks(page, "console").flatMap((transcript) => transcript.split(/^(?=\$ )/m));
      expect(runs.length).toBeGreaterThan(6);
      for (const run of runs) {
        const [command = "", output] = run.split(/\n([\s\S]*)/);
        const args = command.replace("$ somakit ", "").split(" ");
        const { stdout } = spawnSync(process.execPath, [join(root, "packages/cli/dist/bundle/bin.js"), ...args], {
          cwd: folder,
          encoding: "utf8",
          env: { ...process.env, NO_COLOR: "1" },
        });
        expect(`${command}\n${stdout}`).toBe(`${command}\n${output}`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const outputs = codeBlocks(page, "text");
  it.each(codeBlocks(page, "ts").map((sample, index) => [index, sample] as const))(
    "shows in sample %i what it prints",
    (index, sample) => {
      expect(runSample(sample)).toEqual({ stdout: outputs[index], stderr: "" });
    },
  );

  it("names methods that a set of clips has", () => {
    const table = page.split("\n").filter((line) => line.startsWith("| `"));
    const names = table.flatMap((line) => [...(line.split(" | ")[0] as string).matchAll(/(?<![.\w])(\w+)\(/g)]);
    expect(names.length).toBeGreaterThan(12);
    for (const [, name] of names) expect([name, (name as string) in ClipSet.prototype]).toEqual([name, true]);
  });
});
