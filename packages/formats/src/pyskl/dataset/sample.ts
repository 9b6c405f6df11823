import { dividedIndices } from "@somakit/core/engine/collection";

export interface SampleByClassOptions {
  /** Of the random part; whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** How often all clips are repeated (upstream's `RepeatDataset`). Default 1. */
  readonly times?: number | undefined;
}

/**
 * Indices of clips for one epoch in which classes are as frequent as wanted (upstream's `class_prob`): all clips of a class
 * as often as the whole part of its multiplier says, and a random share of them for the fraction. Classes without a
 * multiplier get 1. In the order of classes as they appear; shuffle as needed.
 *
 * Throws `TypeError` for a clip that has not one class, `RangeError` for a multiplier below 0.
 */
export function sampleByClass(
  labels: readonly unknown[],
  multipliers: readonly number[] | ReadonlyMap<number, number>,
  { seed, times = 1 }: SampleByClassOptions,
): number[] {
  const classes = new Map<number, number[]>();
  for (const [index, label] of labels.entries()) {
    if (typeof label !== "number") throw new TypeError(`clip ${index} has not one class`);
    const clips = classes.get(label);
    if (clips) clips.push(index);
    else classes.set(label, [index]);
  }
  const multiplierOf = (label: number): number =>
    (multipliers instanceof Map ? multipliers.get(label) : (multipliers as readonly number[])[label]) ?? 1;
  const chosen: number[] = [];
  for (const [label, clips] of classes) {
    const multiplier = multiplierOf(label) * times;
    if (!(multiplier >= 0 && Number.isFinite(multiplier)))
      throw new RangeError(`class ${label} cannot be repeated ${multiplier} times`);
    for (let round = 0; round < Math.floor(multiplier); round++) for (const clip of clips) chosen.push(clip);
    const more = Math.floor((multiplier % 1) * clips.length);
    // A seed of its own for each class: the choice of one does not depend on the others.
    const [random] = dividedIndices(clips.length, [more], { seed: (seed + label) % Number.MAX_SAFE_INTEGER });
    for (const at of random as number[]) chosen.push(clips[at] as number);
  }
  return chosen;
}
