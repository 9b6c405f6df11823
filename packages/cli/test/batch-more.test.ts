import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { naturally } from "../src/natural.js";
import { inProcess } from "./in-process.js";
import { somakit } from "./run.js";
import { fixture, workFolder } from "./work-folder.js";

const { path } = workFolder();
const names = (folder: string): readonly string[] => readdirSync(path(folder)).sort();

beforeAll(() => {
  mkdirSync(path("takes/deep"), { recursive: true });
  copyFileSync(fixture("full.npz"), path("takes/take_10.npz"));
  copyFileSync(fixture("full.npz"), path("takes/take_2.npz"));
  copyFileSync(fixture("full.pkl"), path("takes/deep/take_1.pkl"));
  mkdirSync(path("mixed"));
  copyFileSync(fixture("full.npz"), path("mixed/a.npz"));
  copyFileSync(fixture("bad_crc.npz"), path("mixed/b.npz"));
  copyFileSync(fixture("full.npz"), path("mixed/c.npz"));
});

test("numbers in names count as numbers, zeros in front or not", () => {
  const ordered = ["a", "a1b", "a1b2", "a02", "a2", "a10", "b", "b9", "b00010"];
  expect(ordered.toReversed().sort(naturally)).toEqual(ordered);
  expect(["10", "9"].sort(naturally)).toEqual(["9", "10"]);
  expect(naturally("x", "x")).toBe(0);
});

describe("split", () => {
  const args = (): string[] => ["split", path("takes"), "--parts", "0.5,0.5", "-o", path("parts")];

  test("each file of a folder has its parts in that of -o, under its own name", async () => {
    const { code, stderr, stdout } = await inProcess(args());
    expect([code, stdout]).toEqual([0, expect.stringContaining("take_2-1.npz")]);
    expect(stderr).toMatch(/^3 files: 3 fine$/m);
    expect(names("parts")).toEqual(["deep", "take_10-1.npz", "take_10-2.npz", "take_2-1.npz", "take_2-2.npz"]);
    expect(names("parts/deep")).toEqual(["take_1-1.pkl", "take_1-2.pkl"]);
    // No part is replaced without --force, and that is seen before anything is done.
    rmSync(path("parts/take_2-1.npz"));
    const taken = await inProcess(args());
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringMatching(/take_1-1\.pkl: it is there already/)]);
    expect(names("parts")).not.toContain("take_2-1.npz");
    expect((await inProcess([...args(), "--force"])).code).toBe(0);
  });

  test("--resume leaves out files all of whose parts are there", async () => {
    const run = (): ReturnType<typeof inProcess> =>
      inProcess(["split", path("mixed"), "--parts", "2,5", "-o", path("resumed"), "--resume"]);
    expect((await run()).code).toBe(3);
    expect(names("resumed")).toEqual(["a-1.npz", "a-2.npz", "c-1.npz", "c-2.npz"]);
    expect((await run()).stderr).toMatch(/^3 files: 1 cannot be read, 2 done before$/m);
    rmSync(path("resumed/a-2.npz"));
    rmSync(path("resumed/a-1.npz"));
    expect((await run()).stderr).toMatch(/^3 files: 1 fine, 1 cannot be read, 1 done before$/m);
    expect(names("resumed")).toHaveLength(4);
  });

  test("a file for each with --into, other endings with --ending, and no pattern of several files", async () => {
    const { code, stderr } = await inProcess([
      ...["split", path("takes/take_2.npz"), path("takes/take_10.npz"), "--parts", "1"],
      ...["-o", path("endings"), "--ending", ".pkl"],
    ]);
    expect([code, stderr, names("endings")]).toEqual([0, "2 files: 2 fine\n", ["take_10-1.pkl", "take_2-1.pkl"]]);
    const pattern = await inProcess(["split", path("takes"), "--parts", "1", "-o", path("x-{}.npz")]);
    expect([pattern.code, pattern.stderr]).toEqual([2, expect.stringContaining("of several files a folder is needed")]);
    const noParts = await inProcess(["split", path("takes"), "-o", path("none")]);
    expect([noParts.code, noParts.stderr]).toEqual([2, expect.stringContaining("--parts is needed")]);
    const lists = ["../pyskl/ntu3d_f16_p2_np1.pkl", "../pyskl/legacy_list_p2_np1.pkl"].map(fixture);
    const into = await inProcess(["split", ...lists, "--into", "train=0.5,val=0.5", "-o", path("into")]);
    expect(names("into")).toContain("ntu3d_f16_p2_np1.pkl");
    expect(into.stderr).toMatch(/^2 files: /m);
  });

  test("without -o the parts are beside each file, and there is nothing to go on with", async () => {
    expect((await inProcess(["split", path("takes/deep/*"), "--parts", "1"])).code).toBe(0);
    expect(names("takes/deep")).toEqual(["take_1-1.pkl", "take_1.pkl"]);
    rmSync(path("takes/deep/take_1-1.pkl"));
    const { code, stderr } = await inProcess(["split", path("takes"), "--parts", "1", "--resume"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--resume needs -o")]);
  });
});

describe("show", () => {
  test("the same of each file, below its name", async () => {
    const args = ["show", path("takes"), "__data_len__"];
    const { stdout, stderr, code } = await inProcess(args);
    const files = ["deep/take_1.pkl", "take_2.npz", "take_10.npz"].map((name) => path(`takes/${name}`));
    expect([code, stdout]).toEqual([0, files.map((file) => `==> ${file} <==\n7\n`).join("\n")]);
    expect(stderr).toMatch(/^3 files: 3 fine$/m);
    const { stdout: listed } = await inProcess(["--json", ...args]);
    expect(JSON.parse(listed)).toMatchObject(files.map((file) => ({ file, exit: 0, result: { value: 7 } })));
  });

  test("several processes print the same", async () => {
    const args = ["show", path("takes"), "__data_len__"];
    expect((await somakit([...args, "-j", "2"])).stdout).toBe((await inProcess(args)).stdout);
  });

  test("the last word is a path inside of the files unless there is such a file", async () => {
    const [first, second] = [path("takes/take_2.npz"), path("takes/take_10.npz")];
    expect((await inProcess(["show", first, second])).stdout).toContain(`==> ${second} <==`);
    expect((await inProcess(["show", first, second, "config"])).stdout).toMatch(/<==\n.*\n\n==> /);
    // One file is not titled.
    expect((await inProcess(["show", first, "smpl.body_pose", "--slice", "0,0"])).stdout).not.toContain("==>");
    const nothing = await inProcess(["show", first, "no.such"]);
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("hint: ")]);
  });

  test("what fails is told, and with --fail-fast ends it", async () => {
    const args = ["show", path("takes/take_2.npz"), path("none.npz"), path("takes/take_10.npz"), "__data_len__"];
    expect(await inProcess(args)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^3 files: 2 fine, 1 cannot be read$/m),
    });
    expect(await inProcess([...args, "--fail-fast"])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^3 files: 1 fine, 1 cannot be read, 1 not begun$/m),
    });
  });
});

describe("validate --fail-fast", () => {
  const args = (): string[] => ["validate", path("mixed"), "--fail-fast"];

  test("begins no other file when one has failed", async () => {
    const { code, stdout } = await inProcess(args());
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^3 files: .*, 1 not begun$/m)]);
    const { stdout: document } = await inProcess(["--json", ...args()]);
    const { files, notBegun } = JSON.parse(document) as { files: readonly { file: string }[]; notBegun: number };
    expect([files.map(({ file }) => file), notBegun]).toEqual([[path("mixed/a.npz"), path("mixed/b.npz")], 1]);
  });

  test("with several processes as well; those at work come to their end", async () => {
    const files = ["b.npz", "b.npz", ...Array.from({ length: 20 }, () => "a.npz")].map((name) => path(`mixed/${name}`));
    for (const [at, file] of files.entries()) if (at > 1) copyFileSync(file, path(`mixed/copy_${at}.npz`));
    const { code, stdout } = await somakit(["--json", "validate", path("mixed"), "--fail-fast", "-j", "2"]);
    const report = JSON.parse(stdout) as { files: readonly unknown[]; notBegun: number };
    expect(code).toBe(3);
    expect(report.files.length + report.notBegun).toBe(23);
    expect(report.notBegun).toBeGreaterThan(10);
  });
});

describe("concat", () => {
  test("folders and patterns stand for their files, in natural order, without the one that is written", async () => {
    const order = ["deep/take_1.pkl", "take_2.npz", "take_10.npz"].map((name) => path(`takes/${name}`));
    const run = async (input: string, out: string): Promise<unknown> =>
      JSON.parse((await inProcess(["--json", "concat", input, "-o", path(out), "--force"])).stdout);
    expect(await run(path("takes"), "all.npz")).toMatchObject({ files: order, total: 21 });
    expect(await run(path("takes/take_*"), "two.npz")).toMatchObject({ files: order.slice(1), total: 14 });
    for (const _ of [1, 2])
      expect(await run(path("takes"), "takes/all.npz")).toMatchObject({ files: order, total: 21 });
    rmSync(path("takes/all.npz"));
  });
});
