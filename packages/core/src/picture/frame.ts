import type { NdArray } from "../ndarray/ndarray.js";
import { type Colour, isLight, WHITE } from "./colour.js";
import { type DisplayOptions, displayImage, type Pixels } from "./display.js";
import { type Box, type Figure, joinedBox, type Placement, placementFor } from "./figure.js";
import { picturePixels } from "./raster/picture.js";
import { checkSize, type ImageMark, type Mark, type Picture } from "./scene.js";

/** The size of a picture, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export interface FrameOptions {
  /**
   * Pixels. Default: 480 by 480; where `fit` is an image, its size with no side longer than 1024, a small one several times as
   * large.
   */
  readonly size?: PictureSize | undefined;
  /** What is to be seen: all that is drawn (the default), or an image of this size in which the keypoints are pixels. */
  readonly fit?: "content" | PictureSize | undefined;
  /** Pixels that stay free around what is drawn; 8 in a hundred of the shorter side when left out, none around an image. */
  readonly margin?: number | undefined;
  /** Default white; `none` leaves it transparent. */
  readonly background?: Colour | "none" | undefined;
  /** The image below, whose pixels are the unit of what is drawn; `fit` is its size then. */
  readonly image?: NdArray | undefined;
  /** How its numbers become colours. */
  readonly imageOptions?: DisplayOptions | undefined;
  readonly title?: string | undefined;
}

/** Figures in one plane, the last one on top. Throws `RangeError` for a size that a picture cannot have. */
export function figurePicture(figures: readonly Figure[], options: FrameOptions = {}): Picture {
  const frame = frameOf(figures, options);
  const { width, height } = frame.size;
  return { width, height, ...backgroundOf(options), ...titleOf(options), marks: cellMarks(frame, figures, options) };
}

/** What all cells of a picture have in common. */
export interface Frame {
  readonly size: PictureSize;
  readonly placement: Placement;
}

/** Size and place for figures that are to be compared. */
export function frameOf(figures: readonly Figure[], options: FrameOptions): Frame {
  const fit = fitOf(options);
  const size = options.size ?? sizeFor(fit);
  checkSize(size.width, size.height);
  const box: Box | undefined =
    fit === "content"
      ? joinedBox(figures.map((figure) => figure.box))
      : { left: 0, top: 0, right: fit.width, bottom: fit.height };
  const usual = fit === "content" ? 0.08 * Math.min(size.width, size.height) : 0;
  return { size, placement: placementFor(box, size, options.margin ?? usual) };
}

function fitOf({ fit = "content", image }: FrameOptions): "content" | PictureSize {
  if (!image) return fit;
  const [height = 1, width = 1] = image.shape;
  return { width, height };
}

/** Pixels of a side, and up to which an image is so small that its pixels are drawn several times as large. */
const FRAME = 480;
const SMALL = 240;

function sizeFor(fit: "content" | PictureSize): PictureSize {
  if (fit === "content") return { width: FRAME, height: FRAME };
  const longest = Math.max(fit.width, fit.height);
  const scale = longest <= SMALL ? Math.floor(FRAME / longest) || 1 : Math.min(1, 1024 / longest);
  return { width: Math.max(1, Math.round(fit.width * scale)), height: Math.max(1, Math.round(fit.height * scale)) };
}

/** The image of a cell, and its figures on it. */
export function cellMarks(
  { placement }: Pick<Frame, "placement">,
  figures: readonly Figure[],
  { image, imageOptions }: Pick<FrameOptions, "image" | "imageOptions">,
): readonly Mark[] {
  const drawn = figures.flatMap((figure) => figure.marks(placement));
  if (!image) return drawn;
  return [imageMark(displayImage(image, imageOptions), placement, imageOptions), ...drawn];
}

function imageMark(pixels: Pixels, { x, y, scale }: Placement, options: DisplayOptions | undefined): Mark {
  const [lines, columns] = pixels.shape;
  // Pixels that become large are what somebody wants to look at.
  const crisp = scale >= 2 || options?.as === "labels" || options?.palette !== undefined;
  const mark: ImageMark = { kind: "image", at: [x, y], width: columns * scale, height: lines * scale, pixels, crisp };
  return scale < 1 ? { ...mark, pixels: shrunk(mark) } : mark;
}

/** Only as many pixels as can be seen: documents hold them all. */
function shrunk(mark: ImageMark): Pixels {
  const width = Math.max(1, Math.round(mark.width));
  const height = Math.max(1, Math.round(mark.height));
  return picturePixels({ width, height, marks: [{ ...mark, at: [0, 0], width, height }] });
}

export function backgroundOf({ background = WHITE }: FrameOptions): Pick<Picture, "background"> {
  return background === "none" ? {} : { background };
}

export function titleOf({ title }: FrameOptions): Pick<Picture, "title"> {
  return title === undefined ? {} : { title };
}

/** A colour in which text can be read on the background. */
export function inkFor({ background = WHITE }: FrameOptions): Colour {
  return background === "none" || isLight(background) ? [60, 60, 60] : [220, 220, 220];
}
