import { FormatError } from "../errors.js";
import type { WorkOptions } from "../source/source.js";
import { partValue } from "./info.js";
import { type LayerTrack, layersAt, noPoints, placeRows } from "./layer.js";
import {
  MOST_FRAMES,
  MOST_PLACES,
  type MotionInfo,
  type MotionLayer,
  type MotionPoints,
  type MotionSequence,
  type MotionWindow,
  type MotionWindowOptions,
} from "./motion.js";
import { type Place, placesBelow, wholeNumber } from "./place.js";
import type { MotionLevel } from "./plan.js";
import { pathBelow, type Visit } from "./unused.js";

interface FormOptions extends WorkOptions {
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
  if (tracks.length === 0) return;
  const frames = Math.max(...tracks.map((track) => track.frames ?? 1));
  const people = Math.max(...tracks.map((track) => track.people));
  const { path } = place.group;
  checkExtent(frames, people, path);
  const odd = tracks.find((track) => (track.frames ?? 1) !== frames || track.people !== people);
  if (odd) throw new FormatError("mismatch", `${odd.layer.key} has other frames or people than its siblings`, { path });
  const layers = tracks.map(({ layer }) => layer);
  yield {
    info,
    layers,
    ids: undefined,
    windows: (how = {}) => windowsOf(frames, windowFrames(layers, people, how), people, tracks, how),
  };
}

async function* windowsOf(
  frames: number,
  step: number,
  people: number,
  tracks: readonly LayerTrack[],
  options: WorkOptions,
): AsyncGenerator<MotionWindow, void, void> {
  for (let start = 0; start < frames; start += step) {
    options.signal?.throwIfAborted();
    const stop = Math.min(frames, start + step);
    const layers = new Map<string, MotionPoints>();
    for (const track of tracks) layers.set(track.layer.key, await track.load(start, stop, options));
    yield { start, frames: stop - start, people, layers };
  }
}

interface Person {
  readonly first: number;
  readonly tracks: readonly LayerTrack[];
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
    people.push({ first: (await number("first-frame")) ?? 0, tracks: await layersAt(one, below.level, options) });
    ids.push((await number("person-number")) ?? people.length - 1);
    checkExtent(0, people.length, place.group.path);
  }
  const spans = people.flatMap(({ first, tracks }) =>
    tracks.map((track) => [first, first + (track.frames ?? 1)] as const),
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
  return {
    info: { ...given, firstFrame: start },
    layers,
    ids,
    windows: (how = {}) =>
      peopleWindows({ start, frames: end - start, people, layers }, windowFrames(layers, people.length, how), how),
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

async function* peopleWindows(
  all: {
    readonly start: number;
    readonly frames: number;
    readonly people: readonly Person[];
    readonly layers: readonly MotionLayer[];
  },
  step: number,
  options: WorkOptions,
): AsyncGenerator<MotionWindow, void, void> {
  const { people } = all;
  for (let start = 0; start < all.frames; start += step) {
    options.signal?.throwIfAborted();
    const stop = Math.min(all.frames, start + step);
    const layers = new Map<string, MotionPoints>();
    for (const layer of all.layers) layers.set(layer.key, noPoints(layer, stop - start, people.length));
    for (const [index, { first, tracks }] of people.entries()) {
      for (const track of tracks) {
        const offset = first - all.start;
        const from = Math.max(start, offset);
        const to = Math.min(stop, offset + (track.frames ?? 1));
        if (from >= to) continue;
        const points = await track.load(from - offset, to - offset, options);
        const places = Array.from(
          { length: to - from },
          (_, row) => [row, (from - start + row) * people.length + index] as const,
        );
        placeRows(layers.get(track.layer.key) as MotionPoints, points, places);
      }
    }
    yield { start, frames: stop - start, people: people.length, layers };
  }
}

/** The people of an object that has one for each frame, which are gone through in order. */
export async function framesSequence(
  place: Place,
  level: MotionLevel,
  info: MotionInfo,
  { below: seen, ...options }: FormOptions,
): Promise<MotionSequence> {
  const below = level.below.find((one) => one.level.part === "frame") as MotionLevel["below"][number];
  let layers: readonly MotionLayer[] = [];
  for await (const frame of placesBelow(place, below, options)) {
    layers = (await layersAt(frame, below.level, options)).map(({ layer }) => layer);
    if (layers.length > 0) break;
  }
  let visit = seen && ((frame: Place) => seen.visit(frame, below.level, pathBelow(seen.path, below)));
  return {
    info,
    layers,
    ids: undefined,
    windows: (how = {}) => {
      const windows = frameWindows(place, below, layers, visit, how);
      visit = undefined;
      return windows;
    },
  };
}

async function* frameWindows(
  place: Place,
  below: MotionLevel["below"][number],
  layers: readonly MotionLayer[],
  visit: ((frame: Place) => void) | undefined,
  options: MotionWindowOptions,
): AsyncGenerator<MotionWindow, void, void> {
  const step = windowFrames(layers, 1, options);
  let start = 0;
  let waiting: ReadonlyMap<string, MotionPoints>[] = [];
  for await (const frame of placesBelow(place, below, options)) {
    visit?.(frame);
    const points = new Map<string, MotionPoints>();
    for (const track of await layersAt(frame, below.level, options)) {
      const known = layers.find(({ key }) => key === track.layer.key);
      if (known?.points !== track.layer.points)
        throw new FormatError("mismatch", `${track.layer.points} points, ${known?.points ?? 0} in frames before`, {
          path: frame.group.path,
        });
      points.set(known.key, await track.load(0, 1, options));
    }
    waiting.push(points);
    if (waiting.length < step) continue;
    yield joined(start, waiting, layers);
    start += waiting.length;
    checkExtent(start, 1, place.group.path);
    waiting = [];
  }
  if (waiting.length > 0) yield joined(start, waiting, layers);
}

/** Frames one after the other, each with as many places as the one with most people. */
function joined(
  start: number,
  frames: readonly ReadonlyMap<string, MotionPoints>[],
  layers: readonly MotionLayer[],
): MotionWindow {
  const counts = frames.flatMap((points) => [...points.values()].map(({ present }) => present.shape[1] as number));
  const people = Math.max(0, ...counts);
  const all = new Map<string, MotionPoints>();
  for (const layer of layers) {
    const to = noPoints(layer, frames.length, people);
    for (const [frame, points] of frames.entries()) {
      const from = points.get(layer.key);
      if (!from) continue;
      const rows = Array.from({ length: from.present.size }, (_, row) => [row, frame * people + row] as const);
      placeRows(to, from, rows);
    }
    all.set(layer.key, to);
  }
  return { start, frames: frames.length, people, layers: all };
}
