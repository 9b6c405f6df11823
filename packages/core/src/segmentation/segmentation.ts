import { FormatError } from "../errors.js";
import { astype } from "../ndarray/astype.js";
import { NdArray } from "../ndarray/ndarray.js";
import { type ColourLabel, labelGroups } from "./label-table.js";

export interface SegmentOptions {
  /**
   * How far each part of a colour may be from that of the label, for tables whose numbers were rounded; the nearest label
   * counts. Default 0: colours are equal.
   */
  readonly tolerance?: number | undefined;
}

/** A colour that no label has. */
export interface UnknownColour {
  readonly colour: readonly number[];
  readonly count: number;
  /** Row and column of the first pixel of it. */
  readonly first: readonly [row: number, column: number];
}

/** The id of pixels whose colour no label has. */
export const UNKNOWN_LABEL = -1;

/** Unknown colours that are told apart; of further ones only the pixels are counted. */
const MOST_UNKNOWN = 1024;

/** What each pixel of an image shows. */
export class Segmentation {
  readonly labels: readonly ColourLabel[];
  /** (H, W): the position of each pixel's label, -1 where no label has its colour. */
  readonly ids: NdArray<"int32">;
  /** Pixels of each label, by its position. */
  readonly counts: readonly number[];
  /** Colours that no label has, at most 1024 of them, in the order in which they are met. */
  readonly unknown: readonly UnknownColour[];
  /** Pixels of colours that no label has. */
  readonly unknownCount: number;
  readonly #groups: ReadonlyMap<string, readonly number[]>;

  /** Use {@link segment}. */
  constructor(labels: readonly ColourLabel[], ids: NdArray<"int32">, unknown: readonly UnknownColour[]) {
    const counts = new Array<number>(labels.length).fill(0);
    let unknownCount = 0;
    for (const id of ids.data) {
      if (id === UNKNOWN_LABEL) unknownCount++;
      else counts[id] = (counts[id] as number) + 1;
    }
    this.labels = labels;
    this.ids = ids;
    this.counts = counts;
    this.unknown = unknown;
    this.unknownCount = unknownCount;
    this.#groups = labelGroups(labels);
  }

  /** Paths of groups of labels, outer ones first. */
  get groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** Positions of the labels at a path: a label, or all below a group. Throws `RangeError` when there are none. */
  select(path: string): readonly number[] {
    const own = this.labels.flatMap((label, index) => (label.path === path ? [index] : []));
    const all = [...own, ...(this.#groups.get(path) ?? [])];
    if (all.length > 0) return all;
    throw new RangeError(`no label and no group of labels is called ${JSON.stringify(path)}`);
  }

  /** Pixels of a label, or of all labels below a group. */
  count(path: string): number {
    return this.select(path).reduce((sum, index) => sum + (this.counts[index] as number), 0);
  }

  /** (H, W): where a label is, or any label below a group. */
  mask(path: string): NdArray<"bool"> {
    const chosen = new Set(this.select(path));
    const mask = Uint8Array.from(this.ids.data, (id) => (chosen.has(id) ? 1 : 0));
    return NdArray.from("bool", mask, this.ids.shape) as NdArray<"bool">;
  }

  /** Pixels by the path of the label, those of labels that are there; in the order of the table. */
  histogram(): ReadonlyMap<string, number> {
    const histogram = new Map<string, number>();
    this.labels.forEach(({ path }, index) => {
      const count = this.counts[index] as number;
      if (count > 0) histogram.set(path, (histogram.get(path) ?? 0) + count);
    });
    return histogram;
  }
}

/**
 * Which label each pixel of an image (H, W, 3 or more) has, by its first three channels. Of labels with one colour the first
 * counts. Throws `FormatError` `mismatch` for an image of 8 bits where labels have larger numbers: whoever made it lost the
 * colours. Throws `RangeError` for an array that is no image.
 */
export function segment(image: NdArray, labels: readonly ColourLabel[], options: SegmentOptions = {}): Segmentation {
  const [height = 0, width = 0, channels = 0] = image.shape;
  if (image.ndim !== 3 || channels < 3)
    throw new RangeError(`a segmentation is an image in colour, the shape is (${image.shape.join(", ")})`);
  if (image.dtype === "uint8" && labels.some(({ colour }) => colour.some((part) => part > 255))) {
    throw new FormatError("mismatch", "the image is 8-bit: the 16-bit colours of the table cannot be matched");
  }
  const find = finder(labels, options.tolerance ?? 0);
  const samples = packed(image);
  const ids = new Int32Array(height * width);
  const unknown = new Map<string, { colour: readonly number[]; count: number; first: readonly [number, number] }>();
  let [r, g, b, id] = [Number.NaN, Number.NaN, Number.NaN, UNKNOWN_LABEL];
  for (let i = 0, at = 0; i < ids.length; i++, at += channels) {
    const red = samples[at] as number;
    const green = samples[at + 1] as number;
    const blue = samples[at + 2] as number;
    if (red !== r || green !== g || blue !== b) {
      [r, g, b] = [red, green, blue];
      id = find(r, g, b);
    }
    ids[i] = id;
    if (id !== UNKNOWN_LABEL) continue;
    const key = `${r},${g},${b}`;
    const found = unknown.get(key);
    if (found) found.count++;
    else if (unknown.size < MOST_UNKNOWN)
      unknown.set(key, { colour: [r, g, b], count: 1, first: [Math.floor(i / width), i % width] });
  }
  return new Segmentation(labels, NdArray.from("int32", ids, [height, width]), [...unknown.values()]);
}

type Find = (red: number, green: number, blue: number) => number;

function finder(labels: readonly ColourLabel[], tolerance: number): Find {
  if (!(tolerance >= 0)) throw new RangeError(`a tolerance of ${tolerance}`);
  if (tolerance > 0) return (red, green, blue) => nearest(labels, [red, green, blue], tolerance);
  const byColour = new Map<string, number>();
  labels.forEach(({ colour }, index) => {
    const key = colour.join();
    if (!byColour.has(key)) byColour.set(key, index);
  });
  return (red, green, blue) => byColour.get(`${red},${green},${blue}`) ?? UNKNOWN_LABEL;
}

/** The label whose colour is nearest, with each part within the tolerance. */
function nearest(labels: readonly ColourLabel[], colour: readonly number[], tolerance: number): number {
  let best = UNKNOWN_LABEL;
  let least = Number.POSITIVE_INFINITY;
  labels.forEach((label, index) => {
    let sum = 0;
    for (let part = 0; part < 3; part++) {
      const distance = Math.abs((label.colour[part] as number) - (colour[part] as number));
      if (!(distance <= tolerance)) return;
      sum += distance * distance;
    }
    if (sum < least) [best, least] = [index, sum];
  });
  return best;
}

type Samples = Uint8Array | Uint16Array | Float64Array;

function packed(image: NdArray): Samples {
  const isWhole = image.dtype === "uint8" || image.dtype === "uint16";
  const array = (isWhole ? image : astype(image, "float64")).contiguous();
  return (array.data as Samples).subarray(array.offset, array.offset + array.size);
}
