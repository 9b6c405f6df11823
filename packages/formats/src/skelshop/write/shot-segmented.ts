import type { Hdf5GroupWriter, Sink } from "@somakit/core";
import { CsrAppender } from "@somakit/core/engine/sparse";
import { FormatError } from "@somakit/core/errors";
import type { Skeleton } from "../skeleton.js";
import { checkWhole, type PoseLike, poseRow } from "./pose.js";
import { type CloseOptions, SkeletonFile, type SkeletonWriterOptions } from "./skeleton-file.js";
import { csrOptions } from "./storage.js";

interface Person {
  readonly group: Hdf5GroupWriter;
  readonly rows: CsrAppender;
  /** The last frame that has a row. */
  last: number;
}

/** A shot that is being written. */
interface Shot {
  readonly group: Hdf5GroupWriter;
  readonly path: string;
  readonly start: number;
  readonly people: Map<number, Person>;
  /** One past the last frame so far. */
  end: number;
}

/**
 * Writes a skeleton file with shots, in which people are tracked: what SkelShop's class of this name writes, front to back, with
 * a chunk of each person of the present shot in memory. A person has rows from its first to its last frame in the shot;
 * frames that it misses out are empty. A shot may be without frames, and without people.
 *
 * What does not fit throws `FormatError` `unwritable`, with nothing written: frames that go back, a person that is in a frame
 * twice, numbers that are no pose, ids below 0.
 */
export class ShotSegmentedWriter {
  readonly #file: SkeletonFile;
  readonly #options: SkeletonWriterOptions;
  #shot: Shot | undefined;
  #count = 0;
  /** Where the next shot starts, if nobody says otherwise. */
  #next = 0;
  #frames = 0;

  /** Throws `TypeError` for attributes that cannot be set, `RangeError` for other options. */
  constructor(sink: Sink, options: SkeletonWriterOptions) {
    this.#file = new SkeletonFile(sink, "trackshots", options);
    this.#options = options;
    csrOptions(this.skeleton.limbs, options.storage ?? {}, false);
  }

  get skeleton(): Skeleton {
    return this.#file.skeleton;
  }

  /** Shots that were started so far. */
  get shots(): number {
    return this.#count;
  }

  /** Starts a shot where the last one ended, the first at frame 0; or at `startFrame`. */
  startShot(startFrame: number = this.#next): void {
    if (this.#shot) throw new Error("the shot before has not ended");
    const name = `shot${this.#count}`;
    const path = `timeline.${name}`;
    checkWhole("frame", startFrame, 0, path);
    const group = this.#file.timeline.group(name, { ordered: true });
    this.#count++;
    this.#shot = { group, path, start: startFrame, end: startFrame, people: new Map() };
  }

  /** Says that a frame is there, though nobody may be in it. */
  registerFrame(frame: number): void {
    const shot = this.#open();
    checkFrame(shot, frame, shot.path);
    shot.end = frame + 1;
  }

  /** Adds a person of the shot in a frame. */
  async addPose(frame: number, id: number, keypoints: PoseLike): Promise<void> {
    const shot = this.#open();
    const path = `${shot.path}.pose${id}`;
    checkFrame(shot, frame, path);
    checkWhole("id", id, 0, path);
    const known = shot.people.get(id);
    if (known?.last === frame) throw new FormatError("unwritable", `it is in frame ${frame} already`, { path });
    const row = poseRow(keypoints, this.skeleton.limbs, path);
    const person = known ?? this.#add(shot, id, frame);
    const missed = frame - person.last - 1;
    person.last = frame;
    shot.end = frame + 1;
    const work = missed > 0 ? person.rows.appendEmpty(missed) : undefined;
    await Promise.all([work, person.rows.append(row)]);
  }

  /** Ends the shot. */
  async endShot(): Promise<void> {
    const { group, people, start, end } = this.#open();
    this.#shot = undefined;
    this.#next = end;
    this.#frames = Math.max(this.#frames, end);
    for (const person of people.values()) {
      await person.rows.close();
      await person.group.setAttribute("end_frame", person.last + 1);
      await person.group.close();
    }
    await group.setAttribute("start_frame", start);
    await group.setAttribute("end_frame", end);
    await group.close();
  }

  /** Ends the shot that is being written, if any, and finishes the file, which appears under its name now. */
  async close(options: CloseOptions = {}): Promise<void> {
    if (this.#shot) await this.endShot();
    await this.#file.close(this.#frames, options);
  }

  /** Gives up: nothing remains of the file. */
  abort(): Promise<void> {
    return this.#file.abort();
  }

  #open(): Shot {
    if (!this.#shot) throw new Error("no shot has been started");
    return this.#shot;
  }

  #add({ group, people }: Shot, id: number, frame: number): Person {
    const own = group.group(`pose${id}`);
    const rows = new CsrAppender(own, csrOptions(this.skeleton.limbs, this.#options.storage ?? {}, false));
    // Failures come back when the shot ends.
    own.setAttribute("start_frame", frame).catch(() => undefined);
    const person = { group: own, rows, last: frame - 1 };
    people.set(id, person);
    return person;
  }
}

/** Throws `FormatError` `unwritable` for a frame in front of the shot, or of the last one. */
function checkFrame({ start, end }: Shot, frame: number, path: string): void {
  checkWhole("frame", frame, start, path);
  if (frame < end - 1)
    throw new FormatError("unwritable", `frame ${frame} after frame ${end - 1}: frames ascend`, { path });
}
