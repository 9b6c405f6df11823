import { describe, expect, test } from "vitest";
import { NdArray, readPng } from "../src/index.js";
import { type Mark, type Picture, pictureSvg } from "../src/picture/index.js";

const HEAD =
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" viewBox="0 0 20 10" stroke-linecap="round">';

async function svg(marks: readonly Mark[], more: Partial<Picture> = {}): Promise<readonly string[]> {
  const text = await pictureSvg({ width: 20, height: 10, marks, ...more });
  const lines = text.split("\n");
  expect([lines[0], lines.at(-2), lines.at(-1)]).toEqual([HEAD, "</svg>", ""]);
  return lines.slice(1, -2);
}

const RED = [255, 0, 0] as const;

describe("a picture as SVG", () => {
  test("has a title, a background and marks in the order of drawing", async () => {
    const found = await svg(
      [
        { kind: "circle", centre: [1.005, 2], radius: 0.5, fill: RED },
        {
          kind: "polygon",
          points: [
            [0, 0],
            [1, 0],
            [0, 1.25],
          ],
          fill: [1, 2, 3],
          opacity: 0.5,
        },
        { kind: "text", at: [3, 4], text: "a", size: 8, fill: [0, 0, 0], anchor: "end" },
      ],
      { title: "one", background: [255, 255, 255] },
    );
    expect(found).toEqual([
      "<title>one</title>",
      '<rect width="20" height="10" fill="#fff"/>',
      '<circle cx="1" cy="2" r=".5" fill="#f00"/>',
      '<polygon points="0 0 1 0 0 1.25" fill="#010203" fill-opacity=".5"/>',
      '<text x="3" y="4" font-family="monospace" font-size="8" text-anchor="end" fill="#000">a</text>',
    ]);
  });

  test("puts lines alike into one path, as long as they are opaque", async () => {
    const line = (x: number, more: object = {}): Mark => ({
      kind: "line",
      from: [x, -1],
      to: [x + 0.5, 1],
      stroke: RED,
      width: 2,
      ...more,
    });
    expect(
      await svg([line(0), line(1), line(2, { width: 3 }), line(3, { opacity: 0.5 }), line(4, { opacity: 0.5 })]),
    ).toEqual([
      '<path d="M0-1L.5 1M1-1L1.5 1" fill="none" stroke="#f00" stroke-width="2"/>',
      '<path d="M2-1L2.5 1" fill="none" stroke="#f00" stroke-width="3"/>',
      '<path d="M3-1L3.5 1" fill="none" stroke="#f00" stroke-width="2" stroke-opacity=".5"/>',
      '<path d="M4-1L4.5 1" fill="none" stroke="#f00" stroke-width="2" stroke-opacity=".5"/>',
    ]);
  });

  test("draws many dots as one path", async () => {
    const points = new Float64Array([1, 2, 3, -4, Number.NaN, 1]);
    expect(await svg([{ kind: "dots", points, radius: 1.5, fill: RED }])).toEqual([
      '<path d="M1 2h0M3-4h0" stroke="#f00" stroke-width="3"/>',
    ]);
  });

  test("moves, scales and clips groups, and defines a rectangle once", async () => {
    const marks: Mark[] = [{ kind: "circle", centre: [0, 0], radius: 1, fill: RED }];
    const found = await svg([
      { kind: "group", at: [2, 3], scale: 1 / 3, clip: [5, 5], marks },
      { kind: "group", clip: [5, 5], marks },
      { kind: "group", marks },
      { kind: "group", marks: [] },
    ]);
    const circle = '<circle cx="0" cy="0" r="1" fill="#f00"/>';
    expect(found).toEqual([
      '<defs><clipPath id="c0"><rect width="5" height="5"/></clipPath></defs>',
      '<g transform="translate(2 3)scale(0.333333)" clip-path="url(#c0)">',
      circle,
      "</g>",
      '<g clip-path="url(#c0)">',
      circle,
      "</g>",
      "<g>",
      circle,
      "</g>",
    ]);
  });

  test("escapes text, and replaces what XML cannot hold", async () => {
    const text = '<script>"&\u0000\u001b\ud800é';
    const found = await svg([{ kind: "text", at: [0, 0], text, size: 8, fill: RED }], { title: "</title>" });
    expect(found[0]).toBe("<title>&lt;/title&gt;</title>");
    expect(found[1]).toMatch(/>&lt;script&gt;&quot;&amp;\ufffd\ufffd\ufffdé<\/text>$/);
  });

  test("leaves out what has no place, and keeps far places within what viewers compute with", async () => {
    const found = await svg([
      { kind: "line", from: [Number.NaN, 0], to: [1, 1], stroke: RED, width: 1 },
      { kind: "circle", centre: [Number.POSITIVE_INFINITY, 0], radius: 1, fill: RED },
      {
        kind: "polygon",
        points: [
          [0, 0],
          [Number.NaN, 0],
          [1, 1],
        ],
        fill: RED,
      },
      { kind: "text", at: [0, Number.NaN], text: "a", size: 8, fill: RED },
      { kind: "line", from: [-1e300, 0], to: [1e300, 1e-9], stroke: RED, width: 1 },
    ]);
    expect(found).toEqual(['<path d="M-1000000 0L1000000 0" fill="none" stroke="#f00" stroke-width="1"/>']);
  });

  test("holds images as PNG, without alpha where all pixels are opaque", async () => {
    const pixels = NdArray.from("uint8", Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255), [1, 2, 4]);
    const [image = ""] = await svg([{ kind: "image", at: [1, 2], width: 4, height: 2, pixels, crisp: true }]);
    const data =
      /^<image x="1" y="2" width="4" height="2" preserveAspectRatio="none" image-rendering="pixelated" href="data:image\/png;base64,(.*)"\/>$/.exec(
        image,
      )?.[1];
    const png = await readPng(Buffer.from(data as string, "base64"));
    expect([png.colour, png.array.toList()]).toEqual([
      "rgb",
      [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
    ]);
    const clear = NdArray.from("uint8", Uint8Array.of(1, 2, 3, 0), [1, 1, 4]);
    const [other = ""] = await svg([{ kind: "image", at: [0, 0], width: 1, height: 1, pixels: clear }]);
    const second = await readPng(Buffer.from(/base64,(.*)"/.exec(other)?.[1] as string, "base64"));
    expect(second.colour).toBe("rgba");
  });

  test("is refused in sizes that no picture has", async () => {
    for (const [width, height] of [
      [0, 1],
      [1.5, 1],
      [1e5, 1e5],
      [Number.NaN, 1],
    ] as const)
      await expect(pictureSvg({ width, height, marks: [] })).rejects.toThrow(RangeError);
  });
});
