import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { inProcess } from "./in-process.js";
import { workFolder } from "./work-folder.js";

const { path } = workFolder();
const conformance = (name: string): string =>
  fileURLToPath(new URL(`../../../test/conformance/${name}`, import.meta.url));

const FRAMES = conformance("skelshop/openpose_frames.tar.gz");
const DATAGEN = conformance("datagen/merge_a");
const nameOf = (frame: number): string => `talk_${String(frame).padStart(12, "0")}_keypoints.json`;
const names = (folder: string): readonly string[] => readdirSync(path(folder)).sort();

async function succeed(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await inProcess(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

/** What is said of a command that is refused. */
async function refused(args: readonly string[]): Promise<readonly [code: number | null, text: string]> {
  const { code, stderr } = await inProcess(args);
  return [code, stderr];
}

beforeAll(async () => {
  await succeed(["slice", FRAMES, ":", "-o", path("frames")]);
  writeFileSync(path("frames/notes.txt"), "of no schema");
});

describe("slice", () => {
  test("takes entries of a folder by their places, with what lies beside them, byte for byte", async () => {
    const stdout = await succeed(["--json", "slice", path("frames"), "1:3", "-o", path("part")]);
    expect(JSON.parse(stdout)).toEqual({
      file: path("frames"),
      dataset: "openpose",
      along: "frames",
      total: 4,
      kept: 2,
      output: { path: path("part"), bytes: expect.any(Number) },
    });
    expect(names("part")).toEqual(["notes.txt", nameOf(1), nameOf(2)]);
    for (const name of names("part"))
      expect(readFileSync(path(`part/${name}`))).toEqual(readFileSync(path(`frames/${name}`)));
  });

  test("takes single ones, from an archive and into one", async () => {
    await succeed(["slice", FRAMES, "--indices", "-1,0", "-o", path("ends.tar.gz")]);
    await succeed(["slice", path("ends.tar.gz"), ":", "-o", path("ends")]);
    expect(names("ends")).toEqual([nameOf(0), nameOf(3)]);
    expect(await succeed(["slice", path("ends.tar.gz"), "0:1", "-o", path("plain.tar")])).toMatch(/frames: 1 of 2\n$/);
    expect(readFileSync(path("plain.tar")).subarray(257, 262).toString()).toBe("ustar");
  });

  test("takes scenes with all of their files", async () => {
    await succeed(["slice", DATAGEN, "0:1", "-o", path("scene")]);
    expect(readdirSync(path("scene"), { recursive: true }).sort()).toEqual(
      readdirSync(DATAGEN, { recursive: true }).sort(),
    );
    await succeed(["validate", path("scene")]);
  });

  test.each([
    [["--indices", "7"], 2, /--indices: there is no entry 7 among 4/],
    [["--indices", "1,1"], 2, /a folder holds each entry once/],
    [["0:1", "--along", "N"], 2, /--along has no meaning for a folder\n {2}hint: /],
  ])("%j is refused", async (args, code, text) => {
    expect(await refused(["slice", path("frames"), ...args, "-o", path("none")])).toEqual([
      code,
      expect.stringMatching(text),
    ]);
    expect(names(".")).not.toContain("none");
  });

  test("never writes into a folder that is there, nor under the name of some other file", async () => {
    mkdirSync(path("there"));
    await succeed(["slice", path("frames"), "0:1", "-o", path("there")]);
    expect(names("there")).toEqual(["frames"]);
    expect(await refused(["slice", path("frames"), "0:1", "-o", path("there"), "--force"])).toEqual([
      2,
      expect.stringMatching(/there\/frames: it is there already\n {2}hint: give a new folder/),
    ]);
    const [code] = await refused(["slice", path("frames"), "0:1", "-o", path("x.npz")]);
    expect(code).toBe(2);
  });
});

describe("select", () => {
  test("takes entries by their names", async () => {
    await succeed(["select", path("frames"), "--match", "0[02]_", "-o", path("even")]);
    expect(names("even")).toEqual(["notes.txt", nameOf(0), nameOf(2)]);
    await succeed(["select", FRAMES, "--names", `${nameOf(3)},none`, "-o", path("last")]);
    expect(names("last")).toEqual([nameOf(3)]);
  });

  test("refuses what is about values in files", async () => {
    for (const option of [
      ["--where", "a=1"],
      ["--recast", "float16"],
      ["--split", "val"],
    ])
      expect(await refused(["select", path("frames"), ...option, "-o", path("none")])).toEqual([
        2,
        expect.stringContaining(`${option[0]} has no meaning for a folder`),
      ]);
  });
});

describe("split and concat", () => {
  test("parts become folders beside the folder, and together they are what it was", async () => {
    await succeed(["split", path("frames"), "--parts", "3,1"]);
    expect(names("frames-1")).toEqual(["notes.txt", nameOf(0), nameOf(1), nameOf(2)]);
    expect(names("frames-2")).toEqual(["notes.txt", nameOf(3)]);
    await succeed(["concat", path("frames-1"), path("frames-2"), "-o", path("whole")]);
    expect(names("whole")).toEqual(names("frames"));
  });

  test("a seed decides which entries go where, archives are written by their ending", async () => {
    const split = async (name: string): Promise<unknown> =>
      JSON.parse(
        await succeed(["--json", "split", FRAMES, "--parts", "0.5,0.5", "--seed", "4", "-o", path(`${name}-{}.tgz`)]),
      );
    expect(await split("seeded")).toMatchObject({
      along: "frames",
      total: 4,
      seed: 4,
      outputs: [{ kept: 2 }, { kept: 2 }],
    });
    await split("again");
    expect(readFileSync(path("seeded-1.tgz"))).toEqual(readFileSync(path("again-1.tgz")));
  });

  test("none of the parts is there when one cannot be", async () => {
    mkdirSync(path("taken-2"));
    expect(await refused(["split", path("frames"), "--parts", "1,1", "-o", path("taken-{}")])).toEqual([
      2,
      expect.stringContaining("taken-2: it is there already"),
    ]);
    expect(names(".")).not.toContain("taken-1");
    const [code, text] = await refused(["split", path("frames"), "--parts", "3,3"]);
    expect([code, text]).toEqual([2, expect.stringMatching(/--parts: .*\n {2}hint: /)]);
  });

  test("entries of one name are an error, unless one is chosen, or they are numbered on", async () => {
    const args = ["concat", path("frames"), FRAMES, "-o", path("twice")];
    expect(await refused(args)).toEqual([
      1,
      expect.stringMatching(/several entries have the name.*\n {2}hint: --duplicates renumber keeps all/),
    ]);
    expect((await refused([...args, "--duplicates", "keep"]))[0]).toBe(2);
    expect(names(".")).not.toContain("twice");
    const { stdout, stderr } = await inProcess([...args, "--duplicates", "first"]);
    expect([stdout, stderr]).toEqual([
      expect.stringMatching(/frames: 4 of 2 folders\n$/),
      expect.stringContaining("4 left out"),
    ]);
    await succeed(["concat", path("frames"), FRAMES, "-o", path("on"), "--duplicates", "renumber"]);
    expect(names("on")).toEqual(["notes.txt", ...Array.from({ length: 8 }, (_, frame) => nameOf(frame))]);
    expect(readFileSync(path(`on/${nameOf(5)}`))).toEqual(readFileSync(join(path("frames"), nameOf(1))));
  });

  test("several data sets are not joined", async () => {
    expect(await refused(["concat", path("frames"), DATAGEN, "-o", path("none")])).toEqual([
      2,
      expect.stringMatching(/merge_a: it is not OpenPose, which .*frames is/),
    ]);
  });
});

test("several folders at once: each becomes a folder in that of -o", async () => {
  const { code, stderr } = await inProcess(["split", path("frames"), DATAGEN, "--parts", "1", "-o", path("firsts")]);
  expect([code, stderr]).toEqual([0, "2 files: 2 fine\n"]);
  expect(names("firsts")).toEqual(["frames-1", "merge_a-1"]);
});
