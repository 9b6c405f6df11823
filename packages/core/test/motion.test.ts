import { describe, expect, it } from "vitest";
import { json } from "../src/codec/json/codec.js";
import { openFile } from "../src/engine/open.js";
import type { FieldLayout, Layout, MotionMark } from "../src/layout/layout.js";
import { turnBetween } from "../src/motion/match/turn.js";
import { motionPlan, sequenceForm } from "../src/motion/plan.js";
import { openMotion } from "../src/motion/read/read.js";
import { convertMotion } from "../src/motion/write/write.js";
import { MemorySink } from "../src/source/sink-memory.js";

const scalar = (part: MotionMark["part"]): FieldLayout => ({
  kind: "scalar",
  rule: "",
  types: ["integer"],
  motion: { part },
});
const object = (
  properties: Record<string, FieldLayout>,
  more: Partial<Extract<FieldLayout, { kind: "object" }>> = {},
): FieldLayout => ({ kind: "object", rule: "", properties, required: [], patterns: [], additional: false, ...more });
const list = (items: FieldLayout, more: object = {}): FieldLayout => ({
  kind: "list",
  rule: "",
  prefix: [],
  items,
  ...more,
});

const points: FieldLayout = {
  kind: "array",
  rule: "",
  dtype: ["float64"],
  shape: ["F", "K", 2],
  unit: "px",
  motion: { part: "keypoints", channels: ["x", "y"], space: "image", absent: "zeros" },
};
const dims = { F: { role: "frame" }, K: { role: "keypoint" } } as const;

function layout(root: FieldLayout): Layout {
  return {
    id: "test",
    title: "Test",
    description: "",
    schema: "urn:test",
    containers: [{ codec: json, extensions: [".json"], nulls: "keep", classes: [] }],
    detect: [],
    root,
    defs: {},
    profiles: {},
  };
}

const people = layout(
  object({
    people: list(
      object(
        { first: scalar("first-frame"), id: scalar("person-number"), points },
        { dims, motion: { part: "person" } },
      ),
    ),
    end: scalar("end-frame"),
  }),
);
const rows = layout(
  object(
    {
      frame: list({ kind: "scalar", rule: "", types: ["integer"] }, { length: "F", motion: { part: "frame-number" } }),
      points,
    },
    { dims },
  ),
);

const file = (of: Layout, value: unknown) => openFile(of, new TextEncoder().encode(JSON.stringify(value)));

async function seen(of: Layout, value: unknown, frames?: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const sequence of openMotion(await file(of, value)).sequences())
    for await (const window of sequence.windows({ frames }))
      all.push([window.start, ...[...window.layers.values()].map(({ positions }) => positions.toList())]);
  return all;
}

describe("people with frames of their own", () => {
  const value = {
    people: [
      { first: 10, id: 7, points: [[[1, 2]], [[3, 4]]] },
      { first: 11, id: 9, points: [[[5, 6]], [[7, 8]]] },
    ],
  };

  it("are put side by side, with nobody as zeros, in windows of any size", async () => {
    const none = [[0, 0]];
    expect(await seen(people, value)).toEqual([
      [
        0,
        [
          [[[1, 2]], none],
          [[[3, 4]], [[5, 6]]],
          [none, [[7, 8]]],
        ],
      ],
    ]);
    expect(await seen(people, value, 2)).toEqual([
      [
        0,
        [
          [[[1, 2]], none],
          [[[3, 4]], [[5, 6]]],
        ],
      ],
      [2, [[none, [[7, 8]]]]],
    ]);
  });

  it("keep their numbers and their first frame", async () => {
    for await (const sequence of openMotion(await file(people, value)).sequences())
      expect([sequence.ids, sequence.info.firstFrame]).toEqual([[7, 9], 10]);
  });

  it.each([
    ["with an end beyond all bounds", { ...value, end: 2 ** 40 }, "limit"],
    [
      "with a first frame beyond all bounds",
      { people: [...value.people, { first: 2 ** 40, id: 1, points: [[[1, 1]]] }] },
      "limit",
    ],
    [
      "with other numbers of points",
      {
        people: [
          value.people[0],
          {
            first: 10,
            id: 1,
            points: [
              [
                [1, 1],
                [2, 2],
              ],
            ],
          },
        ],
      },
      "mismatch",
    ],
  ])("%s are refused", async (_, wrong, code) => {
    await expect(seen(people, wrong)).rejects.toMatchObject({ code });
  });
});

describe("rows", () => {
  const value = { frame: [4, 2, 4], points: [[[1, 1]], [[2, 2]], [[3, 3]]] };

  it("of one frame number are the people of that frame, in the order of the file", async () => {
    expect(await seen(rows, value)).toEqual([
      [
        0,
        [
          [[[2, 2]], [[0, 0]]],
          [[[0, 0]], [[0, 0]]],
          [[[1, 1]], [[3, 3]]],
        ],
      ],
    ]);
  });

  it("with frame numbers far apart are refused, not gone through", async () => {
    await expect(seen(rows, { ...value, frame: [0, 1, 2 ** 50] })).rejects.toMatchObject({ code: "limit" });
  });

  it("become people with frames of their own, and the other way round", async () => {
    const conversion = await convertMotion(openMotion(await file(rows, value)), people, {
      conventions: () => undefined,
    });
    const sink = new MemorySink();
    await conversion.write(sink);
    const written = JSON.parse(new TextDecoder().decode(sink.bytes())) as unknown;
    expect(written).toEqual({
      people: [
        { first: 2, id: 0, points: [[[2, 2]], [[0, 0]], [[1, 1]]] },
        { first: 4, id: 1, points: [[[3, 3]]] },
      ],
      end: 5,
    });
    expect(await seen(people, written)).toEqual(await seen(rows, value));
  });

  it("are written nowhere when the sink fails", async () => {
    const conversion = await convertMotion(openMotion(await file(rows, value)), people, {
      conventions: () => undefined,
    });
    const sink = new MemorySink();
    sink.append = () => Promise.reject(new Error("full"));
    await expect(conversion.write(sink)).rejects.toThrow("full");
    expect(() => sink.bytes()).toThrow();
  });
});

describe("what schemas mark", () => {
  it("tells the form of sequences", () => {
    expect(sequenceForm(motionPlan(people) as NonNullable<ReturnType<typeof motionPlan>>)).toBe("people");
    expect(sequenceForm(motionPlan(rows) as NonNullable<ReturnType<typeof motionPlan>>)).toBe("rows");
  });

  it("is nothing where no keypoints and no vertices are marked", () => {
    expect(motionPlan(layout(object({ name: scalar("name") })))).toBeUndefined();
  });

  it("may lead in circles", () => {
    const circle: FieldLayout = object({ points, next: { kind: "ref", rule: "", name: "Circle" } }, { dims });
    expect(motionPlan({ ...layout(circle), defs: { Circle: circle } })).toBeDefined();
  });
});

describe("directions", () => {
  it("turn points from one system to another and back", () => {
    const kinect = { up: "y", forward: "z" } as const;
    const opencv = { up: "-y", forward: "z" } as const;
    expect(turnBetween(kinect, opencv)).toEqual([
      [0, -1],
      [1, -1],
      [2, 1],
    ]);
    expect(turnBetween(opencv, kinect)).toEqual([
      [0, -1],
      [1, -1],
      [2, 1],
    ]);
    const blender = { up: "z", forward: "y" } as const;
    // x stays, y is what z was downwards, z is y upwards.
    expect(turnBetween(blender, opencv)).toEqual([
      [0, 1],
      [2, -1],
      [1, 1],
    ]);
  });

  it("stay where both are the same, or one is not told", () => {
    expect(turnBetween({ up: "-y" }, { up: "-y", forward: "z" })).toBeUndefined();
    expect(turnBetween({}, { up: "y" })).toBeUndefined();
  });
});
