import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { somakit } from "./run.js";
import { workFolder } from "./work-folder.js";

const work = workFolder();
const DATAGEN: string = fileURLToPath(new URL("../../../test/conformance/datagen/", import.meta.url));

test("info, validate, show and digest take a folder, and the archive of one", async () => {
  const [info, archive] = await Promise.all([
    somakit(["--json", "info", `${DATAGEN}merge_a`]),
    somakit(["--json", "info", `${DATAGEN}dataset.tar.gz`]),
  ]);
  expect(JSON.parse(info.stdout)).toMatchObject({ container: "folder", bytes: null, dataset: { id: "datagen" } });
  expect(JSON.parse(archive.stdout)).toMatchObject({ container: "folder", bytes: 8753, dataset: { id: "datagen" } });
  const digests = await Promise.all(["merge_a", "dataset.tar.gz"].map((name) => somakit(["digest", DATAGEN + name])));
  expect(digests[0]?.stdout).toBe(digests[1]?.stdout);
  expect(digests.map(({ code }) => code)).toEqual([0, 0]);
  const shown = await somakit(["show", `${DATAGEN}merge_a`, "scenes[0].cameras[0].face_bounding_box.min_x"]);
  expect([shown.stdout, shown.code]).toEqual(["3\n", 0]);
  const valid = await somakit(["validate", `${DATAGEN}hic`, `${DATAGEN}faces_v2`]);
  expect([valid.code, valid.stdout]).toEqual([0, expect.stringContaining("2 files: 0 errors, 0 warnings")]);
});

test("validate names the file of a folder that is damaged", async () => {
  const { code, stdout } = await somakit(["validate", `${DATAGEN}bad/exr_bad_zlib`]);
  expect(code).toBe(3);
  expect(stdout).toContain("datapoint_00001/camera/depth.exr  the compressed data is damaged (byte 367)");
});

test.each([
  ["traversal.tar.gz", "leaves the folder of the archive"],
  ["symlink.tar.gz", "a symbolic link"],
  ["truncated.tar.gz", "ends early"],
])("an archive that must not be opened: %s", async (name, reason) => {
  const { stderr, code: exit } = await somakit(["info", `${DATAGEN}bad/${name}`]);
  expect([exit, stderr]).toEqual([3, expect.stringContaining(reason)]);
});

test("a folder that is no data set is shown as its files, and not validated", async () => {
  const folder = work.path("anything");
  mkdirSync(folder);
  writeFileSync(`${folder}/notes.txt`, "abc");
  const info = JSON.parse((await somakit(["--json", "info", folder])).stdout);
  expect(info).toMatchObject({ container: "folder", dataset: null });
  expect((await somakit(["show", folder])).stdout).toContain("notes.txt");
  expect((await somakit(["validate", folder])).code).not.toBe(0);
});

test("verbs that need one file refuse a folder, and say which do not", async () => {
  const { code, stderr } = await somakit(["compress", `${DATAGEN}merge_a`, "-o", work.path("x.npz")]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/it is a folder; a file is needed\n {2}hint: .*slice/)]);
});
