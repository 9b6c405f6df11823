import { FormatError } from "../../errors.js";
import type { WorkOptions } from "../../source/source.js";
import { isSameCamera } from "../match/cameras.js";
import type {
  MotionCamera,
  MotionInfo,
  MotionLayer,
  MotionPoints,
  MotionSequence,
  MotionWindow,
  MotionWindowOptions,
} from "../motion.js";
import type { MotionLevel } from "../plan.js";
import { inPlaces } from "../point-lists.js";
import { checkExtent, windowFrames } from "./forms.js";
import { type LayerTrack, layersAt, noPoints, placeRows } from "./layer.js";
import type { Place } from "./place.js";

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
  /** Whether frames may say something of their images. */
  readonly hasImages: boolean;
  /** Values that are there and that nothing could be made of, in words. */
  readonly dropped?: readonly string[] | undefined;
  /** What is known of the names of the keypoints. */
  readonly named?: Pick<MotionLayer, "names" | "spelled"> | undefined;
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
  const all: Placed = { placed, count, layers, shapes, crowd };
  return {
    info: { ...info, ...(first !== undefined && { firstFrame: first }), ...commonSize(given) },
    layers,
    ...(crowd.dropped && { dropped: crowd.dropped }),
    ids,
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

function partsOf(track: LayerTrack): readonly number[] {
  return track.parts ?? [track.layer.points];
}

interface Placed {
  readonly placed: readonly { readonly frame: CrowdFrame; readonly at: number }[];
  readonly count: number;
  readonly layers: readonly MotionLayer[];
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly crowd: Crowd;
}

async function* crowdWindows(all: Placed, options: MotionWindowOptions): AsyncGenerator<MotionWindow, void, void> {
  const step = windowFrames(all.layers, all.crowd.ids?.length ?? 4, options);
  let next = 0;
  for (let start = 0; start < all.count; start += step) {
    const stop = Math.min(all.count, start + step);
    const from = next;
    while (next < all.placed.length && (all.placed[next]?.at as number) < stop) next++;
    yield await windowOf(all, [start, stop], all.placed.slice(from, next), options);
  }
}

async function windowOf(
  { layers, shapes, crowd }: Placed,
  [start, stop]: readonly [number, number],
  there: Placed["placed"],
  options: WorkOptions,
): Promise<MotionWindow> {
  const { level, ids } = crowd;
  const found: { readonly at: number; readonly place: number; readonly key: string; readonly points: MotionPoints }[] =
    [];
  let people = ids?.length ?? 0;
  const looks: Looked[] = [];
  for (const { frame, at } of there) {
    options.signal?.throwIfAborted();
    const look = await frame.look(options);
    looks.push({ at: at - start, look: { ...look, people: [] } });
    for (const [index, person] of look.people.entries()) {
      const place = ids && person.id !== undefined ? ids.indexOf(person.id) : index;
      if (!ids) people = Math.max(people, place + 1);
      for (const track of await layersAt(person.place, level, options)) {
        const { key } = track.layer;
        const shape = shapes.get(key);
        const { path } = person.place.group;
        if (!shape) throw new FormatError("mismatch", `${key} is in none of the frames before`, { path });
        const points = inPlaces(await track.load(0, 1, options), partsOf(track), shape.parts, path);
        found.push({ at, place, key, points });
      }
    }
  }
  const frames = stop - start;
  checkExtent(frames, people, crowd.path);
  const points = new Map(layers.map((layer) => [layer.key, noPoints(layer, frames, people)]));
  for (const { at, place, key, points: own } of found)
    placeRows(points.get(key) as MotionPoints, own, [[0, (at - start) * people + place]]);
  const cameras = camerasOf(frames, looks);
  return {
    start,
    frames,
    people,
    layers: points,
    ...(crowd.hasImages && picturesOf(frames, looks)),
    ...(cameras && { cameras }),
  };
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

/** What is said of the images of frames. */
function picturesOf(
  frames: number,
  looks: readonly Looked[],
): Required<Pick<MotionWindow, "imagePaths" | "imageSizes">> {
  const imagePaths = new Array<string | undefined>(frames).fill(undefined);
  const imageSizes = new Array<CrowdLook["imageSize"]>(frames).fill(undefined);
  for (const { at, look } of looks) {
    imagePaths[at] = look.imagePath;
    imageSizes[at] = look.imageSize;
  }
  return { imagePaths, imageSizes };
}
