import { NdArray } from "@somakit/core/ndarray";
import type { PoseArray, Presence } from "../model.js";
import type { TrackWindow } from "./person-track.js";
import type { SkeletonInfo } from "./timeline.js";

/** One person in one frame. */
export class Pose {
  readonly id: number;
  /** Absolute number of the frame. */
  readonly frame: number;
  readonly info: SkeletonInfo;
  readonly #window: TrackWindow;
  #keypoints: PoseArray | undefined;

  constructor(id: number, frame: number, window: TrackWindow, info: SkeletonInfo) {
    this.id = id;
    this.frame = frame;
    this.info = info;
    this.#window = window;
  }

  /** Whether nothing is stored: nobody was there, or every confidence was 0. */
  get isEmpty(): boolean {
    return isEmpty(this.#window, this.frame);
  }

  /** x, y and confidence of each keypoint, (limbs, 3): a view of what was read. */
  get keypoints(): PoseArray {
    this.#keypoints ??= rowOf(this.#window, this.frame);
    return this.#keypoints;
  }

  /**
   * x, y and confidence of a keypoint by its name in the skeleton's convention. Throws `RangeError` for a name that it does not
   * have.
   */
  get(name: string): readonly [x: number, y: number, confidence: number] {
    const column = this.info.columns.get(name);
    if (column === undefined) {
      const { convention } = this.info.skeleton;
      throw new RangeError(`${convention} has no keypoint ${JSON.stringify(name)}`);
    }
    const { data, strides, offset } = this.keypoints as NdArray<"float32">;
    const at = offset + column * (strides[0] as number);
    const step = strides[1] as number;
    return [data[at] as number, data[at + step] as number, data[at + 2 * step] as number];
  }
}

/** What `slice` gives, in less time: windows are packed. */
function rowOf({ keypoints, startFrame }: TrackWindow, frame: number): PoseArray {
  const [, limbs = 0, numbers = 0] = keypoints.shape;
  const { data, type } = keypoints as NdArray<"float32">;
  const start = (frame - startFrame) * limbs * numbers;
  return NdArray.from(type, data.subarray(start, start + limbs * numbers), [limbs, numbers]) as unknown as PoseArray;
}

function isEmpty({ starts, startFrame }: TrackWindow, frame: number): boolean {
  const row = frame - startFrame;
  return starts[row] === starts[row + 1];
}

/** How the poses of a frame are given. */
export interface BundleOptions {
  /**
   * `skip` (the default): persons for whom a frame stores nothing are left out. `keep`: they are given with zeros, as long as the
   * frame lies between their first and their last one, which is what SkelShop does.
   */
  readonly empty?: "skip" | "keep" | undefined;
}

/** The persons in one frame, by id: what SkelShop calls a bundle. */
export class Bundle implements Iterable<readonly [id: number, pose: Pose]> {
  /** Absolute number of the frame. */
  readonly frame: number;
  readonly #windows: readonly TrackWindow[];
  readonly #info: SkeletonInfo;
  readonly #options: BundleOptions;

  constructor(frame: number, windows: readonly TrackWindow[], info: SkeletonInfo, options: BundleOptions = {}) {
    this.frame = frame;
    this.#windows = windows;
    this.#info = info;
    this.#options = options;
  }

  /** How many persons are given. */
  get size(): number {
    let size = 0;
    for (const window of this.#windows) if (this.#gives(window)) size++;
    return size;
  }

  get ids(): readonly number[] {
    return this.#windows.filter((window) => this.#gives(window)).map(({ track }) => track.id);
  }

  [Symbol.iterator](): IterableIterator<readonly [id: number, pose: Pose]> {
    const entries: (readonly [id: number, pose: Pose])[] = [];
    for (const window of this.#windows) {
      const { id } = window.track;
      if (this.#gives(window)) entries.push([id, new Pose(id, this.frame, window, this.#info)]);
    }
    return entries[Symbol.iterator]();
  }

  /** The poses alone. */
  *poses(): Generator<Pose, void, void> {
    for (const [, pose] of this) yield pose;
  }

  /** The pose of a person, also when it is empty; undefined when the frame is not in the person's track. */
  get(id: number): Pose | undefined {
    const window = this.#windowOf(id);
    return window && new Pose(id, this.frame, window, this.#info);
  }

  /** Whether a person is there. */
  presence(id: number): Presence {
    const window = this.#windowOf(id);
    if (!window) return "absent";
    return isEmpty(window, this.frame) ? "empty" : "present";
  }

  /** The same with other numbers for the persons that are given: 0, 1, 2, … in their order. */
  renumbered(): RenumberedBundle {
    return new RenumberedBundle(this);
  }

  #windowOf(id: number): TrackWindow | undefined {
    return this.#windows.find((window) => window.track.id === id && this.#covers(window));
  }

  #gives(window: TrackWindow): boolean {
    return this.#covers(window) && (this.#options.empty === "keep" || !isEmpty(window, this.frame));
  }

  #covers({ startFrame, endFrame }: TrackWindow): boolean {
    return this.frame >= startFrame && this.frame < endFrame;
  }
}

/** A bundle whose persons count from 0. */
export class RenumberedBundle implements Iterable<readonly [id: number, pose: Pose]> {
  readonly #bundle: Bundle;

  constructor(bundle: Bundle) {
    this.#bundle = bundle;
  }

  get frame(): number {
    return this.#bundle.frame;
  }

  get size(): number {
    return this.#bundle.size;
  }

  get ids(): readonly number[] {
    return Array.from({ length: this.size }, (_, id) => id);
  }

  *[Symbol.iterator](): Generator<readonly [id: number, pose: Pose], void, void> {
    let id = 0;
    for (const pose of this.#bundle.poses()) yield [id++, pose];
  }

  *poses(): Generator<Pose, void, void> {
    yield* this.#bundle.poses();
  }
}
