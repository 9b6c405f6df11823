import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
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
  expect(bundled(["ntu", set, "-o", path("ntu.pkl"), "-j", "2"])).toMatchObject({ code: 0 });
});

test("a run loads one file beside the one that starts it", () => {
  const { stderr } = spawnSync(process.execPath, [`${BUNDLE}bin.js`, "info", fixture("full.npz")], {
    encoding: "utf8",
    env: { ...process.env, NODE_DEBUG: "esm" },
    maxBuffer: 1 << 28,
  });
  const loaded = new Set([...stderr.matchAll(/dist\/bundle\/([\w.-]+\.js)/g)].map(([, name]) => name as string));
  expect([...loaded].sort()).toEqual(["bin.js", "command.js"]);
});

test("the HDF5 library is a file of its own, which the command names", () => {
  expect(readFileSync(`${BUNDLE}command.js`, "utf8")).toContain('import("./h5wasm.js")');
  const script = `const { ready } = await import(${JSON.stringify(pathToFileURL(`${BUNDLE}h5wasm.js`).href)});
    console.log(typeof (await ready).FS);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(stdout).toBe("object\n");
});
