import { describe, expect, it, test } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import { FileAccessor, GroupAccessor, type ListAccessor } from "../src/engine/accessor.js";
import type { DecodeOptions } from "../src/engine/decode.js";
import { symbolSizes } from "../src/engine/measure.js";
import { openWith, readWith } from "../src/engine/run.js";
import type { FieldLayout, Layout, ObjectLayout } from "../src/layout/layout.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { boxed, nodeOfValue } from "../src/tree/value-node.js";
import { DefaultDict, Tuple, type Value } from "../src/value/value.js";
import { layout, treeContainer } from "./support-layout.js";
import { writtenNpz } from "./support-npz.js";

type Record_ = Record<string, unknown>;

const count = (shape: readonly number[], dtype: "float32" | "float64" | "int64" = "float32"): NdArray => {
  const size = shape.reduce((product, length) => product * length, 1);
  const data =
    dtype === "int64"
      ? BigInt64Array.from({ length: size }, (_, i) => BigInt(i))
      : dtype === "float32"
        ? Float32Array.from({ length: size }, (_, i) => i)
        : Float64Array.from({ length: size }, (_, i) => i);
  return NdArray.from<"float32">(dtype as "float32", data as Float32Array, shape) as unknown as NdArray;
};

/** The layout as one whose only container is the tree of `value`. */
const over = (of: Layout, value: unknown): Layout => ({
  ...of,
  containers: [{ codec: treeContainer("values", nodeOfValue(value)), extensions: [], nulls: "absent", classes: [] }],
});

const read = (value: unknown, options: DecodeOptions, of: Layout = layout): Promise<Record_> =>
  readWith<Record_>(over(of, value), new Uint8Array(1), options);

/** What tests compare: arrays as type, shape and elements. */
const shown = (value: unknown): unknown => {
  if (value instanceof NdArray) return [value.dtype, value.shape, value.toList()];
  if (value instanceof Map) return [value.constructor.name, [...value].map(([key, item]) => [key, shown(item)])];
  if (value instanceof Tuple) return ["tuple", ...value.map(shown)];
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
};

const extra = (field: FieldLayout, properties: Record<string, FieldLayout> = {}): Layout => ({
  ...layout,
  root: {
    ...(layout.root as ObjectLayout),
    properties: { ...(layout.root as ObjectLayout).properties, ...properties, extra: field },
  },
});

describe("a window", () => {
  const value = {
    len: 5,
    fps: 30,
    paths: ["a", "b", "c", "d", "e"],
    size: [4, 5],
    boxes: count([5, 5]),
    vertices: count([5, 3, 3]),
    packed: true,
    keypoints: count([5, 2, 3]),
    keypoints_mask: NdArray.from("uint8", Uint8Array.of(0, 1, 0, 1)),
    smpl: boxed(
      new Map<Value, Value>([
        ["betas", count([5, 10])],
        ["pose", count([5, 6])],
        ["other", count([5])],
      ]),
    ),
    free: new Map<Value, Value>([["x", count([5])]]),
    either: count([5], "int64"),
  };

  test.each([
    [0, 2],
    [1, 4],
    [4, 5],
    [2, 2],
    [3, 9],
    [7, 9],
    [0, 5],
  ])("[%i, %i] cuts what has the symbol and nothing else", async (start, stop) => {
    const whole = await read(value, {});
    const part = await read(value, { window: { N: [start, stop] } });
    const cut = (array: unknown): NdArray => (array as NdArray).slice([start, stop]);
    const smpl = whole["smpl"] as Record_;
    expect(shown(part)).toEqual(
      shown({
        ...whole,
        paths: (whole["paths"] as string[]).slice(start, stop),
        boxes: cut(whole["boxes"]),
        keypoints: cut(whole["keypoints"]),
        smpl: { ...smpl, betas: cut(smpl["betas"]), pose: cut(smpl["pose"]) },
      }),
    );
    expect(part["len"]).toBe(5);
  });

  it("holds none of the memory around it", async () => {
    const part = await read(value, { window: { N: [1, 2] } });
    const smpl = part["smpl"] as Record_;
    for (const array of [part["boxes"], part["keypoints"], smpl["betas"], smpl["pose"]] as NdArray[]) {
      const data = array.data as Float32Array;
      expect([array.offset, data.buffer.byteLength]).toEqual([0, array.byteLength]);
    }
  });

  it("of a packed axis is cut after unpacking, and to the rows that are there as stored", async () => {
    const whole = await read(value, {});
    for (const [start, stop] of [
      [0, 1],
      [1, 2],
      [1, 4],
      [2, 3],
    ] as const) {
      const logical = await read(value, { window: { J: [start, stop], N: [1, 3] } });
      expect(shown(logical["keypoints"])).toEqual(shown((whole["keypoints"] as NdArray).slice([1, 3], [start, stop])));
      const stored = await read(value, { form: "stored", window: { J: [start, stop], N: [1, 3] } });
      const packed = [1, 3].flatMap((place, row) => (place >= start && place < stop ? [row] : []));
      const first = packed[0] ?? 0;
      expect(shown(stored["keypoints"])).toEqual(shown(value.keypoints.slice([1, 3], [first, first + packed.length])));
      expect((stored["keypoints_mask"] as NdArray).toList()).toEqual([0, 1, 0, 1].slice(start, stop));
    }
  });

  it("reads arrays of outdated forms, and of any dtype and order", async () => {
    const old = { boxes: count([4, 4]), smpl: { betas: count([4, 10]), pose: count([4, 6]) } };
    const whole = await read(old, {});
    const part = await read(old, { window: { N: [1, 3] } });
    expect(shown(part["boxes"])).toEqual(shown((whole["boxes"] as NdArray).slice([1, 3])));
    const [a, b] = [part["smpl"], whole["smpl"]] as [Record_, Record_];
    expect(shown(a["pose"])).toEqual(shown((b["pose"] as NdArray).slice([1, 3])));
    const fortran = NdArray.from(
      "float32",
      Float32Array.from({ length: 20 }, (_, i) => i),
      [4, 5],
      { order: "F" },
    );
    const turned = await read({ boxes: fortran }, { window: { N: [1, 3] } });
    expect(shown(turned["boxes"])).toEqual(shown(fortran.slice([1, 3])));
  });

  it("keeps the byte order of stored arrays", async () => {
    const big = NdArray.fromBytes(">f4", [3, 5], new Uint8Array(60).fill(63));
    const { boxes } = await read({ boxes: big }, { form: "stored", window: { N: [1, 2] } });
    expect([(boxes as NdArray).type.descr, shown(boxes)]).toEqual([">f4", shown(big.slice([1, 2]))]);
  });

  test.each<[string, DecodeOptions["window"]]>([
    ["a start behind the stop", { N: [3, 2] }],
    ["a negative start", { N: [-1, 2] }],
    ["a start that is no integer", { N: [0.5, 2] }],
  ])("with %s is a RangeError", async (_, window) => {
    await expect(read(value, { window })).rejects.toThrow(RangeError);
  });

  it("along a symbol that the schema does not have is a TypeError that names those it has", async () => {
    await expect(read(value, { window: { Q: [0, 1] } })).rejects.toThrow(
      new TypeError('the schema has no axis symbol "Q" here; it has N, J, V'),
    );
  });
});

describe("values that are not as long as their symbol", () => {
  const value = { len: 5, boxes: count([5, 5]), keypoints: count([4, 4, 3]), paths: ["a", "b"] };

  it("are errors that name both sizes", async () => {
    const window = { N: [0, 1] } as const;
    await expect(read({ ...value, paths: undefined }, { window })).rejects.toMatchObject({
      code: "mismatch",
      path: "keypoints",
      reason: "float32 or float64 (N, J, 3) with N = 5 expected, float32 array (4, 4, 3) found",
    });
    await expect(read({ ...value, keypoints: undefined }, { window })).rejects.toMatchObject({
      code: "mismatch",
      path: "paths",
      reason: "a list of 5 (N) expected, one of 2 found",
    });
  });

  it("are kept whole on request", async () => {
    const part = await read(value, { window: { N: [0, 1] }, mismatches: "keep" });
    expect([(part["boxes"] as NdArray).shape, (part["keypoints"] as NdArray).shape, part["paths"]]).toEqual([
      [1, 5],
      [4, 4, 3],
      ["a", "b"],
    ]);
  });
});

describe("values that follow a symbol", () => {
  const any: FieldLayout = { kind: "any", rule: "", follows: ["N", "J"] };
  const sized = { len: 4, keypoints_mask: NdArray.from("uint8", new Uint8Array(6).fill(1)) };
  const extraOf = async (value: unknown, window: DecodeOptions["window"], field: FieldLayout = any): Promise<unknown> =>
    shown((await read({ ...sized, extra: value }, { window }, extra(field)))["extra"]);

  it("are cut along the first that has their size", async () => {
    const window = { N: [1, 3], J: [0, 1] } as const;
    expect(await extraOf(count([4, 2]), window)).toEqual(shown(count([4, 2]).slice([1, 3])));
    expect(await extraOf(count([6, 2]), window)).toEqual(shown(count([6, 2]).slice([0, 1])));
    expect(await extraOf(count([5, 4]), window)).toEqual(shown(count([5, 4])));
    expect(await extraOf(["a", "b", "c", "d"], window)).toEqual(["b", "c"]);
    expect(await extraOf(Tuple.of(1, 2, 3, 4), window)).toEqual(["tuple", 2, 3]);
    expect(await extraOf("abcd", window)).toBe("abcd");
    expect(await extraOf(new Set<Value>([1, 2, 3, 4]), window)).toEqual(new Set([1, 2, 3, 4]));
    expect(await extraOf(Uint8Array.of(1, 2, 3, 4), window)).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  it("in a dict member by member, but not deeper; the dict stays what it was", async () => {
    const dict = new DefaultDict([
      ["list", [1, 2, 3, 4]],
      ["array", count([4])],
      ["text", "abcd"],
      ["inner", new Map([["list", [1, 2, 3, 4]]])],
    ] as never);
    dict.factory = "list";
    const { extra: part } = await read({ ...sized, extra: dict }, { window: { N: [0, 2] } }, extra(any));
    expect(shown(part)).toEqual([
      "DefaultDict",
      [
        ["list", [1, 2]],
        ["array", shown(count([4]).slice([0, 2]))],
        ["text", "abcd"],
        ["inner", ["Map", [["list", [1, 2, 3, 4]]]]],
      ],
    ]);
    expect((part as DefaultDict).factory).toBe("list");
    expect(await extraOf(boxed([1, 2, 3, 4]), { N: [3, 4] })).toEqual([4]);
  });

  it("instead of the size that the schema states, if they do not have that", async () => {
    const field: FieldLayout = { kind: "array", rule: "", dtype: ["float32"], shape: ["N", 2], follows: ["J"] };
    const window = { N: [1, 3], J: [0, 1] } as const;
    expect(await extraOf(count([4, 2]), window, field)).toEqual(shown(count([4, 2]).slice([1, 3])));
    expect(await extraOf(count([6, 2]), window, field)).toEqual(shown(count([6, 2]).slice([0, 1])));
    await expect(extraOf(count([5, 2]), window, field)).rejects.toMatchObject({ code: "mismatch", path: "extra" });
    const list: FieldLayout = { ...(layout.root as ObjectLayout).properties["paths"], follows: ["J"] } as FieldLayout;
    expect(await extraOf(["a", "b", "c", "d", "e", "f"], window, list)).toEqual(["a"]);
  });

  it("what stands beside a reference goes before what its part says", async () => {
    const of: Layout = {
      ...extra(
        { kind: "ref", rule: "", name: "Free", follows: ["J"] },
        { other: { kind: "ref", rule: "", name: "Free" } },
      ),
      defs: { ...layout.defs, Free: any },
    };
    const value = { ...sized, extra: [1, 2, 3, 4], other: [1, 2, 3, 4] };
    const part = await read(value, { window: { N: [0, 1] } }, of);
    expect([part["extra"], part["other"]]).toEqual([[1, 2, 3, 4], [1]]);
  });
});

/** Clips that bind symbols of their own inside a file that has one of the same name. */
const clip: ObjectLayout = {
  kind: "object",
  rule: "/$defs/Clip",
  dims: { T: { role: "frame", equals: "total" }, M: { role: "person" } },
  properties: {
    total: { kind: "scalar", rule: "", types: ["integer"] },
    keypoint: { kind: "array", rule: "", dtype: ["float32"], shape: ["M", "T", 2] },
    frame_of: { kind: "array", rule: "", dtype: ["float32"], shape: ["N"] },
    next: { kind: "ref", rule: "", name: "Clip" },
    meta: {
      kind: "object",
      rule: "",
      properties: {},
      required: [],
      patterns: [],
      additional: { kind: "any", rule: "", follows: ["T"] },
    },
  },
  required: [],
  patterns: [],
  additional: false,
};

const clips: Layout = {
  ...layout,
  root: {
    ...clip,
    dims: { N: { role: "person" }, T: { role: "frame" } },
    properties: {
      names: {
        kind: "list",
        rule: "",
        prefix: [],
        items: { kind: "scalar", rule: "", types: ["string"] },
        length: "N",
      },
      ticks: { kind: "array", rule: "", dtype: ["float32"], shape: ["T"] },
      clips: { kind: "list", rule: "", prefix: [], items: { kind: "ref", rule: "", name: "Clip" } },
    },
  },
  defs: { Clip: clip },
};

class Clip extends GroupAccessor<Record_> {
  get next(): Clip {
    return this.group("next", Clip);
  }
  get meta(): GroupAccessor<Record_> {
    return this.group("meta", GroupAccessor<Record_>);
  }
}
class Clips extends FileAccessor<Record_> {
  get clips(): ListAccessor<Clip> {
    return this.list("clips", Clip);
  }
}

describe("symbols that an inner object binds anew", () => {
  const one = { total: 8, keypoint: count([1, 8, 2]), frame_of: count([3]), meta: new Map([["x", count([8])]]) };
  const value = {
    names: ["a", "b", "c"],
    ticks: count([8]),
    clips: [one, { total: 3, keypoint: count([2, 3, 2]), next: one }],
  };

  it("are others: a window of the file does not reach them, one of an outer symbol does", async () => {
    const part = await read(value, { window: { T: [0, 2], N: [1, 2] } }, clips);
    const [first, second] = part["clips"] as [Record_, Record_];
    expect(shown(part["ticks"])).toEqual(shown(count([2])));
    expect(part["names"]).toEqual(["b"]);
    expect(shown(first["keypoint"])).toEqual(shown(one.keypoint));
    expect(shown(first["frame_of"])).toEqual(shown(one.frame_of.slice([1, 2])));
    expect(shown((second["next"] as Record_)["keypoint"])).toEqual(shown(one.keypoint));
  });

  it("are those of the group whose accessor is asked", async () => {
    const file = await openWith<Clips>(over(clips, value), Clips, new Uint8Array(1));
    const first = file.clips.at(0);
    const window = { T: [2, 4] } as const;
    expect(shown(await first.get("keypoint", { window }))).toEqual(shown(one.keypoint.slice(null, [2, 4])));
    expect(shown(await first.get("frame_of", { window: { N: [0, 1] } }))).toEqual(shown(count([1])));
    expect(shown(await first.meta.get("x", { window }))).toEqual(shown(one.meta.get("x")?.slice([2, 4])));
    expect(shown((await first.meta.read({ window }))["x"])).toEqual(shown(one.meta.get("x")?.slice([2, 4])));
    const second = await file.clips.at(1).read({ window: { T: [0, 1] } });
    expect((second["keypoint"] as NdArray).shape).toEqual([2, 1, 2]);
    expect(((second["next"] as Record_)["keypoint"] as NdArray).shape).toEqual([1, 8, 2]);
    const next = await file.clips.at(1).next.read({ window: { T: [0, 1] } });
    expect((next["keypoint"] as NdArray).shape).toEqual([1, 1, 2]);
    expect(await file.get("ticks", { window: { T: [6, 99] } })).toMatchObject({ shape: [2] });
    expect(shown(await file.unchecked("ticks", { window }))).toEqual(shown(value.ticks));
  });
});

test("sizes of a file come from what it states, then from what its headers show", async () => {
  const sizes = async (value: unknown, of = layout) => Object.fromEntries(await symbolSizes(of, nodeOfValue(value)));
  expect(await sizes({ len: 7, boxes: zeros("float32", [5, 5]) })).toEqual({ N: 7 });
  expect(await sizes({ len: -1, boxes: zeros("float32", [5, 5]), keypoints_mask: zeros("uint8", [4]) })).toEqual({
    N: 5,
    J: 4,
  });
  expect(await sizes({ other_x: zeros("float32", [6, 2, 3]) })).toEqual({ N: 6 });
  // What may follow something else as well is asked last.
  const paths: FieldLayout = { ...(layout.root as ObjectLayout).properties["paths"], follows: ["J"] } as FieldLayout;
  const of = extra({ kind: "any", rule: "" }, { paths });
  expect((await sizes({ paths: ["a"], boxes: zeros("float32", [5, 5]) }, of))["N"]).toBe(5);
  expect((await sizes({ paths: ["a"] }, of))["N"]).toBe(1);
});

test("an accessor measures a file once, and reads only what it is asked for", async () => {
  const bytes = await writtenNpz(
    new Map<Value, Value>([
      ["boxes", count([4000, 5])],
      ["keypoints", count([4000, 4, 3])],
    ]),
    { compression: "none" },
  );
  const reads: number[] = [];
  const source = {
    byteLength: bytes.byteLength,
    name: "",
    read: async (start: number, end: number) => {
      reads.push(end - start);
      return bytes.slice(start, end);
    },
  };
  const of: Layout = { ...layout, containers: [{ codec: npz, extensions: [], nulls: "absent", classes: [] }] };
  const file = await openWith<FileAccessor<Record_>>(of, FileAccessor<Record_>, source);
  const window = { N: [100, 110] } as const;
  const first = (await file.get("keypoints", { window })) as NdArray;
  expect(shown(first)).toEqual(shown(count([4000, 4, 3]).slice([100, 110])));
  reads.length = 0;
  await file.get("keypoints", { window });
  expect(reads).toEqual([10 * 4 * 3 * 4]);
});
