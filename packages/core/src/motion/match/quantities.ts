import { dereference } from "../../engine/resolve.js";
import type { ArrayLayout, Dim, FieldLayout, Layout, MotionChannel, MotionMark } from "../../layout/layout.js";
import type { MotionQuantity } from "../motion.js";
import { isQuantity, type MotionLevel, type MotionMember } from "../plan.js";
import { type QuantityAxes, quantityAxes } from "../read/quantities.js";
import { MotionError, type MotionNotes } from "../report.js";
import { convertBoxes } from "./boxes.js";
import { factorBetween } from "./lengths.js";

/** How one quantity comes into the file. */
export interface QuantityMatch {
  readonly from: MotionQuantity;
  readonly member: MotionMember;
  readonly field: ArrayLayout;
  /** Which axes of the target count frames and people. */
  readonly axes: QuantityAxes;
  /** Shape of what one person has in one frame. */
  readonly element: readonly number[];
  /** The numbers of some people in the form of the target. */
  convert(values: Float64Array): Float64Array;
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

/** Finds a place for each quantity. Notes what has none. Throws `MotionError` for a confidence that has to be said first. */
export function matchQuantities(
  target: { readonly layout: Layout; readonly level: MotionLevel },
  quantities: readonly MotionQuantity[],
  options: QuantityOptions,
  notes: MotionNotes,
): readonly QuantityMatch[] {
  const { layout, level } = target;
  const free = new Set(slotsOf(layout, level, {}));
  const matches: QuantityMatch[] = [];
  for (const from of quantities) {
    const fitting = [...free].filter(({ mark }) => isSame(mark, from));
    const found = firstMatch(fitting, from, options);
    if (found) {
      for (const slot of [...free]) if (slot.member === found.member) free.delete(slot);
      noteMatch(found, options, notes);
      matches.push(found);
      continue;
    }
    const why = fitting.length === 0 ? "has no place for" : "has another form of";
    notes.once("lost", `${from.key}: ${layout.title} ${why} ${quantityText(from)}`);
  }
  return matches;
}

function firstMatch(slots: readonly Slot[], from: MotionQuantity, options: QuantityOptions): QuantityMatch | undefined {
  for (const slot of slots) {
    const match = matchSlot(slot, from, options);
    if (match) return match;
  }
  return undefined;
}

function quantityText({ what, which, model }: MotionQuantity): string {
  if (what === "parameters") return `${which} of ${model ?? "body models"}`;
  return which === "person" ? "boxes" : `boxes of the ${which}`;
}

function isSame(mark: MotionMark, { what, which, model }: MotionQuantity): boolean {
  return mark.part === what && (mark.which ?? "person") === which && mark.model === model;
}

function slotsOf(layout: Layout, level: MotionLevel, outer: Readonly<Record<string, Dim>>): readonly Slot[] {
  const own = level.members.filter(isQuantity).flatMap((member) => {
    const dims = Object.assign({}, outer, ...member.objects.map((object) => object.dims ?? {})) as typeof outer;
    return formsOf(layout, member.field).flatMap((field) => {
      const axes = quantityAxes(
        field,
        field.shape.map(() => 1),
        dims,
      );
      return axes ? [{ member, mark: member.mark, field, axes }] : [];
    });
  });
  const dims = { ...outer, ...level.object?.dims };
  return [...own, ...level.below.flatMap((below) => slotsOf(layout, below.level, dims))];
}

function formsOf(layout: Layout, field: FieldLayout): readonly ArrayLayout[] {
  const target = dereference(layout, field);
  if (target.kind === "choice") return target.branches.flatMap((branch) => formsOf(layout, branch));
  return target.kind === "array" && !target.encoding ? [target] : [];
}

function matchSlot(
  { member, mark, field, axes }: Slot,
  from: MotionQuantity,
  { confidence }: QuantityOptions,
): QuantityMatch | undefined {
  const factor = from.unit === undefined || field.unit === undefined ? 1 : factorBetween(from.unit, field.unit);
  if (factor === undefined) return undefined;
  const scale = (values: Float64Array): Float64Array => (factor === 1 ? values : values.map((one) => one * factor));
  if (mark.part === "parameters") {
    const element = elementOf(
      axes.element.map((axis) => field.shape[axis]),
      from.shape,
    );
    return element && { from, member, field, axes, element, convert: scale };
  }
  const { channels } = mark;
  if (!channels || !from.channels) return undefined;
  if (needsConfidence(from.channels, channels) && confidence === undefined)
    throw new MotionError(`${from.key} has no confidence, and the target cannot be without`, "confidence");
  const own = from.channels;
  const convert = (values: Float64Array): Float64Array =>
    scaled(convertBoxes(values, own, channels, confidence), factor, channels);
  return { from, member, field, axes, element: [channels.length], convert };
}

function needsConfidence(from: readonly MotionChannel[], to: readonly MotionChannel[]): boolean {
  return to.includes("confidence") && !from.includes("confidence");
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

function noteMatch({ from, member }: QuantityMatch, { confidence }: QuantityOptions, notes: MotionNotes): void {
  const { channels } = member.mark;
  if (!channels || !from.channels) return;
  if (from.channels.includes("confidence") && !channels.includes("confidence"))
    notes.once("lost", `${from.key}: confidences`);
  if (needsConfidence(from.channels, channels)) notes.once("invented", `${from.key}: a confidence of ${confidence}`);
}
