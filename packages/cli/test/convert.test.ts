import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileSink, fileSource } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
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

  test("asks for the folder of keypoints in other files, and reads them from there", async () => {
    const table = fixture("pyskl/k400/data/k400/k400_hrnet.pkl");
    const out = work.path("kinetics.npz");
    const asked = await somakit(["convert", table, "-o", out, "--to", "humandata"]);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("hint: --root FOLDER says")]);
    const plain = await somakit(["convert", table, "-o", work.path("kinetics.csv")]);
    expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining("hint: --root FOLDER says")]);
    const wrong = await somakit(["convert", table, "-o", out, "--to", "humandata", "--root", fixture("pyskl")]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/part_0\.pkl: no such file[\s\S]*--root FOLDER/),
    ]);
    const none = await somakit(["convert", table, "-o", out, "--to", "humandata", "--root", fixture("nowhere")]);
    expect(none.code).not.toBe(0);
    expect(existsSync(out)).toBe(false);
    expect(existsSync(work.path("kinetics.csv"))).toBe(false);
    const root = ["--root", fixture("pyskl/k400")];
    const report = await json(["convert", table, "-o", out, "--to", "humandata", ...root]);
    expect(report).toMatchObject({ sequences: 5, frames: 93, layers: [{ from: "keypoint", to: "keypoints2d" }] });
    await succeed(["validate", out]);
    await succeed(["convert", table, "-o", work.path("kinetics.csv"), ...root]);
    expect(readFileSync(work.path("kinetics.csv"), "utf8").trimEnd().split("\n")).toHaveLength(1 + 82 * 17);
  });

  test("takes the sets of keypoints that are named, and projects them where that is asked for", async () => {
    const doorbell = fixture("datagen/hic");
    const out = work.path("doorbell.json");
    const convert = ["convert", doorbell, "-o", out, "--to", "coco", "--confidence", "1"];
    const unknown = await somakit([...convert, "--layers", "body,hand"]);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/no layer "hand"[\s\S]*--layers NAMES/)]);
    const space = await somakit([...convert, "--layers", "body.3d"]);
    expect([space.code, space.stderr]).toEqual([2, expect.stringContaining("hint: --project makes places")]);
    expect(existsSync(out)).toBe(false);
    const report = await json([...convert, "--layers", "body.3d,feet", "--project"]);
    expect(report).toMatchObject({ layers: [{ from: "feet.2d" }] });
    await succeed(["validate", out]);
    const idle = await somakit(["convert", doorbell, "-o", work.path("doorbell.csv"), "--layers", "body"]);
    expect([idle.code, idle.stderr]).toEqual([2, expect.stringContaining("--layers is of no use for csv")]);
  });

  test("finds the target by the ending where only one data set has it", async () => {
    const out = work.path("meshes.bcz");
    expect(await json(["convert", MESHES, "-o", out])).toMatchObject({ to: "bodycompress", frames: 6 });
    const { code, stderr } = await somakit(["convert", CLIPS, "-o", work.path("x.pkl")]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("--to takes humandata, humandata/multi, pyskl, pyskl/clip, pyskl/list"),
    ]);
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

  test("of people without points takes what holds the rest of them, and says so", async () => {
    const { smplx, __data_len__ } = await humandata.read(await fileSource(fixture("humandata/full.npz")));
    const file = work.path("parameters.npz");
    await humandata.write(await fileSink(file), { __data_len__, smplx } as humandata.HumanData);
    expect(await json(["stats", file])).toMatchObject({ motion: { sequences: 1, frames: 7 } });
    const csv = await somakit(["convert", file, "-o", work.path("parameters.csv")]);
    expect([csv.code, csv.stderr]).toEqual([
      2,
      expect.stringMatching(/have no points.*\n {2}hint: --to ndjson and --to npz/),
    ]);
    expect(existsSync(work.path("parameters.csv"))).toBe(false);
    const coco = await somakit(["convert", file, "--to", "coco", "-o", work.path("parameters.json")]);
    expect([coco.code, coco.stderr]).toEqual([2, expect.stringContaining("hint: --")]);
    const lines = work.path("parameters.ndjson");
    const count = Object.keys(smplx ?? {}).length;
    expect(await json(["convert", file, "-o", lines])).toMatchObject({ frames: 7, lines: 7 * count });
    expect(readFileSync(lines, "utf8").split("\n")[0]).toMatch(/"quantity":"smplx\.\w+","values":\[/);
  });

  test("says which data sets have people, and which take them", async () => {
    const faces = fixture("skelshop/face_sparse.h5");
    const from = await somakit(["convert", faces, "--to", "humandata", "-o", work.path("faces.npz")]);
    expect([from.code, from.stderr]).toEqual([
      2,
      expect.stringMatching(/hint: those of .*humandata, .* can be converted/),
    ]);
    const to = await somakit(["convert", CLIPS, "--to", "datagen", "-o", work.path("datagen")]);
    expect([to.code, to.stderr]).toEqual([
      2,
      expect.stringMatching(/no place for people.*\n {2}hint: --to takes .*humandata, /),
    ]);
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

  test("to and from folders: complete when they appear, and never over what is there", async () => {
    const folder = work.path("frames");
    const shots = fixture("skelshop/unseg_body25.h5");
    expect(await json(["convert", shots, "--to", "openpose", "-o", folder])).toMatchObject({
      to: "openpose",
      frames: 25,
      output: { path: folder, bytes: expect.any(Number) },
    });
    expect(readdirSync(folder)).toHaveLength(25);
    expect(readdirSync(folder)[3]).toBe("unseg_body25_000000000003_keypoints.json");
    const rows = work.path("rows.npz");
    expect(await json(["convert", folder, "--to", "humandata", "-o", rows])).toMatchObject({
      from: "openpose",
      layers: [{ from: "pose_keypoints_2d", to: "keypoints2d", convention: "openpose_25" }],
    });
    const refused = work.path("refused");
    const strict = ["convert", shots, "--to", "openpose", "-o", refused, "--fail-on-loss"];
    expect((await somakit(strict)).code).toBe(1);
    expect((await somakit([...strict.slice(0, -1), "--dry-run"])).code).toBe(0);
    const failed = await somakit(["convert", shots, "--to", "openpose", "-o", refused, "--convention", "coco"]);
    expect([failed.code, failed.stderr]).toEqual([2, expect.stringContaining("--convention NAME takes another")]);
    expect(existsSync(refused)).toBe(false);
    const nowhere = await somakit(["convert", shots, "--to", "openpose", "-o", join(refused, "inner")]);
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("there is no folder")]);
  });

  test("images and annotations, with the size of images where nobody says it", async () => {
    const rows = work.path("people.npz");
    const shots = fixture("skelshop/unseg_body25.h5");
    expect((await somakit(["convert", shots, "--to", "humandata", "-o", rows])).code).toBe(0);
    const out = work.path("people.json");
    const asked = await somakit(["convert", rows, "--to", "coco", "-o", out]);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("--image-size 1920x1080 says how large")]);
    const wrong = await somakit(["convert", rows, "--to", "coco", "-o", out, "--image-size", "1920"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--image-size 1920 is no size")]);
    expect(existsSync(out)).toBe(false);
    expect((await somakit(["convert", rows, "--to", "coco", "-o", out, "--image-size", "640x480"])).code).toBe(0);
    const { images } = JSON.parse(readFileSync(out, "utf8")) as { images: object[] };
    expect(images[0]).toMatchObject({ id: 1, width: 640, height: 480 });
  });
});
