import type { NdArray } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { zeros } from "@somakit/core/ndarray";
import type { CocoRuns } from "./coco.types.gen.js";

export interface RunsOfMaskOptions {
  /** `packed`: the counts as text, as the tools of COCO write them. `list`: as numbers. Default `packed`. */
  readonly counts?: "packed" | "list" | undefined;
}

export interface MaskOfRunsOptions {
  /** Pixels of a mask that memory may be given to; more are a `limit` error. Default 2^28. */
  readonly maxPixels?: number | undefined;
}

const MOST_PIXELS = 2 ** 28;

/** Runs of a mask (H, W). Throws `RangeError` for an array that is none. */
export function runsOfMask(mask: NdArray<"bool">, options: RunsOfMaskOptions = {}): CocoRuns {
  if (mask.ndim !== 2) throw new RangeError(`a mask has two axes, this one (${mask.shape.join(", ")})`);
  const [height = 0, width = 0] = mask.shape;
  const { data, offset, strides } = mask;
  const [down = 0, right = 0] = strides;
  const lengths: number[] = [];
  let inside = 0;
  let length = 0;
  for (let column = 0; column < width; column++) {
    for (let row = 0; row < height; row++) {
      const value = data[offset + row * down + column * right] ? 1 : 0;
      if (value !== inside) {
        lengths.push(length);
        [inside, length] = [value, 0];
      }
      length++;
    }
  }
  lengths.push(length);
  return { size: [height, width], counts: options.counts === "list" ? lengths : packCounts(lengths) };
}

/**
 * The mask (H, W) of runs. Throws `FormatError` `corrupt` for text that holds no counts, or counts that do not fill the image,
 * `limit` for a mask that is too large.
 */
export function maskOfRuns(runs: CocoRuns, { maxPixels = MOST_PIXELS }: MaskOfRunsOptions = {}): NdArray<"bool"> {
  const { height, width, lengths } = checkedRuns(runs, maxPixels);
  // Column by column: what memory holds is the mask turned on its side.
  const turned = zeros("bool", [width, height]) as NdArray<"bool">;
  let at = 0;
  lengths.forEach((length, index) => {
    if (index % 2 === 1) turned.data.fill(1, at, at + length);
    at += length;
  });
  return turned.transpose() as NdArray<"bool">;
}

/** Pixels inside of the runs. */
export function areaOfRuns(runs: CocoRuns): number {
  return countsOfRuns(runs).reduce((sum, length, index) => sum + (index % 2 === 1 ? length : 0), 0);
}

/** x and y of the top left corner, width and height of the smallest box around the runs; all 0 when nothing is inside. */
export function boxOfRuns(runs: CocoRuns): readonly [x: number, y: number, width: number, height: number] {
  const { height, lengths } = checkedRuns(runs, Number.MAX_SAFE_INTEGER);
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, -1, Number.POSITIVE_INFINITY, -1];
  let at = 0;
  lengths.forEach((length, index) => {
    const end = at + length;
    if (index % 2 === 1 && length > 0) {
      const [first, last] = [Math.floor(at / height), Math.floor((end - 1) / height)];
      left = Math.min(left, first);
      right = Math.max(right, last);
      const isOne = first === last;
      top = Math.min(top, isOne ? at % height : 0);
      bottom = Math.max(bottom, isOne ? (end - 1) % height : height - 1);
    }
    at = end;
  });
  return right < 0 ? [0, 0, 0, 0] : [left, top, right - left + 1, bottom - top + 1];
}

/** The lengths of runs as numbers. Throws `FormatError` `corrupt` for text that holds none. */
export function countsOfRuns({ counts }: CocoRuns): readonly number[] {
  return typeof counts === "string" ? unpackCounts(counts) : counts;
}

function checkedRuns(
  runs: CocoRuns,
  maxPixels: number,
): { readonly height: number; readonly width: number; readonly lengths: readonly number[] } {
  const [height = -1, width = -1] = runs.size;
  if (runs.size.length !== 2 || ![height, width].every((size) => Number.isInteger(size) && size >= 0))
    throw new FormatError("corrupt", `[${runs.size.join(", ")}] are no rows and columns`, { path: "size" });
  const pixels = height * width;
  if (pixels > maxPixels)
    throw new FormatError("limit", `a mask of ${height} by ${width} pixels, more than ${maxPixels}`, { path: "size" });
  const lengths = countsOfRuns(runs);
  const bad = lengths.find((length) => !(Number.isInteger(length) && length >= 0));
  const sum = lengths.reduce((all, length) => all + length, 0);
  if (bad !== undefined || sum !== pixels)
    throw new FormatError("corrupt", `runs of ${sum} pixels in an image of ${height} by ${width}`, { path: "counts" });
  return { height, width, lengths };
}

/** Characters hold five bits and whether more follow, from `0` on. Counts from the fourth on are differences to the one but last. */
const FIRST = 48;
const MORE = 0x20;
const SIGN = 0x10;
const BITS = 0x1f;

function packCounts(lengths: readonly number[]): string {
  let text = "";
  lengths.forEach((length, index) => {
    let rest = index > 2 ? length - (lengths[index - 2] as number) : length;
    for (let more = true; more; ) {
      const bits = ((rest % 32) + 32) % 32;
      rest = Math.floor(rest / 32);
      more = bits & SIGN ? rest !== -1 : rest !== 0;
      text += String.fromCharCode(FIRST + (more ? bits | MORE : bits));
    }
  });
  return text;
}

/** Bits of a count, so that numbers stay exact. */
const LONGEST = 50;

function unpackCounts(text: string): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let shift = 0;
    for (let more = true; more; shift += 5) {
      const code = text.charCodeAt(at) - FIRST;
      if (!(code >= 0 && code < 64) || shift > LONGEST - 5)
        throw new FormatError("corrupt", "no text of packed counts", { path: "counts", offset: at });
      at++;
      value += (code & BITS) * 2 ** shift;
      more = (code & MORE) !== 0;
      if (!more && code & SIGN) value -= 2 ** (shift + 5);
    }
    const { length } = lengths;
    lengths.push(length > 2 ? value + (lengths[length - 2] as number) : value);
  }
  return lengths;
}
