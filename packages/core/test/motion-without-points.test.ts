import { describe, expect, it } from "vitest";
import { json } from "../src/codec/json/index.js";
import { openFile } from "../src/engine/open.js";
import type { FieldLayout, Layout, MotionMark } from "../src/layout/layout.js";
import { dumpMotion } from "../src/motion/dump/text.js";
import { openMotion } from "../src/motion/read/read.js";
import { convertMotion } from "../src/motion/write/write.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { motionStatistics } from "../src/statistics/motion.js";
import { Problems } from "../src/statistics/problems.js";

const object = (
  properties: Record<string, FieldLayout>,
  more: Partial<Extract<FieldLayout, { kind: "object" }>> = {},
): FieldLayout => ({ kind: "object", rule: "", properties, required: [], patterns: [], additional: false, ...more });
const array = (shape: readonly (string | number)[], motion: MotionMark): FieldLayout => ({
  kind: "array",
  rule: "",
  dtype: ["float64"],
  shape,
  motion,
});
const DIMS = { F: { role: "frame" }, P: { role: "person" }, K: { role: "keypoint" } } as const;
const POSE: MotionMark = { part: "parameters", model: "body", which: "pose" };
const POINTS: MotionMark = { part: "keypoints", channels: ["x", "y"], space: "image" };
const FIRST: FieldLayout = { kind: "scalar", rule: "", types: ["integer"], motion: { part: "first-frame" } };
const NUMBERS: FieldLayout = {
  kind: "list",
  rule: "",
  prefix: [],
  items: { kind: "scalar", rule: "", types: ["integer"] },
  length: "F",
  motion: { part: "frame-number" },
};

const layout = (root: FieldLayout): Layout => ({
  id: "test",
  title: "Test",
  description: "",
  schema: "urn:test",
  containers: [{ codec: json, extensions: [".json"], nulls: "keep", classes: [] }],
  detect: [],
  root,
  defs: {},
  profiles: {},
});
const places = layout(
  object({ pose: array(["F", "P", 2], POSE), points: array(["F", "P", "K", 2], POINTS) }, { dims: DIMS }),
);
const rows = layout(
  object({ frame: NUMBERS, pose: array(["F", 2], POSE), points: array(["F", "K", 2], POINTS) }, { dims: DIMS }),
);
const people = layout(
  object({
    people: {
      kind: "list",
      rule: "",
      prefix: [],
      items: object({ first: FIRST, pose: array(["F", 2], POSE) }, { dims: DIMS, motion: { part: "person" } }),
    },
  }),
);

const FORMS: readonly (readonly [
  form: string,
  of: Layout,
  value: unknown,
  people: readonly (readonly [number, number])[],
])[] = [
  [
    "arrays",
    places,
    {
      pose: [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
    },
    [[2, 2]],
  ],
  [
    "rows",
    rows,
    {
      frame: [3, 3, 5],
      pose: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    },
    [
      [0, 1],
      [1, 1],
      [2, 1],
    ],
  ],
  [
    "people",
    people,
    {
      people: [
        { first: 4, pose: [[1, 2]] },
        {
          first: 5,
          pose: [
            [3, 4],
            [5, 6],
          ],
        },
      ],
    },
    [[1, 3]],
  ],
];
const motionOf = async (of: Layout, value: unknown) =>
  openMotion(await openFile(of, new TextEncoder().encode(JSON.stringify(value))));

async function text(of: Layout, value: unknown, form: "csv" | "ndjson"): Promise<readonly string[]> {
  const sink = new MemorySink();
  await dumpMotion(await motionOf(of, value), sink, { form });
  return new TextDecoder().decode(sink.bytes()).trimEnd().split("\n");
}

describe("people who have parameters and no points", () => {
  it.each(FORMS)("are people, in %s", async (_, of, value, counts) => {
    const { sequences, people: there, quantities } = await motionStatistics(await motionOf(of, value), new Problems());
    expect([sequences, [...there]]).toEqual([1, counts]);
    expect(quantities.map(({ key }) => key.split(".").at(-1))).toEqual(["pose"]);
  });

  it("are lines of ndjson, one for each quantity", async () => {
    const [, of, value] = FORMS[1] as (typeof FORMS)[number];
    expect((await text(of, value, "ndjson")).map((line) => JSON.parse(line))).toEqual([
      { sequence: 0, frame: 3, person: 0, quantity: "pose", values: [1, 2] },
      { sequence: 0, frame: 3, person: 1, quantity: "pose", values: [3, 4] },
      { sequence: 0, frame: 5, person: 0, quantity: "pose", values: [5, 6] },
    ]);
  });

  it.each(FORMS)("are no csv, whose lines are points, in %s", async (_, of, value) => {
    await expect(text(of, value, "csv")).rejects.toMatchObject({ name: "MotionError", settledBy: "form" });
  });

  it("go from one form into the others", async () => {
    const [, of, value] = FORMS[0] as (typeof FORMS)[number];
    const conversion = await convertMotion(await motionOf(of, value), rows, { conventions: async () => undefined });
    const sink = new MemorySink();
    await conversion.write(sink);
    expect(JSON.parse(new TextDecoder().decode(sink.bytes()))).toEqual({
      frame: [0, 0, 1, 1],
      pose: [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
    });
  });
});

describe("people who have points and parameters", () => {
  const value = { frame: [0], points: [[[9, 8]]], pose: [[1, 2]] };

  it("are lines of ndjson for both, and of csv for points", async () => {
    expect((await text(rows, value, "ndjson")).map((line) => JSON.parse(line))).toEqual([
      { sequence: 0, frame: 0, person: 0, layer: "points", positions: [[9, 8]] },
      { sequence: 0, frame: 0, person: 0, quantity: "pose", values: [1, 2] },
    ]);
    expect(await text(rows, value, "csv")).toHaveLength(2);
  });
});

describe("frames that are asked for", () => {
  it.each(FORMS)("are those of the range, in %s", async (_, of, value) => {
    for await (const { frames = 0, windows } of (await motionOf(of, value)).sequences()) {
      expect(frames).toBeGreaterThan(1);
      const seen = async (range?: readonly [number, number]): Promise<readonly unknown[]> => {
        const all: unknown[] = [];
        for await (const window of windows({ frames: 1, range }))
          all.push([window.start, ...[...(window.quantities?.values() ?? [])].map(({ values }) => values.toList())]);
        return all;
      };
      const all = await seen();
      expect(all).toHaveLength(frames);
      for (let start = 0; start < frames; start++) expect(await seen([start, start + 1])).toEqual([all[start]]);
      expect(await seen([1, frames + 7])).toEqual(all.slice(1));
      expect(await seen([frames, frames + 1])).toEqual([]);
    }
  });
});
