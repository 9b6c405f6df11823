import type { Folder, Input, Sink, Source, WorkOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { isFolder, toSource } from "@somakit/core/source";
import type { Mode, Variant } from "../model.js";
import { type Skeleton, type SkeletonPart, skeletonOf } from "../skeleton.js";
import type { SkeletonAttributes } from "../write/attributes.js";
import { ShotSegmentedWriter } from "../write/shot-segmented.js";
import type { CloseOptions, SkeletonWriterOptions } from "../write/skeleton-file.js";
import type { PoseStorage } from "../write/storage.js";
import { UnsegmentedWriter } from "../write/unsegmented.js";
import type { PersonPose } from "./frame.js";
import { videoName } from "./names.js";
import { type OpenPoseOrigin, type OpenPoseVideo, openPoseFrames } from "./video.js";

export interface ConvertOpenPoseOptions extends WorkOptions {
  /** The keypoints that are taken over. */
  readonly mode: Mode;
  readonly variant?: Variant | undefined;
  /** The video whose frames are meant, with its folders. Needed where there are several. */
  readonly base?: string | undefined;
  /** Default `unseg`; `trackshots` when there are cuts. */
  readonly type?: "unseg" | "trackshots" | undefined;
  /** Frames at which a shot begins. Only for `trackshots`. */
  readonly cuts?: readonly number[] | undefined;
  /**
   * What people are numbered by: their place in the list of their frame, as SkelShop does, or the id that OpenPose gave them when
   * it tracked. Default `position`.
   */
  readonly ids?: "position" | "person_id" | undefined;
  readonly attributes?: SkeletonAttributes | undefined;
  readonly storage?: PoseStorage | undefined;
}

/** What was read and written. */
export interface OpenPoseReport {
  readonly origin: OpenPoseOrigin;
  readonly base: string;
  readonly frames: number;
  readonly framesWithoutPeople: number;
  readonly poses: number;
  readonly shots: number;
  /** Versions of OpenPose's format, in the order in which they came. */
  readonly versions: readonly string[];
  /** Poses that a part of the mode was missing of. Its keypoints are zero. */
  readonly missing: Readonly<Record<SkeletonPart["part"], number>>;
  /** Frames whose file is no JSON, frames that were nowhere, shards that broke off: all without people. */
  readonly corruptFrames: number;
  readonly lostFrames: number;
  readonly corruptShards: number;
  /** Files that were left out, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Makes a skeleton file of the JSON files that OpenPose wrote for the frames of a video: of a folder, a zip archive, a tar archive, or
 * SkelShop's tar of ten `.tar.bz2`. Hands and face that a person has not leave zeros in their columns. The frames are read one by
 * one. Throws `FormatError`: `corrupt` for holes between frames, `mismatch` for lists that are not the mode's, whatever reading
 * throws; then nothing is left of the file.
 */
export async function convertOpenPose(
  sink: Sink,
  input: Folder | Input,
  options: ConvertOpenPoseOptions,
): Promise<OpenPoseReport> {
  try {
    const skeleton = skeletonOf(options.mode, options.variant);
    const from: Folder | Source = isFolder(input) ? input : await toSource(input, options);
    const video = await openPoseFrames(from, skeleton, options);
    return await writeVideo(new Conversion(sink, skeleton, options), video, options);
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

async function writeVideo(
  conversion: Conversion,
  video: OpenPoseVideo,
  { signal, onProgress }: WorkOptions,
): Promise<OpenPoseReport> {
  for await (const { name, content } of video.frames) {
    signal?.throwIfAborted();
    await conversion.add(name, content?.people ?? [], content?.version);
    const { frames } = conversion;
    onProgress?.({ stage: "convert frames", done: frames, total: video.count ?? frames, unit: "frames" });
  }
  return conversion.finish(video);
}

/** A file that is being made. */
class Conversion {
  frames = 0;
  readonly #options: ConvertOpenPoseOptions;
  readonly #writer: UnsegmentedWriter | ShotSegmentedWriter;
  readonly #cuts: readonly number[];
  readonly #versions = new Set<string>();
  readonly #missing = { body: 0, left_hand: 0, right_hand: 0, face: 0 };
  #cut = 0;
  #empty = 0;
  #poses = 0;

  constructor(sink: Sink, skeleton: Skeleton, options: ConvertOpenPoseOptions) {
    const { cuts = [], type = cuts.length > 0 ? "trackshots" : "unseg", attributes, storage, signal } = options;
    if (type === "unseg" && cuts.length > 0) throw new TypeError("files of the type unseg have no cuts");
    const { mode, variant } = skeleton;
    const settings: SkeletonWriterOptions = { mode, variant, attributes, storage, signal };
    this.#options = options;
    this.#cuts = [...new Set(cuts)].sort((a, b) => a - b).filter((frame) => frame > 0);
    this.#writer =
      type === "unseg"
        ? new UnsegmentedWriter(sink, { ...settings, end: "last-frame" })
        : new ShotSegmentedWriter(sink, settings);
    this.#writer.startShot();
  }

  async add(name: string, people: readonly PersonPose[], version: string | undefined): Promise<void> {
    const frame = this.frames++;
    if (this.#cuts[this.#cut] === frame) {
      this.#cut++;
      await this.#writer.endShot();
      this.#writer.startShot();
    }
    this.#writer.registerFrame(frame);
    if (version !== undefined) this.#versions.add(version);
    if (people.length === 0) this.#empty++;
    for (const [position, { id, keypoints, missing }] of people.entries()) {
      const number = this.#options.ids === "person_id" ? idOf(id, `${name}: people[${position}]`) : position;
      await this.#writer.addPose(frame, number, keypoints);
      for (const part of missing) this.#missing[part]++;
      this.#poses++;
    }
  }

  async finish({ origin, names, damage }: OpenPoseVideo): Promise<OpenPoseReport> {
    const base = names.base;
    if (base === undefined || this.frames === 0)
      throw new FormatError("not-this-format", "there are no frames: <name>_<12 digits>_keypoints.json");
    const versions = [...this.#versions];
    const { corruptFrames = 0, corruptShards = 0, lostFrames = 0 } = damage ?? {};
    const attributes: SkeletonAttributes = {
      video: videoName(base),
      num_frames: this.frames,
      op_ver: versions.join(";"),
      imported_from: origin,
      ...(damage && {
        corrupt_frames: corruptFrames,
        corrupt_shards: corruptShards,
        remaining_heaps: 0,
        end_fail: false,
      }),
      ...this.#options.attributes,
    };
    const closing: CloseOptions = { attributes };
    await this.#writer.close(closing);
    const shots = this.#writer instanceof ShotSegmentedWriter ? this.#writer.shots : 1;
    return {
      ...{ origin, base, frames: this.frames, framesWithoutPeople: this.#empty, poses: this.#poses, shots, versions },
      ...{ missing: this.#missing, corruptFrames, lostFrames, corruptShards, skipped: names.skipped },
    };
  }
}

function idOf(id: number | undefined, path: string): number {
  if (id !== undefined) return id;
  throw new FormatError("mismatch", "it has no person_id: OpenPose did not track", { path });
}
