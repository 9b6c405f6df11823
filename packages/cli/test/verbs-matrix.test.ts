import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { inProcess } from "./in-process.js";
import { workFolder } from "./work-folder.js";

const work = workFolder();
const conformance = (name: string): string =>
  fileURLToPath(new URL(`../../../test/conformance/${name}`, import.meta.url));

/** One file, or folder, of each data set. */
const DATASETS = {
  bodycompress: () => conformance("bodycompress/basic.xz"),
  coco: () => work.path("coco.json"),
  datagen: () => conformance("datagen/faces_v2"),
  "datagen as an archive": () => conformance("datagen/dataset.tar.gz"),
  "datagen/hic": () => conformance("datagen/hic"),
  humandata: () => conformance("humandata/full.npz"),
  "humandata/cache": () => conformance("humandata/cache.npz"),
  "humandata/multi": () => conformance("humandata/multi.npz"),
  openpose: () => work.path("frames"),
  pyskl: () => conformance("pyskl/ntu3d_f16_p2_np1.pkl"),
  "pyskl/kpfile": () => conformance("pyskl/k400/data/k400/kpfiles/part_0.pkl"),
  "pyskl/list": () => conformance("pyskl/legacy_list_p2_np1.pkl"),
  "skelshop/dense_faces": () => conformance("skelshop/face_dense_bboxes.h5"),
  "skelshop/images": () => conformance("skelshop/images_multipose.h5"),
  "skelshop/openpose_frame": () => work.path("frame.json"),
  "skelshop/pre_embeds": () => conformance("skelshop/preembed_fixed.h5"),
  "skelshop/references": () => conformance("skelshop/reference_embeddings.h5"),
  "skelshop/sparse_faces": () => conformance("skelshop/face_sparse.h5"),
  "skelshop/trackshots": () => conformance("skelshop/track_body25_13shots.h5"),
  "skelshop/unseg": () => conformance("skelshop/unseg_body25.h5"),
} as const;

type DatasetName = keyof typeof DATASETS;
const ALL = Object.keys(DATASETS) as readonly DatasetName[];

beforeAll(async () => {
  const archive = conformance("skelshop/openpose_frames.tar.gz");
  await inProcess(["slice", archive, ":", "-o", work.path("frames")]);
  copyFileSync(join(work.path("frames"), "talk_000000000000_keypoints.json"), work.path("frame.json"));
  await inProcess(["coco", conformance("datagen/faces_v2"), "-o", work.path("coco.json")]);
});

/** How a command refuses: what it exits with, the code of the error, and what the hint says to do. */
interface Refusal {
  readonly exit: number;
  readonly code: string;
  readonly hint: RegExp;
}

const usage = (hint: RegExp): Refusal => ({ exit: 2, code: "usage", hint });
const FOLDER = usage(/^info, .* take a folder that is a data set$/);
const NO_AXIS = usage(/^show FILE PATH --slice prints .* convert makes/);
const ITEMS = usage(/^select takes items of the list, split cuts it into parts$/);
const RECORDS = usage(/^decompress makes arrays of its records$/);
const NO_ITEMS = usage(/^show FILE PATH prints what is in it$/);
const FRAMES = usage(/^slice takes frames of it$/);
const COMPACT = usage(/^those that have one are .*humandata.*; streams of records are .*bodycompress/);
const SAME_NAMES = { exit: 1, code: "mismatch", hint: /^--duplicates (first|renumber) keeps/ };
const NO_KEYPOINTS = usage(/^convert --convention writes the people of a file anew$/);
const CONVENTION = { exit: 1, code: "missing", hint: /^--source-convention NAME says/ };
const UP_TO_DATE = usage(/^validate says whether anything is wrong with it$/);
const UNDRAWN = usage(/no keypoints, vertices or images/);
const NO_REPAIR = usage(/^those of .*bodycompress.* can; --as ID/);

const FACES = ["skelshop/dense_faces", "skelshop/sparse_faces", "skelshop/references", "skelshop/pre_embeds"] as const;
const FOLDERS = ["datagen", "datagen/hic", "openpose"] as const;
const SHOTS = ["skelshop/trackshots", "skelshop/unseg"] as const;

type Refusals = Partial<Record<DatasetName, Refusal>>;

function of(names: readonly DatasetName[], refusal: Refusal): Refusals {
  return Object.fromEntries(names.map((name) => [name, refusal]));
}

const without = (...names: readonly DatasetName[]): readonly DatasetName[] =>
  ALL.filter((name) => !names.includes(name));

const PLAIN: Refusals = of(
  ["coco", "humandata/cache", "pyskl/kpfile", "skelshop/images", "skelshop/openpose_frame", ...FACES],
  NO_AXIS,
);

/** The line of a command for a file, with the file to write in place of OUT, and of what data sets it is refused. */
interface Row {
  readonly args: (file: string, out: string) => readonly string[];
  /** Where the file to write is called like the one that is read. */
  readonly writes?: boolean;
  readonly exit?: Partial<Record<DatasetName, number>>;
  readonly refused: Refusals;
}

const ROWS: Readonly<Record<string, Row>> = {
  info: { args: (file) => ["info", file], refused: {} },
  validate: { args: (file) => ["validate", file], refused: {} },
  show: { args: (file) => ["show", file], refused: {} },
  stats: { args: (file) => ["stats", file], refused: {} },
  digest: { args: (file) => ["digest", file], refused: {} },
  diff: { args: (file) => ["diff", file, file], refused: {} },
  slice: {
    args: (file, out) => ["slice", file, "0:1", "-o", out],
    writes: true,
    refused: { ...PLAIN, ...of(SHOTS, NO_AXIS), bodycompress: RECORDS, pyskl: ITEMS, "pyskl/list": ITEMS },
  },
  select: {
    args: (file, out) => ["select", file, "--match", ".", "-o", out],
    writes: true,
    refused: {
      ...of(without("pyskl", "pyskl/list", "datagen as an archive", ...FOLDERS), NO_ITEMS),
      humandata: FRAMES,
      "humandata/multi": FRAMES,
    },
  },
  split: {
    args: (file, out) => ["split", file, "--parts", "0.5,0.5", "-o", patternOf(out)],
    writes: true,
    refused: { ...PLAIN, ...of(SHOTS, NO_AXIS), bodycompress: RECORDS },
  },
  concat: {
    args: (file, out) => ["concat", file, file, "-o", out],
    writes: true,
    refused: {
      ...PLAIN,
      ...of(SHOTS, NO_AXIS),
      ...of(["pyskl", "pyskl/list", "datagen as an archive", ...FOLDERS], SAME_NAMES),
      bodycompress: RECORDS,
    },
  },
  "convention convert": {
    args: (file, out) => ["convention", "convert", file, "--convention", "coco", "-o", out],
    writes: true,
    refused: {
      ...of(without("humandata", "humandata/multi", "pyskl", "pyskl/kpfile"), NO_KEYPOINTS),
      ...of(FOLDERS, FOLDER),
      ...of(["skelshop/images", ...SHOTS], CONVENTION),
      "pyskl/list": ITEMS,
    },
  },
  compress: {
    args: (file, out) => ["compress", file, "-o", out],
    writes: true,
    refused: {
      ...of(without("humandata", "humandata/multi", "bodycompress"), COMPACT),
      ...of(FOLDERS, FOLDER),
      "pyskl/list": ITEMS,
    },
  },
  decompress: {
    args: (file, out) => ["decompress", file, "-o", out],
    writes: true,
    refused: {
      ...of(without("humandata", "humandata/multi"), COMPACT),
      ...of(FOLDERS, FOLDER),
      bodycompress: usage(/^names of such files end in \.npz$/),
      "pyskl/list": ITEMS,
    },
  },
  upgrade: {
    args: (file) => ["upgrade", file],
    // There is something to change.
    exit: { datagen: 1, "humandata/multi": 1 },
    refused: of(["datagen/hic", "openpose"], UP_TO_DATE),
  },
  render: {
    args: (file, out) => ["render", file, "-o", `${out}.svg`],
    writes: true,
    refused: of(["humandata/cache", "skelshop/openpose_frame", ...FACES], UNDRAWN),
  },
  repair: {
    args: (file) => ["repair", file, "--dry-run"],
    refused: {
      ...of(without("bodycompress", "skelshop/pre_embeds", ...SHOTS), NO_REPAIR),
      ...of(FOLDERS, FOLDER),
    },
  },
};

function patternOf(out: string): string {
  const ending = out.endsWith(".tar.gz") ? ".tar.gz" : extname(out);
  return `${out.slice(0, out.length - ending.length)}-{}${ending}`;
}

interface Refused {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}

describe.each(Object.entries(ROWS))("%s", (verb, { args, writes, exit = {}, refused }) => {
  test.each(ALL)("%s", async (name) => {
    const file = DATASETS[name]();
    const folder = work.path(`${verb}-${name}`.replaceAll(/[ /]/g, "_"));
    mkdirSync(folder);
    const { code, stdout, stderr } = await inProcess(["--json", ...args(file, join(folder, basename(file)))]);
    // One document, whatever became of it.
    const document = JSON.parse(stdout) as unknown;
    expect(stderr).not.toMatch(/^\s+at |unexpected|not supported/m);
    const refusal = refused[name];
    if (!refusal) {
      expect({ code, error: (document as Partial<Refused>).error }).toEqual({
        code: exit[name] ?? 0,
        error: undefined,
      });
      expect(readdirSync(folder).length > 0).toBe(writes === true);
      return;
    }
    const { error } = document as Refused;
    expect({ exit: code, code: error.code, hint: error.hint }).toEqual({
      exit: refusal.exit,
      code: refusal.code,
      hint: expect.stringMatching(refusal.hint),
    });
    expect(stderr).toContain(`  hint: ${error.hint}\n`);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("convert", () => {
  test.each(ALL)("%s: is done, or what is in its way is said with what to do about it", async (name) => {
    const out = work.path(`converted-${name.replaceAll(/[ /]/g, "_")}.npz`);
    const { code, stdout, stderr } = await inProcess(["--json", "convert", DATASETS[name](), "--to", "npz", "-o", out]);
    const document = JSON.parse(stdout) as Partial<Refused>;
    expect(stderr).not.toMatch(/^\s+at |unexpected|not supported/m);
    expect(existsSync(out)).toBe(code === 0);
    if (code !== 0)
      expect([code, document.error?.message, document.error?.hint]).toEqual([
        2,
        expect.stringMatching(/./),
        expect.stringMatching(/./),
      ]);
  });
});
