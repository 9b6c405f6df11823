import type { NdArray } from "../../ndarray/ndarray.js";

/** How an EXR file stores one sample: its types half, float and uint. */
export type ExrDType = "float16" | "float32" | "uint32";

/** The lossless methods for scan lines. */
export type ExrCompression = "none" | "rle" | "zips" | "zip" | "piz";

/** Which lines come first in the file. Arrays are always top down. */
export type ExrLineOrder = "increasing" | "decreasing";

/** A rectangle of pixels; the maxima belong to it. x counts columns, y lines from the top; both may be negative. */
export interface ExrWindow {
  readonly xMin: number;
  readonly yMin: number;
  readonly xMax: number;
  readonly yMax: number;
}

/** A channel of an EXR part, as its header states it. */
export interface ExrChannel {
  readonly name: string;
  readonly dtype: ExrDType;
  /** Samples exist where x and y are multiples of these. */
  readonly sampling: readonly [x: number, y: number];
  /** What the file says in `pLinear`: a hint to lossy compressions. */
  readonly linear: boolean;
}

/** An attribute as the header stores it; `exrValue` reads it. */
export interface ExrAttribute {
  /** Name of its type, such as `float` or `chromaticities`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What the header of a scan-line file says. */
export interface ExrHeader {
  /** In the file's order, which is by the bytes of their names. */
  readonly channels: readonly ExrChannel[];
  readonly compression: ExrCompression;
  readonly lineOrder: ExrLineOrder;
  /** The pixels that the file holds. */
  readonly dataWindow: ExrWindow;
  /** The pixels that make the picture; may be smaller or larger than `dataWindow`. */
  readonly displayWindow: ExrWindow;
  /** All other attributes in stored order, unknown ones included. */
  readonly attributes: ReadonlyMap<string, ExrAttribute>;
}

/** One channel's samples: (lines, columns) of the data window, the top line first. */
export type ExrPlane = NdArray<ExrDType, readonly [number, number]>;

export const BYTES_OF: Readonly<Record<ExrDType, 2 | 4>> = { float16: 2, float32: 4, uint32: 4 };

/** Lines that are compressed together. */
export const LINES_OF: Readonly<Record<ExrCompression, number>> = { none: 1, rle: 1, zips: 1, zip: 16, piz: 32 };
