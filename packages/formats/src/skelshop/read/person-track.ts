import type { CsrMatrix, CsrRows, GroupNode, NdArray, WorkOptions } from "@somakit/core";
import { SparseNode, toDense } from "@somakit/core/engine/sparse";
import { FormatError } from "@somakit/core/errors";
import type { Interval, PoseArray, Presence, TrackArray } from "../model.js";
import { integerAt, intervalOf } from "./timeline.js";

/** Part of a track, in memory. */
export interface TrackWindow extends Interval {
  readonly track: PersonTrack;
  /** (frames, limbs, 3) */
  readonly keypoints: NdArray<"float32" | "float64">;
  /** Where each row starts among the stored keypoints: a row is empty when the next starts there too. */
  readonly starts: CsrRows["starts"];
}

/** The keypoints of one person over a run of frames, which are still in the file. */
export class PersonTrack implements Interval {
  /** The person's number: a track of its shot, or in files without tracking a place in the lists of frames. */
  readonly id: number;
  readonly startFrame: number;
  readonly endFrame: number;
  /** Where in the file this is, such as `timeline.shot0.pose7`. */
  readonly path: string;
  readonly #matrix: CsrMatrix;

  private constructor(path: string, id: number, { startFrame, endFrame }: Interval, matrix: CsrMatrix) {
    this.path = path;
    this.id = id;
    this.startFrame = startFrame;
    this.endFrame = endFrame;
    this.#matrix = matrix;
  }

  /** Reads headers. Throws `FormatError` for a group that is no pose, or not of these frames. */
  static async open(group: GroupNode, within: Interval | undefined, options: WorkOptions = {}): Promise<PersonTrack> {
    const { path } = group;
    const interval = await intervalOf(group, options);
    const { startFrame, endFrame } = interval;
    if (startFrame > endFrame)
      throw new FormatError("corrupt", `start_frame ${startFrame} is after end_frame ${endFrame}`, { path });
    if (within && (startFrame < within.startFrame || endFrame > within.endFrame))
      throw new FormatError(
        "corrupt",
        `frames ${startFrame} to ${endFrame} are not all in ${within.startFrame} to ${within.endFrame}`,
        { path },
      );
    const node = await group.child("keypoints", options);
    if (!(node instanceof SparseNode)) throw new FormatError("missing", "there are no keypoints", { path });
    const { matrix } = node;
    if (matrix.rows !== endFrame - startFrame)
      throw new FormatError(
        "corrupt",
        `${matrix.rows + 1} values, ${endFrame - startFrame + 1} expected for frames ${startFrame} to ${endFrame}`,
        { path: matrix.parts.indptr.path },
      );
    return new PersonTrack(path, (await integerAt(group, "id", options)) ?? 0, interval, matrix);
  }

  /** Frames of the track. */
  get length(): number {
    return this.endFrame - this.startFrame;
  }

  /** Whether the track has this frame. Whether anything is stored for it only the keypoints tell. */
  covers(frame: number): boolean {
    return frame >= this.startFrame && frame < this.endFrame;
  }

  /**
   * The keypoints of frames `from` up to `to`, which default to all of the track, as one array (frames, limbs, 3). Frames that
   * are not in the track are left out. Reads only what it needs.
   */
  async keypoints(range: FrameRangeOptions = {}): Promise<TrackArray> {
    return (await this.window(this.#clip(range), range)).keypoints as unknown as TrackArray;
  }

  /** For each of those frames, whether anything is stored. */
  async presences(range: FrameRangeOptions = {}): Promise<readonly Exclude<Presence, "absent">[]> {
    const { starts } = await this.window(this.#clip(range), range);
    return Array.from({ length: starts.length - 1 }, (_, row) =>
      starts[row] === starts[row + 1] ? "empty" : "present",
    );
  }

  /** The keypoints in one frame, (limbs, 3); undefined when the frame is not in the track. */
  async at(frame: number, options: WorkOptions = {}): Promise<PoseArray | undefined> {
    if (!this.covers(frame)) return undefined;
    const { keypoints } = await this.window({ startFrame: frame, endFrame: frame + 1 }, options);
    return keypoints.slice(0) as unknown as PoseArray;
  }

  /** Frames of the track, in memory. Throws `FormatError` for contents that contradict themselves. */
  async window({ startFrame, endFrame }: Interval, options: WorkOptions = {}): Promise<TrackWindow> {
    const [start, stop] = [startFrame - this.startFrame, endFrame - this.startFrame];
    const rows = await this.#matrix.read(start, stop, options);
    return {
      track: this,
      startFrame,
      endFrame,
      keypoints: toDense(rows) as NdArray<"float32" | "float64">,
      starts: rows.starts,
    };
  }

  #clip({ from, to }: FrameRangeOptions): Interval {
    const startFrame = Math.min(Math.max(from ?? this.startFrame, this.startFrame), this.endFrame);
    return { startFrame, endFrame: Math.max(startFrame, Math.min(to ?? this.endFrame, this.endFrame)) };
  }
}

export interface FrameRangeOptions extends WorkOptions {
  /** Absolute number of the first frame. */
  readonly from?: number | undefined;
  /** One past the last frame. */
  readonly to?: number | undefined;
}
