import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hdf5 } from "../src/codec/hdf5/index.js";
import { FileAccessor, ListAccessor } from "../src/engine/accessor.js";
import { checkFile, checkTree } from "../src/engine/check/check.js";
import { detect } from "../src/engine/detect.js";
import { openFile } from "../src/engine/open.js";
import { readWith } from "../src/engine/run.js";
import { writeWith } from "../src/engine/write.js";
import type { DetectRule, FieldLayout, Layout, ObjectLayout, Place, ScalarType } from "../src/layout/layout.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import { AttributedTree, type WriteTree } from "../src/tree/write.js";
import { NumpyScalar, type Value } from "../src/value/value.js";
import { describeWithH5py, h5py } from "./support-hdf5.js";
import { formatError } from "./support-io.js";
import { withFolder } from "./support-python.js";

const scalar = (rule: string, type: ScalarType, place: Place): FieldLayout => ({
  kind: "scalar",
  rule,
  types: [type],
  place,
});

const object = (
  rule: string,
  properties: ObjectLayout["properties"],
  more: Partial<ObjectLayout> = {},
): ObjectLayout => ({
  kind: "object",
  rule,
  properties,
  required: [],
  patterns: [],
  additional: false,
  ...more,
});

const track = object(
  "/track",
  {
    id: scalar("/track/id", "integer", { kind: "number" }),
    start: scalar("/track/start", "integer", { kind: "attribute", name: "start_frame" }),
    end: scalar("/track/end", "integer", { kind: "attribute", name: "end_frame" }),
    points: {
      kind: "sparse",
      rule: "/track/points",
      layout: "csr",
      dtype: ["float32", "float64"],
      shape: ["F", "J", 3],
      parts: { data: "data", indices: "indices", indptr: "indptr" },
      decides: 2,
      written: { indices: "uint16", indptr: "uint32" },
    },
  },
  { required: ["start", "end", "points"], dims: { F: { role: "frame", equals: { minus: ["end", "start"] } } } },
);

const picture = object("/picture", {
  width: scalar("/picture/width", "integer", { kind: "attribute", name: "width" }),
  pixels: { kind: "array", rule: "/picture/pixels", dtype: ["uint8"], shape: ["*", "*"], place: { kind: "itself" } },
});

const layout: Layout = {
  id: "tracks",
  title: "Tracks",
  description: "Tracks of people.",
  schema: "urn:tracks",
  containers: [{ codec: hdf5, extensions: [".h5"], nulls: "keep", classes: [] }],
  detect: [{ present: ["tracks"], absent: [], values: { kind: "tracks" } }],
  root: object(
    "",
    {
      kind: scalar("/kind", "string", { kind: "attribute", name: "fmt" }),
      limbs: scalar("/limbs", "integer", { kind: "attribute", name: "limbs" }),
      tracks: {
        kind: "list",
        rule: "/tracks",
        prefix: [],
        items: { kind: "ref", rule: "/tracks/items", name: "Track" },
        numbered: { prefix: "track", suffix: "", from: 0, pad: 0, gaps: true },
      },
      cover: { kind: "ref", rule: "/cover", name: "Picture" },
    },
    { required: ["kind", "limbs", "tracks"], dims: { J: { role: "keypoint", equals: "limbs" } } },
  ),
  defs: { Track: track, Picture: picture },
  profiles: {},
};

const floats = (values: readonly number[], shape: readonly number[]): NdArray =>
  NdArray.from("float32", Float32Array.from(values), shape) as NdArray;

const POINTS = floats([1, 2, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 0.25], [3, 2, 3]);

const VALUE = {
  kind: "tracks",
  limbs: 2,
  tracks: [
    { id: 10, start: 4, end: 7, points: POINTS },
    { id: 2, start: 0, end: 0, points: floats([], [0, 2, 3]) },
  ],
  cover: { width: 3, pixels: NdArray.from("uint8", Uint8Array.of(1, 2, 3), [1, 3]) as NdArray },
};

async function write(value: unknown): Promise<Uint8Array> {
  const sink = new MemorySink();
  await writeWith(layout, sink, value);
  return sink.bytes();
}

/** A file as somebody else writes it. */
async function file(root: WriteTree): Promise<Uint8Array> {
  const sink = new MemorySink();
  await hdf5.write(sink, root);
  return sink.bytes();
}

const attributes = (members: Readonly<Record<string, WriteTree>>, stated: Readonly<Record<string, Value>>): WriteTree =>
  new AttributedTree(new Map(Object.entries(members)), { attributes: new Map(Object.entries(stated)) });

const int = (value: number): Value => new NumpyScalar(dtype("<i8"), BigInt(value));
const ints = (values: readonly number[]): NdArray => NdArray.from("int32", Int32Array.from(values)) as NdArray;

const person = (indptr: readonly number[] = [0, 1, 2], indices: readonly number[] = [0, 1]): WriteTree =>
  attributes(
    { data: floats([1, 2, 3, 4, 5, 6], [2, 3]), indices: ints(indices), indptr: ints(indptr) },
    { start_frame: int(5), end_frame: int(7) },
  );

const root = (members: Readonly<Record<string, WriteTree>>, stated: Readonly<Record<string, Value>> = {}): WriteTree =>
  attributes(members, { fmt: "tracks", limbs: int(2), ...stated });

const issuesOf = async (bytes: Uint8Array): Promise<readonly string[]> =>
  (await checkFile(await openFile(layout, bytes))).map(({ code, path }) => `${code} ${path}`);

describe("values that are not simply children of their name", () => {
  it("come back as they were written, items by number", async () => {
    const [first, second] = VALUE.tracks;
    const read = (await readWith(layout, await write(VALUE))) as typeof VALUE;
    expect(read).toMatchObject({ kind: "tracks", limbs: 2, cover: { width: 3 } });
    expect(read.tracks.map(({ id, start, end }) => [id, start, end])).toEqual([
      [2, 0, 0],
      [10, 4, 7],
    ]);
    expect(read.tracks[1]?.points.toList()).toEqual(first?.points.toList());
    expect(read.tracks[0]?.points.shape).toEqual(second?.points.shape);
    expect(read.cover.pixels.toList()).toEqual([[1, 2, 3]]);
  });

  it("lie in the file where the schema has them", async () => {
    const tree = await openFile(layout, await write(VALUE));
    const container = tree.tree;
    if (container.kind !== "group") throw new Error("no group");
    expect([...container.keys].sort()).toEqual(["cover", "track10", "track2"]);
    const stated = await container.attributes?.();
    expect(stated?.keys).toEqual(["fmt", "limbs"]);
    const ten = await container.child("track10");
    if (ten?.kind !== "group") throw new Error("no group");
    expect([...ten.keys].sort()).toEqual(["data", "indices", "indptr"]);
    expect(await ten.child("indices")).toMatchObject({ type: { name: "uint16" }, shape: [2] });
    expect(await ten.child("indptr")).toMatchObject({ type: { name: "uint32" }, shape: [4] });
  });

  it("load one by one from an open file", async () => {
    const opened = await openFile(layout, await write(VALUE));
    const access = new FileAccessor({ file: opened, field: layout.root, path: "", find: async () => opened.root });
    expect(await access.keys()).toEqual(["kind", "limbs", "tracks", "cover"]);
    expect(await access.get("limbs")).toBe(2);
    const list = new ListAccessor(
      {
        file: opened,
        field: (layout.root as ObjectLayout).properties["tracks"] as FieldLayout,
        path: "tracks",
        find: async () => (opened.root.kind === "group" ? opened.root.child("tracks") : undefined),
      },
      FileAccessor,
    );
    expect(await list.length()).toBe(2);
    const last = list.at(1);
    expect(await last.get("id")).toBe(10);
    const window = (await last.get("points", { window: { F: [2, 3] } })) as NdArray;
    expect(window.toList()).toEqual([
      [
        [0, 0, 0],
        [7, 8, 0.25],
      ],
    ]);
    expect(await (await list.find("id", 2))?.get("end")).toBe(0);
  });

  it("are copied from file to file with everything that the schema does not know", async () => {
    const bytes = await file(root({ track3: person() }, { note: "kept", numbers: ints([1, 2]) }));
    const opened = await openFile(layout, bytes);
    const access = new FileAccessor({ file: opened, field: layout.root, path: "", find: async () => opened.root });
    const copy = await openFile(layout, await write(access));
    const stated = copy.tree.kind === "group" ? await copy.tree.attributes?.() : undefined;
    expect(stated?.keys).toEqual(["fmt", "limbs", "note", "numbers"]);
    expect(await readWith(layout, await write(access))).toEqual(await readWith(layout, bytes));
    // Parts are copied, not made anew.
    const part = copy.tree.kind === "group" ? await copy.tree.child("track3") : undefined;
    expect(part?.kind === "group" && (await part.child("indices"))).toMatchObject({ type: { name: "int32" } });
  });

  it("that are absent are absent, and an empty list is there when it is required", async () => {
    const read = await readWith(layout, await file(root({})));
    expect(read).toEqual({ kind: "tracks", limbs: 2, tracks: [] });
    await formatError(() => readWith(layout, memorySource(new Uint8Array(8))), "not-this-format");
    const error = await formatError(
      async () => readWith(layout, await file(attributes({}, { limbs: int(1) }))),
      "missing",
    );
    expect(error.message).toMatch(/"kind" is required/);
  });

  it("cannot be written under one name twice", async () => {
    const [first] = VALUE.tracks;
    const twice = await formatError(() => write({ ...VALUE, tracks: [first, first] }), "unwritable");
    expect(twice.message).toMatch(/two members are called "track10"/);
    const negative = { ...VALUE, tracks: [{ ...first, id: -1 }] };
    expect((await formatError(() => write(negative), "unwritable")).message).toMatch(/-1 is no number from 0 on/);
  });

  it("get their places as numbers when they state none", async () => {
    const [first] = VALUE.tracks;
    const { id: _, ...rest } = first as (typeof VALUE.tracks)[number];
    const read = (await readWith(layout, await write({ ...VALUE, tracks: [rest, rest] }))) as typeof VALUE;
    expect(read.tracks.map(({ id }) => id)).toEqual([0, 1]);
  });
});

describe("checking them", () => {
  it("finds nothing wrong with what is right", async () => {
    expect(await issuesOf(await write(VALUE))).toEqual([]);
    expect(await checkTree(layout, nodeOfValue(VALUE), { form: "logical" })).toEqual([]);
  });

  it("names the place in the file", async () => {
    expect(await issuesOf(await file(root({ track0: person([0, 2, 1]) })))).toEqual([
      "unreadable track0.indptr",
      "unreadable track0.indptr",
    ]);
    expect(await issuesOf(await file(root({ track0: person([0, 1, 2], [0, 5]) })))).toEqual([
      "unreadable track0.indices",
    ]);
    expect(await issuesOf(await file(root({ track0: person([0, 1, 1, 2]) })))).toEqual(["symbol track0.points"]);
    expect(await issuesOf(await file(root({ trackA: person() })))).toEqual(["unknown-key trackA"]);
    expect(await issuesOf(await file(root({ track01: person() })))).toEqual(["unreadable tracks"]);
    expect(await issuesOf(await file(root({ track0: floats([1], [1]) })))).toEqual(["type track0"]);
  });

  it("says that a part is missing, or an attribute", async () => {
    const partless = attributes({ data: floats([], [0, 3]) }, { start_frame: int(0), end_frame: int(0) });
    expect(await issuesOf(await file(root({ track0: partless })))).toEqual([
      "unreadable track0.indices",
      "unreadable track0.indptr",
    ]);
    const endless = attributes({}, { start_frame: int(0) });
    expect(await issuesOf(await file(root({ track0: endless })))).toEqual([
      "missing track0.end",
      "missing track0.points",
    ]);
  });

  it("tells each kind of fault of a sparse array once, and how often it is there", async () => {
    const told = async (...parts: Parameters<typeof person>): Promise<readonly string[]> =>
      (await checkFile(await openFile(layout, await file(root({ track0: person(...parts) }))))).map(
        ({ path, message }) => `${path}: ${message}`,
      );
    expect(await told([1, 0, 9], [7, -1])).toEqual([
      "track0.indptr: it starts at 1, not at 0",
      "track0.indptr: row starts decrease at index 1",
      "track0.indptr: index 2 is 9: 2 elements are stored",
      "track0.indices: index 0 is 7: there are 2 columns (and 1 more)",
    ]);
    expect(await told([0, 2, 2], [1, 1])).toEqual(["track0.indices: column 1 is twice in row 0"]);
  });

  it("tells each part that is no part of a sparse array", async () => {
    const parts = { data: floats([1, 2, 3, 4], [2, 2]), indices: floats([0], [1]) };
    const opened = await openFile(
      layout,
      await file(root({ track0: attributes(parts, { start_frame: int(0), end_frame: int(2) }) })),
    );
    const issues = await checkFile(opened);
    expect(issues.map(({ path, message, actual }) => `${actual} ${path}: ${message}`)).toEqual([
      "missing track0.indptr: a part of a sparse array is not there",
      "mismatch track0.data: float32 or float64 (n, 3) expected, float32 array (2, 2) found",
      "mismatch track0.indices: whole numbers along one axis expected, float32 array (1,) found",
      "corrupt track0.data: 2 elements, but 1 columns (track0.indices)",
    ]);
  });

  it("finds objects that go backwards, or beyond the span of the one around", async () => {
    const integer = { kind: "scalar", rule: "", types: ["integer"] } as const;
    const span = { start: "from", end: "to" };
    const inner = object("/inner", { from: integer, to: integer }, { span });
    const outer = object(
      "/outer",
      {
        from: integer,
        to: integer,
        items: { kind: "list", rule: "", prefix: [], items: object("/between", { inner }) },
      },
      { span },
    );
    const check = async (value: unknown): Promise<readonly string[]> =>
      (await checkTree({ ...layout, root: outer }, nodeOfValue(value), { form: "logical" })).map(
        ({ path, message, rule }) => `${path}: ${message} (${rule})`,
      );
    const within = (from: number, to: number): unknown => ({ inner: { from, to } });
    expect(await check({ from: 3, to: 9, items: [within(3, 9), within(5, 5)] })).toEqual([]);
    expect(await check({ from: 3, to: 9, items: [within(2, 10), within(8, 7)] })).toEqual([
      "items[0].inner.from: from 2 is before the start of the file, 3 (urn:tracks#/inner/span)",
      "items[0].inner.to: to 10 is behind the end of the file, 9 (urn:tracks#/inner/span)",
      "items[1].inner.from: from 8 is behind to, 7 (urn:tracks#/inner/span)",
    ]);
    // One that goes backwards holds nothing, so nothing can be said of what is in it; nor of ends that are not known.
    expect(await check({ from: 9, to: 3, items: [within(0, 99)] })).toEqual([
      "from: from 9 is behind to, 3 (urn:tracks#/outer/span)",
    ]);
    expect(await check({ from: 3, items: [within(0, 99)] })).toEqual([]);
  });

  it("says what nothing states the columns of", async () => {
    const bytes = await file(attributes({ track0: person() }, { fmt: "tracks" }));
    expect(await issuesOf(bytes)).toEqual(["unreadable track0.points", "missing limbs"]);
    const hostile = await file(root({ track0: person() }, { limbs: int(2 ** 40) }));
    expect(await issuesOf(hostile)).toEqual(["unreadable track0.points"]);
  });

  it("refuses a value whose sizes do not agree", async () => {
    const [first] = VALUE.tracks;
    const wrong = { ...VALUE, tracks: [{ ...first, end: 9 }] };
    const error = await formatError(() => write(wrong), "unwritable");
    expect(error.issues.map(({ code, path }) => `${code} ${path}`)).toEqual(["symbol tracks[0].points"]);
  });
});

describe("recognising by constant values", () => {
  const entry = (id: string, rules: readonly DetectRule[]) => ({
    id,
    title: id,
    description: "",
    containers: ["hdf5"],
    extensions: [],
    detect: rules,
    load: async () => ({ ...layout, id, detect: rules }),
  });
  const found = async (bytes: Uint8Array, ...rules: readonly DetectRule[]): Promise<readonly string[]> =>
    (
      await detect(
        rules.map((rule, index) => entry(`rule${index}`, [rule])),
        memorySource(bytes),
      )
    ).map(({ entry: { id }, score }) => `${id} ${score}`);

  it("looks at attributes, members of a member, and single values", async () => {
    const bytes = await write(VALUE);
    const rules: DetectRule[] = [
      { present: ["tracks"], absent: [], values: { kind: "tracks" } },
      { present: [], absent: [], values: { kind: "other" } },
      { present: [], absent: [], values: { limbs: 2 } },
      { present: ["pixels"], absent: [], in: { member: "cover" } },
      { present: ["pixels"], absent: [], in: { member: "tracks" } },
      { present: [], absent: [], values: { width: 3 }, in: { member: "cover" } },
      { present: [], absent: [], values: { tracks: true } },
      { present: [], absent: ["cover"], values: { limbs: 2 } },
    ];
    expect(await found(bytes, ...rules)).toEqual(["rule0 2", "rule2 1", "rule3 1", "rule5 1"]);
  });

  it("gives the tree as the schema has it, and as the file does", async () => {
    const [detection] = await detect([entry("it", layout.detect)], memorySource(await write(VALUE)));
    expect(detection?.root.kind === "group" && detection.root.keys).toContain("limbs");
    expect(detection?.tree.kind === "group" && detection.tree.keys).not.toContain("limbs");
  });
});

describeWithH5py("beside h5py", () => {
  it("writes what it reads, with types of its own", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "tracks.h5");
      writeFileSync(path, await write(VALUE));
      const script = `
f = h5py.File(path)
t = f["track10"]
print(json.dumps([f.attrs["fmt"], str(f.attrs["limbs"].dtype), int(t.attrs["start_frame"]), str(t["indices"].dtype),
  t["indptr"][()].tolist(), t["data"][()].tolist(), int(f["cover"].attrs["width"])]))`;
      expect(JSON.parse(h5py(path, script))).toEqual([
        "tracks",
        "int64",
        4,
        "uint16",
        [0, 1, 1, 2],
        [
          [1, 2, 0.5],
          [7, 8, 0.25],
        ],
        3,
      ]);
    });
  });
});
