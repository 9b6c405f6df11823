import { dereference } from "../../engine/resolve.js";
import type { ArrayLayout, Dim, FieldLayout, Layout, MotionChannel, MotionMark } from "../../layout/layout.js";
import type { MotionQuantity } from "../motion.js";
import { isQuantity, type MotionLevel, type MotionMember, memberOf } from "../plan.js";
import { isNumberField, type QuantityAxes, quantityAxes } from "../read/quantities.js";
import { MotionError, type MotionNotes } from "../report.js";
import { convertBoxes } from "./boxes.js";
import { factorBetween } from "./lengths.js";

/** How one quantity comes into the file. */
export interface QuantityMatch {
  readonly from: MotionQuantity;
  /** The scores that are the confidences of these boxes. */
  readonly sureness?: MotionQuantity | undefined;
  readonly member: MotionMember;
  readonly field: ArrayLayout;
  /** Which axes of the target count frames and people. */
  readonly axes: QuantityAxes;
  /** Shape of what one person has in one frame. */
  readonly element: readonly number[];
  /** The numbers of some people in the form of the target, with the score of each where it has one. */
  convert(values: Float64Array, scores?: Float64Array): Float64Array;
}

interface QuantityOptions {
  readonly confidence?: number | undefined;
}

interface Slot {
  readonly member: MotionMember;
  readonly mark: MotionMark;
  readonly field: ArrayLayout;
  readonly axes: QuantityAxes;
}

/**
 * Finds a place for each quantity. Notes what has none. Boxes without a confidence get the score of the person, else what the
 * options say, else what the target fills in for outdated files of such boxes. Throws `MotionError` for a confidence that has to be
 * said first.
 */
export function matchQuantities(
  target: { readonly layout: Layout; readonly level: MotionLevel },
  quantities: readonly MotionQuantity[],
  options: QuantityOptions,
  notes: MotionNotes,
): readonly QuantityMatch[] {
  const { layout, level } = target;
  const free = new Set(slotsOf(layout, level, {}));
  const score = quantities.find(({ what }) => what === "score");
  const matches: QuantityMatch[] = [];
  const without: MotionQuantity[] = [];
  for (const from of quantities) {
    const fitting = [...free].filter(({ mark }) => isSame(mark, from));
    const found = firstMatch(fitting, from, score, options);
    if (found) {
      for (const slot of [...free]) if (slot.member === found.member) free.delete(slot);
      matches.push(found);
      continue;
    }
    if (fitting.length === 0) without.push(from);
    else notes.once("lost", `${from.key}: ${layout.title} has another form of ${quantityText(from)}`);
  }
  matches.push(...[...free].flatMap((slot) => scoresOfBoxes(slot, quantities)).slice(0, 1));
  for (const match of matches) noteMatch(match, matches, options, notes);
  const used = new Set(matches.flatMap(({ from, sureness }) => [from, sureness]));
  for (const from of without)
    if (!used.has(from)) notes.once("lost", `${from.key}: ${layout.title} has no place for ${quantityText(from)}`);
  return matches;
}

function firstMatch(
  slots: readonly Slot[],
  from: MotionQuantity,
  score: MotionQuantity | undefined,
  options: QuantityOptions,
): QuantityMatch | undefined {
  for (const slot of slots) {
    const match = matchSlot(slot, from, score, options);
    if (match) return match;
  }
  return undefined;
}

/** The confidences of boxes, where the target has scores and nobody else does. */
function scoresOfBoxes({ member, mark, field, axes }: Slot, quantities: readonly MotionQuantity[]): QuantityMatch[] {
  if (mark.part !== "score") return [];
  return quantities.flatMap((from) => {
    const { channels = [], what, which } = from;
    const at = channels.indexOf("confidence");
    if (what !== "box" || which !== "person" || at < 0) return [];
    const convert = (values: Float64Array): Float64Array => values.filter((_, index) => index % channels.length === at);
    return [{ from, member, field, axes, element: [], convert }];
  });
}

function quantityText({ what, which, model }: MotionQuantity): string {
  if (what === "parameters") return `${which} of ${model ?? "body models"}`;
  if (what !== "box") return what === "score" ? "scores" : "areas";
  return which === "person" ? "boxes" : `boxes of the ${which}`;
}

function isSame(mark: MotionMark, { what, which, model }: MotionQuantity): boolean {
  return mark.part === what && (mark.which ?? "person") === which && mark.model === model;
}

/** Places for quantities. Lists of numbers, and single ones, are places where people are objects of one frame. */
function slotsOf(
  layout: Layout,
  level: MotionLevel,
  outer: Readonly<Record<string, Dim>>,
  above?: MotionLevel,
): readonly Slot[] {
  const isOfFrame = level.part === "person" && (above?.part === "frame" || memberOf(level, "of-frame") !== undefined);
  const own = level.members.filter(isQuantity).flatMap((member) => {
    const dims = Object.assign({}, outer, ...member.objects.map((object) => object.dims ?? {})) as typeof outer;
    return formsOf(layout, member.field, isOfFrame).flatMap((field) => {
      const axes = quantityAxes(
        field,
        field.shape.map(() => 1),
        dims,
      );
      return axes ? [{ member, mark: member.mark, field, axes }] : [];
    });
  });
  const dims = { ...outer, ...level.object?.dims };
  return [...own, ...level.below.flatMap((below) => slotsOf(layout, below.level, dims, level))];
}

function formsOf(layout: Layout, field: FieldLayout, isOfFrame: boolean): readonly ArrayLayout[] {
  const target = dereference(layout, field);
  if (target.kind === "choice") return target.branches.flatMap((branch) => formsOf(layout, branch, isOfFrame));
  if (isOfFrame && isNumberField(target)) return [arrayOfNumbers(target)];
  return target.kind === "array" && !target.encoding ? [target] : [];
}

/** The form of an array that says the same as a list of numbers, or as one number. */
function arrayOfNumbers({ kind, rule, unit }: FieldLayout): ArrayLayout {
  return {
    kind: "array",
    rule,
    dtype: ["float64"],
    shape: kind === "list" ? ["*"] : [],
    ...(unit !== undefined && { unit }),
  };
}

function matchSlot(
  { member, mark, field, axes }: Slot,
  from: MotionQuantity,
  score: MotionQuantity | undefined,
  { confidence }: QuantityOptions,
): QuantityMatch | undefined {
  const factor = from.unit === undefined || field.unit === undefined ? 1 : factorBetween(from.unit, field.unit);
  if (factor === undefined) return undefined;
  const scale = (values: Float64Array): Float64Array => (factor === 1 ? values : values.map((one) => one * factor));
  if (mark.part !== "box") {
    const element = elementOf(
      axes.element.map((axis) => field.shape[axis]),
      from.shape,
    );
    return element && { from, member, field, axes, element, convert: scale };
  }
  const { channels } = mark;
  const own = from.channels;
  if (!channels || !own) return undefined;
  const needs = needsConfidence(own, channels);
  const sureness = needs && from.which === "person" ? score : undefined;
  const stated = confidence ?? filledConfidence(field, channels);
  if (needs && !sureness && stated === undefined)
    throw new MotionError(`${from.key} has no confidence, and the target cannot be without`, "confidence");
  const convert = (values: Float64Array, scores?: Float64Array): Float64Array =>
    scaled(convertBoxes(values, own, channels, scores ?? stated), factor, channels);
  return { from, sureness, member, field, axes, element: [channels.length], convert };
}

function needsConfidence(from: readonly MotionChannel[], to: readonly MotionChannel[]): boolean {
  return to.includes("confidence") && !from.includes("confidence");
}

/** The confidence that reading gives boxes of outdated files, which have all the other channels. */
function filledConfidence({ legacy = [] }: ArrayLayout, channels: readonly MotionChannel[]): number | undefined {
  if (channels.at(-1) !== "confidence") return undefined;
  return legacy.find(({ shape, fill }) => fill !== undefined && shape?.at(-1) === channels.length - 1)?.fill;
}

/** Lengths times a factor, confidences as they are. */
function scaled(values: Float64Array, factor: number, channels: readonly MotionChannel[]): Float64Array {
  if (factor === 1) return values;
  return values.map((one, index) => (channels[index % channels.length] === "confidence" ? one : one * factor));
}

/** The shape that numbers of one person take in the target: its own, if there are as many of them. */
function elementOf(
  rules: readonly (number | string | undefined)[],
  shape: readonly number[],
): readonly number[] | undefined {
  const fits =
    rules.length === shape.length && rules.every((rule, axis) => typeof rule !== "number" || rule === shape[axis]);
  if (fits) return shape;
  const size = shape.reduce((all, one) => all * one, 1);
  const fixed = rules.filter((rule) => typeof rule === "number");
  const known = fixed.reduce((all, one) => all * one, 1);
  if (fixed.length === rules.length) return known === size ? fixed : undefined;
  if (rules.length - fixed.length !== 1 || size % known !== 0) return undefined;
  return rules.map((rule) => (typeof rule === "number" ? rule : size / known));
}

function noteMatch(
  { from, member, field, sureness }: QuantityMatch,
  all: readonly QuantityMatch[],
  { confidence }: QuantityOptions,
  notes: MotionNotes,
): void {
  const { channels } = member.mark;
  if (!channels || !from.channels) return;
  const isScored = all.some((match) => match.from === from && match.member.part === "score");
  if (from.channels.includes("confidence") && !channels.includes("confidence") && !isScored)
    notes.once("lost", `${from.key}: confidences`);
  if (needsConfidence(from.channels, channels) && !sureness)
    notes.once("invented", `${from.key}: a confidence of ${confidence ?? filledConfidence(field, channels)}`);
}
