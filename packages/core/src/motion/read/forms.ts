import { FormatError } from "../../errors.js";
import type { WorkOptions } from "../../source/source.js";
import {
  MOST_FRAMES,
  MOST_PLACES,
  type MotionCamera,
  type MotionInfo,
  type MotionLayer,
  type MotionNumbers,
  type MotionPoints,
  type MotionQuantity,
  type MotionSequence,
  type MotionWindow,
  type MotionWindowOptions,
} from "../motion.js";
import type { MotionLevel } from "../plan.js";
import { type CamerasRead, camerasAt } from "./cameras.js";
import { partValue } from "./info.js";
import { type LayerTrack, layersAt, noPoints, placeRows } from "./layer.js";
import { type Place, placesBelow, wholeNumber } from "./place.js";
import { fittingQuantities, noNumbers, type QuantitiesRead, type QuantityTrack, quantitiesAt } from "./quantities.js";
import { pathBelow, type Visit } from "./unused.js";

export interface FormOptions extends WorkOptions {
  /** Who wants to see the objects below, and where their parent is. */
  readonly below?: { readonly visit: Visit; readonly path: string } | undefined;
}

const WINDOW_BYTES = 1 << 23;

/** Frames of a window: as many as make 8 MiB, unless told otherwise. */
export function windowFrames(layers: readonly MotionLayer[], people: number, { frames }: MotionWindowOptions): number {
  if (frames !== undefined) return Math.max(1, Math.floor(frames));
  const bytes = layers.reduce((all, { points, axes }) => all + points * (axes + 1) * 8 * Math.max(1, people), 1);
  return Math.min(4096, Math.max(1, Math.floor(WINDOW_BYTES / bytes)));
}

/** The windows of so many frames, of those that are wanted. */
export function* windowSpans(
  frames: number,
  step: number,
  { range: [first, last] = [0, frames] }: MotionWindowOptions,
): Generator<readonly [start: number, stop: number], void, void> {
  const end = Math.min(frames, last);
  for (let start = Math.max(0, first); start < end; start += step) yield [start, Math.min(end, start + step)];
}

/** Whether a layer or a quantity was asked for. */
export function isWanted({ key }: { readonly key: string }, { only }: MotionWindowOptions): boolean {
  return only?.has(key) !== false;
}

/** Throws `FormatError` `limit` for a sequence that nobody could go through. */
export function checkExtent(frames: number, people: number, path: string): void {
  if (frames <= MOST_FRAMES && frames * people <= MOST_PLACES) return;
  throw new FormatError("limit", `${frames} frames of ${people} people are more than a sequence may have`, { path });
}

/** The people of an object whose arrays go over all frames; nothing when it has none. */
export async function* arraySequence(
  place: Place,
  level: MotionLevel,
  info: MotionInfo,
  options: WorkOptions,
): AsyncGenerator<MotionSequence, void, void> {
  const tracks = await layersAt(place, level, options);
  const numbers = await quantitiesAt(place, level, options);
  // Points say how many there are; where there are none, what people have beside.
  const sizes = tracks.length > 0 ? tracks : numbers.tracks;
  if (sizes.length === 0) return;
  const frames = Math.max(...sizes.map((track) => track.frames ?? 1));
  const people = Math.max(...sizes.map((track) => track.people));
  const { path } = place.group;
  if (tracks.some(({ isRows }) => isRows))
    throw new FormatError("missing", "nothing says in which frame each row of keypoints is", { path });
  checkExtent(frames, people, path);
  const odd = tracks.find((track) => (track.frames ?? 1) !== frames || track.people !== people);
  if (odd) throw new FormatError("mismatch", `${odd.layer.key} has other frames or people than its siblings`, { path });
  const layers = tracks.map(({ layer }) => layer);
  const { fitting, dropped } = fittingQuantities(numbers, frames, people);
  const seen = await camerasAt(place, level, frames, options);
  const all = { frames, people, tracks, quantities: fitting, cameras: seen?.cameras };
  yield {
    info,
    layers,
    quantities: fitting.map(({ quantity }) => quantity),
    dropped: [...dropped, ...(seen?.others ?? [])],
    ids: undefined,
    tracked: people > 1,
    frames,
    windows: (how = {}) => windowsOf(all, windowFrames(layers, people, how), how),
  };
}

interface SequenceTracks {
  readonly frames: number;
  readonly people: number;
  readonly tracks: readonly LayerTrack[];
  readonly quantities: readonly QuantityTrack[];
  readonly cameras: CamerasRead["cameras"];
}

async function* windowsOf(
  { frames, people, tracks, quantities: numbers, cameras }: SequenceTracks,
  step: number,
  options: MotionWindowOptions,
): AsyncGenerator<MotionWindow, void, void> {
  for (const [start, stop] of windowSpans(frames, step, options)) {
    options.signal?.throwIfAborted();
    const layers = new Map<string, MotionPoints>();
    for (const { layer, load } of tracks)
      if (isWanted(layer, options)) layers.set(layer.key, await load(start, stop, options));
    const quantities = new Map<string, MotionNumbers>();
    for (const { quantity, load } of numbers)
      if (isWanted(quantity, options)) quantities.set(quantity.key, await load(start, stop, options));
    const seen = camerasIn(cameras, start, stop);
    yield { start, frames: stop - start, people, layers, quantities, ...(seen && { cameras: seen }) };
  }
}

/** The cameras of some frames. */
function camerasIn(cameras: CamerasRead["cameras"], start: number, stop: number): MotionWindow["cameras"] {
  if (!cameras) return undefined;
  return "parts" in cameras ? new Array<MotionCamera>(stop - start).fill(cameras) : cameras.slice(start, stop);
}

interface Person {
  readonly first: number;
  readonly tracks: readonly LayerTrack[];
  readonly quantities: QuantitiesRead;
}

/** The people of an object that has one for each of them, over frames of their own. */
export async function peopleSequence(
  place: Place,
  level: MotionLevel,
  given: MotionInfo,
  options: FormOptions,
): Promise<MotionSequence> {
  const below = level.below.find((one) => one.level.part === "person") as MotionLevel["below"][number];
  const people: Person[] = [];
  const ids: number[] = [];
  for await (const one of placesBelow(place, below, options)) {
    options.below?.visit(one, below.level, pathBelow(options.below.path, below));
    const number = (part: "first-frame" | "person-number"): Promise<number | undefined> =>
      partValue(one, below.level, part, options).then(wholeNumber);
    people.push({
      first: (await number("first-frame")) ?? 0,
      tracks: await layersAt(one, below.level, options),
      quantities: await quantitiesAt(one, below.level, options),
    });
    ids.push((await number("person-number")) ?? people.length - 1);
    checkExtent(0, people.length, place.group.path);
  }
  const spans = people.flatMap(({ first, tracks, quantities }) =>
    (tracks.length > 0 ? tracks : quantities.tracks).map((track) => [first, first + (track.frames ?? 1)] as const),
  );
  const stated = await partValue(place, level, "end-frame", options).then(wholeNumber);
  const first = given.firstFrame ?? Math.min(...spans.map(([start]) => start), stated ?? Number.POSITIVE_INFINITY);
  const start = Number.isFinite(first) ? first : 0;
  const end = Math.max(start, stated ?? start, ...spans.map(([, stop]) => stop));
  const early = spans.find(([begin]) => begin < start);
  if (early)
    throw new FormatError("mismatch", `a person is there in frame ${early[0]}, before the first frame, ${start}`, {
      path: place.group.path,
    });
  checkExtent(end - start, Math.max(1, people.length), place.group.path);
  const layers = commonLayers(people, place.group.path);
  const { fitting, dropped } = personQuantities(people);
  const quantities = [...new Map(fitting.map((one) => [one.key, one])).values()];
  const seen = await camerasAt(place, level, end - start, options);
  const all: PeopleTracks = { start, frames: end - start, people, layers, quantities, cameras: seen?.cameras };
  return {
    info: { ...given, firstFrame: start },
    layers,
    quantities,
    dropped: [...dropped, ...(seen?.others ?? [])],
    ids,
    frames: end - start,
    windows: (how = {}) => peopleWindows(all, windowFrames(layers, people.length, how), how),
  };
}

/** The quantities of people which have as many frames as their points, and what has not. */
function personQuantities(people: readonly Person[]): {
  readonly fitting: readonly MotionQuantity[];
  readonly dropped: readonly string[];
} {
  const checked = people.map(({ tracks, quantities }) =>
    fittingQuantities(quantities, tracks[0]?.frames ?? quantities.tracks[0]?.frames ?? 1, 1),
  );
  return {
    fitting: checked.flatMap(({ fitting }) => fitting.map(({ quantity }) => quantity)),
    dropped: checked.flatMap(({ dropped }) => dropped),
  };
}

/** The layers that people have, who must have them alike. */
function commonLayers(people: readonly Person[], path: string): readonly MotionLayer[] {
  const layers = new Map<string, MotionLayer>();
  for (const { layer } of people.flatMap(({ tracks }) => tracks)) {
    const known = layers.get(layer.key);
    if (known && known.points !== layer.points)
      throw new FormatError("mismatch", `${known.points} and ${layer.points} points in one sequence`, { path });
    layers.set(layer.key, layer);
  }
  return [...layers.values()];
}

interface PeopleTracks {
  readonly start: number;
  readonly frames: number;
  readonly people: readonly Person[];
  readonly layers: readonly MotionLayer[];
  readonly quantities: readonly MotionQuantity[];
  readonly cameras: CamerasRead["cameras"];
}

async function* peopleWindows(
  all: PeopleTracks,
  step: number,
  options: MotionWindowOptions,
): AsyncGenerator<MotionWindow, void, void> {
  const { people } = all;
  for (const [start, stop] of windowSpans(all.frames, step, options)) {
    options.signal?.throwIfAborted();
    const layers = new Map<string, MotionPoints>();
    for (const layer of all.layers)
      if (isWanted(layer, options)) layers.set(layer.key, noPoints(layer, stop - start, people.length));
    const quantities = new Map<string, MotionNumbers>();
    for (const one of all.quantities)
      if (isWanted(one, options)) quantities.set(one.key, noNumbers(one, stop - start, people.length));
    for (const [index, person] of people.entries()) {
      const offset = person.first - all.start;
      const fill = async <T extends MotionPoints | MotionNumbers>(
        to: T | undefined,
        { frames = 1, load }: { readonly frames: number | undefined; readonly load: Loads<T> },
      ): Promise<void> => {
        const from = Math.max(start, offset);
        const end = Math.min(stop, offset + frames);
        if (!to || from >= end) return;
        const part = await load(from - offset, end - offset, options);
        const places = Array.from(
          { length: end - from },
          (_, row) => [row, (from - start + row) * people.length + index] as const,
        );
        placeRows(to, part, places);
      };
      for (const track of person.tracks) await fill(layers.get(track.layer.key), track);
      for (const track of person.quantities.tracks) await fill(quantities.get(track.quantity.key), track);
    }
    const seen = camerasIn(all.cameras, start, stop);
    yield { start, frames: stop - start, people: people.length, layers, quantities, ...(seen && { cameras: seen }) };
  }
}

type Loads<T> = (start: number, stop: number, options: WorkOptions) => Promise<T>;
