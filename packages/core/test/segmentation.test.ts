import { describe, expect, it } from "vitest";
import { isFormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { colourLabels, segment, sharedColours } from "../src/segmentation/index.js";

const TABLE = {
  version: "1.0.0",
  human: {
    head: {
      hair: { R: 4001, G: 120, B: 60000 },
      skin: { left: { R: 9000, G: 500, B: 77 }, right: { R: 9100, G: 501, B: 78 } },
    },
  },
  background: { R: 0, G: 0, B: 0 },
};
const LABELS = colourLabels(TABLE);

function image(pixels: readonly (readonly number[])[], shape: readonly [number, number]): NdArray {
  const channels = pixels[0]?.length ?? 3;
  return NdArray.from("uint16", Uint16Array.from(pixels.flat()), [...shape, channels]) as NdArray;
}

const HAIR = [4001, 120, 60000];
const LEFT = [9000, 500, 77];
const RIGHT = [9100, 501, 78];
const NONE = [0, 0, 0];

describe("labels of a table", () => {
  it("are the leaves by their path, in stored order, without what is no group", () => {
    expect(LABELS.map(({ path }) => path)).toEqual([
      "human/head/hair",
      "human/head/skin/left",
      "human/head/skin/right",
      "background",
    ]);
    expect(LABELS[0]?.colour).toEqual([4001, 120, 60000]);
  });

  it("may be lists of numbers, and groups may be maps", () => {
    const table = new Map<string, unknown>([["nose", [0.17139, 0.29614, 0.0369]]]);
    expect(colourLabels(table)).toEqual([{ path: "nose", colour: [0.17139, 0.29614, 0.0369] }]);
  });

  it("name the colour that is none", () => {
    const error = caught(() => colourLabels({ human: { hair: { R: 1, G: 2 } } }));
    expect(isFormatError(error) && [error.code, error.path]).toEqual(["mismatch", "human/hair"]);
  });

  it("are refused when they are nested without end", () => {
    let table: object = { R: 1, G: 1, B: 1 };
    for (let i = 0; i < 100; i++) table = { a: table };
    const error = caught(() => colourLabels(table));
    expect(isFormatError(error) && error.code).toBe("limit");
  });

  it("say which of them share a colour", () => {
    expect(sharedColours(LABELS)).toEqual([]);
    const shared = sharedColours(colourLabels({ a: [1, 2, 3], b: { c: [1, 2, 3] }, d: [3, 2, 1] }));
    expect(shared).toEqual([{ colour: [1, 2, 3], paths: ["a", "b/c"] }]);
  });
});

describe("a segmentation", () => {
  const found = segment(image([HAIR, LEFT, NONE, RIGHT, RIGHT, [1, 2, 3]], [2, 3]), LABELS);

  it("has the position of the label at each pixel, -1 for unknown colours", () => {
    expect(found.ids.toList()).toEqual([
      [0, 1, 3],
      [2, 2, -1],
    ]);
  });

  it("counts labels, groups and what is unknown", () => {
    expect([...found.histogram()]).toEqual([
      ["human/head/hair", 1],
      ["human/head/skin/left", 1],
      ["human/head/skin/right", 2],
      ["background", 1],
    ]);
    expect(found.groups).toEqual(["human", "human/head", "human/head/skin"]);
    expect(found.count("human/head/skin")).toBe(3);
    expect(found.count("human")).toBe(4);
    expect(found.unknownCount).toBe(1);
    expect(found.unknown).toEqual([{ colour: [1, 2, 3], count: 1, first: [1, 2] }]);
  });

  it("gives masks of labels and of groups", () => {
    expect(found.mask("human/head/skin/right").toList()).toEqual([
      [false, false, false],
      [true, true, false],
    ]);
    expect(found.mask("human/head").toList()).toEqual([
      [true, true, false],
      [true, true, false],
    ]);
    expect(() => found.mask("human/foot")).toThrow(/"human\/foot"/);
  });

  it("takes the first three channels, and the first of labels that share a colour", () => {
    const labels = colourLabels({ a: [1, 2, 3], b: [1, 2, 3] });
    expect(segment(image([[1, 2, 3, 65535]], [1, 1]), labels).counts).toEqual([1, 0]);
  });

  it("takes the nearest colour within a tolerance", () => {
    const labels = colourLabels({ a: [0.5, 0.5, 0.5], b: [0.503, 0.5, 0.5] });
    const colours = NdArray.from("float32", Float32Array.of(0.5021, 0.5, 0.5, 0.5, 0.5, 0.4), [1, 2, 3]) as NdArray;
    expect(segment(colours, labels, { tolerance: 0.005 }).ids.toList()).toEqual([[1, -1]]);
    expect(segment(colours, labels).ids.toList()).toEqual([[-1, -1]]);
    expect(() => segment(colours, labels, { tolerance: -1 })).toThrow(RangeError);
  });

  it("refuses an image of 8 bits for colours of 16", () => {
    const bytes = NdArray.from("uint8", new Uint8Array(3), [1, 1, 3]) as NdArray;
    const error = caught(() => segment(bytes, LABELS));
    expect(isFormatError(error) && error.message).toBe(
      "the image is 8-bit: the 16-bit colours of the table cannot be matched",
    );
    expect(segment(bytes, colourLabels({ a: [0, 0, 0] })).counts).toEqual([1]);
  });

  it("tells a bounded number of unknown colours apart, and counts all", () => {
    const many = Array.from({ length: 2000 }, (_, i) => [i + 1, 7, 7]);
    const noisy = segment(image(many, [1, 2000]), LABELS);
    expect(noisy.unknown).toHaveLength(1024);
    expect(noisy.unknownCount).toBe(2000);
  });

  it("is made of images in colour only", () => {
    expect(() => segment(NdArray.from("uint16", new Uint16Array(4), [2, 2]) as NdArray, LABELS)).toThrow(RangeError);
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
