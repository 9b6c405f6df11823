import type { NdArray } from "../ndarray/ndarray.js";
import type { Colour } from "./colour.js";

/**
 * What is to be seen, before it is SVG or pixels: marks in the order in which they are drawn. x points right, y down; the
 * centre of the top-left pixel is (0.5, 0.5).
 */
export interface Picture {
  /** Size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Transparent when left out. */
  readonly background?: Colour | undefined;
  /** What the picture shows, for those who cannot see it. */
  readonly title?: string | undefined;
  readonly marks: readonly Mark[];
}

/** Something drawn, in pixels of the picture. */
export type Mark = LineMark | CircleMark | DotsMark | PolygonMark | TextMark | ImageMark | GroupMark;

interface Painted {
  /** From 0 to 1. Default 1. */
  readonly opacity?: number | undefined;
}

/** A straight line with round ends. */
export interface LineMark extends Painted {
  readonly kind: "line";
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly stroke: Colour;
  readonly width: number;
}

/** A filled disc. */
export interface CircleMark extends Painted {
  readonly kind: "circle";
  readonly centre: readonly [x: number, y: number];
  readonly radius: number;
  readonly fill: Colour;
}

/** Many discs alike. */
export interface DotsMark extends Painted {
  readonly kind: "dots";
  /** x and y of each, one after the other. */
  readonly points: ArrayLike<number>;
  readonly radius: number;
  readonly fill: Colour;
}

/** A filled area within straight lines. */
export interface PolygonMark extends Painted {
  readonly kind: "polygon";
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly fill: Colour;
}

/** One line of text in letters of equal width. */
export interface TextMark extends Painted {
  readonly kind: "text";
  /** Where the text begins, has its middle or ends, on the line that letters stand on. */
  readonly at: readonly [x: number, y: number];
  readonly text: string;
  /** Pixels of one em; a letter takes 0.6 of it. */
  readonly size: number;
  readonly fill: Colour;
  /** Default `start`. */
  readonly anchor?: "start" | "middle" | "end" | undefined;
}

/** Pixels, stretched to a rectangle. */
export interface ImageMark extends Painted {
  readonly kind: "image";
  readonly at: readonly [x: number, y: number];
  readonly width: number;
  readonly height: number;
  /** Lines, columns, and red, green, blue, alpha. */
  readonly pixels: NdArray<"uint8", readonly [number, number, 4]>;
  /** Whether pixels that are drawn larger stay squares. Default: they run into each other. */
  readonly crisp?: boolean | undefined;
}

/** Marks in coordinates of their own: those of the group are `at + scale * (x, y)`. */
export interface GroupMark {
  readonly kind: "group";
  readonly at?: readonly [x: number, y: number] | undefined;
  /** Default 1. Widths and radii grow as well. */
  readonly scale?: number | undefined;
  /** Nothing outside of this rectangle from (0, 0) of the group is drawn. */
  readonly clip?: readonly [width: number, height: number] | undefined;
  readonly marks: readonly Mark[];
}

/** The most pixels that a picture may have. */
const MOST_PIXELS: number = 2 ** 26;

/** Throws `RangeError` for a size that a picture cannot have. */
export function checkSize(width: number, height: number): void {
  if (
    !(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0 && width * height <= MOST_PIXELS)
  )
    throw new RangeError(`${width} by ${height} pixels: whole numbers up to ${MOST_PIXELS} pixels are needed`);
}
