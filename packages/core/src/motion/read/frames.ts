import { FormatError } from "../../errors.js";
import { isSameCamera } from "../match/cameras.js";
import type {
  MotionCamera,
  MotionInfo,
  MotionLayer,
  MotionNumbers,
  MotionPoints,
  MotionQuantity,
  MotionSequence,
  MotionWindow,
  MotionWindowOptions,
} from "../motion.js";
import type { MotionLevel } from "../plan.js";
import { camerasAt } from "./cameras.js";
import { checkExtent, type FormOptions, isWanted, windowFrames } from "./forms.js";
import { layersAt, noPoints, placeRows } from "./layer.js";
import { type Place, placesBelow } from "./place.js";
import { noNumbers, quantitiesAt } from "./quantities.js";
import { pathBelow } from "./unused.js";

/** The people of an object that has one for each frame, which are gone through in order. */
export async function framesSequence(
  place: Place,
  level: MotionLevel,
  info: MotionInfo,
  { below: seen, ...options }: FormOptions,
): Promise<MotionSequence> {
  const below = level.below.find((one) => one.level.part === "frame") as MotionLevel["below"][number];
  let layers: readonly MotionLayer[] = [];
  let quantities: readonly MotionQuantity[] = [];
  for await (const frame of placesBelow(place, below, options)) {
    layers = (await layersAt(frame, below.level, options)).map(({ layer }) => layer);
    quantities = (await quantitiesAt(frame, below.level, options)).tracks.map(({ quantity }) => quantity);
    if (layers.length > 0) break;
  }
  const dropped: string[] = [];
  let visit = seen && ((frame: Place) => seen.visit(frame, below.level, pathBelow(seen.path, below)));
  return {
    info,
    layers,
    quantities,
    dropped,
    ids: undefined,
    windows: (how = {}) => {
      const windows = frameWindows(place, below, { layers, quantities, dropped }, visit, how);
      visit = undefined;
      return windows;
    },
  };
}

interface FramesShape {
  readonly layers: readonly MotionLayer[];
  readonly quantities: readonly MotionQuantity[];
  /** Filled while frames are gone through. */
  readonly dropped: string[];
}

async function* frameWindows(
  place: Place,
  below: MotionLevel["below"][number],
  all: FramesShape,
  visit: ((frame: Place) => void) | undefined,
  options: MotionWindowOptions,
): AsyncGenerator<MotionWindow, void, void> {
  const { layers } = all;
  const step = windowFrames(layers, 1, options);
  const [first, end] = options.range ?? [0, Number.POSITIVE_INFINITY];
  let passed = 0;
  let start = Math.max(0, first);
  let waiting: FrameRead[] = [];
  let camera: MotionCamera | undefined;
  for await (const frame of placesBelow(place, below, options)) {
    const at = passed++;
    if (at >= end) break;
    visit?.(frame);
    if (at < first) continue;
    const read = await readFrame(frame, below.level, all, options);
    // The same object as long as nothing changes.
    camera = isSameCamera(camera, read.camera) ? camera : read.camera;
    waiting.push({ ...read, camera });
    if (waiting.length < step) continue;
    yield joined(start, waiting, all, options);
    start += waiting.length;
    checkExtent(start, 1, place.group.path);
    waiting = [];
  }
  if (waiting.length > 0) yield joined(start, waiting, all, options);
}

interface FrameRead {
  readonly people: number;
  readonly points: ReadonlyMap<string, MotionPoints>;
  readonly numbers: ReadonlyMap<string, MotionNumbers>;
  readonly camera: MotionCamera | undefined;
}

async function readFrame(
  frame: Place,
  level: MotionLevel,
  { layers, quantities, dropped }: FramesShape,
  options: MotionWindowOptions,
): Promise<FrameRead> {
  const points = new Map<string, MotionPoints>();
  const numbers = new Map<string, MotionNumbers>();
  const drop = (text: string): void => {
    if (!dropped.includes(text)) dropped.push(text);
  };
  let people = 0;
  for (const track of await layersAt(frame, level, options)) {
    const known = layers.find(({ key }) => key === track.layer.key);
    if (known?.points !== track.layer.points)
      throw new FormatError("mismatch", `${track.layer.points} points, ${known?.points ?? 0} in frames before`, {
        path: frame.group.path,
      });
    if (isWanted(known, options)) points.set(known.key, await track.load(0, 1, options));
    people = Math.max(people, track.people);
  }
  const onlyNumbers = layers.length === 0;
  const read = await quantitiesAt(frame, level, options);
  for (const other of read.others) drop(other);
  for (const { quantity, people: persons, load } of read.tracks) {
    const known = quantities.find(({ key }) => key === quantity.key);
    const isFit = known?.shape.join() === quantity.shape.join() && (onlyNumbers || persons === people);
    if (onlyNumbers && isFit) people = Math.max(people, persons);
    if (isFit && isWanted(quantity, options)) numbers.set(quantity.key, await load(0, 1, options));
    else if (!isFit) drop(`${quantity.key}, in frames that have other people or numbers than it`);
  }
  const seen = await camerasAt(frame, level, undefined, options);
  for (const other of seen?.others ?? []) drop(other);
  return { people, points, numbers, camera: seen?.cameras as MotionCamera | undefined };
}

/** Frames one after the other, each with as many places as the one with most people. */
function joined(
  start: number,
  frames: readonly FrameRead[],
  { layers: all, quantities: numbers }: FramesShape,
  options: MotionWindowOptions,
): MotionWindow {
  const layers = all.filter((layer) => isWanted(layer, options));
  const quantities = numbers.filter((one) => isWanted(one, options));
  const people = frames.reduce((most, frame) => Math.max(most, frame.people), 0);
  const place = <T extends MotionPoints | MotionNumbers>(to: T, of: (frame: FrameRead) => T | undefined): T => {
    for (const [frame, read] of frames.entries()) {
      const from = of(read);
      if (!from) continue;
      placeRows(
        to,
        from,
        Array.from({ length: from.present.size }, (_, row) => [row, frame * people + row] as const),
      );
    }
    return to;
  };
  const none = [frames.length, people] as const;
  const cameras = frames.map(({ camera }) => camera);
  return {
    start,
    frames: frames.length,
    people,
    layers: new Map(layers.map((one) => [one.key, place(noPoints(one, ...none), ({ points }) => points.get(one.key))])),
    quantities: new Map(
      quantities.map((one) => [one.key, place(noNumbers(one, ...none), ({ numbers }) => numbers.get(one.key))]),
    ),
    ...(cameras.some((camera) => camera) && { cameras }),
  };
}
