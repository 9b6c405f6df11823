import { describe, expect, test } from "vitest";
import { dtype, NdArray, toHalf } from "../src/index.js";
import {
  contactSheet,
  type DisplayOptions,
  displayImage,
  type GroupMark,
  type ImageMark,
} from "../src/picture/index.js";

function image<T extends Parameters<typeof NdArray.from>[0]>(
  type: T,
  data: ArrayLike<number>,
  shape: readonly number[],
): NdArray {
  return NdArray.from(type as "float32", data as never, shape);
}

/** Red, green, blue and alpha of each pixel. */
function shown(array: NdArray, options?: DisplayOptions): unknown {
  return (displayImage(array, options).toList() as unknown[][]).flat();
}

const grey = (value: number): number[] => [value, value, value, 255];

describe("an image as it can be shown", () => {
  test("keeps 8 bits, and takes the upper ones of 16", () => {
    expect(shown(image("uint8", Uint8Array.of(0, 7, 255), [1, 3]))).toEqual([grey(0), grey(7), grey(255)]);
    expect(shown(image("uint16", Uint16Array.of(0, 0x0707, 65535), [1, 3]))).toEqual([grey(0), grey(7), grey(255)]);
    expect(shown(image("bool", Uint8Array.of(0, 1), [2, 1, 1]))).toEqual([grey(0), grey(255)]);
    expect(shown(image("uint8", Uint8Array.of(0, 1), [2, 1]), { maximum: 1 })).toEqual([grey(0), grey(255)]);
  });

  test("has two channels with alpha, three of colour, four of both", () => {
    expect(shown(image("uint8", Uint8Array.of(9, 128), [1, 1, 2]))).toEqual([[9, 9, 9, 128]]);
    expect(shown(image("uint8", Uint8Array.of(1, 2, 3), [1, 1, 3]))).toEqual([[1, 2, 3, 255]]);
    expect(shown(image("uint8", Uint8Array.of(1, 2, 3, 4), [1, 1, 4]))).toEqual([[1, 2, 3, 4]]);
  });

  test("spreads a range from black to white, and leaves out what is nothing", () => {
    const depth = Float32Array.of(2, 3, 4, 1e10, Number.NaN, Number.POSITIVE_INFINITY);
    const nothing = [0, 0, 0, 0];
    expect(shown(image("float32", depth, [2, 3]))).toEqual([grey(0), grey(128), grey(255), nothing, nothing, nothing]);
    // A half holds no 1e10; its largest number stands for the background.
    const half = Uint16Array.from([2, 4, 65504], toHalf);
    expect(shown(image("float16", half, [1, 3]))).toEqual([grey(0), grey(255), nothing]);
    expect(shown(image("float32", Float32Array.of(5, 5), [1, 2]))).toEqual([grey(128), grey(128)]);
    expect(shown(image("float32", Float32Array.of(Number.NaN), [1, 1]))).toEqual([nothing]);
  });

  test("shows directions and light by what their numbers are, or as it is told", () => {
    const normals = Float32Array.of(-1, 0, 1, 0, 0, 0);
    expect(shown(image("float32", normals, [2, 1, 3]))).toEqual([
      [0, 128, 255, 255],
      [128, 128, 128, 255],
    ]);
    const light = Float32Array.of(0, 0.5, 1);
    expect(shown(image("float32", light, [1, 1, 3]))).toEqual([[0, 128, 255, 255]]);
    expect(shown(image("float32", light, [1, 3]), { as: "colour" })).toEqual([grey(0), grey(128), grey(255)]);
    expect(shown(image("uint8", Uint8Array.of(10, 20), [1, 2]), { as: "range" })).toEqual([grey(0), grey(255)]);
  });

  test("gives classes colours that are far apart, and takes those of a palette", () => {
    const labels = shown(
      image(
        "int32",
        Int32Array.from({ length: 100 }, (_, at) => at),
        [10, 10],
      ),
      { as: "labels" },
    ) as number[][];
    expect(labels[0]).toEqual([0, 0, 0, 255]);
    expect(new Set(labels.map(String)).size).toBe(100);
    const palette = NdArray.from("uint8", Uint8Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    expect(shown(image("uint8", Uint8Array.of(1, 0, 9), [1, 3]), { palette })).toEqual([
      [4, 5, 6, 255],
      [1, 2, 3, 255],
      [0, 0, 0, 0],
    ]);
  });

  test("is refused when it is none", () => {
    for (const shape of [[6], [1, 1, 6], [1, 1, 1, 6]])
      expect(() => displayImage(image("uint8", new Uint8Array(6), shape))).toThrow("is no image");
    expect(() => displayImage(NdArray.fromBytes(dtype("|S1"), [1, 1], Uint8Array.of(65)))).toThrow("is no image");
    expect(displayImage(image("uint8", new Uint8Array(0), [0, 5, 3])).shape).toEqual([0, 5, 4]);
  });
});

describe("a contact sheet", () => {
  const panel = (width: number, height: number, title: string): Parameters<typeof contactSheet>[0][number] => ({
    title,
    image: image("uint8", new Uint8Array(width * height), [height, width]),
  });

  test("has its panels in rows, images whole and in the middle", () => {
    const sheet = contactSheet([panel(40, 20, "wide"), panel(10, 20, "tall"), panel(20, 20, "square")], {
      size: { width: 20, height: 20 },
    });
    expect([sheet.width, sheet.height]).toEqual([44, 80]);
    const cells = sheet.marks as readonly GroupMark[];
    expect(cells.map(({ at }) => at)).toEqual([
      [0, 0],
      [24, 0],
      [0, 42],
    ]);
    const images = cells.map(({ marks }) => (marks.at(-1) as GroupMark).marks[0] as ImageMark);
    expect(images.map(({ at, width, height }) => [...at, width, height])).toEqual([
      [0, 5, 20, 10],
      [5, 0, 10, 20],
      [0, 0, 20, 20],
    ]);
    // What is drawn smaller is kept smaller.
    expect(images.map(({ pixels }) => pixels.shape)).toEqual([
      [10, 20, 4],
      [20, 10, 4],
      [20, 20, 4],
    ]);
  });

  test("of nothing is empty, and one that is too large is refused", () => {
    expect(contactSheet([])).toMatchObject({ width: 240, height: 258, marks: [] });
    expect(() => contactSheet([panel(1, 1, "")], { size: { width: 1e5, height: 1e5 } })).toThrow(RangeError);
  });
});
