import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { contentOf, json, succeed, workFolder } from "./work-folder.js";

const work = workFolder();
const ntu = (name: string): string =>
  fileURLToPath(new URL(`../../../test/conformance/pyskl/ntu/${name}`, import.meta.url));
const SKELETONS = ntu("set60/nturgb+d_skeletons");

describe("a job", () => {
  test("makes what it is for, and leaves nothing else behind", async () => {
    mkdirSync(work.path("made"));
    const out = work.path("made/made.pkl");
    const { stdout } = await succeed(["ntu", SKELETONS, "-o", out]);
    expect(stdout).toMatch(/^written .*made\.pkl, 6\d KiB: 12 clips, 0 left out\n$/);
    expect(await contentOf(out)).toEqual(await contentOf(ntu("set60/ntu60_3danno.pkl")));
    expect(readdirSync(work.path("made"))).toEqual(["made.pkl"]);
    expect(readFileSync(out)[1]).toBe(2);
  });

  test("takes an archive for the folder that is packed in it", async () => {
    const archive = fileURLToPath(new URL("../../../test/conformance/datagen/dataset.tar.gz", import.meta.url));
    await succeed(["coco", archive, "-o", work.path("coco.json")]);
    const made = JSON.parse(readFileSync(work.path("coco.json"), "utf8")) as { readonly images: readonly unknown[] };
    expect(made.images.length).toBeGreaterThan(0);
    rmSync(work.path("coco.json"));
    const cut = work.path("cut.tar.gz");
    writeFileSync(cut, readFileSync(archive).subarray(0, 5000));
    const { code, stderr } = await somakit(["coco", cut, "-o", work.path("cut.json")]);
    rmSync(cut);
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining(cut) });
  });

  test("takes its own options", async () => {
    const out = work.path("ntu120.pkl");
    const report = await json([
      "ntu",
      ntu("set120/nturgb+d_skeletons"),
      "--dataset",
      "ntu120",
      "--protocol",
      "4",
      "-o",
      out,
    ]);
    expect(report).toMatchObject({
      clips: 5,
      skipped: [{ reason: "on the list of broken clips" }],
      output: { path: out },
    });
    expect(await contentOf(out)).toEqual({
      ...((await contentOf(ntu("set120/ntu120_3danno.pkl"))) as object),
    });
    expect(readFileSync(out)[1]).toBe(4);
  });

  test("keeps what is done when it fails, and goes on from there", async () => {
    const folder = work.path("folder");
    const out = work.path("resumed.pkl");
    cpSync(SKELETONS, folder, { recursive: true });
    const broken = `${folder}/S017C003P020R002A060.skeleton`;
    writeFileSync(broken, "2\nnothing\n");
    const failed = await somakit(["ntu", folder, "-o", out, "-j", "1"]);
    expect(failed.code).toBe(3);
    expect(failed.stderr).toMatch(/S017C003P020R002A060\.skeleton.*\n {2}hint: --resume goes on with what is done\n$/s);
    expect(existsSync(out)).toBe(false);
    expect(existsSync(`${out}.journal`)).toBe(true);
    const again = await somakit(["ntu", folder, "-o", out]);
    expect([again.code, again.stderr]).toEqual([
      2,
      expect.stringMatching(/resumed\.pkl\.journal: an interrupted run left it\n {2}hint: --resume goes on with it/),
    ]);
    const skipping = await somakit(["ntu", folder, "-o", out, "--resume", "--skip-failures", "--progress", "always"]);
    expect(skipping.code).toBe(0);
    expect(skipping.stderr).toMatch(/preprocess clips: 0 of 13 clips\n/);
    expect(skipping.stderr).toMatch(/left out S017C003P020R002A060\.skeleton: /);
    expect(existsSync(`${out}.journal`)).toBe(false);
    expect(await contentOf(out)).toEqual(await contentOf(ntu("set60/ntu60_3danno.pkl")));
  });

  test.each([
    [["ntu", "/nowhere", "-o", "x.pkl"], 3, /\/nowhere: there is no such file/],
    [["ntu", `${SKELETONS}/S001C001P001R001A001.skeleton`, "-o", "x.pkl"], 2, /it is a file; a folder is needed/],
    [["ntu", SKELETONS, "-o", "x.npz"], 2, /names of such files end in \.pkl/],
    [["ntu", SKELETONS, "-o", "x.pkl", "--dataset", "ntu30"], 2, /Allowed choices are ntu60, ntu120/],
    [["ntu", SKELETONS, "-o", "x.pkl", "-j", "0"], 2, /-j 0: a number from 1 to 256/],
    [["ntu", SKELETONS], 2, /required option '-o, --output <file>' not specified/],
  ])("%j is refused", async (args, exit, text) => {
    const { code, stderr } = await somakit(args);
    expect([code, stderr]).toEqual([exit, expect.stringMatching(text)]);
    expect(existsSync("x.pkl.journal")).toBe(false);
  });
});
