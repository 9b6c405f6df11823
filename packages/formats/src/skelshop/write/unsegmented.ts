import type { Hdf5GroupWriter, Sink } from "@somakit/core";
import { CsrAppender } from "@somakit/core/engine/sparse";
import { FormatError } from "@somakit/core/errors";
import type { Skeleton } from "../skeleton.js";
import { checkWhole, type PoseLike, poseRow } from "./pose.js";
import { type CloseOptions, SkeletonFile, type SkeletonWriterOptions } from "./skeleton-file.js";
import { csrOptions } from "./storage.js";

export interface UnsegmentedWriterOptions extends SkeletonWriterOptions {
  /**
   * Where the timeline ends: one past the last frame with a pose, as SkelShop writes it (1 without any pose), or one past
   * the last frame that was registered, so that frames without people at the end are kept. Default `last-pose`.
   */
  readonly end?: "last-pose" | "last-frame" | undefined;
}

interface Person {
  readonly group: Hdf5GroupWriter;
  readonly rows: CsrAppender;
  /** The last frame that has a row. */
  last: number;
}

/**
 * Writes a skeleton file without shots, in which nobody is tracked: what SkelShop's class of this name writes, front to back,
 * with a chunk of each pose number in memory. Frames of one pose number ascend; frames that it misses out become empty
 * rows. Calls keep their order without being waited for.
 *
 * What does not fit throws `FormatError` `unwritable`, with nothing written: frames that do not ascend, numbers that are no
 * pose, pose numbers below 0.
 */
export class UnsegmentedWriter {
  readonly #file: SkeletonFile;
  readonly #options: UnsegmentedWriterOptions;
  readonly #people = new Map<number, Person>();
  #start = 0;
  #lastPose = 0;
  #frames = 0;
  #state: "new" | "open" | "ended" = "new";

  /** Throws `TypeError` for attributes that cannot be set, `RangeError` for other options. */
  constructor(sink: Sink, options: UnsegmentedWriterOptions) {
    this.#file = new SkeletonFile(sink, "unseg", options);
    this.#options = options;
    csrOptions(this.skeleton.limbs, options.storage ?? {}, true);
  }

  get skeleton(): Skeleton {
    return this.#file.skeleton;
  }

  /** Says which frame is the first. Once, before everything else; without it, that is frame 0. */
  startShot(startFrame = 0): void {
    if (this.#state !== "new") throw new Error("the only shot has been started");
    checkWhole("frame", startFrame, 0, "timeline");
    this.#state = "open";
    this.#start = startFrame;
    this.#frames = startFrame;
  }

  /** Says that a frame is there, though nobody may be in it. */
  registerFrame(frame: number): void {
    this.#open();
    checkWhole("frame", frame, this.#start, "timeline");
    this.#frames = Math.max(this.#frames, frame + 1);
  }

  /** Adds the pose of a number in a frame. */
  async addPose(frame: number, pose: number, keypoints: PoseLike): Promise<void> {
    this.#open();
    const path = `timeline.pose${pose}`;
    checkWhole("frame", frame, this.#start, path);
    checkWhole("pose", pose, 0, path);
    const known = this.#people.get(pose);
    if (known && frame <= known.last)
      throw new FormatError("unwritable", `frame ${frame} after frame ${known.last}: frames ascend`, { path });
    const row = poseRow(keypoints, this.skeleton.limbs, path);
    const person = known ?? this.#add(pose, frame);
    const missed = frame - person.last - 1;
    person.last = frame;
    this.#lastPose = Math.max(this.#lastPose, frame);
    this.registerFrame(frame);
    const work = missed > 0 ? person.rows.appendEmpty(missed) : undefined;
    await Promise.all([work, person.rows.append(row)]);
  }

  /** Ends the only shot: nothing can be added afterwards. */
  async endShot(): Promise<void> {
    this.#open();
    this.#state = "ended";
    const { timeline } = this.#file;
    for (const { group, rows, last } of this.#people.values()) {
      await rows.close();
      await group.setAttribute("end_frame", last + 1);
      await group.close();
    }
    this.#people.clear();
    await timeline.setAttribute("start_frame", this.#start);
    await timeline.setAttribute("end_frame", this.#options.end === "last-frame" ? this.#frames : this.#lastPose + 1);
  }

  /** Ends the shot, unless that has been done, and finishes the file, which appears under its name now. */
  async close(options: CloseOptions = {}): Promise<void> {
    if (this.#state !== "ended") await this.endShot();
    await this.#file.close(Math.max(this.#frames, 0), options);
  }

  /** Gives up: nothing remains of the file. */
  abort(): Promise<void> {
    return this.#file.abort();
  }

  #open(): void {
    if (this.#state === "ended") throw new Error("the shot has ended");
    this.#state = "open";
  }

  #add(pose: number, frame: number): Person {
    const group = this.#file.timeline.group(`pose${pose}`);
    const rows = new CsrAppender(group, csrOptions(this.skeleton.limbs, this.#options.storage ?? {}, true));
    // Failures come back when the file is closed.
    group.setAttribute("start_frame", frame).catch(() => undefined);
    const person = { group, rows, last: frame - 1 };
    this.#people.set(pose, person);
    return person;
  }
}
