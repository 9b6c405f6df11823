import type { Input, Issue, ListNode, OpenOptions, WorkOptions } from "@somakit/core";
import { numberOf, PlacedGroup } from "@somakit/core/engine";
import { FormatError } from "@somakit/core/errors";
import { memberPath } from "@somakit/core/value";
import type { Interval } from "../model.js";
import type { SkelShopShotsFile } from "../trackshots.access.gen.js";
import type { Bundle, BundleOptions } from "./bundle.js";
import { flat } from "./flat.js";
import { PersonTrack } from "./person-track.js";
import { EmptyShot, ShotReader } from "./shot-reader.js";
import { integerAt, intervalOf, numberedMembers, openTimeline, type SkeletonTimeline } from "./timeline.js";

export interface ReaderOptions extends BundleOptions {
  /**
   * `frames` (the default): shots and persons by number; frames that are in no shot come as shots without persons, and
   * seeking begins with the very frame. `skelshop`: what SkelShop's reader gives: shots and persons as they are stored, nothing
   * between shots, a shot from its own beginning when a frame of it is sought, nothing at all for frames between shots, and
   * persons for whom nothing is stored with zeros.
   */
  readonly sequence?: "frames" | "skelshop" | undefined;
}

export interface ShotSegmentedReaderOptions extends ReaderOptions {
  /** Whether iterating goes on with frames without persons behind the last shot, for ever. Default false. */
  readonly infinite?: boolean | undefined;
}

/** Shots one after the other; those without frames as what is known of them. */
export type Shots = AsyncGenerator<ShotReader | EmptyShot, void, void>;

/** A shot of the file: its number, and where it is among those by number. */
interface Entry extends Interval {
  readonly index: number;
  readonly place: number;
  readonly group: PlacedGroup;
}

/**
 * Reads skeletons that are cut into shots, in which persons are tracked. Shots are found as iterating comes to them. Close it
 * when done.
 */
export class ShotSegmentedReader implements AsyncIterable<ShotReader | EmptyShot> {
  readonly kind = "trackshots";
  readonly info: SkeletonTimeline;
  readonly #shots: ListNode;
  readonly #options: ShotSegmentedReaderOptions;
  readonly #entries = new Map<number, Promise<Entry>>();

  private constructor(info: SkeletonTimeline, shots: ListNode, options: ShotSegmentedReaderOptions) {
    this.info = info;
    this.#shots = shots;
    this.#options = isSkelshop(options) ? { ...options, empty: options.empty ?? "keep" } : options;
  }

  /** Reads what the root states. Throws `FormatError` for a file that is something else, or not as such files are. */
  static async open(
    input: Input,
    options: ShotSegmentedReaderOptions & OpenOptions = {},
  ): Promise<ShotSegmentedReader> {
    const info = await openTimeline("trackshots", input, options);
    try {
      const shots = await numberedMembers(info.timeline, "shots", options);
      return new ShotSegmentedReader(info, shots, { ...options });
    } catch (error) {
      await info.file.close();
      throw error;
    }
  }

  /** The file as its schema has it. */
  get file(): SkelShopShotsFile {
    return this.info.file as SkelShopShotsFile;
  }

  /** How many shots there are. */
  get length(): number {
    return this.#shots.length;
  }

  /** All shots, and shots without persons for frames before, between and, in an infinite reader, behind them. */
  [Symbol.asyncIterator](): Shots {
    return isSkelshop(this.#options) ? this.#stored(0) : this.#continuous();
  }

  /** Shots from the one with this number on. */
  async *iterFromShot(index: number): Shots {
    for await (const shot of this) {
      if (shot.index >= index) yield shot;
    }
  }

  /**
   * Shots from an absolute frame on. The first is without persons when the frame is in no shot; a shot that has the frame
   * begins with it. See `sequence` for what SkelShop gives.
   */
  async *iterFromFrame(frame: number): Shots {
    if (isSkelshop(this.#options)) {
      let started = false;
      for await (const shot of this.#stored(frame)) {
        const { startFrame, endFrame } = shot;
        started ||= startFrame <= frame && (endFrame === undefined || frame < endFrame);
        if (started) yield shot;
      }
      return;
    }
    for await (const shot of this.#continuous()) {
      if (shot.endFrame !== undefined && shot.endFrame <= frame) continue;
      if (shot.startFrame >= frame) yield shot;
      else if (shot.kind === "shot") yield shot.from(frame);
      else yield new EmptyShot(shot.index, frame, shot.endFrame, this.info);
    }
  }

  /**
   * The bundles of frames `from` up to `to`, one for each, in whatever shot they are: all of the file unless told otherwise, and
   * without persons where there is no shot. An endless reader without `to` never ends.
   */
  iterFrames(from: number = 0, to: number = Number.POSITIVE_INFINITY): AsyncIterableIterator<Bundle, void, void> {
    return flat(this.batches(from, to));
  }

  /** The same, as many bundles at once as are read at once: going through them takes no waiting. */
  async *batches(
    from: number = 0,
    to: number = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<Iterable<Bundle>, void, void> {
    let next = from;
    for await (const shot of this.#continuous()) {
      if (shot.endFrame !== undefined && shot.endFrame <= next) continue;
      if (next >= to) return;
      // Shots that overlap: a frame is given once, by the first.
      const stop = Math.min(to, shot.endFrame ?? Number.POSITIVE_INFINITY);
      yield* shot.kind === "shot" ? shot.batches(next, stop) : this.#empty(next, stop);
      next = stop;
    }
    if (!this.#options.infinite && to !== Number.POSITIVE_INFINITY && next < to) yield* this.#empty(next, to);
  }

  #empty(from: number, to: number): AsyncGenerator<Iterable<Bundle>, void, void> {
    return new EmptyShot(-1, from, to, this.info).batches();
  }

  /**
   * The bundle of one absolute frame: without persons when it is in no shot. Reads the shots that it asks for the frame, and
   * the rows of that frame.
   */
  async frame(frame: number): Promise<Bundle> {
    const shot = await this.shotAt(frame);
    if (shot) return shot.frame(frame);
    for await (const bundle of new EmptyShot(-1, frame, frame + 1, this.info)) return bundle;
    throw new RangeError(`there is no frame ${frame}`);
  }

  /** The shot that has an absolute frame; undefined when none has. */
  async shotAt(frame: number): Promise<ShotReader | undefined> {
    const entry = (await this.#search(frame)) ?? (await this.#scan(frame));
    return entry && this.#readerOf(entry);
  }

  /** The shot with this number. Throws `FormatError` `missing` when there is none. */
  async shot(index: number): Promise<ShotReader> {
    for (const entry of this.#placesNear(index)) {
      const found = await this.#entry(entry);
      if (found.index === index) return this.#readerOf(found);
    }
    throw new FormatError("missing", `there is no shot ${index}`, { path: memberPath("timeline", `shot${index}`) });
  }

  /** What is wrong with the file, by its schema. */
  check(): Promise<readonly Issue[]> {
    return this.file.check();
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** Numbers are mostly places; where some are left out, places are smaller. */
  *#placesNear(index: number): Generator<number, void, void> {
    for (let place = Math.min(index, this.#shots.length - 1); place >= 0; place--) yield place;
  }

  /** By number, with what is between them. */
  async *#continuous(): Shots {
    let [next, last] = [0, -1];
    for (let place = 0; place < this.#shots.length; place++) {
      const entry = await this.#entry(place);
      if (entry.startFrame > next) yield new EmptyShot(last, next, entry.startFrame, this.info);
      yield this.#readerOf(entry);
      next = Math.max(next, entry.endFrame);
      last = entry.index;
    }
    if (this.#options.infinite) yield new EmptyShot(last + 1, next, undefined, this.info);
  }

  /** As they are stored, and as SkelShop goes through them. */
  async *#stored(from: number): Shots {
    let [end, last] = [0, -1];
    for (const place of this.#storedPlaces()) {
      const entry = await this.#entry(place);
      [end, last] = [entry.endFrame, entry.index];
      if (entry.endFrame <= from) continue;
      if (entry.index === 0 && entry.startFrame > from) yield new EmptyShot(-1, from, entry.startFrame, this.info);
      yield this.#readerOf(entry);
    }
    if (this.#options.infinite) yield new EmptyShot(last + 1, end, undefined, this.info);
  }

  #storedPlaces(): readonly number[] {
    return storedPlaces(this.info.timeline, "shot");
  }

  /** A shot that has the frame, if shots follow each other, as they nearly always do. */
  async #search(frame: number): Promise<Entry | undefined> {
    let [low, high] = [0, this.#shots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = await this.#entry(middle);
      if (frame < entry.startFrame) high = middle;
      else if (frame >= entry.endFrame) low = middle + 1;
      else return entry;
    }
    return undefined;
  }

  /** A shot that has the frame, whatever their order. */
  async #scan(frame: number): Promise<Entry | undefined> {
    for (let place = 0; place < this.#shots.length; place++) {
      const entry = await this.#entry(place);
      if (frame >= entry.startFrame && frame < entry.endFrame) return entry;
    }
    return undefined;
  }

  #entry(place: number): Promise<Entry> {
    let entry = this.#entries.get(place);
    if (!entry) {
      entry = this.#open(place);
      this.#entries.set(place, entry);
      entry.catch(() => this.#entries.delete(place));
    }
    return entry;
  }

  async #open(place: number): Promise<Entry> {
    const group = await this.#shots.child(place);
    if (!(group instanceof PlacedGroup)) throw new FormatError("mismatch", "it is no shot", { path: group.path });
    const { startFrame, endFrame } = await intervalOf(group, {});
    const index = (await integerAt(group, "index", {})) ?? place;
    // What SkelShop writes for a first shot that has no frame.
    if (startFrame > endFrame && (endFrame !== 1 || (await hasPoses(group))))
      throw new FormatError("corrupt", `start_frame ${startFrame} is after end_frame ${endFrame}`, {
        path: group.path,
      });
    return { place, index, startFrame, endFrame, group };
  }

  #readerOf({ index, startFrame, endFrame, group }: Entry): ShotReader {
    const options = this.#options;
    const within = { startFrame, endFrame };
    let tracks: Promise<readonly PersonTrack[]> | undefined;
    return new ShotReader({
      index,
      startFrame,
      endFrame,
      path: group.path,
      info: this.info,
      options,
      tracks: () => (tracks ??= tracksOf(group, { within, stored: isSkelshop(options) })),
    });
  }
}

export function isSkelshop({ sequence }: ReaderOptions): boolean {
  return sequence === "skelshop";
}

async function hasPoses(group: PlacedGroup): Promise<boolean> {
  const poses = await numberedMembers(group, "poses", {});
  return poses.length > 0;
}

/** Places, by number, of the numbered children of a group, in the order in which the file has them. */
function storedPlaces(group: PlacedGroup, prefix: string): readonly number[] {
  const rule = { prefix, suffix: "", from: 0, pad: 0, gaps: true };
  const names = group.stored.kind === "group" ? group.stored.keys : [];
  const numbers = names.flatMap((name) => numberOf(name, rule) ?? []);
  const places = new Map([...numbers].sort((a, b) => a - b).map((number, place) => [number, place]));
  return numbers.map((number) => places.get(number) as number);
}

export interface TracksOptions extends WorkOptions {
  /** The frames in which all of them must lie. */
  readonly within: Interval | undefined;
  /** As they are stored, instead of by number. */
  readonly stored: boolean;
}

/** The persons of a shot. */
export async function tracksOf(group: PlacedGroup, options: TracksOptions): Promise<readonly PersonTrack[]> {
  const poses = await numberedMembers(group, "poses", options);
  const places = options.stored ? storedPlaces(group, "pose") : Array.from({ length: poses.length }, (_, i) => i);
  const tracks: PersonTrack[] = [];
  for (const place of places) {
    const pose = await poses.child(place, options);
    if (pose.kind !== "group") throw new FormatError("mismatch", "it is no pose", { path: pose.path });
    tracks.push(await PersonTrack.open(pose, options.within, options));
  }
  return tracks;
}
