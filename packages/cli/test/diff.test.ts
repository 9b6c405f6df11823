import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { fixture, json, succeed, workFolder } from "./work-folder.js";

const { path } = workFolder();
const pyskl = (name: string): string => fixture(`../pyskl/${name}`);

describe("what is compared", () => {
  test("files of one content in containers of two kinds are equal", async () => {
    const { stdout } = await succeed(["diff", fixture("full.npz"), fixture("full.pkl")]);
    expect(stdout).toBe("no differences\n");
  });

  test("a part is told from the whole, and the command exits with 1", async () => {
    await succeed(["slice", fixture("full.npz"), "0:3", "-o", path("part.npz")]);
    const { code, stdout } = await somakit(["diff", fixture("full.npz"), path("part.npz")]);
    expect(code).toBe(1);
    expect(stdout).toContain("~ keypoints2d  shape (7, 190, 3) → (3, 190, 3)\n");
  });

  test("items of a list are compared by their names", async () => {
    const { differences } = await json<{ differences: readonly { path: string; kind: string }[] }>([
      "diff",
      pyskl("ntu3d_f32_p4_np1.pkl"),
      pyskl("ntu3d_f16_p2_np1.pkl"),
      "--tolerance",
      "1e-3",
    ]);
    expect(new Set(differences.map(({ kind }) => kind))).toEqual(new Set(["dtype"]));
    expect(differences.map(({ path: place }) => place)).toContain('annotations["S001C001P001R001A001"].keypoint');
  });

  test("folders", async () => {
    const [before, after] = [fixture("../datagen/merge_a"), fixture("../datagen/merge_b")];
    expect((await somakit(["diff", before, before])).code).toBe(0);
    const { code, stdout } = await somakit(["diff", before, after]);
    expect(code).toBe(1);
    expect(stdout).toContain("~ scenes[0].actor_metadata.identity_id  '");
  });

  test("of files of two data sets what their containers hold", async () => {
    const document = await json(["diff", fixture("full.npz"), fixture("multi.npz")]);
    expect(document).toMatchObject({ datasets: { before: "humandata", after: "humandata/multi" }, equal: false });
  });
});

test("damage is told, the rest is compared, and the command exits with 3", async () => {
  const { code, stdout } = await somakit(["diff", fixture("bad_crc.npz"), fixture("bad_crc.npz")]);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^! .*cannot be read in the first: /m);
});

describe("options", () => {
  test("--limit bounds what is listed, not what is counted", async () => {
    const args = [fixture("full.npz"), fixture("compressed.npz"), "--limit", "2"];
    const { count, differences } = await json<{ count: number; differences: unknown[] }>(["diff", ...args]);
    expect(differences).toHaveLength(2);
    expect(count).toBeGreaterThan(2);
    const { stdout } = await somakit(["diff", ...args]);
    expect(stdout).toContain(`… ${count - 2} more\n${count} differences\n`);
  });

  test("--quiet says nothing where nothing differs", async () => {
    copyFileSync(fixture("full.npz"), path("copy.npz"));
    expect((await succeed(["--quiet", "diff", fixture("full.npz"), path("copy.npz")])).stdout).toBe("");
  });

  test("one of the two may come from a pipe", async () => {
    const stdin = readFileSync(fixture("full.npz"));
    expect((await succeed(["diff", "-", fixture("full.npz")], { stdin })).stdout).toBe("no differences\n");
  });

  test.each([
    [["--tolerance", "much"], "--tolerance much: a number from 0 on is needed"],
    [["--tolerance", "-1"], "--tolerance -1: a number from 0 on is needed"],
    [["--limit", "1.5"], "--limit 1.5: a whole number from 0 on is needed"],
  ])("%s is wrong usage", async (options, message) => {
    const { code, stderr } = await somakit(["diff", fixture("full.npz"), fixture("full.npz"), ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test("two standard inputs are wrong usage, and so is a file that is missing or no data", async () => {
    expect((await somakit(["diff", "-", "-"])).code).toBe(2);
    writeFileSync(path("junk"), "junk");
    const { code, stderr } = await somakit(["diff", fixture("full.npz"), path("junk")]);
    expect(code).toBe(3);
    expect(stderr).toContain(`${path("junk")}: `);
    expect((await somakit(["diff", fixture("full.npz"), path("missing")])).code).toBe(3);
  });
});
