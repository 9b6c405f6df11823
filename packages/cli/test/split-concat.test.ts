import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type NdArray, splitWith } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { contentOf, fixture, json, read, spelled, stored, succeed, workFolder } from "./work-folder.js";

const folder = workFolder();
const written = (start: string): readonly string[] =>
  readdirSync(folder.path("."))
    .filter((name) => name.startsWith(start) || name.startsWith("."))
    .sort();

/** A file of HumanData with changes. */
async function variant(name: string, from: string, change: (data: humandata.HumanData) => void): Promise<string> {
  const data = await read(fixture(from));
  change(data);
  const path = folder.path(name);
  await humandata.write(await fileSink(path, { overwrite: true }), data);
  return path;
}

async function keypointsOf(path: string): Promise<unknown[]> {
  return ((await read(path)).keypoints2d as NdArray).toList() as unknown[];
}

describe("split", () => {
  test("parts follow each other, are numbered from 1 and are what splitting in memory gives", async () => {
    const { stdout } = await succeed([
      "split",
      fixture("full.npz"),
      "--parts",
      "4,2",
      "-o",
      folder.path("count-{}.npz"),
    ]);
    const parts = splitWith(humandata.layout, await read(fixture("full.npz")), [4, 2]);
    expect(written("count-")).toEqual(["count-1.npz", "count-2.npz"]);
    for (const [index, part] of parts.entries())
      expect(spelled(await read(folder.path(`count-${index + 1}.npz`)))).toEqual(spelled(part));
    expect(stdout).toMatch(/count-1\.npz, .*: 4 frames of 7\n.*count-2\.npz, .*: 2 frames of 7\n$/);
  });

  test("fractions of shuffled frames, the same for the same seed", async () => {
    const args = (name: string, seed: string): string[] => {
      return ["split", fixture("full.npz"), "--parts", "0.5,0.5", "--seed", seed, "-o", folder.path(`${name}-{}.pkl`)];
    };
    const report = await json(args("a", "7"));
    await succeed(args("b", "7"));
    await succeed(args("c", "8"));
    const paths = async (name: string): Promise<unknown> =>
      Promise.all([1, 2].map(async (part) => (await read(folder.path(`${name}-${part}.pkl`))).image_path));
    expect(report).toMatchObject({ seed: 7, total: 7, outputs: [{ kept: 4 }, { kept: 3 }] });
    expect(await paths("a")).toEqual(await paths("b"));
    expect(await paths("a")).not.toEqual(await paths("c"));
    const all = ((await paths("a")) as string[][]).flat().sort();
    expect(all).toEqual([...((await read(fixture("full.npz"))).image_path ?? [])].sort());
  });

  test("names keep their order, and come from the file when none are given", async () => {
    const copy = folder.path("walk.v2.npz");
    await succeed(["slice", fixture("full.npz"), "::-1", "-o", copy]);
    await succeed(["slice", fixture("full.npz"), "--indices", "0,1,2,3,4,5,6,0,1,2", "-o", copy, "--force"]);
    await succeed(["split", copy, "--parts", Array(10).fill("1").join()]);
    expect(written("walk.v2-")).toHaveLength(10);
    expect(written("walk.v2-").at(0)).toBe("walk.v2-01.npz");
    expect(written("walk.v2-").at(-1)).toBe("walk.v2-10.npz");
  });

  test.each<readonly [readonly string[], RegExp]>([
    [["--parts", "5,5"], /error: --parts: parts \[5, 5\] of N, which has 7/],
    [["--parts", "0.8,0.3"], /are more than the whole/],
    [["--parts", "1.0"], /--parts 1\.0: 1\.0 is no fraction/],
    [["--parts", "a"], /--parts a: numbers separated by commas/],
    [["--parts", "-1"], /--parts -1: numbers/],
    [["--parts", Array(257).fill("0").join()], /257 parts are more than 256/],
    [["--parts", "1", "--seed", "x"], /--seed x: a whole number/],
    [["--parts", "1", "-o", "same.npz"], /\{\} is needed once/],
    [["--parts", "1", "-o", "/nowhere/{}.npz"], /\/nowhere\/1\.npz: there is no folder \/nowhere/],
    [["--parts", "1", "-o", "{}.txt"], /1\.txt: the ending is none of those of HumanData\n.*\.npz, \.pkl/],
    [[], /error: --parts is needed/],
  ])("%j is wrong usage", async (args, text) => {
    const result = await somakit(["split", fixture("full.npz"), "-o", folder.path("wrong-{}.npz"), ...args]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toMatch(text);
    expect(written("wrong-")).toEqual([]);
  });

  test("standard input has no name to go by", async () => {
    const { code, stderr } = await somakit(["split", "-", "--parts", "1"], {
      stdin: readFileSync(fixture("full.npz")),
    });
    expect(code).toBe(2);
    expect(stderr).toContain("-o part-{}.npz says which");
  });

  test("one part that is there already keeps all others from being written", async () => {
    writeFileSync(folder.path("taken-2.npz"), "mine");
    const result = await somakit(["split", fixture("full.npz"), "--parts", "1,1", "-o", folder.path("taken-{}.npz")]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/taken-2\.npz: it is there already\n {2}hint: --force/);
    expect(written("taken-")).toEqual(["taken-2.npz"]);
  });
});

describe("concat", () => {
  test("what was split comes together again", async () => {
    for (const name of ["full.npz", "compressed.npz"]) {
      const parts = [1, 2].map((part) => folder.path(`again-${name}-${part}.npz`));
      await succeed(["split", fixture(name), "--parts", "3,4", "-o", folder.path(`again-${name}-{}.npz`)]);
      const out = folder.path(`again-${name}`);
      const { stdout } = await succeed(["concat", ...parts, "-o", out]);
      expect(stdout).toMatch(/: 7 frames of 2 files\n$/);
      expect(await contentOf(out)).toEqual(await contentOf(fixture(name)));
    }
  });

  test("images with several persons", async () => {
    const out = folder.path("multi.npz");
    const report = await json(["concat", fixture("multi.npz"), fixture("multi.pkl"), "-o", out]);
    expect(report).toMatchObject({ dataset: "humandata/multi", along: "I", total: 10 });
    await succeed(["validate", "--profile", "strict", "--quiet", out]);
  });

  test("constants: equal ones, the first, or all", async () => {
    const other = await variant("other.npz", "full.npz", (data) => {
      data.config = "other";
    });
    const args = (rule: string): string[] => [
      ...["concat", fixture("full.npz"), other, "-o", folder.path(`constants-${rule}.npz`), "--constants", rule],
    ];
    const refused = await somakit(args("equal"));
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/error: config: .*demo_train.*other[\s\S]*--constants first or suffix/);
    await succeed(args("first"));
    expect((await read(folder.path("constants-first.npz"))).config).toBe("demo_train");
    await succeed(args("suffix"));
    const all = (await read(folder.path("constants-suffix.npz"))) as unknown as Record<string, unknown>;
    expect([all["config_0"], all["config_1"], all["config"]]).toEqual(["demo_train", "other", undefined]);
  });

  test("files that are packed by different masks are unpacked, and nothing is lost", async () => {
    const change = (data: humandata.HumanData): void => {
      const mask = data.keypoints2d_mask as NdArray;
      const copy = mask.copy() as NdArray<"uint8">;
      const [first] = [...copy].flatMap((bit, index) => (bit === 1 ? [index] : []));
      copy.set([first as number], 0);
      data.keypoints2d_mask = copy as never;
      for (let frame = 0; frame < 7; frame++)
        for (let channel = 0; channel < 3; channel++)
          (data.keypoints2d as NdArray<"float64">).set([frame, first as number, channel], 0);
    };
    const other = await variant("masked.npz", "compressed.npz", change);
    expect((await stored(other)).__keypoints_compressed__).toBe(true);
    const out = folder.path("masks.npz");
    const result = await somakit(["concat", fixture("compressed.npz"), other, "-o", out]);
    expect(result.code).toBe(0);
    expect(result.stderr).toBe("the files are packed by different masks: the result is not packed\n");
    expect((await stored(out)).__keypoints_compressed__).toBe(false);
    const [joined, first, second] = await Promise.all([out, fixture("compressed.npz"), other].map(keypointsOf));
    expect(joined).toEqual([...(first as unknown[]), ...(second as unknown[])]);
  });

  test("several data sets, a file that is damaged, one that is not there", async () => {
    const out = folder.path("never.npz");
    const mixed = await somakit(["concat", fixture("full.npz"), fixture("multi.npz"), "-o", out]);
    expect(mixed.code).toBe(2);
    expect(mixed.stderr).toMatch(/multi\.npz: it is MultiHumanData, but .*full\.npz is HumanData\n.*--as ID/);
    const damaged = await somakit(["--json", "concat", fixture("full.npz"), fixture("bad_crc.npz"), "-o", out]);
    expect(damaged.code).toBe(3);
    expect(JSON.parse(damaged.stdout)).toMatchObject({ file: fixture("bad_crc.npz"), error: { code: "checksum" } });
    const missing = await somakit(["concat", fixture("full.npz"), "/nowhere.npz", "-o", out]);
    expect(missing).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/: \/nowhere\.npz: there is no such file/),
    });
    expect(written("never")).toEqual([]);
    expect((await somakit(["concat", "-o", out])).code).toBe(2);
  });
});
