import { describe, expect, test } from "vitest";
import { MemorySink, NdArray, readPng } from "../src/index.js";
import { type Mark, type Picture, picturePixels, writePicture } from "../src/picture/index.js";

const BLACK = [0, 0, 0] as const;
const WHITE = [255, 255, 255] as const;

/** Grey of each pixel of marks on white, line by line. */
function greys(width: number, height: number, marks: readonly Mark[]): number[][] {
  const pixels = picturePixels({ width, height, background: WHITE, marks }).toList() as number[][][];
  expect(pixels.flat().every(([, , , alpha]) => alpha === 255)).toBe(true);
  return pixels.map((line) => line.map(([red]) => red as number));
}

/** How much of white was covered, summed up. */
function covered(marks: readonly Mark[], size = 64): number {
  return greys(size, size, marks)
    .flat()
    .reduce((sum, grey) => sum + (255 - grey) / 255, 0);
}

describe("a picture as pixels", () => {
  test("fills polygons by the share of each pixel that is inside", () => {
    const square = (x: number, y: number, size: number): Mark => ({
      kind: "polygon",
      points: [
        [x, y],
        [x + size, y],
        [x + size, y + size],
        [x, y + size],
      ],
      fill: BLACK,
    });
    expect(greys(4, 3, [square(1, 1, 1)])).toEqual([
      [255, 255, 255, 255],
      [255, 0, 255, 255],
      [255, 255, 255, 255],
    ]);
    expect(greys(3, 2, [square(0.5, 0, 1)])).toEqual([
      [128, 128, 255],
      [255, 255, 255],
    ]);
    const triangle: Mark = {
      kind: "polygon",
      points: [
        [3.3, 2.1],
        [60.7, 20.9],
        [10.2, 55.5],
      ],
      fill: BLACK,
    };
    const area = Math.abs((57.4 * 53.4 - 6.9 * 18.8) / 2);
    expect(covered([triangle])).toBeCloseTo(area, -0.5);
    const backwards: Mark = {
      kind: "polygon",
      points: [
        [10.2, 55.5],
        [60.7, 20.9],
        [3.3, 2.1],
      ],
      fill: BLACK,
    };
    expect(greys(64, 64, [backwards])).toEqual(greys(64, 64, [triangle]));
  });

  test("cuts polygons off at its edges without bending them", () => {
    const points = [
      [-1000, 3],
      [1010, 8],
      [40, 90],
    ] as const;
    const whole = greys(64, 64, [{ kind: "polygon", points, fill: BLACK }]);
    const moved = points.map(([x, y]) => [x + 64, y + 64] as const);
    const large = greys(192, 192, [{ kind: "polygon", points: moved, fill: BLACK }]);
    expect(whole).toEqual(large.slice(64, 128).map((line) => line.slice(64, 128)));
  });

  test("draws discs and lines with the area that they have", () => {
    const disc: Mark = { kind: "circle", centre: [30.3, 31.7], radius: 12, fill: BLACK };
    expect(Math.abs(covered([disc]) / (Math.PI * 144) - 1)).toBeLessThan(0.01);
    const line: Mark = { kind: "line", from: [10, 12], to: [50, 42], stroke: BLACK, width: 3 };
    expect(Math.abs(covered([line]) / (50 * 3 + Math.PI * 2.25) - 1)).toBeLessThan(0.02);
    const thin: Mark = { kind: "line", from: [10, 12], to: [50, 42], stroke: BLACK, width: 0.25 };
    expect(Math.abs(covered([thin]) / (50 * 0.25) - 1)).toBeLessThan(0.15);
    expect(greys(3, 3, [{ kind: "line", from: [0.5, 1.5], to: [2.5, 1.5], stroke: BLACK, width: 1 }])).toEqual([
      [255, 255, 255],
      [0, 0, 0],
      [255, 255, 255],
    ]);
  });

  test("draws many dots as it draws discs", () => {
    const places = [
      [3.5, 4],
      [20, 30.2],
      [63, 1],
    ] as const;
    const discs = places.map((centre): Mark => ({ kind: "circle", centre, radius: 2, fill: BLACK, opacity: 0.5 }));
    const dots: Mark = { kind: "dots", points: places.flat(), radius: 2, fill: BLACK, opacity: 0.5 };
    expect(greys(64, 64, [dots])).toEqual(greys(64, 64, discs));
  });

  test("lays colours over each other, on nothing too", () => {
    const square = (fill: readonly [number, number, number], opacity: number): Mark => ({
      kind: "polygon",
      points: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
      fill,
      opacity,
    });
    const pixel = (marks: readonly Mark[], more: Partial<Picture> = {}): unknown =>
      picturePixels({ width: 1, height: 1, marks, ...more }).toList();
    expect(pixel([])).toEqual([[[0, 0, 0, 0]]]);
    expect(pixel([square([200, 100, 50], 0.5)])).toEqual([[[200, 100, 50, 128]]]);
    expect(pixel([square([200, 100, 50], 0.5)], { background: [0, 0, 100] })).toEqual([[[100, 50, 75, 255]]]);
    expect(pixel([square([255, 0, 0], 0.5), square([0, 0, 255], 0.5)])).toEqual([[[85, 0, 170, 192]]]);
  });

  test("moves, scales and clips groups", () => {
    const dot: Mark = {
      kind: "polygon",
      points: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
      fill: BLACK,
    };
    expect(greys(4, 2, [{ kind: "group", at: [1, 0], scale: 2, marks: [dot] }])).toEqual([
      [255, 0, 0, 255],
      [255, 0, 0, 255],
    ]);
    const inside: Mark = {
      kind: "group",
      at: [1, 0],
      clip: [1, 1],
      scale: 1,
      marks: [{ kind: "group", scale: 9, marks: [dot] }],
    };
    expect(greys(3, 2, [inside])).toEqual([
      [255, 0, 255],
      [255, 255, 255],
    ]);
  });

  test("draws images as they are, larger and smaller", () => {
    const pixels = NdArray.from("uint8", Uint8Array.of(0, 0, 0, 255, 200, 200, 200, 255), [1, 2, 4]);
    const image = (width: number, height: number, crisp = false): Mark => ({
      kind: "image",
      at: [0, 0],
      width,
      height,
      pixels,
      crisp,
    });
    expect(greys(2, 1, [image(2, 1)])).toEqual([[0, 200]]);
    expect(greys(4, 1, [image(4, 1, true)])).toEqual([[0, 0, 200, 200]]);
    expect(greys(4, 1, [image(4, 1)])).toEqual([[0, 50, 150, 200]]);
    expect(greys(2, 1, [image(1, 1)])).toEqual([[100, 255]]);
    const clear = NdArray.from("uint8", Uint8Array.of(0, 0, 0, 0, 200, 200, 200, 255), [1, 2, 4]);
    // What cannot be seen gives no colour to what is beside it.
    expect(greys(1, 1, [{ kind: "image", at: [0, 0], width: 1, height: 1, pixels: clear }])).toEqual([[228]]);
  });

  test("writes letters on their line, as wide as SVG has them", () => {
    const lines = greys(24, 14, [{ kind: "text", at: [2, 10], text: "Hp", size: 10, fill: BLACK }]);
    const text = lines.map((line) => line.map((grey) => (grey === 0 ? "#" : grey === 255 ? "." : "?")).join(""));
    expect(text.slice(3, 12)).toEqual([
      "..#...#.................",
      "..#...#.................",
      "..#...#.####............",
      "..#####.#...#...........",
      "..#...#.#...#...........",
      "..#...#.#...#...........",
      "..#...#.####............",
      "........#...............",
      "........................",
    ]);
    const end = greys(24, 14, [{ kind: "text", at: [14, 10], text: "Hp", size: 10, fill: BLACK, anchor: "end" }]);
    expect(end).toEqual(lines);
    expect(covered([{ kind: "text", at: [2, 20], text: "é", size: 10, fill: BLACK }])).toBe(20);
  });

  test("takes no longer for what is far away, and leaves out what has no place", () => {
    const far = 1e11;
    const marks: Mark[] = [
      { kind: "line", from: [-far, -far], to: [far, far], stroke: BLACK, width: 1 },
      { kind: "line", from: [-1e300, 1e299], to: [1e308, -1e308], stroke: WHITE, width: 1 },
      { kind: "circle", centre: [far, 0], radius: 2, fill: BLACK },
      { kind: "line", from: [Number.NaN, 0], to: [1, 1], stroke: BLACK, width: 1 },
      {
        kind: "polygon",
        points: [
          [0, 0],
          [Number.POSITIVE_INFINITY, 0],
          [1, 1],
        ],
        fill: BLACK,
      },
      { kind: "group", at: [Number.NaN, 0], marks: [{ kind: "circle", centre: [2, 2], radius: 2, fill: BLACK }] },
    ];
    const found = greys(8, 8, marks);
    for (let at = 0; at < 8; at++) expect(found[at]?.[at]).toBe(0);
    expect(found[0]?.slice(2)).toEqual([255, 255, 255, 255, 255, 255]);
  });

  test("is written as PNG or SVG, and nothing is left when that fails", async () => {
    const picture: Picture = { width: 3, height: 2, background: [1, 2, 3], marks: [] };
    const sink = new MemorySink();
    await writePicture(sink, picture, { format: "png" });
    const png = await readPng(sink.bytes());
    expect([png.width, png.height, png.colour, png.array.get(1, 2, 2)]).toEqual([3, 2, "rgba", 3]);
    const text = new MemorySink();
    await writePicture(text, picture, { format: "svg" });
    expect(new TextDecoder().decode(text.bytes())).toContain('fill="#010203"');
    const refused = new MemorySink();
    await expect(writePicture(refused, { ...picture, width: 0 }, { format: "png" })).rejects.toThrow(RangeError);
    expect(() => refused.parts()).toThrow("nothing was committed");
  });
});
