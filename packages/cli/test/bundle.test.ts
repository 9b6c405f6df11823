import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

/** The files of the bundle that a run loads. */
function filesLoadedBy(args: readonly string[]): readonly string[] {
  const { stderr } = spawnSync(process.execPath, [`${BUNDLE}bin.js`, ...args], {
    encoding: "utf8",
    env: { ...process.env, NODE_DEBUG: "esm" },
    maxBuffer: 1 << 28,
  });
  return [...new Set([...stderr.matchAll(/dist\/bundle\/([\w.-]+\.js)/g)].map(([, name]) => name as string))].sort();
}

test.each([
  ["../skelshop/conv_zip_all.h5", "hdf5.js"],
  ["full.npz", "npz.js"],
  ["../bodycompress/basic.xz", "records.js"],
  ["../pyskl/coco2d_f16_p2_np1.pkl", "pickle.js"],
  ["../datagen/faces_min", "folder.js"],
])(
  "looking at %s loads what every command needs, its container, and the data sets that it may be",
  (file, container) => {
    const loaded = filesLoadedBy(["info", fixture(file)]);
    expect(loaded).toEqual(expect.arrayContaining(["bin.js", "command.js", container]));
    expect(
      loaded.filter((name) => ["verbs.js", "jobs.js", "names.js", "convert.js", "render.js"].includes(name)),
    ).toEqual([]);
    expect(loaded.length).toBeLessThan(10);
  },
);

test("a signature that begins like a stream of records loads no data set of streams", () => {
  const loaded = filesLoadedBy(["info", fixture("../skelshop/conv_zip_all.h5")]);
  expect(loaded).toContain("skelshop.js");
  expect(loaded.filter((name) => ["bodycompress.js", "records.js"].includes(name))).toEqual([]);
});

test("options of every command may come before the verb, which alone is loaded", () => {
  const before = ["--json", "--progress", "never", "--progress=never", "--no-color"];
  expect(filesLoadedBy([...before, "info", fixture("full.npz")])).not.toContain("verbs.js");
  expect(filesLoadedBy(["--help"])).toContain("verbs.js");
});

test("every file that another one names is there", () => {
  const files = readdirSync(BUNDLE).filter((name) => name.endsWith(".js"));
  const named = files.flatMap((file) => {
    const code = readFileSync(`${BUNDLE}${file}`, "utf8");
    return [...code.matchAll(/(?:from|import\(?)"\.\/([\w.-]+)"/g)].map(([, name]) => name as string);
  });
  expect([...new Set([...named, "bin.js"])].sort()).toEqual(files);
});

test("the terms of other people's packages in it are passed on", () => {
  const terms = readFileSync(`${BUNDLE}licenses.txt`, "utf8");
  for (const name of ["commander", "fflate", "h5wasm"]) expect(terms).toMatch(new RegExp(`^${name} \\d`, "m"));
});

test("the HDF5 library is a file of its own, which opening such a file names", () => {
  expect(readFileSync(`${BUNDLE}hdf5.js`, "utf8")).toContain('import("./h5wasm.js")');
  const script = `const { ready } = await import(${JSON.stringify(pathToFileURL(`${BUNDLE}h5wasm.js`).href)});
    console.log(typeof (await ready).FS);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(stdout).toBe("object\n");
});
