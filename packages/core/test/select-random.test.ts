import { describe, expect, it } from "vitest";
import { below, permutation, randomFrom, splitmix64, xoshiro128 } from "../src/engine/select/random.js";
import { selectWith, shuffleWith, splitWith } from "../src/engine/select/select.js";
import { array, counting, images, integer, layoutOf, list, lists, pairs } from "./support-select.js";

const layout = layoutOf({ len: integer, x: array(["N"]), y: list("N") });
const record = (size: number): Record<string, unknown> => ({
  len: size,
  x: counting([size]),
  y: Array.from({ length: size }, (_, index) => `item ${index}`),
});
const items = (part: Record<string, unknown>): unknown => lists(part["x"]);

describe("random numbers", () => {
  it("are those of the published generators", () => {
    expect([1n, 2n, 3n].map((nth) => splitmix64(1234567n, nth))).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
    ]);
    const next = xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, next)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  // Made by the authors' C code.
  it.each([
    [0, [3737715805, 2584255861, 2876756834, 3286328325, 1553311962], [7, 8, 3, 9, 4, 6, 0, 2, 1, 5]],
    [1, [1695105466, 1423115009, 634581793, 1068227753, 716759206], [2, 3, 0, 7, 9, 4, 5, 1, 8, 6]],
    [42, [1776835114, 4165204688, 17111135, 2317295270, 2792088233], [1, 0, 9, 6, 2, 5, 3, 7, 8, 4]],
    [2 ** 53 - 1, [1233166643, 1287031142, 661813442, 2960669951, 2601079046], [4, 5, 9, 0, 6, 7, 1, 8, 2, 3]],
  ])("of seed %d stay what they are", (seed, numbers, order) => {
    expect(Array.from({ length: 5 }, randomFrom(seed))).toEqual(numbers);
    expect([...permutation(10, randomFrom(seed))]).toEqual(order);
    expect(items(shuffleWith(layout, record(10), { seed }))).toEqual(order);
  });

  it("below a bound are equally likely: draws of an incomplete multiple are thrown away", () => {
    const drawn = [2 ** 32 - 1, 2 ** 32 - 2, 7];
    expect(below(3, () => drawn.shift() as number)).toBe((2 ** 32 - 2) % 3);
    expect(drawn).toEqual([7]);
    expect(below(2 ** 32, () => 2 ** 32 - 1)).toBe(2 ** 32 - 1);
    const counts = new Map<string, number>();
    const random = randomFrom(3);
    for (let i = 0; i < 6000; i++) {
      const order = permutation(3, random).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe("shuffling", () => {
  it("moves everything along, and loses nothing", () => {
    const shuffled = shuffleWith(layout, record(100), { seed: 5 });
    const order = items(shuffled) as number[];
    expect(shuffled["y"]).toEqual(order.map((index) => `item ${index}`));
    expect([...order].sort((a, b) => a - b)).toEqual(items(record(100)));
    expect(order).not.toEqual(items(record(100)));
    expect(shuffleWith(layout, record(100), { seed: 5 })).toEqual(shuffled);
    expect(items(shuffleWith(layout, record(100), { seed: 6 }))).not.toEqual(order);
  });

  it("works on no items, and on one", () => {
    expect(items(shuffleWith(layout, record(0), { seed: 1 }))).toEqual([]);
    expect(items(shuffleWith(layout, record(1), { seed: 1 }))).toEqual([0]);
    expect(shuffleWith(layout, { other: 1 }, { seed: 1 })).toEqual({ other: 1 });
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])("refuses seed %s", (seed) => {
    expect(() => shuffleWith(layout, record(2), { seed })).toThrow(RangeError);
    expect(() => splitWith(layout, record(2), [1], { seed })).toThrow(RangeError);
  });

  it("shuffles images with their persons", () => {
    const ranges = pairs("<i8", [0, 2], [2, 3], [3, 6]);
    const whole = { ranges, boxes: counting([6, 2]), sizes: counting([3]) };
    const shuffled = shuffleWith(images, whole, { seed: 1 });
    const order = (shuffled.sizes.toList() as number[]).map(Number);
    expect(shuffled).toEqual(selectWith(images, whole, order));
    expect(shuffled.boxes.shape).toEqual([6, 2]);
  });
});

describe("splitting", () => {
  const split = (size: number, parts: number[], seed?: number): unknown =>
    splitWith(layout, record(size), parts, { seed }).map(items);
  it.each([
    [
      5,
      [3, 2],
      [
        [0, 1, 2],
        [3, 4],
      ],
    ],
    [5, [2, 0, 1], [[0, 1], [], [2]]],
    [5, [1], [[0]]],
    [5, [], []],
    [
      4,
      [0.5, 0.5],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [
      7,
      [0.5, 0.5],
      [
        [0, 1, 2, 3],
        [4, 5, 6],
      ],
    ],
    [10, [0.7, 0.2, 0.1], [[0, 1, 2, 3, 4, 5, 6], [7, 8], [9]]],
    [3, [0.1, 0.9], [[], [0, 1, 2]]],
    [3, [0.34, 0.33, 0.33], [[0], [1], [2]]],
    [5, [0.3], [[0, 1]]],
    [0, [0.5, 0.5], [[], []]],
  ])("of %i into %j follows the parts", (size, parts, expected) => {
    expect(split(size, parts)).toEqual(expected);
  });

  it("by fractions of the whole uses every item once, however they are rounded", () => {
    for (const parts of [[0.6, 0.3, 0.1], [1 / 3, 1 / 3, 1 / 3], new Array<number>(10).fill(0.1), [0.15, 0.85]]) {
      for (let size = 0; size < 60; size++)
        expect((split(size, parts) as unknown[][]).flat()).toEqual(items(record(size)));
    }
  });

  it.each([
    [5, [3, 3], "which has 5"],
    [5, [0.7, 0.4], "more than the whole"],
    [5, [0.5, Number.NaN], "neither counts nor fractions"],
    [5, [-1], "neither counts nor fractions"],
    [5, [Number.POSITIVE_INFINITY], "neither counts nor fractions"],
    [5, [1.5], "neither all counts nor all fractions"],
    [5, [0.5, 2], "neither all counts nor all fractions"],
    [5, [0.5, 0], "neither all counts nor all fractions"],
  ])("of %i into %j is refused", (size, parts, message) => {
    expect(() => split(size, parts)).toThrow(RangeError);
    expect(() => split(size, parts)).toThrow(message);
  });

  it("states sizes, gives views, and shuffles first on request", () => {
    const whole = record(10);
    const parts = splitWith(layout, whole, [4, 6]);
    expect(parts.map(({ len }) => len)).toEqual([4, 6]);
    const [first = {}] = parts;
    (first["x"] as ReturnType<typeof counting>).set([0], 9);
    expect((whole["x"] as ReturnType<typeof counting>).get(0)).toBe(9);
    const order = items(shuffleWith(layout, record(10), { seed: 7 })) as number[];
    expect(split(10, [4, 6], 7)).toEqual([order.slice(0, 4), order.slice(4)]);
  });
});
