import { NdArray } from "../../ndarray/ndarray.js";
import type { Colour } from "../colour.js";

/** A rectangle of whole pixels, its right and lower edge not included. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Pixels that colours are laid over. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue (not multiplied by alpha) and alpha, line by line. */
  readonly #pixels: Uint8ClampedArray;

  constructor(width: number, height: number, background: Colour | undefined) {
    this.width = width;
    this.height = height;
    this.#pixels = new Uint8ClampedArray(width * height * 4);
    if (!background) return;
    this.#pixels.set([...background, 255]);
    // Doubling what is there is much faster than pixel by pixel.
    for (let filled = 4; filled < this.#pixels.length; filled *= 2) this.#pixels.copyWithin(filled, 0, filled);
  }

  get region(): Region {
    return { left: 0, top: 0, right: this.width, bottom: this.height };
  }

  /** Lays a colour over a pixel, which it covers to a share from 0 to 1. The pixel must be on the canvas. */
  blend(x: number, y: number, red: number, green: number, blue: number, share: number): void {
    const at = 4 * (y * this.width + x);
    const pixels = this.#pixels;
    const below = (pixels[at + 3] as number) / 255;
    if (share >= 1 || below === 0) {
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
      pixels[at + 3] = share >= 1 ? 255 : share * 255;
      return;
    }
    const alpha = share + below * (1 - share);
    const weight = share / alpha;
    pixels[at] = (pixels[at] as number) + (red - (pixels[at] as number)) * weight;
    pixels[at + 1] = (pixels[at + 1] as number) + (green - (pixels[at + 1] as number)) * weight;
    pixels[at + 2] = (pixels[at + 2] as number) + (blue - (pixels[at + 2] as number)) * weight;
    pixels[at + 3] = alpha * 255;
  }

  /** Lines, columns, and red, green, blue, alpha. */
  toArray(): NdArray<"uint8", readonly [number, number, 4]> {
    const bytes = new Uint8Array(this.#pixels.buffer);
    return NdArray.from("uint8", bytes, [this.height, this.width, 4] as const);
  }
}

/** What two regions have in common; without pixels where that is nothing. */
export function overlap(a: Region, b: Region): Region {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}
