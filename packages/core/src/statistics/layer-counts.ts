import type { MotionLayer, MotionPoints } from "../motion/motion.js";
import { type Spread, SpreadCounts } from "./spread.js";
import { RunningRange } from "./value-counts.js";

/** Keypoints or vertices over all sequences that have them in one form. */
export interface LayerStatistics
  extends Pick<MotionLayer, "key" | "what" | "axes" | "space" | "unit" | "convention" | "points"> {
  /** Names of the keypoints, where the file or a convention has them. */
  readonly names?: readonly string[] | undefined;
  readonly dtypes: readonly MotionLayer["dtype"][];
  /** Sequences that have the layer. */
  readonly sequences: number;
  /** People who are there in it, over all frames. */
  readonly people: number;
  /**
   * How many of these have each point: its confidence is above 0 or, where there is none, one of its coordinates is not 0. Absent
   * for vertices.
   */
  readonly seen?: readonly number[] | undefined;
  /** Of the points that are seen; what is not finite is left out. */
  readonly confidence?: Spread | undefined;
  /** Smallest and largest of each coordinate over the points that are seen; undefined where there is none. */
  readonly extent: readonly (readonly [smallest: number, largest: number] | undefined)[];
  /** Points that are seen and have a coordinate that is no finite number. */
  readonly notFinite: number;
}

/** Counts the points of one form of a layer, window by window. */
export class LayerCounts {
  readonly layer: MotionLayer;
  readonly #dtypes = new Set<MotionLayer["dtype"]>();
  readonly #seen: Float64Array;
  readonly #confidence = new SpreadCounts();
  readonly #extent: readonly RunningRange[];
  #sequences = 0;
  #people = 0;
  #notFinite = 0;

  constructor(layer: MotionLayer) {
    this.layer = layer;
    this.#seen = new Float64Array(layer.points);
    this.#extent = Array.from({ length: layer.axes }, () => new RunningRange());
  }

  beginSequence({ dtype }: MotionLayer): void {
    this.#sequences++;
    this.#dtypes.add(dtype);
  }

  add({ positions, confidence, present }: MotionPoints): void {
    const { points, axes } = this.layer;
    const sure = confidence?.data;
    const where = positions.data;
    for (let row = 0; row < present.size; row++) {
      if (present.data[row] === 0) continue;
      this.#people++;
      for (let point = 0; point < points; point++) {
        const at = row * points + point;
        if (sure) {
          const value = sure[at] as number;
          if (!(value > 0)) continue;
          if (value < Number.POSITIVE_INFINITY) this.#confidence.add(value);
        } else if (isOrigin(where, at * axes, axes)) continue;
        this.#seen[point] = (this.#seen[point] as number) + 1;
        this.#locate(where, at * axes);
      }
    }
  }

  #locate(where: Float64Array, start: number): void {
    let isLocated = true;
    for (const [axis, range] of this.#extent.entries()) {
      const value = where[start + axis] as number;
      if (Number.isFinite(value)) range.add(value);
      else isLocated = false;
    }
    if (!isLocated) this.#notFinite++;
  }

  get value(): LayerStatistics {
    const { key, what, axes, space, unit, convention, points } = this.layer;
    const { value: confidence } = this.#confidence;
    return {
      key,
      what,
      axes,
      space,
      unit,
      convention,
      points,
      dtypes: [...this.#dtypes],
      sequences: this.#sequences,
      people: this.#people,
      ...(what === "keypoints" && { seen: [...this.#seen] }),
      ...(confidence && { confidence }),
      extent: this.#extent.map(({ value }) => value && ([value.smallest, value.largest] as const)),
      notFinite: this.#notFinite,
    };
  }
}

function isOrigin(where: Float64Array, start: number, axes: number): boolean {
  for (let axis = 0; axis < axes; axis++) if (where[start + axis] !== 0) return false;
  return true;
}
