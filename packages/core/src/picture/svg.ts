import { writePng } from "../codec/png/write.js";
import { NdArray } from "../ndarray/ndarray.js";
import { MemorySink } from "../source/sink-memory.js";
import type { ReadOptions } from "../source/source.js";
import { hexOf } from "./colour.js";
import { checkSize, type GroupMark, type ImageMark, type LineMark, type Mark, type Picture } from "./scene.js";

/**
 * The picture as a document of SVG. Equal pictures give equal text; images are inside of it
 * as PNG. Marks whose place is no number are left out. Throws `RangeError` for a size that a picture cannot have.
 */
export async function pictureSvg(picture: Picture, options: ReadOptions = {}): Promise<string> {
  const { width, height, background, title, marks } = picture;
  checkSize(width, height);
  const writer = new SvgWriter(options);
  const body = await writer.marks(marks);
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const clips = writer.clips.length === 0 ? [] : [`<defs>${writer.clips.join("")}</defs>`];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} stroke-linecap="round">`,
    ...(title === undefined ? [] : [`<title>${escaped(title)}</title>`]),
    ...clips,
    ...(background ? [`<rect width="${width}" height="${height}" fill="${hexOf(background)}"/>`] : []),
    ...body,
    "</svg>\n",
  ].join("\n");
}

class SvgWriter {
  /** Definitions of what groups show of their marks, by size. */
  readonly clips: string[] = [];
  readonly #clipIds = new Map<string, string>();
  readonly #options: ReadOptions;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  async marks(marks: readonly Mark[]): Promise<readonly string[]> {
    const parts: string[] = [];
    for (let at = 0; at < marks.length; ) {
      const mark = marks[at] as Mark;
      const run = mark.kind === "line" ? lineRun(marks, at) : [];
      at += Math.max(1, run.length);
      if (mark.kind === "line") parts.push(linesText(run));
      else if (mark.kind === "group") parts.push(...(await this.#group(mark)));
      else if (mark.kind === "image") parts.push(await this.#image(mark));
      else parts.push(shapeText(mark));
    }
    return parts.filter((text) => text !== "");
  }

  async #group({ at = [0, 0], scale = 1, clip, marks }: GroupMark): Promise<readonly string[]> {
    if (!isDrawn([...at, scale])) return [];
    const inside = await this.marks(marks);
    if (inside.length === 0) return [];
    const moved = at[0] === 0 && at[1] === 0 ? "" : `translate(${number(at[0])} ${number(at[1])})`;
    const scaled = scale === 1 ? "" : `scale(${Number(scale.toPrecision(6))})`;
    const transform = moved + scaled === "" ? "" : ` transform="${moved}${scaled}"`;
    return [`<g${transform}${clip ? ` clip-path="url(#${this.#clip(clip)})"` : ""}>`, ...inside, "</g>"];
  }

  #clip([width, height]: readonly [number, number]): string {
    const size = `width="${number(width)}" height="${number(height)}"`;
    const known = this.#clipIds.get(size);
    if (known !== undefined) return known;
    const id = `c${this.#clipIds.size}`;
    this.#clipIds.set(size, id);
    this.clips.push(`<clipPath id="${id}"><rect ${size}/></clipPath>`);
    return id;
  }

  async #image({ at, width, height, pixels, crisp, opacity }: ImageMark): Promise<string> {
    if (!isDrawn([...at, width, height]) || pixels.size === 0) return "";
    const sink = new MemorySink();
    await writePng(sink, withoutAlpha(pixels), this.#options);
    const place = `x="${number(at[0])}" y="${number(at[1])}" width="${number(width)}" height="${number(height)}"`;
    const rendering = crisp ? ' image-rendering="pixelated"' : "";
    const data = base64(sink.bytes());
    return `<image ${place} preserveAspectRatio="none"${rendering}${opacityText("", opacity)} href="data:image/png;base64,${data}"/>`;
  }
}

/** Lines alike that follow each other: one path is shorter than many lines, and covers the same as long as it is opaque. */
function lineRun(marks: readonly Mark[], start: number): readonly LineMark[] {
  const first = marks[start] as LineMark;
  const run: LineMark[] = [first];
  for (let at = start + 1; at < marks.length && (first.opacity ?? 1) === 1; at++) {
    const mark = marks[at] as Mark;
    const alike = mark.kind === "line" && mark.width === first.width && (mark.opacity ?? 1) === 1;
    if (!alike || hexOf(mark.stroke) !== hexOf(first.stroke)) break;
    run.push(mark);
  }
  return run;
}

function linesText(run: readonly LineMark[]): string {
  const [{ stroke, width, opacity }] = run as readonly [LineMark];
  const drawn = run.filter(({ from, to }) => isDrawn([...from, ...to]));
  if (drawn.length === 0 || !isDrawn([width])) return "";
  const path = drawn.map(({ from, to }) => `M${pair(from)}L${pair(to)}`).join("");
  return `<path d="${path}" fill="none" stroke="${hexOf(stroke)}" stroke-width="${number(width)}"${opacityText("stroke-", opacity)}/>`;
}

function shapeText(mark: Exclude<Mark, LineMark | GroupMark | ImageMark>): string {
  const fill = `fill="${hexOf(mark.fill)}"${opacityText("fill-", mark.opacity)}`;
  switch (mark.kind) {
    case "circle": {
      const [x, y] = mark.centre;
      return isDrawn([x, y, mark.radius])
        ? `<circle cx="${number(x)}" cy="${number(y)}" r="${number(mark.radius)}" ${fill}/>`
        : "";
    }
    case "dots": {
      // A line without length and with round ends is a disc, in a tenth of the text that a circle takes.
      const dots: string[] = [];
      for (let at = 0; at + 1 < mark.points.length; at += 2) {
        const point = [mark.points[at] as number, mark.points[at + 1] as number] as const;
        if (isDrawn(point)) dots.push(`M${pair(point)}h0`);
      }
      const stroke = `stroke="${hexOf(mark.fill)}" stroke-width="${number(2 * mark.radius)}"`;
      return dots.length === 0 ? "" : `<path d="${dots.join("")}" ${stroke}${opacityText("stroke-", mark.opacity)}/>`;
    }
    case "polygon":
      return isDrawn(mark.points.flat()) ? `<polygon points="${mark.points.map(pair).join(" ")}" ${fill}/>` : "";
    case "text": {
      const [x, y] = mark.at;
      const anchor = mark.anchor && mark.anchor !== "start" ? ` text-anchor="${mark.anchor}"` : "";
      const font = `font-family="monospace" font-size="${number(mark.size)}"`;
      return isDrawn([x, y, mark.size]) && mark.text !== ""
        ? `<text x="${number(x)}" y="${number(y)}" ${font}${anchor} ${fill}>${escaped(mark.text)}</text>`
        : "";
    }
  }
}

/** Beyond this nothing is in any picture; viewers compute in 32 bits. */
const FARTHEST = 1e6;

/** Whether all of them are numbers that can be drawn with. */
function isDrawn(numbers: readonly number[]): boolean {
  return numbers.every(Number.isFinite);
}

/** To a hundredth of a pixel, as short as that goes. */
function number(value: number): string {
  const near = Math.min(FARTHEST, Math.max(-FARTHEST, value));
  return String(Math.round(near * 100) / 100 + 0).replace(/^(-?)0\./, "$1.");
}

function pair([x, y]: readonly [x: number, y: number]): string {
  const second = number(y);
  return `${number(x)}${second.startsWith("-") ? "" : " "}${second}`;
}

function opacityText(prefix: string, opacity = 1): string {
  return opacity === 1 ? "" : ` ${prefix}opacity="${number(opacity)}"`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as XML can hold it: characters that it has no form for become U+FFFD. */
function escaped(text: string): string {
  return (
    text
      .replaceAll(/[\ud800-\udfff]/gu, "\ufffd")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML allows none of these.
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll(/[&<>"]/g, (character) => ESCAPES[character] as string)
  );
}

/** The pixels without their alpha where all of them are opaque. */
function withoutAlpha(pixels: ImageMark["pixels"]): NdArray {
  const [height, width] = pixels.shape;
  const packed = pixels.toBytes();
  const colours = new Uint8Array(height * width * 3);
  for (let from = 0, to = 0; from < packed.length; from += 4, to += 3) {
    if (packed[from + 3] !== 255) return pixels;
    colours[to] = packed[from] as number;
    colours[to + 1] = packed[from + 1] as number;
    colours[to + 2] = packed[from + 2] as number;
  }
  return NdArray.from("uint8", colours, [height, width, 3]);
}

/** What one call may be given; three bytes are four letters. */
const PIECE = 3 * 4096;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  return text;
}
