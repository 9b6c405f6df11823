import { describe, expect, it } from "vitest";
import { FileAccessor } from "../src/engine/accessor.js";
import { type DecodeOptions, decode } from "../src/engine/decode.js";
import { openWith, readWith } from "../src/engine/run.js";
import { type WriteOptions, writeWith } from "../src/engine/write.js";
import type { Layout } from "../src/layout/layout.js";
import { dtype, textType } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { arrayNode, boxed, nodeOfValue } from "../src/tree/value-node.js";
import { Float, NumpyScalar, Tuple, type Value } from "../src/value/value.js";
import { layout, treeContainer } from "./support-layout.js";

type Record_ = Record<string, unknown>;
const read = async (value: unknown, options: DecodeOptions = {}) =>
  (await decode({ layout, holds: "values", nulls: "absent", options }, layout.root, nodeOfValue(value))) as Record_;
const f4 = (values: number[], shape: number[]) => NdArray.from("float32", Float32Array.from(values), shape);
const objects = (items: Value[], shape: number[]) => NdArray.from<"object">(dtype("|O"), items as never, shape);
const zeroD = (descr: string, set: unknown) => {
  const array = zeros(descr, []);
  array.set([], set as never);
  return array;
};

describe("reading by schema", () => {
  it("delivers everyday values from whatever form they are stored in", async () => {
    const value = await read({
      strict: zeroD("|b1", true),
      old_len: zeroD("<i4", 2),
      fps: new Float(30),
      paths: NdArray.from<"string">(textType("string", 2), ["a", "bc"]),
      size: Tuple.of<Value>(480, new NumpyScalar(dtype("<i8"), 640n)),
      smpl: boxed(
        new Map<Value, Value>([
          ["betas", zeros("float32", [2, 10])],
          ["gender", "f"],
        ]),
      ),
      either: NdArray.from<"bytes">(textType("bytes", 2), [Uint8Array.of(111, 107)]),
    });
    expect(value).toMatchObject({
      strict: true,
      len: 2,
      fps: 30,
      paths: ["a", "bc"],
      size: [480, 640],
      either: "ok",
      packed: false,
    });
    expect(value).not.toHaveProperty("old_len");
    expect((value["smpl"] as Record_)["gender"]).toBe("f");
    expect(((value["smpl"] as Record_)["betas"] as NdArray).shape).toEqual([2, 10]);
  });

  it("fills in defaults and the names of conventions, in logical form only", async () => {
    const stored = { keypoints: zeros("float32", [1, 4, 3]), other_a: zeros("float32", [1, 2, 3]) };
    expect(await read(stored)).toMatchObject({ len: -1, keypoints_convention: "four", other_a_convention: "four" });
    expect(Object.keys(await read(stored, { form: "stored" }))).toEqual(["keypoints", "other_a"]);
    expect(await read({ ...stored, strict: true })).not.toHaveProperty("other_a_convention");
  });

  it("leaves out stored Nones, bare or boxed", async () => {
    expect(await read({ boxes: null, odd: boxed(null) }, { form: "stored" })).toEqual({});
  });

  it("unpacks by mask, and hands out the packed rows on request", async () => {
    const stored = {
      packed: true,
      keypoints: f4([1, 2, 3, 4, 5, 6], [1, 2, 3]),
      keypoints_mask: NdArray.from("uint8", Uint8Array.of(0, 1, 0, 1)),
    };
    const { keypoints } = await read(stored);
    expect((keypoints as NdArray).toList()).toEqual([
      [
        [0, 0, 0],
        [1, 2, 3],
        [0, 0, 0],
        [4, 5, 6],
      ],
    ]);
    expect(((await read(stored, { form: "stored" }))["keypoints"] as NdArray).shape).toEqual([1, 2, 3]);
    await expect(read({ ...stored, keypoints_mask: undefined })).rejects.toMatchObject({
      code: "mismatch",
      path: "keypoints",
    });
  });

  it("brings outdated forms up to date", async () => {
    const { boxes } = await read({ boxes: f4([1, 2, 3, 4], [1, 4]) });
    expect([(boxes as NdArray).dtype, (boxes as NdArray).toList()]).toEqual(["float64", [[1, 2, 3, 4, 1]]]);
    const smpl = { betas: zeros("float32", [1, 10]) };
    const rows = await read({ smpl: { ...smpl, pose: f4([1, 2, 3, 4, 5, 6], [1, 6]) } });
    expect(((rows["smpl"] as Record_)["pose"] as NdArray).toList()).toEqual([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]);
    const items = objects([0.5, new Float(1), 2, 3, 4, 5], [1, 2, 3]);
    const converted = await read({ smpl: { ...smpl, pose: items } });
    expect(((converted["smpl"] as Record_)["pose"] as NdArray).data).toEqual(Float64Array.of(0.5, 1, 2, 3, 4, 5));
    await expect(read({ smpl: { ...smpl, pose: objects(["x", 1, 2, 3, 4, 5], [1, 2, 3]) } })).rejects.toMatchObject({
      code: "mismatch",
    });
  });

  it.each([
    [{ boxes: zeros("float32", [2, 6]) }, "boxes", "float32 or float64 (N, 5) expected, float32 array (2, 6) found"],
    [{ boxes: zeros("int8", [2, 5]) }, "boxes", "float32 or float64 (N, 5) expected, int8 array (2, 5) found"],
    [{ len: "2" }, "len", "integer expected, text found"],
    [{ size: [1, 2, 3] }, "size", "a list of 2 expected, a list of 3 found"],
    [{ smpl: "x" }, "smpl", "a dict expected, text found"],
    [{ free: [1] }, "free", "a dict expected, a list of 1 found"],
  ])("throws for %j", async (value, path, reason) => {
    await expect(read(value)).rejects.toMatchObject({ name: "FormatError", code: "mismatch", path, reason });
    expect(Object.keys(await read(value, { mismatches: "keep", form: "stored" }))).toEqual([path]);
  });

  it("asks for required members", async () => {
    await expect(read({ smpl: {} })).rejects.toMatchObject({ code: "missing", path: "smpl" });
  });

  it("takes any key, `__proto__` included", async () => {
    const value = await read(
      new Map<string, unknown>([
        ["__proto__", 1],
        ["constructor", 2],
      ]),
      { form: "stored" },
    );
    expect(Object.entries(value)).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
    ]);
  });
});

describe("arrays in JSON", () => {
  const numbers = (value: unknown) => {
    const halves = { kind: "array", rule: "", dtype: ["float16", "float32"], shape: ["*"] } as const;
    const root = { kind: "object", rule: "", properties: { halves }, required: [], patterns: [], additional: false };
    const target = { ...layout, root } as unknown as Layout;
    return decode(
      { layout: target, holds: "json", nulls: "absent", options: {} },
      target.root,
      nodeOfValue(value),
    ) as Promise<{
      readonly halves?: NdArray;
    }>;
  };
  const json = (value: unknown) =>
    decode(
      { layout, holds: "json", nulls: "absent", options: {} },
      layout.root,
      nodeOfValue(value),
    ) as Promise<Record_>;

  it("are nested lists, read in the first dtype that holds them", async () => {
    const { boxes, keypoints_mask } = await json({ boxes: [[1, new Float(2), 3.5, 4, 5]], keypoints_mask: [0, 1] });
    expect([(boxes as NdArray).dtype, (boxes as NdArray).toList()]).toEqual(["float32", [[1, 2, 3.5, 4, 5]]]);
    expect([(keypoints_mask as NdArray).dtype, (keypoints_mask as NdArray).shape]).toEqual(["uint8", [2]]);
  });

  it("never become infinite: a wider dtype is taken, and without one it is an error", async () => {
    const { halves } = await numbers({ halves: [1, 65519] });
    expect([halves?.dtype, halves?.toList()]).toEqual(["float16", [1, 65504]]);
    const { halves: wide } = await numbers({ halves: [1, 65520] });
    expect([wide?.dtype, wide?.toList()]).toEqual(["float32", [1, 65520]]);
    expect((await numbers({ halves: [Number.NaN, Number.POSITIVE_INFINITY] })).halves?.dtype).toBe("float16");
    await expect(numbers({ halves: [1e39] })).rejects.toMatchObject({ code: "mismatch", path: "halves" });
    await expect(numbers({ halves: [2n ** 200n] })).rejects.toMatchObject({ code: "mismatch" });
  });

  it.each([[{ boxes: [[1, 2], [3]] }], [{ boxes: [["x"]] }], [{ keypoints_mask: [300] }], [{ keypoints_mask: [0.5] }]])(
    "that do not fit are refused: %j",
    async (value) => {
      await expect(json(value)).rejects.toMatchObject({ code: "mismatch", path: Object.keys(value)[0] });
    },
  );
});

describe("writing by schema", () => {
  const write = async (value: unknown, options: WriteOptions & { holds?: "arrays" | "values" } = {}) => {
    const container = treeContainer(options.holds ?? "arrays");
    const target: Layout = {
      ...layout,
      containers: [{ codec: container, extensions: [], nulls: "absent", classes: [] }],
    };
    await writeWith(target, new MemorySink(), value, options);
    return container.written as Map<string, unknown>;
  };

  it("puts defaults and sizes that follow from the arrays first", async () => {
    const tree = await write({ boxes: zeros("float32", [3, 5]), paths: ["a", "b", "c"], config: "x" });
    expect([...tree.keys()]).toEqual(["strict", "len", "packed", "boxes", "paths", "config"]);
    const values = [...tree.values()].slice(0, 3).map((array) => [(array as NdArray).dtype, (array as NdArray).get()]);
    expect(values).toEqual([
      ["bool", false],
      ["int64", 3n],
      ["bool", false],
    ]);
  });

  it("wraps everything in arrays where the container holds arrays only", async () => {
    const tree = await write({
      paths: ["a", "bcd"],
      fps: 30,
      size: [1, 2],
      smpl: { betas: zeros("float32", [2, 10]) },
      free: new Map([["a", 1]]),
    });
    const arrays = new Map([...tree].map(([key, array]) => [key, array as NdArray]));
    expect(arrays.get("paths")?.type.descr).toBe("<U3");
    expect([arrays.get("fps")?.dtype, arrays.get("fps")?.get()]).toEqual(["float64", 30]);
    expect([arrays.get("smpl")?.dtype, arrays.get("smpl")?.ndim]).toEqual(["object", 0]);
    expect((arrays.get("smpl") as NdArray).get()).toEqual(new Map([["betas", expect.any(NdArray)]]));
    expect((arrays.get("free") as NdArray).get()).toEqual(new Map([["a", 1]]));
  });

  it("keeps Python's own values where the container holds them", async () => {
    const tree = await write(
      { fps: 30, size: [1, 2], paths: ["a"], strict: true, smpl: { betas: zeros("float32", [1, 10]) } },
      { holds: "values" },
    );
    expect(tree.get("fps")).toEqual(new Float(30));
    expect(tree.get("size")).toBeInstanceOf(Tuple);
    expect([tree.get("paths"), tree.get("strict"), tree.get("len")]).toEqual([["a"], true, 1]);
    expect(tree.get("smpl")).toBeInstanceOf(Map);
  });

  it("packs by mask and reads back what was written", async () => {
    const value = {
      packed: true,
      keypoints: f4([0, 0, 0, 1, 2, 3], [1, 2, 3]),
      keypoints_mask: NdArray.from("uint8", Uint8Array.of(0, 1)),
      keypoints_convention: "two",
    };
    const tree = await write(value);
    expect((tree.get("keypoints") as NdArray).toList()).toEqual([[[1, 2, 3]]]);
    const again = await read(Object.fromEntries(tree));
    expect((again["keypoints"] as NdArray).toList()).toEqual([
      [
        [0, 0, 0],
        [1, 2, 3],
      ],
    ]);
  });

  it("refuses values that break the schema, with all issues, and leaves nothing behind", async () => {
    const sink = new MemorySink();
    const failure = await writeWith(layout, sink, { boxes: zeros("int8", [1, 5]), paths: [1] }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "unwritable", issues: [{ path: "boxes" }, { path: "paths[0]" }] });
    expect(() => sink.bytes()).toThrow();
    await expect(write({ boxes: zeros("float32", [2, 4]) }, { check: "skip" })).resolves.toBeDefined();
    await expect(writeWith(layout, new MemorySink(), {}, { container: "hdf5" })).rejects.toMatchObject({
      code: "unwritable",
    });
  });
});

describe("accessors", () => {
  class Smpl extends FileAccessor<Record_> {
    betas() {
      return this.need<NdArray>("betas");
    }
  }
  class Sample extends FileAccessor<Record_> {
    keypoints() {
      return this.load<NdArray>("keypoints");
    }
    get smpl() {
      return this.group("smpl", Smpl);
    }
  }
  const open = (value: unknown) => {
    const codec = treeContainer("values", nodeOfValue(value));
    return openWith(
      { ...layout, containers: [{ codec, extensions: [], nulls: "absent", classes: [] }] },
      Sample,
      new Uint8Array(1),
    );
  };

  it("load nothing before they are asked", async () => {
    let loads = 0;
    const array = zeros("float32", [1, 4, 3]);
    const { array: _, ...header } = arrayNode(array, "keypoints");
    const node = {
      ...header,
      load: async () => {
        loads++;
        return array;
      },
    };
    const root = {
      kind: "group" as const,
      path: "",
      keys: ["keypoints"],
      child: async (key: string) => (key === "keypoints" ? node : undefined),
    };
    const codec = treeContainer("arrays", root);
    const file = await openWith(
      { ...layout, containers: [{ codec, extensions: [], nulls: "absent", classes: [] }] },
      Sample,
      new Uint8Array(1),
    );
    expect([await file.keys(), loads]).toEqual([["keypoints"], 0]);
    expect(await file.smpl.exists()).toBe(false);
    expect(await file.keypoints()).toBe(array);
    expect(loads).toBe(1);
    await file.close();
  });

  it("verify, or hand out unchecked what is there", async () => {
    const file = await open({ keypoints: zeros("float32", [1, 4, 2]), smpl: { pose: 1 } });
    await expect(file.keypoints()).rejects.toMatchObject({ code: "mismatch", path: "keypoints" });
    expect(((await file.unchecked("keypoints")) as NdArray).shape).toEqual([1, 4, 2]);
    await expect(file.smpl.betas()).rejects.toMatchObject({ code: "missing", path: "smpl" });
    expect(await file.get("nothing")).toBeUndefined();
    expect((await file.check()).map(({ code, path }) => [code, path])).toEqual([
      ["shape", "keypoints"],
      ["type", "smpl.pose"],
      ["missing", "smpl.betas"],
    ]);
  });

  it("read whole files, too", async () => {
    const codec = treeContainer("values", nodeOfValue({ paths: ["a"] }));
    const target: Layout = { ...layout, containers: [{ codec, extensions: [], nulls: "absent", classes: [] }] };
    expect(await readWith<Record_>(target, new Uint8Array(1), { form: "stored" })).toEqual({ paths: ["a"] });
  });
});
