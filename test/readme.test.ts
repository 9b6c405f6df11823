import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { codeBlocks } from "./support/markdown.js";

const root = resolve(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** An empty folder with the packages and the sample files, as if somebody had cloned and linked them. */
function inProject<T>(use: (folder: string) => T): T {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "somakit-readme-")));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    symlinkSync(join(root, "test"), join(folder, "test"), "dir");
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("README", () => {
  it("shows an API sample that prints what it says", () => {
    inProject((folder) => {
      const [sample] = codeBlocks(readme, "ts");
      writeFileSync(join(folder, "sample.mjs"), transformSync(sample as string, { loader: "ts", format: "esm" }).code);
      const { stdout, stderr } = spawnSync(process.execPath, ["sample.mjs"], { cwd: folder, encoding: "utf8" });
      expect({ stdout, stderr }).toEqual({ stdout: codeBlocks(readme, "text")[0], stderr: "" });
      expect(existsSync(join(folder, "corrected.npz"))).toBe(true);
    });
  });

  it("shows transcripts of commands that are true", () => {
    const transcripts = codeBlocks(readme, "console");
    expect(transcripts.length).toBeGreaterThan(1);
    inProject((folder) => {
      for (const run of transcripts.flatMap((transcript) => transcript.split(/^(?=\$ )/m))) {
        const [command = "", output] = run.split(/\n([\s\S]*)/);
        const args = command.replace("$ somakit ", "").split(" ");
        const { stdout } = spawnSync(process.execPath, [join(root, "packages/cli/dist/bundle/bin.js"), ...args], {
          cwd: folder,
          encoding: "utf8",
          env: { ...process.env, NO_COLOR: "1" },
        });
        expect(`${command}\n${stdout}`).toBe(`${command}\n${output}`);
      }
    });
  });

  it("names only commands and pages that are there", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const [, name] of readme.matchAll(/`npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([name as string]);
    for (const [, path] of readme.matchAll(/\]\((docs\/[^)#]+)/g))
      expect([path, existsSync(join(root, path as string))]).toEqual([path, true]);
  });
});
