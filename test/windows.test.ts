import { readFileSync } from "node:fs";
import {
  FileAccessor,
  type FrameRange,
  framesWith,
  isFormatError,
  type Layout,
  NdArray,
  openWith,
  selectWith,
  sizeAlong,
  sliceWith,
  Tuple,
} from "@somakit/core";
import { describe, expect, it } from "vitest";
import { layout as single } from "../packages/formats/src/humandata/humandata.layout.gen.js";
import { layout as multi } from "../packages/formats/src/humandata/multi.layout.gen.js";

/** Part of a file is what slicing all of it gives, on files that Python wrote. */

type Data = Record<string, unknown>;

const open = (layout: Layout, name: string): Promise<FileAccessor<Data>> =>
  openWith<FileAccessor<Data>>(
    layout,
    FileAccessor<Data>,
    new Uint8Array(readFileSync(new URL(`conformance/humandata/${name}`, import.meta.url))),
  );

/** Arrays as type, shape and elements; dicts and tuples as what they are. */
function shown(value: unknown): unknown {
  if (value instanceof NdArray) return [value.dtype, value.shape, [...value].map(shown)];
  if (value instanceof Map) return [...value].map(([key, item]) => [key, shown(item)]);
  if (value instanceof Tuple) return ["tuple", ...value.map(shown)];
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

/** All ranges of an axis of `size`, with the steps that make a difference. */
function* rangesOf(size: number): Generator<FrameRange> {
  for (let start = -1; start <= size; start++) {
    for (let stop = start; stop <= size + 1; stop++) yield [start, stop];
  }
  for (const step of [-3, -2, -1, 2, 3, size + 1]) {
    yield [null, null, step];
    yield [1, null, step];
  }
}

const FILES: readonly (readonly [string, Layout])[] = [
  ["compressed.npz", single],
  ["compressed.pkl", single],
  ["full.npz", single],
  ["full.pkl", single],
  ["nested.npz", single],
  ["nested_proto2.pkl", single],
  ["nested_proto4.pkl", single],
  ["legacy_like.npz", single],
  ["custom_keys.npz", single],
  ["old_temporal_len.npz", single],
  ["py2.npz", single],
  ["py2_proto2.pkl", single],
  ["numpy2_compressed.pkl", single],
  ["numpy2_full.npz", single],
  ["multi.npz", multi],
  ["multi.pkl", multi],
  ["multi_compressed.npz", multi],
  ["numpy2_multi.npz", multi],
];

describe.each(FILES)("%s", (name, layout) => {
  it.each(["logical", "stored"] as const)("gives any part without the rest, in %s form", async (form) => {
    const file = await open(layout, name);
    // Some of these files hold what no schema allows; what such values are is not the question here.
    const mismatches = "keep";
    const whole = await file.read({ form, mismatches });
    const size = sizeAlong(layout, whole, layout === multi ? "I" : "N") ?? 0;
    expect(size).toBeGreaterThan(1);
    for (const range of rangesOf(size)) {
      const part = await file.slice(range, { form, mismatches });
      expect(shown(part), `[${range}]`).toEqual(shown(sliceWith(layout, whole, range, { mismatches })));
    }
    const picked = [size - 1, 0, 0];
    expect(shown(await file.select(picked, { form, mismatches }))).toEqual(
      shown(selectWith(layout, whole, picked, { mismatches })),
    );
    const found: unknown[] = [];
    for await (const record of file.frames({ batch: 2, form, mismatches })) found.push(shown(record));
    expect(found).toEqual([...framesWith(layout, whole, { batch: 2, mismatches })].map(shown));
    await file.close();
  });
});

/** What some work gives, or the code and path of its error. */
async function outcome(work: () => unknown): Promise<unknown> {
  try {
    return shown(await work());
  } catch (error) {
    if (!isFormatError(error)) throw error;
    return `${error.code}: ${error.path}`;
  }
}

it.each([
  ...FILES,
  ["bad_frames_differ.npz", single],
  ["bad_image_path_len.npz", single],
  ["bad_smpl_rows.npz", single],
] as typeof FILES)("%s is refused in part where slicing all of it is", async (name, layout) => {
  const file = await open(layout, name);
  const whole = await file.read().catch(() => undefined);
  const part = await outcome(() => file.slice([0, 1]));
  expect(part).toEqual(whole ? await outcome(() => sliceWith(layout, whole, [0, 1])) : expect.any(String));
  if (name.startsWith("bad_")) expect(part).toEqual(expect.any(String));
});

it("one value of an accessor can be read in part", async () => {
  const file = await open(single, "compressed.npz");
  const whole = (await file.get("keypoints2d")) as NdArray;
  const part = (await file.get("keypoints2d", { window: { N: [2, 4] } })) as NdArray;
  expect(shown(part)).toEqual(shown(whole.slice([2, 4])));
  expect(await file.get("image_path", { window: { N: [0, 1] } })).toHaveLength(1);
  expect(await file.get("__data_len__", { window: { N: [0, 1] } })).toBe(whole.shape[0]);
});
