import type { Input, Issue, OpenOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import type { Interval } from "../model.js";
import type { SkelShopFramesFile } from "../unseg.access.gen.js";
import type { Bundle } from "./bundle.js";
import type { PersonTrack } from "./person-track.js";
import { ShotReader } from "./shot-reader.js";
import { isSkelshop, type ReaderOptions, tracksOf } from "./shot-segmented.js";
import { intervalOf, openTimeline, type SkeletonTimeline } from "./timeline.js";

export interface UnsegmentedReaderOptions extends ReaderOptions {
  /**
   * Where iterating ends: with the last frame that the timeline has, as SkelShop's reader does, or with the last one of the
   * video, as far as the file states how many it has. Default `timeline`.
   */
  readonly end?: "timeline" | "video" | undefined;
}

/**
 * Reads skeletons that are neither tracked nor cut into shots. Persons are numbered by their place in the list of each frame, so a
 * number is not one person. Close it when done.
 */
export class UnsegmentedReader implements Interval, AsyncIterable<Bundle> {
  readonly kind = "unseg";
  readonly info: SkeletonTimeline;
  readonly #shot: ShotReader;

  private constructor(info: SkeletonTimeline, shot: ShotReader) {
    this.info = info;
    this.#shot = shot;
  }

  /** Reads what the root states, and which persons there are. Throws `FormatError` as {@link ShotSegmentedReader.open} does. */
  static async open(input: Input, options: UnsegmentedReaderOptions & OpenOptions = {}): Promise<UnsegmentedReader> {
    const info = await openTimeline("unseg", input, options);
    try {
      const { timeline } = info;
      const { startFrame, endFrame } = await intervalOf(timeline, options);
      const stored = isSkelshop(options);
      const tracks = await tracksOf(timeline, { within: { startFrame: 0, endFrame }, stored });
      // What SkelShop writes when there is nobody.
      if (startFrame > endFrame && (endFrame !== 1 || tracks.length > 0))
        throw new FormatError("corrupt", `start_frame ${startFrame} is after end_frame ${endFrame}`, {
          path: timeline.path,
        });
      const video = options.end === "video" ? (info.numFrames ?? endFrame) : endFrame;
      const shot = new ShotReader({
        index: 0,
        startFrame,
        endFrame: Math.max(video, endFrame),
        path: timeline.path,
        info,
        options: stored ? { ...options, empty: options.empty ?? "keep" } : options,
        tracks: async () => tracks,
      });
      return new UnsegmentedReader(info, shot);
    } catch (error) {
      await info.file.close();
      throw error;
    }
  }

  /** The file as its schema has it. */
  get file(): SkelShopFramesFile {
    return this.info.file as SkelShopFramesFile;
  }

  get startFrame(): number {
    return this.#shot.startFrame;
  }

  get endFrame(): number {
    return this.#shot.endFrame;
  }

  /** One bundle a frame. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Bundle, void, void> {
    return this.#shot[Symbol.asyncIterator]();
  }

  /** The same from an absolute frame on: frames before the first are without persons. */
  iterFrom(frame: number): AsyncIterableIterator<Bundle, void, void> {
    return this.#shot.iterFrom(frame);
  }

  /** The bundles of frames `from` up to `to`, which default to all: without persons where the timeline has none. */
  iterFrames(from: number = this.startFrame, to: number = this.endFrame): AsyncIterableIterator<Bundle, void, void> {
    return this.#shot.iterFrom(from, to);
  }

  /** The same, as many bundles at once as are read at once: going through them takes no waiting. */
  batches(from: number = this.startFrame, to: number = this.endFrame): AsyncGenerator<Iterable<Bundle>, void, void> {
    return this.#shot.batches(from, to);
  }

  /** The bundle of one absolute frame. Reads the rows of that frame and little else. */
  frame(frame: number): Promise<Bundle> {
    return this.#shot.frame(frame);
  }

  /** Persons by number, each over all of its frames: how the file stores them. */
  tracks(): Promise<readonly PersonTrack[]> {
    return this.#shot.tracks();
  }

  /** What is wrong with the file, by its schema. */
  check(): Promise<readonly Issue[]> {
    return this.file.check();
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
