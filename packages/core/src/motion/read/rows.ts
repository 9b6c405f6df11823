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
import { checkExtent, isWanted, windowFrames, windowSpans } from "./forms.js";
import { type LayerTrack, layersAt, noPoints, placeRows } from "./layer.js";
import { follow, itemsOf, type Place, readValue, wholeNumber } from "./place.js";
import { fittingQuantities, noNumbers, type QuantityTrack, quantitiesAt, unreadAt } from "./quantities.js";
import { commonSize, picturesOf, type RowPictures, rowPictures } from "./row-pictures.js";
import { type RowImages, rowImages } from "./row-ranges.js";
import { type Run, runOf } from "./row-runs.js";

/** What there is of the rows. */
interface RowTracks {
  readonly layers: readonly LayerTrack[];
  readonly quantities: readonly QuantityTrack[];
  readonly images: RowPictures;
  readonly cameras: CamerasRead["cameras"];
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
  const ofFrame = tracks.some(({ isRows }) => isRows) ? await framesOfRows(place, level, rows, options) : undefined;
  const numbers = ofFrame ?? (await column("frame-number"))?.map(wholeNumber);
  const people = (await column("person-number"))?.map(wholeNumber);
  const pictures = await rowPictures(column);
  const said = {
    names,
    numbers,
    images: pictures.paths ?? pictures.ids,
    shown,
    people: people?.includes(undefined) ? undefined : (people as number[]),
  };
  const rowTracks: RowTracks = { layers: tracks, quantities: fitting, images: pictures, cameras: cameras?.cameras };
  for (let start = 0; start < rows; ) {
    let stop = start + 1;
    while (stop < rows && (names === undefined || names[stop] === names[start])) stop++;
    const run = runOf({ start, stop, ...said }, place.group.path);
    const { name, first: firstFrame } = run;
    const imageSize = commonSize(pictures, run);
    yield {
      info: {
        ...info,
        ...(name !== undefined && { name }),
        ...(firstFrame !== undefined && { firstFrame }),
        ...(imageSize && { imageSize }),
      },
      layers: tracks.map(({ layer }) => layer),
      quantities: fitting.map(({ quantity }) => quantity),
      dropped: [...unread, ...dropped, ...pictures.dropped, ...(cameras?.others ?? [])],
      ids: run.ids,
      frames: run.frames,
      windows: (how = {}) => rowWindows(run, rowTracks, how),
    };
    start = stop;
  }
}

/** The number of each row's frame. Throws `FormatError` `mismatch` where there is not one for each. */
async function framesOfRows(
  place: Place,
  level: MotionLevel,
  rows: number,
  options: WorkOptions,
): Promise<readonly number[]> {
  const member = memberOf(level, "of-frame");
  const found = member && (await follow(place, member.keys, options));
  const numbers = found && itemsOf(await readValue(found, options))?.map(wholeNumber);
  if (numbers?.length === rows && !numbers.includes(undefined)) return numbers as readonly number[];
  const path = found?.node.path ?? place.group.path;
  throw new FormatError("mismatch", `the frames of ${rows} rows expected, those of ${numbers?.length ?? 0} found`, {
    path,
  });
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
  for (const [start, stop] of windowSpans(run.frames, step, options)) {
    options.signal?.throwIfAborted();
    const frames = stop - start;
    while (next < order.length && (run.frame[order[next] as number] as number) < start) next++;
    const from = next;
    while (next < order.length && (run.frame[order[next] as number] as number) < stop) next++;
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
    const seenBy = cameras && new Array<MotionCamera | undefined>(frames).fill(undefined);
    for (const row of rows) if (seenBy) seenBy[inWindow(row)] = "parts" in cameras ? cameras : cameras[run.start + row];
    yield {
      start,
      frames,
      people: run.people,
      layers,
      quantities,
      ...picturesOf(
        images,
        frames,
        Array.from(rows, (row) => [run.start + row, inWindow(row)] as const),
      ),
      ...(seenBy && { cameras: seenBy }),
    };
  }
}

type Loads<T> = (start: number, stop: number, options: WorkOptions) => Promise<T>;
