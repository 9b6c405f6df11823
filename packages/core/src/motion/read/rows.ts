import { FormatError } from "../../errors.js";
import type { MotionPart } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import type {
  MotionCamera,
  MotionInfo,
  MotionNumbers,
  MotionPoints,
  MotionSequence,
  MotionWindow,
  MotionWindowOptions,
} from "../motion.js";
import { type MotionLevel, memberOf } from "../plan.js";
import { type CamerasRead, camerasAt } from "./cameras.js";
import { checkExtent, isWanted, windowFrames } from "./forms.js";
import { type LayerTrack, layersAt, noPoints, placeRows } from "./layer.js";
import { follow, itemsOf, type Place, readValue, wholeNumber } from "./place.js";
import { fittingQuantities, noNumbers, type QuantityTrack, quantitiesAt, unreadAt } from "./quantities.js";
import { type RowImages, rowImages } from "./row-ranges.js";

/** Where the rows of one sequence are. */
interface Run {
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

/** What there is of the rows. */
interface RowTracks {
  readonly layers: readonly LayerTrack[];
  readonly quantities: readonly QuantityTrack[];
  readonly images: readonly unknown[] | undefined;
  readonly cameras: CamerasRead["cameras"];
}

/** Height and width of the images of a run, where they are the same for all of its rows. */
function commonSize(
  [heights, widths]: readonly [readonly unknown[] | undefined, readonly unknown[] | undefined],
  { start, stop }: Run,
): MotionInfo["imageSize"] {
  const [height, width] = [heights, widths].map((column) => {
    const one = wholeNumber(column?.[start]);
    return column?.slice(start, stop).every((other) => wholeNumber(other) === one) ? one : undefined;
  });
  return height === undefined || width === undefined ? undefined : [height, width];
}

/**
 * The people of rows, each of which is one person in one frame. Rows one after the other with the same name are a sequence; of
 * those the ones with the same number of their frame, or without numbers the neighbours with the same image, are the people
 * of one frame.
 */
export async function* rowSequences(
  place: Place,
  level: MotionLevel,
  info: MotionInfo,
  options: WorkOptions,
): AsyncGenerator<MotionSequence, void, void> {
  const tracks = await layersAt(place, level, options);
  const quantities = await quantitiesAt(place, level, options);
  const first = tracks[0] ?? quantities.tracks[0];
  if (!first) return;
  const rows = first.frames ?? 1;
  const odd = tracks.find(({ frames, people }) => (frames ?? 1) !== rows || people !== 1);
  if (odd)
    throw new FormatError("mismatch", `${odd.layer.key} has another number of rows than ${tracks[0]?.layer.key}`, {
      path: place.group.path,
    });
  checkExtent(rows, 1, place.group.path);
  const { fitting, dropped } = fittingQuantities(quantities, rows, 1);
  const read = [...tracks.map(({ layer }) => layer.key), ...quantities.tracks.map(({ quantity }) => quantity.key)];
  const unread = await unreadAt(place, level, read, options);
  const cameras = await camerasAt(place, level, rows, options);
  const shown = await rowImages(place, rows, options);
  const column = (part: MotionPart): Promise<readonly unknown[] | undefined> =>
    columnOf(place, level, part, { rows, shown }, options);
  const names = await column("name");
  const numbers = (await column("frame-number"))?.map(wholeNumber);
  const images = await column("image-path");
  const people = (await column("person-number"))?.map(wholeNumber);
  const sizes = [await column("image-height"), await column("image-width")] as const;
  const said = {
    names,
    numbers,
    images,
    shown,
    people: people?.includes(undefined) ? undefined : (people as number[]),
  };
  const rowTracks: RowTracks = { layers: tracks, quantities: fitting, images, cameras: cameras?.cameras };
  for (let start = 0; start < rows; ) {
    let stop = start + 1;
    while (stop < rows && (names === undefined || names[stop] === names[start])) stop++;
    const run = runOf({ start, stop, ...said }, place.group.path);
    const { name, first: firstFrame } = run;
    const imageSize = commonSize(sizes, run);
    yield {
      info: {
        ...info,
        ...(name !== undefined && { name }),
        ...(firstFrame !== undefined && { firstFrame }),
        ...(imageSize && { imageSize }),
      },
      layers: tracks.map(({ layer }) => layer),
      quantities: fitting.map(({ quantity }) => quantity),
      dropped: [...unread, ...dropped, ...(cameras?.others ?? [])],
      ids: run.ids,
      windows: (how = {}) => rowWindows(run, rowTracks, how),
    };
    start = stop;
  }
}

async function columnOf(
  place: Place,
  level: MotionLevel,
  part: MotionPart,
  { rows, shown }: { readonly rows: number; readonly shown: RowImages | undefined },
  options: WorkOptions,
): Promise<readonly unknown[] | undefined> {
  const member = memberOf(level, part);
  const found = member && (await follow(place, member.keys, options));
  const items = found && itemsOf(await readValue(found, options));
  if (items?.length === rows) return items;
  // What is said of each image goes for all of its rows.
  return items && items.length === shown?.count ? Array.from(shown.of, (image) => items[image]) : undefined;
}

function runOf(
  rows: {
    readonly start: number;
    readonly stop: number;
    readonly names: readonly unknown[] | undefined;
    readonly numbers: readonly (number | undefined)[] | undefined;
    readonly images: readonly unknown[] | undefined;
    readonly people: readonly number[] | undefined;
    readonly shown: RowImages | undefined;
  },
  path: string,
): Run {
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
  {
    start,
    stop,
    numbers,
  }: { readonly start: number; readonly stop: number; readonly numbers: readonly (number | undefined)[] | undefined },
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
  return images !== undefined && images[row] !== "" && images[row] === images[row - 1];
}

async function* rowWindows(
  run: Run,
  { layers: tracks, quantities: numbers, images, cameras }: RowTracks,
  options: MotionWindowOptions,
): AsyncGenerator<MotionWindow, void, void> {
  const step = windowFrames(
    tracks.map(({ layer }) => layer),
    run.people,
    options,
  );
  const order = Int32Array.from(run.frame.keys());
  // Rows of one frame stay in the order of the file.
  order.sort((a, b) => (run.frame[a] as number) - (run.frame[b] as number) || a - b);
  let next = 0;
  for (let start = 0; start < run.frames; start += step) {
    options.signal?.throwIfAborted();
    const frames = Math.min(step, run.frames - start);
    const from = next;
    while (next < order.length && (run.frame[order[next] as number] as number) < start + frames) next++;
    const rows = order.subarray(from, next);
    const inWindow = (row: number): number => (run.frame[row] as number) - start;
    const placed = async <T extends MotionPoints | MotionNumbers>(to: T, load: Loads<T>): Promise<T> => {
      if (rows.length === 0) return to;
      const low = rows.reduce((least, row) => Math.min(least, row));
      const high = rows.reduce((most, row) => Math.max(most, row));
      const part = await load(run.start + low, run.start + high + 1, options);
      const places = Array.from(
        rows,
        (row) => [row - low, inWindow(row) * run.people + (run.person[row] as number)] as const,
      );
      placeRows(to, part, places);
      return to;
    };
    const layers = new Map<string, MotionPoints>();
    for (const { layer, load } of tracks)
      if (isWanted(layer, options)) layers.set(layer.key, await placed(noPoints(layer, frames, run.people), load));
    const quantities = new Map<string, MotionNumbers>();
    for (const { quantity, load } of numbers)
      if (isWanted(quantity, options))
        quantities.set(quantity.key, await placed(noNumbers(quantity, frames, run.people), load));
    const imagePaths = images && new Array<string | undefined>(frames).fill(undefined);
    const seenBy = cameras && new Array<MotionCamera | undefined>(frames).fill(undefined);
    for (const row of rows) {
      const image = images?.[run.start + row];
      if (imagePaths && typeof image === "string") imagePaths[inWindow(row)] = image;
      if (seenBy) seenBy[inWindow(row)] = "parts" in cameras ? cameras : cameras[run.start + row];
    }
    yield {
      start,
      frames,
      people: run.people,
      layers,
      quantities,
      ...(imagePaths && { imagePaths }),
      ...(seenBy && { cameras: seenBy }),
    };
  }
}

type Loads<T> = (start: number, stop: number, options: WorkOptions) => Promise<T>;
