import { FormatError } from "../errors.js";
import type { MotionPart } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import { type LayerTrack, layersAt, noPoints, placeRows } from "./layer.js";
import type { MotionInfo, MotionPoints, MotionSequence, MotionWindow, MotionWindowOptions } from "./motion.js";
import { follow, itemsOf, type Place, readValue, wholeNumber } from "./place.js";
import { type MotionLevel, memberOf } from "./plan.js";
import { checkExtent, windowFrames } from "./read-forms.js";

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
  const [track] = tracks;
  if (!track) return;
  const rows = track.frames ?? 1;
  const odd = tracks.find(({ frames, people }) => (frames ?? 1) !== rows || people !== 1);
  if (odd)
    throw new FormatError("mismatch", `${odd.layer.key} has another number of rows than ${track.layer.key}`, {
      path: place.group.path,
    });
  checkExtent(rows, 1, place.group.path);
  const column = (part: MotionPart): Promise<readonly unknown[] | undefined> =>
    columnOf(place, level, part, rows, options);
  const names = await column("name");
  const numbers = (await column("frame-number"))?.map(wholeNumber);
  const images = await column("image-path");
  const layers = tracks.map(({ layer }) => layer);
  for (let start = 0; start < rows; ) {
    let stop = start + 1;
    while (stop < rows && (names === undefined || names[stop] === names[start])) stop++;
    const run = runOf({ start, stop, names, numbers, images }, place.group.path);
    const { name, first } = run;
    yield {
      info: { ...info, ...(name !== undefined && { name }), ...(first !== undefined && { firstFrame: first }) },
      layers,
      ids: undefined,
      windows: (how = {}) => rowWindows(run, tracks, images, how),
    };
    start = stop;
  }
}

async function columnOf(
  place: Place,
  level: MotionLevel,
  part: MotionPart,
  rows: number,
  options: WorkOptions,
): Promise<readonly unknown[] | undefined> {
  const member = memberOf(level, part);
  const found = member && (await follow(place, member.keys, options));
  const items = found && itemsOf(await readValue(found, options));
  return items?.length === rows ? items : undefined;
}

function runOf(
  rows: {
    readonly start: number;
    readonly stop: number;
    readonly names: readonly unknown[] | undefined;
    readonly numbers: readonly (number | undefined)[] | undefined;
    readonly images: readonly unknown[] | undefined;
  },
  path: string,
): Run {
  const { start, stop, names } = rows;
  const name = names?.[start];
  const numbers = rows.numbers?.slice(start, stop);
  const isNumbered = numbers?.every((number) => number !== undefined) === true;
  const first = isNumbered ? (numbers as number[]).reduce((least, number) => Math.min(least, number)) : undefined;
  const frame = new Int32Array(stop - start);
  const person = new Int32Array(stop - start);
  const taken = new Map<number, number>();
  let at = 0;
  for (let row = 0; row < frame.length; row++) {
    if (first !== undefined) {
      at = (numbers?.[row] as number) - first;
      checkExtent(at, 1, path);
    } else if (row > 0 && !isSameImage(rows.images, start + row)) at++;
    const place = taken.get(at) ?? 0;
    taken.set(at, place + 1);
    frame[row] = at;
    person[row] = place;
  }
  const frames = frame.reduce((most, index) => Math.max(most, index), 0) + 1;
  const people = person.reduce((most, index) => Math.max(most, index), 0) + 1;
  checkExtent(frames, people, path);
  return { name: typeof name === "string" ? name : undefined, start, stop, first, frames, people, frame, person };
}

function isSameImage(images: readonly unknown[] | undefined, row: number): boolean {
  return images !== undefined && images[row] !== "" && images[row] === images[row - 1];
}

async function* rowWindows(
  run: Run,
  tracks: readonly LayerTrack[],
  images: readonly unknown[] | undefined,
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
    const stop = Math.min(run.frames, start + step);
    const from = next;
    while (next < order.length && (run.frame[order[next] as number] as number) < stop) next++;
    const rows = order.subarray(from, next);
    const [low, high] = [
      rows.reduce((least, row) => Math.min(least, row), run.stop),
      rows.reduce((most, row) => Math.max(most, row), -1),
    ];
    const layers = new Map<string, MotionPoints>();
    for (const { layer, load } of tracks) {
      const to = noPoints(layer, stop - start, run.people);
      if (rows.length > 0) {
        const points = await load(run.start + low, run.start + high + 1, options);
        placeRows(
          to,
          points,
          Array.from(rows, (row) => [
            row - low,
            ((run.frame[row] as number) - start) * run.people + (run.person[row] as number),
          ]),
        );
      }
      layers.set(layer.key, to);
    }
    const imagePaths = images && new Array<string | undefined>(stop - start).fill(undefined);
    for (const row of rows) {
      const image = images?.[run.start + row];
      if (imagePaths && typeof image === "string") imagePaths[(run.frame[row] as number) - start] = image;
    }
    yield { start, frames: stop - start, people: run.people, layers, ...(imagePaths && { imagePaths }) };
  }
}
