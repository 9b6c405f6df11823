import { existsSync } from "node:fs";
import type { Change } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { contentOf, fixture, json, stored, succeed, workFolder } from "./work-folder.js";

const folder = workFolder();

describe("upgrade", () => {
  test.each([[[]], [["--dry-run"]], [["--dry-run", "-o", "new.npz"]]])(
    "%j lists what there is to change, and says so by its exit code",
    async (args) => {
      const out = folder.path("new.npz");
      const { code, stdout } = await somakit([
        "upgrade",
        fixture("legacy_like.npz"),
        ...args.map((arg) => (arg === "new.npz" ? out : arg)),
      ]);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^mask {2}now called keypoints2d_mask and keypoints3d_mask$/m);
      expect(stdout).toMatch(/^bbox_xywh {2}.*\n {2}rule urn:somakit:humandata:1#\/\$defs\/Boxes$/m);
      expect(stdout).toMatch(/\n10 changes, not written\n$/);
      expect(existsSync(out)).toBe(false);
    },
  );

  test("what is written has nothing left to change, and is what upgrading in memory gives", async () => {
    const out = folder.path("upgraded.npz");
    const report = await json<{ changes: readonly Change[]; output: { path: string } }>([
      ...["upgrade", fixture("legacy_like.npz"), "-o", out],
    ]);
    const file = await humandata.open(await fileSource(fixture("legacy_like.npz")));
    expect(report.changes).toEqual((await humandata.upgrade(file)).changes);
    await file.close();
    expect(report.output.path).toBe(out);
    await succeed(["validate", "--profile", "strict", "--quiet", out]);
    expect((await succeed(["upgrade", out])).stdout).toBe("up to date\n");
    expect(await json(["upgrade", out])).toMatchObject({ changes: [], output: null });
  });

  test("former names of keys, in a pickle too", async () => {
    for (const name of ["old_temporal_len.npz", "old_temporal_len.pkl"]) {
      const out = folder.path(name);
      const { stdout } = await succeed(["upgrade", fixture(name), "-o", out]);
      expect(stdout).toMatch(/^__temporal_len__ {2}now called __data_len__$/m);
      expect((await stored(out)).__data_len__).toBeGreaterThan(0);
    }
  });

  test("packed files stay packed", async () => {
    const out = folder.path("packed.npz");
    await succeed(["upgrade", fixture("compressed.npz"), "-o", out]);
    expect(await contentOf(out)).toEqual(await contentOf(fixture("compressed.npz")));
  });

  test("in place", async () => {
    const path = folder.path("place.npz");
    await succeed(["slice", fixture("legacy_like.npz"), ":", "-o", path]);
    expect((await somakit(["upgrade", path])).code).toBe(1);
    expect((await somakit(["upgrade", path, "-o", path])).stderr).toMatch(/place\.npz: it is there already\n.*--force/);
    await succeed(["upgrade", "--force", path, "-o", path]);
    expect((await somakit(["upgrade", path])).code).toBe(0);
  });

  test.each<readonly [string, number, RegExp]>([
    ["bad_pickle_toplevel_list.pkl", 1, /no data set that is known/],
    ["bad_crc.npz", 3, /bbox_xywh.*CRC-32/],
    ["bad_pickle_os_system.npz", 3, /os\.system/],
    ["bad_frames_differ.npz", 1, /\(3, 5\) is 3, but __data_len__ is 2.*\n.*somakit validate.*nothing was written/],
  ])("%s ends with %i", async (name, code, text) => {
    const result = await somakit(["upgrade", "--quiet", fixture(name), "-o", folder.path("never.npz")]);
    expect(result.stderr).toMatch(text);
    expect(result.code).toBe(code);
    expect(existsSync(folder.path("never.npz"))).toBe(false);
  });
});
