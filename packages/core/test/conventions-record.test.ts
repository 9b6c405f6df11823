import { describe, expect, it } from "vitest";
import { type ConvertConventionOptions, convertConvention } from "../src/conventions/convert-record.js";
import { conventionLookup } from "../src/conventions/lookup.js";
import { readWith } from "../src/engine/run.js";
import { writeWith } from "../src/engine/write.js";
import { FormatError } from "../src/errors.js";
import type { ArrayLayout, FieldLayout, KeypointAxis, Layout, ObjectLayout } from "../src/layout/layout.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import { convention } from "./support-conventions.js";
import { layout as plainSample, treeContainer } from "./support-layout.js";

/** The sample whose `other_…` keypoints have masks and conventions beside them. */
const sample: Layout = (() => {
  const root = plainSample.root as ObjectLayout;
  const patterns = root.patterns.map(({ field }) => ({ pattern: "^other_(?!.*_(mask|convention)$)", field }));
  return { ...plainSample, root: { ...root, patterns } };
})();

const four = convention("four", ["a", "b", "c", "d"]);
const two = convention("two", ["d", { name: "e", approximations: ["b"] }]);
const conventions = conventionLookup([four, two]);
const to = (name: string, rest: Partial<ConvertConventionOptions> = {}): ConvertConventionOptions => ({
  to: name,
  conventions,
  ...rest,
});

/** `frames` frames whose keypoint `i` is (i, i, i) plus ten times the frame. */
function keypoints(ids: readonly number[], frames = 2): NdArray<"float32"> {
  const values = Array.from({ length: frames }, (_, frame) =>
    ids.flatMap((id) => [id, id, id].map((n) => n + 10 * frame)),
  );
  return NdArray.from("float32", Float32Array.from(values.flat()), [frames, ids.length, 3]);
}
const bits = (...ones: readonly number[]): NdArray<"uint8"> => NdArray.from("uint8", Uint8Array.from(ones));
const lists = (record: object): unknown =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, value instanceof NdArray ? value.toList() : value]),
  );
const failing = (code: FormatError["code"], reason: string, path: string): FormatError =>
  new FormatError(code, reason, { path });

/** A data set with the given members at its root. */
function dataSet(properties: Readonly<Record<string, FieldLayout>>, root: Partial<ObjectLayout> = {}): Layout {
  const object: ObjectLayout = {
    kind: "object",
    rule: "",
    dims: { N: { role: "frame" }, J: { role: "keypoint" } },
    properties,
    required: [],
    patterns: [],
    additional: { kind: "any", rule: "" },
    ...root,
  };
  return { ...sample, root: object, defs: {} };
}

function arrayField(axis: Partial<KeypointAxis>, rest: Partial<ArrayLayout> = {}): ArrayLayout {
  const keypointAxis = { axis: 1, counts: { four: 4, two: 2 }, ...axis };
  return { kind: "array", rule: "/k", dtype: ["float32"], shape: ["N", "J", 3], keypoints: keypointAxis, ...rest };
}

describe("converting a record", () => {
  it("converts every keypoints array, its mask and the name of its convention; the rest is shared", async () => {
    const record = {
      paths: ["x", "y"],
      keypoints: keypoints([0, 1, 2, 3]),
      keypoints_mask: bits(1, 0, 1, 1),
      other_hand: keypoints([5, 6]),
      other_hand_convention: "two",
      extra: zeros("float32", [2]),
    };
    const before = JSON.stringify(lists(record));
    const { value, report } = await convertConvention(sample, record, to("two"));
    expect(lists(value)).toEqual({
      paths: ["x", "y"],
      keypoints: [
        [
          [3, 3, 3],
          [0, 0, 0],
        ],
        [
          [13, 13, 13],
          [0, 0, 0],
        ],
      ],
      keypoints_mask: [1, 0],
      keypoints_convention: "two",
      other_hand: record.other_hand.toList(),
      other_hand_mask: [1, 1],
      other_hand_convention: "two",
      extra: [0, 0],
    });
    expect(value.paths).toBe(record.paths);
    expect(value.extra).toBe(record.extra);
    expect(value.keypoints.dtype).toBe("float32");
    expect(JSON.stringify(lists(record))).toBe(before);
    expect(report.map(({ path, mapping, mask }) => [path, mapping.from.name, mapping.lost, mask.toList()])).toEqual([
      ["keypoints", "four", ["a", "b", "c"], [1, 0]],
      ["other_hand", "two", [], [1, 1]],
    ]);
    // The mask says that "b" was not there before either.
    expect(report.map(({ dropped }) => dropped)).toEqual([["a", "c"], []]);
  });

  it("drops all that are lost where no mask says that some were not there", async () => {
    const { report } = await convertConvention(sample, { keypoints: keypoints([0, 1, 2, 3]) }, to("two"));
    expect(report.map(({ dropped }) => dropped)).toEqual([["a", "b", "c"]]);
  });

  it("keeps the order of keys and puts new ones at the end", async () => {
    const record = { keypoints_convention: "four", keypoints: keypoints([0, 1, 2, 3]), free: new Map(), paths: [] };
    const { value } = await convertConvention(sample, record, to("two"));
    expect(Object.keys(value)).toEqual(["keypoints_convention", "keypoints", "free", "paths", "keypoints_mask"]);
  });

  it("approximates when asked to and reports what stands in for what", async () => {
    const record = { keypoints: keypoints([0, 1, 2, 3], 1), keypoints_mask: bits(1, 1, 1, 0) };
    const { value, report } = await convertConvention(sample, record, to("two", { approximate: true }));
    expect(lists(value)).toMatchObject({
      keypoints: [
        [
          [3, 3, 3],
          [1, 1, 1],
        ],
      ],
      keypoints_mask: [0, 1],
    });
    expect(report[0]?.mapping.approximated).toEqual([{ name: "e", by: "b" }]);
  });

  it("Q75: takes names of conventions in any case and writes the convention's own", async () => {
    const record = { keypoints: keypoints([0, 1]), keypoints_convention: "TWO" };
    const { value } = await convertConvention(sample, record, to("Four"));
    expect(value.keypoints_convention).toBe("four");
    expect((value.keypoints as NdArray).shape).toEqual([2, 4, 3]);
  });

  it("takes the conventions themselves and needs no lookup then", async () => {
    const record = { keypoints: keypoints([0, 1]) };
    const mine = convention("mine", ["e", "d"]);
    const { value } = await convertConvention(sample, record, { from: two, to: mine });
    expect(lists(value)).toMatchObject({
      keypoints_convention: "mine",
      keypoints: [
        [
          [1, 1, 1],
          [0, 0, 0],
        ],
        [
          [11, 11, 11],
          [10, 10, 10],
        ],
      ],
    });
  });

  it("goes by the option rather than by what the record says", async () => {
    const record = { keypoints: keypoints([0, 1]), keypoints_convention: "four" };
    const { value } = await convertConvention(sample, record, to("two", { from: "two" }));
    expect(lists(value)).toMatchObject({ keypoints: record.keypoints.toList(), keypoints_convention: "two" });
  });

  it("converts only the members that are asked for", async () => {
    const record = {
      keypoints: keypoints([0, 1, 2, 3]),
      other_a: keypoints([0, 1, 2, 3]),
      other_b: zeros("float32", [2, 9, 3]),
    };
    const { value, report } = await convertConvention(sample, record, to("two", { keys: ["keypoints"] }));
    expect(report.map(({ path }) => path)).toEqual(["keypoints"]);
    expect(value.other_a).toBe(record.other_a);
    expect(Object.keys(value)).toEqual(["keypoints", "other_a", "other_b", "keypoints_mask", "keypoints_convention"]);
    expect(value).not.toHaveProperty("other_a_mask");
    await expect(convertConvention(sample, record, to("two", { keys: ["paths"] }))).rejects.toThrow(
      failing("missing", "holds no keypoints; keypoints, other_a, other_b do", "paths"),
    );
    await expect(convertConvention(sample, {}, to("two", { keys: ["paths"] }))).rejects.toThrow(
      failing("missing", "holds no keypoints; no member does", "paths"),
    );
  });

  it("gives an equal record when there are no keypoints", async () => {
    const record = { paths: ["a"], ["__proto__x"]: 1 };
    const { value, report } = await convertConvention(sample, record, to("two"));
    expect([value, report]).toEqual([record, []]);
    expect(value).not.toBe(record);
  });

  it("keeps whole numbers whole where the schema has them", async () => {
    const layout = dataSet({ k: arrayField({ field: "{key}_convention", default: "four" }, { dtype: ["int16"] }) });
    const { value } = await convertConvention(layout, { k: zeros("int16", [1, 4, 3]) }, to("two"));
    expect([value.k.dtype, value.k.shape]).toEqual(["int16", [1, 2, 3]]);
  });

  it("makes masks in a dtype that the schema allows", async () => {
    const packed = arrayField(
      { default: "four", field: "c" },
      { encoding: [{ codec: "mask-pack", axis: -2, mask: "m" }] },
    );
    for (const dtype of ["bool", "int64", "float32"] as const) {
      const layout = dataSet({ k: packed, m: { kind: "array", rule: "/m", dtype: [dtype], shape: ["J"] } });
      const { value } = await convertConvention(layout, { k: zeros("float32", [1, 4, 3]) }, to("two"));
      const mask = (value as unknown as { m: NdArray }).m;
      expect([mask.dtype, [...mask].map(Number)]).toEqual([dtype, [1, 0]]);
    }
  });

  it("converts packed keypoints by their mask and packs them again", async () => {
    const record = {
      packed: true,
      keypoints: keypoints([1, 3]),
      keypoints_mask: bits(0, 1, 0, 1),
      keypoints_convention: "four",
    };
    const { value } = await convertConvention(sample, record, to("two"));
    expect(lists(value)).toEqual({
      packed: true,
      keypoints: [[[3, 3, 3]], [[13, 13, 13]]],
      keypoints_mask: [1, 0],
      keypoints_convention: "two",
    });
    const back = await convertConvention(sample, value, to("four"));
    expect(lists(back.value)).toMatchObject({ keypoints: [[[3, 3, 3]], [[13, 13, 13]]], keypoints_mask: [0, 0, 0, 1] });
  });

  it("takes keypoints for packed only when the record says so and the mask has as many ones", async () => {
    const stored = { keypoints: keypoints([1, 3]), keypoints_mask: bits(0, 1, 0, 1), keypoints_convention: "four" };
    const error = failing("mismatch", "2 keypoints along axis 1, but four has 4; conventions of 2: two", "keypoints");
    await expect(convertConvention(sample, stored, to("two"))).rejects.toThrow(error);
    const wrong = { ...stored, packed: true, keypoints_mask: bits(1, 1, 0, 1) };
    await expect(convertConvention(sample, wrong, to("two"))).rejects.toThrow(error);
    const { keypoints_mask: _, ...unmasked } = { ...stored, packed: true };
    await expect(convertConvention(sample, unmasked, to("two"))).rejects.toThrow(error);
  });

  it("survives writing and reading, packed by the new mask", async () => {
    const record = { packed: true, keypoints: keypoints([0, 1, 2, 3]), keypoints_mask: bits(1, 1, 1, 1) };
    const { value } = await convertConvention(sample, record, to("two"));
    const codec = treeContainer("arrays");
    const layout: Layout = { ...sample, containers: [{ codec, extensions: [".t"], nulls: "absent", classes: [] }] };
    await writeWith(layout, new MemorySink(), value);
    const tree = codec.written as unknown as ReadonlyMap<string, NdArray>;
    expect(tree.get("keypoints")?.shape).toEqual([2, 1, 3]);
    const reading = treeContainer("arrays", nodeOfValue(tree));
    const again: Layout = {
      ...sample,
      containers: [{ codec: reading, extensions: [".t"], nulls: "absent", classes: [] }],
    };
    const read = (await readWith(again, new Uint8Array(8))) as object;
    expect(lists(read)).toMatchObject({
      keypoints: [
        [
          [3, 3, 3],
          [0, 0, 0],
        ],
        [
          [13, 13, 13],
          [0, 0, 0],
        ],
      ],
      keypoints_mask: [1, 0],
      keypoints_convention: "two",
    });
  });
});

describe("records that cannot be converted", () => {
  it("names the array whose convention nobody knows, or nothing names", async () => {
    const record = { keypoints: keypoints([0]), keypoints_convention: "three" };
    await expect(convertConvention(sample, record, to("two"))).rejects.toThrow(
      failing("unsupported", 'the convention "three" is not known', "keypoints"),
    );
    await expect(convertConvention(sample, record, { to: two })).rejects.toThrow(
      failing("unsupported", 'the convention "three" was given by name, but no lookup', "keypoints"),
    );
    await expect(convertConvention(sample, record, to("nope"))).rejects.toThrow(
      failing("unsupported", 'the convention "nope" is not known', ""),
    );
    const unnamed = dataSet({ k: arrayField({ field: "{key}_convention" }), bare: arrayField({}) });
    await expect(convertConvention(unnamed, { k: keypoints([0]) }, to("two"))).rejects.toThrow(
      failing(
        "missing",
        'nothing names the convention of these keypoints: "k_convention" is missing; give "from"',
        "k",
      ),
    );
    await expect(convertConvention(unnamed, { bare: keypoints([0]) }, to("two"))).rejects.toThrow(
      failing("missing", 'nothing names the convention of these keypoints: give "from"', "bare"),
    );
    const sized = dataSet({ k: arrayField({ bySize: { "2": "two" } }) });
    const { report } = await convertConvention(sized, { k: keypoints([7, 1], 1) }, to("four"));
    expect(report.map(({ mapping }) => mapping.from.name)).toEqual(["two"]);
    await expect(convertConvention(sized, { k: keypoints([0, 1, 2]) }, to("four"))).rejects.toThrow(
      failing("missing", 'nothing names the convention of these keypoints: give "from"', "k"),
    );
    const { value } = await convertConvention(unnamed, { bare: keypoints([7, 1], 1) }, to("four", { from: "two" }));
    expect(lists(value)).toEqual({
      bare: [
        [
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 0],
          [7, 7, 7],
        ],
      ],
    });
  });

  it("Q81: refuses another number of keypoints and says which conventions would fit", async () => {
    await expect(convertConvention(sample, { keypoints: keypoints([0, 1, 2]) }, to("two"))).rejects.toThrow(
      failing("mismatch", "3 keypoints along axis 1, but four has 4", "keypoints"),
    );
    const sized = dataSet({ k: arrayField({ field: "c", default: "four", bySize: { 2: "two" } }) });
    await expect(convertConvention(sized, { k: keypoints([0, 1]) }, to("two"))).rejects.toThrow(
      failing("mismatch", "2 keypoints along axis 1, but four has 4; files that name none mean two", "k"),
    );
  });

  it("refuses masks and names that are none, saying where they are", async () => {
    const record = { keypoints: keypoints([0, 1, 2, 3]) };
    const bad: readonly (readonly [object, FormatError])[] = [
      [{ keypoints_mask: bits(1, 1) }, failing("mismatch", "a mask of 2 for 4 keypoints", "keypoints_mask")],
      [
        { keypoints_mask: bits(1, 1, 2, 0) },
        failing("mismatch", "a mask holds 0 and 1 only, found 2 at 2", "keypoints_mask"),
      ],
      [{ keypoints_mask: "all" }, failing("mismatch", "a mask expected", "keypoints_mask")],
      [{ keypoints_convention: 4 }, failing("mismatch", "text expected", "keypoints_convention")],
      [{ keypoints: [1, 2] }, failing("mismatch", "an array of keypoints expected, a list of 2 found", "keypoints")],
      [
        { keypoints: zeros("float32", [4]) },
        failing("mismatch", "keypoints lie along axis 1, found an array (4)", "keypoints"),
      ],
      [
        { keypoints: zeros("object", [1, 4, 3]) },
        failing("mismatch", "keypoints are numbers, found object", "keypoints"),
      ],
    ];
    for (const [member, error] of bad)
      await expect(convertConvention(sample, { ...record, ...member }, to("two"))).rejects.toThrow(error);
  });

  it("does not change what the schema fixes: the convention, the size, the sizes of a symbol", async () => {
    const k = keypoints([0, 1, 2, 3]);
    const named = dataSet({ k: arrayField({ convention: "four" }) });
    await expect(convertConvention(named, { k }, to("two"))).rejects.toThrow(
      failing("unwritable", "the schema says that these keypoints are four", "k"),
    );
    expect(lists((await convertConvention(named, { k }, to("four"))).value)).toEqual({ k: k.toList() });
    const sized = dataSet({ k: arrayField({ field: "c", default: "four" }, { shape: ["N", 4, 3] }) });
    await expect(convertConvention(sized, { k }, to("two"))).rejects.toThrow(
      failing("unwritable", "the schema wants float32 (N, 4, 3), the result is (2, 2, 3)", "k"),
    );
    const bound = dataSet({ k: arrayField({ field: "c", default: "four" }) }, { dims: { J: { size: [4, 5] } } });
    await expect(convertConvention(bound, { k }, to("two"))).rejects.toThrow(
      failing("unwritable", "the schema wants 4 or 5 keypoints, not 2", "k"),
    );
  });

  it("does not tear apart arrays that share a mask or the name of their convention", async () => {
    const shared = { encoding: [{ codec: "mask-pack", axis: 1, mask: "mask" }] } as const;
    const layout = dataSet({
      one: arrayField({ field: "convention", default: "four" }, shared),
      other: arrayField({ field: "convention", default: "four" }, shared),
    });
    const record = { one: keypoints([0, 1, 2, 3]), other: keypoints([3, 2, 1, 0]), mask: bits(1, 0, 1, 1) };
    const { value } = await convertConvention(layout, record, to("two"));
    expect(lists(value)).toMatchObject({ mask: [1, 0], convention: "two" });
    await expect(convertConvention(layout, record, to("two", { keys: ["one"] }))).rejects.toThrow(
      failing("mismatch", 'shares "mask" with keypoints that are converted, so it has to be converted too', "other"),
    );
    const apart = dataSet({
      one: arrayField({ field: "{key}_convention", default: "four" }, shared),
      other: arrayField({ field: "{key}_convention", default: "two" }, shared),
    });
    const mixed = { one: keypoints([0, 1, 2, 3]), other: keypoints([0, 1]) };
    await expect(convertConvention(apart, mixed, to("two"))).rejects.toThrow(
      failing("mismatch", 'another array needs another "mask"', "other"),
    );
  });
});

describe("where keypoints are", () => {
  it("finds them in lists, parts, choices and records below records, and copies only what leads there", async () => {
    const person: ObjectLayout = {
      kind: "object",
      rule: "/person",
      dims: { J: { role: "keypoint", equals: "size" } },
      properties: {
        name: { kind: "scalar", rule: "/name", types: ["string"] },
        size: { kind: "scalar", rule: "/size", types: ["integer"] },
        k: arrayField({ axis: -2, field: "convention" }),
        children: { kind: "list", rule: "/children", prefix: [], items: { kind: "ref", rule: "/ref", name: "Person" } },
      },
      required: [],
      patterns: [],
      additional: false,
    };
    const choice: FieldLayout = {
      kind: "choice",
      rule: "/choice",
      branches: [arrayField({ field: "{key}_convention", default: "four" }), { kind: "any", rule: "/any" }],
    };
    const people: FieldLayout = {
      kind: "list",
      rule: "",
      prefix: [],
      items: { kind: "ref", rule: "", name: "Person" },
    };
    const layout: Layout = { ...dataSet({ people, loose: choice, text: choice }), defs: { Person: person } };
    const child = { name: "c", size: 4, k: keypoints([0, 1, 2, 3], 1), convention: "four" };
    const adult = { name: "p", k: keypoints([0, 1], 1), convention: "two", children: [child, { name: "none" }] };
    const record = { people: [adult, { name: "q" }], text: "free", loose: keypoints([4, 5, 6, 7], 1) };
    const { value, report } = await convertConvention(layout, record, to("two"));
    expect(report.map(({ path }) => path)).toEqual(["people[0].k", "people[0].children[0].k", "loose"]);
    const converted = value.people[0] as typeof adult;
    expect(lists(converted.children[0] as object)).toEqual({
      name: "c",
      size: 2,
      k: [
        [
          [3, 3, 3],
          [0, 0, 0],
        ],
      ],
      convention: "two",
    });
    expect(value.people[1]).toBe(record.people[1]);
    expect(converted.children[1]).toBe(adult.children[1]);
    expect(lists(value)).toMatchObject({
      text: "free",
      loose: [
        [
          [7, 7, 7],
          [0, 0, 0],
        ],
      ],
      loose_convention: "two",
    });
    expect(child.size).toBe(4);
    const only = await convertConvention(layout, record, to("two", { keys: ["loose"] }));
    expect(only.value.people).toEqual(record.people);
  });

  it("comes to an end for records that hold themselves, and converts a shared one once", async () => {
    const node: ObjectLayout = {
      kind: "object",
      rule: "/node",
      properties: {
        next: { kind: "ref", rule: "/next", name: "Node" },
        also: { kind: "ref", rule: "/also", name: "Node" },
        k: arrayField({ field: "c", default: "four" }),
      },
      required: [],
      patterns: [],
      additional: false,
    };
    const layout: Layout = { ...dataSet({}, node), defs: { Node: node } };
    interface Ring {
      k?: NdArray;
      next?: Ring;
      also?: Ring;
    }
    const shared: Ring = { k: keypoints([0, 1, 2, 3], 1) };
    const ring: Ring = { next: shared, also: shared };
    shared.next = ring;
    const { value, report } = await convertConvention(layout, ring, to("two"));
    expect(report).toHaveLength(1);
    expect(value.next).toBe(value.also);
    expect(value.next?.next).toBe(value);
    expect(value.next?.k?.shape).toEqual([1, 2, 3]);
  });

  it("uses fixed conventions for items of a list, which have no siblings", async () => {
    const items = arrayField({ field: "{key}_convention", default: "four" });
    const layout = dataSet({ list: { kind: "list", rule: "/list", prefix: [], items } });
    const record = { list: [keypoints([0, 1, 2, 3])] };
    await expect(convertConvention(layout, record, to("two"))).rejects.toThrow(
      failing("unwritable", "the schema says that these keypoints are four", "list[0]"),
    );
    const bare = dataSet({ list: { kind: "list", rule: "/list", prefix: [], items: arrayField({}) } });
    const { value } = await convertConvention(bare, record, to("two", { from: "four" }));
    expect(value.list[0]?.shape).toEqual([2, 2, 3]);
  });

  it("does not take members of the prototype for siblings", async () => {
    const layout = dataSet({ k: arrayField({ field: "constructor", default: "four" }) });
    const { value } = await convertConvention(layout, { k: keypoints([0, 1, 2, 3]) }, to("two"));
    expect(Object.getOwnPropertyDescriptor(value, "constructor")?.value).toBe("two");
  });
});
