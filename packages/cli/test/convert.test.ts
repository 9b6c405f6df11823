import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { json, succeed, workFolder } from "./work-folder.js";

const work = workFolder();
const fixture = (name: string): string => fileURLToPath(new URL(`../../../test/conformance/${name}`, import.meta.url));
const CLIPS = fixture("pyskl/coco2d_f16_p2_np1.pkl");
const SPACE = fixture("pyskl/ntu3d_f16_p2_np1.pkl");
const MESHES = fixture("bodycompress/multi_person.xz");

describe("convert", () => {
  test("writes a file that validates, and says what it loses", async () => {
    const out = work.path("clips.npz");
    const { code, stdout, stderr } = await somakit(["convert", CLIPS, "-o", out, "--to", "humandata"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^written .*clips\.npz, .*: 8 sequences, 37 frames\n$/);
    expect(stderr).toContain("lost labels (8)\n");
    await succeed(["validate", out]);
    const report = await json(["convert", out, "-o", work.path("again.pkl"), "--to", "pyskl"]);
    expect(report).toMatchObject({
      from: "humandata",
      to: "pyskl",
      sequences: 7,
      frames: 33,
      layers: [{ from: "keypoints2d", to: "keypoint", points: 17, convention: "pyskl_coco" }],
      notes: [],
    });
  });

  test("finds the target by the ending where only one data set has it", async () => {
    const out = work.path("meshes.bcz");
    expect(await json(["convert", MESHES, "-o", out])).toMatchObject({ to: "bodycompress", frames: 6 });
    const { code, stderr } = await somakit(["convert", CLIPS, "-o", work.path("x.pkl")]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--to takes humandata, pyskl, pyskl/clip, pyskl/list")]);
    const unknown = await somakit(["convert", CLIPS, "-o", work.path("x.txt")]);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("no data set with people who move")]);
    const wrong = await somakit(["convert", CLIPS, "-o", work.path("x.pkl"), "--to", "nobody"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('there is no data set "nobody"')]);
  });

  test.each([
    ["--source-convention", MESHES, "meshes.npz", "humandata"],
    ["--confidence", SPACE, "space.npz", "humandata"],
    ["--sequence", CLIPS, "one.pkl", "pyskl/clip"],
  ])("stops with %s where that would settle it", async (option, file, name, to) => {
    const out = work.path(name);
    const { code, stderr } = await somakit(["convert", file, "-o", out, "--to", to]);
    expect([code, stderr, existsSync(out)]).toEqual([2, expect.stringContaining(`hint: ${option}`), false]);
  });

  test("writes nothing on a dry run, nor where something would be lost and must not", async () => {
    const out = work.path("dry.npz");
    const dry = await somakit(["convert", CLIPS, "-o", out, "--to", "humandata", "--dry-run"]);
    expect(dry.stdout).toBe("pyskl → humandata: 8 sequences, 37 frames, not written\n");
    const strict = await somakit(["convert", CLIPS, "-o", out, "--to", "humandata", "--fail-on-loss"]);
    expect([strict.code, strict.stderr]).toEqual([1, expect.stringContaining("something would be lost")]);
    expect(existsSync(out)).toBe(false);
  });

  test("replaces no file unless told so, and none with something that failed", async () => {
    const out = work.path("there.npz");
    copyFileSync(MESHES, out);
    const taken = await somakit(["convert", CLIPS, "-o", out, "--to", "humandata"]);
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining("--force replaces it")]);
    const failed = await somakit(["convert", SPACE, "-o", out, "--to", "humandata", "--force"]);
    expect(failed.code).toBe(2);
    expect(readFileSync(out)).toEqual(readFileSync(MESHES));
    const args = ["convert", SPACE, "-o", out, "--to", "humandata", "--force", "--confidence", "1"];
    expect((await somakit(args)).code).toBe(0);
    expect(readFileSync(out)).not.toEqual(readFileSync(MESHES));
  });

  test("writes plain text by its ending, whole or not at all", async () => {
    const [csv, lines] = [work.path("shots.csv"), work.path("shots.ndjson")];
    const shots = fixture("skelshop/track_body25_13shots.h5");
    expect(await json(["convert", shots, "-o", csv])).toMatchObject({ to: "csv", sequences: 13, lines: 38 * 25 });
    const rows = readFileSync(csv, "utf8").trimEnd().split("\n");
    expect(rows).toHaveLength(1 + 38 * 25);
    expect(rows[0]).toBe("sequence,name,frame,person,layer,point,x,y,z,confidence");
    expect(rows[1]).toMatch(/^0,,0,0,keypoints,0,[0-9.]+,[0-9.]+,,[0-9.]+$/);
    expect(await json(["convert", shots, "-o", lines, "--sequence", "0"])).toMatchObject({
      to: "ndjson",
      sequences: 1,
    });
    const [first] = readFileSync(lines, "utf8")
      .split("\n")
      .map((line) => JSON.parse(line || "null") as object);
    expect(first).toMatchObject({ sequence: 0, person: expect.any(Number), layer: "keypoints" });
    const idle = await somakit(["convert", shots, "-o", work.path("other.csv"), "--confidence", "1"]);
    expect([idle.code, idle.stderr]).toEqual([2, expect.stringContaining("--confidence is of no use for csv")]);
    const taken = await somakit(["convert", shots, "-o", csv]);
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining("--force replaces it")]);
  });

  test.each([
    ["--confidence", "2"],
    ["--confidence", "sure"],
    ["--fps", "0"],
  ])("refuses %s %s", async (option, value) => {
    const { code, stderr } = await somakit([
      "convert",
      CLIPS,
      "-o",
      work.path("n.npz"),
      "--to",
      "humandata",
      option,
      value,
    ]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${option} ${value} is no number`)]);
  });
});
