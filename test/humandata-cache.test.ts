import { join } from "node:path";
import { FormatError, isFormatError, MemorySink, memorySource, NdArray, type Source, zeros } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { cache, HumanDataDict, multi } from "@somakit/formats/humandata";
import { describe, expect, it } from "vitest";

const { HumanDataCache, slicedCache, writeCache } = cache;
const fixture = (name: string) => join(import.meta.dirname, "conformance/humandata", name);
const mask = (...ones: readonly number[]) => NdArray.from("uint8", Uint8Array.from(ones));

function sample(more: object = {}): HumanDataDict {
  return HumanDataDict.new({
    keypoints2d: zeros("float32", [7, 4, 3]),
    keypoints2d_mask: mask(1, 0, 1, 0),
    image_path: [..."abcdefg"],
    meta: { gender: [..."mfmfmfm"], source: "x" },
    config: "coco",
    misc: {},
    ...more,
  });
}

async function cached(data: HumanDataDict, sliceSize: number) {
  const sink = new MemorySink();
  await writeCache(sink, data, { sliceSize });
  return sink.bytes();
}

describe("a cache", () => {
  it("gives the slice that a row is in, packed as the data were (Q63)", async () => {
    for (const packed of [false, true]) {
      const data = sample();
      if (packed) data.pack();
      const file = await HumanDataCache.open(await cached(data, 3));
      expect([file.sliceSize, file.dataLen]).toEqual([3, 7]);
      const item = await file.getItem(5);
      expect([item.get("image_path"), item.dataLen, item.packed]).toEqual([["d", "e", "f"], 3, packed]);
      expect((item.get("keypoints2d") as NdArray).shape).toEqual([3, 4, 3]);
      expect((item.getRaw("keypoints2d") as NdArray).shape).toEqual([3, packed ? 2 : 4, 3]);
      expect([item.has("config"), item.has("misc"), item.get("meta")]).toEqual([
        false,
        false,
        { gender: ["f", "m", "f"] },
      ]);
      const last = await file.getItem(6, { required: ["config", "meta", "misc"] });
      expect([last.dataLen, last.get("config"), last.get("meta")]).toEqual([1, "coco", { gender: ["m"], source: "x" }]);
      expect(await file.getNonSlicedData("config")).toBe("coco");
      await file.close();
    }
  });

  it("keeps strictness (Q64)", async () => {
    const file = await HumanDataCache.open(
      await cached(HumanDataDict.new({ image_path: ["a"], bbox_xywh: zeros("float32", [1, 5]) }, { strict: true }), 3),
    );
    expect((await file.getItem(0)).getKeyStrict()).toBe(true);
  });

  it("has no rows but its own (Q65), and no keys but those there are", async () => {
    const file = await HumanDataCache.open(await cached(sample(), 3));
    for (const index of [-1, 7, 99, 0.5, Number.NaN]) await expect(file.getItem(index)).rejects.toThrow(RangeError);
    await expect(file.getItem(0, { required: ["nope"] })).rejects.toThrow("there is no nope");
    await expect(file.getNonSlicedData("image_path")).rejects.toSatisfy((error) => isFormatError(error, "missing"));
  });

  it("is refused for MultiHumanData (Q54) and for slices of nothing, and leaves no file", async () => {
    const crowd = await multi.MultiHumanDataDict.fromFile(await fileSource(fixture("multi.npz")));
    const sink = new MemorySink();
    await expect(writeCache(sink, crowd as never)).rejects.toThrow("MultiHumanData");
    expect(() => sink.parts()).toThrow();
    expect(() => slicedCache(sample(), { sliceSize: 0 })).toThrow(RangeError);
    expect(() => slicedCache(sample(), { sliceSize: 1.5 })).toThrow(RangeError);
  });

  it("may be empty", async () => {
    const file = await HumanDataCache.open(await cached(HumanDataDict.new({ config: "x" }), 3));
    expect(file.dataLen).toBe(0);
    await expect(file.getItem(0)).rejects.toThrow(RangeError);
    expect(await file.getNonSlicedData("config")).toBe("x");
  });

  it("is read slice by slice", async () => {
    const data = HumanDataDict.new({
      keypoints2d: NdArray.from("float64", Float64Array.from({ length: 400 * 190 * 3 }, Math.random), [400, 190, 3]),
    });
    const bytes = await cached(data, 10);
    let read = 0;
    const source: Source = {
      byteLength: bytes.length,
      name: "counted",
      read: async (start, end) => {
        read += end - start;
        return bytes.subarray(start, end);
      },
    };
    const file = await HumanDataCache.open(source);
    const opened = read;
    expect(opened).toBeLessThan(bytes.length / 10);
    const item = await file.getItem(205);
    expect(read - opened).toBeLessThan(bytes.length / 20);
    const wanted = (data.get("keypoints2d") as NdArray).slice([200, 210]);
    expect((item.get("keypoints2d") as NdArray).toList()).toEqual(wanted.toList());
  });

  it("is another data set than HumanData", async () => {
    const bytes = await cached(sample(), 3);
    await expect(HumanDataCache.open(await fileSource(fixture("full.npz")))).rejects.toThrow(FormatError);
    expect(await cache.check(memorySource(bytes))).toEqual([]);
  });

  it("that lies about its sizes is refused", async () => {
    const sink = new MemorySink();
    const parts = { data_len: 3, keypoints_info: {}, non_sliced_data: new Map(), key_strict: false };
    await cache.write(sink, { slice_size: 0, ...parts } as never, { check: "skip" });
    await expect(HumanDataCache.open(sink.bytes())).rejects.toSatisfy((error) => isFormatError(error, "corrupt"));
    const hollow = new MemorySink();
    await cache.write(hollow, { slice_size: 2, ...parts } as never, { check: "skip" });
    const file = await HumanDataCache.open(hollow.bytes());
    await expect(file.getItem(1)).rejects.toSatisfy((error) => isFormatError(error, "missing"));
  });
});
