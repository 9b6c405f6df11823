import { FormatError } from "../errors.js";
import { astype } from "../ndarray/astype.js";
import { NdArray } from "../ndarray/ndarray.js";
import { type Colour, distinctColour } from "./colour.js";

/** Pixels as pictures take them: lines, columns, and red, green, blue, alpha. */
export type Pixels = NdArray<"uint8", readonly [number, number, 4]>;

/**
 * What the numbers of an image stand for. `colour`: light, from none to the most that the type holds (1 for floats);
 * `range`: anything, from the least to the greatest of this image; `direction`: parts of a unit vector, from -1 to 1;
 * `labels`: numbers of classes, one colour each.
 */
export type ImageMeaning = "colour" | "range" | "direction" | "labels";

export interface DisplayOptions {
  /** Default: `direction` for floats of three channels that go below 0, `colour` for those up to 1, `range` for other floats; `colour` for whole numbers. */
  readonly as?: ImageMeaning | undefined;
  /** Colours of the numbers of a palette, (colours, 3 or 4) of uint8. */
  readonly palette?: NdArray | undefined;
  /** The greatest value of samples of fewer bits than their type has, such as 1 for one bit. */
  readonly maximum?: number | undefined;
}

/**
 * An image as it can be shown. `image` is (lines, columns) or (lines, columns, channels): 1 grey, 2 grey and alpha, 3 red, green, blue,
 * 4 with alpha. Light is shown as it is stored, without any correction. Pixels that are NaN or infinite are transparent, and so
 * are those of a value that lies a thousand times beyond all others: depth is stored like that where there is nothing.
 *
 * Throws `FormatError` `mismatch` for an array that is no image.
 */
export function displayImage(image: NdArray, options: DisplayOptions = {}): Pixels {
  const { lines, columns, channels, data } = samplesOf(image);
  const pixels = new Uint8Array(lines * columns * 4);
  const as = options.as ?? meaningOf(image, data, channels);
  if (options.palette) paintPalette(pixels, data, options.palette);
  else if (as === "labels") paintLabels(pixels, data, channels);
  else paintScaled(pixels, data, channels, scaleOf(image, data, as, options.maximum));
  return NdArray.from("uint8", pixels, [lines, columns, 4] as const);
}

interface Samples {
  readonly lines: number;
  readonly columns: number;
  readonly channels: number;
  readonly data: Float64Array;
}

function samplesOf(image: NdArray): Samples {
  const { dtype, shape, ndim } = image;
  const [lines = 0, columns = 0, channels = 1] = shape;
  const fits = (ndim === 2 || ndim === 3) && channels >= 1 && channels <= 4;
  if (!fits || !/^(?:bool|u?int\d+|float\d+)$/.test(dtype))
    throw new FormatError("mismatch", `${dtype} (${shape.join(", ")}) is no image`);
  const packed = astype(image, "float64").contiguous();
  const data = (packed.data as unknown as Float64Array).subarray(packed.offset, packed.offset + packed.size);
  return { lines, columns, channels, data };
}

function meaningOf({ dtype }: NdArray, data: Float64Array, channels: number): ImageMeaning {
  if (!dtype.startsWith("float")) return "colour";
  const [least, greatest] = rangeOf(data);
  if (channels >= 3 && least < 0 && least >= -1.01 && greatest <= 1.01) return "direction";
  return channels >= 3 && least >= 0 && greatest <= 1.01 ? "colour" : "range";
}

/** Which value is black and which is white, and from which on there is nothing. */
interface Scale {
  readonly black: number;
  readonly white: number;
  readonly nothing: number;
}

function scaleOf({ dtype }: NdArray, data: Float64Array, as: ImageMeaning, maximum: number | undefined): Scale {
  const nothing = Number.POSITIVE_INFINITY;
  if (as === "direction") return { black: -1, white: 1, nothing };
  if (as === "range") {
    const [black, white, most] = rangeOf(data);
    return { black, white, nothing: most > white ? most : nothing };
  }
  const bits = /^u?int(\d+)$/.exec(dtype)?.[1];
  const most = bits === undefined ? 1 : 2 ** (Number(bits) - (dtype.startsWith("u") ? 0 : 1)) - 1;
  return { black: 0, white: maximum ?? most, nothing };
}

/** So many times as large as all others, the greatest value is none that was measured. */
const NOTHING = 1000;

/** The least and the greatest value, and the greatest of all where one lies beyond all others. */
function rangeOf(data: Float64Array): readonly [least: number, greatest: number, beyond: number] {
  let least = Number.POSITIVE_INFINITY;
  let [greatest, second] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    if (value > greatest) [second, greatest] = [greatest, value];
    else if (value < greatest && value > second) second = value;
  }
  const alone = second > 0 && greatest >= NOTHING * second;
  return [least, alone ? second : greatest, greatest];
}

function paintScaled(pixels: Uint8Array, data: Float64Array, channels: number, scale: Scale): void {
  const { black, white, nothing } = scale;
  const spread = white - black;
  const byte = (value: number): number => {
    const share = spread > 0 ? (value - black) / spread : 0.5;
    return Math.round(255 * Math.min(1, Math.max(0, share)));
  };
  const hasAlpha = channels === 2 || channels === 4;
  const colours = channels - (hasAlpha ? 1 : 0);
  for (let from = 0, to = 0; to < pixels.length; from += channels, to += 4) {
    let drawn = true;
    for (let part = 0; part < 3; part++) {
      const value = data[from + (colours === 3 ? part : 0)] as number;
      drawn &&= Number.isFinite(value) && value < nothing;
      if (drawn) pixels[to + part] = byte(value);
    }
    if (!drawn) pixels.fill(0, to, to + 4);
    else pixels[to + 3] = hasAlpha ? byte(data[from + channels - 1] as number) : 255;
  }
}

function paintPalette(pixels: Uint8Array, data: Float64Array, palette: NdArray): void {
  const [count = 0, parts = 0] = palette.shape;
  const colours = palette.toBytes();
  for (const [at, index] of data.entries()) {
    if (!(index < count)) continue;
    for (let part = 0; part < 4; part++)
      pixels[4 * at + part] = part < parts ? (colours[index * parts + part] as number) : 255;
  }
}

/** Classes in the order of their numbers have colours as far apart as possible; class 0 is black. */
function paintLabels(pixels: Uint8Array, data: Float64Array, channels: number): void {
  for (let from = 0, to = 0; to < pixels.length; from += channels, to += 4) {
    let label = 0;
    for (let part = 0; part < channels; part++) label = label * 31 + (data[from + part] as number);
    if (!Number.isFinite(label)) continue;
    pixels.set(labelColour(label), to);
    pixels[to + 3] = 255;
  }
}

function labelColour(label: number): Colour {
  if (label === 0) return [0, 0, 0];
  if (label > 0 && label <= 8) return distinctColour(label - 1);
  // The golden angle: hues that never come near to one before soon.
  const hue = ((((label * 137.508) % 360) + 360) % 360) / 60;
  const part = (shift: number): number => Math.round(255 * (0.35 + 0.6 * ramp((hue + shift) % 6)));
  return [part(0), part(4), part(2)];
}

/** How much of a colour's part is in a hue from 0 to 6. */
function ramp(hue: number): number {
  return Math.min(1, Math.max(0, Math.abs(hue - 3) - 1));
}
