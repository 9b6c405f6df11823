import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { detect, isFormatError } from "@somakit/core";
import { openMotion } from "@somakit/core/motion";
import { fileFolder, fileSource } from "@somakit/core/node";
import { fileStatistics, type Statistics, type StatisticsOptions } from "@somakit/core/statistics";
import { attributeCounts, openDataset } from "@somakit/formats/datagen";
import { registry } from "@somakit/formats/registry";
import { describe, expect, it } from "vitest";
import { debianPython } from "./support/python.js";

const FIXTURES = join(import.meta.dirname, "conformance");

async function detected(path: string) {
  const source = statSync(path).isDirectory() ? await fileFolder(path) : await fileSource(path);
  const [found] = await detect(registry, source);
  if (!found) throw new Error(`${path} is no known data set`);
  const { entry, layout, container, root } = found;
  return { entry, file: { layout, container, root, source }, close: () => source.close?.() };
}

async function counted(name: string, options?: StatisticsOptions): Promise<Statistics> {
  const { file, close } = await detected(join(FIXTURES, name));
  try {
    return await fileStatistics(file, options);
  } finally {
    await close();
  }
}

const countsOf = ({ values }: Statistics, key: string): unknown => {
  const counts = values.find((value) => value.key === key)?.counts;
  return counts && Object.fromEntries(counts);
};

/** Fixtures that are whole, by the lists of what they hold. */
const whole = ["humandata", "pyskl", "skelshop", "bodycompress"].flatMap((system) =>
  readdirSync(join(FIXTURES, system))
    .filter((name) => existsSync(join(FIXTURES, system, `${name}.expected.json`)))
    .filter((name) => {
      const expected = JSON.parse(readFileSync(join(FIXTURES, system, `${name}.expected.json`), "utf8")) as object;
      return !("error" in expected) && !/^bad_|truncated|garbage|bomb/.test(name);
    })
    .map((name) => `${system}/${name}`),
);

describe("statistics of every data set", () => {
  it("have many fixtures to be tried on", () => {
    expect(whole.length).toBeGreaterThan(100);
  });

  it("count the people that conversion reads, and fail for none that can be read", async () => {
    const compared = new Set<string>();
    for (const name of whole) {
      const found = await detected(join(FIXTURES, name)).catch((error: unknown) => {
        if (isFormatError(error) || /no known data set/.test(String(error))) return undefined;
        throw error;
      });
      if (!found) continue;
      const statistics = await fileStatistics(found.file);
      const headers = await fileStatistics(found.file, { depth: "headers" });
      expect([name, headers.motion]).toEqual([name, undefined]);
      if (statistics.motion && statistics.problemCount === 0) {
        let [sequences, frames, people] = [0, 0, 0];
        for await (const sequence of openMotion(found.file).sequences()) {
          sequences++;
          for await (const window of sequence.windows({ frames: 7 })) {
            frames += window.frames;
            const told = window.layers.size > 0 ? window.layers : (window.quantities ?? new Map<string, never>());
            for (let at = 0; at < window.frames * window.people; at++)
              if ([...told.values()].some(({ present }) => present.data[at] === 1)) people++;
          }
        }
        const there = [...statistics.motion.people].reduce((sum, [count, times]) => sum + count * times, 0);
        expect([name, statistics.motion.sequences, statistics.motion.frames, there]).toEqual([
          name,
          sequences,
          frames,
          people,
        ]);
        compared.add(found.entry.id);
      }
      await found.close();
    }
    expect([...compared]).toEqual(
      expect.arrayContaining(["humandata", "pyskl", "skelshop/trackshots", "skelshop/unseg", "bodycompress"]),
    );
  }, 120_000);

  it("of HumanData have the kinds of people, and what masks leave out", async () => {
    const found = await counted("humandata/full.npz");
    expect(found.sizes).toContainEqual(
      expect.objectContaining({ symbol: "N", role: "frame", counts: new Map([[7, 1]]) }),
    );
    expect(countsOf(found, "meta.gender")).toEqual({ f: 2, m: 3, n: 2 });
    expect(countsOf(found, "keypoints2d_mask")).toEqual({ 0: 173, 1: 17 });
    const packed = await counted("humandata/multi.npz");
    expect(packed.sizes).toContainEqual(
      expect.objectContaining({ symbol: "N", role: "person", counts: new Map([[9, 1]]) }),
    );
  });

  it("of SkelShop have shots, tracks, and how many people frames have", async () => {
    const { motion } = await counted("skelshop/track_body25_13shots.h5");
    expect(motion).toMatchObject({ sequences: 13, frames: 50 });
    expect(motion?.people).toEqual(
      new Map([
        [0, 20],
        [1, 23],
        [2, 6],
        [3, 1],
      ]),
    );
    expect([...(motion?.tracks ?? [])].reduce((sum, [, tracks]) => sum + tracks, 0)).toBe(12);
    expect(motion?.layers).toMatchObject([{ convention: "openpose_25", points: 25, people: 38, unit: "px" }]);
  });

  it("of Datagen have what the attributes of actors are", async () => {
    const dataset = await openDataset(await fileFolder(join(FIXTURES, "datagen/faces_v2")));
    const attributes = await attributeCounts(dataset);
    const found = await counted("datagen/faces_v2");
    for (const [attribute, key] of [
      ["age", "identity_label.age"],
      ["gender", "identity_label.gender"],
      ["ethnicity", "identity_label.ethnicity"],
      ["expression", "face_expression.name"],
      ["facial_hair", "facial_hair_included"],
    ] as const)
      expect([attribute, countsOf(found, `scenes[].actor_metadata.${key}`)]).toEqual([
        attribute,
        Object.fromEntries(attributes.get(attribute) ?? []),
      ]);
    expect(found.problems).toEqual([]);
    const archive = await counted("datagen/dataset.tar.gz");
    expect(archive.values.map(({ key }) => key)).toContain("scenes[].actor_metadata.identity_label.age");
  });

  it("of a stream that is cut off list the damage, and count what stands before it", async () => {
    const found = await counted("bodycompress/truncated.xz");
    expect(found.problemCount).toBeGreaterThan(0);
    expect(found.problems[0]?.path).toMatch(/^frames\[12\]/);
    expect(found.arrays).toContainEqual(expect.objectContaining({ key: "frames[].vertices", items: 12 }));
  });
});

/** What numpy counts in a file of HumanData: of keypoints by the rules of statistics, of boxes and parameters by columns. */
const NUMPY = `
import json, sys
import numpy as np
data = np.load(sys.argv[1], allow_pickle=True)
def told(values):
    values = np.asarray(values, np.float64)
    return [float(values.min()), float(values.max()), float(values.mean())]
layers = {}
for key in ("keypoints2d", "keypoints3d"):
    points = data[key] * data[key + "_mask"][:, None]
    sure, where = points[..., -1], points[..., :-1]
    seen = sure > 0
    layers[key] = {
        "seen": seen.sum(0).tolist(),
        "confidence": told(sure[seen]) + [int(seen.sum())],
        "extent": [told(where[..., axis][seen])[:2] for axis in range(where.shape[-1])],
    }
quantities = {"bbox_xywh": data["bbox_xywh"]}
for model in ("smpl", "smplx"):
    for name, values in data[model].item().items():
        quantities[model + "." + name] = values
print(json.dumps({
    "layers": layers,
    "quantities": {
        key: {"range": told(values), "columns": [told(column) for column in np.reshape(values, (len(values), -1)).T]}
        for key, values in quantities.items()
    },
}))
`;

interface Counted {
  readonly layers: Record<string, { seen: number[]; confidence: number[]; extent: number[][] }>;
  readonly quantities: Record<string, { range: number[]; columns: number[][] }>;
}

const near = (numbers: readonly (number | undefined)[]): unknown[] =>
  numbers.map((number) => expect.closeTo(number as number, 9));

describe.skipIf(debianPython === undefined)("numbers that numpy counts as well", () => {
  const path = join(FIXTURES, "humandata/full.npz");
  const python = (): Counted => {
    const { stdout, stderr } = spawnSync(debianPython as string, ["-c", NUMPY, path], { encoding: "utf8" });
    expect(stderr).toBe("");
    return JSON.parse(stdout) as Counted;
  };

  it("of keypoints, boxes and parameters of body models", async () => {
    const { motion } = await counted("humandata/full.npz");
    const { layers, quantities } = python();
    for (const [key, { seen, confidence, extent }] of Object.entries(layers)) {
      const layer = motion?.layers.find((one) => one.key === key);
      expect(layer?.seen).toEqual(seen);
      const { smallest, largest, mean, items } = layer?.confidence ?? {};
      expect([smallest, largest, mean, items]).toEqual(near(confidence));
      expect(layer?.extent).toEqual(extent.map((range) => near(range)));
    }
    const counts = motion?.quantities ?? [];
    expect(counts.map(({ key }) => key)).toEqual(expect.arrayContaining(Object.keys(quantities)));
    for (const { key, range, columns, people, notFinite } of counts) {
      const other = quantities[key];
      if (!other) continue;
      expect([key, people, notFinite]).toEqual([key, 7, 0]);
      expect([key, range?.smallest, range?.largest, range?.mean]).toEqual([key, ...near(other.range)]);
      if (other.columns.length > 16) expect(columns).toBeUndefined();
      else expect(columns?.map((one) => [one?.smallest, one?.largest, one?.mean])).toEqual(other.columns.map(near));
    }
  });
});

describe("cameras", () => {
  it("are counted by what is known of them, and how often they change", async () => {
    const { motion } = await counted("bodycompress/camera.xz");
    const known = ["intrinsics", "position", "rotation-vector", "up"];
    const facts = { lengths: "mm", dtype: "float32", sequences: 1 };
    expect(motion?.cameras).toEqual([
      { ...facts, parts: known, frames: 2, changes: 1 },
      { ...facts, parts: ["distortion", ...known], frames: 2, changes: 2 },
    ]);
  });
});
