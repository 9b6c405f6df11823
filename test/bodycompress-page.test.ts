import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { MemorySink, NdArray, npz, type Value, type WriteTree } from "@somakit/core";
import * as bodycompress from "@somakit/formats/bodycompress";
import { describe, expect, it } from "vitest";
import { codeBlocks } from "./support/markdown.js";
import { runSamples } from "./support/samples.js";

const root = resolve(import.meta.dirname, "..");
const PAGE = join(root, "docs/bodycompress.md");
const page = readFileSync(PAGE, "utf8");

/** Waves: 100 frames of 40 vertices and a joint. */
async function meshes(): Promise<Uint8Array> {
  const array = (points: number): NdArray => {
    const value = (_: unknown, at: number): number => 500 * Math.sin(at / 40) + Math.floor(at / (3 * points));
    return NdArray.from("float32", Float32Array.from({ length: 300 * points }, value), [100, points, 3]);
  };
  const sink = new MemorySink();
  await npz.write(
    sink,
    new Map<Value, WriteTree>([
      ["vertices", array(40)],
      ["joints", array(1)],
    ]),
    { compression: "none" },
  );
  return sink.bytes();
}

describe("the page about BodyCompress", () => {
  it("shows in its samples what they print, one after the other", () => {
    const outputs = codeBlocks(page, "text");
    expect(outputs).toHaveLength(2);
    const printed = runSamples(codeBlocks(page, "ts"));
    expect(printed).toEqual(outputs.map((stdout) => ({ stdout, stderr: "" })));
  });

  it("shows transcripts of commands that are true, one after the other", async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "somakit-bodycompress-page-")));
    try {
      writeFileSync(join(folder, "meshes.npz"), await meshes());
      copyFileSync(join(root, "test/conformance/bodycompress/truncated.xz"), join(folder, "cut.xz"));
      const runs = codeBlocks(page, "console").flatMap((transcript) => transcript.split(/^(?=\$ )/m));
      expect(runs.length).toBeGreaterThan(4);
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

  it("names what the module has", () => {
    const names = [...page.matchAll(/`(\w+)\((?!path)/g)].map(([, name]) => name as string);
    const members = [
      ...Object.keys(bodycompress),
      ...Object.getOwnPropertyNames(bodycompress.BodyDecompressor.prototype),
      ...Object.getOwnPropertyNames(bodycompress.BodyCompressor.prototype),
    ];
    expect(names.length).toBeGreaterThan(7);
    for (const name of names.filter((one) => one !== "nodeThreads")) expect(members).toContain(name);
  });

  it("links to pages that are there, and to places on it", () => {
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) => text.toLowerCase().replaceAll(" ", "-"));
    for (const [, path = "", anchor] of page.matchAll(/\]\((?!https)([^)#]*)#?([^)]*)\)/g)) {
      if (path === "") expect(headings).toContain(anchor);
      else expect([path, existsSync(join(dirname(PAGE), path))]).toEqual([path, true]);
    }
  });
});
