import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { globFiles, isGlob } from "../src/glob.js";
import { shell, somakit } from "./run.js";
import { fixture, workFolder } from "./work-folder.js";

const { path } = workFolder();

beforeAll(() => {
  mkdirSync(path("data/deep/.hidden"), { recursive: true });
  mkdirSync(path("out"));
  mkdirSync(path("twin"));
  mkdirSync(path("empty"));
  copyFileSync(fixture("full.npz"), path("data/a.npz"));
  copyFileSync(fixture("full.pkl"), path("data/deep/b.pkl"));
  copyFileSync(fixture("full.npz"), path("data/deep/.hidden/c.npz"));
  writeFileSync(path("data/notes.txt"), "no data");
  writeFileSync(path("data/[odd]*.npz"), "");
});

interface Item {
  readonly file: string;
  readonly exit: number;
  readonly result: Readonly<Record<string, unknown>>;
}

async function batch(
  args: readonly string[],
): Promise<{ readonly items: readonly Item[]; readonly code: number | null }> {
  const { stdout, code } = await somakit(["--json", ...args]);
  return { items: JSON.parse(stdout) as Item[], code };
}

describe("several files", () => {
  test.each(["info", "digest"])("%s gives one list of documents, each with its exit code", async (verb) => {
    const { items, code } = await batch([verb, fixture("full.npz"), fixture("bad_not_zip.npz"), fixture("multi.npz")]);
    expect(code).toBe(3);
    expect(items.map(({ exit }) => exit)).toEqual([0, 3, 0]);
    expect(items.map(({ file }) => file)).toEqual(["full.npz", "bad_not_zip.npz", "multi.npz"].map(fixture));
    const alone = await somakit(["--json", verb, fixture("full.npz")]);
    expect(items[0]?.result).toEqual(JSON.parse(alone.stdout));
    expect(items[1]?.result).toMatchObject({ error: { code: expect.any(String) } });
  });

  test("without --json one after the other, with a summary on standard error", async () => {
    const { stdout, stderr, code } = await somakit(["info", fixture("full.npz"), fixture("bad_not_zip.npz")]);
    expect(code).toBe(3);
    expect(stdout).toContain("HumanData");
    expect(stderr).toContain(`${fixture("bad_not_zip.npz")}: `);
    expect(stderr).toMatch(/^2 files: 1 fine, 1 cannot be read$/m);
  });

  test("digests are one list without --json as well", async () => {
    const { stdout, stderr } = await somakit(["digest", fixture("full.npz"), fixture("multi.npz")]);
    expect(JSON.parse(stdout)).toMatchObject([
      { exit: 0, result: { npz: {} } },
      { exit: 0, result: { npz: {} } },
    ]);
    expect(stderr).toBe("2 files: 2 fine\n");
  });

  test("one file is no batch", async () => {
    const { stdout, stderr } = await somakit(["--json", "info", fixture("full.npz")]);
    expect(JSON.parse(stdout)).toMatchObject({ file: fixture("full.npz"), container: "npz" });
    expect(stderr).toBe("");
  });
});

describe("folders and patterns", () => {
  test("a folder stands for the files of data sets in it, hidden folders apart", async () => {
    const { items } = await batch(["info", path("data")]);
    expect(items.map(({ file }) => file)).toEqual([
      path("data/[odd]*.npz"),
      path("data/a.npz"),
      path("data/deep/b.pkl"),
    ]);
  });

  test("a folder that is a data set stands for itself", async () => {
    const { stdout } = await somakit(["--json", "info", fixture("../datagen/faces_min")]);
    expect(JSON.parse(stdout)).toMatchObject({ dataset: { id: "datagen" } });
    const { items } = await batch(["info", fixture("../datagen/merge_a"), fixture("../datagen/merge_b")]);
    expect(items.map(({ exit }) => exit)).toEqual([0, 0]);
  });

  test("validate takes them too, and each file once", async () => {
    const { stdout } = await somakit(["--json", "validate", path("data/deep"), path("data/deep/b.pkl")]);
    const { files } = JSON.parse(stdout) as { files: readonly { file: string }[] };
    expect(files.map(({ file }) => file)).toEqual([path("data/deep/b.pkl")]);
  });

  test("patterns that the shell left alone are replaced; a file of that very name comes first", async () => {
    const { items } = await batch(["info", path("data/**/*.npz"), path("data/**/*.pkl")]);
    expect(items.map(({ file }) => file)).toEqual([
      path("data/[odd]*.npz"),
      path("data/a.npz"),
      path("data/deep/b.pkl"),
    ]);
    const { code, stderr } = await somakit(["info", path("data/[odd]*.npz")]);
    expect(code).toBe(3);
    expect(stderr).toContain("the file is empty");
  });

  test("a pattern for nothing is wrong usage, an empty folder is said to be no data set", async () => {
    const { code, stderr } = await somakit(["info", path("data/*.h5")]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no file matches this pattern"),
    });
    expect((await somakit(["validate", path("empty")])).code).toBe(1);
  });
});

describe("glob", () => {
  test.each([
    ["a*.npz", true],
    ["a?.npz", true],
    ["[ab].npz", true],
    ["a[].npz", false],
    ["plain.npz", false],
  ])("%s is a pattern: %s", (name, expected) => {
    expect(isGlob(name)).toBe(expected);
  });

  test.each([
    ["data/?.npz", ["data/a.npz"]],
    ["data/[!b].npz", ["data/a.npz"]],
    ["data/[b-z].npz", []],
    ["data/*/b.pkl", ["data/deep/b.pkl"]],
    ["**/b.pkl", ["data/deep/b.pkl"]],
    ["data/deep/.hidden/*", ["data/deep/.hidden/c.npz"]],
    ["data/d*", []],
    ["nowhere/*", []],
  ])("%s", async (pattern, expected) => {
    expect(await globFiles(path(pattern))).toEqual(expected.map(path));
  });

  test("many stars take no time", async () => {
    const started = performance.now();
    expect(await globFiles(path(`data/${"*a".repeat(30)}*b`))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("upgrade", () => {
  test("-o names a folder for several files", async () => {
    const old = fixture("old_temporal_len.npz");
    const { code } = await somakit(["upgrade", old, fixture("old_temporal_len.pkl"), "-o", path("out")]);
    expect(code).toBe(0);
    expect((await somakit(["upgrade", path("out/old_temporal_len.npz"), path("out/old_temporal_len.pkl")])).code).toBe(
      0,
    );
  });

  test("which has a folder to be made in, and two files of one name are refused before any is written", async () => {
    const files = [fixture("old_temporal_len.npz"), path("data/a.npz")];
    expect((await somakit(["upgrade", ...files, "-o", path("none/out")])).code).toBe(2);
    const { code, stderr } = await somakit(["upgrade", fixture("full.npz"), fixture("./full.npz"), path("data/a.npz")]);
    expect(stderr).toContain("2 files");
    expect(code).toBeOneOf([0, 1]);
    copyFileSync(fixture("full.npz"), path("twin/a.npz"));
    const twins = [path("data/a.npz"), path("twin/a.npz")];
    expect((await somakit(["upgrade", ...twins, "-o", path("out")])).stderr).toContain("would both become");
  });
});

test("a reader that has seen enough ends a batch quietly", async () => {
  const { code, stderr } = await shell(`set +o pipefail; somakit info "$A" "$A" "$A" | head -1`, {
    A: fixture("full.npz"),
  });
  expect(code).toBe(0);
  expect(stderr).not.toContain("error");
});
