import type { NdArray } from "../../ndarray/ndarray.js";

/** What the samples of a pixel are; `palette` samples are rows of the palette. */
export type PngColour = "grey" | "rgb" | "palette" | "grey-alpha" | "rgba";

/** Bits of a sample. */
export type PngBitDepth = 1 | 2 | 4 | 8 | 16;

/** What the first chunk of a PNG file says. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: PngBitDepth;
  readonly colour: PngColour;
  /** Whether the pixels are stored coarse to fine (Adam7). */
  readonly interlaced: boolean;
}

/** The pixels of a PNG file. */
export interface PngImage extends PngHeader {
  /**
   * Samples as stored, the top line first: (lines, columns, samples), the last axis being 1 to 4 long. uint16 for 16
   * bits, else uint8; samples of fewer than 8 bits keep their values (0 to 3 for two bits).
   */
  readonly array: NdArray<"uint8" | "uint16", readonly [number, number, number]>;
  /** Colours of a palette as (colours, 3), or (colours, 4) with alpha where the file states that; absent without one. */
  readonly palette?: NdArray<"uint8">;
  /** The one grey or colour that counts as transparent, as sample values; absent where there is none. */
  readonly transparent?: readonly number[];
}

/** Samples of one pixel. */
export const SAMPLES_OF: Readonly<Record<PngColour, number>> = {
  grey: 1,
  rgb: 3,
  palette: 1,
  "grey-alpha": 2,
  rgba: 4,
};

/** The format's numbers for them. */
export const COLOUR_TYPES: ReadonlyMap<number, PngColour> = new Map([
  [0, "grey"],
  [2, "rgb"],
  [3, "palette"],
  [4, "grey-alpha"],
  [6, "rgba"],
]);

/** Bit depths that each may have. */
export const DEPTHS_OF: Readonly<Record<PngColour, readonly PngBitDepth[]>> = {
  grey: [1, 2, 4, 8, 16],
  rgb: [8, 16],
  palette: [1, 2, 4, 8],
  "grey-alpha": [8, 16],
  rgba: [8, 16],
};

/** Shape of the array of such an image. */
export function shapeOf({ width, height, colour }: PngHeader): readonly [number, number, number] {
  return [height, width, SAMPLES_OF[colour]];
}
