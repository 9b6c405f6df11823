import { FormatError } from "../../errors.js";
import type { WorkOptions } from "../../source/source.js";
import { isSameCamera } from "../match/cameras.js";
import type {
  ImageId,
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
import { isQuantity, type MotionLevel } from "../plan.js";
import { checkExtent, isWanted, windowFrames, windowSpans } from "./forms.js";
import { type LayerTrack, layersAt, noPoints, placeRows } from "./layer.js";
import type { Place } from "./place.js";
import { inPlaces } from "./point-lists.js";
import { noNumbers, quantitiesAt } from "./quantities.js";
import type { WindowStore } from "./window-store.js";

/** Somebody in a frame. */
export interface CrowdPerson {
  readonly place: Place;
  /** The number by which the file knows the person. */
  readonly id: number | undefined;
}

/** What is in a frame. */
export interface CrowdLook {
  readonly people: readonly CrowdPerson[];
  readonly imagePath?: string | undefined;
  readonly imageId?: ImageId | undefined;
  readonly imageSize?: readonly [height: number, width: number] | undefined;
  readonly camera?: MotionCamera | undefined;
}

/** A frame whose people are objects. */
export interface CrowdFrame {
  readonly number: number | undefined;
  /** Where that is known without looking. */
  readonly imageSize?: CrowdLook["imageSize"];
  /** Opens the frame, which stays open for as long as somebody holds what is returned. */
  look(options: WorkOptions): Promise<CrowdLook>;
}

/** The frames of a sequence, in the order of the file. */
export interface Crowd {
  readonly info: MotionInfo;
  readonly frames: readonly CrowdFrame[];
  /** What a person is. */
  readonly level: MotionLevel;
  readonly path: string;
  /** Numbers of all people, where no frame has one of them twice and everybody has one. */
  readonly ids: readonly number[] | undefined;
  /** Values that are there and that nothing could be made of, in words. */
  readonly dropped?: readonly string[] | undefined;
  /** What is known of the names of the keypoints. */
  readonly named?: Pick<MotionLayer, "names" | "spelled"> | undefined;
  /** Keys that people have, where they are known: what is under no other need not be looked for. */
  readonly keys?: ReadonlySet<string> | undefined;
  /** Keeps windows for the next pass, where looking at frames once more takes long. */
  readonly store?: WindowStore | undefined;
}

/** People by frames, which are gone through in the order of their numbers; frames that there are not have nobody. */
export async function crowdSequence(crowd: Crowd, options: WorkOptions): Promise<MotionSequence> {
  const { info, frames: given, ids, path } = crowd;
  const numbers = given.map(({ number }) => number);
  const isNumbered = !numbers.includes(undefined) && new Set(numbers).size === numbers.length && numbers.length > 0;
  const first = isNumbered ? (numbers as number[]).reduce((least, number) => Math.min(least, number)) : undefined;
  const placed = given.map((frame, index) => ({
    frame,
    at: first === undefined ? index : (frame.number as number) - first,
  }));
  placed.sort((a, b) => a.at - b.at);
  const count = (placed.at(-1)?.at ?? -1) + 1;
  checkExtent(count, Math.max(1, ids?.length ?? 0), path);
  const shapes = await shapesOf(crowd, options);
  const layers = [...shapes.values()].map(({ layer }) => layer);
  const quantities = await quantitiesOf(crowd, options);
  // Filled while frames are gone through.
  const dropped = [...(crowd.dropped ?? [])];
  const all: Placed = { placed, count, layers, shapes, quantities, crowd, dropped };
  return {
    info: { ...info, ...(first !== undefined && { firstFrame: first }), ...commonSize(given) },
    layers,
    quantities,
    dropped,
    ids,
    frames: count,
    windows: (how = {}) => crowdWindows(all, how),
  };
}

/** The size of all images, where they have the same. */
function commonSize(frames: readonly CrowdFrame[]): Pick<MotionInfo, "imageSize"> {
  const sizes = new Map(frames.map(({ imageSize }) => [imageSize?.join(), imageSize]));
  const [only] = [...sizes.values()];
  return sizes.size === 1 && only ? { imageSize: only } : {};
}

/** A layer, and how many points each list of it has. */
interface Shape {
  readonly layer: MotionLayer;
  readonly parts: readonly number[];
}

/** The layers of the first frame in which somebody is, each as long as that of whoever has most. */
async function shapesOf({ frames, level, named }: Crowd, options: WorkOptions): Promise<ReadonlyMap<string, Shape>> {
  const shapes = new Map<string, Shape>();
  for (const frame of frames) {
    options.signal?.throwIfAborted();
    for (const { place } of (await frame.look(options)).people) {
      for (const track of await layersAt(place, level, options)) {
        const known = shapes.get(track.layer.key);
        const own = partsOf(track);
        const parts = known ? own.map((count, index) => Math.max(count, known.parts[index] ?? 0)) : own;
        const points = parts.reduce((sum, one) => sum + one, 0);
        const hasConfidence = track.layer.hasConfidence && known?.layer.hasConfidence !== false;
        shapes.set(track.layer.key, { layer: { ...track.layer, ...named, points, hasConfidence }, parts });
      }
    }
    if (shapes.size > 0) break;
  }
  return shapes;
}

/** What some people have beside points, by the first of them that has it. Frames are looked at until all has been seen. */
async function quantitiesOf(
  { frames, level, keys: known }: Crowd,
  options: WorkOptions,
): Promise<readonly MotionQuantity[]> {
  const found = new Map<string, MotionQuantity>();
  const sought = level.members.filter((member) => isQuantity(member) && known?.has(member.keys[0] as string) !== false);
  const missing = new Set(sought.map(({ keys }) => keys.join(".")));
  for (const frame of missing.size > 0 ? frames : []) {
    options.signal?.throwIfAborted();
    for (const { place } of (await frame.look(options)).people) {
      if (![...missing].some((key) => place.group.keys.includes(key.split(".", 1)[0] as string))) continue;
      for (const { quantity } of (await quantitiesAt(place, level, options)).tracks)
        if (missing.delete(quantity.key)) found.set(quantity.key, quantity);
    }
    if (missing.size === 0) break;
  }
  return [...found.values()];
}

function partsOf(track: LayerTrack): readonly number[] {
  return track.parts ?? [track.layer.points];
}

interface Placed {
  readonly placed: readonly { readonly frame: CrowdFrame; readonly at: number }[];
  readonly count: number;
  readonly layers: readonly MotionLayer[];
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly quantities: readonly MotionQuantity[];
  readonly crowd: Crowd;
  readonly dropped: string[];
}

async function* crowdWindows(all: Placed, options: MotionWindowOptions): AsyncGenerator<MotionWindow, void, void> {
  const step = windowFrames(all.layers, all.crowd.ids?.length ?? 4, options);
  const { store } = all.crowd;
  let next = 0;
  for (const [start, stop] of windowSpans(all.count, step, options)) {
    while (next < all.placed.length && (all.placed[next]?.at as number) < start) next++;
    const from = next;
    while (next < all.placed.length && (all.placed[next]?.at as number) < stop) next++;
    const read = (how: MotionWindowOptions): Promise<MotionWindow> =>
      windowOf(all, [start, stop], all.placed.slice(from, next), how);
    yield await (store ? store.window(all, [start, stop], read, options) : read(options));
  }
}

async function windowOf(
  { layers: known, shapes, quantities: numbers, crowd, dropped }: Placed,
  [start, stop]: readonly [number, number],
  there: Placed["placed"],
  options: MotionWindowOptions,
): Promise<MotionWindow> {
  const { level, ids } = crowd;
  const layers = known.filter((layer) => isWanted(layer, options));
  const quantities = numbers.filter((quantity) => isWanted(quantity, options));
  const found: Found[] = [];
  const drop = (text: string): void => {
    if (!dropped.includes(text)) dropped.push(text);
  };
  let people = ids?.length ?? 0;
  const looks: Looked[] = [];
  for (const { frame, at } of there) {
    options.signal?.throwIfAborted();
    const look = await frame.look(options);
    looks.push({ at: at - start, look: { ...look, people: [] } });
    for (const [index, person] of look.people.entries()) {
      const place = ids && person.id !== undefined ? ids.indexOf(person.id) : index;
      if (!ids) people = Math.max(people, place + 1);
      const { path } = person.place.group;
      for (const track of layers.length > 0 ? await layersAt(person.place, level, options) : []) {
        const shape = shapes.get(track.layer.key);
        if (!shape) {
          drop(`${track.layer.key}, which the first frame with somebody has not`);
          continue;
        }
        if (track.layer.names && track.layer.names.join("\n") !== shape.layer.names?.join("\n"))
          throw new FormatError("mismatch", `${track.layer.key} has points of other names than before`, { path });
        if (!isWanted(track.layer, options)) continue;
        const points = inPlaces(await track.load(0, 1, options), partsOf(track), shape.parts, path);
        found.push({ at, place, key: track.layer.key, points });
      }
      for (const { quantity, load } of quantities.length > 0
        ? (await quantitiesAt(person.place, level, options)).tracks
        : [])
        if (isWanted(quantity, options))
          found.push({ at, place, key: quantity.key, numbers: await load(0, 1, options) });
    }
  }
  const frames = stop - start;
  checkExtent(frames, people, crowd.path);
  const points = new Map(layers.map((layer) => [layer.key, noPoints(layer, frames, people)]));
  const values = new Map(quantities.map((one) => [one.key, noNumbers(one, frames, people)]));
  for (const { at, place, key, points: own, numbers: beside } of found) {
    const to = [[0, (at - start) * people + place]] as const;
    if (own) placeRows(points.get(key) as MotionPoints, own, to);
    if (beside) placeRows(values.get(key) as MotionNumbers, beside, to);
  }
  const cameras = camerasOf(frames, looks);
  return {
    start,
    frames,
    people,
    layers: points,
    quantities: values,
    ...picturesOf(frames, looks),
    ...(cameras && { cameras }),
  };
}

/** What somebody has in a frame. */
interface Found {
  readonly at: number;
  readonly place: number;
  readonly key: string;
  readonly points?: MotionPoints;
  readonly numbers?: MotionNumbers;
}

interface Looked {
  readonly at: number;
  readonly look: CrowdLook;
}

/** The camera of each frame, the same object as long as nothing changes; undefined where there is none. */
function camerasOf(frames: number, looks: readonly Looked[]): MotionWindow["cameras"] {
  if (!looks.some(({ look }) => look.camera)) return undefined;
  const cameras = new Array<MotionCamera | undefined>(frames).fill(undefined);
  let last: MotionCamera | undefined;
  for (const { at, look } of looks) {
    if (!isSameCamera(look.camera, last)) last = look.camera;
    cameras[at] = last;
  }
  return cameras;
}

/** What is said of the images of frames, as far as any of them says it. */
function picturesOf(
  frames: number,
  looks: readonly Looked[],
): Pick<MotionWindow, "imagePaths" | "imageIds" | "imageSizes"> {
  const column = <T>(value: (look: CrowdLook) => T | undefined): readonly (T | undefined)[] | undefined => {
    if (!looks.some(({ look }) => value(look) !== undefined)) return undefined;
    const all = new Array<T | undefined>(frames).fill(undefined);
    for (const { at, look } of looks) all[at] = value(look);
    return all;
  };
  return {
    imagePaths: column(({ imagePath }) => imagePath),
    imageIds: column(({ imageId }) => imageId),
    imageSizes: column(({ imageSize }) => imageSize),
  };
}
