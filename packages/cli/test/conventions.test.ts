import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Convention, NdArray } from "@somakit/core";
import { convertConvention, keypointMapping } from "@somakit/core";
import * as humandata from "@somakit/formats/humandata";
import { conventions, loadConvention } from "@somakit/formats/registry";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { contentOf, fixture, json, read, spelled, stored, succeed, workFolder } from "./work-folder.js";

const folder = workFolder();

describe("conventions", () => {
  test("lists all that are known", async () => {
    const { stdout } = await succeed(["conventions"]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(conventions.length + 1);
    expect(stdout).toMatch(/^name +keypoints +description\n/);
    expect(stdout).toMatch(/^coco +17 +Keypoints of COCO/m);
    const report = await json<{ conventions: readonly Readonly<Record<string, unknown>>[] }>(["conventions"]);
    expect(report.conventions.map(({ name, keypoints }) => [name, keypoints])).toEqual(
      conventions.map(({ name, size }) => [name, size]),
    );
  });

  test("shows one with mirrors, parts and former names, whatever the case of its name", async () => {
    const { stdout } = await succeed(["conventions", "COCO"]);
    expect(stdout).toMatch(/^coco: Keypoints of COCO/);
    expect(stdout).toMatch(/^ +5 {2}left_shoulder +right_shoulder +body, shoulder/m);
    expect(stdout).not.toMatch(/ $/m);
    expect(await json<Convention>(["conventions", "coco"])).toEqual(await loadConvention("coco"));
  });

  test("compares two", async () => {
    const { stdout } = await succeed(["conventions", "smpl", "coco"]);
    expect(stdout).toMatch(/^smpl \(24\) to coco \(17\): 10 mapped, 14 lost, 7 missing\n/);
    expect(stdout).toMatch(/^ +16 +5 {2}left_shoulder$/m);
    expect(stdout).toMatch(/^lost {2}pelvis, /m);
    expect(stdout).toMatch(/^missing {2}nose, /m);
    const near = await succeed(["conventions", "--approximate", "smpl", "coco"]);
    expect(near.stdout).toMatch(/: 12 mapped, 2 of them by others nearby, 12 lost, 5 missing\n/);
    expect(near.stdout).toMatch(/^ +1 +11 {2}left_hip_extra +left_hip$/m);
    expect(near.stdout).toMatch(/^approximated {2}left_hip_extra by left_hip, right_hip_extra by right_hip$/m);
  });

  test("compares two for programs", async () => {
    const [smpl, coco] = (await Promise.all(["smpl", "coco"].map(loadConvention))) as [Convention, Convention];
    const { lost, missing, approximated, pairs } = keypointMapping(smpl, coco, { approximate: true });
    const report = await json<Record<string, unknown>>(["conventions", "smpl", "coco", "--approximate"]);
    expect(report).toMatchObject({ from: { name: "smpl", keypoints: 24 }, lost, missing, approximated });
    expect(report["mapped"]).toHaveLength(pairs.length);
    expect(report["mapped"]).toContainEqual({
      from: { index: 1, name: "left_hip" },
      to: { index: 11, name: "left_hip_extra" },
      exact: false,
    });
  });

  test.each([
    [["coc"], /there is no convention "coc"\n.*there are: coco, /],
    [["frob"], /no convention "frob"\n.*somakit conventions lists them/],
    [["coco", "frob"], /no convention "frob"/],
    [["coco", "--approximate"], /--approximate needs two conventions/],
    [["coco", "smpl", "mano"], /too many arguments/],
  ])("%j is wrong usage", async (args, text) => {
    const { code, stdout, stderr } = await somakit(["conventions", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(text);
  });
});

describe("convention convert", () => {
  test.each(["full.npz", "full.pkl", "compressed.npz", "numpy2_compressed.pkl"])(
    "%s becomes what converting in memory gives",
    async (name) => {
      const out = folder.path(`coco-${name}`);
      const { code, stderr } = await somakit([
        "convention",
        "convert",
        fixture(name),
        "--convention",
        "COCO",
        "-o",
        out,
      ]);
      expect(code).toBe(0);
      expect(stderr).toContain("keypoints2d: human_data (190) to coco (17): 17 mapped, 173 lost, 0 missing\n");
      const options = { to: "coco", conventions: loadConvention };
      const { value } = await convertConvention(humandata.layout, await read(fixture(name)), options);
      const result = await read(out);
      expect(spelled(result.keypoints2d)).toEqual(spelled(value.keypoints2d));
      expect(spelled(result.keypoints3d_mask)).toEqual(spelled(value.keypoints3d_mask));
      expect(result.keypoints3d_convention).toBe("coco");
      expect((await stored(out)).__keypoints_compressed__).toBe(name.includes("compressed"));
      await succeed(["validate", "--quiet", out]);
    },
  );

  test("several persons an image", async () => {
    const out = folder.path("multi.npz");
    await somakit([
      "convention",
      "convert",
      fixture("multi.npz"),
      "--convention",
      "openpose_25",
      "--approximate",
      "-o",
      out,
    ]);
    await succeed(["validate", "--quiet", out]);
    expect((await json<{ shape: readonly number[] }>(["show", out, "keypoints2d"])).shape).toEqual([9, 25, 3]);
  });

  test("--source-convention says what a file does not", async () => {
    const args = [
      "convention",
      "convert",
      fixture("legacy_like.npz"),
      "--convention",
      "coco",
      "-o",
      folder.path("legacy.npz"),
    ];
    const refused = await somakit(args);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/144 keypoints .*files that name none mean smplx\n.*--source-convention NAME/);
    expect((await somakit([...args, "--source-convention", "smplx"])).code).toBe(0);
    expect((await read(folder.path("legacy.npz"))).keypoints2d?.shape[1]).toBe(17);
  });

  test("--key leaves the others alone", async () => {
    const out = folder.path("one.npz");
    const report = await json<{ converted: readonly { paths: readonly string[] }[] }>([
      ...["convention", "convert", fixture("full.npz"), "--convention", "coco", "--keys", "keypoints3d", "-o", out],
    ]);
    expect(report.converted.map(({ paths }) => paths)).toEqual([["keypoints3d"]]);
    const { keypoints2d, keypoints3d } = await read(out);
    expect([keypoints2d?.shape[1], keypoints3d?.shape[1]]).toEqual([190, 17]);
  });

  test("says what is dropped, missing and approximated", async () => {
    const args = ["convention", "convert", fixture("full.npz"), "--convention", "mano"];
    const hands = folder.path("hands.npz");
    const { stdout, stderr } = await somakit([...args, "-o", hands]);
    expect(stdout).toMatch(/: 2 arrays converted to mano\n$/);
    expect(stderr).toMatch(/^ {2}dropped left_knee(, \w+){9} and 6 more$/m);
    const verbose = await somakit(["--verbose", ...args, "--force", "-o", hands]);
    expect(verbose.stderr).toMatch(/^ {2}dropped left_knee(, \w+){15}$/m);
    const coco = folder.path("coco-near.npz");
    await somakit(["convention", "convert", fixture("full.npz"), "--convention", "coco", "-o", coco]);
    const near = await somakit([
      "convention",
      "convert",
      coco,
      "--convention",
      "smpl",
      "--approximate",
      "-o",
      hands,
      "--force",
    ]);
    expect(near.stderr).toMatch(/^ {2}missing pelvis, .* and \d more\n {2}approximated left_hip by left_hip_extra, /m);
  });

  test("a mask tells what is dropped from what was never there", async () => {
    const report = await json<{ converted: readonly { dropped: readonly string[]; lost: readonly string[] }[] }>([
      ...["convention", "convert", fixture("full.npz"), "--convention", "smpl", "-o", folder.path("smpl.npz")],
    ]);
    const mask = ((await read(fixture("full.npz"))).keypoints2d_mask as NdArray).toList() as number[];
    const whole = (await loadConvention("human_data")) as Convention;
    const present = whole.keypoints.filter((_, index) => mask[index] === 1).map(({ name }) => name);
    const [first] = report.converted;
    expect(first?.dropped).toEqual(first?.lost.filter((name) => present.includes(name)));
    expect(first?.dropped).toHaveLength(7);
    expect(first?.lost).toHaveLength(166);
  });

  test("arrays that go the same way are said once, however many there are", async () => {
    const file = fileURLToPath(new URL("../../../test/conformance/pyskl/coco2d_f32_p4_np2.pkl", import.meta.url));
    const args = [
      "convention",
      "convert",
      file,
      "--source-convention",
      "coco",
      "--convention",
      "mpii",
      "-o",
      folder.path("clips.pkl"),
    ];
    const { code, stderr } = await somakit(args);
    expect(code).toBe(0);
    expect(stderr.match(/^annotations.*$/gm)).toEqual([
      expect.stringMatching(/^annotations\[0\]\.keypoint and \d+ more: coco \(17\) to mpii \(16\): 12 mapped/),
    ]);
    await succeed(["validate", "--quiet", folder.path("clips.pkl")]);
  });

  test("--fail-on-loss writes nothing when keypoints that are there would be dropped", async () => {
    const out = folder.path("loss.npz");
    const args = ["convention", "convert", fixture("full.npz"), "--fail-on-loss", "-o", out, "--convention"];
    const lossy = await somakit([...args, "coco"]);
    expect({ code: lossy.code, stdout: lossy.stdout, written: existsSync(out) }).toEqual({
      code: 1,
      stdout: "",
      written: false,
    });
    expect(lossy.stderr).toMatch(/dropped neck_extra, .*\nsomakit: .*nothing was written \(--fail-on-loss\)\n$/);
    expect((await somakit([...args, "human_data"])).code).toBe(0);
    expect(await contentOf(out)).toEqual(await contentOf(fixture("full.npz")));
  });

  test.each<readonly [string, readonly string[], number, RegExp]>([
    ["full.npz", ["--convention", "frob"], 2, /^somakit: error: there is no convention "frob"/],
    ["full.npz", ["--convention", "coco", "--source-convention", "frob"], 2, /no convention "frob"/],
    [
      "full.npz",
      ["--convention", "coco", "--keys", "smpl"],
      2,
      /--keys smpl: it holds no keypoints; keypoints2d, keypoints3d do/,
    ],
    [
      "full.npz",
      ["--convention", "coco", "--source-convention", "smpl"],
      1,
      /keypoints2d_mask: a mask of 190 for 24 keypoints\n.*--source-convention NAME/,
    ],
    ["full.npz", [], 2, /required option '--convention <name>'/],
    ["npy_headers.npz", ["--convention", "coco"], 1, /no data set that is known/],
    ["bad_truncated.npz", ["--convention", "coco"], 3, /bad_truncated/],
  ])("%s %j ends with %i", async (name, args, code, text) => {
    const result = await somakit(["convention", "convert", fixture(name), ...args, "-o", folder.path("never.npz")]);
    expect(result.stderr).toMatch(text);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(existsSync(folder.path("never.npz"))).toBe(false);
  });

  test("the topic without a verb shows what there is", async () => {
    const { code, stderr } = await somakit(["convention"]);
    expect(code).toBe(2);
    expect(stderr).toContain("convention convert [options] <file...>");
    expect((await somakit(["convention", "convert", "--help"])).stdout).toMatch(/Usage: somakit convention convert/);
    expect((await somakit(["convention", "frob"])).stderr).toContain("unknown command 'frob'");
  });
});
