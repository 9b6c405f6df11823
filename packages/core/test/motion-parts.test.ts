import { describe, expect, it } from "vitest";
import { rotationOfVector } from "../src/camera/rotation.js";
import { json } from "../src/codec/json/index.js";
import { openFile } from "../src/engine/open.js";
import type { CameraPart, FieldLayout, Layout, MotionChannel, MotionMark } from "../src/layout/layout.js";
import { convertBoxes } from "../src/motion/match/boxes.js";
import { cameraOf, cameraPart, isSameCamera, partsLost } from "../src/motion/match/cameras.js";
import type { CameraValue, MotionCamera } from "../src/motion/motion.js";
import { openMotion } from "../src/motion/read/read.js";
import { convertMotion } from "../src/motion/write/write.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";

const XYWH: readonly MotionChannel[] = ["left", "top", "width", "height", "confidence"];
const XYXY: readonly MotionChannel[] = ["left", "top", "right", "bottom"];
const CENTRE: readonly MotionChannel[] = ["center-x", "center-y", "width", "height"];

describe("boxes", () => {
  const box = Float64Array.of(10, 20, 30, 40, 0.5);
  it.each([
    ["corners", XYXY, [10, 20, 40, 60]],
    ["a centre", CENTRE, [25, 40, 30, 40]],
    ["the same", XYWH, [10, 20, 30, 40, 0.5]],
    ["columns before rows", ["top", "left", "bottom", "right"], [20, 10, 60, 40]],
  ] as const)("become %s", (_, to, expected) => {
    expect([...convertBoxes(box, XYWH, to)]).toEqual(expected);
  });

  it("come back from every form, those of several people one after the other", () => {
    const two = Float64Array.of(10, 20, 30, 40, 1, 1, 2, 4, 8, 0.5);
    for (const form of [XYXY, CENTRE]) {
      const there = convertBoxes(two, XYWH, form);
      expect([...convertBoxes(there, form, XYWH.slice(0, 4))]).toEqual([10, 20, 30, 40, 1, 2, 4, 8]);
    }
  });

  it("get the confidence that is given where they have none, one for all or one for each", () => {
    expect([...convertBoxes(Float64Array.of(0, 0, 2, 2), XYXY, XYWH, 0.25)]).toEqual([0, 0, 2, 2, 0.25]);
    const two = Float64Array.of(0, 0, 2, 2, 1, 1, 3, 3);
    expect([...convertBoxes(two, XYXY, XYWH, Float64Array.of(0.5, 0.75))]).toEqual([0, 0, 2, 2, 0.5, 1, 1, 2, 2, 0.75]);
  });

  it("of zeros, and those that nobody is sure of, are none in every other form", () => {
    expect([...convertBoxes(Float64Array.of(0, 0, 0, 0), XYXY, XYWH, 0.25)]).toEqual([0, 0, 0, 0, 0]);
    expect([...convertBoxes(Float64Array.of(1, 2, 3, 4, 0), XYWH, XYXY)]).toEqual([0, 0, 0, 0]);
    expect([...convertBoxes(Float64Array.of(1, 2, 3, 4, 0), XYWH, XYWH)]).toEqual([1, 2, 3, 4, 0]);
  });
});

const camera = (parts: Partial<Record<CameraPart, CameraValue>>, lengths?: string): MotionCamera => ({
  parts,
  lengths,
  dtype: "float64",
});

describe("cameras", () => {
  const rotation = rotationOfVector([0.1, -0.2, 0.3]);
  const position = [1, 2, 3];
  const stated = camera({ rotation, position }, "m");

  it("say every part of a pose that others tell", () => {
    const translation = cameraPart(stated, "translation") as number[];
    const extrinsics = rotation.map((row, index) => [...row, translation[index] as number]);
    for (const same of [
      camera({ rotation, translation }),
      camera({ extrinsics }),
      camera({ "rotation-vector": [0.1, -0.2, 0.3], position }),
    ]) {
      expect((cameraPart(same, "position") as number[]).map((one) => Number(one.toFixed(12)))).toEqual(position);
      const vector = (cameraPart(same, "rotation-vector") as number[]).map((one) => Number(one.toFixed(12)));
      expect(vector).toEqual([0.1, -0.2, 0.3]);
      expect(cameraPart(same, "extrinsics")).toHaveLength(3);
    }
  });

  it("are in the unit that is asked for, exactly where it is theirs", () => {
    expect(cameraPart(stated, "position", { lengths: "mm" })).toEqual([1000, 2000, 3000]);
    expect(cameraPart(stated, "position", { lengths: "m" })).toBe(position);
  });

  it("from the camera to the world are turned round", () => {
    const inverse = camera({
      rotation: [
        [0, -1, 0],
        [1, 0, 0],
        [0, 0, 1],
      ],
      translation: [1, 2, 3],
      inverse: true,
    });
    expect(cameraPart(inverse, "position")).toEqual([1, 2, 3]);
    expect(cameraPart(inverse, "rotation")).toEqual([
      [0, 1, 0],
      [-1, 0, 0],
      [0, 0, 1],
    ]);
    expect(cameraPart(inverse, "translation")).toEqual([-2, 1, -3]);
    expect(cameraPart(inverse, "inverse")).toBe(false);
  });

  it("follow a world that is turned: a point is seen where it was", () => {
    // y up becomes y down: x, -y, -z.
    const turn = [
      [0, 1],
      [1, -1],
      [2, -1],
    ] as const;
    const see = (R: number[][], c: number[], p: number[]) =>
      R.map((row) => row.reduce((sum, one, axis) => sum + one * ((p[axis] as number) - (c[axis] as number)), 0));
    const before = see(rotation as unknown as number[][], position, [5, 6, 7]);
    const R = cameraPart(stated, "rotation", { turn }) as number[][];
    const c = cameraPart(stated, "position", { turn }) as number[];
    for (const [axis, value] of see(R, c, [5, -6, -7]).entries()) expect(value).toBeCloseTo(before[axis] as number, 12);
  });

  it("name the coefficients of the lens one by one, and put them together", () => {
    const five = camera({ distortion: [1, 2, 3, 4, 5] });
    expect((["k1", "k2", "p1", "p2", "k3", "k4"] as const).map((one) => cameraPart(five, one))).toEqual([
      1, 2, 3, 4, 5, 0,
    ]);
    expect(cameraPart(camera({ k1: 1, p2: 4, k6: 0 }), "distortion")).toEqual([1, 0, 0, 4, 0]);
    expect(cameraPart(camera({ k1: 1, k6: 6 }), "distortion")).toEqual([1, 0, 0, 0, 0, 0, 0, 6]);
    expect(cameraPart(camera({ k1: 0, k2: 0 }), "distortion")).toBeUndefined();
    expect(cameraPart(camera({ distortion: [1, 2, 3, 4] }), "k1")).toBeUndefined();
  });

  it("say nothing that is not told, and nothing of what is no rotation", () => {
    expect(cameraPart(camera({ position }), "translation")).toBeUndefined();
    expect(
      cameraPart(
        camera({
          rotation: [
            [1, 1],
            [2, 2],
          ],
        }),
        "extrinsics",
      ),
    ).toBeUndefined();
    expect(
      cameraPart(
        camera({
          rotation: [
            [2, 0, 0],
            [0, 2, 0],
            [0, 0, 2],
          ],
        }),
        "rotation-vector",
      ),
    ).toBeUndefined();
    expect(cameraOf({ other: 1 }, { part: "camera", members: { K: "intrinsics" } })).toBeUndefined();
    expect(cameraOf("text", { part: "camera", members: { K: "intrinsics" } })).toBeUndefined();
  });

  it("list what others cannot say", () => {
    const full = camera({ rotation, position, distortion: [1, 2, 3, 4], up: [0, 0, 1], width: 4 });
    expect(partsLost(full, ["rotation", "translation", "k1", "height"], {})).toEqual(["distortion", "up", "width"]);
    expect(partsLost(full, ["extrinsics", "distortion", "up", "width"], {})).toEqual([]);
  });

  it("are the same when all their numbers are", () => {
    const mark: MotionMark = { part: "camera", members: { K: "intrinsics" } };
    const K = NdArray.from("float32", Float32Array.of(1, 0, 0, 0, 1, 0), [2, 3]);
    const [a, b] = [cameraOf({ K }, mark), cameraOf({ K }, mark)];
    expect(a).toMatchObject({
      dtype: "float32",
      parts: {
        intrinsics: [
          [1, 0, 0],
          [0, 1, 0],
        ],
      },
    });
    expect(isSameCamera(a, b)).toBe(true);
    expect(
      isSameCamera(
        a,
        camera({
          intrinsics: [
            [1, 0, 0],
            [0, 1, 1],
          ],
        }),
      ),
    ).toBe(false);
  });
});

const object = (
  properties: Record<string, FieldLayout>,
  more: Partial<Extract<FieldLayout, { kind: "object" }>> = {},
): FieldLayout => ({ kind: "object", rule: "", properties, required: [], patterns: [], additional: false, ...more });
const list = (items: FieldLayout): FieldLayout => ({ kind: "list", rule: "", prefix: [], items });
const array = (shape: readonly (string | number)[], motion: MotionMark, unit = "px"): FieldLayout => ({
  kind: "array",
  rule: "",
  dtype: ["float64"],
  shape,
  unit,
  motion,
});
const POINTS: MotionMark = { part: "keypoints", channels: ["x", "y"], space: "image", absent: "zeros" };
const DIMS = { F: { role: "frame" }, P: { role: "person" }, K: { role: "keypoint" } } as const;
const CAMERA: FieldLayout = {
  kind: "any",
  rule: "",
  motion: { part: "camera", members: { K: "intrinsics", c: "position" }, lengths: "m" },
};

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

/** Arrays with a place for everybody, people first. */
const places = layout(
  object(
    {
      points: array(["P", "F", "K", 2], POINTS),
      boxes: array(["P", "F", 4], { part: "box", channels: [...XYXY] }),
      pose: array(["P", "F", 6], { part: "parameters", model: "smpl", which: "body_pose" }, "rad"),
      camera: CAMERA,
    },
    { dims: DIMS },
  ),
);
/** A row for each person in a frame. */
const rows = layout(
  object(
    {
      frame: {
        ...list({ kind: "scalar", rule: "", types: ["integer"] }),
        length: "F",
        motion: { part: "frame-number" },
      } as FieldLayout,
      person: {
        ...list({ kind: "scalar", rule: "", types: ["integer"] }),
        length: "F",
        motion: { part: "person-number" },
      } as FieldLayout,
      points: array(["F", "K", 2], POINTS),
      box: array(["F", 5], { part: "box", channels: [...XYWH] }),
      face: array(["F", 4], { part: "box", which: "face", channels: [...CENTRE] }),
      body: object({ pose: array(["F", 2, 3], { part: "parameters", model: "smpl", which: "body_pose" }, "rad") }),
      cameras: CAMERA,
    },
    { dims: DIMS },
  ),
);
/** An object for each person, over frames of its own. */
const people = layout(
  object({
    people: list(
      object(
        {
          id: { kind: "scalar", rule: "", types: ["integer"], motion: { part: "person-number" } },
          first: { kind: "scalar", rule: "", types: ["integer"], motion: { part: "first-frame" } },
          points: array(["F", "K", 2], POINTS),
          box: array(["F", 4], { part: "box", channels: [...CENTRE] }),
        },
        { dims: DIMS, motion: { part: "person" } },
      ),
    ),
    camera: CAMERA,
  }),
);

const open = (of: Layout, value: unknown) => openFile(of, new TextEncoder().encode(JSON.stringify(value)));
async function convert(from: Layout, value: unknown, to: Layout, options: object = {}) {
  const conversion = await convertMotion(openMotion(await open(from, value)), to, {
    conventions: async () => undefined,
    ...options,
  });
  const sink = new MemorySink();
  await conversion.write(sink);
  const notes = conversion.report.notes.map(({ kind, what }) => `${kind} ${what}`);
  return { value: JSON.parse(new TextDecoder().decode(sink.bytes())) as Record<string, unknown>, notes };
}

const PLACES = {
  points: [
    [[[1, 2]], [[3, 4]]],
    [[[0, 0]], [[5, 6]]],
  ],
  boxes: [
    [
      [0, 0, 10, 20],
      [1, 1, 11, 21],
    ],
    [
      [0, 0, 0, 0],
      [2, 2, 4, 8],
    ],
  ],
  pose: [
    [
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9, 10, 11, 12],
    ],
    [
      [0, 0, 0, 0, 0, 0],
      [13, 14, 15, 16, 17, 18],
    ],
  ],
  camera: {
    K: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    c: [0, 0, 2],
  },
};

describe("what stands beside points", () => {
  it("goes from places to rows, in the form and the shape of the target, and only of those who are there", async () => {
    const { value, notes } = await convert(places, PLACES, rows, { confidence: 0.5 });
    expect(value).toEqual({
      frame: [0, 1, 1],
      points: [[[1, 2]], [[3, 4]], [[5, 6]]],
      box: [
        [0, 0, 10, 20, 0.5],
        [1, 1, 10, 20, 0.5],
        [2, 2, 2, 6, 0.5],
      ],
      body: {
        pose: [
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          [
            [7, 8, 9],
            [10, 11, 12],
          ],
          [
            [13, 14, 15],
            [16, 17, 18],
          ],
        ],
      },
      cameras: PLACES.camera,
    });
    expect(notes).toEqual(["invented boxes: a confidence of 0.5"]);
  });

  it("asks for the confidence that boxes have none of", async () => {
    await expect(convert(places, PLACES, rows)).rejects.toMatchObject({ name: "MotionError", settledBy: "confidence" });
  });

  it("comes back from rows with the numbers of people", async () => {
    const value = {
      frame: [4, 5, 5],
      person: [9, 7, 9],
      points: [[[1, 2]], [[5, 6]], [[3, 4]]],
      box: [
        [0, 0, 10, 20, 1],
        [2, 2, 2, 6, 1],
        [1, 1, 10, 20, 1],
      ],
      face: [
        [1, 1, 1, 1],
        [2, 2, 2, 2],
        [3, 3, 3, 3],
      ],
      body: {
        pose: [
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          [
            [13, 14, 15],
            [16, 17, 18],
          ],
          [
            [7, 8, 9],
            [10, 11, 12],
          ],
        ],
        odd: 1,
      },
      cameras: [PLACES.camera, PLACES.camera, PLACES.camera],
    };
    const back = await convert(rows, value, places);
    expect(back.value).toEqual(PLACES);
    expect(back.notes).toEqual([
      "lost body.odd",
      "lost box: confidences",
      "lost face: Test has no place for boxes of the face",
      "lost numbers of first frames",
      "lost numbers of people",
    ]);
    const tracks = await convert(rows, value, people);
    expect(tracks.value).toEqual({
      people: [
        {
          id: 9,
          first: 4,
          points: [[[1, 2]], [[3, 4]]],
          box: [
            [5, 10, 10, 20],
            [6, 11, 10, 20],
          ],
        },
        { id: 7, first: 5, points: [[[5, 6]]], box: [[3, 5, 2, 6]] },
      ],
      camera: PLACES.camera,
    });
    expect((await convert(people, tracks.value, people)).value).toEqual(tracks.value);
    const again = await convert(people, tracks.value, rows, { confidence: 1 });
    expect(again.value).toMatchObject({ frame: value.frame, person: [9, 9, 7] });
  });
});

const number = (motion: MotionMark): FieldLayout => ({ kind: "scalar", rule: "", types: ["number"], motion });
const numbers = (motion: MotionMark, unit = "px"): FieldLayout => ({
  ...list({ kind: "scalar", rule: "", types: ["integer", "number"] }),
  unit,
  motion,
});
/** Frames, in which people are objects with lists of numbers. */
const crowd = layout(
  object({
    frames: list(
      object(
        {
          image: { kind: "scalar", rule: "", types: ["string"], motion: { part: "image-path" } },
          people: list(
            object(
              {
                points: numbers({ part: "keypoints", channels: ["x", "y"], space: "image", conventions: ["one"] }),
                box: numbers({ part: "box", channels: [...XYXY] }),
                face: numbers({ part: "box", which: "face", channels: [...CENTRE] }),
                area: number({ part: "extent-area" }),
                score: number({ part: "score" }),
                group: { kind: "scalar", rule: "", types: ["boolean"], motion: { part: "crowd" } },
              },
              { motion: { part: "person" } },
            ),
          ),
        },
        { motion: { part: "frame" } },
      ),
    ),
  }),
);

describe("people who are objects of one frame", () => {
  const one = { name: "one", description: "", keypoints: [{ name: "a" }, { name: "b" }], limbs: [] };
  const options = { conventions: (name: string) => (name === "one" ? one : undefined) };
  const value = {
    frames: [
      { image: "a", people: [{ points: [1, 2, 4, 6], box: [0, 1, 10, 21], area: 50, score: 0.25, group: false }] },
      { people: [] },
      {
        image: "c",
        people: [
          { points: [5, 6, 5, 6], face: [3, 3, 2, 2], group: false },
          { points: [7, 8, 9, 8], box: [1, 1, 2, 2], score: 0.5, group: false },
          { points: [9, 9, 9, 9], group: true },
        ],
      },
    ],
  };

  it("say boxes, areas and scores in lists and numbers, whoever has some; the others are reckoned", async () => {
    const { value: written, notes } = await convert(crowd, value, crowd, options);
    const [first, second, third] = value.frames as [(typeof value.frames)[0], object, (typeof value.frames)[0]];
    expect(written).toEqual({
      frames: [
        first,
        second,
        {
          image: "c",
          people: [
            { ...third.people[0], box: [5, 6, 5, 6], area: 0 },
            { ...third.people[1], area: 1 },
          ],
        },
      ],
    });
    expect(notes).toEqual(["derived boxes, as what is around keypoints", "derived areas, as those of boxes"]);
  });

  it("give their scores to the boxes of rows, and get them back from these", async () => {
    const there = await convert(crowd, value, rows, options);
    expect(there.value).toMatchObject({
      frame: [0, 2, 2],
      box: [
        [0, 1, 10, 20, 0.25],
        [0, 0, 0, 0, 0],
        [1, 1, 1, 1, 0.5],
      ],
      face: [
        [0, 0, 0, 0],
        [3, 3, 2, 2],
        [0, 0, 0, 0],
      ],
    });
    expect(there.notes).toContain("lost area: Test has no place for areas");
    expect(there.notes.filter((note) => /score|confidence/.test(note))).toEqual([]);
    const back = await convert(rows, there.value, crowd, { ...options, sourceConvention: "one" });
    expect(back.value["frames"]).toMatchObject([
      { people: [{ box: [0, 1, 10, 21], score: 0.25 }] },
      { people: [] },
      { people: [{ face: [3, 3, 2, 2] }, { box: [1, 1, 2, 2], score: 0.5 }] },
    ]);
  });

  it("are no places for what people have over many frames", async () => {
    const over = layout(
      object({
        people: list(
          object(
            { points: array(["F", "K", 2], POINTS), box: numbers({ part: "box", channels: [...XYXY] }) },
            {
              dims: DIMS,
              motion: { part: "person" },
            },
          ),
        ),
      }),
    );
    const { notes } = await convert(places, PLACES, over);
    expect(notes).toContain("lost boxes: Test has no place for boxes");
  });
});

describe("rows with numbers of people", () => {
  it("are refused when somebody is in a frame twice", async () => {
    const value = { frame: [0, 0], person: [3, 3], points: [[[1, 2]], [[3, 4]]] };
    await expect(convert(rows, value, places)).rejects.toMatchObject({ code: "mismatch" });
  });
});

describe("values that do not fit", () => {
  it("are lost: other rows, other shapes, cameras of some frames, cameras that move", async () => {
    const value = {
      points: [[[1, 2]], [[3, 4]]],
      box: [[0, 0, 10, 20, 1]],
      body: {
        pose: [
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
        ],
      },
      cameras: [PLACES.camera, { ...PLACES.camera, c: [0, 0, 3], who: "me" }],
    };
    const moving = await convert(rows, value, places);
    expect(moving.value).toMatchObject({
      pose: [
        [
          [1, 2, 3, 4, 5, 6],
          [1, 2, 3, 4, 5, 6],
        ],
      ],
    });
    expect(moving.value).not.toHaveProperty("camera");
    expect(moving.notes).toEqual([
      "lost box: 1 × 1 rows, where there are 2 × 1",
      "lost cameras.who",
      "lost cameras that are not the same in all frames",
    ]);
    expect((await convert(rows, value, rows)).value["cameras"]).toEqual([
      PLACES.camera,
      { ...PLACES.camera, c: [0, 0, 3] },
    ]);
  });

  it("are lost where the same parameters have other sizes", async () => {
    const five = { ...PLACES, pose: PLACES.pose.map((own) => own.map((row) => row.slice(1))) };
    const wide = layout(
      object(
        {
          points: array(["P", "F", "K", 2], POINTS),
          pose: array(["P", "F", 5], { part: "parameters", model: "smpl", which: "body_pose" }, "rad"),
        },
        { dims: DIMS },
      ),
    );
    const { notes } = await convert(wide, { points: five.points, pose: five.pose }, rows);
    expect(notes).toContain("lost pose: Test has another form of body_pose of smpl");
  });
});

describe("rows without points", () => {
  it("are people all the same", async () => {
    const value = {
      frame: [3, 5],
      body: {
        pose: [
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          [
            [7, 8, 9],
            [10, 11, 12],
          ],
        ],
      },
    };
    expect((await convert(rows, value, rows)).value).toEqual(value);
    await expect(convert(rows, value, people)).rejects.toThrow(/no place for anything/);
  });
});
