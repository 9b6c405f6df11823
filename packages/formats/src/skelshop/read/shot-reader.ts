import type { WorkOptions } from "@somakit/core";
import type { Interval } from "../model.js";
import { Bundle, type BundleOptions } from "./bundle.js";
import { flat } from "./flat.js";
import type { PersonTrack, TrackWindow } from "./person-track.js";
import type { SkeletonInfo } from "./timeline.js";

/** Bytes of dense poses that are in memory at once, about, and frames that are read at once: more take longer. */
const WINDOW_BYTES = 1 << 23;
const WINDOW_FRAMES = 1024;
const LEAST_FRAMES = 64;

/** What a reader of shots is made of. */
export interface ShotParts extends Interval {
  readonly index: number;
  readonly path: string;
  readonly info: SkeletonInfo;
  readonly options: BundleOptions & WorkOptions;
  /** The persons of the shot, found when they are first needed. */
  readonly tracks: () => Promise<readonly PersonTrack[]>;
  /** The frame with which iterating begins; that of the shot when left out. */
  readonly first?: number | undefined;
}

/** The frames between two cuts, or all of a file without shots. */
export class ShotReader implements Interval, AsyncIterable<Bundle> {
  readonly kind = "shot";
  /** Number of the shot; 0 for a file without shots. */
  readonly index: number;
  readonly startFrame: number;
  readonly endFrame: number;
  /** Where in the file this is, such as `timeline.shot0`. */
  readonly path: string;
  readonly #parts: ShotParts;

  constructor(parts: ShotParts) {
    this.index = parts.index;
    this.startFrame = parts.startFrame;
    this.endFrame = parts.endFrame;
    this.path = parts.path;
    this.#parts = parts;
  }

  /** Frames of the shot. */
  get length(): number {
    return Math.max(0, this.endFrame - this.startFrame);
  }

  /** The persons, each over all of their frames: how the file stores them. */
  tracks(): Promise<readonly PersonTrack[]> {
    return this.#parts.tracks();
  }

  /** One bundle a frame. Reads some frames ahead; no more than a few megabytes of poses are in memory. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Bundle, void, void> {
    return flat(this.batches());
  }

  /** The same from an absolute frame on: frames before the shot are without persons, and none come after it. */
  iterFrom(frame: number, to: number = this.endFrame): AsyncIterableIterator<Bundle, void, void> {
    return flat(this.batches(frame, to));
  }

  /**
   * The same, as many bundles at once as are read at once: going through them takes no waiting. Throws `FormatError` for contents
   * that contradict themselves.
   */
  async *batches(
    frame: number = this.#parts.first ?? this.startFrame,
    to: number = this.endFrame,
  ): AsyncGenerator<Iterable<Bundle>, void, void> {
    const { info, options } = this.#parts;
    const tracks = frame < to ? await this.tracks() : [];
    for (let start = frame; start < to; ) {
      const stop = Math.min(to, windowEnd(tracks, start, info.limbs));
      const windows = await windowsOf(tracks, { startFrame: start, endFrame: stop }, options);
      yield bundlesOf({ startFrame: start, endFrame: stop }, (at) => new Bundle(at, windows, info, options));
      start = stop;
    }
  }

  /**
   * The bundle of the `n`-th frame of the shot, 0 being its first; of persons with these ids when some are given. One without
   * persons when the shot has no such frame.
   */
  async at(n: number, ids?: Iterable<number>): Promise<Bundle> {
    return this.frame(this.startFrame + n, ids);
  }

  /** The bundle of an absolute frame. Reads the rows of that frame and little else. */
  async frame(frame: number, ids?: Iterable<number>): Promise<Bundle> {
    const { info, options } = this.#parts;
    const wanted = ids && new Set(ids);
    const tracks = (await this.tracks()).filter(({ id }) => !wanted || wanted.has(id));
    const windows = await windowsOf(tracks, { startFrame: frame, endFrame: frame + 1 }, options);
    return new Bundle(frame, windows, info, options);
  }

  /** The same shot, begun with an absolute frame that is inside of it. */
  from(frame: number): ShotReader {
    return new ShotReader({ ...this.#parts, first: frame });
  }
}

/** Bundles of some frames, made when they are come to. */
function* bundlesOf({ startFrame, endFrame }: Interval, bundle: (frame: number) => Bundle): Generator<Bundle> {
  for (let frame = startFrame; frame < endFrame; frame++) yield bundle(frame);
}

/** Frames without persons that belong to no shot. */
export class EmptyShot implements AsyncIterable<Bundle> {
  readonly kind = "empty";
  /** -1 before the first shot, else the number of the shot before it, or one more than that of the last. */
  readonly index: number;
  readonly startFrame: number;
  /** Undefined when the frames never end. */
  readonly endFrame: number | undefined;
  readonly #info: SkeletonInfo;

  constructor(index: number, startFrame: number, endFrame: number | undefined, info: SkeletonInfo) {
    this.index = index;
    this.startFrame = startFrame;
    this.endFrame = endFrame;
    this.#info = info;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Bundle, void, void> {
    return flat(this.batches());
  }

  /** The same without waiting. */
  async *batches(): AsyncGenerator<Iterable<Bundle>, void, void> {
    const endFrame = this.endFrame ?? Number.POSITIVE_INFINITY;
    yield bundlesOf({ startFrame: this.startFrame, endFrame }, (frame) => new Bundle(frame, [], this.#info));
  }
}

/** Where a window that begins with `start` ends: few enough frames of those who are in it, or where somebody comes or goes. */
function windowEnd(tracks: readonly PersonTrack[], start: number, limbs: number): number {
  const people = tracks.filter((track) => track.startFrame < start + WINDOW_FRAMES && track.endFrame > start).length;
  const frames = Math.floor(WINDOW_BYTES / (12 * Math.max(1, limbs) * Math.max(1, people)));
  return start + Math.min(WINDOW_FRAMES, Math.max(LEAST_FRAMES, frames));
}

async function windowsOf(
  tracks: readonly PersonTrack[],
  { startFrame, endFrame }: Interval,
  options: WorkOptions,
): Promise<readonly TrackWindow[]> {
  const windows: TrackWindow[] = [];
  for (const track of tracks) {
    const part = {
      startFrame: Math.max(startFrame, track.startFrame),
      endFrame: Math.min(endFrame, track.endFrame),
    };
    if (part.startFrame < part.endFrame) windows.push(await track.window(part, options));
  }
  return windows;
}
