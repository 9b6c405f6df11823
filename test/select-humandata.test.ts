import { readFileSync } from "node:fs";
import {
  concatWith,
  cropOrPad,
  digest,
  dtype,
  type FrameRange,
  type Layout,
  memorySource,
  NdArray,
  nodeOfValue,
  readWith,
  sizeAlong,
  sliceWith,
  Tuple,
  take,
} from "@somakit/core";
import { describe, expect, it } from "vitest";
import { layout as single } from "../packages/formats/src/humandata/humandata.layout.gen.js";
import { layout as multi } from "../packages/formats/src/humandata/multi.layout.gen.js";
import { differences } from "./conformance/compare.js";

/** Recorded operations of the Python classes, done with the functions that any schema has, and HumanData's layouts. */

type Json = Readonly<Record<string, unknown>>;
type Data = Record<string, unknown>;
interface Op {
  readonly op: string;
  readonly on?: string;
  readonly as?: string;
  readonly other?: string;
  readonly key?: string;
  readonly value?: unknown;
  readonly args?: readonly (number | null)[];
  readonly shape?: readonly number[];
  readonly paddingConstant?: number;
  readonly start?: Json;
  readonly quirk?: string;
  readonly result?: unknown;
  readonly error?: Json;
  readonly recommended?: { readonly items?: Json; readonly attributes?: Json; readonly note?: string };
}

const folder = new URL("conformance/humandata/", import.meta.url);
const traceOf = (name: string): { class: string; start: Json; ops: readonly Op[] } =>
  JSON.parse(readFileSync(new URL(`trace-${name}.json`, folder), "utf8"));

async function begin(layout: Layout, start: Json): Promise<Data> {
  if (typeof start["fixture"] !== "string") return { __key_strict__: false, __data_len__: -1 };
  const bytes = readFileSync(new URL(start["fixture"], folder));
  // Packed keypoints stay packed.
  return readWith<Data>(layout, memorySource(bytes), {
    form: start["fixture"] === "compressed.npz" ? "stored" : "logical",
  });
}

/** The value that the notation of a trace stands for. */
function fromNotation(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(fromNotation);
  if (typeof json !== "object" || json === null) return json;
  const { $arr: array, $tuple: tuple, $set: set } = json as Json;
  if (Array.isArray(tuple)) return Tuple.of<unknown>(...tuple.map(fromNotation));
  if (Array.isArray(set)) return new Set(set);
  if (array) return arrayOf(array as Json);
  return new Map(Object.entries(json).map(([key, value]) => [key, fromNotation(value)]));
}

function arrayOf({ kind, shape, dtype: descr, data, offset = 0, scale = 1, value = 0 }: Json): NdArray {
  const size = (shape as number[]).reduce((product, axis) => product * axis, 1);
  const flat = (data as number[] | undefined)?.flat(9);
  const at = (index: number): number => {
    if (kind === "arange") return (offset as number) + (scale as number) * index;
    return flat ? (flat[index] as number) : kind === "ones" ? 1 : kind === "full" ? (value as number) : 0;
  };
  const type = dtype(descr as string);
  const array = NdArray.fromBytes(type, [size], new Uint8Array(size * type.itemSize));
  for (let i = 0; i < size; i++) array.set([i], (type.name === "int64" ? BigInt(at(i)) : at(i)) as never);
  return array.reshape(shape as number[]);
}

/** `get_slice(stop)`, `(start, stop)` or `(start, stop, step)`; a stop left out with a start given counts as the stop. */
function rangeOf(args: readonly (number | null)[]): FrameRange {
  if (args.length === 1) return [0, args[0] as number];
  const [start, stop, step = null] = args as [number, number | null, (number | null)?];
  return stop === null ? [0, start, step] : [start, stop, step];
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  __key_strict__: "key_strict",
  __data_len__: "data_len",
  __keypoints_compressed__: "keypoints_compressed",
  __instance_num__: "instance_num",
};

/** Where a record differs from what a trace says, with what it recommends in place of that. */
async function differ(layout: Layout, record: Data, { result, recommended }: Op): Promise<readonly unknown[]> {
  const expected = result as { items: Json; attributes: Json };
  const items = { ...expected.items };
  for (const key of Object.keys({ ...recommended?.items, ...REPLACED })) delete items[key];
  const kept = Object.fromEntries(
    Object.entries(record).filter(
      ([key]) => !(key in ATTRIBUTES || key in REPLACED || key in (recommended?.items ?? {})),
    ),
  );
  const found: unknown[] = [...differences(items, await described(kept), "", { scalars: "plain", order: false })];
  const attributes: Json = { ...expected.attributes, ...recommended?.attributes };
  for (const [key, name] of Object.entries(ATTRIBUTES)) {
    if (record[key] !== undefined && attributes[name] !== undefined && record[key] !== attributes[name])
      found.push({ key, expected: attributes[name], found: record[key] });
  }
  if (layout === single && sizeAlong(layout, record, "N") !== attributes["data_len"]) found.push("size of N");
  return found;
}

/** A record in the notation of the traces. */
async function described(record: Data): Promise<Json> {
  const { pickle } = (await digest(nodeOfValue(dictsOf(record)))) as { pickle: { dict: Json } };
  return pickle.dict;
}

/** Objects as the dicts that they were in Python. */
function dictsOf(value: unknown): unknown {
  const plain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return plain ? new Map(Object.entries(value).map(([key, item]) => [key, dictsOf(item)])) : value;
}

/** Cut along the frames here, never by upstream (Q25). */
const REPLACED: Json = { vertices: true };

const getSlice = (layout: Layout, record: Data, args: readonly (number | null)[]): Data =>
  sliceWith(layout, record, rangeOf(args), { mismatches: "keep" });

describe.each(["slice", "slice-compressed"])("trace-%s", (name) => {
  const { start, ops } = traceOf(name);
  const states = new Map<string, Data>();
  it("gives what upstream gives, with vertices cut as well (Q25, Q26)", async () => {
    const source = await begin(single, start);
    states.set("h", source);
    const vertices = source["vertices"] as NdArray | undefined;
    let compared = 0;
    for (const op of ops) {
      const from = states.get(op.on ?? "h") as Data;
      if (op.op === "decompress") states.set(op.on ?? "h", unpacked(from));
      if (op.op !== "getSlice" || !op.args) continue;
      if (op.error) {
        expect(() => getSlice(single, from, op.args ?? [])).toThrow(new RangeError(String(op.error["message"])));
        continue;
      }
      const result = getSlice(single, from, op.args);
      expect(await differ(single, result, op), JSON.stringify(op.args)).toEqual([]);
      if (vertices) expect((result["vertices"] as NdArray).shape[0]).toBe(result["__data_len__"]);
      if (op.as) states.set(op.as, result);
      compared++;
    }
    expect(compared).toBe(name === "slice" ? 10 : 3);
  });
});

it("trace-slice-containers: cuts lists and tuples, keeps texts, inner dicts and sets whole (Q21, Q22, Q23)", async () => {
  const { start, ops } = traceOf("slice-containers");
  const record = await begin(single, start);
  let compared = 0;
  for (const op of ops) {
    if (op.op === "set") record[op.key as string] = fromNotation(op.value);
    if (op.op === "delete") delete record[op.key as string];
    if (op.op !== "getSlice") continue;
    const result = getSlice(single, { ...record, __data_len__: 3 }, op.args ?? []);
    compared++;
    expect(result["video"]).toBe("xxx");
    if (op.error || op.quirk === "Q23") {
      for (const key of op.quirk === "Q23" ? ["misc"] : ["misc", "a_set"]) expect(result[key]).toEqual(record[key]);
    } else {
      const meta = result["meta"] as Map<string, unknown> | undefined;
      expect(meta?.get("gender") ?? "mmm").toBe("mmm");
      meta?.set("gender", "mm");
      const dict = { ...result, video: "x".repeat(result["__data_len__"] as number) };
      expect(await differ(single, dict, { ...op, recommended: {} }), JSON.stringify(op)).toEqual([]);
    }
  }
  expect(compared).toBe(8);
});

it("trace-multi: slices by image, rebases the ranges and cuts what is per image by image (Q49, Q50, Q51)", async () => {
  const { start, ops } = traceOf("multi");
  let record = await begin(multi, start);
  let compared = 0;
  for (const op of ops) {
    if (op.op === "set" && !op.error) record[op.key as string] = fromNotation(op.value);
    if (op.op === "compress") record = packed(record);
    if (op.op !== "getSlice" || !op.args) continue;
    compared++;
    const result = getSlice(multi, record, op.args);
    if (op.error) {
      expect(result["__instance_num__"]).toBe(0);
      expect((result["keypoints2d"] as NdArray).shape).toEqual([0, 190, 3]);
      expect((result["frame_range"] as NdArray).shape).toEqual([0, 2]);
      continue;
    }
    const ranges = (op.recommended?.items?.["frame_range"] as { values: number[][] } | undefined)?.values;
    if (ranges) expect((result["frame_range"] as NdArray).toJSON()).toEqual(ranges);
    // Upstream gathers entries per image as if there were one per person.
    const items = { ...op.recommended?.items, frame_range: true, ...(record["image_id"] ? { image_id: true } : {}) };
    expect(await differ(multi, result, { ...op, recommended: { items } }), JSON.stringify(op.args)).toEqual([]);
    expect((result["frame_range"] as NdArray).dtype).toBe("int64");
    if (op.quirk === "Q50") expect(result["image_id"]).toEqual([1, 2]);
  }
  expect(compared).toBe(8);
});

it("trace-multi-build: a member of a dict that has one item per image is cut by image (Q50)", async () => {
  const { start, ops } = traceOf("multi-build");
  const record: Data = await begin(multi, start);
  for (const op of ops) {
    if (op.op === "set" && !op.error) record[op.key as string] = fromNotation(op.value);
    if (op.op !== "getSlice" || !op.args) continue;
    const result = getSlice(multi, record, op.args);
    const meta = result["meta"] as Map<string, NdArray>;
    expect(meta.get("per_image")?.toList()).toEqual([1, 2]);
    expect(meta.get("per_person")?.toList()).toEqual([2, 3, 4, 5]);
    expect(meta.get("other")?.toList()).toEqual([0, 1, 2, 3]);
    const items = { frame_range: true, meta: true };
    expect(await differ(multi, result, { ...op, recommended: { items } })).toEqual([]);
  }
});

it("trace-multi-no-range: says which field is needed (Q52)", async () => {
  const bbox_xywh = arrayOf({ kind: "zeros", shape: [3, 5], dtype: "<f8" });
  expect(() => sliceWith(multi, { bbox_xywh }, [0, 1])).toThrow('"frame_range" is required');
});

describe.each(["concat", "concat-simple"])("trace-%s", (name) => {
  it("joins as upstream does, in the order of the keys, with sizes and text (Q57, Q58, Q59, Q60, Q61)", async () => {
    const { start, ops } = traceOf(name);
    const records = new Map<string, Data>([["h", await begin(single, start)]]);
    const whole = new Map<string, Data>();
    let [joined, refused] = [0, 0];
    for (const [at, op] of ops.entries()) {
      const key = op.on ?? "h";
      const record = records.get(key) as Data;
      if (op.op === "new") records.set(op.as as string, await begin(single, op.start as Json));
      if (op.op === "set") record[op.key as string] = fromNotation(op.value);
      if (op.op === "delete") delete record[op.key as string];
      // Joining is for unpacked records: what upstream pads is what it was before.
      if (op.op === "compress") whole.set(key, unpacked(packed(record)));
      if (op.op === "decompress") {
        records.set(key, whole.get(key) as Data);
        whole.delete(key);
      }
      if (op.op === "getSlice") {
        const result = getSlice(single, record, op.args ?? []);
        if (!op.quirk) expect(await differ(single, result, op)).toEqual([]);
        else expect(result["__data_len__"]).toBe(1);
      }
      if (op.op !== "concatenate") continue;
      const others = [whole.get(key) ?? record, whole.get("b") ?? (records.get(op.other as string) as Data)];
      const join = (): Data => concatWith(single, others, { constants: "suffix" });
      if (op.error && op.quirk !== "Q61") {
        expect(join, `operation ${at}`).toThrow(/expected, found/);
        refused++;
        continue;
      }
      const result = join();
      joined++;
      if (op.as) records.set(op.as, result);
      if (op.quirk === "Q61") expect([result["label_0"], result["label_1"]]).toEqual(["ab", "abc"]);
      else if (op.quirk === "Q57" && !op.as) expect(sizeAlong(single, result, "N")).toBe(8);
      else expect(await differ(single, result, { ...op, result: merged(op) }), `operation ${at}`).toEqual([]);
      const order = Object.keys(result).map((name) => name.replace(/_[01]$/, ""));
      const keys = [...new Set(others.flatMap((other) => Object.keys(other)))];
      expect([...new Set(order)]).toEqual(keys);
    }
    expect([joined, refused]).toEqual(name === "concat" ? [3, 2] : [2, 0]);
  });
});

/** The traces say data_len -1 where nothing had set it (Q57). */
function merged({ result, quirk }: Op): unknown {
  const state = result as { attributes: Json };
  return quirk === "Q57" ? { ...state, attributes: { ...state.attributes, data_len: 5 } } : state;
}

it("trace-concat-multi: moves the ranges of later records (Q53, Q57)", async () => {
  const { start, ops } = traceOf("concat-multi");
  const record = await begin(multi, start);
  const op = ops.find(({ op: name }) => name === "concatenate") as Op;
  const result = concatWith(multi, [record, await begin(multi, start)], { constants: "suffix" });
  const ranges = op.recommended?.items?.["frame_range"] as { readonly values: number[][] } | undefined;
  expect((result["frame_range"] as NdArray).toJSON()).toEqual(ranges?.values);
  expect(await differ(multi, result, op)).toEqual([]);
});

describe.each(["shape", "shape-compressed"])("trace-%s", (name) => {
  it("crops and pads as upstream does, and refuses what a type cannot hold (Q29, Q30, Q32)", async () => {
    const { start, ops } = traceOf(name);
    const record = await begin(single, start);
    for (const op of ops) {
      const value = record[op.key as string];
      if (!(value instanceof NdArray)) continue;
      const change = (): NdArray => cropOrPad(value, op.shape ?? [], op.paddingConstant ?? 0);
      if (op.error || op.quirk === "Q30") expect(change, JSON.stringify(op)).toThrow(RangeError);
      else {
        expect(differences({ x: op.result }, await described({ x: change() }))).toEqual([]);
      }
    }
  });
});

/** Packs keypoints by their masks, as a stored record has them. */
function packed(record: Data): Data {
  const result: Data = { ...record, __keypoints_compressed__: true };
  for (const [key, value] of Object.entries(record)) {
    const mask = record[`${key}_mask`];
    if (!(value instanceof NdArray && mask instanceof NdArray)) continue;
    const ones = [...mask].flatMap((one, index) => (Number(one) === 1 ? [index] : []));
    result[key] = take(value, ones, 1);
  }
  return result;
}

/** Puts packed keypoints back to where their masks have ones. */
function unpacked(record: Data): Data {
  const result: Data = { ...record, __keypoints_compressed__: false };
  for (const [key, value] of Object.entries(record)) {
    const mask = record[`${key}_mask`];
    if (!(value instanceof NdArray && mask instanceof NdArray)) continue;
    let next = 0;
    const zero = value.shape[1] as number;
    const from = [...mask].map((one) => (Number(one) === 1 ? next++ : zero));
    const padded = cropOrPad(value, [-1, zero + 1, -1]);
    result[key] = take(padded, from, 1);
  }
  return result;
}
