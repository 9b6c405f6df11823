import type { ConventionLookup } from "../conventions/lookup.js";
import { sourceConvention } from "../motion/match/source-convention.js";
import type { MotionLayer, MotionQuantity, MotionSequence, MotionSource, MotionWindow } from "../motion/motion.js";
import { presenceIn } from "../motion/presence.js";
import { MotionError } from "../motion/report.js";
import type { WorkOptions } from "../source/source.js";
import { CameraCounts, type CameraStatistics } from "./camera-counts.js";
import { LayerCounts, type LayerStatistics } from "./layer-counts.js";
import type { Problems } from "./problems.js";
import { QuantityCounts, type QuantityStatistics } from "./quantity-counts.js";
import type { Tally } from "./tallies.js";
import { count, sorted } from "./value-counts.js";

/** The people who move in a data set. */
export interface MotionStatistics {
  readonly sequences: number;
  readonly frames: number;
  /** How many sequences have so many frames. */
  readonly lengths: Tally;
  /** How many frames have so many people who are there: in any layer, or, where nobody has points, in any quantity. */
  readonly people: Tally;
  /** People whom sequences tell apart from frame to frame, by how many frames they are there in. */
  readonly tracks: Tally;
  /** Frames a second, by sequences that say them. */
  readonly fps: Tally;
  readonly layers: readonly LayerStatistics[];
  /** Boxes, parameters of body models and what else the file has of each person. */
  readonly quantities: readonly QuantityStatistics[];
  readonly cameras: readonly CameraStatistics[];
}

export interface MotionStatisticsOptions extends WorkOptions {
  /** Finds the names of keypoints, and the convention of those of which the file only says which ones they may have. */
  readonly conventions?: ConventionLookup | undefined;
}

/**
 * Goes through all people of all frames once, a window of frames at a time. Of a sequence that cannot be read to its
 * end the windows before the damage count, and it is noted among `problems`.
 */
export async function motionStatistics(
  source: MotionSource,
  problems: Problems,
  options: MotionStatisticsOptions = {},
): Promise<MotionStatistics> {
  const counts = new MotionCounts(options);
  await problems.noting("", async () => {
    for await (const sequence of source.sequences({ signal: options.signal }))
      await problems.noting("", () => counts.add(sequence));
  });
  return { ...counts.value, layers: await counts.layers(options.conventions) };
}

class MotionCounts {
  readonly #options: WorkOptions;
  readonly #lengths = new Map<number, number>();
  readonly #people = new Map<number, number>();
  readonly #tracks = new Map<number, number>();
  readonly #fps = new Map<number, number>();
  readonly #layers = new Map<string, LayerCounts>();
  readonly #quantities = new Map<string, QuantityCounts>();
  readonly #cameras = new CameraCounts();
  #sequences = 0;
  #frames = 0;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  async add(sequence: MotionSequence): Promise<void> {
    const { info, layers, quantities = [], ids, tracked } = sequence;
    this.#sequences++;
    if (info.fps !== undefined) count(this.#fps, info.fps);
    const counted = new Map(layers.map((layer) => [layer.key, this.#countsOf(layer)]));
    const numbers = new Map(quantities.map((quantity) => [quantity.key, this.#numbersOf(quantity)]));
    for (const layer of layers) counted.get(layer.key)?.beginSequence(layer);
    for (const quantity of quantities) numbers.get(quantity.key)?.beginSequence(quantity);
    this.#cameras.beginSequence();
    const tracks = ids || tracked ? new Map<number, number>() : undefined;
    let frames = 0;
    try {
      const only = new Set([...counted.keys(), ...numbers.keys()]);
      for await (const window of sequence.windows({ signal: this.#options.signal, only })) {
        for (const [key, points] of window.layers) counted.get(key)?.add(points);
        for (const [key, values] of window.quantities ?? []) numbers.get(key)?.add(values);
        if (window.cameras) this.#cameras.add(window.cameras);
        this.#countPeople(window, tracks);
        frames += window.frames;
        this.#frames += window.frames;
        this.#options.onProgress?.({ stage: "count people", done: this.#frames, total: this.#frames, unit: "frames" });
      }
    } finally {
      count(this.#lengths, frames);
      for (const there of tracks?.values() ?? []) count(this.#tracks, there);
    }
  }

  /** One count for each form: sequences may have other conventions and units under one key. */
  #countsOf(layer: MotionLayer): LayerCounts {
    const { key, what, points, axes, space, unit, convention } = layer;
    const form = JSON.stringify([key, what, points, axes, space, unit, convention]);
    const known = this.#layers.get(form) ?? new LayerCounts(layer);
    this.#layers.set(form, known);
    return known;
  }

  #numbersOf(quantity: MotionQuantity): QuantityCounts {
    const { key, what, which, model, channels, unit, shape } = quantity;
    const form = JSON.stringify([key, what, which, model, channels, unit, shape]);
    const known = this.#quantities.get(form) ?? new QuantityCounts(quantity);
    this.#quantities.set(form, known);
    return known;
  }

  #countPeople(window: MotionWindow, tracks: Map<number, number> | undefined): void {
    const { frames, people } = window;
    const present = presenceIn(window);
    for (let frame = 0; frame < frames; frame++) {
      let there = 0;
      for (let place = 0; place < people; place++) {
        if (present[frame * people + place] === 0) continue;
        there++;
        if (tracks) count(tracks, place);
      }
      count(this.#people, there);
    }
  }

  get value(): Omit<MotionStatistics, "layers"> {
    return {
      sequences: this.#sequences,
      frames: this.#frames,
      lengths: sorted(this.#lengths),
      people: sorted(this.#people),
      tracks: sorted(this.#tracks),
      fps: sorted(this.#fps),
      quantities: [...this.#quantities.values()].map(({ value }) => value),
      cameras: this.#cameras.all,
    };
  }

  /** What was counted of each layer, under the names that conventions have for its points. */
  layers(find: ConventionLookup | undefined): Promise<readonly LayerStatistics[]> {
    return Promise.all([...this.#layers.values()].map((counts) => named(counts, find)));
  }
}

async function named({ layer, value }: LayerCounts, find: ConventionLookup | undefined): Promise<LayerStatistics> {
  if (layer.what === "vertices" || !find) return layer.names ? { ...value, names: layer.names } : value;
  try {
    const { convention, isKnown } = await sourceConvention(layer, { conventions: find });
    const names = convention.keypoints.map(({ name }) => name);
    return { ...value, ...(isKnown && { convention: convention.name }), names };
  } catch (error) {
    if (error instanceof MotionError) return value;
    throw error;
  }
}
