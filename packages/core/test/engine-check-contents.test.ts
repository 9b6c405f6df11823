import { describe, expect, it } from "vitest";
import { checkTree, type TreeCheckOptions } from "../src/engine/check/check.js";
import { detect } from "../src/engine/detect.js";
import type { ArrayLayout, DetectRule, FieldLayout, Layout, ObjectLayout } from "../src/layout/layout.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import { float, NumpyScalar, type Value } from "../src/value/value.js";
import { treeContainer } from "./support-layout.js";

const scalar = (rule: string, type: "string" | "integer", more: object = {}): FieldLayout => ({
  kind: "scalar",
  rule,
  types: [type],
  ...more,
});
const CLIP = "/$defs/Clip";
const points = (form: string, more: Partial<ArrayLayout>): ArrayLayout => ({
  kind: "array",
  rule: `${CLIP}/points/${form}`,
  dtype: ["float32", "float16"],
  shape: ["T", "K", "C"],
  finite: true,
  ...more,
});

const clip: ObjectLayout = {
  kind: "object",
  rule: CLIP,
  dims: { T: { role: "frame" }, K: { role: "keypoint" }, C: { size: [2, 3] } },
  properties: {
    name: scalar(`${CLIP}/name`, "string"),
    file: scalar(`${CLIP}/file`, "string"),
    label: scalar(`${CLIP}/label`, "integer", {
      stored: { as: "python-scalar" },
      labels: { list: "deeds", size: 3 },
    }),
    size: {
      kind: "list",
      rule: `${CLIP}/size`,
      stored: { aliases: ["shape"] },
      prefix: [],
      items: scalar(`${CLIP}/size/items`, "integer"),
    },
    frames: {
      kind: "array",
      rule: `${CLIP}/frames`,
      dtype: ["int32", "int64", "float32"],
      shape: ["*"],
      ascending: true,
      within: { key: "last" },
    },
    last: scalar(`${CLIP}/last`, "integer"),
    points: {
      kind: "choice",
      rule: `${CLIP}/points`,
      branches: [
        points("noted", { where: { K: [7, 8], C: 3 }, note: "the third column is a score" }),
        points("space", { where: { C: 3 } }),
        points("picture", {
          where: { C: 2 },
          within: { key: "size", elements: [1, 0] },
          requires: ["size"],
          recommends: ["scores"],
        }),
      ],
    },
    scores: { kind: "array", rule: `${CLIP}/scores`, dtype: ["float32"], shape: ["T", "K"] },
    counts: { kind: "any", rule: `${CLIP}/counts`, is: "dict", numberKeys: [0.5, 0.9] },
  },
  required: ["name"],
  patterns: [],
  additional: false,
};

const layout: Layout = {
  id: "clips",
  title: "Clips",
  description: "",
  schema: "urn:clips",
  containers: [],
  detect: [],
  root: {
    kind: "object",
    rule: "",
    properties: {
      lists: {
        kind: "object",
        rule: "/lists",
        properties: {},
        required: [],
        patterns: [],
        additional: {
          kind: "list",
          rule: "/lists/names",
          prefix: [],
          items: scalar("/lists/names/items", "string", {
            references: { list: "clips", key: ["file", "name"], complete: true },
          }),
        },
        disjoint: "^(?:train|test)(.*)$",
      },
      clips: {
        kind: "list",
        rule: "/clips",
        prefix: [],
        items: { kind: "ref", rule: "/clips/items", name: "Clip" },
        unique: "name",
        uniform: ["K"],
        allOrNone: ["label"],
      },
    },
    required: [],
    patterns: [],
    additional: false,
  },
  defs: { Clip: clip },
  profiles: { strict: { description: "", severity: { range: "error" } } },
  severity: { [`${CLIP}/points/picture/finite`]: "warning", "/clips/uniform": "info" },
};

const check = (value: unknown, options: Partial<TreeCheckOptions> = {}) =>
  checkTree(layout, nodeOfValue(value), { form: "stored", ...options });
/** `severity code path: message` of all that is wrong with some clips. */
const faults = async (clips: readonly object[], more: object = {}): Promise<readonly string[]> =>
  (await check({ clips, ...more })).map(
    ({ severity, code, path, message }) => `${severity} ${code} ${path}: ${message}`,
  );
const f4 = (values: readonly number[], shape: readonly number[]) =>
  NdArray.from("float32", Float32Array.from(values), shape);
const ints = (...values: readonly number[]) => NdArray.from("int32", Int32Array.from(values));

describe("elements of arrays", () => {
  it("are finite, and the first that is not is named", async () => {
    const points = f4([0, 1, 2, 3, Number.NaN, Number.POSITIVE_INFINITY], [1, 2, 3]);
    expect(await faults([{ name: "a", points }])).toEqual(["error range clips[0].points: holds NaN at [0, 1, 1]"]);
  });

  it.each([
    ["float16", NdArray.from("float16", Uint16Array.of(0, 0x7c00, 0), [1, 1, 3])],
    ["strides", f4([0, Number.POSITIVE_INFINITY, 0], [3, 1, 1]).transpose()],
  ])("are finite: %s", async (_, points) => {
    expect(await faults([{ name: "a", points }])).toEqual(["error range clips[0].points: holds Infinity at [0, 0, 1]"]);
  });

  it("are not looked at when only headers are checked", async () => {
    const points = f4([Number.NaN, 0, 0], [1, 1, 3]);
    expect(await check({ clips: [{ name: "a", points }] }, { depth: "headers" })).toEqual([]);
  });

  it("never fall", async () => {
    expect(await faults([{ name: "a", frames: ints(1, 1, 3, 2, 1) }])).toEqual([
      "error range clips[0].frames: falls from 3 to 2 at element 3",
    ]);
  });

  it("lie between 0 and a number beside them", async () => {
    expect(await faults([{ name: "a", frames: ints(0, 4, 5, 6), last: 4 }])).toEqual([
      "error range clips[0].frames: holds 5 at [2] (and 1 more), outside of 0 to 4 by last",
    ]);
    expect(await faults([{ name: "a", frames: ints(0, 4), last: 4 }])).toEqual([]);
    expect(await faults([{ name: "a", frames: ints(7) }])).toEqual([]);
  });

  it("lie between 0 and a number of a list for each column", async () => {
    const inside = { name: "a", size: [10, 20], scores: zeros("float32", [1, 1]) };
    expect(await faults([{ ...inside, points: f4([20, 10], [1, 1, 2]) }])).toEqual([]);
    expect(await faults([{ ...inside, points: f4([10, 10.5], [1, 1, 2]) }])).toEqual([
      "error range clips[0].points: holds 10.5 at [0, 0, 1], outside of 0 to 10 by size",
    ]);
    expect(await faults([{ ...inside, size: [10], points: f4([99, 99], [1, 1, 2]) }])).toEqual([]);
  });
});

describe("numbers that name something", () => {
  const labels = { last: { list: "things", size: 4 }, size: { list: "things", size: 4 } };

  it("are positions in the list that is given for their key", async () => {
    const issues = await check(
      {
        clips: [
          { name: "a", last: 3 },
          { name: "b", last: 4 },
        ],
      },
      { labels },
    );
    expect(issues).toMatchObject([
      { code: "range", severity: "warning", path: "clips[1].last", expected: "less than 4", actual: "4" },
    ]);
    const several = await check({ clips: [{ name: "a", size: [3, 9] }] }, { labels, depth: "headers" });
    expect(several.map(({ path, message }) => `${path} ${message}`)).toEqual([
      "clips[0].size[1] is 9; the list things has 4 names, counted from 0",
    ]);
  });
});

describe("what a value needs beside it", () => {
  it("depends on the form that it has", async () => {
    expect(await faults([{ name: "a", points: f4([1, 2], [1, 1, 2]) }])).toEqual([
      'error missing clips[0].size: "size" is missing; clips[0].points in this form cannot do without it',
      'warning missing clips[0].scores: "scores" is missing; clips[0].points in this form should not be without it',
    ]);
    expect(await faults([{ name: "a", points: f4([1, 2, 3], [1, 1, 3]) }])).toEqual([]);
  });

  it("is told what the schema notes of its form", async () => {
    for (const joints of [7, 8]) {
      const points = zeros("float32", [1, joints, 3]);
      expect(await faults([{ name: "a", points }])).toEqual(["info note clips[0].points: the third column is a score"]);
    }
    expect(await faults([{ name: "a", points: zeros("float32", [1, 6, 3]) }])).toEqual([]);
  });

  it("may have a former name, which is pointed out", async () => {
    const scores = zeros("float32", [1, 1]);
    expect(await faults([{ name: "a", shape: [9, 9], scores, points: f4([1, 2], [1, 1, 2]) }])).toEqual([
      'info legacy clips[0].shape: "shape" is called "size" today',
    ]);
  });

  it("tells a size that no form has", async () => {
    expect(await faults([{ name: "a", points: zeros("float32", [1, 1, 4]) }])).toEqual([
      expect.stringContaining("shape (1, 1, 4) does not match (T, K, C = 2)"),
      expect.stringContaining('"size" is missing'),
      expect.stringContaining('"scores" is missing'),
    ]);
  });
});

describe("keys that are numbers", () => {
  const counts = (map: ReadonlyMap<unknown, unknown>) => faults([{ name: "a", counts: map }]);
  it("are those, of whatever kind", async () => {
    expect(
      await counts(
        new Map([
          [float(0.5), 1],
          [0.9, 1],
        ] as [unknown, unknown][]),
      ),
    ).toEqual([]);
  });

  it("are neither others nor text", async () => {
    expect(await counts(new Map([[0.7, 1]]))).toEqual([
      "error range clips[0].counts: has the key 0.7; its keys are the numbers 0.5, 0.9",
    ]);
    expect(await counts(new Map([["0.5", 1]]))).toEqual([
      'error range clips[0].counts: has the key "0.5"; its keys are the numbers 0.5, 0.9',
    ]);
  });
});

describe("items of a list", () => {
  it("have names of their own", async () => {
    expect(await faults([{ name: "a" }, { name: "b" }, { name: "a" }])).toEqual([
      'error constraint clips[2].name: "a" is the name of clips[0] already',
    ]);
  });

  it("have one size for a symbol; each other size is told once", async () => {
    const of = (name: string, K: number) => ({ name, points: zeros("float32", [2, K, 3]) });
    expect(await faults([of("a", 4), { name: "x" }, of("b", 5), of("c", 5), of("d", 4)])).toEqual([
      "info constraint clips[2]: K is 5, the number of keypoints, but 4 in clips[0]",
    ]);
  });

  it("all have a key, or none has", async () => {
    expect(await faults([{ name: "a" }, { name: "b" }])).toEqual([]);
    expect(await faults([{ name: "a", label: 1 }, { name: "b" }, { name: "c", label: 2 }])).toEqual([
      'error missing clips[1].label: "label" is missing, which 2 of 3 items of clips have',
    ]);
  });

  it("are as many as there are, whatever is between them", async () => {
    expect(await faults([{ name: "a", label: 1 }, null, { name: "c", label: 1 }] as object[])).toEqual([
      "error type clips[1]: a dict expected, None found",
    ]);
  });
});

describe("names of items", () => {
  it("lead somewhere, and every item is named", async () => {
    expect(await faults([{ name: "a" }, { name: "b" }], { lists: { train: ["a", "z"] } })).toEqual([
      'error constraint lists.train[1]: no item of clips has the name "z"',
      'error constraint clips[1]: nothing refers to it by its name, "b"',
    ]);
  });

  it("that nobody names are one issue, however many they are", async () => {
    const clips = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => ({ name }));
    expect(await faults(clips, { lists: { train: ["c"] } })).toEqual([
      'error constraint clips: nothing refers to 7 of 8 items by their name: "a", "b", "d", "e", "f" and 2 more',
    ]);
  });

  it("are those of the first key that the first item has", async () => {
    const clips = [
      { name: "a", file: "a.mp4" },
      { name: "b", file: "b.mp4" },
    ];
    expect(await faults(clips, { lists: { train: ["a.mp4", "b.mp4"] } })).toEqual([]);
    expect(await faults(clips, { lists: { train: ["a", "b.mp4"] } })).toHaveLength(2);
  });

  it("are found in arrays and sets of names, too", async () => {
    const train = NdArray.from("<U1", ["a", "z"]);
    expect(await faults([{ name: "a" }], { lists: { train } })).toEqual([
      'error constraint lists.train[1]: no item of clips has the name "z"',
    ]);
    expect(await faults([{ name: "a" }], { lists: { train: new Set(["a"]) } })).toEqual([]);
  });

  it("are nobody's concern where there is no list", async () => {
    expect((await check({ lists: { train: ["a"] } })).map(({ path }) => path)).toEqual([]);
  });

  it("are in one list only of those that belong together", async () => {
    const clips = [{ name: "a" }, { name: "b" }];
    const lists = { train1: ["a", "b", "a"], test1: ["b"], train2: ["b"], test2: ["a"], all: ["a", "b"] };
    expect(await faults(clips, { lists })).toEqual(['error constraint lists.test1[0]: "b" is in train1 as well']);
  });
});

describe("labels", () => {
  it("are positions in their list", async () => {
    expect(
      await faults([
        { name: "a", label: 0 },
        { name: "b", label: 2 },
      ]),
    ).toEqual([]);
    expect(
      await faults([
        { name: "a", label: 3 },
        { name: "b", label: -1 },
      ]),
    ).toEqual([
      "error range clips[0].label: is 3; the list deeds has 3 classes, counted from 0",
      "error range clips[1].label: is -1; the list deeds has 3 classes, counted from 0",
    ]);
  });
});

describe("severities", () => {
  it("are those of the rule, unless the profile says another for the code", async () => {
    const scores = zeros("float32", [1, 1]);
    const value = { clips: [{ name: "a", size: [1, 1], scores, points: f4([Number.NaN, 0], [1, 1, 2]) }] };
    expect((await check(value)).map(({ severity, rule }) => [severity, rule])).toEqual([
      ["warning", "urn:clips#/$defs/Clip/points/picture/finite"],
    ]);
    expect((await check(value, { profile: "strict" })).map(({ severity }) => severity)).toEqual(["error"]);
  });

  it("of a number of numpy in place of one of Python is info", async () => {
    const label = new NumpyScalar(dtype("<i8"), 2n);
    expect(await faults([{ name: "a", label: label as unknown as Value }] as object[])).toEqual([
      "info type clips[0].label: numpy int64 in place of a Python integer",
    ]);
  });
});

describe("detection", () => {
  const detected = async (rule: DetectRule, value: unknown): Promise<number> => {
    const codec = treeContainer("values", nodeOfValue(value));
    const own: Layout = {
      ...layout,
      containers: [{ codec, extensions: [], nulls: "keep", classes: [] }],
      detect: [rule],
    };
    const entry = { id: "clips", title: "", description: "", containers: [], extensions: [], detect: [rule] };
    const [found] = await detect([{ ...entry, load: async () => own }], memorySource(Uint8Array.of(1)));
    return found?.score ?? 0;
  };

  it("looks at the first item of a list", async () => {
    const rule: DetectRule = { in: "items", present: ["name", "size"], absent: ["x"] };
    expect(await detected(rule, [{ name: "a", size: [1] }, 3])).toBe(2);
    expect(await detected(rule, [{ name: "a" }])).toBe(0);
    expect(await detected(rule, [{ name: "a", size: 1, x: 1 }])).toBe(0);
    expect(await detected(rule, [])).toBe(0);
    expect(await detected(rule, { name: "a", size: 1 })).toBe(0);
  });

  it("looks at the first member of a dict", async () => {
    const rule: DetectRule = { in: "members", present: ["name"], absent: [] };
    expect(await detected(rule, { any: { name: "a" } })).toBe(1);
    expect(await detected(rule, { any: 3, other: { name: "a" } })).toBe(0);
    expect(await detected(rule, [{ name: "a" }])).toBe(0);
  });
});
