import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { NdArray, readPickle, type Value, writePickle } from "@somakit/core";
import { describe, expect, test } from "vitest";
import { bars } from "../src/print/histogram.js";
import { somakit } from "./run.js";
import { fixture as humandata, json, succeed, workFolder } from "./work-folder.js";

const folder = workFolder();
const clips = (name: string): string =>
  fileURLToPath(new URL(`../../../test/conformance/pyskl/${name}`, import.meta.url));

const NTU = clips("ntu3d_f16_p2_np1.pkl");
const COCO = clips("coco2d_f16_p2_np1.pkl");
/** Known by names of files, which are no names of clips any more. */
const OLD = clips("filename_ids_p2_np1.pkl");
const BARE = clips("legacy_list_p2_np1.pkl");

interface Loaded {
  readonly names: readonly unknown[];
  readonly split: ReadonlyMap<string, readonly string[]>;
  readonly annotations: readonly ReadonlyMap<string, Value>[];
}

function load(path: string): Loaded {
  const file = readPickle(readFileSync(path)) as ReadonlyMap<string, Value>;
  const annotations = file.get("annotations") as unknown as Loaded["annotations"];
  return {
    names: annotations.map((clip) => clip.get("frame_dir")),
    split: file.get("split") as unknown as Loaded["split"],
    annotations,
  };
}

/** Protocol that a pickle says it has. */
const protocolOf = (path: string): number => readFileSync(path)[1] as number;

describe("stats", () => {
  test("counts splits, sizes, numbers and arrays", async () => {
    const found = await json<Record<string, unknown>>(["stats", NTU]);
    expect(found).toMatchObject({ dataset: "pyskl", items: 5, gaps: 0, unassigned: 0 });
    expect(found["splits"]).toContainEqual({ name: "xsub_val", items: 3, unknown: 0 });
    const sizes = found["sizes"] as { symbol: string; counts: [number, number][] }[];
    expect(sizes.find(({ symbol }) => symbol === "M")?.counts).toEqual([
      [1, 3],
      [2, 2],
    ]);
    expect(sizes.find(({ symbol }) => symbol === "T")?.counts.map(([frames]) => frames)).toEqual([3, 5, 6, 7, 8]);
    expect(found["values"]).toMatchObject([{ key: "label", items: 5 }]);
    expect(found["arrays"]).toMatchObject([{ key: "keypoint", items: 5, dtypes: { float16: 5 } }]);
    const { stdout } = await succeed(["stats", NTU]);
    expect(stdout).toMatch(/^items {5}5\n/);
    expect(stdout).toMatch(/xsub_val +3\n/);
    expect(stdout).toMatch(/frames \(T\) +items\n3 +1 +█+\n/);
  });

  test("names the numbers that a list of names counts", async () => {
    const { stdout } = await succeed(["stats", NTU, "--labels", "label=NTU60_classes"]);
    expect(stdout).toMatch(/label +items +name\n0 +1 +drink water\n9 +1 +clapping\n/);
    const found = await json<{ values: unknown }>(["stats", NTU, "--labels", "label=gesture_classes"]);
    expect(found.values).toMatchObject([{ counts: expect.arrayContaining([[59, 1, null]]) }]);
    const unknown = await somakit(["stats", NTU, "--labels", "label=nothing"]);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/no list "nothing".*ntu60_classes/s)]);
    const wrong = await somakit(["stats", NTU, "--labels", "ntu60_classes"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/no item has numbers under such a key/)]);
  });

  test("are warned of by validate where they are no positions in the list", async () => {
    const fine = await succeed(["validate", NTU, "--labels", "label=NTU60_classes"]);
    expect(fine.stdout).toContain("0 errors, 0 warnings");
    const { files, warnings } = await json<{ files: { issues: unknown }[]; warnings: number }>([
      ...["validate", NTU, "--labels", "label=gesture_classes"],
    ]);
    expect(warnings).toBeGreaterThan(0);
    expect(files[0]?.issues).toContainEqual(
      expect.objectContaining({
        code: "range",
        severity: "warning",
        actual: "59",
        path: expect.stringMatching(/label$/),
      }),
    );
    for (const [option, expected] of [
      ["label=nothing", /no list "nothing".*ntu60_classes/s],
      ["lable=ntu60_classes", /PYSKL annotations has no key "lable"/],
    ] as const) {
      const wrong = await somakit(["validate", NTU, "--labels", option]);
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(expected)]);
    }
  });

  test("of one split", async () => {
    expect(await json(["stats", NTU, "--split", "xsub_val"])).toMatchObject({ items: 3 });
  });

  test("says what names nobody has, and which entries are empty", async () => {
    const path = folder.path("gaps.pkl");
    const clip = new Map<string, Value>([
      ["frame_dir", "a"],
      ["total_frames", 1],
    ] as never);
    await writeList(path, [null, clip]);
    expect((await succeed(["stats", path, "--as", "pyskl/list"])).stdout).toMatch(/empty +1 entry without a record/);
  });

  test("a histogram has ranges of equal width that cover everything", () => {
    const counts = new Map(Array.from({ length: 95 }, (_, index) => [index + 3, 1]));
    const found = bars(counts);
    expect(found).toHaveLength(10);
    expect(found[0]).toEqual(["3 to 12", 10]);
    expect(found.at(-1)).toEqual(["93 to 97", 5]);
    expect(found.reduce((sum, [, items]) => sum + items, 0)).toBe(95);
  });
});

async function writeList(path: string, list: readonly Value[]): Promise<void> {
  const { writeFile } = await import("node:fs/promises");
  await writeFile(path, writePickle(list as Value));
}

describe("info", () => {
  test("says which splits and classes a list has", async () => {
    const { stdout } = await succeed(["info", NTU]);
    expect(stdout).toMatch(/\nsplits {4}xsub_train 2, xsub_val 3, xview_train 2, xview_val 3\n/);
    expect(stdout).toMatch(/\nlabel {5}5 values, 0 to 59\n/);
    expect(stdout).toMatch(/\nframes {4}3 to 8 in each of 5 annotations/);
    expect(await json(["info", NTU])).toMatchObject({
      items: { values: [{ key: "label", distinct: 5, smallest: 0, largest: 59 }] },
    });
    expect((await json(["info", humandata("full.npz")]))["items"]).toBeNull();
  });
});

describe("select", () => {
  test("says which arrays float16 cannot hold, and validate finds what they became", async () => {
    const [path, out] = [folder.path("large.pkl"), folder.path("half.pkl")];
    const clip = (name: string, x: number): Value =>
      new Map<string, Value>([
        ["frame_dir", name],
        ["label", 0],
        ["total_frames", 1],
        ["keypoint", NdArray.from("float32", new Float32Array(75).fill(x), [1, 1, 25, 3])],
      ] as never) as never;
    await writeList(path, [clip("a", 1), clip("b", 70000)]);
    expect(await json(["select", path, "--recast", "float16", "-o", out])).toMatchObject({
      overflows: [expect.stringMatching(/\[1\]\.keypoint$/)],
    });
    const again = await somakit(["select", path, "--recast", "float16", "--force", "-o", out]);
    expect(again.stderr).toMatch(/\[1\]\.keypoint: some numbers are too large for the type and became infinite/);
    const { stdout } = await succeed(["validate", out]);
    expect(stdout).toMatch(/warning +\[1\]\.keypoint +holds Infinity/);
    await succeed(["select", path, "--recast", "float32", "--force", "-o", out]);
    expect((await succeed(["validate", out])).stdout).toContain("0 errors, 0 warnings");
  });

  test("takes what meets all conditions, and the splits of what is left", async () => {
    const out = folder.path("chosen.pkl");
    const all = load(NTU);
    await succeed(["select", NTU, "--split", "xsub_train,xsub_val", "--match", "C001", "-o", out]);
    const chosen = load(out);
    expect(chosen.names).toEqual(all.names.filter((name) => String(name).includes("C001")));
    expect([...chosen.split.keys()]).toEqual([...all.split.keys()]);
    expect(new Set([...chosen.split.values()].flat())).toEqual(new Set(chosen.names));
    expect(protocolOf(out)).toBe(4);
  });

  test("by names, by numbers, and in another type and protocol", async () => {
    const out = folder.path("recast.pkl");
    const [first] = load(NTU).names as [string];
    const args = ["select", NTU, "-o", out, "--force", "--recast", "float32", "--protocol", "2"];
    const { stdout } = await succeed([...args, "--names", `${first},nobody`]);
    expect(stdout).toMatch(/recast\.pkl, .*: 1 item of 5\n/);
    expect(load(out).annotations[0]?.get("keypoint")).toMatchObject({ dtype: "float32" });
    expect(protocolOf(out)).toBe(2);
    await succeed([...args, "--where", "label=9,59"]);
    const labels = (path: string): unknown[] => load(path).annotations.map((clip) => clip.get("label"));
    expect(labels(out)).toEqual(labels(NTU).filter((label) => label === 9 || label === 59));
  });

  test.each([
    [["--split", "nothing"], /error: .*--split: there is no split "nothing", only xsub_train, /],
    [["--match", "("], /--match \(: Invalid regular expression/],
    [["--where", "label"], /--where label: a key and its values are needed/],
  ])("%j is wrong usage", async (args, text) => {
    const { code, stderr } = await somakit(["select", NTU, ...args, "-o", folder.path("wrong.pkl")]);
    expect(stderr).toMatch(text);
    expect(code).toBe(2);
  });

  test("and a record is no list", async () => {
    const { code, stderr } = await somakit(["select", humandata("full.npz"), "-o", folder.path("wrong.npz")]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/it is no list of records\n {2}hint: slice takes frames/),
    ]);
  });
});

describe("concat of lists", () => {
  test("has all items and all splits", async () => {
    const out = folder.path("both.pkl");
    const { stdout } = await succeed(["concat", COCO, NTU, "-o", out]);
    expect(stdout).toMatch(/13 items of 2 files/);
    const [a, b, both] = [load(COCO), load(NTU), load(out)];
    expect(both.names).toEqual([...a.names, ...b.names]);
    expect([...both.split.keys()]).toEqual([...a.split.keys(), ...b.split.keys()]);
  });

  test("takes items of one name as it is told", async () => {
    const out = folder.path("twice.pkl");
    const refused = await somakit(["concat", NTU, NTU, "-o", out]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/several items have the name ".*hint: --duplicates first/s);
    const { stdout, stderr, code } = await somakit(["concat", NTU, NTU, "-o", out, "--duplicates", "first"]);
    expect([code, stderr]).toEqual([0, "5 items left out, as others have their names\n"]);
    expect(stdout).toMatch(/5 items of 2 files/);
    expect(load(out)).toEqual(load(NTU));
  });

  test("takes lists with splits and without for the same with --as, and refuses them otherwise", async () => {
    const out = folder.path("mixed.pkl");
    const wrong = await somakit(["concat", NTU, BARE, "-o", out]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/legacy_list.*it is not PYSKL annotations.*--as ID/s),
    ]);
    await succeed(["concat", NTU, BARE, "--as", "pyskl", "-o", out]);
    expect(load(out).names.length).toBeGreaterThan(5);
  });
});

describe("upgrade of lists", () => {
  test("says what there is to change, and changes it without reading arrays into memory", async () => {
    const out = folder.path("upgraded.pkl");
    const told = await somakit(["upgrade", OLD]);
    expect(told.code).toBe(1);
    expect(told.stdout).toMatch(
      /annotations\[0\]\.filename {2}clips are known by frame_dir; left out\n {2}rule urn:somakit/,
    );
    expect(told.stdout).toMatch(/3 changes, not written\n$/);
    expect((await succeed(["upgrade", OLD, "-o", out])).stdout).toMatch(/written .*upgraded\.pkl.*3 changes\n$/);
    expect((await succeed(["upgrade", out])).stdout).toBe("up to date\n");
    expect(load(out).names).toEqual(load(OLD).names);
    expect(await json(["upgrade", OLD, "-o", folder.path("not.pkl"), "--dry-run"])).toMatchObject({
      dataset: "pyskl",
      output: null,
    });
    expect((await somakit(["upgrade", OLD, "-o", out])).stderr).toMatch(/upgraded\.pkl: it is there already/);
  });

  test("leaves bare lists what they are", async () => {
    expect((await succeed(["upgrade", BARE])).stdout).toBe("up to date\n");
    const out = folder.path("bare.pkl");
    await succeed(["upgrade", BARE, "-o", out]);
    expect(Array.isArray(readPickle(new Uint8Array(readFileSync(out))))).toBe(true);
  });
});

describe("split of lists", () => {
  test("cuts into files with a share of each class, the same way for the same seed", async () => {
    const args = ["split", COCO, "--parts", "0.5,0.5", "--seed", "3", "--by", "label", "--force", "-o"];
    await succeed([...args, folder.path("half-{}.pkl")]);
    const parts = [1, 2].map((part) => load(folder.path(`half-${part}.pkl`)));
    expect(parts.flatMap(({ names }) => names).sort()).toEqual([...load(COCO).names].sort());
    await succeed([...args, folder.path("again-{}.pkl")]);
    expect(load(folder.path("again-1.pkl")).names).toEqual(parts[0]?.names);
  });

  test("names splits in one file, by sizes or by names of items", async () => {
    const out = folder.path("splits.pkl");
    await succeed(["split", BARE, "--as", "pyskl", "--into", "train=2,val=1", "-o", out]);
    const { split, names } = load(out);
    expect([...split]).toEqual([
      ["train", names.slice(0, 2)],
      ["val", names.slice(2, 3)],
    ]);
    await succeed(["split", NTU, "--into", "one=/C001/,other=/C00[2,3]/", "-o", out, "--force"]);
    const named = load(out);
    expect(named.split.get("one")).toEqual(named.names.filter((name) => String(name).includes("C001")));
    expect(named.split.get("other")).toEqual(named.names.filter((name) => !String(name).includes("C001")));
  });

  test.each([
    [[], /either --parts or --into is needed/],
    [["--parts", "1", "--into", "a=1"], /either --parts or --into is needed/],
    [["--into", "a"], /--into a: names with sizes or expressions are needed/],
    [["--into", "a=/x/,b=1"], /either sizes or expressions/],
    [["--into", "a=99"], /--into: parts \[99\] of the list, which has 5/],
    [["--parts", "99", "-o", "x-{}.pkl"], /parts \[99\] of the list, which has 5/],
  ])("%j is wrong usage", async (args, text) => {
    const output = args.includes("-o") ? [] : ["-o", folder.path("wrong.pkl")];
    const { code, stderr } = await somakit(["split", NTU, ...args, ...output]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(text)]);
  });

  test("a record has no items to name or to divide by", async () => {
    const { code, stderr } = await somakit([
      "split",
      humandata("full.npz"),
      "--into",
      "a=1",
      "-o",
      folder.path("w.npz"),
    ]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--into has no meaning for a record/)]);
  });

  test("files from a pipe are read once", async () => {
    const stdin = readFileSync(humandata("full.npz"));
    const out = folder.path("piped-{}.npz");
    expect((await somakit(["split", "-", "--parts", "1,2", "-o", out], { stdin })).code).toBe(0);
    expect((await somakit(["stats", "-"], { stdin: readFileSync(NTU) })).stdout).toMatch(/^items +5/);
  });
});
