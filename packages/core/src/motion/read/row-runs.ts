import { FormatError } from "../../errors.js";
import { checkExtent } from "./forms.js";
import type { RowImages } from "./row-ranges.js";

/** Where the rows of one sequence are. */
export interface Run {
  readonly name: string | undefined;
  readonly start: number;
  readonly stop: number;
  readonly first: number | undefined;
  readonly frames: number;
  readonly people: number;
  /** Of each row, counted from the first one of the run: its frame and the place in it. */
  readonly frame: Int32Array;
  readonly person: Int32Array;
  /** Numbers of the people by their places, where rows say them. */
  readonly ids: readonly number[] | undefined;
}

/** What is said of rows, each for itself, and which of them are looked at. */
interface RowsSaid {
  readonly start: number;
  readonly stop: number;
  readonly names: readonly unknown[] | undefined;
  readonly numbers: readonly (number | undefined)[] | undefined;
  /** By what images are told apart. */
  readonly images: readonly unknown[] | undefined;
  readonly people: readonly number[] | undefined;
  readonly shown: RowImages | undefined;
}

/**
 * Frames and people of some rows. Throws `FormatError` `mismatch` for somebody who is in a frame twice, and `limit` for more frames
 * than can be looked at.
 */
export function runOf(rows: RowsSaid, path: string): Run {
  const { start, stop, names } = rows;
  const ids = rows.people && [...new Set(rows.people.slice(start, stop))];
  const placeOfId = new Map(ids?.map((id, place) => [id, place]));
  const name = names?.[start];
  const inImages = rows.shown && imageFrames(rows.shown, rows);
  const numbers = inImages?.numbers ?? rows.numbers?.slice(start, stop);
  const isNumbered = numbers?.every((number) => number !== undefined) === true;
  const first = isNumbered ? (numbers as number[]).reduce((least, number) => Math.min(least, number)) : undefined;
  const frame = new Int32Array(stop - start);
  const person = new Int32Array(stop - start);
  const taken = new Map<number, number>();
  let at = 0;
  for (let row = 0; row < frame.length; row++) {
    if (inImages) at = inImages.frame[row] as number;
    else if (first !== undefined) {
      at = (numbers?.[row] as number) - first;
      checkExtent(at, 1, path);
    } else if (row > 0 && !isSameImage(rows.images, start + row)) at++;
    const place = taken.get(at) ?? 0;
    taken.set(at, place + 1);
    frame[row] = at;
    person[row] = rows.people ? (placeOfId.get(rows.people[start + row] as number) as number) : place;
  }
  checkTwice(frame, person, ids, path);
  const frames = inImages?.frames ?? frame.reduce((most, index) => Math.max(most, index), 0) + 1;
  const people = person.reduce((most, index) => Math.max(most, index), 0) + 1;
  checkExtent(frames, people, path);
  return { name: typeof name === "string" ? name : undefined, start, stop, first, frames, people, frame, person, ids };
}

/**
 * The frames of some rows by the images that they belong to; images with nobody go with those before them. Undefined where the
 * numbers of frames say something else than the order of the images.
 */
function imageFrames(
  shown: RowImages,
  { start, stop, numbers }: Pick<RowsSaid, "start" | "stop" | "numbers">,
):
  | { readonly frame: Int32Array; readonly frames: number; readonly numbers: readonly number[] | undefined }
  | undefined {
  const base = start === 0 ? 0 : (shown.of[start] as number);
  const end = stop < shown.of.length ? (shown.of[stop] as number) : shown.count;
  const frame = shown.of.slice(start, stop).map((image) => image - base);
  const first = numbers?.[start];
  if (first === undefined) return { frame, frames: end - base, numbers: undefined };
  const offset = first - (frame[0] as number);
  const agree = frame.every((at, row) => numbers?.[start + row] === at + offset);
  return agree && offset >= 0 ? { frame, frames: end - base, numbers: [offset] } : undefined;
}

/** Throws `FormatError` `mismatch` for somebody who is in a frame twice. */
function checkTwice(frame: Int32Array, person: Int32Array, ids: readonly number[] | undefined, path: string): void {
  if (!ids) return;
  const seen = new Set<number>();
  for (const [row, at] of frame.entries()) {
    const place = at * ids.length + (person[row] as number);
    if (seen.has(place))
      throw new FormatError("mismatch", `person ${ids[person[row] as number]} has two rows of one frame`, { path });
    seen.add(place);
  }
}

function isSameImage(images: readonly unknown[] | undefined, row: number): boolean {
  return images?.[row] !== undefined && images[row] !== "" && images[row] === images[row - 1];
}
