import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { skeletons } from "@somakit/formats/skelshop";
import { describe, expect, it } from "vitest";
import { codeBlocks } from "./support/markdown.js";
import { runSample } from "./support/samples.js";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/skelshop.md"), "utf8");

/** Files of the page, by what they are called there. */
const FILES = {
  "openpose_frames.zip": "openpose_frames.zip",
  "openpose_frames.tar.gz": "openpose_frames.tar.gz",
  "names.h5": "track_name_order.h5",
  "damaged.h5": "bad_indptr_decreasing.h5",
  "shots.h5": "track_body25_13shots.h5",
} as const;

describe("the page about SkelShop", () => {
  it("shows transcripts of commands that are true, one after the other", () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "somakit-skelshop-page-")));
    try {
      for (const [name, from] of Object.entries(FILES))
        copyFileSync(join(root, "test/conformance/skelshop", from), join(folder, name));
      writeFileSync(join(folder, "cuts.txt"), "2\n");
      const runs = codeBlocks(page, "console").flatMap((transcript) => transcript.split(/^(?=\$ )/m));
      expect(runs).toHaveLength(6);
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

  it("has a table of modes that is that of the skeletons", () => {
    const rows = page.split("\n").filter((line) => /^\| `(BODY|FACE)/.test(line));
    const modes = [...new Set(skeletons.map(({ mode }) => mode))];
    expect(rows.map((row) => row.split("`")[1])).toEqual(modes);
    for (const { mode, limbs, keypoints, convention } of skeletons) {
      const row = rows.find((line) => line.startsWith(`| \`${mode}\``)) as string;
      const [, , columns, counts, names] = row.split("|");
      expect([columns, counts, names]).toEqual([
        expect.stringMatching(new RegExp(`\\b${limbs}\\b`)),
        expect.stringMatching(new RegExp(`\\b${keypoints}\\b`)),
        expect.stringContaining(`\`${convention}\``),
      ]);
    }
  });
});
