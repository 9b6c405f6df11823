import type { Layout } from "../../layout/layout.js";
import type { LayerMatch, MatchOptions } from "../match/match.js";
import { matchQuantities, type QuantityMatch } from "../match/quantities.js";
import type { SurveyedSequence } from "../match/survey.js";
import type { MotionQuantity } from "../motion.js";
import { type MotionLevel, memberOf, sequenceForm, sequenceWay } from "../plan.js";
import type { MotionNotes } from "../report.js";
import { type CameraMatch, matchCamera } from "./cameras.js";

/** What is written of people and frames beside their points. */
export interface BesidePoints {
  readonly quantities: readonly QuantityMatch[];
  readonly camera: CameraMatch | undefined;
}

/** Finds places for boxes, parameters of body models and cameras. Notes what has none, and what could not be read. */
export function matchBeside(
  target: { readonly layout: Layout; readonly level: MotionLevel },
  surveyed: readonly SurveyedSequence[],
  layers: readonly LayerMatch[],
  options: Pick<MatchOptions, "confidence">,
  notes: MotionNotes,
): BesidePoints {
  for (const { sequence } of surveyed) for (const what of sequence.dropped ?? []) notes.add("lost", what);
  const quantities = commonQuantities(surveyed, notes);
  const own = sequenceWay(target.level)?.level ?? target.level;
  const below = sequenceForm(own) === "frames" ? own.below.find(({ level }) => level.part === "frame")?.level : own;
  return {
    quantities: matchQuantities(target, quantities, options, notes),
    camera: matchCamera(target.layout, below && memberOf(below, "camera"), surveyed, layers, notes),
  };
}

/** The quantities of all sequences; those of another shape in one of them are left out. */
export function commonQuantities(surveyed: readonly SurveyedSequence[], notes: MotionNotes): readonly MotionQuantity[] {
  const quantities = new Map<string, MotionQuantity>();
  const odd = new Set<string>();
  for (const one of surveyed.flatMap(({ sequence }) => sequence.quantities ?? [])) {
    const known = quantities.get(one.key);
    if (known && known.shape.join() !== one.shape.join()) odd.add(one.key);
    else quantities.set(one.key, one);
  }
  for (const key of odd) notes.once("lost", `${key}, which has other shapes in other sequences`);
  return [...quantities.values()].filter(({ key }) => !odd.has(key));
}
