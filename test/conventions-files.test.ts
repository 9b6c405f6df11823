import { join } from "node:path";
import { convertConvention, type Layout, MemorySink, type NdArray, readWith } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { conventions, loadConvention } from "@somakit/formats/conventions";
import * as humandata from "@somakit/formats/humandata";
import { expect, it } from "vitest";

const fixture = (name: string) => fileSource(join(import.meta.dirname, "conformance/humandata", name));
const shapes = (record: object): unknown =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([key]) => key.includes("keypoints"))
      .map(([key, value]) => [key, (value as NdArray).shape ?? value]),
  );
const stored = async (layout: Layout, name: string): Promise<object> =>
  (await readWith(layout, await fixture(name), { form: "stored" })) as object;

it("packed files give the same in stored and in logical form, and write what reads back", async () => {
  const options = { to: "smplx", conventions: loadConvention, approximate: true } as const;
  const { layout } = humandata;
  const logical = await humandata.read(await fixture("compressed.npz"));
  const { value } = await convertConvention(layout, logical, options);
  const packed = await convertConvention(layout, await stored(layout, "compressed.npz"), options);
  expect(shapes(packed.value)).not.toEqual(shapes(value));

  const files = await Promise.all(
    [value, packed.value].map(async (record, index) => {
      const sink = new MemorySink();
      await humandata.write(sink, record as typeof value, index === 1 ? { form: "stored" } : {});
      return humandata.read(sink.bytes());
    }),
  );
  for (const file of files) {
    expect(await humandata.check(file)).toEqual([]);
    for (const key of ["keypoints2d", "keypoints3d"] as const) {
      expect(file[`${key}_convention`]).toBe("smplx");
      expect(file[`${key}_mask`]?.toList()).toEqual(value[`${key}_mask`]?.toList());
      expect(file[key]?.shape[1]).toBe(144);
      expect(file[key]?.toList()).toEqual(value[key]?.toList());
    }
  }
});

it("every convention that the layouts count has as many keypoints as they say", async () => {
  expect(conventions.length).toBeGreaterThan(40);
  for (const { name, size } of conventions)
    expect((await loadConvention(name.toUpperCase()))?.keypoints).toHaveLength(size);
});

it("several persons an image are rows like any other", async () => {
  const { layout } = humandata.multi;
  const record = await humandata.multi.read(await fixture("multi.npz"));
  const { value, report } = await convertConvention(layout, record, { to: "COCO", conventions: loadConvention });
  expect(report.map(({ path, mapping }) => [path, mapping.to.name])).toEqual([["keypoints2d", "coco"]]);
  expect(value.keypoints2d?.shape).toEqual([9, 17, 3]);
  expect(value.frame_range).toBe(record.frame_range);
  expect(await humandata.multi.check(value)).toEqual([]);
});

it("files of 144 keypoints that name no convention are refused with the one that they mean", async () => {
  const record = await humandata.read(await fixture("legacy_like.npz"));
  const options = { to: "coco", conventions: loadConvention } as const;
  await expect(convertConvention(humandata.layout, record, options)).rejects.toThrow(
    /^keypoints[23]d: 144 keypoints along axis 1, but human_data has 190; files that name none mean smplx$/,
  );
  const { value } = await convertConvention(humandata.layout, record, { ...options, from: "smplx" });
  expect(value.keypoints2d?.shape[1]).toBe(17);
});
