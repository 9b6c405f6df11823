import type { NdArray } from "../../ndarray/ndarray.js";
import {
  type CircleMark,
  checkSize,
  type GroupMark,
  type ImageMark,
  type Mark,
  type Picture,
  type TextMark,
} from "../scene.js";
import { Canvas, overlap, type Region } from "./canvas.js";
import { fillCapsule } from "./capsule.js";
import { ADVANCE, DOT, dotsOf } from "./font.js";
import { drawImage } from "./image.js";
import { fillPolygon } from "./polygon.js";

/**
 * The picture as pixels: lines, columns, and red, green, blue, alpha. Edges are smooth, letters are of dots. Marks whose place is
 * no number are left out. Throws `RangeError` for a size that a picture cannot have.
 */
export function picturePixels(picture: Picture): NdArray<"uint8", readonly [number, number, 4]> {
  const { width, height, background, marks } = picture;
  checkSize(width, height);
  const canvas = new Canvas(width, height, background);
  const painter = new Painter(canvas);
  painter.draw(marks, { x: 0, y: 0, scale: 1, region: canvas.region });
  return canvas.toArray();
}

/** Where the coordinates of marks are on the canvas. */
interface Frame {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly region: Region;
}

type Point = readonly [x: number, y: number];

class Painter {
  readonly #canvas: Canvas;

  constructor(canvas: Canvas) {
    this.#canvas = canvas;
  }

  draw(marks: readonly Mark[], frame: Frame): void {
    for (const mark of marks) this.#draw(mark, frame);
  }

  #draw(mark: Mark, frame: Frame): void {
    const at = (point: Point): Point => placed(frame, point);
    switch (mark.kind) {
      case "line":
        this.#capsule(frame, at(mark.from), at(mark.to), { ...mark, fill: mark.stroke, radius: mark.width / 2 });
        break;
      case "circle":
        this.#capsule(frame, at(mark.centre), at(mark.centre), mark);
        break;
      case "dots":
        for (let i = 0; i + 1 < mark.points.length; i += 2) {
          const centre = at([mark.points[i] as number, mark.points[i + 1] as number]);
          this.#capsule(frame, centre, centre, mark);
        }
        break;
      case "polygon":
        fillPolygon(this.#canvas, frame.region, mark.points.map(at), mark.fill, mark.opacity ?? 1);
        break;
      case "text":
        this.#text(mark, frame);
        break;
      case "image":
        this.#image(mark, frame);
        break;
      case "group":
        this.#group(mark, frame);
        break;
    }
  }

  #group(mark: GroupMark, frame: Frame): void {
    const [x, y] = placed(frame, mark.at ?? [0, 0]);
    const inner = { x, y, scale: frame.scale * (mark.scale ?? 1), region: frame.region };
    if (![x, y, inner.scale].every(Number.isFinite)) return;
    this.draw(mark.marks, mark.clip ? clipped(inner, mark.clip) : inner);
  }

  #image(mark: ImageMark, frame: Frame): void {
    const [x, y] = placed(frame, mark.at);
    const [lines, columns] = mark.pixels.shape;
    const size = { width: mark.width * frame.scale, height: mark.height * frame.scale, lines, columns };
    const stretched = { x, y, ...size, pixels: mark.pixels.toBytes(), crisp: mark.crisp === true };
    drawImage(this.#canvas, frame.region, stretched, mark.opacity ?? 1);
  }

  #capsule(
    { scale, region }: Frame,
    from: Point,
    to: Point,
    { fill, radius, opacity = 1 }: Pick<CircleMark, "fill" | "radius" | "opacity">,
  ): void {
    fillCapsule(this.#canvas, region, { from, to, radius: radius * scale }, fill, opacity);
  }

  #text({ at, text, size, fill, anchor, opacity = 1 }: TextMark, frame: Frame): void {
    const letters = [...text];
    const width = letters.length * ADVANCE * size;
    const start = at[0] - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
    const dot = DOT * size * frame.scale;
    for (const [index, letter] of letters.entries()) {
      const left = frame.x + frame.scale * (start + index * ADVANCE * size);
      const top = frame.y + frame.scale * at[1] - 7 * dot;
      for (const [column, row] of dotsOf(letter)) {
        const [x, y] = [left + column * dot, top + row * dot];
        const square: Point[] = [
          [x, y],
          [x + dot, y],
          [x + dot, y + dot],
          [x, y + dot],
        ];
        fillPolygon(this.#canvas, frame.region, square, fill, opacity);
      }
    }
  }
}

function placed({ x, y, scale }: Frame, point: Point): Point {
  return [x + scale * point[0], y + scale * point[1]];
}

/** The frame with only that shown of it which is in the rectangle, to whole pixels. */
function clipped(frame: Frame, [width, height]: readonly [width: number, height: number]): Frame {
  const { x, y, scale } = frame;
  const inside = {
    left: Math.round(x),
    top: Math.round(y),
    right: Math.round(x + width * scale),
    bottom: Math.round(y + height * scale),
  };
  return { ...frame, region: overlap(frame.region, inside) };
}
