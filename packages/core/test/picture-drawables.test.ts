import { describe, expect, test } from "vitest";
import type { FieldLayout, KeypointAxis, Layout } from "../src/index.js";
import { memorySource, NdArray, nodeOfValue, type OpenFile } from "../src/index.js";
import {
  type Drawable,
  type DrawOptions,
  drawDrawable,
  type FindDrawablesOptions,
  findDrawables,
  type GroupMark,
} from "../src/picture/index.js";
import { convention } from "./support-conventions.js";
import { treeContainer } from "./support-layout.js";
import { array, integer, layoutOf, list, object, text } from "./support-select.js";

const three = convention(
  "three",
  ["a", "b", "c"],
  [
    {
      edges: [
        ["a", "b"],
        ["b", "c"],
      ],
    },
  ],
);
const lookup: DrawOptions["convention"] = async (keypoints, name) =>
  name === "three" && keypoints === 3 ? three : undefined;

const axis = (at: number, more: Partial<KeypointAxis> = {}): KeypointAxis => ({
  axis: at,
  counts: { three: 3 },
  ...more,
});

/** Frames that are all their own number: x of the first keypoint of frame 4 is 4. */
function numbered(shape: readonly number[], frames: number): NdArray {
  const { length } = Array.from({ length: shape.reduce((a, b) => a * b) });
  const size = shape.slice(frames + 1).reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length }, (_, at) => Math.floor(at / size) % (shape[frames] as number));
  return NdArray.from("float32", data, shape);
}

function fileOf(layout: Layout, value: unknown): OpenFile {
  const root = nodeOfValue(value);
  const container = { codec: treeContainer("values", root), extensions: [], nulls: "keep", classes: [] } as const;
  return { layout, container, root, source: memorySource(new Uint8Array()) };
}

async function find(layout: Layout, value: unknown, options?: FindDrawablesOptions): Promise<Drawable[]> {
  const { drawables, problems } = await findDrawables(fileOf(layout, value), options);
  expect(problems).toEqual([]);
  return [...drawables];
}

/** The first number of what is loaded of each frame. */
async function firsts(drawable: Drawable | undefined, frames: readonly number[]): Promise<unknown> {
  const moments = await drawable?.load(frames);
  return moments?.map((moment) => (moment ? [...moment.values.shape, [...moment.values][0]] : undefined));
}

const bare = {
  dims: { N: { role: "frame" }, P: { role: "person" }, K: { role: "keypoint" }, V: { role: "vertex" } },
} as const;

/** Clips of frames with a list of people, whose keypoints are lists of numbers that only `motion` tells as such. */
const clips = layoutOf({
  clips: list(undefined, {
    items: object(
      {
        name: { ...text, motion: { part: "name" } },
        first: { ...integer, motion: { part: "first-frame" } },
        frames: list(undefined, {
          items: object(
            {
              people: list(undefined, {
                items: object(
                  {
                    points: {
                      ...list(undefined, { items: { kind: "scalar", rule: "", types: ["number"] } }),
                      unit: "px",
                      keypoints: { axis: 0, counts: {} },
                      motion: {
                        part: "keypoints",
                        channels: ["x", "y", "confidence"],
                        space: "image",
                        conventions: ["other", "three"],
                      },
                    } as FieldLayout,
                  },
                  { motion: { part: "person" } },
                ),
              }),
            },
            { motion: { part: "frame" } },
          ),
        }),
      },
      { motion: { part: "sequence" } },
    ),
  }),
});
const person = (x: number): object => ({ points: [x, 1, 1, x, 2, 0.5, x, 3, 0] });
const CLIPS = {
  clips: [
    { name: "one", frames: [{ people: [person(1), person(2)] }, { people: [] }] },
    { name: "two", frames: [{ people: [] }, { people: [person(7)] }] },
  ],
};

describe("what can be drawn of people who move", () => {
  test("are their keypoints in the frames of one sequence, the first or the one that is asked for", async () => {
    const { drawables, items, possible } = await findDrawables(fileOf(clips, CLIPS));
    expect([items, possible]).toEqual([["sequence one"], true]);
    const [points] = drawables;
    expect(points).toMatchObject({
      kind: "keypoints",
      path: "points",
      dimensions: 2,
      unit: "px",
      frames: { first: 0, count: 2 },
    });
    const [there, nobody, outside] = (await points?.load([0, 1, 2])) ?? [];
    expect([there?.values.toList(), there?.confidence?.toList(), there?.people]).toEqual([
      [
        [
          [1, 1],
          [1, 2],
          [1, 3],
        ],
        [
          [2, 1],
          [2, 2],
          [2, 3],
        ],
      ],
      [
        [1, 0.5, 0],
        [1, 0.5, 0],
      ],
      [0, 1],
    ]);
    expect([nobody, outside]).toEqual([undefined, undefined]);
    for (const item of ["two", 1, "1"]) {
      const [second] = await find(clips, CLIPS, { item });
      expect(await firsts(second, [0, 1])).toEqual([undefined, [1, 3, 2, 7]]);
    }
    await expect(findDrawables(fileOf(clips, CLIPS), { item: "three" })).rejects.toThrow(
      'there is no sequence "three" in the file, which has 2',
    );
  });

  test("have the lines of that convention which has as many keypoints, or of the one that is asked for", async () => {
    const [points] = await find(clips, CLIPS);
    const asked: (string | undefined)[] = [];
    const drawn = await drawDrawable(points as Drawable, {
      convention: async (_, name) => {
        asked.push(name);
        return name === "three" ? three : undefined;
      },
    });
    expect([drawn.convention, drawn.frames, drawn.keypoints, drawn.empty]).toEqual(["three", [0], 3, false]);
    expect(asked).toEqual(["other", "three"]);
    expect((await drawDrawable(points as Drawable, { convention: async () => undefined })).convention).toBeUndefined();
  });

  test("are nothing where nobody is, and where no schema marks them", async () => {
    expect(await findDrawables(fileOf(clips, { clips: [] }))).toMatchObject({ drawables: [], possible: true });
    const unmarked = layoutOf({ clips: list(undefined) });
    expect(await findDrawables(fileOf(unmarked, CLIPS))).toMatchObject({ drawables: [], possible: false });
  });
});

describe("what can be drawn of a file", () => {
  test("are arrays with an axis of keypoints or vertices in front of their last one, and images", async () => {
    const media = { kind: "file", path: "a.png", media: "image/png" } as const;
    const layout = layoutOf(
      {
        flat: array(["N", "K", 2], { keypoints: axis(1), unit: "px" }),
        space: array(["P", "N", "K", 4], { keypoints: axis(-2), unit: "m", coordinates: { up: "z", forward: "y" } }),
        mesh: array(["N", "V", 3]),
        picture: array(["*", "*", 3], { place: media, unit: "m" }),
        scores: array(["N", "K"], { keypoints: axis(1) }),
        other: array(["N", 3]),
        number: integer,
        word: text,
      },
      bare,
    );
    const found = await find(layout, {
      word: "x",
      scores: numbered([2, 3], 0),
      mesh: numbered([2, 5, 3], 0),
      flat: numbered([2, 3, 2], 0),
      space: numbered([1, 2, 3, 4], 1),
      picture: numbered([4, 5, 3], 0),
      other: numbered([2, 3], 0),
    });
    expect(
      found.map(({ path, kind, dimensions, frames, up, forward }) => [
        path,
        kind,
        dimensions,
        frames?.count,
        up,
        forward,
      ]),
    ).toEqual([
      ["mesh", "points", 3, 2, undefined, undefined],
      ["flat", "keypoints", 2, 2, undefined, undefined],
      ["space", "keypoints", 3, 2, "z", "y"],
      ["picture", "image", 2, undefined, undefined, undefined],
    ]);
    expect(found.map(({ unit, meaning }) => [unit, meaning])).toEqual([
      [undefined, undefined],
      ["px", undefined],
      ["m", undefined],
      ["m", "range"],
    ]);
    expect(await firsts(found[2], [1, 0, 5])).toEqual([[1, 3, 4, 1], [1, 3, 4, 0], undefined]);
    expect(await firsts(found[3], [0])).toEqual([[4, 5, 3, 0]]);
  });

  test("reads no rows but those of the frames that are drawn", async () => {
    const layout = layoutOf({ points: array(["N", "K", 2], { keypoints: axis(1) }) }, bare);
    const stored = numbered([1000, 3, 2], 0);
    const node = nodeOfValue(stored, "points");
    const rows: [number, number][] = [];
    const counted = {
      ...node,
      array: undefined,
      load: () => Promise.reject(new Error("all of it was read")),
      rows: async (start: number, stop: number) => {
        rows.push([start, stop]);
        return stored.slice([start, stop]);
      },
    };
    const root = {
      kind: "group",
      path: "",
      keys: ["points"],
      child: async () => counted,
    } as unknown as OpenFile["root"];
    const [points] = (await findDrawables({ ...fileOf(layout, {}), root })).drawables;
    expect(await firsts(points, [500, 503])).toEqual([
      [3, 2, 500],
      [3, 2, 503],
    ]);
    expect(rows).toEqual([[500, 504]]);
  });

  test("knows which convention keypoints have: by schema, by what is beside them, by the root, by their number", async () => {
    const field = (more: Partial<KeypointAxis>): FieldLayout => array(["N", "*", 2], { keypoints: axis(1, more) });
    const layout = layoutOf({
      fixed: field({ convention: "three" }),
      stated: field({ field: "{key}_convention", default: "three" }),
      fallback: field({ field: "{key}_convention", default: "three", bySize: { "4": "four" } }),
      sized: field({ bySize: { "4": "four" } }),
      told: field({ root: "mode", names: { long: ["two", "three", "five"] }, counts: { two: 2, three: 3, five: 5 } }),
      none: field({}),
      stated_convention: text,
      mode: text,
    });
    const points = numbered([1, 3, 2], 0);
    const value = { fixed: points, stated: points, fallback: points, sized: points, told: points, none: points };
    const found = await find(layout, { ...value, stated_convention: "mine", mode: "long" });
    const conventions = (keypoints: number): unknown => found.map((drawable) => drawable.convention(keypoints));
    const all = (name: string, keypoints: number): unknown => ({ name, keypoints });
    expect(conventions(3)).toEqual([
      all("three", 3),
      all("mine", 3),
      all("three", 3),
      undefined,
      all("three", 3),
      undefined,
    ]);
    // Places at the end are unused where the text of the root says so.
    expect(conventions(4)).toEqual([
      all("three", 4),
      all("mine", 4),
      all("four", 4),
      all("four", 4),
      all("three", 3),
      undefined,
    ]);
    expect((await find(layout, { told: points, mode: "other" }))[0]?.convention(3)).toBeUndefined();
  });

  test("has confidences that are stored apart, and the size of the image that keypoints are in", async () => {
    const layout = layoutOf(
      {
        points: array(["P", "N", "K", 2], {
          keypoints: axis(2),
          unit: "px",
          within: { key: "size", elements: [1, 0] },
        }),
        score: array(["P", "N", "K"], { keypoints: axis(2), unit: "ratio" }),
        size: list(undefined, { prefix: [integer, integer], items: false }),
      },
      bare,
    );
    const value = { points: numbered([2, 4, 3, 2], 1), score: numbered([2, 4, 3], 1), size: [480, 640] };
    const [points] = await find(layout, value);
    expect(points?.imageSize).toEqual({ width: 640, height: 480 });
    const [moment] = (await points?.load([3])) ?? [];
    expect([moment?.confidence?.shape, [...(moment?.confidence ?? [])][0]]).toEqual([[2, 3], 3]);
    const { picture } = await drawDrawable(points as Drawable, { frames: [3] });
    expect([picture.width, picture.height]).toEqual([640, 480]);
    expect((await find(layout, { ...value, score: numbered([2, 4, 4], 1) }))[0]?.imageSize).toBeDefined();
  });

  test("has the rows that ranges give to a frame as people", async () => {
    const layout = layoutOf(
      { points: array(["P", "K", 2], { keypoints: axis(1) }), ranges: array(["N", 2], { ranges: "P" }) },
      bare,
    );
    const ranges = NdArray.from("int64", BigInt64Array.of(0n, 2n, 2n, 2n, 2n, 3n), [3, 2]);
    const [points] = await find(layout, { points: numbered([3, 3, 2], 0), ranges });
    expect(points?.frames).toEqual({ first: 0, count: 3 });
    expect(await firsts(points, [2, 0, 1])).toEqual([[1, 3, 2, 2], [2, 3, 2, 0], undefined]);
  });

  test("has the rows whose frames a list beside them names", async () => {
    const layout = layoutOf(
      { points: array(["R", "K", 2], { keypoints: axis(1) }), frame: array(["R"], { unit: "frame" }) },
      { dims: { R: {} } },
    );
    const frame = NdArray.from("int64", BigInt64Array.of(3n, 3n, 5n), [3]);
    const [points] = await find(layout, { points: numbered([3, 3, 2], 0), frame });
    expect(points?.frames).toEqual({ first: 3, count: 3 });
    expect(await firsts(points, [5, 4, 3])).toEqual([[1, 3, 2, 2], undefined, [2, 3, 2, 0]]);
  });
});

describe("lists", () => {
  const clip = object(
    { name: text, points: array(["N", "K", 2], { keypoints: axis(1) }) },
    { dims: { N: { role: "frame" }, K: { role: "keypoint" } } },
  );
  const clips = layoutOf({ clips: list(undefined, { items: clip, unique: "name" }) }, { dims: {} });
  const value = {
    clips: [2, 5, 3].map((frames, at) => ({ name: `clip ${at}`, points: numbered([frames, 3, 2], 0) })),
  };

  test("of records are looked into by one item, by position, name or path", async () => {
    const of = async (options?: FindDrawablesOptions): Promise<unknown> => {
      const { drawables, items } = await findDrawables(fileOf(clips, value), options);
      return [...drawables.map(({ path, frames }) => [path, frames?.count]), ...items];
    };
    expect(await of()).toEqual([["clips[0].points", 2], "clips[0]"]);
    expect(await of({ item: "clip 1" })).toEqual([["clips[1].points", 5], "clips[1]"]);
    expect(await of({ item: 2 })).toEqual([["clips[2].points", 3], "clips[2]"]);
    expect(await of({ item: "-1" })).toEqual([["clips[2].points", 3], "clips[2]"]);
    expect(await of({ path: "clips[1].points" })).toEqual([["clips[1].points", 5]]);
    for (const item of ["clip 9", 3, -4, 1.5])
      await expect(of({ item })).rejects.toThrow(`there is no item ${JSON.stringify(item)} in clips`);
  });

  test("in a dict are looked into by one of their keys", async () => {
    const layout = layoutOf({}, { dims: {}, additional: clip });
    const dict = { one: value.clips[0], two: value.clips[1] };
    const of = async (item?: string): Promise<unknown> =>
      (await findDrawables(fileOf(layout, dict), { item })).drawables.map(({ path }) => path);
    expect(await of()).toEqual(["one.points"]);
    expect(await of("two")).toEqual(["two.points"]);
    await expect(of("three")).rejects.toThrow(RangeError);
  });

  test("of people are drawn as a whole", async () => {
    const person = object({ points: array(["K", 2], { keypoints: axis(0) }) });
    const layout = layoutOf({ people: list("P", { items: person }) }, bare);
    const people = [1, 2].map((x) => ({ points: NdArray.from("float32", new Float32Array(6).fill(x), [3, 2]) }));
    const found = await find(layout, { people });
    expect(found.map(({ path, frames }) => [path, frames])).toEqual([["people[].points", undefined]]);
    const [moment] = (await found[0]?.load([0])) ?? [];
    expect([moment?.values.shape, moment?.people]).toEqual([
      [2, 3, 2],
      [0, 1],
    ]);
    expect((await find(layout, { people: [] })).length).toBe(0);
  });

  test("of frames are drawn frame by frame, of which only those are opened", async () => {
    const frame = object({ mesh: array(["P", "V", 3]) });
    const layout = layoutOf({ frames: list("N", { items: frame }) }, bare);
    const frames = [0, 1, 2].map((at) => ({ mesh: NdArray.from("float32", new Float32Array(30).fill(at), [2, 5, 3]) }));
    const [mesh] = await find(layout, { frames });
    expect([mesh?.path, mesh?.frames]).toEqual(["frames[].mesh", { first: 0, count: 3 }]);
    expect(await firsts(mesh, [2, 7, 0])).toEqual([[2, 5, 3, 2], undefined, [2, 5, 3, 0]]);
    expect((await find(layout, { frames }, { path: "frames[1].mesh" }))[0]?.path).toBe("frames[1].mesh");
  });

  test("of pieces that know their frames are one long piece", async () => {
    const track = object(
      { start: integer, end: integer, points: array(["N", "K", 3], { keypoints: axis(1), unit: "px" }) },
      { dims: { N: { role: "frame", equals: { minus: ["end", "start"] } }, K: { role: "keypoint" } } },
    );
    const shot = object({ tracks: list(undefined, { items: track }) });
    const layout = layoutOf({ shots: list(undefined, { items: shot }) }, { dims: {} });
    const made = (start: number, frames: number): object => ({
      start,
      end: start + frames,
      points: numbered([frames, 3, 3], 0),
    });
    const shots = [{ tracks: [made(10, 3), made(11, 4)] }, { tracks: [] }, { tracks: [made(20, 2)] }];
    const [points] = await find(layout, { shots });
    expect([points?.path, points?.frames]).toEqual(["shots[].tracks[].points", { first: 10, count: 12 }]);
    const moments = await points?.load([11, 10, 18, 21, 30]);
    expect(
      moments?.map((moment) => moment && [moment.values.shape[0] === 3 ? 1 : moment.values.shape[0], moment.people]),
    ).toEqual([[2, [0, 1]], [1, [0]], undefined, [1, [0]], undefined]);
  });
});

describe("points in dicts", () => {
  const number = { kind: "scalar", rule: "/number", types: ["number"], unit: "px" } as const;
  const pixel = object({ x: number, y: number }, { coordinates: { columns: ["y", "x"] } });
  const place = list(undefined, { items: number, unit: "m", coordinates: { columns: [0, 1, 2], up: "z" } });
  const record = object({ pixel, place });
  const dict = (item: FieldLayout): FieldLayout => object({}, { patterns: [{ pattern: "^[0-9]+$", field: item }] });
  const layout = layoutOf(
    {
      face: object({ dense: dict(record), nose: dict(record) }),
      flat: dict(pixel),
      alone: pixel,
      eyes: object({ left: pixel, right: pixel }),
    },
    { dims: {} },
  );
  const point = (x: number): object => ({ pixel: { x, y: x + 0.5 }, place: [x, 1, 2] });

  test("are keypoints: those of records under their key, others as they are", async () => {
    const found = await find(layout, {
      face: { dense: { 0: point(0), 1: point(1) }, nose: { 7: point(7) } },
      alone: { x: 1, y: 2 },
    });
    expect(found.map(({ path, dimensions, unit, up }) => [path, dimensions, unit, up])).toEqual([
      ["face[].pixel", 2, "px", undefined],
      ["face[].place", 3, "m", "z"],
    ]);
    const [moment] = (await found[0]?.load([0])) ?? [];
    expect(moment?.values.toList()).toEqual([
      [0.5, 0],
      [1.5, 1],
      [7.5, 7],
    ]);
  });

  test("have the path that all of them have in common, or the one that is asked for", async () => {
    const value = { face: { dense: { 0: point(0), 1: point(1) }, nose: { 7: point(7), 8: point(8) } } };
    expect((await find(layout, { face: { nose: value.face.nose } }))[0]?.path).toBe("face.nose[].pixel");
    const found = await find(layout, value, { path: "face.dense[].pixel" });
    expect(found.map(({ path }) => path)).toContain("face.dense[].pixel");
    const flat = await find(layout, {
      flat: { 3: { x: 1, y: 2 }, 4: { x: "?", y: 3 } },
      eyes: { left: { x: 5, y: 6 }, right: { x: 7, y: 8 } },
    });
    expect(flat.map(({ path }) => path)).toEqual(["[]"]);
    const [moment] = (await flat[0]?.load([0])) ?? [];
    expect(moment?.values.toList()).toEqual([
      [2, 1],
      [3, Number.NaN],
      [6, 5],
      [8, 7],
    ]);
  });
});

describe("a picture of a drawable", () => {
  const layout = layoutOf(
    { points: array(["N", "K", 3], { keypoints: axis(1, { convention: "three" }), unit: "px" }) },
    bare,
  );
  const data = new Float32Array(4 * 9);
  data.set([1, 1, 1, 5, 1, 1, 5, 9, 1], 2 * 9);
  const file = { points: NdArray.from("float32", data, [4, 3, 3]) };

  test("has the lines of its convention, and begins where somebody is", async () => {
    const [points] = await find(layout, file);
    const drawn = await drawDrawable(points as Drawable, { convention: lookup });
    expect(drawn).toMatchObject({ frames: [2], keypoints: 3, convention: "three", empty: false });
    expect(drawn.picture.marks.map(({ kind }) => kind)).toEqual(["line", "line", "circle", "circle", "circle"]);
    const plain = await drawDrawable(points as Drawable);
    expect([plain.convention, plain.picture.marks.length]).toEqual([undefined, 3]);
  });

  test("shows the frames that are asked for, empty ones too", async () => {
    const [points] = await find(layout, file);
    const empty = await drawDrawable(points as Drawable, { frames: [0], convention: lookup });
    expect(empty).toMatchObject({ frames: [0], empty: true });
    const strip = await drawDrawable(points as Drawable, {
      frames: [1, 2],
      convention: lookup,
      size: { width: 50, height: 50 },
    });
    expect([strip.picture.width, strip.picture.marks.length]).toEqual([104, 2]);
    const titles = strip.picture.marks.map((mark) => (mark as GroupMark).marks.at(-1));
    expect(titles).toMatchObject([{ text: "1" }, { text: "2" }]);
    await expect(drawDrawable(points as Drawable, { frames: [4] })).rejects.toThrow(
      "there is no frame 4: points has frames 0 to 3",
    );
  });

  test("of nothing is empty", async () => {
    const [points] = await find(layout, { points: NdArray.from("float32", new Float32Array(0), [0, 3, 3]) });
    expect(await drawDrawable(points as Drawable)).toMatchObject({ frames: [], empty: true, picture: { marks: [] } });
    await expect(drawDrawable(points as Drawable, { frames: [0] })).rejects.toThrow("points has no frames");
  });

  test("says what cannot be read, and finds the rest", async () => {
    const { drawables, problems } = await findDrawables(
      fileOf(
        layoutOf(
          {
            ...layout.root,
            broken: array(["N", "K", 2], { keypoints: axis(1), within: { key: "size", elements: [0, 1] }, unit: "px" }),
            size: text,
            points: array(["N", "K", 2], { keypoints: axis(1) }),
          } as never,
          bare,
        ),
        {
          broken: numbered([1, 3, 2], 0),
          size: "no numbers",
          points: numbered([1, 3, 2], 0),
        },
      ),
    );
    expect(drawables.map(({ path }) => path)).toEqual(["points"]);
    expect(problems.map(({ code, path }) => [code, path])).toEqual([["mismatch", "size"]]);
  });
});
