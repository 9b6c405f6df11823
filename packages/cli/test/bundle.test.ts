import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { somakit } from "./run.js";
import { fixture, workFolder } from "./work-folder.js";

const BUNDLE = fileURLToPath(new URL("../dist/bundle/", import.meta.url));
const { path } = workFolder();

function bundled(args: readonly string[]): {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${BUNDLE}bin.js`, ...args], { encoding: "utf8" });
  return { code: status, stdout, stderr };
}

test.each([
  ["info", "full.npz"],
  ["info", "../skelshop/conv_zip_all.h5"],
  ["info", "../bodycompress/basic.xz"],
  ["validate", "../pyskl/coco2d_f16_p2_np1.pkl"],
  ["validate", "../datagen/faces_min"],
  ["show", "bad_truncated.npz"],
])("what is installed does the same as the modules that it is made of: %s %s", async (verb, file) => {
  expect(bundled([verb, fixture(file)])).toEqual(await somakit([verb, fixture(file)]));
});

test("it finds what lies beside its modules: manifests and threads", async () => {
  expect(bundled(["--version"])).toEqual(await somakit(["--version"]));
  const set = fixture("../pyskl/ntu/set60");
  expect(bundled(["ntu", set, "-o", path("ntu.pkl"), "--threads", "2"])).toMatchObject({ code: 0 });
});

test("info of a small file loads few modules, and validators of other data sets are not among them", () => {
  const { stderr } = spawnSync(process.execPath, [`${BUNDLE}bin.js`, "info", fixture("full.npz")], {
    encoding: "utf8",
    env: { ...process.env, NODE_DEBUG: "esm" },
    maxBuffer: 1 << 28,
  });
  const loaded = new Set([...stderr.matchAll(/dist\/bundle\/([\w.-]+\.js)/g)].map(([, name]) => name as string));
  expect(loaded.size).toBeGreaterThan(1);
  expect(loaded.size).toBeLessThan(100);
  const text = [...loaded].map((name) => readFileSync(`${BUNDLE}${name}`, "utf8")).join("");
  expect(text).not.toContain("packages/formats/dist/datagen/datagen.layout.gen.js");
  expect(readdirSync(BUNDLE).length).toBeGreaterThan(loaded.size);
});
