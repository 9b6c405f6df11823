import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { json, succeed, workFolder } from "./work-folder.js";

const work = workFolder();
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../test/conformance/skelshop/${name}`, import.meta.url));

describe("openpose", () => {
  test("makes a skeleton file of an archive, and says what was in it", async () => {
    const out = work.path("all.h5");
    const report = await json(["openpose", fixture("openpose_frames.zip"), "-o", out]);
    expect(report).toMatchObject({
      frames: 5,
      poses: 5,
      "frames without people": 2,
      skipped: [],
      output: { path: out },
    });
    const { stdout } = await succeed(["info", out]);
    expect(stdout).toMatch(/skelshop\/unseg/);
  });

  test("takes a mode, and cuts from a file", async () => {
    const [out, cuts] = [work.path("shots.h5"), work.path("cuts.txt")];
    writeFileSync(cuts, "2\n3\n");
    const args = ["openpose", fixture("openpose_frames.tar.gz"), "-o", out, "--mode", "BODY_25", "--cuts", cuts];
    expect(await json(args)).toMatchObject({ frames: 4, shots: 3 });
    writeFileSync(cuts, "two\n");
    const { code, stderr } = await somakit([...args, "--force"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('"two" is no frame')]);
    const missing = await somakit([...args.slice(0, -1), work.path("none.txt"), "--force"]);
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("none.txt")]);
  });

  test("leaves no file behind when frames are missing", async () => {
    const out = work.path("hole.h5");
    const { code, stderr } = await somakit(["openpose", fixture("bad_openpose_missing_frame.zip"), "-o", out]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("frame 1 is missing")]);
    expect(existsSync(out)).toBe(false);
  });
});

describe("repair of skeleton files", () => {
  test("says what it would do, does it, and finds nothing more", async () => {
    const file = work.path("names.h5");
    copyFileSync(fixture("track_name_order.h5"), file);
    const before = readFileSync(file);
    const dry = await json(["repair", file, "--dry-run"]);
    expect(dry).toMatchObject({ dataset: "skelshop/trackshots", shots: 13, output: null });
    expect((dry as { changes: unknown[] }).changes).toHaveLength(1);
    expect(readFileSync(file).equals(before)).toBe(true);
    const out = work.path("mended.h5");
    expect(await json(["repair", file, "-o", out])).toMatchObject({ output: { path: out } });
    expect(await json(["repair", out, "--dry-run"])).toMatchObject({ changes: [] });
  });

  test("puts hands into the order of their frames", async () => {
    const out = work.path("hands.h5");
    expect(await json(["repair", fixture("preembed_badorder.h5"), "-o", out])).toMatchObject({ frames: 6 });
  });
});
