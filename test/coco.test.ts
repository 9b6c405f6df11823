import { isFormatError, MemorySink, NdArray } from "@somakit/core";
import * as coco from "@somakit/formats/coco";
import { describe, expect, it } from "vitest";

function mask(rows: readonly string[]): NdArray<"bool"> {
  const bytes = Uint8Array.from(rows.join(""), (sign) => (sign === "#" ? 1 : 0));
  return NdArray.from("bool", bytes, [rows.length, rows[0]?.length ?? 0]) as NdArray<"bool">;
}

/** The same numbers each time. */
function noisyMask(height: number, width: number, seed: number): NdArray<"bool"> {
  let state = seed;
  const bytes = Uint8Array.from({ length: height * width }, () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state > 2 ** 31 ? 1 : 0;
  });
  return NdArray.from("bool", bytes, [height, width]) as NdArray<"bool">;
}

const SHAPE = mask(["..#.", ".##.", ".#.."]);

describe("runs of a mask", () => {
  it("go down the columns, from outside on", () => {
    expect(coco.runsOfMask(SHAPE, { counts: "list" })).toEqual({ size: [3, 4], counts: [4, 4, 4] });
    expect(coco.runsOfMask(mask(["#."]), { counts: "list" }).counts).toEqual([0, 1, 1]);
  });

  it("are packed as the tools of COCO do it", () => {
    // 16 is 0b10000: five bits with a sign, so a second character says that it is none.
    expect(coco.runsOfMask(mask(["....", "....", "....", "...."])).counts).toBe("`0");
    // 4, 4, 4: the counts from the fourth on would be differences.
    expect(coco.runsOfMask(SHAPE).counts).toBe("444");
    const stripes = coco.runsOfMask(mask(["#.#.#"]));
    expect(coco.countsOfRuns(stripes)).toEqual([0, 1, 1, 1, 1, 1]);
    expect(stripes.counts).toBe("011000");
  });

  it.each([1, 2, 3, 4])("give the mask back, %i", (seed) => {
    const noisy = noisyMask(17 * seed, 40 - seed, seed);
    for (const counts of ["packed", "list"] as const)
      expect(coco.maskOfRuns(coco.runsOfMask(noisy, { counts })).toList()).toEqual(noisy.toList());
  });

  it("may be long", () => {
    const large = NdArray.from("bool", new Uint8Array(3_000_000).fill(1), [1500, 2000]) as NdArray<"bool">;
    const runs = coco.runsOfMask(large);
    expect(coco.countsOfRuns(runs)).toEqual([0, 3_000_000]);
    expect(coco.areaOfRuns(runs)).toBe(3_000_000);
  });

  it("are of views as well", () => {
    expect(coco.runsOfMask(SHAPE.transpose() as NdArray<"bool">, { counts: "list" })).toEqual({
      size: [4, 3],
      counts: [2, 1, 2, 2, 2, 1, 2],
    });
  });

  it("have an area and a box", () => {
    const runs = coco.runsOfMask(SHAPE);
    expect(coco.areaOfRuns(runs)).toBe(4);
    expect(coco.boxOfRuns(runs)).toEqual([1, 0, 2, 3]);
    expect(coco.boxOfRuns(coco.runsOfMask(mask(["....", "..#.", "...."])))).toEqual([2, 1, 1, 1]);
    expect(coco.boxOfRuns(coco.runsOfMask(mask(["..", ".."])))).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ["text that is none", { size: [1, 2], counts: "0\u00ff" }, "corrupt"],
    ["text that ends in a count", { size: [1, 2], counts: "P" }, "corrupt"],
    ["a count without end", { size: [1, 2], counts: "o".repeat(40) }, "corrupt"],
    ["runs that do not fill the image", { size: [2, 2], counts: [1, 2] }, "corrupt"],
    ["runs that are negative", { size: [1, 2], counts: [3, -1] }, "corrupt"],
    ["sizes that are none", { size: [1, 2, 3], counts: [6] }, "corrupt"],
    ["images that are too large", { size: [1e6, 1e6], counts: [1e12] }, "limit"],
  ])("refuse %s", (_, runs, code) => {
    let error: unknown;
    try {
      coco.maskOfRuns(runs as coco.CocoRuns);
    } catch (reason) {
      error = reason;
    }
    expect(isFormatError(error) && error.code).toBe(code);
  });

  it("refuse what is no mask", () => {
    expect(() => coco.runsOfMask(NdArray.from("bool", new Uint8Array(2)) as NdArray<"bool">)).toThrow(RangeError);
  });
});

describe("keypoints of an annotation", () => {
  const xy = NdArray.from("float64", Float64Array.of(1.5, 2, 3, 1, -1, 0, Number.NaN, 0), [4, 2]) as NdArray;
  const visible = NdArray.from("bool", Uint8Array.of(1, 0, 1, 1)) as NdArray<"bool">;

  it("are x, y and whether they are seen; nothing outside of the image", () => {
    expect(coco.cocoKeypoints({ xy, visible, width: 4, height: 3 })).toEqual({
      keypoints: [1.5, 2, 2, 3, 1, 1, 0, 0, 0, 0, 0, 0],
      num_keypoints: 2,
    });
    expect(coco.cocoKeypoints({ xy, width: 4, height: 3 }, { outside: "keep" })).toEqual({
      keypoints: [1.5, 2, 2, 3, 1, 2, -1, 0, 1, 0, 0, 0],
      num_keypoints: 3,
    });
  });

  it("refuse arrays that do not fit each other", () => {
    expect(() => coco.cocoKeypoints({ xy: xy.slice([0, 2]), visible, width: 4, height: 3 })).toThrow(RangeError);
    expect(() => coco.cocoKeypoints({ xy: xy.slice(null, 0), width: 4, height: 3 })).toThrow(RangeError);
  });
});

describe("a COCO file", () => {
  const value: coco.Coco = {
    info: { description: "two things", year: 2026 },
    images: [{ id: 1, width: 4, height: 3, file_name: "a.png" }],
    annotations: [
      {
        id: 1,
        image_id: 1,
        category_id: 1,
        bbox: [1, 0.5, 2, 3],
        area: 4,
        iscrowd: 0,
        segmentation: coco.runsOfMask(SHAPE),
      },
      {
        id: 2,
        image_id: 1,
        category_id: 1,
        segmentation: [[0, 0, 1.5, 0, 1, 1]],
        keypoints: [1, 2, 2],
        num_keypoints: 1,
      },
      { id: 3, image_id: 1, category_id: 1, iscrowd: 1, segmentation: { size: [3, 4], counts: [4, 4, 4] } },
    ],
    categories: [{ id: 1, name: "thing", keypoints: ["nose"], skeleton: [[1, 1]] }],
  };

  it("is written and read by its schema", async () => {
    const sink = new MemorySink("things.json");
    await coco.write(sink, value);
    const text = new TextDecoder().decode(sink.bytes());
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toContain('"keypoints":[1,2,2]');
    expect(await coco.read(sink.bytes())).toEqual(value);
    expect(await coco.check(sink.bytes())).toEqual([]);
  });

  it("is opened item by item", async () => {
    const sink = new MemorySink("things.json");
    await coco.write(sink, value);
    const file = await coco.open(sink.bytes());
    expect(file.annotations.length).toBeDefined();
    const second = await (await file.annotations.at(1)).read();
    expect(second).toEqual(value.annotations?.[1]);
    await file.close();
  });

  it("says what is wrong with it", async () => {
    const wrong = {
      images: [
        { id: 1, width: 4, height: 3, file_name: "a.png" },
        { id: 1, width: -1, height: 3, file_name: "b.png" },
      ],
      annotations: [{ id: 1, image_id: 1, iscrowd: 2, bbox: [1, 2, 3] }],
    };
    const issues = await coco.check(new TextEncoder().encode(JSON.stringify(wrong)));
    expect(issues.map(({ path }) => path).sort()).toEqual(
      ["annotations[0].bbox", "annotations[0].iscrowd", "images[1].id", "images[1].width"].sort(),
    );
  });
});
