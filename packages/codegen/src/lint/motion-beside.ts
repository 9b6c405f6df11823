import type { FieldLayout, MotionChannel, MotionMark } from "@somakit/core/gen/v1";
import type { Dataset } from "../ir.js";
import { didYouMean } from "../load/suggest.js";
import type { LintContext } from "./rule.js";
import { inside, resolved, type Visit } from "./walk.js";

interface Fault {
  readonly fault: string;
  readonly way: readonly (string | number)[];
}

/** Boxes, parameters of body models and cameras must say what their numbers are. */
export function lintMotionBeside(context: LintContext): void {
  for (const visit of context.visits) {
    const { motion } = visit.field.layout;
    if (!motion) continue;
    const faults = [...placeFaults(motion), ...partFaults(visit, motion, context.dataset)];
    for (const { fault, way } of faults) context.problems.error(inside(visit.field, "motion", ...way), fault);
  }
}

/** What is said of one part is said of no other. */
function placeFaults({ part, which, model, members, lengths }: MotionMark): Fault[] {
  const isOther = (name: string, stated: unknown, ...parts: readonly string[]): Fault[] =>
    stated === undefined || parts.includes(part)
      ? []
      : [{ fault: `"${name}" is for ${parts.join(" and ")}`, way: [name] }];
  return [
    ...isOther("which", which, "box", "parameters", "points"),
    ...isOther("model", model, "parameters"),
    ...isOther("members", members, "camera"),
    ...isOther("lengths", lengths, "camera"),
  ];
}

function partFaults({ field }: Visit, motion: MotionMark, dataset: Dataset): readonly Fault[] {
  const { part, channels } = motion;
  const { layout } = resolved(field, dataset);
  if (part === "box") return boxFaults(layout, channels);
  if (part === "parameters")
    return [
      ...(layout.kind === "array" ? [] : [{ fault: "parameters are an array", way: ["part"] }]),
      ...(motion.which === undefined || motion.model === undefined
        ? [{ fault: 'parameters need "model" and "which"', way: [] }]
        : []),
    ];
  return part === "camera" ? cameraFaults(field, motion, dataset) : [];
}

function boxFaults(layout: FieldLayout, channels: readonly MotionChannel[] | undefined): readonly Fault[] {
  if (layout.kind !== "array" && layout.kind !== "list")
    return [{ fault: "a box is an array, or a list of numbers", way: ["part"] }];
  if (!channels) return [{ fault: 'a box needs "channels"', way: [] }];
  const own = channels.filter((channel) => channel !== "confidence");
  const last = layout.kind === "array" ? layout.shape.at(-1) : layout.length;
  return [
    ...(isSide(own, "left", "center-x", "right", "width") && isSide(own, "top", "center-y", "bottom", "height")
      ? []
      : [{ fault: "a box is a corner or its centre, with its size or the opposite corner", way: ["channels"] }]),
    ...(typeof last === "number" && last !== channels.length
      ? [{ fault: `${channels.length} channels, but the last axis has ${last}`, way: ["channels"] }]
      : []),
  ];
}

/** Whether two channels tell where one side of a box is, and no more than two, of four altogether. */
function isSide(
  channels: readonly MotionChannel[],
  low: MotionChannel,
  middle: MotionChannel,
  high: MotionChannel,
  size: MotionChannel,
): boolean {
  const told = [low, middle, high, size].filter((channel) => channels.includes(channel)).join();
  return channels.length === 4 && [`${low},${high}`, `${low},${size}`, `${middle},${size}`].includes(told);
}

function cameraFaults(field: Visit["field"], { members }: MotionMark, dataset: Dataset): readonly Fault[] {
  if (!members) return [{ fault: 'a camera needs "members"', way: [] }];
  const { layout } = resolved(field, dataset);
  if (layout.kind !== "object") return [];
  const keys = Object.keys(layout.properties);
  return Object.keys(members)
    .filter((key) => !keys.includes(key))
    .map((key) => ({ fault: `there is no key ${JSON.stringify(key)}${didYouMean(key, keys)}`, way: ["members", key] }));
}
