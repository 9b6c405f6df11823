import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Input, pickle, readPickle } from "@somakit/core";
import { fileSink, fileSource } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianPython } from "./support/python.js";

const fixtures = join(import.meta.dirname, "conformance/humandata");
const good = (ending: string) =>
  readdirSync(fixtures).filter((name) => name.endsWith(ending) && !name.startsWith("bad_"));

/** What writing adds on purpose: the entries that every reader of HumanData expects. */
const IMPLIED = ["__key_strict__", "__data_len__", "__keypoints_compressed__", "__instance_num__"];

const COMPARE = `
import sys, json, pathlib
sys.path.insert(0, ${JSON.stringify(fixtures)})
from describe import describe, differences
ours, theirs, implied, left_out = sys.argv[1], sys.argv[2], set(sys.argv[3].split(",")), set(sys.argv[4].split(","))
a = describe(ours)
# Old numpy cannot load what newer numpy or Python 2 wrote: there the recorded description stands for the original.
b = json.loads(pathlib.Path(theirs + ".expected.json").read_text("utf-8")) if theirs.endswith(".npz") else describe(theirs)
a, b = [x.get("npz", x.get("pickle", x)) for x in (a, b)]
a, b = [x.get("dict", x) for x in (a, b)]
a = {k: v for k, v in a.items() if (k in b or k not in implied) and k not in left_out}
b = {k: v for k, v in b.items() if k not in left_out}
found = list(differences(a, b)) + ([] if [k for k in a] == [k for k in b] else ["order of keys: %r, expected %r" % (list(a), list(b))])
print("\\n".join(found) or "equal")
`;

/** Whether Debian's numpy loads our file and finds in it what it finds in the original. */
function compare(ours: string, theirs: string, leftOut: readonly string[] = []): string {
  const args = ["-W", "error", "-c", COMPARE, ours, theirs, IMPLIED.join(","), leftOut.join(",")];
  return execFileSync(debianPython as string, args, { encoding: "utf8" }).trim();
}

describe.skipIf(!debianPython)("what we write, numpy loads", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-python-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const target = (name: string) => join(folder, `${Math.random().toString(36).slice(2)}-${name}`);
  const moduleFor = (name: string) => (name.includes("multi") ? humandata.multi : humandata);

  /** Keys that a copy does not keep: the former name of the frame count, and entries that are no arrays at all. */
  const RENAMED = ["__temporal_len__"];
  /** Values that reading brings up to date, so that they are not what the old file held. */
  const MODERNISED: Readonly<Record<string, readonly string[]>> = {
    "legacy_like.npz": ["bbox_xywh", "smpl", "keypoints2d_convention", "keypoints3d_convention"],
    "loader_conversions.npz": [
      "bbox_xywh",
      "segmentation",
      "config",
      "image_id",
      "keypoints2d_convention",
      "keypoints2d_extra_convention",
      "keypointsfoo_convention",
    ],
    "nested.npz": ["smpl"],
    "numpy2_nested.npz": ["smpl"],
    "py2.npz": ["image_path", "config", "meta"],
    "custom_keys.npz": ["a_none", "keypoints3d_original_convention"],
    "old_temporal_len.npz": ["keypoints2d_convention"],
    "zero_frames.npz": ["image_path", "keypoints2d_convention"],
    "dtypes.npz": [],
  };

  it.each(good(".npz").filter((name) => name !== "zip_mixed.npz" && name !== "cache.npz"))(
    "%s, copied entry by entry",
    async (name) => {
      const path = join(fixtures, name);
      const copy = target(name);
      const file = await moduleFor(name).open(await fileSource(path));
      await moduleFor(name).write(await fileSink(copy), file as never, { check: "skip" });
      await file.close();
      expect(compare(copy, path, RENAMED)).toBe("equal");
    },
  );

  it.each(good(".npz").filter((name) => name !== "zip_mixed.npz" && name !== "cache.npz"))(
    "%s, read into memory and written",
    async (name) => {
      const path = join(fixtures, name);
      const copy = target(name);
      const value = await moduleFor(name).read(await fileSource(path));
      await moduleFor(name).write(await fileSink(copy), value as never, { check: "skip" });
      const added = ["keypoints2d_convention", "keypoints3d_convention", "keypoints2d_smplx_convention"].filter(
        (key) => !existsSync(`${path}.${key}`) && !(key in value && name === "full.npz"),
      );
      expect(compare(copy, path, [...RENAMED, ...added, ...(MODERNISED[name] ?? [])])).toBe("equal");
    },
  );

  it.each(
    good(".pkl")
      .filter((name) => !/numpy2|instance|py2/.test(name))
      .flatMap((name) => ([2, 3, 4, 5] as const).map((protocol) => [name, protocol] as const)),
  )("%s by protocol %d", async (name, protocol) => {
    const path = join(fixtures, name);
    const copy = target(name);
    const source: Input = await fileSource(path);
    const value = readPickle(await source.read(0, source.byteLength));
    await pickle.write(await fileSink(copy), value, { protocol });
    expect(compare(copy, path)).toBe("equal");
  });

  it("an npz as a pickle, and a pickle as an npz", async () => {
    const file = await humandata.open(await fileSource(join(fixtures, "full.npz")));
    const asPickle = target("full.pkl");
    await humandata.write(await fileSink(asPickle), file, { container: "pickle" });
    expect(compare(asPickle, join(fixtures, "full.pkl"))).toBe("equal");
    const again = await humandata.open(await fileSource(asPickle));
    const asNpz = target("again.npz");
    await humandata.write(await fileSink(asNpz), again, { container: "npz" });
    expect(compare(asNpz, join(fixtures, "full.npz"))).toBe("equal");
    await file.close();
    await again.close();
  });
});
