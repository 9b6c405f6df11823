import { describe, expect, it } from "vitest";
import { framesWith, selectWith, sliceWith } from "../src/engine/select/select.js";
import { sizeAlong } from "../src/engine/select/sizes.js";
import { counting, images, lists, pairs } from "./support-select.js";

/** Three images with 2, 1 and 3 persons. */
const whole = (): Record<string, unknown> => ({
  images: 3,
  persons: 6,
  ranges: pairs("<i8", [0, 2], [2, 3], [3, 6]),
  boxes: counting([6, 2]),
  paths: ["a", "b", "c"],
  sizes: counting([3]),
  meta: new Map<string, unknown>([
    ["per image", [1, 2, 3]],
    ["per person", [1, 2, 3, 4, 5, 6]],
    ["neither", [1, 2, 3, 4, 5, 6, 7]],
  ]),
});

describe("slicing images", () => {
  it("takes their persons along, moves the ranges to 0 and states both sizes (Q49, Q50)", () => {
    expect(lists(sliceWith(images, whole(), [1, 3]))).toEqual({
      images: 2,
      persons: 4,
      ranges: [
        [0, 1],
        [1, 4],
      ],
      boxes: [
        [4, 5],
        [6, 7],
        [8, 9],
        [10, 11],
      ],
      paths: ["b", "c"],
      sizes: [1, 2],
      meta: new Map<string, unknown>([
        ["per image", [2, 3]],
        ["per person", [3, 4, 5, 6]],
        ["neither", [1, 2, 3, 4, 5, 6, 7]],
      ]),
    });
  });

  it("views neighbouring persons, and copies others", () => {
    const record = whole();
    const boxes = record["boxes"] as ReturnType<typeof counting>;
    expect((sliceWith(images, record, [1, 3])["boxes"] as typeof boxes).data).toBe(boxes.data);
    const backwards = sliceWith(images, record, [null, null, -1]);
    expect((backwards["boxes"] as typeof boxes).data).not.toBe(boxes.data);
    expect(lists(backwards["ranges"])).toEqual([
      [0, 3],
      [3, 4],
      [4, 6],
    ]);
    expect(lists(backwards["boxes"])).toEqual([
      [6, 7],
      [8, 9],
      [10, 11],
      [4, 5],
      [0, 1],
      [2, 3],
    ]);
  });

  it("gives no rows for no images (Q51)", () => {
    const none = sliceWith(images, whole(), [2, 2]);
    expect(none).toMatchObject({ images: 0, persons: 0, paths: [] });
    for (const [key, shape] of [
      ["ranges", [0, 2]],
      ["boxes", [0, 2]],
      ["sizes", [0]],
    ] as const)
      expect((none[key] as ReturnType<typeof counting>).shape).toEqual(shape);
  });

  it("closes gaps, repeats what overlaps, and passes by images without persons", () => {
    const record = { ranges: pairs("<i4", [4, 6], [1, 1], [0, 2], [1, 3]), boxes: counting([6, 1]) };
    const result = sliceWith(images, { ...record, boxes: counting([6, 2]) }, [0, null]);
    expect(lists(result.ranges)).toEqual([
      [0, 2],
      [2, 2],
      [2, 4],
      [4, 6],
    ]);
    expect(lists(result.boxes)).toEqual([
      [8, 9],
      [10, 11],
      [0, 1],
      [2, 3],
      [2, 3],
      [4, 5],
    ]);
    expect(result.ranges.dtype).toBe("int32");
  });

  it("gives the same when it is done again", () => {
    const once = sliceWith(images, whole(), [1, 3]);
    expect(lists(sliceWith(images, once, [1, 2]))).toEqual(lists(sliceWith(images, whole(), [2, 3])));
  });

  it("keeps the dtype of the ranges as long as it holds them", () => {
    const record = { ranges: pairs("|u1", [0, 100], [100, 200]), boxes: counting([200, 2]) };
    expect(selectWith(images, record, [1, 0]).ranges.dtype).toBe("uint8");
    const many = selectWith(images, record, [0, 0, 0]);
    expect([many.ranges.dtype, lists(many.ranges)]).toEqual([
      "int64",
      [
        [0, 100],
        [100, 200],
        [200, 300],
      ],
    ]);
    expect(sliceWith(images, { ...record, ranges: pairs(">i4", [0, 1], [1, 200]) }, [1, 2]).ranges.type.descr).toBe(
      "<i4",
    );
  });

  it("iterates images with their persons", () => {
    const pieces = [...framesWith(images, whole())];
    expect(pieces.map(({ ranges, boxes }) => [lists(ranges), lists(boxes)])).toEqual([
      [
        [[0, 2]],
        [
          [0, 1],
          [2, 3],
        ],
      ],
      [[[0, 1]], [[4, 5]]],
      [
        [[0, 3]],
        [
          [6, 7],
          [8, 9],
          [10, 11],
        ],
      ],
    ]);
  });
});

describe("ranges", () => {
  it("tell the number of persons where nothing better does", () => {
    const { ranges } = whole();
    expect(sizeAlong(images, { ranges }, "N")).toBe(6);
    expect(sizeAlong(images, { ranges, paths: ["a", "b", "c"] }, "N")).toBe(6);
    expect(sizeAlong(images, { ranges }, "I")).toBe(3);
    expect(lists(sliceWith(images, { ranges, paths: ["a", "b", "c"] }, [1, 2]))).toEqual({
      ranges: [[0, 1]],
      paths: ["b"],
    });
  });

  it.each([
    ["run backwards", pairs("<i8", [0, 2], [3, 2], [3, 6]), "ranges[1]: positions 3 to 2 are no range"],
    ["are negative", pairs("<i8", [-1, 2], [2, 3], [3, 6]), "ranges[0]: positions -1 to 2 are no range"],
    ["go too far", pairs("<i8", [0, 2], [2, 3], [3, 7]), "ranges[2]: positions 3 to 7, but N has 6"],
    ["are no whole numbers", counting([3, 2], "<f8"), "whole numbers in two columns"],
    ["have other columns", counting([3, 3], "<i8"), "whole numbers in two columns"],
    ["are no array", [[0, 2]], "items along I expected"],
    ["are of other images", pairs("<i8", [0, 2]), "3 items along I expected"],
  ])("that %s are refused", (_, ranges, message) => {
    const slice = (): unknown => sliceWith(images, { ...whole(), ranges }, [0, 1]);
    expect(slice).toThrow(expect.objectContaining({ code: "mismatch" }));
    expect(slice).toThrow(message);
    expect(() => sliceWith(images, { ...whole(), ranges }, [0, 1], { mismatches: "keep" })).toThrow("ranges");
  });

  it("that overlap beyond all use are refused before memory is given to them", () => {
    const ranges = pairs("<i8", ...Array.from({ length: 70 }, () => [0, 100] as const));
    const hostile = { ranges, boxes: counting([100, 2]) };
    expect(() => sliceWith(images, hostile, [0, 1])).toThrow(
      expect.objectContaining({ code: "limit", path: "ranges" }),
    );
  });

  it("are asked for when persons are there (Q52)", () => {
    const { ranges: _, ...record } = whole();
    const missing = '"ranges" is required: it says which N belong to each I';
    expect(() => sliceWith(images, record, [0, 1])).toThrow(
      expect.objectContaining({ code: "missing", message: missing }),
    );
    expect(lists(sliceWith(images, { images: 3, sizes: counting([3]) }, [1, 2]))).toEqual({ images: 1, sizes: [1] });
  });
});

describe("slicing persons", () => {
  const along = { along: "N" } as const;
  it("leaves all images, with the persons that remain", () => {
    expect(lists(sliceWith(images, whole(), [1, 5], along))).toMatchObject({
      images: 3,
      persons: 4,
      ranges: [
        [0, 1],
        [1, 2],
        [2, 4],
      ],
      boxes: [
        [2, 3],
        [4, 5],
        [6, 7],
        [8, 9],
      ],
      paths: ["a", "b", "c"],
    });
    expect(lists(sliceWith(images, whole(), [0, null, 3], along))).toMatchObject({
      ranges: [
        [0, 1],
        [1, 1],
        [1, 2],
      ],
    });
    expect(lists(selectWith(images, whole(), [], along))).toMatchObject({
      persons: 0,
      ranges: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    });
  });

  it("agrees with the ranges: the persons of an image are the ones that it had", () => {
    const record = { ranges: pairs("<i8", [4, 6], [1, 4], [0, 2]), boxes: counting([6, 2]), ids: [0, 1, 2, 3, 4, 5] };
    const picked = [0, 2, 3, 5];
    const result = selectWith(images, record, picked, along);
    const ids = result.ids as number[];
    const owned = (lists(result.ranges) as number[][]).map(([start, stop]) => ids.slice(start, stop));
    expect(owned).toEqual([[5], [2, 3], [0]]);
  });

  it("needs their order, as the persons of an image lie side by side", () => {
    for (const indices of [
      [1, 0],
      [0, 0],
    ])
      expect(() => selectWith(images, whole(), indices, along)).toThrow(
        "pick along N in ascending order, or work along I",
      );
    expect(() => sliceWith(images, whole(), [null, null, -1], along)).toThrow(RangeError);
  });

  it("needs no ranges", () => {
    expect(lists(sliceWith(images, { boxes: counting([3, 2]) }, [2, 3], along))).toEqual({ boxes: [[4, 5]] });
  });
});
