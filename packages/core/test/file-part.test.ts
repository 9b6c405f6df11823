import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import { pickle } from "../src/codec/pickle/index.js";
import { FileAccessor } from "../src/engine/accessor.js";
import type { WriteContainerOptions } from "../src/engine/container.js";
import type { FileSliceOptions } from "../src/engine/file-part.js";
import { openWith } from "../src/engine/run.js";
import { framesWith, selectWith, sliceWith } from "../src/engine/select/slice.js";
import { writeWith } from "../src/engine/write.js";
import type { Layout, ObjectLayout } from "../src/layout/layout.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Source } from "../src/source/source.js";
import { Tuple, type Value } from "../src/value/value.js";
import { type CountingSource, countingSource, formatError, noise } from "./support-io.js";
import { layout as sample } from "./support-layout.js";
import { makeZip } from "./support-zip.js";

type Record_ = Record<string, unknown>;

const root = sample.root as ObjectLayout;
const layout: Layout = {
  ...sample,
  containers: [
    { codec: npz, extensions: [".npz"], nulls: "absent", classes: [] },
    { codec: pickle, extensions: [".pkl"], nulls: "absent", classes: [] },
  ],
  root: {
    ...root,
    properties: { ...root.properties, extra: { kind: "any", rule: "", follows: ["N"] } },
    patterns: root.patterns.map(({ field }) => ({ pattern: "^other_[a-z]+$", field })),
  },
};

const FRAMES = 23;
const floats = (shape: readonly number[]): NdArray =>
  NdArray.from<"float32">(
    "float32",
    Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => i / 3),
    shape,
  ) as unknown as NdArray;

const value: Record_ = {
  len: FRAMES,
  packed: true,
  paths: Array.from({ length: FRAMES }, (_, i) => `image ${i}`),
  boxes: floats([FRAMES, 5]),
  keypoints: floats([FRAMES, 4, 3]),
  keypoints_mask: NdArray.from("uint8", Uint8Array.of(1, 0, 1, 1)),
  other_hands: floats([FRAMES, 2, 3]),
  other_hands_mask: NdArray.from("uint8", Uint8Array.of(1, 1)),
  vertices: floats([2, 3, 3]),
  smpl: { betas: floats([FRAMES, 10]), pose: floats([FRAMES, 2, 3]), name: "x" },
  extra: new Map<Value, Value>([
    ["ids", Tuple.of<Value>(...Array.from({ length: FRAMES }, (_, i) => i))],
    ["camera", floats([3, 3])],
  ]),
};

async function written(
  of: Layout,
  record: Record_,
  options: WriteContainerOptions & { readonly container?: string } = {},
): Promise<Uint8Array> {
  const sink = new MemorySink();
  await writeWith(of, sink, record, { ...options, check: "skip" });
  return sink.bytes();
}

type Opened = FileAccessor<Record_>;
const open = (of: Layout, source: Uint8Array | Source): Promise<Opened> =>
  openWith<Opened>(of, FileAccessor<Record_>, source);

/** What tests compare: arrays as type, shape and elements, without regard to where their memory is. */
function shown(part: unknown): unknown {
  if (part instanceof NdArray) return [part.dtype, part.shape, part.toList()];
  if (part instanceof Map) return [...part].map(([key, item]) => [key, shown(item)]);
  if (part instanceof Tuple) return ["tuple", ...part.map(shown)];
  if (Array.isArray(part)) return part.map(shown);
  if (typeof part !== "object" || part === null || Object.getPrototypeOf(part) !== Object.prototype) return part;
  return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, shown(item)]));
}

const FILES: readonly (readonly [string, WriteContainerOptions & { readonly container?: string }])[] = [
  ["a compressed archive", { compression: "fast" }],
  ["a stored archive", { compression: "none" }],
  ["a pickle of protocol 2", { container: "pickle", protocol: 2 }],
  ["a pickle of protocol 5", { container: "pickle", protocol: 5 }],
];

const bound = fc.option(fc.integer({ min: -FRAMES - 3, max: FRAMES + 3 }), { nil: null });
const ranges = fc.tuple(bound, bound, fc.option(fc.integer({ min: -5, max: 5 }).filter(Boolean), { nil: null }));

describe.each(FILES)("part of %s", (_, how) => {
  it("is what slicing all of it gives, whatever the range", async () => {
    const bytes = await written(layout, value, how);
    for (const source of [bytes, countingSource(bytes)]) {
      const file = await open(layout, source);
      for (const form of ["logical", "stored"] as const) {
        const whole = await file.read({ form });
        for (const range of fc.sample(ranges, { numRuns: 60, seed: 5 })) {
          const part = await file.slice(range, { form });
          expect(shown(part), `[${range}]`).toEqual(shown(sliceWith(layout, whole, range)));
        }
      }
    }
  });

  it("is what selecting from all of it gives", async () => {
    const file = await open(layout, countingSource(await written(layout, value, how)));
    const whole = await file.read();
    for (const indices of [[], [3], [-1, 0, 0, 7], [5, 6, 7], [9, 8, 2]]) {
      expect(shown(await file.select(indices))).toEqual(shown(selectWith(layout, whole, indices)));
    }
    const odd = (index: number): boolean => index % 2 === 1;
    expect(shown(await file.select(odd))).toEqual(shown(selectWith(layout, whole, odd)));
    await expect(file.select([FRAMES])).rejects.toThrow(RangeError);
    await expect(file.select([-FRAMES - 1])).rejects.toThrow(RangeError);
  });

  it.each([1, 4, 23, 100, undefined])("comes record by record, %s items each", async (batch) => {
    const file = await open(layout, countingSource(await written(layout, value, how)));
    const whole = await file.read();
    const found: unknown[] = [];
    for await (const record of file.frames({ batch })) found.push(shown(record));
    const expected = [...framesWith(layout, whole, { batch: batch ?? FRAMES })].map(shown);
    expect(found).toEqual(expected);
  });
});

test("slices state their own sizes, in files that state none as well", async () => {
  const file = await open(layout, await written(layout, value));
  expect((await file.slice([2, 5]))["len"]).toBe(3);
  const sink = new MemorySink();
  await npz.write(sink, new Map<Value, Value>([["boxes", floats([FRAMES, 5])]]));
  const silent = await open(layout, sink.bytes());
  const part = await silent.slice([2, 5]);
  expect([part["len"], (part["boxes"] as NdArray).shape]).toEqual([3, [3, 5]]);
  expect(await silent.slice([2, 5], { form: "stored" })).not.toHaveProperty("len");
});

test("ranges, batches and axes that are none are refused", async () => {
  const file = await open(layout, await written(layout, value));
  await expect(file.slice([0, 5, 0])).rejects.toThrow(new RangeError("slice step cannot be zero"));
  await expect(file.slice([0.5, 5])).rejects.toThrow(RangeError);
  await expect(file.slice([0, 5], { along: "Q" })).rejects.toThrow(TypeError);
  for (const batch of [0, -1, 1.5])
    await expect(file.frames({ batch })[Symbol.asyncIterator]().next()).rejects.toThrow(RangeError);
  expect((await file.slice([1, 3], { along: "J" }))["keypoints"]).toMatchObject({ shape: [FRAMES, 2, 3] });
});

test("values with another number of items are errors, or kept on request", async () => {
  const wrong = { ...value, boxes: floats([FRAMES - 1, 5]) };
  const file = await open(layout, await written(layout, wrong));
  await expect(file.slice([0, 2])).rejects.toMatchObject({ code: "mismatch", path: "boxes" });
  const part = await file.slice([0, 2], { mismatches: "keep" });
  expect([part["boxes"], part["keypoints"]]).toMatchObject([{ shape: [FRAMES - 1, 5] }, { shape: [2, 4, 3] }]);
});

describe("stated sizes that nothing shows", () => {
  it.each([1e15, 2 ** 25])("of %s items are no reason to count that far", async (len) => {
    const bytes = await written(layout, { len, vertices: floats([2, 3, 3]) });
    const file = await open(layout, bytes);
    await formatError(() => file.slice([0, 2]), "limit");
    await formatError(() => file.select(() => true), "limit");
    await formatError(() => file.frames()[Symbol.asyncIterator]().next(), "limit");
  });

  it("are sizes all the same when they are small", async () => {
    const file = await open(layout, await written(layout, { len: 5, vertices: floats([2, 3, 3]) }));
    expect((await file.slice([0, 2]))["len"]).toBe(2);
  });

  it("below zero are errors", async () => {
    const file = await open(layout, await written(layout, { len: -7, fps: 30 }));
    await formatError(() => file.slice([0, 2]), "mismatch");
  });
});

describe("going through a file once", () => {
  const SIZE = 3000;
  const many = {
    len: SIZE,
    boxes: floats([SIZE, 5]),
    keypoints: NdArray.from("float32", Float32Array.from(noise(SIZE * 400 * 3)), [SIZE, 400, 3]),
    other_hands: NdArray.from("float32", Float32Array.from(noise(SIZE * 200 * 3, 2)), [SIZE, 200, 3]),
    vertices: NdArray.from("float32", Float32Array.from(noise(60_000 * 9, 3)), [60_000, 3, 3]),
  };
  const files = new Map<unknown, Promise<Uint8Array>>();
  const read = async (how: { readonly compression: "fast" | "none" }): Promise<CountingSource> => {
    const bytes = files.get(how.compression) ?? written(layout, many, how);
    files.set(how.compression, bytes);
    return countingSource(await bytes);
  };

  it.each(["fast", "none"] as const)("reads every byte once (compression %s)", async (compression) => {
    const source = await read({ compression });
    const file = await open(layout, source);
    source.reads.length = 0;
    let records = 0;
    for await (const record of file.frames({ batch: 100 })) {
      records++;
      expect((record["keypoints"] as NdArray).shape).toEqual([100, 400, 3]);
    }
    expect(records).toBe(30);
    expect(source.bytesRead).toBeLessThan(1.02 * source.byteLength + 50_000);
  });

  it("reads no further than the records that were taken", async () => {
    const source = await read({ compression: "fast" });
    const file = await open(layout, source);
    source.reads.length = 0;
    for await (const record of file.frames({ batch: 10 })) {
      expect((record["boxes"] as NdArray).shape).toEqual([10, 5]);
      break;
    }
    // The constant entry has to be read; of the others, a few pieces of a MiB.
    expect(source.bytesRead).toBeLessThan(0.75 * source.byteLength);
    const before = source.reads.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(source.reads.length).toBe(before);
  });

  it("shares what is constant between the records", async () => {
    const file = await open(layout, await read({ compression: "fast" }));
    const seen = new Set<unknown>();
    for await (const record of file.frames({ batch: 1000 })) seen.add(record["vertices"]);
    expect(seen.size).toBe(1);
  });

  it("chooses batches that take little memory", async () => {
    const file = await open(layout, await read({ compression: "fast" }));
    const sizes: number[] = [];
    for await (const record of file.frames()) sizes.push((record["boxes"] as NdArray).shape[0] as number);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(SIZE);
    expect(sizes.length).toBeGreaterThan(1);
    expect((sizes[0] as number) * 600 * 3 * 4).toBeLessThan(17 << 20);
  });

  it("reports a wrong checksum with the last record, and stops when aborted", async () => {
    const bytes = await written(layout, { len: 400, boxes: floats([400, 5]) }, { compression: "none" });
    // The last number of the boxes.
    const at = Buffer.from(bytes).indexOf(Buffer.from("boxes.npy")) + 9 + 128 + 7990;
    bytes[at] = (bytes[at] as number) ^ 1;
    const file = await open(layout, countingSource(bytes));
    let records = 0;
    const all = async (): Promise<void> => {
      for await (const _record of file.frames({ batch: 100 })) records++;
    };
    await formatError(all, "checksum");
    expect(records).toBe(3);

    const abort = new AbortController();
    const healthy = await open(layout, await read({ compression: "fast" }));
    const aborted = async (): Promise<void> => {
      for await (const _record of healthy.frames({ batch: 100, signal: abort.signal }))
        abort.abort(new Error("enough"));
    };
    await expect(aborted()).rejects.toThrow("enough");
  });

  it("throws what is wrong with a deflated entry when it gets there", async () => {
    const good = (await written(layout, many, { compression: "fast" })).slice();
    const at = Buffer.from(good).indexOf(Buffer.from("keypoints.npy")) + 2_000_000;
    good.set(noise(60_000, 9), at);
    const file = await open(layout, countingSource(good));
    let records = 0;
    const all = async (): Promise<void> => {
      for await (const _record of file.frames({ batch: 100 })) records++;
    };
    const error = await formatError(all);
    expect([error.path, records > 0 && records < 30]).toEqual(["keypoints.npy", true]);
  });
});

/** Images with several persons each. */
const people: Layout = {
  ...layout,
  root: {
    ...root,
    dims: {
      I: { role: "frame", equals: "images", unset: -1 },
      N: { role: "person", equals: "persons", unset: -1 },
    },
    properties: {
      images: { kind: "scalar", rule: "", types: ["integer"], default: -1, stored: { as: "scalar-array" } },
      persons: { kind: "scalar", rule: "", types: ["integer"], default: -1, stored: { as: "scalar-array" } },
      ranges: { kind: "array", rule: "", dtype: ["int64", "int32"], shape: ["I", 2], ranges: "N" },
      boxes: { kind: "array", rule: "", dtype: ["float32"], shape: ["N", 5] },
      paths: {
        kind: "list",
        rule: "",
        prefix: [],
        items: { kind: "scalar", rule: "", types: ["string"] },
        length: "N",
        follows: ["I"],
      },
      size: { kind: "any", rule: "", follows: ["N", "I"] },
    },
    patterns: [],
    closed: { when: "nothing" },
  },
};

describe("persons of the chosen images", () => {
  const rangesOf = (rows: readonly (readonly [number, number])[]): NdArray =>
    NdArray.from("int32", Int32Array.from(rows.flat()), [rows.length, 2]) as unknown as NdArray;
  const record = (rows: readonly (readonly [number, number])[], persons = 9): Record_ => ({
    images: rows.length,
    persons,
    ranges: rangesOf(rows),
    boxes: floats([persons, 5]),
    paths: Array.from({ length: rows.length }, (_, i) => `image ${i}`),
    size: NdArray.from(
      "float64",
      Float64Array.from({ length: persons }, (_, i) => i),
    ),
  });
  const ROWS = [
    [0, 2],
    [2, 3],
    [3, 3],
    [4, 8],
    [1, 3],
  ] as const;

  it.each<[string, FileSliceOptions]>([
    ["images", {}],
    ["persons", { along: "N" }],
  ])("are those that slicing the whole gives, along %s", async (_, options) => {
    const file = await open(people, await written(people, record(ROWS)));
    const whole = await file.read();
    for (const range of [
      [0, 1],
      [1, 3],
      [2, 3],
      [3, 5],
      [0, 5, 2],
      [4, 4],
      [null, null],
      [-2, null],
    ] as const) {
      expect(shown(await file.slice(range, options)), `[${range}]`).toEqual(
        shown(sliceWith(people, whole, range, options)),
      );
    }
    if (options.along === undefined) {
      expect(shown(await file.slice([null, null, -1]))).toEqual(shown(sliceWith(people, whole, [null, null, -1])));
      expect(shown(await file.select([3, 0, 3]))).toEqual(shown(selectWith(people, whole, [3, 0, 3])));
    }
  });

  it("come batch by batch", async () => {
    const file = await open(people, countingSource(await written(people, record(ROWS))));
    const whole = await file.read();
    const found: unknown[] = [];
    for await (const part of file.frames({ batch: 2 })) found.push(shown(part));
    expect(found).toEqual([...framesWith(people, whole, { batch: 2 })].map(shown));
  });

  it("are read from the file in one window", async () => {
    const persons = 100_000;
    const rows = Array.from({ length: persons / 2 }, (_, i) => [2 * i, 2 * i + 2] as const);
    const source = countingSource(await written(people, record(rows, persons), { compression: "none" }));
    const file = await open(people, source);
    source.reads.length = 0;
    const part = await file.slice([100, 110]);
    expect([part["images"], part["persons"], (part["boxes"] as NdArray).shape]).toEqual([10, 20, [20, 5]]);
    // All ranges are looked at; of the rest, headers and rows.
    expect(source.bytesRead).toBeLessThan(persons * 4 + 50_000);
  });

  it.each<[string, readonly (readonly [number, number])[], string]>([
    ["negative", [[-1, 2]], "mismatch"],
    ["reversed", [[3, 1]], "mismatch"],
    ["out of bounds", [[0, 10]], "mismatch"],
    ["overlapping beyond all use", new Array<readonly [number, number]>(1000).fill([0, 9]), "limit"],
  ])("%s ranges are errors", async (_, rows, code) => {
    const file = await open(people, await written(people, record(rows)));
    expect((await formatError(() => file.slice([0, 1]))).code).toBe(code);
  });

  it("cannot be found without ranges", async () => {
    const { ranges: _, ...without } = record(ROWS);
    const file = await open(people, await written(people, without));
    const error = await formatError(() => file.slice([0, 1]), "missing");
    expect(error.reason).toBe('"ranges" is required: it says which N belong to each I');
  });
});

test("arrays in Fortran order and members of one object array are cut from what is loaded once", async () => {
  const data = Float32Array.from({ length: FRAMES * 5 }, (_, i) => i);
  const boxes = NdArray.from("float32", data, [FRAMES, 5], { order: "F" });
  const sink = new MemorySink();
  await npz.write(sink, new Map<Value, Value>([["boxes", boxes as unknown as Value]]));
  const file = await open(layout, countingSource(sink.bytes()));
  expect(shown((await file.slice([3, 9, 2]))["boxes"])).toEqual(shown(boxes.slice([3, 9, 2])));
  const rows: unknown[] = [];
  for await (const record of file.frames({ batch: 1 })) rows.push(...((record["boxes"] as NdArray).toList() as []));
  expect(rows).toEqual(boxes.toList());
});

test("an archive without anything along the frames has no frames", async () => {
  const file = await open(layout, makeZip([]));
  expect(shown(await file.slice([0, 5]))).toEqual(shown(await file.read()));
  let records = 0;
  for await (const _record of file.frames()) records++;
  expect(records).toBe(0);
});
