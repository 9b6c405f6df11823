import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Change } from "@somakit/core";
import { readThrough, tarSink } from "@somakit/core";
import { fileFolder, fileSink } from "@somakit/core/node";
import { openDataset } from "@somakit/formats/datagen";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { json, succeed, workFolder } from "./work-folder.js";

const FIXTURES = join(import.meta.dirname, "../../../test/conformance/datagen");
const EARLY = join(FIXTURES, "faces_v1_early");
const folder = workFolder();

interface Report {
  readonly dataset: string;
  readonly changes: readonly Change[];
  readonly output: { readonly path: string; readonly bytes: number } | null;
}

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();

describe("upgrade of a folder", () => {
  test.each([[[]], [["--dry-run", "-o", "new"]]])("%j lists the changes and writes nothing", async (args) => {
    const out = folder.path("new");
    const { code, stdout } = await somakit(["upgrade", EARLY, ...args.map((arg) => (arg === "new" ? out : arg))]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^datapoint_00001 {2}was visible_spectrum\.png of environment_00001\/camera$/m);
    expect(stdout).toMatch(/16-bit colours\n {2}rule urn:somakit:datagen:1#\/\$defs\/Camera\/properties\/sem/);
    expect(stdout).toMatch(/\n10 changes, not written\n$/);
    expect(existsSync(out)).toBe(false);
  });

  test("makes a folder that is up to date, and leaves the other as it is", async () => {
    const out = folder.path("faces");
    const before = filesIn(EARLY);
    const report = await json<Report>(["upgrade", EARLY, "-o", out]);
    expect([report.dataset, report.changes.length, report.output?.path]).toEqual(["datagen", 10, out]);
    const bytes = filesIn(out).reduce((sum, file) => sum + readFileSync(join(out, file)).byteLength, 0);
    expect(report.output?.bytes).toBe(bytes);
    expect(filesIn(EARLY)).toEqual(before);
    expect((await succeed(["upgrade", out])).stdout).toBe("up to date\n");
    expect((await openDataset(await fileFolder(out))).length).toBe(1);
    await succeed(["validate", "--quiet", out]);
  });

  test("reads and makes archives", async () => {
    const old = folder.path("old.tar");
    const source = await fileFolder(EARLY);
    const archive = tarSink(await fileSink(old), { level: "none" });
    for (const path of filesIn(EARLY)) {
      const file = await source.open(path.replaceAll("\\", "/"));
      const sink = await archive.file(`faces/${path.replaceAll("\\", "/")}`);
      for await (const piece of readThrough(file, 0, file.byteLength)) await sink.append(piece);
      await sink.commit();
      await file.close?.();
    }
    await archive.commit();
    for (const name of ["new.tar.gz", "new.tar"]) {
      const out = folder.path(name);
      expect((await succeed(["upgrade", old, "-o", out])).stdout).toMatch(/^written .*: 10 changes$/m);
      expect((await succeed(["upgrade", out])).stdout).toBe("up to date\n");
    }
    const [packed, plain] = ["new.tar.gz", "new.tar"].map((name) => readFileSync(folder.path(name)));
    expect([packed?.subarray(0, 2).toString("hex"), plain?.subarray(257, 262).toString()]).toEqual(["1f8b", "ustar"]);
    expect((await somakit(["upgrade", old, "-o", folder.path("new.tar")])).stderr).toMatch("it is there already");
    await succeed(["upgrade", "--force", old, "-o", folder.path("new.tar")]);
  });

  test("never writes into a folder that is there", async () => {
    const out = folder.path("there");
    mkdirSync(join(out, "faces_v1_early"), { recursive: true });
    const { code, stderr } = await somakit(["upgrade", "--force", EARLY, "-o", join(out, "faces_v1_early")]);
    // A folder that is there is one to put the new folder into.
    expect([code, stderr]).toEqual([0, ""]);
    expect(filesIn(out).every((file) => file.startsWith(join("faces_v1_early", "faces_v1_early")))).toBe(true);
    const again = await somakit(["upgrade", "--force", EARLY, "-o", join(out, "faces_v1_early")]);
    expect(again.code).not.toBe(0);
    expect(again.stderr).toMatch("it is there already");
    expect(readdirSync(dirname(out)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("says where there is no older make, and leaves nothing behind when it fails", async () => {
    const hic = await somakit(["upgrade", join(FIXTURES, "hic")]);
    expect(hic.code).not.toBe(0);
    expect(hic.stderr).toMatch(/no other make of Datagen.* is known/);
    const out = folder.path("broken");
    const broken = await somakit(["upgrade", join(FIXTURES, "bad/major_version"), "-o", out]);
    expect(broken.code).not.toBe(0);
    expect(existsSync(out)).toBe(false);
  });
});
