import { describe, expect, test } from "vitest";
import { dtype, NdArray } from "../src/index.js";
import {
  borrowLimbs,
  type Figure,
  figurePicture,
  type LineMark,
  type Mark,
  namedView,
  type Picture,
  picturePixels,
  pictureSvg,
  pointCloudFigure,
  skeletonFigure,
  stripPicture,
  type ViewName,
} from "../src/picture/index.js";
import { convention, named } from "./support-conventions.js";

const arm = convention(
  "arm",
  [
    { name: "left_hand", mirror: "right_hand", parts: ["arms"] },
    { name: "neck" },
    { name: "right_hand", mirror: "left_hand", parts: ["arms"] },
  ],
  [
    { part: "left", edges: [["left_hand", "neck"]] },
    { part: "right", color: [1, 2, 3], edges: [["neck", "right_hand"]] },
  ],
);

function floats(values: readonly number[], shape: readonly number[], type: "float32" | "float64" = "float64"): NdArray {
  const data = type === "float32" ? Float32Array.from(values) : Float64Array.from(values);
  return NdArray.from(type, data as never, shape);
}

/** Marks as they are in the plane: one pixel for each unit. */
function marks(figure: Figure): readonly Mark[] {
  return figure.marks({ x: 0, y: 0, scale: 1 });
}

function of<K extends Mark["kind"]>(kind: K, list: readonly Mark[]): Extract<Mark, { kind: K }>[] {
  return list.filter((mark): mark is Extract<Mark, { kind: K }> => mark.kind === kind);
}

const LEFT = [0, 114, 178];
const RIGHT = [213, 94, 0];
const MIDDLE = [90, 90, 90];

describe("keypoints", () => {
  test("are lines of the convention and points, in the colours of their sides", () => {
    const figure = skeletonFigure(floats([0, 1, 2, 3, 4, 5], [3, 2]), { convention: arm, pointRadius: 1 });
    expect(figure.box).toEqual({ left: 0, top: 1, right: 4, bottom: 5 });
    expect(marks(figure)).toEqual([
      { kind: "line", from: [0, 1], to: [2, 3], stroke: LEFT, width: 2 },
      { kind: "line", from: [2, 3], to: [4, 5], stroke: RIGHT, width: 2 },
      { kind: "circle", centre: [0, 1], radius: 1, fill: LEFT },
      { kind: "circle", centre: [2, 3], radius: 1, fill: MIDDLE },
      { kind: "circle", centre: [4, 5], radius: 1, fill: RIGHT },
    ]);
  });

  test("have colours by part or person instead", () => {
    const points = floats([1, 1, 2, 2, 3, 3], [1, 3, 2]);
    const parts = of("line", marks(skeletonFigure(points, { convention: arm, colours: "part" })));
    expect(parts.map(({ stroke }) => stroke)).toEqual([LEFT, [1, 2, 3]]);
    const two = floats([1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3], [2, 3, 2]);
    const lines = of("line", marks(skeletonFigure(two, { convention: arm, people: [7, 0] })));
    expect(new Set(lines.slice(0, 2).map(({ stroke }) => `${stroke}`))).toEqual(new Set(["140,86,75"]));
    expect(lines[2]?.stroke).toEqual(LEFT);
    const named = of("text", marks(skeletonFigure(two, { names: ["A", "B"] })));
    expect(named.map(({ text, at }) => [text, at])).toEqual([
      ["A", [2, -5]],
      ["B", [2, -5]],
    ]);
  });

  test("that are not there are left out, and so are their lines", () => {
    const values = [Number.NaN, 1, 0.9, 2, 3, 0.9, 4, Number.POSITIVE_INFINITY, 0.9];
    expect(marks(skeletonFigure(floats(values, [3, 3]), { convention: arm }))).toEqual([
      { kind: "circle", centre: [2, 3], radius: 2.5, fill: MIDDLE },
    ]);
    const sure = floats([1, 1, 0, 2, 2, 0.3, 3, 3, Number.NaN], [1, 3, 3]);
    expect(of("circle", marks(skeletonFigure(sure))).length).toBe(1);
    expect(marks(skeletonFigure(sure, { threshold: 0.3 }))).toEqual([]);
    const apart = skeletonFigure(floats([1, 1, 2, 2, 3, 3], [1, 3, 2]), { confidence: floats([1, 0, 1], [1, 3]) });
    expect(of("circle", marks(apart)).length).toBe(2);
  });

  test("that are zeros are missing in a plane; in space only people of whom nothing else is there", () => {
    expect(marks(skeletonFigure(floats([0, 0, 5, 5], [2, 2]))).length).toBe(1);
    const space = floats([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0], [2, 2, 3]);
    expect(marks(skeletonFigure(space, { dimensions: 3 })).length).toBe(2);
    expect(skeletonFigure(floats([0, 0, 0, 0], [2, 2])).box).toBeUndefined();
  });

  test("that are less sure are paler when that is wanted", () => {
    const figure = skeletonFigure(floats([1, 1, 0.5, 2, 2, 1, 3, 3, 2], [3, 3]), { convention: arm, fade: true });
    expect(marks(figure).map((mark) => (mark as LineMark).opacity)).toEqual([
      0.5,
      undefined,
      0.5,
      undefined,
      undefined,
    ]);
  });

  test("may be of any dtype, float16 and integers included", () => {
    const half = NdArray.from("float16", Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400), [2, 2]);
    expect(skeletonFigure(half).box).toEqual({ left: 1, top: 2, right: 3, bottom: 4 });
    const big = NdArray.fromBytes(dtype(">i8"), [1, 2], Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6));
    expect(skeletonFigure(big).box).toEqual({ left: 5, top: 6, right: 5, bottom: 6 });
  });

  test("are refused when they are none", () => {
    const points = floats([1, 1, 2, 2], [2, 2]);
    expect(() => skeletonFigure(points, { convention: arm })).toThrow("2 keypoints, but arm has 3");
    expect(() => skeletonFigure(floats([1], [1]))).toThrow("keypoints of 2 coordinates expected, found (1)");
    expect(() => skeletonFigure(points, { dimensions: 3 })).toThrow("keypoints of 3 coordinates expected");
    expect(() => skeletonFigure(points, { confidence: floats([1], [1]) })).toThrow("1 confidences for 2 keypoints");
    const text = NdArray.fromBytes(dtype("|S1"), [1, 2], Uint8Array.of(65, 66));
    expect(() => skeletonFigure(text)).toThrow("keypoints are numbers");
  });

  test("of nobody are an empty picture", async () => {
    for (const shape of [
      [0, 3, 2],
      [2, 0, 2],
      [0, 0, 2],
    ]) {
      const figure = skeletonFigure(floats([], shape));
      expect([figure.box, marks(figure)]).toEqual([undefined, []]);
      expect(await pictureSvg(figurePicture([figure]))).toContain('width="480" height="480"');
    }
  });
});

describe("things in space", () => {
  /** Where x, y, z directions go in the picture: right, left, up, down or nowhere. */
  const directions = (name: ViewName, options: Parameters<typeof namedView>[1]): string => {
    const figure = skeletonFigure(floats([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], [4, 3]), {
      dimensions: 3,
      view: namedView(name, options),
    });
    const [origin, ...ends] = of("circle", marks(figure)).map(({ centre }) => centre);
    return ends
      .map(([x, y]) => {
        const [across, down] = [Math.round(x - (origin?.[0] ?? 0)), Math.round(y - (origin?.[1] ?? 0))];
        return across === 1 ? "right" : across === -1 ? "left" : down === 1 ? "down" : down === -1 ? "up" : "-";
      })
      .join(" ");
  };

  test.each([
    ["front", {}, "right down -"],
    ["back", {}, "left down -"],
    ["right", {}, "- down right"],
    ["left", {}, "- down left"],
    ["top", {}, "right - up"],
    ["front", { up: "y" }, "right up -"],
    ["front", { up: "y", forward: "z" }, "left up -"],
    ["front", { up: "z" }, "right - up"],
    ["top", { up: "z" }, "right up -"],
    ["front", { up: "-x" }, "down - right"],
  ] as const)("from the %s, with %j: x, y, z go %s", (name, options, expected) => {
    expect(directions(name, options)).toBe(expected);
  });

  test("cannot be looked at along the vertical", () => {
    expect(() => namedView("front", { up: "y", forward: "-y" })).toThrow(RangeError);
  });

  test("are clouds of points, people in their colours, the near ones last and strongest", () => {
    const points = floats([0, 0, 1, 1, 1, 9, 2, 2, Number.NaN, 3, 3, 5], [2, 2, 3]);
    const dots = of("dots", marks(pointCloudFigure(points)));
    expect(dots.map(({ points: places, fill }) => [Array.from(places), fill])).toEqual([
      [
        [1, 1],
        [191, 220, 236],
      ],
      [
        [3, 3],
        [230, 158, 102],
      ],
      [
        [0, 0],
        [0, 114, 178],
      ],
    ]);
  });

  test("are thinned out when they are too many, and may be in a plane", () => {
    const many = floats(
      Array.from({ length: 40 }, (_, at) => at),
      [20, 2],
    );
    const [dots] = of("dots", marks(pointCloudFigure(many, { most: 5 })));
    expect(Array.from(dots?.points ?? [])).toEqual([0, 1, 8, 9, 16, 17, 24, 25, 32, 33]);
    expect(() => pointCloudFigure(floats([1], [1, 1]))).toThrow("points of two or three coordinates expected");
  });
});

describe("limbs", () => {
  test("are borrowed from the convention that has most of them by the same names", () => {
    const lender = convention(
      "lender",
      ["a", "b", "c", "d"],
      [
        {
          part: "all",
          edges: [
            ["a", "b"],
            ["c", "d"],
          ],
        },
      ],
    );
    const better = convention("better", ["a", "b", "c"], [{ edges: [["a", "b"]] }, { edges: [["b", "c"]] }]);
    const bare = convention("bare", ["c", "b", "a"]);
    expect(borrowLimbs(bare, [lender, better, arm]).limbs).toEqual(better.limbs);
    expect(borrowLimbs(bare, [lender]).limbs).toEqual([{ part: "all", edges: [["a", "b"]] }]);
    expect(borrowLimbs(bare, [arm])).toBe(bare);
    expect(borrowLimbs(arm, [lender])).toBe(arm);
  });

  test("of shipped conventions reach every keypoint of COCO", () => {
    const coco = borrowLimbs(named("coco"), [named("human_data")]);
    const reached = new Set(coco.limbs.flatMap(({ edges }) => edges.flat()));
    expect(coco.keypoints.filter(({ name }) => !reached.has(name))).toEqual([]);
  });

  test("that name keypoints which are not there are left out", () => {
    const broken = convention(
      "broken",
      ["a", "b"],
      [
        {
          edges: [
            ["a", "z"],
            ["a", "b"],
          ],
        },
      ],
    );
    expect(of("line", marks(skeletonFigure(floats([1, 1, 2, 2], [2, 2]), { convention: broken }))).length).toBe(1);
  });
});

describe("pictures of figures", () => {
  const square = skeletonFigure(floats([10, 10, 30, 10, 30, 50], [3, 2]), { convention: arm, pointRadius: 0 });
  const ends = (picture: Picture): unknown => of("line", picture.marks).map(({ from, to }) => [from, to]);

  test("show all that is drawn, in the middle and as large as it fits", () => {
    const picture = figurePicture([square], { size: { width: 100, height: 100 }, margin: 10, title: "t" });
    expect(ends(picture)).toEqual([
      [
        [30, 10],
        [70, 10],
      ],
      [
        [70, 10],
        [70, 90],
      ],
    ]);
    expect([picture.title, picture.background]).toEqual(["t", [255, 255, 255]]);
    expect(figurePicture([], { background: "none" })).toEqual({ width: 480, height: 480, marks: [] });
  });

  test("show an image with what is in its pixels", () => {
    const picture = figurePicture([square], { fit: { width: 60, height: 100 } });
    expect([picture.width, picture.height, ends(picture)]).toEqual([
      240,
      400,
      [
        [
          [40, 40],
          [120, 40],
        ],
        [
          [120, 40],
          [120, 200],
        ],
      ],
    ]);
    const usual = figurePicture([square], { fit: { width: 600, height: 300 } });
    expect([usual.width, usual.height]).toEqual([600, 300]);
    const large = figurePicture([square], { fit: { width: 4096, height: 1024 } });
    expect([large.width, large.height]).toEqual([1024, 256]);
    const image = NdArray.from("uint8", Uint8Array.of(9, 9), [1, 2]);
    const [under] = figurePicture([square], { image, size: { width: 4, height: 2 } }).marks;
    expect(under).toMatchObject({ kind: "image", at: [0, 0], width: 4, height: 2 });
  });

  test("are not shrunk by accidents, nor by numbers beyond all measure", () => {
    for (const far of [1e7, 1e30, 3e38]) {
      const values = [10, 10, 30, 10, 30, 50, far, -far];
      const figure = skeletonFigure(floats(values, [4, 2]));
      expect(figure.box).toEqual(square.box);
    }
    expect(skeletonFigure(floats([1e300, 1, 2, 2], [2, 2])).box).toEqual({ left: 2, top: 2, right: 2, bottom: 2 });
    const [circle] = of("circle", figurePicture([skeletonFigure(floats([2, 2], [1, 2]))]).marks);
    expect(circle?.centre).toEqual([240, 240]);
    const wide = skeletonFigure(floats([-3e38, 0, 3e38, 1], [2, 2], "float32"));
    for (const { centre } of of("circle", figurePicture([wide]).marks))
      expect(centre.every(Number.isFinite)).toBe(true);
  });

  test("may be strips: moments side by side to one scale, with titles", () => {
    const small = skeletonFigure(floats([10, 10, 20, 10, 20, 30], [3, 2]), { convention: arm, pointRadius: 0 });
    const picture = stripPicture(
      [{ figures: [square], title: "0" }, { figures: [small], title: "a long title" }, { figures: [] }],
      { size: { width: 50, height: 60 }, margin: 10, columns: 2 },
    );
    expect([picture.width, picture.height]).toEqual([104, 160]);
    const cells = of("group", picture.marks);
    expect(cells.map(({ at }) => at)).toEqual([
      [0, 0],
      [54, 0],
      [0, 82],
    ]);
    expect(cells.map(({ marks: inside }) => of("text", inside).map(({ text }) => text))).toEqual([
      ["0"],
      ["a lo.."],
      [],
    ]);
    const drawn = cells.map(({ marks: inside }) =>
      of("line", of("group", inside)[0]?.marks ?? []).map(({ from, to }) => [from, to]),
    );
    expect(drawn).toEqual([
      [
        [
          [15, 10],
          [35, 10],
        ],
        [
          [35, 10],
          [35, 50],
        ],
      ],
      [
        [
          [15, 10],
          [25, 10],
        ],
        [
          [25, 10],
          [25, 30],
        ],
      ],
      [],
    ]);
    expect(() => stripPicture([])).toThrow(RangeError);
  });

  test("may lay moments over each other, early ones pale", () => {
    const picture = stripPicture([{ figures: [square] }, { figures: [square] }], { arrangement: "onion" });
    expect(of("line", picture.marks).map(({ opacity }) => opacity)).toEqual([0.2, 0.2, 1, 1]);
  });

  test("come out the same as SVG and as pixels", async () => {
    const picture = figurePicture([square], { size: { width: 40, height: 40 } });
    expect(await pictureSvg(picture)).toBe(await pictureSvg(picture));
    const pixels = picturePixels(picture);
    const [first] = of("line", picture.marks);
    const [x, y] = (first as LineMark).from.map(Math.floor) as [number, number];
    expect([0, 1, 2].map((part) => pixels.get(y, x, part))).toEqual(LEFT);
  });
});
